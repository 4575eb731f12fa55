//! Steps 5 to 9 of the walk: find the units, judge them, propose or apply fixes.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::Failure;
use super::inputs::Inputs;
use super::progress::Progress;
use super::{CLEAN, FOUND};
use crate::check::{self, Tally};
use crate::cli::FixArgs;
use crate::config::FailOn;
use crate::edit::{self, Applicability};
use crate::files::Change;
use crate::finding::{Counts, Finding, Report, State, UnitId};
use crate::lang::{self, Cache, Unit};
use crate::model::{Estate, Kind};
use crate::remediate::{self, Bench, Fixed, Judged, Options, Scope};
use crate::source::{Notice, NoticeKind, SourceTree};

/// The units of a run and what was said when they were looked for.
pub(super) struct Units {
    units: Vec<Unit>,
    notices: Vec<Notice>,
    cache: Cache,
    elsewhere: Vec<String>,
}

impl Units {
    /// Step 5: which units there are.
    pub(super) fn of(inputs: &Inputs) -> Self {
        let cache = Cache::default();
        let tree = &inputs.workspace;
        let (units, notices) =
            lang::units(&inputs.collected.files, &inputs.unit_options, tree, &cache);
        let elsewhere = inputs
            .options
            .elsewhere
            .iter()
            .map(|kind| kind.to_ascii_lowercase());
        Self {
            units,
            notices,
            cache,
            elsewhere: elsewhere.collect(),
        }
    }

    fn ids(&self) -> Vec<UnitId> {
        (0..self.units.len())
            .filter_map(|id| u32::try_from(id).ok().map(UnitId))
            .collect()
    }

    /// How the estate of one unit is judged.
    fn judge(
        &self,
        inputs: &Inputs,
        unit: UnitId,
        estate: &Estate,
        tree: &dyn SourceTree,
    ) -> check::Judged {
        let rules = |kind: &str| {
            let kind = Kind::new(kind);
            inputs.catalog.rules_for(&kind, &inputs.selection).collect()
        };
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &self.elsewhere,
        };
        let root = &self.units[unit.0 as usize].root;
        let mut judged = check::judge(unit, root, estate, &bar);
        for finding in &mut judged.findings {
            if let Some(severity) = inputs.severity.get(&finding.key.rule) {
                finding.severity = *severity;
            }
        }
        check::suppress(&mut judged.findings, tree);
        judged
    }
}

/// `check`: judges all units and proves a fix for each finding that has one.
pub(super) fn check(inputs: &Inputs, units: &Units, quiet: bool) -> Report {
    let tree = &inputs.workspace;
    let progress = Progress::new(units.units.len(), quiet);
    let judge = |unit, estate: &Estate, tree: &dyn SourceTree| {
        let judged = units.judge(inputs, unit, estate, tree);
        progress.step();
        judged
    };
    let bench = Bench {
        units: &units.units,
        cache: &units.cache,
        judge: &judge,
    };
    let judged = bench.judge_all(&units.ids(), tree);
    let mut tally = Tally::default();
    let mut notices = units.notices.clone();
    notices.extend(inputs.collected.notices.iter().cloned());
    let mut files = BTreeSet::new();
    let mut all = Vec::new();
    for unit in &judged {
        tally += unit.tally;
        notices.extend(unit.notices.iter().cloned());
        files.extend(unit.files.iter().copied());
        all.extend(unit.findings.iter().cloned());
    }
    let mut findings = check::merge(all);
    findings.retain(|finding| is_wanted(inputs, finding, tree));
    let by_unit: BTreeMap<UnitId, Judged> =
        judged.into_iter().map(|unit| (unit.unit, unit)).collect();
    let options = Options {
        threshold: Applicability::Manual,
        scope: Scope::All,
    };
    remediate::propose(&mut findings, &by_unit, &bench, tree, options);
    notices.sort();
    notices.dedup();
    let counts = count(&findings, &notices, tally, files.len(), units.units.len());
    findings.retain(|finding| finding.state != State::Undecided || inputs.show_undecided);
    findings.sort_by_cached_key(|finding| {
        let path = tree.get(finding.span.file).map(|file| file.path.clone());
        (path, finding.span.start, finding.key.clone(), finding.state)
    });
    Report {
        findings,
        notices,
        counts,
    }
}

