use std::collections::BTreeSet;
use std::sync::Arc;

use super::text;
use super::tree::{Raw, Shape, Tree};
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// How deeply arrays and objects may be nested.
const DEPTH_LIMIT: usize = 512;

/// How many doubtful strings and colliding keys of one text are told apart; more would drown the rest.
const NOTICE_LIMIT: usize = 64;

/// Reads `file` as JSON with comments, trailing commas and multi-line strings. Never fails: a text
/// that is not JSON gives a tree without a root and one notice.
#[must_use]
pub fn parse(file: &Arc<SourceFile>) -> Tree {
    let mut parser = Parser {
        file,
        bytes: file.text.as_bytes(),
        at: 0,
        nodes: Vec::with_capacity(file.text.len() / 24),
        open: Vec::new(),
        notices: Vec::new(),
    };
    if let Err(error) = parser.document() {
        parser.nodes.clear();
        parser.notices.clear();
        let start = floor(&file.text, error.start);
        let end = ceiling(&file.text, error.end.max(start));
        let (kind, message) = match error.message {
            Some(message) => (
                NoticeKind::UnreadableInput,
                format!("This is not JSON: {message}."),
            ),
            // The text may be fine; a limit of this program keeps from reading it.
            None => (
                NoticeKind::SkippedInput,
                format!(
                    "This is nested more than {DEPTH_LIMIT} levels deep: the file is not judged."
                ),
            ),
        };
        let span = Span::new(file.id, start, end);
        parser
            .notices
            .push(Notice::at(kind, file.path.clone(), span, message));
    }
    Tree {
        file: Arc::clone(file),
        nodes: parser.nodes,
        notices: parser.notices,
    }
}

struct Parser<'f> {
    file: &'f Arc<SourceFile>,
    bytes: &'f [u8],
    at: usize,
    nodes: Vec<Raw>,
    /// Indexes of the arrays and objects that are not closed yet. A list of our own instead of
    /// recursion, so that depth costs no stack.
    open: Vec<usize>,
    notices: Vec<Notice>,
}

