//! What a value says.

use crate::model::{Data, Value};

/// The data of a value; null where there is none.
pub(super) fn data(value: Option<&Value>) -> &Data {
    value.map_or(&Data::Null, |value| &value.data)
}

/// Returns `true` for null and for a list without items, which is how an absent block is spelled.
pub(super) fn says_nothing(value: &Value) -> bool {
    match &value.data {
        Data::Null => true,
        Data::List(list) => list.items.is_empty(),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Map(_) | Data::Unknown(_) => {
            false
        }
    }
}

/// The text of a scalar, whatever its type.
pub(super) fn text(value: &Value) -> String {
    match &value.data {
        Data::String(text) => text.to_string(),
        Data::Number(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::Null | Data::List(_) | Data::Map(_) | Data::Unknown(_) => String::new(),
    }
}
