use super::answer::{Answer, Stop};
use super::call::{Call, comparisons_within_limit, members_within_limit};
use super::function::{items, whole};
use crate::lang::terraform::convert::{convert, describe_own, equals, type_of, unify};
use crate::model::{Collection, Data, Type, Unknown, Value};

/// The type of the members of a list, set or tuple; `Any` where they differ.
pub(super) fn element_type(ty: &Type) -> Type {
    match ty {
        Type::List(item) | Type::Set(item) | Type::Map(item) => Type::clone(item),
        _ => Type::Any,
    }
}

fn unknown(ty: Type) -> Answer {
    Err(Stop::Unknown(Some(ty)))
}

pub(super) fn element(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    let ty = type_of(list);
    if !matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Any) {
        return Err(Stop::Failed(format!(
            "cannot read elements from {}",
            describe_own(&ty)
        )));
    }
    let known_index = arguments[1].as_unknown().is_none();
    if let Data::Unknown(_) = &list.data {
        return match &ty {
            Type::Tuple(types) if known_index && !types.is_empty() => {
                let index = wrapped(arguments, types.len())?;
                unknown(types[index].clone())
            }
            ty => unknown(element_type(ty)),
        };
    }
    let members = items(arguments, 0);
    if members.is_empty() {
        return Err(Stop::failed(
            "cannot use element function with an empty list",
        ));
    }
    if !known_index {
        return Err(Stop::OneOf(members.to_vec()));
    }
    let index = match wrapped(arguments, members.len()) {
        // Of a list, a negative index counts from the end; Terraform's own fall is over tuples only.
        Err(_) if matches!(ty, Type::List(_)) => from_the_end(arguments, members.len())?,
        index => index?,
    };
    let _ = call;
    Ok(members[index].clone().marked(list.sensitive))
}

fn from_the_end(arguments: &[Value], length: usize) -> Result<usize, Stop> {
    let invalid = |message: String| Stop::Failed(format!("invalid index: {message}"));
    let index = whole(arguments, 1).map_err(invalid)?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    Ok(usize::try_from(index.rem_euclid(length)).unwrap_or_default())
}

fn wrapped(arguments: &[Value], length: usize) -> Result<usize, Stop> {
    let index =
        whole(arguments, 1).map_err(|message| Stop::Failed(format!("invalid index: {message}")))?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = index % length;
    usize::try_from(index).map_err(|_| {
        let message = "panic in function implementation: runtime error: index out of range";
        Stop::Failed(format!("{message} [{index}]"))
    })
}

pub(super) fn slice(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    let ty = type_of(list);
    match &ty {
        Type::Set(_) => {
            return Err(Stop::argument(
                0,
                "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important",
            ));
        }
        Type::List(_) | Type::Tuple(_) | Type::Any => {}
        _ => return Err(Stop::argument(0, "must be a list or tuple value")),
    }
    let length = list.as_list().map(<[Value]>::len);
    let bound = |index: usize, name: &str| -> Result<Option<usize>, Stop> {
        if arguments[index].as_unknown().is_some() {
            return Ok(None);
        }
        let wrong = |message: String| Stop::Argument(index, message);
        let value =
            whole(arguments, index).map_err(|why| wrong(format!("invalid {name} index: {why}")))?;
        let Ok(value) = usize::try_from(value) else {
            return Err(wrong(format!("{name} index must not be less than zero")));
        };
        if length.is_some_and(|length| value > length) {
            return Err(wrong(format!(
                "{name} index must not be greater than the length of the list"
            )));
        }
        Ok(Some(value))
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        let message = "start index must not be greater than end index";
        return Err(Stop::argument(1, message));
    }
    let result = if matches!(ty, Type::List(_)) {
        Some(ty)
    } else {
        None
    };
    let (Some(start), Some(end), Data::List(given)) = (start, end, &list.data) else {
        return Err(Stop::Unknown(result));
    };
    let kept = given.items[start..end].to_vec();
    let value = match result {
        Some(ty) => call.list(element_type(&ty), kept)?,
        None => call.tuple(kept)?,
    };
    Ok(value.marked(list.sensitive))
}