struct Error {
    start: usize,
    end: usize,
    /// What is wrong; `None` when the text is nested too deeply.
    message: Option<String>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Error> {
        self.skip()?;
        if self.peek().is_none() {
            return Err(self.error("it is empty"));
        }
        // Whether an item or member may start here: behind an opening bracket or a comma.
        let mut ready = self.value(0..0)?;
        while let Some(&container) = self.open.last() {
            self.skip()?;
            let object = self.nodes[container].shape == Shape::Object;
            let close = if object { b'}' } else { b']' };
            match self.peek() {
                Some(byte) if byte == close => {
                    self.close(container);
                    ready = false;
                }
                Some(b',') if !ready => {
                    self.at += 1;
                    ready = true;
                }
                Some(_) if ready && object => ready = self.member()?,
                Some(_) if ready => ready = self.value(0..0)?,
                Some(_) => {
                    let close = char::from(close);
                    return Err(self.unexpected(&format!("expected `,` or `{close}`")));
                }
                None => return Err(self.unclosed(container)),
            }
        }
        self.skip()?;
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("expected the end of the file")),
        }
    }

    fn member(&mut self) -> Result<bool, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expected a property name in double quotes"));
        }
        let start = self.at;
        self.string()?;
        let key = start..self.at;
        self.skip()?;
        if self.peek() != Some(b':') {
            return Err(self.unexpected("expected `:` after a property name"));
        }
        self.at += 1;
        self.skip()?;
        self.value(key)
    }

    /// Reads a scalar, or opens a container and returns `true`.
    fn value(&mut self, key: std::ops::Range<usize>) -> Result<bool, Error> {
        let start = self.at;
        let shape = match self.peek() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::Array,
            Some(b'"') => {
                self.string()?;
                Shape::String
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Shape::Number
            }
            Some(_) => self.word()?,
            None => return Err(self.error("it ends where a value is expected")),
        };
        let opens = matches!(shape, Shape::Object | Shape::Array);
        if opens {
            if self.open.len() >= DEPTH_LIMIT {
                return Err(Error {
                    start: self.at,
                    end: self.at,
                    message: None,
                });
            }
            self.at += 1;
            self.open.push(self.nodes.len());
        }
        self.nodes.push(Raw {
            start: offset(start),
            end: offset(self.at),
            next: offset(self.nodes.len() + 1),
            key_start: offset(key.start),
            key_end: offset(key.end),
            shape,
        });
        Ok(opens)
    }

    fn close(&mut self, container: usize) {
        self.at += 1;
        self.open.pop();
        let next = offset(self.nodes.len());
        let node = &mut self.nodes[container];
        node.end = offset(self.at);
        node.next = next;
        if node.shape == Shape::Object {
            self.report_collisions(container);
        }
    }

    fn word(&mut self) -> Result<Shape, Error> {
        let rest = &self.bytes[self.at..];
        let len = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let shape = match &rest[..len] {
            b"null" => Shape::Null,
            b"true" => Shape::True,
            b"false" => Shape::False,
            _ => return Err(self.unexpected("expected a value")),
        };
        self.at += len;
        Ok(shape)
    }

    fn number(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.eat(b"-");
        // A leading zero stands alone.
        let whole = if self.eat(b"0") { 1 } else { self.digits() };
        let mut good = whole > 0;
        if self.eat(b".") {
            good &= self.digits() > 0;
        }
        if self.eat(b"eE") {
            self.eat(b"+-");
            good &= self.digits() > 0;
        }
        let ends = |byte: u8| !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
        if good && self.peek().is_none_or(ends) {
            return Ok(());
        }
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
        let text = String::from_utf8_lossy(&self.bytes[start..self.at]);
        Err(Error {
            start,
            end: self.at,
            message: Some(format!("`{}` is no number", clipped(&text))),
        })
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn eat(&mut self, any_of: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| any_of.contains(&byte));
        self.at += usize::from(found);
        found
    }

    /// Reads a string whose opening quote is next. Line breaks and other control characters may
    /// stand in it, as Resource Manager allows.
    fn string(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(Error {
                    start,
                    end: start + 1,
                    message: Some("this string is never closed".to_owned()),
                });
            };
            self.at += found;
            if rest[found] == b'"' {
                self.at += 1;
                return Ok(());
            }
            let Some(escape) = text::escape(&rest[found..]) else {
                return Err(Error {
                    start: self.at,
                    end: (self.at + 2).min(self.bytes.len()),
                    message: Some("this escape sequence does not exist".to_owned()),
                });
            };
            if escape.lone {
                let span = Span::new(self.file.id, self.at, self.at + escape.len);
                self.report(
                    span,
                    "This escape is half of a surrogate pair; it is read as U+FFFD.".to_owned(),
                );
            }
            self.at += escape.len;
        }
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), Error> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') => self.comment()?,
                // Resource Manager skips what Unicode calls white space; pasted text holds
                // no-break spaces.
                Some(byte) if !byte.is_ascii() || matches!(byte, 0x0b | 0x0c) => {
                    match self.character() {
                        Some(character) if character.is_whitespace() => {
                            self.at += character.len_utf8();
                        }
                        _ => return Ok(()),
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Error> {
        let rest = &self.bytes[self.at..];
        match rest.get(1) {
            Some(b'/') => {
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                Ok(())
            }
            Some(b'*') => match memchr::memmem::find(&rest[2..], b"*/") {
                Some(end) => {
                    self.at += end + 4;
                    Ok(())
                }
                None => Err(Error {
                    start: self.at,
                    end: self.at + 2,
                    message: Some("this comment is never closed".to_owned()),
                }),
            },
            _ => Err(self.unexpected("expected a comment, `//` or `/*`")),
        }
    }

    /// Says which keys of the object collide when case is ignored.
    fn report_collisions(&mut self, container: usize) {
        let file = self.file;
        let mut keys = Vec::new();
        let mut at = container + 1;
        while let Some(node) = self.nodes.get(at) {
            let span = Span::new(file.id, node.key_start as usize, node.key_end as usize);
            keys.push((span, text::decode(text::inside(file.slice(span)))));
            at = node.next as usize;
        }
        let mut sorted = BTreeSet::new();
        for (index, (span, key)) in keys.iter().enumerate() {
            // Nearly all objects are small, and then comparing costs less than making copies.
            let known = if keys.len() <= 16 {
                let mut before = keys.iter().take(index);
                before.any(|(_, other)| key.eq_ignore_ascii_case(other))
            } else {
                !sorted.insert(key.to_ascii_lowercase())
            };
            if known {
                let message = format!(
                    "The property `{}` is written more than once; case does not tell names apart, \
                     and the last one counts.",
                    clipped(key)
                );
                self.report(*span, message);
            }
        }
    }

    fn report(&mut self, span: Span, message: String) {
        let (kind, message) = match self.notices.len() {
            count if count < NOTICE_LIMIT => (NoticeKind::InvalidConfiguration, message),
            NOTICE_LIMIT => (
                NoticeKind::Limit,
                format!(
                    "More than {NOTICE_LIMIT} strings or names of this file are doubtful; the rest are not listed."
                ),
            ),
            _ => return,
        };
        let path = self.file.path.clone();
        self.notices.push(Notice::at(kind, path, span, message));
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn character(&self) -> Option<char> {
        self.file.text.get(self.at..)?.chars().next()
    }

    fn error(&self, message: &str) -> Error {
        Error {
            start: self.at,
            end: self.at,
            message: Some(message.to_owned()),
        }
    }

    fn unexpected(&self, expected: &str) -> Error {
        match self.character() {
            Some(found) => Error {
                start: self.at,
                end: self.at + found.len_utf8(),
                message: Some(format!("{expected}, found `{}`", found.escape_debug())),
            },
            None => self.error(&format!("{expected}, found the end of the file")),
        }
    }

    fn unclosed(&self, container: usize) -> Error {
        let start = self.nodes[container].start as usize;
        Error {
            start,
            end: start + 1,
            message: Some("the file ends before this is closed".to_owned()),
        }
    }
}

fn clipped(text: &str) -> &str {
    text.char_indices()
        .nth(80)
        .map_or(text, |(end, _)| &text[..end])
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

fn ceiling(text: &str, offset: usize) -> usize {
    text.ceil_char_boundary(offset)
}
