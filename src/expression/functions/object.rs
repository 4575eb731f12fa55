//! Objects.

use super::args::{Args, Members};
use super::function::Unknowns::{Own, Shallow};
use super::function::{Function, MANY, Outcome, row, unknown};
use crate::expression::unknowns::combine;
use crate::model::{Data, Entry, Value};
use std::sync::Arc;

pub(super) const TABLE: &[Function] = &[
    row("createObject", (0, MANY), Own, None, create),
    row("items", (1, 1), Shallow, None, items),
    row("objectKeys", (1, 1), Shallow, None, keys),
    row("shallowMerge", (1, 1), Shallow, None, shallow_merge),
    TRY_GET,
    row("null", (0, 0), Own, None, |args| {
        Ok(Value::null(args.origin))
    }),
    row("true", (0, 0), Own, None, |args| Ok(args.make_truth(true))),
    row(
        "false",
        (0, 0),
        Own,
        None,
        |args| Ok(args.make_truth(false)),
    ),
];

const TRY_GET: Function = row("tryGet", (2, MANY), Own, None, try_get);

fn create(args: &Args<'_>) -> Outcome {
    let (pairs, rest) = args.values.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("`createObject` takes names and values in pairs".to_owned());
    }
    let mut members = Members::default();
    let mut open = false;
    for (index, [key, value]) in pairs.iter().enumerate() {
        match &key.data {
            Data::String(key) => members.put(key, value.clone()),
            Data::Unknown(_) => open = true,
            _ => return Err(args.wrong(index * 2, "a text, the name of a member")),
        }
    }
    Ok(args.make_open_map(members.into_entries(), open))
}

/// The members as `{key, value}`, sorted by key.
fn items(args: &Args<'_>) -> Outcome {
    let map = args.map(0)?;
    if map.open {
        return Ok(Value::unknown(combine(args.values), args.origin));
    }
    let mut sorted: Vec<&Entry> = map.entries.iter().collect();
    sorted.sort_by_key(|entry| (entry.key.to_lowercase(), Arc::clone(&entry.key)));
    let member = |key: &str, value: Value| Entry {
        key: Arc::from(key),
        value,
    };
    let items = sorted.into_iter().map(|entry| {
        args.make_map(vec![
            member("key", args.make_text(Arc::clone(&entry.key))),
            member("value", entry.value.clone()),
        ])
    });
    Ok(args.make_list(items.collect()))
}

fn keys(args: &Args<'_>) -> Outcome {
    let map = args.map(0)?;
    if map.open {
        return Ok(Value::unknown(combine(args.values), args.origin));
    }
    let mut keys: Vec<&Arc<str>> = map.entries.iter().map(|entry| &entry.key).collect();
    keys.sort_by_key(|key| key.to_lowercase());
    let texts = keys.into_iter().map(|key| args.make_text(Arc::clone(key)));
    Ok(args.make_list(texts.collect()))
}

fn shallow_merge(args: &Args<'_>) -> Outcome {
    let mut members = Members::default();
    for item in args.list(0)? {
        match &item.data {
            Data::Map(map) if !map.open => {
                for entry in &map.entries {
                    members.put(&entry.key, entry.value.clone());
                }
            }
            Data::Map(_) | Data::Unknown(_) => {
                return Ok(Value::unknown(combine(args.values), args.origin));
            }
            _ => return Err(args.wrong(0, "an array of objects")),
        }
    }
    Ok(args.make_map(members.into_entries()))
}

/// Walks in by one key after the other; null where there is nothing.
fn try_get(args: &Args<'_>) -> Outcome {
    let Some((start, keys)) = args.values.split_first() else {
        return Err(args.wrong(0, "an object or an array"));
    };
    let mut here = start;
    for key in keys {
        let next = match (&here.data, &key.data) {
            (Data::Null, _) => None,
            (Data::Unknown(_), _) | (_, Data::Unknown(_)) => return Ok(unknown(&TRY_GET, args)),
            (Data::Map(map), Data::String(name)) => match map.get_ignoring_case(name) {
                None if map.open => return Ok(unknown(&TRY_GET, args)),
                found => found,
            },
            (Data::List(list), Data::Number(index)) => index
                .as_i64()
                .and_then(|index| usize::try_from(index).ok())
                .and_then(|index| list.items.get(index)),
            (Data::Map(_), _) => return Err(args.wrong(1, "a text")),
            (Data::List(_), _) => return Err(args.wrong(1, "an integer")),
            _ => return Err(args.wrong(0, "an object or an array")),
        };
        match next {
            Some(next) => here = next,
            None => return Ok(Value::null(args.origin)),
        }
    }
    Ok(here.clone())
}
