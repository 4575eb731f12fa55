use crate::lang::terraform::console::evaluated;
use crate::model::{Data, Value, Why};
use crate::source::{MemoryTree, NoticeKind, RelPath, SourceTree};

const MAIN: &str = r#"
variable "x" { type = string }
variable "y" { type = string }
variable "n" {
  type     = number
  nullable = false
}
variable "b" {
  type     = bool
  nullable = false
}
variable "any" {}
variable "map" { type = map(string) }
variable "secret" {
  type      = string
  sensitive = true
}
resource "azurerm_subnet" "s" {
  name = "s"
}
resource "azurerm_subnet" "many" {
  count = 2
  name  = "s"
}
locals {
  written = "lit"
  list    = ["one", "two"]
  object  = { a = "in the object" }
  text    = "x$${y}"
  ten     = join("", [for _ in range(1000) : "0123456789"])
  large   = join("", [for _ in range(1000) : local.ten])
}
"#;

/// Evaluates an expression beside [`MAIN`] and hands on the value, the text where it is written and the notices.
fn value_of<R>(
    expression: &str,
    then: impl FnOnce(Value, Option<String>, Vec<(NoticeKind, String)>) -> R,
) -> R {
    let tree = MemoryTree::new([("main.tf", MAIN), ("t.tftpl", "${v}!")]);
    let result = evaluated(
        expression,
        &RelPath::root(),
        &tree,
        |evaluation, outcome, _| {
            let value = outcome.unwrap_or_else(|fault| panic!("{expression}: {}", fault.message));
            let written = evaluation.origins.written_at(value.origin).span;
            let text = written.and_then(|span| Some(tree.get(span.file)?.slice(span).to_owned()));
            let notices = evaluation.take_notices();
            let notices = notices
                .into_iter()
                .map(|it| (it.kind, it.message))
                .collect();
            then(value, text, notices)
        },
    );
    result.unwrap()
}

/// What is not known, in short: why, the input, where it points, the term, the possible values.
fn told(value: &Value) -> String {
    let Data::Unknown(unknown) = &value.data else {
        return shown(value);
    };
    let mut told = format!("{:?}", unknown.why);
    if let Some(input) = &unknown.input {
        told = format!("{told} {}", input.0);
    }
    if let Some(points_to) = &unknown.points_to {
        told = format!("{told} -> {}", points_to.attribute);
    }
    if let Some(term) = &unknown.term {
        told = format!("{told}{}", format_args!(" = {term}"));
    }
    if let Some(domain) = &unknown.domain {
        let texts: Vec<String> = domain.iter().map(shown).collect();
        told = format!("{told}{}", format_args!(" in {}", texts.join("|")));
    }
    if unknown.not_null {
        told.push('!');
    }
    told
}

fn shown(value: &Value) -> String {
    match &value.data {
        Data::Number(number) => number.to_string(),
        data => format!("{data:?}"),
    }
}

