//! The proof: which candidates are tried together. Units that a text connects make a cluster, and of a
//! cluster what does not touch makes a batch.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Fix, Refusal};
use crate::finding::{FindingKey, UnitId};
use crate::lang::{EditAt, Intent};
use crate::source::{FileId, SourceTree};

use super::propose::edited_files;
use super::settle::Settling;
use super::{Bench, Judged};

/// A planned fix that is to be proven.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Index of its finding in the merged list.
    pub finding: usize,
    /// What must be gone afterwards.
    pub keys: Vec<FindingKey>,
    /// The fix.
    pub fix: Fix,
    /// What is meant to change, by unit.
    pub intents: Vec<(UnitId, Intent)>,
    /// At how many other places the same could be done.
    pub references: usize,
}

/// What proving needs.
pub(super) struct Proof<'p> {
    /// The units as they are.
    pub judged: &'p BTreeMap<UnitId, Judged>,
    /// What judges them again.
    pub bench: &'p Bench<'p>,
    /// The texts as they are.
    pub tree: &'p dyn SourceTree,
    /// How many of the candidates are to be proven.
    pub scope: Scope,
    /// Which units read which text.
    pub readers: Readers,
    /// Plans the fix of a finding at another place.
    pub replan: &'p Replan<'p>,
}

/// Plans the fix of the finding with this index, where values from elsewhere are changed there.
pub(super) type Replan<'p> = dyn Fn(usize, EditAt) -> Result<Candidate, Refusal> + 'p;

/// The index of a finding with its fixes, the best one first, or the reason why there is none.
pub(super) type Outcome = (usize, Result<Vec<Fix>, Refusal>);

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

/// How many of the candidates are to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All, each against the texts as they are: for a report.
    All,
    /// Of each cluster only what can be taken together now: the rest waits for the next pass anyway.
    NextPass,
}

/// Which units read which text.
pub(super) type Readers = BTreeMap<FileId, BTreeSet<UnitId>>;

pub(super) fn readers(judged: &BTreeMap<UnitId, Judged>) -> Readers {
    let mut readers = Readers::new();
    for (unit, judged) in judged {
        for file in &judged.files {
            readers.entry(*file).or_default().insert(*unit);
        }
    }
    readers
}

/// Groups candidates whose units are connected by a text that one of them edits.
fn clusters(candidates: Vec<Candidate>, readers: &Readers) -> Vec<Vec<Candidate>> {
    let mut clusters: Vec<(BTreeSet<UnitId>, Vec<Candidate>)> = Vec::new();
    for candidate in candidates {
        let mut units: BTreeSet<UnitId> = edited_files(&candidate.fix)
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
