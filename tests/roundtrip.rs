//! What must hold whatever a file looks like: nothing is written that no edit asked for, and a fix is
//! the same fix in every spelling of the same text.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test makes and reads its own files"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use iac_remediate::edit::Applicability;
use iac_remediate::edit::{Edit, Fix, apply, select, unified_diff};
use iac_remediate::rule::Catalog;
use iac_remediate::source::{FileId, Span};
use proptest::prelude::*;

#[path = "../fuzz/laws.rs"]
#[expect(clippy::expect_used, reason = "laws fail by panicking")]
mod laws;

/// The fixtures by path below `fixtures`, without what is recorded beside them.
fn fixtures() -> BTreeMap<PathBuf, String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&top) {
        let path = entry.unwrap().into_path();
        let is_source = path
            .extension()
            .is_some_and(|it| it == "tf" || it == "json" || it == "tfvars");
        if path.is_file() && is_source {
            let text = std::fs::read_to_string(&path).unwrap();
            found.insert(path.strip_prefix(&top).unwrap().to_owned(), text);
        }
    }
    assert!(found.len() > 40);
    found
}

/// The files after `fix` with `flags`, byte for byte. The program runs where a user would run it.
fn fixed(files: &BTreeMap<PathBuf, String>, flags: &[&str]) -> BTreeMap<PathBuf, String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_iac-remediate"));
    program.current_dir(folder.path()).arg("fix").args(flags);
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    let read = |path: &PathBuf| std::fs::read_to_string(folder.path().join(path)).unwrap();
    files
        .keys()
        .map(|path| (path.clone(), read(path)))
        .collect()
}

const EVERYTHING: [&str; 3] = ["--unsafe-fixes", "--select", "all"];

#[test]
fn without_a_fix_to_make_every_byte_stays() {
    let plain = fixtures();
    for spell in spellings() {
        let files: BTreeMap<PathBuf, String> = plain
            .iter()
            .map(|(path, text)| (path.clone(), spell(path, text)))
            .collect();
        // All findings are there, none is severe enough to be fixed.
        assert!(fixed(&files, &["--unsafe-fixes", "--min-severity", "critical"]) == files);
        // What is fixed has nothing more to fix.
        let once = fixed(&files, &EVERYTHING);
        assert!(once != files);
        assert!(fixed(&once, &EVERYTHING) == once);
    }
}

#[test]
fn a_fix_is_the_same_in_every_spelling() {
    let plain = fixtures();
    let expected = fixed(&plain, &EVERYTHING);
    for (index, spell) in spellings().into_iter().enumerate() {
        let spelled = |files: &BTreeMap<PathBuf, String>| -> BTreeMap<PathBuf, String> {
            files
                .iter()
                .map(|(path, text)| (path.clone(), spell(path, text)))
                .collect()
        };
        let got = fixed(&spelled(&plain), &EVERYTHING);
        for (path, wanted) in spelled(&expected) {
            let got = &got[&path];
            let diff = unified_diff("fix", &wanted, got);
            assert!(
                wanted == *got,
                "spelling {index}, {}:\n{diff}",
                path.display()
            );
        }
    }
}

type Spelling = fn(&Path, &str) -> String;

/// Other ways to write the same text.
fn spellings() -> Vec<Spelling> {
    vec![
        |_, text| text.replace('\n', "\r\n"),
        |_, text| format!("\u{FEFF}{text}"),
        |_, text| text.lines().map(tabbed).collect(),
        |path, text| format!("{}{text}", comment(path, "größer als 漢字 🦀 e\u{301}")),
        |path, text| {
            format!(
                "\u{FEFF}{}",
                format!("{}{text}", comment(path, "é")).replace('\n', "\r\n")
            )
        },
        |_, text| text.trim_end_matches('\n').to_owned(),
    ]
}

/// A line whose indentation is tabs.
fn tabbed(line: &str) -> String {
    let inner = line.trim_start_matches(' ');
    let depth = (line.len() - inner.len()) / 2;
    format!("{}{inner}\n", "\t".repeat(depth))
}

