use super::evaluation::{Evaluation, Fault, Outcome};
use crate::lang::terraform::functions::Function;
use crate::lang::terraform::scope::Scope;
use crate::model::{Data, Type, Value};
use crate::source::Span;
use crate::syntax::hcl::Expr;

impl<'t> Evaluation<'t> {
    /// `try`: the first argument that can be evaluated.
    ///
    /// One that may still fail once an unknown is known does not decide: the result is that one or what
    /// the following arguments give.
    pub(super) fn attempt(
        &mut self,
        args: &[Expr<'t>],
        last: Option<Value>,
        name: &str,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        let before = self.doubt;
        let mut failed = Vec::new();
        let mut possible: Vec<Value> = Vec::new();
        let mut certain = false;
        for arg in args {
            self.doubt = false;
            match self.expr(*arg, scope) {
                Err(fault) => failed.push(fault.message),
                Ok(value) => {
                    possible.push(value);
                    certain = !self.doubt;
                    if certain {
                        break;
                    }
                }
            }
        }
        if let (false, Some(last)) = (certain, last) {
            possible.push(last);
            certain = true;
        }
        self.doubt = before || !certain;
        let Some(mut result) = possible.pop() else {
            return Err(Fault::at(span, nothing_succeeded(name, &failed)));
        };
        if possible.is_empty() {
            return Ok(self.selected(result, span));
        }
        while let Some(earlier) = possible.pop() {
            let decides = earlier.clone();
            result = self.either(&decides, &[earlier, result], span);
        }
        Ok(result)
    }

    /// `try` with a list of arguments at its end, of which the first cannot fail any more.
    pub(super) fn attempt_spread(
        &mut self,
        args: &[Expr<'t>],
        name: &str,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        let (args, last) = args.split_at(args.len().saturating_sub(1));
        match self.call_arguments(last, true, scope)? {
            Ok(given) => {
                let first = given.into_iter().next().map(|given| given.value);
                self.attempt(args, first, name, span, scope)
            }
            Err(unknown) => {
                self.doubt = true;
                Ok(self.blend(&[&unknown], None, None, span))
            }
        }
    }

    /// `can`: whether its argument can be evaluated.
    pub(super) fn can(
        &mut self,
        args: &[Expr<'t>],
        function: &'static Function,
        name: &str,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        let [arg] = args else {
            super::invoke::counted(function, name, args.len(), span)?;
            return Err(Fault::at(span, "This function takes one argument."));
        };
        let before = std::mem::replace(&mut self.doubt, false);
        let outcome = self.expr(*arg, scope);
        let doubt = std::mem::replace(&mut self.doubt, before);
        match outcome {
            Ok(value) if doubt => Ok(self.blend(&[&value], Some(Type::Bool), None, span)),
            outcome => {
                let origin = self.origins.computed(span);
                Ok(Value::new(Data::Bool(outcome.is_ok()), origin))
            }
        }
    }
}

fn nothing_succeeded(name: &str, failed: &[String]) -> String {
    if failed.is_empty() {
        return format!("Call to function {name:?} failed: at least one argument is required.");
    }
    let mut message = format!("Call to function {name:?} failed: no expression succeeded:");
    for failure in failed {
        message.push_str("\n- ");
        message.push_str(failure);
    }
    message.push_str("\n\nAt least one expression must produce a successful result.");
    message
}
