//! Arguments by path, put together.

use std::sync::Arc;

use super::inverse::Back;
use crate::model::facts::Schema;
use crate::model::{Change, Entry, Origin, Path, Step, Value};

/// The changes without repetition, and without a mere block where something inside it is set.
pub(super) fn settled(changes: &[Change]) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        let covered = match change {
            Change::Set { path, to } if to.as_map().is_some_and(|map| map.entries.is_empty()) => {
                changes.iter().any(|other| match other {
                    Change::Set { path: inner, .. } => {
                        inner.0.len() > path.0.len() && inner.0.starts_with(&path.0)
                    }
                    _ => false,
                })
            }
            _ => false,
        };
        if !covered && !kept.contains(change) {
            kept.push(change.clone());
        }
    }
    kept
}

/// Arguments by path as nested arguments: blocks are lists of maps. `within` is the block they stand in.
pub(super) fn nest(
    entries: &[(Path, Back)],
    schema: Option<&Schema>,
    within: &[&str],
) -> Vec<Entry> {
    let mut keys: Vec<&Arc<str>> = Vec::new();
    for (path, _) in entries {
        if let Some(Step::Name(name)) = path.0.first()
            && !keys.contains(&name)
        {
            keys.push(name);
        }
    }
    let nested = keys.into_iter().filter_map(|key| {
        let here: Vec<&str> = within.iter().copied().chain([&**key]).collect();
        let inner: Vec<(Path, Back)> = entries
            .iter()
            .filter(|(path, _)| matches!(path.0.first(), Some(Step::Name(name)) if name == key))
            .map(|(path, back)| {
                (
                    Path(path.0.get(1..).unwrap_or_default().to_vec()),
                    back.clone(),
                )
            })
            .collect();
        let value = member(&inner, schema, &here)?;
        Some(Entry {
            key: Arc::clone(key),
            value,
        })
    });
    nested.collect()
}

fn member(entries: &[(Path, Back)], schema: Option<&Schema>, here: &[&str]) -> Option<Value> {
    let is_block = schema.is_some_and(|schema| schema.is_block(here));
    if !is_block
        && let [(path, back)] = entries
        && path.0.is_empty()
    {
        return match back {
            Back::Value(value) => Some(value.clone()),
            Back::Present | Back::Gone => None,
        };
    }
    let index = |path: &Path| match path.0.first() {
        Some(Step::Index(index)) => Some(*index),
        _ => None,
    };
    let count = entries.iter().filter_map(|(path, _)| index(path)).max();
    let Some(last) = count else {
        let map = Value::map(nest(entries, schema, here), Origin::NOWHERE);
        return Some(if is_block {
            Value::list(vec![map], Origin::NOWHERE)
        } else {
            map
        });
    };
    let items = (0..=last).map(|at| {
        let inner: Vec<(Path, Back)> = entries
            .iter()
            .filter(|(path, _)| index(path) == Some(at))
            .map(|(path, back)| {
                (
                    Path(path.0.get(1..).unwrap_or_default().to_vec()),
                    back.clone(),
                )
            })
            .collect();
        match inner.as_slice() {
            [(path, Back::Value(value))] if path.0.is_empty() => value.clone(),
            _ => Value::map(nest(&inner, schema, here), Origin::NOWHERE),
        }
    });
    Some(Value::list(items.collect(), Origin::NOWHERE))
}
