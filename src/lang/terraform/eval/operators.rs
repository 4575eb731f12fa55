use super::comparison::equal;
use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::primitive::{Maybe, bool_of, number_of};
use super::unknowns::{short, term_of};
use crate::lang::terraform::convert::is_sensitive_within;
use crate::lang::terraform::scope::Scope;
use crate::model::{Data, Number, Type, Value};
use crate::source::Span;
use crate::syntax::hcl::{BinaryOp, Expr, UnaryOp};

impl<'t> Evaluation<'t> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        operand: Expr<'t>,
        expr: Expr<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let span = place(expr.span(), scope);
        let value = self.expr(operand, scope)?;
        let operand_span = place(operand.span(), scope);
        let data = match op {
            UnaryOp::Not => match bool_of(&value, operand_span)? {
                Maybe::Known(it) => Some(Data::Bool(!it)),
                Maybe::Unknown => None,
            },
            UnaryOp::Negate => match number_of(&value, operand_span)? {
                Maybe::Known(it) => Some(Data::Number(it.neg())),
                Maybe::Unknown => None,
            },
        };
        if let Some(data) = data {
            // The parser reads `-1` as an operator on `1`; to its author it is a number as written.
            let is_literal =
                op == UnaryOp::Negate && operand.text().starts_with(|c: char| c.is_ascii_digit());
            let origin = if is_literal {
                self.written_origin(expr.span(), scope)
            } else {
                self.origins.computed(span)
            };
            return Ok(Value::new(data, origin).marked(value.sensitive));
        }
        let ty = type_of_unary(op);
        let sign = match op {
            UnaryOp::Not => "!",
            UnaryOp::Negate => "-",
        };
        let term = term_of(&value).and_then(|term| short(format!("{sign}{term}")));
        Ok(self.blend(&[&value], Some(ty), term, span))
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        (left, right): (Expr<'t>, Expr<'t>),
        expr: Expr<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let span = place(expr.span(), scope);
        let a = self.expr(left, scope)?;
        if matches!(op, BinaryOp::Or | BinaryOp::And) {
            return self.logic(op, (a, left), right, span, scope);
        }
        let b = self.expr(right, scope)?;
        let spans = (place(left.span(), scope), place(right.span(), scope));
        let data = match op {
            BinaryOp::Equal => equal(&a, &b).map(Data::Bool),
            BinaryOp::NotEqual => equal(&a, &b).map(|same| Data::Bool(!same)),
            _ => arithmetic(op, &a, &b, spans, span)?,
        };
        // Whether two are equal tells of whatever is in them.
        let tells = is_sensitive_within(&a) || is_sensitive_within(&b);
        Ok(self.result(op, data, &a, &b, span).marked(tells))
    }

    /// `&&` and `||` in Kleene's logic: an operand that decides alone does so.
    fn logic(
        &mut self,
        op: BinaryOp,
        (a, left): (Value, Expr<'t>),
        right: Expr<'t>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        let deciding = op == BinaryOp::Or;
        let x = bool_of(&a, place(left.span(), scope))?;
        if matches!(x, Maybe::Known(it) if it == deciding) {
            let origin = self.origins.computed(span);
            return Ok(Value::new(Data::Bool(deciding), origin).marked(a.sensitive));
        }
        let b = self.expr(right, scope)?;
        let y = bool_of(&b, place(right.span(), scope))?;
        let data = match (x, y) {
            (_, Maybe::Known(it)) if it == deciding => Some(Data::Bool(deciding)),
            (Maybe::Known(_), Maybe::Known(_)) => Some(Data::Bool(!deciding)),
            _ => None,
        };
        Ok(self.result(op, data, &a, &b, span))
    }

    fn result(
        &mut self,
        op: BinaryOp,
        data: Option<Data>,
        a: &Value,
        b: &Value,
        span: Span,
    ) -> Value {
        if let Some(data) = data {
            let origin = self.origins.computed(span);
            return Value::new(data, origin).marked(a.sensitive || b.sensitive);
        }
        let term = term_of(a)
            .zip(term_of(b))
            .and_then(|(a, b)| short(format!("({a} {} {b})", op.as_str())));
        self.blend(&[a, b], Some(type_of_binary(op)), term, span)
    }
}

/// The type of what `op` makes of its operand.
pub(super) fn type_of_unary(op: UnaryOp) -> Type {
    match op {
        UnaryOp::Not => Type::Bool,
        UnaryOp::Negate => Type::Number,
    }
}

/// The type of what `op` makes of its operands.
pub(super) fn type_of_binary(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Remainder => Type::Number,
        BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => Type::Bool,
    }
}

fn arithmetic(
    op: BinaryOp,
    a: &Value,
    b: &Value,
    spans: (Span, Span),
    span: Span,
) -> Outcome<Option<Data>> {
    let (x, y) = (number_of(a, spans.0)?, number_of(b, spans.1)?);
    let (Maybe::Known(x), Maybe::Known(y)) = (x, y) else {
        return Ok(None);
    };
    let computed = match op {
        BinaryOp::Add => x.add(&y),
        BinaryOp::Subtract => x.sub(&y),
        BinaryOp::Multiply => x.mul(&y),
        BinaryOp::Divide => x.div(&y),
        BinaryOp::Remainder if x.is_infinite() || y.is_infinite() => {
            let message = "can't use modulo with zero and infinity";
            return Err(Fault::at(
                span,
                format!("Error during operation: {message}."),
            ));
        }
        BinaryOp::Remainder => x.rem(&y),
        _ => return Ok(compare(op, &x, &y).map(Data::Bool)),
    };
    match computed {
        Ok(number) => Ok(Some(Data::Number(number))),
        Err(error) => Err(Fault::at(
            span,
            format!("This cannot be computed: {error}."),
        )),
    }
}

fn compare(op: BinaryOp, x: &Number, y: &Number) -> Option<bool> {
    let order = x.compare(y);
    match op {
        BinaryOp::Less => Some(order.is_lt()),
        BinaryOp::LessOrEqual => Some(order.is_le()),
        BinaryOp::Greater => Some(order.is_gt()),
        BinaryOp::GreaterOrEqual => Some(order.is_ge()),
        _ => None,
    }
}
