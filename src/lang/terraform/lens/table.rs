//! The lens files, packed into the program by the build script.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::schema::{Lens, Part, Row, Target, Via};
use crate::model::facts::store::Decoded;
use crate::model::facts::{Schema, schema};
use crate::model::{ApiVersion, Kind, Value};

pub(super) static LENSES: Decoded<Lens> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/lens.bin")));
static WRITERS: Decoded<Vec<String>> = Decoded::new(include_bytes!(concat!(
    env!("OUT_DIR"),
    "/lens-writers.bin"
)));

/// What a target of a lens says in one major version, made ready.
#[derive(Debug)]
pub(super) struct Reach {
    /// The ARM type.
    pub(super) kind: Kind,
    /// The API version that the provider sends.
    pub(super) api: Option<ApiVersion>,
    /// The paths that it can speak of: lower case, `[*]` for elements, sorted.
    pub(super) coverage: Arc<Vec<String>>,
    /// The rows that hold in the major, in their order.
    rows: Vec<usize>,
    /// Those of them that send something even when their argument is not written.
    always: Vec<usize>,
    /// The others, by the first name of their argument.
    by_name: FxHashMap<Arc<str>, Vec<usize>>,
}

/// By the places of the lens and the target, and by major.
type Reaches = FxHashMap<(usize, usize, u32), Arc<Reach>>;

static REACHES: LazyLock<RwLock<Reaches>> = LazyLock::new(RwLock::default);

/// The lens of the Terraform type `kind`.
pub(super) fn lens(kind: &str) -> Option<Arc<Lens>> {
    LENSES.get(kind)
}

/// A Terraform type that has a lens.
#[derive(Debug)]
pub(super) struct Known {
    /// Its lens.
    pub(super) lens: Arc<Lens>,
    /// The place of the lens among all.
    place: usize,
    /// What the provider says of the type.
    pub(super) schema: Option<Arc<Schema>>,
}

static KNOWN: LazyLock<RwLock<FxHashMap<String, Arc<Known>>>> = LazyLock::new(RwLock::default);

/// What is known of the Terraform type `kind`, if it has a lens.
pub(super) fn known(kind: &str) -> Option<Arc<Known>> {
    let all = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(kind) {
        return Some(Arc::clone(known));
    }
    drop(all);
    let known = LENSES.store().find(kind).and_then(|place| {
        Some(Arc::new(Known {
            lens: LENSES.at(place)?,
            place,
            schema: schema(kind),
        }))
    });
    // Hostile text may name types without end; only those that there are are kept.
    if let Some(known) = &known {
        let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(kind.to_owned(), Arc::clone(known));
    }
    known
}

/// The Terraform types whose own resource is of the ARM type `arm`, sorted.
pub(super) fn writers(arm: &str) -> Arc<Vec<String>> {
    WRITERS.get(arm).unwrap_or_default()
}

/// What `target`, the one at `index` of the lens of a type, says in `major`.
pub(super) fn reach(of: &Known, index: usize, target: &Target, major: u32) -> Arc<Reach> {
    let key = (of.place, index, major);
    let known = REACHES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(reach) = known.get(&key) {
        return Arc::clone(reach);
    }
    drop(known);
    let reach = Arc::new(Reach::of(target, major));
    let mut known = REACHES.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.entry(key).or_insert(reach))
}

impl Reach {
    fn of(target: &Target, major: u32) -> Self {
        let mut reach = Self {
            kind: Kind::new(target.arm.as_str()),
            api: target.api_in(major).and_then(ApiVersion::new),
            coverage: Arc::new(paths(target, major)),
            rows: Vec::new(),
            always: Vec::new(),
            by_name: FxHashMap::default(),
        };
        for (index, row) in target.rows.iter().enumerate() {
            if !row.is_in(major) {
                continue;
            }
            reach.rows.push(index);
            match row.lead().and_then(<[Part]>::split_first) {
                Some((Part::Name(name), rest)) => {
                    let in_block = rest.iter().all(|part| *part == Part::Each);
                    if row.sent_for_absent(in_block, major).is_none() {
                        let rows = reach.by_name.entry(Arc::clone(name)).or_default();
                        rows.push(index);
                    } else {
                        reach.always.push(index);
                    }
                }
                _ => reach.always.push(index),
            }
        }
        reach
    }

    /// The places of the rows that can send anything for `args`, in their order. Most rows of most
    /// resources read what is not written and send nothing for that; they are not among them.
    pub(super) fn rows_for(&self, args: &Value) -> Vec<usize> {
        let Some(args) = args.as_map().filter(|args| !args.open) else {
            return self.rows.clone();
        };
        let written = args.entries.iter().filter(|entry| !entry.value.is_null());
        let of_written = written
            .filter_map(|entry| self.by_name.get(&entry.key))
            .flatten();
        let mut rows: Vec<usize> = self.always.iter().chain(of_written).copied().collect();
        rows.sort_unstable();
        rows
    }
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
        Part::Name(name) => Some(&**name),
        _ => None,
    });
    names.collect()
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
