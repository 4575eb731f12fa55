//! The pure functions, as one table per subject.

mod args;
mod array;
mod cidr;
mod comparison;
mod conversion;
mod date;
mod encoding;
mod format;
mod function;
pub(super) mod lambda;
mod numeric;
mod object;
mod opaque;
mod string;
mod text;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use function::Function;

pub(super) use args::describe;
pub(super) use function::{call, unknown_coalesce, unknown_truth};

const TABLES: [&[Function]; 10] = [
    array::TABLE,
    cidr::TABLE,
    comparison::TABLE,
    conversion::TABLE,
    date::TABLE,
    encoding::TABLE,
    numeric::TABLE,
    object::TABLE,
    opaque::TABLE,
    string::TABLE,
];

/// The functions by lower-case name.
static BY_NAME: LazyLock<FxHashMap<String, &'static Function>> = LazyLock::new(|| {
    let functions = TABLES.iter().flat_map(|table| table.iter());
    functions
        .map(|function| (function.name.to_ascii_lowercase(), function))
        .collect()
});

/// The function of this name, which is in lower case.
pub(super) fn find(lower: &str) -> Option<&'static Function> {
    BY_NAME.get(lower).copied()
}
