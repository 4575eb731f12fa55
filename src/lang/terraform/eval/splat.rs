use std::sync::Arc;

use super::evaluation::{Evaluation, Outcome};
use super::expression::place;
use super::handle::{Handle, Repeated};
use super::subject::Subject;
use super::unknowns::{DOMAIN, short, term_of};
use crate::lang::terraform::convert::{collection, unify_values};
use crate::lang::terraform::expansion::By;
use crate::lang::terraform::scope::{InstanceId, Scope};
use crate::model::{Collection, Data, Type, Unknown, Value};
use crate::source::Span;
use crate::syntax::hcl::Expr;

/// A splat: what is read of each item, and where the whole stands.
#[derive(Clone, Copy)]
struct Splat<'t> {
    each: Expr<'t>,
    span: Span,
}

impl<'t> Evaluation<'t> {
    /// `source[*].each`: of a list each item, of null none, of anything else the one that it is.
    pub(super) fn splat(
        &mut self,
        source: Expr<'t>,
        each: Expr<'t>,
        expr: Expr<'t>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let span = place(expr.span(), scope);
        let splat = Splat { each, span };
        let (subject, via) = self.subject(source, scope)?;
        match subject {
            Subject::Resource(module, block) => {
                let what = Repeated::Resource(block);
                let item = |instance: usize| {
                    Some(Subject::Instance(Handle {
                        module,
                        block,
                        instance,
                    }))
                };
                self.splat_instances(splat, (module, what), &subject, &item, scope)
            }
            Subject::Call(module, call) => {
                let Some(instances) = self.module_instances(module, call) else {
                    let missing = self.missing_module(module, call, span);
                    return self.splat_value(splat, &missing, scope);
                };
                let what = Repeated::Call(call);
                let item = |index: usize| instances.get(index).copied().map(Subject::Module);
                self.splat_instances(splat, (module, what), &subject, &item, scope)
            }
            Subject::Instance(_) | Subject::Module(_) => self.splat_one(splat, &subject, scope),
            Subject::Value(_) | Subject::Part(_) => {
                let value = self.subject_value(subject, via, place(source.span(), scope))?;
                self.splat_value(splat, &value, scope)
            }
        }
    }

    fn splat_instances(
        &mut self,
        splat: Splat<'t>,
        (module, what): (InstanceId, Repeated),
        subject: &Subject,
        item: &dyn Fn(usize) -> Option<Subject>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let expansion = self.expansion(module, what);
        match expansion.by {
            By::Nothing => match item(0) {
                Some(only) => self.splat_one(splat, &only, scope),
                None => self.splat_one(splat, subject, scope),
            },
            // What `for_each` repeats is a map, and a map is one thing to a splat.
            By::ForEach => self.splat_one(splat, subject, scope),
            By::Count => {
                let count = if expansion.is_certain() {
                    expansion.instances.len()
                } else {
                    expansion.instances.len().min(1)
                };
                let mut values = Vec::with_capacity(count);
                for item in (0..count).filter_map(item) {
                    values.push(self.splat_item(splat, &item, scope)?);
                }
                if expansion.is_certain() {
                    return Ok(Value::list(values, self.origins.computed(splat.span)));
                }
                Ok(self.some_of(module, what, values.first(), splat.span))
            }
        }
    }

    fn splat_one(&mut self, splat: Splat<'t>, item: &Subject, scope: &Scope<'_>) -> Outcome {
        let value = self.splat_item(splat, item, scope)?;
        Ok(Value::list(vec![value], self.origins.computed(splat.span)))
    }

    fn splat_item(&mut self, splat: Splat<'t>, item: &Subject, scope: &Scope<'_>) -> Outcome {
        let scope = Scope {
            item: Some(item),
            ..*scope
        };
        self.expr(splat.each, &scope)
    }

    fn splat_value(&mut self, splat: Splat<'t>, value: &Value, scope: &Scope<'_>) -> Outcome {
        let items = match &value.data {
            Data::Null => Vec::new(),
            Data::List(list) => list.items.clone(),
            Data::Unknown(unknown) => return self.splat_unknown(splat, value, unknown, scope),
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Map(_) => vec![value.clone()],
        };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let item = Subject::Value(item.marked(value.sensitive));
            values.push(self.splat_item(splat, &item, scope)?);
        }
        let origin = self.origins.computed(splat.span);
        // What is read of each member of a list is of one type, so the result is a list as well.
        let element = match &value.data {
            Data::List(list) if list.collection != Collection::Structural => {
                if values.is_empty() {
                    Some(Type::Any)
                } else {
                    unify_values(&values)
                }
            }
            _ => None,
        };
        let list = match element {
            Some(element) => {
                let data = collection(Collection::Uniform, element, values);
                Value::new(data, origin)
            }
            None => Value::list(values, origin),
        };
        Ok(list.marked(value.sensitive))
    }

    /// A splat of what is not known: of a known object it is one item, of a value that is one of a few
    /// it is one of the few results, else nothing is known of it.
    fn splat_unknown(
        &mut self,
        splat: Splat<'t>,
        value: &Value,
        unknown: &Arc<Unknown>,
        scope: &Scope<'_>,
    ) -> Outcome {
        let is_single = matches!(
            unknown.ty,
            Some(Type::Object(_) | Type::Map(_) | Type::String | Type::Number | Type::Bool)
        );
        if is_single && unknown.not_null {
            return self.splat_one(splat, &Subject::Value(value.clone()), scope);
        }
        let term = term_of(value).and_then(|term| {
            let each = splat.each.text();
            short(format!("{term}[*]{each}"))
        });
        let mut result = self.blend(&[value], None, term, splat.span);
        let Some(domain) = &unknown.domain else {
            self.doubt = true;
            return Ok(result);
        };
        let mut possible: Vec<Value> = Vec::new();
        for one in domain {
            match self.splat_value(splat, one, scope) {
                Ok(list) if !possible.iter().any(|held| held.says_same(&list)) => {
                    possible.push(list);
                }
                Ok(_) => {}
                Err(_) => self.doubt = true,
            }
        }
        let is_short = possible.len() <= DOMAIN && !possible.iter().any(Value::has_unknown);
        if is_short && let Data::Unknown(unknown) = &mut result.data {
            let unknown = Arc::make_mut(unknown);
            unknown.not_null = true;
            unknown.domain = Some(possible);
        }
        Ok(result)
    }
}
