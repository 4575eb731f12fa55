use std::fmt::Write as _;

use crate::edit::Refusal;
use crate::model::{Data, Unknown, Value};

/// JSON that is going to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// A token as it shall stand there.
    Token(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, in order.
    Object(Vec<(String, Json)>),
}

/// How new text is laid out.
#[derive(Clone, Debug)]
pub(super) enum Layout {
    /// All on one line.
    OneLine {
        /// What stands between a name and its value.
        colon: String,
        /// What stands between two items.
        comma: String,
    },
    /// Each member and item on a line of its own.
    Lines {
        /// The indentation of the line that the text starts on.
        indent: String,
        /// What one level adds to it.
        unit: String,
        /// The line ending.
        eol: &'static str,
        /// What stands between a name and its value.
        colon: String,
    },
}

impl Layout {
    /// The layout one level deeper.
    fn inner(&self) -> Self {
        let mut layout = self.clone();
        if let Self::Lines { indent, unit, .. } = &mut layout {
            indent.push_str(unit);
        }
        layout
    }

    /// What stands between a name and its value.
    pub(super) fn colon(&self) -> &str {
        match self {
            Self::OneLine { colon, .. } | Self::Lines { colon, .. } => colon,
        }
    }

    /// What stands between two items.
    pub(super) fn between(&self) -> String {
        match self {
            Self::OneLine { comma, .. } => comma.clone(),
            Self::Lines { indent, eol, .. } => format!(",{eol}{indent}"),
        }
    }

    /// What stands before the first item and behind the last one.
    fn around(&self) -> (String, String) {
        match (self, self.inner()) {
            (Self::Lines { indent, eol, .. }, Self::Lines { indent: inner, .. }) => {
                (format!("{eol}{inner}"), format!("{eol}{indent}"))
            }
            _ => (String::new(), String::new()),
        }
    }

    /// The text of `json` in this layout.
    pub(super) fn write(&self, json: &Json) -> String {
        let (open, parts, close) = match json {
            Json::Token(text) => return text.clone(),
            Json::Array(items) => {
                let inner = self.inner();
                let parts = items.iter().map(|item| inner.write(item));
                ('[', parts.collect::<Vec<_>>(), ']')
            }
            Json::Object(members) => {
                let inner = self.inner();
                let parts = members
                    .iter()
                    .map(|(key, value)| inner.write_member(key, value));
                ('{', parts.collect(), '}')
            }
        };
        if parts.is_empty() {
            return format!("{open}{close}");
        }
        let (before, behind) = self.around();
        let parts = parts.join(&self.inner().between());
        format!("{open}{before}{parts}{behind}{close}")
    }

    /// The text of one member in this layout.
    pub(super) fn write_member(&self, key: &str, value: &Json) -> String {
        format!("{}{}{}", quote(key), self.colon(), self.write(value))
    }

    /// The text of several members or items, as they follow each other.
    pub(super) fn write_all(&self, added: &[(Option<String>, Json)]) -> String {
        let parts = added.iter().map(|(key, value)| match key {
            Some(key) => self.write_member(key, value),
            None => self.write(value),
        });
        parts.collect::<Vec<_>>().join(&self.between())
    }
}

/// `value` as JSON. What is not known is spelled by `reference`.
pub(super) fn json(
    value: &Value,
    reference: &dyn Fn(&Unknown) -> Result<Json, Refusal>,
) -> Result<Json, Refusal> {
    Ok(match &value.data {
        Data::Null => Json::Token("null".to_owned()),
        Data::Bool(value) => Json::Token(value.to_string()),
        Data::Number(number) => Json::Token(number.to_string()),
        Data::String(text) => Json::Token(quote(&escaped(text))),
        Data::List(list) => {
            let items = list.items.iter().map(|item| json(item, reference));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| Ok((entry.key.to_string(), json(&entry.value, reference)?)));
            Json::Object(members.collect::<Result<_, Refusal>>()?)
        }
        Data::Unknown(unknown) => reference(unknown)?,
    })
}

/// Text that Resource Manager would take for an expression gets a second bracket.
fn escaped(text: &str) -> String {
    let brackets = text.starts_with('[') && text.ends_with(']');
    let escape = if brackets { "[" } else { "" };
    format!("{escape}{text}")
}

/// `text` as a JSON string.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The usual layout on one line.
pub(super) fn one_line() -> Layout {
    Layout::OneLine {
        colon: ": ".to_owned(),
        comma: ", ".to_owned(),
    }
}
