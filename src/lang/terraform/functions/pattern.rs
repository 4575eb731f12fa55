//! Regular expressions in the syntax of RE2, which Terraform has, spelled for the `regex` crate.

mod error;
mod escape;
mod replacement;

use error::PatternError;
use escape::{escape_length, plain_escape, repetition};
use regex::{Regex, RegexBuilder};

pub(super) use replacement::Replacement;

/// A compiled pattern larger than this is refused.
const SIZE: usize = 10 << 20;

/// The classes that are written `[:name:]`.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// A compiled pattern.
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// The groups in order, each with its name if it has one.
    pub(super) groups: Vec<Option<String>>,
}

/// Compiles a pattern of RE2.
pub(super) fn compile(pattern: &str) -> Result<Pattern, PatternError> {
    let Translation {
        out: spelled,
        names: groups,
        ..
    } = Translation::of(pattern)?;
    RegexBuilder::new(&spelled)
        .size_limit(SIZE)
        .build()
        .map(|regex| Pattern { regex, groups })
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::new("expression too large", pattern),
            _ => PatternError::new("invalid or unsupported Perl syntax", pattern),
        })
}

/// A pattern on its way from one syntax to the other.
struct Translation<'p> {
    whole: &'p str,
    rest: &'p str,
    out: String,
    depth: Vec<usize>,
    names: Vec<Option<String>>,
    /// What may be repeated ends here: the offset where it began, and whether it is a repetition itself.
    atom: Option<(usize, bool)>,
}

impl<'p> Translation<'p> {
    fn of(pattern: &'p str) -> Result<Self, PatternError> {
        let mut this = Self {
            whole: pattern,
            rest: pattern,
            out: String::with_capacity(pattern.len() + 16),
            depth: Vec::new(),
            names: Vec::new(),
            atom: None,
        };
        while !this.rest.is_empty() {
            this.step()?;
        }
        if this.depth.is_empty() {
            Ok(this)
        } else {
            Err(PatternError::new("missing closing )", pattern))
        }
    }

