use super::answer::{Answer, Stop};
use super::call::Call;
use super::sequence::element_type;
use crate::lang::terraform::convert::{convert, same_type, type_of, unify};
use crate::model::{Collection, Data, Type, Unknown, Value};

fn unknown(ty: Type) -> Answer {
    Err(Stop::Unknown(Some(ty)))
}

pub(super) fn one(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let wrong = || {
        let message = "must be a list, set, or tuple value with either zero or one elements";
        Err(Stop::argument(0, message))
    };
    match &arguments[0].data {
        Data::List(list) => match list.items.as_slice() {
            [] => Ok(call.null()),
            [only] => Ok(only.clone()),
            _ if list.collection == Collection::Set && arguments[0].has_unknown() => {
                let element = element_type(&type_of(&arguments[0]));
                Err(Stop::Unknown(Some(element)))
            }
            _ => wrong(),
        },
        Data::Unknown(given) => match &given.ty {
            None | Some(Type::Any) => Err(Stop::Unknown(None)),
            Some(Type::List(item) | Type::Set(item)) => unknown(Type::clone(item)),
            Some(Type::Tuple(types)) if types.len() < 2 => {
                Err(Stop::Unknown(types.first().cloned()))
            }
            Some(_) => wrong(),
        },
        _ => wrong(),
    }
}

pub(super) fn coalesce(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let types: Vec<Type> = arguments.iter().map(type_of).collect();
    let Some(ty) = unify(&types) else {
        return Err(Stop::failed("all arguments must have the same type"));
    };
    let _ = call;
    let mut possible: Vec<Value> = Vec::new();
    for argument in arguments {
        let value = convert(argument, &ty).map_err(|error| Stop::Failed(error.message))?;
        match &value.data {
            Data::Null => {}
            Data::String(text) if text.is_empty() => {}
            Data::Unknown(unknown) if unknown.not_null && may_not_be_empty(unknown) => {
                possible.push(value);
                break;
            }
            Data::Unknown(_) => possible.push(value),
            _ => {
                possible.push(value);
                break;
            }
        }
    }
    match (possible.len(), possible.pop()) {
        (1, Some(only)) if only.as_unknown().is_none_or(|unknown| unknown.not_null) => Ok(only),
        (_, None) => Err(Stop::failed("no non-null, non-empty-string arguments")),
        (_, Some(_)) => Err(Stop::Unknown(Some(ty))),
    }
}

/// Whether an unknown is certainly no empty text.
fn may_not_be_empty(unknown: &Unknown) -> bool {
    match &unknown.ty {
        None | Some(Type::Any | Type::String) => unknown.domain.as_ref().is_some_and(|domain| {
            domain
                .iter()
                .all(|value| value.as_str().is_none_or(|text| !text.is_empty()))
        }),
        Some(_) => true,
    }
}

pub(super) fn coalescelist(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments.is_empty() {
        return Err(Stop::failed("at least one argument is required"));
    }
    let _ = call;
    let any_unknown = arguments.iter().any(|value| value.as_unknown().is_some());
    let types: Vec<Type> = arguments.iter().map(type_of).collect();
    for (value, ty) in arguments.iter().zip(&types) {
        if value.as_unknown().is_some() {
            break;
        }
        if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
            return Err(Stop::failed(
                "coalescelist arguments must be lists or tuples",
            ));
        }
    }
    let alike = types.windows(2).all(|pair| same_type(&pair[0], &pair[1]));
    let result = (alike && !any_unknown).then(|| types[0].clone());
    for value in arguments {
        match &value.data {
            Data::Unknown(_) => return Err(Stop::Unknown(result)),
            Data::List(list) if !list.items.is_empty() => return Ok(value.clone()),
            _ => {}
        }
    }
    Err(Stop::failed("no non-null arguments"))
}
