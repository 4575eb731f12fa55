//! What a change costs, as far as the provider's schema tells.

use crate::edit::Hazard;
use crate::model::facts::schema;
use crate::model::{Change, Path, Step, Written};

/// What applying `changes`, in terms of `written`'s own arguments, costs; sorted, without repetition.
///
/// Setting or removing an argument that the provider cannot change in place destroys the resource and
/// makes it anew.
#[must_use]
pub fn hazards(written: &Written, changes: &[Change]) -> Vec<Hazard> {
    let Some(schema) = schema(written.kind.as_str()) else {
        return Vec::new();
    };
    let replaces = changes.iter().any(|change| match change {
        Change::Set { path, .. } | Change::Append { path, .. } | Change::Remove { path } => {
            schema.force_new(&names(path))
        }
        Change::AddResource { .. } => false,
    });
    if replaces {
        vec![Hazard::Replaces]
    } else {
        Vec::new()
    }
}

fn names(path: &Path) -> Vec<&str> {
    let names = path.0.iter().filter_map(|step| match step {
        Step::Name(name) => Some(&**name),
        Step::Index(_) | Step::Each | Step::Where { .. } => None,
    });
    names.collect()
}
