//! From wishes to candidate fixes, and from candidates to proven ones.

use std::collections::BTreeMap;

use crate::edit::{Applicability, Refusal};
use crate::finding::{Finding, State, UnitId};
use crate::lang::EditAt;
use crate::source::SourceTree;

use super::candidate::{Candidate, candidate};
use super::proof::{Proof, Scope, readers};
use super::prove::prove;
use super::{Bench, Judged};

/// Which fixes are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Fixes below this are not proposed.
    pub threshold: Applicability,
    /// How many of them are to be proven.
    pub scope: Scope,
}

/// Plans and proves a fix for every open finding of a merged list. Each finding gets a fix, or the
/// reason why there is none. `judged` holds the units that have findings, as `tree` has them.
pub fn propose(
    findings: &mut [Finding],
    judged: &BTreeMap<UnitId, Judged>,
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
    options: Options,
) {
    let mut candidates = Vec::new();
    for (index, finding) in findings.iter_mut().enumerate() {
        if finding.state != State::Open || finding.wishes.is_empty() {
            continue;
        }
        match nearest(index, finding, judged, (bench, tree)) {
            Ok(candidate) if candidate.fix.applicability.applies(options.threshold) => {
                candidates.push(candidate);
            }
            Ok(_) => {}
            Err(refusal) => finding.refusal = Some(refusal),
        }
    }
    let replan = |index: usize, at: EditAt| -> Result<Candidate, Refusal> {
        candidate(index, &findings[index], judged, (bench, tree), at)
    };
    let proof = Proof {
        judged,
        bench,
        tree,
        scope: options.scope,
        readers: readers(judged),
        replan: &replan,
    };
    for (index, outcome) in prove(candidates, &proof) {
        match outcome {
            Ok(mut fixes) => {
                fixes.retain(|fix| fix.applicability.applies(options.threshold));
                findings[index].fixes = fixes;
            }
            Err(refusal) => findings[index].refusal = Some(refusal),
        }
    }
}

/// The fix at the place that is asked for; where the definition cannot be changed and any place will
/// do, at the use.
fn nearest(
    index: usize,
    finding: &Finding,
    judged: &BTreeMap<UnitId, Judged>,
    (bench, tree): (&Bench<'_>, &dyn SourceTree),
) -> Result<Candidate, Refusal> {
    let plan = |at: EditAt| candidate(index, finding, judged, (bench, tree), at);
    plan(bench.at).or_else(|refusal| {
        if bench.at != EditAt::Nearest {
            return Err(refusal);
        }
        let mut other = plan(EditAt::Use).map_err(|_| refusal)?;
        // Whoever sets the value does not decide any more.
        other.fix.applicability = other.fix.applicability.min(Applicability::Unsafe);
        Ok(other)
    })
}
