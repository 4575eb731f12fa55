//! Keeps `=` and comments in their columns where they stood in columns before.

mod part;

use std::ops::Range;

use super::cells::{Gap, Line, columns, lines};
use crate::edit::{self, Edit};
use crate::source::{FileId, SourceFile, Span};

/// What of a line stands in a column with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Equal,
    Opening,
    Comment,
}

impl Cell {
    fn of(self, line: &Line) -> Option<Gap> {
        match self {
            Self::Equal => line.equal,
            Self::Opening => line.opening,
            Self::Comment => line.comment,
        }
    }

    /// The longest runs of neighbours that stand in one column, those without such a cell too.
    fn runs(self, lines: &[Line]) -> impl Iterator<Item = &[Line]> {
        lines.chunk_by(move |a, b| {
            self != Self::Opening && self.of(a).is_some() == self.of(b).is_some()
        })
    }
}

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

fn widths(text: &str, run: &[Line], cell: Cell, gaps: &[(Gap, usize)]) -> Vec<usize> {
    run.iter()
        .map(|line| width(text, line, cell.of(line), gaps))
        .collect()
}

/// How many columns stand before `gap` on its line, once `gaps` are filled.
fn width(text: &str, line: &Line, gap: Option<Gap>, gaps: &[(Gap, usize)]) -> usize {
    let Some(gap) = gap else { return 0 };
    let before = text.get(line.start..gap.start).unwrap_or_default();
    let filled = gaps
        .iter()
        .filter(|(other, _)| line.start <= other.start && other.end <= gap.start);
    let (more, less) = filled.fold((0, 0), |(more, less), (other, blanks)| {
        (more + blanks, less + other.end - other.start)
    });
    columns(before) + more - less
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

/// The edits, and where the offsets of the changed text come from.
struct Changed {
    edits: Vec<Edit>,
    /// Where the text of each edit stands after the change.
    places: Vec<(usize, usize)>,
    /// Blanks of the old text that change too.
    added: Vec<Edit>,
}

impl Changed {
    fn new(edits: Vec<Edit>) -> Self {
        let mut places = Vec::with_capacity(edits.len());
        let (mut grown, mut shrunk) = (0, 0);
        for edit in &edits {
            let start = edit.span.start as usize + grown - shrunk;
            places.push((start, start + edit.text.len()));
            grown += edit.text.len();
            shrunk += edit.span.len();
        }
        Self {
            edits,
            places,
            added: Vec::new(),
        }
    }

    /// Where the byte at `offset` of the changed text stood before; `None` when it is new.
    fn before(&self, offset: usize) -> Option<usize> {
        let mut from = offset;
        for (edit, (start, end)) in self.edits.iter().zip(&self.places).rev() {
            if offset >= *end && (offset > *start || edit.text.is_empty()) {
                from = offset - end + edit.span.end as usize;
                break;
            }
            if offset >= *start {
                return None;
            }
        }
        Some(from)
    }

    /// Makes the blanks at `gap` of the changed text `blanks` long.
    fn fill(&mut self, id: FileId, gap: Gap, blanks: usize) {
        let blanks = " ".repeat(blanks);
        let inside = self
            .places
            .iter()
            .position(|(start, end)| *start <= gap.start && gap.end <= *end);
        if let Some(index) = inside {
            let start = self.places.get(index).map_or(0, |place| place.0);
            if let Some(edit) = self.edits.get_mut(index) {
                let range = gap.start - start..gap.end - start;
                edit.text.replace_range(range, &blanks);
            }
            return;
        }
        let meets = |(start, end): &(usize, usize)| *start < gap.end && gap.start < *end;
        if self.places.iter().any(meets) {
            return;
        }
        // The blanks themselves are old, also where an edit ends right before them.
        let earlier = self.edits.iter().zip(&self.places);
        let earlier = earlier.filter(|(_, (_, end))| *end <= gap.start);
        let (grown, shrunk) = earlier.fold((0, 0), |(grown, shrunk), (edit, place)| {
            (grown + place.1 - place.0, shrunk + edit.span.len())
        });
        let start = gap.start + shrunk - grown;
        self.added.push(Edit {
            span: Span::new(id, start, start + (gap.end - gap.start)),
            text: blanks,
        });
    }
}
