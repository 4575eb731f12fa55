use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
    ReportingDescriptorReference, ReportingDescriptorRelationship, ToolComponent,
    ToolComponentReference,
};

use super::bag::bag;
use crate::output::clean::paragraph;
use crate::output::rules::{address, policy_json};
use crate::output::text::kind_name;
use crate::rule::{Rule, Severity};
use crate::source::NoticeKind;

/// Where the project lives.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// The most characters of a description that GitHub takes.
const LONGEST: usize = 1024;

/// Every sort of notice, in the order of the driver's `notifications`.
pub(super) const NOTICES: [(NoticeKind, &str); 8] = [
    (
        NoticeKind::UnreadableInput,
        "A file or a part of it could not be read as its language.",
    ),
    (
        NoticeKind::SkippedInput,
        "A file was left out: too large, no text, or outside the workspace.",
    ),
    (
        NoticeKind::MissingModule,
        "A module or linked template is not in the workspace.",
    ),
    (
        NoticeKind::StaleInput,
        "Two inputs contradict each other; the message says which one counts.",
    ),
    (
        NoticeKind::Limit,
        "A limit was reached; the rest was judged.",
    ),
    (
        NoticeKind::InvalidConfiguration,
        "The configuration is one that would be refused.",
    ),
    (
        NoticeKind::Unsupported,
        "A construct is not evaluated yet; what depends on it is unknown.",
    ),
    (
        NoticeKind::UndecidedPolicy,
        "What a policy document says depends on where and by whom is deployed.",
    ),
];

/// The tool with all its rules.
pub(super) fn driver(rules: &[Arc<Rule>], standards: &[String]) -> ToolComponent {
    ToolComponent::builder()
        .name("iac-remediate")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(HOME)
        .rules(
            rules
                .iter()
                .map(|rule| descriptor(rule, standards))
                .collect::<Vec<_>>(),
        )
        .notifications(
            NOTICES
                .iter()
                .map(|(kind, text)| {
                    ReportingDescriptor::builder()
                        .id(kind_name(*kind))
                        .short_description(words(text))
                        .build()
                })
                .collect::<Vec<_>>(),
        )
        .supported_taxonomies(
            standards
                .iter()
                .enumerate()
                .map(|(index, name)| taxonomy(name, index))
                .collect::<Vec<_>>(),
        )
        .build()
}

/// The standards that some rule serves, sorted.
pub(super) fn standards(rules: &[Arc<Rule>]) -> Vec<String> {
    let all: BTreeSet<&str> = rules
        .iter()
        .flat_map(|rule| &rule.recommendation.controls)
        .map(|control| control.standard.as_str())
        .collect();
    all.into_iter().map(str::to_owned).collect()
}

/// The standards as taxonomies, each with the controls that some rule serves.
pub(super) fn taxonomies(rules: &[Arc<Rule>], standards: &[String]) -> Vec<ToolComponent> {
    standards
        .iter()
        .map(|standard| {
            let ids: BTreeSet<&str> = rules
                .iter()
                .flat_map(|rule| &rule.recommendation.controls)
                .filter(|control| control.standard == *standard)
                .map(|control| control.id.as_str())
                .collect();
            ToolComponent::builder()
                .name(standard.to_ascii_uppercase())
                .short_description(words(&standard_name(standard)))
                .taxa(
                    ids.into_iter()
                        .map(|id| ReportingDescriptor::builder().id(id).build())
                        .collect::<Vec<_>>(),
                )
                .is_comprehensive(false)
                .build()
        })
        .collect()
}

