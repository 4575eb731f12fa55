//! One batch until each of its candidates is proven or refused: where it does not hold as a whole it is
//! halved, and what does not hold alone is tried at other places.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Applicability, Edit, Fix};
use crate::lang::{EditAt, Intent};

use super::batch::Fault;
use super::candidate::Candidate;
use super::proof::{Outcome, Proof, Scope};

/// At most so many other places of one value are tried.
const MOST_PLACES: usize = 3;

/// A batch under way.
pub(super) struct Settling<'p> {
    proof: &'p Proof<'p>,
    /// What holds so far and is taken together with what comes.
    held: Vec<Candidate>,
    /// Whom that reaches beside those it means.
    reached: BTreeSet<String>,
    outcomes: Vec<Outcome>,
}

impl<'p> Settling<'p> {
    pub(super) fn new(proof: &'p Proof<'p>) -> Self {
        Self {
            proof,
            held: Vec::new(),
            reached: BTreeSet::new(),
            outcomes: Vec::new(),
        }
    }

    /// Proves or refuses each candidate of `batch`, which do not touch each other.
    pub(super) fn settle(mut self, mut batch: Vec<Candidate>) -> Vec<Outcome> {
        // Those that share an edit stand side by side, so that they stay together for longest.
        batch.sort_by(|a, b| a.fix.edits.cmp(&b.fix.edits));
        let mut work = vec![batch];
        while let Some(mut batch) = work.pop() {
            if batch.len() == 1 {
                if let Some(only) = batch.pop() {
                    self.settle_one(only);
                }
                continue;
            }
            match self.attempt(&batch) {
                Some(Ok(others)) if others.is_empty() => self.hold_all(batch),
                _ => {
                    let second = batch.split_off(middle(&batch));
                    work.push(second);
                    work.push(batch);
                }
            }
        }
        self.outcomes
    }

    /// Tries `batch` together with what holds so far; `None` where it touches that, and so has to wait.
    fn attempt(&self, batch: &[Candidate]) -> Option<Result<BTreeSet<String>, Fault>> {
        let all: Vec<&Candidate> = self.held.iter().chain(batch).collect();
        let fixes: Vec<&Fix> = all.iter().map(|candidate| &candidate.fix).collect();
        if edit::select(&fixes).len() < all.len() {
            return None;
        }
        let outcome = self.proof.attempt(&all);
        Some(outcome.map(|others| others.difference(&self.reached).cloned().collect()))
    }

    fn settle_one(&mut self, candidate: Candidate) {
        let Some(outcome) = self.attempt(std::slice::from_ref(&candidate)) else {
            return;
        };
        let reason = match outcome {
            Ok(others) if others.is_empty() => return self.hold(candidate, Vec::new()),
            Ok(others) => {
                let wide = widen(candidate.clone(), others.clone());
                if let Some(narrow) = self.elsewhere(&candidate) {
                    self.hold(narrow, vec![wide.fix]);
                } else {
                    self.reached.extend(others);
                    self.hold(wide, Vec::new());
                }
                return;
            }
            Err(fault) => {
                let followed = matches!(fault, Fault::Causes(_))
                    .then(|| self.followed(&candidate))
                    .flatten();
                if let Some((whole, others)) = followed {
                    self.reached.extend(others.iter().cloned());
                    let whole = if others.is_empty() {
                        whole
                    } else {
                        widen(whole, others)
                    };
                    return self.hold(whole, Vec::new());
                }
                fault.refusal()
            }
        };
        match self.elsewhere(&candidate) {
            Some(narrow) => self.hold(narrow, Vec::new()),
            None => self.outcomes.push((candidate.finding, Err(reason))),
        }
    }

    /// The same fix with what its own findings need, where all of it holds.
    fn followed(&self, candidate: &Candidate) -> Option<(Candidate, BTreeSet<String>)> {
        let whole = self.proof.follow_up(candidate)?;
        let others = self.attempt(std::slice::from_ref(&whole))?.ok()?;
        Some((whole, others))
    }

