use super::*;

/// The text of the resources after the second of them was removed, or why it was not.
fn check(resources: &str, expected: Result<&str, &str>) {
    let around = |resources: &str| {
        format!(
            r#"{{ "$schema": "https://x/deploymentTemplate.json#", "resources": {resources} }}"#
        )
    };
    let text = around(resources);
    let sources = MemoryTree::new([(MAIN, text.as_str())]);
    let cache = Cache::default();
    let root = RelPath::new(MAIN).unwrap();
    let evaluated = crate::lang::arm::evaluate(&root, None, &sources, &cache);
    let written = evaluated.written.iter();
    let rule = written
        .into_iter()
        .find(|it| it.kind.as_str().ends_with("/rules"));
    let change = [remove("")];
    let plan = plan(
        rule.unwrap(),
        &[],
        &change,
        &evaluated.origins,
        &sources,
        &cache,
        EditAt::Definition,
    );
    let after = plan.as_ref().map(|plan| {
        let edits: Vec<&Edit> = plan.edits.iter().collect();
        edit::apply(&text, &edits)
    });
    match (after, expected) {
        (Ok(after), Ok(expected)) => {
            assert_eq!(after, around(expected));
            assert_eq!(
                plan.unwrap().summary,
                "Remove the resource that declares it"
            );
        }
        (Err(refusal), Err(expected)) => assert_eq!(refusal.0, expected),
        (after, expected) => panic!("{after:?} {expected:?}"),
    }
}

#[test]
fn a_resource_of_its_own_is_removed_with_its_comma() {
    let group = r#"{ "type": "N/groups", "apiVersion": "1", "name": "g" }"#;
    let rule =
        r#"{ "type": "N/groups/rules", "apiVersion": "1", "name": "g/ssh", "dependsOn": ["g"] }"#;
    let other = r#"{ "type": "N/groups/rules2", "apiVersion": "1", "name": "g/other", "dependsOn": ["[resourceId('N/groups', 'g')]"] }"#;
    let rows = [
        (format!("[{group}, {rule}]"), format!("[{group}]")),
        (format!("[{rule}, {group}]"), format!("[{group}]")),
        (format!("[\n  {group},\n  {rule},\n  {other}\n]"), format!("[\n  {group},\n  {other}\n]")),
        (
            format!("{{ \"group\": {group}, \"rule\": {rule} }}"),
            format!("{{ \"group\": {group} }}"),
        ),
        (
            r#"[{ "type": "N/groups", "apiVersion": "1", "name": "g", "resources": [{ "type": "rules", "apiVersion": "1", "name": "ssh" }] }]"#.to_owned(),
            r#"[{ "type": "N/groups", "apiVersion": "1", "name": "g", "resources": [] }]"#.to_owned(),
        ),
    ];
    for (resources, expected) in &rows {
        check(resources, Ok(expected));
    }
}

#[test]
fn a_resource_that_something_counts_on_stays() {
    let rule = r#"{ "type": "N/groups/rules", "apiVersion": "1", "name": "g/ssh" }"#;
    let with = |depends: &str| {
        format!(
            r#"[{rule},
            {{ "type": "A/b", "apiVersion": "1", "name": "x", "dependsOn": [{depends}] }}]"#
        )
    };
    let referred = Err("It is declared as a resource of its own, which line 2 refers to.");
    for depends in [
        r#""g/ssh""#,
        r#""N/groups/rules/g/SSH""#,
        r#""[resourceId('N/groups/rules', 'g', 'ssh')]""#,
        r#""[concat(resourceId('N/groups', 'g'), '/providers/N/groups/rules/ssh')]""#,
    ] {
        check(&with(depends), referred);
    }
    check(
        &format!(
            r#"{{ "rule": {rule},
            "x": {{ "type": "A/b", "apiVersion": "1", "name": "x", "dependsOn": ["rule"] }} }}"#
        ),
        referred,
    );
    let looped = r#"[{ "type": "N/groups/rules", "apiVersion": "1", "name": "[concat('g/', copyIndex())]", "copy": { "name": "l", "count": 2 } }]"#;
    check(
        looped,
        Err(
            "`N/groups/rules/g/0` is one of several instances of one text, and no item of a collection is written for it alone.",
        ),
    );
    let holds =
        r#"[{ "type": "N/groups/rules", "apiVersion": "1", "name": "g/ssh", "resources": [] }]"#;
    check(
        holds,
        Err("It is declared as a resource of its own, which holds other resources."),
    );
    // Another rule of another name does not count on it.
    let other = with(r#""[resourceId('N/groups/rules', 'g', 'other')]""#);
    check(&other, Ok(&other.replace(&format!("{rule},"), "")));
}
