use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::{Edit, Fix};
use crate::source::FileId;

/// How many unchanged lines a unified diff shows around a change.
const CONTEXT_LINES: usize = 3;

/// The fixes that can be taken together, in order: a fix whose edits touch those of one taken before
/// waits for the next pass; identical edits count once. Returns indexes into `fixes`, sorted.
///
/// A fix all of whose edits are taken already is taken too: it is fulfilled with the others.
#[must_use]
pub fn select(fixes: &[&Fix]) -> Vec<usize> {
    let mut taken = Taken::default();
    (0..fixes.len())
        .filter(|index| taken.take(&fixes[*index].edits))
        .collect()
}

/// Edits that do not touch each other, by where they start.
#[derive(Default)]
struct Taken<'e>(BTreeMap<(FileId, u32), &'e Edit>);

impl<'e> Taken<'e> {
    /// Takes all of `edits` or none.
    fn take(&mut self, edits: &'e [Edit]) -> bool {
        let apart = edits
            .windows(2)
            .all(|pair| !pair[0].span.touches(pair[1].span));
        if edits.is_empty() || !apart || edits.iter().any(|edit| self.clashes(edit)) {
            return false;
        }
        for edit in edits {
            self.0.insert((edit.span.file, edit.span.start), edit);
        }
        true
    }

    /// Returns `true` if `edit` touches a taken edit that is not the same. What is taken lies
    /// apart, so only the last one that starts no later than `edit` ends can touch it.
    fn clashes(&self, edit: &Edit) -> bool {
        let (first, last) = ((edit.span.file, 0), (edit.span.file, edit.span.end));
        let before = self.0.range(first..=last).next_back();
        before.is_some_and(|(_, other)| other.span.touches(edit.span) && *other != edit)
    }
}

/// `text` with `edits` applied. The edits are all of this text, sorted and disjoint; one that
/// stands there more than once counts once.
#[must_use]
pub fn apply(text: &str, edits: &[&Edit]) -> String {
    let mut out =
        String::with_capacity(text.len() + edits.iter().map(|e| e.text.len()).sum::<usize>());
    let mut at = 0;
    let mut before: Option<&Edit> = None;
    for edit in edits {
        if before == Some(*edit) {
            continue;
        }
        before = Some(*edit);
        let Range { start, end } = edit.span.range();
        let Some(kept) = text.get(at..start).filter(|_| text.is_char_boundary(end)) else {
            debug_assert!(
                false,
                "edits are sorted, disjoint and of this text: {edit:?}"
            );
            continue;
        };
        out.push_str(kept);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The difference as a unified diff with `a/` and `b/` before `path`, accepted by `git apply`; empty
/// when nothing differs.
#[must_use]
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    // Only a line feed ends a line for git; carriage returns are part of the line.
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = format!("--- {}\n+++ {}\n", header("a/", path), header("b/", path));
    for hunk in group_diff_ops(ops, CONTEXT_LINES) {
        push_hunk(&mut out, &hunk, &old, &new);
    }
    out
}

/// The same as a patch in git's own form, whose paths count from the top of the repository wherever
/// `git apply` is run.
#[must_use]
pub fn git_patch(path: &str, before: &str, after: &str) -> String {
    let diff = unified_diff(path, before, after);
    if diff.is_empty() {
        return diff;
    }
    let name = |prefix: &str| header(prefix, path).trim_end().to_owned();
    format!("diff --git {} {}\n{diff}", name("a/"), name("b/"))
}

/// Which lines of `before` give way to which lines of `after`, both counted from 0.
#[must_use]
pub fn changed_lines(before: &str, after: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let changed = ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    let mut ranges: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for op in changed {
        let (old, new) = (op.old_range(), op.new_range());
        match ranges.last_mut() {
            Some(last) if last.0.end == old.start => {
                last.0.end = old.end;
                last.1.end = new.end;
            }
            _ => ranges.push((old, new)),
        }
    }
    ranges
}

fn push_hunk(out: &mut String, ops: &[DiffOp], old: &[&str], new: &[&str]) {
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
        return;
    };
    let removed = lines(first.old_range().start..last.old_range().end);
    let added = lines(first.new_range().start..last.new_range().end);
    let _ = writeln!(out, "@@ -{removed} +{added} @@");
    for op in ops {
        let (tag, old_range, new_range) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            push_lines(out, ' ', old, old_range);
            continue;
        }
        push_lines(out, '-', old, old_range);
        push_lines(out, '+', new, new_range);
    }
}

/// A range of lines as a hunk header names it: from 1, and an empty one by the line before it.
fn lines(range: Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}

fn push_lines(out: &mut String, sign: char, lines: &[&str], range: Range<usize>) {
    for line in lines.get(range).unwrap_or_default() {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A path as git writes it in a header: quoted where it holds quotes, backslashes or control
/// characters, and followed by a tab where a space could be taken for its end.
fn header(prefix: &str, path: &str) -> String {
    let quoted = |c: char| c.is_ascii_control() || matches!(c, '"' | '\\');
    if !path.contains(quoted) {
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{prefix}{path}{end}");
    }
    let mut out = format!("\"{prefix}");
    for c in path.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\{:03o}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
