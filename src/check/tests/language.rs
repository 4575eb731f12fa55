//! The language of conditions, word by word. Source: "Azure Policy definition structure policy rule"
//! and "Author policies for array properties on Azure resources" in the Azure Policy documentation.

use serde_json::{Value as Json, json};

use super::{Truth, holds};

/// A row: the condition, and what it says where `A.B/c/x` is each of the columns.
fn check_columns(columns: &[Json], rows: &[(Json, &str)]) {
    for (test, expected) in rows {
        let mut condition = test.clone();
        condition["field"] = json!("A.B/c/x");
        let found: String = columns
            .iter()
            .map(|properties| {
                let truth = holds(&condition, &json!({}), &json!({ "properties": properties }));
                letter(truth)
            })
            .collect();
        assert_eq!(found, *expected, "{test}");
    }
}

fn letter(truth: Truth) -> char {
    match truth {
        Truth::True => 't',
        Truth::False => 'f',
        Truth::Unknown => '?',
    }
}

#[test]
fn every_comparison_of_a_text() {
    let columns = [
        json!({ "x": "Abc" }),
        json!({ "x": "b2" }),
        json!({ "x": "" }),
        json!({ "x": null }),
        json!({}),
        json!({ "x": { "$input": "p" } }),
    ];
    let rows = [
        (json!({ "equals": "aBC" }), "tffff?"),
        (json!({ "notEquals": "aBC" }), "ftttt?"),
        (json!({ "in": ["abc", "z"] }), "tffff?"),
        (json!({ "notIn": ["abc", "z"] }), "ftttt?"),
        (json!({ "in": [] }), "fffff?"),
        // What is absent counts as the empty text.
        (json!({ "equals": "" }), "ffttt?"),
        (json!({ "notEquals": "" }), "ttfff?"),
        (json!({ "in": ["abc", ""] }), "tfttt?"),
        (json!({ "notIn": ["abc", ""] }), "ftfff?"),
        (json!({ "like": "a*" }), "tffff?"),
        (json!({ "like": "*B*" }), "ttfff?"),
        (json!({ "notLike": "a*" }), "ftttt?"),
        (json!({ "match": "?bc" }), "tffff?"),
        (json!({ "match": "abc" }), "fffff?"),
        (json!({ "match": "b#" }), "ftfff?"),
        (json!({ "match": "..." }), "tffff?"),
        (json!({ "notMatch": "abc" }), "ttttt?"),
        (json!({ "matchInsensitively": "aBC" }), "tffff?"),
        (json!({ "notMatchInsensitively": "aBC" }), "ftttt?"),
        (json!({ "contains": "B" }), "ttfff?"),
        (json!({ "notContains": "B" }), "ffttt?"),
        (json!({ "containsKey": "b" }), "fffff?"),
        (json!({ "notContainsKey": "b" }), "ttttt?"),
        (json!({ "exists": true }), "tttff?"),
        (json!({ "exists": "false" }), "ffftt?"),
        (json!({ "greater": "abd" }), "ftfff?"),
        (json!({ "greaterOrEquals": "ABC" }), "ttfff?"),
        (json!({ "less": "abd" }), "tftff?"),
        (json!({ "lessOrEquals": "abc" }), "tftff?"),
    ];
    check_columns(&columns, &rows);
}

#[test]
fn every_comparison_of_numbers_booleans_and_collections() {
    let columns = [
        json!({ "x": 5 }),
        json!({ "x": "5" }),
        json!({ "x": true }),
        json!({ "x": ["A", "5"] }),
        json!({ "x": { "Key": 1 } }),
        json!({ "x": [] }),
    ];
    let rows = [
        (json!({ "equals": 5 }), "ttffff"),
        (json!({ "equals": "5" }), "ttffff"),
        (json!({ "equals": true }), "fftfff"),
        (json!({ "equals": "True" }), "fftfff"),
        (json!({ "notEquals": 5 }), "fftttt"),
        (json!({ "equals": ["a", "5"] }), "ffftff"),
        (json!({ "equals": [] }), "ffffft"),
        (json!({ "greater": 4 }), "ttffff"),
        (json!({ "less": 10 }), "ttffff"),
        (json!({ "contains": "a" }), "ffftff"),
        (json!({ "notContains": "a" }), "tttftt"),
        (json!({ "containsKey": "kEY" }), "fffftf"),
        (json!({ "notContainsKey": "kEY" }), "ttttft"),
        (json!({ "exists": true }), "tttttt"),
    ];
    check_columns(&columns, &rows);
}

