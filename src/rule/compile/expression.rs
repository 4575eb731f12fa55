//! Expressions of a condition: they must be readable, and read only properties that there are.

use super::scope::Scope;
use crate::expression::{self, Expr, ExprKind, Text, classify};
use crate::rule::Literal;
use crate::rule::error::{Fault, Trail};

/// Says what is wrong with a literal that is an expression; any other is fine.
pub(super) fn check(literal: &Literal, scope: Scope<'_>, trail: &Trail<'_>) -> Result<(), Fault> {
    let Literal::String(text) = literal else {
        return Ok(());
    };
    let Text::Expression(range) = classify(text) else {
        return Ok(());
    };
    let expr = expression::parse(text, range).map_err(|failure| {
        let before = text.get(..failure.range.start).unwrap_or_default();
        let column = before.chars().count() + 1;
        trail.fault(format!(
            "This expression cannot be read: {}, at character {column}",
            failure.message
        ))
    })?;
    fields(&expr, scope, trail)
}

/// Checks the paths of every `field('…')`.
fn fields(expr: &Expr, scope: Scope<'_>, trail: &Trail<'_>) -> Result<(), Fault> {
    match &expr.kind {
        ExprKind::Text(_) | ExprKind::Integer(_) => Ok(()),
        ExprKind::Call { name, args, .. } => {
            let is_field = ["field", "current"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name));
            if let (true, [only]) = (is_field, args.as_slice())
                && let ExprKind::Text(path) = &only.kind
            {
                scope.field(path, trail)?;
            }
            args.iter().try_for_each(|arg| fields(arg, scope, trail))
        }
        ExprKind::Access { base, steps } => {
            fields(base, scope, trail)?;
            steps
                .iter()
                .try_for_each(|step| fields(&step.key, scope, trail))
        }
    }
}
