//! What decided a verdict: the fields that were asked, and what was seen there.

use crate::model::{Data, Lookup, Origin, Path, ResourceId, Unknown, Value};
use crate::rule::{Count, Literal, Related, Test};

use super::truth::Truth;

/// A field that decided a verdict.
#[derive(Clone, Debug)]
pub struct Witness<'m> {
    /// The resource it belongs to; a companion's where that decided.
    pub resource: ResourceId,
    /// The concrete path.
    pub path: Path,
    /// What is there.
    pub seen: Seen<'m>,
    /// What was asked of it; `None` when nothing was.
    pub asked: Option<Asked<'m>>,
    /// `true` where the opposite of what was asked is demanded.
    pub negated: bool,
    /// `true` where any one of several fields can settle the matter.
    pub alternative: bool,
    /// For an element that counts: the fields that make it count.
    pub because: Vec<Witness<'m>>,
}

/// What is asked of a field.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'m> {
    /// A comparison.
    Test(&'m Test),
    /// That a list has so many of these elements.
    Count(&'m Count, &'m Test),
}

/// What a witness saw.
#[derive(Clone, Debug)]
pub enum Seen<'m> {
    /// A value.
    Value(&'m Value),
    /// Nothing; the first path is what exists, the second what is missing.
    Missing(Path, Path),
    /// Nothing, and the service assumes this.
    Assumed(Path, Data),
    /// A value that is not known.
    Unknown(&'m Unknown, Origin),
    /// A path that the language cannot speak of.
    Unmapped,
    /// No companion of the sort that is wanted.
    NoCompanion(&'m Related),
    /// A companion of this type that may or may not belong to it.
    MaybeCompanion(ResourceId),
    /// What an expression of the rule gave.
    Computed(&'m Literal, Value),
    /// Nothing that could be looked up.
    Expression,
    /// What an expression over the resource gave.
    Formula(Value),
    /// A property under a name that leads to no path.
    Unresolved(&'m str),
}

/// A verdict with the fields that decided it.
#[derive(Clone, Debug)]
pub(super) struct Judgement<'m> {
    /// The verdict.
    pub truth: Truth,
    /// The fields that decided: of a conjunction that fails those that failed, and so on.
    pub witnesses: Vec<Witness<'m>>,
}

impl<'m> Judgement<'m> {
    pub(super) fn of(truth: Truth) -> Self {
        Self {
            truth,
            witnesses: Vec::new(),
        }
    }

    pub(super) fn seen(truth: Truth, witness: Witness<'m>) -> Self {
        Self {
            truth,
            witnesses: vec![witness],
        }
    }
}

impl<'m> Witness<'m> {
    /// A witness of which nothing was asked.
    pub fn new(resource: ResourceId, path: Path, seen: Seen<'m>) -> Self {
        Self {
            resource,
            path,
            seen,
            asked: None,
            negated: false,
            alternative: false,
            because: Vec::new(),
        }
    }

    /// Returns `true` if it saw something that is not known.
    pub(super) fn is_open(&self) -> bool {
        match &self.seen {
            Seen::Value(value) => value.has_unknown(),
            Seen::Computed(_, value) | Seen::Formula(value) => value.has_unknown(),
            Seen::Unknown(..) | Seen::Unmapped | Seen::Unresolved(_) | Seen::MaybeCompanion(_) => {
                true
            }
            Seen::Missing(..) | Seen::Assumed(..) | Seen::NoCompanion(_) | Seen::Expression => {
                false
            }
        }
    }

    /// Returns `true` if it is about a companion that is missing.
    pub(super) fn lacks_companion(&self) -> bool {
        matches!(self.seen, Seen::NoCompanion(_))
    }

    /// The same witness, of which this was asked.
    #[must_use]
    pub fn asked(mut self, asked: Asked<'m>) -> Self {
        self.asked = Some(asked);
        self
    }
}

/// What a lookup shows to whoever asks.
pub(super) fn seen(lookup: Lookup<'_>) -> Seen<'_> {
    match lookup {
        Lookup::Found(value) => Seen::Value(value),
        Lookup::Missing { parent, rest } => Seen::Missing(parent, rest),
        Lookup::Unknown(unknown, origin) => Seen::Unknown(unknown, origin),
        Lookup::Unmapped => Seen::Unmapped,
    }
}
