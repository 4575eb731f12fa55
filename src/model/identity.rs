//! Whether two ways of naming a resource mean the same one.

use std::sync::Arc;

use super::{Address, Data, Identity, Kind, Origin, Origins, PointsTo, Scope, Value};

/// How sure a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// A name on the way is not known: it may or may not be so.
    Maybe,
    /// It is so.
    Certain,
}

impl Identity {
    /// The resource that a full resource id names; `None` when the text is none.
    ///
    /// `/subscriptions/s/resourceGroups/g/providers/Microsoft.X/a/n1/b/n2` has the kind
    /// `Microsoft.X/a/b` and the names `n1`, `n2`; of several `/providers/` the last one counts and
    /// what stands before it is the scope.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        if !id.starts_with('/') {
            return None;
        }
        let lower = id.to_ascii_lowercase();
        let at = lower.rfind("/providers/")?;
        let before = id.get(..at)?;
        let mut parts = id
            .get(at + "/providers/".len()..)?
            .split('/')
            .filter(|part| !part.is_empty());
        let mut kind = parts.next()?.to_owned();
        let mut names = Vec::new();
        while let Some(segment) = parts.next() {
            kind.push('/');
            kind.push_str(segment);
            names.push(Value::string(parts.next()?, Origin::NOWHERE));
        }
        if names.is_empty() {
            return None;
        }
        Some(Self {
            kind: Kind::new(kind),
            names,
            scope: scope_of(before),
            address: None,
        })
    }

    /// The last name; `None` where names are not part of the identity.
    #[must_use]
    pub fn name(&self) -> Option<&Value> {
        self.names.last()
    }
}

fn scope_of(before: &str) -> Scope {
    if let Some(of) = Identity::parse(before) {
        return Scope::Of(Box::new(of));
    }
    let mut parts = before.split('/').filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        if part.eq_ignore_ascii_case("resourceGroups") {
            return match parts.next() {
                Some(name) => Scope::Group(Box::new(Value::string(name, Origin::NOWHERE))),
                None => Scope::Unknown,
            };
        }
    }
    Scope::Subscription
}

/// Whether two identities mean one resource; `None` when they certainly do not.
pub(super) fn same(a: &Identity, b: &Identity, origins: &Origins) -> Option<Match> {
    if a.kind != b.kind {
        return None;
    }
    let mut declared_apart = false;
    if let (Some(a), Some(b)) = (&a.address, &b.address) {
        match same_address(a, b) {
            // Two settings of one name may extend two resources.
            Some(_) if a.is_in_template() => {}
            Some(known) => return Some(known),
            None => declared_apart = a.is_managed() && b.is_managed(),
        }
    }
    if a.names.is_empty() || a.names.len() != b.names.len() {
        return None;
    }
    let names = a
        .names
        .iter()
        .zip(&b.names)
        .map(|(a, b)| same_value(a, b, origins));
    let names = weakest(names)?;
    let found = names.min(same_scope(&a.scope, &b.scope, origins)?);
    // Two blocks that each declare a resource declare two, unless both are certain to name one.
    (found == Match::Certain || !declared_apart).then_some(found)
}

/// The weakest of several matches that must all hold; `None` when one certainly does not.
pub(super) fn weakest(matches: impl Iterator<Item = Option<Match>>) -> Option<Match> {
    matches
        .into_iter()
        .try_fold(Match::Certain, |weakest, next| Some(weakest.min(next?)))
}

/// Whether two addresses mean one written resource; an address without keys may mean any instance.
pub(super) fn same_address(a: &Address, b: &Address) -> Option<Match> {
    if a == b {
        return Some(Match::Certain);
    }
    // Nearly all pairs differ before any key, and many pairs are compared.
    let start = |address: &Address| address.as_str().find('[');
    let (start_a, start_b) = (start(a), start(b));
    let common = [start_a, start_b, Some(a.0.len()), Some(b.0.len())];
    let common = common.into_iter().flatten().min().unwrap_or_default();
    let is_apart = a.0.as_bytes().get(..common) != b.0.as_bytes().get(..common);
    if is_apart || (start_a.is_none() && start_b.is_none()) {
        return None;
    }
    let (bare_a, bare_b) = (a.without_keys(), b.without_keys());
    if bare_a != bare_b {
        return None;
    }
    (bare_a == a.as_str() || bare_b == b.as_str()).then_some(Match::Maybe)
}

/// Whether two name values are equal: known texts ignoring case, unknowns by their term or by what
/// they point to, or where both were taken from one value.
pub(super) fn same_value(a: &Value, b: &Value, origins: &Origins) -> Option<Match> {
    match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => a.eq_ignore_ascii_case(b).then_some(Match::Certain),
        (Data::Unknown(x), Data::Unknown(y)) => {
            let by_term = x.term.is_some() && x.term == y.term;
            let by_target = points_to(a, origins).any(|a| {
                points_to(b, origins).any(|b| {
                    a.attribute == b.attribute && a.address.is_some() && a.address == b.address
                })
            });
            Some(if by_term || by_target || Arc::ptr_eq(x, y) {
                Match::Certain
            } else {
                Match::Maybe
            })
        }
        (Data::Unknown(unknown), known) | (known, Data::Unknown(unknown)) => {
            let known = Value::new(known.clone(), Origin::NOWHERE);
            let possible = unknown.domain.as_ref().is_none_or(|domain| {
                domain
                    .iter()
                    .any(|one| same_value(one, &known, origins).is_some())
            });
            possible.then_some(Match::Maybe)
        }
        _ => a.says_same(b).then_some(Match::Certain),
    }
}

