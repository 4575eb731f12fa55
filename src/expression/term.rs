//! The canonical spelling of a value's computation. Two unknowns of one unit that are spelled alike
//! are the same value, whatever it is.

use std::sync::Arc;

use super::ast::ExprKind;
use super::parse::parse;
use crate::model::{Data, Type, Unknown, Value};

/// Longer spellings are dropped: the value then equals nothing.
const MAX_TERM: usize = 256;

/// One part of a text that is put together from several.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Known text.
    Text(String),
    /// An unknown part.
    Unknown(Value),
}

/// The spelling of a value: a literal, or an unknown's own term. `None` when it has none.
#[must_use]
pub fn of(value: &Value) -> Option<Arc<str>> {
    let mut out = String::new();
    write(value, &mut out)?;
    Some(Arc::from(out))
}

/// The spelling of a call of `name` with `args`.
#[must_use]
pub fn call(name: &str, args: &[Value]) -> Option<Arc<str>> {
    let mut out = format!("{name}(");
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(arg, &mut out)?;
    }
    out.push(')');
    fits(&out).then(|| Arc::from(out))
}

/// The spelling of a member of `base`.
pub(super) fn member(base: &str, key: &Value) -> Option<Arc<str>> {
    let out = match &key.data {
        Data::String(name) if is_name(name) => format!("{base}.{name}"),
        _ => format!("{base}[{}]", of(key)?),
    };
    fits(&out).then(|| Arc::from(out))
}

/// The spelling of texts put together. Nested compositions are spelled as one, so that
/// `format('{0}/{1}', a, b)` and `concat(concat(a, '/'), b)` are alike.
#[must_use]
pub fn concat(pieces: &[Piece]) -> Option<Arc<str>> {
    let mut parts: Vec<String> = Vec::new();
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(more) => text.push_str(more),
            Piece::Unknown(value) => {
                if !text.is_empty() {
                    parts.push(quote(&text));
                    text.clear();
                }
                parts.push(of(value)?.to_string());
            }
        }
    }
    if !text.is_empty() {
        parts.push(quote(&text));
    }
    let out = match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("concat({})", parts.join(",")),
    };
    fits(&out).then(|| Arc::from(out))
}

/// The parts a text is put together from, as far as its spelling tells. A known text is one part.
/// `None` for what is no text.
#[must_use]
pub fn pieces(value: &Value) -> Option<Vec<Piece>> {
    match &value.data {
        Data::String(text) => Some(vec![Piece::Text(text.to_string())]),
        Data::Number(number) => Some(vec![Piece::Text(number.to_string())]),
        Data::Bool(truth) => Some(vec![Piece::Text(truth_text(*truth).to_owned())]),
        Data::Unknown(unknown) => Some(split(unknown, value)),
        Data::Null | Data::List(_) | Data::Map(_) => None,
    }
}

/// How a truth value reads inside a text: as .NET writes it.
pub(super) fn truth_text(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

fn split(unknown: &Unknown, value: &Value) -> Vec<Piece> {
    let whole = || vec![Piece::Unknown(value.clone())];
    let Some(term) = &unknown.term else {
        return whole();
    };
    if !term.starts_with("concat(") {
        return whole();
    }
    let Ok(expr) = parse(term, 0..term.len()) else {
        return whole();
    };
    let ExprKind::Call { args, .. } = &expr.kind else {
        return whole();
    };
    let part = |range: std::ops::Range<usize>| {
        let mut inner = Unknown::because(unknown.why).spelled(&term[range]);
        inner.input.clone_from(&unknown.input);
        let origin = value.origin;
        Value::unknown(inner.typed(Type::String).not_null(), origin).marked(value.sensitive)
    };
    args.iter()
        .map(|arg| match &arg.kind {
            ExprKind::Text(text) => Piece::Text(text.to_string()),
            ExprKind::Integer(_) | ExprKind::Call { .. } | ExprKind::Access { .. } => {
                Piece::Unknown(part(arg.range.clone()))
            }
        })
        .collect()
}

fn write(value: &Value, out: &mut String) -> Option<()> {
    match &value.data {
        Data::Null => out.push_str("null()"),
        Data::Bool(truth) => out.push_str(if *truth { "true()" } else { "false()" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => out.push_str(&quote(text)),
        Data::Unknown(unknown) => out.push_str(unknown.term.as_ref()?),
        Data::List(list) => {
            out.push_str("createArray(");
            for (index, item) in list.items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(')');
        }
        Data::Map(map) if !map.open => {
            out.push_str("createObject(");
            for (index, entry) in map.entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&quote(&entry.key));
                out.push(',');
                write(&entry.value, out)?;
            }
            out.push(')');
        }
        Data::Map(_) => return None,
    }
    fits(out).then_some(())
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn fits(term: &str) -> bool {
    term.len() <= MAX_TERM
}
