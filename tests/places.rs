//! Where a fix is made: each folder of `tests/places` is a workspace, and `fixed.txt` says what each
//! finding is offered and what fixing all of them changes. `BLESS=1` writes it anew.
//!
//! A folder with `rules/*.yaml` is judged by those and by all built-in rules.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use iac_remediate::check::{self, Bar};
use iac_remediate::edit::{Applicability, Fix, unified_diff};
use iac_remediate::finding::{Finding, Reason, State, UnitId};
use iac_remediate::lang::{self, Cache, EditAt, Unit, UnitOptions};
use iac_remediate::model::{Estate, Kind};
use iac_remediate::remediate::{Bench, Options, Scope, fixpoint, propose};
use iac_remediate::rule::{Catalog, Selection};
use iac_remediate::source::{Columns, FileId, MemoryTree, RelPath, SourceTree};

/// The texts of a folder, by path.
type Texts = BTreeMap<String, String>;

#[test]
fn fixes_are_made_where_only_what_should_change_does() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/places");
    let mut folders: Vec<PathBuf> = top
        .read_dir()
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    folders.sort();
    let mut wrong = Vec::new();
    for folder in &folders {
        let found = fixed(folder);
        let beside = folder.join("fixed.txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&beside, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if expected != found {
            let difference = similar::TextDiff::from_lines(&expected, &found);
            wrong.push(format!(
                "{}\n{}",
                folder.display(),
                difference.unified_diff()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(folders.len() >= 10, "{}", folders.len());
}

fn texts(folder: &Path) -> (Texts, Vec<(String, String)>) {
    let (mut texts, mut rules) = (Texts::new(), Vec::new());
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry
            .path()
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if !entry.file_type().is_file() || path == "fixed.txt" {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        if path.starts_with("rules/") {
            rules.push((path, text));
        } else {
            texts.insert(path, text);
        }
    }
    (texts, rules)
}

/// What stands in `fixed.txt`.
fn fixed(folder: &Path) -> String {
    let (texts, rules) = texts(folder);
    let catalog = if rules.is_empty() {
        Catalog::built_in()
    } else {
        Catalog::load(&rules).unwrap()
    };
    let all: Vec<String> = catalog
        .entries()
        .iter()
        .map(|it| it.id.to_string())
        .collect();
    let selection = catalog.select(&all, &[], &[]).unwrap();
    let judging = Judging { catalog, selection };
    let (mut out, after) = judging.run(&texts);
    for (path, text) in &after {
        out.push('\n');
        out.push_str(&unified_diff(path, &texts[path], text));
    }
    let again: Texts = texts.into_iter().chain(after).collect();
    let (_, twice) = judging.run(&again);
    assert!(
        twice.is_empty(),
        "{}: a second fix changes {twice:?}",
        folder.display()
    );
    out
}

struct Judging {
    catalog: Catalog,
    selection: Selection,
}

impl Judging {
    /// What each finding is offered, and the texts that fixing all of them changes.
    fn run(&self, texts: &Texts) -> (String, Texts) {
        let tree = MemoryTree::new(
            texts
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str())),
        );
        let cache = Cache::default();
        let files: Vec<RelPath> = texts
            .keys()
            .map(|path| RelPath::new(path).unwrap())
            .collect();
        let options = options(&files);
        let (units, _) = lang::units(&files, &options, &tree, &cache);
        let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
            let rules = |kind: &str| {
                self.catalog
                    .rules_for(&Kind::new(kind), &self.selection)
                    .collect()
            };
            let bar = Bar {
                rules: &rules,
                elsewhere: &[],
            };
            check::judge(unit, &units[unit.0 as usize].root, estate, &bar)
        };
        let bench = Bench {
            units: &units,
            cache: &cache,
            at: EditAt::Nearest,
            judge: &judge,
        };
        let out = offered(&units, &bench, &tree);
        let wanted = |_: &Finding, _: &dyn SourceTree| true;
        let fixed = fixpoint(&bench, &tree, Applicability::Unsafe, &check::merge, &wanted);
        let after = fixed
            .texts
            .into_iter()
            .map(|(path, text)| (path.to_string(), text));
        (out, after.collect())
    }
}

/// Every parameter file of a folder belongs to the template beside it.
fn options(files: &[RelPath]) -> UnitOptions {
    let parameters = files
        .iter()
        .filter(|path| path.as_str().ends_with(".parameters.json"));
    UnitOptions {
        parameters: parameters.cloned().collect(),
        ..UnitOptions::default()
    }
}

fn offered(units: &[Unit], bench: &Bench<'_>, tree: &MemoryTree) -> String {
    let all: Vec<UnitId> = (0..).map(UnitId).take(units.len()).collect();
    let judged = bench.judge_all(&all, tree);
    let findings = judged
        .iter()
        .flat_map(|unit| unit.findings.clone())
        .collect();
    let mut open = check::merge(findings);
    // What nobody can know before it is deployed is no matter here.
    let mut undecided = open.clone();
    undecided.retain(|it| it.state == State::Undecided && it.reasons.contains(&Reason::Invalid));
    open.retain(|finding| finding.state == State::Open && !finding.wishes.is_empty());
    let by_unit = judged.into_iter().map(|unit| (unit.unit, unit)).collect();
    let options = Options {
        threshold: Applicability::Unsafe,
        scope: Scope::All,
    };
    propose(&mut open, &by_unit, bench, tree, options);
    open.sort_by(|a, b| a.key.cmp(&b.key));
    let place = |id: FileId, start: u32| {
        let file = tree.get(id).unwrap();
        format!(
            "{}:{}",
            file.path,
            file.locate(start, Columns::CodePoints).line
        )
    };
    let mut out = String::new();
    for finding in &undecided {
        let (rule, key) = (&finding.rule.id, &finding.key);
        writeln!(
            out,
            "{rule} of {}\n  undecided: {}",
            key.address, finding.message
        )
        .unwrap();
    }
    for finding in &open {
        let at = place(finding.span.file, finding.span.start);
        writeln!(
            out,
            "{} of {} at {at}",
            finding.rule.id, finding.key.address
        )
        .unwrap();
        for fix in &finding.fixes {
            writeln!(out, "  {}", told(fix, &place)).unwrap();
        }
        if let Some(refusal) = finding
            .refusal
            .as_ref()
            .filter(|_| finding.fixes.is_empty())
        {
            writeln!(out, "  no fix: {refusal}").unwrap();
        }
    }
    out
}

fn told(fix: &Fix, place: &dyn Fn(FileId, u32) -> String) -> String {
    let places = fix
        .edits
        .iter()
        .map(|edit| place(edit.span.file, edit.span.start));
    let mut places: Vec<String> = places.collect();
    places.dedup();
    let mut text = format!(
        "{}: {}, at {}",
        fix.applicability,
        fix.title,
        places.join(", ")
    );
    if !fix.also_affects.is_empty() {
        write!(text, "; also changes {}", fix.also_affects.join(", ")).unwrap();
    }
    text
}
