use std::collections::BTreeSet;
use std::io::{self, Write};

use super::clean::visible;
use super::place::Place;
use super::sheet::{Sheet, counted, severities, trust};
use super::style::{Style, Tone};
use super::{hunk, snippet};
use crate::edit::{Applicability, Fix, Hazard};
use crate::finding::{Finding, State};
use crate::rule::{Control, Rule};
use crate::source::{Columns, FileId, MemoryTree, Notice, NoticeKind, Span};

/// How many notices of one sort are printed in full; all are counted, and other formats list all.
const MOST_NOTICES: usize = 10;

/// How many other instances of a finding are named.
const MOST_OCCURRENCES: usize = 5;

/// How many of the places a value comes through are shown.
const MOST_RELATED: usize = 5;

/// Writes the report for people.
pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut explained = BTreeSet::new();
    for finding in &sheet.report.findings {
        if finding.state == State::Suppressed {
            continue;
        }
        let first = explained.insert(&finding.rule.id);
        write_finding(finding, first, sheet, out)?;
        writeln!(out)?;
    }
    write_notices(sheet, out)?;
    if sheet.quiet {
        Ok(())
    } else {
        closing(sheet, out)
    }
}

fn write_finding(
    finding: &Finding,
    explain: bool,
    sheet: &Sheet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = sheet.style;
    let (word, tone) = match finding.state {
        State::Undecided => ("undecided".to_owned(), Tone::Faint),
        State::Open | State::Suppressed => {
            (finding.severity.to_string(), Tone::of(finding.severity))
        }
    };
    let head = format!("{word}[{}]", finding.rule.id);
    let title = visible(&finding.rule.title);
    writeln!(
        out,
        "{}: {}",
        style.paint(tone, &head),
        style.paint(Tone::Strong, &title)
    )?;
    if let Some(place) = sheet.place(finding) {
        snippet::write(&place, "", tone, style, out)?;
    } else {
        writeln!(out, "  --> {}", visible(finding.key.root.as_str()))?;
    }
    property(out, style, "what", &finding.message)?;
    property(out, style, "resource", &resource(finding))?;
    for (span, what) in finding.related.iter().take(MOST_RELATED) {
        if let Some(place) = Place::of(*span, sheet.sources) {
            property(out, style, "see", &format!("{} ({what})", spot(&place)))?;
        }
    }
    others(finding, style, out)?;
    if !finding.deciding.is_empty() {
        property(out, style, "decided by", &finding.deciding.join(", "))?;
    }
    if !finding.reasons.is_empty() {
        let reasons: Vec<&str> = finding.reasons.iter().map(|it| it.as_str()).collect();
        property(out, style, "reason", &reasons.join(", "))?;
    }
    if explain {
        property(out, style, "why", &finding.rule.why)?;
        let whose = if finding.rule.policy.is_some() {
            "policy"
        } else {
            "defender"
        };
        property(out, style, whose, &identity(&finding.rule))?;
    }
    mending(finding, sheet, out)
}

fn others(finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let addresses: BTreeSet<&str> = finding
        .occurrences
        .iter()
        .map(|(_, address)| address.as_str())
        .filter(|address| *address != finding.subject.address)
        .collect();
    if addresses.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = addresses.iter().copied().take(MOST_OCCURRENCES).collect();
    let more = addresses.len() - named.len();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    property(
        out,
        style,
        "also in",
        &format!("{}{rest}", named.join(", ")),
    )
}

fn mending(finding: &Finding, sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    if let Some(fix) = finding.fixes.first() {
        let cost = hazards(&fix.hazards);
        property(
            out,
            style,
            "fix",
            &format!("{} ({}{cost})", fix.title, trust(fix.applicability)),
        )?;
        hunk::write(
            fix,
            finding.span.file,
            "        ",
            style,
            sheet.sources,
            out,
        )?;
        if !fix.also_affects.is_empty() {
            property(out, style, "also changes", &fix.also_affects.join(", "))?;
        }
        for other in finding.fixes.iter().skip(1) {
            property(out, style, "or", &alternative(other, sheet))?;
        }
    } else if let Some(refusal) = &finding.refusal {
        property(out, style, "no fix", &refusal.0)?;
    }
    Ok(())
}

