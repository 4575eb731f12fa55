//! Root modules in memory, evaluated whole.

use crate::lang::{self, Cache, Evaluated, UnitOptions};
use crate::model::{Kind, Match, Relation, Value, assemble};
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

/// The messages of a root module in one file, and how many resources it has.
fn said(text: &str) -> (Vec<String>, usize) {
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]);
    let notices = evaluated[0].notices.iter();
    let messages = notices.map(|notice| notice.message.clone()).collect();
    (messages, evaluated[0].written.len())
}

#[test]
fn a_count_is_wrong_only_where_no_number_is_possible() {
    let of = |count: &str| {
        said(&format!(
            "variable \"x\" {{\n  type = string\n}}\nresource \"some_thing\" \"a\" {{\n  count = {count}\n}}\n"
        ))
    };
    let wrong = || vec!["`count` takes a whole number.".to_owned()];
    let rows = [
        // A deliberate stop, which `terraform validate` accepts.
        (r#"var.x == "a" ? "not so" : 0"#, vec![], 0),
        (r#"var.x == "a" ? "not so" : 2"#, vec![], 2),
        (r#"true ? "not so" : 0"#, wrong(), 1),
        (r#"var.x == "a" ? "not so" : "nor so""#, wrong(), 1),
    ];
    for (count, messages, resources) in rows {
        assert_eq!(of(count), (messages, resources), "{count}");
    }
}

#[test]
fn a_dynamic_block_that_makes_none_leaves_the_block_to_the_provider() {
    let of = |block: &str, member: &str| {
        said(&format!(
            "resource \"azurerm_kubernetes_cluster\" \"a\" {{\n  dynamic \"{block}\" {{\n    for_each = []\n    content {{}}\n  }}\n}}\nresource \"some_thing\" \"b\" {{\n  x = azurerm_kubernetes_cluster.a.{block}[0].{member}\n}}\n"
        ))
        .0
    };
    // The provider computes the first and not the second.
    assert_eq!(of("kubelet_identity", "object_id"), Vec::<String>::new());
    assert_eq!(
        of("identity", "principal_id"),
        ["There is no element 0 in a list of 0."]
    );
}

#[test]
fn a_whole_resource_is_what_a_variable_asks_for_at_every_depth() {
    let module = "variable \"config\" {\n  type = object({ p = object({ name = string, arn = string, n = optional(number, 1) }) })\n}\nresource \"some_thing\" \"a\" {\n  name = var.config.p.name\n  arn  = var.config.p.arn\n}\n";
    let of = |config: &str| {
        let text = format!(
            "module \"m\" {{\n  source = \"./m\"\n  config = {config}\n}}\nresource \"aws_ssm_parameter\" \"p\" {{\n  name = \"x\"\n}}\n"
        );
        let tree = MemoryTree::new([("a.tf", text.as_str()), ("m/a.tf", module)]);
        let evaluated = evaluated(&tree, &["a.tf", "m/a.tf"]).remove(0);
        let notices = evaluated.notices.iter();
        notices.map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    let wrong = "This is no value for the variable `config`: attribute \"p\": attributes \"arn\" and \"name\" are required.";
    let rows = [
        ("{ p = aws_ssm_parameter.p }", vec![]),
        ("{ p = {} }", vec![wrong]),
    ];
    for (config, expected) in rows {
        assert_eq!(of(config), expected, "{config}");
    }
}

/// How surely the diagnostic setting of an estate belongs to its vault, which stands first.
fn extends_the_vault(parent: &str) -> Option<Match> {
    let block = |kind: &str, name: &str, parent: &str, body: &str| {
        format!(
            "resource \"azapi_resource\" \"{name}\" {{\n  type      = \"{kind}\"\n  name      = \"{name}\"\n  parent_id = {parent}\n  body      = {body}\n}}\n"
        )
    };
    let group = "azapi_resource.group.id";
    let text = [
        block("Microsoft.KeyVault/vaults@2024-11-01", "vault", group, "{}"),
        block("Microsoft.Web/sites@2024-11-01", "site", group, "{}"),
        block(
            "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
            "setting",
            parent,
            "var.body",
        ),
        block(
            "Microsoft.Resources/resourceGroups@2024-03-01",
            "group",
            "\"/subscriptions/s\"",
            "{}",
        ),
        "variable \"body\" {}\nvariable \"id\" {}\n".to_owned(),
    ]
    .concat();
    let tree = MemoryTree::new([("a.tf", text.as_str())]);
    let evaluated = evaluated(&tree, &["a.tf"]).remove(0);
    let estate = assemble::assemble(evaluated.written, evaluated.fragments, evaluated.origins);
    let kind = Kind::new("Microsoft.Insights/diagnosticSettings");
    let vault = *estate
        .of_kind(&Kind::new("Microsoft.KeyVault/vaults"))
        .first()?;
    let related = estate.related(vault, &kind, &Relation::Extension);
    related.into_iter().map(|(_, sure)| sure).next()
}

#[test]
fn an_extension_of_a_declared_block_extends_that_block_alone() {
    let id = "/subscriptions/s/resourceGroups/group/providers/Microsoft.KeyVault/vaults/vault";
    let rows = [
        ("azapi_resource.vault.id".to_owned(), Some(Match::Certain)),
        ("azapi_resource.site.id".to_owned(), None),
        ("var.id".to_owned(), Some(Match::Maybe)),
        // Whether the group that the vault stands in is that one is not compared.
        (format!("\"{id}\""), Some(Match::Maybe)),
    ];
    for (parent, expected) in rows {
        assert_eq!(extends_the_vault(&parent), expected, "{parent}");
    }
}

#[test]
fn a_companion_that_names_nothing_says_which_argument_would() {
    let text = "resource \"azurerm_storage_account_network_rules\" \"a\" {\n  storage_account_name = \"a\"\n  default_action       = \"Deny\"\n}\n";
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]);
    let name = &evaluated[0].fragments[0].identity.names[0];
    assert_eq!(
        name.as_unknown().unwrap().term.as_deref(),
        Some("azurerm_storage_account_network_rules.a.storage_account_id")
    );
}

/// Who makes a name is not who is named.
#[test]
fn a_vault_whose_name_another_resource_makes_has_its_endpoint() {
    let text = "resource \"random_string\" \"name\" {\n  length = 10\n}\nresource \"azurerm_key_vault\" \"named\" {\n  name = random_string.name.result\n}\nresource \"azurerm_key_vault\" \"other\" {\n  name = \"other\"\n}\nresource \"azurerm_private_endpoint\" \"e\" {\n  name = \"e\"\n  private_service_connection {\n    name                           = \"e\"\n    is_manual_connection           = false\n    private_connection_resource_id = azurerm_key_vault.named.id\n    subresource_names              = [\"vault\"]\n  }\n}\n";
    let tree = MemoryTree::new([("a.tf", text)]);
    let evaluated = evaluated(&tree, &["a.tf"]).remove(0);
    let estate = assemble::assemble(evaluated.written, evaluated.fragments, evaluated.origins);
    let kind = Kind::new("Microsoft.KeyVault/vaults/privateEndpointConnections");
    let vaults = estate.of_kind(&Kind::new("Microsoft.KeyVault/vaults"));
    let found: Vec<(&str, Option<Match>)> = vaults
        .iter()
        .map(|vault| {
            let related = estate.related(*vault, &kind, &Relation::Child);
            let address = estate.resource(*vault).address.as_str();
            (address, related.first().map(|(_, sure)| *sure))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("azurerm_key_vault.named", Some(Match::Certain)),
            ("azurerm_key_vault.other", None),
        ]
    );
}
