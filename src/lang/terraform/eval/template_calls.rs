use std::sync::Arc;

use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::invoke::Given;
use crate::lang::terraform::convert::is_sensitive_within;
use crate::lang::terraform::functions::{Function, Stop, Unread, place as place_of, variables};
use crate::lang::terraform::scope::{Bound, Scope, Written};
use crate::model::{Data, Entry, Value, Why};
use crate::source::{Encoding, ReadError, SourceFile, Span};
use crate::syntax::hcl::{Expr, ExprKind, Tree, identifier, parse_template};

/// A template with more variables than this is not evaluated.
const VARIABLES: usize = 2_000;

impl<'t> Evaluation<'t> {
    /// `templatefile`: the template in a file, with the variables that it is given.
    pub(super) fn template_file(
        &mut self,
        function: &'static Function,
        name: &str,
        arguments: &[Given],
        span: Span,
    ) -> Outcome {
        let [path, vars] = arguments else {
            return Err(Fault::at(span, "This function takes two arguments."));
        };
        let sensitive = path.value.sensitive || is_sensitive_within(&vars.value);
        let outcome = self.rendered_file(path, &vars.value, span);
        match outcome {
            Ok(outcome) => Ok(outcome?.marked(sensitive)),
            Err(stop) => {
                let value = self.stopped(function, name, arguments, stop, span)?;
                Ok(value.marked(sensitive))
            }
        }
    }

    fn rendered_file(&mut self, path: &Given, vars: &Value, span: Span) -> Result<Outcome, Stop> {
        let Some(written) = path.value.as_str() else {
            return Err(Stop::Unknown(None));
        };
        let place = place_of(self.root, written);
        let file = match place {
            None => return Err(Unread::Outside.of_read(written)),
            Some(place) => self.tree.read(&place).map_err(|error| {
                match error {
                    ReadError::Missing if self.tree.is_folder(&place) => Unread::Folder,
                    ReadError::Missing => Unread::Missing,
                    ReadError::Outside => Unread::Outside,
                    ReadError::TooLarge(_) | ReadError::Binary | ReadError::Io(_) => {
                        Unread::Refused(format!("`{place}` was not read: {error}."))
                    }
                }
                .of_read(written)
            })?,
        };
        let Some(map) = variables(vars)? else {
            return Err(Stop::Unknown(None));
        };
        let tree = parse_template(&file);
        if let Some(notice) = tree.notices().first() {
            return Err(Stop::Failed(
                notice.message.trim_end_matches('.').to_owned(),
            ));
        }
        self.rendered(&tree, &map.entries, Written::Configuration, span)
    }

