//! What a function is: how it is called, and what it gives when an argument is not known.

use super::args::Args;
use crate::expression::{size, term, unknowns};
use crate::model::{Data, Origin, Type, Unknown, Value};

/// The result of a function: a value, or what is wrong, in words.
pub(super) type Outcome = Result<Value, String>;

/// Takes the origins of a container and of its member, gives that of the member as selected.
pub(in crate::expression) type Selected<'s> = &'s mut dyn FnMut(Origin, Origin) -> Origin;

/// One function.
pub(in crate::expression) struct Function {
    /// Its name as documented; calls ignore case.
    pub(super) name: &'static str,
    /// The fewest and the most arguments.
    count: (usize, usize),
    /// What an unknown argument does.
    unknowns: Unknowns,
    /// What it gives, where that is one type and never null.
    gives: Option<Type>,
    /// The function itself.
    run: fn(&Args<'_>) -> Outcome,
}

/// What unknown arguments do to a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknowns {
    /// An unknown at any depth makes the result unknown.
    Deep,
    /// An unknown argument makes the result unknown; unknown members are carried along.
    Shallow,
    /// The function deals with them itself.
    Own,
}

pub(super) const MANY: usize = usize::MAX;

/// A row of the table.
pub(super) const fn row(
    name: &'static str,
    count: (usize, usize),
    unknowns: Unknowns,
    gives: Option<Type>,
    run: fn(&Args<'_>) -> Outcome,
) -> Function {
    Function {
        name,
        count,
        unknowns,
        gives,
        run,
    }
}

/// Calls `function`. `selected` gives a member that was picked out of an argument its origin.
pub(in crate::expression) fn call(
    function: &'static Function,
    values: &[Value],
    origin: Origin,
    selected: Selected<'_>,
) -> Outcome {
    let (least, most) = function.count;
    if values.len() < least || values.len() > most {
        return Err(wrong_count(function, values.len()));
    }
    let blocked = match function.unknowns {
        Unknowns::Deep => values.iter().any(Value::has_unknown),
        Unknowns::Shallow => values.iter().any(|value| value.as_unknown().is_some()),
        Unknowns::Own => false,
    };
    let args = Args {
        name: function.name,
        values,
        origin,
    };
    if blocked {
        return Ok(unknown(function, &args));
    }
    let mut value = (function.run)(&args)?;
    size::weigh(&value)?;
    if value.origin != origin {
        let container = values.first().map_or(origin, |first| first.origin);
        value.origin = selected(container, value.origin);
    }
    let carries = matches!(value.data, Data::List(_) | Data::Map(_));
    Ok(value.marked(!carries && values.iter().any(|arg| arg.sensitive)))
}

/// The result of `function` when an argument is not known.
pub(super) fn unknown(function: &Function, args: &Args<'_>) -> Value {
    let mut unknown = unknowns::combine(args.values);
    unknown.ty.clone_from(&function.gives);
    unknown.not_null = function.gives.is_some();
    unknown.term = term::call(function.name, args.values);
    if function.gives == Some(Type::Bool) {
        unknown.domain = Some(truths(args.origin));
    }
    let sensitive = args.values.iter().any(|arg| arg.sensitive);
    let possible = possible(function, args).unwrap_or_default();
    if possible.is_empty() {
        return Value::unknown(unknown, args.origin).marked(sensitive);
    }
    let mut value = unknowns::one_of(&possible, unknown, args.origin).marked(sensitive);
    value.origin = args.origin;
    value
}

/// Every result, when one argument alone is unknown and has few possible values.
fn possible(function: &Function, args: &Args<'_>) -> Option<Vec<Value>> {
    let mut open = args
        .values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.has_unknown());
    let (at, value) = open.next()?;
    let domain = value.as_unknown()?.domain.as_ref()?;
    if open.next().is_some() || domain.len() > unknowns::MAX_DOMAIN {
        return None;
    }
    let mut values = args.values.to_vec();
    let mut results = Vec::with_capacity(domain.len());
    for candidate in domain {
        values.get_mut(at)?.clone_from(candidate);
        let args = Args {
            values: &values,
            ..*args
        };
        let mut result = (function.run)(&args).ok()?;
        result.origin = args.origin;
        results.push(result);
    }
    Some(results)
}

/// `and`, `or` of several that are open.
pub(in crate::expression) fn unknown_truth(name: &str, open: &[Value], origin: Origin) -> Value {
    let mut unknown = unknowns::combine(open).typed(Type::Bool).not_null();
    unknown.term = term::call(name, open);
    unknown.domain = Some(truths(origin));
    Value::unknown(unknown, origin)
}

/// `coalesce` of several that are possible.
pub(in crate::expression) fn unknown_coalesce(possible: &[Value], origin: Origin) -> Value {
    let mut unknown = unknowns::combine(possible);
    unknown.term = term::call("coalesce", possible);
    let last_present = possible.last().is_some_and(unknowns::is_present);
    let mut value = unknowns::one_of(possible, unknown, origin);
    if let Data::Unknown(unknown) = &value.data {
        // Null is a value of each but the last, and is what `coalesce` passes over.
        let mut unknown = Unknown::clone(unknown);
        unknown.not_null = last_present;
        unknown.domain = unknown.domain.map(|domain| {
            let kept = domain.into_iter();
            kept.filter(|value| !(last_present && value.is_null()))
                .collect()
        });
        value = Value::unknown(unknown, origin).marked(value.sensitive);
    }
    value
}

fn truths(origin: Origin) -> Vec<Value> {
    let truth = |truth| Value::new(Data::Bool(truth), origin);
    vec![truth(false), truth(true)]
}

fn wrong_count(function: &Function, given: usize) -> String {
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    let expected = match function.count {
        (0, 0) => "no argument".to_owned(),
        (least, most) if least == most => format!("{least} {}", plural(least)),
        (least, MANY) => format!("at least {least} {}", plural(least)),
        (least, most) => format!("{least} to {most} arguments"),
    };
    format!("`{}` takes {expected}, {given} given", function.name)
}
