//! A planned fix of one finding, not yet proven.

use std::collections::BTreeMap;

use crate::edit::{Applicability, Edit, Fix, Hazard, Refusal};
use crate::finding::{Finding, FindingKey, UnitId, Wish};
use crate::lang::{self, EditAt, Intent, Planned};
use crate::model::ResourceId;
use crate::source::{FileId, SourceTree};

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

impl Candidate {
    /// The files that it edits; sorted.
    pub(super) fn files(&self) -> Vec<FileId> {
        let edits = self.fix.edits.iter();
        let mut files: Vec<FileId> = edits.map(|edit| edit.span.file).collect();
        files.dedup();
        files
    }
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
