//! Ids, the outputs of deployments, linked templates.

use super::{estate, property};
use crate::lang::arm::{Cache, evaluate, ids};
use crate::model::{Kind, Match, Relation, ResourceId};
use crate::source::{MemoryTree, RelPath};

/// The sections of a template with a vault of a name that is not known, and a setting that names it.
fn joined(id: &str) -> Option<Match> {
    let estate = estate(&format!(
        r#""parameters": {{ "n": {{ "type": "string" }}, "g": {{ "type": "string" }} }},
        "resources": [
          {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('n')]" }},
          {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "other" }},
          {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "x", "properties": {{ "vault": {id} }} }}]"#
    ));
    let path = crate::model::Path::parse("properties.vault").unwrap();
    let found = estate.related(
        ResourceId(2),
        &Kind::new("Microsoft.KeyVault/vaults"),
        &Relation::RefersTo(path),
    );
    let mut found = found.into_iter();
    let first = found.find(|(id, _)| *id == ResourceId(0));
    first.map(|(_, sure)| sure)
}

#[test]
fn an_id_that_is_put_together_joins_as_one_that_a_function_makes() {
    let vault = "providers/Microsoft.KeyVault/vaults";
    let rows = [
        (
            r#""[resourceId('Microsoft.KeyVault/vaults', parameters('n'))]""#.to_owned(),
            Some(Match::Certain),
        ),
        (
            format!(r#""[concat(resourceGroup().id, '/{vault}/', parameters('n'))]""#),
            Some(Match::Certain),
        ),
        (
            format!(r#""[format('{{0}}/{vault}/{{1}}', resourceGroup().id, parameters('n'))]""#),
            Some(Match::Certain),
        ),
        (
            format!(
                r#""[concat('/subscriptions/', subscription().subscriptionId, '/resourceGroups/', resourceGroup().name, '/{vault}/', parameters('n'))]""#
            ),
            Some(Match::Certain),
        ),
        (
            format!(
                r#""[concat('/subscriptions/s/resourceGroups/', parameters('g'), '/{vault}/', parameters('n'))]""#
            ),
            Some(Match::Certain),
        ),
        (
            format!(r#""[concat(parameters('g'), '/{vault}/', parameters('n'))]""#),
            Some(Match::Maybe),
        ),
        // Another type, another name.
        (
            r#""[concat(resourceGroup().id, '/providers/A.B/c/', parameters('n'))]""#.to_owned(),
            None,
        ),
        (
            format!(r#""[concat(resourceGroup().id, '/{vault}/', 'third', 'x')]""#),
            Some(Match::Maybe),
        ),
    ];
    for (id, expected) in rows {
        assert_eq!(joined(&id), expected, "{id}");
    }
}

#[test]
fn a_child_or_an_extension_of_a_spelled_id_is_known() {
    let target = |expression: &str| {
        let value = property(&format!(
            r#""parameters": {{ "s": {{ "type": "string" }} }}, "resources": [{{ "type": "A/b",
              "apiVersion": "2020-01-01", "name": "n", "properties": {{ "x": "[{expression}]" }} }}]"#
        ));
        let identity = ids::target(&value)?;
        let names: Vec<String> = identity
            .names
            .iter()
            .map(|name| {
                let term = name.as_unknown().and_then(|it| it.term.as_deref());
                name.as_str().or(term).unwrap_or("?").to_owned()
            })
            .collect();
        let scope = format!("{:?}", identity.scope);
        let scope = scope.split(['(', ' ']).next()?.to_owned();
        Some(format!("{} {} {scope}", identity.kind, names.join(",")))
    };
    let rows = [
        (
            "concat(resourceId('N/nets', 'v'), '/subnets/', parameters('s'))",
            Some("N/nets/subnets v,parameters('s') Here"),
        ),
        (
            "concat(resourceId('N/nets', 'v'), '/providers/I/settings/', parameters('s'))",
            Some("I/settings parameters('s') Of"),
        ),
        (
            "format('{0}/providers/N/nets/{1}', subscription().id, parameters('s'))",
            Some("N/nets parameters('s') Subscription"),
        ),
        ("concat('text/providers/', parameters('s'))", None),
        ("concat(parameters('s'), '/a/b')", None),
    ];
    for (expression, expected) in rows {
        assert_eq!(target(expression).as_deref(), expected, "{expression}");
    }
}

#[test]
fn outputs_of_a_deployment_of_the_same_template_are_known() {
    let of = |reference: &str, scope: &str| {
        let sections = format!(
            r#""parameters": {{ "p": {{ "type": "string" }} }}, "resources": [
              {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "n", "properties": {{ "x": "[{reference}]" }} }},
              {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "[concat('d-', parameters('p'))]",
                "properties": {{ "expressionEvaluationOptions": {{ "scope": "{scope}" }},
                  "parameters": {{ "q": {{ "value": "[parameters('p')]" }} }},
                  "template": {{ "parameters": {{ "q": {{ "type": "string" }}, "p": {{ "type": "string", "defaultValue": "own" }} }},
                    "resources": [], "outputs": {{
                      "text": {{ "type": "string", "value": "[concat('x-', parameters('p'))]" }},
                      "id": {{ "type": "string", "value": "[resourceId('A/b', parameters('p'))]" }} }} }} }} }}]"#
        );
        let value = property(&sections);
        let target = ids::target(&value).map(|it| it.kind.to_string());
        let term = value.as_unknown().and_then(|it| it.term.as_deref());
        let text = value.as_str().or(term).unwrap_or("?").to_owned();
        (text, target)
    };
    let id = "resourceId('Microsoft.Resources/deployments', concat('d-', parameters('p')))";
    let text = |text: &str| (text.to_owned(), None);
    let rows = [
        (
            format!("reference({id}).outputs.text.value"),
            "inner",
            text("x-own"),
        ),
        (
            format!("reference({id}, '2022-09-01').outputs.text.value"),
            "outer",
            text("concat('x-',parameters('p'))"),
        ),
        (
            "reference(concat('d-', parameters('p'))).outputs.text.value".to_owned(),
            "inner",
            text("x-own"),
        ),
        (
            format!("reference({id}).outputs.id.value"),
            "inner",
            ("resourceId('A/b','own')".to_owned(), Some("A/b".to_owned())),
        ),
    ];
    for (reference, scope, expected) in rows {
        assert_eq!(of(&reference, scope), expected, "{reference} {scope}");
    }
    let other = of("reference('other').outputs.text.value", "inner");
    assert_eq!(other, text("reference('other').outputs.text.value"));
}

