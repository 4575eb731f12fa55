//! What the pages of the rules say beyond the rules: facts, the lens, and the fixtures.

use std::path::Path as FilePath;

use crate::files;
use crate::lang::terraform::lens::{self, Said};
use crate::model::facts::{self, Absence};
use crate::model::{Data, Kind, Path};
use crate::output::{Example, Page, Property, Spelling, TypeNote};
use crate::rule::{Catalog, Condition, Entry, Rule, Subject};

/// The names that every resource has, whatever its type says.
const OF_EVERY_TYPE: [&str; 6] = ["id", "name", "fullname", "type", "location", "apiversion"];

/// A page for each rule of the catalogue; examples from the folder `fixtures`, one folder a rule.
pub(super) fn pages(catalog: &Catalog, fixtures: Option<&FilePath>) -> Vec<Page> {
    let entries = catalog.entries().iter();
    entries.filter_map(|entry| page(entry, fixtures)).collect()
}

fn page(entry: &Entry, fixtures: Option<&FilePath>) -> Option<Page> {
    let rule = entry.rule()?;
    let examples = fixtures.map(|folder| examples(&folder.join(&*rule.id)));
    Some(Page {
        source: entry.built_in.then(|| format!("rules/{}", entry.path)),
        types: types(&rule),
        examples: examples.unwrap_or_default(),
        rule,
    })
}

/// The types that a rule reads, in order, each with its properties.
fn types(rule: &Rule) -> Vec<TypeNote> {
    let mut read: Vec<(Kind, bool, Vec<Path>)> = Vec::new();
    for target in &rule.targets {
        for kind in &target.kinds {
            note(kind, false, &mut read);
            reads(&target.when, kind, &mut read);
            reads(&target.require, kind, &mut read);
        }
    }
    let notes = read.into_iter().map(|(kind, companion, paths)| {
        let patterns: Vec<String> = paths.iter().map(Path::pattern).collect();
        let properties = paths.iter().zip(&patterns).map(|(path, pattern)| Property {
            path: path.to_string(),
            absent: absent(&kind, pattern),
        });
        let spellings = if kind.as_str().contains('/') {
            lens::spellings(kind.as_str(), &patterns)
        } else {
            Vec::new()
        };
        TypeNote {
            kind: kind.to_string(),
            companion,
            properties: properties.collect(),
            spellings: spellings.into_iter().map(spelling).collect(),
        }
    });
    notes.collect()
}

fn spelling(spelling: lens::Spelling) -> Spelling {
    let words = |said: &Said| match said {
        Said::Argument(name, majors) if majors.is_empty() => format!("`{name}`"),
        Said::Argument(name, majors) => {
            let majors: Vec<String> = majors.iter().map(u32::to_string).collect();
            format!("`{name}` ({})", majors.join(", "))
        }
        Said::Fixed => "always the same".to_owned(),
    };
    let arguments = spelling.said.iter();
    Spelling {
        arguments: arguments
            .map(|said| said.iter().map(words).collect::<Vec<_>>().join(", "))
            .collect(),
        kind: spelling.kind,
    }
}

/// The paths that are read of `kind`, or the empty list when it is new.
fn note<'r>(
    kind: &Kind,
    companion: bool,
    read: &'r mut Vec<(Kind, bool, Vec<Path>)>,
) -> Option<&'r mut Vec<Path>> {
    if !read.iter().any(|(known, ..)| known == kind) {
        read.push((kind.clone(), companion, Vec::new()));
    }
    let found = read.iter_mut().find(|(known, ..)| known == kind);
    found.map(|(_, _, paths)| paths)
}

