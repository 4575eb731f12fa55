use super::evaluation::{Evaluation, Outcome};
use super::expression::place;
use crate::lang::terraform::scope::Scope;
use crate::model::{Unknown, Why};
use crate::source::NoticeKind;
use crate::syntax::hcl::{Expr, ExprKind};

impl<'t> Evaluation<'t> {
    /// The result of a function call.
    pub(super) fn call(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        let span = place(expr.span(), scope);
        if let ExprKind::Call { name, .. } = expr.kind() {
            let message = format!("The function `{name}` is not evaluated yet.");
            self.notice(NoticeKind::Unsupported, span, message);
        }
        Ok(self.unknown_at(Unknown::because(Why::Unsupported), span))
    }
}
