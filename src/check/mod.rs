//! Judging: rules against the estate of a unit, in three values.
//!
//! `condition` evaluates, `engine` turns verdicts into findings, `wording` says them, `merge` joins what one text
//! caused in several instances, `suppress` reads what people accepted. No language is known here.

mod binding;
mod compare;
mod condition;
mod engine;
mod expressions;
mod merge;
mod operand;
mod phrase;
mod place;
mod scene;
mod suppress;
#[cfg(test)]
mod tests;
mod truth;
mod undecided;
mod value;
mod wish;
mod witness;
mod wording;

pub use engine::{Bar, Judged, REFUSED, Tally, judge};
pub use merge::merge;
pub use suppress::suppress;
pub use truth::Truth;
pub use witness::{Seen, Witness};
