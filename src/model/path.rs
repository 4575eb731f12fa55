use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// A way into a resource's body: `properties.networkAcls.ipRules[*].value`, `tags['env']`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of a map or object.
    Name(Arc<str>),
    /// An item of a list by position. Only in concrete paths that a lookup made; never in keys.
    Index(usize),
    /// Every item of a list.
    Each,
    /// The items of a list that are named by value: `[name='ssh']`, or `['*']` for an item that is itself the text.
    Where {
        /// The member of the item that names it; `None` when the item is the text.
        key: Option<Arc<str>>,
        /// The text.
        equals: Arc<str>,
    },
}

/// A path that cannot be read, and the byte offset where reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What was expected.
    pub message: String,
    /// Byte offset into the text.
    pub offset: usize,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.message, self.offset + 1)
    }
}

impl std::error::Error for PathError {}

impl Path {
    /// Reads a path: names separated by dots, each followed by any of `[*]`, `[0]`, `['text']`,
    /// `[name='text']`. A quote inside a text is doubled.
    ///
    /// # Errors
    /// [`PathError`] says what was expected and where.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut rest = text;
        let at = |rest: &str| text.len() - rest.len();
        let error = |rest: &str, message: &str| PathError {
            message: message.to_owned(),
            offset: at(rest),
        };
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = bracket(inner).ok_or_else(|| {
                    error(
                        inner,
                        "expected `*`, a number, `'text'` or `name='text'` and `]`",
                    )
                })?;
                steps.push(step);
                rest = after;
                continue;
            }
            if !steps.is_empty() {
                rest = rest
                    .strip_prefix('.')
                    .ok_or_else(|| error(rest, "expected `.` or `[`"))?;
            }
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(error(rest, "expected a name"));
            }
            steps.push(Step::Name(Arc::from(&rest[..end])));
            rest = &rest[end..];
        }
        Ok(Self(steps))
    }

    /// The path with one more step.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path with one more name.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.with(Step::Name(Arc::from(name)))
    }

    /// This path followed by `rest`.
    #[must_use]
    pub fn then(&self, rest: &Self) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// The path in the form of coverage and facts: lower case, every list step written `[*]`.
    #[must_use]
    pub fn pattern(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                Step::Name(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(&name.to_ascii_lowercase());
                }
                Step::Index(_) | Step::Each | Step::Where { .. } => out.push_str("[*]"),
            }
        }
        out
    }

    /// The last name of the path; empty when it has none.
    #[must_use]
    pub fn last_name(&self) -> &str {
        self.0
            .iter()
            .rev()
            .find_map(|step| match step {
                Step::Name(name) => Some(&**name),
                Step::Index(_) | Step::Each | Step::Where { .. } => None,
            })
            .unwrap_or_default()
    }
}

fn bracket(inner: &str) -> Option<(Step, &str)> {
    if let Some(after) = inner.strip_prefix("*]") {
        return Some((Step::Each, after));
    }
    if inner.starts_with('\'') {
        let (equals, after) = quoted(inner)?;
        return Some((Step::Where { key: None, equals }, after.strip_prefix(']')?));
    }
    if inner.starts_with(|c: char| c.is_ascii_digit()) {
        let end = inner.find(']')?;
        return Some((Step::Index(inner[..end].parse().ok()?), &inner[end + 1..]));
    }
    let (key, value) = inner.split_once('=')?;
    let (equals, after) = quoted(value)?;
    let valid = !key.is_empty() && !key.contains([']', '[', '\'']);
    valid.then_some(())?;
    Some((
        Step::Where {
            key: Some(Arc::from(key)),
            equals,
        },
        after.strip_prefix(']')?,
    ))
}

fn quoted(text: &str) -> Option<(Arc<str>, &str)> {
    let mut out = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let end = rest.find('\'')?;
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Some((Arc::from(out), rest)),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if index == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Each => f.write_str("[*]")?,
                Step::Where { key, equals } => {
                    let key = key
                        .as_deref()
                        .map(|key| format!("{key}="))
                        .unwrap_or_default();
                    write!(f, "[{key}'{}']", equals.replace('\'', "''"))?;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prints_as_it_was_written() {
        for text in [
            "properties.a",
            "properties.rules[*].value",
            "tags['it''s']",
            "rules[name='ssh'].access",
            "a[0][*]",
            "",
        ] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_bad_path_says_where() {
        for (text, offset) in [("a..b", 2), ("a[", 2), ("a[x]", 2), ("a]b", 3), (".a", 0)] {
            match Path::parse(text) {
                Err(error) => assert_eq!(error.offset, offset, "{text}"),
                Ok(path) => assert_eq!(text, "a]b", "{path:?}"),
            }
        }
    }
}
