//! Arrays, and the functions that take an array as well as a text or an object.

use std::sync::Arc;

use super::args::{Args, Members};
use super::function::Unknowns::{Own, Shallow};
use super::function::{Function, MANY, Outcome, row, unknown};
use super::string;
use crate::expression::functions::comparison::same;
use crate::expression::unknowns::combine;
use crate::model::{Data, Map, Type, Value};

pub(super) const TABLE: &[Function] = &[
    row("array", (1, 1), Shallow, None, array),
    row("createArray", (0, MANY), Own, None, |args| {
        Ok(args.make_list(args.values.to_vec()))
    }),
    row("concat", (1, MANY), Own, None, concat),
    row("flatten", (1, 1), Shallow, None, flatten),
    CONTAINS,
    EMPTY,
    row("length", (1, 1), Shallow, Some(Type::Number), length),
    row("first", (1, 1), Shallow, None, |args| end(args, true)),
    row("last", (1, 1), Shallow, None, |args| end(args, false)),
    row("indexFromEnd", (2, 2), Shallow, None, index_from_end),
    row("tryIndexFromEnd", (2, 2), Shallow, None, index_from_end),
    row("indexOf", (2, 2), Own, Some(Type::Number), |args| {
        position(args, &INDEX_OF, false)
    }),
    row("lastIndexOf", (2, 2), Own, Some(Type::Number), |args| {
        position(args, &LAST_INDEX_OF, true)
    }),
    row("range", (2, 2), Shallow, None, range),
    row("skip", (2, 2), Shallow, None, |args| part(args, false)),
    row("take", (2, 2), Shallow, None, |args| part(args, true)),
    UNION,
    row(
        "intersection",
        (2, MANY),
        super::function::Unknowns::Deep,
        None,
        intersection,
    ),
];

const CONTAINS: Function = row("contains", (2, 2), Own, Some(Type::Bool), contains);
const EMPTY: Function = row("empty", (1, 1), Own, Some(Type::Bool), empty);
const INDEX_OF: Function = row("indexOf", (2, 2), Own, Some(Type::Number), contains);
const LAST_INDEX_OF: Function = row("lastIndexOf", (2, 2), Own, Some(Type::Number), contains);
const UNION: Function = row("union", (1, MANY), Own, None, union);
const CONCAT: Function = row("concat", (1, MANY), Own, None, concat);

/// The most items `range` makes, as documented.
const MAX_RANGE: i64 = 10_000;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every row of the table has this shape"
)]
fn array(args: &Args<'_>) -> Outcome {
    Ok(match (args.at(0), args.values) {
        (Data::List(_), [value]) => value.clone(),
        _ => args.make_list(args.values.to_vec()),
    })
}

/// Joins arrays or texts; the first argument that is known says which.
fn concat(args: &Args<'_>) -> Outcome {
    let is_list = |value: &Value| match &value.data {
        Data::List(_) => true,
        Data::Unknown(unknown) => {
            matches!(
                unknown.ty,
                Some(Type::List(_) | Type::Set(_) | Type::Tuple(_))
            )
        }
        _ => false,
    };
    if !args.values.iter().any(is_list) {
        return string::concat(args);
    }
    if args.values.iter().any(|value| value.as_unknown().is_some()) {
        let mut value = unknown(&CONCAT, args);
        if let Data::Unknown(inner) = &value.data {
            let typed = inner
                .as_ref()
                .clone()
                .typed(Type::List(Box::new(Type::Any)));
            value = Value::unknown(typed.not_null(), args.origin);
        }
        return Ok(value);
    }
    let mut items = Vec::new();
    for index in 0..args.values.len() {
        items.extend_from_slice(args.list(index)?);
    }
    Ok(args.make_list(items))
}

fn flatten(args: &Args<'_>) -> Outcome {
    let mut items = Vec::new();
    for item in args.list(0)? {
        match &item.data {
            Data::List(list) => items.extend_from_slice(&list.items),
            Data::Unknown(_) => return Ok(Value::unknown(combine([item]), args.origin)),
            _ => return Err(args.wrong(0, "an array of arrays")),
        }
    }
    Ok(args.make_list(items))
}

fn contains(args: &Args<'_>) -> Outcome {
    let [container, item] = args.values else {
        return Err(args.wrong(1, "a value"));
    };
    let verdict = match (&container.data, &item.data) {
        (Data::List(list), _) => {
            let mut unsure = false;
            let found = list.items.iter().any(|member| {
                let alike = same(member, item);
                unsure |= alike.is_none();
                alike == Some(true)
            });
            if unsure && !found { None } else { Some(found) }
        }
        (Data::Unknown(_), _) | (_, Data::Unknown(_)) => None,
        (Data::Map(map), Data::String(key)) => match map.get_ignoring_case(key) {
            Some(_) => Some(true),
            None if map.open => None,
            None => Some(false),
        },
        (Data::String(text), Data::String(part)) => Some(text.contains(&**part)),
        (Data::Map(_) | Data::String(_), _) => return Err(args.wrong(1, "a text")),
        _ => return Err(args.wrong(0, "an array, an object or a text")),
    };
    Ok(match verdict {
        Some(verdict) => args.make_truth(verdict),
        None => unknown(&CONTAINS, args),
    })
}

