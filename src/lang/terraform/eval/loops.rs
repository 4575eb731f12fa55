use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::primitive::{Maybe, bool_of, text_of};
use crate::lang::terraform::scope::{Bound, Scope};
use crate::model::{Entry, Value};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};

/// The parts of a `for` expression.
#[derive(Clone, Copy)]
struct For<'t> {
    key: Option<Expr<'t>>,
    value: Expr<'t>,
    condition: Option<Expr<'t>>,
    grouping: bool,
    span: Span,
}

/// What a `for` expression has made so far.
#[derive(Default)]
struct Made {
    items: Vec<Value>,
    entries: BTreeMap<Arc<str>, Vec<Value>>,
    /// A condition or key that is not known: neither then is the whole.
    unknown: Option<Value>,
    sensitive: bool,
}

impl<'t> Evaluation<'t> {
    pub(super) fn for_expression(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        let span = place(expr.span(), scope);
        let ExprKind::For {
            key_var,
            value_var,
            collection,
            key,
            value,
            condition,
            grouping,
            ..
        } = expr.kind()
        else {
            return Err(Fault::at(span, "A `for` expression is expected here."));
        };
        let parts = For {
            key,
            value,
            condition,
            grouping,
            span,
        };
        let source = self.expr(collection, scope)?;
        let Some(items) = self.items(&source, place(collection.span(), scope))? else {
            self.doubt = true;
            return Ok(self.blend(&[&source], None, None, span));
        };
        let mut made = Made {
            sensitive: source.sensitive,
            ..Made::default()
        };
        for (key, item) in items {
            let inner = Bound {
                name: value_var,
                value: &item,
                next: scope.bound,
            };
            let scope = scope.with(&inner);
            match key_var {
                Some(name) => {
                    let outer = Bound {
                        name,
                        value: &key,
                        next: scope.bound,
                    };
                    self.round(parts, &scope.with(&outer), &mut made)?;
                }
                None => self.round(parts, &scope, &mut made)?,
            }
        }
        Ok(self.made(parts, made, scope))
    }

    /// One round: the condition, the key, the value.
    fn round(&mut self, parts: For<'t>, scope: &Scope<'_>, made: &mut Made) -> Outcome<()> {
        if let Some(condition) = parts.condition {
            let decides = self.expr(condition, scope)?;
            made.sensitive |= decides.sensitive;
            match bool_of(&decides, place(condition.span(), scope))? {
                Maybe::Known(true) => {}
                Maybe::Known(false) => return Ok(()),
                Maybe::Unknown => {
                    made.unknown.get_or_insert(decides);
                    return Ok(());
                }
            }
        }
        let Some(key) = parts.key else {
            let value = self.expr(parts.value, scope)?;
            made.items.push(value);
            return Ok(());
        };
        let key_span = place(key.span(), scope);
        let key = self.expr(key, scope)?;
        made.sensitive |= key.sensitive;
        let value = self.expr(parts.value, scope)?;
        match text_of(&key, key_span)? {
            Maybe::Unknown => {
                made.unknown.get_or_insert(key);
            }
            Maybe::Known(text) => {
                let held = made.entries.entry(Arc::clone(&text)).or_default();
                if !parts.grouping && !held.is_empty() {
                    let message = format!(
                        "Two members of this object have the key \"{text}\"; add `...` after the value to group them."
                    );
                    return Err(Fault::at(key_span, message));
                }
                held.push(value);
            }
        }
        Ok(())
    }

    fn made(&mut self, parts: For<'t>, made: Made, scope: &Scope<'_>) -> Value {
        if let Some(decides) = made.unknown {
            let value = self.blend(&[&decides], None, None, parts.span);
            return value.marked(made.sensitive);
        }
        let origin = match scope.written {
            crate::lang::terraform::scope::Written::Tfvars => {
                self.written_origin(parts.span, scope)
            }
            _ => self.origins.computed(parts.span),
        };
        if parts.key.is_none() {
            return Value::list(made.items, origin).marked(made.sensitive);
        }
        let mut entries = Vec::with_capacity(made.entries.len());
        for (key, mut values) in made.entries {
            let value = match (parts.grouping, values.pop()) {
                (false, Some(only)) => only,
                (_, last) => {
                    values.extend(last);
                    Value::list(values, self.origins.computed(parts.span))
                }
            };
            entries.push(Entry { key, value });
        }
        Value::map(entries, origin).marked(made.sensitive)
    }
}
