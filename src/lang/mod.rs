//! The languages: each turns sources into [`Written`](crate::model::Written) things and
//! [`Fragment`](crate::model::Fragment)s, and plans a
//! [`Change`](crate::model::Change) back into byte edits. Above this door nobody knows which language it was.

pub mod arm;
mod planning;
pub mod terraform;
mod unit;

pub use planning::{EditAt, How, Intent, Plan, Planned, plan};
pub use unit::{Cache, Evaluated, Input, Unit, UnitOptions};

use crate::source::{Notice, RelPath, SourceTree};

/// Returns `true` if a JSON file that starts with these bytes may be one to judge: a deployment template
/// or a plan.
#[must_use]
pub fn is_document(head: &[u8]) -> bool {
    arm::is_template(head) || terraform::plan_json::is_plan(head)
}

/// Finds the units among `files`. A module that another root calls is judged through its callers, a
/// folder whose plan is there through its plan.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> (Vec<Unit>, Vec<Notice>) {
    let plans = terraform::plan_json::units(files, options, tree, cache);
    let is_planned = |unit: &Unit| {
        plans.iter().any(|plan| {
            matches!(&plan.input, Input::Plan { beside: Some(beside) } if beside.folder == unit.root)
        })
    };
    let (mut units, notices) = terraform::units(files, options, tree, &cache.terraform);
    units.retain(|unit| !is_planned(unit));
    units.extend(plans);
    units.extend(arm::units(files, options, tree, &cache.arm));
    (units, notices)
}

/// Evaluates a unit.
#[must_use]
pub fn evaluate(unit: &Unit, tree: &dyn SourceTree, cache: &Cache) -> Evaluated {
    match &unit.input {
        Input::Terraform { var_files, vars } => {
            let root = &unit.root;
            let evaluated = terraform::evaluate(root, var_files, vars, tree, &cache.terraform);
            terraform::deployments::expand(evaluated, root, tree, cache)
        }
        Input::Plan { beside } => {
            let beside = beside.as_ref();
            let evaluated = terraform::plan_json::evaluate(&unit.root, beside, tree, cache);
            let root = beside.map_or_else(|| unit.root.parent(), |it| it.folder.clone());
            terraform::deployments::expand(evaluated, &root, tree, cache)
        }
        Input::Arm { parameters } => {
            arm::evaluate(&unit.root, parameters.as_ref(), tree, &cache.arm)
        }
    }
}
