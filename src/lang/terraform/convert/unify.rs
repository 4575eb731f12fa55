//! Which type a value has, which others it can become, and which one several have in common: each is asked
//! for the others' sake.

use std::cmp::Ordering;
use std::sync::Arc;

use super::types::{attribute, same_type};
use crate::model::{Collection, Data, Type, Value};

/// The type of a value; [`Type::Any`] for null and for what is not known.
#[must_use]
pub(in crate::lang::terraform) fn type_of(value: &Value) -> Type {
    match &value.data {
        Data::Null => Type::Any,
        Data::Bool(_) => Type::Bool,
        Data::Number(_) => Type::Number,
        Data::String(_) => Type::String,
        Data::List(list) => match list.collection {
            Collection::Structural => Type::Tuple(list.items.iter().map(type_of).collect()),
            Collection::Uniform => {
                Type::List(Box::new(element(list.element.as_ref(), &list.items)))
            }
            Collection::Set => Type::Set(Box::new(element(list.element.as_ref(), &list.items))),
        },
        Data::Map(map) => match map.collection {
            Collection::Structural => {
                let attribute = |entry: &crate::model::Entry| {
                    (Arc::clone(&entry.key), type_of(&entry.value), false)
                };
                let mut attributes: Vec<_> = map.entries.iter().map(attribute).collect();
                attributes.sort_by(|a, b| a.0.cmp(&b.0));
                Type::Object(attributes)
            }
            Collection::Uniform | Collection::Set => {
                let first = map.entries.iter().map(|entry| &entry.value);
                Type::Map(Box::new(element(map.element.as_ref(), first)))
            }
        },
        Data::Unknown(unknown) => unknown.ty.clone().unwrap_or(Type::Any),
    }
}

fn element<'v>(stated: Option<&Type>, items: impl IntoIterator<Item = &'v Value>) -> Type {
    if let Some(stated) = stated {
        return stated.clone();
    }
    let types: Vec<Type> = items.into_iter().map(type_of).collect();
    unify(&types).unwrap_or(Type::Any)
}

/// Returns `true` if values of type `from` may become values of type `to`; single values may still fail.
#[must_use]
pub(in crate::lang::terraform) fn can_convert(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any, _)
        | (_, Type::Any)
        | (Type::String | Type::Number | Type::Bool, Type::String)
        | (Type::String | Type::Number, Type::Number)
        | (Type::String | Type::Bool, Type::Bool) => true,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => can_convert(from, to),
        (Type::Tuple(items), Type::List(to) | Type::Set(to)) => members_convert(items.iter(), to),
        (Type::Object(attributes), Type::Map(to)) => {
            members_convert(attributes.iter().map(|(_, ty, _)| ty), to)
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to).all(|(from, to)| can_convert(from, to))
        }
        (Type::Object(from), Type::Object(to)) => to.iter().all(|(name, to, optional)| {
            attribute(from, name).map_or(*optional, |from| can_convert(from, to))
        }),
        (Type::Map(from), Type::Object(to)) => to.iter().all(|(_, to, _)| can_convert(from, to)),
        _ => false,
    }
}

fn members_convert<'t>(members: impl Iterator<Item = &'t Type>, to: &Type) -> bool {
    let members: Vec<&Type> = members.collect();
    if *to == Type::Any {
        let members: Vec<Type> = members.into_iter().cloned().collect();
        return members.is_empty() || unify(&members).is_some();
    }
    members.into_iter().all(|from| can_convert(from, to))
}

/// The type that all of these can become, as Terraform chooses it for conditionals, lists and maps;
/// `None` when there is none, [`Type::Any`] when that depends on what is not known.
#[must_use]
pub(in crate::lang::terraform) fn unify(types: &[Type]) -> Option<Type> {
    let first = types.first()?;
    if types.iter().all(|ty| same_type(ty, first)) {
        return Some(first.clone());
    }
    match unify_alike(types) {
        Some(result) => result,
        None => choose(types),
    }
}

/// The type that all of these values can become.
#[must_use]
pub(in crate::lang::terraform) fn unify_values(values: &[Value]) -> Option<Type> {
    let types: Vec<Type> = values.iter().map(type_of).collect();
    unify(&types)
}

#[derive(Default)]
struct Count {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    any: usize,
}

