//! What the functions give that read from the template around them, or from what is deployed.

use super::evaluate;
use crate::model::{Data, Value};

/// `value`, as JSON for what is known; an unknown as its reason and spelling, `!` for a secret.
fn show(value: &Value) -> String {
    let text = match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(truth) => truth.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => format!("'{text}'"),
        Data::List(list) => format!(
            "[{}]",
            list.items.iter().map(show).collect::<Vec<_>>().join(", ")
        ),
        Data::Map(map) => {
            let mut members: Vec<String> = map
                .entries
                .iter()
                .map(|entry| entry.key.to_string())
                .collect();
            members.extend(map.open.then(|| "..".to_owned()));
            format!("{{{}}}", members.join(", "))
        }
        Data::Unknown(unknown) => {
            let kind = unknown.points_to.as_ref().and_then(|to| {
                Some(format!(
                    " -> {} {}",
                    to.identity.as_ref()?.kind,
                    to.attribute
                ))
            });
            let term = unknown.term.as_deref().unwrap_or_default();
            format!("?{:?} {term}{}", unknown.why, kind.unwrap_or_default())
        }
    };
    if value.sensitive {
        format!("{text}!")
    } else {
        text
    }
}

/// Evaluates `[expression]` in a loop of a template with a few parameters; says what is wrong instead.
fn given(expression: &str) -> String {
    let evaluated = evaluate(&format!(
        r#""parameters": {{ "p": {{ "type": "string" }}, "s": {{ "type": "secureString" }}, "d": {{ "type": "int", "defaultValue": 7 }} }},
        "variables": {{ "v": ["a"] }},
        "resources": [{{ "type": "A/b", "apiVersion": "2020-01-01", "name": "n", "copy": {{ "name": "l", "count": 1 }},
          "properties": {{ "x": "[{expression}]" }} }}]"#
    ));
    if let Some(notice) = evaluated.notices.first() {
        return notice.message.clone();
    }
    let body = evaluated.written[0].args.as_map().unwrap();
    let properties = body.get("properties").unwrap().as_map().unwrap();
    show(properties.get("x").unwrap())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn functions_that_read_give_what_is_known() {
    let rows = [
        ("parameters('p')", "?Input parameters('p')"),
        ("parameters('D')", "7"),
        ("parameters('s')", "?Input parameters('s')!"),
        (
            "parameters('no')",
            "The expression cannot be evaluated: there is no parameter 'no'.",
        ),
        (
            "parameters()",
            "The expression cannot be evaluated: `parameters` needs one name.",
        ),
        (
            "parameters(1)",
            "The expression cannot be evaluated: `parameters` needs a name.",
        ),
        ("parameters(parameters('p'))", "?Computed "),
        ("variables('V')[0]", "'a'"),
        (
            "variables('no')",
            "The expression cannot be evaluated: there is no variable 'no'.",
        ),
        ("copyIndex()", "0"),
        ("copyIndex('L', 3)", "3"),
        (
            "copyIndex('no')",
            "The expression cannot be evaluated: `copyIndex` stands outside of such a loop.",
        ),
        ("copyIndex('l', 'a')", "0"),
        (
            "copyIndex(true())",
            "The expression cannot be evaluated: the offset of `copyIndex` must be an integer.",
        ),
        ("deployment()", "{name, location, properties, ..}"),
        ("deployment().name", "?Computed deployment().name"),
        ("environment().name", "?Computed environment().name"),
        ("environment().suffixes.storage", "?Computed "),
        ("resourceGroup()", "{id, name, location, type, ..}"),
        (
            "resourceGroup().location",
            "?Computed resourceGroup().location",
        ),
        ("resourceGroup().tags", "?Computed "),
        (
            "subscription().tenantId",
            "?Computed subscription().tenantId",
        ),
        ("tenant().tenantId", "?Computed tenant().tenantId"),
        ("managementGroup().name", "?Computed managementGroup().name"),
        (
            "deployer().objectId",
            "?Nondeterministic deployer().objectId",
        ),
        (
            "resourceId('A/b', 'n')",
            "?Computed resourceId('A/b','n') -> A/b id",
        ),
        (
            "resourceId('g', 'A/b/c', 'n', parameters('p'))",
            "?Computed resourceId('g','A/b/c','n',parameters('p')) -> A/b/c id",
        ),
        (
            "resourceId('A/b')",
            "The expression cannot be evaluated: `resourceId` needs 1 names for the type 'A/b', but 0 are given.",
        ),
        (
            "resourceId('n')",
            "The expression cannot be evaluated: `resourceId` needs a resource type such as 'Microsoft.Storage/storageAccounts'.",
        ),
        (
            "resourceId(parameters('p'), 'n')",
            "?Computed resourceId(parameters('p'),'n')",
        ),
        (
            "subscriptionResourceId('A/b', 'n')",
            "?Computed subscriptionResourceId('A/b','n') -> A/b id",
        ),
        (
            "tenantResourceId('A/b', 'n')",
            "?Computed tenantResourceId('A/b','n') -> A/b id",
        ),
        (
            "managementGroupResourceId('A/b', 'n')",
            "?Computed managementGroupResourceId('A/b','n') -> A/b id",
        ),
        (
            "extensionResourceId(resourceId('A/b', 'n'), 'C/d', 'x')",
            "?Computed extensionResourceId(resourceId('A/b','n'),'C/d','x') -> C/d id",
        ),
        ("reference('other').x", "?DataSource reference('other').x"),
        (
            "reference(resourceId('A/b', 'n'), '2020-01-01').x.y",
            "?DataSource reference(resourceId('A/b','n'),'2020-01-01').x.y -> A/b reference.x.y",
        ),
        ("references('looped')", "?DataSource references('looped')"),
        (
            "listKeys(resourceId('A/b', 'n'), '2020-01-01').keys[0].value",
            "?DataSource listkeys(resourceId('A/b','n'),'2020-01-01').keys[0].value -> A/b listkeys.keys[0].value",
        ),
        (
            "listAnything('x', '1')",
            "?DataSource listanything('x','1')",
        ),
        (
            "providers('A', 'b').apiVersions[0]",
            "?DataSource providers('A','b').apiVersions[0]",
        ),
        (
            "pickZones('A', 'b', 'westeurope')",
            "?DataSource pickzones('A','b','westeurope')",
        ),
        (
            "toLogicalZone(subscription().subscriptionId, 'westeurope', 'westeurope-az1')",
            "?DataSource tologicalzone(subscription().subscriptionId,'westeurope','westeurope-az1')",
        ),
        (
            "toPhysicalZones('s', 'l', createArray('1'))",
            "?DataSource tophysicalzones('s','l',createArray('1'))",
        ),
        (
            "toLogicalZones('s', 'l', createArray())",
            "?DataSource tologicalzones('s','l',createArray())",
        ),
        (
            "toPhysicalZone('s', 'l', '1')",
            "?DataSource tophysicalzone('s','l','1')",
        ),
    ];
    for (expression, expected) in rows {
        assert_eq!(given(expression), expected, "{expression}");
    }
}
