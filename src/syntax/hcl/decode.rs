//! Escapes: from written text to the text that is meant, and back.

use std::borrow::Cow;
use std::fmt::Write;

/// The text that a quoted literal means; an escape that Terraform refuses stays as it is.
pub(super) fn quoted(raw: &str) -> Cow<'_, str> {
    if memchr::memchr3(b'\\', b'$', b'%', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(Pieces::new(raw, true).map(|piece| piece.char).collect())
}

/// The text that a line of a heredoc or of a template file means: only `$${` and `%%{` are escapes.
pub(super) fn heredoc(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    if memchr::memmem::find(bytes, b"$${").is_none()
        && memchr::memmem::find(bytes, b"%%{").is_none()
    {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(Pieces::new(raw, false).map(|piece| piece.char).collect())
}

/// `text` as a quoted literal, quotes included, as `terraform fmt` leaves it.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if rest.starts_with('{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns `true` if `text` can be written as a bare name.
#[must_use]
pub fn identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(starts_identifier) && chars.all(continues_identifier)
}

pub(super) fn starts_identifier(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

pub(super) fn continues_identifier(c: char) -> bool {
    // The range holds the combining marks, which continue an identifier and are not alphanumeric.
    c == '_' || c == '-' || c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// One decoded character and the bytes that write it.
pub(super) struct Piece {
    pub(super) char: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Walks a literal character by decoded character.
pub(super) struct Pieces<'t> {
    raw: &'t str,
    at: usize,
    backslashes: bool,
    /// A brace after an escaped marker: `$${` gives `$` and then this.
    pending: Option<Piece>,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(raw: &'t str, backslashes: bool) -> Self {
        Self {
            raw,
            at: 0,
            backslashes,
            pending: None,
        }
    }

    /// The character that an escape after a backslash means, and how many bytes it has, that included.
    fn escape(rest: &str) -> Option<(char, usize)> {
        let simple = |c| Some((c, 2));
        match rest.as_bytes().get(1)? {
            b'n' => simple('\n'),
            b'r' => simple('\r'),
            b't' => simple('\t'),
            b'"' => simple('"'),
            b'\\' => simple('\\'),
            b'u' => Self::code_point(rest, 6),
            b'U' => Self::code_point(rest, 10),
            _ => None,
        }
    }

    fn code_point(rest: &str, len: usize) -> Option<(char, usize)> {
        let digits = rest.get(2..len)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        // Half of a surrogate pair is no character; Terraform's own decoder writes this one, too.
        let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?).unwrap_or('\u{fffd}');
        Some((c, len))
    }

    /// Returns `true` if every escape in the quoted literal `raw` is one that Terraform knows;
    /// otherwise the offset of the first that is not.
    pub(super) fn bad_escape(raw: &str) -> Option<usize> {
        let bytes = raw.as_bytes();
        let mut at = 0;
        while let Some(step) = memchr::memchr(b'\\', &bytes[at..]) {
            at += step;
            let Some((_, len)) = Self::escape(&raw[at..]) else {
                return Some(at);
            };
            at += len;
        }
        None
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(piece) = self.pending.take() {
            return Some(piece);
        }
        let start = self.at;
        let rest = self.raw.get(start..)?;
        let char = rest.chars().next()?;
        let (char, len) = match char {
            '\\' if self.backslashes => Self::escape(rest).unwrap_or((char, 1)),
            '$' | '%' if rest.starts_with("$${") || rest.starts_with("%%{") => {
                self.at += 3;
                self.pending = Some(Piece {
                    char: '{',
                    start: start + 2,
                    end: start + 3,
                });
                return Some(Piece {
                    char,
                    start,
                    end: start + 2,
                });
            }
            _ => (char, char.len_utf8()),
        };
        self.at += len;
        Some(Piece {
            char,
            start,
            end: start + len,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_terraform_says() {
        let rows = [
            (r"a\nb", "a\nb"),
            (r#"\"\\\t\r"#, "\"\\\t\r"),
            (r"\u00e9\U0001F512", "é\u{1F512}"),
            ("$${a} %%{b}", "${a} %{b}"),
            ("$$${a}", "$${a}"),
            ("$$ %% $", "$$ %% $"),
            (r"\q", r"\q"),
            ("plain", "plain"),
        ];
        for (raw, expected) in rows {
            assert_eq!(quoted(raw), expected, "{raw}");
        }
        assert_eq!(heredoc(r"a\n$${b}"), r"a\n${b}");
    }

    #[test]
    fn a_quoted_text_reads_back_as_itself() {
        for text in [
            "",
            "a\"b\\",
            "${x} %{y} $${z} $ %",
            "\u{1}\n\r\t",
            "é\u{1F512}",
        ] {
            let written = quote(text);
            assert_eq!(quoted(&written[1..written.len() - 1]), text, "{written}");
        }
    }

    #[test]
    fn a_bad_escape_is_found() {
        let rows = [
            (r"a\q", Some(1)),
            (r"\u12", Some(0)),
            (r"\\q", None),
            ("\\", Some(0)),
        ];
        for (raw, expected) in rows {
            assert_eq!(Pieces::bad_escape(raw), expected, "{raw}");
        }
    }
}
