//! Templates and what they declare.

mod links;
mod origins;
mod reading;

use crate::lang::Evaluated;
use crate::model::{Data, Kind};
use crate::model::{Estate, Existence, Match, Relation, ResourceId, Value, assemble};
use crate::source::{MemoryTree, RelPath};

fn evaluate(sections: &str) -> Evaluated {
    let text = format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0", {sections} }}"#
    );
    let tree = MemoryTree::new([("main.json", text.as_str())]);
    let cache = super::Cache::default();
    super::evaluate(&RelPath::new("main.json").unwrap(), None, &tree, &cache)
}

fn estate(sections: &str) -> Estate {
    let evaluated = evaluate(sections);
    assert_eq!(evaluated.notices, []);
    assemble::assemble(evaluated.written, evaluated.fragments, evaluated.origins)
}

/// The addresses with how each exists: `!` certain, `?` conditional, `*` symbolic.
fn existing(sections: &str) -> Vec<String> {
    let sign = |existence: &Existence| match existence {
        Existence::Certain => '!',
        Existence::Conditional(_) => '?',
        Existence::Symbolic(_) => '*',
    };
    let evaluated = evaluate(sections);
    assert_eq!(evaluated.notices, []);
    let written = evaluated.written.iter();
    written
        .map(|it| format!("{}{}", it.address, sign(&it.existence)))
        .collect()
}

fn property(sections: &str) -> Value {
    let evaluated = evaluate(sections);
    let args = evaluated.written[0].args.as_map().unwrap();
    args.get("properties")
        .unwrap()
        .as_map()
        .unwrap()
        .get("x")
        .unwrap()
        .clone()
}

/// Source: "Conditional deployment in ARM templates": a condition does not cascade to children.
#[test]
fn the_condition_of_a_parent_is_not_that_of_its_children() {
    let of = |condition: &str| {
        existing(&format!(
            r#""parameters": {{ "c": {{ "type": "bool" }} }},
            "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "p", "condition": {condition},
              "resources": [{{ "type": "c", "apiVersion": "2020-01-01", "name": "k" }}] }}]"#
        ))
    };
    assert_eq!(of("false"), ["A/b/c/p/k!"]);
    assert_eq!(of("true"), ["A/b/p!", "A/b/c/p/k!"]);
    assert_eq!(of("\"[parameters('c')]\""), ["A/b/p?", "A/b/c/p/k!"]);
}

