//! `rules`, `explain` and `completions`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::CommandFactory as _;

use super::exit::CLEAN;
use super::failure::{Failure, Fault};
use super::terminal::print;
use super::{pages, scaffold};
use crate::cli::{Cli, CompletionsArgs, ExplainArgs, RulesArgs, RulesCommand, RulesFormat};
use crate::files;
use crate::output::{self, Style};
use crate::rule::{Catalog, Entry, Rule, schema_json};

/// How many rules a wrong name is compared with by their likeness.
const SUGGESTIONS: usize = 3;

/// `rules`: lists all rules.
pub(super) fn list(args: &RulesArgs, style: Style) -> Result<u8, Failure> {
    if let Some(RulesCommand::New(new)) = &args.command {
        return scaffold::new(new);
    }
    let catalog = catalog(&args.rules)?;
    if args.format == RulesFormat::Markdown {
        return documentation(args, &catalog);
    }
    let rules = all(catalog.entries());
    print(|out| match args.format {
        RulesFormat::Text | RulesFormat::Markdown => output::rules_list(&rules, style, out),
        RulesFormat::Json => output::rules_json(&rules, out),
        RulesFormat::Schema => out.write_all(schema_json().as_bytes()),
    })?;
    Ok(CLEAN)
}

/// `rules --format markdown`: the ledger and a page a rule, in one text or below a folder.
fn documentation(args: &RulesArgs, catalog: &Catalog) -> Result<u8, Failure> {
    let pages = pages::pages(catalog, args.fixtures.as_deref());
    let Some(folder) = &args.out else {
        print(|out| {
            output::ledger(&pages, out)?;
            pages.iter().try_for_each(|page| {
                writeln!(out)?;
                output::rule_page(page, out)
            })
        })?;
        return Ok(CLEAN);
    };
    let write = |name: &str, body: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| {
        let path = folder.join(name);
        let said = |error| {
            Failure::said(format!(
                "cannot write {:?}: {error}",
                path.display().to_string()
            ))
        };
        files::write_output(&path, body).map_err(said)
    };
    write("COVERAGE.md", &mut |out| output::ledger(&pages, out))?;
    for page in &pages {
        let name = format!("rules/{}.md", page.rule.id);
        write(&name, &mut |out| output::rule_page(page, out))?;
    }
    Ok(CLEAN)
}

/// `explain`: says what the named rules demand.
pub(super) fn explain(args: &ExplainArgs, style: Style) -> Result<u8, Failure> {
    let catalog = catalog(&args.rules)?;
    let found = catalog.find(&args.rule);
    if found.is_empty() {
        return Err(Failure::said(unknown(&args.rule, &catalog)));
    }
    print(|out| {
        for (index, entry) in found.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            if let Some(rule) = entry.rule() {
                output::explain(&rule, entry.built_in, style, out)?;
            }
        }
        Ok(())
    })?;
    Ok(CLEAN)
}

/// `completions`: writes a completion script.
pub(super) fn completions(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "iac-remediate",
        &mut script,
    );
    print(|out| out.write_all(&script))?;
    Ok(CLEAN)
}

/// The built-in rules and those in `folders`.
pub(super) fn catalog(folders: &[PathBuf]) -> Result<Catalog, Failure> {
    let mut texts = Vec::new();
    for folder in folders {
        let files = files::rule_files(folder)
            .map_err(|(path, error)| Failure::said(cannot_read(&path, &error)))?;
        // Standards group rules, policies are no rules, and fixtures may be of any sort.
        let is_rule = |path: &PathBuf| {
            let below = path.strip_prefix(folder).unwrap_or(path);
            let mut parts = below.iter();
            !parts.any(|part| part == "standards" || part == "fixtures")
        };
        for path in files.into_iter().filter(is_rule) {
            let text = files::read_outside(&path)
                .map_err(|error| Failure::said(cannot_read(&path, &error)))?;
            texts.push((path.display().to_string(), text));
        }
    }
    Catalog::load(&texts).map_err(|errors| {
        let fault = |error: crate::rule::RuleError| Fault {
            text: texts
                .iter()
                .find(|(path, _)| *path == error.path)
                .map(|(_, text)| text.clone())
                .unwrap_or_default(),
            place: error.place.map(|(start, length)| (start, start + length)),
            message: error.message,
            path: error.path,
        };
        Failure::Faults(errors.into_iter().map(fault).collect())
    })
}

fn cannot_read(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {:?}: {error}", path.display().to_string())
}

/// The rules of `entries`, sorted by id.
pub(super) fn all(entries: &[Entry]) -> Vec<Arc<Rule>> {
    entries.iter().filter_map(Entry::rule).collect()
}

/// Says that `name` means no rule, and which it may have meant.
pub(super) fn unknown(name: &str, catalog: &Catalog) -> String {
    let mut alike: Vec<(f32, &str)> = catalog
        .entries()
        .iter()
        .map(|entry| {
            (
                similar::TextDiff::from_chars(name, &*entry.id).ratio(),
                &*entry.id,
            )
        })
        .filter(|(ratio, _)| *ratio > 0.6)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let alike: Vec<String> = alike
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, id)| format!("`{id}`"))
        .collect();
    let hint = if alike.is_empty() {
        "`iac-remediate rules` lists all".to_owned()
    } else {
        format!("did you mean {}?", alike.join(", "))
    };
    format!("no rule is called `{name}`; {hint}")
}
