//! The lens files, packed into the program by the build script.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::reach::Reach;
use super::schema::{Lens, Target};
use crate::model::facts::store::Decoded;
use crate::model::facts::{Schema, schema};

pub(super) static LENSES: Decoded<Lens> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/lens.bin")));
static WRITERS: Decoded<Vec<String>> = Decoded::new(include_bytes!(concat!(
    env!("OUT_DIR"),
    "/lens-writers.bin"
)));

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
    let reach = Arc::new(Reach::of(target, major, of.schema.as_deref()));
    let mut known = REACHES.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.entry(key).or_insert(reach))
}

#[cfg(test)]
mod tests {
    use super::super::parts::names;
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
