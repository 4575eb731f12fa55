use std::io::{self, Write};

use super::clean::{command_data, command_property};
use super::place::Place;
use super::sheet::{Sheet, by_weight, counted, severities};
use super::text::{is_automatic, kind_name};
use crate::edit::label;
use crate::finding::{Finding, State};
use crate::rule::Severity;
use crate::source::{Notice, NoticeKind};

/// How many annotations of each level GitHub keeps a step.
const KEPT: usize = 10;

/// The levels of annotations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    fn of(finding: &Finding) -> Self {
        match (finding.state, finding.severity) {
            (State::Open, Severity::Critical | Severity::High) => Self::Error,
            (State::Open, Severity::Medium) => Self::Warning,
            (State::Open, Severity::Low) | (State::Undecided | State::Suppressed, _) => {
                Self::Notice
            }
        }
    }
}

/// Writes workflow commands, the worst first, as many as GitHub keeps; the last line says how many
/// more there are.
pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = sheet.report;
    let mut printed = [0_usize; 3];
    let mut left = 0_usize;
    let unreadable = report
        .notices
        .iter()
        .filter(|notice| notice.kind == NoticeKind::UnreadableInput);
    let mut lines: Vec<(Level, String)> = unreadable
        .map(|notice| (Level::Error, notice_command(notice, sheet)))
        .collect();
    let shown = report
        .findings
        .iter()
        .filter(|finding| finding.state != State::Suppressed);
    for finding in by_weight(shown) {
        lines.push((Level::of(finding), finding_command(finding, sheet)));
    }
    // One notice is kept for the closing line.
    for (level, line) in lines {
        let room = KEPT - usize::from(level == Level::Notice);
        let count = &mut printed[level as usize];
        if *count == room {
            left += 1;
            continue;
        }
        *count += 1;
        writeln!(out, "{line}")?;
    }
    if sheet.quiet {
        return Ok(());
    }
    let worst = severities(report);
    let worst = if worst.is_empty() {
        String::new()
    } else {
        format!(" ({worst})")
    };
    let more = if left > 0 {
        format!(" {left} more are in the SARIF report and the job summary.")
    } else {
        String::new()
    };
    let text = format!(
        "{}{worst}; {} undecided; {} unreadable.{more}",
        counted(report.counts.findings, "finding"),
        report.counts.undecided,
        counted(report.counts.unreadable, "file"),
    );
    writeln!(out, "::notice title=iac-remediate::{}", command_data(&text))
}

fn finding_command(finding: &Finding, sheet: &Sheet<'_>) -> String {
    let fix = match finding.fixes.first() {
        Some(fix) => {
            let how = if is_automatic(finding) {
                "`iac-remediate fix`".to_owned()
            } else {
                fix.applicability.to_string()
            };
            format!(
                "\nFix: {} ({how}; hazard: {}).",
                fix.title,
                label(&fix.hazards)
            )
        }
        None => String::new(),
    };
    let text = format!(
        "{}\nResource: {}{fix}",
        finding.message, finding.subject.address
    );
    let title = format!("{} ({})", finding.rule.title, finding.severity);
    command(
        Level::of(finding),
        sheet.place(finding).as_ref(),
        &title,
        &text,
    )
}

fn notice_command(notice: &Notice, sheet: &Sheet<'_>) -> String {
    let place = notice.span.and_then(|span| Place::of(span, sheet.sources));
    if place.is_some() {
        return command(
            Level::Error,
            place.as_ref(),
            kind_name(notice.kind),
            &notice.message,
        );
    }
    format!(
        "::error file={},title={}::{}",
        command_property(notice.path.as_str()),
        kind_name(notice.kind),
        command_data(&notice.message)
    )
}

fn command(level: Level, place: Option<&Place>, title: &str, text: &str) -> String {
    let place = place.map_or_else(String::new, |place| {
        let (start, end) = (place.start, place.end);
        // Columns are only understood within one line.
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column)
        } else {
            String::new()
        };
        format!(
            "file={},line={},endLine={}{columns},",
            command_property(place.file.path.as_str()),
            start.line,
            end.line
        )
    });
    format!(
        "::{} {place}title={}::{}",
        level.command(),
        command_property(title),
        command_data(text)
    )
}
