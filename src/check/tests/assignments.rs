//! What an assignment is for: selectors, overrides and exemptions, judged on resources.

use serde_json::{Value as Json, json};

use super::{KIND, Truth, finds};
use crate::model::testing::{estate, thing};
use crate::rule::policy::{Import, Library, Outcome, Settings, import};

const SUBSCRIPTION: &str = "/subscriptions/s";

/// An assignment of a definition that finds every resource of the type of the tests.
fn imported(assignment: &Json, exemption: Option<&Json>, scope: Option<&str>) -> Import {
    let rule = json!({ "if": { "field": "type", "like": "A.B/*" }, "then": { "effect": "Audit" } });
    let definition = json!({
        "name": "d", "id": "/providers/Microsoft.Authorization/policyDefinitions/d",
        "properties": { "mode": "All", "version": "2.0.0", "policyRule": rule },
    });
    let own = "/providers/Microsoft.Authorization/policyAssignments/a";
    let id = format!("{SUBSCRIPTION}{own}");
    let mut properties = json!({ "policyDefinitionId": definition["id"] });
    properties
        .as_object_mut()
        .unwrap()
        .extend(assignment.as_object().unwrap().clone());
    let assignment = json!({ "name": "a", "id": id, "properties": properties });
    let mut library = Library::default();
    let mut add = |name: &str, document: &Json| {
        library
            .add(name, &document.to_string(), name != "d")
            .unwrap();
    };
    add("d", &definition);
    add("a", &assignment);
    if let Some(exemption) = exemption {
        let at = exemption["at"].as_str().unwrap();
        let mut properties = json!({ "policyAssignmentId": id, "exemptionCategory": "Waiver" });
        let more = exemption["properties"].as_object().unwrap().clone();
        properties.as_object_mut().unwrap().extend(more);
        let name = "/providers/Microsoft.Authorization/policyExemptions/e";
        add(
            "e",
            &json!({ "name": "e", "id": format!("{at}{name}"), "properties": properties }),
        );
    }
    let settings = Settings {
        scope: scope.map(str::to_owned),
        today: "2026-06-01".to_owned(),
        ..Settings::default()
    };
    import(&library, &settings)
}

/// What is found on a resource: the effect or `exempt`, `open` where that is not known.
fn found(import: &Import, kind: &str, location: &Json) -> Vec<&'static str> {
    let body = json!({ "name": "n", "type": kind, "fullName": "n", "location": location });
    let estate = estate(vec![thing("t.r", kind, &json!(["n"]), &body)]);
    let rules = import
        .entries
        .iter()
        .filter_map(|entry| match &entry.outcome {
            Outcome::Rule(rule) if rule.enabled => Some(rule),
            _ => None,
        });
    let words = rules.filter_map(|rule| {
        let policy = rule.policy.as_ref().unwrap();
        match finds(rule, &estate) {
            Truth::False => None,
            Truth::Unknown => Some("open"),
            Truth::True if policy.exemption.is_some() => Some("exempt"),
            Truth::True => Some(policy.effect.word()),
        }
    });
    words.collect()
}

