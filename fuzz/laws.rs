//! What must hold whatever the input is. The fuzz targets and `tests/roundtrip.rs` share these laws.

use std::collections::BTreeSet;
use std::sync::Arc;

use iac_remediate::check;
use iac_remediate::edit::Applicability;
use iac_remediate::finding::{Finding, FindingKey, State, UnitId};
use iac_remediate::lang::{Cache, EditAt, UnitOptions, units};
use iac_remediate::model::{Estate, Kind};
use iac_remediate::remediate::{Bench, Fixed, fixpoint};
use iac_remediate::rule::{Catalog, Rule};
use iac_remediate::source::{Encoding, FileId, MemoryTree, RelPath, SourceFile, SourceTree, Span};
use iac_remediate::syntax::{hcl, json, second_parser_accepts};

/// Reading a Terraform file never fails, and all that it gives lies in the text, inside what is around it.
pub(crate) fn parse_hcl(text: &str) {
    let file = file("main.tf", text);
    let tree = hcl::parse(&file);
    for notice in tree.notices() {
        assert_within(notice.span, file.span(), text);
    }
    body(tree.body(), file.span(), text);
}

fn body(body: hcl::Body<'_>, around: Span, text: &str) {
    assert_within(Some(body.span()), around, text);
    let mut end = around.start;
    for item in body.items() {
        let span = item.span();
        assert_within(Some(span), body.span(), text);
        assert!(span.start >= end, "items stand one after the other");
        end = span.end;
        match item {
            hcl::Item::Attribute(attribute) => {
                assert_within(Some(attribute.name_span()), span, text);
                expression(attribute.value(), span, text);
            }
            hcl::Item::Block(block) => self::body(block.body(), span, text),
        }
    }
}

/// Every expression lies in the one around it. The item of a splat has no text of its own.
fn expression(expr: hcl::Expr<'_>, around: Span, text: &str) {
    use hcl::ExprKind as Kind;
    let span = expr.span();
    assert_within(Some(span), around, text);
    let mut inner: Vec<hcl::Expr<'_>> = Vec::new();
    match expr.kind() {
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Variable(_)
        | Kind::SplatItem
        | Kind::Invalid => {}
        Kind::Template(template) => self::template(template, span, text),
        Kind::Tuple(items) => inner.extend(items),
        Kind::Object(items) => inner.extend(items.flat_map(|item| [item.key, item.value])),
        Kind::GetAttr {
            object, name_span, ..
        } => {
            assert_within(Some(name_span), span, text);
            inner.push(object);
        }
        Kind::Index { object, key } => inner.extend([object, key]),
        Kind::Splat { source, .. } => inner.push(source),
        Kind::Call { args, .. } => inner.extend(args),
        Kind::For {
            collection,
            key,
            value,
            condition,
            ..
        } => {
            inner.extend(
                [Some(collection), key, Some(value), condition]
                    .into_iter()
                    .flatten(),
            );
        }
        Kind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            inner.extend([condition, then, otherwise]);
        }
        Kind::Binary { left, right, .. } => inner.extend([left, right]),
        Kind::Unary { operand, .. } => inner.push(operand),
        Kind::Paren(only) => inner.push(only),
    }
    for one in inner {
        expression(one, span, text);
    }
}

fn template(template: hcl::Template<'_>, around: Span, text: &str) {
    use hcl::TemplatePart as Part;
    for part in template.parts() {
        match part {
            Part::Literal(_, span) => assert_within(Some(span), around, text),
            Part::Interpolation(expr) => expression(expr, around, text),
            Part::If {
                condition,
                then,
                otherwise,
            } => {
                expression(condition, around, text);
                self::template(then, around, text);
                if let Some(otherwise) = otherwise {
                    self::template(otherwise, around, text);
                }
            }
            Part::For {
                collection, body, ..
            } => {
                expression(collection, around, text);
                self::template(body, around, text);
            }
        }
    }
}

/// Reading a template never fails, and all that it gives lies in the text, inside what is around it.
pub(crate) fn parse_arm(text: &str) {
    let file = file("main.json", text);
    let tree = json::parse(&file);
    for notice in tree.notices() {
        assert_within(notice.span, file.span(), text);
    }
    if let Some(root) = tree.root() {
        node(root, file.span(), text);
    } else {
        assert!(!tree.notices().is_empty(), "what is not read is told");
    }
}

