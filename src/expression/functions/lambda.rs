//! Functions that take a lambda: `map(array, lambda('item', …))`.

use std::ops::Range;
use std::sync::Arc;

use super::args::{Members, describe};
use crate::expression::ast::{Expr, ExprKind};
use crate::expression::environment::Failure;
use crate::expression::{size, unknowns};
use crate::model::{Collection, Data, Entry, Map, Number, Origin, Unknown, Value};

/// What a function with a lambda asks of the evaluation that it stands in: its arguments are not evaluated
/// when it is called, and its lambda as often as there are items.
pub(in crate::expression) trait Interpreter {
    /// The value of an expression that stands here.
    fn value(&mut self, expr: &Expr) -> Result<Value, Failure>;

    /// The value of `body` where `names` stand for `values`, as many as there are of both.
    fn applied(
        &mut self,
        names: &[Arc<str>],
        values: &[&Value],
        body: &Expr,
    ) -> Result<Value, Failure>;

    /// The origin of what is computed here.
    fn computed(&mut self) -> Origin;
}

/// The functions that take a lambda.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::expression) enum Taker {
    Filter,
    GroupBy,
    Map,
    MapValues,
    Reduce,
    Sort,
    ToObject,
}

/// The function of this name, which is in lower case.
pub(in crate::expression) fn find(lower: &str) -> Option<Taker> {
    Some(match lower {
        "filter" => Taker::Filter,
        "groupby" => Taker::GroupBy,
        "map" => Taker::Map,
        "mapvalues" => Taker::MapValues,
        "reduce" => Taker::Reduce,
        "sort" => Taker::Sort,
        "toobject" => Taker::ToObject,
        _ => return None,
    })
}

impl Taker {
    fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::GroupBy => "groupBy",
            Self::Map => "map",
            Self::MapValues => "mapValues",
            Self::Reduce => "reduce",
            Self::Sort => "sort",
            Self::ToObject => "toObject",
        }
    }

    /// How many arguments it takes, the lambdas among them.
    fn count(self) -> (usize, usize, &'static str) {
        match self {
            Self::Filter | Self::GroupBy | Self::Map | Self::MapValues | Self::Sort => {
                (2, 2, "2 arguments")
            }
            Self::Reduce => (3, 3, "3 arguments"),
            Self::ToObject => (2, 3, "2 to 3 arguments"),
        }
    }
}

/// A lambda: the names of its parameters and its body.
struct Lambda<'e> {
    names: Vec<Arc<str>>,
    body: &'e Expr,
}

/// Calls `taker` with arguments that are not evaluated yet.
pub(in crate::expression) fn call(
    eval: &mut dyn Interpreter,
    taker: Taker,
    range: &Range<usize>,
    args: &[Expr],
) -> Result<Value, Failure> {
    let (least, most, expected) = taker.count();
    let wrong_count = || Failure::wrong_count(range, taker.name(), expected, args.len());
    let [subject, rest @ ..] = args else {
        return Err(wrong_count());
    };
    if args.len() < least || args.len() > most {
        return Err(wrong_count());
    }
    let input = eval.value(subject)?;
    let origin = eval.computed();
    if input.as_unknown().is_some() {
        let unknown = unknowns::combine([&input]).not_null();
        return Ok(Value::unknown(unknown, origin).marked(input.sensitive));
    }
    let value = match (taker, rest) {
        (Taker::MapValues, [body]) => {
            let body = lambda(eval, taker, body)?;
            map_values(eval, &input, &body, origin)
        }
        (Taker::Reduce, [start, body]) => {
            let start = eval.value(start)?;
            let body = lambda(eval, taker, body)?;
            reduce(eval, items(&input, taker, subject)?, start, &body)
        }
        (Taker::Sort, [body]) => {
            let body = lambda(eval, taker, body)?;
            sort(eval, items(&input, taker, subject)?, &body, origin)
        }
        (Taker::ToObject, [key, value @ ..]) => {
            let key = lambda(eval, taker, key)?;
            let value = value.first().map(|v| lambda(eval, taker, v)).transpose()?;
            to_object(
                eval,
                items(&input, taker, subject)?,
                &key,
                value.as_ref(),
                origin,
            )
        }
        (Taker::GroupBy, [key]) => {
            let key = lambda(eval, taker, key)?;
            group_by(eval, items(&input, taker, subject)?, &key, origin)
        }
        (Taker::Filter, [body]) => {
            let body = lambda(eval, taker, body)?;
            filter(eval, items(&input, taker, subject)?, &body, origin)
        }
        (Taker::Map, [body]) => {
            let body = lambda(eval, taker, body)?;
            map(eval, items(&input, taker, subject)?, &body, origin)
        }
        _ => return Err(wrong_count()),
    }?;
    size::weigh(&value).map_err(|limit| Failure::limit(range.clone(), limit))?;
    Ok(value.marked(input.sensitive))
}

