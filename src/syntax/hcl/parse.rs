use std::sync::Arc;

use super::decode::{continues_identifier, starts_identifier};
use super::node::{NONE, Node, NodeId, NodeKind};
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// How deep brackets, blocks and operators may nest. The deepest real configuration measured has 25.
pub(super) const DEPTH_LIMIT: u16 = 200;

/// How many notices one text may give.
const NOTICE_LIMIT: usize = 20;

/// What could not be read was reported; the caller leaves out what it was reading.
#[derive(Debug)]
pub(super) struct Unreadable;

pub(super) type Read<T = NodeId> = Result<T, Unreadable>;

/// The one pass over a text: where it is and what it has made.
pub(super) struct Parser<'s> {
    pub(super) source: &'s Arc<SourceFile>,
    pub(super) text: &'s str,
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    pub(super) nodes: Vec<Node>,
    /// Whether a line ending ends what is being read (bodies, object constructors) or is a space.
    pub(super) lines_matter: bool,
    pub(super) depth: u16,
    /// A block's closing brace is missing.
    pub(super) unclosed: bool,
    /// Bytes that were read in vain. Bounds the work on garbage.
    pub(super) wasted: usize,
    /// How often it is only a guess where something broken ends.
    pub(super) guessed: usize,
    notices: Vec<Notice>,
    silenced: bool,
}

/// Children in the making: the first and the last one, and the greatest height.
#[derive(Clone, Copy)]
pub(super) struct Chain {
    pub(super) first: NodeId,
    last: NodeId,
    height: u16,
}

impl Chain {
    pub(super) fn new() -> Self {
        Self {
            first: NONE,
            last: NONE,
            height: 0,
        }
    }
}

impl<'s> Parser<'s> {
    pub(super) fn new(source: &'s Arc<SourceFile>) -> Self {
        Self {
            source,
            text: &source.text,
            bytes: source.text.as_bytes(),
            at: 0,
            nodes: Vec::with_capacity(source.text.len() / 12 + 8),
            lines_matter: true,
            depth: 0,
            unclosed: false,
            wasted: 0,
            guessed: 0,
            notices: Vec::new(),
            silenced: false,
        }
    }

    pub(super) fn finish(mut self) -> (Vec<Node>, Vec<Notice>) {
        self.nodes.shrink_to_fit();
        self.notices.sort_by_key(|notice| notice.span);
        (self.nodes, self.notices)
    }

    /// Adds a node over `start..self.at`.
    pub(super) fn add(&mut self, kind: NodeKind, op: u8, start: usize, children: Chain) -> NodeId {
        self.add_over(kind, op, start, self.at, children)
    }

    pub(super) fn add_over(
        &mut self,
        kind: NodeKind,
        op: u8,
        start: usize,
        end: usize,
        children: Chain,
    ) -> NodeId {
        let id = offset(self.nodes.len());
        self.nodes.push(Node {
            kind,
            op,
            height: children.height.saturating_add(1),
            aux: 0,
            start: offset(start),
            end: offset(end),
            first: children.first,
            next: NONE,
        });
        id
    }

    pub(super) fn link(&mut self, chain: &mut Chain, child: NodeId) {
        if chain.last == NONE {
            chain.first = child;
        } else {
            self.nodes[chain.last as usize].next = child;
        }
        chain.last = child;
        chain.height = chain.height.max(self.nodes[child as usize].height);
    }