fn comment(path: &Path, words: &str) -> String {
    let sign = if path.extension().is_some_and(|it| it == "json") {
        "//"
    } else {
        "#"
    };
    format!("{sign} {words}\n")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn bytes_outside_edits_stay(text in TEXT, cuts in cuts()) {
        let edits = edits(&text, &cuts);
        let after = apply(&text, &edits.iter().collect::<Vec<_>>());
        // What stands between the edits follows in the result, in order, each at its place.
        let (mut at, mut moved) = (0, 0);
        for edit in &edits {
            let kept = &text[at..edit.span.start as usize];
            prop_assert_eq!(&after[moved..moved + kept.len()], kept);
            moved += kept.len();
            prop_assert_eq!(&after[moved..moved + edit.text.len()], edit.text.as_str());
            moved += edit.text.len();
            at = edit.span.end as usize;
        }
        prop_assert_eq!(&after[moved..], &text[at..]);
        if edits.is_empty() {
            prop_assert_eq!(&after, &text);
        }
        prop_assert_eq!(unified_diff("a", &text, &after).is_empty(), text == after);
    }

    #[test]
    fn what_is_selected_lies_apart(text in TEXT, cuts in prop::collection::vec(cuts(), 0..6)) {
        let fixes: Vec<Fix> = cuts.iter().map(|cuts| fix(edits(&text, cuts))).collect();
        let chosen = select(&fixes.iter().collect::<Vec<_>>());
        let mut spans: Vec<&Edit> = chosen.iter().flat_map(|index| &fixes[*index].edits).collect();
        spans.sort_by_key(|edit| edit.span);
        spans.dedup();
        for pair in spans.windows(2) {
            prop_assert!(pair[0].span.end < pair[1].span.start, "{:?}", pair);
        }
        // The first fix that has edits is always taken: no order of fixes stands still.
        let first = fixes.iter().position(|fix| !fix.edits.is_empty());
        prop_assert_eq!(chosen.first().copied(), first);
    }

    #[test]
    fn any_text_is_read(text in TEXT) {
        laws::parse_hcl(&text);
        laws::parse_arm(&text);
    }
}

proptest! {
    // Each case judges and fixes a whole file, twice.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_damaged_fixture_is_read_and_never_damaged_further(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        with in "[ -~\\n\"{}\\[\\](),=]{0,6}",
    ) {
        let fixtures = CASES.with(Clone::clone);
        let (name, text) = which.get(&fixtures);
        let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let start = *at.get(&bounds);
        let end = bounds.iter().copied().find(|it| *it >= start + length).unwrap_or(text.len());
        let damaged = format!("{}{with}{}", &text[..start], &text[end..]);
        laws::parse_hcl(&damaged);
        laws::parse_arm(&damaged);
        CATALOG.with(|catalog| laws::fix_validity(catalog, name, &damaged));
    }
}

/// Text with all that is special to one of the languages, in several scripts.
const TEXT: &str = "([a-z_0-9 ]|[\\{\\}\\[\\]\\(\\)\"'=:,.*?<>|&!+/#$%~^@`\\\\-]|\\n|\\r\\n|\\t|<<EOT\\n|\\$\\{|é|漢|🦀|\u{FEFF}){0,80}";

thread_local! {
    static CATALOG: Catalog = Catalog::built_in();
    /// The cases of the rules: the name of the file and its text.
    static CASES: Vec<(String, String)> = fixtures()
        .into_iter()
        .filter(|(path, _)| path.components().count() == 2)
        .map(|(path, text)| (path.file_name().unwrap().to_str().unwrap().to_owned(), text))
        .collect();
}

fn cuts() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, String)>> {
    let cut = (any::<prop::sample::Index>(), 0_usize..5, "[a-zé\\n]{0,4}");
    prop::collection::vec(cut, 0..5)
}

/// Edits of `text`, sorted and apart.
fn edits(text: &str, cuts: &[(prop::sample::Index, usize, String)]) -> Vec<Edit> {
    let bounds: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut spans: Vec<(usize, usize, &str)> = cuts
        .iter()
        .map(|(at, length, with)| {
            let first = at.index(bounds.len());
            let last = (first + length).min(bounds.len() - 1);
            (bounds[first], bounds[last], with.as_str())
        })
        .collect();
    spans.sort_unstable();
    let mut edits: Vec<Edit> = Vec::new();
    for (start, end, with) in spans {
        if edits
            .last()
            .is_none_or(|before| (before.span.end as usize) < start)
        {
            edits.push(Edit {
                span: Span::new(FileId(0), start, end),
                text: with.to_owned(),
            });
        }
    }
    edits
}

fn fix(edits: Vec<Edit>) -> Fix {
    Fix {
        title: "Change".to_owned(),
        applicability: Applicability::Safe,
        hazards: Vec::new(),
        edits,
        also_affects: Vec::new(),
    }
}