fn standard_name(standard: &str) -> String {
    match standard {
        "mcsb" => "Microsoft cloud security benchmark".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

/// What a rule says of itself: the same in every run, whatever was scanned.
fn descriptor(rule: &Rule, standards: &[String]) -> ReportingDescriptor {
    let why = paragraph(&rule.why);
    let steps = paragraph(&rule.steps);
    let text = if steps.is_empty() {
        why.clone()
    } else {
        format!("{why}\n\nBy hand: {steps}")
    };
    let markdown = format!(
        "**{}**\n\n{text}\n\n{}",
        paragraph(&rule.title),
        identity(rule)
    );
    let help = MultiformatMessageString::builder()
        .text(text)
        .markdown(markdown)
        .build();
    let relationships: Vec<ReportingDescriptorRelationship> = rule
        .recommendation
        .controls
        .iter()
        .filter_map(|control| {
            let index = standards
                .iter()
                .position(|name| *name == control.standard)?;
            let target = ReportingDescriptorReference::builder()
                .id(control.id.clone())
                .tool_component(taxonomy(&control.standard, index))
                .build();
            let kinds = vec!["relevant".to_owned()];
            Some(
                ReportingDescriptorRelationship::builder()
                    .target(target)
                    .kinds(kinds)
                    .build(),
            )
        })
        .collect();
    ReportingDescriptor::builder()
        .id(&*rule.id)
        .name(pascal(&rule.id))
        .short_description(words(&cut(&paragraph(&rule.title))))
        .full_description(words(&cut(&why)))
        .help(help)
        .help_uri(address(rule))
        .default_configuration(configuration(rule))
        .properties(properties(rule))
        .relationships(relationships)
        .build()
}

fn configuration(rule: &Rule) -> ReportingConfiguration {
    ReportingConfiguration::builder()
        .level(json!(level(rule.severity)))
        .enabled(rule.enabled)
        .build()
}

/// The level that GitHub shows for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn properties(rule: &Rule) -> PropertyBag {
    let mut bag = bag([
        ("precision", json!("high")),
        ("security-severity", json!(security_severity(rule.severity))),
        ("severity", json!(rule.severity)),
        ("category", json!(rule.recommendation.category)),
        ("defenderAssessmentKey", json!(rule.recommendation.key)),
        (
            "policyDefinitionIds",
            json!(rule.recommendation.policy.iter().collect::<Vec<_>>()),
        ),
    ]);
    if rule.policy.is_some() {
        let policy = ("policy".to_owned(), policy_json(rule));
        bag.additional_properties.extend([policy]);
    }
    bag.tags = Some(tags(rule));
    bag
}

/// The tags, the most important first: GitHub keeps ten.
fn tags(rule: &Rule) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "iac".to_owned(), rule.cloud.clone()];
    let controls = rule.recommendation.controls.iter();
    let mut of_controls: Vec<String> = controls
        .map(|control| format!("{}:{}", control.standard, control.id))
        .collect();
    of_controls.truncate(5);
    tags.extend(of_controls);
    tags.extend(
        rule.recommendation
            .key
            .iter()
            .map(|key| format!("defender:{key}")),
    );
    tags.extend(
        rule.recommendation
            .policy
            .iter()
            .map(|policy| format!("azure-policy:{policy}")),
    );
    tags.truncate(10);
    tags
}

/// The middle of the band that GitHub shows as this severity. It must be text.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
    }
}

fn identity(rule: &Rule) -> String {
    let mut lines = Vec::new();
    if let Some(key) = &rule.recommendation.key {
        lines.push(format!("- Defender assessment key `{key}`"));
    }
    if let Some(policy) = &rule.recommendation.policy {
        lines.push(format!("- Azure Policy definition `{policy}`"));
    }
    for control in &rule.recommendation.controls {
        lines.push(format!(
            "- {} {}",
            control.standard.to_ascii_uppercase(),
            control.id
        ));
    }
    lines.join("\n")
}

fn taxonomy(standard: &str, index: usize) -> ToolComponentReference {
    ToolComponentReference::builder()
        .name(standard.to_ascii_uppercase())
        .index(i64::try_from(index).unwrap_or(-1))
        .build()
}

fn words(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder()
        .text(text.to_owned())
        .build()
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// `azure-storage-x` as `AzureStorageX`, the form that SARIF asks of names.
fn pascal(id: &str) -> String {
    id.split('-')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
                .unwrap_or_default()
        })
        .collect()
}
