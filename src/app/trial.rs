//! `test`: the fixtures of a folder of rules, held to the laws that the built-in ones keep.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::derived;
use super::exit::{CLEAN, FOUND};
use super::failure::Failure;
use super::rules;
use super::terminal::print;
use crate::check;
use crate::cli::TestArgs;
use crate::edit::{Applicability, unified_diff};
use crate::files;
use crate::finding::{Finding, State, UnitId};
use crate::lang::{Cache, EditAt, UnitOptions, units};
use crate::model::{Estate, Kind};
use crate::output::{self, Style};
use crate::remediate::{Bench, fixpoint};
use crate::rule::Rule;
use crate::source::{Columns, MemoryTree, RelPath, SourceTree};

/// The files of a fixture.
const CASES: [&str; 2] = ["cases.tf", "cases.json"];

/// What one fixture gave.
struct Seen {
    /// The names of the resources that were found fault with.
    names: BTreeSet<String>,
    /// What is wrong, a sentence each.
    failures: Vec<String>,
}

/// `test`: one line a fixture file, and the figures.
pub(super) fn run(args: &TestArgs, style: Style) -> Result<u8, Failure> {
    let catalog = rules::catalog(std::slice::from_ref(&args.folder))?;
    let own = catalog.entries().iter().filter(|entry| !entry.built_in);
    let (mut lines, mut failed, mut files) = (Vec::new(), 0, 0);
    for entry in own {
        let Some(rule) = entry.rule() else { continue };
        let mut failures: Vec<String> = Vec::new();
        let mut twins: Vec<BTreeSet<String>> = Vec::new();
        let folder = fixture(&args.folder, &rule.id, Path::new(&entry.path));
        for name in CASES {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            files += 1;
            let seen = case(&rule, &path, name, args.bless)?;
            twins.push(seen.names);
            failures.extend(seen.failures);
        }
        if twins.is_empty() {
            let wanted = folder.join(CASES[1]);
            failures.push(format!(
                "there is no fixture; write {} with what shall be found and what shall not",
                wanted.display()
            ));
        }
        if let [terraform, arm] = twins.as_slice()
            && terraform != arm
        {
            let apart: Vec<&str> = terraform
                .symmetric_difference(arm)
                .map(String::as_str)
                .collect();
            failures.push(format!(
                "Terraform and the template disagree about {}",
                apart.join(", ")
            ));
        }
        failed += usize::from(!failures.is_empty());
        lines.push((rule.id.to_string(), failures));
    }
    print(|out| output::trials(&lines, files, style, out))?;
    Ok(if failed == 0 { CLEAN } else { FOUND })
}

/// Where the fixture of a rule stands: in `fixtures` beside the rules, or in a folder of the rule's name.
fn fixture(folder: &Path, id: &str, rule: &Path) -> PathBuf {
    let base = if folder.is_file() {
        folder.parent()
    } else {
        Some(folder)
    };
    let base = base.unwrap_or(Path::new(""));
    let beside = rule.parent().unwrap_or(Path::new(""));
    let places = [
        base.join("fixtures").join(id),
        beside.join("fixtures").join(id),
        beside.join(id),
    ];
    let found = places.iter().find(|place| place.is_dir());
    found.unwrap_or(&places[0]).clone()
}

/// Holds one fixture file to the laws.
fn case(rule: &Arc<Rule>, path: &Path, name: &str, bless: bool) -> Result<Seen, Failure> {
    let cannot = |path: &Path, error: std::io::Error| {
        Failure::said(format!(
            "cannot read {:?}: {error}",
            path.display().to_string()
        ))
    };
    let text = files::read_outside(path).map_err(|error| cannot(path, error))?;
    let shown = path.display();
    let first = Judged::of(rule, name, &text);
    let mut failures = first.unexpected(&text);
    for failure in &mut failures {
        *failure = format!("{shown}:{failure}");
    }
    let beside = path.with_file_name(format!("{name}.diff"));
    let diff = unified_diff(name, &text, &first.fixed);
    let recorded = files::read_outside(&beside).unwrap_or_default();
    if bless {
        files::write_output(&beside, &mut |out| out.write_all(diff.as_bytes()))?;
    } else if diff != recorded {
        failures.push(format!(
            "{shown}: the fix is not the one in {}; look at this one and take it with --bless:\n{diff}",
            beside.display()
        ));
    }
    let second = Judged::of(rule, name, &first.fixed);
    if second.fixed != first.fixed {
        failures.push(format!("{shown}: what was fixed is fixed a second time"));
    }
    let left = second.open.len();
    let without = first.open.iter().filter(|it| it.fixes.is_empty()).count();
    if left > without {
        failures.push(format!(
            "{shown}: {left} findings are left after the fix, but only {without} have none"
        ));
    }
    let judge = |text: &str| in_court(rule, name, text, |bench, tree, _| findings(bench, tree));
    let laws = [derived::without_inputs, derived::without_arguments];
    for (line, message) in laws.iter().flat_map(|law| law(&text, &judge)) {
        failures.push(format!("{shown}:{line}: {message}"));
    }
    let names = first.open.iter().filter_map(|it| it.subject.name.clone());
    Ok(Seen {
        names: names.collect(),
        failures,
    })
}

