//! The documentation of the rules: one page a rule, and the ledger of what is covered.

use std::io::{self, Write};
use std::sync::Arc;

use super::clean::{markdown as plain, paragraph};
use super::demand::{self, literal};
use super::text::control;
use crate::edit::Hazard;
use crate::rule::{Condition, Remedy, RemedyChange, Rule};

/// A rule and what is known of the world around it.
pub struct Page {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The file it is written in, as a reader of the pages finds it; `None` for a rule of the user's own.
    pub source: Option<String>,
    /// What is said of each type that it looks at, its companions included.
    pub types: Vec<TypeNote>,
    /// Its fixture, one entry a dialect.
    pub examples: Vec<Example>,
}

/// A resource type, the properties that a rule reads of it, and how they are spelled.
pub struct TypeNote {
    /// The type.
    pub kind: String,
    /// `true` for a companion, `false` for what is judged.
    pub companion: bool,
    /// The properties, in the order in which the rule reads them.
    pub properties: Vec<Property>,
    /// The Terraform types that spell it otherwise.
    pub spellings: Vec<Spelling>,
}

/// A property that a rule reads.
pub struct Property {
    /// Its path.
    pub path: String,
    /// What it means that it is absent.
    pub absent: String,
}

/// A Terraform type that writes a resource type, or a part of one.
pub struct Spelling {
    /// The Terraform type.
    pub kind: String,
    /// In Markdown, for each property: what stands for it; empty where the type cannot say it.
    pub arguments: Vec<String>,
}

/// The fixture of a rule in one dialect.
pub struct Example {
    /// The dialect as people call it.
    pub dialect: &'static str,
    /// The language of the code block.
    pub language: &'static str,
    /// A resource that is found, or the fix as a diff.
    pub text: String,
    /// Whether the fixture records a fix.
    pub fixed: bool,
}

/// Writes the page of one rule.
///
/// # Errors
/// What writing to `out` says.
pub fn rule_page(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let rule = &page.rule;
    writeln!(out, "# {}\n\n**{}**\n", rule.id, plain(&rule.title))?;
    writeln!(out, "{}\n", paragraph(&rule.why))?;
    writeln!(out, "| | |\n| --- | --- |")?;
    for (name, value) in facts(rule) {
        writeln!(out, "| {name} | {value} |")?;
    }
    if let Some(source) = &page.source {
        writeln!(out, "| Written in | [{source}](../../{source}) |")?;
    }
    writeln!(out, "\n## What is demanded\n")?;
    write_lines(&demands(rule), out)?;
    writeln!(out, "\n## Where it is judged")?;
    for note in &page.types {
        write_type(note, out)?;
    }
    write_remedies(rule, out)?;
    if !rule.steps.is_empty() {
        writeln!(out, "\nBy hand: {}", paragraph(&rule.steps))?;
    }
    if !page.examples.is_empty() {
        writeln!(out, "\n## Example")?;
    }
    for example in &page.examples {
        let what = if example.fixed {
            "the fix"
        } else {
            "what is found"
        };
        writeln!(out, "\n{}, {what}:\n", example.dialect)?;
        writeln!(
            out,
            "```{}\n{}\n```",
            example.language,
            example.text.trim_end()
        )?;
    }
    Ok(())
}

/// What a rule demands, as a nested Markdown list.
pub(super) fn demands(rule: &Rule) -> Vec<String> {
    let mut out = Vec::new();
    for target in &rule.targets {
        let kinds: Vec<String> = target
            .kinds
            .iter()
            .map(|kind| format!("`{kind}`"))
            .collect();
        let kinds = kinds.join(", ");
        if target.when == Condition::always() {
            out.push(format!("- of every {kinds}"));
        } else {
            out.push(format!("- of every {kinds} where"));
            out.extend(demand::lines(&target.when, 2));
            out.push("  that".to_owned());
        }
        out.extend(demand::lines(&target.require, 1));
    }
    out
}

/// What a rule is called and by whom: name and value in Markdown.
fn facts(rule: &Rule) -> Vec<(&'static str, String)> {
    let ours = if rule.severity_is_ours {
        " (ours: Defender publishes none)"
    } else {
        ""
    };
    let mut rows = vec![("Severity", format!("{}{ours}", rule.severity))];
    if !rule.recommendation.category.is_empty() {
        rows.push(("Category", plain(&rule.recommendation.category)));
    }
    if let Some(key) = &rule.recommendation.key {
        rows.push(("Defender assessment key", format!("`{key}`")));
    }
    if let Some(policy) = &rule.recommendation.policy {
        rows.push(("Azure Policy definition", format!("`{policy}`")));
    }
    if !rule.recommendation.controls.is_empty() {
        let controls: Vec<String> = rule.recommendation.controls.iter().map(control).collect();
        rows.push(("Controls", plain(&controls.join(", "))));
    }
    if !rule.enabled {
        rows.push((
            "Judged",
            format!("only when selected: `--select {}`", rule.id),
        ));
    }
    rows
}

