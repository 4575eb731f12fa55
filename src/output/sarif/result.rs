use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, CodeFlow, Fix as SarifFix, Location,
    LogicalLocation, Message, PhysicalLocation, PropertyBag, Region, Replacement,
    Result as SarifResult, ResultKind, ResultLevel, Suppression, ThreadFlow, ThreadFlowLocation,
};
use sha2::{Digest as _, Sha256};

use super::bag::bag;
use super::fingerprint::LineHashes;
use crate::edit::{Fix, label};
use crate::finding::{Finding, Flow, State};
use crate::output::clean::{unlinked, uri};
use crate::output::hunk::by_file;
use crate::output::json::quotable;
use crate::output::place::Place;
use crate::output::sheet::Sheet;
use crate::rule::Severity;
use crate::source::{Encoding, FileId, RelPath};

/// The name of the workspace in every URI.
pub(super) const BASE: &str = "SRCROOT";

/// The most hops of a value that are told.
const MOST_RELATED: usize = 50;

/// The line hashes of the texts that results point into.
pub(super) type Hashes = BTreeMap<FileId, Option<LineHashes>>;

/// A finding as a result.
pub(super) fn result(
    finding: &Finding,
    rule_index: Option<usize>,
    sheet: &Sheet<'_>,
    hashes: &mut Hashes,
) -> SarifResult {
    let place = sheet.place(finding);
    let related = related(finding, sheet);
    let mut result = SarifResult::builder()
        .rule_id(&*finding.rule.id)
        .message(message(finding, &related))
        .kind(kind(finding.state))
        .level(level(finding))
        .locations(vec![location(finding, place.as_ref())])
        .partial_fingerprints(fingerprints(finding, place.as_ref(), hashes))
        .properties(properties(finding))
        .build();
    result.rule_index = rule_index.and_then(|index| i64::try_from(index).ok());
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    let flows = flows(finding, sheet);
    if !flows.is_empty() {
        result.code_flows = Some(flows);
    }
    let fixes: Vec<SarifFix> = finding.fixes.iter().map(|one| fix(one, sheet)).collect();
    if !fixes.is_empty() {
        result.fixes = Some(fixes);
    }
    if finding.state == State::Suppressed {
        let suppression = Suppression::builder()
            .kind(json!("external"))
            .status(json!("accepted"));
        result.suppressions = Some(vec![suppression.build()]);
    }
    result
}

fn kind(state: State) -> ResultKind {
    match state {
        State::Open | State::Suppressed => ResultKind::Fail,
        State::Undecided => ResultKind::Open,
    }
}

/// The level; a result that is no failure has none.
fn level(finding: &Finding) -> ResultLevel {
    match (finding.state, finding.severity) {
        (State::Undecided, _) => ResultLevel::None,
        (_, Severity::Critical | Severity::High) => ResultLevel::Error,
        (_, Severity::Medium) => ResultLevel::Warning,
        (_, Severity::Low) => ResultLevel::Note,
    }
}

/// The words, with a link to each place the value comes through.
fn message(finding: &Finding, related: &[Location]) -> Message {
    let mut text = unlinked(&finding.message);
    if finding.state == State::Undecided && !finding.deciding.is_empty() {
        let inputs = unlinked(&finding.deciding.join(", "));
        text = format!("{text} Decided by: {inputs}.");
    }
    let links: Vec<String> = related
        .iter()
        .filter_map(|location| {
            let words = location.message.as_ref()?.text.as_deref()?;
            let words = words.replace(['[', ']'], "");
            Some(format!("[{words}]({})", location.id?))
        })
        .collect();
    if !links.is_empty() {
        text = format!("{text} See {}.", links.join(", "));
    }
    if let Some(fix) = finding.fixes.first() {
        let title = unlinked(&fix.title);
        let hazard = label(&fix.hazards);
        text = format!(
            "{text} Fix ({}; hazard: {hazard}): {title}.",
            fix.applicability
        );
    }
    Message::builder().text(text).build()
}

fn location(finding: &Finding, place: Option<&Place>) -> Location {
    let subject = &finding.subject;
    let name = subject
        .name
        .clone()
        .unwrap_or_else(|| subject.address.clone());
    let logical = LogicalLocation::builder()
        .fully_qualified_name(subject.address.clone())
        .name(name)
        .kind("resource")
        .properties(bag([
            ("type", json!(subject.kind.to_string())),
            ("writtenType", json!(subject.written_kind)),
        ]))
        .build();
    let mut location = Location::builder().logical_locations(vec![logical]).build();
    location.physical_location = Some(match place {
        Some(place) => physical(place),
        None => whole(&finding.key.root),
    });
    location
}

/// A place as file and region, with its text where that shows no secret.
pub(super) fn physical(place: &Place) -> PhysicalLocation {
    let mut region = region(place);
    if let Some(text) = quotable(place) {
        let content = ArtifactContent::builder().text(text.to_owned()).build();
        region.snippet = Some(content);
    }
    PhysicalLocation::builder()
        .artifact_location(artifact(&place.file.path))
        .region(region)
        .build()
}

/// A file as a whole.
pub(super) fn whole(path: &RelPath) -> PhysicalLocation {
    PhysicalLocation::builder()
        .artifact_location(artifact(path))
        .build()
}

fn artifact(path: &RelPath) -> ArtifactLocation {
    ArtifactLocation::builder()
        .uri(uri(path.as_str()))
        .uri_base_id(BASE)
        .build()
}

