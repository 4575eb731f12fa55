//! Which files are templates, and which parameter file goes with which.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Cache;
use super::template::level;
use crate::lang::{Input, Unit, UnitOptions};
use crate::source::{ReadError, RelPath, SourceTree};
use crate::syntax::json::Node;

/// Returns `true` if a file that starts with these bytes may be a deployment template. Cheap: a
/// template names its schema near its start, and nothing else of that name is a template.
#[must_use]
pub fn is_template(head: &[u8]) -> bool {
    // In UTF-16 a zero byte stands beside each letter.
    if head.get(..4).is_some_and(|first| first.contains(&0)) {
        let letters: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
        return holds(&letters, b"deploymenttemplate.json");
    }
    holds(head, b"deploymenttemplate.json")
}

/// Whether `word`, in lower case, stands in `text` in any case.
fn holds(text: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else {
        return true;
    };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text).any(|at| {
        let found = text.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// The templates among `files`, each with its parameter file.
///
/// The parameter file is the one of `--parameters` whose name starts like the template's (or the only
/// one given, for a single template); else `NAME.parameters.json` beside the template. Files for
/// other environments (`NAME.parameters.dev.json`) are used only when they are named.
#[must_use]
pub fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Vec<Unit> {
    let templates: Vec<&RelPath> = files
        .par_iter()
        .filter(|path| is_json(path) && has_level(path, tree, cache))
        .collect();
    let only = templates.len() == 1;
    let units = templates.iter().map(|path| Unit {
        root: (*path).clone(),
        input: Input::Arm {
            parameters: parameters(path, only, options, tree),
        },
    });
    without_linked(units.collect(), tree, cache)
}

/// `units` without the templates that others of them deploy: those are judged with the values that
/// they are given there. A link that leads nowhere, or that is never followed, takes nothing away.
fn without_linked(mut units: Vec<Unit>, tree: &dyn SourceTree, cache: &Cache) -> Vec<Unit> {
    let deployed = |unit: &Unit| {
        let Ok(file) = tree.read(&unit.root) else {
            return BTreeSet::new();
        };
        // Only a template that links may deploy another file.
        if !holds(file.text.as_bytes(), b"templatelink") {
            return BTreeSet::new();
        }
        let Input::Arm { parameters } = &unit.input else {
            return BTreeSet::new();
        };
        let evaluated = super::evaluate(&unit.root, parameters.as_ref(), tree, cache);
        let paths = evaluated.files.iter().filter_map(|id| tree.get(*id));
        let others = paths.filter(|other| other.path != unit.root);
        others.map(|other| other.path.clone()).collect()
    };
    let deployed: Vec<BTreeSet<RelPath>> = units.par_iter().map(deployed).collect();
    // Templates that deploy each other in a circle keep one that they are judged through.
    let mut kept: BTreeSet<RelPath> = BTreeSet::new();
    let mut gone: BTreeSet<&RelPath> = BTreeSet::new();
    let linked: BTreeSet<&RelPath> = deployed.iter().flatten().collect();
    let in_order = || units.iter().zip(&deployed);
    let roots = in_order().filter(|(unit, _)| !linked.contains(&unit.root));
    let rest = in_order().filter(|(unit, _)| linked.contains(&unit.root));
    for (unit, deploys) in roots.chain(rest) {
        if !gone.contains(&unit.root) {
            kept.insert(unit.root.clone());
            gone.extend(deploys);
        }
    }
    units.retain(|unit| kept.contains(&unit.root));
    units
}

#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the name is in lower case"
)]
fn is_json(path: &RelPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let is_terraform = name.ends_with(".tf.json") || name.ends_with(".tfvars.json");
    (name.ends_with(".json") || name.ends_with(".jsonc")) && !is_terraform
}

fn has_level(path: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> bool {
    let file = match tree.read(path) {
        Ok(file) => file,
        // What is no text is told when the unit is evaluated; what is not there is no unit.
        Err(error) => return error != ReadError::Missing,
    };
    if !is_template(
        file.text
            .get(..file.text.len().min(65_536))
            .unwrap_or(&file.text)
            .as_bytes(),
    ) {
        return false;
    }
    let parsed = cache.parsed(&file);
    match parsed.root() {
        // What cannot be read is reported when the unit is evaluated.
        None => true,
        Some(root) => root
            .get("$schema")
            .and_then(Node::as_str)
            .as_deref()
            .and_then(level)
            .is_some(),
    }
}

fn parameters(
    template: &RelPath,
    only: bool,
    options: &UnitOptions,
    tree: &dyn SourceTree,
) -> Option<RelPath> {
    let name = template.file_name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let fits = |path: &&RelPath| path.file_name().starts_with(&format!("{stem}."));
    if let Some(named) = options.parameters.iter().find(fits) {
        return Some(named.clone());
    }
    if only && let [single] = options.parameters.as_slice() {
        return Some(single.clone());
    }
    let beside = template.parent().join(&format!("{stem}.parameters.json"))?;
    tree.read(&beside).is_ok().then_some(beside)
}
