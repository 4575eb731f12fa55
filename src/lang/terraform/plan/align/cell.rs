use crate::lang::terraform::plan::cells::{Gap, Line, columns};

/// What of a line stands in a column with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Equal,
    Opening,
    Comment,
}

impl Cell {
    /// Its gap on a line.
    pub(super) fn of(self, line: &Line) -> Option<Gap> {
        match self {
            Self::Equal => line.equal,
            Self::Opening => line.opening,
            Self::Comment => line.comment,
        }
    }

    /// The longest runs of neighbours that stand in one column, those without such a cell too.
    pub(super) fn runs(self, lines: &[Line]) -> impl Iterator<Item = &[Line]> {
        lines.chunk_by(move |a, b| {
            self != Self::Opening && self.of(a).is_some() == self.of(b).is_some()
        })
    }
}

/// How many columns stand before the cell on each line of `run`, once `gaps` are filled.
pub(super) fn widths(text: &str, run: &[Line], cell: Cell, gaps: &[(Gap, usize)]) -> Vec<usize> {
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
