//! The proof: which candidates are tried together. Units that a text connects make a cluster, and of a
//! cluster what does not touch makes a batch.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Fix};
use crate::finding::UnitId;

use super::candidate::Candidate;
use super::proof::{Outcome, Proof, Readers, Scope};
use super::settle::Settling;

/// Proves each candidate against the texts as they are; sorted by finding. What is proven for the next
/// pass is proven together, of each cluster.
pub(super) fn prove(candidates: Vec<Candidate>, proof: &Proof<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for cluster in clusters(candidates, &proof.readers) {
        let mut waiting = cluster;
        while !waiting.is_empty() {
            let fixes: Vec<&Fix> = waiting.iter().map(|candidate| &candidate.fix).collect();
            let taken: BTreeSet<usize> = edit::select(&fixes).into_iter().collect();
            let (batch, rest): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .enumerate()
                .partition(|(index, _)| taken.contains(index));
            let batch: Vec<Candidate> = batch.into_iter().map(|(_, candidate)| candidate).collect();
            waiting = rest.into_iter().map(|(_, candidate)| candidate).collect();
            if batch.is_empty() {
                break;
            }
            let settled = Settling::new(proof).settle(batch);
            let some = settled.iter().any(|(_, outcome)| outcome.is_ok());
            outcomes.extend(settled);
            if proof.scope == Scope::NextPass && some {
                break;
            }
        }
    }
    outcomes.sort_by_key(|(finding, _)| *finding);
    outcomes
}

/// Groups candidates whose units are connected by a text that one of them edits. Those of a group stay in
/// their order.
fn clusters(candidates: Vec<Candidate>, readers: &Readers) -> Vec<Vec<Candidate>> {
    let mut connected = Connected::default();
    let mut first_units = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        let files = candidate.files();
        let mut units = files
            .iter()
            .filter_map(|file| readers.get(file))
            .flatten()
            .copied();
        let first = units.next();
        if let Some(first) = first {
            units.for_each(|unit| connected.connect(first, unit));
        }
        first_units.push(first);
    }
    let mut clusters: BTreeMap<Option<UnitId>, Vec<Candidate>> = BTreeMap::new();
    for (candidate, first) in candidates.into_iter().zip(first_units) {
        let leader = first.map(|unit| connected.leader(unit));
        clusters.entry(leader).or_default().push(candidate);
    }
    clusters.into_values().collect()
}

/// Which units belong together: each leads to another one of its group, or is the group's leader.
#[derive(Default)]
struct Connected(BTreeMap<UnitId, UnitId>);

impl Connected {
    fn leader(&mut self, unit: UnitId) -> UnitId {
        let mut at = unit;
        while let Some(next) = self.0.get(&at).copied() {
            // Each step is made to lead further, so that ways stay short.
            if let Some(behind) = self.0.get(&next).copied() {
                self.0.insert(at, behind);
            }
            at = next;
        }
        at
    }

    fn connect(&mut self, one: UnitId, other: UnitId) {
        let (one, other) = (self.leader(one), self.leader(other));
        if one != other {
            self.0.insert(one.max(other), one.min(other));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_connected_in_any_order_have_one_leader() {
        let links = [(4, 5), (2, 3), (5, 2), (7, 8), (3, 4)];
        for start in 0..links.len() {
            let mut connected = Connected::default();
            for (one, other) in links.iter().cycle().skip(start).take(links.len()) {
                connected.connect(UnitId(*one), UnitId(*other));
            }
            let leaders = [2, 3, 4, 5, 7, 8, 9].map(|unit| connected.leader(UnitId(unit)).0);
            assert_eq!(leaders, [2, 2, 2, 2, 7, 7, 9], "starting with link {start}");
        }
    }
}
