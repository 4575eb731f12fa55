//! New text for structured values, laid out as what stands around it.

use std::fmt::Write as _;

/// A value that is going to be written, its scalars spelled already.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::lang) enum Spelled {
    /// A token as it shall stand there.
    Token(String),
    /// A list.
    Array(Vec<Spelled>),
    /// An object, in order.
    Object(Vec<(String, Spelled)>),
}

/// How lists and objects are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lang) enum Syntax {
    /// `{"name": value}`, a comma between any two.
    Json,
    /// `{ name = value }`; the end of a line parts the members of an object.
    Hcl,
}

/// How new text is laid out.
#[derive(Clone, Debug)]
pub(in crate::lang) enum Layout {
    /// All on one line.
    OneLine {
        /// How lists and objects are written.
        syntax: Syntax,
        /// What stands between a name and its value.
        colon: String,
        /// What stands between two items.
        comma: String,
    },
    /// Each member and item on a line of its own.
    Lines {
        /// How lists and objects are written.
        syntax: Syntax,
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

impl Syntax {
    /// What stands between a name and its value, as is usual.
    pub(in crate::lang) fn colon(self) -> &'static str {
        match self {
            Self::Json => ": ",
            Self::Hcl => " = ",
        }
    }

    /// `text` as the name of a member.
    fn key(self, text: &str) -> String {
        match self {
            Self::Json => quote(text),
            Self::Hcl if is_identifier(text) => text.to_owned(),
            Self::Hcl => quote_template(text),
        }
    }
}

impl Layout {
    /// The usual layout on one line.
    pub(in crate::lang) fn one_line(syntax: Syntax) -> Self {
        Self::OneLine {
            syntax,
            colon: syntax.colon().to_owned(),
            comma: ", ".to_owned(),
        }
    }

    fn syntax(&self) -> Syntax {
        match self {
            Self::OneLine { syntax, .. } | Self::Lines { syntax, .. } => *syntax,
        }
    }

    /// The layout one level deeper.
    fn inner(&self) -> Self {
        let mut layout = self.clone();
        if let Self::Lines { indent, unit, .. } = &mut layout {
            indent.push_str(unit);
        }
        layout
    }

    /// What stands between a name and its value.
    fn colon(&self) -> &str {
        match self {
            Self::OneLine { colon, .. } | Self::Lines { colon, .. } => colon,
        }
    }

    /// What stands between two items, or two members.
    pub(in crate::lang) fn between(&self, members: bool) -> String {
        match self {
            Self::OneLine { comma, .. } => comma.clone(),
            Self::Lines {
                indent,
                eol,
                syntax: Syntax::Hcl,
                ..
            } if members => format!("{eol}{indent}"),
            Self::Lines { indent, eol, .. } => format!(",{eol}{indent}"),
        }
    }

    /// What stands before the first item and behind the last one.
    fn around(&self, members: bool) -> (String, String) {
        match (self, self.inner()) {
            (Self::Lines { indent, eol, .. }, Self::Lines { indent: inner, .. }) => {
                (format!("{eol}{inner}"), format!("{eol}{indent}"))
            }
            _ if members && self.syntax() == Syntax::Hcl => (" ".to_owned(), " ".to_owned()),
            _ => (String::new(), String::new()),
        }
    }

    /// The text of `value` in this layout.
    pub(in crate::lang) fn write(&self, value: &Spelled) -> String {
        let plain = |items: &[Spelled]| items.iter().all(|it| matches!(it, Spelled::Token(_)));
        let (open, parts, close) = match value {
            Spelled::Token(text) => return text.clone(),
            Spelled::Array(items) if self.syntax() == Syntax::Hcl && plain(items) => {
                let parts = items.iter().map(|item| self.write(item));
                return format!("[{}]", parts.collect::<Vec<_>>().join(", "));
            }
            Spelled::Array(items) => {
                let inner = self.inner();
                let parts = items.iter().map(|item| inner.write(item));
                ('[', parts.collect::<Vec<_>>(), ']')
            }
            Spelled::Object(members) => {
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
        let members = open == '{';
        let (before, behind) = self.around(members);
        let parts = parts.join(&self.inner().between(members));
        format!("{open}{before}{parts}{behind}{close}")
    }

    /// The text of one member in this layout.
    pub(in crate::lang) fn write_member(&self, key: &str, value: &Spelled) -> String {
        format!(
            "{}{}{}",
            self.syntax().key(key),
            self.colon(),
            self.write(value)
        )
    }

    /// The text of several members or items, as they follow each other.
    pub(in crate::lang) fn write_all(
        &self,
        added: &[(Option<String>, Spelled)],
        between: &str,
    ) -> String {
        let parts = added.iter().map(|(key, value)| match key {
            Some(key) => self.write_member(key, value),
            None => self.write(value),
        });
        parts.collect::<Vec<_>>().join(between)
    }
}

/// `text` as a JSON string.
pub(in crate::lang) fn quote(text: &str) -> String {
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

/// `text` as a quoted template that says just that: what would open an interpolation or a directive
/// has its first character doubled.
pub(in crate::lang) fn quote_template(text: &str) -> String {
    quote(&escape_template(text))
}

/// `text` with every `${` and `%{` escaped.
pub(in crate::lang) fn escape_template(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Returns `true` if `text` can stand as a name without quotes.
pub(in crate::lang) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !["null", "true", "false", "for"].contains(&text)
}
