//! Which source stands beside a plan.

use std::sync::Arc;

use crate::model::Written;
use crate::source::RelPath;

/// The source of a plan: its folder, its inputs, and what it said when the plan was read.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The folder of the root module.
    pub folder: RelPath,
    pub(super) var_files: Vec<RelPath>,
    pub(super) vars: Vec<(String, String)>,
    /// What the source said before any fix: where an edit makes it say something else, the plan no
    /// longer speaks of it.
    pub(super) before: Arc<Vec<Written>>,
}

impl PartialEq for Beside {
    fn eq(&self, other: &Self) -> bool {
        let key = |it: &Self| (it.folder.clone(), it.var_files.clone(), it.vars.clone());
        key(self) == key(other)
    }
}

impl Eq for Beside {}

impl Beside {
    /// What the source said when the plan was read.
    pub(super) fn before(&self) -> &[Written] {
        &self.before
    }
}