pub(super) fn reverse(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    let ty = type_of(list);
    let Data::List(given) = &list.data else {
        return match (&list.data, ty) {
            (Data::Unknown(_), Type::List(item) | Type::Set(item)) => unknown(Type::List(item)),
            (Data::Unknown(_), Type::Tuple(mut types)) => {
                types.reverse();
                unknown(Type::Tuple(types))
            }
            (Data::Unknown(_), Type::Any) => Err(Stop::Unknown(None)),
            (_, ty) => Err(Stop::Argument(
                0,
                format!(
                    "can only reverse list or tuple values, not {}",
                    describe_own(&ty)
                ),
            )),
        };
    };
    let reversed = given.items.iter().rev().cloned().collect();
    let value = match given.collection {
        Collection::Structural => call.tuple(reversed)?,
        Collection::Uniform | Collection::Set => call.list(element_type(&ty), reversed)?,
    };
    Ok(value.marked(list.sensitive))
}

pub(super) fn concat(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments.is_empty() {
        return Err(Stop::failed("at least one argument is required"));
    }
    let types: Vec<Type> = arguments.iter().map(type_of).collect();
    let sensitive = arguments.iter().any(|value| value.sensitive);
    let all_lists = types.iter().all(|ty| matches!(ty, Type::List(_)));
    let common = all_lists.then(|| unify(&types)).flatten();
    for (index, ty) in types.iter().enumerate() {
        if !matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Any) {
            let given = describe_own(ty);
            let message = format!("all arguments must be lists or tuples; got {given}");
            return Err(Stop::Argument(index, message));
        }
    }
    if arguments.iter().any(|value| value.as_unknown().is_some()) {
        return Err(Stop::Unknown(common.filter(|ty| *ty != Type::Any)));
    }
    let mut joined = Vec::new();
    for (index, value) in arguments.iter().enumerate() {
        let converted = match &common {
            Some(ty) => convert(value, ty).map_err(|error| Stop::Argument(index, error.message))?,
            None => value.clone(),
        };
        joined.extend_from_slice(converted.as_list().unwrap_or_default());
        members_within_limit(joined.len())?;
    }
    let value = match common {
        Some(ty) => call.list(element_type(&ty), joined)?,
        None => call.tuple(joined)?,
    };
    Ok(value.marked(sensitive))
}

pub(super) fn flatten(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    if let Data::Unknown(given) = &list.data {
        let sequence = is_sequence_or_any(given);
        return if sequence {
            Err(Stop::Unknown(None))
        } else {
            Err(Stop::failed("can only flatten lists, sets and tuples"))
        };
    }
    if list.as_list().is_none() {
        return Err(Stop::failed("can only flatten lists, sets and tuples"));
    }
    let mut flat = Vec::new();
    let mut sensitive = false;
    flatten_into(list, &mut flat, &mut sensitive)?;
    Ok(call.tuple(flat)?.marked(sensitive))
}

fn flatten_into(value: &Value, flat: &mut Vec<Value>, sensitive: &mut bool) -> Result<(), Stop> {
    let Data::List(list) = &value.data else {
        return Ok(());
    };
    *sensitive |= value.sensitive;
    if list.collection == Collection::Set && list.items.len() > 1 && value.has_unknown() {
        return Err(Stop::Unknown(None));
    }
    for item in &list.items {
        match &item.data {
            Data::List(_) => flatten_into(item, flat, sensitive)?,
            // It may be a list itself, of any length.
            Data::Unknown(unknown) if is_sequence_or_any(unknown) => {
                return Err(Stop::Unknown(None));
            }
            _ => flat.push(item.clone()),
        }
        members_within_limit(flat.len())?;
    }
    Ok(())
}

fn is_sequence_or_any(unknown: &Unknown) -> bool {
    matches!(
        unknown.ty,
        None | Some(Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_))
    )
}

pub(super) fn chunklist(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    let ty = type_of(list);
    let size =
        whole(arguments, 1).map_err(|message| Stop::Failed(format!("invalid size: {message}")))?;
    let Ok(size) = usize::try_from(size) else {
        return Err(Stop::failed("the size argument must be positive"));
    };
    let given = items(arguments, 0);
    let size = if size == 0 { given.len().max(1) } else { size };
    let mut chunks = Vec::new();
    for chunk in given.chunks(size) {
        chunks.push(call.list(element_type(&ty), chunk.to_vec())?);
    }
    let sensitive = list.sensitive || arguments[1].sensitive;
    Ok(call.list(ty, chunks)?.marked(sensitive))
}

