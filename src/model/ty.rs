use std::sync::Arc;

/// A type constraint, in Terraform's words; ARM's parameter types map onto it.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Any type; a placeholder to be filled by the value.
    Any,
    /// `bool`
    Bool,
    /// `number`; ARM's `int`
    Number,
    /// `string`; ARM's `string` and `secureString`
    String,
    /// `list(T)`; ARM's `array` is `List(Any)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`; ARM's `object` is `Map(Any)`
    Map(Box<Type>),
    /// `tuple([T, …])`
    Tuple(Vec<Type>),
    /// `object({ name = T, … })`: name, type, whether it is `optional(…)`. Sorted by name.
    Object(Vec<(Arc<str>, Type, bool)>),
}
