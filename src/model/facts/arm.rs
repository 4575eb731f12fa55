//! The properties of a Resource Manager type. Shared with the build script, so it knows serde alone.

use serde::{Deserialize, Serialize};

/// The properties of one ARM type in its latest stable API version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArmType {
    /// The type as its provider spells it: `Microsoft.Storage/storageAccounts`.
    pub name: String,
    /// The API version that was read.
    pub api: String,
    /// Its properties, sorted by [`ArmProperty::key`].
    pub properties: Vec<ArmProperty>,
    /// The positions of those whose path has a `{*}`, which are few among thousands.
    pub of_any_name: Vec<u32>,
}

/// One property of an ARM type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArmProperty {
    /// The path as its provider spells it: `[*]` for elements, `{*}` for any key.
    pub path: String,
    /// Its type; of the elements, for an array.
    pub ty: ArmKind,
    /// Whether it is an array of [`Self::ty`].
    pub array: bool,
    /// Whether only the service writes it.
    pub read_only: bool,
    /// The values it is documented to take; others may be accepted.
    pub values: Vec<String>,
}

/// The type of a property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArmKind {
    /// Anything.
    #[default]
    Any,
    /// Text.
    String,
    /// An integer.
    Int,
    /// True or false.
    Bool,
}

impl ArmProperty {
    /// The path in lower case, by which properties are sorted and found.
    #[must_use]
    pub fn key(&self) -> String {
        self.path.to_ascii_lowercase()
    }
}

impl ArmType {
    /// A type with these properties, in any order.
    #[must_use]
    pub fn new(name: String, api: String, mut properties: Vec<ArmProperty>) -> Self {
        properties.sort_by_key(ArmProperty::key);
        let places = (0..).zip(&properties);
        let of_any_name = places.filter(|(_, it)| it.path.contains("{*}"));
        Self {
            of_any_name: of_any_name.map(|(index, _)| index).collect(),
            name,
            api,
            properties,
        }
    }

    /// The property at `pattern` (lower case, `[*]` for elements), or the one whose elements it names.
    #[must_use]
    pub fn property(&self, pattern: &str) -> Option<&ArmProperty> {
        let exact = |pattern: &str| {
            let found = self.properties.binary_search_by(|property| {
                let key = property.path.bytes().map(|byte| byte.to_ascii_lowercase());
                key.cmp(pattern.bytes())
            });
            found.ok().and_then(|index| self.properties.get(index))
        };
        exact(pattern)
            .or_else(|| exact(pattern.strip_suffix("[*]")?).filter(|it| it.array))
            .or_else(|| {
                let places = self.of_any_name.iter();
                let mut found = places.filter_map(|it| self.properties.get(*it as usize));
                found.find(|it| reaches(&it.key(), pattern))
            })
    }

    /// Returns `true` if `pattern` (lower case, `[*]` for elements) names a property, an object or list
    /// around one, or something inside a property of any type.
    #[must_use]
    pub fn knows(&self, pattern: &str) -> bool {
        self.property(pattern).is_some()
            || self.properties.iter().any(|it| {
                let key = it.key();
                leads_to(pattern, &key) || (it.ty == ArmKind::Any && leads_to(&key, pattern))
            })
    }
}

/// Returns `true` if the path `outer` is a proper ancestor of `inner`.
fn leads_to(outer: &str, inner: &str) -> bool {
    let (outer, inner): (Vec<_>, Vec<_>) = (steps(outer).collect(), steps(inner).collect());
    outer.len() < inner.len()
        && outer
            .iter()
            .zip(&inner)
            .all(|(a, b)| fits(b, a) || fits(a, b))
}

/// Returns `true` if `key`, in which `{*}` stands for any name, is `pattern`.
fn reaches(key: &str, pattern: &str) -> bool {
    let (key, pattern): (Vec<_>, Vec<_>) = (steps(key).collect(), steps(pattern).collect());
    key.len() == pattern.len() && key.iter().zip(&pattern).all(|(a, b)| fits(a, b))
}

fn fits(known: &str, step: &str) -> bool {
    known == step || (known == "{*}" && step != "[*]")
}

/// The steps of a lower-case path: names, `[*]` and `{*}`.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').flat_map(|part| {
        let name = part.find('[').map_or(part, |at| &part[..at]);
        let lists = part.matches("[*]").count();
        std::iter::once(name).chain(std::iter::repeat_n("[*]", lists))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> ArmType {
        let property = |path: &str, array, ty| ArmProperty {
            path: path.to_owned(),
            ty,
            array,
            ..ArmProperty::default()
        };
        let properties = vec![
            property("tags.{*}", false, ArmKind::String),
            property("properties.list", true, ArmKind::String),
            property("properties.rules[*].Value", false, ArmKind::String),
            property("properties.settings", false, ArmKind::Any),
        ];
        ArmType::new("A/b".to_owned(), "2024-01-01".to_owned(), properties)
    }

    #[test]
    fn properties_and_what_stands_around_them_are_known() {
        let rows = [
            ("properties.list", true, true),
            ("properties.list[*]", true, true),
            ("properties.rules[*].value", true, true),
            ("properties.rules[*]", false, true),
            ("properties.rules", false, true),
            ("properties", false, true),
            ("properties.settings.x.y", false, true),
            ("tags.env", true, true),
            ("tags", false, true),
            ("properties.rule", false, false),
            ("properties.list.x", false, false),
            ("tags.env.x", false, false),
        ];
        for (pattern, property, known) in rows {
            assert_eq!(sample().property(pattern).is_some(), property, "{pattern}");
            assert_eq!(sample().knows(pattern), known, "{pattern}");
        }
    }
}
