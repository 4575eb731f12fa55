//! Terraform: modules, evaluation, the written shape, the lens onto the cloud's terms, planning back.

pub mod lens;
pub mod plan;

use std::collections::BTreeSet;

use crate::lang::{Evaluated, Input, Unit, UnitOptions};
use crate::source::{Notice, NoticeKind, RelPath, SourceTree};
use crate::syntax::hcl;

/// Parsed files by id, and module folders by path.
#[derive(Debug, Default)]
pub struct Cache {}

/// Evaluates the root module in `root`.
///
/// Expressions are not evaluated yet: the files are parsed so that broken syntax is reported, and a
/// notice says that nothing was judged.
#[must_use]
pub fn evaluate(
    root: &RelPath,
    var_files: &[RelPath],
    vars: &[(String, String)],
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let _ = (var_files, vars, cache);
    let mut evaluated = Evaluated::default();
    for path in tree.list(root).into_iter().filter(is_configuration) {
        match tree.read(&path) {
            Ok(file) => {
                evaluated.files.push(file.id);
                if path.file_name().ends_with(".json") {
                    continue;
                }
                evaluated
                    .notices
                    .extend(hcl::parse(&file).notices().iter().cloned());
            }
            Err(error) => {
                let message = format!("`{path}` cannot be read: {error}.");
                evaluated
                    .notices
                    .push(Notice::about(NoticeKind::UnreadableInput, path, message));
            }
        }
    }
    let message = "Terraform configuration is parsed but not evaluated yet: nothing in this folder is judged.";
    evaluated.notices.push(Notice::about(
        NoticeKind::Unsupported,
        root.clone(),
        message,
    ));
    evaluated.files.sort_unstable();
    evaluated
}

/// Finds the root modules among `files`: every folder with Terraform files.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> (Vec<Unit>, Vec<Notice>) {
    let _ = (tree, cache);
    let folders: BTreeSet<RelPath> = files
        .iter()
        .filter(|path| is_configuration(path))
        .map(RelPath::parent)
        .collect();
    let units = folders.into_iter().map(|root| Unit {
        root,
        input: Input::Terraform {
            var_files: options.var_files.clone(),
            vars: options.vars.clone(),
        },
    });
    (units.collect(), Vec::new())
}

fn is_configuration(path: &RelPath) -> bool {
    let name = path.file_name();
    [".tf", ".tofu", ".tf.json"]
        .iter()
        .any(|ending| name.ends_with(ending))
}
