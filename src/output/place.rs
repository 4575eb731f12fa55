use std::sync::Arc;

use crate::source::{Columns, Position, SourceFile, SourceTree, Span};

/// A span as people and programs name it: its file and the positions of its ends.
pub(super) struct Place {
    /// The text it is in.
    pub(super) file: Arc<SourceFile>,
    /// The span.
    pub(super) span: Span,
    /// Its first character.
    pub(super) start: Position,
    /// One past its last character.
    pub(super) end: Position,
}

impl Place {
    /// The place of `span`; `None` when no such text was read.
    pub(super) fn of(span: Span, sources: &dyn SourceTree) -> Option<Self> {
        let file = sources.get(span.file)?;
        let start = file.locate(span.start, Columns::CodePoints);
        let end = file.locate(span.end, Columns::CodePoints);
        Some(Self {
            file,
            span,
            start,
            end,
        })
    }

    /// The text at the place.
    pub(super) fn text(&self) -> &str {
        self.file.slice(self.span)
    }
}
