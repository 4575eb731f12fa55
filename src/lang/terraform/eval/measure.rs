use crate::model::{Data, Value};

/// A value with more members than this is not kept.
const MEMBERS: usize = 200_000;

/// A value nested deeper than this is not kept: it could not be walked safely.
const DEPTH: usize = 200;

/// How many members a value has, at all depths; `None` when those are too many or too deep.
pub(super) fn size(value: &Value) -> Option<usize> {
    let mut count = 0;
    within(value, 0, &mut count).then_some(count)
}

fn within(value: &Value, depth: usize, count: &mut usize) -> bool {
    *count += 1;
    if depth > DEPTH || *count > MEMBERS {
        return false;
    }
    match &value.data {
        Data::List(list) => list.items.iter().all(|item| within(item, depth + 1, count)),
        Data::Map(map) => map
            .entries
            .iter()
            .all(|entry| within(&entry.value, depth + 1, count)),
        Data::Unknown(unknown) => unknown
            .domain
            .iter()
            .flatten()
            .all(|item| within(item, depth + 1, count)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    #[test]
    fn what_is_too_large_or_too_deep_has_no_size() {
        let leaf = Value::null(Origin::NOWHERE);
        let nested = |times: usize, width: usize| {
            (0..times).fold(leaf.clone(), |value, _| {
                Value::list(vec![value; width], Origin::NOWHERE)
            })
        };
        assert_eq!(size(&nested(3, 1)), Some(4));
        assert_eq!(size(&nested(150, 1)), Some(151));
        assert_eq!(size(&nested(300, 1)), None);
        assert_eq!(size(&nested(40, 2)), None, "shared members count each time");
    }
}
