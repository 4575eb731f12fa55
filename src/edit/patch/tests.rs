use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::edit::Applicability;
use crate::source::Span;

fn edit(start: usize, end: usize, text: &str) -> Edit {
    Edit {
        span: Span::new(FileId(0), start, end),
        text: text.to_owned(),
    }
}

fn fix(edits: Vec<Edit>) -> Fix {
    Fix {
        title: "Do it".to_owned(),
        applicability: Applicability::Safe,
        hazards: Vec::new(),
        edits,
        also_affects: Vec::new(),
    }
}

fn selected(fixes: &[Fix]) -> Vec<usize> {
    select(&fixes.iter().collect::<Vec<_>>())
}

#[test]
fn a_patch_of_git_names_its_file_twice_and_changed_lines_are_counted() {
    let patch = git_patch("a b", "x\ny\n", "x\nz\n");
    let head = "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1,2 +1,2 @@\n";
    assert!(patch.starts_with(head), "{patch}");
    assert_eq!(git_patch("a", "x", "x"), "");
    let rows = [
        (
            "a\nb\nc\n",
            "a\nB\nc\nd\n",
            vec![(1..2, 1..2), (3..3, 3..4)],
        ),
        ("a\nb\n", "b\n", vec![(0..1, 0..0)]),
        ("a\n", "a\n", vec![]),
    ];
    for (before, after, expected) in rows {
        assert_eq!(changed_lines(before, after), expected, "{before}");
    }
}

/// What the fixes are, their edits, and which are taken.
type Row = (&'static str, Vec<Vec<Edit>>, &'static [usize]);

#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn fixes_and_taken() -> Vec<Row> {
    let elsewhere = Edit {
        span: Span::new(FileId(1), 0, 9),
        text: "x".to_owned(),
    };
    vec![
        (
            "apart",
            vec![vec![edit(0, 1, "a")], vec![edit(2, 3, "b")]],
            &[0, 1],
        ),
        (
            "meeting at an edge",
            vec![vec![edit(0, 1, "a")], vec![edit(1, 2, "b")]],
            &[0],
        ),
        (
            "inside",
            vec![vec![edit(0, 9, "a")], vec![edit(4, 4, "b")]],
            &[0],
        ),
        (
            "around",
            vec![vec![edit(4, 4, "a")], vec![edit(0, 9, "b")]],
            &[0],
        ),
        (
            "the same",
            vec![vec![edit(1, 2, "a")], vec![edit(1, 2, "a")]],
            &[0, 1],
        ),
        (
            "the same place, another text",
            vec![vec![edit(1, 1, "a")], vec![edit(1, 1, "b")]],
            &[0],
        ),
        (
            "one edit shared, one of its own",
            vec![
                vec![edit(1, 2, "a")],
                vec![edit(1, 2, "a"), edit(5, 6, "b")],
                vec![edit(6, 7, "c")],
            ],
            &[0, 1],
        ),
        (
            "whole or not at all",
            vec![
                vec![edit(1, 2, "a")],
                vec![edit(2, 3, "b"), edit(5, 6, "b")],
                vec![edit(5, 6, "c")],
            ],
            &[0, 2],
        ),
        (
            "another file",
            vec![vec![edit(0, 9, "a")], vec![elsewhere]],
            &[0, 1],
        ),
        (
            "nothing or clashing with itself",
            vec![vec![], vec![edit(0, 1, "a"), edit(1, 1, "b")]],
            &[],
        ),
    ]
}

#[test]
fn fixes_are_taken_in_order_unless_they_touch() {
    for (name, fixes, expected) in fixes_and_taken() {
        let fixes: Vec<Fix> = fixes.into_iter().map(fix).collect();
        assert_eq!(selected(&fixes), expected, "{name}");
    }
}

#[test]
fn edits_replace_insert_and_delete() {
    let (a, b, c) = (edit(0, 1, "A"), edit(2, 2, "+"), edit(3, 5, ""));
    assert_eq!(apply("abcdef", &[&a, &b, &c]), "Ab+cf");
    assert_eq!(apply("abcdef", &[&b, &b]), "ab+cdef");
    assert_eq!(apply("abc", &[&edit(3, 3, "!")]), "abc!");
}

#[test]
fn a_diff_names_lines_as_git_does() {
    let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
    let after = before.replace("2\n", "two\n").replace("10\n", "10\n11");
    assert_eq!(
        unified_diff("a b.tf", before, &after),
        "--- a/a b.tf\t\n+++ b/a b.tf\t\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -8,3 +8,4 @@\n \
         8\n 9\n 10\n+11\n\\ No newline at end of file\n"
    );
    assert_eq!(unified_diff("a", "x\n", "x\n"), "");
    assert_eq!(header("a/", "q\"\\\n"), "\"a/q\\\"\\\\\\012\"");
}

