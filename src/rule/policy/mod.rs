//! Azure Policy as input: definitions, initiatives, assignments and exemptions as JSON, compiled to
//! rules. What a definition says is kept as it is; what cannot be judged before deployment is refused
//! or stays undecided, each with its reason.

mod alias;
mod clause;
mod definition;
mod deployment;
mod existence;
mod export;
mod fault;
mod gather;
mod initiative;
mod kinds;
mod library;
mod operand;
mod parameters;
mod reach;
mod remedy;
mod selector;
mod source;
mod specialise;
#[cfg(test)]
mod tests;
mod translate;
mod within;

pub use crate::model::Value;
pub use alias::{Reading, read as read_alias};
pub use gather::import;
pub use library::{Faulty, Import, Imported, Library, Outcome, Remark, Settings};
pub use operand::parameter_value;
