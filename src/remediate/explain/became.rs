//! Whether a value became what was planned.

use super::said::{data, says_nothing, text};
use crate::model::{Data, List, Value};

/// Returns `true` if `after` is `to`, as far as `to` is known when it is planned. A block may have
/// members beside the planned ones when they are what they were, or say nothing.
pub(super) fn is_as_planned(before: Option<&Value>, after: Option<&Value>, to: &Value) -> bool {
    let unset = after.is_none_or(says_nothing);
    match (&to.data, data(after)) {
        // A reference: what it gives is known only now, if at all.
        (Data::Unknown(_), _) => !unset,
        (Data::Null, _) => unset,
        (Data::Map(to), Data::Map(now)) => {
            let earlier = before.and_then(Value::as_map);
            let was = |key: &str| earlier.and_then(|map| map.get_ignoring_case(key));
            let planned = to.entries.iter().all(|entry| {
                let now = now.get_ignoring_case(&entry.key);
                is_as_planned(was(&entry.key), now, &entry.value)
            });
            let kept = now.entries.iter().all(|entry| {
                to.get_ignoring_case(&entry.key).is_some()
                    || says_nothing(&entry.value)
                    || was(&entry.key).is_some_and(|was| was.says_same(&entry.value))
            });
            planned && kept
        }
        (Data::List(to), Data::List(now)) => are_as_planned(&now.items, to),
        // A block that occurs once is a list of one.
        (Data::Map(_), Data::List(now)) => match &*now.items {
            [only] => {
                let earlier = before.and_then(Value::as_list).and_then(<[Value]>::first);
                is_as_planned(earlier.or(before), Some(only), to)
            }
            _ => false,
        },
        (Data::List(to), Data::Map(_)) => match &*to.items {
            [only] => is_as_planned(before, after, only),
            _ => false,
        },
        (Data::List(to), Data::Null) => to.items.is_empty(),
        (Data::Bool(_) | Data::Number(_) | Data::String(_), now) => {
            let plain = matches!(now, Data::Bool(_) | Data::Number(_) | Data::String(_));
            // A provider's schema makes texts of numbers and the other way round.
            plain && after.is_some_and(|after| text(after) == text(to))
        }
        (Data::Map(_) | Data::List(_), _) => false,
    }
}

/// The same for items, whose order is not looked at: sets have none.
fn are_as_planned(now: &[Value], to: &List) -> bool {
    let mut rest: Vec<&Value> = now.iter().collect();
    let found = to.items.iter().all(|item| {
        let index = rest
            .iter()
            .position(|now| is_as_planned(None, Some(now), item));
        index.map(|index| rest.remove(index)).is_some()
    });
    found && rest.is_empty()
}
