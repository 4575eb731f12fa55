//! What proving needs to know.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{Fix, Refusal};
use crate::finding::UnitId;
use crate::lang::EditAt;
use crate::source::{FileId, SourceTree};

use super::candidate::Candidate;
use super::{Bench, Judged};

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
