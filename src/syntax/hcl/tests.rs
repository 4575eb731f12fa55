use std::fmt::Write;
use std::sync::Arc;

use super::{
    Block, Body, Expr, ExprKind, Item, Template, TemplatePart, Tree, parse, parse_expression,
    parse_template,
};
use crate::source::{Encoding, FileId, RelPath, SourceFile};

fn file(text: &str) -> Arc<SourceFile> {
    let path = RelPath::new("main.tf").unwrap();
    Arc::new(SourceFile::new(
        FileId(0),
        path,
        text.to_owned(),
        Encoding::Utf8,
    ))
}

fn read(text: &str) -> Tree {
    parse(&file(text))
}

/// The expression in a notation with every group in parentheses.
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn shape(expr: Expr<'_>) -> String {
    match expr.kind() {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(text) => text.to_owned(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Template(template) => format!("`{}`", parts(template)),
        ExprKind::Tuple(items) => format!("[{}]", shapes(items)),
        ExprKind::Object(items) => {
            let items: Vec<_> = items
                .map(|item| format!("{}={}", shape(item.key), shape(item.value)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        ExprKind::Variable(name) => name.to_owned(),
        ExprKind::GetAttr { object, name, .. } => format!("{}.{name}", shape(object)),
        ExprKind::Index { object, key } => format!("{}[{}]", shape(object), shape(key)),
        ExprKind::Splat { source, each } => format!("splat({}, {})", shape(source), shape(each)),
        ExprKind::SplatItem => "@".to_owned(),
        ExprKind::Call {
            name,
            args,
            expand_final,
            ..
        } => format!(
            "{name}({}{})",
            shapes(args),
            if expand_final { "..." } else { "" }
        ),
        ExprKind::For {
            object,
            key_var,
            value_var,
            collection,
            key,
            value,
            condition,
            grouping,
        } => format!(
            "for({object} {key_var:?} {value_var} {} {:?} {} {:?} {grouping})",
            shape(collection),
            key.map(shape),
            shape(value),
            condition.map(shape)
        ),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => format!(
            "({} ? {} : {})",
            shape(condition),
            shape(then),
            shape(otherwise)
        ),
        ExprKind::Binary { op, left, right } => {
            format!("({} {} {})", shape(left), op.as_str(), shape(right))
        }
        ExprKind::Unary { op, operand } => format!("{op:?}({})", shape(operand)),
        ExprKind::Paren(inner) => format!("<{}>", shape(inner)),
        ExprKind::Invalid => "invalid".to_owned(),
    }
}

fn shapes<'t>(exprs: impl Iterator<Item = Expr<'t>>) -> String {
    exprs.map(shape).collect::<Vec<_>>().join(", ")
}

fn parts(template: Template<'_>) -> String {
    let parts: Vec<_> = template
        .parts()
        .map(|part| match part {
            TemplatePart::Literal(text, _) => format!("{text:?}"),
            TemplatePart::Interpolation(expr) => format!("${{{}}}", shape(expr)),
            TemplatePart::If {
                condition,
                then,
                otherwise,
            } => format!(
                "if({} {} {:?})",
                shape(condition),
                parts(then),
                otherwise.map(parts)
            ),
            TemplatePart::For {
                key_var,
                value_var,
                collection,
                body,
            } => format!(
                "for({key_var:?} {value_var} {} {})",
                shape(collection),
                parts(body)
            ),
        })
        .collect();
    parts.join(" ")
}

/// The text of a template where every interpolation is `value`, conditions hold and loops run twice.
fn render(template: Template<'_>, value: &str) -> String {
    template
        .parts()
        .map(|part| match part {
            TemplatePart::Literal(text, _) => text.into_owned(),
            TemplatePart::Interpolation(_) => value.to_owned(),
            TemplatePart::If { then, .. } => render(then, value),
            TemplatePart::For { body, .. } => render(body, value).repeat(2),
        })
        .collect()
}

/// The body as nested lists of names, with what each value is.
fn outline(body: Body<'_>) -> String {
    let mut out = String::new();
    for item in body.items() {
        match item {
            Item::Attribute(attribute) => {
                let _ = write!(out, "{}={}; ", attribute.name(), shape(attribute.value()));
            }
            Item::Block(block) => {
                let _ = write!(out, "{}", block.kind());
                for label in block.labels() {
                    let _ = write!(out, " {:?}", label.text);
                }
                let _ = write!(out, " {{ {}}} ", outline(block.body()));
            }
        }
    }
    out
}

fn check(expression: &str, expected: &str) {
    let tree = parse_expression(&file(expression));
    assert_eq!(shape(tree.expression()), expected, "{expression}");
    let good = !expected.contains("invalid");
    assert_eq!(tree.notices().is_empty(), good, "{:?}", tree.notices());
}

#[test]
fn expressions_group_as_terraform_groups_them() {
    let rows = [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("a - b - c", "((a - b) - c)"),
        ("!a && b || c == d", "((Not(a) && b) || (c == d))"),
        ("-a.b * 2", "(Negate(a.b) * 2)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("(a\n+ b)", "<(a + b)>"),
        ("a.b[0].c[\"d\"]", "a.b[0].c[\"d\"]"),
        ("a.0.b", "a[0].b"),
        ("a.*.b.0[1]", "splat(a, @.b[0])[1]"),
        ("a[*].b[0][*].c", "splat(a, splat(@.b[0], @.c))"),
        ("f(a, b...)", "f(a, b...)"),
        ("f(\n a,\n)", "f(a)"),
        ("provider::x::y(1)", "provider::x::y(1)"),
        ("[1, 2,]", "[1, 2]"),
        ("[a\n[0]]", "[a[0]]"),
        (
            "{ a = 1, b : 2\n (c) = 3\n \"d${e}\" = 4 }",
            "{\"a\"=1, \"b\"=2, <c>=3, `\"d\" ${e}`=4}",
        ),
        ("{ a = 1, a = 2 }", "{\"a\"=1, \"a\"=2}"),
        (
            "{ null = null, true = true }",
            "{\"null\"=null, \"true\"=true}",
        ),
        (
            "[for x in y : x.z if x.w]",
            "for(false None x y None x.z Some(\"x.w\") false)",
        ),
        (
            "{ for k, v in y :\n k => v ?\n 1 : 2...\n}",
            "for(true Some(\"k\") v y Some(\"k\") (v ? 1 : 2) None true)",
        ),
        ("1.5e-3", "1.5e-3"),
        ("a.b-c", "a.b-c"),
        ("a /* b */ + # c\n d", "(a + d)"),
        ("größe.é", "größe.é"),
    ];
    for (expression, expected) in rows {
        check(expression, expected);
    }
}

#[test]
fn what_terraform_refuses_is_invalid() {
    for expression in [
        "1.2.3",
        "10.0.0.1/32",
        "b.0.1",
        "[1 2]",
        "f(x...,)",
        "\"a",
        "\"a\nb\"",
        "{ for = 1 }",
        "a.",
        "(a",
        "",
        "a b",
        "\"\\q\"",
        "<<EOF",
        "<<EOF\nx",
        "\"${a\"",
        "\"%{ if a }\"",
        "\"%{ endif }\"",
        "a\u{a0}b",
        "{ a =\n 1 }",
        "\"%{ for x in y }%{ else }%{ endfor }\"",
    ] {
        let tree = parse_expression(&file(expression));
        assert!(!tree.notices().is_empty(), "{expression}");
        assert_eq!(shape(tree.expression()), "invalid", "{expression}");
    }
}

#[test]
fn what_terraform_refuses_is_told_and_read_all_the_same() {
    let rows = [
        ("a = 1 /* b", "a=1; "),
        ("/* a = 1\n", ""),
        ("a { b = 1\n}\n", "a { b=1; } "),
        ("a { b = 1 # c\n}\n", "a { b=1; } "),
        ("a { b = <<E\nE\n}\n", "a { b=\"\"; } "),
        ("a = \"b\rc\"\n", "a=\"b\\rc\"; "),
    ];
    for (text, expected) in rows {
        let tree = read(text);
        assert_eq!(outline(tree.body()), expected, "{text:?}");
        assert_eq!(tree.notices().len(), 1, "{text:?}: {:?}", tree.notices());
    }
}

#[test]
fn strings_and_templates_are_decoded() {
    let rows = [
        (r#""a\tb $${c} %%{d} \u00e9""#, r#""a\tb ${c} %{d} é""#),
        (r#""${a}""#, "`${a}`"),
        (r#""x ${~ a ~} y""#, r#"`"x" ${a} "y"`"#),
        (r#""x\n ${~ a }""#, r#"`"x" ${a}`"#),
        (
            r#""%{ if a }b%{ else }c%{ endif }""#,
            r#"`if(a "b" Some("\"c\""))`"#,
        ),
        (
            r#""%{ for k, v in a ~} ${v}%{ endfor }""#,
            r#"`for(Some("k") v a "" ${v})`"#,
        ),
        (r#""${"${a}"}""#, "`${`${a}`}`"),
        ("<<E\na\n  b\nE\n", r#""a\n  b\n""#),
        ("<<-E\n    a\n\n      b\n    E\n", r#""a\n\n  b\n""#),
        ("<<-E\n  ${a}\n    b\n  E\n", r#"`"" ${a} "\n" "  b\n"`"#),
        ("<<E\n\\n \"$${x}\nE x\nE\n", r#""\\n \"${x}\nE x\n""#),
        ("<<E\nE\n", r#""""#),
        ("<<E\r\na\r\nE\r\n", r#""a\r\n""#),
        (
            "<<E\na\n\n  ${~ b ~}\nc\nE\n",
            r#"`"a\n" "\n" "" ${b} "" "c\n"`"#,
        ),
    ];
    for (expression, expected) in rows {
        check(expression, expected);
    }
}

#[test]
fn templates_render_as_terraform_renders_them() {
    let rows = [
        (r#""$$${~ x}""#, "$${~ x}"),
        ("\"x\\n ${~ x }\"", "xB"),
        ("<<E\na\n\n  ${~ x ~}\nc\nE\n", "a\n\nBc\n"),
        ("<<-E\n  ${x}\n    b\n  E\n", "B\n  b\n"),
        (
            "<<-E\n    %{ for x in l ~}\n    - ${x}\n    %{ endfor ~}\n    end\n  E\n",
            "    - B\n    - B\n    end\n",
        ),
        (
            "<<-E\n    %{ if t }\n    yes\n      %{ else }\n    no\n    %{ endif }\n\ttab\n  E\n",
            "   \n   yes\n     \ntab\n",
        ),
        (r#""a%{~ if t ~} b %{~ else ~} c %{~ endif ~} d""#, "abd"),
        ("<<-E\r\n    a\r\n      b\r\n  E\r\n", "a\r\n  b\r\n"),
    ];
    for (text, expected) in rows {
        let tree = parse_expression(&file(text));
        let rendered = match tree.expression().kind() {
            ExprKind::Template(template) => render(template, "B"),
            ExprKind::String(text) => text.into_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(rendered, expected, "{text}");
    }
}

#[test]
fn a_sole_interpolation_is_told_from_a_string() {
    let sole = |text: &str| {
        let tree = parse_expression(&file(text));
        match tree.expression().kind() {
            ExprKind::Template(template) => template.sole_interpolation().map(shape),
            _ => None,
        }
    };
    assert_eq!(sole(r#""${a.b}""#).as_deref(), Some("a.b"));
    assert_eq!(sole(r#""${a.b} ""#), None);
    assert_eq!(sole("<<E\n${a}\nE\n"), None);
    let tree = parse_template(&file("a\n${b}\n"));
    assert_eq!(parts(tree.template()), r#""a\n" ${b} "\n""#);
    let tree = parse_template(&file("a\\n\n\n  ${~ b ~}\n\n  c $${b} \"q\"\n"));
    assert_eq!(render(tree.template(), "B"), "a\\n\n\nB\n  c ${b} \"q\"\n");
    assert_eq!(
        parts(parse_template(&file("a ${")).template()),
        "${invalid}"
    );
}

#[test]
fn bodies_hold_attributes_and_blocks() {
    let tree = read(
        "a = 1 # c\nresource \"x\" y {\n  b {}\n  c { d = [\n 1 ] }\n e = <<E\nE\n}\nz=a // z\n",
    );
    assert_eq!(
        outline(tree.body()),
        "a=1; resource \"x\" \"y\" { b { } c { d=[1]; } e=\"\"; } z=a; "
    );
    assert_eq!(tree.notices(), []);
}

#[test]
fn a_broken_line_loses_only_itself() {
    let rows = [
        ("a = 1\nb = = 2\nc = 3\n", "a=1; b=invalid; c=3; ", 1),
        ("a = [\n  1,\n  = ,\n]\nc = 3\n", "a=invalid; c=3; ", 1),
        (
            "x {\n a = [1, 2\n b = 3\n}\nc = 3\n",
            "x { a=invalid; b=3; } c=3; ",
            1,
        ),
        ("x {\n a = \"b\n c = 1\n}\n", "x { a=invalid; c=1; } ", 1),
        ("!!!\na = 1\n", "a=1; ", 1),
        ("}\na = 1\n", "a=1; ", 1),
        ("a = 1\na = 2\n", "a=1; a=2; ", 1),
        ("x \"${a}\" {\n b = 1\n}\nc = 1\n", "c=1; ", 1),
        ("x { a = 1 b = 2 }\nc = 1\n", "x { a=invalid; } c=1; ", 1),
        ("x {\n a = 1 }\n", "x { a=1; } ", 1),
        ("x { y {} }\n", "x { y { } } ", 2),
        (
            "resource \"a\" \"b\" {\n  c {\n  d = 1\n}\nresource \"e\" \"f\" {\n  g = 1\n}\n",
            "resource \"a\" \"b\" { c { d=1; } } resource \"e\" \"f\" { g=1; } ",
            1,
        ),
    ];
    for (text, expected, notices) in rows {
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let tree = read(&text);
            assert_eq!(outline(tree.body()), expected, "{text}");
            assert_eq!(tree.notices().len(), notices, "{text} {:?}", tree.notices());
        }
    }
}

#[test]
fn spans_are_the_written_text() {
    let text = "resource \"x\" \"y\" {\r\n  a = \"é\" # c\r\n  b { c = f(1)[0].d }\r\n}\r\n";
    let tree = read(text);
    let slice = |span| tree.file().slice(span);
    let block: Block<'_> = tree.body().blocks().next().unwrap();
    assert_eq!(slice(block.header_span()), "resource \"x\" \"y\"");
    assert_eq!(slice(block.span()), text.trim_end());
    assert_eq!(&text[block.open_brace() as usize..][..1], "{");
    assert_eq!(&text[block.close_brace() as usize..][..1], "}");
    let a = block.body().attribute("a").unwrap();
    assert_eq!(slice(a.span()), "a = \"é\"");
    assert_eq!(slice(a.value().span()), "\"é\"");
    let c = block.body().blocks_of("b").next().unwrap().body();
    assert_eq!(slice(c.span()), " c = f(1)[0].d ");
    let value = c.attribute("c").unwrap().value();
    assert_eq!(slice(value.span()), "f(1)[0].d");
    let ExprKind::GetAttr {
        object, name_span, ..
    } = value.kind()
    else {
        unreachable!("it ends in a name")
    };
    assert_eq!((slice(object.span()), slice(name_span)), ("f(1)[0]", "d"));
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    for unit in [
        "[",
        "(",
        "{a=",
        "!",
        "-",
        "a?",
        "a?b:",
        "f(",
        "a[",
        "a+(",
        "\"${",
        "[*]",
        "a{\n",
        "[for x in ",
        "<<E\n",
        "\"%{if a}",
        "a.b.",
        "a+",
        "a[0]",
        "a[*].b",
        "a{",
        "}",
        "]",
        "<<-E\n${",
    ] {
        let text = format!("a = {}\nb = 1\n", unit.repeat(100_000));
        let tree = read(&text);
        assert!(tree.notices().len() <= 20, "{unit}");
        assert!(!tree.notices().is_empty(), "{unit}");
        let _ = outline(tree.body());
        let tree = read(&unit.repeat(100_000));
        assert!(!tree.notices().is_empty(), "{unit}");
        let _ = outline(tree.body());
    }
}
