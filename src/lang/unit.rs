//! Units, and what evaluating one gives.

use super::{arm, terraform};
use crate::model::{Fragment, Origins, Written};
use crate::source::{FileId, Notice, RelPath};

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
