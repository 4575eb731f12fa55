use serde_json::{Value as Json, json};

use crate::check::{Bar, judge};
use crate::finding::UnitId;
use crate::model::testing::{estate, thing};
use crate::rule::Catalog;
use crate::source::RelPath;

/// The messages of a rule that demands `require` (and says the rest of its target) of one resource.
fn check(target: &str, body: &Json, expected: &[&str]) {
    let rule = format!(
        "id: azure-own\ntitle: Own\nseverity: {{ ours: high }}\nrecommendation: {{ category: data }}\n\
         targets: [{{ resource: A.B/c, {target} }}]\nwhy: Because.\nsteps: Do it.\n"
    );
    let catalog = Catalog::load(&[("azure-own.yaml".to_owned(), rule)]).unwrap();
    let rule = catalog.get("azure-own").unwrap().rule().unwrap();
    let estate = estate(vec![thing("r", "A.B/c", &json!(["r"]), body)]);
    let rules = |_: &str| vec![std::sync::Arc::clone(&rule)];
    let bar = Bar {
        rules: &rules,
        elsewhere: &[],
    };
    let judged = judge(UnitId(0), &RelPath::root(), &estate, &bar);
    let found: Vec<&str> = judged
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(found, expected, "{target}");
}

#[test]
fn a_message_says_what_is_wrong_what_was_found_and_what_is_demanded() {
    let rows = [
        (
            "require: { field: p.a, equals: true }",
            json!({"p": {"a": false}}),
            "`p.a` of `r` is `false`, but must be `true`.",
        ),
        (
            "require: { field: p.a, in: [x, y, z] }",
            json!({"p": {}}),
            "`p.a` of `r` is not set, but must be `x`, `y` or `z`.",
        ),
        (
            "require: { field: p.a, exists: false }",
            json!({"p": {"a": ""}}),
            "`p.a` of `r` is empty, but must not be set.",
        ),
        (
            "require: { not: { field: p.a, equals: false } }",
            json!({"p": {"a": false}}),
            "`p.a` of `r` is `false`, but must not be `false`.",
        ),
        (
            "require: { not: { field: p.a, notContains: x } }",
            json!({"p": {"a": ["y"]}}),
            "`p.a` of `r` is the list of `y`, but must contain `x`.",
        ),
        (
            "require: { field: p.a, notEquals: x }, at: p.a",
            json!({"p": {"a": "x"}}),
            "`p.a` of `r` is `x`, but must not be `x`.",
        ),
        (
            "require: { field: p.a, equals: x }",
            json!({"p": {"a": {"$secret": "s"}}}),
            "`p.a` of `r` is a sensitive value, but must be `x`.",
        ),
        (
            "require: { field: 'p.a[*]', notEquals: '*' }",
            json!({"p": {"a": ["x", "*"]}}),
            "`p.a` of `r` contains `*`, but an item must not be `*`.",
        ),
    ];
    for (target, body, expected) in rows {
        check(target, &body, &[expected]);
    }
}

#[test]
fn what_must_all_hold_and_what_is_enough_are_told_apart() {
    let rows = [
        (
            "require: { allOf: [{ field: p.a, equals: 1 }, { field: p.b, equals: 1 }] }",
            "`p.a` of `r` is `2`, but must be `1`. Its `p.b` is `2`, but must be `1`.",
        ),
        (
            "require: { anyOf: [{ field: p.a, equals: 1 }, { field: p.b, equals: 1 }] }",
            "One of these has to change: `p.a` of `r` is `2`, but must be `1`; \
             or its `p.b` is `2`, but must be `1`.",
        ),
        (
            "require: { not: { allOf: [{ field: p.a, equals: 2 }, { field: p.b, equals: 2 }] } }",
            "One of these has to change: `p.a` of `r` is `2`, but must not be `2`; \
             or its `p.b` is `2`, but must not be `2`.",
        ),
        (
            "require: { not: { anyOf: [{ field: p.a, equals: 2 }, { field: p.b, equals: 2 }] } }",
            "`p.a` of `r` is `2`, but must not be `2`. Its `p.b` is `2`, but must not be `2`.",
        ),
        (
            "require: { allOf: [{ field: p.b, equals: 1 }, { anyOf: [{ field: p.a, equals: 1 }] }] }, at: p.a",
            "`p.a` of `r` is `2`, but must be `1`. Its `p.b` is `2`, but must be `1`.",
        ),
    ];
    for (target, expected) in rows {
        check(target, &json!({"p": {"a": 2, "b": 2}}), &[expected]);
    }
}

