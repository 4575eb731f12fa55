//! Plans, as `terraform show -json` and `tofu show -json` print them: an input of its own. The plan says
//! what will be; the source beside it says where that is written.
//!
//! `document` finds the resources in the text, `value` reads what will be known of them, `configuration`
//! says what an unknown value refers to, `source` evaluates the source `beside` the plan, `join` lays the
//! plan's values over it.

mod beside;
mod configuration;
mod document;
mod evaluate;
mod join;
mod source;
mod units;
mod value;

#[cfg(test)]
mod tests;

pub use beside::Beside;
pub use evaluate::evaluate;
pub use units::{is_plan, stands_in_plan, units};
