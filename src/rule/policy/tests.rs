use serde_json::{Value as Json, json};

use super::{Import, Library, Outcome, Settings, import};
use crate::rule::{Effect, Rule};

/// Imports texts; those whose name starts with `by` only stand by.
fn imported(texts: &[(&str, &str)], settings: &Settings) -> Import {
    let mut library = Library::default();
    for (path, text) in texts {
        library.add(path, text, !path.starts_with("by")).unwrap();
    }
    import(&library, settings)
}

fn definition(body: &str) -> String {
    format!(
        r#"{{ "name": "d", "properties": {{ "mode": "All",
  "parameters": {{ "p": {{ "type": "Array", "defaultValue": [] }}, "n": {{ "type": "String" }} }},
  "policyRule": {body}
}} }}"#
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn what_is_wrong_is_shown_where_it_stands() {
    let condition = |text: &str| format!(r#"{{ "if": {text}, "then": {{ "effect": "audit" }} }}"#);
    let then = |text: &str| {
        format!(r#"{{ "if": {{ "field": "type", "equals": "A.B/c" }}, "then": {text} }}"#)
    };
    let rows = [
        (
            condition(r#"{ "feild": "type", "equals": "a" }"#),
            r#""feild""#,
            "no word of a condition",
        ),
        (
            condition(r#"{ "field": "type", "equal": "a" }"#),
            r#""equal""#,
            "no word of a condition",
        ),
        (
            condition(r#"{ "field": "type" }"#),
            r#"{ "field""#,
            "a comparison is missing",
        ),
        (
            condition(r#"{ "equals": "a" }"#),
            r#"{ "equals""#,
            "A condition has one of",
        ),
        (
            condition(r#"{ "field": "type", "value": 1, "equals": 1 }"#),
            r#""value""#,
            "cannot stand in one",
        ),
        (
            condition(r#"{ "field": "type", "equals": 1, "in": [] }"#),
            r#""in""#,
            "cannot stand in one",
        ),
        (
            condition(r#"{ "allOf": [], "equals": 1 }"#),
            r#""equals""#,
            "takes no comparison",
        ),
        (condition(r#"{ "allOf": {} }"#), "{}", "takes an array"),
        (
            condition(r#""always""#),
            r#""always""#,
            "A condition is an object",
        ),
        (
            condition(r#"{ "field": "type", "in": "a" }"#),
            r#""a""#,
            "`in` takes an array",
        ),
        (
            condition(r#"{ "field": "type", "exists": "maybe" }"#),
            r#""maybe""#,
            "takes true or false",
        ),
        (
            condition(r#"{ "field": "type", "like": ["a"] }"#),
            r#"["a"]"#,
            "takes a text",
        ),
        (
            condition(r#"{ "field": "colour", "equals": "a" }"#),
            r#""colour""#,
            "neither a property",
        ),
        (
            condition(r#"{ "value": "[parameters('q')]", "equals": 1 }"#),
            "parameters('q')",
            "no parameter `q`",
        ),
        (
            condition(r#"{ "value": "[paramters('p')]", "equals": 1 }"#),
            "paramters('p')",
            "no function",
        ),
        (
            condition(r#"{ "value": "[concat('a', )]", "equals": 1 }"#),
            ")]",
            "cannot be read",
        ),
        (
            condition(r#"{ "value": "[parameters('n')]", "equals": 1 }"#),
            "parameters('n')",
            "has no value",
        ),
        (
            condition(r#"{ "count": { "field": "A.B/c/x" }, "equals": 1 }"#),
            r#""A.B/c/x""#,
            "ends in `[*]`",
        ),
        (
            condition(r#"{ "count": { "name": "n" }, "equals": 1 }"#),
            r#"{ "name""#,
            "needs `field` or `value`",
        ),
        (
            condition(r#"{ "count": { "field": "A.B/c/x[*]", "if": 1 }, "equals": 1 }"#),
            r#""if": 1"#,
            "no word of `count`",
        ),
        (then(r#"{ "effect": "shout" }"#), r#""shout""#, "no effect"),
        (
            then(r#"{ "effect": "auditIfNotExists" }"#),
            r#"{ "effect""#,
            "needs `details`",
        ),
        (
            then(r#"{ "effect": "auditIfNotExists", "details": {} }"#),
            "{}",
            "need `type`",
        ),
        (
            then(r#"{ "effect": "modify", "details": {} }"#),
            "{}",
            "needs `operations`",
        ),
        (
            then(r#"{ "effect": "append", "details": {} }"#),
            "{}",
            "an array of fields",
        ),
        (
            then(
                r#"{ "effect": "modify", "details": { "operations": [{ "operation": "bend", "field": "tags.a", "value": 1 }] } }"#,
            ),
            r#""bend""#,
            "is none of",
        ),
    ];
    let settings = Settings {
        strict: true,
        ..Settings::default()
    };
    for (rule, place, words) in rows {
        let text = definition(&rule);
        let outcome = imported(&[("d.json", &text)], &settings)
            .entries
            .remove(0)
            .outcome;
        let Outcome::Faulty(fault) = outcome else {
            panic!("{rule} gives {outcome:?}")
        };
        let (start, _) = fault.0.place.unwrap();
        assert!(
            text[start..].starts_with(place),
            "{rule}: {:?} at {}",
            fault.0,
            &text[start..]
        );
        assert!(
            fault.0.message.contains(words),
            "{rule}: {}",
            fault.0.message
        );
    }
}

#[test]
fn what_is_no_json_or_no_policy_is_said() {
    let error = Library::default()
        .add("x.json", "{ \"a\": ", true)
        .unwrap_err();
    assert!(
        error.place.is_some() && error.message.contains("JSON"),
        "{error:?}"
    );
    let import = imported(&[("x.json", "{}"), ("y.json", "[]")], &Settings::default());
    assert_eq!((import.entries.len(), import.ignored.len()), (0, 1));
}

fn audits_type() -> String {
    json!({
        "id": "/providers/Microsoft.Authorization/policyDefinitions/d",
        "name": "d",
        "properties": {
            "displayName": "D", "mode": "All", "version": "1.2.0",
            "metadata": { "category": "Storage" },
            "parameters": {
                "effect": { "type": "String", "defaultValue": "Audit", "allowedValues": ["Audit", "Deny", "Disabled"] },
                "list": { "type": "Array", "defaultValue": ["a"] },
            },
            "policyRule": {
                "if": { "allOf": [{ "field": "type", "equals": "A.B/c" },
                    { "field": "A.B/c/x", "in": "[parameters('list')]" }] },
                "then": { "effect": "[parameters('effect')]" },
            },
        },
    })
    .to_string()
}

fn initiative(members: &Json) -> String {
    json!({
        "name": "set",
        "properties": {
            "displayName": "Our set",
            "parameters": { "all": { "type": "Array", "defaultValue": ["b"] }, "what": { "type": "String", "defaultValue": "Deny" } },
            "policyDefinitions": members,
        },
    })
    .to_string()
}

const ID: &str = "/providers/Microsoft.Authorization/policyDefinitions/d";

fn member(reference: &str) -> Json {
    json!({
        "policyDefinitionId": ID,
        "policyDefinitionReferenceId": reference,
        "groupNames": ["NET-1"],
        "parameters": { "list": { "value": "[parameters('all')]" }, "effect": { "value": "[parameters('what')]" } },
    })
}

fn rules(import: &Import) -> Vec<&Rule> {
    let entries = import.entries.iter();
    entries
        .map(|entry| match &entry.outcome {
            Outcome::Rule(rule) => &**rule,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn an_initiative_gives_its_members_values_and_groups() {
    let set = initiative(&json!([member("one"), member("two")]));
    let import = imported(
        &[("set.json", &set), ("by/d.json", &audits_type())],
        &Settings::default(),
    );
    let rules = rules(&import);
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    assert_eq!(ids, ["policy-d-one", "policy-d-two"]);
    let policy = rules[0].policy.as_ref().unwrap();
    assert_eq!(
        (
            policy.effect,
            policy.version.as_deref(),
            policy.initiative.as_deref()
        ),
        (Effect::Deny, Some("1.2.0"), Some("Our set"))
    );
    assert_eq!(rules[0].recommendation.category, "Storage");
    let control = &rules[0].recommendation.controls[0];
    assert_eq!(
        (control.standard.as_str(), control.id.as_str()),
        ("our-set", "NET-1")
    );
}

#[test]
fn an_assignment_says_what_is_in_force() {
    let set = initiative(&json!([member("one"), member("two")]));
    let set_id = "/subscriptions/s/providers/Microsoft.Authorization/policySetDefinitions/set";
    let id = "/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/a";
    let assignment = |mode: &str| {
        json!({
            "name": "a", "id": id,
            "properties": {
                "policyDefinitionId": set_id, "enforcementMode": mode, "notScopes": ["/x"],
                "parameters": { "all": { "value": ["c"] } },
                "overrides": [{ "kind": "policyEffect", "value": "Disabled",
                    "selectors": [{ "kind": "policyDefinitionReferenceId", "in": ["two"] }] }],
            },
        })
        .to_string()
    };
    let exemption = |expires: &str| {
        json!({
            "name": "e", "id": "/subscriptions/s/providers/Microsoft.Authorization/policyExemptions/e",
            "properties": { "policyAssignmentId": id, "exemptionCategory": "Waiver", "expiresOn": expires,
                "policyDefinitionReferenceIds": ["one"] },
        })
        .to_string()
    };
    let settings = Settings {
        today: "2026-06-01".to_owned(),
        ..Settings::default()
    };
    let rows = [
        ("Default", "2025-01-01T00:00:00Z", true, false),
        ("DoNotEnforce", "2025-01-01T00:00:00Z", false, false),
        ("Default", "2027-01-01T00:00:00Z", false, true),
    ];
    for (mode, expires, denies, exempt) in rows {
        let texts = [
            ("a.json", &*assignment(mode)),
            ("e.json", &*exemption(expires)),
            ("set.json", &set),
            ("by.json", &audits_type()),
        ];
        let import = imported(&texts, &settings);
        let rules = rules(&import);
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0].denies(), denies, "{mode} {expires}");
        let policy = rules[0].policy.as_ref().unwrap();
        assert_eq!(policy.exemption.is_some(), exempt, "{mode} {expires}");
        assert_eq!(policy.assignment.as_deref(), Some("a"));
        assert!(!rules[1].enabled, "the override switches the second off");
        let remarks: Vec<&str> = import.remarks.iter().map(|it| &*it.message).collect();
        assert!(
            matches!(remarks[..], [one] if one.contains("leaves out `/x`")),
            "{remarks:?}"
        );
    }
}

#[test]
fn what_does_not_fit_together_is_shown_where_it_is_used() {
    let missing = json!([{ "policyDefinitionId": "/x/policyDefinitions/gone" }]);
    let itself = json!([{ "policyDefinitionId": "/x/policySetDefinitions/set" }]);
    let unknown =
        json!([{ "policyDefinitionId": ID, "parameters": { "nothing": { "value": 1 } } }]);
    let refused =
        json!([{ "policyDefinitionId": ID, "parameters": { "effect": { "value": "Modify" } } }]);
    let wrong = json!([{ "policyDefinitionId": ID, "parameters": { "list": { "value": "a" } } }]);
    let rows = [
        (
            missing,
            "\"/x/policyDefinitions/gone\"",
            "not among the given files",
        ),
        (
            itself,
            "\"/x/policySetDefinitions/set\"",
            "leads back to itself",
        ),
        (unknown, "1", "no parameter `nothing`"),
        (refused, "\"Modify\"", "does not allow"),
        (wrong, "\"a\"", "is of type `array`"),
    ];
    for (members, place, words) in rows {
        let set = initiative(&members);
        let texts = [("set.json", &*set), ("by.json", &audits_type())];
        let outcome = imported(&texts, &Settings::default())
            .entries
            .remove(0)
            .outcome;
        let Outcome::Faulty(fault) = outcome else {
            panic!("{members} gives {outcome:?}")
        };
        let (start, _) = fault.0.place.unwrap();
        assert!(
            set[start..].starts_with(place),
            "{members}: {}",
            &set[start..]
        );
        assert!(
            fault.0.message.contains(words),
            "{members}: {}",
            fault.0.message
        );
    }
}

#[test]
fn a_definition_speaks_of_the_types_that_it_names() {
    let kinds = |condition: Json, mode: &str| {
        let document = json!({ "name": "d", "properties": { "mode": mode, "policyRule": {
            "if": condition, "then": { "effect": "audit" } } } });
        let import = imported(&[("d.json", &document.to_string())], &Settings::default());
        match &import.entries[0].outcome {
            Outcome::Rule(rule) => {
                let speaks = |kind: &str| {
                    let kind = crate::model::Kind::new(kind);
                    rule.targets.iter().any(|target| target.speaks_of(&kind))
                };
                [
                    "Microsoft.Storage/storageAccounts",
                    "Microsoft.Sql/servers",
                    "Microsoft.Storage/storageAccounts/blobServices",
                    "aws_s3_bucket",
                ]
                .map(speaks)
            }
            other => panic!("{other:?}"),
        }
    };
    let storage = json!({ "field": "type", "equals": "microsoft.storage/STORAGEACCOUNTS" });
    let sql = json!({ "field": "type", "in": ["Microsoft.Sql/servers"] });
    let alias = json!({ "field": "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly", "equals": false });
    let tag = json!({ "field": "tags['a']", "exists": false });
    let rows = [
        (storage.clone(), "All", [true, false, false, false]),
        (
            json!({ "anyOf": [storage, sql] }),
            "All",
            [true, true, false, false],
        ),
        (alias, "All", [true, false, false, false]),
        (tag.clone(), "All", [true, true, true, false]),
        (tag, "Indexed", [true, true, false, false]),
        (
            json!({ "field": "type", "notEquals": "Microsoft.Sql/servers" }),
            "All",
            [true, true, true, false],
        ),
    ];
    for (condition, mode, expected) in rows {
        assert_eq!(
            kinds(condition.clone(), mode),
            expected,
            "{condition} {mode}"
        );
    }
}

#[test]
fn aliases_lead_to_paths() {
    use super::{Reading, read_alias};
    use crate::model::{Kind, Path};
    let at = |path: &str| Reading::At(Path::parse(path).unwrap());
    let rows = [
        (
            "Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/networkAcls.ipRules[*].value",
            at("properties.networkAcls.ipRules[*].value"),
        ),
        (
            "Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/sku.name",
            at("sku.name"),
        ),
        (
            "Microsoft.KeyVault/vaults",
            "Microsoft.KeyVault/vaults/sku.name",
            at("properties.sku.name"),
        ),
        (
            "Microsoft.Network/networkSecurityGroups",
            "Microsoft.Network/networkSecurityGroups/securityRules[*].access",
            at("properties.securityRules[*].properties.access"),
        ),
        (
            "Microsoft.Compute/virtualMachineScaleSets",
            "Microsoft.Compute/imagePublisher",
            at("properties.virtualMachineProfile.storageProfile.imageReference.publisher"),
        ),
        (
            "Microsoft.Sql/servers",
            "Microsoft.Storage/storageAccounts/sku.name",
            Reading::Nothing,
        ),
        (
            "Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/noSuchThing",
            Reading::Unknown,
        ),
        (
            "Nobody.Knows/it",
            "Nobody.Knows/it/a.b",
            at("properties.a.b"),
        ),
        ("Nobody.Knows/it", "identity.type", at("identity.type")),
    ];
    for (kind, name, expected) in rows {
        assert_eq!(read_alias(name, &Kind::new(kind)), Ok(expected), "{name}");
    }
    assert!(read_alias("nothing", &Kind::new("A/b")).is_err());
}
