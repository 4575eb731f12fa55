use super::expression;
use crate::edit::Refusal;
use crate::lang::planning::layout::{Spelled, quote};
use crate::model::{Data, Unknown, Value};

/// A value of a change as JSON.
pub(super) fn of(value: &Value) -> Result<Spelled, Refusal> {
    json(value, &reference)
}

/// A reference to another resource as an expression.
fn reference(unknown: &Unknown) -> Result<Spelled, Refusal> {
    let points_to = unknown.points_to.as_deref();
    points_to
        .and_then(expression::reference)
        .map(|expression| Spelled::Token(quote(&format!("[{expression}]"))))
        .ok_or_else(|| Refusal("The value to write is not known.".to_owned()))
}

/// `value` as JSON. What is not known is spelled by `reference`.
pub(super) fn json(
    value: &Value,
    reference: &dyn Fn(&Unknown) -> Result<Spelled, Refusal>,
) -> Result<Spelled, Refusal> {
    Ok(match &value.data {
        Data::Null => Spelled::Token("null".to_owned()),
        Data::Bool(value) => Spelled::Token(value.to_string()),
        Data::Number(number) => Spelled::Token(number.to_string()),
        Data::String(text) => Spelled::Token(quote(&escaped(text))),
        Data::List(list) => {
            let items = list.items.iter().map(|item| json(item, reference));
            Spelled::Array(items.collect::<Result<_, _>>()?)
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| Ok((entry.key.to_string(), json(&entry.value, reference)?)));
            Spelled::Object(members.collect::<Result<_, Refusal>>()?)
        }
        Data::Unknown(unknown) => reference(unknown)?,
    })
}

/// Text that Resource Manager would take for an expression gets a second bracket.
fn escaped(text: &str) -> String {
    let brackets = text.starts_with('[') && text.ends_with(']');
    let escape = if brackets { "[" } else { "" };
    format!("{escape}{text}")
}
