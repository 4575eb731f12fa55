use std::fmt;

/// Why a pattern is none: what is wrong, and the part that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lang::terraform::functions) struct PatternError {
    what: &'static str,
    part: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.what, self.part)
    }
}

impl PatternError {
    pub(super) fn new(what: &'static str, part: impl Into<String>) -> Self {
        let part = part.into();
        Self { what, part }
    }

    /// The error as Go prints it itself.
    pub(in crate::lang::terraform::functions) fn as_parsed(&self) -> String {
        format!("{}: `{}`", self.what, self.part)
    }
}
