//! The laws of the rule fixtures, one named test a folder and dialect.
//!
//! A fixture is flagged exactly on the lines that end in `expect`, and left undecided exactly on those
//! that end in `undecided`; the fix is the diff that stands
//! beside it, byte for byte; what was fixed is clean; a second fix changes nothing.
//! `BLESS=1 cargo test --test rules` writes the diffs, which a person then reviews.
//!
//! Three more laws are derived from the same texts: twins agree by resource name; a literal that decides
//! becomes an input and the verdict becomes undecided and names it; an argument that is left out means
//! what the provider's schema says of its absence.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own fixtures shall fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iac_remediate::app::derived;
use iac_remediate::check;
use iac_remediate::edit::{Applicability, unified_diff};
use iac_remediate::finding::{Finding, State, UnitId};
use iac_remediate::lang::{Cache, EditAt, Unit, UnitOptions, units};
use iac_remediate::model::{Estate, Kind, Value};
use iac_remediate::remediate::{Bench, Options, Scope, fixpoint, propose};
use iac_remediate::rule::{Catalog, Rule};
use iac_remediate::source::{Columns, MemoryTree, RelPath, SourceTree};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let catalog = Arc::new(Catalog::built_in());
    let mut trials = Vec::new();
    let mut seen = BTreeSet::new();
    for folder in folders(&root().join("fixtures")) {
        let id = folder.file_name().unwrap().to_string_lossy().into_owned();
        if id == "demo" {
            continue;
        }
        seen.insert(id.clone());
        if folder.join("cases.json").is_file() && folder.join("cases.tf").is_file() {
            let (id, catalog, folder) = (id.clone(), Arc::clone(&catalog), folder.clone());
            trials.push(Trial::test(format!("{id}/twins"), move || {
                twins(&catalog, &id, &folder)
            }));
        }
        for (dialect, name) in [("arm", "cases.json"), ("terraform", "cases.tf")] {
            let file = folder.join(name);
            if !file.is_file() {
                continue;
            }
            let laws_of_texts = [
                ("inputs", inputs as Law),
                ("absence", absence as Law),
                ("undecided", undecided as Law),
            ];
            for (law, holds) in laws_of_texts {
                let (id, catalog, file) = (id.clone(), Arc::clone(&catalog), file.clone());
                trials.push(Trial::test(format!("{id}/{dialect}/{law}"), move || {
                    holds(&catalog, &id, &file)
                }));
            }
            let (id, catalog) = (id.clone(), Arc::clone(&catalog));
            let trial = Trial::test(format!("{id}/{dialect}"), move || {
                laws(&catalog, &id, &file)
            });
            trials.push(trial);
        }
    }
    let ids: BTreeSet<String> = catalog
        .entries()
        .iter()
        .map(|entry| entry.id.to_string())
        .collect();
    trials.push(Trial::test("every rule has a fixture folder", move || {
        if ids == seen {
            Ok(())
        } else {
            Err(format!("rules {ids:?}, folders {seen:?}").into())
        }
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// One rule judged over one text.
struct Court {
    rule: Arc<Rule>,
    tree: MemoryTree,
    path: RelPath,
    units: Vec<Unit>,
    cache: Cache,
}

impl Court {
    fn new(catalog: &Catalog, id: &str, name: &str, text: &str) -> Self {
        let path = RelPath::new(name).unwrap();
        let tree = MemoryTree::new([(name, text)]);
        let cache = Cache::default();
        let (units, _) = units(
            std::slice::from_ref(&path),
            &UnitOptions::default(),
            &tree,
            &cache,
        );
        let rule = catalog
            .get(id)
            .and_then(iac_remediate::rule::Entry::rule)
            .expect("the rule compiles");
        Self {
            rule,
            tree,
            path,
            units,
            cache,
        }
    }

    fn judge(&self, unit: UnitId, estate: &Estate) -> check::Judged {
        let rules = |kind: &str| -> Vec<Arc<Rule>> {
            let kind = Kind::new(kind);
            let applies = self
                .rule
                .targets
                .iter()
                .any(|target| target.kinds.contains(&kind));
            if applies {
                vec![Arc::clone(&self.rule)]
            } else {
                Vec::new()
            }
        };
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &self.units[unit.0 as usize].root, estate, &bar)
    }

    /// The findings of all units, merged, without fixes.
    fn findings(&self) -> Vec<Finding> {
        let judge = |unit, estate: &Estate, _: &dyn SourceTree| self.judge(unit, estate);
        let bench = Bench {
            units: &self.units,
            cache: &self.cache,
            at: EditAt::Nearest,
            judge: &judge,
        };
        let count = u32::try_from(self.units.len()).unwrap();
        let all: Vec<UnitId> = (0..count).map(UnitId).collect();
        let judged = bench.judge_all(&all, &self.tree);
        check::merge(judged.into_iter().flat_map(|unit| unit.findings).collect())
    }

    /// The names of all resources that the rule speaks of.
    fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for unit in &self.units {
            let evaluated = iac_remediate::lang::evaluate(unit, &self.tree, &self.cache);
            let targets = &self.rule.targets;
            for fragment in &evaluated.fragments {
                if targets.iter().any(|it| it.kinds.contains(&fragment.kind)) {
                    names.extend(
                        fragment
                            .identity
                            .name()
                            .and_then(Value::as_str)
                            .map(str::to_owned),
                    );
                }
            }
        }
        names
    }

    /// The open findings with their proven fixes, and the text after all fixes up to unsafe ones.
    fn run(&self) -> (Vec<Finding>, String) {
        let judge = |unit, estate: &Estate, _: &dyn SourceTree| self.judge(unit, estate);
        let bench = Bench {
            units: &self.units,
            cache: &self.cache,
            at: EditAt::Nearest,
            judge: &judge,
        };
        let all: Vec<UnitId> = (0..u32::try_from(self.units.len()).unwrap())
            .map(UnitId)
            .collect();
        let judged = bench.judge_all(&all, &self.tree);
        let findings = judged
            .iter()
            .flat_map(|unit| unit.findings.clone())
            .collect();
        let mut open = check::merge(findings);
        open.retain(|finding| finding.state == State::Open);
        let by_unit = judged.into_iter().map(|unit| (unit.unit, unit)).collect();
        let options = Options {
            threshold: Applicability::Unsafe,
            scope: Scope::All,
        };
        propose(&mut open, &by_unit, &bench, &self.tree, options);
        let fixed = fixpoint(
            &bench,
            &self.tree,
            Applicability::Unsafe,
            &check::merge,
            &|_, _| true,
        );
        let text = fixed.texts.get(&self.path).cloned();
        (
            open,
            text.unwrap_or_else(|| self.tree.read(&self.path).unwrap().text.clone()),
        )
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test reads its own fixtures and its own flag"
)]
fn laws(catalog: &Catalog, id: &str, file: &Path) -> Result<(), Failed> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file)?;
    let court = Court::new(catalog, id, &name, &text);
    let (open, fixed) = court.run();

    let source = court.tree.read(&court.path).unwrap();
    let mut flagged: BTreeMap<usize, usize> = BTreeMap::new();
    for finding in &open {
        *flagged
            .entry(source.locate(finding.span.start, Columns::CodePoints).line)
            .or_default() += 1;
    }
    let wanted: BTreeMap<usize, usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.ends_with("expect"))
        .map(|(at, _)| (at + 1, 1))
        .collect();
    if flagged != wanted {
        return Err(format!("flagged lines {flagged:?}, expected {wanted:?}").into());
    }

    let diff = unified_diff(&name, &text, &fixed);
    let beside = file.with_file_name(format!("{name}.diff"));
    if std::env::var("BLESS").is_ok() {
        std::fs::write(&beside, &diff)?;
    }
    let recorded = std::fs::read_to_string(&beside).unwrap_or_default();
    if diff != recorded {
        return Err(format!("the fix differs from {}:\n{diff}", beside.display()).into());
    }

    let (left, again) = Court::new(catalog, id, &name, &fixed).run();
    if again != fixed {
        return Err("a second fix changes the text again".into());
    }
    if let Some(silent) = open
        .iter()
        .find(|finding| finding.fixes.is_empty() && finding.refusal.is_none())
    {
        return Err(format!("neither a fix nor a reason: {}", silent.message).into());
    }
    let unfixable = open
        .iter()
        .filter(|finding| finding.fixes.is_empty())
        .count();
    if left.len() != unfixable {
        return Err(format!(
            "{} findings are left after the fix, {unfixable} have none",
            left.len()
        )
        .into());
    }
    Ok(())
}

