use super::*;
use crate::source::{Encoding, FileId, RelPath};

/// What is suggested for a change of five lines when these lines are shown: the lines that give way and their text.
fn check(after: &str, shown: Range<usize>, expected: Option<(usize, usize, &str)>) {
    let before = "a\nb\nc\nd\ne\n";
    let path = RelPath::new("x.tf").unwrap();
    let file = SourceFile::new(FileId(0), path, before.to_owned(), Encoding::Utf8);
    let [(old, new)] = changed_lines(before, after).try_into().unwrap();
    let found = suggestion("x.tf", &file, after, (&old, &new), &[shown]);
    let found = found.map(|it| (it.lines.0, it.lines.1, it.text));
    let expected = expected.map(|(first, last, text)| (first, last, text.to_owned()));
    assert_eq!(found, expected, "{after:?}");
}

#[test]
fn a_hunk_is_suggested_when_its_lines_are_shown() {
    check("a\nB\nc\nd\ne\n", 1..4, Some((2, 2, "B")));
    check("a\nB\nc\nd\ne\n", 3..6, None);
    check("a\nB\nC\nd\ne\n", 2..3, None);
    check("a\nB\nC\nd\ne\n", 2..4, Some((2, 3, "B\nC")));
    // An insertion takes the line before it along, or the one behind.
    check("a\nb\nx\nc\nd\ne\n", 2..3, Some((2, 2, "b\nx")));
    check("a\nb\nx\nc\nd\ne\n", 3..4, Some((3, 3, "x\nc")));
    check("a\nb\nx\nc\nd\ne\n", 4..6, None);
    check("x\na\nb\nc\nd\ne\n", 1..6, Some((1, 1, "x\na")));
    // What goes leaves nothing in its place.
    check("a\nc\nd\ne\n", 1..6, Some((2, 2, "")));
}
