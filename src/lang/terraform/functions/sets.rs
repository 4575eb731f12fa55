use super::answer::{Answer, Stop};
use super::call::{Call, comparisons_within_limit, members_within_limit};
use super::function::items;
use super::sequence::element_type;
use crate::lang::terraform::convert::{convert, equals, type_of, unify, unify_values};
use crate::model::{Collection, Data, Type, Value};

pub(super) fn setunion(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (element, sets) = alike(arguments)?;
    let mut all = Vec::new();
    for set in sets {
        all.extend_from_slice(set.as_list().unwrap_or_default());
        members_within_limit(all.len())?;
    }
    call.set(element, all)
}

pub(super) fn setintersection(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    combined(call, arguments, |kept, in_next| kept && in_next)
}

pub(super) fn setsubtract(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    combined(call, arguments, |kept, in_next| kept && !in_next)
}

/// The members of the first set that `keeps` them when it is told whether the next one has them.
fn combined(call: &mut Call<'_>, arguments: &[Value], keeps: fn(bool, bool) -> bool) -> Answer {
    let (element, sets) = alike(arguments)?;
    if sets.iter().any(Value::has_unknown) {
        return Err(Stop::Unknown(Some(Type::Set(Box::new(element)))));
    }
    let mut kept = sets[0].as_list().unwrap_or_default().to_vec();
    for next in &sets[1..] {
        let next = next.as_list().unwrap_or_default();
        comparisons_within_limit(kept.len(), next.len())?;
        kept.retain(|item| {
            let found = next.iter().any(|other| equals(item, other) == Some(true));
            keeps(true, found)
        });
    }
    call.set(element, kept)
}

/// The sets in the type that they have in common, and the type of their members.
fn alike(arguments: &[Value]) -> Result<(Type, Vec<Value>), Stop> {
    let types: Vec<Type> = arguments
        .iter()
        .filter(|value| {
            let any = element_type(&type_of(value)) == Type::Any;
            !(any && value.as_list().is_some_and(<[Value]>::is_empty))
        })
        .map(|value| element_type(&type_of(value)))
        .collect();
    let element = if types.is_empty() {
        Type::Any
    } else {
        let message = "given sets must all have compatible element types";
        unify(&types).ok_or_else(|| Stop::failed(message))?
    };
    let ty = Type::Set(Box::new(element.clone()));
    let mut sets = Vec::with_capacity(arguments.len());
    for (index, value) in arguments.iter().enumerate() {
        let set = convert(value, &ty).map_err(|error| Stop::Argument(index, error.message))?;
        if set.as_unknown().is_some() {
            return Err(Stop::Unknown(Some(ty)));
        }
        sets.push(set);
    }
    Ok((element, sets))
}

pub(super) fn setproduct(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments.len() < 2 {
        return Err(Stop::failed("at least two arguments are required"));
    }
    let mut elements = Vec::with_capacity(arguments.len());
    let mut ordered = true;
    for (index, value) in arguments.iter().enumerate() {
        let element = match type_of(value) {
            Type::List(item) => Type::clone(&item),
            Type::Set(item) => {
                ordered = false;
                Type::clone(&item)
            }
            Type::Tuple(_) => tuple_element(value, index)?,
            Type::Any if value.as_unknown().is_some() => return Err(Stop::Unknown(None)),
            _ => return Err(Stop::argument(index, "a set or a list is required")),
        };
        elements.push(element);
    }
    let sensitive = arguments.iter().any(|value| value.sensitive);
    let element = Type::Tuple(elements.clone());
    let of = |element: Type| {
        let element = Box::new(element);
        if ordered {
            Type::List(element)
        } else {
            Type::Set(element)
        }
    };
    if arguments.iter().any(unknown_length) {
        return Err(Stop::Unknown(Some(of(element))));
    }
    let total = arguments
        .iter()
        .enumerate()
        .try_fold(1_usize, |total, (index, _)| {
            total.checked_mul(items(arguments, index).len())
        })
        .unwrap_or(usize::MAX);
    members_within_limit(total.saturating_mul(arguments.len()))?;
    let lists = converted(arguments, &elements)?;
    let mut product = Vec::with_capacity(total);
    for mut number in 0..total {
        let mut row = vec![Value::null(crate::model::Origin::NOWHERE); lists.len()];
        for (place, list) in row.iter_mut().zip(&lists).rev() {
            *place = list[number % list.len()].clone();
            number /= list.len();
        }
        product.push(call.tuple(row)?);
    }
    let value = if ordered {
        call.list(element, product)?
    } else {
        call.set(element, product)?
    };
    Ok(value.marked(sensitive))
}

fn tuple_element(value: &Value, index: usize) -> Result<Type, Stop> {
    let members = value.as_list().unwrap_or_default();
    if members.is_empty() {
        return Ok(Type::Any);
    }
    unify_values(members)
        .ok_or_else(|| Stop::argument(index, "all elements must be of the same type"))
}

fn unknown_length(value: &Value) -> bool {
    match &value.data {
        Data::List(list) => {
            list.collection == Collection::Set && list.items.len() > 1 && value.has_unknown()
        }
        _ => true,
    }
}

fn converted(arguments: &[Value], elements: &[Type]) -> Result<Vec<Vec<Value>>, Stop> {
    let mut lists = Vec::with_capacity(arguments.len());
    for (index, element) in elements.iter().enumerate() {
        let list: Result<Vec<Value>, _> = items(arguments, index)
            .iter()
            .map(|item| convert(item, element))
            .collect();
        lists.push(list.map_err(|error| Stop::Argument(index, error.message))?);
    }
    Ok(lists)
}