/// Whether `git apply` takes the diff and makes `after` of `before`.
fn git_applies(path: &str, before: &str, after: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path);
    let write = |path: &std::path::Path, text: &str| {
        use std::io::Write as _;
        let mut file = std::fs::File::create(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    write(&file, before);
    let diff = folder.path().join("the.patch");
    write(&diff, &unified_diff(path, before, after));
    for check in [true, false] {
        let mut git = Command::new("git");
        git.current_dir(folder.path())
            .args(["apply", "--whitespace=nowarn"]);
        if check {
            git.arg("--check");
        }
        let run = git.arg(&diff).output().unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
    let mut result = String::new();
    let mut file = std::fs::File::open(&file).unwrap();
    std::io::Read::read_to_string(&mut file, &mut result).unwrap();
    assert_eq!(result, after);
}

#[test]
fn git_takes_the_diffs() {
    for (path, before, after) in [
        ("a.tf", "a\nb\nc\n", "a\nB\nc\n"),
        ("a b.tf", "a\r\nb\r\n", "a\r\nb\r\nc\r\n"),
        ("q\"uote.tf", "a", "b"),
        ("no-end.tf", "a\nb", "a\nb\nc"),
        ("gains-an-end.tf", "a\nb", "a\nb\n"),
        ("loses-an-end.tf", "a\nb\n", "a\nb"),
        (
            "carriage.json",
            "{\r\"a\": 1\r}\r\nx\r",
            "{\r\"a\": 2\r}\r\nx\r",
        ),
        ("é\u{1F512}.tf", "é\n", "\u{1F512}\n"),
    ] {
        if cfg!(windows) && path.contains('"') {
            continue;
        }
        git_applies(path, before, after);
    }
}

/// A text with non-ASCII characters, and disjoint sorted edits of it on character boundaries.
fn edited_text() -> impl Strategy<Value = (String, Vec<Edit>)> {
    let places = prop::collection::vec((0..80_usize, 0..4_usize, "[xé\n]{0,3}"), 0..6);
    ("[abé\u{1F512}\r\n]{0,60}", places).prop_map(|(text, places)| {
        let mut edits: Vec<Edit> = Vec::new();
        let mut places = places;
        places.sort();
        for (start, len, new) in places {
            let start = text.floor_char_boundary(start);
            let end = text.ceil_char_boundary((start + len).min(text.len()));
            let next = edit(start, end, &new);
            if edits.iter().all(|other| !other.span.touches(next.span)) {
                edits.push(next);
            }
        }
        (text, edits)
    })
}

proptest! {
    #[test]
    fn bytes_outside_edits_stay((text, edits) in edited_text()) {
        let result = apply(&text, &edits.iter().collect::<Vec<_>>());
        let (mut old, mut new) = (0, 0);
        for edit in &edits {
            let kept = edit.span.start as usize - old;
            prop_assert_eq!(&text[old..old + kept], &result[new..new + kept]);
            new += kept;
            prop_assert_eq!(&result[new..new + edit.text.len()], edit.text.as_str());
            new += edit.text.len();
            old = edit.span.end as usize;
        }
        prop_assert_eq!(&text[old..], &result[new..]);
        if edits.is_empty() {
            prop_assert_eq!(text, result);
        }
    }

    #[test]
    fn what_is_selected_never_touches(
        raw in prop::collection::vec(prop::collection::vec((0..2_u32, 0..30_usize, 0..4_usize, 0..2_usize), 1..4), 0..12)
    ) {
        let fixes: Vec<Fix> = raw.into_iter().map(|edits| {
            let mut edits: Vec<Edit> = edits.into_iter().map(|(file, start, len, text)| Edit {
                span: Span::new(FileId(file), start, start + len),
                text: "x".repeat(text),
            }).collect();
            edits.sort();
            fix(edits)
        }).collect();
        let chosen = selected(&fixes);
        let edits: Vec<&Edit> = chosen.iter().flat_map(|index| &fixes[*index].edits).collect();
        for (index, one) in edits.iter().enumerate() {
            for other in &edits[index + 1..] {
                prop_assert!(one == other || !one.span.touches(other.span), "{:?} {:?}", one, other);
            }
        }
        // Nothing waits without a reason.
        for (index, fix) in fixes.iter().enumerate().filter(|(index, _)| !chosen.contains(index)) {
            let own = fix.edits.windows(2).any(|pair| pair[0].span.touches(pair[1].span));
            let blocked = fix.edits.iter().any(|one| edits.iter().any(|other| *other != one && one.span.touches(other.span)));
            prop_assert!(own || blocked, "fix {} waits", index);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn git_takes_the_diff_of_any_edit((text, edits) in edited_text()) {
        let after = apply(&text, &edits.iter().collect::<Vec<_>>());
        // Git reads a change from or to an empty file as its creation or deletion.
        if !text.is_empty() && !after.is_empty() && text != after {
            git_applies("any.tf", &text, &after);
        }
    }
}
