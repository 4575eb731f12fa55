//! `fix`: propose, take, judge again, until a pass takes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Applicability, Edit, Fix};
use crate::finding::{Finding, FindingKey, State, UnitId};
use crate::source::{Overlay, RelPath, SourceTree};

use super::batch::changed_texts;
use super::{Bench, Judged, Options, Scope, propose};

/// The result of fixing.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The texts that changed, by path.
    pub texts: BTreeMap<RelPath, String>,
    /// What was fixed: each finding with the fix that was taken, in order of passes.
    pub taken: Vec<Finding>,
    /// Where each of them edits the texts as they were at first: paths and offsets.
    pub places: Vec<Vec<(RelPath, usize)>>,
    /// How many passes took something.
    pub passes: usize,
}

/// What to do with a fix that could be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Take it.
    Take,
    /// Leave the finding as it is, for good.
    Leave,
    /// Leave it and all that was not asked about yet.
    Stop,
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
    let take = &mut |_: &Finding, _: &dyn SourceTree| Choice::Take;
    chosen_fixpoint(bench, tree, threshold, merge, wanted, take)
}

/// The same where `choose` decides about each fix; no finding is asked about twice.
pub fn chosen_fixpoint(
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
    threshold: Applicability,
    merge: &dyn Fn(Vec<Finding>) -> Vec<Finding>,
    wanted: &dyn Fn(&Finding, &dyn SourceTree) -> bool,
    choose: &mut dyn FnMut(&Finding, &dyn SourceTree) -> Choice,
) -> Fixed {
    let mut run = Run::default();
    while run.fixed.passes < MOST_PASSES && !run.stopped {
        let overlay = Overlay::new(tree, run.fixed.texts.clone());
        let mut findings = judged(bench, &overlay, threshold, merge, &|finding| {
            !run.left.contains(&finding.key) && wanted(finding, &overlay)
        });
        findings.retain(|finding| !finding.fixes.is_empty());
        let candidates: Vec<&Fix> = findings.iter().filter_map(|it| it.fixes.first()).collect();
        let selected = edit::select(&candidates);
        let asked: Vec<&Finding> = selected.iter().map(|index| &findings[*index]).collect();
        let accepted = run.ask(asked, &overlay, choose);
        let fixes = accepted.iter().filter_map(|finding| finding.fixes.first());
        let Ok(texts) = changed_texts(fixes, &overlay) else {
            break;
        };
        if !texts.is_empty() {
            run.take(&accepted, &overlay, texts);
        } else if selected.is_empty() || !accepted.is_empty() {
            break;
        }
    }
    run.fixed
}

/// The open findings that `wanted` accepts, with what can be taken in one pass.
fn judged(
    bench: &Bench<'_>,
    overlay: &Overlay<'_>,
    threshold: Applicability,
    merge: &dyn Fn(Vec<Finding>) -> Vec<Finding>,
    wanted: &dyn Fn(&Finding) -> bool,
) -> Vec<Finding> {
    let units: Vec<UnitId> = (0..bench.units.len())
        .filter_map(|id| u32::try_from(id).ok().map(UnitId))
        .collect();
    // All of them, in every pass: a later edit may stand in a text that only others read too.
    let judged: BTreeMap<UnitId, Judged> = bench
        .judge_all(&units, overlay)
        .into_iter()
        .map(|judged| (judged.unit, judged))
        .collect();
    let all = judged
        .values()
        .flat_map(|judged| judged.findings.iter().cloned())
        .collect();
    let mut findings = merge(all);
    findings.retain(|finding| finding.state == State::Open && wanted(finding));
    let options = Options {
        threshold,
        scope: Scope::NextPass,
    };
    propose(&mut findings, &judged, bench, overlay, options);
    findings
}

/// A fixpoint under way.
#[derive(Default)]
struct Run {
    fixed: Fixed,
    /// What shall stay as it is.
    left: BTreeSet<FindingKey>,
    stopped: bool,
    /// The edits of each pass, by file, sorted.
    history: Vec<BTreeMap<RelPath, Vec<Edit>>>,
}

impl Run {
    /// Asks about each finding, in the order of their places.
    fn ask<'f>(
        &mut self,
        mut findings: Vec<&'f Finding>,
        overlay: &Overlay<'_>,
        choose: &mut dyn FnMut(&Finding, &dyn SourceTree) -> Choice,
    ) -> Vec<&'f Finding> {
        findings.sort_by_cached_key(|finding| {
            let file = overlay.get(finding.span.file);
            (file.map(|file| file.path.clone()), finding.span.start)
        });
        let mut accepted = Vec::new();
        for finding in findings {
            let choice = if self.stopped {
                Choice::Stop
            } else {
                choose(finding, overlay)
            };
            self.stopped |= choice == Choice::Stop;
            if choice == Choice::Take {
                accepted.push(finding);
            } else {
                self.left.insert(finding.key.clone());
            }
        }
        accepted
    }

    fn take(&mut self, taken: &[&Finding], overlay: &Overlay<'_>, texts: Vec<(RelPath, String)>) {
        let mut pass: BTreeMap<RelPath, Vec<Edit>> = BTreeMap::new();
        for finding in taken {
            let edits = finding.fixes.first().map_or(&[][..], |fix| &fix.edits);
            let mut places = Vec::with_capacity(edits.len());
            for edit in edits {
                let Some(file) = overlay.get(edit.span.file) else {
                    continue;
                };
                places.push(self.at_first(&file.path, edit.span.start as usize));
                pass.entry(file.path.clone())
                    .or_default()
                    .push(edit.clone());
            }
            self.fixed.places.push(places);
            self.fixed.taken.push((*finding).clone());
        }
        for edits in pass.values_mut() {
            edits.sort_unstable();
            edits.dedup();
        }
        self.history.push(pass);
        self.fixed.texts.extend(texts);
        self.fixed.passes += 1;
    }

    /// Where what is now at `offset` stood before the first pass.
    fn at_first(&self, path: &RelPath, offset: usize) -> (RelPath, usize) {
        let passes = self.history.iter().rev().filter_map(|pass| pass.get(path));
        let first = passes.fold(offset, |at, edits| before(at, edits));
        (path.clone(), first)
    }
}

/// The offset before `edits` of what is at `offset` after them; that of the edit inside of its text.
fn before(offset: usize, edits: &[Edit]) -> usize {
    let (mut grown, mut shrunk) = (0, 0);
    for edit in edits {
        let start = edit.span.start as usize + grown - shrunk;
        if offset < start {
            break;
        }
        if offset < start + edit.text.len() {
            return edit.span.start as usize;
        }
        grown += edit.text.len();
        shrunk += edit.span.len();
    }
    offset + shrunk - grown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn an_offset_is_followed_back() {
        let edit = |start, end, text: &str| Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        };
        // `abcdef` becomes `aXYZdeQf`.
        let edits = [edit(1, 3, "XYZ"), edit(5, 5, "Q")];
        let rows = [
            (0, 0),
            (1, 1),
            (3, 1),
            (4, 3),
            (5, 4),
            (6, 5),
            (7, 5),
            (8, 6),
        ];
        for (now, then) in rows {
            assert_eq!(before(now, &edits), then, "{now}");
        }
    }
}
