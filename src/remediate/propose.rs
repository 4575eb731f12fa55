//! From wishes to candidate fixes, and from candidates to proven ones.

use std::collections::BTreeMap;

use crate::edit::{Applicability, Edit, Fix, Hazard, Refusal};
use crate::finding::{Finding, State, UnitId, Wish};
use crate::lang::{self, EditAt, Intent, Planned};
use crate::model::ResourceId;
use crate::source::{FileId, SourceTree};

use super::prove::{self, Candidate, Proof, Scope};
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
        readers: prove::readers(judged),
        replan: &replan,
    };
    for (index, outcome) in prove::prove(candidates, &proof) {
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

/// One fix for all occurrences of a finding, not yet proven; values from elsewhere are changed `at` one
/// of their places.
pub(super) fn candidate(
    index: usize,
    finding: &Finding,
    judged: &BTreeMap<UnitId, Judged>,
    (bench, tree): (&Bench<'_>, &dyn SourceTree),
    at: EditAt,
) -> Result<Candidate, Refusal> {
    let mut alternatives: BTreeMap<(UnitId, ResourceId), Vec<&Wish>> = BTreeMap::new();
    for (unit, wish) in &finding.wishes {
        alternatives
            .entry((*unit, wish.resource))
            .or_default()
            .push(wish);
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut hazards: Vec<Hazard> = Vec::new();
    let mut intents: Vec<(UnitId, Intent)> = Vec::new();
    let mut applicability = Applicability::Safe;
    let mut title = String::new();
    let mut references = 0;
    for ((unit, _), wishes) in alternatives {
        let Some(judged) = judged.get(&unit) else {
            continue;
        };
        let (wish, planned) = first_plannable(judged, &wishes, (bench, tree), at)?;
        applicability = applicability.min(wish.safety).min(planned.plan.ceiling);
        hazards.extend(wish.hazards.iter().chain(&planned.hazards));
        references = references.max(planned.plan.references);
        edits.extend(planned.plan.edits);
        intents.extend(planned.intents.into_iter().map(|intent| (unit, intent)));
        if title.is_empty() {
            title = planned.plan.summary;
        }
    }
    edits.sort_unstable();
    edits.dedup();
    hazards.sort_unstable();
    hazards.dedup();
    if edits
        .windows(2)
        .any(|pair| pair[0].span.touches(pair[1].span))
    {
        let why = "The instances of this text would need different edits in the same place.";
        return Err(Refusal(why.to_owned()));
    }
    let applicability = applicability.min(allowed_by(&hazards));
    let fix = Fix {
        title,
        applicability,
        hazards,
        edits,
        also_affects: Vec::new(),
    };
    let keys = vec![finding.key.clone()];
    Ok(Candidate {
        finding: index,
        keys,
        fix,
        intents,
        references,
    })
}

/// The first wish that can be planned; the first refusal when none can.
fn first_plannable<'w>(
    judged: &Judged,
    wishes: &[&'w Wish],
    (bench, tree): (&Bench<'_>, &dyn SourceTree),
    at: EditAt,
) -> Result<(&'w Wish, Planned), Refusal> {
    let mut refusal = None;
    for wish in wishes {
        if wish.hazards.contains(&Hazard::NeedsInput) && wish.changes.is_empty() {
            continue;
        }
        match lang::plan(
            &judged.estate,
            wish.resource,
            &wish.changes,
            tree,
            bench.cache,
            at,
        ) {
            Ok(planned) => return Ok((wish, planned)),
            Err(why) => {
                refusal.get_or_insert(why);
            }
        }
    }
    let needs_input = || Refusal("It needs a value that only a person can choose.".to_owned());
    Err(refusal.unwrap_or_else(needs_input))
}

/// Any hazard makes a fix unsafe; a missing value makes it manual.
fn allowed_by(hazards: &[Hazard]) -> Applicability {
    if hazards.contains(&Hazard::NeedsInput) {
        Applicability::Manual
    } else if hazards.is_empty() {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    }
}

/// The files that a fix edits; sorted.
pub(super) fn edited_files(fix: &Fix) -> Vec<FileId> {
    let mut files: Vec<FileId> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.dedup();
    files
}
