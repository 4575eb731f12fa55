//! Evaluating a root module.

use super::eval::{self, Evaluation};
use super::inputs::Given;
use super::lens;
use super::modules::Folders;
use super::parsed::Cache;
use super::providers::Majors;
use crate::lang::Evaluated;
use crate::model::WrittenId;
use crate::source::{RelPath, SourceTree};

/// Evaluates the root module in `root` with all the modules that it calls.
#[must_use]
pub fn evaluate(
    root: &RelPath,
    var_files: &[RelPath],
    vars: &[(String, String)],
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let mut evaluated = evaluate_source((root, var_files, vars), tree, cache);
    for (index, written) in (0..).zip(&evaluated.written) {
        let id = WrittenId(index);
        let fragments = lens::fragments(written, id, &mut evaluated.origins);
        evaluated.fragments.extend(fragments);
    }
    evaluated
}

/// What the root module writes, in Terraform's own terms: no lens is looked through yet.
#[must_use]
pub fn evaluate_source(
    (root, var_files, vars): (&RelPath, &[RelPath], &[(String, String)]),
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let mut folders = Folders::load(root, tree, cache);
    let mut given = Given::load(root, var_files, vars, tree, cache);
    let mut notices = std::mem::take(&mut folders.notices);
    notices.append(&mut given.notices);
    let modules = folders.modules(&mut notices);
    let majors = Majors::of(root, &modules, tree, cache);
    let mut files = folders.ids();
    files.extend(given.ids());
    files.sort_unstable();
    files.dedup();
    let mut evaluated = Evaluated {
        notices,
        files,
        ..Evaluated::default()
    };
    let world = eval::World {
        modules: &modules,
        folders: &folders,
        majors: &majors,
        tree,
        root,
    };
    // A folder whose files all failed to be read declares nothing; the notices say why.
    let Some(mut evaluation) = Evaluation::new(world, given.inputs()) else {
        return evaluated;
    };
    evaluated.written = evaluation.written();
    evaluated.notices.extend(evaluation.take_notices());
    evaluated.origins = std::mem::take(&mut evaluation.origins);
    evaluated
}
