use std::sync::Arc;

use super::evaluation::{Evaluation, Fault, Outcome};
use super::primitive::{Maybe, text_of};
use super::unknowns::term_of;
use crate::lang::terraform::convert::nfc;
use crate::lang::terraform::scope::{Scope, Written};
use crate::lang::terraform::section::Expression;
use crate::model::{Data, Entry, Hop, Number, Origin, Unknown, Value, Via, Why};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind, ObjectItem};
use crate::syntax::json::{Node, NodeKind};

impl<'t> Evaluation<'t> {
    /// The value of an expression in either syntax.
    pub(in crate::lang::terraform) fn expression(
        &mut self,
        expression: Expression<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        match expression {
            Expression::Hcl(expr) => self.expr(expr, scope),
            Expression::Plain(node) => self.plain(node, scope),
            Expression::Json(text, node) => {
                let template = text.templates.get(&node.span().start);
                match (node.kind(), template) {
                    (NodeKind::String(_), Some(tree)) => {
                        let scope = Scope {
                            written: Written::JsonString(node.span()),
                            ..*scope
                        };
                        self.template(tree.template(), &scope)
                    }
                    (NodeKind::Array, _) => {
                        let items = node.items().map(|item| Expression::Json(text, item));
                        self.tuple(items.collect(), node.span(), scope)
                    }
                    (NodeKind::Object, _) => self.json_object(expression, scope),
                    _ => self.plain(node, scope),
                }
            }
        }
    }

    /// The value of an expression of the native syntax.
    pub(in crate::lang::terraform) fn expr(
        &mut self,
        expr: Expr<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        if !self.enter() {
            let span = self.span(expr, scope);
            return Ok(self.unknown_at(Unknown::because(Why::Limit), span));
        }
        let outcome = self.kind(expr, scope);
        self.leave();
        outcome
    }

