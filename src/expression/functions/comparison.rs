//! `equals`, the orders, and `not`. `and`, `or`, `if` and `coalesce` do not evaluate all their
//! arguments and live with the evaluator.

use std::cmp::Ordering;

use super::args::Args;
use super::function::Unknowns::{Deep, Own};
use super::function::{Function, Outcome, row, unknown};
use crate::model::{Data, Map, Type, Value};

pub(super) const TABLE: &[Function] = &[
    EQUALS,
    row("not", (1, 1), Deep, Some(Type::Bool), |args| {
        Ok(args.make_truth(!args.truth(0)?))
    }),
    row("greater", (2, 2), Deep, Some(Type::Bool), |args| {
        order(args, Ordering::is_gt)
    }),
    row("greaterOrEquals", (2, 2), Deep, Some(Type::Bool), |args| {
        order(args, Ordering::is_ge)
    }),
    row("less", (2, 2), Deep, Some(Type::Bool), |args| {
        order(args, Ordering::is_lt)
    }),
    row("lessOrEquals", (2, 2), Deep, Some(Type::Bool), |args| {
        order(args, Ordering::is_le)
    }),
];

const EQUALS: Function = row("equals", (2, 2), Own, Some(Type::Bool), equals);

/// Whether two values are the same: `None` when that depends on something unknown. Texts are
/// compared with case, as Resource Manager documents.
pub(super) fn same(a: &Value, b: &Value) -> Option<bool> {
    match (&a.data, &b.data) {
        (Data::Unknown(left), Data::Unknown(right)) => {
            let alike = left.term.is_some() && left.term == right.term;
            if alike { Some(true) } else { apart(a, b) }
        }
        (Data::Unknown(_), _) | (_, Data::Unknown(_)) => apart(a, b),
        (Data::List(a), Data::List(b)) if a.items.len() != b.items.len() => Some(false),
        (Data::List(a), Data::List(b)) => {
            all(a.items.iter().zip(&b.items).map(|(a, b)| same(a, b)))
        }
        (Data::Map(a), Data::Map(b)) => same_maps(a, b),
        (a, b) => Some(a == b),
    }
}

/// Whether what is known of an unknown already tells it from the other value.
fn apart(a: &Value, b: &Value) -> Option<bool> {
    for (one, other) in [(a, b), (b, a)] {
        let Data::Unknown(unknown) = &one.data else {
            continue;
        };
        if unknown.not_null && other.is_null() {
            return Some(false);
        }
        if let Some(domain) = &unknown.domain
            && domain.iter().all(|value| same(value, other) == Some(false))
        {
            return Some(false);
        }
    }
    None
}

fn same_maps(a: &Map, b: &Map) -> Option<bool> {
    let missing = |of: &Map, from: &Map| {
        !from.open
            && of
                .entries
                .iter()
                .any(|entry| from.get(&entry.key).is_none())
    };
    if missing(a, b) || missing(b, a) {
        return Some(false);
    }
    let shared = a
        .entries
        .iter()
        .filter_map(|entry| b.get(&entry.key).map(|other| same(&entry.value, other)));
    let verdict = all(shared);
    if verdict == Some(true) && (a.open || b.open) {
        return None;
    }
    verdict
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut verdict = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => verdict = None,
            Some(true) => {}
        }
    }
    verdict
}

fn equals(args: &Args<'_>) -> Outcome {
    let [a, b] = args.values else {
        return Err(args.wrong(1, "a value"));
    };
    Ok(match same(a, b) {
        Some(verdict) => args.make_truth(verdict),
        None => unknown(&EQUALS, args),
    })
}

fn order(args: &Args<'_>, holds: fn(Ordering) -> bool) -> Outcome {
    let order = match (args.at(0), args.at(1)) {
        (Data::Number(a), Data::Number(b)) => a.partial_cmp(b),
        (Data::String(a), Data::String(b)) => Some(a.cmp(b)),
        (Data::Number(_), _) => return Err(args.wrong(1, "a number, as the first is")),
        (Data::String(_), _) => return Err(args.wrong(1, "a text, as the first is")),
        _ => return Err(args.wrong(0, "a number or a text")),
    };
    Ok(args.make_truth(order.is_some_and(holds)))
}
