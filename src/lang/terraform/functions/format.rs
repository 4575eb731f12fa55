use super::answer::{Answer, Stop};
use super::call::{Call, members_within_limit, within_limit};
use super::function::{items, quoted_char, text};
use super::json_encode::json;
use super::number_format;
use super::string::characters;
use super::verb::Verb;
use crate::lang::terraform::convert::convert;
use crate::model::{Collection, Data, Type, Unknown, Value};
use unicode_segmentation::UnicodeSegmentation as _;

pub(super) fn format(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments[1..].iter().any(Value::has_unknown) {
        return Err(Stop::Unknown(Some(Type::String)));
    }
    let formatted = formatted(text(arguments, 0), &arguments[1..])?;
    call.text(&formatted)
}

pub(super) fn formatlist(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (pattern, given) = (text(arguments, 0), &arguments[1..]);
    if given.is_empty() {
        let only = formatted(pattern, given)?;
        return call.texts([only]);
    }
    let Some(rounds) = rounds(given)? else {
        return Err(Stop::Unknown(Some(Type::List(Box::new(Type::String)))));
    };
    members_within_limit(rounds)?;
    let mut results = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let of_round = |(index, value): (usize, &Value)| match &value.data {
            Data::List(_) => items(given, index)[round].clone(),
            _ => value.clone(),
        };
        let now: Vec<Value> = given.iter().enumerate().map(of_round).collect();
        if let Some(unknown) = now.iter().find(|value| value.has_unknown()) {
            let one = call.unknown_like(unknown, Some(Type::String));
            results.push(one);
            continue;
        }
        let one = formatted(pattern, &now).map_err(|stop| match stop {
            // Which argument it was is lost here, as it is in Terraform.
            Stop::Failed(message) | Stop::Argument(_, message) => {
                Stop::Failed(format!("error on format iteration {round}: {message}"))
            }
            other => other,
        })?;
        results.push(call.text(&one)?);
    }
    call.list(Type::String, results)
}

/// How often a list is formatted: once for each member of the lists among the arguments, which must be of
/// one length; `None` where that is not known.
fn rounds(given: &[Value]) -> Result<Option<usize>, Stop> {
    let mut rounds: Option<(usize, usize)> = None;
    let mut unclear = false;
    for (index, value) in given.iter().enumerate() {
        let length = match &value.data {
            Data::List(list) if list.collection == Collection::Set && value.has_unknown() => {
                unclear = true;
                continue;
            }
            Data::List(list) => list.items.len(),
            Data::Unknown(unknown) => {
                unclear |= !is_single(unknown);
                continue;
            }
            _ => continue,
        };
        match rounds {
            None => rounds = Some((length, index)),
            Some((all, chooser)) if all != length => {
                let (this, that) = (index + 1, chooser + 1);
                let message = format!(
                    "argument {this} has length {length}, which is inconsistent with argument {that} of length {all}"
                );
                return Err(Stop::Argument(index + 1, message));
            }
            Some(_) => {}
        }
    }
    Ok((!unclear).then(|| rounds.map_or(1, |(length, _)| length)))
}

/// Whether an unknown certainly is one value, not a list of them.
fn is_single(unknown: &Unknown) -> bool {
    matches!(
        unknown.ty,
        Some(Type::Bool | Type::Number | Type::String | Type::Map(_) | Type::Object(_))
    )
}

fn formatted(pattern: &str, arguments: &[Value]) -> Result<String, Stop> {
    let mut out = String::new();
    let mut next = 1;
    let mut highest = 0;
    let mut at = 0;
    while let Some(found) = pattern[at..].find('%') {
        out.push_str(&pattern[at..at + found]);
        at += found;
        if pattern[at + 1..].starts_with('%') {
            out.push('%');
            at += 2;
            continue;
        }
        let verb = verb(pattern, at, next)?;
        at += verb.raw.len();
        highest = highest.max(verb.argument);
        next = verb.argument + 1;
        append(&verb, arguments, &mut out)?;
        within_limit(out.len())?;
    }
    out.push_str(&pattern[at..]);
    if highest < arguments.len() {
        let message = if highest == 0 {
            "too many arguments; no verbs in format string".to_owned()
        } else {
            format!("too many arguments; only {highest} used by format string")
        };
        return Err(Stop::Argument(highest + 1, message));
    }
    Ok(out)
}