fn selector(kind: &str, key: &str, values: &Json) -> Json {
    json!({ "selectors": [{ "kind": kind, key: values }] })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn selectors_say_which_resources_are_meant() {
    let europe = json!(["westeurope", "northeurope"]);
    let selected = |selectors: &Json| json!({ "resourceSelectors": selectors });
    let deny = |selectors: Json| json!({ "overrides": [{ "kind": "policyEffect", "value": "Deny", "selectors": selectors }] });
    let is_in = json!({ "kind": "resourceLocation", "in": europe });
    let open = json!({ "$input": "var.location" });
    let rows: Vec<(Json, &str, Json, Vec<&str>)> = vec![
        (json!({}), KIND, json!("eastus"), vec!["audit"]),
        (
            selected(&json!([selector("resourceLocation", "in", &europe)])),
            KIND,
            json!("West Europe"),
            vec!["audit"],
        ),
        (
            selected(&json!([selector("resourceLocation", "in", &europe)])),
            KIND,
            json!("eastus"),
            vec![],
        ),
        (
            selected(&json!([selector("resourceLocation", "notIn", &europe)])),
            KIND,
            open.clone(),
            vec!["open"],
        ),
        (
            selected(&json!([selector("resourceType", "in", &json!(["a.b/C"]))])),
            KIND,
            json!("eastus"),
            vec!["audit"],
        ),
        (
            selected(&json!([selector("resourceType", "in", &json!(["a.b/C"]))])),
            "A.B/other",
            json!("eastus"),
            vec![],
        ),
        // Any of several selectors is enough.
        (
            selected(&json!([
                selector("resourceLocation", "in", &europe),
                selector("resourceType", "in", &json!([KIND]))
            ])),
            KIND,
            json!("eastus"),
            vec!["audit"],
        ),
        // Who deploys is not known.
        (
            selected(&json!([selector("userPrincipalId", "in", &json!(["u"]))])),
            KIND,
            json!("eastus"),
            vec!["open"],
        ),
        (deny(json!([])), KIND, json!("eastus"), vec!["deny"]),
        (deny(json!([is_in])), KIND, json!("eastus"), vec!["audit"]),
        (
            deny(json!([is_in])),
            KIND,
            json!("westeurope"),
            vec!["deny"],
        ),
        (deny(json!([is_in])), KIND, open, vec!["open", "open"]),
    ];
    for (assignment, kind, location, expected) in rows {
        let import = imported(&assignment, None, None);
        assert_eq!(
            found(&import, kind, &location),
            expected,
            "{assignment} {kind} {location}"
        );
        assert!(import.remarks.is_empty(), "{assignment}");
    }
}

#[test]
#[expect(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a table of rows"
)]
fn a_scope_decides_what_is_left_out_and_exempt() {
    let group = "/subscriptions/s/resourceGroups/g";
    let exempt = |at: &str, properties: Json| Some(json!({ "at": at, "properties": properties }));
    let europe = json!([selector("resourceLocation", "in", &json!(["westeurope"]))]);
    let none = || json!({});
    let without = |scope: &str| json!({ "notScopes": [scope] });
    let ended = json!({ "expiresOn": "2026-05-31T00:00:00Z" });
    let rows: Vec<(Json, Option<Json>, Option<&str>, Vec<&str>, usize)> = vec![
        (without(group), None, None, vec!["audit"], 1),
        (without(group), None, Some(group), vec![], 1),
        (without(group), None, Some(SUBSCRIPTION), vec!["audit"], 1),
        (
            without("/subscriptions/t"),
            None,
            Some(group),
            vec!["audit"],
            0,
        ),
        (none(), None, Some("/subscriptions/t"), vec![], 1),
        (
            none(),
            exempt(SUBSCRIPTION, none()),
            None,
            vec!["exempt"],
            0,
        ),
        (none(), exempt(SUBSCRIPTION, ended), None, vec!["audit"], 0),
        (none(), exempt(group, none()), None, vec!["audit"], 1),
        (
            none(),
            exempt(group, none()),
            Some(group),
            vec!["exempt"],
            0,
        ),
        (
            none(),
            exempt(
                SUBSCRIPTION,
                json!({ "policyDefinitionReferenceIds": ["other"] }),
            ),
            None,
            vec!["audit"],
            0,
        ),
        (
            none(),
            exempt(SUBSCRIPTION, json!({ "resourceSelectors": europe })),
            None,
            vec!["audit"],
            0,
        ),
        (
            json!({ "definitionVersion": "1.*.*" }),
            None,
            None,
            vec!["audit"],
            1,
        ),
        (
            json!({ "definitionVersion": "2.*.*" }),
            None,
            None,
            vec!["audit"],
            0,
        ),
    ];
    for (assignment, exemption, scope, expected, remarks) in rows {
        let import = imported(&assignment, exemption.as_ref(), scope);
        let case = format!("{assignment} {exemption:?} {scope:?}");
        assert_eq!(found(&import, KIND, &json!("eastus")), expected, "{case}");
        assert_eq!(import.remarks.len(), remarks, "{case} {:?}", import.remarks);
    }
}

#[test]
fn an_exemption_may_be_for_some_resources() {
    let europe = json!([selector("resourceLocation", "in", &json!(["westeurope"]))]);
    let exemption = json!({ "at": SUBSCRIPTION, "properties": { "resourceSelectors": europe } });
    let import = imported(&json!({}), Some(&exemption), None);
    for (location, expected) in [("westeurope", "exempt"), ("eastus", "audit")] {
        assert_eq!(found(&import, KIND, &json!(location)), [expected]);
    }
}

#[test]
fn a_wrong_selector_is_shown_where_it_stands() {
    let rows = [
        json!({ "resourceSelectors": [{ "selectors": [{ "kind": "color", "in": [] }] }] }),
        json!({ "resourceSelectors": [{ "selectors": [{ "kind": "resourceType" }] }] }),
        json!({ "resourceSelectors": [{ "selectors": [{ "in": [] }] }] }),
        json!({ "resourceSelectors": {} }),
        json!({ "overrides": [{ "kind": "policyMood", "value": "Deny" }] }),
        json!({ "overrides": [{ "kind": "policyEffect", "value": "Shout" }] }),
    ];
    for assignment in rows {
        let import = imported(&assignment, None, None);
        let is_faulty = matches!(import.entries[0].outcome, Outcome::Faulty(_));
        assert!(is_faulty, "{assignment}");
    }
}