    /// `templatestring`: the template that a reference leads to, with the variables that it is given.
    pub(super) fn template_string(
        &mut self,
        args: &[Expr<'t>],
        function: &'static Function,
        name: &str,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome {
        super::invoke::counted(function, name, args.len(), span)?;
        let [template, vars] = args else {
            return Err(Fault::at(span, "This function takes two arguments."));
        };
        let template_span = place(template.span(), scope);
        let wrong = |message: &str| {
            let message = format!("Invalid value for \"template\" parameter: {message}.");
            Fault::at(template_span, message)
        };
        refers(*template).map_err(wrong)?;
        let vars = Given {
            value: self.expr(*vars, scope)?,
            span: place(vars.span(), scope),
        };
        let value = self.expr(*template, scope)?;
        let sensitive = value.sensitive || is_sensitive_within(&vars.value);
        let given = vec![
            Given {
                value,
                span: template_span,
            },
            vars,
        ];
        let (arguments, _) = super::invoke::checked(function, name, given, span)?;
        let value = match self.rendered_text(&arguments, span) {
            Ok(outcome) => outcome?,
            Err(stop) => self.stopped(function, name, &arguments, stop, span)?,
        };
        Ok(value.marked(sensitive))
    }

    fn rendered_text(&mut self, arguments: &[Given], span: Span) -> Result<Outcome, Stop> {
        let text = match &arguments[0].value.data {
            Data::String(text) => text.to_string(),
            Data::Unknown(_) => return Err(Stop::Unknown(None)),
            _ => {
                let message = "invalid template value: a string is required".to_owned();
                return Err(Stop::Argument(0, message));
            }
        };
        let Some(map) = variables(&arguments[1].value)? else {
            return Err(Stop::Unknown(None));
        };
        let id = self.tree.fresh_id();
        let file = Arc::new(SourceFile::new(id, self.root.clone(), text, Encoding::Utf8));
        let tree = parse_template(&file);
        if let Some(notice) = tree.notices().first() {
            let message = notice.message.trim_end_matches('.');
            return Err(Stop::Argument(0, format!("invalid template: {message}")));
        }
        let outcome = self.rendered(&tree, &map.entries, Written::JsonString(span), span)?;
        let value = match outcome {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        let text = crate::lang::terraform::convert::convert(&value, &crate::model::Type::String);
        match text {
            Ok(text) => Ok(Ok(text)),
            Err(error) => Err(Stop::Failed(format!("invalid template result: {error}"))),
        }
    }

    /// The value of a template that knows these names and no others.
    fn rendered(
        &mut self,
        tree: &Tree,
        entries: &[Entry],
        written: Written,
        span: Span,
    ) -> Result<Outcome, Stop> {
        if entries.len() > VARIABLES {
            return Err(Stop::Limit(format!(
                "A template is given no more than {VARIABLES} variables; this one is taken as unknown."
            )));
        }
        if let Some(entry) = entries.iter().find(|entry| !identifier(&entry.key)) {
            let message = format!(
                "invalid template variable name {:?}: must start with a letter, followed by zero or more letters, digits, and underscores",
                entry.key
            );
            return Err(Stop::Argument(1, message));
        }
        let Some(mut branch) = self.branch() else {
            return Err(Stop::Because(Why::Invalid));
        };
        let scope = Scope::none(written);
        let outcome = bind(entries, &scope, &mut |scope| {
            branch.template(tree.template(), scope)
        });
        self.rejoin(branch);
        match outcome {
            Ok(value) if value.is_null() => Err(Stop::Failed(
                "the result of the template is null, which is not a valid result for a templatestring call".to_owned(),
            )),
            Ok(mut value) => {
                value.origin = self.origins.step(span, crate::model::Via::Computed, value.origin);
                Ok(Ok(value))
            }
            Err(fault) => Ok(Err(fault)),
        }
    }
}

/// Runs `then` with every entry as a name.
fn bind(
    entries: &[Entry],
    scope: &Scope<'_>,
    then: &mut dyn FnMut(&Scope<'_>) -> Outcome,
) -> Outcome {
    let Some((entry, rest)) = entries.split_first() else {
        return then(scope);
    };
    let bound = Bound {
        name: &entry.key,
        value: &entry.value,
        next: scope.bound,
    };
    bind(rest, &scope.with(&bound), then)
}

/// Whether an expression only refers to a text from elsewhere; what Terraform says if not.
fn refers(expr: Expr<'_>) -> Result<(), &'static str> {
    match expr.kind() {
        ExprKind::Variable(_) => Ok(()),
        ExprKind::GetAttr { object, .. } | ExprKind::Index { object, .. } => refers(object),
        ExprKind::Splat { source, .. } => refers(source),
        ExprKind::Template(template) if template.sole_interpolation().is_some() => Err(
            "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere; to treat the inner expression as template syntax, write the reference expression directly without any template interpolation syntax",
        ),
        ExprKind::String(_) => Err(
            "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere, and so does not support providing a literal template; consider using a template string expression instead",
        ),
        ExprKind::Template(_) => Err(
            "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere; to render an inline template, consider using a plain template string expression",
        ),
        _ => Err(
            "invalid template expression: must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax",
        ),
    }
}
