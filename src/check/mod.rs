//! Judging: rules against the estate of a unit, in three values.
//!
//! `condition` evaluates, `engine` turns verdicts into findings, `wording` says them, `merge` joins what one text
//! caused in several instances, `suppress` reads what people accepted. No language is known here.

mod compare;
mod condition;
mod engine;
mod merge;
mod phrase;
mod place;
mod suppress;
mod undecided;
mod value;
mod wish;
mod wording;

pub use condition::{Seen, Truth, Witness};
pub use engine::{Bar, Judged, Tally, judge};
pub use merge::merge;
pub use suppress::suppress;
