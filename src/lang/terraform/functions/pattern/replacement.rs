//! What a match is replaced by, in the words of Go's `regexp`: `$1`, `${name}`, `$$`.

use regex::{Captures, Replacer};

/// A text in which `$` speaks of groups.
pub(in crate::lang::terraform::functions) struct Replacement<'t>(
    pub(in crate::lang::terraform::functions) &'t str,
);

impl Replacer for Replacement<'_> {
    fn replace_append(&mut self, found: &Captures<'_>, out: &mut String) {
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = group(after) {
                out.push_str(named(found, name).unwrap_or_default());
                rest = after;
            } else {
                // What names no group is text.
                out.push('$');
                rest = after;
            }
        }
        out.push_str(rest);
    }
}

/// The name at the start of `text`, perhaps in braces, and what follows it.
fn group(text: &str) -> Option<(&str, &str)> {
    let (inner, braced) = match text.strip_prefix('{') {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let in_name = |c: char| c == '_' || c.is_alphanumeric();
    let end = inner.find(|c| !in_name(c)).unwrap_or(inner.len());
    let (name, after) = inner.split_at(end);
    if name.is_empty() {
        return None;
    }
    let after = if braced {
        after.strip_prefix('}')?
    } else {
        after
    };
    Some((name, after))
}

/// What the group matched; a number does not start with zero.
fn named<'h>(found: &Captures<'h>, name: &str) -> Option<&'h str> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    let leads = name.len() > 1 && name.starts_with('0');
    let matched = if digits && !leads {
        found.get(name.parse().ok()?)
    } else {
        found.name(name)
    };
    matched.map(|matched| matched.as_str())
}