/// Another fix for the same finding: where it stands and whom it reaches.
fn alternative(fix: &Fix, sheet: &Sheet<'_>) -> String {
    let place = fix.edits.first().and_then(|edit| {
        let file = sheet.sources.get(edit.span.file)?;
        let line = file.locate(edit.span.start, Columns::CodePoints).line;
        Some(format!(" at {}:{line}", file.path))
    });
    let others = if fix.also_affects.is_empty() {
        String::new()
    } else {
        format!(", which also changes {}", fix.also_affects.join(", "))
    };
    format!("{}{}{others}", fix.title, place.unwrap_or_default())
}

/// What applying a fix may cost, in words.
fn hazards(hazards: &[Hazard]) -> String {
    if hazards.is_empty() {
        return "; hazard: none".to_owned();
    }
    hazards
        .iter()
        .map(|hazard| match hazard {
            Hazard::Interrupts => "; interrupts the resource",
            Hazard::Replaces => "; replaces the resource",
            Hazard::LocksOut => "; may lock someone out",
            Hazard::NeedsInput => "; needs a value of yours",
        })
        .collect()
}

/// One labelled line. No line starts with what was scanned: a runner would take `::` there for a command.
fn property(out: &mut dyn Write, style: Style, label: &str, text: &str) -> io::Result<()> {
    let label = format!("= {label}:");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "    {} {}",
        style.paint(Tone::Faint, &label),
        visible(&text)
    )
}

/// The resource of a finding: address, type and name.
pub(super) fn resource(finding: &Finding) -> String {
    let subject = &finding.subject;
    let name = subject
        .name
        .as_ref()
        .map(|name| format!(" named {name:?}"))
        .unwrap_or_default();
    let condition = if finding.conditional {
        ", if deployed"
    } else {
        ""
    };
    format!("{} ({}{name}{condition})", subject.address, subject.kind)
}

/// The names under which a rule is known elsewhere.
pub(super) fn identity(rule: &Rule) -> String {
    let mut parts = Vec::new();
    if let Some(key) = &rule.recommendation.key {
        parts.push(format!("assessment {key}"));
    }
    if let Some(policy) = &rule.recommendation.policy {
        let version = rule.policy.as_ref().and_then(|it| it.version.as_ref());
        let version = version.map_or_else(String::new, |it| format!(" {it}"));
        let what = if rule.policy.is_some() { "" } else { "policy " };
        parts.push(format!("{what}{policy}{version}"));
    }
    parts.extend(rule.recommendation.controls.iter().map(control));
    if parts.is_empty() {
        parts.push("a rule of your own".to_owned());
    }
    parts.join(", ")
}

/// A control with its standard: `MCSB DP-3`.
pub(super) fn control(control: &Control) -> String {
    format!("{} {}", control.standard.to_ascii_uppercase(), control.id)
}

/// A place on one line: `path:line:column`.
pub(super) fn spot(place: &Place) -> String {
    let path = place.file.path.as_str();
    format!("{path}:{}:{}", place.start.line, place.start.column)
}

fn write_notices(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let mut kind = None;
    let mut printed = 0;
    let mut sorted: Vec<&Notice> = sheet.report.notices.iter().collect();
    sorted.sort_by_key(|notice| notice.kind);
    for (index, notice) in sorted.iter().enumerate() {
        if kind != Some(notice.kind) {
            kind = Some(notice.kind);
            printed = 0;
        }
        printed += 1;
        if printed <= MOST_NOTICES {
            write_notice(notice, sheet, out)?;
        }
        let is_last = sorted
            .get(index + 1)
            .is_none_or(|next| next.kind != notice.kind);
        if is_last && printed > MOST_NOTICES {
            let more = format!(
                "… {} more like these; --format json lists all",
                printed - MOST_NOTICES
            );
            writeln!(out, "{}", style.paint(Tone::Faint, &more))?;
        }
    }
    if sorted.is_empty() {
        Ok(())
    } else {
        writeln!(out)
    }
}

