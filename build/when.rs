//! The condition of a row: `set:p`, `p`, `p='x'`, `p!='x'`, joined by `!`, `&`, `|` and parentheses.

use super::lens::parts;
use crate::lens::When;

/// Reads a condition.
pub(crate) fn parse(text: &str) -> Result<When, String> {
    let mut rest = text;
    let when = any(&mut rest).ok_or_else(|| format!("cannot read the condition `{text}`"))?;
    match rest {
        "" => Ok(when),
        _ => Err(format!(
            "cannot read the condition `{text}` from `{rest}` on"
        )),
    }
}

fn any(rest: &mut &str) -> Option<When> {
    let mut left = all(rest)?;
    while take(rest, "|") {
        left = When::Or(Box::new(left), Box::new(all(rest)?));
    }
    Some(left)
}

fn all(rest: &mut &str) -> Option<When> {
    let mut left = one(rest)?;
    while take(rest, "&") {
        left = When::And(Box::new(left), Box::new(one(rest)?));
    }
    Some(left)
}

fn one(rest: &mut &str) -> Option<When> {
    if take(rest, "!") {
        return Some(When::Not(Box::new(one(rest)?)));
    }
    if take(rest, "(") {
        let inner = any(rest)?;
        return take(rest, ")").then_some(inner);
    }
    let set = take(rest, "set:");
    let end = rest.find(['=', '!', '&', '|', ')']).unwrap_or(rest.len());
    let path = parts(&rest[..end]).ok().filter(|path| !path.is_empty())?;
    *rest = &rest[end..];
    if set {
        return Some(When::Set(path));
    }
    let differs = take(rest, "!=");
    if !differs && !take(rest, "=") {
        return Some(When::Is(path));
    }
    let value = if take(rest, "'") {
        let end = rest.find('\'')?;
        let value = &rest[..end];
        *rest = &rest[end + 1..];
        value
    } else {
        let end = rest.find(['&', '|', ')']).unwrap_or(rest.len());
        let value = &rest[..end];
        *rest = &rest[end..];
        value
    };
    let equals = When::Equals(path, value.to_owned());
    Some(if differs {
        When::Not(Box::new(equals))
    } else {
        equals
    })
}

fn take(rest: &mut &str, word: &str) -> bool {
    match rest.strip_prefix(word) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}
