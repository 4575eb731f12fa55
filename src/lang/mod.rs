//! The languages: each turns sources into [`Written`] things and [`Fragment`]s, and plans a
//! [`Change`](crate::model::Change) back into byte edits. Above this door nobody knows which language it was.

pub mod arm;
mod planning;
pub mod terraform;

pub use planning::{EditAt, How, Intent, Planned, plan};

use crate::model::{Fragment, Origins, Written};
use crate::source::{FileId, Notice, RelPath, SourceTree};

/// One thing that is evaluated as a whole: a root module with its inputs, or a template with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder of the root module, the template, or the plan.
    pub root: RelPath,
    /// The language and its inputs.
    pub input: Input,
}

/// The inputs of a [`Unit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A root module.
    Terraform {
        /// Variable values files beyond those Terraform loads by itself, in order.
        var_files: Vec<RelPath>,
        /// `name=value` pairs, stronger than any file.
        vars: Vec<(String, String)>,
    },
    /// A Terraform plan in JSON.
    Plan {
        /// The source it was made from, where that stands beside it.
        beside: Option<terraform::plan_json::Beside>,
    },
    /// A deployment template.
    Arm {
        /// Its parameter file, where there is one.
        parameters: Option<RelPath>,
    },
}

/// What evaluating a unit gives.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// The resources as written, instances expanded.
    pub written: Vec<Written>,
    /// What they say in the cloud's terms.
    pub fragments: Vec<Fragment>,
    /// Where every value comes from.
    pub origins: Origins,
    /// What the user must know.
    pub notices: Vec<Notice>,
    /// Every text that was read for it, sorted.
    pub files: Vec<FileId>,
}

/// What decides which units there are.
#[derive(Clone, Debug, Default)]
pub struct UnitOptions {
    /// `--var-file`, in order.
    pub var_files: Vec<RelPath>,
    /// `--var`.
    pub vars: Vec<(String, String)>,
    /// `--parameters`, in order; each is paired with the templates it fits.
    pub parameters: Vec<RelPath>,
    /// `--plan-source`: the folder of the source of every plan; without it, the folder of each.
    pub plan_source: Option<RelPath>,
}

/// Parsed files and modules of a run, shared by its units and by the passes of a fix.
#[derive(Debug, Default)]
pub struct Cache {
    /// Parsed Terraform files.
    pub terraform: terraform::Cache,
    /// Parsed templates and parameter files.
    pub arm: arm::Cache,
}

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

/// Edits in one language that fulfil a wish, before they are proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The edits: sorted, disjoint, never empty.
    pub edits: Vec<crate::edit::Edit>,
    /// The most the planner claims.
    pub ceiling: crate::edit::Applicability,
    /// What it does, as an imperative sentence without a period.
    pub summary: String,
    /// The most references that a value which is changed comes through: so many other places there
    /// are to change it at. 0 where all of it is written in the resource.
    pub references: usize,
}
