use std::borrow::Cow;
use std::ops::Range;

/// One escape sequence of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escape {
    /// What it stands for.
    pub(super) character: char,
    /// How many bytes it takes, the backslash included.
    pub(super) len: usize,
    /// `true` for half of a surrogate pair, which stands for U+FFFD.
    pub(super) lone: bool,
}

/// Reads the escape sequence at the start of `bytes`, which begins with a backslash.
pub(super) fn escape(bytes: &[u8]) -> Option<Escape> {
    let character = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes),
        _ => return None,
    };
    Some(Escape {
        character,
        len: 2,
        lone: false,
    })
}

fn unicode(bytes: &[u8]) -> Option<Escape> {
    let first = code_unit(bytes)?;
    let made = |character, len, lone| Escape {
        character,
        len,
        lone,
    };
    if let Some(character) = char::from_u32(first) {
        return Some(made(character, 6, false));
    }
    let second = bytes.get(6..).and_then(code_unit);
    let pair = second
        .filter(|second| first < 0xDC00 && (0xDC00..0xE000).contains(second))
        .and_then(|second| char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)));
    Some(pair.map_or_else(
        || made(char::REPLACEMENT_CHARACTER, 6, true),
        |character| made(character, 12, false),
    ))
}

fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        Some(unit * 16 + char::from(*digit).to_digit(16)?)
    })
}

/// A string token without its quotes.
pub(super) fn inside(token: &str) -> &str {
    token
        .get(1..token.len().saturating_sub(1))
        .unwrap_or_default()
}

/// The text that the inside of a string stands for.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    for (character, _) in characters(raw) {
        out.push(character);
    }
    Cow::Owned(out)
}

/// The bytes of `raw`, the inside of a string, that give the bytes `decoded` of its text. A part of
/// a character gives the whole of it.
pub(super) fn raw_range(raw: &str, decoded: Range<usize>) -> Range<usize> {
    let (mut text_at, mut raw_at) = (0, 0);
    let (mut start, mut end) = (None, None);
    for (character, len) in characters(raw) {
        let next = text_at + character.len_utf8();
        if start.is_none() && decoded.start < next {
            start = Some(raw_at);
        }
        if end.is_none() && decoded.end <= text_at {
            end = Some(raw_at);
        }
        text_at = next;
        raw_at += len;
    }
    let start = start.unwrap_or(raw.len());
    start..end.unwrap_or(raw.len()).max(start)
}

/// The characters that the inside of a string stands for, each with the bytes it takes. The text
/// was checked when it was parsed, so a backslash always starts an escape.
fn characters(raw: &str) -> impl Iterator<Item = (char, usize)> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let plain = (first, first.len_utf8());
        let (character, len) = match first {
            '\\' => escape(rest.as_bytes()).map_or(plain, |found| (found.character, found.len)),
            _ => plain,
        };
        rest = rest.get(len..).unwrap_or_default();
        Some((character, len))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        for (raw, expected) in [
            ("plain", "plain"),
            (r#"a\"b\\c\/d"#, "a\"b\\c/d"),
            (r"\b\f\n\r\t", "\u{8}\u{c}\n\r\t"),
            (r"\u00e9\u0041", "éA"),
            (r"\uD83D\uDD12", "\u{1F512}"),
            (r"\ud83dx", "\u{FFFD}x"),
            (r"\uDD12\uD83D", "\u{FFFD}\u{FFFD}"),
            ("two\nlines", "two\nlines"),
        ] {
            assert_eq!(decode(raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_bad_escape_is_none() {
        for raw in [r"\d", r"\u12", r"\u12g4", r"\u+123", r"\", r"\'"] {
            assert_eq!(escape(raw.as_bytes()), None, "{raw}");
        }
    }

    #[test]
    fn ranges_of_the_text_lead_back_to_the_source() {
        let raw = r#"[concat(\"a\", 'é\u00e9')]"#;
        let text = decode(raw).into_owned();
        for (part, expected) in [
            ("concat", "concat"),
            ("\"a\"", r#"\"a\""#),
            ("éé", r"é\u00e9"),
            (")]", ")]"),
            ("]", "]"),
        ] {
            let at = text.find(part).unwrap();
            let range = raw_range(raw, at..at + part.len());
            assert_eq!(&raw[range], expected);
        }
        assert_eq!(raw_range(raw, 0..text.len()), 0..raw.len());
        assert_eq!(
            raw_range(raw, text.len()..text.len() + 9),
            raw.len()..raw.len()
        );
        assert_eq!(raw_range("", 0..0), 0..0);
        assert_eq!(raw_range("abc", 1..1), 1..1);
    }
}
