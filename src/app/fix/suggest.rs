//! `fix --format github-suggestions`: which hunks can be suggested in the lines under review.

use std::collections::BTreeMap;
use std::ops::Range;

use super::changed::Changed;
use crate::edit::{Shown, changed_lines};
use crate::finding::Finding;
use crate::output::{Review, Suggestion};
use crate::remediate::Fixed;
use crate::source::SourceFile;

/// A run of lines that change, and what is fixed there.
struct Hunk<'f> {
    /// `None` when it cannot be suggested.
    suggestion: Option<Suggestion<'f>>,
    /// The hunk that stands for all it belongs together with.
    group: usize,
}

/// Sorts all hunks into those that lie in the lines shown and the rest. Fixes that reach several
/// hunks hold them together: part of a fix is not proven.
pub(super) fn review<'f>(
    fixed: &'f Fixed,
    edited: &Changed<'_>,
    shown: &Shown,
    below: &str,
) -> Review<'f> {
    let mut hunks: Vec<Hunk<'f>> = Vec::new();
    let mut spots: BTreeMap<&str, Vec<(Range<usize>, usize)>> = BTreeMap::new();
    for (path, (before, after)) in edited {
        let full = format!("{below}{path}");
        let lines = shown.get(&full).map(Vec::as_slice).unwrap_or_default();
        for (old, new) in changed_lines(&before.text, after) {
            let index = hunks.len();
            let suggestion = suggestion(&full, before, after, (&old, &new), lines);
            hunks.push(Hunk {
                suggestion,
                group: index,
            });
            spots.entry(path.as_str()).or_default().push((old, index));
        }
    }
    let mut of_finding: Vec<(usize, &Finding)> = Vec::new();
    for (finding, places) in fixed.taken.iter().zip(&fixed.places) {
        let own = places.iter().filter_map(|(path, offset)| {
            let (before, _) = edited.get(path)?;
            let line = line_of(&before.text, *offset);
            let spots = spots.get(path.as_str())?;
            // An insertion stands behind a line or before one.
            let near = |(old, _): &&(Range<usize>, usize)| line + 1 >= old.start && line <= old.end;
            spots.iter().find(near).map(|(_, index)| *index)
        });
        let own: Vec<usize> = own.collect();
        let Some(first) = own.first() else { continue };
        of_finding.push((*first, finding));
        for other in &own {
            join(&mut hunks, *first, *other);
        }
    }
    sorted(hunks, &of_finding)
}

fn sorted<'f>(mut hunks: Vec<Hunk<'f>>, of_finding: &[(usize, &'f Finding)]) -> Review<'f> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, hunk) in hunks.iter().enumerate() {
        groups.entry(hunk.group).or_default().push(index);
    }
    let mut review = Review::default();
    for members in groups.into_values() {
        let mut own = of_finding.iter().filter(|(at, _)| members.contains(at));
        if members
            .iter()
            .any(|index| hunks[*index].suggestion.is_none())
        {
            review.rest.extend(own.map(|(_, finding)| *finding));
            continue;
        }
        let mut group: Vec<Suggestion<'f>> = members
            .iter()
            .filter_map(|index| hunks[*index].suggestion.take())
            .collect();
        // Each comment names all that its group mends.
        let findings: Vec<&Finding> = own.by_ref().map(|(_, finding)| *finding).collect();
        for suggestion in &mut group {
            suggestion.findings.clone_from(&findings);
        }
        review.groups.push(group);
    }
    review
}

/// Makes the groups of two hunks one.
fn join(hunks: &mut [Hunk<'_>], a: usize, b: usize) {
    let (keep, give) = (hunks[a].group, hunks[b].group);
    for hunk in hunks.iter_mut().filter(|hunk| hunk.group == give) {
        hunk.group = keep;
    }
}

/// The suggestion for a hunk, when it lies in lines that are shown. An insertion is spelled with a
/// line beside it, because a suggestion replaces lines.
fn suggestion<'f>(
    path: &str,
    before: &SourceFile,
    after: &str,
    (old, new): (&Range<usize>, &Range<usize>),
    shown: &[Range<usize>],
) -> Option<Suggestion<'f>> {
    let own: Vec<&str> = before.text.split_inclusive('\n').collect();
    let fresh: Vec<&str> = after.split_inclusive('\n').collect();
    let is_shown = |lines: &Range<usize>| {
        shown
            .iter()
            .any(|it| it.start <= lines.start + 1 && lines.end < it.end)
    };
    let around = if old.is_empty() {
        let behind = old
            .start
            .checked_sub(1)
            .map(|first| (first..old.end, new.start - 1..new.end));
        let next = (old.end < own.len()).then(|| (old.start..old.end + 1, new.start..new.end + 1));
        behind
            .into_iter()
            .chain(next)
            .find(|(lines, _)| is_shown(lines))?
    } else {
        (old.clone(), new.clone())
    };
    let (lines, with) = around;
    if !is_shown(&lines) {
        return None;
    }
    let text: String = fresh.get(with)?.concat();
    Some(Suggestion {
        path: path.to_owned(),
        lines: (lines.start + 1, lines.end),
        text: text.trim_end_matches(['\n', '\r']).replace('\r', ""),
        findings: Vec::new(),
    })
}

/// The line of `offset`, counted from 0.
fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.matches('\n').count()
}

#[cfg(test)]
mod tests;
