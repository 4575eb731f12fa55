use std::borrow::Cow;

use super::decode;
use super::node::{
    BinaryOp, CONDITION, CUT, EXPAND, GROUPING, HEREDOC, KEY_VAR, NONE, Node, NodeId, NodeKind,
    OBJECT, QUOTED, UNCLOSED, UnaryOp,
};
use super::tree::Tree;
use crate::source::Span;

/// The contents of a file or of a block.
#[derive(Clone, Copy, Debug)]
pub struct Body<'t>(At<'t>);

/// `name = value`
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'t>(At<'t>);

/// `kind "label" { … }`
#[derive(Clone, Copy, Debug)]
pub struct Block<'t>(At<'t>);

/// One thing that stands in a body.
#[derive(Clone, Copy, Debug)]
pub enum Item<'t> {
    /// An argument.
    Attribute(Attribute<'t>),
    /// A nested block.
    Block(Block<'t>),
}

/// A label of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label<'t> {
    /// The label, decoded.
    pub text: Cow<'t, str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr<'t>(At<'t>);

/// A string with interpolations or directives.
#[derive(Clone, Copy, Debug)]
pub struct Template<'t>(At<'t>);

/// Expressions in a row: the items of a tuple, the arguments of a call.
#[derive(Clone, Debug)]
pub struct Exprs<'t>(Children<'t>);

/// The items of an object constructor.
#[derive(Clone, Debug)]
pub struct ObjectItems<'t>(Children<'t>);