/// What is reported: severe enough, and in the files that were named, if any were.
fn is_wanted(inputs: &Inputs, finding: &Finding, tree: &dyn SourceTree) -> bool {
    let is_severe = finding.severity >= inputs.options.least_severity();
    let in_focus = inputs.focus.as_ref().is_none_or(|focus| {
        let spans =
            std::iter::once(finding.span).chain(finding.related.iter().map(|(span, _)| *span));
        let mut files = spans.filter_map(|span| tree.get(span.file));
        files.any(|file| focus.iter().any(|path| file.path.is_within(path)))
    });
    is_severe && in_focus
}

fn count(
    findings: &[Finding],
    notices: &[Notice],
    tally: Tally,
    files: usize,
    units: usize,
) -> Counts {
    let of = |state| {
        findings
            .iter()
            .filter(move |finding| finding.state == state)
    };
    let fixable = |wanted: Applicability| {
        let best = |finding: &&Finding| {
            finding.fixes.iter().map(|fix| fix.applicability).max() == Some(wanted)
        };
        of(State::Open).filter(best).count()
    };
    let unreadable: BTreeSet<_> = notices
        .iter()
        .filter(|notice| notice.kind == NoticeKind::UnreadableInput)
        .map(|notice| &notice.path)
        .collect();
    Counts {
        files,
        units,
        resources: tally.resources,
        judged: tally.judged,
        passed: tally.passed,
        findings: of(State::Open).count(),
        fixable: fixable(Applicability::Safe),
        fixable_unsafe: fixable(Applicability::Unsafe),
        undecided: tally.undecided,
        suppressed: of(State::Suppressed).count(),
        unreadable: unreadable.len(),
    }
}

/// The exit code: findings at or above the threshold, or input that could not be read.
pub(super) fn verdict(inputs: &Inputs, report: &Report) -> u8 {
    let open = || {
        report
            .findings
            .iter()
            .filter(|finding| finding.state == State::Open)
    };
    let fails = match inputs.options.failing() {
        FailOn::Never => return CLEAN,
        FailOn::Undecided => open().next().is_some() || report.counts.undecided > 0,
        FailOn::Level(level) => open().any(|finding| finding.severity >= level),
    };
    if fails || report.counts.unreadable > 0 {
        FOUND
    } else {
        CLEAN
    }
}

/// `fix`: applies what is proven until nothing is left to apply; with `--diff` prints it instead.
pub(super) fn fix(args: &FixArgs, inputs: &Inputs, units: &Units) -> Result<Fixed, Failure> {
    let tree = &inputs.workspace;
    let judge =
        |unit, estate: &Estate, tree: &dyn SourceTree| units.judge(inputs, unit, estate, tree);
    let bench = Bench {
        units: &units.units,
        cache: &units.cache,
        judge: &judge,
    };
    let threshold = if args.unsafe_fixes {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    let wanted = |finding: &Finding, tree: &dyn SourceTree| is_wanted(inputs, finding, tree);
    let fixed = remediate::fixpoint(&bench, tree, threshold, &check::merge, &wanted);
    let mut before = Vec::new();
    for path in fixed.texts.keys() {
        before.push(
            tree.read(path)
                .map_err(|error| Failure::said(format!("cannot read `{path}`: {error}")))?,
        );
    }
    if args.diff {
        super::print(|out| {
            before.iter().try_for_each(|file| {
                let after = fixed.texts.get(&file.path).unwrap_or(&file.text);
                out.write_all(edit::unified_diff(file.path.as_str(), &file.text, after).as_bytes())
            })
        })?;
        return Ok(fixed);
    }
    let changes: Vec<Change<'_>> = before
        .iter()
        .filter_map(|file| {
            Some(Change {
                before: file,
                after: fixed.texts.get(&file.path)?,
            })
        })
        .collect();
    tree.write(&changes).map_err(Failure::said)?;
    Ok(fixed)
}
