//! One batch: applied to a copy of the texts; every unit that reads an edited text is evaluated and
//! judged again, and held against what it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Edit, Fix, Refusal};
use crate::finding::{FindingKey, State, UnitId};
use crate::lang::Intent;
use crate::source::{FileId, Notice, NoticeKind, Overlay, RelPath, SourceTree};
use crate::syntax;

use super::Judged;
use super::candidate::Candidate;
use super::compare::{Difference, compare};
use super::proof::Proof;

/// Why a batch does not hold.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// For this reason.
    Refused(Refusal),
    /// It makes another finding.
    Causes(FindingKey),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Fault {
    /// The reason, as a sentence.
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Causes(key) => Refusal(format!(
                "It would cause another finding, `{}` on `{}`.",
                key.rule, key.address
            )),
        }
    }
}

impl Proof<'_> {
    /// Applies a batch to a copy and judges again. `Ok` holds what changed although no
    /// fix of the batch means it to: resources, and other properties of those that are meant.
    pub(super) fn attempt(&self, batch: &[&Candidate]) -> Result<BTreeSet<String>, Fault> {
        let texts = changed_texts(batch.iter().map(|candidate| &candidate.fix), self.tree)?;
        let overlay = Overlay::new(self.tree, texts);
        let mut others = BTreeSet::new();
        let mut caused = None;
        for after in self.bench.judge_all(&self.units(batch), &overlay) {
            let Some(before) = self.judged.get(&after.unit) else {
                continue;
            };
            caused = check_unit(batch, before, &after, &mut others)?.or(caused);
        }
        match caused {
            Some(key) => Err(Fault::Causes(key)),
            None => Ok(others),
        }
    }

    /// The units that read a text which `batch` edits.
    pub(super) fn units(&self, batch: &[&Candidate]) -> Vec<UnitId> {
        let files: BTreeSet<FileId> = batch
            .iter()
            .flat_map(|candidate| candidate.files())
            .collect();
        let units: BTreeSet<UnitId> = files
            .iter()
            .filter_map(|file| self.readers.get(file))
            .flatten()
            .copied()
            .collect();
        units.into_iter().collect()
    }
}

/// The texts after a set of fixes, each still readable by the parser that did not plan it, or, where that
/// minded before, by ours without more faults.
pub(super) fn changed_texts<'f>(
    fixes: impl Iterator<Item = &'f Fix>,
    tree: &dyn SourceTree,
) -> Result<Vec<(RelPath, String)>, Refusal> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in fixes.flat_map(|fix| &fix.edits) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut texts = Vec::new();
    for (id, mut edits) in by_file {
        let file = tree
            .get(id)
            .ok_or_else(|| Refusal("The text to edit is no longer there.".to_owned()))?;
        edits.sort_unstable();
        edits.dedup();
        let after = edit::apply(&file.text, &edits);
        let is_worse = if syntax::second_parser_accepts(&file.path, &file.text) {
            !syntax::second_parser_accepts(&file.path, &after)
        } else {
            syntax::faults(&file.path, &after) > syntax::faults(&file.path, &file.text)
        };
        if is_worse {
            let why = format!("The edited `{}` could not be read as before.", file.path);
            return Err(Refusal(why));
        }
        texts.push((file.path.clone(), after));
    }
    Ok(texts)
}

/// Holds one unit after a batch against what it was before. Returns a finding that was not there.
fn check_unit(
    batch: &[&Candidate],
    before: &Judged,
    after: &Judged,
    others: &mut BTreeSet<String>,
) -> Result<Option<FindingKey>, Refusal> {
    if let Some(notice) = new_fault(&before.notices, &after.notices) {
        return Err(Refusal(format!(
            "The edited source would be in error: {}",
            notice.message
        )));
    }
    let remaining = open_keys(after);
    for candidate in batch {
        if candidate.keys.iter().any(|key| remaining.contains(key)) {
            let why = "The finding would still be there after the edit, so the value is decided elsewhere.";
            return Err(Refusal(why.to_owned()));
        }
    }
    let previous = open_keys(before);
    let caused = remaining.iter().find(|key| !previous.contains(*key));
    let meant: Vec<&Intent> = batch
        .iter()
        .flat_map(|candidate| &candidate.intents)
        .filter_map(|(unit, intent)| (*unit == after.unit).then_some(intent))
        .collect();
    for difference in compare(&before.estate, &after.estate, &meant) {
        if let Difference::Missed { address, path } = &difference {
            let why = format!("`{path}` of `{address}` would not become what was planned.");
            return Err(Refusal(why));
        }
        others.insert(reached(&difference, &meant));
    }
    Ok(caused.cloned())
}

/// What a difference reaches, in words: another resource, or another property of one that is meant.
fn reached(difference: &Difference, meant: &[&Intent]) -> String {
    let is_about = |intent: &&Intent| matches!(intent, Intent::At { address, .. } if address == difference.address());
    match difference {
        Difference::Value { address, path } if meant.iter().any(is_about) => {
            format!("{address} ({path})")
        }
        _ => difference.address().to_owned(),
    }
}

pub(super) fn open_keys(judged: &Judged) -> BTreeSet<FindingKey> {
    let open = judged
        .findings
        .iter()
        .filter(|finding| finding.state == State::Open);
    open.map(|finding| finding.key.clone()).collect()
}

/// A fault that was not there before.
fn new_fault<'n>(before: &[Notice], after: &'n [Notice]) -> Option<&'n Notice> {
    let is_fault = |notice: &&Notice| {
        matches!(
            notice.kind,
            NoticeKind::UnreadableInput | NoticeKind::InvalidConfiguration
        )
    };
    let known: BTreeSet<&str> = before
        .iter()
        .filter(is_fault)
        .map(|it| &*it.message)
        .collect();
    after
        .iter()
        .filter(is_fault)
        .find(|notice| !known.contains(&*notice.message))
}