fn empty(args: &Args<'_>) -> Outcome {
    let verdict = match args.at(0) {
        Data::Null => true,
        Data::String(text) => text.is_empty(),
        Data::List(list) => list.items.is_empty(),
        Data::Map(map) if map.open && map.entries.is_empty() => return Ok(unknown(&EMPTY, args)),
        Data::Map(map) => map.entries.is_empty(),
        Data::Unknown(_) if args.values.iter().any(string::has_text) => false,
        Data::Unknown(_) => return Ok(unknown(&EMPTY, args)),
        _ => return Err(args.wrong(0, "an array, an object or a text")),
    };
    Ok(args.make_truth(verdict))
}

fn length(args: &Args<'_>) -> Outcome {
    let size = match args.at(0) {
        Data::String(text) => text.encode_utf16().count(),
        Data::List(list) => list.items.len(),
        Data::Map(map) if map.open => {
            let unknown = combine(args.values).typed(Type::Number).not_null();
            return Ok(Value::unknown(unknown, args.origin));
        }
        Data::Map(map) => map.entries.len(),
        _ => return Err(args.wrong(0, "an array, an object or a text")),
    };
    Ok(args.make_size(size))
}

/// `first` and `last`: an item, or one character of a text. Of nothing: null, or an empty text.
fn end(args: &Args<'_>, front: bool) -> Outcome {
    Ok(match args.at(0) {
        Data::List(list) => {
            let item = if front {
                list.items.first()
            } else {
                list.items.last()
            };
            item.map_or_else(|| Value::null(args.origin), Value::clone)
        }
        Data::String(text) => {
            let item = if front {
                text.chars().next()
            } else {
                text.chars().next_back()
            };
            args.make_text(item.map(String::from).unwrap_or_default())
        }
        _ => return Err(args.wrong(0, "an array or a text")),
    })
}

fn index_from_end(args: &Args<'_>) -> Outcome {
    let (items, back) = (args.list(0)?, args.integer(1)?);
    let at = usize::try_from(back)
        .ok()
        .filter(|back| *back > 0)
        .and_then(|back| items.len().checked_sub(back));
    match at.and_then(|at| items.get(at)) {
        Some(item) => Ok(item.clone()),
        None if args.name == "tryIndexFromEnd" => Ok(Value::null(args.origin)),
        None => Err(format!(
            "index {back} from the end is outside of the array, which has {} items",
            items.len()
        )),
    }
}

fn position(args: &Args<'_>, function: &Function, back: bool) -> Outcome {
    let [container, item] = args.values else {
        return Err(args.wrong(1, "a value"));
    };
    let at = match (&container.data, &item.data) {
        (Data::List(list), _) => {
            let found = list.items.iter().map(|member| same(member, item));
            let verdicts: Vec<Option<bool>> = if back {
                found.rev().collect()
            } else {
                found.collect()
            };
            let decided = verdicts.iter().position(|verdict| *verdict != Some(false));
            match decided.map(|at| (at, verdicts.get(at).copied().flatten())) {
                None => None,
                Some((at, Some(_))) if back => Some(list.items.len() - 1 - at),
                Some((at, Some(_))) => Some(at),
                Some((_, None)) => return Ok(unknown(function, args)),
            }
        }
        (Data::Unknown(_), _) | (_, Data::Unknown(_)) => return Ok(unknown(function, args)),
        (Data::String(text), Data::String(part)) => string::position(text, part, back),
        (Data::String(_), _) => return Err(args.wrong(1, "a text")),
        _ => return Err(args.wrong(0, "an array or a text")),
    };
    Ok(at.map_or_else(|| args.make_integer(-1), |at| args.make_size(at)))
}

fn range(args: &Args<'_>) -> Outcome {
    let (start, count) = (args.integer(0)?, args.integer(1)?);
    if !(0..=MAX_RANGE).contains(&count) {
        return Err(format!(
            "`range` makes 0 to {MAX_RANGE} numbers, not {count}"
        ));
    }
    let end = start
        .checked_add(count)
        .ok_or_else(|| "the result of `range` does not fit into 64 bits".to_owned())?;
    Ok(args.make_list((start..end).map(|value| args.make_integer(value)).collect()))
}

