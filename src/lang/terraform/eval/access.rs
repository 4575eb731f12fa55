use std::sync::Arc;

use super::evaluation::{Evaluation, Fault, Outcome};
use super::primitive::{Maybe, number_of, text_of};
use super::unknowns::{short, term_of};
use crate::model::{Data, PointsTo, Type, Unknown, Value};
use crate::source::Span;
use crate::syntax::hcl::quote;

/// One step into a value.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// `.name`
    Name(Arc<str>),
    /// `[key]`
    Key(Value),
}

impl Step {
    /// The step as it is spelled; `None` for a key without a short spelling.
    pub(super) fn spelled(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(format!(".{name}")),
            Self::Key(key) => match &key.data {
                Data::String(text) => Some(format!("[{}]", quote(text))),
                _ => term_of(key).map(|term| format!("[{term}]")),
            },
        }
    }
}

impl Evaluation<'_> {
    /// What `step` leads to in `value`, as sensitive as that is.
    pub(super) fn access(&mut self, value: &Value, step: &Step, span: Span) -> Outcome {
        let sensitive = value.sensitive || matches!(step, Step::Key(key) if key.sensitive);
        let found = match (&value.data, step) {
            (Data::Unknown(unknown), _) => self.step_into_unknown(value, unknown, step, span)?,
            (Data::Null, _) => {
                return Err(Fault::at(
                    span,
                    "A null value has no attributes or elements.",
                ));
            }
            (Data::Map(_), Step::Name(name)) => self.member(value, name, span)?,
            (Data::Map(_), Step::Key(key)) => match text_of(key, span)? {
                Maybe::Known(name) => self.member(value, &name, span)?,
                Maybe::Unknown => self.by_unknown(value, key, span),
            },
            (Data::List(list), Step::Key(key)) => {
                if list.collection == crate::model::Collection::Set {
                    let message = "The elements of a set have no order and cannot be indexed.";
                    return Err(Fault::at(span, message));
                }
                match number_of(key, span)? {
                    Maybe::Unknown => self.by_unknown(value, key, span),
                    Maybe::Known(number) => {
                        let index = number
                            .as_i64()
                            .and_then(|index| usize::try_from(index).ok());
                        let item = index.and_then(|index| list.items.get(index));
                        item.cloned().ok_or_else(|| {
                            let count = list.items.len();
                            let message =
                                format!("There is no element {number} in a list of {count}.");
                            Fault::at(span, message)
                        })?
                    }
                }
            }
            (Data::List(_), Step::Name(name)) => {
                let message = format!("A list has no attribute named `{name}`.");
                return Err(Fault::at(span, message));
            }
            (Data::Bool(_) | Data::Number(_) | Data::String(_), _) => {
                return Err(Fault::at(
                    span,
                    "This value has neither attributes nor elements.",
                ));
            }
        };
        Ok(found.marked(sensitive))
    }

    /// The member `name` of a map or object.
    fn member(&mut self, value: &Value, name: &str, span: Span) -> Outcome {
        let Data::Map(map) = &value.data else {
            return Err(Fault::at(span, "A map or object is expected here."));
        };
        // Terraform's maps are sorted by key.
        if let Ok(at) = map.entries.binary_search_by(|entry| (*entry.key).cmp(name)) {
            return Ok(map.entries[at].value.clone());
        }
        if let Some(found) = map.get(name) {
            return Ok(found.clone());
        }
        if map.open {
            return Ok(self.beyond(value, name, span));
        }
        let message = format!("This object has no attribute named `{name}`.");
        Err(Fault::at(span, message))
    }

    /// A known collection by a key that is not known: one of its members, if any.
    fn by_unknown(&mut self, value: &Value, key: &Value, span: Span) -> Value {
        self.doubt = true;
        let members: Vec<Value> = match &value.data {
            Data::List(list) => list.items.clone(),
            Data::Map(map) if !map.open => map
                .entries
                .iter()
                .map(|entry| entry.value.clone())
                .collect(),
            _ => Vec::new(),
        };
        let term = term_of(value)
            .zip(term_of(key))
            .and_then(|(value, key)| short(format!("{value}[{key}]")));
        let mut chosen = self.blend(&[key], None, term, span);
        let short_list = !members.is_empty()
            && members.len() <= super::unknowns::DOMAIN
            && members.iter().all(|it| !it.has_unknown());
        if short_list && let Data::Unknown(unknown) = &mut chosen.data {
            let unknown = Arc::make_mut(unknown);
            unknown.not_null = members.iter().all(|it| !it.is_null());
            unknown.domain = Some(members);
        }
        chosen
    }

    fn step_into_unknown(
        &mut self,
        value: &Value,
        unknown: &Arc<Unknown>,
        step: &Step,
        span: Span,
    ) -> Outcome {
        if let Some(chosen) = self.step_into_domain(value, unknown, step, span) {
            return Ok(chosen);
        }
        let (ty, certain) = match (&unknown.ty, step) {
            (Some(Type::Object(fields)), Step::Name(name)) => {
                let ty = field(fields, name).ok_or_else(|| {
                    let message = format!("This object has no attribute named `{name}`.");
                    Fault::at(span, message)
                })?;
                (Some(ty.clone()), unknown.not_null)
            }
            (Some(Type::Object(fields)), Step::Key(key)) => (
                key.as_str().and_then(|name| field(fields, name)).cloned(),
                false,
            ),
            (Some(Type::Map(of) | Type::List(of)), _) => (Some((**of).clone()), false),
            (Some(Type::Tuple(of)), Step::Key(key)) => {
                let index = match &key.data {
                    Data::Number(number) => number.as_i64(),
                    _ => None,
                };
                let index = index.and_then(|index| usize::try_from(index).ok());
                (index.and_then(|index| of.get(index)).cloned(), false)
            }
            (Some(Type::Bool | Type::Number | Type::String), _) => {
                return Err(Fault::at(
                    span,
                    "This value has neither attributes nor elements.",
                ));
            }
            _ => (None, false),
        };
        self.doubt |= !certain;
        let mut inner = Unknown::because(unknown.why);
        inner.input.clone_from(&unknown.input);
        inner.points_to = points_into(unknown, step);
        inner.term = unknown
            .term
            .as_deref()
            .zip(step.spelled())
            .and_then(|(term, step)| short(format!("{term}{step}")))
            .map(Arc::from);
        let ty = ty.filter(|ty| *ty != Type::Any);
        if ty == Some(Type::Bool) {
            let origin = self.origins.computed(span);
            let truth = |it| Value::new(Data::Bool(it), origin);
            inner.domain = Some(vec![truth(true), truth(false)]);
        }
        inner.ty = ty;
        Ok(Value::unknown(inner, value.origin))
    }

    /// A step into a value that is one of a short list: one of what it leads to in each.
    fn step_into_domain(
        &mut self,
        value: &Value,
        unknown: &Unknown,
        step: &Step,
        span: Span,
    ) -> Option<Value> {
        let domain = unknown.domain.as_ref()?;
        let mut reached: Vec<Value> = Vec::new();
        for possible in domain {
            match self.access(possible, step, span) {
                Ok(found) if !reached.iter().any(|held| held.says_same(&found)) => {
                    reached.push(found);
                }
                Ok(_) => {}
                // Some of the possible values have nothing there.
                Err(_) => self.doubt = true,
            }
        }
        if let ([only], false) = (&*reached, self.doubt) {
            return Some(only.clone());
        }
        if reached.is_empty() || reached.iter().any(Value::has_unknown) {
            return None;
        }
        let mut inner = Unknown::because(unknown.why);
        inner.input.clone_from(&unknown.input);
        inner.not_null = reached.iter().all(|it| !it.is_null());
        inner.domain = Some(reached);
        let term = unknown.term.as_deref().zip(step.spelled());
        inner.term = term
            .and_then(|(term, step)| short(format!("{term}{step}")))
            .map(Arc::from);
        Some(Value::unknown(inner, value.origin))
    }
}

fn field<'f>(fields: &'f [(Arc<str>, Type, bool)], name: &str) -> Option<&'f Type> {
    fields
        .iter()
        .find(|(field, _, _)| &**field == name)
        .map(|(_, ty, _)| ty)
}

/// What an unknown that points to an attribute points to one step further in. A list of one attribute
/// of all instances points to that attribute itself.
fn points_into(unknown: &Unknown, step: &Step) -> Option<Arc<PointsTo>> {
    let points_to = unknown.points_to.as_ref()?;
    let is_splat = unknown
        .term
        .as_deref()
        .is_some_and(|term| term.contains("[*]"));
    if is_splat && matches!(step, Step::Key(_)) {
        return Some(Arc::clone(points_to));
    }
    let step = step.spelled()?;
    let attribute = format!("{}{step}", points_to.attribute);
    Some(Arc::new(PointsTo {
        attribute: Arc::from(attribute.trim_start_matches('.')),
        ..(**points_to).clone()
    }))
}
