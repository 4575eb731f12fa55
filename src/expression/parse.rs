use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Failure;
use super::ast::{Accessor, Expr, ExprKind};

/// How deep calls and indexes may nest; Resource Manager's own limit on an expression is 24,576
/// characters, and generated templates stay below fifty.
const MAX_DEPTH: usize = 100;

/// What a JSON string of a template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text<'t> {
    /// Itself, `[[` undone.
    Literal(Cow<'t, str>),
    /// An expression: everything between the outer brackets is at this range of the string.
    Expression(Range<usize>),
}

/// Tells an expression (`[…]`) from a literal. `[[…]` is the literal `[…]`; a text that starts with
/// a bracket but does not end in one is itself.
#[must_use]
pub fn classify(text: &str) -> Text<'_> {
    let bracketed = text.len() >= 2 && text.starts_with('[') && text.ends_with(']');
    if !bracketed {
        return Text::Literal(Cow::Borrowed(text));
    }
    match text.strip_prefix("[[") {
        Some(_) => Text::Literal(Cow::Owned(text[1..].to_owned())),
        None => Text::Expression(1..text.len() - 1),
    }
}

/// Reads the expression at `range` of `text`.
///
/// # Errors
/// [`Failure`] says what was expected and where.
pub fn parse(text: &str, range: Range<usize>) -> Result<Expr, Failure> {
    let mut parser = Parser {
        text: text.get(..range.end).unwrap_or(text),
        at: range.start,
        depth: 0,
    };
    let expr = parser.expression()?;
    parser.skip_space();
    if parser.at < parser.text.len() {
        return Err(parser.error("expected the end of the expression"));
    }
    Ok(expr)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn expression(&mut self) -> Result<Expr, Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(&format!(
                "the expression nests more than {MAX_DEPTH} levels deep"
            )));
        }
        self.skip_space();
        let start = self.at;
        let base = match self.peek() {
            Some('\'') => Expr {
                kind: ExprKind::Text(self.quoted()?),
                range: start..self.at,
            },
            Some(c) if c.is_ascii_digit() || c == '-' || c == '+' => self.integer()?,
            Some(c) if is_name_start(c) => self.call()?,
            _ => return Err(self.error("expected a function call, a 'text' or an integer")),
        };
        let expr = self.accessors(base)?;
        self.depth -= 1;
        Ok(expr)
    }

    fn accessors(&mut self, base: Expr) -> Result<Expr, Failure> {
        let mut steps = Vec::new();
        loop {
            let before = self.at;
            self.skip_space();
            let start = self.at;
            if self.eat('.') {
                let safe = self.eat('?');
                self.skip_space();
                let from = self.at;
                let name = self.name()?;
                let key = Expr {
                    kind: ExprKind::Text(name),
                    range: from..self.at,
                };
                steps.push(Accessor {
                    range: start..self.at,
                    key,
                    safe,
                });
            } else if self.eat('[') {
                let safe = self.eat('?');
                let key = self.expression()?;
                self.expect(']')?;
                steps.push(Accessor {
                    range: start..self.at,
                    key,
                    safe,
                });
            } else {
                self.at = before;
                break;
            }
        }
        if steps.is_empty() {
            return Ok(base);
        }
        Ok(Expr {
            range: base.range.start..self.at,
            kind: ExprKind::Access {
                base: Box::new(base),
                steps,
            },
        })
    }

    fn call(&mut self) -> Result<Expr, Failure> {
        let start = self.at;
        let mut name = self.name()?;
        let mut namespace = None;
        self.skip_space();
        if self.eat('.') {
            self.skip_space();
            namespace = Some(name);
            name = self.name()?;
            self.skip_space();
        }
        if !self.eat('(') {
            self.at = start;
            return Err(self.error(&format!(
                "`{name}` is no function call; a text stands in single quotes"
            )));
        }
        let mut args = Vec::new();
        self.skip_space();
        if !self.eat(')') {
            loop {
                args.push(self.expression()?);
                self.skip_space();
                if self.eat(')') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.error("expected `,` or `)`"));
                }
            }
        }
        Ok(Expr {
            range: start..self.at,
            kind: ExprKind::Call {
                namespace,
                name,
                args,
            },
        })
    }

    fn quoted(&mut self) -> Result<Arc<str>, Failure> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('\'') else {
                self.at = start;
                return Err(self.error("the text that starts here has no closing `'`"));
            };
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if !self.eat('\'') {
                return Ok(Arc::from(out));
            }
            out.push('\'');
        }
    }

    fn integer(&mut self) -> Result<Expr, Failure> {
        let start = self.at;
        let _sign = self.eat('-') || self.eat('+');
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        let Ok(value) = digits.parse() else {
            self.at = start;
            return Err(self.error(&format!("`{digits}` is no integer of 64 bits")));
        };
        Ok(Expr {
            range: start..self.at,
            kind: ExprKind::Integer(value),
        })
    }

    fn name(&mut self) -> Result<Arc<str>, Failure> {
        let rest = self.rest();
        let end = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        if end == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.error("expected a name"));
        }
        let name = Arc::from(&rest[..end]);
        self.at += end;
        Ok(name)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), Failure> {
        self.skip_space();
        if self.eat(wanted) {
            Ok(())
        } else {
            Err(self.error(&format!("expected `{wanted}`")))
        }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn error(&self, message: &str) -> Failure {
        let width = self.peek().map_or(0, char::len_utf8);
        Failure::invalid(self.at..self.at + width, message)
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a tree in one line: calls as they are, accessors with what was understood.
    fn show(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Text(text) => format!("{text:?}"),
            ExprKind::Integer(value) => value.to_string(),
            ExprKind::Call {
                namespace,
                name,
                args,
            } => {
                let prefix = namespace
                    .as_ref()
                    .map(|n| format!("{n}."))
                    .unwrap_or_default();
                let args: Vec<String> = args.iter().map(show).collect();
                format!("{prefix}{name}({})", args.join(","))
            }
            ExprKind::Access { base, steps } => steps.iter().fold(show(base), |out, step| {
                let mark = if step.safe { "?" } else { "" };
                format!("{out}[{mark}{}]", show(&step.key))
            }),
        }
    }

    fn check(text: &str, expected: &str) {
        match parse(text, 0..text.len()) {
            Ok(expr) => assert_eq!(show(&expr), expected, "{text}"),
            Err(failure) => assert_eq!(
                format!("{}: {}", failure.range.start, failure.message),
                expected,
                "{text}"
            ),
        }
    }

    #[test]
    fn expressions_are_read_as_they_nest() {
        let rows = [
            ("'it''s'", r#""it's""#),
            ("''", r#""""#),
            ("-12", "-12"),
            ("parameters('a')", r#"parameters("a")"#),
            (" concat (\n\t'a' , 1 )\r\n", r#"concat("a",1)"#),
            ("a().b.c", r#"a()["b"]["c"]"#),
            ("a()['b c'][0].d", r#"a()["b c"][0]["d"]"#),
            ("a().?b[?0]", r#"a()[?"b"][?0]"#),
            ("a()[b('c').d]", r#"a()[b("c")["d"]]"#),
            ("contoso.unique('x')", r#"contoso.unique("x")"#),
            ("__bicep.f()", "__bicep.f()"),
            ("a( ) . b", r#"a()["b"]"#),
            ("'é'", r#""é""#),
        ];
        for (text, expected) in rows {
            check(text, expected);
        }
    }

    #[test]
    fn a_bad_expression_says_what_was_expected_and_where() {
        let rows = [
            ("", "0: expected a function call, a 'text' or an integer"),
            ("a(", "2: expected a function call, a 'text' or an integer"),
            ("a('b", "2: the text that starts here has no closing `'`"),
            ("a('b' 'c')", "6: expected `,` or `)`"),
            ("a() b", "4: expected the end of the expression"),
            (
                "a",
                "0: `a` is no function call; a text stands in single quotes",
            ),
            ("a().", "4: expected a name"),
            ("a()[0", "5: expected `]`"),
            (
                "99999999999999999999",
                "0: `99999999999999999999` is no integer of 64 bits",
            ),
            ("1.5", "2: expected a name"),
            ("-", "0: `-` is no integer of 64 bits"),
        ];
        for (text, expected) in rows {
            check(text, expected);
        }
    }

    #[test]
    fn nesting_has_a_limit_and_a_chain_has_none() {
        let deep = format!("{}1{}", "not(".repeat(5_000), ")".repeat(5_000));
        check(&deep, "400: the expression nests more than 100 levels deep");
        let chain = format!("a(){}", ".b".repeat(20_000));
        assert!(parse(&chain, 0..chain.len()).is_ok());
    }

    #[test]
    fn a_string_is_a_literal_unless_it_stands_in_brackets() {
        let literal = |text: &'static str| Text::Literal(Cow::Borrowed(text));
        let rows = [
            ("plain", literal("plain")),
            ("[open", literal("[open")),
            ("[", literal("[")),
            ("[[a]", literal("[a]")),
            ("[[a", literal("[[a")),
            ("[a()]", Text::Expression(1..4)),
            ("[]", Text::Expression(1..1)),
        ];
        for (text, expected) in rows {
            assert_eq!(classify(text), expected, "{text}");
        }
    }
}
