//! Arrays and objects of JSON texts as what can be spliced.

use super::collection;
use super::layout::{Spelled, Syntax};
use super::splice::{Child, Container, Splice, replacement};
use super::trivia;
use crate::edit::Edit;
use crate::source::{SourceFile, Span};
use crate::syntax::json::{Member, Node, Tree};

/// The edits that carry out `splice` on `container`.
pub(in crate::lang) fn splice(tree: &Tree, container: Node<'_>, splice: &Splice) -> Vec<Edit> {
    let container = Container {
        file: tree.file(),
        span: container.span(),
        children: children(tree.file(), container),
        unit: unit(tree, container),
        syntax: Syntax::Json,
        members: container.is_object(),
    };
    container.splice(splice)
}

/// The edit that writes `value` in place of `node`.
pub(in crate::lang) fn replace(tree: &Tree, node: Node<'_>, value: &Spelled) -> Edit {
    let (file, span) = (tree.file(), node.span());
    let unit = match value {
        // A token has no lines to be indented, and looking for the unit walks through the text.
        Spelled::Token(_) => String::new(),
        Spelled::Array(_) | Spelled::Object(_) => unit(tree, node),
    };
    Edit {
        span,
        text: replacement(file, span, value, &unit, Syntax::Json),
    }
}

/// The arrays and objects around `span`, the outermost first.
pub(in crate::lang) fn containers(tree: &Tree, span: Span) -> Vec<collection::Container> {
    let mut found = Vec::new();
    let mut next = tree.root();
    while let Some(node) = next.filter(|node| node.span() != span) {
        let members = node.members().map(|it| it.key_span.join(it.value.span()));
        let items = members.chain(node.items().map(Node::span));
        found.push(collection::Container {
            span: node.span(),
            items: items.collect(),
        });
        let inside = node
            .members()
            .map(|member| member.value)
            .chain(node.items());
        next = inside.into_iter().find(|inner| inner.span().contains(span));
    }
    found
}

fn children(file: &SourceFile, container: Node<'_>) -> Vec<Child> {
    let colon = |member: &Member<'_>| {
        let between = member.key_span.end as usize..member.value.span().start as usize;
        let between = file.text.get(between).unwrap_or_default();
        (between.trim_matches([' ', '\t']) == ":").then(|| between.to_owned())
    };
    let members = container.members().map(|member| Child {
        start: member.key_span.start as usize,
        end: member.value.span().end as usize,
        colon: colon(&member),
    });
    let items = container.items().map(|item| Child {
        start: item.span().start as usize,
        end: item.span().end as usize,
        colon: item.members().next().as_ref().and_then(colon),
    });
    members.chain(items).collect()
}

/// What one level of nesting adds to the indentation, read from the innermost level that shows it: that
/// of `innermost` or one around it, then from anywhere in the text.
fn unit(tree: &Tree, innermost: Node<'_>) -> String {
    let (file, at) = (tree.file(), innermost.span());
    if let Some(own) = step(file, innermost) {
        return own.to_owned();
    }
    let mut found = None;
    let mut next = tree.root();
    while let Some(node) = next {
        found = step(file, node).or(found);
        next = children_of(node)
            .find(|child| child.span().contains(at) && child.span() != node.span());
    }
    let first = || {
        let mut open: Vec<_> = tree.root().into_iter().collect();
        while let Some(node) = open.pop() {
            if let Some(unit) = step(file, node) {
                return Some(unit);
            }
            open.extend(children_of(node));
        }
        None
    };
    found.or_else(first).unwrap_or("  ").to_owned()
}

fn children_of(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    // Asking an array for its members would look through all its items, and so the other way round.
    let members = node.is_object().then(|| node.members().map(|it| it.value));
    let items = node.is_array().then(|| node.items());
    members
        .into_iter()
        .flatten()
        .chain(items.into_iter().flatten())
}

/// By how much the first child that begins a line is indented against the line of `node`.
fn step<'f>(file: &'f SourceFile, node: Node<'_>) -> Option<&'f str> {
    let outer = trivia::indent(file, node.span().start);
    let begins_line = |start: &u32| trivia::begins_line(file, *start);
    let child = if node.is_object() {
        let mut members = node.members().map(|member| member.key_span.start);
        members.find(begins_line)?
    } else {
        node.items()
            .map(|item| item.span().start)
            .find(begins_line)?
    };
    let unit = trivia::indent(file, child).strip_prefix(outer)?;
    (!unit.is_empty()).then_some(unit)
}
