//! Terraform: modules, evaluation, the written shape, the lens onto the cloud's terms, planning back.

pub mod lens;
pub mod plan;

use crate::lang::{Evaluated, Unit, UnitOptions};
use crate::source::{Notice, RelPath, SourceTree};

/// Parsed files by id, and module folders by path.
#[derive(Debug, Default)]
pub struct Cache {}

/// Evaluates the root module in `root`.
#[must_use]
pub fn evaluate(
    root: &RelPath,
    var_files: &[RelPath],
    vars: &[(String, String)],
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let _ = (root, var_files, vars, tree, cache);
    todo!()
}

/// Finds the root modules among `files`: every folder with Terraform files that no other folder
/// calls. A folder that is called is judged through its callers.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> (Vec<Unit>, Vec<Notice>) {
    let _ = (files, options, tree, cache);
    todo!()
}
