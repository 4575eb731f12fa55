//! What became of policy definitions, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::clean::visible;
use super::style::{Style, Tone};
use crate::rule::Effect;
use crate::rule::policy::{Import, Imported, Outcome};

/// Writes one paragraph a definition that is worth a word, and the figures.
///
/// # Errors
/// What writing to `out` says.
pub fn text(
    import: &Import,
    faults: &[String],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for entry in &import.entries {
        definition(entry, style, out)?;
    }
    for fault in faults {
        writeln!(
            out,
            "{} {}",
            style.paint(Tone::Error, "skipped:"),
            visible(fault)
        )?;
    }
    for remark in &import.remarks {
        let (path, message) = (visible(&remark.path), visible(&remark.message));
        let word = style.paint(Tone::Warning, "not decided:");
        writeln!(out, "{word} {path}: {message}")?;
    }
    let figures = Figures::of(import, faults);
    if !import.entries.is_empty() || !faults.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", figures.sentence())?;
    for (reason, count) in &figures.refused {
        writeln!(out, "  {count:5}  {}", visible(reason))?;
    }
    if !figures.unknown.is_empty() {
        writeln!(out, "Unknown aliases:")?;
        for (alias, count) in &figures.unknown {
            writeln!(out, "  {count:5}  {}", visible(alias))?;
        }
    }
    Ok(())
}

fn definition(entry: &Imported, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let (word, tone) = match &entry.outcome {
        Outcome::Rule(rule) if rule.enabled => ("judged", Tone::Good),
        Outcome::Rule(_) => ("switched off", Tone::Faint),
        Outcome::Refused(_) | Outcome::Faulty(_) => ("not judged", Tone::Warning),
    };
    let effect = entry.effect.map_or("", Effect::word);
    writeln!(
        out,
        "{}: {} ({}{}{effect})",
        style.paint(tone, word),
        style.paint(Tone::Strong, &visible(&entry.title)),
        visible(&entry.name),
        if effect.is_empty() { "" } else { ", " },
    )?;
    let mut say = |what: &str, text: &str| writeln!(out, "    {what}: {}", visible(text));
    if let Outcome::Refused(reason) = &entry.outcome {
        say("why", reason)?;
    }
    for alias in &entry.unknown_aliases {
        say("unknown alias", alias)?;
    }
    for alias in &entry.assumed_aliases {
        say("alias taken by its form", alias)?;
    }
    for what in &entry.undecidable {
        say("decided by", what)?;
    }
    if entry.fixes {
        say("fix", "its effect becomes fixes")?;
    }
    if let Some(why) = &entry.no_fix {
        say("no fix", why)?;
    }
    Ok(())
}

/// Writes all that is known of each definition, and the figures as `summary`.
///
/// # Errors
/// What writing to `out` says.
pub fn json(import: &Import, faults: &[String], out: &mut dyn Write) -> io::Result<()> {
    let figures = Figures::of(import, faults);
    let definitions: Vec<Value> = import.entries.iter().map(definition_json).collect();
    let remarks = import.remarks.iter();
    let remarks: Vec<Value> = remarks
        .map(|it| json!({ "path": it.path, "message": it.message }))
        .collect();
    let page = json!({
        "version": 1,
        "summary": {
            "definitions": import.entries.len() + faults.len(),
            "judged": figures.judged,
            "switchedOff": figures.off,
            "refused": figures.refused.values().sum::<usize>(),
            "refusedBecause": figures.refused,
            "faulty": faults.len(),
            "ignored": import.ignored.len(),
            "remarks": import.remarks.len(),
            "undecidable": figures.undecidable,
            "unknownAliases": figures.unknown.len(),
            "assumedAliases": figures.assumed,
            "fixes": figures.fixes,
            "withoutFix": figures.without_fix,
            "effects": figures.effects,
        },
        "definitions": definitions,
        "faults": faults,
        "ignored": import.ignored,
        "remarks": remarks,
        "unknownAliases": figures.unknown,
    });
    serde_json::to_writer_pretty(&mut *out, &page)?;
    writeln!(out)
}

fn definition_json(entry: &Imported) -> Value {
    let (state, rule, reason) = match &entry.outcome {
        Outcome::Rule(rule) if rule.enabled => ("judged", Some(rule), None),
        Outcome::Rule(rule) => ("switched-off", Some(rule), None),
        Outcome::Refused(reason) => ("refused", None, Some(reason)),
        Outcome::Faulty(_) => ("faulty", None, None),
    };
    json!({
        "name": entry.name,
        "title": entry.title,
        "path": entry.path,
        "category": entry.category,
        "initiative": entry.initiative,
        "effect": entry.effect.map(Effect::word),
        "state": state,
        "rule": rule.map(|rule| &*rule.id),
        "resources": rule.map(|rule| super::rules::kinds(rule)),
        "reason": reason,
        "unknownAliases": entry.unknown_aliases,
        "assumedAliases": entry.assumed_aliases,
        "decidedBy": entry.undecidable,
        "fixes": entry.fixes,
        "noFix": entry.no_fix,
    })
}

/// The figures of an import.
#[derive(Default)]
struct Figures {
    judged: usize,
    off: usize,
    /// How many for each reason.
    refused: BTreeMap<String, usize>,
    faulty: usize,
    ignored: usize,
    undecidable: usize,
    /// How many definitions use each unknown alias.
    unknown: BTreeMap<String, usize>,
    assumed: usize,
    fixes: usize,
    without_fix: usize,
    effects: BTreeMap<&'static str, usize>,
}

impl Figures {
    fn of(import: &Import, faults: &[String]) -> Self {
        let mut figures = Self {
            faulty: faults.len(),
            ignored: import.ignored.len(),
            ..Self::default()
        };
        let mut assumed: Vec<&String> = Vec::new();
        for entry in &import.entries {
            match &entry.outcome {
                Outcome::Rule(rule) if rule.enabled => figures.judged += 1,
                Outcome::Rule(_) => figures.off += 1,
                Outcome::Refused(reason) => {
                    *figures.refused.entry(reason.clone()).or_default() += 1;
                }
                Outcome::Faulty(_) => {}
            }
            for alias in &entry.unknown_aliases {
                *figures.unknown.entry(alias.clone()).or_default() += 1;
            }
            assumed.extend(&entry.assumed_aliases);
            figures.undecidable += usize::from(!entry.undecidable.is_empty());
            figures.fixes += usize::from(entry.fixes);
            figures.without_fix += usize::from(entry.no_fix.is_some());
            if let Some(effect) = entry.effect {
                *figures.effects.entry(effect.word()).or_default() += 1;
            }
        }
        assumed.sort();
        assumed.dedup();
        figures.assumed = assumed.len();
        figures
    }

    fn sentence(&self) -> String {
        let refused: usize = self.refused.values().sum();
        let all = self.judged + self.off + refused + self.faulty;
        format!(
            "{all} definitions: {} judged, {} switched off, {refused} not judged, {} skipped because they are wrong. {} become fixes. {} files are no policy.",
            self.judged, self.off, self.faulty, self.fixes, self.ignored
        )
    }
}
