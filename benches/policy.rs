//! What imported Azure Policy costs beside native rules of the same number, on the same templates.
//!
//! `cargo bench --bench policy` judges the files of `fixtures` by a few definitions that stand below.
//! `TEMPLATES=FOLDER` names a folder of templates, `INITIATIVE=FILE` an initiative in JSON and
//! `DEFINITIONS=FOLDER` where its members stand. The number of native rules is that of the imported
//! ones that are on: the built-in Azure rules, again and again under other ids.
//!
//! What is said of the cost is `imported` (and `read_and_compile`, once a run) beside `native`; what
//! judging alone costs is each of the two less `evaluated`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its own files"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use divan::counter::ItemsCount;
use iac_remediate::check;
use iac_remediate::finding::UnitId;
use iac_remediate::lang::{Cache, EditAt, UnitOptions, units};
use iac_remediate::model::{Estate, Kind};
use iac_remediate::remediate::Bench;
use iac_remediate::rule::policy::{Library, Outcome, Settings, import};
use iac_remediate::rule::{Catalog, Rule};
use iac_remediate::source::{MemoryTree, RelPath, SourceTree};
use serde_json::json;

fn main() {
    divan::main();
}

/// Each `.json` file in a folder and below it: the path in the folder, and the text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = files.into_iter().map(|entry| entry.unwrap().into_path());
    let files =
        files.filter(|path| path.is_file() && path.extension().is_some_and(|it| it == "json"));
    files
        .filter_map(|path| {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            Some((name.to_owned(), std::fs::read_to_string(&path).ok()?))
        })
        .collect()
}

static TEMPLATES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    texts(&std::env::var_os("TEMPLATES").map_or(own, PathBuf::from))
});

/// The initiative and its members, as they would be read from disk.
static DOCUMENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let Some(initiative) = std::env::var_os("INITIATIVE") else {
        return own_documents();
    };
    let text = std::fs::read_to_string(initiative).unwrap();
    let mut documents = vec![("initiative.json".to_owned(), text)];
    if let Some(folder) = std::env::var_os("DEFINITIONS") {
        documents.extend(texts(Path::new(&folder)));
    }
    documents
});

/// A small initiative of the usual sorts of conditions.
fn own_documents() -> Vec<(String, String)> {
    let storage = "Microsoft.Storage/storageAccounts";
    let vault = "Microsoft.KeyVault/vaults";
    let rule = |kind: &str, condition: serde_json::Value| {
        json!({
            "if": { "allOf": [{ "field": "type", "equals": kind }, condition] },
            "then": { "effect": "Audit" },
        })
    };
    let of = |path: &str| format!("{storage}/{path}");
    let logs = "Microsoft.Insights/diagnosticSettings/logs[*]";
    let rules = [
        rule(
            storage,
            json!({ "field": of("supportsHttpsTrafficOnly"), "notEquals": true }),
        ),
        rule(
            storage,
            json!({ "field": of("minimumTlsVersion"), "notIn": ["TLS1_2", "TLS1_3"] }),
        ),
        rule(
            storage,
            json!({ "not": { "field": of("allowBlobPublicAccess"), "equals": "false" } }),
        ),
        rule(
            storage,
            json!({ "count": { "field": of("networkAcls.ipRules[*]"), "where": { "field": of("networkAcls.ipRules[*].value"), "like": "0.*" } }, "greater": 0 }),
        ),
        rule(
            vault,
            json!({ "value": format!("[empty(field('{vault}/enablePurgeProtection'))]"), "equals": true }),
        ),
        json!({
            "if": { "field": "type", "equals": vault },
            "then": { "effect": "AuditIfNotExists", "details": {
                "type": "Microsoft.Insights/diagnosticSettings",
                "existenceCondition": { "count": { "field": logs, "where": { "field": format!("{logs}.enabled"), "equals": "true" } }, "greaterOrEquals": 1 },
            } },
        }),
    ];
    let name = |index: usize| format!("own-{index}");
    let mut documents = Vec::new();
    let members: Vec<serde_json::Value> = (0..rules.len())
        .map(|index| json!({ "policyDefinitionId": format!("/providers/Microsoft.Authorization/policyDefinitions/{}", name(index)) }))
        .collect();
    let initiative = json!({ "name": "own", "properties": { "policyDefinitions": members } });
    documents.push(("initiative.json".to_owned(), initiative.to_string()));
    for (index, rule) in rules.into_iter().enumerate() {
        let definition =
            json!({ "name": name(index), "properties": { "mode": "All", "policyRule": rule } });
        documents.push((format!("{index}.json"), definition.to_string()));
    }
    documents
}

