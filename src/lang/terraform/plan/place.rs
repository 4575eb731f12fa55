//! Finding an expression by its place.

use crate::lang::planning::collection::Container;
use crate::source::Span;
use crate::syntax::hcl::{Body, Expr, ExprKind, Item, TemplatePart, Tree};

/// An expression and what stands between it and the argument that holds it.
#[derive(Clone, Copy, Debug)]
pub(in crate::lang::terraform) struct Site<'t> {
    /// The expression, parentheses around it left aside.
    pub(in crate::lang::terraform) expr: Expr<'t>,
    /// Whether nothing was lost of the blocks around it.
    pub(super) is_whole: bool,
    /// The conditional expression of which it is a part.
    pub(super) chosen_by: Option<Expr<'t>>,
    /// Whether a `for` repeats it.
    pub(super) repeated: bool,
}

/// The expression at `span`.
pub(in crate::lang::terraform) fn find(tree: &Tree, span: Span) -> Option<Site<'_>> {
    let (value, is_whole) = argument(tree.body(), span)?;
    let mut site = Site {
        expr: value,
        is_whole,
        chosen_by: None,
        repeated: false,
    };
    loop {
        if site.expr.span() == span {
            site.expr = site.expr.inner();
            return Some(site);
        }
        match site.expr.kind() {
            ExprKind::Conditional { .. } => site.chosen_by = site.chosen_by.or(Some(site.expr)),
            ExprKind::For { .. } => site.repeated = true,
            _ => {}
        }
        let mut inner = children(site.expr).into_iter();
        site.expr = inner.find(|child| child.span().contains(span))?;
    }
}

/// The lists and objects around `span` that are written out, the outermost first.
pub(super) fn containers(tree: &Tree, span: Span) -> Vec<Container> {
    let mut found = Vec::new();
    let mut next = argument(tree.body(), span).map(|(value, _)| value);
    while let Some(expr) = next {
        let items: Vec<Span> = match expr.kind() {
            ExprKind::Tuple(items) => items.map(Expr::span).collect(),
            ExprKind::Object(items) => items.map(|item| item.span).collect(),
            _ => Vec::new(),
        };
        if !items.is_empty() {
            let span = expr.span();
            found.push(Container { span, items });
        }
        let mut inner = children(expr).into_iter();
        next = inner.find(|child| child.span() != span && child.span().contains(span));
    }
    found
}

/// The value of the innermost argument around `span`, and whether all blocks around it were read whole.
fn argument(body: Body<'_>, span: Span) -> Option<(Expr<'_>, bool)> {
    let item = body.items().find(|item| item.span().contains(span))?;
    match item {
        Item::Attribute(attribute) => {
            let value = Some(attribute.value()).filter(|value| value.span().contains(span));
            value.map(|value| (value, true))
        }
        Item::Block(block) => {
            let (value, is_whole) = argument(block.body(), span)?;
            Some((value, is_whole && block.is_whole()))
        }
    }
}

/// The expressions that one is made from, in source order.
fn children(expr: Expr<'_>) -> Vec<Expr<'_>> {
    match expr.kind() {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem
        | ExprKind::Invalid => Vec::new(),
        ExprKind::Template(template) => {
            let parts = template.parts().filter_map(|part| match part {
                TemplatePart::Interpolation(expr) => Some(expr),
                // What a directive repeats or chooses is text, which is not taken apart.
                TemplatePart::Literal(..) | TemplatePart::If { .. } | TemplatePart::For { .. } => {
                    None
                }
            });
            parts.collect()
        }
        ExprKind::Tuple(items) => items.collect(),
        ExprKind::Object(items) => items.flat_map(|item| [item.key, item.value]).collect(),
        ExprKind::GetAttr { object, .. } => vec![object],
        ExprKind::Index { object, key } => vec![object, key],
        ExprKind::Splat { source, each } => vec![source, each],
        ExprKind::Call { args, .. } => args.collect(),
        ExprKind::For {
            collection,
            key,
            value,
            condition,
            ..
        } => [Some(collection), key, Some(value), condition]
            .into_iter()
            .flatten()
            .collect(),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => vec![condition, then, otherwise],
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Unary { operand, .. } => vec![operand],
        ExprKind::Paren(inner) => vec![inner],
    }
}

/// Returns `true` for a value that is written out: a scalar, a list or an object.
pub(super) fn is_literal(expr: Expr<'_>) -> bool {
    match expr.inner().kind() {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Tuple(_)
        | ExprKind::Object(_) => true,
        ExprKind::Unary { operand, .. } => {
            matches!(operand.inner().kind(), ExprKind::Number(_))
        }
        _ => false,
    }
}

/// The text of a scalar that is written out, as it would be as a string.
pub(super) fn scalar(expr: Expr<'_>) -> Option<String> {
    match expr.inner().kind() {
        ExprKind::Bool(value) => Some(value.to_string()),
        ExprKind::Number(text) => Some(text.to_owned()),
        ExprKind::String(text) => Some(text.into_owned()),
        ExprKind::Unary { .. } if is_literal(expr) => Some(expr.inner().text().to_owned()),
        _ => None,
    }
}
