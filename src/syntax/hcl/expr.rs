use super::node::{
    BARE, BinaryOp, CONDITION, EXPAND, GROUPING, HEREDOC, KEY_VAR, NodeId, NodeKind, OBJECT,
    UnaryOp,
};
use super::parse::{Chain, Parser, Read, offset};

impl Parser<'_> {
    /// Reads a text that is one expression and nothing else.
    pub(super) fn whole_expression(&mut self) -> NodeId {
        self.lines_matter = false;
        self.skip();
        let expr = self.expression().and_then(|expr| {
            self.skip();
            if self.byte().is_none() {
                Ok(expr)
            } else {
                Err(self.fail("The end of the expression was expected here."))
            }
        });
        expr.unwrap_or_else(|_| {
            let end = self.bytes.len();
            self.add_over(NodeKind::Invalid, 0, 0, end, Chain::new())
        })
    }

    /// Reads an expression; spaces before it are passed already, those after it are left.
    pub(super) fn expression(&mut self) -> Read {
        self.deeper(|parser| {
            let condition = parser.operation(1)?;
            let end = parser.at;
            parser.skip();
            if !parser.eat("?") {
                parser.at = end;
                return Ok(condition);
            }
            let start = parser.start_of(condition);
            parser.skip();
            let then = parser.expression()?;
            parser.skip();
            if !parser.eat(":") {
                return Err(parser
                    .fail("A colon and the second value of this condition were expected here."));
            }
            parser.skip();
            let otherwise = parser.expression()?;
            let children = parser.chain(&[condition, then, otherwise]);
            let id = parser.add(NodeKind::Conditional, 0, start, children);
            parser.check_height(id)
        })
    }

    /// Reads operands joined by operators that bind at least as tightly as `least`.
    fn operation(&mut self, least: u8) -> Read {
        let mut left = self.operand()?;
        loop {
            let end = self.at;
            self.skip();
            let op = self.operator().filter(|op| op.precedence() >= least);
            let Some(op) = op else {
                self.at = end;
                return Ok(left);
            };
            self.at += op.as_str().len();
            self.skip();
            let right = self.operation(op.precedence() + 1)?;
            let start = self.start_of(left);
            let children = self.chain(&[left, right]);
            left = self.add(NodeKind::Binary, op as u8, start, children);
            self.check_height(left)?;
        }
    }

    /// The operator that stands here, not taken.
    fn operator(&self) -> Option<BinaryOp> {
        let op = match (self.byte()?, self.peek(1)) {
            (b'|', Some(b'|')) => BinaryOp::Or,
            (b'&', Some(b'&')) => BinaryOp::And,
            (b'=', Some(b'=')) => BinaryOp::Equal,
            (b'!', Some(b'=')) => BinaryOp::NotEqual,
            (b'<', Some(b'=')) => BinaryOp::LessOrEqual,
            (b'>', Some(b'=')) => BinaryOp::GreaterOrEqual,
            (b'<', _) => BinaryOp::Less,
            (b'>', _) => BinaryOp::Greater,
            (b'+', _) => BinaryOp::Add,
            (b'-', _) => BinaryOp::Subtract,
            (b'*', _) => BinaryOp::Multiply,
            (b'/', _) => BinaryOp::Divide,
            (b'%', _) => BinaryOp::Remainder,
            _ => return None,
        };
        Some(op)
    }

    /// Reads one operand: signs, the term, and what is read of it.
    fn operand(&mut self) -> Read {
        let op = match self.byte() {
            Some(b'!') => UnaryOp::Not,
            Some(b'-') => UnaryOp::Negate,
            _ => {
                let term = self.term()?;
                return self.traversal(term);
            }
        };
        let start = self.at;
        self.at += 1;
        self.skip();
        let operand = self.deeper(Self::operand)?;
        let children = self.chain(&[operand]);
        let id = self.add(NodeKind::Unary, op as u8, start, children);
        self.check_height(id)
    }

    fn term(&mut self) -> Read {
        match self.byte() {
            Some(b'"') => self.quoted(),
            Some(b'0'..=b'9') => self.number(),
            Some(b'(') => self.paren(),
            Some(b'[') => self.tuple(),
            Some(b'{') => self.object(),
            Some(b'<') if self.peek(1) == Some(b'<') => self.heredoc(),
            _ if self.at_identifier() => self.name(),
            _ => Err(self.fail("An expression was expected here.")),
        }
    }

    /// Reads a number as Terraform's scanner takes it, which reaches further than numbers do.
    fn number(&mut self) -> Read {
        let start = self.at;
        let (mut dots, mut exponents) = (0, 0);
        loop {
            match (self.byte(), self.peek(1), self.peek(2)) {
                (Some(b'0'..=b'9'), ..) => self.at += 1,
                (Some(b'.'), Some(b'0'..=b'9'), _) => {
                    dots += 1;
                    self.at += 2;
                }
                (Some(b'e' | b'E'), Some(b'+' | b'-'), Some(b'0'..=b'9')) => {
                    exponents += 1;
                    self.at += 3;
                }
                (Some(b'e' | b'E'), Some(b'0'..=b'9'), _) => {
                    exponents += 1;
                    self.at += 2;
                }
                _ => break,
            }
        }
        let written = &self.text[start..self.at];
        let whole_exponent = written.rfind(['e', 'E']) < written.rfind('.');
        if dots > 1 || exponents > 1 || (dots == 1 && exponents == 1 && whole_exponent) {
            self.at = start;
            return Err(self.fail("This is not a number; a text needs quotes."));
        }
        Ok(self.add(NodeKind::Number, 0, start, Chain::new()))
    }

    fn paren(&mut self) -> Read {
        let start = self.at;
        let inner = self.bracketed(|parser| {
            let inner = parser.expression()?;
            parser.skip();
            parser.close(")")?;
            Ok(inner)
        })?;
        let children = self.chain(&[inner]);
        let id = self.add(NodeKind::Paren, 0, start, children);
        self.check_height(id)
    }

    fn tuple(&mut self) -> Read {
        let start = self.at;
        let before = self.at;
        let is_for = self.bracketed(|parser| Ok(parser.peek_identifier() == Some("for")))?;
        if is_for {
            return self.for_expression(start);
        }
        self.at = before;
        let items = self.bracketed(|parser| parser.list("]").map(|(items, _)| items))?;
        let id = self.add(NodeKind::Tuple, 0, start, items);
        self.check_height(id)
    }

    /// Passes the opening bracket that stands here and runs `read` where line endings are spaces.
    fn bracketed<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.at += 1;
        self.with_lines(false, |parser| {
            parser.skip();
            read(parser)
        })
    }

    /// Reads expressions between commas up to and including `close`. The second is `true` if `...`
    /// stands before it.
    fn list(&mut self, close: &str) -> Read<(Chain, bool)> {
        let mut items = Chain::new();
        loop {
            self.skip();
            if self.eat(close) {
                return Ok((items, false));
            }
            let item = self.expression()?;
            self.link(&mut items, item);
            self.skip();
            if close == ")" && self.eat("...") {
                self.skip();
                self.close(close)?;
                return Ok((items, true));
            }
            if !self.eat(",") {
                self.close(close)?;
                return Ok((items, false));
            }
        }
    }

    fn close(&mut self, bracket: &str) -> Read<()> {
        if self.eat(bracket) {
            return Ok(());
        }
        Err(self.fail(match bracket {
            ")" => "A closing parenthesis or a comma was expected here.",
            "]" => "A closing bracket or a comma was expected here.",
            _ => "A closing brace, a comma or a new line was expected here.",
        }))
    }

    fn object(&mut self) -> Read {
        let start = self.at;
        let is_for = self.bracketed(|parser| Ok(parser.peek_identifier() == Some("for")))?;
        if is_for {
            return self.for_expression(start);
        }
        self.at = start + 1;
        let items = self.with_lines(true, Self::object_items)?;
        let id = self.add(NodeKind::Object, 0, start, items);
        self.check_height(id)
    }

    fn object_items(&mut self) -> Read<Chain> {
        let mut items = Chain::new();
        loop {
            self.with_lines(false, |parser| {
                parser.skip();
                Ok(())
            })?;
            if self.eat("}") {
                return Ok(items);
            }
            let item = self.object_item()?;
            self.link(&mut items, item);
            self.skip();
            if !self.eat(",") && !self.at_line_end() {
                self.close("}")?;
                return Ok(items);
            }
            if self.byte().is_none() {
                return Err(self.fail("A closing brace was expected here."));
            }
        }
    }

    fn object_item(&mut self) -> Read {
        let start = self.at;
        let key = match self.bare_key() {
            Some(key) => key,
            None => self.expression()?,
        };
        self.skip();
        let separated = self.eat("=") || self.eat(":");
        if !separated {
            return Err(self.fail("An equals sign was expected here, after the key."));
        }
        self.skip();
        let value = self.expression()?;
        let children = self.chain(&[key, value]);
        Ok(self.add(NodeKind::Item, 0, start, children))
    }

    /// A key that is a bare name: it is a text, not a reference.
    fn bare_key(&mut self) -> Option<NodeId> {
        let start = self.at;
        self.identifier()?;
        let end = self.at;
        self.skip();
        let separator = match self.byte() {
            Some(b'=') => self.peek(1) != Some(b'='),
            Some(b':') => self.peek(1) != Some(b':'),
            _ => false,
        };
        if !separator {
            self.at = start;
            return None;
        }
        Some(self.add_over(NodeKind::String, BARE, start, end, Chain::new()))
    }

    /// Reads a `for` expression whose bracket, at `start`, is passed already.
    fn for_expression(&mut self, start: usize) -> Read {
        let object = self.bytes[start] == b'{';
        self.with_lines(false, |parser| {
            parser.identifier();
            let mut children = Chain::new();
            let mut op = if object { OBJECT } else { 0 };
            if parser.for_intro(&mut children)? {
                op |= KEY_VAR;
            }
            parser.expect(
                ":",
                "A colon was expected here, before the result of the loop.",
            )?;
            parser.child(&mut children)?;
            if object {
                parser.expect("=>", "An arrow (`=>`) was expected here, after the key.")?;
                parser.child(&mut children)?;
                parser.skip();
                if parser.eat("...") {
                    op |= GROUPING;
                }
            }
            parser.skip();
            if parser.peek_identifier() == Some("if") {
                parser.identifier();
                op |= CONDITION;
                parser.child(&mut children)?;
            }
            parser.skip();
            parser.close(if object { "}" } else { "]" })?;
            let id = parser.add(NodeKind::For, op, start, children);
            parser.check_height(id)
        })
    }

    /// Reads `key, value in collection`; `true` if there is a key.
    pub(super) fn for_intro(&mut self, children: &mut Chain) -> Read<bool> {
        const NAME: &str = "The name of a loop variable was expected here.";
        self.loop_name(children, NAME)?;
        self.skip();
        let has_key = self.eat(",");
        if has_key {
            self.loop_name(children, NAME)?;
        }
        self.skip();
        if self.peek_identifier() != Some("in") {
            return Err(self.fail("The word `in` was expected here."));
        }
        self.identifier();
        self.child(children)?;
        Ok(has_key)
    }

    fn loop_name(&mut self, children: &mut Chain, message: &str) -> Read<()> {
        self.skip();
        let start = self.at;
        if self.identifier().is_none() {
            return Err(self.fail(message));
        }
        let name = self.add(NodeKind::Name, 0, start, Chain::new());
        self.link(children, name);
        Ok(())
    }

    /// Reads an expression and adds it to `children`.
    pub(super) fn child(&mut self, children: &mut Chain) -> Read<()> {
        self.skip();
        let expr = self.expression()?;
        self.link(children, expr);
        Ok(())
    }

    fn expect(&mut self, token: &str, message: &str) -> Read<()> {
        self.skip();
        if self.eat(token) {
            Ok(())
        } else {
            Err(self.fail(message))
        }
    }

    /// Reads what starts with a name: a keyword, a call or a reference.
    fn name(&mut self) -> Read {
        let start = self.at;
        let name = self.identifier().unwrap_or_default();
        let mut end = self.at;
        self.skip();
        while self.eat("::") {
            self.skip();
            if self.identifier().is_none() {
                return Err(self.fail("The name of a function was expected here."));
            }
            end = self.at;
            self.skip();
            if self.byte() != Some(b'(') && !self.looking_at("::") {
                return Err(self.fail("The arguments of a function were expected here."));
            }
        }
        if self.byte() == Some(b'(') {
            let (args, expand) = self.bracketed(|parser| parser.list(")"))?;
            let op = if expand { EXPAND } else { 0 };
            let id = self.add(NodeKind::Call, op, start, args);
            self.node_mut(id).aux = offset(end);
            return self.check_height(id);
        }
        self.at = end;
        let kind = match name {
            "true" => NodeKind::True,
            "false" => NodeKind::False,
            "null" => NodeKind::Null,
            _ => NodeKind::Variable,
        };
        Ok(self.add(kind, 0, start, Chain::new()))
    }

    /// Reads what follows a term: `.name`, `[key]`, splats.
    fn traversal(&mut self, term: NodeId) -> Read {
        let mut id = term;
        loop {
            let end = self.at;
            self.skip();
            id = match self.byte() {
                Some(b'.') if !self.looking_at("...") => self.dotted(id)?,
                Some(b'[') => self.indexed(id)?,
                _ => {
                    self.at = end;
                    return Ok(id);
                }
            };
            self.check_height(id)?;
        }
    }

    fn dotted(&mut self, object: NodeId) -> Read {
        self.at += 1;
        self.skip();
        match self.byte() {
            Some(b'*') => self.attribute_splat(object),
            Some(b'0'..=b'9') => self.legacy_index(object),
            _ => self.get_attr(object),
        }
    }

    fn get_attr(&mut self, object: NodeId) -> Read {
        let name = self.at;
        if self.identifier().is_none() {
            return Err(self.fail("The name of an attribute was expected here."));
        }
        let children = self.chain(&[object]);
        let id = self.add(NodeKind::GetAttr, 0, self.start_of(object), children);
        self.node_mut(id).aux = offset(name);
        Ok(id)
    }

    /// Reads `.0`. Terraform's scanner takes `0.1` as one number and refuses it here.
    fn legacy_index(&mut self, object: NodeId) -> Read {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.byte() == Some(b'.') && matches!(self.peek(1), Some(b'0'..=b'9')) {
            return Err(self.fail("An index after an index must be written in brackets."));
        }
        let key = self.add(NodeKind::Number, 0, start, Chain::new());
        let children = self.chain(&[object, key]);
        Ok(self.add(NodeKind::Index, 0, self.start_of(object), children))
    }

    /// Reads `*` and the names after it, each read of every item.
    fn attribute_splat(&mut self, source: NodeId) -> Read {
        let star = self.at;
        self.at += 1;
        let mut each = self.add(NodeKind::SplatItem, 0, star, Chain::new());
        loop {
            let end = self.at;
            self.skip();
            if self.byte() != Some(b'.') || self.looking_at("...") {
                self.at = end;
                return self.splat(source, each);
            }
            self.at += 1;
            self.skip();
            each = match self.byte() {
                Some(b'0'..=b'9') => self.legacy_index(each)?,
                _ => self.get_attr(each)?,
            };
            self.check_height(each)?;
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "every reader of an expression has this shape"
    )]
    fn splat(&mut self, source: NodeId, each: NodeId) -> Read {
        let start = self.start_of(source);
        let children = self.chain(&[source, each]);
        Ok(self.add(NodeKind::Splat, 0, start, children))
    }

    fn indexed(&mut self, object: NodeId) -> Read {
        let open = self.at;
        let key = self.bracketed(|parser| {
            if parser.eat("*") {
                parser.skip();
                parser.close("]")?;
                return Ok(None);
            }
            let key = parser.expression()?;
            parser.skip();
            parser.close("]")?;
            Ok(Some(key))
        })?;
        let Some(key) = key else {
            let item = self.add(NodeKind::SplatItem, 0, open, Chain::new());
            let each = self.deeper(|parser| parser.traversal(item))?;
            return self.splat(object, each);
        };
        let children = self.chain(&[object, key]);
        Ok(self.add(NodeKind::Index, 0, self.start_of(object), children))
    }

    /// Reads a heredoc.
    fn heredoc(&mut self) -> Read {
        let start = self.at;
        self.at += 2;
        let flush = self.eat("-");
        let marker = self.identifier();
        let (Some(marker), true) = (marker, self.at_line_end() && self.byte().is_some()) else {
            self.at = start;
            return Err(self.fail("An expression was expected here."));
        };
        self.at += if self.byte() == Some(b'\r') { 2 } else { 1 };
        let (chain, plain) = self.heredoc_parts(marker, flush, start)?;
        let kind = if plain {
            NodeKind::String
        } else {
            NodeKind::Template
        };
        let id = self.add(kind, HEREDOC, start, chain);
        self.check_height(id)
    }
}
