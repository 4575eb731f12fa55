//! The lens: what Terraform's resource types say in the cloud's own terms, and the way back.
//!
//! For `azurerm_*` types the correspondence is data, one file a type under `rules/lenses`. `azapi_*`
//! types carry ARM bodies as they are. The types of AWS and Google are their own terms.

mod azapi;
mod azurerm;
mod body;
mod companion;
mod convert;
mod facts;
mod hazard;
mod identity;
mod inverse;
mod invert;
mod json;
mod nested;
mod parts;
mod place;
mod plain;
mod reach;
mod read;
mod removal;
pub mod schema;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod when;

use crate::edit::Refusal;
use crate::model::{Change, Fragment, Origins, Written, WrittenId};

pub use hazard::hazards;
pub(in crate::lang::terraform) use identity::terraform_type;
#[cfg(test)]
pub(super) use json::from_json;
pub use spelling::{Said, Spelling, spellings};

/// What `written` says in the cloud's terms: one fragment or more for a type with a lens, none for an
/// `azurerm_*` type without one.
#[must_use]
pub fn fragments(written: &Written, id: WrittenId, origins: &mut Origins) -> Vec<Fragment> {
    let kind = written.kind.as_str();
    if kind.starts_with("azapi_") {
        azapi::fragments(written, id, origins).into_iter().collect()
    } else if kind.starts_with("azurerm_") {
        azurerm::fragments(written, id, origins)
    } else {
        vec![plain::fragment(written, id)]
    }
}

/// Turns a wish in the cloud's terms into wishes in terms of `written`'s own arguments. `fragment` is
/// one of those that [`fragments`] gave for it; the paths of `change` are paths in its body.
///
/// Nested blocks are names in the resulting paths, items of repeated blocks are named by value or
/// position. A value that must be written as a reference is an unknown that points to it.
///
/// # Errors
/// [`Refusal`] names the arguments whose correspondence cannot be read backwards.
pub fn invert(
    written: &Written,
    fragment: &Fragment,
    change: &Change,
) -> Result<Vec<Change>, Refusal> {
    let kind = written.kind.as_str();
    match change {
        Change::AddResource {
            kind,
            body,
            relation,
        } => companion::add(written, kind, body, relation),
        _ if kind.starts_with("azapi_") => azapi::invert(written, change).map(|it| vec![it]),
        _ if kind.starts_with("azurerm_") => invert::changes(written, fragment, change),
        _ => Ok(vec![change.clone()]),
    }
}
