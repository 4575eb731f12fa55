use super::types::same_type;
use super::unify::type_of;
use crate::model::{Collection, Data, Map, Type, Unknown, Value};

/// Terraform's `==`: `None` when it depends on what is not known. Values of different types are never
/// equal, but two nulls always are.
#[must_use]
pub(in crate::lang::terraform) fn equals(a: &Value, b: &Value) -> Option<bool> {
    match (&a.data, &b.data) {
        (Data::Unknown(x), Data::Unknown(y)) => {
            // Two unknowns of one spelling are the same value, whatever it is.
            let same = x.term.is_some() && x.term == y.term;
            if same {
                Some(true)
            } else {
                apart(x, y).then_some(false)
            }
        }
        (Data::Unknown(unknown), _) => with_unknown(unknown, b),
        (_, Data::Unknown(unknown)) => with_unknown(unknown, a),
        (Data::Null, Data::Null) => Some(true),
        (Data::Bool(x), Data::Bool(y)) => Some(x == y),
        (Data::Number(x), Data::Number(y)) => Some(x == y),
        (Data::String(x), Data::String(y)) => Some(x == y),
        (Data::List(x), Data::List(y)) if x.collection == y.collection => {
            if x.items.is_empty() && y.items.is_empty() {
                return Some(same_type(&type_of(a), &type_of(b)));
            }
            if x.items.len() != y.items.len() {
                // A set that holds unknowns may lose a repetition once they are known.
                let open = x.collection == Collection::Set && (a.has_unknown() || b.has_unknown());
                return (!open).then_some(false);
            }
            let result = all(x.items.iter().zip(&y.items));
            // The order of a set's unknown members says nothing about which is which.
            match x.collection {
                Collection::Set if result != Some(true) && (a.has_unknown() || b.has_unknown()) => {
                    None
                }
                Collection::Set | Collection::Structural | Collection::Uniform => result,
            }
        }
        (Data::Map(x), Data::Map(y)) if x.collection == y.collection => maps(x, y),
        _ => Some(false),
    }
}

fn maps(x: &Map, y: &Map) -> Option<bool> {
    let only = |one: &Map, other: &Map| {
        !other.open
            && one
                .entries
                .iter()
                .any(|entry| other.get(&entry.key).is_none())
    };
    if only(x, y) || only(y, x) {
        return Some(false);
    }
    let shared = x
        .entries
        .iter()
        .filter_map(|entry| Some((&entry.value, y.get(&entry.key)?)));
    match all(shared) {
        Some(true) if x.open || y.open => None,
        result => result,
    }
}

/// False if one pair differs; unknown if one is unknown; true otherwise.
fn all<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Option<bool> {
    let mut result = Some(true);
    for (a, b) in pairs {
        match equals(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

fn with_unknown(unknown: &Unknown, known: &Value) -> Option<bool> {
    if known.is_null() {
        return unknown.not_null.then_some(false);
    }
    if let Some(domain) = &unknown.domain {
        let results: Vec<Option<bool>> = domain.iter().map(|value| equals(value, known)).collect();
        return match results.as_slice() {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
            _ => None,
        };
    }
    differ(unknown.ty.as_ref()?, &type_of(known)).then_some(false)
}

/// Returns `true` if two unknowns can never be the same value.
fn apart(x: &Unknown, y: &Unknown) -> bool {
    if !(x.not_null || y.not_null) {
        return false;
    }
    let (Some(a), Some(b)) = (&x.ty, &y.ty) else {
        return false;
    };
    differ(a, b)
}

/// Returns `true` if no value is of both types: only said of primitives, whose types never widen.
fn differ(a: &Type, b: &Type) -> bool {
    let primitive = |ty: &Type| matches!(ty, Type::Bool | Type::Number | Type::String);
    let structural = |ty: &Type| !matches!(ty, Type::Any) && !primitive(ty);
    (primitive(a) && primitive(b) && a != b)
        || (primitive(a) && structural(b))
        || (structural(a) && primitive(b))
}

/// Returns `true` if the value or anything inside it is sensitive.
#[must_use]
pub(in crate::lang::terraform) fn is_sensitive_within(value: &Value) -> bool {
    value.sensitive
        || match &value.data {
            Data::List(list) => list.items.iter().any(is_sensitive_within),
            Data::Map(map) => map
                .entries
                .iter()
                .any(|entry| is_sensitive_within(&entry.value)),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {
                false
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Why};

    fn string(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn unknown(unknown: Unknown) -> Value {
        Value::unknown(unknown, Origin::NOWHERE)
    }

    #[test]
    fn equality_is_three_valued() {
        let input = || Unknown::because(Why::Input);
        let list = |items| Value::list(items, Origin::NOWHERE);
        let of = |texts: &[&str]| {
            unknown(Unknown {
                domain: Some(texts.iter().map(|t| string(t)).collect()),
                ..input()
            })
        };
        let rows = [
            (string("a"), string("a"), Some(true)),
            (
                string("1"),
                Value::new(Data::Bool(true), Origin::NOWHERE),
                Some(false),
            ),
            (Value::null(Origin::NOWHERE), unknown(input()), None),
            (
                Value::null(Origin::NOWHERE),
                unknown(input().not_null()),
                Some(false),
            ),
            (
                unknown(input().spelled("var.x")),
                unknown(input().spelled("var.x")),
                Some(true),
            ),
            (
                unknown(input().spelled("var.x")),
                unknown(input().spelled("var.y")),
                None,
            ),
            (unknown(input().typed(Type::Bool)), string("a"), Some(false)),
            (
                list(vec![unknown(input()), string("a")]),
                list(vec![string("a"), string("b")]),
                Some(false),
            ),
            (
                list(vec![unknown(input()), string("b")]),
                list(vec![string("a"), string("b")]),
                None,
            ),
            (of(&["a", "b"]), string("c"), Some(false)),
            (of(&["a", "b"]), string("a"), None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(equals(&a, &b), expected, "{a:?} == {b:?}");
            assert_eq!(equals(&b, &a), expected, "{b:?} == {a:?}");
        }
    }
}