    pub(super) fn chain(&mut self, children: &[NodeId]) -> Chain {
        let mut chain = Chain::new();
        for child in children {
            self.link(&mut chain, *child);
        }
        chain
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn start_of(&self, id: NodeId) -> usize {
        self.nodes[id as usize].start as usize
    }

    /// Refuses an operator chain that no reader could follow down by recursion.
    pub(super) fn check_height(&mut self, id: NodeId) -> Read {
        if self.nodes[id as usize].height > DEPTH_LIMIT {
            return Err(self.too_deep());
        }
        Ok(id)
    }

    /// Runs `read` one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH_LIMIT {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Runs `read` where line endings matter or not.
    pub(super) fn with_lines<T>(
        &mut self,
        matter: bool,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let before = std::mem::replace(&mut self.lines_matter, matter);
        let result = read(self);
        self.lines_matter = before;
        result
    }

    /// Says that a limit keeps from reading on here; the text itself may be fine.
    fn too_deep(&mut self) -> Unreadable {
        let end = self.at + self.char().map_or(0, char::len_utf8);
        let message = format!(
            "This is nested more than {DEPTH_LIMIT} levels deep: what is inside is not judged."
        );
        self.notice(NoticeKind::Limit, self.at, end, &message);
        Unreadable
    }

    /// Reports that what stands here cannot be read.
    pub(super) fn fail(&mut self, message: &str) -> Unreadable {
        let end = self.at + self.char().map_or(0, char::len_utf8);
        self.notice(NoticeKind::UnreadableInput, self.at, end, message);
        Unreadable
    }

    pub(super) fn notice(&mut self, kind: NoticeKind, start: usize, end: usize, message: &str) {
        if self.silenced {
            return;
        }
        let span = Span::new(self.source.id, start, end);
        let path = self.source.path.clone();
        self.silenced = self.notices.len() + 1 >= NOTICE_LIMIT;
        let (kind, message) = if self.silenced {
            (
                NoticeKind::Limit,
                "There are more errors in this file; only the first ones are listed.",
            )
        } else {
            (kind, message)
        };
        self.notices.push(Notice::at(kind, path, span, message));
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn char(&self) -> Option<char> {
        self.text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
    }

    pub(super) fn looking_at(&self, token: &str) -> bool {
        self.bytes[self.at..].starts_with(token.as_bytes())
    }

    /// Takes `token` if it stands here.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.looking_at(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Passes spaces and comments, and line endings where they do not matter.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b'\n' if !self.lines_matter => self.at += 1,
                b'\r' if self.peek(1) == Some(b'\n') && !self.lines_matter => self.at += 2,
                b'#' => self.line_comment(),
                b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
                b'/' if self.peek(1) == Some(b'*') => {
                    let rest = &self.bytes[self.at + 2..];
                    match memchr::memmem::find(rest, b"*/") {
                        Some(end) => self.at += 2 + end + 2,
                        None => self.open_comment(),
                    }
                }
                _ => break,
            }
        }
    }

    /// Passes a comment that is never closed. Terraform refuses it; here it reaches to the end.
    fn open_comment(&mut self) {
        let start = Some(offset(self.at));
        let told = |notice: &Notice| notice.span.map(|span| span.start) == start;
        // One may come here again from before it.
        if !self.notices.iter().any(told) {
            self.refused_at(self.at, "This comment is never closed.");
        }
        self.at = self.bytes.len();
    }

    /// Passes a comment up to its line ending.
    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let mut len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if len > 0 && rest[len - 1] == b'\r' && len < rest.len() {
            len -= 1;
        }
        self.at += len;
    }

    /// Returns `true` at a line ending or at the end.
    pub(super) fn at_line_end(&self) -> bool {
        match self.byte() {
            None | Some(b'\n') => true,
            Some(b'\r') => self.peek(1) == Some(b'\n'),
            Some(_) => false,
        }
    }

    /// Returns `true` if an identifier starts here.
    pub(super) fn at_identifier(&self) -> bool {
        match self.byte() {
            Some(byte) if byte.is_ascii() => byte.is_ascii_alphabetic() || byte == b'_',
            Some(_) => self.char().is_some_and(starts_identifier),
            None => false,
        }
    }

    /// Takes the identifier that starts here.
    pub(super) fn identifier(&mut self) -> Option<&'s str> {
        if !self.at_identifier() {
            return None;
        }
        let start = self.at;
        while let Some(byte) = self.byte() {
            if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
                self.at += 1;
            } else if byte.is_ascii() {
                break;
            } else {
                match self.char() {
                    Some(c) if continues_identifier(c) => self.at += c.len_utf8(),
                    _ => break,
                }
            }
        }
        Some(&self.text[start..self.at])
    }

    /// The identifier that starts here, not taken.
    pub(super) fn peek_identifier(&mut self) -> Option<&'s str> {
        let before = self.at;
        let name = self.identifier();
        self.at = before;
        name
    }
}

/// Texts are capped far below 4 GiB when they are read, so an offset always fits.
pub(super) fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
