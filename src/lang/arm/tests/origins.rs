//! Where values come from.

use crate::source::{MemoryTree, RelPath};

/// The texts a property comes through, from its use to where it is written or decided.
fn way(path: &[&str], text: &str) -> Vec<String> {
    let tree = MemoryTree::new([("main.json", text)]);
    let cache = crate::lang::arm::Cache::default();
    let root = RelPath::new("main.json").unwrap();
    let evaluated = crate::lang::arm::evaluate(&root, None, &tree, &cache);
    assert_eq!(evaluated.notices, []);
    let mut value = evaluated.written[0].args.clone();
    for name in path {
        let next = value.as_map().unwrap().get(name).unwrap().clone();
        value = next;
    }
    let hops = evaluated.origins.chain(value.origin);
    let mut texts: Vec<String> = hops
        .filter_map(|hop| hop.span)
        .map(|span| text[span.start as usize..span.end as usize].to_owned())
        .collect();
    texts.dedup();
    texts
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn a_chosen_value_keeps_its_way_and_a_spelled_one_tells_what_decided() {
    let given = r#""on": { "value": true }, "off": { "value": false }, "none": { "value": null },
        "o": { "value": { "a": "x", "b": { "c": "y" } } }, "l": { "value": ["first", "last"] }"#;
    let declared = ["on", "off", "none", "o", "l"]
        .map(|name| {
            let kind = match name {
                "o" | "none" => "object",
                "l" => "array",
                _ => "bool",
            };
            format!(r#""{name}": {{ "type": "{kind}", "nullable": true }}"#)
        })
        .join(", ");
    let rows: &[(&str, &[&str], &str)] = &[
        // A branch that comes from elsewhere.
        (
            "if(parameters('on'), parameters('l')[0], null())",
            &[],
            r#""first""#,
        ),
        (
            "if(parameters('off'), 'x', parameters('o').a)",
            &[],
            r#""x""#,
        ),
        // What the expression itself spells was decided by the condition.
        ("if(parameters('off'), 'x', null())", &[], "false"),
        ("if(not(parameters('on')), 'x', 'y')", &[], "true"),
        (
            "coalesce(parameters('none'), parameters('o').b.c)",
            &[],
            r#""y""#,
        ),
        ("coalesce(parameters('none'), 'z')", &[], "null"),
        (
            "coalesce(tryGet(parameters('none'), 'z'), 'z')",
            &[],
            "null",
        ),
        ("first(parameters('l'))", &[], r#""first""#),
        (
            "last(union(parameters('l'), createArray()))",
            &[],
            r#""last""#,
        ),
        ("parameters('o')['b'].c", &[], r#""y""#),
        ("not(parameters('off'))", &[], "false"),
        ("and(parameters('on'), parameters('off'))", &[], "false"),
        (
            "contains(parameters('l'), 'q')",
            &[],
            r#"["first", "last"]"#,
        ),
        // Members of what is put together.
        ("createObject('m', parameters('on'))", &["m"], "true"),
        (
            "union(createObject('m', 1), parameters('o'))",
            &["a"],
            r#""x""#,
        ),
        (
            "union(parameters('o'), createObject('b', createObject('d', parameters('on'))))",
            &["b", "d"],
            "true",
        ),
        (
            "shallowMerge(createArray(parameters('o')))",
            &["b", "c"],
            r#""y""#,
        ),
        (
            "if(parameters('on'), parameters('o'), null())",
            &["b", "c"],
            r#""y""#,
        ),
    ];
    for (expression, path, last) in rows {
        let text = format!(
            r#"{{ "$schema": "https://x/deploymentTemplate.json#", "resources": [{{
              "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
              "properties": {{ "expressionEvaluationOptions": {{ "scope": "inner" }},
                "parameters": {{ {given} }}, "template": {{ "parameters": {{ {declared} }}, "resources": [{{
                  "type": "A/b", "apiVersion": "2020-01-01", "name": "n", "x": "[{expression}]" }}] }} }} }}] }}"#
        );
        let path: Vec<&str> = std::iter::once("x").chain(path.iter().copied()).collect();
        let way = way(&path, &text);
        assert_eq!(
            way.first().unwrap(),
            &format!("\"[{expression}]\""),
            "{way:?}"
        );
        assert_eq!(way.last().unwrap(), last, "{expression} {way:?}");
    }
}
