use std::sync::{Arc, OnceLock};

use super::body::BodyRules;
use super::node::{NONE, Node, NodeId, NodeKind};
use super::parse::Parser;
use crate::source::{Notice, SourceFile, Span};

/// One parsed text. Its views borrow from it and copy nothing.
#[derive(Debug)]
pub struct Tree {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    notices: Vec<Notice>,
    /// What stands at the top of the file, in source order, once that was asked for by place.
    top: OnceLock<Vec<NodeId>>,
}

/// Reads a configuration file (`.tf`, `.tfvars`). Never fails: what cannot be read is in
/// [`Tree::notices`], the rest in [`Tree::body`].
#[must_use]
pub fn parse(file: &Arc<SourceFile>) -> Tree {
    let mut parser = Parser::new(file);
    let mut root = parser.file(BodyRules::Braces);
    if parser.unclosed {
        // A brace is missing. What stands at the start of a line and looks like a new block most
        // likely is one, so the file is read again on that assumption.
        parser = Parser::new(file);
        root = parser.file(BodyRules::Margin);
    }
    Tree::of(parser, root)
}

/// Reads a text that is one expression.
#[must_use]
pub fn parse_expression(file: &Arc<SourceFile>) -> Tree {
    let mut parser = Parser::new(file);
    let root = parser.whole_expression();
    Tree::of(parser, root)
}

/// Reads a text that is a template without quotes around it: a template file, or a string in
/// Terraform's JSON syntax.
#[must_use]
pub fn parse_template(file: &Arc<SourceFile>) -> Tree {
    let mut parser = Parser::new(file);
    let root = parser.whole_template();
    Tree::of(parser, root)
}

impl Tree {
    fn of(parser: Parser<'_>, root: NodeId) -> Self {
        let file = Arc::clone(parser.source);
        let (nodes, notices) = parser.finish();
        Self {
            file,
            nodes,
            root,
            notices,
            top: OnceLock::new(),
        }
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// What could not be read, in source order; at most some twenty.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The nodes of what stands at the top of the file and ends at or behind `start`, in source order.
    pub(super) fn top_from(&self, start: u32) -> &[NodeId] {
        let top = self.top.get_or_init(|| {
            let mut top = Vec::new();
            let mut next = self.node(self.root).first;
            while next != NONE {
                top.push(next);
                next = self.node(next).next;
            }
            top
        });
        let from = top.partition_point(|id| self.node(*id).end < start);
        top.get(from..).unwrap_or_default()
    }

    /// The node named `id`. An id outside the arena, which no view holds, reads as `Invalid`.
    pub(super) fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id as usize).copied().unwrap_or(Node {
            kind: NodeKind::Invalid,
            op: 0,
            height: 0,
            aux: 0,
            start: 0,
            end: 0,
            first: NONE,
            next: NONE,
        })
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.file.id,
            start,
            end,
        }
    }

    pub(super) fn text(&self, start: u32, end: u32) -> &str {
        self.file
            .text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}