fn write_lines(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn write_type(note: &TypeNote, out: &mut dyn Write) -> io::Result<()> {
    let role = if note.companion { ", a companion" } else { "" };
    writeln!(out, "\n### `{}`{role}\n", note.kind)?;
    if note.kind.contains('/') {
        writeln!(
            out,
            "ARM templates and `azapi_resource` spell it as it is.\n"
        )?;
    }
    if !note.properties.is_empty() {
        writeln!(out, "| Property | When it is absent |\n| --- | --- |")?;
        for property in &note.properties {
            writeln!(out, "| `{}` | {} |", property.path, property.absent)?;
        }
    }
    let spelled = note.spellings.iter();
    let (say, silent): (Vec<_>, Vec<_>) =
        spelled.partition(|it| said(it) > 0 || note.properties.is_empty());
    if !say.is_empty() && !note.properties.is_empty() {
        writeln!(
            out,
            "\n| Terraform type | Property | Arguments |\n| --- | --- | --- |"
        )?;
        for spelling in &say {
            for (property, words) in note.properties.iter().zip(&spelling.arguments) {
                let words = if words.is_empty() {
                    "none: undecided unless another resource says it"
                } else {
                    words
                };
                writeln!(
                    out,
                    "| `{}` | `{}` | {words} |",
                    spelling.kind, property.path
                )?;
            }
        }
    }
    let names = |spellings: &[&Spelling]| -> String {
        let names: Vec<String> = spellings
            .iter()
            .map(|it| format!("`{}`", it.kind))
            .collect();
        names.join(", ")
    };
    if note.properties.is_empty() && !say.is_empty() {
        writeln!(out, "In Terraform also {}.", names(&say))?;
    }
    if !silent.is_empty() && !note.properties.is_empty() {
        writeln!(
            out,
            "\nAlso written by {}, which {} nothing of these properties.",
            names(&silent),
            if silent.len() == 1 { "says" } else { "say" }
        )?;
    }
    Ok(())
}

fn write_remedies(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Fix\n")?;
    let remedies: Vec<&Remedy> = rule
        .targets
        .iter()
        .flat_map(|target| &target.remedies)
        .collect();
    if remedies.is_empty() {
        writeln!(out, "None.")?;
    }
    for remedy in remedies {
        writeln!(out, "- **{}**: {}", remedy.safety, remedy_words(remedy))?;
        if remedy.when != Condition::always() {
            writeln!(out, "  - only where")?;
            write_lines(&demand::lines(&remedy.when, 2), out)?;
        }
        for hazard in &remedy.hazards {
            writeln!(out, "  - {}", hazard_words(*hazard))?;
        }
        for need in &remedy.needs {
            writeln!(out, "  - needs {}", plain(need))?;
        }
    }
    Ok(())
}

fn remedy_words(remedy: &Remedy) -> String {
    let words = remedy.changes.iter().map(|change| match change {
        RemedyChange::Set(path, value) => format!("set `{path}` to {}", literal(value)),
        RemedyChange::Append(path, value) => format!("add {} to `{path}`", literal(value)),
        RemedyChange::Remove(path) => format!("remove `{path}`"),
        RemedyChange::Add { kind, .. } => format!("add a `{kind}`"),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        "a person decides".to_owned()
    } else {
        words.join(", ")
    }
}

/// What a hazard means to whoever applies the fix.
pub(super) fn hazard_words(hazard: Hazard) -> &'static str {
    match hazard {
        Hazard::Interrupts => "interrupts: it may stop serving for a while",
        Hazard::Replaces => "replaces: it is destroyed and made anew",
        Hazard::LocksOut => "locks out: who reaches it today may not tomorrow",
        Hazard::NeedsInput => "needs input: a person must choose a value",
    }
}

/// Of how many properties a type says something.
pub(super) fn said(spelling: &Spelling) -> usize {
    spelling
        .arguments
        .iter()
        .filter(|words| !words.is_empty())
        .count()
}
