//! The laws of the rule fixtures, one named test a folder and dialect.
//!
//! A fixture is flagged exactly on the lines that end in `expect`; the fix is the diff that stands
//! beside it, byte for byte; what was fixed is clean; a second fix changes nothing.
//! `BLESS=1 cargo test --test rules` writes the diffs, which a person then reviews.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own fixtures shall fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iac_remediate::check;
use iac_remediate::edit::{Applicability, unified_diff};
use iac_remediate::finding::{Finding, State, UnitId};
use iac_remediate::lang::{Cache, Unit, UnitOptions, units};
use iac_remediate::model::{Estate, Kind};
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
        for (dialect, name) in [("arm", "cases.json"), ("terraform", "cases.tf")] {
            let file = folder.join(name);
            if !file.is_file() {
                continue;
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

    /// The open findings with their proven fixes, and the text after all fixes up to unsafe ones.
    fn run(&self) -> (Vec<Finding>, String) {
        let judge = |unit, estate: &Estate, _: &dyn SourceTree| self.judge(unit, estate);
        let bench = Bench {
            units: &self.units,
            cache: &self.cache,
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
