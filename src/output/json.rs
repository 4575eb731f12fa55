use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::clean::write_json;
use super::hunk::by_file;
use super::place::Place;
use super::secret::shows_secret;
use super::sheet::Sheet;
use super::text::kind_name;
use crate::edit::Fix;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::source::{Notice, Span};

/// The version of the format. It changes when a member goes or changes its meaning, not when one comes.
const VERSION: u32 = 1;

/// Writes the report for programs, finding by finding. The format is described by
/// `docs/report.schema.json`.
pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let tool = json!({ "name": "iac-remediate", "version": env!("CARGO_PKG_VERSION") });
    write!(out, "{{\"version\":{VERSION},\"tool\":{tool},\"counts\":")?;
    write_json(&sheet.report.counts, out)?;
    write!(out, ",\n\"findings\":[")?;
    for (index, finding) in sheet.report.findings.iter().enumerate() {
        writeln!(out, "{}", if index > 0 { "," } else { "" })?;
        write_json(&finding_json(finding, sheet), out)?;
    }
    write!(out, "],\n\"notices\":[")?;
    for (index, notice) in sheet.report.notices.iter().enumerate() {
        writeln!(out, "{}", if index > 0 { "," } else { "" })?;
        write_json(&notice_json(notice, sheet), out)?;
    }
    writeln!(out, "]}}")
}

fn finding_json(finding: &Finding, sheet: &Sheet<'_>) -> Value {
    let related: Vec<Value> = finding
        .related
        .iter()
        .filter_map(|(span, what)| {
            let mut place = place_json(*span, sheet)?;
            place.insert("what".to_owned(), json!(what));
            Some(Value::Object(place))
        })
        .collect();
    let occurrences: Vec<Value> = finding
        .occurrences
        .iter()
        .map(|(unit, address)| json!({ "unit": unit, "address": address }))
        .collect();
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .map(|fix| fix_json(fix, sheet))
        .collect();
    json!({
        "rule": rule_json(&finding.rule),
        "key": finding.key,
        "state": finding.state,
        "severity": finding.severity,
        "message": finding.message,
        "subject": finding.subject,
        "conditional": finding.conditional,
        "place": place_json(finding.span, sheet),
        "related": related,
        "occurrences": occurrences,
        "deciding": finding.deciding,
        "reasons": finding.reasons,
        "choices": finding.choices,
        "fixes": fixes,
        "refusal": finding.refusal.as_ref().map(|refusal| &refusal.0),
    })
}

/// The rule of a finding, with every id it has.
fn rule_json(rule: &Rule) -> Value {
    json!({
        "id": &*rule.id,
        "title": rule.title,
        "cloud": rule.cloud,
        "assessmentKey": rule.recommendation.key,
        "policyDefinitionId": rule.recommendation.policy,
        "category": rule.recommendation.category,
        "controls": rule.recommendation.controls.iter()
            .map(|control| json!({ "standard": control.standard, "id": control.id }))
            .collect::<Vec<_>>(),
        "severityIsOurs": rule.severity_is_ours,
        "policy": super::rules::policy_json(rule),
    })
}

fn notice_json(notice: &Notice, sheet: &Sheet<'_>) -> Value {
    json!({
        "kind": kind_name(notice.kind),
        "message": notice.message,
        "path": notice.path,
        "place": notice.span.and_then(|span| place_json(span, sheet)),
    })
}

fn fix_json(fix: &Fix, sheet: &Sheet<'_>) -> Value {
    let mut edits = Vec::new();
    for (_, of_file) in by_file(fix, sheet.sources) {
        for edit in of_file {
            let place = place_json(edit.span, sheet).map(|mut place| {
                place.remove("text");
                Value::Object(place)
            });
            edits.push(json!({ "place": place, "text": edit.text }));
        }
    }
    json!({
        "title": fix.title,
        "applicability": fix.applicability,
        "hazards": fix.hazards,
        "edits": edits,
        "alsoAffects": fix.also_affects,
    })
}

/// A place: bytes of the text without its byte order mark, and lines and columns in code points.
fn place_json(span: Span, sheet: &Sheet<'_>) -> Option<Map<String, Value>> {
    let place = Place::of(span, sheet.sources)?;
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("path", json!(place.file.path));
    put("start", json!(span.start));
    put("end", json!(span.end));
    put("line", json!(place.start.line));
    put("column", json!(place.start.column));
    put("endLine", json!(place.end.line));
    put("endColumn", json!(place.end.column));
    if let Some(text) = quotable(&place) {
        put("text", json!(text));
    }
    Some(object)
}

/// The longest text that is quoted, in bytes.
const LONGEST_QUOTE: usize = 4096;

/// How much of its line decides whether a text is a secret, in bytes on each side.
const AROUND: usize = 2048;

/// The text of a place as it may be quoted: not when it is long, and not when it or its line shows
/// a secret.
pub(super) fn quotable(place: &Place) -> Option<&str> {
    let text = place.text();
    if text.len() > LONGEST_QUOTE {
        return None;
    }
    let whole = place.file.text.as_str();
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let line_start = place.file.line_start(place.span.start) as usize;
    let low = whole.floor_char_boundary(line_start.max(start.saturating_sub(AROUND)));
    let high = whole.ceil_char_boundary(end.saturating_add(AROUND));
    let rest = whole.get(end..high).unwrap_or_default();
    let line_end = rest.find('\n').map_or(high, |at| end + at);
    let around = whole.get(low..line_end).unwrap_or_default();
    (!shows_secret(around)).then_some(text)
}
