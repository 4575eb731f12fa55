use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::text;
use crate::source::{Notice, SourceFile, Span};

/// A parsed JSON text: its nodes in document order, and what there is to say of it.
#[derive(Debug)]
pub struct Tree {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Vec<Raw>,
    pub(super) notices: Vec<Notice>,
}

/// One value as it is kept: offsets only, children directly behind their parent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index of the first node that is not inside this one.
    pub(super) next: u32,
    /// The key with its quotes; an empty range for what has none.
    pub(super) key_start: u32,
    pub(super) key_end: u32,
    pub(super) shape: Shape,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

/// One value of a [`Tree`]: a view that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    index: usize,
    raw: Raw,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'t str),
    /// A string, decoded.
    String(Cow<'t, str>),
    /// An array; see [`Node::items`].
    Array,
    /// An object; see [`Node::members`].
    Object,
}

/// One member of an object.
#[derive(Clone, Debug)]
pub struct Member<'t> {
    /// The key, decoded.
    pub key: Cow<'t, str>,
    /// The key with its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
}

impl Tree {
    /// The whole value; `None` when the text is not JSON, and then a notice says why.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.node(0)
    }

    /// What the user must know of this text: that it could not be read, or that keys collide.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The text.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The value whose token is exactly `span`.
    #[must_use]
    pub fn node_at(&self, span: Span) -> Option<Node<'_>> {
        let index = self.nodes.partition_point(|node| node.start < span.start);
        self.node(index).filter(|node| node.span() == span)
    }

    fn node(&self, index: usize) -> Option<Node<'_>> {
        self.nodes.get(index).map(|raw| Node {
            tree: self,
            index,
            raw: *raw,
        })
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.file.id,
            start,
            end,
        }
    }
}

impl<'t> Node<'t> {
    /// The token, with its quotes, brackets or braces.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span(self.raw.start, self.raw.end)
    }

    /// The token's text.
    #[must_use]
    pub fn text(self) -> &'t str {
        self.tree.file.slice(self.span())
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> NodeKind<'t> {
        match self.raw.shape {
            Shape::Null => NodeKind::Null,
            Shape::True => NodeKind::Bool(true),
            Shape::False => NodeKind::Bool(false),
            Shape::Number => NodeKind::Number(self.text()),
            Shape::String => NodeKind::String(text::decode(text::inside(self.text()))),
            Shape::Array => NodeKind::Array,
            Shape::Object => NodeKind::Object,
        }
    }

    /// The decoded text, if this is a string.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'t, str>> {
        match self.kind() {
            NodeKind::String(text) => Some(text),
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Array
            | NodeKind::Object => None,
        }
    }

    /// Returns `true` if this is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.raw.shape == Shape::Object
    }

    /// Returns `true` if this is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.raw.shape == Shape::Array
    }

    /// The items of an array, in order; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |_| self.is_array())
    }

    /// The members of an object, in source order and with those whose keys collide; none for
    /// anything else.
    pub fn members(self) -> impl Iterator<Item = Member<'t>> {
        let members = self.children().filter(move |_| self.is_object());
        members.map(|value| {
            let key_span = self.tree.span(value.raw.key_start, value.raw.key_end);
            Member {
                key: text::decode(text::inside(self.tree.file.slice(key_span))),
                key_span,
                value,
            }
        })
    }

    /// The value of the last member named `key`, ignoring ASCII case.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        self.member(key).map(|member| member.value)
    }

    /// The last member named `key`, ignoring ASCII case.
    #[must_use]
    pub fn member(self, key: &str) -> Option<Member<'t>> {
        self.members()
            .filter(|member| member.key.eq_ignore_ascii_case(key))
            .last()
    }

    /// The place in the source of the bytes `decoded` of this string's text. For anything but a
    /// string the whole token.
    #[must_use]
    pub fn string_span(self, decoded: Range<usize>) -> Span {
        if self.raw.shape != Shape::String {
            return self.span();
        }
        let range = text::raw_range(text::inside(self.text()), decoded);
        let base = self.raw.start as usize + 1;
        Span::new(self.tree.file.id, base + range.start, base + range.end)
    }

    fn children(self) -> impl Iterator<Item = Node<'t>> {
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            if at >= self.raw.next as usize {
                return None;
            }
            let child = self.tree.node(at)?;
            at = child.raw.next as usize;
            Some(child)
        })
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
