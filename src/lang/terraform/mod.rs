//! Terraform: modules, evaluation, the written shape, the lens onto the cloud's terms, planning back.

mod console;
mod convert;
pub mod deployments;
mod eval;
mod evaluate;
mod expand;
mod expansion;
mod functions;
mod inputs;
mod instance;
mod json_body;
pub mod lens;
mod module;
mod module_instance;
mod modules;
mod outline;
mod parsed;
pub mod plan;
pub mod plan_json;
mod providers;
mod roots;
mod said;
mod scope;
mod section;
mod types;
mod written;

#[cfg(test)]
mod tests;

pub use console::console;
pub use evaluate::{evaluate, evaluate_source};
pub use parsed::{Cache, JsonText, Parsed};

use crate::lang::{Unit, UnitOptions};
use crate::source::{Notice, RelPath, SourceTree};

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
