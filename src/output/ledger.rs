//! The ledger of what is covered.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::pages::{Example, Page, said};
use super::rules::kinds;
use crate::edit::Applicability;
use crate::rule::Rule;

/// Writes the ledger: what is judged in which dialect, what mends it, and what a fixture proves.
///
/// # Errors
/// What writing to `out` says.
pub fn ledger(pages: &[Page], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Coverage\n")?;
    writeln!(
        out,
        "Written by `iac-remediate rules --format markdown`; do not edit.\n"
    )?;
    writeln!(
        out,
        "A rule about Azure judges ARM templates and `azapi_resource` as they are, and each `azurerm` type as far as its lens"
    )?;
    writeln!(
        out,
        "speaks of the properties that the rule reads. What no argument stands for is undecided, never absent.\n"
    )?;
    let mut clouds: BTreeMap<&str, Vec<&Page>> = BTreeMap::new();
    for page in pages {
        clouds
            .entry(page.rule.cloud.as_str())
            .or_default()
            .push(page);
    }
    writeln!(
        out,
        "| Cloud | Rules | Off unless selected | With a safe fix | With an unsafe one | By hand only |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for (cloud, pages) in &clouds {
        let best = |wanted: Option<Applicability>| {
            pages
                .iter()
                .filter(|page| safest(&page.rule) == wanted)
                .count()
        };
        let off = pages.iter().filter(|page| !page.rule.enabled).count();
        writeln!(
            out,
            "| {cloud} | {} | {off} | {} | {} | {} |",
            pages.len(),
            best(Some(Applicability::Safe)),
            best(Some(Applicability::Unsafe)),
            best(Some(Applicability::Manual)) + best(None)
        )?;
    }
    for (cloud, pages) in &clouds {
        writeln!(out, "\n## {cloud}\n")?;
        writeln!(
            out,
            "| Rule | Severity | Types | In `azurerm` | Fix | Fixtures |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
        pages.iter().try_for_each(|page| row(page, out))?;
    }
    Ok(())
}

fn row(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let rule = &page.rule;
    let types: Vec<String> = kinds(rule).iter().map(|kind| format!("`{kind}`")).collect();
    let fix = safest(rule).map_or("none".to_owned(), |safety| safety.to_string());
    let fixtures: Vec<String> = page.examples.iter().map(fixture_words).collect();
    writeln!(
        out,
        "| [{id}](rules/{id}.md) | {} | {} | {} | {fix} | {} |",
        rule.severity,
        types.join("<br>"),
        azurerm_words(page),
        fixtures.join("<br>"),
        id = rule.id
    )
}

fn fixture_words(example: &Example) -> String {
    format!(
        "{}{}",
        example.dialect,
        if example.fixed { ", fix recorded" } else { "" }
    )
}

/// The safest remedy of a rule.
fn safest(rule: &Rule) -> Option<Applicability> {
    let remedies = rule.targets.iter().flat_map(|target| &target.remedies);
    remedies.map(|remedy| remedy.safety).max()
}

/// How many of the properties each `azurerm` type can say; those that say nothing only where none does.
fn azurerm_words(page: &Page) -> String {
    let judged = page
        .types
        .iter()
        .filter(|note| !note.companion && note.kind.contains('/'));
    let words = judged.flat_map(|note| {
        let all = note.properties.len();
        let counted = note.spellings.iter().map(|it| (&it.kind, said(it)));
        let most = counted.clone().map(|(_, said)| said).max().unwrap_or(0);
        counted.filter(move |(_, said)| *said > 0 || most == 0).map(
            move |(kind, said)| match said {
                _ if all == 0 => format!("`{kind}`"),
                said if said == all => format!("`{kind}`: all"),
                said => format!("`{kind}`: {said} of {all}"),
            },
        )
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join("<br>")
    }
}
