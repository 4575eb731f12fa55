//! What imported definitions find, in three values.

mod assignments;
mod effects;
mod language;
mod second_opinion;

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::scene::Scene;
use super::truth::Truth;
use crate::model::testing::{Thing, estate, thing};
use crate::model::{Estate, ResourceId};
use crate::rule::Rule;
use crate::rule::policy::{Import, Library, Outcome, Settings, import};

/// The type of the resources of these tests. Nothing is known of it, so aliases go the regular way.
const KIND: &str = "A.B/c";

/// Imports one document.
pub(super) fn imported(document: &Json, settings: &Settings) -> Import {
    let mut library = Library::default();
    library
        .add("policy.json", &document.to_string(), true)
        .unwrap();
    import(&library, settings)
}

/// The one rule that a definition gives.
pub(super) fn rule(definition: &Json) -> Arc<Rule> {
    let import = imported(definition, &Settings::default());
    match import.entries.into_iter().next().map(|it| it.outcome) {
        Some(Outcome::Rule(rule)) => rule,
        other => panic!("{definition} gives {other:?}"),
    }
}

/// A definition with the effect `audit` that finds where `condition` holds on the type of the tests.
pub(super) fn audits(condition: &Json, parameters: &Json) -> Json {
    json!({
        "name": "d",
        "properties": {
            "mode": "All",
            "parameters": parameters,
            "policyRule": {
                "if": { "allOf": [{ "field": "type", "equals": KIND }, condition] },
                "then": { "effect": "audit" },
            },
        },
    })
}

/// Whether `rule` finds fault with the first resource of `estate`.
pub(super) fn finds(rule: &Rule, estate: &Estate) -> Truth {
    let scene = Scene {
        estate,
        id: ResourceId(0),
        asked: ResourceId(0),
        elsewhere: &[],
    };
    let kind = &estate.resource(ResourceId(0)).kind;
    let targets = rule.targets.iter().filter(|it| it.speaks_of(kind));
    Truth::any(targets.map(|target| {
        let applies = scene.judge(&target.when).truth;
        Truth::all([applies, scene.judge(&target.require).truth.not()])
    }))
}

/// A resource of the type of the tests, called `n`.
pub(super) fn subject(body: &Json) -> Thing {
    let mut whole = json!({ "name": "n", "type": KIND, "fullName": "n" });
    for (key, value) in body.as_object().unwrap() {
        whole[key] = value.clone();
    }
    thing("t.r", KIND, &json!(["n"]), &whole)
}

/// Whether `condition` holds on a resource with this body.
pub(super) fn holds(condition: &Json, parameters: &Json, body: &Json) -> Truth {
    let rule = rule(&audits(condition, parameters));
    finds(&rule, &estate(vec![subject(body)]))
}
