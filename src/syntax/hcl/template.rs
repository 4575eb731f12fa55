use super::decode::Pieces;
use super::node::{HEREDOC, KEY_VAR, NodeId, NodeKind, QUOTED};
use super::parse::{Chain, Parser, Read, offset};
use crate::source::NoticeKind;

/// Where a template stands, which decides what ends it and which escapes it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style<'s> {
    /// Between quotes, on one line.
    Quoted,
    /// Line by line up to the marker.
    Heredoc(&'s str),
    /// The whole text.
    Bare,
}

/// What stopped a run of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The end of the template; passed.
    End,
    /// `%{ else }`; passed.
    Else,
    /// `%{ endif }`; passed.
    EndIf,
    /// `%{ endfor }`; passed.
    EndFor,
}

/// A template in the making.
struct Scan<'s> {
    style: Style<'s>,
    /// Every part in the order of the text; `None` for what is no literal.
    flat: Vec<Option<NodeId>>,
    /// The part before asked for the spaces after it to go.
    trim_next: bool,
    /// A heredoc's line starts here: its marker may.
    at_line_start: bool,
}

impl<'s> Parser<'s> {
    /// Reads a string in quotes.
    pub(super) fn quoted(&mut self) -> Read {
        let start = self.at;
        self.at += 1;
        let mut escapes = false;
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escapes = true;
                    self.at += 1;
                    self.at += self.char().map_or(0, char::len_utf8);
                }
                Some(b'$' | b'%') if self.peek(1) == Some(b'{') => {
                    return self.quoted_template(start);
                }
                Some(b'$' | b'%') if self.escaped_marker() => self.at += 3,
                None | Some(b'\n') => {
                    self.at = start;
                    return Err(self.fail("This string is never closed."));
                }
                Some(_) => self.at += 1,
            }
        }
        if escapes {
            self.check_escapes(start + 1, self.at)?;
        }
        self.check_returns(start + 1);
        self.at += 1;
        Ok(self.add(NodeKind::String, QUOTED, start, Chain::new()))
    }

    /// A carriage return ends a line to Terraform's scanner of strings, though nowhere else.
    fn check_returns(&mut self, start: usize) {
        if let Some(at) = memchr::memchr(b'\r', &self.bytes[start..self.at]) {
            self.refused_at(start + at, "This string is not closed on its line.");
        }
    }

    fn quoted_template(&mut self, start: usize) -> Read {
        self.at = start + 1;
        let mut scan = Scan::new(Style::Quoted);
        let chain = self.whole(&mut scan)?;
        let id = self.add(NodeKind::Template, QUOTED, start, chain);
        self.check_height(id)
    }

    /// Reads the lines of a heredoc up to and including its marker. The second is `true` if they are
    /// plain text.
    pub(super) fn heredoc_parts(
        &mut self,
        marker: &'s str,
        flush: bool,
        start: usize,
    ) -> Read<(Chain, bool)> {
        let mut scan = Scan::new(Style::Heredoc(marker));
        let result = self.whole(&mut scan);
        if result.is_err() && self.byte().is_none() {
            self.wasted += self.bytes.len() - start;
        }
        let chain = result?;
        if flush {
            self.flush(&scan.flat);
        }
        let plain = scan.flat.iter().all(Option::is_some);
        Ok((chain, plain))
    }

    /// Reads the whole text as a template.
    pub(super) fn whole_template(&mut self) -> NodeId {
        let mut scan = Scan::new(Style::Bare);
        let end = self.bytes.len();
        let chain = self.whole(&mut scan).unwrap_or_else(|_| {
            self.nodes.clear();
            let invalid = self.add_over(NodeKind::Invalid, 0, 0, end, Chain::new());
            let mut chain = Chain::new();
            let children = self.chain(&[invalid]);
            let part = self.add_over(NodeKind::Interpolation, 0, 0, end, children);
            self.link(&mut chain, part);
            chain
        });
        self.add_over(NodeKind::Template, 0, 0, end, chain)
    }

    fn whole(&mut self, scan: &mut Scan<'s>) -> Read<Chain> {
        let (chain, stop) = self.deeper(|parser| parser.parts(scan))?;
        if stop == Stop::End {
            Ok(chain)
        } else {
            Err(self.fail("This directive ends nothing that was begun."))
        }
    }

    /// Reads parts up to a stop, which is passed.
    fn parts(&mut self, scan: &mut Scan<'s>) -> Read<(Chain, Stop)> {
        let mut chain = Chain::new();
        loop {
            if self.at_end(scan) {
                return Ok((chain, Stop::End));
            }
            if self.byte().is_none() {
                return Err(self.fail("This string is never closed."));
            }
            if self.looking_at("${") {
                let part = self.interpolation(scan)?;
                self.link(&mut chain, part);
            } else if self.looking_at("%{") {
                match self.directive(scan)? {
                    Ok(part) => self.link(&mut chain, part),
                    Err(stop) => return Ok((chain, stop)),
                }
            } else {
                let part = self.literal(scan)?;
                self.link(&mut chain, part);
            }
        }
    }

    /// Passes the end of the template if it stands here.
    fn at_end(&mut self, scan: &Scan<'s>) -> bool {
        match scan.style {
            Style::Quoted => self.eat("\""),
            Style::Bare => self.byte().is_none(),
            Style::Heredoc(marker) => {
                if !scan.at_line_start {
                    return false;
                }
                let rest = &self.bytes[self.at..];
                let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                let line = &self.text[self.at..self.at + len];
                if line.trim() != marker {
                    return false;
                }
                let ends_file = self.at + len == self.bytes.len();
                self.at += line.trim_end().len();
                if ends_file {
                    self.notice(
                        NoticeKind::InvalidConfiguration,
                        self.at - marker.len(),
                        self.at,
                        "A line ending must follow the end of this heredoc.",
                    );
                }
                true
            }
        }
    }

    fn escaped_marker(&self) -> bool {
        self.looking_at("$${") || self.looking_at("%%{")
    }

    /// Reads text up to the next part or the end of the line: Terraform's scanner cuts there, and
    /// strip markers reach no further.
    fn literal(&mut self, scan: &mut Scan<'s>) -> Read {
        let start = self.at;
        while let Some(byte) = self.byte() {
            match byte {
                b'$' | b'%' if self.peek(1) == Some(b'{') => break,
                b'$' | b'%' if self.escaped_marker() => self.at += 3,
                b'"' if scan.style == Style::Quoted => break,
                b'\\' if scan.style == Style::Quoted => {
                    self.at += 1;
                    self.at += self.char().map_or(0, char::len_utf8);
                }
                b'\n' if scan.style == Style::Quoted => {
                    return Err(self.fail("This string is not closed on its line."));
                }
                b'\n' => {
                    self.at += 1;
                    break;
                }
                _ => self.at += 1,
            }
        }
        scan.at_line_start = self.at > start && self.bytes[self.at - 1] == b'\n';
        let quoted = scan.style == Style::Quoted;
        if quoted {
            self.check_escapes(start, self.at)?;
            self.check_returns(start);
        }
        let op = if quoted { QUOTED } else { HEREDOC };
        let id = self.add(NodeKind::Literal, op, start, Chain::new());
        if std::mem::take(&mut scan.trim_next) {
            self.trim_start(id);
        }
        scan.flat.push(Some(id));
        Ok(id)
    }

    fn check_escapes(&mut self, start: usize, end: usize) -> Read<()> {
        match Pieces::bad_escape(&self.text[start..end]) {
            None => Ok(()),
            Some(bad) => {
                self.at = start + bad;
                Err(self.fail("This escape is none that Terraform knows."))
            }
        }
    }

    /// Passes `${` or `%{` and its strip marker.
    fn open(&mut self, scan: &mut Scan<'s>) {
        self.at += 2;
        if self.eat("~")
            && let Some(Some(before)) = scan.flat.last()
        {
            self.trim_end(*before);
        }
        scan.trim_next = false;
        scan.at_line_start = false;
        scan.flat.push(None);
    }

    /// Passes `}` and the strip marker before it.
    fn shut(&mut self, scan: &mut Scan<'s>) -> Read<()> {
        self.skip();
        scan.trim_next = self.eat("~");
        if self.eat("}") {
            Ok(())
        } else {
            Err(self.fail("The closing brace of this interpolation was expected here."))
        }
    }

    fn interpolation(&mut self, scan: &mut Scan<'s>) -> Read {
        let start = self.at;
        self.open(scan);
        let expr = self.with_lines(false, |parser| {
            parser.skip();
            let expr = parser.expression()?;
            parser.shut(scan)?;
            Ok(expr)
        })?;
        let children = self.chain(&[expr]);
        Ok(self.add(NodeKind::Interpolation, 0, start, children))
    }

    /// Reads a directive: a whole `if` or `for`, or the stop that it is.
    fn directive(&mut self, scan: &mut Scan<'s>) -> Read<Result<NodeId, Stop>> {
        let start = self.at;
        self.open(scan);
        let mut children = Chain::new();
        let word = self.with_lines(false, |parser| {
            parser.skip();
            let word = parser.identifier().unwrap_or_default();
            match word {
                "if" => parser.child(&mut children)?,
                "for" => {
                    if parser.for_intro(&mut children)? {
                        parser.shut(scan)?;
                        return Ok("for with key");
                    }
                }
                "else" | "endif" | "endfor" => {}
                _ => return Err(parser.fail("A template directive was expected here.")),
            }
            parser.shut(scan)?;
            Ok(word)
        })?;
        let stop = match word {
            "else" => Stop::Else,
            "endif" => Stop::EndIf,
            "endfor" => Stop::EndFor,
            "if" => return self.if_rest(scan, start, children).map(Ok),
            _ => {
                let op = if word == "for" { 0 } else { KEY_VAR };
                return self.for_rest(scan, start, children, op).map(Ok);
            }
        };
        Ok(Err(stop))
    }

    fn if_rest(&mut self, scan: &mut Scan<'s>, start: usize, mut children: Chain) -> Read {
        let mut stop = self.branch(scan, &mut children)?;
        if stop == Stop::Else {
            stop = self.branch(scan, &mut children)?;
        }
        if stop != Stop::EndIf {
            return Err(self.fail("This `if` directive has no `endif`."));
        }
        let id = self.add(NodeKind::If, 0, start, children);
        self.check_height(id)
    }

    fn for_rest(&mut self, scan: &mut Scan<'s>, start: usize, mut children: Chain, op: u8) -> Read {
        if self.branch(scan, &mut children)? != Stop::EndFor {
            return Err(self.fail("This `for` directive has no `endfor`."));
        }
        let id = self.add(NodeKind::ForPart, op, start, children);
        self.check_height(id)
    }

    /// Reads the parts of a directive into a template of their own.
    fn branch(&mut self, scan: &mut Scan<'s>, children: &mut Chain) -> Read<Stop> {
        let start = self.at;
        let (chain, stop) = self.deeper(|parser| parser.parts(scan))?;
        let template = self.add(NodeKind::Template, 0, start, chain);
        self.link(children, template);
        Ok(stop)
    }

    fn trim_start(&mut self, literal: NodeId) {
        let (raw, start, quoted) = self.raw(literal);
        let text = Pieces::new(raw, quoted).find(|piece| !piece.char.is_whitespace());
        let cut = text.map_or(raw.len(), |piece| piece.start);
        self.node_mut(literal).start = offset(start + cut);
    }

    fn trim_end(&mut self, literal: NodeId) {
        let (raw, start, quoted) = self.raw(literal);
        let text = Pieces::new(raw, quoted)
            .filter(|piece| !piece.char.is_whitespace())
            .last();
        let kept = text.map_or(0, |piece| piece.end);
        self.node_mut(literal).end = offset(start + kept);
    }

    fn raw(&self, literal: NodeId) -> (&'s str, usize, bool) {
        let node = self.nodes[literal as usize];
        let start = node.start as usize;
        (
            &self.text[start..node.end as usize],
            start,
            node.op == QUOTED,
        )
    }

    /// Takes the common indentation off the lines of a `<<-` heredoc. Blank lines do not count; a
    /// line that starts with an interpolation has none.
    fn flush(&mut self, flat: &[Option<NodeId>]) {
        let mut starts = Vec::new();
        let mut least = usize::MAX;
        let mut new_line = true;
        for part in flat {
            let raw = part.map_or("", |id| self.raw(id).0);
            if new_line {
                let indent = raw.chars().take_while(|c| c.is_whitespace()).count();
                let blank = raw.trim_start().is_empty() && raw.ends_with('\n');
                if !blank {
                    starts.extend(*part);
                    least = least.min(indent);
                }
            }
            new_line = raw.ends_with('\n');
        }
        for id in starts {
            let (raw, start, _) = self.raw(id);
            let cut: usize = raw.chars().take(least).map(char::len_utf8).sum();
            self.node_mut(id).start = offset(start + cut);
        }
    }
}

impl<'s> Scan<'s> {
    fn new(style: Style<'s>) -> Self {
        Self {
            style,
            flat: Vec::new(),
            trim_next: false,
            at_line_start: true,
        }
    }
}
