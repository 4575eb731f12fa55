//! `count` and `for_each`: how often a block stands, under which keys, and how surely.

use std::sync::Arc;

use super::eval::{Evaluation, Fault, Outcome, Repeated, Slot};
use super::expansion::{By, Expansion, Key, One};
use super::scope::{Bound, InstanceId, Scope};
use super::section::{Expression, Section};
use crate::model::{Collection, Data, Entry, Existence, Number, Type, Unknown, Value, Why};
use crate::source::{NoticeKind, Span};

/// A block with more instances than this is judged by one that stands for all.
const INSTANCES: usize = 10_000;

impl<'t> Evaluation<'t> {
    /// How often a resource or module call stands; a cycle through it is in error.
    pub(super) fn expansion(&mut self, module: InstanceId, what: Repeated) -> Expansion {
        match self.expansions.get(&(module, what)) {
            Some(Slot::Done(expansion)) => return expansion.clone(),
            Some(Slot::Running) => {
                let span = self.repeated_block(module, what).map(|(_, span)| span);
                if let Some(span) = span {
                    let message = "How often this stands depends on itself.";
                    self.notice(NoticeKind::InvalidConfiguration, span, message);
                }
                return Expansion::single();
            }
            None => {}
        }
        self.expansions.insert((module, what), Slot::Running);
        let doubt = std::mem::replace(&mut self.doubt, false);
        let expansion = match self.repeated_block(module, what) {
            Some((body, span)) if self.enter() => {
                let expansion = self.expanded(module, what, body, span);
                self.leave();
                expansion
            }
            _ => Expansion::single(),
        };
        self.doubt = doubt;
        let slot = Slot::Done(expansion.clone());
        self.expansions.insert((module, what), slot);
        expansion
    }

    fn repeated_block(
        &self,
        module: InstanceId,
        what: Repeated,
    ) -> Option<(&'t Section<'t>, Span)> {
        let module = self.instance(module).module;
        let block = match what {
            Repeated::Resource(index) => &module.resources.get(index)?.block,
            Repeated::Call(index) => module.calls.get(index)?,
        };
        Some((&block.body, block.header))
    }

    fn expanded(
        &mut self,
        module: InstanceId,
        what: Repeated,
        body: &'t Section<'t>,
        span: Span,
    ) -> Expansion {
        let (by, expression) = match (body.value("count"), body.value("for_each")) {
            (None, None) => return Expansion::single(),
            (Some(count), None) => (By::Count, count),
            (None, Some(for_each)) => (By::ForEach, for_each),
            (Some(_), Some(for_each)) => {
                let message = "`count` and `for_each` exclude each other.";
                self.notice(NoticeKind::InvalidConfiguration, span, message);
                (By::ForEach, for_each)
            }
        };
        let scope = Scope::module(module);
        let outcome = self.expression(expression, &scope);
        let value = self.settle(outcome, expression.span());
        let name = self.block_name(module, what);
        let outcome = match by {
            By::Count => self.counted(&value, &name, expression),
            By::ForEach | By::Nothing => self.for_each(&value, &name, expression),
        };
        let instances = match outcome {
            Ok(instances) => instances,
            Err(fault) => {
                let message = fault.message.clone();
                self.notice(NoticeKind::InvalidConfiguration, fault.span, message);
                let unknown = Unknown::because(Why::Invalid);
                vec![self.symbolic(&unknown, by, &name, expression.span())]
            }
        };
        Expansion {
            by,
            instances: Arc::from(instances),
        }
    }

    /// The name of a block with the address of its module, which starts the terms of its unknowns.
    fn block_name(&self, module: InstanceId, what: Repeated) -> String {
        let instance = self.instance(module);
        match what {
            Repeated::Resource(index) => {
                let mut name = instance.prefix.clone();
                if let Some(declared) = self.declared(module, index) {
                    declared.spell_address(&mut name);
                }
                name
            }
            Repeated::Call(index) => {
                let call = instance.module.calls.get(index);
                let name = call.map_or("", |call| call.label(0));
                format!("{}module.{name}", instance.prefix)
            }
        }
    }

