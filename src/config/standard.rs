//! What a run is judged by, beside the rules of the user's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::rule::schema::Literal;
use crate::rule::{Effect, Severity};

/// One entry of `standards:`, or one `--standard`: `mcsb`, `none`, `mcsb+PATH`, `none+PATH` or `PATH`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standard {
    /// Whether the built-in rules are judged; `None` where nothing was said.
    pub built_in: Option<bool>,
    /// Azure Policy documents, or a standard of the user's own.
    pub path: Option<String>,
    /// Where the members of initiatives stand.
    pub definitions: Vec<String>,
    /// Values of the parameters of definitions and initiatives.
    pub parameters: BTreeMap<String, Literal>,
    /// Effects in place of those of definitions, by definition name, reference id or rule id.
    pub effects: BTreeMap<String, Effect>,
    /// The scope that is deployed to, which decides what assignments leave out.
    pub scope: Option<String>,
}

impl Standard {
    /// A standard as a flag names it.
    #[must_use]
    pub fn named(text: &str) -> Self {
        let (built_in, path) = match text.split_once('+') {
            Some(("mcsb", path)) => (Some(true), Some(path)),
            Some(("none", path)) => (Some(false), Some(path)),
            _ => match text {
                "mcsb" => (Some(true), None),
                "none" => (Some(false), None),
                path => (None, Some(path)),
            },
        };
        Self {
            built_in,
            path: path.map(str::to_owned),
            ..Self::default()
        }
    }
}

impl<'de> Deserialize<'de> for Standard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            path: String,
            #[serde(default)]
            definitions: Vec<String>,
            #[serde(default)]
            parameters: BTreeMap<String, Literal>,
            #[serde(default)]
            effects: BTreeMap<String, String>,
            #[serde(default)]
            scope: Option<String>,
        }
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = Standard;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`mcsb`, `none`, a path, or an object with `path`")
            }
            fn visit_str<E>(self, text: &str) -> Result<Standard, E> {
                Ok(Standard::named(text))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Standard, A::Error> {
                let long = Long::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let mut standard = Standard::named(&long.path);
                standard.definitions = long.definitions;
                standard.parameters = long.parameters;
                standard.scope = long.scope;
                for (name, word) in long.effects {
                    let effect = Effect::of(&word).ok_or_else(|| {
                        serde::de::Error::custom(format!("`{word}` is no effect of Azure Policy"))
                    })?;
                    standard.effects.insert(name, effect);
                }
                Ok(standard)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A standard of the user's own: a file that groups rules.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnStandard {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// Rules by group (control): each by rule id, assessment key, policy GUID, control or category.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    /// Severities that replace those of the rules, named in the same way.
    #[serde(default)]
    pub severity: BTreeMap<String, Severity>,
    /// Azure Policy documents that belong to it, relative to the file.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Values of the parameters of those.
    #[serde(default)]
    pub parameters: BTreeMap<String, Literal>,
    /// Effects in place of those of the definitions.
    #[serde(default)]
    pub effects: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_says_what_is_judged() {
        let rows = [
            ("mcsb", Some(true), None),
            ("none", Some(false), None),
            ("mcsb+a/b.json", Some(true), Some("a/b.json")),
            ("none+a+b", Some(false), Some("a+b")),
            ("a+b", None, Some("a+b")),
        ];
        for (text, built_in, path) in rows {
            let standard = Standard::named(text);
            assert_eq!(
                (standard.built_in, standard.path.as_deref()),
                (built_in, path),
                "{text}"
            );
        }
    }

    #[test]
    fn the_file_can_give_parameters_and_effects() {
        let text = "path: none+p\nparameters: { sizes: [a] }\neffects: { x: Deny }\n";
        let standard: Standard = serde_yaml::from_str(text).unwrap();
        assert_eq!(standard.built_in, Some(false));
        assert_eq!(standard.effects["x"], Effect::Deny);
        assert!(standard.parameters.contains_key("sizes"));
        let wrong = "path: p\neffects: { x: Shout }\n";
        assert!(serde_yaml::from_str::<Standard>(wrong).is_err());
    }
}
