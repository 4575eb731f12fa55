use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::clean::{paragraph, visible};
use super::pages::{demands, hazard_words};
use super::style::{Style, Tone};
use super::text::identity;
use crate::edit::Hazard;
use crate::model::Kind;
use crate::rule::{Reach, Rule};

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
        "policy": policy_json(rule),
    })
}

/// Says what a rule demands and why: what its page says, without what is known of the world around it.
///
/// # Errors
/// What writing to `out` says.
pub fn explain(rule: &Rule, built_in: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
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
    let remedies = rule.targets.iter().flat_map(|target| &target.remedies);
    let hazards: BTreeSet<Hazard> = remedies.flat_map(|remedy| remedy.hazards.clone()).collect();
    for hazard in hazards {
        writeln!(out, "             {}", hazard_words(hazard))?;
    }
    if !rule.steps.is_empty() {
        writeln!(out, "By hand      {}", visible(&paragraph(&rule.steps)))?;
    }
    writeln!(out, "\nDemands")?;
    for line in demands(rule) {
        writeln!(out, "  {}", visible(&line.replace('`', "")))?;
    }
    if built_in {
        writeln!(out, "\n{}", address(rule))?;
    }
    Ok(())
}

/// Where a rule is told of: its page, or that of the policy definition it was made from.
pub(super) fn address(rule: &Rule) -> String {
    let id = rule.policy.as_ref().map(|policy| policy.id.as_str());
    match id.filter(|id| id.starts_with('/')) {
        Some(id) => format!(
            "https://portal.azure.com/#blade/Microsoft_Azure_Policy/PolicyDetailBlade/definitionId/{}",
            percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        ),
        None => page_address(&rule.id),
    }
}

/// The policy definition that a rule was made from; null for others.
pub(super) fn policy_json(rule: &Rule) -> Value {
    let Some(policy) = &rule.policy else {
        return Value::Null;
    };
    json!({
        "name": policy.name,
        "id": policy.id,
        "title": rule.title,
        "version": policy.version,
        "effect": policy.effect.word(),
        "refusesDeployment": policy.denies(),
        "category": rule.recommendation.category,
        "initiative": policy.initiative,
        "groups": policy.groups,
        "assignment": policy.assignment,
        "enforced": policy.enforced,
        "exemption": policy.exemption.as_ref().map(|exemption| json!({
            "name": exemption.name,
            "category": exemption.category,
            "expiresOn": exemption.expires,
        })),
    })
}

/// Where the page of a built-in rule is found.
fn page_address(id: &str) -> String {
    format!(
        "{}/blob/main/docs/rules/{id}.md",
        env!("CARGO_PKG_REPOSITORY")
    )
}

/// The types a rule applies to, without repetition, in order.
pub(super) fn kinds(rule: &Rule) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for kind in rule.targets.iter().flat_map(|target| &target.kinds) {
        let name = Kind::to_string(kind);
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    for target in &rule.targets {
        let words = match target.reach {
            Reach::Named => continue,
            Reach::Indexed => "every type with tags and a location",
            Reach::Every => "every type",
        };
        kinds.push(words.to_owned());
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