    /// One instance that stands for an unknown number.
    fn symbolic(&mut self, unknown: &Unknown, by: By, name: &str, span: Span) -> One {
        let part = |ty: Option<Type>, term: String| {
            let mut part = Unknown::because(unknown.why).spelled(term).not_null();
            part.input.clone_from(&unknown.input);
            part.ty = ty;
            part
        };
        let element = match &unknown.ty {
            Some(Type::Map(of) | Type::Set(of)) if **of != Type::Any => Some((**of).clone()),
            _ => None,
        };
        let origin = self.origins.computed(span);
        let (key, entries) = match by {
            By::Count | By::Nothing => {
                let index = part(Some(Type::Number), format!("{name}.count.index"));
                (Key::Counted, vec![("index", index)])
            }
            By::ForEach => {
                let key = part(Some(Type::String), format!("{name}.each.key"));
                let mut value = part(element, format!("{name}.each.value"));
                value.not_null = false;
                (Key::Each, vec![("key", key), ("value", value)])
            }
        };
        let entries = entries
            .into_iter()
            .map(|(name, unknown)| Entry {
                key: Arc::from(name),
                value: Value::unknown(unknown, origin),
            })
            .collect();
        One {
            key: Some(key),
            bound: Some(Value::map(entries, origin)),
            existence: Existence::Symbolic(Arc::new(unknown.clone())),
        }
    }

    fn counted(
        &mut self,
        value: &Value,
        name: &str,
        expression: Expression<'t>,
    ) -> Outcome<Vec<One>> {
        let span = expression.span();
        let possible = match possible(value) {
            Ok(values) => values,
            Err(unknown) => return Ok(vec![self.symbolic(unknown, By::Count, name, span)]),
        };
        // A value that is no number is an error only where it is the one that there will be: of several
        // possible ones it is a deliberate stop, as in `x ? "x is not allowed" : 0`.
        let mut counts = Vec::new();
        let mut wrong = None;
        for value in possible {
            match count_of(&value, span) {
                Ok(count) => counts.push(count),
                Err(fault) => wrong = Some(fault),
            }
        }
        if let (Some(fault), true) = (wrong, counts.is_empty()) {
            return Err(fault);
        }
        let least = counts.iter().copied().min().unwrap_or(0);
        let most = counts.iter().copied().max().unwrap_or(0);
        if most > INSTANCES {
            self.limit(format!(
                "A block is repeated more than {INSTANCES} times; one instance stands for all."
            ));
            let unknown = Unknown::because(Why::Limit);
            return Ok(vec![self.symbolic(&unknown, By::Count, name, span)]);
        }
        let mut instances = Vec::with_capacity(most);
        for index in 0..most {
            let origin = self.origins.computed(span);
            let number = Number::from(i64::try_from(index).unwrap_or(i64::MAX));
            let entry = Entry {
                key: Arc::from("index"),
                value: Value::new(Data::Number(number), origin),
            };
            instances.push(One {
                key: Some(Key::Index(index)),
                bound: Some(Value::map(vec![entry], origin)),
                existence: if index < least {
                    Existence::Certain
                } else {
                    Existence::Conditional(value.origin)
                },
            });
        }
        Ok(instances)
    }

    fn for_each(
        &mut self,
        value: &Value,
        name: &str,
        expression: Expression<'t>,
    ) -> Outcome<Vec<One>> {
        let span = expression.span();
        let possible = match possible(value) {
            Ok(values) => values,
            Err(unknown) => return Ok(vec![self.symbolic(unknown, By::ForEach, name, span)]),
        };
        let total = possible.len();
        let mut found: Vec<(Key, Value, Value, usize)> = Vec::new();
        let mut unknown = None;
        for value in &possible {
            for (key, key_value, item) in self.members(value, span, &mut unknown)? {
                let held = found.iter_mut().find(|(held, _, held_item, _)| {
                    *held == key && total > 1 && held_item.says_same(&item)
                });
                match held {
                    Some(held) => held.3 += 1,
                    None => found.push((key, key_value, item, 1)),
                }
            }
        }
        if found.len() > INSTANCES {
            self.limit(format!(
                "A block is repeated more than {INSTANCES} times; one instance stands for all."
            ));
            let unknown = Unknown::because(Why::Limit);
            return Ok(vec![self.symbolic(&unknown, By::ForEach, name, span)]);
        }
        let mut instances = Vec::with_capacity(found.len());
        for (key, key_value, item, times) in found {
            let origin = self.origins.computed(span);
            let entry = |name: &str, value: Value| Entry {
                key: Arc::from(name),
                value,
            };
            let entries = vec![entry("key", key_value), entry("value", item)];
            instances.push(One {
                key: Some(key),
                bound: Some(Value::map(entries, origin)),
                existence: if times == total {
                    Existence::Certain
                } else {
                    Existence::Conditional(value.origin)
                },
            });
        }
        if let Some(unknown) = unknown {
            instances.push(self.symbolic(&unknown, By::ForEach, name, span));
        }
        Ok(instances)
    }

