//! Reading facts out of JSON values.

use serde_json::{Map, Value};

use crate::schema::Scalar;

/// The members of an object; none for anything else.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// The items of an array; none for anything else.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether the member `name` is true.
pub(crate) fn flag(value: &Value, name: &str) -> bool {
    value[name].as_bool().unwrap_or_default()
}

/// The text of a string, or the spelling of anything else.
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The strings of an array.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    items(value).map(text).collect()
}

/// A count or version number.
pub(crate) fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

/// The version numbers of an array, in ascending order.
pub(crate) fn numbers(value: &Value) -> Vec<u32> {
    let mut numbers: Vec<u32> = items(value).filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// What an object keyed by major version says of each.
pub(crate) fn per_major<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<(u32, T)> {
    members(value)
        .filter_map(|(major, value)| Some((major.parse().ok()?, read(value))))
        .collect()
}

/// A plain value; an object is none.
pub(crate) fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Null | Value::Object(_) => Scalar::Null,
        Value::Bool(value) => Scalar::Bool(*value),
        Value::Number(number) => number.as_i64().map_or_else(
            || Scalar::Float(number.as_f64().unwrap_or_default()),
            Scalar::Int,
        ),
        Value::String(text) => Scalar::Text(text.clone()),
        Value::Array(items) => Scalar::List(items.iter().map(scalar).collect()),
    }
}
