use std::fmt::Display;
use std::io::{self, Write};

use crate::output::{Style, problem};
use crate::rule::RuleError;

/// Why the run could not be done.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something about the arguments, in words.
    Said(String),
    /// Faults in configuration or rules, each shown in its text.
    Faults(Vec<Fault>),
    /// The output could not be written.
    Io(io::Error),
}

/// A fault in a text that the user wrote.
#[derive(Debug)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// The file as the user knows it.
    pub(super) path: String,
    /// What the file says.
    pub(super) text: String,
    /// The byte offsets of the place, where known.
    pub(super) place: Option<(usize, usize)>,
}

impl Fault {
    /// The fault in one line.
    pub(super) fn line(&self) -> String {
        let before = self
            .place
            .and_then(|(start, _)| self.text.get(..start))
            .unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        format!("{}:{line}:{column}: {}", self.path, self.message)
    }
}

impl From<RuleError> for Fault {
    fn from(error: RuleError) -> Self {
        Self {
            text: error.text().to_owned(),
            place: error.place.map(|(start, length)| (start, start + length)),
            message: error.message,
            path: error.path,
        }
    }
}

impl Failure {
    /// A failure in words.
    pub(super) fn said(what: impl Display) -> Self {
        Self::Said(what.to_string())
    }

    /// Tells the user.
    pub(super) fn write(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Said(message) => writeln!(out, "error: {}", message.escape_debug_but_quotes()),
            Self::Faults(faults) => faults.iter().try_for_each(|fault| {
                problem(
                    &fault.message,
                    &fault.path,
                    &fault.text,
                    fault.place,
                    style,
                    out,
                )
            }),
            Self::Io(error) => writeln!(out, "error: cannot write the report: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Words that may quote a path, made fit for a terminal.
trait Quoting {
    fn escape_debug_but_quotes(&self) -> String;
}

impl Quoting for String {
    fn escape_debug_but_quotes(&self) -> String {
        self.chars()
            .map(|c| {
                if c.is_control() && c != '\n' {
                    '\u{FFFD}'
                } else {
                    c
                }
            })
            .collect()
    }
}
