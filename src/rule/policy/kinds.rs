//! The types that a definition speaks of.

use std::sync::Arc;

use super::clause::{Clause, Left, Over};
use crate::model::Kind;
use crate::rule::{Literal, Test};

/// Resource groups have one name in Azure Policy and another in templates.
const GROUPS: (&str, &str) = (
    "Microsoft.Resources/subscriptions/resourceGroups",
    "Microsoft.Resources/resourceGroups",
);

/// A type as templates name it.
pub(super) fn kind(name: &str) -> Kind {
    Kind::new(canonical(name))
}

fn canonical(name: &str) -> &str {
    if name.eq_ignore_ascii_case(GROUPS.0) {
        GROUPS.1
    } else {
        name
    }
}

/// Every type that `clause` names, in its type tests and as what its aliases belong to.
pub(super) fn candidates(clause: &Clause) -> Vec<Kind> {
    let mut found = Vec::new();
    collect(clause, &mut found);
    let mut kinds: Vec<Kind> = Vec::new();
    for kind in found {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn collect(clause: &Clause, found: &mut Vec<Kind>) {
    match clause {
        Clause::All(parts) | Clause::Any(parts) => {
            for part in parts {
                collect(part, found);
            }
        }
        Clause::Not(inner) => collect(inner, found),
        Clause::Is(Left::Field(field), test) => {
            if field.is("type") {
                found.extend(literals(test).into_iter().filter_map(named));
            }
            found.extend(field.places.iter().filter_map(|(kind, _)| kind.clone()));
        }
        Clause::Is(Left::Count(count), _) => {
            if let Over::Field(field) = &count.over {
                found.extend(field.places.iter().filter_map(|(kind, _)| kind.clone()));
            }
            if let Some(condition) = &count.condition {
                collect(condition, found);
            }
        }
        Clause::Is(Left::Unnamed(_) | Left::Value(_) | Left::Formula(_), _) => {}
    }
}

fn literals(test: &Test) -> Vec<&Literal> {
    match test {
        Test::Equals(it) | Test::NotEquals(it) => vec![it],
        Test::In(items) | Test::NotIn(items) => items.iter().collect(),
        _ => Vec::new(),
    }
}

fn named(literal: &Literal) -> Option<Kind> {
    match literal {
        Literal::String(name) if name.contains('/') => Some(kind(name)),
        _ => None,
    }
}

/// A test of a type: of `kind`, or of one that no literal names. `None` where that does not decide.
pub(super) fn type_test(test: &Test, kind: Option<&Kind>) -> Option<bool> {
    let is = |literal: &Literal| {
        let Some(kind) = kind else { return false };
        matches!(literal, Literal::String(name) if kind.is(canonical(name)))
    };
    let name = || kind.map(|kind| kind.as_str().to_lowercase());
    Some(match test {
        Test::Equals(it) => is(it),
        Test::NotEquals(it) => !is(it),
        Test::In(items) => items.iter().any(is),
        Test::NotIn(values) => !values.iter().any(is),
        Test::Like(pattern) => fits(&name()?, pattern),
        Test::NotLike(pattern) => !fits(&name()?, pattern),
        Test::Contains(Literal::String(part)) => name()?.contains(&part.to_lowercase()),
        Test::NotContains(Literal::String(part)) => !name()?.contains(&part.to_lowercase()),
        Test::Exists(wanted) => *wanted,
        _ => return None,
    })
}

/// Whether a lower-case text fits a pattern with `*`.
fn fits(text: &str, pattern: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let Some((first, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// The test with types as templates name them.
pub(super) fn same_type(test: &Test) -> Test {
    let same = |literal: &Literal| match literal {
        Literal::String(name) => Literal::String(Arc::from(canonical(name))),
        other => other.clone(),
    };
    match test {
        Test::Equals(it) => Test::Equals(same(it)),
        Test::NotEquals(it) => Test::NotEquals(same(it)),
        Test::In(items) => Test::In(items.iter().map(same).collect()),
        Test::NotIn(values) => Test::NotIn(values.iter().map(same).collect()),
        other => other.clone(),
    }
}
