//! From one type to another: `string`, `int`, `bool`, `float`, `json`.

use std::sync::Arc;

use super::args::Args;
use super::function::Unknowns::Deep;
use super::function::{Function, Outcome, row};
use crate::expression::term::truth_text;
use crate::model::{Data, Entry, Number, Origin, Type, Value};

pub(super) const TABLE: &[Function] = &[
    row("string", (1, 1), Deep, Some(Type::String), |args| {
        let [value] = args.values else {
            return Err(args.wrong(0, "a value"));
        };
        Ok(args.make_text(text_of(value)))
    }),
    row("int", (1, 1), Deep, Some(Type::Number), integer),
    row("float", (1, 1), Deep, Some(Type::Number), float),
    row("bool", (1, 1), Deep, Some(Type::Bool), truth),
    row("json", (1, 1), Deep, None, |args| {
        parse_json(args.text(0)?, args.origin)
    }),
];

/// A value as text: `True` and `False` as .NET writes them, objects and arrays as JSON.
pub(super) fn text_of(value: &Value) -> String {
    match &value.data {
        Data::String(text) => text.to_string(),
        Data::Bool(truth) => truth_text(*truth).to_owned(),
        Data::Number(number) => number.to_string(),
        Data::Null => String::new(),
        Data::List(_) | Data::Map(_) | Data::Unknown(_) => to_json(value).to_string(),
    }
}

/// Reads JSON, with comments and trailing commas as Resource Manager's own reader takes them.
pub(super) fn parse_json(text: &str, origin: Origin) -> Outcome {
    serde_json::from_str(text)
        .or_else(|error| serde_json::from_str(&strict(text)).map_err(|_| error))
        .map(|json| from_json(json, origin))
        .map_err(|error| format!("the text is not JSON: {error}"))
}

/// `text` without comments, and without commas before a closing bracket.
fn strict(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let len = match next {
            '"' => string_len(rest),
            '/' if rest.starts_with("//") => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            ']' | '}' => {
                let kept = out.trim_end();
                if let Some(before) = kept.strip_suffix(',') {
                    out.truncate(before.len());
                }
                1
            }
            other => other.len_utf8(),
        };
        let (head, tail) = rest.split_at(len);
        out.push_str(head);
        rest = tail;
    }
    out
}

/// How long the string is that `text` starts with.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `serde_json` limits how deep a text may nest.
fn from_json(json: serde_json::Value, origin: Origin) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::null(origin),
        Json::Bool(truth) => Value::new(Data::Bool(truth), origin),
        Json::Number(number) => match Number::parse(&number.to_string()) {
            Some(number) => Value::new(Data::Number(number), origin),
            None => Value::null(origin),
        },
        Json::String(text) => Value::string(text, origin),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| from_json(item, origin));
            Value::list(items.collect(), origin)
        }
        Json::Object(members) => {
            let entries = members.into_iter().map(|(key, value)| Entry {
                key: Arc::from(key),
                value: from_json(value, origin),
            });
            Value::map(entries.collect(), origin)
        }
    }
}

/// Only called with values that hold no unknown.
fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match &value.data {
        Data::Null | Data::Unknown(_) => Json::Null,
        Data::Bool(truth) => Json::Bool(*truth),
        Data::Number(number) => {
            let parsed = serde_json::from_str(&number.to_string());
            parsed.map_or_else(|_| Json::String(number.to_string()), Json::Number)
        }
        Data::String(text) => Json::String(text.to_string()),
        Data::List(list) => Json::Array(list.items.iter().map(to_json).collect()),
        Data::Map(map) => {
            let members = map.entries.iter();
            Json::Object(
                members
                    .map(|e| (e.key.to_string(), to_json(&e.value)))
                    .collect(),
            )
        }
    }
}

fn integer(args: &Args<'_>) -> Outcome {
    match args.at(0) {
        Data::Number(_) => Ok(args.make_integer(args.integer(0)?)),
        Data::String(text) => text
            .trim()
            .parse()
            .map(|value| args.make_integer(value))
            .map_err(|_| format!("`{text}` is no integer")),
        _ => Err(args.wrong(0, "a text or an integer")),
    }
}

fn float(args: &Args<'_>) -> Outcome {
    let number = match args.at(0) {
        Data::Number(number) => Some(number.clone()),
        Data::String(text) => Number::parse(text.trim()),
        _ => return Err(args.wrong(0, "a text or a number")),
    };
    number
        .map(|number| Value::new(Data::Number(number), args.origin))
        .ok_or_else(|| args.wrong(0, "a number in decimal notation"))
}

fn truth(args: &Args<'_>) -> Outcome {
    let truth = match args.at(0) {
        Data::Bool(truth) => Some(*truth),
        Data::Number(number) => number.as_i64().map(|value| value != 0),
        Data::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    truth
        .map(|truth| args.make_truth(truth))
        .ok_or_else(|| args.wrong(0, "'true' or 'false', 1 or 0"))
}
