//! `format`: .NET's composite formatting, as far as templates use it.

use super::args::Args;
use super::function::{Function, MANY, Outcome, Unknowns, row, unknown};
use super::text::{from_pieces, undone};
use crate::expression::term::{self, Piece};
use crate::model::{Data, Type, Value};

const FORMAT: Function = row(
    "format",
    (1, MANY),
    Unknowns::Own,
    Some(Type::String),
    format,
);

/// One part of a format text.
enum Part<'t> {
    Text(String),
    Slot {
        index: usize,
        width: i64,
        style: &'t str,
    },
}

/// `format('{0}-{1:D3}', a, b)`.
pub(super) fn format(args: &Args<'_>) -> Outcome {
    if args.values.first().is_some_and(Value::has_unknown) {
        return Ok(unknown(&FORMAT, args));
    }
    let mut pieces = Vec::new();
    for part in parts(args.text(0)?)? {
        match part {
            Part::Text(text) => pieces.push(Piece::Text(text)),
            Part::Slot {
                index,
                width,
                style,
            } => {
                let Some(value) = args.values.get(index + 1) else {
                    return Err(format!(
                        "the format asks for argument {{{index}}}, but {} were given",
                        args.values.len() - 1
                    ));
                };
                if value.has_unknown() && (width != 0 || !style.is_empty()) {
                    return Ok(unknown(&FORMAT, args));
                }
                match slot(value, width, style) {
                    Some(more) => pieces.extend(more),
                    None if value.has_unknown() => return Ok(unknown(&FORMAT, args)),
                    None => return Ok(undone(args)),
                }
            }
        }
    }
    Ok(from_pieces(args, &pieces, &FORMAT))
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else {
            let inner = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'));
            let Some((slot, after)) = inner else {
                return Err(format!(
                    "the format `{text}` has a brace without its partner"
                ));
            };
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(read_slot(slot).ok_or_else(|| {
                format!("`{{{slot}}}` in the format is not of the form {{index,width:style}}")
            })?);
            rest = after;
        }
    }
    plain.push_str(rest);
    parts.push(Part::Text(plain));
    Ok(parts)
}

fn read_slot(slot: &str) -> Option<Part<'_>> {
    let (head, style) = slot.split_once(':').unwrap_or((slot, ""));
    let (index, width) = head.split_once(',').unwrap_or((head, "0"));
    let width: i64 = width.trim().parse().ok()?;
    (width.abs() <= 10_000).then_some(Part::Slot {
        index: index.trim().parse().ok()?,
        width,
        style,
    })
}

/// `None` for a style that is not covered, or for a value that no piece can stand for.
fn slot(value: &Value, width: i64, style: &str) -> Option<Vec<Piece>> {
    let text = match (&value.data, style) {
        (Data::Null, _) => String::new(),
        (Data::Number(number), style) if !style.is_empty() => styled(number.as_i64()?, style)?,
        (Data::List(_) | Data::Map(_), _) if !value.has_unknown() => {
            super::conversion::text_of(value)
        }
        _ if width == 0 => return term::pieces(value),
        _ => super::conversion::text_of(value),
    };
    let missing = usize::try_from(width.abs())
        .unwrap_or(0)
        .saturating_sub(text.encode_utf16().count());
    let padding = " ".repeat(missing);
    let padded = if width < 0 {
        text + &padding
    } else {
        padding + &text
    };
    Some(vec![Piece::Text(padded)])
}

/// The styles `D`, `X` and custom zeros (`000`).
fn styled(value: i64, style: &str) -> Option<String> {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs();
    if !style.is_empty() && style.chars().all(|c| c == '0') && style.len() <= 99 {
        return Some(format!("{sign}{digits:0>width$}", width = style.len()));
    }
    let mut chars = style.chars();
    let letter = chars.next()?;
    let width: usize = match chars.as_str() {
        "" => 0,
        text => text.parse().ok().filter(|width| *width <= 99)?,
    };
    match letter {
        'D' | 'd' => Some(format!("{sign}{digits:0>width$}")),
        'G' | 'g' if width == 0 => Some(value.to_string()),
        'X' => Some(format!("{value:0>width$X}")),
        'x' => Some(format!("{value:0>width$x}")),
        _ => None,
    }
}