#[test]
fn what_a_nested_deployment_deploys_exists_as_it_does() {
    let of = |members: &str, scope: &str| {
        existing(&format!(
            r#""parameters": {{ "c": {{ "type": "bool" }}, "n": {{ "type": "int" }} }},
            "resources": [{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", {members}
              "properties": {{ "expressionEvaluationOptions": {{ "scope": "{scope}" }}, "template": {{
                "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "x" }}] }} }} }}]"#
        ))
    };
    for scope in ["inner", "outer"] {
        assert_eq!(of("", scope), ["A/b/x!"]);
        assert_eq!(
            of("\"condition\": \"[parameters('c')]\",", scope),
            ["A/b/x?"]
        );
        assert_eq!(of("\"condition\": false,", scope), [""; 0]);
        let looped = r#""copy": { "name": "l", "count": "[parameters('n')]" },"#;
        assert_eq!(of(looped, scope), ["A/b/x*"]);
    }
}

#[test]
fn instances_of_a_repeated_deployment_are_repeated() {
    let evaluated = evaluate(
        r#""resources": [{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
          "copy": { "name": "l", "count": 2 }, "properties": { "template": {
            "resources": [{ "type": "A/b", "apiVersion": "2020-01-01", "name": "[concat('x', copyIndex())]" }] } } }]"#,
    );
    let seen: Vec<(&str, bool)> = evaluated
        .written
        .iter()
        .map(|it| (it.address.as_str(), it.repeated))
        .collect();
    assert_eq!(seen, [("A/b/x0", true), ("A/b/x1", true)]);
}

#[test]
fn a_parameter_may_be_what_its_declaration_allows() {
    let of = |declaration: &str| {
        property(&format!(
            r#""parameters": {{ "p": {declaration} }}, "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01",
              "name": "n", "properties": {{ "x": "[parameters('p')]" }} }}]"#
        ))
    };
    let texts = of(r#"{ "type": "string", "allowedValues": ["a", "b"] }"#);
    assert_eq!(
        texts.as_unknown().unwrap().domain.as_ref().unwrap().len(),
        2
    );
    // An array takes any selection of the allowed values, so no value of its own is known.
    let array = of(r#"{ "type": "array", "allowedValues": ["a", "b"] }"#);
    assert_eq!(array.as_unknown().unwrap().domain, None);
    assert!(of(r#"{ "type": "string", "nullable": true }"#).is_null());
    let required = of(r#"{ "type": "bool", "nullable": false }"#);
    assert!(required.as_unknown().unwrap().not_null);
    assert_eq!(
        required
            .as_unknown()
            .unwrap()
            .domain
            .as_ref()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn turns_of_a_loop_of_unknown_length_are_told_apart_by_their_offset() {
    let term = |index: &str| {
        let value = property(&format!(
            r#""parameters": {{ "n": {{ "type": "int" }} }}, "resources": [{{ "type": "A/b",
              "apiVersion": "2020-01-01", "name": "n", "copy": {{ "name": "l", "count": "[parameters('n')]" }},
              "properties": {{ "x": "[{index}]" }} }}]"#
        ));
        value.as_unknown().unwrap().term.clone()
    };
    assert_eq!(term("copyIndex()"), term("copyIndex('l')"));
    assert_ne!(term("copyIndex()"), term("copyIndex(1)"));
    assert_eq!(term("copyIndex(1)"), term("copyIndex('l', 1)"));
    assert_eq!(term("copyIndex(parameters('n'))"), None);
}

/// A reference to another resource group may mean another resource of the same name.
#[test]
fn a_resource_id_that_names_a_group_is_only_maybe_this_resource() {
    let found = |id: &str| {
        let estate = estate(&format!(
            r#""resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "t" }},
              {{ "type": "C/d", "apiVersion": "2020-01-01", "name": "r", "properties": {{ "of": "[{id}]" }} }}]"#
        ));
        let relation = Relation::ReferredToBy(crate::model::Path::parse("properties.of").unwrap());
        let related = estate.related(ResourceId(0), &Kind::new("C/d"), &relation);
        related.into_iter().map(|(_, how)| how).next()
    };
    assert_eq!(found("resourceId('A/b', 't')"), Some(Match::Certain));
    assert_eq!(found("resourceId('A/b', 'other')"), None);
    assert_eq!(found("resourceId('group', 'A/b', 't')"), Some(Match::Maybe));
    assert_eq!(
        found("resourceId(resourceGroup().name, 'A/b', 't')"),
        Some(Match::Certain)
    );
}

#[test]
fn a_circle_of_variables_is_said_and_the_rest_is_judged() {
    let evaluated = evaluate(
        r#""variables": { "a": "[variables('b')]", "b": "[variables('a')]" }, "resources": [
          { "type": "A/b", "apiVersion": "2020-01-01", "name": "n", "properties": { "x": "[variables('a')]" } },
          { "type": "A/b", "apiVersion": "2020-01-01", "name": "m" }]"#,
    );
    assert_eq!(evaluated.written.len(), 2);
    assert!(
        evaluated
            .notices
            .iter()
            .any(|notice| notice.message.contains("needs itself"))
    );
}

#[test]
fn nothing_is_evaluated_of_a_resource_that_does_not_exist() {
    let evaluated = evaluate(
        r#""parameters": { "p": { "type": "object", "nullable": true } }, "resources": [{ "type": "A/b",
          "apiVersion": "2020-01-01", "condition": "[not(empty(parameters('p')))]", "name": "[parameters('p').name]" }]"#,
    );
    assert_eq!(
        (evaluated.written.len(), evaluated.notices),
        (0, Vec::new())
    );
}

#[test]
fn a_template_and_its_parameters_are_parsed_once() {
    let tree = MemoryTree::new([
        (
            "a.json",
            r#"{ "$schema": "https://x/deploymentTemplate.json#", "resources": [] }"#,
        ),
        ("a.parameters.json", r#"{ "parameters": {} }"#),
    ]);
    let cache = crate::lang::Cache::default();
    let files = [RelPath::new("a.json").unwrap()];
    let options = crate::lang::UnitOptions::default();
    let (units, _) = crate::lang::units(&files, &options, &tree, &cache);
    for _ in 0..2 {
        let evaluated = crate::lang::evaluate(&units[0], &tree, &cache);
        assert_eq!(evaluated.files.len(), 2);
    }
    assert_eq!(cache.arm.made(), 2);
}

/// Two modules name what they deploy alike; a finding about one is none about the other.
#[test]
fn what_modules_deploy_is_told_apart_by_what_they_are_given() {
    let module = |name: &str, given: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "{name}", "properties": {{
              "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": {{ "name": {{ "value": "{given}" }} }},
              "template": {{ "parameters": {{ "name": {{ "type": "string" }} }}, "resources": [
                {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "[parameters('name')]" }}] }} }} }}"#
        )
    };
    let evaluated = evaluate(&format!(
        r#""parameters": {{ "p": {{ "type": "string" }} }}, "resources": [{}, {},
          {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "[concat('c-', parameters('p'))]" }}]"#,
        module("one", "[concat('a-', parameters('p'))]"),
        module("two", "[concat('b-', parameters('p'))]"),
    ));
    let written = evaluated.written.iter();
    let keys: Vec<String> = written.map(|it| it.address.without_keys()).collect();
    assert_eq!(
        keys,
        [
            "A/b/[concat('a-',parameters('p'))]",
            "A/b/[concat('b-',parameters('p'))]",
            "A/b/[concat('c-', parameters('p'))]"
        ]
    );
}

