//! A formula: a value of a condition that holds expressions of the template language. What can be
//! computed from the definition alone is computed when it is compiled; what reads the resource waits.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::literal::Literal;
use super::schema;
use crate::expression::{self, Call, Environment, Expr, ExprKind, Failure};
use crate::model::{Data, Entry, Number, Origin, Unknown, Value, Why};

/// A value that is computed from the resource at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// As it is written.
    pub text: Arc<str>,
    /// What it says.
    pub term: Term,
    /// What its names stand for.
    pub bound: Arc<Bound>,
}

/// What a formula says.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A value without any expression.
    Plain(Value),
    /// An expression.
    Expression(Expr),
    /// A list of terms.
    List(Vec<Term>),
    /// An object of terms.
    Map(Vec<(Arc<str>, Term)>),
}

/// The names that are the same wherever a definition is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bound {
    /// The parameters, by lower-case name.
    pub parameters: BTreeMap<String, Value>,
    /// What `policy()` gives.
    pub policy: Option<Value>,
}

/// What a formula reads from outside.
pub trait Reader {
    /// `field('…')`: a property of the resource that the condition is about.
    ///
    /// # Errors
    /// In words, when there is no such property.
    fn field(&mut self, name: &str) -> Result<Value, String>;

    /// `current('…')`, `current()`: what is being counted, or a property of it.
    ///
    /// # Errors
    /// In words, when nothing of that name is being counted.
    fn current(&mut self, name: Option<&str>) -> Result<Value, String>;

    /// `requestContext()`, `resourceGroup()`, `subscription()`.
    fn surroundings(&mut self, name: &str) -> Value;
}

/// Functions that a [`Reader`] or the definition answers.
const OUTSIDE: [&str; 7] = [
    "field",
    "current",
    "parameters",
    "requestcontext",
    "resourcegroup",
    "subscription",
    "policy",
];

/// Functions that only Azure Policy has.
const OWN: [&str; 1] = ["iprangecontains"];

impl Formula {
    /// Its value as `reader` has it. What cannot be computed is unknown.
    pub fn evaluate(&self, reader: &mut dyn Reader) -> Value {
        self.value(&self.term, reader)
    }

    fn value(&self, term: &Term, reader: &mut dyn Reader) -> Value {
        match term {
            Term::Plain(value) => value.clone(),
            Term::List(items) => {
                let items = items.iter().map(|item| self.value(item, reader));
                Value::list(items.collect(), Origin::NOWHERE)
            }
            Term::Map(members) => {
                let entries = members.iter().map(|(key, member)| Entry {
                    key: Arc::clone(key),
                    value: self.value(member, reader),
                });
                Value::map(entries.collect(), Origin::NOWHERE)
            }
            Term::Expression(expr) => {
                let mut outside = Outside {
                    bound: &self.bound,
                    reader,
                    steps: 0,
                    depth: 0,
                };
                expression::evaluate(expr, &mut outside).unwrap_or_else(|failure| {
                    let unknown = Unknown::because(failure.why).spelled(Arc::clone(&self.text));
                    Value::unknown(unknown, Origin::NOWHERE)
                })
            }
        }
    }

    /// Every call of a function in it whose first argument is a text: the function's lower-case name
    /// and the text.
    #[must_use]
    pub fn named(&self) -> Vec<(String, Arc<str>)> {
        let mut found = Vec::new();
        names(&self.term, &mut found);
        found
    }
}

fn names(term: &Term, found: &mut Vec<(String, Arc<str>)>) {
    match term {
        Term::Plain(_) => {}
        Term::List(items) => items.iter().for_each(|item| names(item, found)),
        Term::Map(members) => members.iter().for_each(|(_, member)| names(member, found)),
        Term::Expression(expr) => walk(expr, &mut |call| {
            if let ExprKind::Call { name, args, .. } = &call.kind
                && let Some(ExprKind::Text(text)) = args.first().map(|arg| &arg.kind)
            {
                found.push((name.to_ascii_lowercase(), Arc::clone(text)));
            }
        }),
    }
}

/// Calls `visit` with every expression in `expr`, itself included.
pub(super) fn walk(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Text(_) | ExprKind::Integer(_) => {}
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| walk(arg, visit)),
        ExprKind::Access { base, steps } => {
            walk(base, visit);
            for step in steps {
                walk(&step.key, visit);
            }
        }
    }
}

/// Returns `true` if a condition may call the function `name`.
pub(super) fn is_function(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    OUTSIDE.contains(&name.as_str())
        || OWN.contains(&name.as_str())
        || expression::has_function(&name)
}

/// A known value as a literal; `None` when something in it is not known.
#[must_use]
pub fn literal_of(value: &Value) -> Option<Literal> {
    Some(match &value.data {
        Data::Null => Literal::Null,
        Data::Bool(value) => Literal::Bool(*value),
        Data::Number(number) => match number.as_i64() {
            Some(integer) => Literal::Int(integer),
            None => Literal::Float(number.as_f64()),
        },
        Data::String(text) => Literal::String(Arc::clone(text)),
        Data::List(list) => {
            Literal::List(list.items.iter().map(literal_of).collect::<Option<_>>()?)
        }
        Data::Map(map) if map.open => return None,
        Data::Map(map) => {
            let members = map.entries.iter();
            let members =
                members.map(|entry| Some((Arc::clone(&entry.key), literal_of(&entry.value)?)));
            Literal::Map(members.collect::<Option<_>>()?)
        }
        Data::Unknown(_) => return None,
    })
}

