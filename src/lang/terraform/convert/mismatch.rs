//! Why a value cannot become one of a type, in Terraform's words.

use std::sync::Arc;

use super::types::{attribute, describe};
use super::unify::can_convert;
use crate::model::Type;

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
