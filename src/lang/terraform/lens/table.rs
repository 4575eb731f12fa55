//! The lens files, packed into the program by the build script.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::schema::{Lens, Part, Row, Target, Via};
use crate::model::facts::store::Decoded;

pub(super) static LENSES: Decoded<Lens> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/lens.bin")));
static WRITERS: Decoded<Vec<String>> = Decoded::new(include_bytes!(concat!(
    env!("OUT_DIR"),
    "/lens-writers.bin"
)));

/// The paths that a target of a type can speak of, by type, target and major.
type Coverages = HashMap<(String, usize, u32), Arc<Vec<String>>>;

static COVERAGES: LazyLock<Mutex<Coverages>> = LazyLock::new(Mutex::default);

/// The lens of the Terraform type `kind`.
pub(super) fn lens(kind: &str) -> Option<Arc<Lens>> {
    LENSES.get(kind)
}

/// The Terraform types whose own resource is of the ARM type `arm`, sorted.
pub(super) fn writers(arm: &str) -> Arc<Vec<String>> {
    WRITERS.get(arm).unwrap_or_default()
}

/// The paths that `target`, the one at `index` of the lens of `kind`, can speak of in `major`: lower
/// case, `[*]` for elements, sorted.
pub(super) fn coverage(kind: &str, index: usize, target: &Target, major: u32) -> Arc<Vec<String>> {
    let mut known = COVERAGES.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (kind.to_owned(), index, major);
    let paths = known
        .entry(key)
        .or_insert_with(|| Arc::new(paths(target, major)));
    Arc::clone(paths)
}

fn paths(target: &Target, major: u32) -> Vec<String> {
    let always = ["type", "apiversion", "name"].map(str::to_owned);
    let constants = target
        .constants
        .iter()
        .map(|constant| pattern(&constant.arm));
    let mut paths: Vec<String> = always.into_iter().chain(constants).collect();
    for row in target.rows_in(major) {
        paths.extend(patterns(row));
    }
    paths.sort();
    paths.dedup();
    paths
}

/// The patterns that a row speaks of.
fn patterns(row: &Row) -> Vec<String> {
    let whole = pattern(&row.arm);
    match &row.via {
        Some(Via::Pairs(member)) => ["name", member]
            .map(|member| format!("{whole}[*].{}", member.to_ascii_lowercase()))
            .to_vec(),
        _ => vec![whole],
    }
}

/// The path of a row as coverage spells it: lower case, every list step `[*]`.
pub(super) fn pattern(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Name(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(&name.to_ascii_lowercase());
            }
            Part::Each
            | Part::At(_)
            | Part::Append
            | Part::Key
            | Part::Where(..)
            | Part::EachWhere(..) => out.push_str("[*]"),
        }
    }
    out
}

/// The path of an argument as Terraform spells it, without list steps.
pub(super) fn argument(parts: &[Part]) -> String {
    names(parts).join(".")
}

/// The names on a path.
pub(super) fn names(parts: &[Part]) -> Vec<&str> {
    let names = parts.iter().filter_map(|part| match part {
        Part::Name(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// Returns `true` if the part stands for each item of a list.
pub(super) fn is_star(part: &Part) -> bool {
    matches!(part, Part::Each | Part::Key | Part::EachWhere(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_lens_decodes_and_names_arguments_that_exist() {
        assert!(LENSES.store().len() > 500);
        for index in 0..LENSES.store().len() {
            let kind = LENSES.store().name(index).unwrap();
            let lens = LENSES
                .at(index)
                .unwrap_or_else(|| panic!("{kind} does not decode"));
            let schema = crate::model::facts::schema(kind).unwrap();
            for row in lens.targets.iter().flat_map(|target| &target.rows) {
                for tf in &row.tf {
                    let names = names(tf);
                    let known = schema.attribute(&names).is_some() || schema.is_block(&names);
                    assert!(known, "{kind} has no argument {names:?}");
                }
            }
        }
    }

    #[test]
    fn only_the_lenses_that_are_asked_for_are_decoded() {
        static FRESH: Decoded<Lens> =
            Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/lens.bin")));
        assert_eq!(FRESH.decoded(), 0);
        assert!(FRESH.get("azurerm_storage_account").is_some());
        assert_eq!(FRESH.decoded(), 1);
    }
}
