use std::sync::Arc;

use super::{Bench, fixpoint};
use crate::check::{self, Bar};
use crate::edit::Applicability;
use crate::finding::UnitId;
use crate::lang::{Cache, EditAt, Input, Unit};
use crate::model::{Estate, Kind};
use crate::rule::{Catalog, Rule};
use crate::source::{MemoryTree, RelPath, SourceTree};

fn template(resources: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ "p": {{ "type": "bool" }} }},
  "resources": [{resources}]
}}"#
    )
}

fn account(name: &str, https: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "{name}",
      "properties": {{ "supportsHttpsTrafficOnly": {https} }} }}"#
    )
}

/// An edit of a shared parameter file must be judged by all that read it, in every pass: here it
/// would mend one template and break the other, so the one that can be mended gets a literal.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn a_later_pass_still_judges_units_that_the_first_did_not_change() {
    let first = template(&format!(
        "{},\n{}",
        account("literal", "false"),
        account("given", "\"[parameters('p')]\"")
    ));
    let second = template(&account("inverse", "\"[not(parameters('p'))]\""));
    let values = r#"{ "parameters": { "p": { "value": false } } }"#;
    let tree = MemoryTree::new([
        ("a.json", first.as_str()),
        ("b.json", second.as_str()),
        ("shared.json", values),
    ]);
    let path = |name: &str| RelPath::new(name).unwrap();
    let units: Vec<Unit> = ["a.json", "b.json"]
        .map(|name| Unit {
            root: path(name),
            input: Input::Arm {
                parameters: Some(path("shared.json")),
            },
        })
        .into();
    let catalog = Catalog::built_in();
    let rule = catalog
        .get("azure-storage-insecure-transfer")
        .and_then(crate::rule::Entry::rule)
        .unwrap();
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| -> Vec<Arc<Rule>> {
            let applies = rule
                .targets
                .iter()
                .any(|target| target.kinds.contains(&Kind::new(kind)));
            if applies {
                vec![Arc::clone(&rule)]
            } else {
                Vec::new()
            }
        };
        let bar = Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &units[unit.0 as usize].root, estate, &bar)
    };
    let bench = Bench {
        units: &units,
        cache: &Cache::default(),
        at: EditAt::Nearest,
        judge: &judge,
    };
    let fixed = fixpoint(
        &bench,
        &tree,
        Applicability::Unsafe,
        &check::merge,
        &|_, _| true,
    );
    let changed: Vec<&str> = fixed.texts.keys().map(RelPath::as_str).collect();
    assert_eq!(
        changed,
        ["a.json"],
        "{:?}",
        fixed.texts.get(&path("shared.json"))
    );
    assert_eq!(fixed.taken.len(), 2);
    assert!(!fixed.texts[&path("a.json")].contains("parameters('p')"));
}
