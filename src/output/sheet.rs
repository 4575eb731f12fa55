use std::sync::Arc;

use super::place::Place;
use super::style::Style;
use crate::edit::Applicability;
use crate::finding::{Finding, Report, State};
use crate::rule::{Rule, Severity};
use crate::source::SourceTree;

/// What an output format is given: the report and all it refers to.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// What is reported; only what shall be shown is in its list of findings.
    pub report: &'a Report,
    /// The texts that findings point into.
    pub sources: &'a dyn SourceTree,
    /// Every rule that was judged, sorted by id.
    pub rules: &'a [Arc<Rule>],
    /// What tells this report from others of the same commit.
    pub category: &'a str,
    /// The colours of the text format.
    pub style: Style,
    /// Findings only: no closing line.
    pub quiet: bool,
}

impl Sheet<'_> {
    /// The place of a finding.
    pub(super) fn place(&self, finding: &Finding) -> Option<Place> {
        Place::of(finding.span, self.sources)
    }
}

/// The order in which findings compete for room: open before the rest, worse first, then as reported.
pub(super) fn by_weight<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<&'f Finding> {
    let mut sorted: Vec<&Finding> = findings.into_iter().collect();
    sorted.sort_by_key(|finding| (finding.state, std::cmp::Reverse(finding.severity)));
    sorted
}

/// What a fix of this applicability asks of a person.
pub(super) fn trust(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe: needs --unsafe-fixes",
        Applicability::Manual => "by hand: it needs a decision",
    }
}

/// `n thing` or `n things`.
pub(super) fn counted(n: usize, thing: &str) -> String {
    let plural = match thing {
        _ if n == 1 => return format!("1 {thing}"),
        "fix" => "fixes".to_owned(),
        _ => format!("{thing}s"),
    };
    format!("{n} {plural}")
}

/// How many open findings there are of each severity, worst first, as "2 high, 1 low".
pub(super) fn severities(report: &Report) -> String {
    let levels = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let parts: Vec<String> = levels
        .into_iter()
        .filter_map(|level| {
            let count = report
                .findings
                .iter()
                .filter(|finding| finding.state == State::Open && finding.severity == level)
                .count();
            (count > 0).then(|| format!("{count} {level}"))
        })
        .collect();
    parts.join(", ")
}
