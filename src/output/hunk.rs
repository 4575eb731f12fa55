use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use similar::{ChangeTag, TextDiff};

use super::clean::brief;
use super::secret::masked;
use super::style::{Style, Tone};
use crate::edit::{Edit, Fix, apply};
use crate::source::{FileId, SourceFile, SourceTree, Span};

/// The most changed lines of one fix that are shown.
const MOST_LINES: usize = 24;

/// The widest line of a diff, in characters.
const WIDEST: usize = 140;

/// Shows what a fix changes: the lines that go and the lines that come, file by file.
pub(super) fn write(
    fix: &Fix,
    here: FileId,
    indent: &str,
    style: Style,
    sources: &dyn SourceTree,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut left = MOST_LINES;
    for (file, edits) in by_file(fix, sources) {
        if file.id != here {
            let line = format!("in {}", brief(file.path.as_str(), WIDEST));
            writeln!(out, "{indent}{}", style.paint(Tone::Faint, &line))?;
        }
        for group in groups(&file, edits) {
            for (tag, line) in changed_lines(&file, &group) {
                if left == 0 {
                    return writeln!(out, "{indent}{}", style.paint(Tone::Faint, "…"));
                }
                left -= 1;
                let (sign, tone) = match tag {
                    ChangeTag::Delete => ("-", Tone::Error),
                    ChangeTag::Insert => ("+", Tone::Good),
                    ChangeTag::Equal => continue,
                };
                let safe = masked(line.trim_end_matches(['\n', '\r'])).replace('\t', "    ");
                let text = format!("{sign} {}", brief(&safe, WIDEST));
                writeln!(out, "{indent}{}", style.paint(tone, text.trim_end()))?;
            }
        }
    }
    Ok(())
}

/// The edits of a fix, by file, in the order of paths.
pub(super) fn by_file<'f>(
    fix: &'f Fix,
    sources: &dyn SourceTree,
) -> Vec<(Arc<SourceFile>, Vec<&'f Edit>)> {
    let mut files: BTreeMap<_, (Arc<SourceFile>, Vec<&Edit>)> = BTreeMap::new();
    for edit in &fix.edits {
        if let Some(file) = sources.get(edit.span.file) {
            let path = file.path.clone();
            files
                .entry(path)
                .or_insert_with(|| (file, Vec::new()))
                .1
                .push(edit);
        }
    }
    files.into_values().collect()
}

/// Edits that share lines, together.
fn groups<'f>(file: &SourceFile, edits: Vec<&'f Edit>) -> Vec<Vec<&'f Edit>> {
    let mut groups: Vec<Vec<&Edit>> = Vec::new();
    for edit in edits {
        let line = file.lines.line_of(edit.span.start);
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| file.lines.line_of(last.span.end) >= line) =>
            {
                group.push(edit);
            }
            _ => groups.push(vec![edit]),
        }
    }
    groups
}

/// The lines that edits of neighbouring places remove and add.
fn changed_lines(file: &SourceFile, group: &[&Edit]) -> Vec<(ChangeTag, String)> {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return Vec::new();
    };
    let start = file.line_start(first.span.start) as usize;
    let end = memchr::memchr(b'\n', &file.text.as_bytes()[last.span.end as usize..])
        .map_or(file.text.len(), |at| last.span.end as usize + at + 1);
    let before = file.text.get(start..end).unwrap_or_default();
    let moved: Vec<Edit> = group
        .iter()
        .map(|edit| Edit {
            span: Span::new(
                edit.span.file,
                edit.span.start as usize - start,
                edit.span.end as usize - start,
            ),
            text: edit.text.clone(),
        })
        .collect();
    let after = apply(before, &moved.iter().collect::<Vec<_>>());
    // A last line without line ending would differ from the same line with one.
    let (before, after) = (with_end(before), with_end(&after));
    TextDiff::from_lines(&before, &after)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| (change.tag(), change.value().to_owned()))
        .collect()
}

fn with_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    }
}