    /// The fix of the same finding at the place nearest to the definition from which only what should
    /// change does.
    fn elsewhere(&self, candidate: &Candidate) -> Option<Candidate> {
        if self.proof.bench.at != EditAt::Nearest {
            return None;
        }
        let references = candidate.references;
        let inner = (0..references.saturating_sub(1)).map(EditAt::Reference);
        let places = inner.take(MOST_PLACES - 1).chain([EditAt::Use]);
        let mut tried = vec![candidate.fix.edits.clone()];
        for at in places.take(references) {
            let Ok(mut other) = (self.proof.replan)(candidate.finding, at) else {
                continue;
            };
            if tried.contains(&other.fix.edits) {
                continue;
            }
            // Whoever sets the value does not decide any more.
            other.fix.applicability = other.fix.applicability.min(Applicability::Unsafe);
            let outcome = self.attempt(std::slice::from_ref(&other));
            if matches!(outcome, Some(Ok(others)) if others.is_empty()) {
                return Some(other);
            }
            tried.push(other.fix.edits);
        }
        None
    }

    /// Takes a batch that holds. Those whose edits are shared reach each other.
    fn hold_all(&mut self, batch: Vec<Candidate>) {
        let mut sharing: BTreeMap<Edit, Vec<usize>> = BTreeMap::new();
        for (index, candidate) in batch.iter().enumerate() {
            for edit in &candidate.fix.edits {
                sharing.entry(edit.clone()).or_default().push(index);
            }
        }
        let others_of = |candidate: &Candidate| -> BTreeSet<String> {
            let own: BTreeSet<&str> = addresses(candidate).collect();
            let shared = candidate
                .fix
                .edits
                .iter()
                .filter_map(|edit| sharing.get(edit));
            let others = shared.flatten().filter_map(|index| batch.get(*index));
            let others = others.flat_map(addresses).filter(|it| !own.contains(it));
            others.map(str::to_owned).collect()
        };
        let others: Vec<BTreeSet<String>> = batch.iter().map(others_of).collect();
        for (candidate, others) in batch.into_iter().zip(others) {
            if others.is_empty() {
                self.hold(candidate, Vec::new());
            } else {
                self.hold(widen(candidate, others), Vec::new());
            }
        }
    }

    fn hold(&mut self, candidate: Candidate, alternatives: Vec<Fix>) {
        let mut fixes = vec![candidate.fix.clone()];
        fixes.extend(alternatives);
        self.outcomes.push((candidate.finding, Ok(fixes)));
        if self.proof.scope == Scope::NextPass {
            self.held.push(candidate);
        }
    }
}

/// Where a batch is halved: near its middle, between two that share no edit where there are such.
fn middle(batch: &[Candidate]) -> usize {
    let half = batch.len() / 2;
    let parted = |index: &usize| {
        let (a, b) = (&batch[*index - 1].fix.edits, &batch[*index].fix.edits);
        !a.iter().any(|edit| b.contains(edit))
    };
    let ends = (1..batch.len()).filter(parted);
    ends.min_by_key(|index| index.abs_diff(half))
        .unwrap_or(half)
}

/// A fix that reaches further than its finding is at most unsafe, and says whom it reaches.
fn widen(mut candidate: Candidate, others: BTreeSet<String>) -> Candidate {
    let fix = &mut candidate.fix;
    fix.applicability = fix.applicability.min(Applicability::Unsafe);
    fix.also_affects = others.into_iter().collect();
    candidate
}

/// The written resources that a candidate means to change.
fn addresses(candidate: &Candidate) -> impl Iterator<Item = &str> {
    candidate
        .intents
        .iter()
        .filter_map(|(_, intent)| match intent {
            Intent::At { address, .. } | Intent::Gone(address) => Some(address.as_str()),
            Intent::New(_) => None,
        })
}
