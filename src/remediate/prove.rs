//! The proof: candidates are applied in batches to a copy of the texts; every unit that reads an
//! edited text is evaluated and judged again. Only where a batch does not hold is it halved.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{self, Applicability, Edit, Fix, Refusal};
use crate::finding::{FindingKey, State, UnitId};
use crate::lang::Intent;
use crate::source::{FileId, Notice, NoticeKind, Overlay, RelPath, SourceTree};
use crate::syntax;

use super::compare::{Difference, compare};
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
}

/// Proves each candidate against the texts as they are; sorted by finding.
pub(super) fn prove(
    candidates: Vec<Candidate>,
    judged: &BTreeMap<UnitId, Judged>,
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
    scope: Scope,
) -> Vec<(usize, Result<Fix, Refusal>)> {
    let mut outcomes = Vec::new();
    let readers = readers(judged);
    for cluster in clusters(candidates, &readers) {
        let mut waiting = cluster;
        while !waiting.is_empty() {
            let fixes: Vec<&Fix> = waiting.iter().map(|candidate| &candidate.fix).collect();
            let taken: BTreeSet<usize> = edit::select(&fixes).into_iter().collect();
            let (batch, rest): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .enumerate()
                .partition(|(index, _)| taken.contains(index));
            let batch: Vec<Candidate> = batch.into_iter().map(|(_, candidate)| candidate).collect();
            waiting = rest.into_iter().map(|(_, candidate)| candidate).collect();
            if batch.is_empty() {
                break;
            }
            let settled = outcomes.len();
            settle(batch, judged, &readers, bench, tree, &mut outcomes);
            if scope == Scope::NextPass
                && outcomes[settled..]
                    .iter()
                    .any(|(_, outcome)| outcome.is_ok())
            {
                break;
            }
        }
    }
    outcomes.sort_by_key(|(finding, _)| *finding);
    outcomes
}

/// How many of the candidates are to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All, each against the texts as they are: for a report.
    All,
    /// Of each cluster only what can be taken together now: the rest waits for the next pass anyway.
    NextPass,
}

/// Which units read which text.
type Readers = BTreeMap<FileId, BTreeSet<UnitId>>;

fn readers(judged: &BTreeMap<UnitId, Judged>) -> Readers {
    let mut readers = Readers::new();
    for (unit, judged) in judged {
        for file in &judged.files {
            readers.entry(*file).or_default().insert(*unit);
        }
    }
    readers
}

/// Groups candidates whose units are connected by a text that one of them edits.
fn clusters(candidates: Vec<Candidate>, readers: &Readers) -> Vec<Vec<Candidate>> {
    let mut clusters: Vec<(BTreeSet<UnitId>, Vec<Candidate>)> = Vec::new();
    for candidate in candidates {
        let mut units: BTreeSet<UnitId> = edited_files(&candidate.fix)
            .iter()
            .filter_map(|file| readers.get(file))
            .flatten()
            .copied()
            .collect();
        let mut members = Vec::new();
        let (joined, apart): (Vec<_>, Vec<_>) = clusters
            .into_iter()
            .partition(|(others, _)| !others.is_disjoint(&units));
        for (others, candidates) in joined {
            units.extend(others);
            members.extend(candidates);
        }
        members.push(candidate);
        clusters = apart;
        clusters.push((units, members));
    }
    clusters.into_iter().map(|(_, members)| members).collect()
}

/// The files that a fix edits; sorted.
fn edited_files(fix: &Fix) -> Vec<FileId> {
    let mut files: Vec<FileId> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.dedup();
    files
}

/// Proves a batch of fixes that do not touch each other, halving it where it does not hold.
fn settle(
    batch: Vec<Candidate>,
    judged: &BTreeMap<UnitId, Judged>,
    readers: &Readers,
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
    outcomes: &mut Vec<(usize, Result<Fix, Refusal>)>,
) {
    let mut work = vec![batch];
    while let Some(mut batch) = work.pop() {
        match try_batch(&batch, judged, readers, bench, tree) {
            Ok(others) if others.is_empty() => {
                outcomes.extend(
                    batch
                        .into_iter()
                        .map(|candidate| (candidate.finding, Ok(candidate.fix))),
                );
            }
            outcome if batch.len() == 1 => {
                let Some(candidate) = batch.pop() else {
                    continue;
                };
                let proven = outcome.map(|others| widen(candidate.fix, others));
                outcomes.push((candidate.finding, proven));
            }
            _ => {
                let second = batch.split_off(batch.len() / 2);
                work.push(second);
                work.push(batch);
            }
        }
    }
}

/// A fix that reaches further than its finding is at most unsafe, and says whom it reaches.
fn widen(mut fix: Fix, others: BTreeSet<String>) -> Fix {
    fix.applicability = fix.applicability.min(Applicability::Unsafe);
    fix.also_affects = others.into_iter().collect();
    fix
}

/// Applies a batch to a copy and judges again. `Ok` holds what changed although no
/// fix of the batch means it to: resources, and other properties of those that are meant.
fn try_batch(
    batch: &[Candidate],
    judged: &BTreeMap<UnitId, Judged>,
    readers: &Readers,
    bench: &Bench<'_>,
    tree: &dyn SourceTree,
) -> Result<BTreeSet<String>, Refusal> {
    let texts = changed_texts(batch.iter().map(|candidate| &candidate.fix), tree)?;
    let files: BTreeSet<FileId> = batch
        .iter()
        .flat_map(|candidate| edited_files(&candidate.fix))
        .collect();
    let units: BTreeSet<UnitId> = files
        .iter()
        .filter_map(|file| readers.get(file))
        .flatten()
        .copied()
        .collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let overlay = Overlay::new(tree, texts);
    let mut others = BTreeSet::new();
    for after in bench.judge_all(&units, &overlay) {
        let Some(before) = judged.get(&after.unit) else {
            continue;
        };
        check_unit(batch, before, &after, &mut others)?;
    }
    Ok(others)
}

/// The texts after a set of fixes, each still readable by the parser that did not plan it.
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
        if syntax::second_parser_accepts(&file.path, &file.text)
            && !syntax::second_parser_accepts(&file.path, &after)
        {
            let why = format!(
                "The edited `{}` could not be read by a second parser.",
                file.path
            );
            return Err(Refusal(why));
        }
        texts.push((file.path.clone(), after));
    }
    Ok(texts)
}

/// Holds one unit after a batch against what it was before.
fn check_unit(
    batch: &[Candidate],
    before: &Judged,
    after: &Judged,
    others: &mut BTreeSet<String>,
) -> Result<(), Refusal> {
    if let Some(notice) = after
        .notices
        .iter()
        .find(|notice| is_new_fault(notice, &before.notices))
    {
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
    if let Some(key) = remaining.iter().find(|key| !previous.contains(*key)) {
        let why = format!(
            "It would cause another finding, `{}` on `{}`.",
            key.rule, key.address
        );
        return Err(Refusal(why));
    }
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
    Ok(())
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

fn open_keys(judged: &Judged) -> BTreeSet<FindingKey> {
    let open = judged
        .findings
        .iter()
        .filter(|finding| finding.state == State::Open);
    open.map(|finding| finding.key.clone()).collect()
}

fn is_new_fault(notice: &Notice, before: &[Notice]) -> bool {
    let is_fault = matches!(
        notice.kind,
        NoticeKind::UnreadableInput | NoticeKind::InvalidConfiguration
    );
    is_fault
        && !before
            .iter()
            .any(|old| old.kind == notice.kind && old.message == notice.message)
}
