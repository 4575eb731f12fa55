use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::invoke::Given;
use crate::lang::terraform::functions::{Form, Function, find, nearest};
use crate::lang::terraform::scope::{Scope, Written};
use crate::model::{Data, Type, Unknown, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};

/// Where functions are called, which decides which ones may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Site {
    /// In a configuration.
    Configuration,
    /// In a template file.
    TemplateFile,
    /// In a template that is a text.
    TemplateString,
}

impl<'t> Evaluation<'t> {
    /// The result of a function call.
    pub(super) fn call(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        let span = place(expr.span(), scope);
        let ExprKind::Call {
            name,
            name_span,
            args,
            expand_final,
        } = expr.kind()
        else {
            return Err(Fault::at(span, "A function call is expected here."));
        };
        let site = site(scope, place(name_span, scope))?;
        if name.starts_with("provider::") {
            return self.provided(args.collect(), span, scope);
        }
        let function = function(name, place(name_span, scope))?;
        allowed(function, name, site, span)?;
        let args: Vec<Expr<'t>> = args.collect();
        match function.form {
            Form::Try if !expand_final => self.attempt(&args, None, name, span, scope),
            Form::Try => self.attempt_spread(&args, name, span, scope),
            Form::Can if !expand_final => self.can(&args, function, name, span, scope),
            Form::TemplateString if !expand_final => {
                self.template_string(&args, function, name, span, scope)
            }
            _ => match self.call_arguments(&args, expand_final, scope)? {
                Ok(given) => self.invoke(function, name, given, span),
                Err(unknown) => {
                    self.doubt = true;
                    let ty = function.returns.of_type();
                    Ok(self.blend(&[&unknown], ty, None, span))
                }
            },
        }
    }

    /// A function of a provider: only the provider knows what it gives.
    fn provided(&mut self, args: Vec<Expr<'t>>, span: Span, scope: &Scope<'_>) -> Outcome {
        let mut sensitive = false;
        for arg in args {
            sensitive |= self.expr(arg, scope)?.sensitive;
        }
        self.doubt = true;
        let unknown = Unknown::because(Why::Computed);
        Ok(self.unknown_at(unknown, span).marked(sensitive))
    }

    /// The arguments, with a final `...` taken apart; the one that is not known if that cannot be done.
    pub(super) fn call_arguments(
        &mut self,
        args: &[Expr<'t>],
        expand_final: bool,
        scope: &Scope<'_>,
    ) -> Outcome<Result<Vec<Given>, Value>> {
        let mut given = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.expr(*arg, scope)?;
            let span = place(arg.span(), scope);
            given.push(Given { value, span });
        }
        if !expand_final {
            return Ok(Ok(given));
        }
        let Some(Given { value, span }) = given.pop() else {
            return Ok(Ok(given));
        };
        let not_a_list = || {
            let message =
                "The expanding argument (indicated by ...) must be of a tuple, list, or set type.";
            Err(Fault::at(span, message))
        };
        match &value.data {
            Data::Null => Err(Fault::at(
                span,
                "The expanding argument (indicated by ...) must not be null.",
            )),
            Data::Unknown(unknown) => match &unknown.ty {
                None | Some(Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                    Ok(Err(value))
                }
                Some(_) => not_a_list(),
            },
            Data::List(list) => {
                given.extend(list.items.iter().map(|item| Given {
                    value: item.clone().marked(value.sensitive),
                    span,
                }));
                Ok(Ok(given))
            }
            _ => not_a_list(),
        }
    }
}

/// Where a call with this scope stands.
fn site(scope: &Scope<'_>, span: Span) -> Outcome<Site> {
    match (scope.module, scope.written) {
        (Some(_), _) => Ok(Site::Configuration),
        (None, Written::Configuration) => Ok(Site::TemplateFile),
        (None, Written::JsonString(_)) => Ok(Site::TemplateString),
        (None, Written::Tfvars | Written::CommandLine) => {
            Err(Fault::at(span, "Functions may not be called here."))
        }
    }
}

fn function(name: &str, span: Span) -> Outcome<&'static Function> {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    if let Some(function) = find(plain) {
        return Ok(function);
    }
    let message = match name.rsplit_once("::") {
        None => {
            let meant =
                nearest(name).map_or_else(String::new, |near| format!(" Did you mean {near:?}?"));
            format!("There is no function named {name:?}.{meant}")
        }
        Some(("core", plain)) => {
            let meant = nearest(plain).map_or_else(String::new, |near| {
                format!(" Did you mean {:?}?", format!("core::{near}"))
            });
            format!("There is no function named {plain:?} in namespace core::.{meant}")
        }
        Some((namespace, _)) => {
            format!("There are no functions in namespace \"{namespace}::\".")
        }
    };
    Err(Fault::at(span, message))
}

fn allowed(function: &Function, name: &str, site: Site, span: Span) -> Outcome<()> {
    let plain = function.name;
    let refused = |why: String| {
        let message = format!("Call to function {name:?} failed: {why}.");
        Err(Fault::at(span, message))
    };
    match (site, function.form) {
        (Site::Configuration, _) => Ok(()),
        (_, Form::TemplateFile | Form::TemplateString) => refused(format!(
            "cannot recursively call {plain} from inside another template function"
        )),
        (Site::TemplateString, _) if function.reads => refused(format!(
            "cannot use filesystem access functions like {plain} in templatestring templates; consider passing the function result as a template variable instead"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