fn region(place: &Place) -> Region {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    Region::builder()
        .start_line(number(place.start.line))
        .start_column(number(place.start.column))
        .end_line(number(place.end.line))
        .end_column(number(place.end.column))
        .build()
}

/// The places the value comes through, numbered from 1.
fn related(finding: &Finding, sheet: &Sheet<'_>) -> Vec<Location> {
    let places = finding.related.iter().take(MOST_RELATED);
    places
        .filter_map(|(span, what)| Some((Place::of(*span, sheet.sources)?, what)))
        .zip(1..)
        .map(|((place, what), id)| {
            Location::builder()
                .id(id)
                .message(Message::builder().text(unlinked(what)).build())
                .physical_location(physical(&place))
                .build()
        })
        .collect()
}

/// The ways of the value, each from where it is written to where it counts.
fn flows(finding: &Finding, sheet: &Sheet<'_>) -> Vec<CodeFlow> {
    let one = |flow: &Flow| {
        let locations: Vec<ThreadFlowLocation> = flow
            .iter()
            .filter_map(|(span, what)| {
                let place = Place::of(*span, sheet.sources)?;
                let location = Location::builder()
                    .message(Message::builder().text(unlinked(what)).build())
                    .physical_location(physical(&place))
                    .build();
                Some(ThreadFlowLocation::builder().location(location).build())
            })
            .collect();
        (!locations.is_empty()).then(|| {
            CodeFlow::builder()
                .thread_flows(vec![ThreadFlow::builder().locations(locations).build()])
                .build()
        })
    };
    finding.flows.iter().filter_map(one).collect()
}

fn fingerprints(
    finding: &Finding,
    place: Option<&Place>,
    hashes: &mut Hashes,
) -> BTreeMap<String, String> {
    let mut prints = BTreeMap::new();
    if let Some(place) = place {
        let hashes = hashes
            .entry(place.file.id)
            .or_insert_with(|| LineHashes::of(&place.file));
        let line = hashes
            .as_ref()
            .and_then(|hashes| hashes.line(place.start.line));
        if let Some(hash) = line {
            prints.insert("primaryLocationLineHash".to_owned(), hash.to_owned());
        }
    }
    prints.insert("iacRemediate/v1".to_owned(), own_fingerprint(finding));
    prints
}

/// What a finding is, independent of lines: rule, root, address and property.
fn own_fingerprint(finding: &Finding) -> String {
    let key = &finding.key;
    let mut hash = Sha256::new();
    for part in [key.root.as_str(), &key.rule, &key.address, &key.property] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(16)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn properties(finding: &Finding) -> PropertyBag {
    let rule = &finding.rule;
    let mut bag = bag([
        ("severity", json!(finding.severity)),
        (
            "verdict",
            json!(if finding.state == State::Undecided {
                "undecided"
            } else {
                "fail"
            }),
        ),
        ("resourceType", json!(finding.subject.kind.to_string())),
        ("property", json!(finding.key.property)),
        ("defenderAssessmentKey", json!(rule.recommendation.key)),
        (
            "policyDefinitionIds",
            json!(rule.recommendation.policy.iter().collect::<Vec<_>>()),
        ),
    ]);
    let mut put = |key: &str, value| _ = bag.additional_properties.insert(key.to_owned(), value);
    if finding.conditional {
        put("conditional", json!(true));
    }
    if !finding.deciding.is_empty() {
        put("deciding", json!(finding.deciding));
    }
    if !finding.reasons.is_empty() {
        put("reasons", json!(finding.reasons));
    }
    if !finding.choices.is_empty() {
        put("choices", json!(finding.choices));
    }
    if finding.occurrences.len() > 1 {
        let addresses: Vec<&str> = finding
            .occurrences
            .iter()
            .map(|(_, at)| at.as_str())
            .collect();
        put("occurrences", json!(addresses));
    }
    if let Some(refusal) = &finding.refusal {
        put("refusal", json!(refusal.0));
    }
    bag
}

/// A fix whose replacements, applied to the bytes of each file, give its bytes after the fix.
fn fix(fix: &Fix, sheet: &Sheet<'_>) -> SarifFix {
    let changes: Vec<ArtifactChange> = by_file(fix, sheet.sources)
        .into_iter()
        .map(|(file, edits)| {
            let mark = if file.encoding == Encoding::Utf8Bom {
                3
            } else {
                0
            };
            let replacements: Vec<Replacement> = edits
                .into_iter()
                .filter_map(|edit| {
                    let place = Place::of(edit.span, sheet.sources)?;
                    let mut region = region(&place);
                    region.byte_offset = Some(i64::from(edit.span.start) + mark);
                    region.byte_length = i64::try_from(edit.span.len()).ok();
                    let content = ArtifactContent::builder().text(edit.text.clone()).build();
                    Some(
                        Replacement::builder()
                            .deleted_region(region)
                            .inserted_content(content)
                            .build(),
                    )
                })
                .collect();
            ArtifactChange::builder()
                .artifact_location(artifact(&file.path))
                .replacements(replacements)
                .build()
        })
        .collect();
    SarifFix::builder()
        .description(Message::builder().text(unlinked(&fix.title)).build())
        .artifact_changes(changes)
        .properties(bag([
            ("applicability", json!(fix.applicability)),
            ("hazard", json!(label(&fix.hazards))),
            ("hazards", json!(fix.hazards)),
            ("alsoAffects", json!(fix.also_affects)),
        ]))
        .build()
}