/// What types of one kind have in common; `None` when their kinds say nothing.
#[expect(
    clippy::option_option,
    reason = "that the kinds say nothing is not that they have nothing in common"
)]
fn unify_alike(types: &[Type]) -> Option<Option<Type>> {
    let mut count = Count::default();
    for ty in types {
        match ty {
            Type::Map(_) => count.maps += 1,
            Type::List(_) => count.lists += 1,
            Type::Set(_) => count.sets += 1,
            Type::Object(_) => count.objects += 1,
            Type::Tuple(_) => count.tuples += 1,
            Type::Any => count.any += 1,
            Type::Bool | Type::Number | Type::String => {}
        }
    }
    let all = types.len();
    let open = count.any > 0;
    let any = || Some(Type::Any);
    if count.maps > 0 && count.maps + count.any == all {
        Some(if open {
            any()
        } else {
            collection(types).map(Type::Map)
        })
    } else if count.maps > 0 && count.maps + count.objects + count.any == all {
        mixed(types, |ty| matches!(ty, Type::Object(_)), objects_to_map).map(Some)
    } else if count.lists > 0 && count.lists + count.any == all {
        Some(if open {
            any()
        } else {
            collection(types).map(Type::List)
        })
    } else if count.lists > 0 && count.lists + count.tuples + count.any == all {
        mixed(types, |ty| matches!(ty, Type::Tuple(_)), tuples_to_list).map(Some)
    } else if count.sets > 0 && count.sets + count.any == all {
        Some(if open {
            any()
        } else {
            collection(types).map(Type::Set)
        })
    } else if count.objects > 0 && count.objects + count.any == all {
        Some(if open { any() } else { objects(types) })
    } else if count.tuples > 0 && count.tuples + count.any == all {
        Some(if open { any() } else { tuples(types) })
    } else if count.objects > 0 && count.tuples > 0 {
        Some(None)
    } else {
        None
    }
}

fn collection(types: &[Type]) -> Option<Box<Type>> {
    let items: Vec<Type> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::List(item) | Type::Set(item) | Type::Map(item) => Some(Type::clone(item)),
            _ => None,
        })
        .collect();
    unify(&items).map(Box::new)
}

/// Turns the structural types among `types` into one collection type, then unifies.
fn mixed(
    types: &[Type],
    structural: fn(&Type) -> bool,
    join: fn(&[Type]) -> Option<Type>,
) -> Option<Type> {
    let some: Vec<Type> = types.iter().filter(|ty| structural(ty)).cloned().collect();
    let joined = join(&some)?;
    let replaced: Vec<Type> = types
        .iter()
        .map(|ty| {
            if structural(ty) {
                joined.clone()
            } else {
                ty.clone()
            }
        })
        .collect();
    unify(&replaced).filter(|ty| matches!(ty, Type::List(_) | Type::Map(_)))
}

fn objects(types: &[Type]) -> Option<Type> {
    let attributes: Vec<&Vec<(Arc<str>, Type, bool)>> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Object(attributes) => Some(attributes),
            _ => None,
        })
        .collect();
    let first = *attributes.first()?;
    let alike = attributes.iter().all(|other| {
        other.len() == first.len() && other.iter().zip(first).all(|(a, b)| a.0 == b.0)
    });
    if !alike {
        return objects_to_map(types);
    }
    let mut result = Vec::with_capacity(first.len());
    for (index, (name, _, _)) in first.iter().enumerate() {
        let across: Vec<Type> = attributes
            .iter()
            .filter_map(|other| other.get(index).map(|(_, ty, _)| ty.clone()))
            .collect();
        result.push((Arc::clone(name), unify(&across)?, false));
    }
    let result = Type::Object(result);
    if types.iter().all(|ty| can_convert(ty, &result)) {
        Some(result)
    } else {
        objects_to_map(types)
    }
}

fn objects_to_map(types: &[Type]) -> Option<Type> {
    let mut all = Vec::new();
    for ty in types {
        if let Type::Object(attributes) = ty {
            all.extend(attributes.iter().map(|(_, ty, _)| ty.clone()));
        }
    }
    let result = Type::Map(Box::new(unify(&all)?));
    types
        .iter()
        .all(|ty| can_convert(ty, &result))
        .then_some(result)
}

fn tuples(types: &[Type]) -> Option<Type> {
    let items: Vec<&Vec<Type>> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Tuple(items) => Some(items),
            _ => None,
        })
        .collect();
    let first = *items.first()?;
    if items.iter().any(|other| other.len() != first.len()) {
        return tuples_to_list(types);
    }
    let mut result = Vec::with_capacity(first.len());
    for index in 0..first.len() {
        let across: Vec<Type> = items
            .iter()
            .filter_map(|other| other.get(index).cloned())
            .collect();
        result.push(unify(&across)?);
    }
    let result = Type::Tuple(result);
    if types.iter().all(|ty| can_convert(ty, &result)) {
        Some(result)
    } else {
        tuples_to_list(types)
    }
}