fn write_notice(notice: &Notice, sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let tone = if notice.kind == NoticeKind::UnreadableInput {
        Tone::Error
    } else {
        Tone::Warning
    };
    let head = format!("{}:", kind_name(notice.kind));
    writeln!(
        out,
        "{} {}",
        style.paint(tone, &head),
        visible(&notice.message)
    )?;
    match notice.span.and_then(|span| Place::of(span, sheet.sources)) {
        Some(place) => snippet::write(&place, "", tone, style, out),
        None => writeln!(out, "  --> {}", visible(&notice.path.to_string())),
    }
}

/// The sort of a notice, as its key in every format.
pub(super) fn kind_name(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::UnreadableInput => "unreadable-input",
        NoticeKind::SkippedInput => "skipped-input",
        NoticeKind::MissingModule => "missing-module",
        NoticeKind::StaleInput => "stale-input",
        NoticeKind::Limit => "limit",
        NoticeKind::InvalidConfiguration => "invalid-configuration",
        NoticeKind::Unsupported => "unsupported",
        NoticeKind::UndecidedPolicy => "undecided-policy",
    }
}

fn closing(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts = &sheet.report.counts;
    let style = sheet.style;
    let scope = format!(
        "{} in {}, {}",
        counted(counts.resources, "resource"),
        counted(counts.units, "unit"),
        counted(counts.files, "file")
    );
    let worst = severities(sheet.report);
    let found = match counts.findings {
        0 => style.paint(Tone::Good, "No findings").into_owned(),
        n => {
            let text = format!("{} ({worst})", counted(n, "finding"));
            style.paint(Tone::Strong, &text).into_owned()
        }
    };
    writeln!(
        out,
        "{found}: {scope}. {} passed, {} undecided{}, {} unreadable, {}.",
        counted(counts.passed, "condition"),
        counts.undecided,
        if counts.suppressed > 0 {
            format!(", {} accepted", counts.suppressed)
        } else {
            String::new()
        },
        counts.unreadable,
        counted(sheet.report.notices.len(), "notice"),
    )?;
    waiting(sheet, out)
}

/// What could be done next.
fn waiting(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts = &sheet.report.counts;
    let manual = counts
        .findings
        .saturating_sub(counts.fixable + counts.fixable_unsafe);
    let mut parts = Vec::new();
    if counts.fixable > 0 {
        let verb = if counts.fixable == 1 { "waits" } else { "wait" };
        parts.push(format!(
            "{} {verb} for `iac-remediate fix`",
            counted(counts.fixable, "fix")
        ));
    }
    match counts.fixable_unsafe {
        0 => {}
        n if counts.fixable > 0 => parts.push(format!("{n} more with `--unsafe-fixes`")),
        n => {
            let verb = if n == 1 { "waits" } else { "wait" };
            parts.push(format!(
                "{} {verb} for `iac-remediate fix --unsafe-fixes`",
                counted(n, "fix")
            ));
        }
    }
    if manual > 0 && counts.findings > 0 {
        let verb = if manual == 1 { "needs" } else { "need" };
        parts.push(format!(
            "{} {verb} a decision of yours",
            counted(manual, "finding")
        ));
    }
    if !parts.is_empty() {
        writeln!(out, "{}.", parts.join(", "))?;
    }
    let hidden = !sheet
        .report
        .findings
        .iter()
        .any(|finding| finding.state == State::Undecided);
    if counts.undecided > 0 && hidden {
        writeln!(out, "`--show undecided` names the inputs that decide.")?;
    }
    Ok(())
}

/// Shows a problem in a text that is no source: a rule or the configuration.
///
/// # Errors
/// What writing to `out` says.
pub fn problem(
    message: &str,
    path: &str,
    text: &str,
    place: Option<(usize, usize)>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{} {}",
        style.paint(Tone::Error, "error:"),
        visible(message)
    )?;
    let tree = MemoryTree::new([("text", text)]);
    let shown = place.and_then(|(start, end)| {
        let end = end.min(text.len());
        Place::of(Span::new(FileId(0), start.min(end), end), &tree)
    });
    match shown {
        Some(place) => snippet::write_as(path, &place, "here", Tone::Error, style, out),
        None => writeln!(out, "  --> {}", visible(path)),
    }
}

/// Whether a fix is applied by default, for the other formats.
pub(super) fn is_automatic(finding: &Finding) -> bool {
    finding
        .fixes
        .first()
        .is_some_and(|fix| fix.applicability.applies(Applicability::Safe))
}