/// Reads `lambda('a', 'b', body)`.
fn lambda<'e>(
    eval: &mut dyn Interpreter,
    taker: Taker,
    expr: &'e Expr,
) -> Result<Lambda<'e>, Failure> {
    let wrong = || {
        let message = format!("`{}` takes a lambda('name', …) here", taker.name());
        Failure::invalid(expr.range.clone(), message)
    };
    let ExprKind::Call {
        namespace: None,
        name,
        args,
    } = &expr.kind
    else {
        return Err(wrong());
    };
    let (true, Some((body, names))) = (name.eq_ignore_ascii_case("lambda"), args.split_last())
    else {
        return Err(wrong());
    };
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        match eval.value(name)?.data {
            Data::String(text) => texts.push(text),
            _ => return Err(wrong()),
        }
    }
    Ok(Lambda { names: texts, body })
}

fn items<'v>(input: &'v Value, taker: Taker, at: &Expr) -> Result<&'v [Value], Failure> {
    input.as_list().ok_or_else(|| {
        let found = describe(input);
        let message = format!("`{}` takes an array, not {found}", taker.name());
        Failure::invalid(at.range.clone(), message)
    })
}

/// Runs a lambda with as many of `values` as it names.
fn apply(
    eval: &mut dyn Interpreter,
    lambda: &Lambda<'_>,
    values: &[&Value],
) -> Result<Value, Failure> {
    eval.applied(&lambda.names, values, lambda.body)
}

fn position(index: usize, origin: Origin) -> Value {
    let index = i64::try_from(index).unwrap_or(i64::MAX);
    Value::new(Data::Number(Number::from(index)), origin)
}

fn map(
    eval: &mut dyn Interpreter,
    items: &[Value],
    body: &Lambda<'_>,
    origin: Origin,
) -> Result<Value, Failure> {
    let mut out = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        out.push(apply(eval, body, &[item, &position(index, origin)])?);
    }
    Ok(Value::list(out, origin))
}

fn filter(
    eval: &mut dyn Interpreter,
    items: &[Value],
    body: &Lambda<'_>,
    origin: Origin,
) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let verdict = apply(eval, body, &[item, &position(index, origin)])?;
        match &verdict.data {
            Data::Bool(true) => out.push(item.clone()),
            Data::Bool(false) => {}
            Data::Unknown(unknown) => return Ok(undecided(unknown, origin)),
            _ => return Err(not_a_truth(body, &verdict)),
        }
    }
    Ok(Value::list(out, origin))
}

/// The result when a lambda's answer decides its shape and is not known.
fn undecided(unknown: &Unknown, origin: Origin) -> Value {
    let mut out = Unknown::because(unknown.why).not_null();
    out.input.clone_from(&unknown.input);
    Value::unknown(out, origin)
}

fn not_a_truth(body: &Lambda<'_>, found: &Value) -> Failure {
    let message = format!(
        "the lambda must give true or false, not {}",
        describe(found)
    );
    Failure::invalid(body.body.range.clone(), message)
}

