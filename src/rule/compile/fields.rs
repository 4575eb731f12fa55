//! Whether a resource type has a property path, as far as the facts know the type.

use crate::model::facts::{self, Schema};
use crate::model::{Kind, Path, Step, shapes};

/// What every resource has, whatever its type says.
const OF_EVERY_TYPE: [&str; 3] = ["name", "fullname", "type"];

/// Says what is wrong with `path` on `kind`; fine where the type is not known.
pub(super) fn check(kind: &Kind, path: &Path) -> Result<(), String> {
    let pattern = path.pattern();
    if OF_EVERY_TYPE.contains(&pattern.as_str()) {
        return Ok(());
    }
    let known = if kind.as_str().contains('/') {
        facts::arm_type(kind.as_str()).is_none_or(|it| it.knows(&pattern))
    } else {
        facts::schema(kind.as_str()).is_none_or(|schema| has(kind, &schema, path))
    };
    if known {
        Ok(())
    } else {
        Err(format!("`{kind}` has no property `{path}`"))
    }
}

/// Whether a Terraform type has an argument or a block at `path`, or a companion that stands there.
fn has(kind: &Kind, schema: &Schema, path: &Path) -> bool {
    let names: Vec<&str> = path
        .0
        .iter()
        .filter_map(|step| match step {
            Step::Name(name) => Some(&**name),
            Step::Index(_) | Step::Each | Step::Where { .. } => None,
        })
        .collect();
    let companion = |name: &str| {
        let mut companions = shapes().companions.iter();
        companions.any(|shape| {
            let member = shape.member();
            kind.is(&shape.base) && member.split('.').next() == Some(name)
        })
    };
    names.first().is_some_and(|name| companion(name))
        || schema.is_block(&names)
        // What lies inside an attribute (a map, an object) is not listed.
        || (1..=names.len()).any(|length| schema.attribute(&names[..length]).is_some())
}
