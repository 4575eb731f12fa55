//! What differs between two evaluations of a unit beyond what was meant to, value by value, as the
//! dialect wrote it.

use std::collections::BTreeMap;

use super::explain::{self, Odd};
use crate::lang::Intent;
use crate::model::{Estate, Existence, Path, Written};

/// One evaluated value that differs although nothing was meant to change it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Difference {
    /// The value at this path of the written resource of this address.
    Value {
        /// The address.
        address: String,
        /// The path in the dialect's terms, as it was before; where the value is new, as it is now.
        path: Path,
    },
    /// The value at this path was meant to change and is not what was planned.
    Missed {
        /// The address.
        address: String,
        /// The path in the dialect's terms.
        path: Path,
    },
    /// A written resource that was not there before.
    Added {
        /// Its address.
        address: String,
    },
    /// A written resource that is gone, or exists under another condition.
    Existence {
        /// Its address.
        address: String,
    },
}

impl Difference {
    /// The address of the written resource.
    pub(super) fn address(&self) -> &str {
        match self {
            Self::Value { address, .. }
            | Self::Missed { address, .. }
            | Self::Added { address }
            | Self::Existence { address } => address,
        }
    }
}

/// All differences that no intent accounts for, in the order of declaration.
pub(super) fn compare(before: &Estate, after: &Estate, meant: &[&Intent]) -> Vec<Difference> {
    let mut old = by_address(before);
    let mut new: Vec<&Intent> = meant
        .iter()
        .copied()
        .filter(|intent| matches!(intent, Intent::New(_)))
        .collect();
    let wanted = wants(meant);
    let mut differences = Vec::new();
    for written in &after.written {
        let address = written.address.as_str();
        let Some(previous) = old.get_mut(address).and_then(Vec::pop) else {
            // Each companion that was meant accounts for one that came.
            let one = new
                .iter()
                .position(|intent| matches!(intent, Intent::New(kind) if *kind == written.kind));
            match one {
                Some(index) => drop(new.swap_remove(index)),
                None => differences.push(Difference::Added {
                    address: address.to_owned(),
                }),
            }
            continue;
        };
        if !exists_alike(&previous.existence, &written.existence) {
            differences.push(Difference::Existence {
                address: address.to_owned(),
            });
        }
        let wants = wanted.get(address).map_or(&[][..], Vec::as_slice);
        let odd = explain::unexplained(&previous.args, &written.args, wants);
        let address = || address.to_owned();
        differences.extend(odd.into_iter().map(|odd| match odd {
            Odd::Unmeant(path) => Difference::Value {
                address: address(),
                path,
            },
            Odd::Missed(path) => Difference::Missed {
                address: address(),
                path,
            },
        }));
    }
    let is_meant = |address: &str| {
        meant
            .iter()
            .any(|intent| matches!(intent, Intent::Gone(of) if of == address))
    };
    let gone = old
        .into_iter()
        .filter(|(address, rest)| rest.len() > usize::from(is_meant(address)));
    differences.extend(gone.map(|(address, _)| Difference::Existence {
        address: address.to_owned(),
    }));
    differences
}

/// What is meant to change in each written resource, by its address.
fn wants<'i>(meant: &[&'i Intent]) -> BTreeMap<&'i str, Vec<explain::Want<'i>>> {
    let mut wants: BTreeMap<&str, Vec<explain::Want<'_>>> = BTreeMap::new();
    for intent in meant {
        if let Intent::At {
            address,
            path,
            how,
            to,
        } = intent
        {
            let want = explain::Want::new(path, *how, to.as_ref());
            wants.entry(address.as_str()).or_default().push(want);
        }
    }
    wants
}

/// Templates may declare one address twice, so each address has a list, last first.
fn by_address(estate: &Estate) -> BTreeMap<&str, Vec<&Written>> {
    let mut map: BTreeMap<&str, Vec<&Written>> = BTreeMap::new();
    for written in estate.written.iter().rev() {
        map.entry(written.address.as_str())
            .or_default()
            .push(written);
    }
    map
}

fn exists_alike(before: &Existence, after: &Existence) -> bool {
    match (before, after) {
        (Existence::Certain, Existence::Certain)
        | (Existence::Conditional(_), Existence::Conditional(_)) => true,
        (Existence::Symbolic(a), Existence::Symbolic(b)) => a.says_same(b),
        (Existence::Certain | Existence::Conditional(_) | Existence::Symbolic(_), _) => false,
    }
}
