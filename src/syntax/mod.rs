//! Text to compact spanned trees, with recovery.

pub mod hcl;
pub mod json;
