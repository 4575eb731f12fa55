//! What an effect makes of a definition: which resources are looked at, and how findings stand.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::engine::{Bar, REFUSED, judge};
use super::{KIND, Truth, finds, imported, rule, subject};
use crate::finding::{State, UnitId};
use crate::model::testing::{estate, thing};
use crate::rule::policy::{Outcome, Settings};
use crate::rule::{Effect, RemedyChange, Rule};
use crate::source::RelPath;

fn definition(effect: &str, condition: &Json, details: Json) -> Json {
    let mut then = json!({ "effect": effect });
    if !details.is_null() {
        then["details"] = details;
    }
    json!({
        "name": "d",
        "properties": {
            "mode": "All",
            "policyRule": {
                "if": { "allOf": [{ "field": "type", "equals": KIND }, condition] },
                "then": then,
            },
        },
    })
}

fn x_is_off() -> Json {
    json!({ "field": "A.B/c/x", "notEquals": "on" })
}

fn findings(rule: &std::sync::Arc<Rule>, body: &Json) -> Vec<(State, String)> {
    let estate = estate(vec![subject(body)]);
    let rules = |_: &str| vec![std::sync::Arc::clone(rule)];
    let bar = Bar {
        rules: &rules,
        elsewhere: &[],
    };
    let judged = judge(UnitId(0), &RelPath::root(), &estate, &bar);
    let findings = judged.findings.into_iter();
    findings.map(|it| (it.state, it.message)).collect()
}

#[test]
fn each_effect_finds_or_does_not() {
    let bad = json!({ "properties": { "x": "off" } });
    let rows = [
        ("audit", Json::Null, Some(false)),
        ("Deny", Json::Null, Some(true)),
        ("disabled", Json::Null, Some(false)),
        (
            "append",
            json!([{ "field": "A.B/c/x", "value": "on" }]),
            Some(false),
        ),
        (
            "modify",
            json!({ "roleDefinitionIds": [], "operations": [
                { "operation": "addOrReplace", "field": "A.B/c/x", "value": "on" }] }),
            Some(false),
        ),
        ("manual", Json::Null, None),
        ("denyAction", json!({ "actionNames": ["delete"] }), None),
    ];
    for (effect, details, expected) in rows {
        let import = imported(
            &definition(effect, &x_is_off(), details),
            &Settings::default(),
        );
        let entry = &import.entries[0];
        assert_eq!(entry.effect, Effect::of(effect), "{effect}");
        match (&entry.outcome, expected) {
            (Outcome::Rule(rule), Some(refused)) => {
                let found = findings(rule, &bad);
                assert_eq!(found.len(), 1, "{effect}");
                assert_eq!(
                    found[0].1.ends_with(REFUSED),
                    refused,
                    "{effect}: {}",
                    found[0].1
                );
                assert_eq!(rule.enabled, effect != "disabled");
                assert_eq!(findings(rule, &json!({ "properties": { "x": "on" } })), []);
            }
            (Outcome::Refused(_), None) => {}
            (other, _) => panic!("{effect}: {other:?}"),
        }
    }
}

#[test]
fn what_must_exist_is_looked_for_where_it_stands() {
    let details = json!({
        "type": "A.B/c/d",
        "name": "default",
        "existenceCondition": { "field": "A.B/c/d/state", "equals": "[field('A.B/c/wanted')]" },
    });
    let rule = rule(&definition("AuditIfNotExists", &x_is_off(), details));
    let base = json!({ "properties": { "x": "off", "wanted": "Enabled" } });
    let child = |name: &Json, state: &Json| {
        let body = json!({ "name": name, "type": "A.B/c/d", "properties": { "state": state } });
        thing("t.child", "A.B/c/d", &json!(["n", name]), &body)
    };
    let open = json!({ "$input": "p" });
    let rows = [
        (None, Truth::True),
        (Some((json!("default"), json!("enabled"))), Truth::False),
        (Some((json!("default"), json!("Disabled"))), Truth::True),
        (Some((json!("other"), json!("enabled"))), Truth::True),
        (Some((json!("default"), open.clone())), Truth::Unknown),
        (Some((open, json!("enabled"))), Truth::Unknown),
    ];
    for (other, expected) in rows {
        let mut things = vec![subject(&base)];
        things.extend(other.as_ref().map(|(name, state)| child(name, state)));
        assert_eq!(finds(&rule, &estate(things)), expected, "{other:?}");
    }
}

