//! Expected texts, byte for byte, and what `jsonc-parser` makes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::edit;
use crate::model::{
    Address, Data, Entry, Existence, Hop, Kind, Number, Origin, PointsTo, Relation, Unknown, Via,
    Why,
};
use crate::source::{MemoryTree, RelPath};
use crate::syntax::json::{Node, NodeKind};

/// A template or fragment, the files beside it, and its values as an evaluation would give them:
/// plain references are followed, every other expression is unknown.
struct Case {
    sources: MemoryTree,
    origins: Origins,
    written: Written,
}

const MAIN: &str = "main.json";
const PARAMETERS: &str = "main.parameters.json";

impl Case {
    /// The resource is the object at `at` in the template.
    fn new(template: &str, parameters: &str, at: &[&str]) -> Self {
        let sources = MemoryTree::new([(MAIN, template), (PARAMETERS, parameters)]);
        let parse = |path| json::parse(&sources.read(&RelPath::new(path).unwrap()).unwrap());
        let (main, inputs) = (parse(MAIN), parse(PARAMETERS));
        let mut origins = Origins::default();
        let root = main.root().unwrap();
        let node = at
            .iter()
            .fold(root, |node, step| match step.parse::<usize>() {
                Ok(index) => node.items().nth(index).unwrap(),
                Err(_) => node.get(step).unwrap(),
            });
        let args = lower(node, root, inputs.root().unwrap(), &mut origins);
        let written = Written {
            address: Address::new("Microsoft.Test/things/it"),
            kind: Kind::new("Microsoft.Test/things"),
            args,
            node: node.span(),
            header: node.span(),
            existence: Existence::Certain,
            provider_major: None,
            repeated: false,
        };
        Self {
            sources,
            origins,
            written,
        }
    }

    fn plan(&self, changes: &[Change]) -> Result<Plan, Refusal> {
        plan(&self.written, changes, &self.origins, &self.sources)
    }

    /// The texts after the plan, and whether what was planned holds in itself.
    fn after(&self, changes: &[Change]) -> BTreeMap<String, String> {
        let plan = self.plan(changes).unwrap();
        let mut texts = BTreeMap::new();
        for path in [MAIN, PARAMETERS] {
            let file = self.sources.read(&RelPath::new(path).unwrap()).unwrap();
            let edits: Vec<&Edit> = plan
                .edits
                .iter()
                .filter(|e| e.span.file == file.id)
                .collect();
            for pair in edits.windows(2) {
                assert!(!pair[0].span.touches(pair[1].span), "{pair:?}");
            }
            let text = edit::apply(&file.text, &edits);
            assert!(canonical(&text).is_some(), "not JSON any more:\n{text}");
            texts.insert(path.to_owned(), text);
        }
        texts
    }
}

fn lower(node: Node<'_>, template: Node<'_>, inputs: Node<'_>, origins: &mut Origins) -> Value {
    let own = origins.literal(node.span());
    let data = match node.kind() {
        NodeKind::Null => Data::Null,
        NodeKind::Bool(value) => Data::Bool(value),
        NodeKind::Number(text) => Data::Number(Number::parse(text).unwrap()),
        NodeKind::String(text) => match walk::expression(node) {
            Some(expression) => return refer(node, &expression, template, inputs, origins),
            None => Data::String(Arc::from(&*text)),
        },
        NodeKind::Array => {
            let items = node
                .items()
                .map(|item| lower(item, template, inputs, origins));
            return Value::list(items.collect(), own);
        }
        NodeKind::Object => {
            let entries = node.members().map(|member| Entry {
                key: Arc::from(&*member.key),
                value: lower(member.value, template, inputs, origins),
            });
            return Value::map(entries.collect(), own);
        }
    };
    Value::new(data, own)
}

fn refer(
    node: Node<'_>,
    expression: &str,
    template: Node<'_>,
    inputs: Node<'_>,
    origins: &mut Origins,
) -> Value {
    let inside = |function: &str| {
        let rest = expression.strip_prefix('[')?.strip_prefix(function)?;
        rest.strip_prefix("('")?.strip_suffix("')]")
    };
    let parameter = inside("parameters").map(|name| {
        let given = inputs
            .get("parameters")
            .and_then(|all| all.get(name)?.get("value"));
        let default = || template.get("parameters")?.get(name)?.get("defaultValue");
        (given.or_else(default), Via::Parameter)
    });
    let variable = || {
        inside("variables").map(|name| {
            let found = template.get("variables").and_then(|all| all.get(name));
            (found, Via::ArmVariable)
        })
    };
    match parameter.or_else(variable) {
        Some((Some(found), via)) => {
            let mut value = lower(found, template, inputs, origins);
            value.origin = origins.step(node.span(), via, value.origin);
            value
        }
        _ => {
            let origin = origins.computed(node.span());
            Value::unknown(Unknown::because(Why::Input).spelled("it"), origin)
        }
    }
}

