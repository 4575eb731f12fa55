//! Text to compact spanned trees, with recovery.

pub mod hcl;
pub mod json;

mod faults;
mod second;

pub use faults::faults;
pub use second::second_parser_accepts;
