//! Steps 5 to 8 of the walk: units, judging, merging, fixes, and what is shown of it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::exit::{CLEAN, FOUND};
use super::inputs::Inputs;
use super::progress::Progress;
use crate::check::{self, Bar, Tally};
use crate::cli::RunArgs;
use crate::config::{FailOn, FixOrigin};
use crate::edit::Applicability;
use crate::files::Named;
use crate::finding::{Counts, Finding, Report, State, UnitId};
use crate::lang::{self, Cache, EditAt, Input, Unit};
use crate::model::{Address, Estate, Kind};
use crate::remediate::{self, Bench, Judged, Scope};
use crate::source::{FileId, Notice, NoticeKind, RelPath, SourceTree};

/// What judging is done with, once the units are known.
pub(super) struct Court<'a> {
    /// What was asked.
    pub(super) inputs: &'a Inputs,
    /// Evaluates and judges.
    pub(super) bench: &'a Bench<'a>,
    /// What finding the units had to tell.
    notices: &'a [Notice],
    quiet: bool,
}

/// `check`: the report, and the exit code it gives.
pub(super) fn check(inputs: &Inputs, args: &RunArgs) -> (Report, u8) {
    in_court(inputs, args, |court| {
        let report = court.report(&inputs.workspace);
        let code = exit_code(&report, inputs.options.failing());
        (court.shown(report), code)
    })
}