    fn kind(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        match expr.kind() {
            ExprKind::Null => Ok(self.literal(Data::Null, expr, scope)),
            ExprKind::Bool(value) => Ok(self.literal(Data::Bool(value), expr, scope)),
            ExprKind::Number(text) => self.number(text, expr, scope),
            ExprKind::String(text) => Ok(self.literal(Data::String(nfc(&text)), expr, scope)),
            ExprKind::Template(template) => self.template(template, scope),
            ExprKind::Tuple(items) => {
                let items = items.map(Expression::Hcl).collect();
                self.tuple(items, self.span(expr, scope), scope)
            }
            ExprKind::Object(items) => self.object(items.collect(), expr, scope),
            ExprKind::Variable(_)
            | ExprKind::GetAttr { .. }
            | ExprKind::Index { .. }
            | ExprKind::SplatItem => self.traversal(expr, scope),
            ExprKind::Splat { source, each } => self.splat(source, each, expr, scope),
            ExprKind::Call { .. } => self.call(expr, scope),
            ExprKind::For { .. } => self.for_expression(expr, scope),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, (then, otherwise), expr, scope),
            ExprKind::Binary { op, left, right } => self.binary(op, (left, right), expr, scope),
            ExprKind::Unary { op, operand } => self.unary(op, operand, expr, scope),
            ExprKind::Paren(inner) => self.expr(inner, scope),
            // The parser has told of it.
            ExprKind::Invalid => {
                let span = self.span(expr, scope);
                Ok(self.unknown_at(Unknown::because(Why::Invalid), span))
            }
        }
    }

    /// Where `expr` stands: inside a JSON string, the whole string.
    #[expect(clippy::unused_self, reason = "reads as a question to the evaluation")]
    pub(super) fn span(&self, expr: Expr<'_>, scope: &Scope<'_>) -> Span {
        place(expr.span(), scope)
    }

    /// The origin of something written at `span`.
    pub(in crate::lang::terraform) fn written_origin(
        &mut self,
        span: Span,
        scope: &Scope<'_>,
    ) -> Origin {
        let (span, via) = match scope.written {
            Written::Configuration => (Some(span), Via::Literal),
            Written::Tfvars => (Some(span), Via::Tfvars),
            Written::CommandLine => (None, Via::CommandLine),
            // The token is not what this part of it says.
            Written::JsonString(token) => (Some(token), Via::Computed),
        };
        self.origins.add(Hop {
            span,
            via,
            from: None,
            points_to: None,
        })
    }

    fn literal(&mut self, data: Data, expr: Expr<'t>, scope: &Scope<'_>) -> Value {
        let origin = self.written_origin(expr.span(), scope);
        Value::new(data, origin)
    }

    fn number(&mut self, text: &str, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        match Number::parse(text) {
            Some(number) => Ok(self.literal(Data::Number(number), expr, scope)),
            None => Err(Fault::at(
                self.span(expr, scope),
                "This number cannot be represented.",
            )),
        }
    }

    fn tuple(&mut self, items: Vec<Expression<'t>>, span: Span, scope: &Scope<'_>) -> Outcome {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.expression(item, scope)?);
        }
        let origin = self.written_origin(span, scope);
        Ok(Value::list(values, origin))
    }

    fn object(&mut self, items: Vec<ObjectItem<'t>>, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        let span = self.span(expr, scope);
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            let key = self.expr(item.key, scope)?;
            let value = self.expr(item.value, scope)?;
            entries.push((key, place(item.key.span(), scope), value));
        }
        self.object_of(entries, span, scope)
    }

    fn json_object(&mut self, object: Expression<'t>, scope: &Scope<'_>) -> Outcome {
        let Expression::Json(text, node) = object else {
            return self.expression(object, scope);
        };
        if !self.enter() {
            return Ok(self.unknown_at(Unknown::because(Why::Limit), node.span()));
        }
        let mut entries = Vec::new();
        for member in node.members() {
            let origin = self.origins.literal(member.key_span);
            let key = match text.templates.get(&member.key_span.start) {
                Some(tree) => {
                    let scope = Scope {
                        written: Written::JsonString(member.key_span),
                        ..*scope
                    };
                    self.template(tree.template(), &scope)
                }
                None => Ok(Value::string(&*member.key, origin)),
            };
            let value = self.expression(Expression::Json(text, member.value), scope);
            match key.and_then(|key| Ok((key, value?))) {
                Ok((key, value)) => entries.push((key, member.key_span, value)),
                Err(fault) => {
                    self.leave();
                    return Err(fault);
                }
            }
        }
        self.leave();
        self.object_of(entries, node.span(), scope)
    }

    /// An object of evaluated keys and values; the last value of a key counts.
    fn object_of(
        &mut self,
        items: Vec<(Value, Span, Value)>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        let mut entries = std::collections::BTreeMap::new();
        let mut sensitive = false;
        let mut hidden: Option<Value> = None;
        for (key, key_span, value) in items {
            sensitive |= key.sensitive;
            match text_of(&key, key_span)? {
                Maybe::Known(text) => {
                    entries.insert(text, value);
                }
                Maybe::Unknown => hidden = hidden.or(Some(key)),
            }
        }
        if let Some(key) = hidden {
            let term = term_of(&key).map(|term| format!("{{({term})}}"));
            return Ok(self.blend(&[&key], None, term, span));
        }
        let entries = entries
            .into_iter()
            .map(|(key, value)| Entry { key, value })
            .collect();
        let origin = self.written_origin(span, scope);
        Ok(Value::map(entries, origin).marked(sensitive))
    }

    /// A JSON value that is meant literally.
    fn plain(&mut self, node: Node<'t>, scope: &Scope<'_>) -> Outcome {
        if !self.enter() {
            return Ok(self.unknown_at(Unknown::because(Why::Limit), node.span()));
        }
        let origin = self.written_origin(node.span(), scope);
        let outcome = self.plain_kind(node, origin, scope);
        self.leave();
        outcome
    }

    fn plain_kind(&mut self, node: Node<'t>, origin: Origin, scope: &Scope<'_>) -> Outcome {
        Ok(match node.kind() {
            NodeKind::Null => Value::null(origin),
            NodeKind::Bool(value) => Value::new(Data::Bool(value), origin),
            NodeKind::Number(text) => {
                let number = Number::parse(text)
                    .ok_or_else(|| Fault::at(node.span(), "This number cannot be represented."))?;
                Value::new(Data::Number(number), origin)
            }
            NodeKind::String(text) => Value::string(&*text, origin),
            NodeKind::Array => {
                let mut items = Vec::new();
                for item in node.items() {
                    items.push(self.plain(item, scope)?);
                }
                Value::list(items, origin)
            }
            NodeKind::Object => {
                let mut entries = std::collections::BTreeMap::new();
                for member in node.members() {
                    let value = self.plain(member.value, scope)?;
                    entries.insert(Arc::<str>::from(&*member.key), value);
                }
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| Entry { key, value })
                    .collect();
                Value::map(entries, origin)
            }
        })
    }
}

/// `span`, or the whole token where the text stands inside a JSON string.
pub(super) fn place(span: Span, scope: &Scope<'_>) -> Span {
    match scope.written {
        Written::JsonString(token) => token,
        Written::Configuration | Written::Tfvars | Written::CommandLine => span,
    }
}