/// `key = value` in an object constructor.
#[derive(Clone, Copy, Debug)]
pub struct ObjectItem<'t> {
    /// The key: a bare name is a `String`, `(expression)` is a `Paren`.
    pub key: Expr<'t>,
    /// The value.
    pub value: Expr<'t>,
    /// From key to value.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind<'t> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(&'t str),
    /// A string without interpolation, decoded; heredocs too.
    String(Cow<'t, str>),
    /// A string with interpolations or directives.
    Template(Template<'t>),
    /// `[a, b]`
    Tuple(Exprs<'t>),
    /// `{ a = b }`
    Object(ObjectItems<'t>),
    /// The first name of a reference: `var`, `azurerm_subnet`, `each`.
    Variable(&'t str),
    /// `object.name`
    GetAttr {
        /// What the name is read from.
        object: Expr<'t>,
        /// The name.
        name: &'t str,
        /// Where the name stands.
        name_span: Span,
    },
    /// `object[key]`, and `object.0` as older configurations write it.
    Index {
        /// What is indexed.
        object: Expr<'t>,
        /// The key.
        key: Expr<'t>,
    },
    /// `source.*.name`, `source[*].name[0]`
    Splat {
        /// What is taken apart.
        source: Expr<'t>,
        /// What is read of each item, which is [`ExprKind::SplatItem`] in it.
        each: Expr<'t>,
    },
    /// The item at hand inside a splat.
    SplatItem,
    /// `name(args)`
    Call {
        /// The function's name, `provider::aws::arn_parse` included.
        name: &'t str,
        /// Where the name stands.
        name_span: Span,
        /// The arguments.
        args: Exprs<'t>,
        /// `true` for `name(args...)`: the last argument is a list of arguments.
        expand_final: bool,
    },
    /// `[for …]`, `{for …}`
    For {
        /// `true` for `{…}`.
        object: bool,
        /// The name of the key, where one is declared.
        key_var: Option<&'t str>,
        /// The name of the value.
        value_var: &'t str,
        /// What is gone through.
        collection: Expr<'t>,
        /// The key of each result, for an object.
        key: Option<Expr<'t>>,
        /// The value of each result.
        value: Expr<'t>,
        /// What a result must fulfil.
        condition: Option<Expr<'t>>,
        /// `true` for `value...`: values of one key are gathered in a list.
        grouping: bool,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// What decides.
        condition: Expr<'t>,
        /// The value if true.
        then: Expr<'t>,
        /// The value if false.
        otherwise: Expr<'t>,
    },
    /// `left op right`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        left: Expr<'t>,
        /// The right operand.
        right: Expr<'t>,
    },
    /// `op operand`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Expr<'t>,
    },
    /// `(expression)`
    Paren(Expr<'t>),
    /// Text that is no expression; a notice says why.
    Invalid,
}

/// One part of a template. Strip markers and the indentation of `<<-` are already applied.
#[derive(Clone, Debug)]
pub enum TemplatePart<'t> {
    /// Text, decoded, and where it stands.
    Literal(Cow<'t, str>, Span),
    /// `${expression}`
    Interpolation(Expr<'t>),
    /// `%{ if condition }then%{ else }otherwise%{ endif }`
    If {
        /// What decides.
        condition: Expr<'t>,
        /// The text if true.
        then: Template<'t>,
        /// The text if false, where there is an `else`.
        otherwise: Option<Template<'t>>,
    },
    /// `%{ for key, value in collection }body%{ endfor }`
    For {
        /// The name of the key, where one is declared.
        key_var: Option<&'t str>,
        /// The name of the value.
        value_var: &'t str,
        /// What is gone through.
        collection: Expr<'t>,
        /// The text of each round.
        body: Template<'t>,
    },
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
struct At<'t> {
    tree: &'t Tree,
    id: NodeId,
}

#[derive(Clone, Debug)]
struct Children<'t> {
    tree: &'t Tree,
    next: NodeId,
}

impl Tree {
    /// The top level of a configuration file; empty for a tree of another sort.
    #[must_use]
    pub fn body(&self) -> Body<'_> {
        Body::new(self, self.root)
    }

    /// What stands at the top of the file and ends at or behind the offset `start`, in source order. It is
    /// found without a look at what stands before.
    pub fn items_from(&self, start: u32) -> impl Iterator<Item = Item<'_>> + Clone {
        let is_body = self.node(self.root).kind == NodeKind::Body;
        let ids = if is_body { self.top_from(start) } else { &[] };
        ids.iter().map(move |id| {
            Item::of(At {
                tree: self,
                id: *id,
            })
        })
    }

    /// The expression, for a tree made by [`parse_expression`](super::parse_expression); `Invalid` for one of another sort.
    #[must_use]
    pub fn expression(&self) -> Expr<'_> {
        Expr::new(self, self.root)
    }

    /// The template, for a tree made by [`parse_template`](super::parse_template); without parts for one of another sort.
    #[must_use]
    pub fn template(&self) -> Template<'_> {
        Template::new(self, self.root)
    }
}

impl<'t> Iterator for Children<'t> {
    type Item = At<'t>;

    fn next(&mut self) -> Option<At<'t>> {
        let id = self.next;
        (id != NONE).then(|| {
            self.next = self.tree.node(id).next;
            At {
                tree: self.tree,
                id,
            }
        })
    }
}

impl<'t> At<'t> {
    fn node(self) -> Node {
        self.tree.node(self.id)
    }

    fn span(self) -> Span {
        let node = self.node();
        self.tree.span(node.start, node.end)
    }

