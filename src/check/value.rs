//! A literal as a value.

use std::sync::Arc;

use crate::expression::{self, Call, Environment, Failure, Text, classify};
use crate::model::{
    Data, Entry, Lookup, Number, Origin, Path, Step, Unknown, Value, Why, facts, look_up,
};
use crate::rule::Literal;

use super::scene::Scene;

/// The value of `literal`. `bind` spells a path from the element that is being counted.
pub(super) fn evaluate(
    scene: &Scene<'_>,
    literal: &Literal,
    bind: &dyn Fn(&Path) -> Path,
) -> Value {
    let Literal::String(text) = literal else {
        return plain(literal);
    };
    let range = match classify(text) {
        Text::Literal(text) => return Value::string(&*text, Origin::NOWHERE),
        Text::Expression(range) => range,
    };
    let mut fields = Fields {
        scene,
        bind,
        read: None,
        steps: 0,
        depth: 0,
    };
    let result =
        expression::parse(text, range).and_then(|expr| expression::evaluate(&expr, &mut fields));
    // An expression that fails (`field('a')[0]` of an empty list) says nothing about the resource.
    let mut value = result
        .unwrap_or_else(|failure| Value::unknown(Unknown::because(failure.why), Origin::NOWHERE));
    // What the expression made stands nowhere; the first property that it read is its best place.
    if value.origin == Origin::NOWHERE {
        value.origin = fields.read.unwrap_or(Origin::NOWHERE);
    }
    value
}

/// How many steps one expression of a rule may take.
const MAX_STEPS: usize = 100_000;
/// How deep it may nest.
const MAX_DEPTH: usize = 100;

/// What an expression of a rule reads: properties of the resource.
struct Fields<'f, 'm> {
    scene: &'f Scene<'m>,
    bind: &'f dyn Fn(&Path) -> Path,
    /// Where the first property that was read comes from.
    read: Option<Origin>,
    steps: usize,
    depth: usize,
}

impl Fields<'_, '_> {
    /// `field('properties.a')`; with `[*]` the list of all.
    fn field(&mut self, call: &Call<'_>) -> Result<Value, Failure> {
        let invalid = |message: &str| Failure::invalid(call.range.clone(), message);
        let [name] = call.args else {
            return Err(invalid("`field` takes one property path"));
        };
        let path = name.as_str().and_then(|name| Path::parse(name).ok());
        let path = path.ok_or_else(|| invalid("`field` takes a property path"))?;
        let path = (self.bind)(&path);
        let mut values: Vec<Value> = Vec::new();
        for (at, lookup) in look_up(self.scene.resource(), &path) {
            values.push(self.answer(&at, &lookup));
        }
        if !path.0.contains(&Step::Each) {
            let none = || Value::null(Origin::NOWHERE);
            return Ok(values.into_iter().next().unwrap_or_else(none));
        }
        // A list that is not known has members that are not known.
        let whole = values.iter().find(|value| value.as_unknown().is_some());
        match whole {
            Some(unknown) if values.len() == 1 => Ok(unknown.clone()),
            _ => {
                values.retain(|value| !value.is_null());
                Ok(Value::list(values, Origin::NOWHERE))
            }
        }
    }

    fn answer(&mut self, at: &Path, lookup: &Lookup<'_>) -> Value {
        let resource = self.scene.resource();
        let value = match lookup {
            Lookup::Found(value) if !value.is_null() => Value::clone(value),
            Lookup::Found(_) | Lookup::Missing { .. } => {
                let kind = resource.kind.as_str();
                match facts::absence(kind, &at.pattern(), resource.api.as_ref()) {
                    facts::Absence::Value(data) => Value::new(data, Origin::NOWHERE),
                    facts::Absence::Absent => Value::null(Origin::NOWHERE),
                    facts::Absence::Unknown => {
                        Value::unknown(Unknown::because(Why::Elsewhere), Origin::NOWHERE)
                    }
                }
            }
            Lookup::Unknown(unknown, origin) => Value::unknown(Unknown::clone(unknown), *origin),
            Lookup::Unmapped => Value::unknown(Unknown::because(Why::Elsewhere), Origin::NOWHERE),
        };
        if value.origin != Origin::NOWHERE {
            self.read.get_or_insert(value.origin);
        }
        value
    }
}

impl Environment for Fields<'_, '_> {
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>> {
        let name = call.name.to_ascii_lowercase();
        match name.as_str() {
            "field" | "current" => Some(self.field(call)),
            "resourcegroup" | "subscription" | "managementgroup" | "tenant" | "requestcontext"
            | "utcnow" => {
                let unknown = Unknown::because(Why::Computed).not_null();
                Some(Ok(Value::unknown(unknown, Origin::NOWHERE)))
            }
            _ => None,
        }
    }

    fn computed(&mut self) -> Origin {
        Origin::NOWHERE
    }

    fn enter(&mut self) -> Result<(), String> {
        if self.depth >= MAX_DEPTH || self.steps >= MAX_STEPS {
            return Err("the expression of the rule takes too many steps".to_owned());
        }
        self.depth += 1;
        self.steps += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// A literal without any expression in it.
pub(super) fn plain(literal: &Literal) -> Value {
    let data = match literal {
        Literal::Null => Data::Null,
        Literal::Bool(value) => Data::Bool(*value),
        Literal::Int(value) => Data::Number(Number::from(*value)),
        Literal::Float(value) => match Number::parse(&value.to_string()) {
            Some(number) => Data::Number(number),
            None => return Value::unknown(Unknown::because(Why::Invalid), Origin::NOWHERE),
        },
        Literal::String(text) => Data::String(Arc::clone(text)),
        Literal::List(items) => {
            return Value::list(items.iter().map(plain).collect(), Origin::NOWHERE);
        }
        Literal::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Entry {
                key: Arc::clone(key),
                value: plain(value),
            });
            return Value::map(entries.collect(), Origin::NOWHERE);
        }
    };
    Value::new(data, Origin::NOWHERE)
}
