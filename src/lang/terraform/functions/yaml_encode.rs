//! YAML as Terraform writes it: block style, every string in double quotes unless it has several lines.

use super::answer::{Answer, Stop};
use super::call::{Call, within_limit};
use crate::model::{Data, Type, Value};

/// Double-quoted text is broken at the first space beyond this column.
const WIDTH: usize = 80;

pub(super) fn yamlencode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments[0].has_unknown() {
        return Err(Stop::Unknown(Some(Type::String)));
    }
    let mut writer = Writer {
        out: String::new(),
        column: 0,
        fresh: false,
    };
    let value = &arguments[0];
    writer.node(value, None, Place::Alone)?;
    if !writer.fresh {
        writer.out.push('\n');
    }
    // A plain word that is the whole document might go on, so its end is marked.
    if matches!(value.data, Data::Null | Data::Bool(_) | Data::Number(_)) {
        writer.out.push_str("...\n");
    }
    call.text(&writer.out)
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the whole document.
    Alone,
    /// After `-`.
    Item,
    /// After a key and `:`.
    Member,
}

struct Writer {
    out: String,
    column: usize,
    /// A line was begun and nothing stands on it.
    fresh: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self, indent: usize) {
        if !std::mem::take(&mut self.fresh) {
            self.out.push('\n');
        }
        self.out.push_str(&" ".repeat(indent));
        self.column = indent;
    }

    /// Writes a node inside something that is indented by `indent`.
    fn node(&mut self, value: &Value, indent: Option<usize>, place: Place) -> Result<(), Stop> {
        within_limit(self.out.len())?;
        let inner = indent.map_or(0, |indent| indent + 2);
        match &value.data {
            Data::List(list) if !list.items.is_empty() => {
                // A sequence that is the value of a key stands no deeper than the key.
                let own = match (place, indent) {
                    (Place::Member, Some(indent)) => indent,
                    _ => inner,
                };
                for (index, item) in list.items.iter().enumerate() {
                    self.start(index, own, place);
                    self.put("-");
                    self.node(item, Some(own), Place::Item)?;
                }
            }
            Data::Map(map) if !map.entries.is_empty() => {
                for (index, entry) in map.entries.iter().enumerate() {
                    self.start(index, inner, place);
                    self.key(&entry.key, inner);
                    self.node(&entry.value, Some(inner), Place::Member)?;
                }
            }
            data => {
                if place != Place::Alone {
                    self.put(" ");
                }
                match data {
                    Data::Null => self.put("null"),
                    Data::Bool(it) => self.put(if *it { "true" } else { "false" }),
                    Data::Number(it) => self.put(&it.to_string()),
                    Data::String(text) => self.scalar(text, indent.map_or(2, |it| it + 2), true),
                    Data::List(_) => self.put("[]"),
                    Data::Map(_) => self.put("{}"),
                    Data::Unknown(_) => return Err(Stop::Unknown(Some(Type::String))),
                }
            }
        }
        Ok(())
    }

    /// The start of a member of a sequence or mapping.
    fn start(&mut self, index: usize, indent: usize, place: Place) {
        match (index, place) {
            (0, Place::Alone) => {}
            (0, Place::Item) => self.put(" "),
            _ => self.line(indent),
        }
    }

    fn key(&mut self, key: &str, indent: usize) {
        if key.len() > 128 || key.contains(is_break) {
            self.put("? ");
            self.scalar(key, indent + 2, true);
            self.line(indent);
        } else {
            self.scalar(key, indent + 2, false);
        }
        self.put(":");
    }

    fn scalar(&mut self, text: &str, indent: usize, may_break: bool) {
        if may_break && text.contains('\n') && may_be_literal(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, indent, may_break);
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with(|c: char| c == ' ' || is_break(c)) {
            self.put("2");
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(is_break), ends.next().map(is_break)) {
            (false, _) => self.put("-"),
            (true, None | Some(true)) => self.put("+"),
            (true, Some(false)) => {}
        }
        self.out.push('\n');
        let mut at_start = true;
        for c in text.chars() {
            if !is_break(c) && at_start {
                self.out.push_str(&" ".repeat(indent));
            }
            at_start = is_break(c);
            self.out.push(c);
        }
        self.fresh = at_start;
        self.column = indent;
    }

    fn quoted(&mut self, text: &str, indent: usize, may_break: bool) {
        self.put("\"");
        let mut after_space = false;
        let mut rest = text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            if c == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                if may_break && !after_space && self.column > WIDTH && inside {
                    self.line(indent);
                    if rest.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                after_space = true;
                continue;
            }
            after_space = false;
            if let Some(escaped) = escape(c) {
                self.put(&escaped);
            } else {
                self.out.push(c);
                self.column += 1;
            }
        }
        self.put("\"");
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

/// Whether a text of several lines can stand as it is, indented.
fn may_be_literal(text: &str) -> bool {
    let mut before = 'x';
    for c in text.chars() {
        if !is_printable(c) || (is_break(c) && before == ' ') {
            return false;
        }
        before = c;
    }
    before != ' '
}

fn escape(c: char) -> Option<String> {
    let letter = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c if is_printable(c) => return None,
        c => {
            let code = u32::from(c);
            return Some(match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
        }
    };
    Some(format!("\\{letter}"))
}
