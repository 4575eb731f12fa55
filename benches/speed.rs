//! How long the steps take: reading, judging a template, starting up.
//!
//! `cargo bench` runs them on the files of `fixtures`, joined until they weigh something. With
//! `TEMPLATES=FOLDER` the two that begin with `estate_` run on every `.json` file in that folder
//! instead: what is said of speed on real templates is the second divided by the first.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its own files"
)]

use std::path::Path;
use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use iac_remediate::check;
use iac_remediate::finding::UnitId;
use iac_remediate::lang::{Cache, EditAt, Unit, UnitOptions, units};
use iac_remediate::model::{Estate, Kind};
use iac_remediate::remediate::Bench;
use iac_remediate::rule::Catalog;
use iac_remediate::source::{Encoding, FileId, MemoryTree, RelPath, SourceFile, SourceTree};
use iac_remediate::syntax::{hcl, json};

fn main() {
    divan::main();
}

/// The cases of every rule in one dialect.
fn cases(name: &str) -> Vec<String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files: Vec<_> = std::fs::read_dir(top)
        .unwrap()
        .map(|entry| entry.unwrap().path().join(name))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let texts = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    texts.collect()
}

fn file(name: &str, text: String) -> Arc<SourceFile> {
    let path = RelPath::new(name).unwrap();
    Arc::new(SourceFile::new(FileId(0), path, text, Encoding::Utf8))
}

#[divan::bench]
fn read_terraform(bencher: Bencher<'_, '_>) {
    let text = cases("cases.tf").concat().repeat(20);
    let bytes = BytesCount::of_str(&text);
    let file = file("main.tf", text);
    bencher
        .counter(bytes)
        .bench(|| hcl::parse(black_box(&file)));
}

#[divan::bench]
fn read_template(bencher: Bencher<'_, '_>) {
    let once = cases("cases.json").join(",");
    let text = format!("[{}]", vec![once; 20].join(","));
    let bytes = BytesCount::of_str(&text);
    let file = file("main.json", text);
    bencher
        .counter(bytes)
        .bench(|| json::parse(black_box(&file)));
}

/// Reading, evaluating and judging every template by every rule, without fixes.
#[divan::bench]
fn judge_templates(bencher: Bencher<'_, '_>) {
    judge_all(bencher, "cases.json");
}

/// The same for Terraform, each file a root module of its own.
#[divan::bench]
fn judge_terraform(bencher: Bencher<'_, '_>) {
    judge_all(bencher, "cases.tf");
}

fn judge_all(bencher: Bencher<'_, '_>, name: &str) {
    let texts = cases(name).into_iter().enumerate();
    let texts: Vec<(String, String)> = texts
        .map(|(index, text)| (format!("r{index}/{name}"), text))
        .collect();
    let tree = MemoryTree::new(texts.clone());
    let paths: Vec<RelPath> = texts
        .iter()
        .map(|(path, _)| RelPath::new(path).unwrap())
        .collect();
    let catalog = Catalog::built_in();
    let selection = catalog.enabled();
    bencher.bench(|| {
        let cache = Cache::default();
        let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
        judge(&units, &cache, &tree, &catalog, &selection)
    });
}

/// The templates that the `estate_` benchmarks run on.
fn estate() -> Vec<(String, String)> {
    let Some(folder) = std::env::var_os("TEMPLATES") else {
        let texts = cases("cases.json").into_iter().enumerate();
        return texts
            .map(|(index, text)| (format!("r{index}/main.json"), text))
            .collect();
    };
    let mut paths: Vec<_> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|it| it == "json"))
        .collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        if let Ok(text) = std::fs::read_to_string(&path) {
            texts.push((name.to_owned(), text));
        }
    }
    texts
}

/// The measure: the same bytes as values of `serde_json`, on one thread.
#[divan::bench]
fn estate_as_serde_json_values(bencher: Bencher<'_, '_>) {
    let texts = estate();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let values = texts
            .iter()
            .filter_map(|(_, text)| serde_json::from_str::<serde_json::Value>(text).ok());
        values.count()
    });
}

/// Reading, expanding and judging each template, on one thread.
#[divan::bench]
fn estate_judged(bencher: Bencher<'_, '_>) {
    let texts = estate();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let paths: Vec<RelPath> = texts
        .iter()
        .map(|(path, _)| RelPath::new(path).unwrap())
        .collect();
    let tree = MemoryTree::new(texts);
    let catalog = Catalog::built_in();
    let selection = catalog.enabled();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        pool.install(|| {
            let cache = Cache::default();
            let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
            judge(&units, &cache, &tree, &catalog, &selection)
        })
    });
}

fn judge(
    units: &[Unit],
    cache: &Cache,
    tree: &MemoryTree,
    catalog: &Catalog,
    selection: &iac_remediate::rule::Selection,
) -> usize {
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| catalog.rules_for(&Kind::new(kind), selection).collect();
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &units[unit.0 as usize].root, estate, &bar)
    };
    let bench = Bench {
        units,
        cache,
        at: EditAt::Nearest,
        judge: &judge,
    };
    let all: Vec<UnitId> = (0..u32::try_from(units.len()).unwrap())
        .map(UnitId)
        .collect();
    let judged = bench.judge_all(&all, tree);
    judged.iter().map(|unit| unit.findings.len()).sum()
}

/// What every run pays before it reads the first file.
#[divan::bench]
fn start_up() -> usize {
    Catalog::built_in().entries().len()
}

/// What a run pays that meets every type.
#[divan::bench]
fn start_up_and_decode_every_rule() -> usize {
    let catalog = Catalog::built_in();
    let rules = catalog
        .entries()
        .iter()
        .filter_map(iac_remediate::rule::Entry::rule);
    rules.count()
}