/// Finds the units and hands over what judges them.
pub(super) fn in_court<T>(
    inputs: &Inputs,
    args: &RunArgs,
    body: impl FnOnce(&Court<'_>) -> T,
) -> T {
    let cache = Cache::default();
    let (units, notices) = lang::units(
        &inputs.collected.files,
        &inputs.unit_options,
        &inputs.workspace,
        &cache,
    );
    let judge = |unit: UnitId, estate: &Estate, tree: &dyn SourceTree| {
        judge(inputs, &units, unit, estate, tree)
    };
    let bench = Bench {
        units: &units,
        cache: &cache,
        at: edit_at(inputs.options.fix.origin),
        judge: &judge,
    };
    body(&Court {
        inputs,
        bench: &bench,
        notices: &notices,
        quiet: args.quiet,
    })
}

/// Where fixes change values that come from elsewhere.
fn edit_at(origin: Option<FixOrigin>) -> EditAt {
    match origin {
        Some(FixOrigin::Use) => EditAt::Use,
        Some(FixOrigin::Definition) => EditAt::Definition,
        Some(FixOrigin::Nearest) | None => EditAt::Nearest,
    }
}

/// Judges one estate by the selected rules.
fn judge(
    inputs: &Inputs,
    units: &[Unit],
    unit: UnitId,
    estate: &Estate,
    tree: &dyn SourceTree,
) -> check::Judged {
    let rules = |kind: &str| {
        let kind = Kind::new(kind);
        inputs.catalog.rules_for(&kind, &inputs.selection).collect()
    };
    let elsewhere: Vec<String> = inputs
        .options
        .elsewhere
        .iter()
        .map(|kind| kind.to_ascii_lowercase())
        .collect();
    let bar = Bar {
        rules: &rules,
        elsewhere: &elsewhere,
    };
    let root = units
        .get(unit.0 as usize)
        .map_or_else(RelPath::root, |unit| unit.root.clone());
    let mut judged = check::judge(unit, &root, estate, &bar);
    check::suppress(&mut judged.findings, tree);
    for finding in &mut judged.findings {
        if let Some(severity) = inputs.severity.get(&finding.rule.id) {
            finding.severity = *severity;
        }
    }
    judged
}

impl Court<'_> {
    /// Judges every unit as `tree` has it, and proposes fixes.
    pub(super) fn report(&self, tree: &dyn SourceTree) -> Report {
        let (judged, faults) = self.judge_all(tree);
        let all = judged
            .values()
            .flat_map(|judged| judged.findings.iter().cloned())
            .collect();
        let mut findings = check::merge(all);
        findings.retain(|finding| self.is_wanted(finding, tree));
        let mut notices: Vec<Notice> = self.inputs.collected.notices.clone();
        notices.extend_from_slice(self.notices);
        notices.extend(faults);
        notices.extend(
            judged
                .values()
                .flat_map(|judged| judged.notices.iter().cloned()),
        );
        notices.extend(self.propose(&mut findings, &judged, tree));
        notices.retain(|notice| self.is_in_focus(&notice.path));
        let unjudged = self.unjudged(judged.is_empty(), &notices);
        notices.extend(unjudged);
        // What a policy leaves open bears on every file that is judged by it.
        notices.extend_from_slice(&self.inputs.remarks);
        notices.sort_by(|a, b| {
            (&a.path, a.span, a.kind, &a.message).cmp(&(&b.path, b.span, b.kind, &b.message))
        });
        notices.dedup();
        sort(&mut findings, tree);
        let counts = Self::counts(&findings, &notices, &judged);
        Report {
            findings,
            notices,
            counts,
        }
    }

    /// What was asked for although nothing in it can be judged: that must not look like a pass.
    fn unjudged(&self, is_nothing: bool, told: &[Notice]) -> Vec<Notice> {
        const NOTHING: &str = "Nothing is judged: there is no Terraform configuration, no plan and no template here. Bicep is judged once it is built, Terragrunt by what it makes for Terraform.";
        const NO_INPUT: &str = "This is neither Terraform configuration nor a plan or template in JSON; nothing in it is judged.";
        const UNREAD: &str = "Nothing that is judged reads this file; values of variables are read where `--var-file` names them.";
        let skipped =
            |path: &RelPath, why: &str| Notice::about(NoticeKind::SkippedInput, path.clone(), why);
        match &self.inputs.focus {
            None if self.bench.units.is_empty() => vec![skipped(&RelPath::root(), NOTHING)],
            None => Vec::new(),
            Some(named) => {
                let unjudged = named.iter().filter(|path| {
                    // JSON that is something else is no surprise: hooks pass all of it.
                    (is_nothing || Named::of(path) == Named::Other)
                        && told.iter().all(|notice| notice.path != **path)
                        && !self.inputs.workspace.is_folder(path)
                });
                let told = unjudged.map(|path| match Named::of(path) {
                    Named::Terraform => skipped(path, UNREAD),
                    Named::Json | Named::Other => skipped(path, NO_INPUT),
                });
                told.collect()
            }
        }
    }

    /// Judges the units that belong to the run. One that makes the program fail is told, not lost.
    fn judge_all(&self, tree: &dyn SourceTree) -> (BTreeMap<UnitId, Judged>, Vec<Notice>) {
        let progress = Progress::new(self.bench.units.len(), self.quiet);
        let units: Vec<(UnitId, &Unit)> = (0..).map(UnitId).zip(self.bench.units).collect();
        let outcomes: Vec<Result<Judged, Notice>> = units
            .into_par_iter()
            .map(|(id, unit)| {
                let judged = catch_unwind(AssertUnwindSafe(|| self.bench.judge(id, tree)));
                progress.step();
                judged.map_err(|_| fault(&unit.root))
            })
            .collect();
        let mut all = BTreeMap::new();
        let mut faults = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(judged) if self.touches_focus(&judged, tree) => {
                    all.insert(judged.unit, judged);
                }
                Ok(_) => {}
                Err(notice) => faults.push(notice),
            }
        }
        (all, faults)
    }

    /// Step 7 of the walk: a fix or the reason why there is none, for every open finding.
    fn propose(
        &self,
        findings: &mut [Finding],
        judged: &BTreeMap<UnitId, Judged>,
        tree: &dyn SourceTree,
    ) -> Option<Notice> {
        let options = remediate::Options {
            threshold: Applicability::Manual,
            scope: Scope::All,
        };
        let before = findings.to_vec();
        let proposed = catch_unwind(AssertUnwindSafe(|| {
            remediate::propose(findings, judged, self.bench, tree, options);
        }));
        proposed.is_err().then(|| {
            findings.clone_from_slice(&before);
            let message = "No fixes are proposed: the program met a fault of its own.";
            Notice::about(NoticeKind::Limit, RelPath::root(), message)
        })
    }

    /// Whether a finding is reported: severe enough, and in a file that was asked for.
    pub(super) fn is_wanted(&self, finding: &Finding, tree: &dyn SourceTree) -> bool {
        let spans =
            std::iter::once(finding.span).chain(finding.related.iter().map(|(span, _)| *span));
        let in_focus = |file: FileId| {
            tree.get(file)
                .is_some_and(|file| self.is_in_focus(&file.path))
        };
        let addresses = &self.inputs.addresses;
        let is_meant = || {
            let mut own = finding
                .occurrences
                .iter()
                .map(|(_, address)| address.as_str());
            own.any(|own| addresses.iter().any(|address| is_within(own, address)))
        };
        // What a plan says is written in its source, and whoever names the plan asks for that.
        let of_plan = |unit: &UnitId| {
            let unit = self.bench.units.get(unit.0 as usize);
            unit.is_some_and(|unit| {
                matches!(unit.input, Input::Plan { .. }) && self.is_in_focus(&unit.root)
            })
        };
        finding.severity >= self.inputs.options.least_severity()
            && (addresses.is_empty() || is_meant())
            && (self.inputs.focus.is_none()
                || spans.into_iter().any(|span| in_focus(span.file))
                || finding.occurrences.iter().any(|(unit, _)| of_plan(unit)))
    }

    fn is_in_focus(&self, path: &RelPath) -> bool {
        let Some(focus) = &self.inputs.focus else {
            return true;
        };
        focus.iter().any(|wanted| path.is_within(wanted))
    }

    fn touches_focus(&self, judged: &Judged, tree: &dyn SourceTree) -> bool {
        self.inputs.focus.is_none() || judged.paths(tree).iter().any(|path| self.is_in_focus(path))
    }

    fn counts(
        findings: &[Finding],
        notices: &[Notice],
        judged: &BTreeMap<UnitId, Judged>,
    ) -> Counts {
        let mut tally = Tally::default();
        for unit in judged.values() {
            tally += unit.tally;
        }
        let files: BTreeSet<FileId> = judged
            .values()
            .flat_map(|judged| judged.files.iter().copied())
            .collect();
        let unreadable: BTreeSet<&RelPath> = notices
            .iter()
            .filter(|notice| {
                matches!(
                    notice.kind,
                    NoticeKind::UnreadableInput | NoticeKind::SkippedInput
                )
            })
            .map(|notice| &notice.path)
            .collect();
        let of = |state: State| {
            findings
                .iter()
                .filter(move |finding| finding.state == state)
        };
        let mut undecided_by = BTreeMap::new();
        for finding in of(State::Undecided) {
            for reason in &finding.reasons {
                *undecided_by.entry(*reason).or_default() += finding.occurrences.len();
            }
        }
        let fixable = |applicability: Applicability| {
            of(State::Open)
                .filter(|finding| {
                    finding
                        .fixes
                        .first()
                        .is_some_and(|fix| fix.applicability == applicability)
                })
                .count()
        };
        Counts {
            files: files.len(),
            units: judged.len(),
            resources: tally.resources,
            judged: tally.judged,
            passed: tally.passed,
            findings: of(State::Open).count(),
            fixable: fixable(Applicability::Safe),
            fixable_unsafe: fixable(Applicability::Unsafe),
            undecided: of(State::Undecided)
                .map(|finding| finding.occurrences.len())
                .sum(),
            undecided_by,
            suppressed: of(State::Suppressed).count(),
            unreadable: unreadable.len(),
        }
    }

    /// The report without what is not shown. The counts stay.
    pub(super) fn shown(&self, mut report: Report) -> Report {
        let undecided = self.inputs.show_undecided;
        report
            .findings
            .retain(|finding| undecided || finding.state != State::Undecided);
        report
    }
}

