//! Texts. Lengths and positions count UTF-16 units, as .NET does.

use super::args::Args;
use super::format::format;
use super::function::Unknowns::{Deep, Own};
use super::function::{Function, MANY, Outcome, row};
use super::text::from_pieces;
use crate::expression::term::{self, Piece};
use crate::model::{Data, Type, Value};

pub(super) const TABLE: &[Function] = &[
    row("format", (1, MANY), Own, Some(Type::String), format),
    row("toLower", (1, 1), Deep, Some(Type::String), |args| {
        Ok(args.make_text(recased(args.text(0)?, char::to_lowercase)))
    }),
    row("toUpper", (1, 1), Deep, Some(Type::String), |args| {
        Ok(args.make_text(recased(args.text(0)?, char::to_uppercase)))
    }),
    row("trim", (1, 1), Deep, Some(Type::String), |args| {
        Ok(args.make_text(args.text(0)?.trim()))
    }),
    row("startsWith", (2, 2), Deep, Some(Type::Bool), |args| {
        let (text, part) = (fold(args.text(0)?), fold(args.text(1)?));
        Ok(args.make_truth(text.starts_with(&part)))
    }),
    row("endsWith", (2, 2), Deep, Some(Type::Bool), |args| {
        let (text, part) = (fold(args.text(0)?), fold(args.text(1)?));
        Ok(args.make_truth(text.ends_with(&part)))
    }),
    row("replace", (3, 3), Deep, Some(Type::String), replace),
    row("split", (2, 2), Deep, None, split),
    row("join", (2, 2), Deep, Some(Type::String), join),
    row("substring", (2, 3), Deep, Some(Type::String), substring),
    row("padLeft", (2, 3), Deep, Some(Type::String), pad_left),
    row("uri", (2, 2), Deep, Some(Type::String), uri),
];

const CONCAT: Function = row("concat", (1, MANY), Own, Some(Type::String), concat);

/// `text` with each character in the other case. As .NET does it, a character that would become
/// several stays itself: `ß`.
fn recased<C: ExactSizeIterator<Item = char>>(text: &str, case: impl Fn(char) -> C) -> String {
    text.chars()
        .map(|character| {
            let mut other = case(character);
            match other.len() {
                1 => other.next().unwrap_or(character),
                _ => character,
            }
        })
        .collect()
}

/// Puts texts together; unknown parts leave a spelling from which the known parts can be read.
pub(super) fn concat(args: &Args<'_>) -> Outcome {
    let mut pieces = Vec::with_capacity(args.values.len());
    for (index, value) in args.values.iter().enumerate() {
        match term::pieces(value) {
            Some(more) => pieces.extend(more),
            None if value.is_null() => {}
            None => return Err(args.wrong(index, "a text, as others are")),
        }
    }
    Ok(from_pieces(args, &pieces, &CONCAT))
}

/// Returns `true` if the value is an unknown text of which some part is known, or a resource id:
/// it is not empty.
pub(super) fn has_text(value: &Value) -> bool {
    let is_id = value
        .as_unknown()
        .and_then(|unknown| unknown.points_to.as_ref())
        .is_some_and(|to| &*to.attribute == "id" && to.identity.is_some());
    let pieces = term::pieces(value).unwrap_or_default();
    is_id
        || pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Text(text) if !text.is_empty()))
}