    fn text(self) -> &'t str {
        let node = self.node();
        self.tree.text(node.start, node.end)
    }

    fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            next: self.node().first,
        }
    }

    /// The child at `index`; a missing one, which the parser never leaves out, reads as `Invalid`.
    fn child(self, index: usize) -> Self {
        self.children().nth(index).unwrap_or(Self {
            tree: self.tree,
            id: NONE,
        })
    }

    /// The names that a `for` declares, and the children after them.
    fn for_names(self) -> (Option<&'t str>, &'t str, Children<'t>) {
        let mut children = self.children();
        let mut name = || children.next().map_or("", At::text);
        let first = name();
        if self.node().op & KEY_VAR == 0 {
            (None, first, children)
        } else {
            let second = name();
            (Some(first), second, children)
        }
    }

    fn string(self) -> Cow<'t, str> {
        let node = self.node();
        match node.op {
            QUOTED => decode::quoted(self.tree.text(node.start + 1, node.end.saturating_sub(1))),
            HEREDOC => {
                let mut lines = self.children().map(At::literal);
                match (lines.next(), lines.next()) {
                    (None, _) => Cow::Borrowed(""),
                    (Some(only), None) => only,
                    (Some(first), Some(second)) => Cow::Owned(
                        [first, second]
                            .into_iter()
                            .chain(lines)
                            .collect::<Vec<_>>()
                            .concat(),
                    ),
                }
            }
            _ => Cow::Borrowed(self.text()),
        }
    }

    fn literal(self) -> Cow<'t, str> {
        if self.node().op == QUOTED {
            decode::quoted(self.text())
        } else {
            decode::heredoc(self.text())
        }
    }
}

impl<'t> Body<'t> {
    pub(super) fn new(tree: &'t Tree, id: NodeId) -> Self {
        Self(At { tree, id })
    }

    /// Everything in it, in source order.
    pub fn items(self) -> impl Iterator<Item = Item<'t>> + Clone {
        let is_body = self.0.node().kind == NodeKind::Body;
        self.0.children().take_while(move |_| is_body).map(Item::of)
    }

    /// Returns `false` if something that stands in it was lost, so that it may say more.
    #[must_use]
    pub fn is_whole(self) -> bool {
        let node = self.0.node();
        node.kind == NodeKind::Body && node.op != CUT
    }

    /// The arguments, in source order. One that is written twice comes twice.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'t>> + Clone {
        self.items().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    /// The nested blocks, in source order.
    pub fn blocks(self) -> impl Iterator<Item = Block<'t>> + Clone {
        self.items().filter_map(|item| match item {
            Item::Attribute(_) => None,
            Item::Block(block) => Some(block),
        })
    }

    /// The nested blocks of kind `kind`, in source order.
    pub fn blocks_of<'k>(
        self,
        kind: &'k str,
    ) -> impl Iterator<Item = Block<'t>> + Clone + use<'t, 'k> {
        self.blocks().filter(move |block| block.kind() == kind)
    }

    /// The argument `name`; the first one where it is written twice.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Attribute<'t>> {
        self.attributes().find(|attribute| attribute.name() == name)
    }

    /// From one past the opening brace to the closing one; the whole text for a file.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }
}

impl<'t> Item<'t> {
    fn of(at: At<'t>) -> Self {
        match at.node().kind {
            NodeKind::Block => Self::Block(Block(at)),
            _ => Self::Attribute(Attribute(at)),
        }
    }

    /// The whole item without the line ending.
    #[must_use]
    pub fn span(self) -> Span {
        match self {
            Self::Attribute(attribute) => attribute.span(),
            Self::Block(block) => block.span(),
        }
    }
}

impl<'t> Attribute<'t> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'t str {
        let node = self.0.node();
        self.0.tree.text(node.start, node.aux)
    }

    /// Where its name stands.
    #[must_use]
    pub fn name_span(self) -> Span {
        let node = self.0.node();
        self.0.tree.span(node.start, node.aux)
    }

    /// Its value.
    #[must_use]
    pub fn value(self) -> Expr<'t> {
        Expr(self.0.child(0))
    }

    /// From the name to the end of the value.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }
}

