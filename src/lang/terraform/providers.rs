//! Which major version of each provider is in use: the lock file says it, else the version constraints
//! of all modules together.

use std::collections::BTreeMap;

use super::module::Module;
use super::parsed::{Cache, Parsed};
use super::section::{Expression, Section};
use crate::source::{RelPath, SourceTree};
use crate::syntax::hcl::ExprKind;

/// The major versions of the providers of a root module, by the provider's type (`azurerm`).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Majors(BTreeMap<String, u32>);

impl Majors {
    /// Finds them for `root` and the modules it can reach.
    pub(super) fn of(
        root: &RelPath,
        modules: &BTreeMap<RelPath, Module<'_>>,
        tree: &dyn SourceTree,
        cache: &Cache,
    ) -> Self {
        let mut ranges: BTreeMap<String, Range> = BTreeMap::new();
        for module in modules.values() {
            for (provider, constraint) in constraints(module) {
                let range = ranges.entry(provider).or_default();
                *range = range.and(Range::of(&constraint));
            }
        }
        Self::from_ranges(ranges, root, tree, cache)
    }

    /// Finds them for a plan, which states the constraints of all modules, and the lock file in `root`.
    pub(super) fn planned(
        constraints: &[(String, String)],
        root: &RelPath,
        tree: &dyn SourceTree,
        cache: &Cache,
    ) -> Self {
        let mut ranges: BTreeMap<String, Range> = BTreeMap::new();
        for (provider, constraint) in constraints {
            let range = ranges.entry(provider.clone()).or_default();
            *range = range.and(Range::of(constraint));
        }
        Self::from_ranges(ranges, root, tree, cache)
    }

    fn from_ranges(
        ranges: BTreeMap<String, Range>,
        root: &RelPath,
        tree: &dyn SourceTree,
        cache: &Cache,
    ) -> Self {
        let mut majors: BTreeMap<String, u32> = ranges
            .into_iter()
            .filter_map(|(provider, range)| Some((provider, range.newest_major()?)))
            .collect();
        majors.extend(locked(root, tree, cache));
        Self(majors)
    }

    /// The major version in use of the provider of the resource type `kind`; `None` when nothing says
    /// so, which means the newest.
    pub(super) fn of_kind(&self, kind: &str) -> Option<u32> {
        let provider = kind.split('_').next().unwrap_or(kind);
        // The beta provider of Google has the resource types and version numbers of the other one.
        self.0.get(provider).copied()
    }
}

/// The version constraints that a module states, by provider type.
fn constraints(module: &Module<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (local, requirement) in &module.requirements {
        let (source, version) = match member_texts(*requirement) {
            Some((source, version)) => (source, version),
            // Before version 0.13 a requirement was the constraint itself.
            None => (
                None,
                requirement.as_text().map(std::borrow::Cow::into_owned),
            ),
        };
        let provider = source
            .as_deref()
            .and_then(|source| source.rsplit('/').next())
            .unwrap_or(local);
        if let Some(version) = version {
            found.push((provider.to_owned(), version));
        }
    }
    for provider in &module.providers {
        let version = provider.body.value("version").and_then(Expression::as_text);
        if let Some(version) = version {
            found.push((provider.label(0).to_owned(), version.into_owned()));
        }
    }
    found
}

/// `source` and `version` of an object; `None` where the value is no object.
fn member_texts(value: Expression<'_>) -> Option<(Option<String>, Option<String>)> {
    let (mut source, mut version) = (None, None);
    let mut take = |name: &str, value: Option<String>| match name {
        "source" => source = value,
        "version" => version = value,
        _ => {}
    };
    match value {
        Expression::Hcl(expr) => {
            let ExprKind::Object(items) = expr.inner().kind() else {
                return None;
            };
            for item in items {
                let name = Expression::Hcl(item.key).as_text();
                let text = Expression::Hcl(item.value).as_text();
                take(
                    &name.unwrap_or_default(),
                    text.map(std::borrow::Cow::into_owned),
                );
            }
        }
        Expression::Json(_, node) | Expression::Plain(node) => {
            if !node.is_object() {
                return None;
            }
            for member in node.members() {
                let text = member.value.as_str().map(std::borrow::Cow::into_owned);
                take(&member.key, text);
            }
        }
    }
    Some((source, version))
}

/// The versions that `terraform init` has chosen.
fn locked(root: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let path = root.join(".terraform.lock.hcl");
    let Some(Ok(file)) = path.map(|path| tree.read(&path)) else {
        return found;
    };
    let parsed = cache.parsed(&file);
    let Parsed::Hcl(text) = &*parsed else {
        return found;
    };
    for block in Section::of(text.body()).blocks_of("provider") {
        let version = block.body.value("version").and_then(Expression::as_text);
        let major = version.and_then(|it| Some(Version::parse(&it)?.0[0]));
        let provider = block.label(0).rsplit('/').next().unwrap_or_default();
        if let Some(major) = major {
            found.insert(provider.to_owned(), major);
        }
    }
    found
}