#[test]
fn a_linked_template_of_the_workspace_is_expanded() {
    let linked = r#"{ "$schema": "https://x/deploymentTemplate.json#", "parameters": { "q": { "type": "string" } },
      "resources": [{ "type": "A/b", "apiVersion": "2020-01-01", "name": "[parameters('q')]" }],
      "outputs": { "o": { "type": "string", "value": "[parameters('q')]" } } }"#;
    let of = |link: &str| {
        let main = format!(
            r#"{{ "$schema": "https://x/deploymentTemplate.json#", "parameters": {{ "sas": {{ "type": "string" }} }}, "resources": [
              {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
                "properties": {{ "templateLink": {{ {link} }}, "parameters": {{ "q": {{ "value": "given" }} }} }} }},
              {{ "type": "A/b", "apiVersion": "2020-01-01", "name": "[reference('d').outputs.o.value]" }}] }}"#
        );
        let tree = MemoryTree::new([("f/main.json", main.as_str()), ("f/nested/x.json", linked)]);
        let cache = Cache::default();
        let root = RelPath::new("f/main.json").unwrap();
        let evaluated = evaluate(&root, None, &tree, &cache);
        let names: Vec<String> = evaluated
            .written
            .iter()
            .map(|it| it.address.to_string())
            .collect();
        (
            names.join(" "),
            evaluated.notices.len(),
            evaluated.files.len(),
        )
    };
    let found = ("A/b/given A/b/given".to_owned(), 0, 2);
    let lost = ("A/b/[reference('d').outputs.o.value]".to_owned(), 1, 1);
    let rows = [
        (r#""relativePath": "nested/x.json""#, &found),
        (r#""relativePath": "./nested/x.json""#, &found),
        (r#""uri": "nested/x.json""#, &found),
        (
            r#""uri": "[uri(deployment().properties.templateLink.uri, 'nested/x.json')]""#,
            &found,
        ),
        (
            r#""uri": "[uri(deployment().properties.templateLink.uri, concat('nested/x.json', parameters('sas')))]""#,
            &found,
        ),
        (r#""uri": "https://example.org/nested/x.json""#, &lost),
        (r#""relativePath": "../../nested/x.json""#, &lost),
        (r#""relativePath": "nested/y.json""#, &lost),
        (
            r#""id": "[resourceId('Microsoft.Resources/templateSpecs/versions', 't', '1')]""#,
            &lost,
        ),
    ];
    for (link, expected) in rows {
        assert_eq!(of(link), *expected, "{link}");
    }
    // A template that links itself ends.
    assert_eq!(of(r#""relativePath": "main.json""#).1, 1);
}

/// Compiled Bicep spells a conditional parameter so.
#[test]
fn the_entry_of_a_parameter_may_be_an_expression() {
    let of = |entry: &str| {
        let value = property(&format!(
            r#""parameters": {{ "c": {{ "type": "bool" }} }}, "resources": [{{
              "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
              "properties": {{ "expressionEvaluationOptions": {{ "scope": "inner" }},
                "parameters": {{ "q": {entry} }},
                "template": {{ "parameters": {{ "q": {{ "type": "string", "defaultValue": "own" }} }},
                  "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "n",
                    "properties": {{ "x": "[parameters('q')]" }} }}] }} }} }}]"#
        ));
        let text = value.as_str().map(str::to_owned);
        text.unwrap_or_else(|| if value.is_null() { "null" } else { "?" }.to_owned())
    };
    let rows = [
        (
            r#""[if(true(), createObject('value', 'x'), createObject('value', null()))]""#,
            "x",
        ),
        (r#""[createObject('value', null())]""#, "own"),
        (r#""[createObject()]""#, "own"),
        (
            r#""[if(parameters('c'), createObject('value', 'x'), createObject('value', 'y'))]""#,
            "?",
        ),
        (r#""[createObject('reference', createObject())]""#, "?"),
        (r#"{ "value": "z" }"#, "z"),
    ];
    for (entry, expected) in rows {
        assert_eq!(of(entry), expected, "{entry}");
    }
}

/// Compiled Bicep spells the scope of an extension so.
#[test]
fn an_extension_whose_scope_is_spelled_in_parts_belongs_to_what_it_names() {
    let found = |scope: &str| {
        let estate = estate(&format!(
            r#""parameters": {{ "n": {{ "type": "string" }}, "m": {{ "type": "string" }} }}, "resources": [
              {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[concat(parameters('n'), '-kv')]" }},
              {{ "type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2021-05-01-preview", "name": "d", "scope": {scope} }}]"#
        ));
        let kind = Kind::new("Microsoft.Insights/diagnosticSettings");
        let related = estate.related(ResourceId(0), &kind, &Relation::Extension);
        related.into_iter().map(|(_, sure)| sure).next()
    };
    let part = |name: &str| format!(r#""[format('Microsoft.KeyVault/vaults/{{0}}', {name})]""#);
    let rows = [
        (part("concat(parameters('n'), '-kv')"), Some(Match::Certain)),
        (
            part("format('{0}-kv', parameters('n'))"),
            Some(Match::Certain),
        ),
        (part("parameters('m')"), Some(Match::Maybe)),
        (part("concat(parameters('n'), '/secrets/s')"), None),
        (
            r#""[format('A.B/c/{0}', parameters('n'))]""#.to_owned(),
            None,
        ),
        (r#""[parameters('m')]""#.to_owned(), Some(Match::Maybe)),
    ];
    for (scope, expected) in rows {
        assert_eq!(found(&scope), expected, "{scope}");
    }
}

#[test]
fn extensions_of_one_name_extend_each_their_own() {
    let extension = |of: &str| {
        format!(
            r#"{{ "type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2021-05-01-preview", "name": "d",
              "scope": "[format('A.B/c/{{0}}', '{of}')]", "properties": {{ "of": "{of}" }} }}"#
        )
    };
    let resource = r#"{ "type": "A.B/c", "apiVersion": "2020-01-01", "name": "two" }"#;
    let estate = estate(&format!(
        r#""resources": [{resource}, {}, {}]"#,
        extension("one"),
        extension("two")
    ));
    assert_eq!(estate.resources.len(), 3);
    let kind = Kind::new("Microsoft.Insights/diagnosticSettings");
    let related = estate.related(ResourceId(0), &kind, &Relation::Extension);
    assert_eq!(related, [(ResourceId(2), Match::Certain)]);
}

/// What a parameter's default or a variable is made of may have no spelling (chance) or too long a one:
/// within one deployment it is one value all the same.
#[test]
fn a_parameter_and_a_variable_are_one_value_in_one_deployment() {
    let long = "replace(".repeat(40);
    let args = ", 'a', 'b')".repeat(40);
    let found = |default: &str, name: &str, other: &str| {
        let estate = estate(&format!(
            r#""parameters": {{ "n": {{ "type": "string", "defaultValue": {default} }},
                "m": {{ "type": "string", "defaultValue": "[newGuid()]" }}, "p": {{ "type": "string" }} }},
            "variables": {{ "v": "[{long}parameters('p'){args}]" }},
            "resources": [
              {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": {name} }},
              {{ "type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2021-05-01-preview", "name": "d",
                "scope": "[format('Microsoft.KeyVault/vaults/{{0}}', {other})]" }}]"#
        ));
        let kind = Kind::new("Microsoft.Insights/diagnosticSettings");
        let related = estate.related(ResourceId(0), &kind, &Relation::Extension);
        related.into_iter().map(|(_, sure)| sure).next()
    };
    let n = r#""[parameters('n')]""#;
    let rows = [
        (r#""[utcNow()]""#, n, "parameters('n')", Match::Certain),
        (
            r#""[concat('kv', uniqueString(newGuid()))]""#,
            n,
            "parameters('n')",
            Match::Certain,
        ),
        (r#""[newGuid()]""#, n, "parameters('m')", Match::Maybe),
        (
            r#""x""#,
            r#""[variables('v')]""#,
            "variables('v')",
            Match::Certain,
        ),
    ];
    for (default, name, other, expected) in rows {
        assert_eq!(found(default, name, other), Some(expected), "{default}");
    }
}

#[test]
fn the_turns_of_a_repeated_deployment_have_values_of_their_own() {
    let estate = estate(
        r#""resources": [{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01",
          "name": "[format('d{0}', copyIndex())]", "copy": { "name": "c", "count": 2 },
          "properties": { "expressionEvaluationOptions": { "scope": "inner" },
            "template": { "parameters": { "n": { "type": "string", "defaultValue": "[newGuid()]" } },
              "resources": [
                { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('n')]" },
                { "type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2021-05-01-preview", "name": "d",
                  "scope": "[format('Microsoft.KeyVault/vaults/{0}', parameters('n'))]" }] } } }]"#,
    );
    let kind = Kind::new("Microsoft.Insights/diagnosticSettings");
    let vault = Kind::new("Microsoft.KeyVault/vaults");
    let mut vaults = 0;
    for (index, resource) in estate.resources.iter().enumerate() {
        if resource.kind != vault {
            continue;
        }
        vaults += 1;
        let id = ResourceId(u32::try_from(index).unwrap());
        let related = estate.related(id, &kind, &Relation::Extension);
        let certain = related.iter().filter(|(_, sure)| *sure == Match::Certain);
        assert_eq!((certain.count(), related.len()), (1, 2));
    }
    assert_eq!(vaults, 2);
}