/// Reads the verb at `start`, which is a `%`.
fn verb(pattern: &str, start: usize, next: usize) -> Result<Verb<'_>, Stop> {
    let mut verb = Verb {
        argument: next,
        offset: start,
        ..Verb::default()
    };
    let bytes = pattern.as_bytes();
    let mut at = start + 1;
    while let Some(flag) = bytes.get(at) {
        match flag {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            b' ' => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    let digits = |from: usize| {
        let count = bytes[from.min(bytes.len())..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        (from + count, pattern[from..from + count].parse::<usize>())
    };
    if bytes
        .get(at)
        .is_some_and(|byte| matches!(byte, b'1'..=b'9'))
    {
        let (end, number) = digits(at);
        verb.width = Some(sane(number.ok())?);
        at = end;
    }
    if bytes.get(at) == Some(&b'.') {
        let (end, number) = digits(at + 1);
        verb.precision = Some(if end == at + 1 { 0 } else { sane(number.ok())? });
        at = end;
    }
    if bytes.get(at) == Some(&b'[') {
        let (end, number) = digits(at + 1);
        if !bytes
            .get(at + 1)
            .is_some_and(|byte| matches!(byte, b'1'..=b'9'))
        {
            return Err(unrecognized(pattern, at + 1));
        }
        if bytes.get(end) != Some(&b']') {
            return Err(unrecognized(pattern, end));
        }
        verb.argument = sane(number.ok())?;
        at = end + 1;
    }
    match bytes.get(at) {
        Some(mode) if mode.is_ascii_alphabetic() => verb.mode = char::from(*mode),
        _ => return Err(unrecognized(pattern, at)),
    }
    verb.raw = &pattern[start..=at];
    Ok(verb)
}

/// A width, precision or index that can be meant; Go too pads to no more than a million.
fn sane(number: Option<usize>) -> Result<usize, Stop> {
    match number {
        Some(number) if number <= 1_000_000 => Ok(number),
        _ => Err(Stop::Limit(
            "A width or precision of more than a million is not formatted; the text is taken as unknown."
                .to_owned(),
        )),
    }
}

fn unrecognized(pattern: &str, at: usize) -> Stop {
    match pattern.get(at..).and_then(|rest| rest.chars().next()) {
        None => Stop::Failed(format!("invalid format string starting at offset {at}")),
        Some(c) => Stop::Failed(format!(
            "unrecognized format character {} at offset {at}",
            quoted_char(c)
        )),
    }
}

fn append(verb: &Verb<'_>, arguments: &[Value], out: &mut String) -> Result<(), Stop> {
    let (raw, offset) = (verb.raw, verb.offset);
    let Some(value) = arguments.get(verb.argument - 1) else {
        return Err(Stop::Failed(format!(
            "not enough arguments for {raw:?} at {offset}: need index {} but have {} total",
            verb.argument,
            arguments.len()
        )));
    };
    let unsupported =
        |why: &str| Stop::Failed(format!("unsupported value for {raw:?} at {offset}: {why}"));
    if verb.mode != 'v' && value.is_null() {
        return Err(unsupported("null value cannot be formatted"));
    }
    let converted = |ty: &Type| convert(value, ty).map_err(|error| unsupported(&error.to_string()));
    match verb.mode {
        'v' => out.push_str(&padded(verb, &as_is(verb, value)?)),
        't' => out.push_str(match converted(&Type::Bool)?.as_bool() {
            Some(true) => "true",
            _ => "false",
        }),
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let Data::Number(number) = converted(&Type::Number)?.data else {
                return Err(unsupported("a number is required"));
            };
            let (negative, magnitude) = number
                .as_integer()
                .ok_or_else(|| unsupported("an integer is required"))?;
            out.push_str(&number_format::integer(verb, negative, &magnitude));
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let Data::Number(number) = converted(&Type::Number)?.data else {
                return Err(unsupported("a number is required"));
            };
            out.push_str(&number_format::float(verb, &number));
        }
        's' | 'q' => {
            let string = converted(&Type::String)?;
            let whole = string.as_str().unwrap_or_default();
            let cut = match verb.precision {
                Some(count) if count > 0 => whole.graphemes(true).take(count).collect(),
                _ => whole.to_owned(),
            };
            let shown = if verb.mode == 'q' {
                json(&Value::string(cut, value.origin))?
            } else {
                cut
            };
            out.push_str(&padded(verb, &shown));
        }
        mode => {
            return Err(Stop::Failed(format!(
                "unsupported format verb {} in {raw:?} at offset {offset}",
                quoted_char(mode)
            )));
        }
    }
    Ok(())
}

fn as_is(verb: &Verb<'_>, value: &Value) -> Result<String, Stop> {
    match &value.data {
        Data::String(text) if !verb.sharp => Ok(text.to_string()),
        Data::Number(number) if !verb.sharp => Ok(number_format::general(number)),
        _ => json(value),
    }
}

/// `shown` padded to the verb's width, counted in characters as people count them.
fn padded(verb: &Verb<'_>, shown: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(characters(shown));
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        format!("{shown}{padding}")
    } else {
        format!("{padding}{shown}")
    }
}
