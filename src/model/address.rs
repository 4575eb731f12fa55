use std::fmt;
use std::sync::Arc;

/// A resource's address as its language spells it: `module.net.azurerm_subnet.a["x"]`, or
/// `Microsoft.Storage/storageAccounts/[parameters('name')]` in a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub Arc<str>);

impl Address {
    /// An address from its text.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` unless this is the address of a data source, which reads what another block may
    /// declare.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        let bare = self.without_keys();
        let mut parts = bare.split('.');
        while let Some(part) = parts.next() {
            match part {
                "module" => _ = parts.next(),
                part => return part != "data",
            }
        }
        true
    }

    /// Returns `true` if this is the address of a template's resource. It holds its type and names,
    /// but not where it is deployed to or what it extends.
    #[must_use]
    pub fn is_in_template(&self) -> bool {
        let before = self.0.split('[').next().unwrap_or_default();
        before.contains('/')
    }

    /// The address without instance keys: `module.net["a"].azurerm_subnet.s[0]` gives
    /// `module.net.azurerm_subnet.s`. Brackets inside quotes are part of the key. In a template's
    /// address brackets hold an expression, and nothing is cut out.
    #[must_use]
    pub fn without_keys(&self) -> String {
        if self.is_in_template() {
            return self.0.to_string();
        }
        let mut out = String::with_capacity(self.0.len());
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        for c in self.0.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' if depth > 0 => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted && depth > 0 => depth -= 1,
                _ if depth == 0 => out.push(c),
                _ => {}
            }
        }
        out
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A resource type: `Microsoft.Storage/storageAccounts`, `aws_s3_bucket`. Compared ignoring ASCII
/// case, as Resource Manager does; Terraform's are lower case anyway.
#[derive(Clone, Debug)]
pub struct Kind(Arc<str>);

impl Kind {
    /// A kind from its text.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text in lower case, the key of every index by kind.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Returns `true` if this is `text`, ignoring ASCII case.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for Kind {}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_cut_out_of_addresses() {
        let rows = [
            ("azurerm_subnet.a", "azurerm_subnet.a"),
            ("azurerm_subnet.a[0]", "azurerm_subnet.a"),
            (
                r#"module.m["a]b"].azurerm_subnet.a["c"]"#,
                "module.m.azurerm_subnet.a",
            ),
            (r#"x.y["a\"]b"]"#, "x.y"),
            (r#"module.m["a/b"].x.y"#, "module.m.x.y"),
            (
                "A.B/c/[parameters('x')]/[parameters('y')]",
                "A.B/c/[parameters('x')]/[parameters('y')]",
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(Address::new(text).without_keys(), expected);
        }
    }
}
