//! JSON texts as values.

use std::sync::Arc;

use crate::model::{Data, Entry, Number, Origin, Unknown, Value, Why};

/// Bodies nest no deeper than this; what lies deeper is unknown.
const DEEPEST: usize = 128;

/// The value that a JSON text spells, all of it at `origin`; `None` when it is no JSON.
pub(in crate::lang::terraform) fn from_json(text: &str, origin: Origin) -> Option<Value> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(json_value(&value, origin, 0))
}

fn json_value(value: &serde_json::Value, origin: Origin, depth: usize) -> Value {
    use serde_json::Value as Json;
    if depth > DEEPEST {
        return Value::unknown(Unknown::because(Why::Limit), origin);
    }
    match value {
        Json::Null => Value::null(origin),
        Json::Bool(value) => Value::new(Data::Bool(*value), origin),
        Json::Number(number) => {
            let number = Number::parse(&number.to_string());
            Value::new(number.map_or(Data::Null, Data::Number), origin)
        }
        Json::String(text) => Value::string(text.as_str(), origin),
        Json::Array(items) => {
            let items = items.iter().map(|item| json_value(item, origin, depth + 1));
            Value::list(items.collect(), origin)
        }
        Json::Object(members) => {
            let entries = members.iter().map(|(key, value)| Entry {
                key: Arc::from(key.as_str()),
                value: json_value(value, origin, depth + 1),
            });
            Value::map(entries.collect(), origin)
        }
    }
}
