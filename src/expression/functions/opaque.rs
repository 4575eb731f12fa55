//! Functions whose result nobody can know before deployment, or that hash in a way the service keeps
//! to itself. Equal calls of a hash are equal, so its spelling still joins what belongs together.

use super::args::Args;
use super::function::Unknowns::Own;
use super::function::{Function, MANY, Outcome, row};
use crate::expression::term;
use crate::expression::unknowns::combine;
use crate::model::{Type, Unknown, Value, Why};

pub(super) const TABLE: &[Function] = &[
    row("guid", (1, MANY), Own, Some(Type::String), hash),
    row("uniqueString", (1, MANY), Own, Some(Type::String), hash),
    // How a port, a path and a query are spelled in the parts is not documented.
    row("parseUri", (1, 1), Own, None, hidden),
    row("buildUri", (1, 1), Own, Some(Type::String), hidden),
    row("newGuid", (0, 0), Own, Some(Type::String), chance),
    row("utcNow", (0, 1), Own, Some(Type::String), chance),
    row("fail", (0, 1), Own, None, |args| {
        let message = args.values.first().and_then(Value::as_str);
        Err(match message {
            Some(message) => format!("`fail` was called: {message}"),
            None => "`fail` was called".to_owned(),
        })
    }),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "every row of the table has this shape"
)]
fn hash(args: &Args<'_>) -> Outcome {
    let mut unknown = combine(args.values).typed(Type::String).not_null();
    unknown.term = term::call(args.name, args.values);
    Ok(Value::unknown(unknown, args.origin))
}

/// Equal calls are equal.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every row of the table has this shape"
)]
fn hidden(args: &Args<'_>) -> Outcome {
    let mut unknown = combine(args.values).not_null();
    unknown.term = term::call(args.name, args.values);
    Ok(Value::unknown(unknown, args.origin))
}

/// Without a spelling: each call gives another value.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every row of the table has this shape"
)]
fn chance(args: &Args<'_>) -> Outcome {
    let unknown = Unknown::because(Why::Nondeterministic);
    Ok(Value::unknown(
        unknown.typed(Type::String).not_null(),
        args.origin,
    ))
}