/// The exit code of a report: the same whatever format it is written in.
pub(super) fn exit_code(report: &Report, failing: FailOn) -> u8 {
    let unreadable = report
        .notices
        .iter()
        .any(|notice| notice.kind == NoticeKind::UnreadableInput);
    let fails = |finding: &Finding| match (failing, finding.state) {
        (FailOn::Level(level), State::Open) => finding.severity >= level,
        (FailOn::Undecided, State::Open | State::Undecided) => true,
        (FailOn::Deny, State::Open) => finding.rule.denies(),
        (FailOn::Never, _) | (_, State::Suppressed | State::Undecided) => false,
    };
    let found = report.findings.iter().any(fails);
    if found || (unreadable && failing != FailOn::Never) {
        FOUND
    } else {
        CLEAN
    }
}

/// Whether `own` is the address `asked`, an instance of it, or in the module that it names.
fn is_within(own: &str, asked: &str) -> bool {
    let rest = own.strip_prefix(asked);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '/']))
        || Address::new(own).without_keys() == asked
}

/// Sorts findings by path, place, rule and what they are about.
fn sort(findings: &mut [Finding], tree: &dyn SourceTree) {
    let path = |finding: &Finding| {
        tree.get(finding.span.file)
            .map_or_else(RelPath::root, |file| file.path.clone())
    };
    findings.sort_by_cached_key(|finding| {
        let (start, end) = (finding.span.start, finding.span.end);
        (
            path(finding),
            start,
            end,
            finding.state,
            finding.key.clone(),
        )
    });
}

fn fault(root: &RelPath) -> Notice {
    let message = "This could not be judged: the program met a fault of its own, which we would like to hear of.";
    Notice::about(NoticeKind::UnreadableInput, root.clone(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_its_instances_and_what_is_in_its_module() {
        let rows = [
            ("azurerm_key_vault.a", "azurerm_key_vault.a", true),
            ("azurerm_key_vault.a[0]", "azurerm_key_vault.a", true),
            ("azurerm_key_vault.ab", "azurerm_key_vault.a", false),
            ("module.m[\"x\"].azurerm_key_vault.a[0]", "module.m", true),
            (
                "module.m[\"x\"].azurerm_key_vault.a[0]",
                "module.m.azurerm_key_vault.a",
                true,
            ),
            ("module.mm.azurerm_key_vault.a", "module.m", false),
            (
                "Microsoft.Sql/servers/s/databases/d",
                "Microsoft.Sql/servers/s",
                true,
            ),
        ];
        for (own, asked, expected) in rows {
            assert_eq!(is_within(own, asked), expected, "{own} {asked}");
        }
    }
}
