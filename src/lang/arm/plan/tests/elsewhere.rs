//! Values that are written outside the resource, and those that are written nowhere.

use super::*;

#[test]
fn items_are_changed_by_what_names_them() {
    let text = r#"{"variables": {"n": "ssh"}, "r": {"l": [{"name": "[variables('n')]", "a": 1}, {"name": "x", "a": 1}]}}"#;
    let case = Case::new(text, "{}", &["r"]);
    let after = case.after(&[set("l[name='ssh'].a", "2"), set("l[1].a", "3")]);
    assert_eq!(
        after[MAIN],
        text.replacen("\"a\": 1", "\"a\": 2", 1)
            .replacen("\"a\": 1", "\"a\": 3", 1)
    );
    assert_eq!(case.plan(&[set("l[*].a", "0")]).unwrap().edits.len(), 2);
    let refusal = case.plan(&[set("l[name='y'].a", "2")]).unwrap_err();
    assert_eq!(refusal.0, "There is no `l[name='y']` to change.");
}

const ELSEWHERE: &str = r##"{
  "parameters": {
    "p": { "type": "bool", "defaultValue": false },
    "q": { "type": "string", "defaultValue": "1.0", "allowedValues": ["1.0", "1.2"] },
    "none": { "type": "bool" },
    "t": { "$ref": "#/definitions/u", "defaultValue": "1.0" }
  },
  "definitions": { "u": { "$ref": "#/definitions/w" }, "w": { "type": "string", "allowedValues": ["1.0"] } },
  "variables": { "v": { "x": 1 } },
  "resources": [
    { "a": "[parameters('p')]", "b": "[variables('v')]", "c": "[concat('x', 'y')]",
      "d": "[parameters('none')]", "e": "[parameters('q')]", "f": "[parameters('t')]" }
  ]
}"##;

#[test]
fn a_value_written_elsewhere_is_changed_there() {
    let case = Case::new(ELSEWHERE, "{}", &["resources", "0"]);
    for (change, from, to) in [
        (
            set("a", "true"),
            "\"defaultValue\": false",
            "\"defaultValue\": true",
        ),
        (set("b.x", "2"), "\"x\": 1", "\"x\": 2"),
        (set("b.y", "2"), "\"x\": 1", "\"x\": 1, \"y\": 2"),
        (
            set("e", "\"1.2\""),
            "\"defaultValue\": \"1.0\"",
            "\"defaultValue\": \"1.2\"",
        ),
    ] {
        assert_eq!(
            case.plan(std::slice::from_ref(&change)).unwrap().ceiling,
            Applicability::Unsafe
        );
        assert_eq!(case.after(&[change])[MAIN], ELSEWHERE.replacen(from, to, 1));
    }
    let given = r#"{"parameters": {"p": {"value": false}}}"#;
    let case = Case::new(ELSEWHERE, given, &["resources", "0"]);
    let after = case.after(&[set("a", "true")]);
    assert_eq!(after[MAIN], ELSEWHERE);
    assert_eq!(after[PARAMETERS], given.replace("false", "true"));
}

#[test]
fn what_is_computed_is_refused_by_name() {
    let case = Case::new(ELSEWHERE, "{}", &["resources", "0"]);
    for (change, expected) in [
        (
            set("c", "1"),
            "`c` is `[concat('x', 'y')]`, whose value is not written anywhere in view.",
        ),
        (
            set("d", "true"),
            "`d` is `[parameters('none')]`, whose value is not written anywhere in view.",
        ),
        (
            set("e", "\"1.3\""),
            "The parameter `q` does not allow `\"1.3\"`.",
        ),
        (
            set("f", "\"1.3\""),
            "The parameter `t` does not allow `\"1.3\"`.",
        ),
        (
            set("a.b", "1"),
            "`a` is written as `false`, which holds nothing that could be changed.",
        ),
    ] {
        assert_eq!(case.plan(&[change]).unwrap_err().0, expected);
    }
    let contradiction = case.plan(&[set("z.a", "1"), set("z", "1")]).unwrap_err();
    assert_eq!(contradiction.0, "Two changes of `z` contradict each other.");
}