pub(super) fn compact(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments[0].has_unknown() {
        return unknown(Type::List(Box::new(Type::String)));
    }
    let kept = items(arguments, 0)
        .iter()
        .filter(|item| item.as_str().is_some_and(|text| !text.is_empty()))
        .cloned()
        .collect();
    call.list(Type::String, kept)
}

pub(super) fn distinct(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let ty = type_of(&arguments[0]);
    if arguments[0].has_unknown() {
        return unknown(ty);
    }
    let all_texts = items(arguments, 0)
        .iter()
        .all(|item| item.as_str().is_some());
    if !all_texts {
        let count = items(arguments, 0).len();
        comparisons_within_limit(count, count / 2)?;
    }
    let mut kept: Vec<Value> = Vec::new();
    let mut texts = std::collections::BTreeSet::new();
    for item in items(arguments, 0) {
        let is_new = match &item.data {
            Data::String(text) => texts.insert(text.clone()),
            _ => !kept.iter().any(|other| equals(other, item) == Some(true)),
        };
        if is_new {
            kept.push(item.clone());
        }
    }
    call.list(element_type(&ty), kept)
}

pub(super) fn contains(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    let Data::List(given) = &list.data else {
        let possible = list.as_unknown().is_some_and(is_sequence_or_any);
        return if possible {
            unknown(Type::Bool)
        } else {
            Err(Stop::failed("argument must be list, tuple, or set"))
        };
    };
    let mut unclear = false;
    for item in &given.items {
        match equals(wanted, item) {
            Some(true) => return call.truth(true),
            Some(false) => {}
            None => unclear = true,
        }
    }
    if unclear {
        return unknown(Type::Bool);
    }
    call.truth(false)
}

pub(super) fn index(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    let ty = type_of(list);
    if !matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Any) {
        return Err(Stop::failed("argument must be a list or tuple"));
    }
    let Data::List(given) = &list.data else {
        return unknown(Type::Number);
    };
    if given.items.is_empty() {
        return Err(Stop::failed("cannot search an empty list"));
    }
    for (index, item) in given.items.iter().enumerate() {
        match equals(item, wanted) {
            Some(true) => return call.count(index),
            Some(false) => {}
            None => return unknown(Type::Number),
        }
    }
    Err(Stop::failed("item not found"))
}

pub(super) fn alltrue(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut unclear = false;
    for item in items(arguments, 0) {
        match &item.data {
            Data::Bool(true) => {}
            Data::Unknown(_) => unclear = true,
            _ => return call.truth(false),
        }
    }
    if unclear {
        return unknown(Type::Bool);
    }
    call.truth(true)
}

pub(super) fn anytrue(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut unclear = false;
    for item in items(arguments, 0) {
        match &item.data {
            Data::Bool(true) => return call.truth(true),
            Data::Unknown(_) => unclear = true,
            _ => {}
        }
    }
    if unclear {
        return unknown(Type::Bool);
    }
    call.truth(false)
}

pub(super) fn matchkeys(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let ty = type_of(&arguments[0]);
    let alike = [type_of(&arguments[1]), type_of(&arguments[2])];
    let Some(common) = unify(&alike) else {
        return Err(Stop::failed("keys and searchset must be of the same type"));
    };
    let (values, names) = (items(arguments, 0), items(arguments, 1));
    if values.len() != names.len() {
        return Err(Stop::failed("length of keys and values should be equal"));
    }
    if arguments.iter().any(Value::has_unknown) {
        return unknown(ty);
    }
    let convert =
        |value: &Value| convert(value, &common).map_err(|error| Stop::Failed(error.message));
    let (keys, wanted) = (convert(&arguments[1])?, convert(&arguments[2])?);
    let wanted = wanted.as_list().unwrap_or_default();
    comparisons_within_limit(names.len(), wanted.len())?;
    let kept = keys
        .as_list()
        .unwrap_or_default()
        .iter()
        .zip(values)
        .filter(|(key, _)| wanted.iter().any(|other| equals(key, other) == Some(true)))
        .map(|(_, value)| value.clone())
        .collect();
    call.list(element_type(&ty), kept)
}