#[test]
fn what_stands_beside_may_stand_elsewhere() {
    let details = json!({ "type": "A.B/other" });
    let rule = rule(&definition("auditIfNotExists", &x_is_off(), details));
    let base = || subject(&json!({ "properties": { "x": "off" } }));
    assert_eq!(finds(&rule, &estate(vec![base()])), Truth::Unknown);
    let other = thing("t.o", "A.B/other", &json!(["o"]), &json!({ "name": "o" }));
    assert_eq!(finds(&rule, &estate(vec![base(), other])), Truth::False);
}

#[test]
fn operations_become_changes_where_their_condition_holds() {
    let details = json!({ "operations": [
        { "operation": "addOrReplace", "field": "A.B/c/x", "value": "on",
          "condition": "[greaterOrEquals(requestContext().apiVersion, '2019-04-01')]" },
        { "operation": "add", "field": "tags['owner']", "value": "me" },
        { "operation": "remove", "field": "A.B/c/old" },
    ]});
    let rule = rule(&definition("modify", &x_is_off(), details));
    let remedy = &rule.targets[0].remedies[0];
    let paths: Vec<String> = remedy
        .changes
        .iter()
        .map(|change| match change {
            RemedyChange::Set(path, _) => format!("set {path}"),
            RemedyChange::Append(path, _) => format!("append {path}"),
            RemedyChange::Remove(path) => format!("remove {path}"),
            RemedyChange::Add { kind, .. } => format!("add {kind}"),
        })
        .collect();
    assert_eq!(
        paths,
        [
            "set properties.x",
            "set tags.owner",
            "remove properties.old"
        ]
    );
    let unknown = json!({ "operations": [
        { "operation": "addOrReplace", "field": "A.B/c/x", "value": "[resourceGroup().location]" }] });
    let import = imported(
        &definition("modify", &x_is_off(), unknown),
        &Settings::default(),
    );
    assert!(
        import.entries[0]
            .no_fix
            .as_deref()
            .is_some_and(|why| why.contains("resourceGroup"))
    );
}

#[test]
fn a_template_becomes_properties_or_a_child() {
    let template = |resource: Json| {
        json!({
            "type": "A.B/c/d",
            "roleDefinitionIds": [],
            "deployment": { "properties": {
                "mode": "incremental",
                "parameters": { "n": { "value": "[field('name')]" }, "s": { "value": "on" } },
                "template": {
                    "parameters": { "n": { "type": "string" }, "s": { "type": "string" } },
                    "resources": [resource],
                },
            }},
        })
    };
    let own = json!({ "type": KIND, "apiVersion": "2020-01-01", "name": "[parameters('n')]",
        "properties": { "x": "[parameters('s')]", "y": { "z": 1 } } });
    let child = json!({ "type": "A.B/c/d", "apiVersion": "2020-01-01",
        "name": "[concat(parameters('n'), '/default')]", "properties": { "state": "[parameters('s')]" } });
    let far = json!({ "type": "A.B/e", "name": "x", "apiVersion": "2020-01-01" });
    let needs = json!({ "type": KIND, "name": "[parameters('n')]",
        "properties": { "x": "[reference('a').b]" } });
    let fix = |resource: Json| {
        let document = definition("deployIfNotExists", &x_is_off(), template(resource));
        let entry = imported(&document, &Settings::default()).entries.remove(0);
        (entry.fixes, entry.no_fix)
    };
    assert_eq!(fix(own), (true, None));
    assert_eq!(fix(child), (true, None));
    assert!(fix(far).1.is_some_and(|why| why.contains("A.B/e")));
    assert!(fix(needs).1.is_some_and(|why| why.contains("needs")));
}

