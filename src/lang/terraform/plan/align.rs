//! Keeps `=` and comments in their columns where they stood in columns before.

mod cell;
mod changed;
mod part;

use std::ops::Range;

use cell::{Cell, widths};
use changed::Changed;

use super::cells::{Gap, Line, columns, lines};
use crate::edit::{self, Edit};
use crate::source::{FileId, SourceFile, Span};

/// `edits` of `file` (sorted and disjoint, all of them within `window`, which starts and ends where
/// lines do) and those that keep neighbours aligned as `terraform fmt` would. A run of lines that was
/// not aligned before is left as it is.
pub(super) fn align(file: &SourceFile, edits: Vec<Edit>, window: Range<usize>) -> Vec<Edit> {
    let start = window.start;
    let text = file.text.get(window).unwrap_or_default();
    let moved = |edit: Edit, to: &dyn Fn(usize) -> usize| Edit {
        span: Span::new(
            file.id,
            to(edit.span.start as usize),
            to(edit.span.end as usize),
        ),
        ..edit
    };
    let inside = edits.into_iter().map(|edit| moved(edit, &|at| at - start));
    let inside = part::part(text, inside.collect(), file.eol.as_str());
    let aligned = within(text, file.id, inside);
    aligned
        .into_iter()
        .map(|edit| moved(edit, &|at| at + start))
        .collect()
}

fn within(text: &str, id: FileId, edits: Vec<Edit>) -> Vec<Edit> {
    let all: Vec<&Edit> = edits.iter().collect();
    let after = edit::apply(text, &all);
    let mut changed = Changed::new(edits);
    let old = Old::new(text);
    let new = lines(&after);
    let mut gaps: Vec<(Gap, usize)> = Vec::new();
    for cell in [Cell::Equal, Cell::Opening, Cell::Comment] {
        let mut found = Vec::new();
        for run in cell.runs(&new) {
            let widths = widths(&after, run, cell, &gaps);
            let tidy = |line: &Line| {
                let before = changed.before(line.start);
                before.is_none_or(|at| old.is_tidy(at, cell))
            };
            if run.iter().all(tidy) {
                found.extend(wanted(run, &widths, cell));
            } else if cell == Cell::Equal {
                found.extend(beside(run, &widths, &changed, &after));
            }
        }
        gaps.extend(found);
    }
    // From behind, so that offsets into the text of an edit stay true.
    gaps.sort_by_key(|(gap, _)| std::cmp::Reverse(gap.start));
    for (gap, blanks) in gaps {
        if gap.end - gap.start != blanks {
            changed.fill(id, gap, blanks);
        }
    }
    changed.edits.append(&mut changed.added);
    changed.edits
}

/// The blanks that each gap of a run must have.
fn wanted(run: &[Line], widths: &[usize], cell: Cell) -> Vec<(Gap, usize)> {
    let widest = widths.iter().copied().max().unwrap_or_default();
    let gaps = run.iter().zip(widths);
    gaps.filter_map(|(line, width)| Some((cell.of(line)?, widest - width + 1)))
        .collect()
}

/// New lines of a run that is not tidy take the column of the line before them, or behind.
fn beside(run: &[Line], widths: &[usize], changed: &Changed, after: &str) -> Vec<(Gap, usize)> {
    let column = |index: usize| {
        let line = run.get(index)?;
        let gap = line.equal?;
        let text = after.get(line.start..gap.end)?;
        changed.before(line.start).map(|_| columns(text))
    };
    let mut gaps = Vec::new();
    for (index, line) in run.iter().enumerate() {
        if changed.before(line.start).is_some() {
            continue;
        }
        let neighbour = (0..index)
            .rev()
            .chain(index + 1..run.len())
            .find_map(column);
        let width = widths.get(index).copied().unwrap_or_default();
        if let (Some(gap), Some(column)) = (line.equal, neighbour) {
            gaps.push((gap, column.saturating_sub(width).max(1)));
        }
    }
    gaps
}

/// The lines before the change, and whether each stood in its column.
struct Old {
    lines: Vec<Line>,
    tidy_equal: Vec<bool>,
    tidy_opening: Vec<bool>,
    tidy_comment: Vec<bool>,
}

impl Old {
    fn new(text: &str) -> Self {
        let lines = lines(text);
        let tidy = |cell: Cell| {
            let mut flags = Vec::with_capacity(lines.len());
            for run in cell.runs(&lines) {
                let is_tidy = wanted(run, &widths(text, run, cell, &[]), cell)
                    .iter()
                    .all(|(gap, blanks)| gap.end - gap.start == *blanks);
                flags.resize(flags.len() + run.len(), is_tidy);
            }
            flags
        };
        let tidy_equal = tidy(Cell::Equal);
        let tidy_opening = tidy(Cell::Opening);
        let tidy_comment = tidy(Cell::Comment);
        Self {
            lines,
            tidy_equal,
            tidy_opening,
            tidy_comment,
        }
    }

    /// Returns `true` if the line at `offset` stood in its column or had none.
    fn is_tidy(&self, offset: usize, cell: Cell) -> bool {
        let behind = self.lines.partition_point(|line| line.start <= offset);
        let flag = |flags: &[bool]| {
            let index = behind.checked_sub(1);
            index
                .and_then(|index| flags.get(index).copied())
                .unwrap_or(true)
        };
        // A value that took one line may take several, and the other way round.
        match cell {
            Cell::Equal | Cell::Opening => flag(&self.tidy_equal) && flag(&self.tidy_opening),
            Cell::Comment => flag(&self.tidy_comment),
        }
    }
}
