//! What is still known of a value that is not: the reason, the input that decides, the ends of a text.

use std::sync::Arc;

/// The known ends of a text whose middle is not known: `"serviceAccount:${…}"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affixes {
    /// What it starts with.
    pub prefix: String,
    /// What it ends with.
    pub suffix: String,
}

impl Affixes {
    /// Returns `true` if a text with these ends can be `text`, ignoring ASCII case.
    #[must_use]
    pub fn fit(&self, text: &str) -> bool {
        let length = self.prefix.len() + self.suffix.len();
        let starts = text.get(..self.prefix.len());
        let ends = text
            .len()
            .checked_sub(self.suffix.len())
            .and_then(|at| text.get(at..));
        text.len() >= length
            && starts.is_some_and(|it| it.eq_ignore_ascii_case(&self.prefix))
            && ends.is_some_and(|it| it.eq_ignore_ascii_case(&self.suffix))
    }
}

/// Why a value is unknown. These are the only reasons a user ever reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A variable or parameter without a value.
    Input,
    /// An attribute that the provider or the service computes.
    Computed,
    /// A data source, `reference()`, `list*()`: read from what is deployed.
    DataSource,
    /// A module or linked template that is not in the workspace.
    MissingModule,
    /// The clock or chance: `timestamp()`, `uuid()`, `newGuid()`, `utcNow()`.
    Nondeterministic,
    /// Its base or parent is declared elsewhere, out of view.
    Elsewhere,
    /// A named limit stopped the evaluation.
    Limit,
    /// The configuration is in error here; a notice says how.
    Invalid,
    /// It may stand in a part of its block that could not be read.
    Unread,
    /// This program does not evaluate the construct yet; a notice says which.
    Unsupported,
}

/// The one input that decides a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputRef(pub Arc<str>);

/// A spelling as people read it: without what tells the scopes of deployments from each other.
#[must_use]
pub fn readable(term: &str) -> String {
    const SCOPE: &str = "deployment_";
    let mut out = String::new();
    let mut rest = term;
    while let Some((before, after)) = rest.split_once(SCOPE) {
        out.push_str(before);
        let word = |it: char| it.is_ascii_alphanumeric() || it == '_';
        match after.trim_start_matches(word).strip_prefix('.') {
            Some(after) if !out.ends_with(word) => rest = after,
            _ => {
                out.push_str(SCOPE);
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn a_spelling_is_read_without_its_scopes() {
        let rows = [
            ("parameters('a')", "parameters('a')"),
            ("deployment_x_1f.parameters('a')", "parameters('a')"),
            (
                "concat(deployment_x.variables('a'),deployment_x_y.parameters('b'))",
                "concat(variables('a'),parameters('b'))",
            ),
            ("my_deployment_x.y", "my_deployment_x.y"),
            ("'deployment_x'", "'deployment_x'"),
        ];
        for (term, expected) in rows {
            assert_eq!(readable(term), expected);
        }
    }
}