#[test]
fn computed_hops_on_the_way_are_refused() {
    let mut case = Case::new(ELSEWHERE, "{}", &["resources", "0"]);
    let mut args = case.written.args.as_map().unwrap().clone();
    let entry = args
        .entries
        .iter_mut()
        .find(|entry| &*entry.key == "c")
        .unwrap();
    let written = case.origins.literal(case.written.node);
    let origin = case.origins.add(Hop {
        span: None,
        via: Via::Computed,
        from: Some(written),
        points_to: None,
    });
    entry.value = Value::string("xy", origin);
    case.written.args.data = Data::Map(Arc::new(args));
    let refusal = case.plan(&[set("c", "1")]).unwrap_err();
    assert_eq!(refusal.0, "`c` is `[concat('x', 'y')]`, which is computed.");
}

#[test]
fn a_property_loop_changes_its_shared_text() {
    let text = r#"{"copy": [{"name": "disks", "count": 2, "input": {"size": 1}}]}"#;
    let case = Case::new(text, "{}", &[]);
    assert_eq!(
        case.after(&[set("disks[*].size", "2")])[MAIN],
        text.replace("\"size\": 1", "\"size\": 2")
    );
    assert_eq!(
        case.plan(&[set("disks[*].size", "2")]).unwrap().ceiling,
        Applicability::Safe
    );
    assert_eq!(
        case.plan(&[set("disks[0].size", "2")]).unwrap().ceiling,
        Applicability::Unsafe
    );
    assert!(case.plan(&[append("disks", "{}")]).is_err());
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn members_of_what_is_put_together_are_changed_where_they_are_written() {
    let of = |expression: &str, path: &str| {
        let text = format!(
            r#"{{ "$schema": "https://x/deploymentTemplate.json#", "parameters": {{
              "acls": {{ "type": "object", "defaultValue": {{ "action": "Allow", "list": [] }} }} }},
              "resources": [{{ "type": "A/b", "apiVersion": "1", "name": "n", "acls": "[{expression}]" }}] }}"#
        );
        let sources = MemoryTree::new([(MAIN, text.as_str())]);
        let cache = Cache::default();
        let root = RelPath::new(MAIN).unwrap();
        let mut evaluated = crate::lang::arm::evaluate(&root, None, &sources, &cache);
        let written = evaluated.written.remove(0);
        let change = [set(path, "\"Deny\"")];
        let plan = plan(
            &written,
            &[],
            &change,
            &evaluated.origins,
            &sources,
            &cache,
            EditAt::Definition,
        );
        plan.map(|plan| {
            let span = plan.edits[0].span;
            text[span.start as usize..span.end as usize].to_owned()
        })
        .map_err(|refusal| refusal.0.replace(expression, "…"))
    };
    let acls = "parameters('acls')";
    let computed = |path: &str| Err(format!("`{path}` is `[…]`, which is computed."));
    let literal = || Ok("\"Allow\"".to_owned());
    let rows = [
        (
            format!("union(createObject('x', 1), {acls})"),
            "acls.action",
            literal(),
        ),
        (
            format!("createObject('in', createObject('a', {acls}.action))"),
            "acls.in.a",
            literal(),
        ),
        (
            format!("if(not(empty({acls})), union({acls}, createObject('x', 1)), null())"),
            "acls.action",
            literal(),
        ),
        (
            format!("createObject('action', toLower({acls}.action))"),
            "acls.action",
            computed("acls.action"),
        ),
        (
            format!("union({acls}, createObject('action', 'Allow'))"),
            "acls.action",
            computed("acls.action"),
        ),
        (
            format!("union({acls}, createObject('x', 1))"),
            "acls.new",
            computed("acls"),
        ),
        (
            format!("union({acls}, createObject('x', 1))"),
            "acls",
            computed("acls"),
        ),
    ];
    for (expression, path, expected) in rows {
        assert_eq!(of(&expression, path), expected, "{expression}");
    }
}