#[test]
fn a_value_that_is_only_chosen_is_written_where_its_literal_stands() {
    let rows = [
        ("lookup(local.object, \"a\", \"d\")", "\"in the object\""),
        ("lookup(local.object, \"b\", local.written)", "\"lit\""),
        ("element(local.list, 3)", "\"two\""),
        ("coalesce(\"\", local.written)", "\"lit\""),
        ("try(local.object.zzz, local.written)", "\"lit\""),
        ("merge({ a = 1 }, local.object).a", "\"in the object\""),
        ("one([local.written])", "\"lit\""),
        ("concat(local.list, [\"three\"])[1]", "\"two\""),
        ("flatten([local.list, [[local.written]]])[2]", "\"lit\""),
        ("values(local.object)[0]", "\"in the object\""),
        ("tolist(local.list)[0]", "\"one\""),
        ("tomap(local.object)[\"a\"]", "\"in the object\""),
        ("tostring(local.written)", "\"lit\""),
        ("sensitive(local.written)", "\"lit\""),
        ("sort(local.list)[0]", "\"one\""),
        ("compact([\"\", local.written])[0]", "\"lit\""),
        ("zipmap([\"k\"], [local.written]).k", "\"lit\""),
    ];
    for (expression, expected) in rows {
        value_of(expression, |_, written, _| {
            assert_eq!(written.as_deref(), Some(expected), "{expression}");
        });
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn what_is_not_known_keeps_what_is_known_of_it() {
    let rows = [
        ("lower(var.x)", "Input var.x = lower(var.x)!"),
        (
            "format(\"%s-%s\", var.x, \"a\")",
            "Input var.x = format(\"%s-%s\",var.x,\"a\")!",
        ),
        (
            "lower(azurerm_subnet.s.id)",
            "Computed -> id = lower(azurerm_subnet.s.id)!",
        ),
        (
            "one(azurerm_subnet.s[*].id)",
            "Computed -> id = azurerm_subnet.s.id!",
        ),
        (
            "element(azurerm_subnet.many[*].id, 0)",
            "Computed -> id = azurerm_subnet.many[0].id!",
        ),
        (
            "join(\"\", [var.x, var.y])",
            "Input = join(\"\",[var.x,var.y])!",
        ),
        (
            "coalesce(var.x, \"d\")",
            "Input var.x = coalesce(var.x,\"d\")!",
        ),
        ("uuid()", "Nondeterministic!"),
        ("plantimestamp()", "Nondeterministic = plantimestamp()!"),
        (
            "startswith(var.x, \"a\")",
            "Input var.x = startswith(var.x,\"a\") in Bool(true)|Bool(false)!",
        ),
        (
            "tostring(var.b)",
            "Input var.b = tostring(var.b) in String(\"true\")|String(\"false\")!",
        ),
        (
            "upper(var.b)",
            "Input var.b = upper(var.b) in String(\"TRUE\")|String(\"FALSE\")!",
        ),
        ("length(tostring(var.b) == \"true\" ? \"aa\" : \"bb\")", "2"),
        (
            "element([\"a\", \"b\"], var.n)",
            "Input var.n = element([\"a\",\"b\"],var.n) in String(\"a\")|String(\"b\")!",
        ),
        ("element([\"a\", \"a\"], var.n)", "String(\"a\")"),
        (
            "lookup({ a = \"1\" }, var.x, \"2\")",
            "Input var.x in String(\"1\")|String(\"2\")!",
        ),
        (
            "file(\"../elsewhere\")",
            "Elsewhere = file(\"../elsewhere\")!",
        ),
        (
            "templatefile(\"t.tftpl\", { v = var.x })",
            "Input var.x = \"${var.x}!\"!",
        ),
        ("templatefile(\"t.tftpl\", { v = \"a\" })", "String(\"a!\")"),
        ("provider::aws::arn_parse(\"x\")", "Computed"),
        ("max([var.any]...)", "Input var.any = max(var.any)!"),
    ];
    for (expression, expected) in rows {
        value_of(expression, |value, _, _| {
            assert_eq!(told(&value), expected, "{expression}");
        });
    }
}

#[test]
fn an_attempt_that_may_fail_later_does_not_decide() {
    let rows = [
        ("try(var.any.b, \"d\")", "Input"),
        ("try(var.x, \"d\")", "Input var.x = var.x"),
        ("try(\"a\", var.any)", "String(\"a\")"),
        ("try(tobool(var.x), \"d\") == null", "Input"),
        ("can(var.any.b)", "Input var.any in Bool(true)|Bool(false)!"),
        ("can(var.any)", "Bool(true)"),
        (
            "can(cidrhost(var.x, 1))",
            "Input var.x in Bool(true)|Bool(false)!",
        ),
        ("can(local.object.zzz)", "Bool(false)"),
        (
            "try(can(var.any.b), false)",
            "Input var.any in Bool(true)|Bool(false)!",
        ),
    ];
    for (expression, expected) in rows {
        value_of(expression, |value, _, _| {
            assert!(
                told(&value).starts_with(expected),
                "{expression}: {}",
                told(&value)
            );
        });
    }
}

#[test]
fn a_merge_with_what_is_not_known_keeps_what_later_maps_say() {
    value_of(
        "merge({ a = \"1\", c = \"3\" }, var.map, { b = \"2\" })",
        |value, _, _| {
            let map = value.as_map().unwrap();
            assert!(map.open);
            assert_eq!(map.get("b").and_then(Value::as_str), Some("2"));
            let unknown = map.get("a").and_then(Value::as_unknown).unwrap();
            assert_eq!(unknown.why, Why::Input);
            assert_eq!(unknown.input.as_ref().unwrap().0.as_ref(), "var.map");
        },
    );
}

#[test]
fn work_is_bounded_and_told_of() {
    let rows = [
        "join(\"\", [local.large, local.large])",
        "format(\"%99999999d\", 1)",
        "indent(100000000, \"a\\nb\")",
        "setproduct(range(1000), range(1000))",
        "replace(local.ten, \"\", local.ten)",
        "split(\"\", local.large)",
    ];
    for expression in rows {
        value_of(expression, |value, _, notices| {
            let why = value.as_unknown().map(|unknown| unknown.why);
            assert_eq!(why, Some(Why::Limit), "{expression}");
            let limits = notices
                .iter()
                .filter(|(kind, _)| *kind == NoticeKind::Limit);
            assert_eq!(limits.count(), 1, "{expression}: {notices:?}");
        });
    }
}