fn value(json: &str) -> Value {
    let path = RelPath::new("value.json").unwrap();
    let file = crate::source::SourceFile::new(FileId(99), path, json.to_owned(), Encoding::Utf8);
    let tree = json::parse(&Arc::new(file));
    let root = tree.root().unwrap();
    lower(root, root, root, &mut Origins::default())
}

fn set(path: &str, json: &str) -> Change {
    Change::Set {
        path: Path::parse(path).unwrap(),
        to: value(json),
    }
}

fn append(path: &str, json: &str) -> Change {
    Change::Append {
        path: Path::parse(path).unwrap(),
        item: value(json),
    }
}

fn remove(path: &str) -> Change {
    Change::Remove {
        path: Path::parse(path).unwrap(),
    }
}

/// What the second parser reads, the layout left aside; `None` when it refuses the text.
fn canonical(text: &str) -> Option<serde_json::Value> {
    use jsonc_parser::JsonValue as Other;
    fn convert(value: Other<'_>) -> serde_json::Value {
        match value {
            Other::Null => serde_json::Value::Null,
            Other::Boolean(value) => value.into(),
            Other::Number(text) => serde_json::from_str(text).unwrap(),
            Other::String(text) => text.into_owned().into(),
            Other::Array(items) => items.into_iter().map(convert).collect(),
            Other::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key, convert(value)))
                .collect(),
        }
    }
    let options = jsonc_parser::ParseOptions {
        allow_missing_commas: false,
        allow_loose_object_property_names: false,
        ..jsonc_parser::ParseOptions::default()
    };
    let value = jsonc_parser::parse_to_value(text, &options).ok()??;
    Some(convert(value))
}

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

#[test]
fn a_property_is_added_after_the_last_one() {
    let add = [set("b", "true")];
    for (before, expected) in [
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
    ] {
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
    for (before, path, expected) in [
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
    ] {
        check(before, &[remove(path)], expected);
    }
    let nothing = Case::new("{\"l\": []}", "{}", &[]).plan(&[remove("l['x']"), remove("m.n")]);
    assert!(nothing.is_err());
}

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

const ELSEWHERE: &str = r#"{
  "parameters": {
    "p": { "type": "bool", "defaultValue": false },
    "q": { "type": "string", "defaultValue": "1.0", "allowedValues": ["1.0", "1.2"] },
    "none": { "type": "bool" }
  },
  "variables": { "v": { "x": 1 } },
  "resources": [
    { "a": "[parameters('p')]", "b": "[variables('v')]", "c": "[concat('x', 'y')]",
      "d": "[parameters('none')]", "e": "[parameters('q')]" }
  ]
}"#;

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

fn add(kind: &str, relation: Relation, body: &str) -> Change {
    let Data::Map(body) = value(body).data else {
        panic!("a body is an object");
    };
    Change::AddResource {
        kind: Kind::new(kind),
        body: body.entries.clone(),
        relation,
    }
}

const CHILD: &str = r#"{"name": "default", "properties": {"on": true}}"#;

#[test]
fn a_child_is_appended_behind_its_parent() {
    let template = |name: &str| {
        format!(
            "{{\n  \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",\n  \"resources\": [\n    {{\n      \"condition\": \"[parameters('on')]\",\n      \"type\": \"Microsoft.S/accounts\",\n      \"apiVersion\": \"2023-01-01\",\n      \"name\": {name}\n    }} // last\n  ]\n}}\n"
        )
    };
    for (name, child, id) in [
        ("\"it\"", "it/default", "'it'"),
        (
            "\"[parameters('n')]\"",
            "[concat(parameters('n'), '/default')]",
            "parameters('n')",
        ),
        (
            "\"[format('{0}x', parameters('n'))]\"",
            "[format('{0}/default', format('{0}x', parameters('n')))]",
            "format('{0}x', parameters('n'))",
        ),
    ] {
        let before = template(name);
        let case = Case::new(&before, "{}", &["resources", "0"]);
        let after = case.after(&[add("Microsoft.S/accounts/services", Relation::Child, CHILD)]);
        let new = format!(
            "    }}, // last\n    {{\n      \"condition\": \"[parameters('on')]\",\n      \"type\": \"Microsoft.S/accounts/services\",\n      \"apiVersion\": \"2023-01-01\",\n      \"name\": \"{child}\",\n      \"dependsOn\": [\n        \"[resourceId('Microsoft.S/accounts', {id})]\"\n      ],\n      \"properties\": {{\n        \"on\": true\n      }}\n    }}\n"
        );
        assert_eq!(after[MAIN], before.replace("    } // last\n", &new));
    }
}