#[test]
fn an_unknown_is_judged_by_what_is_known_of_it() {
    let columns = [
        json!({ "x": { "$input": "p", "notNull": true } }),
        json!({ "x": { "$input": "p", "domain": ["a", "b"] } }),
        json!({ "x": ["a", { "$input": "p" }] }),
    ];
    let rows = [
        (json!({ "exists": true }), "ttt"),
        (json!({ "equals": "a" }), "??f"),
        (json!({ "notEquals": "z" }), "?tt"),
        (json!({ "in": ["A", "B", "C"] }), "?tf"),
        (json!({ "contains": "A" }), "??t"),
        (json!({ "contains": "z" }), "?f?"),
    ];
    check_columns(&columns, &rows);
}

/// Conditions on one body.
fn check(body: &Json, rows: &[(Json, char)]) {
    let parameters = json!({
        "list": { "type": "Array", "defaultValue": ["a", "b"] },
        "text": { "type": "String", "defaultValue": "one" },
        "needed": { "type": "String" },
        "tag": { "type": "String", "defaultValue": "my.tag" },
    });
    for (condition, expected) in rows {
        assert_eq!(
            letter(holds(condition, &parameters, body)),
            *expected,
            "{condition}"
        );
    }
}

#[test]
fn conditions_join_in_three_values() {
    let yes = json!({ "field": "name", "equals": "n" });
    let no = json!({ "field": "name", "equals": "x" });
    let open = json!({ "field": "A.B/c/x", "equals": "x" });
    let rows = [
        (json!({ "allOf": [yes, open] }), '?'),
        (json!({ "allOf": [no, open] }), 'f'),
        (json!({ "anyOf": [yes, open] }), 't'),
        (json!({ "AnyOf": [no, open] }), '?'),
        (json!({ "not": open }), '?'),
        (json!({ "not": no }), 't'),
        (json!({ "allOf": [] }), 't'),
    ];
    check(&json!({ "properties": { "x": { "$input": "p" } } }), &rows);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn lists_are_counted_and_every_element_must_pass() {
    let body = json!({ "properties": {
        "list": [{ "n": "a", "v": 1 }, { "n": "b" }, { "n": "C", "v": 3 }],
        "texts": ["One", "two"],
        "none": [],
        "open": [{ "n": "a" }, { "n": { "$input": "p" } }],
        "deep": [{ "in": [{ "k": 1 }, { "k": 2 }] }, { "in": [] }, { "in": [{ "k": 2 }] }],
        "later": { "$input": "q" },
    }});
    let of = |field: &str, rest: Json| {
        let mut condition = rest;
        condition["field"] = json!(format!("A.B/c/{field}"));
        condition
    };
    let counted = |field: &str, condition: Option<Json>, rest: Json| {
        let mut count = json!({ "field": format!("A.B/c/{field}") });
        if let Some(condition) = condition {
            count["where"] = condition;
        }
        let mut whole = rest;
        whole["count"] = count;
        whole
    };
    let rows = [
        (of("list[*].n", json!({ "in": ["a", "b", "c"] })), 't'),
        (of("list[*].n", json!({ "notEquals": "b" })), 'f'),
        (of("list[*].v", json!({ "exists": true })), 'f'),
        (of("texts[*]", json!({ "like": "*o*" })), 't'),
        // No element violates what is asked of an empty or missing list.
        (of("none[*].n", json!({ "equals": "z" })), 't'),
        (of("gone[*].n", json!({ "equals": "z" })), 't'),
        (of("gone[*]", json!({ "notEquals": "z" })), 't'),
        (of("gone", json!({ "exists": true })), 'f'),
        (of("open[*].n", json!({ "equals": "a" })), '?'),
        (of("open[*].n", json!({ "equals": "z" })), 'f'),
        (of("later[*].n", json!({ "equals": "a" })), '?'),
        (counted("list[*]", None, json!({ "equals": 3 })), 't'),
        (counted("none[*]", None, json!({ "equals": 0 })), 't'),
        (counted("gone[*]", None, json!({ "less": 1 })), 't'),
        (counted("later[*]", None, json!({ "equals": 0 })), '?'),
        (
            counted("later[*]", None, json!({ "greaterOrEquals": 0 })),
            't',
        ),
        (
            counted(
                "list[*]",
                Some(of("list[*].n", json!({ "equals": "c" }))),
                json!({ "greater": 0 }),
            ),
            't',
        ),
        (
            counted(
                "list[*]",
                Some(of("list[*].v", json!({ "exists": false }))),
                json!({ "equals": 1 }),
            ),
            't',
        ),
        (
            counted(
                "open[*]",
                Some(of("open[*].n", json!({ "equals": "a" }))),
                json!({ "greaterOrEquals": 1 }),
            ),
            't',
        ),
        (
            counted(
                "open[*]",
                Some(of("open[*].n", json!({ "equals": "a" }))),
                json!({ "equals": 1 }),
            ),
            '?',
        ),
        (
            counted(
                "deep[*]",
                Some(of("deep[*].in[*].k", json!({ "equals": 2 }))),
                json!({ "equals": 2 }),
            ),
            't',
        ),
        (
            counted(
                "deep[*].in[*]",
                Some(of("deep[*].in[*].k", json!({ "equals": 2 }))),
                json!({ "equals": 2 }),
            ),
            't',
        ),
        (
            counted(
                "deep[*]",
                Some(counted(
                    "deep[*].in[*]",
                    Some(of("deep[*].in[*].k", json!({ "equals": 2 }))),
                    json!({ "equals": 1 }),
                )),
                json!({ "equals": 2 }),
            ),
            't',
        ),
        (
            json!({
                "count": { "value": "[parameters('list')]", "name": "it",
                    "where": { "field": "A.B/c/texts", "contains": "[current('it')]" } },
                "equals": 0,
            }),
            't',
        ),
        (
            json!({
                "count": { "value": ["one", "x"], "name": "it",
                    "where": { "field": "A.B/c/texts", "contains": "[current('it')]" } },
                "equals": 1,
            }),
            't',
        ),
        (
            json!({
                "count": { "field": "A.B/c/list[*]",
                    "where": { "value": "[current('A.B/c/list[*].n')]", "equals": "b" } },
                "equals": 1,
            }),
            't',
        ),
        (
            json!({
                "count": { "field": "A.B/c/texts[*]", "where": { "value": "[current()]", "equals": "TWO" } },
                "equals": 1,
            }),
            't',
        ),
        (
            json!({
                "count": { "field": "A.B/c/list[*]",
                    "where": { "value": "[first(field('A.B/c/list[*].n'))]", "equals": "b" } },
                "equals": 1,
            }),
            't',
        ),
    ];
    check(&body, &rows);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn expressions_read_the_resource() {
    let body = json!({
        "location": "West Europe",
        "tags": { "my.tag": "v", "other": "w" },
        "properties": { "a": "x-y", "b": "X-Y", "open": { "$input": "p" }, "texts": ["p", "q"] },
    });
    let value = |text: &str, rest: Json| {
        let mut condition = rest;
        condition["value"] = json!(text);
        condition
    };
    let rows = [
        (
            json!({ "field": "A.B/c/a", "equals": "[field('A.B/c/b')]" }),
            't',
        ),
        (
            json!({ "field": "A.B/c/a", "equals": "[field('A.B/c/open')]" }),
            '?',
        ),
        (
            json!({ "field": "A.B/c/a", "notEquals": "[concat('x-', 'y')]" }),
            'f',
        ),
        (
            json!({ "field": "A.B/c/a", "in": "[field('A.B/c/texts')]" }),
            'f',
        ),
        (
            json!({ "field": "A.B/c/a", "like": "[concat(first(split(field('A.B/c/b'), '-')), '*')]" }),
            't',
        ),
        (
            value("[length(field('A.B/c/texts[*]'))]", json!({ "equals": 2 })),
            't',
        ),
        (
            value("[empty(field('A.B/c/gone[*]'))]", json!({ "equals": true })),
            't',
        ),
        (
            value(
                "[if(empty(field('A.B/c/gone')), 'none', 'some')]",
                json!({ "equals": "none" }),
            ),
            't',
        ),
        (
            value("[field('A.B/c/open')]", json!({ "exists": true })),
            '?',
        ),
        (
            value("[parameters('text')]", json!({ "equals": "ONE" })),
            't',
        ),
        (
            value("[parameters('needed')]", json!({ "equals": "x" })),
            '?',
        ),
        (
            value("[resourceGroup().managedBy]", json!({ "exists": false })),
            't',
        ),
        (
            value(
                "[requestContext().apiVersion]",
                json!({ "less": "2020-01-01" }),
            ),
            'f',
        ),
        (
            value(
                "[ipRangeContains('10.0.0.0/8', '10.1.0.0/16')]",
                json!({ "equals": true }),
            ),
            't',
        ),
        (
            value(
                "[ipRangeContains('10.0.0.0/8', '11.0.0.1')]",
                json!({ "equals": "false" }),
            ),
            't',
        ),
        (value("[int('x')]", json!({ "equals": 1 })), '?'),
        (json!({ "field": "location", "in": ["westeurope"] }), 't'),
        (
            json!({ "field": "location", "notEquals": "West Europe" }),
            'f',
        ),
        (
            json!({ "field": "[concat('tags[', parameters('tag'), ']')]", "equals": "V" }),
            't',
        ),
        (json!({ "field": "tags['gone']", "exists": false }), 't'),
        (json!({ "field": "tags.other", "exists": true }), 't'),
        (json!({ "field": "tags", "containsKey": "other" }), 't'),
        (json!({ "field": "id", "contains": "/x/" }), '?'),
    ];
    check(&body, &rows);
}
