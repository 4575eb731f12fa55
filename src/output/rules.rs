use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::clean::{markdown as plain, visible};
use super::style::{Style, Tone};
use super::text::{control, identity};
use crate::model::Kind;
use crate::rule::Rule;

/// Writes one line a rule.
///
/// # Errors
/// What writing to `out` says.
pub fn list(rules: &[Arc<Rule>], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let widest = rules
        .iter()
        .map(|rule| rule.id.chars().count())
        .max()
        .unwrap_or(0);
    for rule in rules {
        let severity = format!("{:8}", rule.severity.to_string());
        let id = format!("{:widest$}", rule.id);
        let off = if rule.enabled {
            ""
        } else {
            " (only when selected)"
        };
        writeln!(
            out,
            "{} {}  {}{off}",
            style.paint(Tone::of(rule.severity), &severity),
            style.paint(Tone::Strong, &visible(&id)),
            visible(&rule.title)
        )?;
    }
    let off = rules.iter().filter(|rule| !rule.enabled).count();
    writeln!(
        out,
        "\n{} rules, {off} of them only when selected.",
        rules.len()
    )
}

/// Writes the reference page: a section a rule, by cloud.
///
/// # Errors
/// What writing to `out` says.
pub fn markdown(rules: &[Arc<Rule>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Rules\n")?;
    writeln!(
        out,
        "Written by `iac-remediate rules --format markdown`; do not edit.\n"
    )?;
    writeln!(
        out,
        "| Rule | Severity | Recommendation |\n| --- | --- | --- |"
    )?;
    for rule in rules {
        writeln!(
            out,
            "| [{id}](#{id}) | {} | {} |",
            rule.severity,
            plain(&rule.title),
            id = rule.id
        )?;
    }
    for rule in rules {
        writeln!(out, "\n## {}\n\n**{}**\n", rule.id, plain(&rule.title))?;
        let ours = if rule.severity_is_ours {
            " (ours: Defender publishes none)"
        } else {
            ""
        };
        writeln!(out, "- Severity: {}{ours}", rule.severity)?;
        writeln!(out, "- Applies to: {}", kinds(rule).join(", "))?;
        if let Some(key) = &rule.recommendation.key {
            writeln!(out, "- Defender assessment key: `{key}`")?;
        }
        if let Some(policy) = &rule.recommendation.policy {
            writeln!(out, "- Azure Policy definition: `{policy}`")?;
        }
        if !rule.recommendation.controls.is_empty() {
            let controls: Vec<String> = rule.recommendation.controls.iter().map(control).collect();
            writeln!(out, "- Controls: {}", controls.join(", "))?;
        }
        if !rule.enabled {
            writeln!(out, "- Off unless selected")?;
        }
        writeln!(out, "- Fix: {}", remedy(rule))?;
        writeln!(out, "\n{}", paragraph(&rule.why))?;
        if !rule.steps.is_empty() {
            writeln!(out, "\nBy hand: {}", paragraph(&rule.steps))?;
        }
    }
    Ok(())
}

/// Writes all that the rules say of themselves, with every id.
///
/// # Errors
/// What writing to `out` says.
pub fn json(rules: &[Arc<Rule>], out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = rules.iter().map(|rule| rule_value(rule)).collect();
    let page = json!({ "version": 1, "rules": rules });
    serde_json::to_writer_pretty(&mut *out, &page)?;
    writeln!(out)
}

fn rule_value(rule: &Rule) -> Value {
    json!({
        "id": &*rule.id,
        "title": rule.title,
        "cloud": rule.cloud,
        "severity": rule.severity,
        "severityIsOurs": rule.severity_is_ours,
        "enabled": rule.enabled,
        "assessmentKey": rule.recommendation.key,
        "policyDefinitionId": rule.recommendation.policy,
        "category": rule.recommendation.category,
        "controls": rule.recommendation.controls.iter()
            .map(|control| json!({ "standard": control.standard, "id": control.id }))
            .collect::<Vec<_>>(),
        "resources": kinds(rule),
        "fix": remedy(rule),
        "why": rule.why.trim(),
        "steps": rule.steps.trim(),
    })
}

/// Says what a rule demands and why.
///
/// # Errors
/// What writing to `out` says.
pub fn explain(rule: &Rule, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let head = format!("{}[{}]", rule.severity, rule.id);
    writeln!(
        out,
        "{}: {}\n",
        style.paint(Tone::of(rule.severity), &visible(&head)),
        style.paint(Tone::Strong, &visible(&rule.title))
    )?;
    writeln!(out, "{}\n", visible(&paragraph(&rule.why)))?;
    writeln!(out, "Applies to   {}", visible(&kinds(rule).join(", ")))?;
    writeln!(out, "Known as     {}", visible(&identity(rule)))?;
    if !rule.recommendation.category.is_empty() {
        writeln!(
            out,
            "Category     {}",
            visible(&rule.recommendation.category)
        )?;
    }
    if rule.severity_is_ours {
        writeln!(out, "Severity     ours; Defender publishes none")?;
    }
    if !rule.enabled {
        writeln!(out, "Judged       only when selected: --select {}", rule.id)?;
    }
    writeln!(out, "Fix          {}", remedy(rule))?;
    if !rule.steps.is_empty() {
        writeln!(out, "By hand      {}", visible(&paragraph(&rule.steps)))?;
    }
    Ok(())
}

/// The types a rule applies to, without repetition, in order.
fn kinds(rule: &Rule) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for kind in rule.targets.iter().flat_map(|target| &target.kinds) {
        let name = Kind::to_string(kind);
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    kinds
}

/// The most that the remedies of a rule claim.
fn remedy(rule: &Rule) -> String {
    let remedies = rule.targets.iter().flat_map(|target| &target.remedies);
    match remedies.map(|remedy| remedy.safety).max() {
        Some(safety) => format!("at most {safety}"),
        None => "none".to_owned(),
    }
}

fn paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
