//! Literals as compiled.

use std::sync::Arc;

use crate::rule::{Literal, schema};

/// The literal as compiled.
pub(in crate::rule) fn literal(written: &schema::Literal) -> Literal {
    match written {
        schema::Literal::Null => Literal::Null,
        schema::Literal::Bool(value) => Literal::Bool(*value),
        schema::Literal::Int(value) => Literal::Int(*value),
        schema::Literal::Float(value) => Literal::Float(*value),
        schema::Literal::String(text) => Literal::String(Arc::from(text.as_str())),
        schema::Literal::List(items) => Literal::List(items.iter().map(literal).collect()),
        schema::Literal::Map(entries) => Literal::Map(members(entries)),
    }
}

/// The members of an object as compiled.
pub(super) fn members(entries: &[(String, schema::Literal)]) -> Vec<(Arc<str>, Literal)> {
    let members = entries.iter();
    members
        .map(|(key, value)| (Arc::from(key.as_str()), literal(value)))
        .collect()
}
