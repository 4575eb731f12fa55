//! From wishes to candidate fixes, and from candidates to proven ones.

use std::collections::BTreeMap;

use crate::edit::{Applicability, Edit, Fix, Hazard, Refusal};
use crate::finding::{Finding, State, UnitId, Wish};
use crate::lang::{self, Intent, Planned};
use crate::model::ResourceId;
use crate::source::SourceTree;

use super::prove::{self, Candidate, Scope};
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
        match candidate(index, finding, judged, bench, tree) {
            Ok(candidate) if candidate.fix.applicability.applies(options.threshold) => {
                candidates.push(candidate);
            }
            Ok(_) => {}
            Err(refusal) => finding.refusal = Some(refusal),
        }
    }
    for (index, outcome) in prove::prove(candidates, judged, bench, tree, options.scope) {
        match outcome {
            Ok(fix) if fix.applicability.applies(options.threshold) => {
                findings[index].fixes.push(fix);
            }
            Ok(_) => {}
            Err(refusal) => findings[index].refusal = Some(refusal),
        }
    }
}

/// One fix for all occurrences of a finding, not yet proven.
fn candidate(
    index: usize,
    finding: &Finding,
    judged: &BTreeMap<UnitId, Judged>,
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
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
    for ((unit, _), wishes) in alternatives {
        let Some(judged) = judged.get(&unit) else {
            continue;
        };
        let (wish, planned) = first_plannable(judged, &wishes, bench, tree)?;
        applicability = applicability.min(wish.safety).min(planned.plan.ceiling);
        hazards.extend(wish.hazards.iter().chain(&planned.hazards));
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
    })
}

/// The first wish that can be planned; the first refusal when none can.
fn first_plannable<'w>(
    judged: &Judged,
    wishes: &[&'w Wish],
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
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
            bench.at,
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
