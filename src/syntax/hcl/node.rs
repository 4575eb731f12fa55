/// Index of a node in the arena.
pub(super) type NodeId = u32;

/// The index that names no node.
pub(super) const NONE: NodeId = u32::MAX;

/// One node of the arena, 24 bytes. Children are a chain: `first`, then each one's `next`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    /// An operator or a set of flags, by kind.
    pub(super) op: u8,
    /// How many nodes lie on the longest way down, this one included; bounds every reader's recursion.
    pub(super) height: u16,
    /// An offset into the text, by kind: where a name ends (attribute, block, call) or starts (`a.name`).
    pub(super) aux: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) first: NodeId,
    pub(super) next: NodeId,
}

/// What a node is. The comment names its children in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// `Attribute` and `Block` nodes. `op` is `CUT` or 0.
    Body,
    /// The value.
    Attribute,
    /// `Label` nodes, then the `Body`. `op` is `UNCLOSED` or 0.
    Block,
    /// None. `op` is `QUOTED` or `BARE`.
    Label,
    Null,
    True,
    False,
    Number,
    /// None when quoted or bare; `Literal` nodes for a heredoc. `op` is `QUOTED`, `BARE` or `HEREDOC`.
    String,
    /// `Literal`, `Interpolation`, `If` and `ForPart` nodes.
    Template,
    /// None. `op` is `QUOTED` or `HEREDOC`: which escapes it knows.
    Literal,
    /// The expression.
    Interpolation,
    /// The condition, a `Template`, and another one where there is an `else`.
    If,
    /// `Name` nodes (two with `KEY_VAR`), the collection, a `Template`.
    ForPart,
    /// Expressions.
    Tuple,
    /// `Item` nodes.
    Object,
    /// The key and the value.
    Item,
    Variable,
    /// A name that `for` declares.
    Name,
    /// The object.
    GetAttr,
    /// The object and the key.
    Index,
    /// The source, and what is read of each item.
    Splat,
    SplatItem,
    /// Arguments. `op` is `EXPAND` or 0.
    Call,
    /// `Name` nodes (two with `KEY_VAR`), the collection, the key (with `OBJECT`), the value, the
    /// condition (with `CONDITION`).
    For,
    /// Condition and the two values.
    Conditional,
    Binary,
    Unary,
    Paren,
    Invalid,
}

pub(super) const BARE: u8 = 0;
pub(super) const QUOTED: u8 = 1;
pub(super) const HEREDOC: u8 = 2;

pub(super) const UNCLOSED: u8 = 1;
pub(super) const CUT: u8 = 1;
pub(super) const EXPAND: u8 = 1;

pub(super) const OBJECT: u8 = 1;
pub(super) const KEY_VAR: u8 = 2;
pub(super) const CONDITION: u8 = 4;
pub(super) const GROUPING: u8 = 8;

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// An operator before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

impl BinaryOp {
    const ALL: [Self; 13] = [
        Self::Or,
        Self::And,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Remainder,
    ];

    /// The operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// How tightly it binds; higher binds tighter. All operators group from the left.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Remainder => 6,
        }
    }

    pub(super) fn from_code(code: u8) -> Self {
        Self::ALL
            .get(usize::from(code))
            .copied()
            .unwrap_or(Self::Or)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_stays_small() {
        assert_eq!(size_of::<Node>(), 24);
    }

    #[test]
    fn operators_survive_their_code() {
        for op in BinaryOp::ALL {
            assert_eq!(BinaryOp::from_code(op as u8), op);
        }
    }
}