#[test]
fn deployments_that_nest_without_end_are_said_and_the_rest_is_judged() {
    let leaf = r#"{ "type": "A/b", "apiVersion": "2020-01-01", "name": "deep" }"#.to_owned();
    let nested = (0..40).fold(leaf, |inside, level| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d{level}",
              "properties": {{ "template": {{ "resources": [{inside}] }} }} }}"#
        )
    });
    let evaluated = evaluate(&format!(
        r#""resources": [{nested}, {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "rest" }}]"#
    ));
    let [only] = evaluated.written.as_slice() else {
        panic!("{:?}", evaluated.written);
    };
    assert_eq!(only.address.as_str(), "A/b/rest");
    assert_eq!(
        evaluated.notices[0].message,
        "Deployments nest more than 16 deep."
    );
    assert!(evaluated.notices[0].span.is_some());
}

/// Source: Azure Developer CLI, "Work with environment variables": it replaces `${NAME}` in the
/// parameter file before it deploys.
#[test]
fn a_placeholder_of_a_parameter_file_is_an_input() {
    let of = |kind: &str, given: &str| {
        let template = format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "contentVersion": "1.0.0.0", "parameters": {{ "p": {{ "type": "{kind}", "defaultValue": {} }} }},
              "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "n",
                "properties": {{ "x": "[parameters('p')]" }} }}] }}"#,
            if kind == "bool" { "true" } else { "\"own\"" }
        );
        let parameters = format!(r#"{{ "parameters": {{ "p": {{ "value": {given} }} }} }}"#);
        let tree = MemoryTree::new([
            ("main.json", template.as_str()),
            ("main.parameters.json", parameters.as_str()),
        ]);
        let cache = super::Cache::default();
        let path = |it| RelPath::new(it).unwrap();
        let parameters = path("main.parameters.json");
        let evaluated = super::evaluate(&path("main.json"), Some(&parameters), &tree, &cache);
        assert_eq!(evaluated.notices, []);
        let args = evaluated.written[0].args.as_map().unwrap();
        let properties = args.get("properties").unwrap().as_map().unwrap();
        let value = properties.get("x").unwrap();
        match &value.data {
            Data::Bool(truth) => truth.to_string(),
            Data::String(text) => text.to_string(),
            Data::Unknown(unknown) => {
                let options = unknown.domain.as_ref().map_or(0, Vec::len);
                format!("{} of {options}", unknown.input.as_ref().unwrap().0)
            }
            _ => String::new(),
        }
    };
    let rows = [
        ("bool", r#""${A}""#, "${A} of 2"),
        ("bool", r#""${A=false}""#, "false"),
        ("bool", r#""${A=}""#, "true"),
        ("string", r#""kv-${A}""#, "${A} of 0"),
        ("string", r#""${A:-x}""#, "x"),
        ("string", r#""false""#, "false"),
    ];
    for (kind, given, expected) in rows {
        assert_eq!(of(kind, given), expected, "{kind} {given}");
    }
}
