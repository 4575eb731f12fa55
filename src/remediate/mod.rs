//! Fixes: proposed from wishes, proven in memory, repeated until nothing is left to take.
//!
//! A fix counts only when it is proven: applied to a copy, parsed again, evaluated again; the finding
//! is gone, no other finding came, and no evaluated value changed but those that were meant.

mod batch;
mod bench;
mod candidate;
mod compare;
mod explain;
mod fixpoint;
mod follow_up;
mod proof;
mod propose;
mod prove;
mod settle;
#[cfg(test)]
mod tests;

pub use bench::{Bench, Judged};
pub use fixpoint::{Choice, Fixed, chosen_fixpoint, fixpoint};
pub use proof::Scope;
pub use propose::{Options, propose};
