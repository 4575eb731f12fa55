pub(super) use super::eval::InstanceId;
use super::eval::Subject;
use crate::model::Value;
use crate::source::Span;

/// What the names in an expression mean besides those of its module: `each`, `count`, the variables
/// of `for`, the iterators of `dynamic`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    /// The module whose names are meant; `None` where there are none, as in a `.tfvars`.
    pub(super) module: Option<InstanceId>,
    /// The innermost name.
    pub(super) bound: Option<&'s Bound<'s>>,
    /// The item at hand inside a splat.
    pub(super) item: Option<&'s Subject>,
    /// How what is written here got there.
    pub(super) written: Written,
}

/// How a literal in an expression is recorded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written {
    /// As a literal of the configuration.
    Configuration,
    /// As a line of a variable values file.
    Tfvars,
    /// As given on the command line: no file holds it.
    CommandLine,
    /// As part of a template inside a JSON string, whose token this is: offsets in the template are
    /// not offsets in the file.
    JsonString(Span),
}

/// A name and what it stands for.
#[derive(Debug)]
pub(super) struct Bound<'s> {
    /// The name.
    pub(super) name: &'s str,
    /// Its value; for `each`, `count` and iterators a map of their attributes.
    pub(super) value: &'s Value,
    /// The names around it.
    pub(super) next: Option<&'s Bound<'s>>,
}

impl<'s> Scope<'s> {
    /// The names of a module alone.
    pub(super) fn module(module: InstanceId) -> Self {
        Self {
            module: Some(module),
            bound: None,
            item: None,
            written: Written::Configuration,
        }
    }

    /// No names at all.
    pub(super) fn none(written: Written) -> Self {
        Self {
            module: None,
            bound: None,
            item: None,
            written,
        }
    }

    /// This scope with one more name.
    pub(super) fn with<'n>(&self, bound: &'n Bound<'n>) -> Scope<'n>
    where
        's: 'n,
    {
        Scope {
            module: self.module,
            bound: Some(bound),
            item: self.item,
            written: self.written,
        }
    }

    /// What `name` stands for, the innermost first.
    pub(super) fn find(&self, name: &str) -> Option<&'s Value> {
        let mut next = self.bound;
        while let Some(bound) = next {
            if bound.name == name {
                return Some(bound.value);
            }
            next = bound.next;
        }
        None
    }
}
