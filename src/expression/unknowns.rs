//! What stays known when something is not: the reason, the deciding input, the possible values.

use std::sync::Arc;

use super::term;
use crate::model::{Data, Entry, InputRef, Map, Origin, Unknown, Value, Why};

/// The most possible values that are kept.
pub(super) const MAX_DOMAIN: usize = 16;

/// An unknown made from the unknowns in `values`: their reason, and their input where it is one.
pub(super) fn combine<'v>(values: impl IntoIterator<Item = &'v Value>) -> Unknown {
    let mut seen = Seen::default();
    for value in values {
        seen.add(value);
    }
    let mut unknown = Unknown::because(seen.why.unwrap_or(Why::Computed));
    unknown.input = match seen.inputs.as_slice() {
        [Some(only)] => Some(only.clone()),
        _ => None,
    };
    unknown
}

/// The value of a choice that is not decided: `then` or `otherwise`, by `condition`. What both
/// branches say is known; of two objects, each member by itself.
#[must_use]
pub fn either(condition: &Value, then: &Value, otherwise: &Value, origin: Origin) -> Value {
    choose(condition, then, otherwise, origin, 8)
}

fn choose(condition: &Value, a: &Value, b: &Value, origin: Origin, depth: u32) -> Value {
    if a.says_same(b) && !same_but_unspelled(a, b) {
        // Written in two places, the value is decided by neither alone.
        let origin = if a.origin == b.origin {
            a.origin
        } else {
            origin
        };
        let data = a.data.clone();
        return Value::new(data, origin).marked(a.sensitive || b.sensitive);
    }
    if depth > 0
        && let (Data::Map(left), Data::Map(right)) = (&a.data, &b.data)
    {
        return merge(condition, (left, right), origin, depth);
    }
    Value::unknown(undecided(condition, a, b), origin).marked(a.sensitive || b.sensitive)
}

/// Two unknowns without a spelling are not known to be the same, whatever else they share.
fn same_but_unspelled(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Unknown(a), Data::Unknown(b)) => a.term.is_none() || b.term.is_none(),
        _ => false,
    }
}

fn merge(condition: &Value, (a, b): (&Map, &Map), origin: Origin, depth: u32) -> Value {
    let absent = Value::null(origin);
    let mut entries: Vec<Entry> = Vec::with_capacity(a.entries.len());
    for entry in &a.entries {
        let other = b.get_ignoring_case(&entry.key);
        let value = match other {
            Some(other) => choose(condition, &entry.value, other, origin, depth - 1),
            None if b.open => Value::unknown(combine([condition, &entry.value]), origin),
            None => absent_or(condition, &entry.value, &absent, origin),
        };
        entries.push(Entry {
            key: Arc::clone(&entry.key),
            value,
        });
    }
    for entry in &b.entries {
        if a.get_ignoring_case(&entry.key).is_none() {
            let value = if a.open {
                Value::unknown(combine([condition, &entry.value]), origin)
            } else {
                absent_or(condition, &entry.value, &absent, origin)
            };
            entries.push(Entry {
                key: Arc::clone(&entry.key),
                value,
            });
        }
    }
    let map = Map {
        open: a.open || b.open,
        entries,
        ..a.clone()
    };
    Value::new(Data::Map(Arc::new(map)), origin)
}

/// A member that only one branch has. Null stands for its absence, as it does in a request.
fn absent_or(condition: &Value, present: &Value, absent: &Value, origin: Origin) -> Value {
    if present.is_null() {
        return present.clone();
    }
    Value::unknown(undecided(condition, present, absent), origin).marked(present.sensitive)
}

fn undecided(condition: &Value, a: &Value, b: &Value) -> Unknown {
    let mut unknown = combine([condition, a, b]);
    // The condition decides between two known values; a known branch adds no input of its own.
    if let Some(decisive) = condition.as_unknown() {
        unknown.why = decisive.why;
    }
    unknown.not_null = is_present(a) && is_present(b);
    unknown.domain = union(domain(a), domain(b));
    let args = [condition.clone(), a.clone(), b.clone()];
    unknown.term = term::call("if", &args);
    unknown.ty = match (&a.data, &b.data) {
        (Data::Unknown(a), Data::Unknown(b)) if a.ty == b.ty => a.ty.clone(),
        (Data::Bool(_), Data::Bool(_)) => Some(crate::model::Type::Bool),
        (Data::String(_), Data::String(_)) => Some(crate::model::Type::String),
        (Data::Number(_), Data::Number(_)) => Some(crate::model::Type::Number),
        _ => None,
    };
    unknown
}

/// Returns `true` if the value is known not to be null.
pub(super) fn is_present(value: &Value) -> bool {
    match &value.data {
        Data::Null => false,
        Data::Unknown(unknown) => unknown.not_null,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Map(_) => true,
    }
}

/// Every value it can take, where that is a short list of plain values.
pub(super) fn domain(value: &Value) -> Option<Vec<Value>> {
    match &value.data {
        Data::Unknown(unknown) => unknown.domain.clone(),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => Some(vec![value.clone()]),
        Data::List(list) if list.items.is_empty() => Some(vec![value.clone()]),
        Data::List(_) | Data::Map(_) => None,
    }
}

/// All of both, each once; `None` when they are too many.
pub(super) fn union(a: Option<Vec<Value>>, b: Option<Vec<Value>>) -> Option<Vec<Value>> {
    let mut all = a?;
    for value in b? {
        if !all.iter().any(|other| other.says_same(&value)) {
            all.push(value);
        }
    }
    (all.len() <= MAX_DOMAIN).then_some(all)
}

/// One value out of `candidates`, all of which are possible: the value itself where they all say the
/// same, otherwise `unknown` with what they have in common.
pub(super) fn one_of(candidates: &[Value], mut unknown: Unknown, origin: Origin) -> Value {
    let Some(first) = candidates.first() else {
        return Value::unknown(unknown, origin);
    };
    let alike = candidates.iter().all(|other| other.says_same(first));
    if alike && !first.has_unknown() {
        return first.clone();
    }
    let sensitive = candidates.iter().any(|value| value.sensitive);
    unknown.not_null = candidates.iter().all(is_present);
    unknown.domain = candidates.iter().map(domain).reduce(union).flatten();
    Value::unknown(unknown, origin).marked(sensitive)
}

#[derive(Default)]
struct Seen {
    why: Option<Why>,
    inputs: Vec<Option<InputRef>>,
}

impl Seen {
    fn add(&mut self, value: &Value) {
        match &value.data {
            Data::Unknown(unknown) => self.note(unknown.why, unknown.input.as_ref()),
            Data::List(list) => list.items.iter().for_each(|item| self.add(item)),
            Data::Map(map) => {
                map.entries.iter().for_each(|entry| self.add(&entry.value));
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => {}
        }
    }

    /// An unknown that no single input decides leaves the result without one.
    fn note(&mut self, why: Why, input: Option<&InputRef>) {
        self.why.get_or_insert(why);
        if !self.inputs.iter().any(|seen| seen.as_ref() == input) {
            self.inputs.push(input.cloned());
        }
    }
}