/// The position of `part` in `text`, ignoring case, in UTF-16 units.
pub(super) fn position(text: &str, part: &str, back: bool) -> Option<usize> {
    let (text, part) = (fold(text), fold(part));
    let at = if back {
        text.rfind(&part)
    } else {
        text.find(&part)
    }?;
    text.get(..at).map(|before| before.encode_utf16().count())
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn replace(args: &Args<'_>) -> Outcome {
    let (text, old, new) = (args.text(0)?, args.text(1)?, args.text(2)?);
    if old.is_empty() {
        return Err("the second argument of `replace` must not be empty".to_owned());
    }
    // Each old part becomes a new one, so the result's size is known before it is made.
    let growth = text.matches(&**old).count().saturating_mul(new.len());
    if growth > crate::expression::MAX_TEXT {
        return Err("the result of `replace` is larger than the limit".to_owned());
    }
    Ok(args.make_text(text.replace(&**old, new)))
}

/// Splits at one text or at any of several.
fn split(args: &Args<'_>) -> Outcome {
    let text = args.text(0)?;
    let single;
    let separators: Vec<&str> = match args.at(1) {
        Data::String(separator) => {
            single = separator;
            vec![single]
        }
        Data::List(list) => list.items.iter().filter_map(Value::as_str).collect(),
        _ => return Err(args.wrong(1, "a text or an array of texts")),
    };
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let found = separators
            .iter()
            .find(|separator| !separator.is_empty() && rest.starts_with(**separator));
        if let Some(separator) = found {
            parts.push(args.make_text(text.get(from..at).unwrap_or_default()));
            at += separator.len();
            from = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    parts.push(args.make_text(text.get(from..).unwrap_or_default()));
    Ok(args.make_list(parts))
}

fn join(args: &Args<'_>) -> Outcome {
    let separator = args.text(1)?;
    let parts: Vec<String> = args
        .list(0)?
        .iter()
        .map(super::conversion::text_of)
        .collect();
    Ok(args.make_text(parts.join(separator)))
}

fn substring(args: &Args<'_>) -> Outcome {
    let units: Vec<u16> = args.text(0)?.encode_utf16().collect();
    let start = args.integer(1)?;
    let length = match args.at(2) {
        Data::Null => None,
        _ => Some(args.integer(2)?),
    };
    let from = usize::try_from(start)
        .ok()
        .filter(|from| *from <= units.len());
    let end = match (from, length) {
        (Some(_), None) => Some(units.len()),
        (Some(from), Some(length)) => usize::try_from(length)
            .ok()
            .and_then(|length| from.checked_add(length)),
        (None, _) => None,
    };
    let part = from.zip(end).and_then(|(from, end)| units.get(from..end));
    part.map(|part| args.make_text(String::from_utf16_lossy(part)))
        .ok_or_else(|| {
            let size = units.len();
            format!("`substring` reaches outside of the text, which has {size} characters")
        })
}

fn pad_left(args: &Args<'_>) -> Outcome {
    let text = match args.at(0) {
        Data::String(text) => text.to_string(),
        Data::Number(number) => number.to_string(),
        _ => return Err(args.wrong(0, "a text or an integer")),
    };
    let width = args.size(1)?;
    if width > 65_536 {
        return Err(format!(
            "`padLeft` to {width} characters is more than the limit of 65536"
        ));
    }
    let filler = if matches!(args.at(2), Data::Null) {
        ' '
    } else {
        let mut chars = args.text(2)?.chars();
        match (chars.next(), chars.next()) {
            (Some(filler), None) => filler,
            _ => return Err(args.wrong(2, "one character")),
        }
    };
    let missing = width.saturating_sub(text.encode_utf16().count());
    let padding = std::iter::repeat_n(filler, missing);
    Ok(args.make_text(padding.collect::<String>() + &text))
}

/// Joins a base and a relative address as documented: what follows the base's last slash is dropped.
fn uri(args: &Args<'_>) -> Outcome {
    let (base, relative) = (args.text(0)?, args.text(1)?);
    let after_scheme = base.find("//").map_or(0, |at| at + 2);
    let last_slash = base
        .get(after_scheme..)
        .and_then(|rest| rest.rfind('/'))
        .map(|at| after_scheme + at);
    let stem = match last_slash {
        Some(at) => base.get(..at).unwrap_or(base),
        None => base,
    };
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    Ok(args.make_text(format!("{stem}/{relative}")))
}