/// Notes what `condition` reads of `kind` and of its companions.
fn reads(condition: &Condition, kind: &Kind, read: &mut Vec<(Kind, bool, Vec<Path>)>) {
    match condition {
        Condition::AllOf(conditions) | Condition::AnyOf(conditions) => {
            for inner in conditions {
                reads(inner, kind, read);
            }
        }
        Condition::Not(inner) => reads(inner, kind, read),
        Condition::Is(Subject::Field(path), _) => add(path, kind, read),
        Condition::Is(Subject::Count(count), _) => {
            if count.values.is_none() {
                add(&count.field, kind, read);
            }
            if let Some(inner) = &count.condition {
                reads(inner, kind, read);
            }
        }
        Condition::Is(Subject::Value(_) | Subject::Formula(_) | Subject::Unresolved(_), _) => {}
        Condition::Related(related) => {
            note(&related.kind, true, read);
            reads(&related.condition, &related.kind, read);
            reads(&related.require, &related.kind, read);
        }
    }
}

fn add(path: &Path, kind: &Kind, read: &mut Vec<(Kind, bool, Vec<Path>)>) {
    if OF_EVERY_TYPE.contains(&path.pattern().as_str()) {
        return;
    }
    if let Some(paths) = note(kind, false, read)
        && !paths.contains(path)
    {
        paths.push(path.clone());
    }
}

/// What it means that a property is absent, whatever the API version.
fn absent(kind: &Kind, pattern: &str) -> String {
    match facts::absence(kind.as_str(), pattern, None) {
        Absence::Value(Data::Bool(value)) => format!("`{value}`"),
        Absence::Value(Data::Number(value)) => format!("`{value}`"),
        Absence::Value(Data::String(value)) => format!("`{value}`"),
        Absence::Value(Data::List(list)) if list.items.is_empty() => "an empty list".to_owned(),
        Absence::Value(_) => "a value of the service".to_owned(),
        Absence::Absent => "absent".to_owned(),
        Absence::Unknown if kind.as_str().contains('/') => "depends on the API version".to_owned(),
        Absence::Unknown => "what the service chooses".to_owned(),
    }
}

/// The fixture in `folder`, one example a dialect.
fn examples(folder: &FilePath) -> Vec<Example> {
    let dialects = [
        ("Terraform", "terraform", "cases.tf"),
        ("ARM template", "json", "cases.json"),
    ];
    let examples = dialects
        .into_iter()
        .filter_map(|(dialect, language, name)| {
            let text = files::read_outside(&folder.join(name)).ok()?;
            let diff =
                files::read_outside(&folder.join(format!("{name}.diff"))).unwrap_or_default();
            let fixed = !diff.is_empty();
            Some(Example {
                dialect,
                language: if fixed { "diff" } else { language },
                text: if fixed {
                    first_hunk(&diff)
                } else {
                    first_found(&text)?
                },
                fixed,
            })
        });
    examples.collect()
}

/// The first hunk of a diff, without its head.
fn first_hunk(diff: &str) -> String {
    let lines = diff
        .lines()
        .skip_while(|line| !line.starts_with("@@"))
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with("@@"));
    lines.map(unmarked).collect::<Vec<_>>().join("\n")
}

/// The lines around the first line that is marked: those of the block or object that it stands in.
fn first_found(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let marked = lines.iter().position(|line| line.ends_with("expect"))?;
    let indent = |line: &str| line.len() - line.trim_start().len();
    // Resources of a template stand four deep, blocks of Terraform at the margin.
    let margin = if lines.first()?.starts_with('{') {
        4
    } else {
        0
    };
    let is_edge = |line: &&str| !line.trim().is_empty() && indent(line) == margin;
    let first = (0..=marked).rev().find(|at| is_edge(&lines[*at]))?;
    let last = (marked + 1..lines.len()).find(|at| is_edge(&lines[*at]));
    let last = last
        .filter(|at| lines[*at].trim_start().starts_with('}'))
        .unwrap_or(marked);
    let block = lines[first..=last].iter();
    let block = block.map(|line| unmarked(line.get(margin..).unwrap_or_default()));
    let block = block.collect::<Vec<_>>().join("\n");
    // What follows it in the template is not shown, so neither is the comma.
    Some(block.trim_end_matches(',').to_owned())
}

/// A line of a fixture as a reader shall see it.
fn unmarked(line: &str) -> String {
    let end = line.len() - "expect".len().min(line.len());
    match line.get(..end) {
        Some(start) if line.ends_with("expect") => format!("{start}found"),
        _ => line.to_owned(),
    }
}
