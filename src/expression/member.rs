use std::sync::Arc;

use super::environment::Environment;
use super::functions::describe;
use super::{term, unknowns};
use crate::model::{Data, PointsTo, Unknown, Value};

/// The member `key` of `container`: `container[key]`, or null when it is missing and `safe`.
///
/// # Errors
/// In words, when there is no such member or the container has no members at all.
pub fn select(
    container: &Value,
    key: &Value,
    safe: bool,
    env: &mut dyn Environment,
) -> Result<Value, String> {
    let origin = env.computed();
    if let Data::Unknown(unknown) = &container.data {
        return Ok(of_unknown(container, unknown, key, safe, env));
    }
    if let Data::Unknown(unknown) = &key.data {
        return Ok(by_unknown(container, (key, unknown), safe, env));
    }
    let missing = |message: String| {
        if safe {
            Ok(Value::null(origin))
        } else {
            Err(message)
        }
    };
    match (&container.data, &key.data) {
        (Data::Map(map), Data::String(name)) => match map.get_ignoring_case(name) {
            Some(value) => {
                let mut value = value.clone().marked(container.sensitive);
                value.origin = env.selected(container.origin, value.origin);
                Ok(value)
            }
            None if map.open => Ok(Value::unknown(unknowns::combine([container]), origin)),
            None => missing(format!("the object has no property `{name}`")),
        },
        (Data::List(list), Data::Number(index)) => {
            let at = index.as_i64().and_then(|index| usize::try_from(index).ok());
            match at.and_then(|at| list.items.get(at)) {
                Some(value) => {
                    let mut value = value.clone().marked(container.sensitive);
                    value.origin = env.selected(container.origin, value.origin);
                    Ok(value)
                }
                None => missing(format!(
                    "index {index} is outside of the array, which has {} items",
                    list.items.len()
                )),
            }
        }
        _ => {
            let (kind, key) = (describe(container), describe(key));
            let message = format!("{kind} has no members that {key} could name");
            // Safe access forgives an absent container, never one of the wrong kind.
            if container.is_null() {
                missing(message)
            } else {
                Err(message)
            }
        }
    }
}

/// A member of something unknown: unknown too, but spelled, and pointing deeper.
fn of_unknown(
    container: &Value,
    unknown: &Unknown,
    key: &Value,
    safe: bool,
    env: &mut dyn Environment,
) -> Value {
    let origin = env.computed();
    let mut member = unknowns::combine([container]);
    let base = unknown.term.as_deref();
    member.term = base.and_then(|base| term::member(base, key));
    if let Some(points_to) = &unknown.points_to {
        member = member.pointing_to(deeper(points_to, key));
    }
    let possible = unknown.domain.as_ref().and_then(|domain| {
        let members = domain.iter().map(|value| select(value, key, safe, env));
        members.collect::<Result<Vec<Value>, String>>().ok()
    });
    let sensitive = container.sensitive;
    unknowns::one_of(&possible.unwrap_or_default(), member, origin).marked(sensitive)
}

/// A member that an unknown key names: one of those the key can name.
fn by_unknown(
    container: &Value,
    (key, unknown): (&Value, &Unknown),
    safe: bool,
    env: &mut dyn Environment,
) -> Value {
    let origin = env.computed();
    let mut member = unknowns::combine([container, key]);
    // What the container holds is known, so the key decides.
    member.why = unknown.why;
    member.input.clone_from(&unknown.input);
    let spelled = term::of(container);
    member.term = spelled.and_then(|base| term::member(&base, key));
    let possible = match &unknown.domain {
        Some(domain) => domain
            .iter()
            .filter_map(|key| select(container, key, safe, env).ok())
            .collect(),
        None if safe => Vec::new(),
        None => match &container.data {
            Data::Map(map) if !map.open => map
                .entries
                .iter()
                .map(|entry| entry.value.clone())
                .collect(),
            Data::List(list) => list.items.clone(),
            _ => Vec::new(),
        },
    };
    let mut value = unknowns::one_of(&possible, member, origin).marked(container.sensitive);
    value.origin = origin;
    value
}

fn deeper(points_to: &PointsTo, key: &Value) -> PointsTo {
    let step = match &key.data {
        Data::String(name) => name.to_string(),
        Data::Number(index) => format!("[{index}]"),
        _ => "[*]".to_owned(),
    };
    let attribute = match &*points_to.attribute {
        "" => step,
        before if step.starts_with('[') => format!("{before}{step}"),
        before => format!("{before}.{step}"),
    };
    PointsTo {
        attribute: Arc::from(attribute),
        ..points_to.clone()
    }
}
