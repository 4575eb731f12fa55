//! What is wrong with a policy document, and where.

use crate::rule::RuleError;
use crate::source::Span;
use crate::syntax::json::Node;

use super::source::Source;

/// A fault at a place of one of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Span,
    pub(super) message: String,
}

impl Fault {
    /// A fault at `at`.
    pub(super) fn at(at: Span, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }

    /// A fault of the whole of `node`.
    pub(super) fn of(node: Node<'_>, message: impl Into<String>) -> Self {
        Self::at(node.span(), message)
    }

    /// The error that the user reads.
    pub(super) fn told(self, sources: &[Source]) -> RuleError {
        let source = sources.get(self.at.file.0 as usize);
        let (path, text) = source.map_or(("", ""), |it| (it.path(), it.text()));
        let start = self.at.start as usize;
        // An object or a list is shown by its first line.
        let shown = text.get(self.at.range()).unwrap_or_default();
        let length = shown.find(['\n', '\r']).unwrap_or(shown.len()).max(1);
        RuleError::placed(path, text, self.message, (start, length))
    }
}

/// The text of a string; a fault for anything else.
pub(super) fn text(node: Node<'_>, what: &str) -> Result<String, Fault> {
    node.as_str()
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Fault::of(node, format!("{what} is a text")))
}

/// The text of the member `key`, where there is one.
pub(super) fn optional_text(node: Node<'_>, key: &str) -> Result<Option<String>, Fault> {
    match node.get(key) {
        None => Ok(None),
        Some(value) if value.text() == "null" => Ok(None),
        Some(value) => text(value, &format!("`{key}`")).map(Some),
    }
}
