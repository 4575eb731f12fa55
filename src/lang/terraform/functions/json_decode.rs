use super::answer::{Answer, Stop};
use super::call::{Call, members_within_limit};
use super::function::{quoted_char, text};
use crate::lang::terraform::convert::nfc;
use crate::model::{Data, Entry, Number, Value};

/// Documents nested deeper than this are not read.
const DEPTH: usize = 150;

pub(super) fn jsondecode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut reader = Reader {
        bytes: text(arguments, 0).as_bytes(),
        text: text(arguments, 0),
        at: 0,
        members: 0,
        inside: false,
    };
    reader.space();
    if reader.at == reader.bytes.len() {
        return Err(Stop::failed("EOF"));
    }
    let value = reader.value(call, 0)?;
    reader.space();
    if reader.at < reader.bytes.len() {
        return Err(Stop::failed("extraneous data after JSON object"));
    }
    Ok(value)
}

/// Reads strict JSON, keeping numbers in full.
struct Reader<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
    members: usize,
    /// Reading stands inside a text, a number or a word, where an end is unexpected.
    inside: bool,
}

impl Reader<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self, whereabouts: &str) -> Stop {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            None => Stop::failed(if self.inside { "unexpected EOF" } else { "EOF" }),
            Some(c) => {
                let what = format!("invalid character {} {whereabouts}", quoted_char(c));
                Stop::failed(what.trim_end())
            }
        }
    }

    fn value(&mut self, call: &mut Call<'_>, depth: usize) -> Answer {
        self.members += 1;
        members_within_limit(self.members)?;
        if depth > DEPTH {
            return Err(Stop::Limit(format!(
                "JSON is read {DEPTH} levels deep; a document that is deeper is unknown."
            )));
        }
        self.space();
        self.inside = false;
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(call, depth),
            Some(b'[') => self.array(call, depth),
            Some(b'"') => {
                let text = self.string()?;
                call.text(&text)
            }
            Some(b't') => self.word(call, "true", Data::Bool(true)),
            Some(b'f') => self.word(call, "false", Data::Bool(false)),
            Some(b'n') => self.word(call, "null", Data::Null),
            Some(b'-' | b'0'..=b'9') => self.number(call),
            _ => Err(self.wrong("looking for beginning of value")),
        }
    }

    fn word(&mut self, call: &mut Call<'_>, word: &str, data: Data) -> Answer {
        self.inside = true;
        for (index, expected) in word.char_indices().skip(1) {
            let found = self.bytes.get(self.at + index).copied();
            if found != u8::try_from(expected).ok() {
                self.at += index;
                let whereabouts =
                    format!("in literal {word} (expecting {})", quoted_char(expected));
                return Err(self.wrong(&whereabouts));
            }
        }
        self.at += word.len();
        self.inside = false;
        Ok(call.value(data))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self, call: &mut Call<'_>) -> Answer {
        let start = self.at;
        self.inside = true;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return Err(self.wrong("in numeric literal"));
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.wrong("after decimal point in numeric literal"));
            }
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.wrong("in exponent of numeric literal"));
            }
        }
        self.inside = false;
        match Number::parse(&self.text[start..self.at]) {
            Some(number) => call.number(number),
            None => Err(Stop::Limit(
                "A number in a JSON document is too large to compute with; it is taken as unknown."
                    .to_owned(),
            )),
        }
    }

    fn string(&mut self) -> Result<String, Stop> {
        let start = self.at;
        self.inside = true;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(0..0x20) => return Err(self.wrong("in string literal")),
                Some(_) => self.at += 1,
                None => return Err(self.wrong("")),
            }
        }
        self.inside = false;
        Ok(unescaped(&self.text[start + 1..self.at - 1]))
    }

    fn escape(&mut self) -> Result<(), Stop> {
        match self.bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.bytes.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return Err(self.wrong("in \\u hexadecimal character escape"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.wrong("in string escape code")),
        }
        Ok(())
    }

    fn array(&mut self, call: &mut Call<'_>, depth: usize) -> Answer {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return call.tuple(items);
        }
        loop {
            items.push(self.value(call, depth + 1)?);
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return call.tuple(items);
                }
                _ => return Err(self.wrong("after array element")),
            }
        }
    }

    fn object(&mut self, call: &mut Call<'_>, depth: usize) -> Answer {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            return call.mapping(None, entries);
        }
        loop {
            self.space();
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(self.wrong(""));
            }
            let key = self.string()?;
            self.space();
            if self.bytes.get(self.at) != Some(&b':') {
                return Err(self.wrong("after object key"));
            }
            self.at += 1;
            let value = self.value(call, depth + 1)?;
            entries.push(Entry {
                key: nfc(&key),
                value,
            });
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return call.mapping(None, entries);
                }
                _ => return Err(self.wrong("after object key:value pair")),
            }
        }
    }
}

/// A string without its escapes, which were checked; half a surrogate pair becomes `U+FFFD`.
fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let letter = rest.as_bytes().get(at + 1).copied().unwrap_or_default();
        rest = &rest[(at + 2).min(rest.len())..];
        match letter {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let unit = |text: &str| {
                    text.get(..4)
                        .and_then(|hex| u16::from_str_radix(hex, 16).ok())
                };
                let first = unit(rest).unwrap_or(0xfffd);
                rest = rest.get(4..).unwrap_or_default();
                let second = rest.strip_prefix("\\u").and_then(unit);
                let pair = second.map(|second| char::decode_utf16([first, second]).next());
                match (char::decode_utf16([first]).next(), pair) {
                    (Some(Ok(c)), _) => out.push(c),
                    (_, Some(Some(Ok(c)))) => {
                        out.push(c);
                        rest = rest.get(6..).unwrap_or_default();
                    }
                    _ => out.push(char::REPLACEMENT_CHARACTER),
                }
            }
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out
}
