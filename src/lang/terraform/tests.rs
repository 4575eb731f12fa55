//! Root modules in memory, evaluated whole.

use crate::lang::{self, Cache, Evaluated, UnitOptions};
use crate::model::Value;
use crate::source::{MemoryTree, RelPath, SourceTree};

/// The root modules among `files`, evaluated.
fn evaluated(tree: &MemoryTree, files: &[&str]) -> Vec<Evaluated> {
    let paths: Vec<RelPath> = files.iter().map(|it| RelPath::new(it).unwrap()).collect();
    let cache = Cache::default();
    let (units, _) = lang::units(&paths, &UnitOptions::default(), tree, &cache);
    units
        .iter()
        .map(|unit| lang::evaluate(unit, tree, &cache))
        .collect()
}

#[test]
fn what_is_written_but_not_sent_is_null_where_it_is_written() {
    let text = "resource \"azurerm_key_vault\" \"a\" {\n  name = \"a\"\n  purge_protection_enabled = false\n}\n";
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]);
    let body = &evaluated[0].fragments[0].body;
    let properties = body.as_map().unwrap().get("properties").unwrap();
    let value: &Value = properties
        .as_map()
        .unwrap()
        .get("enablePurgeProtection")
        .unwrap();
    assert!(value.is_null());
    let span = evaluated[0].origins.used_at(value.origin).unwrap();
    assert_eq!(tree.get(span.file).unwrap().slice(span), "false");
}

#[test]
fn a_block_of_an_unknown_type_also_has_what_the_provider_computes() {
    let text = "resource \"some_thing\" \"a\" {\n  for_each = toset([\"x\"])\n  identity {\n    type = \"S\"\n  }\n}\nresource \"some_other\" \"b\" {\n  for_each = { for k, v in some_thing.a : k => v }\n  id = each.value.identity[0].principal_id\n  type = each.value.identity[0].type\n}\n";
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]);
    assert!(
        evaluated[0].notices.is_empty(),
        "{:?}",
        evaluated[0].notices
    );
    let written = &evaluated[0].written[1];
    let args = written.args.as_map().unwrap();
    assert!(args.get("id").unwrap().as_unknown().is_some());
    assert_eq!(args.get("type").unwrap().as_str(), Some("S"));
}

#[test]
fn what_the_provider_computes_survives_a_conversion() {
    let text = "resource \"some_thing\" \"a\" {\n  for_each = toset([\"x\"])\n  identity {\n    type = \"S\"\n  }\n}\nresource \"some_other\" \"b\" {\n  for_each = true ? { for k, v in some_thing.a : k => v } : {}\n  id = each.value.identity[0].principal_id\n}\n";
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]);
    assert!(
        evaluated[0].notices.is_empty(),
        "{:?}",
        evaluated[0].notices
    );
    let args = evaluated[0].written[1].args.as_map().unwrap();
    assert!(args.get("id").unwrap().as_unknown().is_some());
}
