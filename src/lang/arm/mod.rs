//! ARM templates: parameters, variables, expansion, the written shape, planning back.

pub mod plan;

use crate::lang::Evaluated;
use crate::source::{RelPath, SourceTree};

/// Evaluates the template at `root` with its parameter file.
#[must_use]
pub fn evaluate(root: &RelPath, parameters: Option<&RelPath>, tree: &dyn SourceTree) -> Evaluated {
    let _ = (root, parameters, tree);
    todo!()
}