/// Whether nothing says what type of resource is meant.
fn is_kindless(identity: &Identity) -> bool {
    identity.kind.as_str().is_empty()
}

fn same_scope(a: &Scope, b: &Scope, origins: &Origins) -> Option<Match> {
    match (a, b) {
        (Scope::Group(a), Scope::Group(b)) => same_value(a, b, origins),
        // What a block of an unknown type declares may be a resource as well as a group.
        (Scope::Of(a), Scope::Of(b)) if is_kindless(a) || is_kindless(b) => {
            let is_one = a.address.is_some() && a.address == b.address;
            Some(if is_one { Match::Certain } else { Match::Maybe })
        }
        (Scope::Of(of), _) | (_, Scope::Of(of)) if is_kindless(of) => Some(Match::Maybe),
        (Scope::Of(a), Scope::Of(b)) => same(a, b, origins),
        (Scope::Unknown, _) | (_, Scope::Unknown) => Some(Match::Maybe),
        // What is deployed here may be named in full: its group is not compared.
        (Scope::Here, Scope::Group(_) | Scope::Here | Scope::Subscription)
        | (Scope::Group(_) | Scope::Subscription, Scope::Here)
        | (Scope::Subscription, Scope::Subscription) => Some(Match::Certain),
        (Scope::Of(_), Scope::Here | Scope::Group(_) | Scope::Subscription)
        | (Scope::Here | Scope::Group(_) | Scope::Subscription, Scope::Of(_))
        | (Scope::Group(_), Scope::Subscription)
        | (Scope::Subscription, Scope::Group(_)) => None,
    }
}

/// Everything a value is known to point to: what it says itself, and each attribute that was read on
/// the way to it.
pub(super) fn points_to<'v>(
    value: &'v Value,
    origins: &'v Origins,
) -> impl Iterator<Item = &'v Arc<PointsTo>> {
    let own = value
        .as_unknown()
        .and_then(|unknown| unknown.points_to.as_ref());
    let hops = origins
        .unchanged(value.origin)
        .filter_map(|hop| hop.points_to.as_ref());
    own.into_iter().chain(hops)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Unknown, Why};

    #[test]
    fn a_resource_id_is_taken_apart() {
        let rows = [
            (
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a",
                Some(("Microsoft.Network/virtualNetworks/subnets", vec!["v", "a"])),
            ),
            (
                "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/Microsoft.Insights/diagnosticSettings/x",
                Some(("Microsoft.Insights/diagnosticSettings", vec!["x"])),
            ),
            ("/subscriptions/s/resourceGroups/g", None),
            ("/providers/A.B/c", None),
            ("name", None),
        ];
        for (text, expected) in rows {
            let found = Identity::parse(text);
            let names = |it: &Identity| -> Vec<String> {
                it.names
                    .iter()
                    .map(|name| name.as_str().unwrap().to_owned())
                    .collect()
            };
            let found = found.as_ref().map(|it| (it.kind.as_str(), names(it)));
            let expected = expected
                .map(|(kind, names)| (kind, names.into_iter().map(str::to_owned).collect()));
            assert_eq!(found, expected, "{text}");
        }
        let extension = Identity::parse(
            "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/E.F/g/h",
        );
        assert!(matches!(extension.unwrap().scope, Scope::Of(of) if of.kind.is("A.B/c")));
    }

    #[test]
    fn names_are_equal_by_text_or_by_term() {
        let text = |text: &str| Value::string(text, Origin::NOWHERE);
        let unknown = |term: Option<&str>| {
            let mut unknown = Unknown::because(Why::Input);
            unknown.term = term.map(Arc::from);
            Value::unknown(unknown, Origin::NOWHERE)
        };
        let chance = unknown(None);
        let mut either = Unknown::because(Why::Input);
        either.domain = Some(vec![text("a"), text("b")]);
        let either = Value::unknown(either, Origin::NOWHERE);
        let rows = [
            (text("A"), text("a"), Some(Match::Certain)),
            (text("a"), text("b"), None),
            (
                unknown(Some("var.x")),
                unknown(Some("var.x")),
                Some(Match::Certain),
            ),
            (
                unknown(Some("var.x")),
                unknown(Some("var.y")),
                Some(Match::Maybe),
            ),
            (unknown(None), unknown(None), Some(Match::Maybe)),
            (chance.clone(), chance, Some(Match::Certain)),
            (unknown(None), text("a"), Some(Match::Maybe)),
            (either.clone(), text("a"), Some(Match::Maybe)),
            (either, text("c"), None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(
                same_value(&a, &b, &Origins::default()),
                expected,
                "{a:?} {b:?}"
            );
        }
    }
}
