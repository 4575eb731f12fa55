//! What the reader accepts, what it refuses and where, against `jsonc-parser` as a second opinion.

use std::sync::Arc;

use jsonc_parser::ast::Value as Other;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use proptest::prelude::*;

use super::{Node, NodeKind, Tree, parse};
use crate::source::{Encoding, FileId, NoticeKind, RelPath, SourceFile};

fn tree(text: &str) -> Tree {
    let path = RelPath::new("a.json").unwrap();
    let file = SourceFile::new(FileId(3), path, text.to_owned(), Encoding::Utf8);
    parse(&Arc::new(file))
}

/// Everything a tree says, spans included, in one line.
fn render(node: Node<'_>) -> String {
    let span = node.span();
    let body = match node.kind() {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::Number(text) => text.to_owned(),
        NodeKind::String(text) => format!("{text:?}"),
        NodeKind::Array => {
            let items: Vec<_> = node.items().map(render).collect();
            format!("[{}]", items.join(","))
        }
        NodeKind::Object => {
            let members = node.members().map(|member| {
                let (key, at) = (member.key, member.key_span.range());
                format!("{key:?}@{at:?}:{}", render(member.value))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    };
    format!("{body}@{:?}", span.range())
}

fn render_other(value: &Other<'_>) -> String {
    use jsonc_parser::common::Ranged as _;
    let range = value.range();
    let body = match value {
        Other::NullKeyword(_) => "null".to_owned(),
        Other::BooleanLit(literal) => literal.value.to_string(),
        Other::NumberLit(literal) => literal.value.to_owned(),
        Other::StringLit(literal) => format!("{:?}", literal.value),
        Other::Array(array) => {
            let items: Vec<_> = array.elements.iter().map(render_other).collect();
            format!("[{}]", items.join(","))
        }
        Other::Object(object) => {
            let members = object.properties.iter().map(|member| {
                let at = member.name.range();
                let (key, at) = (member.name.as_str(), at.start..at.end);
                format!("{key:?}@{at:?}:{}", render_other(&member.value))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    };
    format!("{body}@{:?}", range.start..range.end)
}

/// What `jsonc-parser` makes of the text; `None` when it refuses.
fn second_opinion(text: &str) -> Option<String> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).ok()?;
    parsed.value.as_ref().map(render_other)
}

#[test]
fn what_is_json_is_read_as_the_second_parser_reads_it() {
    for text in [
        "null",
        " true ",
        "-0.5e+10",
        "[]",
        "{}",
        "[1, [2, {}], \"a\"]",
        "{\"a\": {\"b\": [true, false, null]}, \"c\": \"d\"}",
        "// head\n{ /* in */ \"a\" /* x */ : // y\n 1, /* tail */ }\n// end",
        "[1,\r\n\t2,\r\n]",
        "{\"multi\": \"line one\nline two\r\n\tthree\"}",
        r#""\u00e9\uD83D\uDD12 \"q\" \\ \/ \b\f\n\r\t""#,
        "{\"é\u{1F512}\": \"\u{1F512}\"}",
        "{\"a\":1,\"a\":2}",
    ] {
        let tree = tree(text);
        let ours = tree.root().map(render);
        assert!(ours.is_some(), "{text}: {:?}", tree.notices());
        assert_eq!(ours, second_opinion(text), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused_at_the_place() {
    for (text, at, message) in [
        ("", 0..0, "it is empty"),
        ("  // only\n", 10..10, "it is empty"),
        ("{\"a\": 1", 0..1, "the file ends before this is closed"),
        ("[1, [2", 4..5, "the file ends before this is closed"),
        ("{\"a\":", 5..5, "it ends where a value is expected"),
        ("{\"a", 1..2, "this string is never closed"),
        ("[1 2]", 3..4, "expected `,` or `]`, found `2`"),
        ("[,]", 1..2, "expected a value, found `,`"),
        ("[1,,2]", 3..4, "expected a value, found `,`"),
        (
            "{,}",
            1..2,
            "expected a property name in double quotes, found `,`",
        ),
        (
            "{a: 1}",
            1..2,
            "expected a property name in double quotes, found `a`",
        ),
        (
            "{'a': 1}",
            1..2,
            "expected a property name in double quotes, found `\\'`",
        ),
        (
            "{\"a\" 1}",
            5..6,
            "expected `:` after a property name, found `1`",
        ),
        (
            "{\"a\": \"\\d\"}",
            7..9,
            "this escape sequence does not exist",
        ),
        ("{\"a\": 01}", 6..8, "`01` is no number"),
        ("[1.]", 1..3, "`1.` is no number"),
        ("[.5]", 1..2, "expected a value, found `.`"),
        ("[-]", 1..2, "`-` is no number"),
        ("[1e]", 1..3, "`1e` is no number"),
        ("[0x1F]", 1..5, "`0x1F` is no number"),
        ("[nul]", 1..2, "expected a value, found `n`"),
        ("[NaN]", 1..2, "expected a value, found `N`"),
        ("[1] 2", 4..5, "expected the end of the file, found `2`"),
        ("[1]]", 3..4, "expected the end of the file, found `]`"),
        ("[1}", 2..3, "expected `,` or `]`, found `}`"),
        ("[1 /* x", 3..5, "this comment is never closed"),
        (
            "[1 / 2]",
            3..4,
            "expected a comment, `//` or `/*`, found `/`",
        ),
        (
            "[\"\u{1F512}\\\u{1F512}\"]",
            6..11,
            "this escape sequence does not exist",
        ),
    ] {
        let tree = tree(text);
        assert!(tree.root().is_none(), "{text}");
        let [notice] = tree.notices() else {
            panic!("{text}: one notice, not {:?}", tree.notices());
        };
        assert_eq!(notice.kind, NoticeKind::UnreadableInput);
        assert_eq!(
            notice.message,
            format!("This is not JSON: {message}."),
            "{text}"
        );
        assert_eq!(notice.span.unwrap().range(), at, "{text}");
    }
}

#[test]
fn depth_ends_in_a_notice_and_never_in_an_overflow() {
    let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(tree(&nest(512)).root().is_some());
    for text in [
        nest(513),
        nest(100_000),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
    ] {
        let tree = tree(&text);
        assert!(tree.root().is_none());
        assert!(tree.notices()[0].message.contains("more than 512 levels"));
    }
}

#[test]
fn colliding_names_are_reported_and_the_last_counts() {
    let text = r#"{"Name": 1, "other": 2, "n\u0061me": 3}"#;
    let tree = tree(text);
    let [notice] = tree.notices() else {
        panic!("{:?}", tree.notices());
    };
    assert_eq!(notice.kind, NoticeKind::InvalidConfiguration);
    assert_eq!(tree.file().slice(notice.span.unwrap()), r#""n\u0061me""#);
    let root = tree.root().unwrap();
    assert_eq!(root.get("NAME").unwrap().kind(), NodeKind::Number("3"));
    assert_eq!(root.members().count(), 3);
    assert!(root.get("none").is_none());
}

#[test]
fn many_collisions_in_a_large_object_are_cut_short() {
    let members: Vec<_> = (0..1000).map(|n| format!("\"k{}\": {n}", n % 10)).collect();
    let tree = tree(&format!("{{{}}}", members.join(",")));
    assert_eq!(tree.notices().len(), 65);
    assert_eq!(tree.notices()[64].kind, NoticeKind::Limit);
    assert_eq!(tree.root().unwrap().get("K3").unwrap().text(), "993");
}

#[test]
fn half_a_surrogate_pair_is_read_and_reported() {
    let tree = tree(r#"{"a": "x\uD83Dy"}"#);
    let value = tree.root().unwrap().get("a").unwrap();
    assert_eq!(value.as_str().unwrap(), "x\u{FFFD}y");
    assert_eq!(tree.notices().len(), 1);
    assert_eq!(
        tree.file().slice(tree.notices()[0].span.unwrap()),
        r"\uD83D"
    );
}

#[test]
fn unicode_white_space_separates() {
    assert!(tree("{\u{a0}\"a\":\u{a0}1\u{2003}}").root().is_some());
    assert!(tree("{\u{200b}}").root().is_none());
}

#[test]
fn nodes_and_parts_of_strings_are_found_by_place() {
    let tree = tree(r#"{"a": ["x", "[concat(\"p\", variables('v'))]"], "b": {}}"#);
    let root = tree.root().unwrap();
    let item = root.get("a").unwrap().items().nth(1).unwrap();
    let text = item.as_str().unwrap();
    let at = text.find("variables").unwrap();
    assert_eq!(
        tree.file().slice(item.string_span(at..at + 14)),
        "variables('v')"
    );
    for node in [root, item, root.get("b").unwrap()] {
        assert_eq!(tree.node_at(node.span()).unwrap().span(), node.span());
    }
    assert!(tree.node_at(item.string_span(0..3)).is_none());
    assert_eq!(root.items().count() + item.members().count(), 0);
}

#[test]
fn a_node_takes_24_bytes() {
    assert_eq!(size_of::<super::tree::Raw>(), 24);
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\"a\""),
        Just("\"a\": "),
        Just("\"B\": 1,"),
        Just("null"),
        Just("true"),
        Just("-1.5e3"),
        Just("0"),
        Just(" "),
        Just("\r\n"),
        Just("// c\n"),
        Just("/* c */"),
        Just("\"\\u00e9\""),
        Just("\"\u{1F512}\n\""),
        Just("\\"),
        Just("\""),
        Just("é"),
        Just("/"),
    ];
    fixed.prop_map(str::to_owned)
}

/// Text that is JSON, in every layout.
fn document() -> impl Strategy<Value = String> {
    let space = || {
        prop_oneof![
            Just(""),
            Just(" "),
            Just("\n\t"),
            Just("/* , */"),
            Just("// ]\r\n")
        ]
    };
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("false".to_owned()),
        Just("-12.5E+3".to_owned()),
        "\"[a-zé\n]{0,4}(\\\\[nt\"/\\\\]|\\\\u00[eE]9)?\"",
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let comma = |items: Vec<String>, trailing: bool| {
            let end = if trailing && !items.is_empty() {
                ","
            } else {
                ""
            };
            items.join(",") + end
        };
        let item = (space(), inner, space()).prop_map(|(a, b, c)| format!("{a}{b}{c}"));
        let member = ("\"[a-z]{1,3}\"", space(), item.clone())
            .prop_map(|(key, gap, value)| format!("{gap}{key}{gap}:{value}"));
        prop_oneof![
            (prop::collection::vec(item, 0..5), any::<bool>())
                .prop_map(move |(items, trailing)| format!("[{}]", comma(items, trailing))),
            (prop::collection::vec(member, 0..5), any::<bool>())
                .prop_map(move |(items, trailing)| format!("{{{}}}", comma(items, trailing))),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_read_as_the_second_parser_reads_it(text in document()) {
        let tree = tree(&text);
        prop_assert_eq!(tree.root().map(render), second_opinion(&text), "{}", text);
    }

    #[test]
    fn any_text_gives_a_tree_or_a_located_notice(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let tree = tree(&text);
        if let Some(root) = tree.root() {
                prop_assert_eq!(Some(render(root)), second_opinion(&text));
        } else {
                let span = tree.notices()[0].span.unwrap();
                prop_assert!(text.get(span.range()).is_some());
        }
    }
}
