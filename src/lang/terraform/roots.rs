//! Which folders are root modules: those that no other folder calls.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::module::Module;
use super::modules::{self, Source};
use super::parsed::Cache;
use crate::lang::{Input, Unit, UnitOptions};
use crate::source::{RelPath, SourceTree};

/// The folders that each folder calls.
type Calls = BTreeMap<RelPath, BTreeSet<RelPath>>;

/// The root modules among `files`, each a unit. A folder that another one calls is judged through its
/// callers.
pub(super) fn units(
    files: &[RelPath],
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Vec<Unit> {
    let folders: BTreeSet<RelPath> = files
        .iter()
        .filter(|path| modules::stem(path.file_name()).is_some())
        .map(RelPath::parent)
        .collect();
    let calls: Calls = folders
        .into_par_iter()
        .map(|folder| {
            let targets = called_by(&folder, tree, cache);
            (folder, targets)
        })
        .collect();
    roots(&calls)
        .into_iter()
        .map(|root| Unit {
            root,
            input: Input::Terraform {
                var_files: options.var_files.clone(),
                vars: options.vars.clone(),
            },
        })
        .collect()
}

fn called_by(folder: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> BTreeSet<RelPath> {
    // What cannot be read is reported when the unit is evaluated.
    let files = modules::read(folder, tree, cache, &mut Vec::new());
    let calls = Module::calls_of(&files);
    let targets = calls.iter().filter_map(|call| {
        let Source::Folder(target) = modules::local(folder, call) else {
            return None;
        };
        (target != *folder).then_some(target)
    });
    targets.collect()
}

/// The folders that are not called. Of folders that call each other in a circle, which nobody else
/// calls, the first one counts as a root, so that none is passed over in silence.
fn roots(calls: &Calls) -> BTreeSet<RelPath> {
    let called: BTreeSet<&RelPath> = calls.values().flatten().collect();
    let mut roots: BTreeSet<RelPath> = calls
        .keys()
        .filter(|folder| !called.contains(folder))
        .cloned()
        .collect();
    let mut reached = BTreeSet::new();
    for root in &roots {
        reach(root, calls, &mut reached);
    }
    for folder in calls.keys() {
        if !reached.contains(folder) {
            roots.insert(folder.clone());
            reach(folder, calls, &mut reached);
        }
    }
    roots
}

fn reach(from: &RelPath, calls: &Calls, reached: &mut BTreeSet<RelPath>) {
    let mut rest = vec![from];
    while let Some(folder) = rest.pop() {
        if reached.insert(folder.clone()) {
            rest.extend(calls.get(folder).into_iter().flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_called_is_no_root_unless_only_a_circle_calls_it() {
        let path = |text| RelPath::new(text).unwrap();
        let calls: Calls = [
            ("app", vec!["modules/a", "elsewhere"]),
            ("modules/a", vec!["modules/b"]),
            ("modules/b", vec![]),
            ("ring/x", vec!["ring/y"]),
            ("ring/y", vec!["ring/x"]),
            ("alone", vec![]),
        ]
        .into_iter()
        .map(|(folder, targets)| (path(folder), targets.into_iter().map(path).collect()))
        .collect();
        let roots: Vec<String> = roots(&calls).iter().map(ToString::to_string).collect();
        assert_eq!(roots, ["alone", "app", "ring/x"]);
    }
}
