use std::sync::Arc;

use super::evaluation::{Fault, Outcome};
use crate::model::{Data, Number, Type, Value};
use crate::source::Span;

/// What is known of something that should be a `T`.
#[derive(Debug)]
pub(super) enum Maybe<T> {
    /// It is this.
    Known(T),
    /// It is not known.
    Unknown,
}

/// `value` as a bool, converted as Terraform converts.
pub(super) fn bool_of(value: &Value, span: Span) -> Outcome<Maybe<bool>> {
    match &value.data {
        Data::Bool(it) => Ok(Maybe::Known(*it)),
        Data::Unknown(_) => Ok(Maybe::Unknown),
        Data::String(text) => match &**text {
            "true" | "1" => Ok(Maybe::Known(true)),
            "false" | "0" => Ok(Maybe::Known(false)),
            _ => Err(Fault::at(span, "A bool is required here.")),
        },
        Data::Null => Err(Fault::at(span, "A bool is required here, not null.")),
        Data::Number(_) | Data::List(_) | Data::Map(_) => {
            Err(Fault::at(span, "A bool is required here."))
        }
    }
}

/// `value` as a number, converted as Terraform converts.
pub(super) fn number_of(value: &Value, span: Span) -> Outcome<Maybe<Number>> {
    match &value.data {
        Data::Number(it) => Ok(Maybe::Known(it.clone())),
        Data::Unknown(_) => Ok(Maybe::Unknown),
        Data::String(text) => Number::parse(text)
            .map(Maybe::Known)
            .ok_or_else(|| Fault::at(span, "A number is required here.")),
        Data::Null => Err(Fault::at(span, "A number is required here, not null.")),
        Data::Bool(_) | Data::List(_) | Data::Map(_) => {
            Err(Fault::at(span, "A number is required here."))
        }
    }
}

/// `value` as text, converted as Terraform converts.
pub(super) fn text_of(value: &Value, span: Span) -> Outcome<Maybe<Arc<str>>> {
    match &value.data {
        Data::String(text) => Ok(Maybe::Known(Arc::clone(text))),
        Data::Bool(it) => Ok(Maybe::Known(Arc::from(it.to_string()))),
        Data::Number(it) => Ok(Maybe::Known(Arc::from(it.to_string()))),
        Data::Unknown(_) => Ok(Maybe::Unknown),
        Data::Null => Err(Fault::at(span, "A string is required here, not null.")),
        Data::List(_) | Data::Map(_) => Err(Fault::at(span, "A string is required here.")),
    }
}

/// Whether a value of type `ty` is one that has no members.
pub(super) fn is_primitive(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Number | Type::String)
}
