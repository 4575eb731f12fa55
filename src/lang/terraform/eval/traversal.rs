use std::sync::Arc;

use super::access::Step;
use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::handle::{Handle, Repeated};
use super::subject::Subject;
use crate::lang::terraform::module::Mode;
use crate::lang::terraform::scope::{self, InstanceId, Scope};
use crate::model::{Type, Unknown, Value, Via, Why};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};

/// One step of a reference, before its key is evaluated.
enum Written<'t> {
    Name(&'t str, Span),
    Key(Expr<'t>, Span),
}

impl<'t> Evaluation<'t> {
    /// The value of a reference: a name with all the steps after it.
    pub(super) fn traversal(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome {
        let span = place(expr.span(), scope);
        let (subject, via) = self.subject(expr, scope)?;
        self.subject_value(subject, via, span)
    }

    /// What a reference leads to, and how its value gets to the place of the reference.
    pub(super) fn subject(&mut self, expr: Expr<'t>, scope: &Scope<'_>) -> Outcome<(Subject, Via)> {
        let (root, mut steps) = flattened(expr);
        let root_span = place(root.span(), scope);
        let (mut subject, via) = match root.kind() {
            ExprKind::SplatItem => match scope.item {
                Some(item) => (item.clone(), Via::Computed),
                None => return Err(Fault::at(root_span, "There is no splat here.")),
            },
            ExprKind::Variable(name) => self.named(name, &mut steps, root_span, scope)?,
            _ => (Subject::Value(self.expr(root, scope)?), Via::Computed),
        };
        while let Some(step) = steps.pop() {
            let (step, span) = match step {
                Written::Name(name, span) => (Step::Name(Arc::from(name)), span),
                Written::Key(key, span) => (Step::Key(self.expr(key, scope)?), span),
            };
            subject = self.step(subject, &step, place(span, scope))?;
        }
        Ok((subject, via))
    }

    /// What the first names of a reference mean; takes those that it uses from `steps`.
    fn named(
        &mut self,
        name: &'t str,
        steps: &mut Vec<Written<'t>>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Outcome<(Subject, Via)> {
        if let Some(value) = scope.find(name) {
            return Ok((Subject::Value(value.clone()), Via::Computed));
        }
        let Some(module) = scope.module else {
            return Err(Fault::at(span, nameless(name, scope)));
        };
        let value = |value| (Subject::Value(value), Via::Computed);
        match name {
            "var" => {
                let name = next_name(steps, span)?;
                let found = self.variable(module, name, span)?;
                Ok((Subject::Value(found), Via::Variable))
            }
            "local" => {
                let name = next_name(steps, span)?;
                let found = self.local(module, name, span)?;
                Ok((Subject::Value(found), Via::Local))
            }
            "module" => {
                let name = next_name(steps, span)?;
                let call = self.instance(module).module.call(name).ok_or_else(|| {
                    Fault::at(span, format!("There is no module call named `{name}`."))
                })?;
                Ok((Subject::Call(module, call), Via::Output))
            }
            "path" => {
                let name = next_name(steps, span)?;
                Ok(value(self.path(module, name, span)?))
            }
            "terraform" | "tofu" => {
                let name = next_name(steps, span)?;
                let unknown = Unknown::because(Why::Input)
                    .decided_by(format!("terraform.{name}"))
                    .spelled(format!("terraform.{name}"))
                    .typed(Type::String)
                    .not_null();
                Ok(value(self.unknown_at(unknown, span)))
            }
            "each" | "count" | "self" => {
                let message = format!("`{name}` has no meaning here.");
                Err(Fault::at(span, message))
            }
            "ephemeral" => {
                let unknown = Unknown::because(Why::DataSource);
                Ok(value(self.unknown_at(unknown, span).marked(true)))
            }
            "data" => {
                let kind = next_name(steps, span)?;
                self.resource_named(Mode::Data, kind, steps, module, span)
            }
            "resource" => {
                let kind = next_name(steps, span)?;
                self.resource_named(Mode::Managed, kind, steps, module, span)
            }
            kind => self.resource_named(Mode::Managed, kind, steps, module, span),
        }
    }

    fn resource_named(
        &mut self,
        mode: Mode,
        kind: &str,
        steps: &mut Vec<Written<'t>>,
        module: InstanceId,
        span: Span,
    ) -> Outcome<(Subject, Via)> {
        let name = next_name(steps, span)?;
        let declared = self.instance(module).module.resource(mode, kind, name);
        let block = declared.ok_or_else(|| {
            let what = match mode {
                Mode::Managed => "resource",
                Mode::Data => "data source",
            };
            Fault::at(span, format!("There is no {what} `{kind}.{name}` here."))
        })?;
        Ok((Subject::Resource(module, block), Via::Reference))
    }

    /// One step further.
    pub(super) fn step(&mut self, subject: Subject, step: &Step, span: Span) -> Outcome<Subject> {
        match subject {
            Subject::Value(value) => Ok(Subject::Value(self.access(&value, step, span)?)),
            Subject::Part(part) => self.step_into_part(part, step, span),
            Subject::Resource(module, block) => {
                let index = self.instance_of(module, Repeated::Resource(block), step, span)?;
                match index {
                    Which::Instance(instance, stepped) => {
                        let handle = Handle {
                            module,
                            block,
                            instance,
                        };
                        if stepped {
                            Ok(Subject::Instance(handle))
                        } else {
                            self.step(Subject::Instance(handle), step, span)
                        }
                    }
                    Which::Unclear(value) => Ok(Subject::Value(value)),
                }
            }
            Subject::Instance(handle) => match step {
                Step::Name(name) => Ok(self.attribute(handle, name, span)),
                Step::Key(key) => match key.as_str() {
                    Some(name) => Ok(self.attribute(handle, &Arc::from(name), span)),
                    None => Err(Fault::at(
                        span,
                        "This resource has neither `count` nor `for_each` and cannot be indexed.",
                    )),
                },
            },
            Subject::Call(module, call) => {
                let Some(instances) = self.module_instances(module, call) else {
                    let missing = self.missing_module(module, call, span);
                    return Ok(Subject::Value(self.access(&missing, step, span)?));
                };
                match self.instance_of(module, Repeated::Call(call), step, span)? {
                    Which::Unclear(value) => Ok(Subject::Value(value)),
                    Which::Instance(index, stepped) => match (instances.get(index), stepped) {
                        (Some(id), true) => Ok(Subject::Module(*id)),
                        (Some(id), false) => self.step(Subject::Module(*id), step, span),
                        (None, _) => Err(Fault::at(span, "There is no such module instance.")),
                    },
                }
            }
            Subject::Module(id) => match step {
                Step::Name(name) => Ok(Subject::Value(self.output(id, name, span)?)),
                Step::Key(key) => match key.as_str() {
                    Some(name) => Ok(Subject::Value(self.output(id, name, span)?)),
                    None => Err(Fault::at(
                        span,
                        "This module call has neither `count` nor `for_each` and cannot be indexed.",
                    )),
                },
            },
        }
    }

    /// The value of what a reference has reached.
    pub(super) fn subject_value(&mut self, subject: Subject, via: Via, span: Span) -> Outcome {
        match subject {
            Subject::Value(mut value) => {
                value.origin = self.origins.step(span, via, value.origin);
                Ok(value)
            }
            Subject::Part(part) => Ok(self.part_value(part, span)),
            Subject::Instance(handle) => Ok(self.whole(handle, span)),
            Subject::Resource(module, block) => {
                let what = Repeated::Resource(block);
                self.all_instances(module, what, span, |this, instance| {
                    let handle = Handle {
                        module,
                        block,
                        instance,
                    };
                    Ok(this.whole(handle, span))
                })
            }
            Subject::Call(module, call) => {
                let Some(instances) = self.module_instances(module, call) else {
                    return Ok(self.missing_module(module, call, span));
                };
                let what = Repeated::Call(call);
                self.all_instances(module, what, span, |this, index| {
                    let id = instances.get(index).copied();
                    let id = id.ok_or_else(|| Fault::at(span, "There is no such instance."))?;
                    this.outputs(id, span)
                })
            }
            Subject::Module(id) => self.outputs(id, span),
        }
    }
}

/// Which instance of something repeated a step leads to.
pub(super) enum Which {
    /// This one, and whether the step was used up in choosing it.
    Instance(usize, bool),
    /// It cannot be told.
    Unclear(Value),
}

/// The innermost expression of a reference, and the steps after it with the first one last.
fn flattened(expr: Expr<'_>) -> (Expr<'_>, Vec<Written<'_>>) {
    let mut steps = Vec::new();
    let mut root = expr;
    loop {
        match root.kind() {
            ExprKind::GetAttr {
                object,
                name,
                name_span,
            } => {
                steps.push(Written::Name(name, object.span().join(name_span)));
                root = object;
            }
            ExprKind::Index { object, key } => {
                steps.push(Written::Key(key, root.span()));
                root = object;
            }
            _ => return (root, steps),
        }
    }
}

/// Why `name` means nothing where there is no module.
fn nameless(name: &str, scope: &Scope<'_>) -> String {
    match scope.written {
        // A template knows what it is given and nothing else.
        scope::Written::Configuration | scope::Written::JsonString(_) => {
            format!("Invalid value for \"vars\" parameter: vars map does not contain key {name:?}.")
        }
        scope::Written::Tfvars | scope::Written::CommandLine => {
            "Variables may not be used here.".to_owned()
        }
    }
}

fn next_name<'t>(steps: &mut Vec<Written<'t>>, span: Span) -> Outcome<&'t str> {
    match steps.pop() {
        Some(Written::Name(name, _)) => Ok(name),
        Some(Written::Key(..)) | None => {
            Err(Fault::at(span, "A reference needs a name after this one."))
        }
    }
}