/// The lines whose text ends in `mark`.
fn marked(text: &str, mark: &str) -> BTreeSet<usize> {
    let lines = text.lines().enumerate();
    let marked = lines.filter(|(_, line)| line.ends_with(mark));
    marked.map(|(at, _)| at + 1).collect()
}

/// What is left undecided is undecided by design: each such line is marked.
fn undecided(catalog: &Catalog, id: &str, file: &Path) -> Result<(), Failed> {
    let (name, text) = read(file);
    let court = Court::new(catalog, id, &name, &text);
    let source = court.tree.read(&court.path).unwrap();
    let findings = court.findings();
    let undecided = findings.iter().filter(|it| it.state == State::Undecided);
    let found: BTreeSet<usize> = undecided
        .map(|it| source.locate(it.span.start, Columns::CodePoints).line)
        .collect();
    let wanted = marked(&text, "undecided");
    if found == wanted {
        Ok(())
    } else {
        Err(format!("undecided on the lines {found:?}, expected {wanted:?}").into())
    }
}

/// A law that every fixture file keeps.
type Law = fn(&Catalog, &str, &Path) -> Result<(), Failed>;

#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
fn read(file: &Path) -> (String, String) {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    (name, std::fs::read_to_string(file).unwrap())
}

fn open_names(findings: &[Finding]) -> BTreeSet<String> {
    let open = findings
        .iter()
        .filter(|finding| finding.state == State::Open);
    open.filter_map(|finding| finding.subject.name.clone())
        .collect()
}

