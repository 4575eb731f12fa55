//! The ARM template expression language (`[concat(parameters('a'), '-b')]`): parser and pure
//! functions, shared by ARM templates and by conditions written in Azure Policy's words.
//!
//! What a function reads from outside (`parameters`, `reference`, `field`) is answered by an
//! [`Environment`]; everything else is here. Unknown arguments give unknown results that still say
//! what is known: type, possible values, the deciding input, a canonical spelling.

mod ast;
mod environment;
mod eval;
mod functions;
mod member;
mod parse;
mod size;
mod term;
#[cfg(test)]
mod tests;
mod unknowns;

pub use ast::{Accessor, Expr, ExprKind};
pub use environment::{Call, Environment, Failure};
pub use eval::{evaluate, has_function};
pub use member::select;
pub use parse::{Text, classify, parse};
pub use size::{MAX_NODES, MAX_TEXT, weigh};
pub use term::{Piece, call as call_term, concat as concat_term, of as term_of, pieces};
pub use unknowns::either;
