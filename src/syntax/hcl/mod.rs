//! Terraform configuration syntax: HCL's native form, read as Terraform reads it.
//!
//! One pass over the bytes fills one flat arena; [`Body`], [`Block`], [`Attribute`], [`Expr`] and
//! [`Template`] are views into it that copy nothing. What cannot be read becomes a notice, one line
//! or bracketed group is left out, and the rest of the file lives.

mod body;
mod decode;
mod expr;
mod node;
mod parse;
mod recover;
mod template;
mod tree;
mod view;

pub use decode::{identifier, quote};
pub use node::{BinaryOp, UnaryOp};
pub use tree::{Tree, parse, parse_expression, parse_template};
pub use view::{
    Attribute, Block, Body, Expr, ExprKind, Exprs, Item, Label, ObjectItem, ObjectItems, Template,
    TemplatePart,
};

#[cfg(test)]
mod tests;
