use std::sync::Arc;

/// A literal of a condition or a remedy. Text in brackets (`[field('x')]`) is an expression of the
/// template language.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, or an expression in brackets.
    String(Arc<str>),
    /// A list.
    List(Vec<Literal>),
    /// An object, in order.
    Map(Vec<(Arc<str>, Literal)>),
}
