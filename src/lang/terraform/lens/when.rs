//! Whether a row holds, in three values.

use std::sync::Arc;

use super::parts::names;
use super::read::{Found, each_reading};
use super::schema::{Part, When};
use crate::model::facts::{Scalar, Schema};
use crate::model::{Origin, Unknown, Value};

/// Three-valued truth; an unknown remembers what decides it.
#[derive(Clone, Debug)]
pub(super) enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// That depends on this.
    Unknown(Arc<Unknown>, Origin),
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(unknown, origin) => Self::Unknown(unknown, origin),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) | (other, Self::Yes) => other,
            (unknown, Self::Unknown(..)) => unknown,
        }
    }
}

/// What a condition reads.
pub(super) struct Scene<'s> {
    /// The arguments.
    pub(super) args: &'s Value,
    /// The provider's schema of the type.
    pub(super) schema: Option<&'s Schema>,
    /// The major version of the provider.
    pub(super) major: u32,
}

impl Scene<'_> {
    /// Whether `when` holds for the blocks at the positions `at`.
    pub(super) fn holds(&self, when: &When, at: &[usize]) -> Truth {
        match when {
            When::Set(path) => self.any(path, at, |found| match found {
                Found::Value(_) | Found::Empty(_) => Truth::Yes,
                Found::Absent { .. } => Truth::No,
                Found::Unknown(unknown, _) if unknown.not_null => Truth::Yes,
                Found::Unknown(unknown, origin) => Truth::Unknown(Arc::clone(unknown), *origin),
            }),
            When::Is(path) => self.any(path, at, |found| self.equals(path, found, "true")),
            When::Equals(path, text) => self.any(path, at, |found| self.equals(path, found, text)),
            When::Not(inner) => self.holds(inner, at).not(),
            When::And(left, right) => self.holds(left, at).and(self.holds(right, at)),
            When::Or(left, right) => self
                .holds(left, at)
                .not()
                .and(self.holds(right, at).not())
                .not(),
        }
    }

    fn any(&self, path: &[Part], at: &[usize], test: impl Fn(&Found) -> Truth) -> Truth {
        let mut none = Truth::Yes;
        each_reading(self.args, path, self.schema, at, &mut |reading| {
            let so_far = std::mem::replace(&mut none, Truth::No);
            none = so_far.and(test(&reading.found).not());
        });
        none.not()
    }

    fn equals(&self, path: &[Part], found: &Found, text: &str) -> Truth {
        match found {
            Found::Value(value) => Truth::of(spelling(value).as_deref() == Some(text)),
            Found::Empty(_) => Truth::No,
            Found::Absent { .. } => {
                let attribute = self
                    .schema
                    .and_then(|schema| schema.attribute(&names(path)));
                let default = attribute.and_then(|it| it.default_in(Some(self.major)));
                Truth::of(match default {
                    Some(Scalar::Bool(value)) => value.to_string() == text,
                    Some(Scalar::Int(value)) => value.to_string() == text,
                    Some(Scalar::Text(value)) => value == text,
                    Some(Scalar::Null | Scalar::Float(_) | Scalar::List(_)) | None => {
                        text.is_empty()
                    }
                })
            }
            Found::Unknown(unknown, origin) => Truth::Unknown(Arc::clone(unknown), *origin),
        }
    }
}

/// A plain value as a condition and a map spell it.
pub(super) fn spelling(value: &Value) -> Option<String> {
    use crate::model::Data;
    match &value.data {
        Data::Bool(value) => Some(value.to_string()),
        Data::Number(number) => Some(number.to_string()),
        Data::String(text) => Some(text.to_string()),
        Data::Null | Data::List(_) | Data::Map(_) | Data::Unknown(_) => None,
    }
}
