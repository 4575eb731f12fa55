use std::sync::Arc;

use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::operators::{type_of_binary, type_of_unary};
use super::primitive::{Maybe, bool_of};
use super::unknowns::{self, DOMAIN, short, term_of};
use crate::lang::terraform::convert::{convert, describe, holds_open, type_of, unify};
use crate::lang::terraform::scope::Scope;
use crate::model::{Data, Origin, Type, Unknown, Value, Via, Why};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};

/// A value with more members than this is not listed among the possible ones.
const LISTED: usize = 2_000;

impl<'t> Evaluation<'t> {
    pub(super) fn conditional(
        &mut self,
        condition: Expr<'t>,
        (then, otherwise): (Expr<'t>, Expr<'t>),
        expr: Expr<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let span = place(expr.span(), scope);
        let decides = self.expr(condition, scope)?;
        match bool_of(&decides, place(condition.span(), scope))? {
            Maybe::Known(it) => {
                let (chosen, other) = if it {
                    (then, otherwise)
                } else {
                    (otherwise, then)
                };
                let value = self.expr(chosen, scope)?;
                let doubt = self.doubt;
                // The branch not taken still has a say in the type; its errors do not count.
                let other = match self.expr(other, scope) {
                    Ok(other) => other,
                    Err(_) => failed(other),
                };
                self.doubt = doubt;
                consistent(it, &value, &other, span)?;
                let value = in_common(it, value, &other, span)?;
                let value = self.selected(value, span);
                Ok(value.marked(decides.sensitive || other.sensitive))
            }
            Maybe::Unknown => {
                let then = self.expr(then, scope);
                let otherwise = self.expr(otherwise, scope);
                if let (Ok(then), Ok(otherwise)) = (&then, &otherwise) {
                    consistent(true, then, otherwise, span)?;
                }
                let branches: Vec<Value> = [then, otherwise].into_iter().flatten().collect();
                Ok(self.either(&decides, &branches, span))
            }
        }
    }

    /// The same value, chosen at `span`: one can still see where it is written.
    pub(super) fn selected(&mut self, mut value: Value, span: Span) -> Value {
        value.origin = self.origins.step(span, Via::Computed, value.origin);
        value
    }

    /// One of `branches`, which of them `decides` says.
    pub(super) fn either(&mut self, decides: &Value, branches: &[Value], span: Span) -> Value {
        let sensitive = decides.sensitive || branches.iter().any(|branch| branch.sensitive);
        if let [then, otherwise] = branches {
            let (then, otherwise) = (
                unified(then.clone(), otherwise),
                unified(otherwise.clone(), then),
            );
            let same_unknown = match (&then.data, &otherwise.data) {
                (Data::Unknown(a), Data::Unknown(b)) => a.term.is_some() && a.says_same(b),
                _ => false,
            };
            if same_unknown || (!then.has_unknown() && then.says_same(&otherwise)) {
                let origin = self.origins.computed(span);
                return Value {
                    data: then.data,
                    origin,
                    sensitive,
                };
            }
            let unknown = choice(decides, &[then, otherwise]);
            return self.unknown_at(unknown, span).marked(sensitive);
        }
        let unknown = choice(decides, branches);
        self.unknown_at(unknown, span).marked(sensitive)
    }
}

/// The value of an expression that is in error: what is known of its type without its operands.
fn failed(expr: Expr<'_>) -> Value {
    let ty = match expr.kind() {
        ExprKind::Paren(inner) => return failed(inner),
        ExprKind::Binary { op, .. } => type_of_binary(op),
        ExprKind::Unary { op, .. } => type_of_unary(op),
        ExprKind::Tuple(items) => Type::Tuple(items.map(|_| Type::Any).collect()),
        _ => Type::Any,
    };
    let unknown = Unknown::because(Why::Invalid).typed(ty);
    Value::unknown(unknown, Origin::NOWHERE)
}

