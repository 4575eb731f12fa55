//! Each built-in Azure rule beside the policy definition that it stands for, on real estates.
//!
//! `POLICY_COLLECTION` names a folder of definitions, such as `built-in-policies/policyDefinitions` of
//! the public repository Azure/azure-policy, and `ESTATES` folders of templates and configurations,
//! joined by `:`; without it the fixtures are compared.
//! `POLICY_COLLECTION=DIR ESTATES=A:B cargo test --test native_policies -- --ignored --nocapture`.
//!
//! `tests/data/native-policies.json` says where a rule and its definition part, and why: for which
//! pair of verdicts of which rule. A pair that it does not know fails.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test reads what the environment names, and tells the person who runs it"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iac_remediate::check;
use iac_remediate::finding::{State, UnitId};
use iac_remediate::lang::{Cache, EditAt, UnitOptions, units};
use iac_remediate::model::{Estate, Kind};
use iac_remediate::remediate::Bench;
use iac_remediate::rule::policy::{Library, Outcome, Settings, import};
use iac_remediate::rule::{Catalog, Rule};
use iac_remediate::source::{MemoryTree, RelPath, SourceTree};
use serde_json::Value as Json;

/// A rule, and the one that its definition gives.
type Pair = (Arc<Rule>, Arc<Rule>);

/// What one rule says of one resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It passes, or the rule does not apply.
    Nothing,
    Undecided,
    Found,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Undecided => "undecided",
            Self::Found => "found",
        }
    }
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = entries.into_iter().flatten();
    let paths = entries.map(walkdir::DirEntry::into_path);
    let texts = paths.filter(|path| path.is_file()).filter_map(|path| {
        let name = path.strip_prefix(folder).ok()?.to_str()?.to_owned();
        Some((name, std::fs::read_to_string(&path).ok()?))
    });
    texts.collect()
}

/// The Azure rules with the rules of their definitions in `folder`.
fn pairs(folder: &Path) -> Vec<Pair> {
    let catalog = Catalog::built_in();
    let rules = catalog
        .entries()
        .iter()
        .filter_map(iac_remediate::rule::Entry::rule);
    let rules = rules.filter(|rule| rule.cloud == "azure");
    let wanted: BTreeMap<String, Arc<Rule>> = rules
        .filter_map(|rule| Some((rule.recommendation.policy.clone()?, rule)))
        .collect();
    let mut library = Library::default();
    let mut given: Vec<String> = Vec::new();
    for (path, text) in files(folder) {
        let text = text.trim_start_matches('\u{feff}');
        let name = serde_json::from_str::<Json>(text).ok();
        let name = name.and_then(|it| Some(it["name"].as_str()?.to_owned()));
        let Some(name) = name.filter(|name| wanted.contains_key(name) && !given.contains(name))
        else {
            continue;
        };
        library.add(&path, text, true).unwrap();
        given.push(name);
    }
    assert_eq!(given.len(), wanted.len(), "some definitions are missing");
    let entries = import(&library, &Settings::default()).entries.into_iter();
    let pairs = entries.filter_map(|entry| match entry.outcome {
        Outcome::Rule(rule) => Some((Arc::clone(&wanted[&entry.name]), rule)),
        // What only runs can show, the rule has words of its own for.
        Outcome::Refused(reason) => {
            println!("{}: not compared: {reason}", wanted[&entry.name].id);
            None
        }
        Outcome::Faulty(fault) => unreachable!("{}: {fault:?}", entry.name),
    });
    pairs.collect()
}

/// How often the two verdicts of each pair met, and the first resource where they did.
type Counts = BTreeMap<(String, Verdict, Verdict), (usize, String)>;

