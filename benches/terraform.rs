//! How fast Terraform is read and evaluated, beside another parser on the same texts.
//!
//! `cargo bench --bench terraform` runs on `fixtures`; `IAC_REMEDIATE_CORPUS=FOLDER` names a folder of
//! real configurations, which say more.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its own files"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use iac_remediate::lang::terraform::evaluate_source;
use iac_remediate::lang::{Cache, Input, Unit, UnitOptions, evaluate, units};
use iac_remediate::source::{Encoding, FileId, MemoryTree, RelPath, SourceFile};
use iac_remediate::syntax::hcl;

fn main() {
    divan::main();
}

/// Paths relative to the corpus, and texts.
static CORPUS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let top = std::env::var_os("IAC_REMEDIATE_CORPUS").map_or(own, PathBuf::from);
    let mut files = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "tf")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let inside = path.strip_prefix(&top).unwrap();
                files.push((inside.to_string_lossy().into_owned(), text));
            }
        }
    }
    files.sort();
    files
});

fn bytes() -> BytesCount {
    BytesCount::new(CORPUS.iter().map(|(_, text)| text.len()).sum::<usize>())
}

/// This program's reader, a file at a time.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let files: Vec<Arc<SourceFile>> = CORPUS
        .iter()
        .map(|(path, text)| {
            let path = RelPath::new(path).unwrap();
            let text = text.trim_start_matches('\u{FEFF}').to_owned();
            Arc::new(SourceFile::new(FileId(0), path, text, Encoding::Utf8))
        })
        .collect();
    bencher.counter(bytes()).bench(|| {
        for file in &files {
            black_box(hcl::parse(file));
        }
    });
}

/// The parser of `hcl-edit` on the same texts.
#[divan::bench]
fn read_with_hcl_edit(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| {
        for (_, text) in CORPUS.iter() {
            let _ = black_box(hcl_edit::parser::parse_body(text));
        }
    });
}

/// Reading, finding the root modules, and evaluating all instances as Terraform would.
#[divan::bench]
fn read_and_evaluate(bencher: Bencher<'_, '_>) {
    whole(bencher, |unit, tree, cache| match &unit.input {
        Input::Terraform { var_files, vars } => {
            let root = (&unit.root, var_files.as_slice(), vars.as_slice());
            evaluate_source(root, tree, &cache.terraform).written.len()
        }
        _ => 0,
    });
}

/// The same, and reading each instance through the lens into the cloud's own terms.
#[divan::bench]
fn read_evaluate_and_look_through_the_lens(bencher: Bencher<'_, '_>) {
    whole(bencher, |unit, tree, cache| {
        evaluate(unit, tree, cache).written.len()
    });
}

fn whole(bencher: Bencher<'_, '_>, each: impl Fn(&Unit, &MemoryTree, &Cache) -> usize) {
    let tree = MemoryTree::new(CORPUS.iter().cloned());
    let paths: Vec<RelPath> = CORPUS
        .iter()
        .map(|(path, _)| RelPath::new(path).unwrap())
        .collect();
    bencher.counter(bytes()).bench_local(|| {
        let cache = Cache::default();
        let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
        let written = units.iter().map(|unit| each(unit, &tree, &cache));
        written.sum::<usize>()
    });
}

/// Root modules of one kind, more and more of them: the time for each must not grow.
#[divan::bench(args = [1_000, 5_000, 20_000], sample_count = 5)]
fn evaluate_many(bencher: Bencher<'_, '_>, count: usize) {
    let text = |index: usize| {
        format!(
            "variable \"on\" {{\n  default = true\n}}\nlocals {{\n  name = \"account{index}\"\n}}\nresource \"azurerm_storage_account\" \"a\" {{\n  name                       = local.name\n  resource_group_name        = \"rg\"\n  location                   = \"westeurope\"\n  https_traffic_only_enabled = var.on\n}}\n"
        )
    };
    let files: Vec<(String, String)> = (0..count)
        .map(|index| (format!("r{index}/main.tf"), text(index)))
        .collect();
    let paths: Vec<RelPath> = files
        .iter()
        .map(|(path, _)| RelPath::new(path).unwrap())
        .collect();
    let tree = MemoryTree::new(files);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let cache = Cache::default();
        let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
        let written = units
            .iter()
            .map(|unit| evaluate(unit, &tree, &cache).written.len());
        written.sum::<usize>()
    });
}
