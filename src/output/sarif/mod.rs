//! SARIF 2.1.0 for code scanning: one run, written result by result.

mod bag;
mod fingerprint;
mod result;
mod rules;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;
use serde_sarif::sarif::{
    Invocation, Location, Message, Notification, ReportingDescriptorReference,
    RunAutomationDetails, Tool,
};

use bag::bag;

use super::clean::{unlinked, write_json};
use super::place::Place;
use super::sheet::{Sheet, by_weight, counted};
use super::text::kind_name;
use crate::finding::Finding;
use crate::source::{Notice, NoticeKind};

/// The schema that the report keeps to.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The most results of a run that GitHub keeps; more than 25,000 make it refuse the file.
const MOST_RESULTS: usize = 5000;

/// The most notices that are listed.
const MOST_NOTICES: usize = 1000;

/// Writes the report as one SARIF run. Findings beyond what GitHub keeps are left out, the least
/// severe first, and the report says so.
pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let kept = kept(sheet);
    let left_out = sheet.report.findings.len() - kept.len();
    let standards = rules::standards(sheet.rules);
    let driver = rules::driver(sheet.rules, &standards);
    let automation = RunAutomationDetails::builder()
        .id(format!("iac-remediate/{}/", sheet.category))
        .build();
    let base = json!({ result::BASE: {
        "description": { "text": "The top of the workspace that was judged." }
    } });
    write!(
        out,
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{"
    )?;
    member("tool", &Tool::builder().driver(driver).build(), out)?;
    member("automationDetails", &automation, out)?;
    member("columnKind", &"unicodeCodePoints", out)?;
    member("originalUriBaseIds", &base, out)?;
    let taxonomies = rules::taxonomies(sheet.rules, &standards);
    if !taxonomies.is_empty() {
        member("taxonomies", &taxonomies, out)?;
    }
    member("invocations", &[invocation(sheet, left_out)], out)?;
    write!(out, "\"results\":[")?;
    let mut hashes = result::Hashes::new();
    for (index, finding) in kept.iter().enumerate() {
        let rule = sheet
            .rules
            .binary_search_by(|rule| rule.id.cmp(&finding.rule.id))
            .ok();
        writeln!(out, "{}", if index > 0 { "," } else { "" })?;
        write_json(&result::result(finding, rule, sheet, &mut hashes), out)?;
    }
    writeln!(out, "]}}]}}")
}

/// The findings that are reported, in the order of the report.
fn kept<'f>(sheet: &Sheet<'f>) -> Vec<&'f Finding> {
    let findings = &sheet.report.findings;
    if findings.len() <= MOST_RESULTS {
        return findings.iter().collect();
    }
    let heavy: BTreeSet<*const Finding> = by_weight(findings)
        .into_iter()
        .take(MOST_RESULTS)
        .map(std::ptr::from_ref)
        .collect();
    findings
        .iter()
        .filter(|finding| heavy.contains(&std::ptr::from_ref(*finding)))
        .collect()
}

fn member<T: Serialize + ?Sized>(name: &str, value: &T, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "\"{name}\":")?;
    write_json(value, out)?;
    writeln!(out, ",")
}

/// How the run went: all that the reader must know and that is no finding.
fn invocation(sheet: &Sheet<'_>, left_out: usize) -> Invocation {
    let notices = &sheet.report.notices;
    let mut notifications: Vec<Notification> = notices
        .iter()
        .take(MOST_NOTICES)
        .map(|notice| notification(notice, sheet))
        .collect();
    if notices.len() > MOST_NOTICES {
        let text = format!(
            "{} more notices are left out.",
            notices.len() - MOST_NOTICES
        );
        notifications.push(remark(&text));
    }
    if left_out > 0 {
        let text = format!(
            "{} of lesser severity are left out: GitHub keeps {MOST_RESULTS} results of a run.",
            counted(left_out, "result")
        );
        notifications.push(remark(&text));
    }
    Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(notifications)
        .properties(bag([("counts", json!(sheet.report.counts))]))
        .build()
}

fn remark(text: &str) -> Notification {
    Notification::builder()
        .message(Message::builder().text(text.to_owned()).build())
        .level(json!("warning"))
        .build()
}

fn notification(notice: &Notice, sheet: &Sheet<'_>) -> Notification {
    let level = match notice.kind {
        NoticeKind::UnreadableInput => "error",
        NoticeKind::SkippedInput
        | NoticeKind::MissingModule
        | NoticeKind::StaleInput
        | NoticeKind::Limit
        | NoticeKind::InvalidConfiguration => "warning",
        NoticeKind::Unsupported | NoticeKind::UndecidedPolicy => "note",
    };
    let place = notice.span.and_then(|span| Place::of(span, sheet.sources));
    let physical = match &place {
        Some(place) => result::physical(place),
        None => result::whole(&notice.path),
    };
    let index = rules::NOTICES
        .iter()
        .position(|(kind, _)| *kind == notice.kind);
    let mut descriptor = ReportingDescriptorReference::builder()
        .id(kind_name(notice.kind))
        .build();
    descriptor.index = index.and_then(|index| i64::try_from(index).ok());
    Notification::builder()
        .message(Message::builder().text(unlinked(&notice.message)).build())
        .level(json!(level))
        .descriptor(descriptor)
        .locations(vec![
            Location::builder().physical_location(physical).build(),
        ])
        .build()
}
