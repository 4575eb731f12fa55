//! Resources that are added.

use super::*;

fn add(kind: &str, relation: Relation, body: &str) -> Change {
    let Data::Map(body) = value(body).data else {
        panic!("a body is an object");
    };
    Change::AddResource {
        kind: Kind::new(kind),
        body: body.entries.clone(),
        relation,
    }
}

const CHILD: &str = r#"{"name": "default", "properties": {"on": true}}"#;

#[test]
fn a_child_is_appended_behind_its_parent() {
    let template = |name: &str| {
        format!(
            "{{\n  \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",\n  \"resources\": [\n    {{\n      \"condition\": \"[parameters('on')]\",\n      \"type\": \"Microsoft.S/accounts\",\n      \"apiVersion\": \"2023-01-01\",\n      \"name\": {name}\n    }} // last\n  ]\n}}\n"
        )
    };
    for (name, child, id) in [
        ("\"it\"", "it/default", "'it'"),
        (
            "\"[parameters('n')]\"",
            "[concat(parameters('n'), '/default')]",
            "parameters('n')",
        ),
        (
            "\"[format('{0}x', parameters('n'))]\"",
            "[format('{0}/default', format('{0}x', parameters('n')))]",
            "format('{0}x', parameters('n'))",
        ),
    ] {
        let before = template(name);
        let case = Case::new(&before, "{}", &["resources", "0"]);
        let after = case.after(&[add("Microsoft.S/accounts/services", Relation::Child, CHILD)]);
        let new = format!(
            "    }}, // last\n    {{\n      \"condition\": \"[parameters('on')]\",\n      \"type\": \"Microsoft.S/accounts/services\",\n      \"apiVersion\": \"2023-01-01\",\n      \"name\": \"{child}\",\n      \"dependsOn\": [\n        \"[resourceId('Microsoft.S/accounts', {id})]\"\n      ],\n      \"properties\": {{\n        \"on\": true\n      }}\n    }}\n"
        );
        assert_eq!(after[MAIN], before.replace("    } // last\n", &new));
    }
}

#[test]
fn a_child_of_a_nested_resource_names_all_of_its_parents() {
    let text = r#"{"resources": [{"type": "M.S/a", "name": "[parameters('n')]", "apiVersion": "1", "resources": [{"type": "b", "name": "x", "apiVersion": "2"}]}]}"#;
    let case = Case::new(text, "{}", &["resources", "0", "resources", "0"]);
    let after = case.after(&[add("M.S/a/b/c", Relation::Child, CHILD)]);
    let new = r#", {"type": "M.S/a/b/c", "apiVersion": "2", "name": "[concat(concat(parameters('n'), '/', 'x'), '/default')]", "dependsOn": ["[resourceId('M.S/a/b', parameters('n'), 'x')]"], "properties": {"on": true}}]}"#;
    assert_eq!(
        after[MAIN],
        format!("{}{new}", text.strip_suffix("]}").unwrap())
    );
}

#[test]
fn extensions_copies_and_symbolic_names() {
    let text = r#"{"resources": {"it": {"type": "M.S/a", "name": "[copyIndex()]", "copy": {"name": "l", "count": 3}}, "it_b": {"type": "x", "name": "y"}}}"#;
    let case = Case::new(text, "{}", &["resources", "it"]);
    let body = r#"{"apiVersion": "1", "name": "b"}"#;
    let changes = [
        add("M.I/b", Relation::Extension, body),
        add("M.I/b", Relation::Extension, body),
    ];
    let after = case.after(&changes);
    for key in ["it_b2", "it_b3"] {
        let new = format!(
            r#""{key}": {{"copy": {{"name": "l-b", "count": 3}}, "type": "M.I/b", "apiVersion": "1", "scope": "[resourceId('M.S/a', copyIndex())]", "name": "b", "dependsOn": ["it"]}}"#
        );
        assert!(after[MAIN].contains(&new), "{}", after[MAIN]);
    }
    let by_name = text.replace("copyIndex()", "copyIndex('l')");
    assert!(
        Case::new(&by_name, "{}", &["resources", "it"])
            .plan(&changes)
            .is_err()
    );
}

#[test]
fn a_companion_refers_to_the_resource_it_serves() {
    let text = r#"{"resources": [{"type": "M.S/a/b", "name": "x/y", "location": "[resourceGroup().location]"}]}"#;
    let case = Case::new(text, "{}", &["resources", "0"]);
    let path = Path::parse("properties.connections[*].id").unwrap();
    let mut change = add(
        "M.N/e",
        Relation::ReferredToBy(path),
        r#"{"apiVersion": "1", "name": "e"}"#,
    );
    if let Change::AddResource { body, .. } = &mut change {
        let location = Unknown::because(Why::Computed).pointing_to(PointsTo {
            address: Some(case.written.address.clone()),
            identity: None,
            attribute: "location".into(),
        });
        body.push(Entry {
            key: "location".into(),
            value: Value::unknown(location, Origin::NOWHERE),
        });
    }
    let after = case.after(&[change]);
    let id = "[resourceId('M.S/a/b', 'x', 'y')]";
    let new = format!(
        r#"{{"type": "M.N/e", "apiVersion": "1", "name": "e", "location": "[resourceGroup().location]", "dependsOn": ["{id}"], "properties": {{"connections": [{{"id": "{id}"}}]}}}}]}}"#
    );
    assert!(after[MAIN].ends_with(&new), "{}", after[MAIN]);
    let refused = case.plan(&[add("M.N/e", Relation::Extension, r#"{"name": "e"}"#)]);
    assert_eq!(
        refused.unwrap_err().0,
        "The API version of the new resource is not known."
    );
}
