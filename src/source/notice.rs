use serde::Serialize;

use super::{ReadError, RelPath, Span};

/// Something about the input that the user must know and that is no finding: broken syntax, a
/// missing module, a limit that was reached. Broken input is never an `Err`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// What sort of thing happened.
    pub kind: NoticeKind,
    /// One or more whole sentences.
    pub message: String,
    /// The file it is about.
    pub path: RelPath,
    /// The place in that file, where there is one.
    pub span: Option<Span>,
}

/// The sorts of [`Notice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A file or a part of it could not be read as its language. A finding of its own kind; exit 1.
    UnreadableInput,
    /// A file was left out on purpose: too large, binary, outside the workspace.
    SkippedInput,
    /// A module or linked template is not in the workspace; what depends on it is unknown.
    MissingModule,
    /// Two inputs contradict each other, as a plan and newer source do; the message says which one counts.
    StaleInput,
    /// A named limit was reached; the rest was judged.
    Limit,
    /// The configuration is one that Terraform or Resource Manager would refuse.
    InvalidConfiguration,
    /// A construct that is not evaluated yet; what depends on it is unknown.
    Unsupported,
    /// What a policy document says depends on where and by whom is deployed.
    UndecidedPolicy,
}

impl Notice {
    /// A notice about the place `span` in `path`.
    #[must_use]
    pub fn at(kind: NoticeKind, path: RelPath, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            path,
            span: Some(span),
        }
    }

    /// A notice about a whole file or folder.
    #[must_use]
    pub fn about(kind: NoticeKind, path: RelPath, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            path,
            span: None,
        }
    }

    /// The notice for a file that could not be read, the same wherever it is noticed.
    #[must_use]
    pub fn unread(path: RelPath, error: &ReadError) -> Self {
        let kind = match error {
            ReadError::Missing | ReadError::Io(_) => NoticeKind::UnreadableInput,
            ReadError::Outside | ReadError::TooLarge(_) | ReadError::Binary => {
                NoticeKind::SkippedInput
            }
        };
        Self::about(kind, path, format!("This was not read: {error}."))
    }
}