/// What both dialects call by one name gets one verdict.
fn twins(catalog: &Catalog, id: &str, folder: &Path) -> Result<(), Failed> {
    let [arm, terraform] = ["cases.json", "cases.tf"].map(|name| {
        let (name, text) = read(&folder.join(name));
        Court::new(catalog, id, &name, &text)
    });
    let shared: BTreeSet<String> = arm
        .names()
        .intersection(&terraform.names())
        .cloned()
        .collect();
    if shared.is_empty() {
        return Err("the two files share no resource name".into());
    }
    let [arm, terraform] = [arm, terraform].map(|court| {
        let open = open_names(&court.findings());
        open.intersection(&shared).cloned().collect::<BTreeSet<_>>()
    });
    if arm == terraform {
        Ok(())
    } else {
        Err(format!("flagged in the template {arm:?}, in Terraform {terraform:?}").into())
    }
}

/// A literal that decides becomes an input without a value: the verdict is undecided and names it.
fn inputs(catalog: &Catalog, id: &str, file: &Path) -> Result<(), Failed> {
    derived(catalog, id, file, derived::without_inputs)
}

/// An argument that is left out has the verdict of the default that the provider's schema states.
fn absence(catalog: &Catalog, id: &str, file: &Path) -> Result<(), Failed> {
    derived(catalog, id, file, derived::without_arguments)
}

/// A law that is derived from a text: what is wrong with it, by line.
type Derived = fn(&str, derived::Judge<'_>) -> Vec<(usize, String)>;

fn derived(catalog: &Catalog, id: &str, file: &Path, law: Derived) -> Result<(), Failed> {
    let (name, text) = read(file);
    let judge = |text: &str| Court::new(catalog, id, &name, text).findings();
    match law(&text, &judge).first() {
        None => Ok(()),
        Some((line, message)) => Err(format!("{name}:{line}: {message}").into()),
    }
}
