use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in place of a secret.
const MASK: &str = "***";

/// `name = "…"`, `"name": "…"`, `name : "…"`: a name, then a quoted text.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?P<head>(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)['"]?\s*[=:]\s*)(?P<value>"(?:[^"\\]|\\.)*"?|'[^']*'?)"#).ok()
});

/// Texts that are secrets whatever they are called: storage keys in connection strings, access
/// keys, tokens, and the lines of a private key.
static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<head>(?:AccountKey|SharedAccessKey|Password|Pwd|sig)=)[^;&\s'\x22]+
        | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
        | \bgh[pousr]_[A-Za-z0-9]{36,}
        | \bAIza[0-9A-Za-z_-]{35}
        | \beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+
        | ^\s*[A-Za-z0-9+/]{60,}={0,2}\s*$
        | -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*",
    )
    .ok()
});

/// `line` of a source with the secrets in it masked.
///
/// Snippets and diffs quote sources, and a source may hold a secret on the very line that is
/// quoted. Only literals are masked: a reference to a secret shows nothing.
pub(super) fn masked(line: &str) -> Cow<'_, str> {
    let assigned = match &*ASSIGNMENT {
        Some(pattern) => pattern.replace_all(line, |found: &Captures<'_>| {
            let text = |name| found.name(name).map_or("", |part| part.as_str());
            if is_secret_name(text("name")) && is_secret_value(text("value")) {
                let quote = text("value").get(..1).unwrap_or("\"");
                format!("{}{quote}{MASK}{quote}", text("head"))
            } else {
                text("head").to_owned() + text("value")
            }
        }),
        None => Cow::Borrowed(line),
    };
    let Some(pattern) = &*SHAPE else {
        return assigned;
    };
    match pattern.replace_all(&assigned, |found: &Captures<'_>| {
        format!(
            "{}{MASK}",
            found.name("head").map_or("", |head| head.as_str())
        )
    }) {
        Cow::Borrowed(_) => assigned,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Returns `true` if a quotation of `text` would show a secret.
pub(super) fn shows_secret(text: &str) -> bool {
    text.lines().any(|line| masked(line) != line)
}

/// Whether an argument of this name holds a secret, and not only the name or the rules of one.
fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 16] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "accesskey",
        "accountkey",
        "privatekey",
        "primarykey",
        "secondarykey",
        "sharedkey",
        "apikey",
        "encryptionkey",
        "connectionstring",
        "sastoken",
        "credential",
    ];
    const HARMLESS_ENDS: [&str; 15] = [
        "id",
        "ids",
        "name",
        "names",
        "uri",
        "url",
        "type",
        "version",
        "enabled",
        "arn",
        "policy",
        "length",
        "authentication",
        "days",
        "date",
    ];
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    PARTS.iter().any(|part| letters.contains(part))
        && !HARMLESS_ENDS.iter().any(|end| letters.ends_with(end))
}

/// Whether a quoted text is a literal worth hiding: not empty, not a reference or an expression alone.
fn is_secret_value(quoted: &str) -> bool {
    let inner = quoted.trim_matches(['"', '\'']);
    let is_reference =
        inner.starts_with("${") && inner.ends_with('}') && inner.matches("${").count() == 1;
    let is_expression = inner.starts_with('[') && inner.ends_with(']');
    let is_word = matches!(
        inner.to_ascii_lowercase().as_str(),
        "true"
            | "false"
            | "null"
            | "string"
            | "securestring"
            | "secureobject"
            | "object"
            | "required"
            | "optional"
            | "enabled"
            | "disabled"
    );
    !inner.is_empty() && !is_reference && !is_expression && !is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_secrets_are_masked_and_nothing_else() {
        let rows = [
            (
                r#"  administrator_login_password = "P@ss\"w0rd" # x"#,
                r#"  administrator_login_password = "***" # x"#,
            ),
            (
                r#"  "adminPassword": "hunter2","#,
                r#"  "adminPassword": "***","#,
            ),
            (
                r#"client_secret="abc", name = "x""#,
                r#"client_secret="***", name = "x""#,
            ),
            (r#"  password = "half open"#, r#"  password = "***""#),
            (
                "a = \"AccountName=x;AccountKey=abc==;\"",
                "a = \"AccountName=x;AccountKey=***;\"",
            ),
            ("key = \"AKIAABCDEFGHIJKLMNOP\"", "key = \"***\""),
        ];
        for (line, expected) in rows {
            assert_eq!(masked(line), expected);
            assert!(shows_secret(line));
        }
        let harmless = [
            "  admin_password = var.password",
            r#"  "adminPassword": "[parameters('adminPassword')]","#,
            r#"  password = "${var.password}""#,
            r#"  key_vault_secret_id = "https://v.vault.azure.net/secrets/x""#,
            r#"  secret_name = "x""#,
            r#"  http_tokens = "optional""#,
            "  disable_password_authentication = false",
            r#"  min_tls_version = "TLS1_0""#,
            r#"  "adminPassword": { "type": "securestring" }"#,
        ];
        for line in harmless {
            assert_eq!(masked(line), line);
        }
    }
}
