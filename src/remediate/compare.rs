//! What differs between two evaluations of a unit, value by value, as the dialect wrote it.

use std::collections::BTreeMap;

use crate::model::{Data, Estate, Existence, Path, Step, Value, Written};

/// One evaluated value that differs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Difference {
    /// The value at this path of the written resource of this address.
    Value {
        /// The address.
        address: String,
        /// The path in the dialect's terms.
        path: Path,
    },
    /// A written resource that was not there before.
    Added {
        /// Its address.
        address: String,
        /// Its type as written.
        kind: String,
    },
    /// A written resource that is gone, or exists under another condition.
    Existence {
        /// Its address.
        address: String,
    },
}

impl Difference {
    /// The address of the written resource.
    pub(super) fn address(&self) -> &str {
        match self {
            Self::Value { address, .. }
            | Self::Added { address, .. }
            | Self::Existence { address } => address,
        }
    }
}

/// All differences, in the order of declaration.
pub(super) fn compare(before: &Estate, after: &Estate) -> Vec<Difference> {
    let mut old = by_address(before);
    let mut differences = Vec::new();
    for written in &after.written {
        let address = written.address.as_str();
        let Some(previous) = old.get_mut(address).and_then(Vec::pop) else {
            let kind = written.kind.as_str().to_owned();
            differences.push(Difference::Added {
                address: address.to_owned(),
                kind,
            });
            continue;
        };
        if !exists_alike(&previous.existence, &written.existence) {
            differences.push(Difference::Existence {
                address: address.to_owned(),
            });
        }
        let mut paths = Vec::new();
        walk(
            &previous.args,
            &written.args,
            &Path::default(),
            0,
            &mut paths,
        );
        let differ = |path| Difference::Value {
            address: address.to_owned(),
            path,
        };
        differences.extend(paths.into_iter().map(differ));
    }
    let gone = old.into_iter().filter(|(_, rest)| !rest.is_empty());
    differences.extend(gone.map(|(address, _)| Difference::Existence {
        address: address.to_owned(),
    }));
    differences
}

/// Templates may declare one address twice, so each address has a list, last first.
fn by_address(estate: &Estate) -> BTreeMap<&str, Vec<&Written>> {
    let mut map: BTreeMap<&str, Vec<&Written>> = BTreeMap::new();
    for written in estate.written.iter().rev() {
        map.entry(written.address.as_str())
            .or_default()
            .push(written);
    }
    map
}

fn exists_alike(before: &Existence, after: &Existence) -> bool {
    match (before, after) {
        (Existence::Certain, Existence::Certain)
        | (Existence::Conditional(_), Existence::Conditional(_)) => true,
        (Existence::Symbolic(a), Existence::Symbolic(b)) => a.says_same(b),
        (Existence::Certain | Existence::Conditional(_) | Existence::Symbolic(_), _) => false,
    }
}

/// Deeper than any value an evaluator makes; a guard, not a limit that is met.
const DEEPEST: usize = 512;

fn walk(before: &Value, after: &Value, at: &Path, depth: usize, out: &mut Vec<Path>) {
    if depth > DEEPEST || before.sensitive != after.sensitive {
        out.push(at.clone());
        return;
    }
    match (&before.data, &after.data) {
        (Data::Map(a), Data::Map(b)) => {
            for entry in &a.entries {
                match b.get(&entry.key) {
                    Some(other) => {
                        walk(&entry.value, other, &at.member(&entry.key), depth + 1, out);
                    }
                    None => out.push(at.member(&entry.key)),
                }
            }
            let added = b.entries.iter().filter(|entry| a.get(&entry.key).is_none());
            out.extend(added.map(|entry| at.member(&entry.key)));
        }
        (Data::List(a), Data::List(b)) if a.items.len() == b.items.len() => {
            for (index, (a, b)) in a.items.iter().zip(&b.items).enumerate() {
                walk(a, b, &at.with(Step::Index(index)), depth + 1, out);
            }
        }
        _ if before.says_same(after) => {}
        _ => out.push(at.clone()),
    }
}

/// Returns `true` if a change at `meant` accounts for a difference at `found`: one leads to the
/// other, list steps of any form standing for each other.
pub(super) fn accounts_for(meant: &Path, found: &Path) -> bool {
    let steps = |path: &Path| -> Vec<String> {
        let names = path.0.iter().map(|step| match step {
            Step::Name(name) => Some(name.to_ascii_lowercase()),
            Step::Index(_) | Step::Each | Step::Where { .. } => None,
        });
        // A block that occurs once may be spelled with or without its list step.
        names.flatten().collect()
    };
    let (meant, found) = (steps(meant), steps(found));
    meant.iter().zip(&found).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_accounts_for_what_lies_on_its_way() {
        let rows = [
            ("site_config.tls", "site_config[0].tls", true),
            ("site_config.tls", "site_config", true),
            ("network_rules", "network_rules[0].default_action", true),
            ("a.b", "a.c", false),
            ("properties.Rules[name='x']", "properties.rules", true),
            ("a", "b", false),
        ];
        for (meant, found, expected) in rows {
            let path = |text| Path::parse(text).unwrap();
            assert_eq!(
                accounts_for(&path(meant), &path(found)),
                expected,
                "{meant} {found}"
            );
        }
    }
}
