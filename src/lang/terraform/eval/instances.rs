//! One instance, or all, of what is repeated.

use std::sync::Arc;

use super::access::Step;
use super::evaluation::{Evaluation, Fault, Outcome};
use super::handle::Repeated;
use super::traversal::Which;
use crate::lang::terraform::expansion::{By, Key};
use crate::lang::terraform::scope::InstanceId;
use crate::model::{Data, Entry, Existence, Unknown, Value, Why};
use crate::source::Span;

impl Evaluation<'_> {
    /// Which instance of something repeated `step` leads to.
    pub(super) fn instance_of(
        &mut self,
        module: InstanceId,
        what: Repeated,
        step: &Step,
        span: Span,
    ) -> Outcome<Which> {
        let expansion = self.expansion(module, what);
        let key = match (expansion.by, step) {
            (By::Nothing, _) => return Ok(Which::Instance(0, false)),
            (By::Count | By::ForEach, Step::Name(name)) => {
                // `for_each` instances are members of a map, so `.key` names one as `["key"]` does.
                let found = expansion
                    .instances
                    .iter()
                    .position(|one| matches!(&one.key, Some(Key::Text(key)) if key == name));
                return match (expansion.by, found) {
                    (By::ForEach, Some(index)) => Ok(Which::Instance(index, true)),
                    _ => Err(Fault::at(
                        span,
                        "This is repeated, so an instance key such as `[0]` or `[\"key\"]` is needed here.",
                    )),
                };
            }
            (By::Count | By::ForEach, Step::Key(key)) => key,
        };
        let symbolic = expansion
            .instances
            .iter()
            .position(|one| matches!(one.key, Some(Key::Counted | Key::Each)));
        let wanted = match &key.data {
            Data::Unknown(_) => None,
            Data::Number(number) if expansion.by == By::Count => number
                .as_i64()
                .and_then(|index| usize::try_from(index).ok())
                .map(Key::Index),
            Data::String(text) if expansion.by == By::Count => text.parse().ok().map(Key::Index),
            Data::String(text) => Some(Key::Text(text.clone())),
            Data::Number(number) => Some(Key::Text(Arc::from(number.to_string()))),
            _ => return Err(Fault::at(span, "This is no instance key.")),
        };
        let Some(wanted) = wanted else {
            if let Some(index) = symbolic {
                return Ok(Which::Instance(index, true));
            }
            self.doubt = true;
            return Ok(Which::Unclear(self.blend(&[key], None, None, span)));
        };
        let found = expansion
            .instances
            .iter()
            .position(|one| one.key.as_ref() == Some(&wanted));
        if let Some(index) = found {
            let one = expansion.instances.get(index);
            self.doubt |= one.is_some_and(|one| one.existence != Existence::Certain);
            return Ok(Which::Instance(index, true));
        }
        match symbolic {
            Some(index) => {
                self.doubt = true;
                Ok(Which::Instance(index, true))
            }
            None => Err(Fault::at(span, format!("There is no instance {wanted}."))),
        }
    }

    /// All instances as one value: the instance itself, a list, or a map.
    pub(super) fn all_instances(
        &mut self,
        module: InstanceId,
        what: Repeated,
        span: Span,
        mut each: impl FnMut(&mut Self, usize) -> Outcome,
    ) -> Outcome {
        let expansion = self.expansion(module, what);
        if expansion.by == By::Nothing {
            return each(self, 0);
        }
        if !expansion.is_certain() {
            let first = if expansion.instances.is_empty() {
                None
            } else {
                Some(each(self, 0)?)
            };
            return Ok(self.some_of(module, what, first.as_ref(), span));
        }
        let mut values = Vec::with_capacity(expansion.instances.len());
        for index in 0..expansion.instances.len() {
            values.push(each(self, index)?);
        }
        let origin = self.origins.computed(span);
        if expansion.by == By::Count {
            return Ok(Value::list(values, origin));
        }
        let mut entries: Vec<Entry> = expansion
            .instances
            .iter()
            .zip(values)
            .filter_map(|(one, value)| match &one.key {
                Some(Key::Text(key)) => Some(Entry {
                    key: key.clone(),
                    value,
                }),
                _ => None,
            })
            .collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Value::map(entries, origin))
    }

    /// An unknown number of instances, of which `first` is one: it still points to where that points.
    pub(super) fn some_of(
        &mut self,
        module: InstanceId,
        what: Repeated,
        first: Option<&Value>,
        span: Span,
    ) -> Value {
        let expansion = self.expansion(module, what);
        let doubtful = expansion
            .instances
            .iter()
            .find_map(|one| match &one.existence {
                Existence::Symbolic(unknown) => Some((**unknown).clone()),
                Existence::Conditional(_) => Some(Unknown::because(Why::Input)),
                Existence::Certain => None,
            });
        let from = doubtful.unwrap_or_else(|| Unknown::because(Why::Input));
        let mut unknown = Unknown::because(from.why).not_null();
        unknown.input = from.input;
        if let Some(first) = first {
            let points_to = self.origins.points_to(first.origin).cloned();
            unknown.points_to = first
                .as_unknown()
                .and_then(|it| it.points_to.clone())
                .or(points_to);
        }
        if let Some(points_to) = &unknown.points_to
            && let Some(address) = &points_to.address
        {
            let term = format!("{}[*].{}", address.without_keys(), points_to.attribute);
            unknown.term = Some(Arc::from(term));
        }
        self.unknown_at(unknown, span)
    }
}
