//! JSON with comments, trailing commas and multi-line strings, as Resource Manager reads it.
//!
//! [`parse`] makes a [`Tree`] of flat nodes that borrow from the text. A text that is not JSON gives
//! no tree and a notice that says where reading stopped: half a template has no meaning.

mod parse;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use parse::parse;
pub use tree::{Member, Node, NodeKind, Tree};
