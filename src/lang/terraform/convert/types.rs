use std::sync::Arc;

use crate::model::Type;

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

/// The type of a value in Terraform's words: where a constraint asks for any type, an empty list is one of
/// `dynamic`.
#[must_use]
pub(in crate::lang::terraform) fn describe_own(ty: &Type) -> String {
    describe(ty).replace("any single type", "dynamic")
}

/// The type of an attribute of an object.
pub(super) fn attribute<'t>(
    attributes: &'t [(Arc<str>, Type, bool)],
    name: &str,
) -> Option<&'t Type> {
    attributes
        .iter()
        .find(|(key, _, _)| &**key == name)
        .map(|(_, ty, _)| ty)
}