#[test]
fn settings_choose_effects_and_values() {
    let document = json!({
        "name": "d",
        "properties": {
            "mode": "All",
            "parameters": {
                "effect": { "type": "String", "allowedValues": ["Audit", "Deny"], "defaultValue": "Audit" },
                "wanted": { "type": "String" },
            },
            "policyRule": {
                "if": { "allOf": [{ "field": "type", "equals": KIND },
                    { "field": "A.B/c/x", "notEquals": "[parameters('wanted')]" }] },
                "then": { "effect": "[parameters('effect')]" },
            },
        },
    });
    let strict = Settings {
        strict: true,
        ..Settings::default()
    };
    let outcome = imported(&document, &strict).entries.remove(0).outcome;
    assert!(matches!(outcome, Outcome::Faulty(_)), "{outcome:?}");
    let wanted = crate::rule::policy::parameter_value("on");
    let settings = Settings {
        parameters: BTreeMap::from([("wanted".to_owned(), wanted)]),
        effects: BTreeMap::from([("D".to_owned(), Effect::Deny)]),
        ..strict
    };
    let Outcome::Rule(rule) = imported(&document, &settings).entries.remove(0).outcome else {
        panic!()
    };
    assert!(rule.denies());
    assert_eq!(
        findings(&rule, &json!({ "properties": { "x": "off" } })).len(),
        1
    );
    assert_eq!(findings(&rule, &json!({ "properties": { "x": "on" } })), []);
}

#[test]
fn connections_of_private_endpoints_are_looked_for_where_they_are_made() {
    let vault = "Microsoft.KeyVault/vaults";
    let list = format!("{vault}/privateEndpointConnections[*]");
    let document = json!({ "name": "d", "properties": { "mode": "Indexed", "policyRule": {
        "if": { "allOf": [
            { "field": "type", "equals": vault },
            { "count": { "field": list, "where": {
                "field": format!("{list}.privateLinkServiceConnectionState.status"),
                "equals": "Approved" } }, "less": 1 },
        ]},
        "then": { "effect": "audit" },
    }}});
    let rule = rule(&document);
    let base = || {
        thing(
            "t.v",
            vault,
            &json!(["v"]),
            &json!({ "name": "v", "type": vault }),
        )
    };
    let connection = |status: &str| {
        let kind = "Microsoft.KeyVault/vaults/privateEndpointConnections";
        let state = json!({ "privateLinkServiceConnectionState": { "status": status } });
        thing(
            "t.c",
            kind,
            &json!(["v", "c"]),
            &json!({ "name": "c", "properties": state }),
        )
    };
    assert_eq!(finds(&rule, &estate(vec![base()])), Truth::True);
    assert_eq!(
        finds(&rule, &estate(vec![base(), connection("Pending")])),
        Truth::True
    );
    assert_eq!(
        finds(&rule, &estate(vec![base(), connection("Approved")])),
        Truth::False
    );
}

#[test]
fn what_only_the_service_writes_is_not_absent() {
    let vault = "Microsoft.KeyVault/vaults";
    let document = json!({ "name": "d", "properties": { "mode": "Indexed", "policyRule": {
        "if": { "allOf": [
            { "field": "type", "equals": vault },
            { "field": format!("{vault}/hsmPoolResourceId"), "exists": true },
        ]},
        "then": { "effect": "audit" },
    }}});
    let base = thing(
        "t.v",
        vault,
        &json!(["v"]),
        &json!({ "name": "v", "type": vault, "properties": {} }),
    );
    assert_eq!(finds(&rule(&document), &estate(vec![base])), Truth::Unknown);
}