fn map_values(
    eval: &mut dyn Interpreter,
    input: &Value,
    body: &Lambda<'_>,
    origin: Origin,
) -> Result<Value, Failure> {
    let Some(map) = input.as_map() else {
        let message = format!("`mapValues` takes an object, not {}", describe(input));
        return Err(Failure::invalid(body.body.range.clone(), message));
    };
    let mut entries = Vec::with_capacity(map.entries.len());
    for entry in &map.entries {
        entries.push(Entry {
            key: Arc::clone(&entry.key),
            value: apply(eval, body, &[&entry.value])?,
        });
    }
    Ok(object(entries, map.open, origin))
}

fn reduce(
    eval: &mut dyn Interpreter,
    items: &[Value],
    start: Value,
    body: &Lambda<'_>,
) -> Result<Value, Failure> {
    let mut out = start;
    for (index, item) in items.iter().enumerate() {
        let index = position(index, out.origin);
        out = apply(eval, body, &[&out, item, &index])?;
    }
    Ok(out)
}

/// Sorts by a lambda that says whether its first item comes before its second. Insertion keeps the
/// order of equals and needs no consistent lambda to end.
fn sort(
    eval: &mut dyn Interpreter,
    items: &[Value],
    body: &Lambda<'_>,
    origin: Origin,
) -> Result<Value, Failure> {
    let mut out: Vec<Value> = Vec::with_capacity(items.len());
    for item in items {
        let (mut low, mut high) = (0, out.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let Some(other) = out.get(middle) else { break };
            let verdict = apply(eval, body, &[item, other])?;
            match &verdict.data {
                Data::Bool(true) => high = middle,
                Data::Bool(false) => low = middle + 1,
                Data::Unknown(unknown) => return Ok(undecided(unknown, origin)),
                _ => return Err(not_a_truth(body, &verdict)),
            }
        }
        out.insert(low, item.clone());
    }
    Ok(Value::list(out, origin))
}

fn to_object(
    eval: &mut dyn Interpreter,
    items: &[Value],
    key: &Lambda<'_>,
    value: Option<&Lambda<'_>>,
    origin: Origin,
) -> Result<Value, Failure> {
    let mut members = Members::default();
    let mut open = false;
    for (index, item) in items.iter().enumerate() {
        let index = position(index, origin);
        let name = apply(eval, key, &[item, &index])?;
        let made = match value {
            Some(value) => apply(eval, value, &[item, &index])?,
            None => item.clone(),
        };
        match &name.data {
            Data::String(name) => members.put(name, made),
            Data::Unknown(_) => open = true,
            _ => return Err(not_a_name(key, &name)),
        }
    }
    Ok(object(members.into_entries(), open, origin))
}

fn not_a_name(key: &Lambda<'_>, found: &Value) -> Failure {
    let message = format!("the lambda must give a text, not {}", describe(found));
    Failure::invalid(key.body.range.clone(), message)
}

fn group_by(
    eval: &mut dyn Interpreter,
    items: &[Value],
    key: &Lambda<'_>,
    origin: Origin,
) -> Result<Value, Failure> {
    let mut groups: Vec<(Arc<str>, Vec<Value>)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let name = apply(eval, key, &[item, &position(index, origin)])?;
        let text = match &name.data {
            Data::String(text) => Arc::clone(text),
            Data::Unknown(unknown) => return Ok(undecided(unknown, origin)),
            _ => return Err(not_a_name(key, &name)),
        };
        match groups.iter_mut().find(|(name, _)| *name == text) {
            Some((_, members)) => members.push(item.clone()),
            None => groups.push((text, vec![item.clone()])),
        }
    }
    let entries = groups.into_iter().map(|(key, items)| Entry {
        key,
        value: Value::list(items, origin),
    });
    Ok(object(entries.collect(), false, origin))
}

fn object(entries: Vec<Entry>, open: bool, origin: Origin) -> Value {
    let map = Map {
        collection: Collection::Structural,
        element: None,
        entries,
        open,
    };
    Value::new(Data::Map(Arc::new(map)), origin)
}