impl<'t> Block<'t> {
    /// Its kind: `resource`, `network_rules`.
    #[must_use]
    pub fn kind(self) -> &'t str {
        let node = self.0.node();
        self.0.tree.text(node.start, node.aux)
    }

    /// Where its kind stands.
    #[must_use]
    pub fn kind_span(self) -> Span {
        let node = self.0.node();
        self.0.tree.span(node.start, node.aux)
    }

    /// Its labels.
    pub fn labels(self) -> impl Iterator<Item = Label<'t>> + Clone {
        self.0
            .children()
            .filter(|at| at.node().kind == NodeKind::Label)
            .map(|at| Label {
                text: at.string(),
                span: at.span(),
            })
    }

    /// The label at `index`.
    #[must_use]
    pub fn label(self, index: usize) -> Option<Cow<'t, str>> {
        self.labels().nth(index).map(|label| label.text)
    }

    /// Its kind and labels.
    #[must_use]
    pub fn header_span(self) -> Span {
        let kind = self.kind_span();
        self.labels()
            .last()
            .map_or(kind, |label| kind.join(label.span))
    }

    /// From its kind to the closing brace, that included.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// What stands between its braces.
    #[must_use]
    pub fn body(self) -> Body<'t> {
        let last = self.0.children().last();
        Body(last.unwrap_or(At {
            tree: self.0.tree,
            id: NONE,
        }))
    }

    /// The offset of the opening brace.
    #[must_use]
    pub fn open_brace(self) -> u32 {
        self.body().span().start.saturating_sub(1)
    }

    /// The offset of the closing brace, or of the end where it is missing.
    #[must_use]
    pub fn close_brace(self) -> u32 {
        self.body().span().end
    }

    /// Returns `false` if the closing brace is missing.
    #[must_use]
    pub fn is_closed(self) -> bool {
        self.0.node().op != UNCLOSED
    }

    /// Returns `false` if it may say more than what was read of it: its closing brace is missing, or
    /// something between its braces was lost.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.is_closed() && self.body().is_whole()
    }
}

impl<'t> Expr<'t> {
    pub(super) fn new(tree: &'t Tree, id: NodeId) -> Self {
        Self(At { tree, id })
    }

    /// The whole expression; quotes, brackets and a heredoc's marks included.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// The expression as written.
    #[must_use]
    pub fn text(self) -> &'t str {
        self.0.text()
    }

    /// The tree it stands in.
    #[must_use]
    pub fn tree(self) -> &'t Tree {
        self.0.tree
    }

    /// The expression inside any parentheses around it.
    #[must_use]
    pub fn inner(self) -> Self {
        let mut inner = self.0;
        while inner.node().kind == NodeKind::Paren {
            inner = inner.child(0);
        }
        Self(inner)
    }

    /// Returns `true` for a string written as a heredoc.
    #[must_use]
    pub fn is_heredoc(self) -> bool {
        let node = self.0.node();
        matches!(node.kind, NodeKind::String | NodeKind::Template) && node.op == HEREDOC
    }

    /// What it is.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm a kind of node")]
    pub fn kind(self) -> ExprKind<'t> {
        let at = self.0;
        let node = at.node();
        let child = |index| Expr(at.child(index));
        match node.kind {
            NodeKind::Null => ExprKind::Null,
            NodeKind::True => ExprKind::Bool(true),
            NodeKind::False => ExprKind::Bool(false),
            NodeKind::Number => ExprKind::Number(at.text()),
            NodeKind::String => ExprKind::String(at.string()),
            NodeKind::Template => ExprKind::Template(Template(at)),
            NodeKind::Tuple => ExprKind::Tuple(Exprs(at.children())),
            NodeKind::Object => ExprKind::Object(ObjectItems(at.children())),
            NodeKind::Variable => ExprKind::Variable(at.text()),
            NodeKind::GetAttr => ExprKind::GetAttr {
                object: child(0),
                name: at.tree.text(node.aux, node.end),
                name_span: at.tree.span(node.aux, node.end),
            },
            NodeKind::Index => ExprKind::Index {
                object: child(0),
                key: child(1),
            },
            NodeKind::Splat => ExprKind::Splat {
                source: child(0),
                each: child(1),
            },
            NodeKind::SplatItem => ExprKind::SplatItem,
            NodeKind::Call => ExprKind::Call {
                name: at.tree.text(node.start, node.aux),
                name_span: at.tree.span(node.start, node.aux),
                args: Exprs(at.children()),
                expand_final: node.op == EXPAND,
            },
            NodeKind::For => for_kind(at),
            NodeKind::Conditional => ExprKind::Conditional {
                condition: child(0),
                then: child(1),
                otherwise: child(2),
            },
            NodeKind::Binary => ExprKind::Binary {
                op: BinaryOp::from_code(node.op),
                left: child(0),
                right: child(1),
            },
            NodeKind::Unary => ExprKind::Unary {
                op: if node.op == UnaryOp::Not as u8 {
                    UnaryOp::Not
                } else {
                    UnaryOp::Negate
                },
                operand: child(0),
            },
            NodeKind::Paren => ExprKind::Paren(child(0)),
            NodeKind::Body
            | NodeKind::Attribute
            | NodeKind::Block
            | NodeKind::Label
            | NodeKind::Literal
            | NodeKind::Interpolation
            | NodeKind::If
            | NodeKind::ForPart
            | NodeKind::Item
            | NodeKind::Name
            | NodeKind::Invalid => ExprKind::Invalid,
        }
    }
}

