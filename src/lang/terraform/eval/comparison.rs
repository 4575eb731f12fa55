use crate::model::{Collection, Data, List, Map, Type, Unknown, Value};

/// Whether two values are equal as `==` means it; `None` when that depends on an unknown.
///
/// Values of different types are different; a list is not a tuple, a map is not an object.
pub(super) fn equal(a: &Value, b: &Value) -> Option<bool> {
    at_depth(a, b, 0)
}

fn at_depth(a: &Value, b: &Value, depth: usize) -> Option<bool> {
    if depth > 200 {
        return None;
    }
    match (&a.data, &b.data) {
        (Data::Unknown(x), Data::Unknown(y)) => unknowns(x, y),
        (Data::Unknown(unknown), _) => with_unknown(unknown, b),
        (_, Data::Unknown(unknown)) => with_unknown(unknown, a),
        (Data::Null, Data::Null) => Some(true),
        (Data::Bool(x), Data::Bool(y)) => Some(x == y),
        (Data::Number(x), Data::Number(y)) => Some(x == y),
        (Data::String(x), Data::String(y)) => Some(x == y),
        (Data::List(x), Data::List(y)) => lists(x, y, depth),
        (Data::Map(x), Data::Map(y)) => maps(x, y, depth),
        (
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::List(_)
            | Data::Map(_),
            _,
        ) => Some(false),
    }
}

fn lists(a: &List, b: &List, depth: usize) -> Option<bool> {
    if a.collection != b.collection || elements_differ(a.element.as_ref(), b.element.as_ref()) {
        return Some(false);
    }
    let unknown = |list: &List| list.items.iter().any(Value::has_unknown);
    if a.collection == Collection::Set && (unknown(a) || unknown(b)) {
        // Unknown members of a set may turn out to be equal to others.
        return None;
    }
    if a.items.len() != b.items.len() {
        return Some(false);
    }
    all(a
        .items
        .iter()
        .zip(&b.items)
        .map(|(x, y)| at_depth(x, y, depth + 1)))
}

fn maps(a: &Map, b: &Map, depth: usize) -> Option<bool> {
    if a.open || b.open {
        return None;
    }
    if a.collection != b.collection || elements_differ(a.element.as_ref(), b.element.as_ref()) {
        return Some(false);
    }
    let same_keys = a.entries.len() == b.entries.len()
        && a.entries
            .iter()
            .zip(&b.entries)
            .all(|(x, y)| x.key == y.key);
    if !same_keys {
        return Some(false);
    }
    all(a
        .entries
        .iter()
        .zip(&b.entries)
        .map(|(x, y)| at_depth(&x.value, &y.value, depth + 1)))
}

fn elements_differ(a: Option<&Type>, b: Option<&Type>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if super::primitive::is_primitive(a)
        && super::primitive::is_primitive(b) && a != b)
}

/// True if all are, false if one is not, else not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => result = None,
        }
    }
    result
}

fn unknowns(a: &Unknown, b: &Unknown) -> Option<bool> {
    let same = a.term.is_some() && a.term == b.term;
    same.then_some(true)
}

fn with_unknown(unknown: &Unknown, known: &Value) -> Option<bool> {
    if known.is_null() {
        return unknown.not_null.then_some(false);
    }
    let of_other_type = match (&unknown.ty, &known.data) {
        (Some(Type::String), data) => !matches!(data, Data::String(_)),
        (Some(Type::Number), data) => !matches!(data, Data::Number(_)),
        (Some(Type::Bool), data) => !matches!(data, Data::Bool(_)),
        (Some(Type::List(_) | Type::Set(_)), Data::Map(_))
        | (Some(Type::Map(_) | Type::Object(_)), Data::List(_)) => true,
        _ => false,
    };
    let domain = unknown.domain.as_deref();
    let impossible = domain.is_some_and(|domain| {
        !domain.is_empty() && domain.iter().all(|it| equal(it, known) == Some(false))
    });
    let affixes = unknown.affixes.as_deref().zip(known.as_str());
    let misfit = affixes.is_some_and(|(affixes, text)| !affixes.fit(text));
    (of_other_type || impossible || misfit).then_some(false)
}
