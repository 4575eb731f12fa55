//! Expected texts, byte for byte.

use super::*;

/// The text is the resource itself.
fn check(before: &str, changes: &[Change], expected: &str) {
    let after = Case::new(before, "{}", &[]).after(changes);
    assert_eq!(
        after[MAIN], expected,
        "from:\n{before}\ngot:\n{}",
        after[MAIN]
    );
}

#[test]
fn a_value_gives_way_to_another() {
    let on = [set("properties.a", "true")];
    check(
        r#"{"properties": {"a": false}}"#,
        &on,
        r#"{"properties": {"a": true}}"#,
    );
    check(
        "{\r\n\t\"Properties\" : { \"A\" :false } // c\r\n}",
        &on,
        "{\r\n\t\"Properties\" : { \"A\" :true } // c\r\n}",
    );
    check(
        "{\n  \"properties\": {\n    \"a\": 1 // why\n  }\n}",
        &[set("properties.a", r#"{"b": [], "c": ["x", {}]}"#)],
        "{\n  \"properties\": {\n    \"a\": {\n      \"b\": [],\n      \"c\": [\n        \"x\",\n        {}\n      ]\n    } // why\n  }\n}",
    );
    check(
        r#"{"a":1,"b":2}"#,
        &[set("a", r#"{"x": [1, 2]}"#)],
        r#"{"a":{"x":[1,2]},"b":2}"#,
    );
    check(
        r#"{"a": 1, "A": 2}"#,
        &[set("a", "3")],
        r#"{"a": 1, "A": 3}"#,
    );
    check(r#"{"a": null}"#, &[set("a.b", "3")], r#"{"a": {"b": 3}}"#);
    check(
        r#"{"a": ""}"#,
        &[set("a", r#""[x] \"q\" \\""#)],
        r#"{"a": "[x] \"q\" \\"}"#,
    );
}

#[test]
fn text_that_would_be_an_expression_is_escaped() {
    let change = Change::Set {
        path: Path::parse("a").unwrap(),
        to: Value::string("[x]\n", Origin::NOWHERE),
    };
    check(r#"{"a": ""}"#, &[change], r#"{"a": "[x]\n"}"#);
    let change = Change::Set {
        path: Path::parse("a").unwrap(),
        to: Value::string("[x]", Origin::NOWHERE),
    };
    check(r#"{"a": ""}"#, &[change], r#"{"a": "[[x]"}"#);
}

/// Objects before and after they get `"b": true`.
const ADDED: &[(&str, &str)] = &[
    ("{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"b\": true\n}"),
    (
        "{\r\n    \"a\": 1\r\n}\r\n",
        "{\r\n    \"a\": 1,\r\n    \"b\": true\r\n}\r\n",
    ),
    ("{\n\t\"a\": 1\n}", "{\n\t\"a\": 1,\n\t\"b\": true\n}"),
    (
        "{\n  \"a\": 1 // why\n}",
        "{\n  \"a\": 1, // why\n  \"b\": true\n}",
    ),
    (
        "{\n  \"a\": 1 /* x */ // why\n}",
        "{\n  \"a\": 1, /* x */ // why\n  \"b\": true\n}",
    ),
    (
        "{\n  \"a\": 1, // why\n}",
        "{\n  \"a\": 1, // why\n  \"b\": true,\n}",
    ),
    (
        "{\n  \"a\": 1 /* x */, // y\n}",
        "{\n  \"a\": 1 /* x */, // y\n  \"b\": true,\n}",
    ),
    ("{\n  \"a\": 1,\n}", "{\n  \"a\": 1,\n  \"b\": true,\n}"),
    (
        "{\n  \"a\": 1\n  // end\n}",
        "{\n  \"a\": 1,\n  \"b\": true\n  // end\n}",
    ),
    ("{ \"a\": 1 }", "{ \"a\": 1, \"b\": true }"),
    ("{\"a\":1}", "{\"a\":1,\"b\":true}"),
    ("{\"a\":1,}", "{\"a\":1,\"b\":true,}"),
    (
        "{ \"z\" : 0 , \"a\" : 1 }",
        "{ \"z\" : 0 , \"a\" : 1 , \"b\" : true }",
    ),
    ("{ \"a\": 1 // why\n}", "{ \"a\": 1, \"b\": true // why\n}"),
    (
        "{ \"z\": 0,\n  \"a\": 1 }",
        "{ \"z\": 0,\n  \"a\": 1,\n  \"b\": true }",
    ),
    (
        "{\n  \"a\": { \"x\": 1 } }",
        "{\n  \"a\": { \"x\": 1 },\n  \"b\": true }",
    ),
    (
        "{ \"a\": {\n    \"x\": 1\n  }\n}",
        "{ \"a\": {\n    \"x\": 1\n  }, \"b\": true\n}",
    ),
    ("{}", "{\"b\": true}"),
    ("{ }", "{\"b\": true}"),
    ("{\n}", "{\n  \"b\": true\n}"),
    ("{\n  // todo\n}\n", "{\n  // todo\n  \"b\": true\n}\n"),
    ("{ /* todo */ }", "{ /* todo */ \"b\": true }"),
    (
        "{\n  \"é\": \"\u{1F512}\"\n}",
        "{\n  \"é\": \"\u{1F512}\",\n  \"b\": true\n}",
    ),
];

#[test]
fn a_property_is_added_after_the_last_one() {
    let add = [set("b", "true")];
    for (before, expected) in ADDED {
        check(before, &add, expected);
    }
}

#[test]
fn missing_objects_are_made_several_steps_deep() {
    let deep = [
        set("p.q.r", "true"),
        set("p.q.s", "[\"x\"]"),
        set("P.t", "{}"),
    ];
    check(
        "{\n    \"a\": {\n        \"x\": 1\n    }\n}",
        &deep,
        "{\n    \"a\": {\n        \"x\": 1\n    },\n    \"p\": {\n        \"q\": {\n            \"r\": true,\n            \"s\": [\n                \"x\"\n            ]\n        },\n        \"t\": {}\n    }\n}",
    );
    check(
        "{\n  \"p\": {},\n  \"z\": 1\n}",
        &deep,
        "{\n  \"p\": {\n    \"q\": {\n      \"r\": true,\n      \"s\": [\n        \"x\"\n      ]\n    },\n    \"t\": {}\n  },\n  \"z\": 1\n}",
    );
    check(
        r#"{"p":{}}"#,
        &deep,
        r#"{"p":{"q":{"r":true,"s":["x"]},"t":{}}}"#,
    );
    check(
        "{\n\t\"p\": { \"q\": { } }\n}",
        &deep[..1],
        "{\n\t\"p\": { \"q\": {\"r\": true} }\n}",
    );
    check(
        "{\"a\": 1}",
        &[append("l", "1"), append("l", "2"), append("l", "1")],
        "{\"a\": 1, \"l\": [1, 2]}",
    );
}

#[test]
fn items_are_added_to_lists() {
    let add = [append("l", "\"n\"")];
    for (before, expected) in [
        ("{\"l\": []}", "{\"l\": [\"n\"]}"),
        ("{\"l\": [\"a\", \"b\"]}", "{\"l\": [\"a\", \"b\", \"n\"]}"),
        (
            "{\n  \"l\": [ \"a\" ]\n}",
            "{\n  \"l\": [ \"a\", \"n\" ]\n}",
        ),
        ("{\n  \"l\": []\n}", "{\n  \"l\": [\n    \"n\"\n  ]\n}"),
        (
            "{\n  \"l\": [\n    \"a\" // x\n  ]\n}",
            "{\n  \"l\": [\n    \"a\", // x\n    \"n\"\n  ]\n}",
        ),
        (
            "{\n  \"l\":\n  [\n    \"a\",\n  ]\n}",
            "{\n  \"l\":\n  [\n    \"a\",\n    \"n\",\n  ]\n}",
        ),
    ] {
        check(before, &add, expected);
    }
    check(
        "{\n  \"l\": [{\n    \"a\": 1\n  }]\n}",
        &[append("l", r#"{"a": 2}"#)],
        "{\n  \"l\": [{\n    \"a\": 1\n  }, {\n    \"a\": 2\n  }]\n}",
    );
    let same = Case::new("{\"l\": [{\"A\": 1}]}", "{}", &[]).plan(&[append("l", r#"{"a": 1}"#)]);
    assert_eq!(
        same.unwrap_err().0,
        "The text already says what the change asks for."
    );
}

/// Texts, what is removed, and what is left.
const REMOVED: &[(&str, &str, &str)] = &[
    ("{\"l\": [\"x\"]}", "l['x']", "{\"l\": []}"),
    (
        "{\"l\": [\"x\", \"y\", \"z\"]}",
        "l['x']",
        "{\"l\": [\"y\", \"z\"]}",
    ),
    (
        "{\"l\": [\"x\", \"y\", \"z\"]}",
        "l['y']",
        "{\"l\": [\"x\", \"z\"]}",
    ),
    (
        "{\"l\": [\"x\", \"y\", \"z\"]}",
        "l['z']",
        "{\"l\": [\"x\", \"y\"]}",
    ),
    ("{\"l\": [\"x\", \"y\",]}", "l['y']", "{\"l\": [\"x\",]}"),
    (
        "{\"l\": [\"x\", /* c */ \"y\"]}",
        "l['x']",
        "{\"l\": [/* c */ \"y\"]}",
    ),
    (
        "{\"l\": [\"x\", \"y\", \"x\"]}",
        "l['x']",
        "{\"l\": [\"y\"]}",
    ),
    ("{\"l\": [1, 2]}", "l[0]", "{\"l\": [2]}"),
    ("{\"l\": [1, 2]}", "l[*]", "{\"l\": []}"),
    (
        "{\n  \"l\": [\n    \"x\"\n  ]\n}",
        "l['x']",
        "{\n  \"l\": []\n}",
    ),
    (
        "{\r\n  \"l\": [\r\n    \"x\",\r\n    \"y\"\r\n  ]\r\n}",
        "l['y']",
        "{\r\n  \"l\": [\r\n    \"x\"\r\n  ]\r\n}",
    ),
    (
        "{\n  \"l\": [\n    \"x\", \"y\",\n    \"z\"\n  ]\n}",
        "l['y']",
        "{\n  \"l\": [\n    \"x\",\n    \"z\"\n  ]\n}",
    ),
    (
        "{\"l\": [{\"name\": \"x\", \"v\": 1}, {\"name\": \"y\"}]}",
        "l[name='x'].v",
        "{\"l\": [{\"name\": \"x\"}, {\"name\": \"y\"}]}",
    ),
    (
        "{\"l\": [{\"name\": \"x\", \"v\": 1}, {\"name\": \"y\"}]}",
        "l[name='y']",
        "{\"l\": [{\"name\": \"x\", \"v\": 1}]}",
    ),
    ("{\"a\": 1, \"b\": 2, \"A\": 3}", "a", "{\"b\": 2}"),
    (
        "{\n  \"a\": {\n    \"x\": 1\n  },\n  \"b\": 2\n}",
        "a",
        "{\n  \"b\": 2\n}",
    ),
];

#[test]
fn removing_takes_commas_and_own_comments_along() {
    let lines = "{\n  \"a\": 1, // one\n  // about b\n  \"b\": 2, // two\n  \"c\": 3 // three\n}";
    for (path, expected) in [
        (
            "a",
            "{\n  // about b\n  \"b\": 2, // two\n  \"c\": 3 // three\n}",
        ),
        (
            "b",
            "{\n  \"a\": 1, // one\n  // about b\n  \"c\": 3 // three\n}",
        ),
        (
            "c",
            "{\n  \"a\": 1, // one\n  // about b\n  \"b\": 2 // two\n}",
        ),
    ] {
        check(lines, &[remove(path)], expected);
    }
    check(
        lines,
        &[remove("b"), remove("c")],
        "{\n  \"a\": 1 // one\n  // about b\n}",
    );
    check(
        lines,
        &[remove("a"), remove("b"), remove("c")],
        "{\n  // about b\n}",
    );
    check(
        lines,
        &[remove("c"), set("d", "4")],
        "{\n  \"a\": 1, // one\n  // about b\n  \"b\": 2, // two\n  \"d\": 4 // three\n}",
    );
    for (before, path, expected) in REMOVED {
        check(before, &[remove(path)], expected);
    }
    let nothing = Case::new("{\"l\": []}", "{}", &[]).plan(&[remove("l['x']"), remove("m.n")]);
    assert!(nothing.is_err());
}
