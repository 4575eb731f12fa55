use std::fmt::Write as _;

use super::answer::{Answer, Stop};
use super::call::{Call, within_limit};
use crate::model::{Data, Type, Value};

pub(super) fn jsonencode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    if value.has_unknown() {
        return Err(Stop::Unknown(Some(Type::String)));
    }
    let text = json(value)?;
    call.text(&text)
}

/// A value as Terraform writes it in JSON: keys sorted, no spaces, `<`, `>` and `&` escaped.
pub(super) fn json(value: &Value) -> Result<String, Stop> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), Stop> {
    within_limit(out.len())?;
    match &value.data {
        Data::Null => out.push_str("null"),
        Data::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Data::Number(it) => out.push_str(&it.to_string()),
        Data::String(text) => write_text(text, out),
        Data::List(list) => {
            out.push('[');
            for (index, item) in list.items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Data::Map(map) => {
            out.push('{');
            for (index, entry) in map.entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(&entry.key, out);
                out.push(':');
                write(&entry.value, out)?;
            }
            out.push('}');
        }
        Data::Unknown(_) => return Err(Stop::Unknown(Some(Type::String))),
    }
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => escape(c, out),
            c if u32::from(c) < 0x20 => escape(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn escape(c: char, out: &mut String) {
    let _ = write!(out, "\\u{:04x}", u32::from(c));
}
