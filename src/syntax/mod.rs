//! Text to compact spanned trees, with recovery.

pub mod hcl;
pub mod json;

mod second;

pub use second::second_parser_accepts;
