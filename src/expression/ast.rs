use std::ops::Range;
use std::sync::Arc;

/// An expression of the template language. Ranges count bytes of the decoded string it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it says.
    pub kind: ExprKind,
}

/// The sorts of [`Expr`]. Calls are the only way to name anything: `true()`, `parameters('x')`.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `'text'`, quotes undoubled.
    Text(Arc<str>),
    /// `42`, `-1`
    Integer(i64),
    /// `name(…)` or `namespace.name(…)`
    Call {
        /// The namespace of a user-defined function.
        namespace: Option<Arc<str>>,
        /// The function's name as written.
        name: Arc<str>,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// A base followed by one or more accessors. Flat, so that a long chain is no deep tree.
    Access {
        /// What is read from.
        base: Box<Expr>,
        /// The way in, outermost first; never empty.
        steps: Vec<Accessor>,
    },
}

/// One step into a value: `.name`, `['name']`, `[0]`, or a safe `.?name`, `[?0]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Accessor {
    /// Where it stands.
    pub range: Range<usize>,
    /// The name or index; a [`ExprKind::Text`] for `.name`.
    pub key: Expr,
    /// Whether a missing member is null instead of an error.
    pub safe: bool,
}
