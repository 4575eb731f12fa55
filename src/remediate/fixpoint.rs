//! `fix`: propose, take, judge again, until a pass takes nothing.

use std::collections::BTreeMap;

use crate::edit::{self, Applicability, Fix};
use crate::finding::{Finding, State, UnitId};
use crate::source::{Overlay, RelPath, SourceTree};

use super::prove::changed_texts;
use super::{Bench, Judged, Options, Scope, propose};

/// The result of fixing.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The texts that changed, by path.
    pub texts: BTreeMap<RelPath, String>,
    /// What was fixed: each finding with the fix that was taken, in order of passes.
    pub taken: Vec<Finding>,
    /// How many passes took something.
    pub passes: usize,
}

/// More passes than fixes ever need: each pass takes at least one fix, and those that only wait for
/// their neighbours are gone after a few.
const MOST_PASSES: usize = 100;

/// Fixes the findings that `wanted` accepts, of at least `threshold`, until a pass takes nothing.
///
/// `merge` joins the findings of the units into one list, as for a report.
pub fn fixpoint(
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
    threshold: Applicability,
    merge: &dyn Fn(Vec<Finding>) -> Vec<Finding>,
    wanted: &dyn Fn(&Finding, &dyn SourceTree) -> bool,
) -> Fixed {
    let mut fixed = Fixed::default();
    let units: Vec<UnitId> = (0..bench.units.len())
        .filter_map(|id| u32::try_from(id).ok().map(UnitId))
        .collect();
    while fixed.passes < MOST_PASSES {
        let texts = fixed.texts.clone();
        let overlay = Overlay::new(tree, texts);
        // All of them, in every pass: a later edit may stand in a text that only others read too.
        let judged: BTreeMap<UnitId, Judged> = bench
            .judge_all(&units, &overlay)
            .into_iter()
            .map(|judged| (judged.unit, judged))
            .collect();
        let all = judged
            .values()
            .flat_map(|judged| judged.findings.iter().cloned())
            .collect();
        let mut findings = merge(all);
        findings.retain(|finding| finding.state == State::Open && wanted(finding, &overlay));
        propose(
            &mut findings,
            &judged,
            bench,
            &overlay,
            Options {
                threshold,
                scope: Scope::NextPass,
            },
        );
        let proposed: Vec<(usize, &Fix)> = findings
            .iter()
            .enumerate()
            .filter_map(|(index, finding)| finding.fixes.first().map(|fix| (index, fix)))
            .collect();
        let candidates: Vec<&Fix> = proposed.iter().map(|(_, fix)| *fix).collect();
        let chosen = edit::select(&candidates);
        let Ok(texts) = changed_texts(chosen.iter().map(|index| candidates[*index]), &overlay)
        else {
            break;
        };
        if texts.is_empty() {
            break;
        }
        let taken: Vec<usize> = chosen.iter().map(|index| proposed[*index].0).collect();
        fixed
            .taken
            .extend(taken.into_iter().map(|index| findings[index].clone()));
        fixed.texts.extend(texts);
        fixed.passes += 1;
    }
    fixed
}
