use std::ops::Range;

use crate::model::{Origin, Value, Why};

/// What an expression is evaluated in: it answers the functions that read from outside.
pub trait Environment {
    /// Answers a call of a function that is not pure; `None` when it has no such function.
    ///
    /// # Errors
    /// [`Failure`] when the arguments are wrong or the answer cannot be made.
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>>;

    /// The origin of what the expression computes.
    fn computed(&mut self) -> Origin;

    /// The origin of what the expression computes out of `values`, the one that decides first.
    fn derived(&mut self, values: &[&Value]) -> Origin {
        let _ = values;
        self.computed()
    }

    /// The origin of a value that was chosen because of `by`: its own where it comes from elsewhere.
    fn decided(&mut self, value: Origin, by: &Value) -> Origin {
        let _ = by;
        value
    }

    /// The origin of a member that was read out of `container` and was written at `item`.
    fn selected(&mut self, container: Origin, item: Origin) -> Origin {
        let _ = container;
        item
    }

    /// Called before each step; refuses when too many were made or they nest too deep.
    ///
    /// # Errors
    /// The limit, in words.
    fn enter(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Called after each step that [`enter`](Self::enter) allowed.
    fn leave(&mut self) {}
}

/// A call of a function that an [`Environment`] answers. Its arguments are evaluated.
#[derive(Clone, Debug)]
pub struct Call<'c> {
    /// The namespace of a user-defined function.
    pub namespace: Option<&'c str>,
    /// The function's name as written; names ignore ASCII case.
    pub name: &'c str,
    /// The arguments.
    pub args: &'c [Value],
    /// Where the call stands in the string.
    pub range: Range<usize>,
}

/// An expression that cannot be evaluated, and the place in the string that is at fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Bytes of the decoded string.
    pub range: Range<usize>,
    /// What is wrong, without a period.
    pub message: String,
    /// [`Why::Invalid`] for an error, [`Why::Limit`] for a limit.
    pub why: Why,
}

impl Failure {
    /// An error in the expression.
    #[must_use]
    pub fn invalid(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
            why: Why::Invalid,
        }
    }

    /// A limit that stopped the evaluation.
    #[must_use]
    pub fn limit(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
            why: Why::Limit,
        }
    }

    /// A call of `name` with another number of arguments than it takes.
    pub(super) fn wrong_count(
        range: &Range<usize>,
        name: &str,
        expected: &str,
        given: usize,
    ) -> Self {
        Self::invalid(
            range.clone(),
            format!("`{name}` takes {expected}, {given} given"),
        )
    }
}
