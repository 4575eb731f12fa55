//! Terraform: modules, evaluation, the written shape, the lens onto the cloud's terms, planning back.

use crate::lang::Evaluated;
use crate::source::{RelPath, SourceTree};

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
