use std::sync::Arc;

use super::unify::unify;
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

/// Returns `true` if both are the same type, whatever is optional in them.
#[must_use]
pub(in crate::lang::terraform) fn same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => same_type(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_type(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| a.0 == b.0 && same_type(&a.1, &b.1))
        }
        (a, b) => a == b,
    }
}

/// Returns `true` if a type leaves something open.
#[must_use]
pub(super) fn has_any(ty: &Type) -> bool {
    match ty {
        Type::Any => true,
        Type::Bool | Type::Number | Type::String => false,
        Type::List(inner) | Type::Set(inner) | Type::Map(inner) => has_any(inner),
        Type::Tuple(items) => items.iter().any(has_any),
        Type::Object(attributes) => attributes.iter().any(|(_, ty, _)| has_any(ty)),
    }
}

/// The type that values of a constraint have: nothing in it is optional.
#[must_use]
pub(in crate::lang::terraform) fn without_optional(ty: &Type) -> Type {
    let inner = |ty: &Type| Box::new(without_optional(ty));
    match ty {
        Type::Any | Type::Bool | Type::Number | Type::String => ty.clone(),
        Type::List(item) => Type::List(inner(item)),
        Type::Set(item) => Type::Set(inner(item)),
        Type::Map(item) => Type::Map(inner(item)),
        Type::Tuple(items) => Type::Tuple(items.iter().map(without_optional).collect()),
        Type::Object(attributes) => Type::Object(
            attributes
                .iter()
                .map(|(name, ty, _)| (Arc::clone(name), without_optional(ty), false))
                .collect(),
        ),
    }
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

fn attribute<'t>(attributes: &'t [(Arc<str>, Type, bool)], name: &str) -> Option<&'t Type> {
    attributes
        .iter()
        .find(|(key, _, _)| &**key == name)
        .map(|(_, ty, _)| ty)
}

/// A type in Terraform's words: `list of string`, `object`.
#[must_use]
pub(in crate::lang::terraform) fn describe(ty: &Type) -> String {
    let of = |collection: &str, item: &Type| match item {
        Type::Any => format!("{collection} of any single type"),
        item => format!("{collection} of {}", describe(item)),
    };
    match ty {
        Type::Any => "any type".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(item) => of("list", item),
        Type::Set(item) => of("set", item),
        Type::Map(item) => of("map", item),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
    }
}

/// Why a value of type `from` cannot become one of type `to`, in Terraform's words.
#[must_use]
pub(in crate::lang::terraform) fn mismatch(from: &Type, to: &Type) -> String {
    let required = || format!("{} required", describe(to));
    match (from, to) {
        (Type::Object(from), Type::Object(to)) => mismatched_objects(from, to),
        (Type::Tuple(_), Type::List(item)) if **item == Type::Any => {
            "all list elements must have the same type".to_owned()
        }
        (Type::Tuple(_), Type::Set(item)) if **item == Type::Any => {
            "all set elements must have the same type".to_owned()
        }
        (Type::Object(_), Type::Map(item)) if **item == Type::Any => {
            "all map elements must have the same type".to_owned()
        }
        (Type::Tuple(items), Type::List(to) | Type::Set(to)) => {
            let wrong = items
                .iter()
                .enumerate()
                .find(|(_, item)| !can_convert(item, to));
            wrong.map_or_else(
                || format!("all elements must be {}", describe(to)),
                |(index, item)| format!("element {index}: {}", mismatch(item, to)),
            )
        }
        (Type::Object(attributes), Type::Map(to)) => {
            let wrong = attributes
                .iter()
                .find(|(_, item, _)| !can_convert(item, to));
            wrong.map_or_else(
                || format!("all elements must be {}", describe(to)),
                |(name, item, _)| format!("element {name:?}: {}", mismatch(item, to)),
            )
        }
        (Type::List(from) | Type::Set(from), Type::List(item)) => {
            format!("incorrect list element type: {}", mismatch(from, item))
        }
        (Type::List(from) | Type::Set(from), Type::Set(item)) => {
            format!("incorrect set element type: {}", mismatch(from, item))
        }
        (Type::Map(from), Type::Map(item)) => {
            format!("incorrect map element type: {}", mismatch(from, item))
        }
        _ => required(),
    }
}

fn mismatched_objects(from: &[(Arc<str>, Type, bool)], to: &[(Arc<str>, Type, bool)]) -> String {
    let missing: Vec<String> = to
        .iter()
        .filter(|(name, _, optional)| !optional && attribute(from, name).is_none())
        .map(|(name, _, _)| format!("{name:?}"))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one} is required"),
        [one, two] => return format!("attributes {one} and {two} are required"),
        [first @ .., last] => {
            return format!("attributes {}, and {last} are required", first.join(", "));
        }
    }
    let wrong = to.iter().find_map(|(name, to, _)| {
        let from = attribute(from, name)?;
        (!can_convert(from, to)).then(|| format!("attribute {name:?}: {}", mismatch(from, to)))
    });
    wrong.unwrap_or_else(|| "incorrect object attributes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_is_told_in_the_words_of_terraform() {
        let object = |names: &[&str]| {
            Type::Object(
                names
                    .iter()
                    .map(|name| (Arc::from(*name), Type::String, false))
                    .collect(),
            )
        };
        let list = |item| Type::List(Box::new(item));
        let rows = [
            (Type::Tuple(vec![]), Type::String, "string required"),
            (
                Type::String,
                list(Type::Any),
                "list of any single type required",
            ),
            (
                Type::Tuple(vec![Type::Number, object(&[])]),
                list(Type::String),
                "element 1: string required",
            ),
            (
                object(&["a"]),
                object(&["a", "b"]),
                "attribute \"b\" is required",
            ),
            (
                object(&[]),
                object(&["a", "b"]),
                "attributes \"a\" and \"b\" are required",
            ),
            (
                object(&[]),
                object(&["a", "b", "c"]),
                "attributes \"a\", \"b\", and \"c\" are required",
            ),
            (
                list(object(&[])),
                list(Type::Bool),
                "incorrect list element type: bool required",
            ),
        ];
        for (from, to, expected) in rows {
            assert!(!can_convert(&from, &to));
            assert_eq!(mismatch(&from, &to), expected);
        }
    }
}
