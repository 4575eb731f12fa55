//! A fix that makes another finding, which has a fix of its own: the two are one.

use std::collections::{BTreeMap, BTreeSet};

use crate::check;
use crate::edit;
use crate::finding::{State, UnitId};
use crate::source::{FileId, Overlay, RelPath, SourceTree};

use super::Judged;
use super::batch::{changed_texts, open_keys};
use super::candidate::{Candidate, candidate};
use super::proof::Proof;

/// So many findings one after the other are followed.
const MOST_FOLLOWED: usize = 4;

impl Proof<'_> {
    /// `candidate` and the fixes of the findings that it makes, as one fix, not yet proven.
    pub(super) fn follow_up(&self, candidate: &Candidate) -> Option<Candidate> {
        let mut whole = candidate.clone();
        for _ in 0..MOST_FOLLOWED {
            let texts = changed_texts(std::iter::once(&whole.fix), self.tree).ok()?;
            let overlay = Overlay::new(self.tree, texts);
            let units = self.units(&[&whole]);
            let after = self.bench.judge_all(&units, &overlay);
            let after: BTreeMap<UnitId, Judged> = after
                .into_iter()
                .map(|judged| (judged.unit, judged))
                .collect();
            let Some(next) = self.next(&whole, &after, &overlay) else {
                return (whole.keys.len() > candidate.keys.len()).then_some(whole);
            };
            whole = joined(whole, next?, self.tree, &overlay)?;
        }
        None
    }

    /// The fix of a finding that was not there before; `Some(None)` where it has none.
    #[expect(
        clippy::option_option,
        reason = "no finding, and a finding without a fix"
    )]
    fn next(
        &self,
        whole: &Candidate,
        after: &BTreeMap<UnitId, Judged>,
        overlay: &Overlay<'_>,
    ) -> Option<Option<Candidate>> {
        let known = after.keys().filter_map(|unit| self.judged.get(unit));
        let known: BTreeSet<_> = known.flat_map(open_keys).collect();
        let all = after.values().flat_map(|judged| &judged.findings);
        let mut all = check::merge(all.cloned().collect());
        all.retain(|finding| finding.state == State::Open && !known.contains(&finding.key));
        let finding = all.first()?;
        let planned = candidate(
            whole.finding,
            finding,
            after,
            (self.bench, overlay),
            self.bench.at,
        );
        Some(planned.ok())
    }
}

/// `first`, whose edits are of `tree`, and then `second`, whose edits are of `overlay`.
fn joined(
    mut first: Candidate,
    second: Candidate,
    tree: &dyn SourceTree,
    overlay: &Overlay<'_>,
) -> Option<Candidate> {
    let path = |from: &dyn SourceTree, id: FileId| from.get(id).map(|file| file.path.clone());
    let mut by_path: BTreeMap<RelPath, [Vec<edit::Edit>; 2]> = BTreeMap::new();
    for edit in std::mem::take(&mut first.fix.edits) {
        by_path.entry(path(tree, edit.span.file)?).or_default()[0].push(edit);
    }
    for edit in second.fix.edits {
        by_path.entry(path(overlay, edit.span.file)?).or_default()[1].push(edit);
    }
    for (path, [one, two]) in by_path {
        let between = overlay.read(&path).ok()?;
        first
            .fix
            .edits
            .extend(edit::compose(&between.text, &one, &two));
    }
    first.fix.edits.sort_unstable();
    first.fix.title = format!("{}; {}", first.fix.title, second.fix.title);
    first.fix.applicability = first.fix.applicability.min(second.fix.applicability);
    first.fix.hazards.extend(second.fix.hazards);
    first.fix.hazards.sort_unstable();
    first.fix.hazards.dedup();
    first.keys.extend(second.keys);
    first.intents.extend(second.intents);
    Some(first)
}