/// Major, minor and patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u32; 3]);

impl Version {
    /// Reads `1`, `1.2`, `1.2.3`, `v1.2.3-beta1`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let text = text.split(['-', '+']).next()?;
        let mut numbers = [0; 3];
        for (index, part) in text.split('.').enumerate() {
            *numbers.get_mut(index)? = part.parse().ok()?;
        }
        Some(Self(numbers))
    }
}

/// The versions from `least` on and below `below`.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    least: Option<Version>,
    below: Option<Version>,
}

impl Range {
    /// The versions that fulfil a constraint such as `>= 3.0, < 5.0` or `~> 4.1`. What excludes single
    /// versions does not change the major.
    fn of(constraint: &str) -> Self {
        constraint
            .split(',')
            .map(str::trim)
            .fold(Self::default(), |range, part| range.and(Self::part(part)))
    }

    fn part(part: &str) -> Self {
        let at = part.find(|c: char| c.is_ascii_digit() || c == 'v');
        let (operator, text) = part.split_at(at.unwrap_or(part.len()));
        let Some(version) = Version::parse(text) else {
            return Self::default();
        };
        let Version([major, minor, patch]) = version;
        let next = Version([major, minor, patch.saturating_add(1)]);
        let (least, below) = match operator.trim() {
            "" | "=" => (Some(version), Some(next)),
            ">=" => (Some(version), None),
            ">" => (Some(next), None),
            "<" => (None, Some(version)),
            "<=" => (None, Some(next)),
            "~>" => {
                let below = match text.trim().matches('.').count() {
                    0 | 1 => Version([major.saturating_add(1), 0, 0]),
                    _ => Version([major, minor.saturating_add(1), 0]),
                };
                (Some(version), Some(below))
            }
            _ => (None, None),
        };
        Self { least, below }
    }

    fn and(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            below: match (self.below, other.below) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// The newest major version that fits; `None` where there is no upper bound.
    fn newest_major(self) -> Option<u32> {
        let Version([major, minor, patch]) = self.below?;
        if minor == 0 && patch == 0 {
            major.checked_sub(1)
        } else {
            Some(major)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::terraform::modules::Folders;
    use crate::source::MemoryTree;

    #[test]
    fn the_newest_major_that_a_constraint_allows() {
        let rows = [
            ("~> 3.0", Some(3)),
            ("~> 3.1.2", Some(3)),
            ("~> 3", Some(3)),
            (">= 3.0", None),
            (">= 3.0, < 4.0", Some(3)),
            (">= 3.0, < 4.0.0", Some(3)),
            (">= 3.0, < 4.1", Some(4)),
            ("<= 4.0", Some(4)),
            ("3.75.0", Some(3)),
            ("= v4.2.0", Some(4)),
            ("!= 4.1.0", None),
            (">=2.5,!=3.1,<5", Some(4)),
            ("nonsense", None),
        ];
        for (constraint, expected) in rows {
            assert_eq!(
                Range::of(constraint).newest_major(),
                expected,
                "{constraint}"
            );
        }
    }

    #[test]
    fn the_lock_file_is_stronger_than_all_constraints_together() {
        let main = "terraform {\n  required_providers {\n    azurerm = {\n      source = \"hashicorp/azurerm\"\n      version = \">= 3.0\"\n    }\n    aws = \"~> 4.0\"\n    g = {\n      source = \"hashicorp/google\"\n      version = \"~> 5.0\"\n    }\n  }\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n";
        let inner = "terraform {\n  required_providers {\n    azurerm = {\n      source = \"hashicorp/azurerm\"\n      version = \"< 5\"\n    }\n  }\n}\n";
        let lock =
            "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.31.0\"\n}\n";
        let root = RelPath::root();
        let majors = |files: &[(&str, &str)]| {
            let tree = MemoryTree::new(files.iter().copied());
            let cache = Cache::default();
            let folders = Folders::load(&root, &tree, &cache);
            let modules = folders.modules(&mut Vec::new());
            let majors = Majors::of(&root, &modules, &tree, &cache);
            ["azurerm_x", "aws_x", "google_x", "other_x"].map(|kind| majors.of_kind(kind))
        };
        let without = majors(&[("main.tf", main), ("m/main.tf", inner)]);
        assert_eq!(without, [Some(4), Some(4), Some(5), None]);
        let locked = [
            ("main.tf", main),
            ("m/main.tf", inner),
            (".terraform.lock.hcl", lock),
        ];
        assert_eq!(majors(&locked), [Some(4), Some(5), Some(5), None]);
    }
}