/// Reads and compiles the documents.
fn imported() -> Vec<Arc<Rule>> {
    let mut library = Library::default();
    for (index, (path, text)) in DOCUMENTS.iter().enumerate() {
        library.add(path, text, index == 0).unwrap();
    }
    let entries = import(&library, &Settings::default()).entries.into_iter();
    let rules = entries.filter_map(|entry| match entry.outcome {
        Outcome::Rule(rule) => Some(rule),
        Outcome::Refused(_) => None,
        Outcome::Faulty(fault) => unreachable!("{fault:?}"),
    });
    rules.filter(|rule| rule.enabled).collect()
}

/// `count` rules: the built-in ones for Azure, again and again.
fn native(count: usize) -> Vec<Arc<Rule>> {
    let catalog = Catalog::built_in();
    let rules = catalog
        .entries()
        .iter()
        .filter_map(iac_remediate::rule::Entry::rule);
    let rules: Vec<Arc<Rule>> = rules.filter(|rule| rule.cloud == "azure").collect();
    let copies = rules.iter().cycle().take(count).enumerate();
    copies
        .map(|(index, rule)| {
            let mut rule = Rule::clone(rule);
            rule.id = Arc::from(format!("{}-{index}", rule.id));
            rule.enabled = true;
            Arc::new(rule)
        })
        .collect()
}

#[divan::bench]
fn read_and_compile(bencher: Bencher<'_, '_>) {
    let bytes: usize = DOCUMENTS.iter().map(|(_, text)| text.len()).sum();
    bencher
        .counter(divan::counter::BytesCount::new(bytes))
        .bench(imported);
}

/// Reading and evaluating the templates, with no rule to judge them by.
#[divan::bench]
fn evaluated(bencher: Bencher<'_, '_>) {
    judged(bencher, &[]);
}

#[divan::bench]
fn with_imported(bencher: Bencher<'_, '_>) {
    judged(bencher, &imported());
}

#[divan::bench]
fn with_native(bencher: Bencher<'_, '_>) {
    judged(bencher, &native(imported().len()));
}

/// Reads, evaluates and judges every template by `rules`, on one thread, without fixes.
fn judged(bencher: Bencher<'_, '_>, rules: &[Arc<Rule>]) {
    let rules: Vec<(String, Arc<Rule>)> = rules
        .iter()
        .map(|rule| (rule.id.to_string(), Arc::clone(rule)))
        .collect();
    let catalog = Catalog::built_in().with(&rules, false);
    assert_eq!(catalog.entries().len(), rules.len());
    let selection = catalog.enabled();
    let paths: Vec<RelPath> = TEMPLATES
        .iter()
        .map(|(path, _)| RelPath::new(path).unwrap())
        .collect();
    let tree = MemoryTree::new(TEMPLATES.iter().cloned());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.unwrap();
    let run = || {
        let cache = Cache::default();
        let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
        let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
            let rules = |kind: &str| catalog.rules_for(&Kind::new(kind), &selection).collect();
            let bar = check::Bar {
                rules: &rules,
                elsewhere: &[],
            };
            check::judge(unit, &units[unit.0 as usize].root, estate, &bar)
        };
        let bench = Bench {
            units: &units,
            cache: &cache,
            at: EditAt::Definition,
            judge: &judge,
        };
        let all: Vec<UnitId> = (0..).map(UnitId).take(units.len()).collect();
        let units = bench.judge_all(&all, &tree);
        units.iter().map(|unit| unit.tally.judged).sum::<usize>()
    };
    let conditions = pool.install(run);
    bencher
        .counter(ItemsCount::new(conditions))
        .bench(|| pool.install(run));
}
