use std::sync::Arc;

use super::*;
use crate::edit::{Applicability, Edit, Fix, Hazard};
use crate::finding::{FindingKey, State, Subject, UnitId};
use crate::model::{Dialect, Kind};
use crate::rule::{Catalog, Entry, Severity};
use crate::source::{MemoryTree, Span};

/// A finding in the first or the second file, with a fix of its own.
fn finding(tree: &MemoryTree, path: &str, at: usize) -> Finding {
    let file = tree.read(&RelPath::new(path).unwrap()).unwrap();
    let catalog = Catalog::built_in();
    let rule = catalog.entries().iter().find_map(Entry::rule).unwrap();
    let span = Span::new(file.id, at, at + 1);
    Finding {
        key: FindingKey {
            root: RelPath::root(),
            rule: Arc::clone(&rule.id),
            address: format!("{path}.{at}"),
            property: String::new(),
        },
        severity: Severity::High,
        subject: Subject {
            kind: Kind::new("a/b"),
            written_kind: "b".to_owned(),
            name: None,
            address: format!("{path}.{at}"),
            dialect: Dialect::Terraform,
        },
        message: "It is open.".to_owned(),
        span,
        related: Vec::new(),
        occurrences: vec![(UnitId(0), format!("{path}.{at}"))],
        state: State::Open,
        conditional: false,
        deciding: Vec::new(),
        reasons: Vec::new(),
        choices: Vec::new(),
        flows: Vec::new(),
        wishes: Vec::new(),
        fixes: vec![Fix {
            title: "Close it".to_owned(),
            applicability: Applicability::Unsafe,
            hazards: vec![Hazard::LocksOut],
            edits: vec![Edit {
                span,
                text: "X".to_owned(),
            }],
            also_affects: Vec::new(),
        }],
        refusal: None,
        rule,
    }
}

/// What is chosen for two fixes of `a.tf` and two of `b.tf` when this is typed, and what is shown.
fn walked(typed: &str) -> (String, String) {
    let tree = MemoryTree::new([("a.tf", "abc\n"), ("b.tf", "abc\n")]);
    let (mut input, mut out) = (typed.as_bytes(), Vec::new());
    let mut walk = Walk::new(&mut input, &mut out, Style::plain());
    let mut choices = String::new();
    for (path, at) in [("a.tf", 0), ("a.tf", 2), ("b.tf", 0), ("b.tf", 2)] {
        let choice = walk.choose(&finding(&tree, path, at), &tree);
        choices.push(match choice {
            Choice::Take => '+',
            Choice::Leave => '-',
            Choice::Stop => '.',
        });
        if choice == Choice::Stop {
            break;
        }
    }
    (choices, String::from_utf8(out).unwrap())
}

#[test]
fn each_answer_does_what_it_says() {
    let rows = [
        ("y\nn\ny\nn\n", "+-+-"),
        ("a\nd\n", "++--"),
        ("d\na\n", "--++"),
        ("n\ny\nq\n", "-+."),
        ("y\n", "+."),
        ("", "."),
        ("?\nwhat\n\nY\nQ\n", "+."),
    ];
    for (typed, expected) in rows {
        assert_eq!(walked(typed).0, expected, "{typed:?}");
    }
}

#[test]
fn what_is_asked_about_is_shown() {
    let (_, shown) = walked("?\nq\n");
    for part in [
        "fix for a.tf: Close it",
        "hazard: locks-out",
        "It is open.",
        "- abc",
        "+ Xbc",
        "[y,n,a,d,q,?]? ",
        "q - quit",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