fn part(args: &Args<'_>, front: bool) -> Outcome {
    let size = args.size(1)?;
    Ok(match args.at(0) {
        Data::List(list) => {
            let (head, tail) = list.items.split_at(size.min(list.items.len()));
            args.make_list(if front { head } else { tail }.to_vec())
        }
        Data::String(text) => {
            let units: Vec<u16> = text.encode_utf16().collect();
            let (head, tail) = units.split_at(size.min(units.len()));
            args.make_text(String::from_utf16_lossy(if front { head } else { tail }))
        }
        _ => return Err(args.wrong(0, "an array or a text")),
    })
}

/// Arrays: every item once. Objects: merged at every level, later ones win; arrays inside are replaced.
fn union(args: &Args<'_>) -> Outcome {
    let objects = args.values.iter().any(|value| value.as_map().is_some());
    if objects {
        return union_objects(args);
    }
    if args.values.iter().any(Value::has_unknown) {
        return Ok(unknown(&UNION, args));
    }
    let mut items: Vec<Value> = Vec::new();
    for index in 0..args.values.len() {
        for item in args.list(index)? {
            if !items.iter().any(|other| same(other, item) == Some(true)) {
                items.push(item.clone());
            }
        }
    }
    Ok(args.make_list(items))
}

fn union_objects(args: &Args<'_>) -> Outcome {
    let mut out: Option<Value> = None;
    for (index, value) in args.values.iter().enumerate() {
        let next = match &value.data {
            Data::Map(_) => value.clone(),
            Data::Unknown(_) if index + 1 == args.values.len() => {
                return Ok(unknown(&UNION, args));
            }
            // Whatever it holds, what later objects say is known.
            Data::Unknown(_) => {
                out = Some(args.make_open_map(Vec::new(), true));
                continue;
            }
            _ => return Err(args.wrong(index, "an object, as others are")),
        };
        out = Some(match out {
            Some(before) => merge(args, &before, &next),
            None => next,
        });
    }
    let mut value = out.unwrap_or_else(|| args.make_map(Vec::new()));
    value.origin = args.origin;
    Ok(value)
}

fn merge(args: &Args<'_>, before: &Value, next: &Value) -> Value {
    let (Data::Map(a), Data::Map(b)) = (&before.data, &next.data) else {
        return next.clone();
    };
    let mut members = Members::default();
    for entry in &a.entries {
        // An open later object may hold another value for this name.
        let value = if b.open && b.get_ignoring_case(&entry.key).is_none() {
            Value::unknown(combine([next]), args.origin)
        } else {
            entry.value.clone()
        };
        members.put(&entry.key, value);
    }
    for entry in &b.entries {
        let value = match members.get(&entry.key) {
            Some(earlier) => overlay(args, earlier, &entry.value),
            None if a.open => soften(&entry.value),
            None => entry.value.clone(),
        };
        members.put(&entry.key, value);
    }
    args.make_open_map(members.into_entries(), a.open || b.open)
}

fn overlay(args: &Args<'_>, earlier: &Value, later: &Value) -> Value {
    match (&earlier.data, &later.data) {
        (Data::Map(_), Data::Map(_)) => merge(args, earlier, later),
        (Data::Unknown(_), Data::Map(_)) => soften(later),
        // The later one may be an object, which is then merged with the earlier one.
        (Data::Map(_), Data::Unknown(_)) => Value::unknown(combine([later]), args.origin),
        _ => later.clone(),
    }
}

/// A value that may be merged over an object that is not known: its own members stay.
fn soften(value: &Value) -> Value {
    let Data::Map(map) = &value.data else {
        return value.clone();
    };
    let mut entries = map.entries.clone();
    for entry in &mut entries {
        entry.value = soften(&entry.value);
    }
    let map = Map {
        entries,
        open: true,
        ..Map::clone(map)
    };
    Value::new(Data::Map(Arc::new(map)), value.origin)
}

fn intersection(args: &Args<'_>) -> Outcome {
    if matches!(args.at(0), Data::Map(_)) {
        let mut entries = args.map(0)?.entries.clone();
        for index in 1..args.values.len() {
            let other = args.map(index)?;
            entries.retain(|entry| {
                let found = other.get_ignoring_case(&entry.key);
                found.is_some_and(|value| same(value, &entry.value) == Some(true))
            });
        }
        return Ok(args.make_map(entries));
    }
    let mut items: Vec<Value> = Vec::new();
    for item in args.list(0)? {
        if !items.iter().any(|other| same(other, item) == Some(true)) {
            items.push(item.clone());
        }
    }
    for index in 1..args.values.len() {
        let other = args.list(index)?;
        items.retain(|item| other.iter().any(|value| same(value, item) == Some(true)));
    }
    Ok(args.make_list(items))
}