    fn at(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> Result<(), PatternError> {
        let start = self.at();
        let Some(first) = self.rest.chars().next() else {
            return Ok(());
        };
        match first {
            '\\' => return self.escape(),
            '[' => {
                self.class()?;
                self.atom = Some((start, false));
            }
            '(' => self.open()?,
            ')' => {
                let Some(began) = self.depth.pop() else {
                    return Err(PatternError::new("unexpected )", self.whole));
                };
                self.take(1);
                self.out.push(')');
                self.atom = Some((began, false));
            }
            '|' => {
                self.take(1);
                self.out.push('|');
                self.atom = None;
            }
            '*' | '+' | '?' => return self.repeat(1),
            '{' if repetition(self.rest).is_some() => return self.counted(),
            // A brace or bracket that opens or closes nothing is meant as written.
            '{' | '}' | ']' => {
                self.take(1);
                self.out.push('\\');
                self.out.push(first);
                self.atom = Some((start, false));
            }
            _ => {
                let taken = self.take(first.len_utf8());
                self.out.push_str(taken);
                self.atom = Some((start, false));
            }
        }
        Ok(())
    }

    /// A repetition with counts: `{2,5}`.
    fn counted(&mut self) -> Result<(), PatternError> {
        match repetition(self.rest) {
            Some((length, true)) => self.repeat(length),
            Some((length, false)) => {
                let part = &self.rest[..length];
                Err(PatternError::new("invalid repeat count", part))
            }
            None => Ok(()),
        }
    }

    fn repeat(&mut self, length: usize) -> Result<(), PatternError> {
        let start = self.at();
        let operator = self.take(length);
        let Some((began, repeated)) = self.atom else {
            return Err(PatternError::new(
                "missing argument to repetition operator",
                operator,
            ));
        };
        let lazy = self.rest.starts_with('?');
        if repeated {
            let previous = &self.whole[began..start + length];
            return Err(PatternError::new(
                "invalid nested repetition operator",
                previous,
            ));
        }
        self.out.push_str(operator);
        if lazy {
            self.take(1);
            self.out.push('?');
        }
        self.atom = Some((start, true));
        Ok(())
    }

    fn open(&mut self) -> Result<(), PatternError> {
        let start = self.at();
        let rest = self.rest;
        self.atom = None;
        let Some(inner) = rest.strip_prefix("(?") else {
            self.take(1);
            self.out.push('(');
            self.names.push(None);
            self.depth.push(start);
            return Ok(());
        };
        if inner.starts_with("P<") || inner.starts_with('<') {
            return self.open_named(start);
        }
        let unsupported =
            |part: &str| PatternError::new("invalid or unsupported Perl syntax", part);
        let is_flag = |c: char| matches!(c, 'i' | 'm' | 's' | 'U' | '-');
        let Some(end) = inner.find(|c| !is_flag(c)) else {
            return Err(unsupported(rest));
        };
        let after = &inner[end..];
        if !after.starts_with([':', ')']) {
            let bad = after.chars().next().map_or(0, char::len_utf8);
            return Err(unsupported(&rest[..2 + end + bad]));
        }
        let taken = self.take(2 + end + 1);
        self.out.push_str(taken);
        if taken.ends_with(':') {
            self.depth.push(start);
        }
        Ok(())
    }

    fn open_named(&mut self, start: usize) -> Result<(), PatternError> {
        let rest = self.rest;
        let invalid = |part: &str| PatternError::new("invalid named capture", part);
        let close = rest.find('>').ok_or_else(|| invalid(rest))?;
        let name = &rest[rest.find('<').unwrap_or_default() + 1..close];
        let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !letters {
            return Err(invalid(&rest[..=close]));
        }
        self.take(close + 1);
        // Names that the other syntax has no room for are only kept in the list.
        let starts_well = !name.starts_with(|c: char| c.is_ascii_digit());
        let is_new = !self.names.iter().flatten().any(|held| held == name);
        if starts_well && is_new {
            self.out.push_str("(?P<");
            self.out.push_str(name);
            self.out.push('>');
        } else {
            self.out.push('(');
        }
        self.names.push(Some(name.to_owned()));
        self.depth.push(start);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        let start = self.at();
        let Some(letter) = self.rest[1..].chars().next() else {
            return Err(PatternError::new(
                "trailing backslash at end of expression",
                "",
            ));
        };
        self.atom = Some((start, false));
        if letter == 'Q' {
            self.take(2);
            let end = self.rest.find("\\E").unwrap_or(self.rest.len());
            let quoted = self.take(end);
            self.out.push_str(&regex::escape(quoted));
            if !self.rest.is_empty() {
                self.take(2);
            }
            return Ok(());
        }
        let length = escape_length(self.rest);
        let taken = self.take(length);
        match letter {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => self.out.push_str("[0-9A-Za-z_]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            's' => self.out.push_str("[\\t\\n\\f\\r ]"),
            'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
            'b' => self.out.push_str("(?-u:\\b)"),
            'B' => self.out.push_str("(?-u:\\B)"),
            _ => self.out.push_str(&plain_escape(taken, letter)?),
        }
        Ok(())
    }

    /// Whether a range that starts with `low`, which was just taken, ends no lower.
    fn ascending(&self, low: char) -> Result<(), PatternError> {
        let high = self
            .rest
            .strip_prefix('-')
            .and_then(|rest| rest.chars().next());
        match high {
            Some(high) if !matches!(high, ']' | '\\' | '[') && high < low => Err(
                PatternError::new("invalid character class range", format!("{low}-{high}")),
            ),
            _ => Ok(()),
        }
    }

    /// A bracketed class. What the other syntax gives a meaning inside brackets is escaped.
    fn class(&mut self) -> Result<(), PatternError> {
        let whole = self.rest;
        let missing = || PatternError::new("missing closing ]", whole);
        self.take(1);
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.take(1);
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let c = self.rest.chars().next().ok_or_else(missing)?;
            if c == ']' && !first {
                self.take(1);
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if c == '[' && self.rest.starts_with("[:") {
                let end = self.rest.find(":]").ok_or_else(missing)?;
                let named = self.take(end + 2);
                let name = named[2..named.len() - 2].trim_start_matches('^');
                if !NAMED.contains(&name) {
                    return Err(PatternError::new("invalid character class range", named));
                }
                self.out.push_str(named);
                continue;
            }
            if c == '\\' {
                let letter = self.rest[1..].chars().next().ok_or_else(missing)?;
                let taken = self.take(escape_length(self.rest));
                match letter {
                    'd' => self.out.push_str("0-9"),
                    'w' => self.out.push_str("0-9A-Za-z_"),
                    's' => self.out.push_str("\\t\\n\\f\\r "),
                    'D' => self.out.push_str("[^0-9]"),
                    'W' => self.out.push_str("[^0-9A-Za-z_]"),
                    'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
                    _ => self.out.push_str(&plain_escape(taken, letter)?),
                }
                continue;
            }
            self.take(c.len_utf8());
            self.ascending(c)?;
            match c {
                '[' | ']' | '&' | '~' | '^' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                // Two in a row would be a difference of classes; one between two characters is a range.
                '-' if self.rest.starts_with('-') || self.out.ends_with('[') => {
                    self.out.push_str("\\-");
                }
                _ => self.out.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests;
