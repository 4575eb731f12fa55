//! Arithmetic on integers of 64 bits.

use super::args::Args;
use super::function::Unknowns::Deep;
use super::function::{Function, MANY, Outcome, row};
use crate::model::{Data, Type, Value};

pub(super) const TABLE: &[Function] = &[
    row("add", (2, 2), Deep, Some(Type::Number), |args| {
        calculate(args, i64::checked_add)
    }),
    row("sub", (2, 2), Deep, Some(Type::Number), |args| {
        calculate(args, i64::checked_sub)
    }),
    row("mul", (2, 2), Deep, Some(Type::Number), |args| {
        calculate(args, i64::checked_mul)
    }),
    row("div", (2, 2), Deep, Some(Type::Number), |args| {
        divide(args, i64::checked_div)
    }),
    row("mod", (2, 2), Deep, Some(Type::Number), |args| {
        divide(args, i64::checked_rem)
    }),
    row("min", (1, MANY), Deep, Some(Type::Number), |args| {
        extreme(args, |numbers| numbers.iter().min().copied())
    }),
    row("max", (1, MANY), Deep, Some(Type::Number), |args| {
        extreme(args, |numbers| numbers.iter().max().copied())
    }),
];

fn calculate(args: &Args<'_>, step: fn(i64, i64) -> Option<i64>) -> Outcome {
    step(args.integer(0)?, args.integer(1)?)
        .map(|value| args.make_integer(value))
        .ok_or_else(|| format!("the result of `{}` does not fit into 64 bits", args.name))
}

fn divide(args: &Args<'_>, step: fn(i64, i64) -> Option<i64>) -> Outcome {
    if args.integer(1)? == 0 {
        return Err(format!("`{}` by zero", args.name));
    }
    calculate(args, step)
}

/// Takes several integers or one array of them.
fn extreme(args: &Args<'_>, pick: fn(&[i64]) -> Option<i64>) -> Outcome {
    let values: &[Value] = match args.at(0) {
        Data::List(list) if args.values.len() == 1 => &list.items,
        _ => args.values,
    };
    let numbers = values
        .iter()
        .map(|value| match &value.data {
            Data::Number(number) => number.as_i64(),
            _ => None,
        })
        .collect::<Option<Vec<i64>>>()
        .ok_or_else(|| format!("`{}` takes integers or one array of integers", args.name))?;
    pick(&numbers)
        .map(|value| args.make_integer(value))
        .ok_or_else(|| format!("`{}` of an empty array", args.name))
}
