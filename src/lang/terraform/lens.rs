//! The lens: what Terraform's resource types say in the cloud's own terms, and the way back.

use crate::edit::{Hazard, Refusal};
use crate::model::{Change, Fragment, Origins, Written, WrittenId};

/// What `written` says in the cloud's terms: one fragment or more for a type with a lens, none for a
/// type without one.
#[must_use]
pub fn fragments(written: &Written, id: WrittenId, origins: &mut Origins) -> Vec<Fragment> {
    let _ = (written, id, origins);
    todo!()
}

/// Turns a wish in the cloud's terms into wishes in terms of `written`'s own arguments.
///
/// # Errors
/// [`Refusal`] names the arguments whose correspondence cannot be read backwards.
pub fn invert(
    written: &Written,
    fragment: &Fragment,
    change: &Change,
) -> Result<Vec<Change>, Refusal> {
    let _ = (written, fragment, change);
    todo!()
}

/// What applying `changes` (in terms of `written`'s own arguments) costs according to the provider's
/// schema; sorted, without repetition.
#[must_use]
pub fn hazards(written: &Written, changes: &[Change]) -> Vec<Hazard> {
    let _ = (written, changes);
    todo!()
}

pub mod schema;
mod facts {
    pub(super) use crate::model::facts::Scalar;
}