/// A literal of a configuration file as a value.
#[must_use]
pub fn value_of_literal(literal: &schema::Literal) -> Value {
    let data = match literal {
        schema::Literal::Null => Data::Null,
        schema::Literal::Bool(value) => Data::Bool(*value),
        schema::Literal::Int(value) => Data::Number(Number::from(*value)),
        schema::Literal::Float(value) => return number(&value.to_string()),
        schema::Literal::String(text) => return Value::string(text.as_str(), Origin::NOWHERE),
        schema::Literal::List(items) => {
            let items = items.iter().map(value_of_literal);
            return Value::list(items.collect(), Origin::NOWHERE);
        }
        schema::Literal::Map(members) => {
            let entries = members.iter().map(|(key, value)| Entry {
                key: Arc::from(key.as_str()),
                value: value_of_literal(value),
            });
            return Value::map(entries.collect(), Origin::NOWHERE);
        }
    };
    Value::new(data, Origin::NOWHERE)
}

/// How many steps one formula may take.
const MOST_STEPS: usize = 100_000;

/// How deep it may nest.
const DEEPEST: usize = 100;

/// The environment of a formula.
struct Outside<'o> {
    bound: &'o Bound,
    reader: &'o mut dyn Reader,
    steps: usize,
    depth: usize,
}

impl Environment for Outside<'_> {
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>> {
        if call.namespace.is_some() {
            return None;
        }
        let answer = match call.name.to_ascii_lowercase().as_str() {
            "parameters" => self.parameter(call),
            "field" => text(call, 0).and_then(|name| self.reader.field(&name)),
            "current" if call.args.is_empty() => self.reader.current(None),
            "current" => text(call, 0).and_then(|name| self.reader.current(Some(&name))),
            "policy" => Ok(self.bound.policy.clone().unwrap_or_else(elsewhere)),
            name @ ("requestcontext" | "resourcegroup" | "subscription") => {
                Ok(self.reader.surroundings(name))
            }
            "iprangecontains" => contains_range(call),
            _ => return None,
        };
        let failed = |message| Failure::invalid(Range::clone(&call.range), message);
        Some(answer.map_err(failed))
    }

    fn computed(&mut self) -> Origin {
        Origin::NOWHERE
    }

    fn enter(&mut self) -> Result<(), String> {
        if self.depth >= DEEPEST || self.steps >= MOST_STEPS {
            return Err("the expression takes too many steps".to_owned());
        }
        self.depth += 1;
        self.steps += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

impl Outside<'_> {
    fn parameter(&self, call: &Call<'_>) -> Result<Value, String> {
        let name = text(call, 0)?;
        let found = self.bound.parameters.get(&name.to_ascii_lowercase());
        found
            .cloned()
            .ok_or_else(|| format!("there is no parameter `{name}`"))
    }
}

/// A value that is settled when and where the policy is assigned.
pub(super) fn elsewhere() -> Value {
    Value::unknown(Unknown::because(Why::Elsewhere), Origin::NOWHERE)
}

fn text(call: &Call<'_>, index: usize) -> Result<Arc<str>, String> {
    let value = call.args.get(index);
    let value =
        value.ok_or_else(|| format!("`{}` takes {} arguments or more", call.name, index + 1))?;
    match &value.data {
        Data::String(text) => Ok(Arc::clone(text)),
        _ => Err(format!("`{}` takes a text", call.name)),
    }
}

/// `ipRangeContains(range, target)`: whether the first range holds the second address or range.
fn contains_range(call: &Call<'_>) -> Result<Value, String> {
    if let Some(open) = call.args.iter().find(|arg| arg.has_unknown()) {
        return Ok(open.as_unknown().map_or_else(elsewhere, |unknown| {
            let unknown = Unknown {
                domain: None,
                ..unknown.clone()
            };
            Value::unknown(unknown, Origin::NOWHERE)
        }));
    }
    let range = |index| {
        let text = text(call, index)?;
        addresses(&text).ok_or_else(|| format!("`{text}` is no address range"))
    };
    let (outer, inner) = (range(0)?, range(1)?);
    let holds = outer.0 <= inner.0 && inner.1 <= outer.1 && outer.2 == inner.2;
    Ok(Value::new(Data::Bool(holds), Origin::NOWHERE))
}

/// The first and last address of `10.0.0.0/8`, `10.0.0.1` or `10.0.0.1-10.0.0.9`, and whether they
/// are of version 6.
fn addresses(text: &str) -> Option<(u128, u128, bool)> {
    use std::net::IpAddr;
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), false),
        IpAddr::V6(address) => (u128::from(address), true),
    };
    if let Ok(net) = text.trim().parse::<ipnet::IpNet>() {
        let (first, version) = number(net.network());
        return Some((first, number(net.broadcast()).0, version));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, version) = number(first.trim().parse().ok()?);
    let (last, same) = number(last.trim().parse().ok()?);
    (version == same).then_some((first, last, version))
}

/// A number of JSON as the model has it.
pub(super) fn number(text: &str) -> Value {
    let unknown = || Value::unknown(Unknown::because(Why::Invalid), Origin::NOWHERE);
    Number::parse(text).map_or_else(unknown, |number| {
        Value::new(Data::Number(number), Origin::NOWHERE)
    })
}