#[test]
fn a_child_of_a_nested_resource_names_all_of_its_parents() {
    let text = r#"{"resources": [{"type": "M.S/a", "name": "[parameters('n')]", "apiVersion": "1", "resources": [{"type": "b", "name": "x", "apiVersion": "2"}]}]}"#;
    let case = Case::new(text, "{}", &["resources", "0", "resources", "0"]);
    let after = case.after(&[add("M.S/a/b/c", Relation::Child, CHILD)]);
    let new = r#", {"type": "M.S/a/b/c", "apiVersion": "2", "name": "[concat(concat(parameters('n'), '/', 'x'), '/default')]", "dependsOn": ["[resourceId('M.S/a/b', parameters('n'), 'x')]"], "properties": {"on": true}}]}"#;
    assert_eq!(
        after[MAIN],
        format!("{}{new}", text.strip_suffix("]}").unwrap())
    );
}

#[test]
fn extensions_copies_and_symbolic_names() {
    let text = r#"{"resources": {"it": {"type": "M.S/a", "name": "[copyIndex()]", "copy": {"name": "l", "count": 3}}, "it_b": {"type": "x", "name": "y"}}}"#;
    let case = Case::new(text, "{}", &["resources", "it"]);
    let body = r#"{"apiVersion": "1", "name": "b"}"#;
    let changes = [
        add("M.I/b", Relation::Extension, body),
        add("M.I/b", Relation::Extension, body),
    ];
    let after = case.after(&changes);
    for key in ["it_b2", "it_b3"] {
        let new = format!(
            r#""{key}": {{"copy": {{"name": "l-b", "count": 3}}, "type": "M.I/b", "apiVersion": "1", "scope": "[resourceId('M.S/a', copyIndex())]", "name": "b", "dependsOn": ["it"]}}"#
        );
        assert!(after[MAIN].contains(&new), "{}", after[MAIN]);
    }
    let by_name = text.replace("copyIndex()", "copyIndex('l')");
    assert!(
        Case::new(&by_name, "{}", &["resources", "it"])
            .plan(&changes)
            .is_err()
    );
}

#[test]
fn a_companion_refers_to_the_resource_it_serves() {
    let text = r#"{"resources": [{"type": "M.S/a/b", "name": "x/y", "location": "[resourceGroup().location]"}]}"#;
    let case = Case::new(text, "{}", &["resources", "0"]);
    let path = Path::parse("properties.connections[*].id").unwrap();
    let mut change = add(
        "M.N/e",
        Relation::ReferredToBy(path),
        r#"{"apiVersion": "1", "name": "e"}"#,
    );
    if let Change::AddResource { body, .. } = &mut change {
        let location = Unknown::because(Why::Computed).pointing_to(PointsTo {
            address: Some(case.written.address.clone()),
            identity: None,
            attribute: "location".into(),
        });
        body.push(Entry {
            key: "location".into(),
            value: Value::unknown(location, Origin::NOWHERE),
        });
    }
    let after = case.after(&[change]);
    let id = "[resourceId('M.S/a/b', 'x', 'y')]";
    let new = format!(
        r#"{{"type": "M.N/e", "apiVersion": "1", "name": "e", "location": "[resourceGroup().location]", "dependsOn": ["{id}"], "properties": {{"connections": [{{"id": "{id}"}}]}}}}]}}"#
    );
    assert!(after[MAIN].ends_with(&new), "{}", after[MAIN]);
    let refused = case.plan(&[add("M.N/e", Relation::Extension, r#"{"name": "e"}"#)]);
    assert_eq!(
        refused.unwrap_err().0,
        "The API version of the new resource is not known."
    );
}

#[test]
fn a_summary_says_what_is_done() {
    let case = Case::new("{\"a\": 1, \"c\": 1}", "{}", &[]);
    let plan = case
        .plan(&[set("a", "{\"b\": true}"), remove("c")])
        .unwrap();
    assert_eq!(plan.summary, "Set `a` to `{\"b\": true}` and remove `c`");
}
