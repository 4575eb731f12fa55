use crate::edit::Edit;
use crate::lang::terraform::plan::cells::Gap;
use crate::source::{FileId, Span};

/// The edits, and where the offsets of the changed text come from.
pub(super) struct Changed {
    pub(super) edits: Vec<Edit>,
    /// Where the text of each edit stands after the change.
    pub(super) places: Vec<(usize, usize)>,
    /// Blanks of the old text that change too.
    pub(super) added: Vec<Edit>,
}

impl Changed {
    pub(super) fn new(edits: Vec<Edit>) -> Self {
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
    pub(super) fn before(&self, offset: usize) -> Option<usize> {
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
    pub(super) fn fill(&mut self, id: FileId, gap: Gap, blanks: usize) {
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
