use super::answer::{Answer, Stop};
use super::call::Call;
use crate::lang::terraform::convert::{
    can_convert, convert, describe, describe_own, is_sensitive_within, mismatch, type_of,
};
use crate::model::{Data, Type, Value};

pub(super) fn tostring(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::String)
}

pub(super) fn tonumber(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::Number)
}

pub(super) fn tobool(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::Bool)
}

pub(super) fn tolist(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::List(Box::new(Type::Any)))
}

pub(super) fn toset(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::Set(Box::new(Type::Any)))
}

pub(super) fn tomap(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    to(arguments, &Type::Map(Box::new(Type::Any)))
}

fn to(arguments: &[Value], wanted: &Type) -> Answer {
    let value = &arguments[0];
    let given = type_of(value);
    let wrong = |message: String| Err(Stop::Argument(0, message));
    let general = || {
        format!(
            "cannot convert {} to {}",
            describe_own(&given),
            describe(wanted)
        )
    };
    if !can_convert(&given, wanted) {
        return wrong(match (&given, wanted) {
            (Type::Tuple(_), Type::Tuple(_)) | (Type::Object(_), Type::Object(_)) => {
                mismatch(&given, wanted)
            }
            _ => general(),
        });
    }
    match convert(value, wanted) {
        Ok(converted) => Ok(settled(value, converted)),
        Err(_) if is_sensitive_within(value) => wrong(format!(
            "cannot convert this sensitive {} to {}",
            describe_own(&given),
            describe(wanted)
        )),
        Err(_) => wrong(match (&value.data, wanted) {
            (Data::String(text), Type::Bool) => format!(
                "cannot convert {text:?} to bool; only the strings \"true\" or \"false\" are allowed"
            ),
            (Data::String(text), Type::Number) => format!(
                "cannot convert {text:?} to number; given string must be a decimal representation of a number"
            ),
            _ => general(),
        }),
    }
}

/// A set is as sensitive as its members, which cannot be told apart.
fn settled(before: &Value, converted: Value) -> Value {
    match &converted.data {
        Data::List(list) if list.collection == crate::model::Collection::Set => {
            let sensitive = is_sensitive_within(before);
            converted.marked(sensitive)
        }
        _ => converted,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "all functions of the table answer alike"
)]
pub(super) fn sensitive(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    Ok(arguments[0].clone().marked(true))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "all functions of the table answer alike"
)]
pub(super) fn nonsensitive(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    Ok(Value {
        sensitive: false,
        ..arguments[0].clone()
    })
}

pub(super) fn issensitive(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments[0].sensitive {
        return call.truth(true);
    }
    if arguments[0].as_unknown().is_some() {
        // It may only turn out to be sensitive once it is known.
        return Err(Stop::Unknown(Some(Type::Bool)));
    }
    call.truth(false)
}

/// Values of configuration are never ephemeral here, so nothing becomes null.
#[expect(
    clippy::unnecessary_wraps,
    reason = "all functions of the table answer alike"
)]
pub(super) fn ephemeralasnull(_: &mut Call<'_>, arguments: &[Value]) -> Answer {
    Ok(arguments[0].clone())
}
