//! Terraform: modules, evaluation, the written shape, the lens onto the cloud's terms, planning back.

mod console;
mod convert;
pub mod deployments;
mod eval;
mod expand;
mod functions;
mod inputs;
mod instance;
mod json_body;
pub mod lens;
mod module;
mod modules;
mod parsed;
pub mod plan;
pub mod plan_json;
mod providers;
mod roots;
mod scope;
mod section;
mod types;
mod written;

#[cfg(test)]
mod tests;

pub use console::console;
pub use parsed::{Cache, JsonText, Parsed};

use crate::lang::{Evaluated, Unit, UnitOptions};
use crate::model::WrittenId;
use crate::source::{Notice, RelPath, SourceTree};
use eval::Evaluation;
use inputs::Given;
use modules::Folders;
use providers::Majors;

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
fn evaluate_source(
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

/// Finds the root modules among `files`: every folder with configuration that no other folder calls.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> (Vec<Unit>, Vec<Notice>) {
    (roots::units(files, options, tree, cache), Vec::new())
}