fn compare(pairs: &[Pair], estate: &Path, counts: &mut Counts) {
    let texts = files(estate);
    let paths: Vec<RelPath> = texts
        .iter()
        .filter_map(|(path, _)| RelPath::new(path))
        .collect();
    let tree = MemoryTree::new(texts);
    let cache = Cache::default();
    let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| {
            let kind = Kind::new(kind);
            let both = pairs.iter().flat_map(|(own, policy)| [own, policy]);
            let speaking = both.filter(|rule| rule.targets.iter().any(|it| it.speaks_of(&kind)));
            speaking.cloned().collect()
        };
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
    for unit in bench.judge_all(&all, &tree) {
        let mut verdicts: BTreeMap<(String, String), Verdict> = BTreeMap::new();
        for finding in &unit.findings {
            let verdict = match finding.state {
                State::Open => Verdict::Found,
                State::Undecided => Verdict::Undecided,
                State::Suppressed => Verdict::Nothing,
            };
            for (_, address) in &finding.occurrences {
                let key = (finding.rule.id.to_string(), address.clone());
                let known = verdicts.entry(key).or_insert(verdict);
                *known = verdict.max(*known);
            }
        }
        let root = &units[unit.unit.0 as usize].root;
        for resource in &unit.estate.resources {
            for (own, policy) in pairs {
                let speaks =
                    |rule: &Rule| rule.targets.iter().any(|it| it.speaks_of(&resource.kind));
                if !speaks(own) && !speaks(policy) {
                    continue;
                }
                let said = |rule: &Rule| {
                    let key = (rule.id.to_string(), resource.address.as_str().to_owned());
                    verdicts.get(&key).copied().unwrap_or(Verdict::Nothing)
                };
                let key = (own.id.to_string(), said(own), said(policy));
                let place = format!("{}: {root}: {}", estate.display(), resource.address);
                counts.entry(key).or_insert((0, place)).0 += 1;
            }
        }
    }
}

/// Why a rule and its definition part: by rule and both verdicts.
fn known() -> BTreeMap<(String, String, String), String> {
    let text = include_str!("data/native-policies.json");
    let rows: Vec<Json> = serde_json::from_str(text).unwrap();
    let text = |row: &Json, key: &str| row[key].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| {
            let key = (
                text(row, "rule"),
                text(row, "rule says"),
                text(row, "policy says"),
            );
            (key, text(row, "because"))
        })
        .collect()
}

#[test]
fn every_difference_is_about_a_rule_that_there_is() {
    let catalog = Catalog::built_in();
    let words = ["found", "undecided", "nothing"];
    for ((rule, own, policy), because) in known() {
        let entry = catalog
            .get(&rule)
            .unwrap_or_else(|| panic!("there is no {rule}"));
        assert!(entry.recommendation.policy.is_some(), "{rule}");
        assert!(words.contains(&&*own) && words.contains(&&*policy) && own != policy);
        assert!(because.ends_with('.'), "{rule}: {because}");
    }
}

#[test]
#[ignore = "compares with the definitions in the folder that POLICY_COLLECTION names"]
fn rules_agree_with_their_definitions() {
    let definitions = PathBuf::from(std::env::var("POLICY_COLLECTION").unwrap());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let estates = std::env::var("ESTATES").map_or(vec![fixtures], |list| {
        list.split(':').map(PathBuf::from).collect()
    });
    let pairs = pairs(&definitions);
    let mut counts = Counts::new();
    for estate in &estates {
        compare(&pairs, estate, &mut counts);
    }
    let known = known();
    let mut new = Vec::new();
    for ((rule, own, policy), (count, first)) in &counts {
        let (own_word, policy_word) = (own.word(), policy.word());
        let line = format!("{rule}: {own_word}, policy {policy_word}: {count}, first {first}");
        println!("{line}");
        let key = (rule.clone(), own_word.to_owned(), policy_word.to_owned());
        if own != policy && !known.contains_key(&key) {
            new.push(line);
        }
    }
    assert!(
        counts.values().any(|(count, _)| *count > 10),
        "nothing was compared"
    );
    assert!(new.is_empty(), "not explained:\n{}", new.join("\n"));
}