    /// The keys and items of a known `for_each`; `unknown` takes what an unknown key is due to.
    fn members(
        &mut self,
        value: &Value,
        span: Span,
        unknown: &mut Option<Unknown>,
    ) -> Outcome<Vec<(Key, Value, Value)>> {
        match &value.data {
            Data::Map(map) => {
                if map.open {
                    *unknown = Some(Unknown::because(Why::Computed));
                }
                let mut members = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let key = Value::string(entry.key.clone(), self.origins.computed(span));
                    members.push((Key::Text(entry.key.clone()), key, entry.value.clone()));
                }
                Ok(members)
            }
            Data::List(list) if list.collection == Collection::Set || list.items.is_empty() => {
                let mut members = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    match &item.data {
                        Data::String(text) => {
                            members.push((Key::Text(text.clone()), item.clone(), item.clone()));
                        }
                        Data::Unknown(why) => *unknown = Some((**why).clone()),
                        _ => {
                            let message = "A set for `for_each` holds strings only.";
                            return Err(Fault::at(span, message));
                        }
                    }
                }
                Ok(members)
            }
            Data::Null => Err(Fault::at(span, "`for_each` must not be null.")),
            Data::Unknown(why) => {
                *unknown = Some((**why).clone());
                Ok(Vec::new())
            }
            Data::List(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => Err(Fault::at(
                span,
                "`for_each` takes a map or a set of strings; make a list a set with `toset`.",
            )),
        }
    }

    /// Calls `f` with the names that hold in an instance of a block.
    pub(super) fn within<R>(
        &mut self,
        module: InstanceId,
        what: Repeated,
        instance: usize,
        f: impl FnOnce(&mut Self, &Scope<'_>) -> R,
    ) -> R {
        let expansion = self.expansion(module, what);
        let scope = Scope::module(module);
        let one = expansion.instances.get(instance);
        let name = match expansion.by {
            By::Count => "count",
            By::ForEach | By::Nothing => "each",
        };
        match one.and_then(|one| one.bound.as_ref()) {
            Some(value) => {
                let bound = Bound {
                    name,
                    value,
                    next: None,
                };
                f(self, &scope.with(&bound))
            }
            None => f(self, &scope),
        }
    }
}

/// The values that `value` can have, where those are few; else why it is not known.
fn possible(value: &Value) -> Result<Vec<Value>, &Unknown> {
    match &value.data {
        Data::Unknown(unknown) => match &unknown.domain {
            Some(domain) if !domain.is_empty() => Ok(domain.clone()),
            _ => Err(unknown),
        },
        _ => Ok(vec![value.clone()]),
    }
}

fn count_of(value: &Value, span: Span) -> Outcome<usize> {
    let number = match &value.data {
        Data::Number(number) => Some(number.clone()),
        Data::String(text) => Number::parse(text),
        _ => None,
    };
    let Some(number) = number else {
        return Err(Fault::at(span, "`count` takes a whole number."));
    };
    if number.sign() < 0 || !number.is_whole() {
        return Err(Fault::at(
            span,
            "`count` takes a whole number that is not negative.",
        ));
    }
    // A number beyond 64 bits is beyond the limit as well.
    let count = number.as_i64().unwrap_or(i64::MAX);
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
