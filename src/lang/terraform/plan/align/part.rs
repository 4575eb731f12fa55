//! Parts new arguments from neighbours whose column is too narrow for them. A fix changes its own
//! lines only, and a blank line ends a column for `terraform fmt`.

use super::cell::{Cell, widths};
use super::changed::Changed;
use crate::edit::{self, Edit};
use crate::lang::terraform::plan::cells::{Line, lines};

/// `edits` with a blank line around each group of new lines that would move the `=` of old ones.
pub(super) fn part(text: &str, edits: Vec<Edit>, eol: &str) -> Vec<Edit> {
    let all: Vec<&Edit> = edits.iter().collect();
    let after = edit::apply(text, &all);
    let new = lines(&after);
    let mut changed = Changed::new(edits);
    let mut parts: Vec<Part> = Vec::new();
    for run in Cell::Equal.runs(&new) {
        parts.extend(too_wide(&after, run, &changed));
    }
    // From behind, so that offsets into the text of an edit stay true.
    for at in parts.iter().rev() {
        let (Part::Before(offset) | Part::Behind(offset)) = *at;
        let inside = changed
            .places
            .iter()
            .position(|(start, end)| *start <= offset && offset < *end);
        let Some(index) = inside else { continue };
        let (start, _) = changed.places[index];
        let text = &mut changed.edits[index].text;
        match at {
            Part::Before(_) => text.insert_str(offset - start, eol),
            Part::Behind(_) => text.push_str(eol),
        }
    }
    changed.edits
}

/// Where a blank line is wanted; the offset is that of a new line.
enum Part {
    Before(usize),
    Behind(usize),
}

fn too_wide(after: &str, run: &[Line], changed: &Changed) -> Vec<Part> {
    let widths = widths(after, run, Cell::Equal, &[]);
    let is_new = |line: &Line| changed.before(line.start).is_none();
    let old = || run.iter().zip(&widths).filter(|(line, _)| !is_new(line));
    let Some(column) = old().map(|(_, width)| *width).max() else {
        return Vec::new();
    };
    // Where they move anyway, for a line that goes or because they never stood in a column, the new
    // ones may stay among them.
    let stays = |(line, width): (&Line, &usize)| {
        let blanks = line.equal.map(|gap| gap.end - gap.start);
        blanks.is_none_or(|blanks| blanks == column - width + 1)
    };
    if !old().all(stays) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for group in run.chunk_by(|a, b| is_new(a) == is_new(b)) {
        let (first, behind) = (at, at + group.len());
        at = behind;
        let own = widths[first..behind].iter().max();
        if !is_new(&group[0]) || own.is_none_or(|own| *own <= column) {
            continue;
        }
        if first > 0 {
            parts.push(Part::Before(group[0].start));
        }
        if behind < run.len() {
            parts.push(Part::Behind(group[group.len() - 1].start));
        }
    }
    parts
}
