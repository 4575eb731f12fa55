//! ARM templates: parameters, variables, expansion, the written shape, planning back.

mod copy;
mod deployment;
pub mod embedded;
mod eval;
mod evaluate;
mod existence;
mod ids;
mod inputs;
mod linked;
mod naming;
mod outputs;
mod parsed;
mod placeholder;
pub mod plan;
mod resources;
mod run;
mod scope;
mod template;
mod token;
mod units;

#[cfg(test)]
mod tests;

pub use evaluate::evaluate;
pub use parsed::Cache;
pub use units::{is_template, units};