fn for_kind(at: At<'_>) -> ExprKind<'_> {
    let op = at.node().op;
    let (key_var, value_var, mut rest) = at.for_names();
    let mut next = || {
        Expr(rest.next().unwrap_or(At {
            tree: at.tree,
            id: NONE,
        }))
    };
    ExprKind::For {
        object: op & OBJECT != 0,
        key_var,
        value_var,
        collection: next(),
        key: (op & OBJECT != 0).then(&mut next),
        value: next(),
        condition: (op & CONDITION != 0).then(&mut next),
        grouping: op & GROUPING != 0,
    }
}

impl<'t> Template<'t> {
    pub(super) fn new(tree: &'t Tree, id: NodeId) -> Self {
        Self(At { tree, id })
    }

    /// The whole template; quotes and a heredoc's marks included.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// Its parts, in order.
    pub fn parts(self) -> impl Iterator<Item = TemplatePart<'t>> + Clone {
        let is_template = self.0.node().kind == NodeKind::Template;
        self.0.children().take_while(move |_| is_template).map(part)
    }

    /// The expression of `"${expression}"`: such a template passes the value through unchanged
    /// instead of making it a string.
    #[must_use]
    pub fn sole_interpolation(self) -> Option<Expr<'t>> {
        if self.0.node().op == HEREDOC {
            return None;
        }
        let mut parts = self.parts();
        match (parts.next(), parts.next()) {
            (Some(TemplatePart::Interpolation(expr)), None) => Some(expr),
            _ => None,
        }
    }
}

fn part(at: At<'_>) -> TemplatePart<'_> {
    match at.node().kind {
        NodeKind::Interpolation => TemplatePart::Interpolation(Expr(at.child(0))),
        NodeKind::If => TemplatePart::If {
            condition: Expr(at.child(0)),
            then: Template(at.child(1)),
            otherwise: at.children().nth(2).map(Template),
        },
        NodeKind::ForPart => {
            let (key_var, value_var, mut rest) = at.for_names();
            let mut next = || {
                rest.next().unwrap_or(At {
                    tree: at.tree,
                    id: NONE,
                })
            };
            TemplatePart::For {
                key_var,
                value_var,
                collection: Expr(next()),
                body: Template(next()),
            }
        }
        _ => TemplatePart::Literal(at.literal(), at.span()),
    }
}

impl<'t> Iterator for Exprs<'t> {
    type Item = Expr<'t>;

    fn next(&mut self) -> Option<Expr<'t>> {
        self.0.next().map(Expr)
    }
}

impl<'t> Iterator for ObjectItems<'t> {
    type Item = ObjectItem<'t>;

    fn next(&mut self) -> Option<ObjectItem<'t>> {
        self.0.next().map(|at| ObjectItem {
            key: Expr(at.child(0)),
            value: Expr(at.child(1)),
            span: at.span(),
        })
    }
}