/// One text judged by one rule, and what fixing makes of it.
struct Judged {
    open: Vec<Finding>,
    fixed: String,
    lines: BTreeMap<usize, usize>,
}

/// Hands over what judges one text by one rule.
fn in_court<T>(
    rule: &Arc<Rule>,
    name: &str,
    text: &str,
    body: impl FnOnce(&Bench<'_>, &MemoryTree, &RelPath) -> T,
) -> T {
    let path = RelPath::new(name).unwrap_or_else(RelPath::root);
    let tree = MemoryTree::new([(name, text)]);
    let cache = Cache::default();
    let paths = std::slice::from_ref(&path);
    let (units, _) = units(paths, &UnitOptions::default(), &tree, &cache);
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| {
            let kind = Kind::new(kind);
            let mut targets = rule.targets.iter();
            let speaks = targets.any(|target| target.speaks_of(&kind));
            speaks.then(|| Arc::clone(rule)).into_iter().collect()
        };
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &[],
        };
        let root = units.get(unit.0 as usize);
        let root = root.map_or_else(RelPath::root, |unit| unit.root.clone());
        check::judge(unit, &root, estate, &bar)
    };
    let bench = Bench {
        units: &units,
        cache: &cache,
        judge: &judge,
        at: EditAt::Nearest,
    };
    body(&bench, &tree, &path)
}

/// Every finding in the text, undecided ones too, without fixes.
fn findings(bench: &Bench<'_>, tree: &MemoryTree) -> Vec<Finding> {
    let all: Vec<UnitId> = (0..).map(UnitId).take(bench.units.len()).collect();
    let judged = bench.judge_all(&all, tree).into_iter();
    check::merge(judged.flat_map(|unit| unit.findings).collect())
}

impl Judged {
    fn of(rule: &Arc<Rule>, name: &str, text: &str) -> Self {
        in_court(rule, name, text, |bench, tree, path| {
            let mut open = findings(bench, tree);
            open.retain(|finding| finding.state == State::Open);
            let everything = |_: &Finding, _: &dyn SourceTree| true;
            let unsafe_too = Applicability::Unsafe;
            let mut fixed = fixpoint(bench, tree, unsafe_too, &check::merge, &everything);
            for finding in &mut open {
                let taken = fixed.taken.iter().find(|it| it.key == finding.key);
                finding.fixes = taken.map(|it| it.fixes.clone()).unwrap_or_default();
            }
            let mut lines: BTreeMap<usize, usize> = BTreeMap::new();
            if let Ok(source) = tree.read(path) {
                for finding in &open {
                    let line = source.locate(finding.span.start, Columns::CodePoints).line;
                    *lines.entry(line).or_default() += 1;
                }
            }
            Self {
                open,
                fixed: fixed.texts.remove(path).unwrap_or_else(|| text.to_owned()),
                lines,
            }
        })
    }

    /// Lines that are found and not marked, and the other way round.
    fn unexpected(&self, text: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let wanted = line.trim_end().ends_with("expect");
            match (wanted, self.lines.get(&number)) {
                (true, None) => wrong.push(format!(
                    "{number}: this line is marked `expect`, but nothing is found here"
                )),
                (false, Some(_)) => wrong.push(format!(
                    "{number}: this line is found, but it is not marked `expect`"
                )),
                (true, Some(1)) | (false, None) => {}
                (true, Some(count)) => wrong.push(format!(
                    "{number}: this line is found {count} times; one fault is told once"
                )),
            }
        }
        wrong
    }
}
