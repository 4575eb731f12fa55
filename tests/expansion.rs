//! Templates and their expanded form: every `tests/expansion/NAME.json` (or `NAME/main.json`) beside
//! `NAME.expanded.json`, which says what Resource Manager would be asked to deploy.
//!
//! In an expanded form `"?why spelling"` is an unknown, `"?why a | b"` one with these possible values,
//! `"(secret)"` what must not be told, and `"…": "?"` an object that may have further members. `BLESS=1`
//! writes the expanded forms anew; they are read before they are committed.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]

use std::path::{Path, PathBuf};

use iac_remediate::check::{self, Bar};
use iac_remediate::finding::{State, UnitId};
use iac_remediate::lang::{self, Cache, EditAt, Evaluated, UnitOptions};
use iac_remediate::model::{
    Data, Estate, Existence, Fragment, Identity, Kind, Scope, Unknown, Value,
};
use iac_remediate::remediate::Bench;
use iac_remediate::rule::Catalog;
use iac_remediate::source::{Columns, MemoryTree, RelPath, SourceTree};
use serde_json::{Map, Value as Json, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion")
}

/// Every file below the folder that is no expanded form, by its path there.
fn sources() -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(folder()).sort_by_file_name();
    let paths = files.into_iter().map(|entry| entry.unwrap().into_path());
    let paths = paths.filter(|path| path.is_file());
    let named = paths.map(|path| {
        let name = path.strip_prefix(folder()).unwrap();
        (name.to_str().unwrap().replace('\\', "/"), path)
    });
    named
        .filter(|(name, _)| !name.ends_with(".expanded.json"))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn templates_expand_as_written_down() {
    let sources = sources();
    let files: Vec<RelPath> = sources
        .iter()
        .map(|(name, _)| RelPath::new(name).unwrap())
        .collect();
    let tree = MemoryTree::new(sources);
    let cache = Cache::default();
    let (units, _) = lang::units(&files, &UnitOptions::default(), &tree, &cache);
    let mut wrong = Vec::new();
    for unit in &units {
        let evaluated = lang::evaluate(unit, &tree, &cache);
        let found = serde_json::to_string_pretty(&expanded(&evaluated, &tree)).unwrap() + "\n";
        let name = unit.root.as_str().trim_end_matches(".json");
        let beside = folder().join(format!("{name}.expanded.json"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&beside, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if expected != found {
            let difference = similar::TextDiff::from_lines(&expected, &found);
            wrong.push(format!("{name}\n{}", difference.unified_diff()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(units.len() >= 10, "{}", units.len());
}

/// What one rule says of the template `text`: the address, the token that it points to, and whether it
/// is certain.
fn judged(rule: &str, text: &str) -> Vec<(String, String, State)> {
    let tree = MemoryTree::new([("main.json", text)]);
    let cache = Cache::default();
    let files = [RelPath::new("main.json").unwrap()];
    let (units, _) = lang::units(&files, &UnitOptions::default(), &tree, &cache);
    let catalog = Catalog::built_in();
    let selection = catalog.select(&[rule.to_owned()], &[], &[]).unwrap();
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| catalog.rules_for(&Kind::new(kind), &selection).collect();
        let bar = Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &files[0], estate, &bar)
    };
    let bench = Bench {
        units: &units,
        cache: &cache,
        at: EditAt::Nearest,
        judge: &judge,
    };
    let findings = bench.judge_all(&[UnitId(0)], &tree).remove(0).findings;
    let shown = findings.into_iter().map(|finding| {
        let token = text[finding.span.start as usize..finding.span.end as usize].to_owned();
        (finding.subject.address.clone(), token, finding.state)
    });
    shown.collect()
}

/// A conditional value, a function in a name, symbolic names: what is deployed is judged, not what is
/// written.
#[test]
fn conditions_names_and_symbols_hide_nothing_and_invent_nothing() {
    let text = std::fs::read_to_string(folder().join("traps.json")).unwrap();
    let named = (
        "Microsoft.Storage/storageAccounts/named".to_owned(),
        "false".to_owned(),
        State::Open,
    );
    assert_eq!(judged("azure-storage-insecure-transfer", &text), [named]);
}

#[test]
fn a_verdict_that_every_allowed_value_gives_stands() {
    let found = |allowed: &str| {
        let text = format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "parameters": {{ "open": {{ "type": "bool", "allowedValues": {allowed} }} }},
              "resources": [{{ "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "s",
                "properties": {{ "allowBlobPublicAccess": "[parameters('open')]" }} }}] }}"#
        );
        let found = judged("azure-storage-public-blob-access", &text);
        let states: Vec<State> = found.into_iter().map(|(_, _, state)| state).collect();
        states
    };
    assert_eq!(found("[false]"), []);
    assert_eq!(found("[true]"), [State::Open]);
    assert_eq!(found("[true, false]"), [State::Undecided]);
}

fn expanded(evaluated: &Evaluated, tree: &dyn SourceTree) -> Json {
    let fragments = evaluated.fragments.iter();
    let resources = fragments.map(|fragment| resource(fragment, evaluated));
    let notices = evaluated.notices.iter().map(|notice| {
        let place = notice.span.and_then(|span| {
            let at = tree.get(span.file)?.locate(span.start, Columns::CodePoints);
            Some(format!(":{}:{}", at.line, at.column))
        });
        let place = place.unwrap_or_default();
        Json::String(format!("{}{place} {}", notice.path, notice.message))
    });
    let mut out = Map::new();
    out.insert("resources".to_owned(), resources.collect());
    out.insert("notices".to_owned(), notices.collect());
    Json::Object(out)
}

fn resource(fragment: &Fragment, evaluated: &Evaluated) -> Json {
    let written = &evaluated.written[fragment.of.0 as usize];
    let exists = match &written.existence {
        Existence::Certain => json!(true),
        Existence::Conditional(_) => json!("if its condition holds"),
        Existence::Symbolic(unknown) => json!(format!("one for each, {}", spelled(unknown))),
    };
    let mut out = Map::new();
    out.insert("address".to_owned(), json!(written.address.to_string()));
    out.insert("exists".to_owned(), exists);
    if let Some(scope) = scope(&fragment.identity.scope) {
        out.insert("scope".to_owned(), json!(scope));
    }
    out.insert("body".to_owned(), shown(&fragment.body));
    Json::Object(out)
}

fn scope(scope: &Scope) -> Option<String> {
    Some(match scope {
        Scope::Here => return None,
        Scope::Group(name) => format!("resource group {}", text(name)),
        Scope::Subscription => "subscription".to_owned(),
        Scope::Of(identity) => format!("extends {}", named(identity)),
        Scope::Unknown => "?".to_owned(),
    })
}

fn named(identity: &Identity) -> String {
    let names: Vec<String> = identity.names.iter().map(text).collect();
    format!("{} {}", identity.kind, names.join("/"))
}

fn text(value: &Value) -> String {
    match shown(value) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn spelled(unknown: &Unknown) -> String {
    let why = format!("{:?}", unknown.why).to_lowercase();
    let possible = unknown.domain.as_ref().map(|domain| {
        let all: Vec<String> = domain.iter().map(text).collect();
        all.join(" | ")
    });
    let says = possible.or_else(|| unknown.term.as_deref().map(str::to_owned));
    let names = unknown
        .points_to
        .as_ref()
        .and_then(|to| Some(format!(" -> {}", named(to.identity.as_ref()?))));
    format!(
        "{why} {}{}",
        says.unwrap_or_default(),
        names.unwrap_or_default()
    )
    .trim_end()
    .to_owned()
}

fn shown(value: &Value) -> Json {
    if value.sensitive {
        return json!("(secret)");
    }
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(truth) => json!(truth),
        Data::Number(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        Data::String(text) => json!(&**text),
        Data::List(list) => list.items.iter().map(shown).collect(),
        Data::Map(map) => {
            let entries = map.entries.iter();
            let mut out: Map<String, Json> = entries
                .map(|entry| (entry.key.to_string(), shown(&entry.value)))
                .collect();
            if map.open {
                out.insert("…".to_owned(), json!("?"));
            }
            Json::Object(out)
        }
        Data::Unknown(unknown) => json!(format!("?{}", spelled(unknown))),
    }
}