fn tuples_to_list(types: &[Type]) -> Option<Type> {
    let mut all = Vec::new();
    for ty in types {
        if let Type::Tuple(items) = ty {
            all.extend(items.iter().cloned());
        }
    }
    let result = Type::List(Box::new(unify(&all)?));
    types
        .iter()
        .all(|ty| can_convert(ty, &result))
        .then_some(result)
}

/// Whether there are types that no value is of together, whatever those left open are.
fn of_several_kinds(types: &[Type]) -> bool {
    let kind = |ty: &Type| match ty {
        Type::Any => None,
        Type::Bool | Type::Number | Type::String => Some(0),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Some(1),
        Type::Map(_) | Type::Object(_) => Some(2),
    };
    let mut kinds = types.iter().filter_map(kind);
    kinds
        .next()
        .is_some_and(|first| kinds.any(|other| other != first))
}

/// The most preferred of the types that every other can become.
fn choose(types: &[Type]) -> Option<Type> {
    if of_several_kinds(types) {
        return None;
    }
    let mut order: Vec<&Type> = types.iter().collect();
    // The relation is partial, so the order is made by insertion: a type moves before those it beats.
    for index in 1..order.len() {
        let mut at = index;
        while at > 0 && prefer(order[at], order[at - 1]) == Ordering::Less {
            order.swap(at, at - 1);
            at -= 1;
        }
    }
    order
        .into_iter()
        .find(|want| types.iter().all(|ty| can_convert(ty, want)))
        .cloned()
}

/// `Less` when `a` is preferred to `b`.
fn prefer(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        (Type::Any, Type::Any) => Ordering::Equal,
        (_, Type::Any)
        | (Type::String, Type::Bool | Type::Number)
        | (Type::List(_) | Type::Tuple(_), Type::Set(_))
        | (Type::List(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Any, _)
        | (Type::Bool | Type::Number, Type::String)
        | (Type::Set(_), Type::List(_) | Type::Tuple(_))
        | (Type::Tuple(_), Type::List(_))
        | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => prefer(a, b),
        (Type::Object(a), Type::Object(b)) if a.len() == b.len() => {
            if a.iter().zip(b).any(|(a, b)| a.0 != b.0) {
                return Ordering::Equal;
            }
            prefer_all(a.iter().zip(b).map(|(a, b)| (&a.1, &b.1)))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => prefer_all(a.iter().zip(b)),
        _ => Ordering::Equal,
    }
}

fn prefer_all<'t>(pairs: impl Iterator<Item = (&'t Type, &'t Type)>) -> Ordering {
    let (mut less, mut greater) = (false, false);
    for (a, b) in pairs {
        match prefer(a, b) {
            Ordering::Less => less = true,
            Ordering::Greater => greater = true,
            Ordering::Equal => {}
        }
    }
    match (less, greater) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(attributes: &[(&str, Type)]) -> Type {
        Type::Object(
            attributes
                .iter()
                .map(|(n, t)| (Arc::from(*n), t.clone(), false))
                .collect(),
        )
    }

    #[test]
    fn several_types_have_one_in_common() {
        let list = |item| Type::List(Box::new(item));
        let map = |item| Type::Map(Box::new(item));
        let rows = [
            (vec![Type::Bool, Type::String], Some(Type::String)),
            (vec![Type::Bool, Type::Number], None),
            (vec![Type::Any, Type::Number], Some(Type::Number)),
            (
                vec![Type::Tuple(vec![Type::Bool]), list(Type::String)],
                Some(list(Type::String)),
            ),
            (
                vec![
                    Type::Tuple(vec![Type::Bool]),
                    Type::Tuple(vec![Type::String, Type::Bool]),
                ],
                Some(list(Type::String)),
            ),
            (
                vec![object(&[("a", Type::Bool)]), object(&[("b", Type::String)])],
                Some(map(Type::String)),
            ),
            (
                vec![object(&[("a", Type::Bool)]), object(&[("a", Type::String)])],
                Some(object(&[("a", Type::String)])),
            ),
            (vec![object(&[]), Type::Tuple(vec![])], None),
            (
                vec![list(Type::Bool), Type::Set(Box::new(Type::String))],
                None,
            ),
        ];
        for (types, expected) in rows {
            let expected = match (&expected, types.as_slice()) {
                // A list and a set meet in the list, whose elements the other's can become.
                (None, [Type::List(item), Type::Set(_)]) => Some(Type::List(item.clone())),
                _ => expected,
            };
            assert_eq!(unify(&types), expected, "{types:?}");
        }
    }
}