#[test]
fn counts_and_companions_are_put_in_words() {
    let rules = json!({"p": {"r": [
        {"name": "x", "on": true, "port": "22"},
        {"name": "y", "on": false, "port": "22"},
    ]}});
    let rows = [
        (
            "require: { count: { field: 'p.r[*]', where: { allOf: [{ field: 'p.r[*].on', equals: true }, \
             { field: 'p.r[*].port', coversPort: [22, 3389] }] } }, equals: 0 }",
            "`p.r[name='x']` of `r` must not be there: its `on` is `true` and `port` is `22`.",
        ),
        (
            "require: { count: { field: 'p.r[*]' }, greater: 2 }",
            "`p.r` of `r` is a list of 2 items, but must have at least 3 items.",
        ),
        (
            "require: { count: { field: 'p.r[*]', where: { anyOf: [{ field: 'p.r[*].on', equals: 1 }, \
             { allOf: [{ field: 'p.r[*].port', equals: '80' }, { field: 'p.r[*].name', exists: true }] }] } }, greater: 0 }",
            "`p.r` of `r` is a list of 2 items, but must have at least 1 item in which \
             `on` is `1` or `port` is `80` and `name` is set.",
        ),
        (
            "require: { related: { resource: A.B/c/d, by: child, require: { field: p.s, equals: Approved } } }",
            "`r` must have a `A.B/c/d` in which `p.s` is `Approved`, but has none.",
        ),
    ];
    for (target, expected) in rows {
        check(target, &rules, &[expected]);
    }
}

#[test]
fn what_cannot_be_decided_names_what_decides() {
    let input = json!({"p": {"a": {"$input": "var.a"}}});
    let rows = [
        (
            "require: { field: p.a, equals: true }",
            "`p.a` of `r` must be `true`; whether that is so depends on `var.a`.",
        ),
        (
            "require: { count: { field: 'p.a[*]' }, equals: 0 }",
            "`p.a` of `r` must have no items; whether that is so depends on `var.a`.",
        ),
        (
            "when: { field: p.a, equals: true }, require: { field: p.b, equals: 1 }",
            "Whether this is demanded of `r` depends on `var.a`.",
        ),
    ];
    for (target, expected) in rows {
        check(target, &input, &[expected]);
    }
    check(
        "require: { field: p.a, equals: true }",
        &json!({"p": {"a": {"$input": null}}}),
        &[
            "`p.a` of `r` must be `true`; whether that is so depends on `p.a`, which inputs without a value decide.",
        ],
    );
}

#[test]
fn an_expression_of_a_rule_is_evaluated_over_the_resource() {
    let body =
        json!({"p": {"a": "x-y", "list": [{"n": 1}, {"n": 2}], "later": {"$input": "var.l"}}});
    let pass: &[&str] = &[];
    let rows: [(&str, &[&str]); 10] = [
        ("{ value: \"[length(field('p.a'))]\", equals: 3 }", pass),
        (
            "{ value: \"[length(field('p.a'))]\", greater: 3 }",
            &["`[length(field('p.a'))]` of `r` is `3`, but must be greater than `3`."],
        ),
        (
            "{ value: \"[first(split(field('p.a'), '-'))]\", equals: x }",
            pass,
        ),
        (
            "{ value: \"[length(field('p.list[*].n'))]\", equals: 2 }",
            pass,
        ),
        (
            "{ value: \"[max(field('p.list[*].n'))]\", less: 2 }",
            &["`[max(field('p.list[*].n'))]` of `r` is `2`, but must be less than `2`."],
        ),
        (
            "{ value: \"[empty(field('p.none'))]\", equals: true }",
            pass,
        ),
        (
            "{ value: \"[if(equals(field('p.a'), 'x-y'), 'on', 'off')]\", equals: on }",
            pass,
        ),
        (
            "{ value: \"[concat(field('p.later'), '-x')]\", equals: y-x }",
            &[
                "`[concat(field('p.later'), '-x')]` of `r` must be `y-x`; whether that is so depends on `var.l`.",
            ],
        ),
        (
            "{ count: { field: 'p.list[*]', where: { value: \"[add(current('p.list[*].n'), 1)]\", equals: 3 } }, equals: 1 }",
            pass,
        ),
        ("{ value: '[[literal]', equals: '[literal]' }", pass),
    ];
    for (require, expected) in rows {
        check(&format!("require: {require}"), &body, expected);
    }
}