/// What is known of a value that is one of `branches`.
fn choice(decides: &Value, branches: &[Value]) -> Unknown {
    let mut unknown = unknowns::blend(&[decides]);
    let both = branches.len() == 2;
    unknown.not_null = both
        && branches.iter().all(|branch| match &branch.data {
            Data::Null => false,
            Data::Unknown(unknown) => unknown.not_null,
            _ => true,
        });
    unknown.ty = both.then(|| common_type(branches)).flatten();
    unknown.domain = both.then(|| domain(branches)).flatten();
    // Where one branch is unknown for a reason of its own, the condition alone does not decide.
    let by_input_alone = branches
        .iter()
        .filter_map(Value::as_unknown)
        .all(|branch| branch.input == unknown.input);
    if !by_input_alone {
        unknown.input = None;
    }
    let points: Vec<_> = branches
        .iter()
        .filter_map(|branch| branch.as_unknown()?.points_to.clone())
        .collect();
    if let [points_to] = &*points {
        unknown.points_to = Some(Arc::clone(points_to));
        if unknown.why != Why::Input {
            unknown.why = Why::Computed;
        }
    }
    unknown.term = match branches {
        [then, otherwise] => term_of(decides)
            .zip(term_of(then).zip(term_of(otherwise)))
            .and_then(|(a, (b, c))| short(format!("({a} ? {b} : {c})")))
            .map(Arc::from),
        _ => None,
    };
    unknown
}

/// The possible values of all branches together, where each has a short list.
fn domain(branches: &[Value]) -> Option<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    for branch in branches {
        let values = match &branch.data {
            Data::Unknown(unknown) => unknown.domain.clone()?,
            _ => vec![branch.clone()],
        };
        for value in values {
            if value.has_unknown() || super::measure::size(&value)? > LISTED {
                return None;
            }
            if !all.iter().any(|held| held.says_same(&value)) {
                all.push(value);
            }
        }
    }
    (all.len() <= DOMAIN).then_some(all)
}

fn common_type(branches: &[Value]) -> Option<Type> {
    let of = |value: &Value| match &value.data {
        Data::Bool(_) => Some(Type::Bool),
        Data::Number(_) => Some(Type::Number),
        Data::String(_) => Some(Type::String),
        Data::Unknown(unknown) => unknown.ty.clone(),
        Data::Null | Data::List(_) | Data::Map(_) => None,
    };
    let mut types = branches.iter().filter(|branch| !branch.is_null()).map(of);
    let first = types.next()??;
    types.all(|ty| ty.as_ref() == Some(&first)).then_some(first)
}

/// Whether the values of the two branches, the one that is taken first, have a type in common.
fn consistent(taken: bool, value: &Value, other: &Value, span: Span) -> Outcome<()> {
    let (yes, no) = if taken {
        (value, other)
    } else {
        (other, value)
    };
    let types = [type_of(yes), type_of(no)];
    // What else an open object holds is not known, so neither is what it has in common with another.
    if holds_open(yes) || holds_open(no) || unify(&types).is_some() {
        return Ok(());
    }
    let message = format!(
        "The true and false result expressions must have consistent types. The 'true' value is {}, but the 'false' value is {}.",
        describe(&types[0]),
        describe(&types[1])
    );
    Err(Fault::at(span, message))
}

/// The value that is taken, in the type that it has in common with the other.
fn in_common(taken: bool, value: Value, other: &Value, span: Span) -> Outcome {
    if holds_open(&value) || holds_open(other) {
        return Ok(unified(value, other));
    }
    let types = [type_of(&value), type_of(other)];
    match unify(&types) {
        Some(ty) if ty != Type::Any && ty != types[0] => convert(&value, &ty).map_err(|error| {
            Fault::at(
                span,
                format!("The {taken} result value has the wrong type: {error}."),
            )
        }),
        _ => Ok(value),
    }
}

/// `value` in the type that both branches have in common, where they have one.
fn unified(value: Value, other: &Value) -> Value {
    let types = [type_of(&value), type_of(other)];
    match unify(&types) {
        Some(ty) if ty != Type::Any && ty != types[0] => convert(&value, &ty).unwrap_or(value),
        _ => value,
    }
}
