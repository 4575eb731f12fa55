//! The proof: which candidates are tried together. Units that a text connects make a cluster, and of a
//! cluster what does not touch makes a batch.

use std::collections::BTreeSet;

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

/// Groups candidates whose units are connected by a text that one of them edits.
fn clusters(candidates: Vec<Candidate>, readers: &Readers) -> Vec<Vec<Candidate>> {
    let mut clusters: Vec<(BTreeSet<UnitId>, Vec<Candidate>)> = Vec::new();
    for candidate in candidates {
        let mut units: BTreeSet<UnitId> = candidate
            .files()
            .iter()
            .filter_map(|file| readers.get(file))
            .flatten()
            .copied()
            .collect();
        let mut members = Vec::new();
        let (joined, apart): (Vec<_>, Vec<_>) = clusters
            .into_iter()
            .partition(|(others, _)| !others.is_disjoint(&units));
        for (others, candidates) in joined {
            units.extend(others);
            members.extend(candidates);
        }
        members.push(candidate);
        clusters = apart;
        clusters.push((units, members));
    }
    clusters.into_iter().map(|(_, members)| members).collect()
}