fn node(node: json::Node<'_>, around: Span, text: &str) {
    assert_within(Some(node.span()), around, text);
    for inner in node
        .items()
        .chain(node.members().map(|member| member.value))
    {
        self::node(inner, node.span(), text);
    }
}

fn assert_within(span: Option<Span>, around: Span, text: &str) {
    let Some(span) = span else { return };
    assert!(text.get(span.range()).is_some(), "{span:?} is of this text");
    assert!(
        span.start >= around.start && span.end <= around.end,
        "{span:?} in {around:?}"
    );
}

/// Fixing never fails; what was fixed is read no worse than before; a second fix changes nothing.
pub(crate) fn fix_validity(catalog: &Catalog, name: &str, text: &str) -> String {
    let once = fix(catalog, name, text);
    let path = RelPath::new(name).expect("a path");
    let Some(after) = once.texts.get(&path) else {
        return text.to_owned();
    };
    assert_ne!(text, after, "a text is only written when it changes");
    let faults = |text: &str| {
        if name == "main.tf" || name == "cases.tf" {
            hcl::parse(&file(name, text)).notices().len()
        } else {
            json::parse(&file(name, text)).notices().len()
        }
    };
    assert!(
        faults(after) <= faults(text),
        "a fix breaks no syntax:\n{after}"
    );
    if second_parser_accepts(&path, text) {
        assert!(
            second_parser_accepts(&path, after),
            "no other parser minds:\n{after}"
        );
    }
    let twice = fix(catalog, name, after);
    assert!(
        twice.texts.is_empty(),
        "a second fix changes nothing:\n{:?}",
        twice.texts
    );
    let (before, now) = (open(catalog, name, text), open(catalog, name, after));
    let new: Vec<&FindingKey> = now.difference(&before).collect();
    assert!(new.is_empty(), "no finding comes: {new:?}\n{after}");
    let taken = once.taken.iter().map(|finding| &finding.key);
    let left: Vec<&FindingKey> = taken.filter(|key| now.contains(*key)).collect();
    assert!(left.is_empty(), "what was fixed is gone: {left:?}\n{after}");
    after.clone()
}

/// The findings that are open.
fn open(catalog: &Catalog, name: &str, text: &str) -> BTreeSet<FindingKey> {
    let tree = MemoryTree::new([(name, text)]);
    judged(catalog, name, &tree, |bench| {
        let all = bench.units.iter().zip(0..).map(|(_, id)| UnitId(id));
        let findings = all.flat_map(|unit| bench.judge(unit, &tree).findings);
        let open = findings.filter(|finding| finding.state == State::Open);
        open.map(|finding| finding.key).collect()
    })
}

/// All fixes of all rules, on one file that is a workspace of its own.
fn fix(catalog: &Catalog, name: &str, text: &str) -> Fixed {
    let tree = MemoryTree::new([(name, text)]);
    judged(catalog, name, &tree, |bench| {
        let wanted = |_: &Finding, _: &dyn SourceTree| true;
        fixpoint(bench, &tree, Applicability::Unsafe, &check::merge, &wanted)
    })
}

/// Hands over what judges a workspace of one file by all rules.
fn judged<T>(
    catalog: &Catalog,
    name: &str,
    tree: &MemoryTree,
    body: impl FnOnce(&Bench<'_>) -> T,
) -> T {
    let cache = Cache::default();
    let paths = [RelPath::new(name).expect("a path")];
    let (units, _) = units(&paths, &UnitOptions::default(), tree, &cache);
    let everything: Vec<String> = catalog
        .entries()
        .iter()
        .map(|it| it.id.to_string())
        .collect();
    let selection = catalog.select(&everything, &[], &[]).expect("rules");
    let judge = |unit: UnitId, estate: &Estate, _: &dyn SourceTree| {
        let rules = |kind: &str| -> Vec<Arc<Rule>> {
            catalog.rules_for(&Kind::new(kind), &selection).collect()
        };
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &units[unit.0 as usize].root, estate, &bar)
    };
    body(&Bench {
        units: &units,
        cache: &cache,
        at: EditAt::Nearest,
        judge: &judge,
    })
}

fn file(name: &str, text: &str) -> Arc<SourceFile> {
    let path = RelPath::new(name).expect("a path");
    Arc::new(SourceFile::new(
        FileId(0),
        path,
        text.to_owned(),
        Encoding::Utf8,
    ))
}
