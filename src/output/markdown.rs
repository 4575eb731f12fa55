use std::io::{self, Write};

use super::clean::markdown;
use super::sheet::{Sheet, by_weight, counted, severities};
use super::text::{kind_name, spot};
use crate::edit::{Applicability, label};
use crate::finding::{Finding, State};

/// The most rows of a table: a job summary holds 1 MiB, a comment 65,536 characters.
const MOST_ROWS: usize = 150;

/// The widest cell, in characters.
const WIDEST: usize = 160;

/// Writes the report as a heading, a line of counts and tables, the worst first.
pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = sheet.report;
    let counts = &report.counts;
    let worst = severities(report);
    let worst = if worst.is_empty() {
        String::new()
    } else {
        format!(" ({worst})")
    };
    writeln!(
        out,
        "## iac-remediate: {}{worst}\n",
        counted(counts.findings, "finding")
    )?;
    writeln!(
        out,
        "{} in {}, {}. {} by `iac-remediate fix`, {} more with `--unsafe-fixes`. {} undecided, {} unreadable.\n",
        counted(counts.resources, "resource"),
        counted(counts.units, "unit"),
        counted(counts.files, "file"),
        counted(counts.fixable, "fix"),
        counts.fixable_unsafe,
        counts.undecided,
        counts.unreadable,
    )?;
    let shown = report
        .findings
        .iter()
        .filter(|finding| finding.state != State::Suppressed);
    let findings = by_weight(shown);
    if !findings.is_empty() {
        writeln!(
            out,
            "| Severity | Recommendation | Resource | Place | Fix |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- |")?;
        for finding in findings.iter().take(MOST_ROWS) {
            writeln!(out, "{}", row(finding, sheet))?;
        }
        more(findings.len(), out)?;
    }
    if report.notices.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| Notice | Where | What |\n| --- | --- | --- |")?;
    for notice in report.notices.iter().take(MOST_ROWS) {
        writeln!(
            out,
            "| {} | {} | {} |",
            kind_name(notice.kind),
            cell(&notice.path.to_string()),
            cell(&notice.message)
        )?;
    }
    more(report.notices.len(), out)
}

fn more(rows: usize, out: &mut dyn Write) -> io::Result<()> {
    match rows.saturating_sub(MOST_ROWS) {
        0 => Ok(()),
        left => writeln!(out, "\n{left} more are in the other reports."),
    }
}

fn row(finding: &Finding, sheet: &Sheet<'_>) -> String {
    let severity = match finding.state {
        State::Undecided => "undecided".to_owned(),
        State::Open | State::Suppressed => finding.severity.to_string(),
    };
    let place = sheet
        .place(finding)
        .map_or_else(|| finding.key.root.to_string(), |place| spot(&place));
    let fix = finding.fixes.first().map_or_else(
        || "none".to_owned(),
        |fix| {
            let how = match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Unsafe => "unsafe",
                Applicability::Manual => "by hand",
            };
            format!("{how}, hazard: {}", label(&fix.hazards))
        },
    );
    format!(
        "| {severity} | {} | {} | {} | {fix} |",
        cell(&finding.rule.title),
        cell(&finding.subject.address),
        cell(&place)
    )
}

fn cell(text: &str) -> String {
    let cut: String = text.chars().take(WIDEST).collect();
    let rest = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{rest}", markdown(&cut))
}
