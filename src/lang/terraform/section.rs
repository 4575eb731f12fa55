use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::parsed::JsonText;
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Expr, Item};
use crate::syntax::json::Node;

/// An expression in either syntax.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expression<'t> {
    /// The native syntax.
    Hcl(Expr<'t>),
    /// A JSON value whose strings may be templates.
    Json(&'t JsonText, Node<'t>),
    /// A JSON value that is meant literally: a default, a line of a `.tfvars.json`.
    Plain(Node<'t>),
}

/// `name = value`, in either syntax.
#[derive(Clone, Debug)]
pub(super) struct Argument<'t> {
    /// Its name.
    pub(super) name: Cow<'t, str>,
    /// Its value.
    pub(super) value: Expression<'t>,
}

/// A block, in either syntax.
#[derive(Clone, Debug)]
pub(super) struct Nested<'t> {
    /// Its kind: `resource`, `network_rules`.
    pub(super) kind: Cow<'t, str>,
    /// Its labels.
    pub(super) labels: Vec<Cow<'t, str>>,
    /// Its kind and labels; the key in JSON.
    pub(super) header: Span,
    /// The whole block.
    pub(super) span: Span,
    /// What stands in it.
    pub(super) body: Section<'t>,
}

/// The contents of a block with overrides merged in, in either syntax.
#[derive(Clone, Debug, Default)]
pub(super) struct Section<'t> {
    /// The arguments, in source order, without repetition.
    pub(super) arguments: Vec<Argument<'t>>,
    /// The nested blocks, in source order.
    pub(super) blocks: Vec<Nested<'t>>,
    /// It may say more than what could be read of it.
    pub(super) is_cut: bool,
}

/// Blocks nested deeper than this are left out; the parser's own limit is far lower.
const DEPTH: usize = 256;

impl<'t> Expression<'t> {
    /// Where it stands.
    pub(super) fn span(self) -> Span {
        match self {
            Self::Hcl(expr) => expr.span(),
            Self::Json(_, node) | Self::Plain(node) => node.span(),
        }
    }

    /// The text, if this is a string without interpolation.
    pub(super) fn as_text(self) -> Option<Cow<'t, str>> {
        use crate::syntax::hcl::ExprKind;
        match self {
            Self::Hcl(expr) => match expr.inner().kind() {
                ExprKind::String(text) => Some(text),
                _ => None,
            },
            Self::Json(_, node) | Self::Plain(node) => node.as_str(),
        }
    }

    /// The truth value, if this is a literal one.
    pub(super) fn as_bool(self) -> Option<bool> {
        use crate::syntax::hcl::ExprKind;
        use crate::syntax::json::NodeKind;
        match self {
            Self::Hcl(expr) => match expr.inner().kind() {
                ExprKind::Bool(value) => Some(value),
                ExprKind::String(text) => text.parse().ok(),
                _ => None,
            },
            Self::Json(_, node) | Self::Plain(node) => match node.kind() {
                NodeKind::Bool(value) => Some(value),
                NodeKind::String(text) => text.parse().ok(),
                _ => None,
            },
        }
    }
}

/// The names of a body's arguments, to find those that come twice.
#[derive(Default)]
struct Names<'t>(FxHashSet<&'t str>);

impl<'t> Names<'t> {
    /// Returns `true` if `name` is not among `arguments`. Few are looked through, many are hashed.
    fn is_new(&mut self, name: &'t str, arguments: &[Argument<'t>]) -> bool {
        const FEW: usize = 24;
        if arguments.len() < FEW {
            return arguments.iter().all(|argument| argument.name != name);
        }
        if self.0.is_empty() {
            // All of them come from one body, whose names live as long as it does.
            let names = arguments.iter().filter_map(|argument| match argument.name {
                Cow::Borrowed(name) => Some(name),
                Cow::Owned(_) => None,
            });
            self.0.extend(names);
        }
        self.0.insert(name)
    }
}

impl<'t> Section<'t> {
    /// The contents of `body`.
    pub(super) fn of(body: Body<'t>) -> Self {
        Self::at_depth(body, 0)
    }

    fn at_depth(body: Body<'t>, depth: usize) -> Self {
        let mut section = Self {
            is_cut: !body.is_whole(),
            ..Self::default()
        };
        let mut names = Names::default();
        for item in body.items() {
            match item {
                Item::Attribute(attribute) => {
                    // The first of two arguments of one name counts; the parser has told of the other.
                    if names.is_new(attribute.name(), &section.arguments) {
                        section.arguments.push(Argument {
                            name: Cow::Borrowed(attribute.name()),
                            value: Expression::Hcl(attribute.value()),
                        });
                    }
                }
                Item::Block(block) if depth < DEPTH => {
                    section.blocks.push(Nested::at_depth(block, depth + 1));
                }
                Item::Block(_) => {}
            }
        }
        section
    }

    /// The argument `name`.
    pub(super) fn argument(&self, name: &str) -> Option<&Argument<'t>> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// The value of the argument `name`.
    pub(super) fn value(&self, name: &str) -> Option<Expression<'t>> {
        self.argument(name).map(|argument| argument.value)
    }

    /// The nested blocks of `kind`.
    pub(super) fn blocks_of<'k>(
        &'k self,
        kind: &'k str,
    ) -> impl Iterator<Item = &'k Nested<'t>> + use<'k, 't> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Lays `other`, from an override file, over this: its arguments replace those of the same name,
    /// its blocks replace all of the same kind.
    pub(super) fn overlay(&mut self, other: Self) {
        for argument in other.arguments {
            let held = self
                .arguments
                .iter_mut()
                .find(|held| held.name == argument.name);
            match held {
                Some(held) => *held = argument,
                None => self.arguments.push(argument),
            }
        }
        let replaced = |block: &Nested<'_>| {
            let label = |block: &Nested<'_>| block.labels.first().map(ToString::to_string);
            let name = |block: &Nested<'_>| match &*block.kind {
                "dynamic" => label(block).unwrap_or_default(),
                kind => kind.to_owned(),
            };
            let block = name(block);
            other.blocks.iter().any(|over| name(over) == block)
        };
        self.is_cut |= other.is_cut;
        self.blocks.retain(|block| !replaced(block));
        self.blocks.extend(other.blocks);
    }
}

impl<'t> Nested<'t> {
    /// A block of the native syntax at the top of a file.
    pub(super) fn of(block: Block<'t>) -> Self {
        Self::at_depth(block, 1)
    }

    fn at_depth(block: Block<'t>, depth: usize) -> Self {
        let mut body = Section::at_depth(block.body(), depth);
        body.is_cut |= !block.is_closed();
        Self {
            kind: Cow::Borrowed(block.kind()),
            labels: block.labels().map(|label| label.text).collect(),
            header: block.header_span(),
            span: block.span(),
            body,
        }
    }

    /// The label at `index`; empty where there is none.
    pub(super) fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", |label| label)
    }
}
