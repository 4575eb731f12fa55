//! Which files are plans, and whose.

use rayon::prelude::*;

use super::document::exact;
use super::source;
use crate::lang::{Cache, Input, Unit, UnitOptions};
use crate::model::Written;
use crate::source::{RelPath, SourceTree};

/// Returns `true` if a file that starts with these bytes may be a plan. Cheap: what Terraform prints says
/// the version of its format first.
#[must_use]
pub fn is_plan(head: &[u8]) -> bool {
    // In UTF-16, which some shells write into files, a zero byte stands beside each letter.
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let holds = |word: &str| memchr::memmem::find(&text, word.as_bytes()).is_some();
    holds("\"format_version\"")
        && (holds("\"terraform_version\"")
            || holds("\"planned_values\"")
            || holds("\"resource_changes\""))
}

/// Returns `true` if nothing but a plan says of a resource that it is there.
#[must_use]
pub fn stands_in_plan(written: &Written, tree: &dyn SourceTree) -> bool {
    tree.get(written.node.file)
        .is_some_and(|file| is_json(&file.path) && is_plan(start(&file.text)))
}

/// The plans among `files`, each with the source beside it.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Vec<Unit> {
    let plans: Vec<&RelPath> = files
        .par_iter()
        .filter(|path| is_json(path) && holds_plan(path, tree, cache))
        .collect();
    let unit = |path: &&RelPath| Unit {
        root: (*path).clone(),
        input: Input::Plan {
            beside: source::beside(path, options, tree, cache),
        },
    };
    plans.par_iter().map(unit).collect()
}

fn is_json(path: &RelPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let is_source = [".tf.json", ".tofu.json", ".tfvars.json"]
        .iter()
        .any(|ending| name.ends_with(ending));
    std::path::Path::new(&name)
        .extension()
        .is_some_and(|ending| ending == "json")
        && !is_source
}

fn holds_plan(path: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> bool {
    let Ok(file) = tree.read(path) else {
        return false;
    };
    if !is_plan(start(&file.text)) {
        return false;
    }
    let parsed = cache.arm.parsed(&file);
    // What cannot be read is reported when the unit is evaluated. A state has neither section.
    parsed.root().is_none_or(|root| {
        exact(root, "resource_changes").is_some() || exact(root, "planned_values").is_some()
    })
}

/// As much of a text as is looked at before it is read.
fn start(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    bytes.get(..bytes.len().min(8 << 10)).unwrap_or_default()
}
