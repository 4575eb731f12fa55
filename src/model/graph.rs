//! Everything one unit declares, and how its resources belong to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::Indices;
use super::identity::{Match, points_to, same, same_address, same_value, weakest};
use super::owner::Owner;
use super::{
    Address, Existence, Fragment, FragmentId, Identity, Kind, Lookup, Origins, Path, PointsTo,
    Resource, ResourceId, Scope, Value, Written, look_up,
};

/// Everything one unit declares: resources, the fragments and written things they come from, and the
/// relations between them.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The resources, in the order of their declaration.
    pub resources: Vec<Resource>,
    /// Indexed by [`FragmentId`](super::FragmentId).
    pub fragments: Vec<Fragment>,
    /// Indexed by [`WrittenId`](super::WrittenId).
    pub written: Vec<Written>,
    /// The unit's arena of origins.
    pub origins: Origins,
    /// For each resource, which fragment says what is at which path.
    pub(super) owners: Vec<Vec<Owner>>,
    /// The addresses that are declared.
    pub(super) addresses: BTreeSet<Address>,
    /// Resources by lower-case type.
    pub(super) by_kind: BTreeMap<String, Vec<ResourceId>>,
    /// What may stand in a relation to what.
    pub(super) indices: Indices,
}

/// How one resource can belong to another.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// The other is its child by name segments: `X/children` of `X`.
    Child,
    /// It is the other's child by name segments.
    Parent,
    /// The other extends it (`scope`): a diagnostic setting, a lock, a role assignment.
    Extension,
    /// The other's value at this path names this one.
    ReferredToBy(Path),
    /// This one's value at this path names the other.
    RefersTo(Path),
    /// It stands in the same resource group or subscription.
    Beside,
}

/// Where a path of a resource is written: the fragment, and the path in that fragment's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The fragment.
    pub fragment: FragmentId,
    /// The path in its body.
    pub path: Path,
}

impl Estate {
    /// The resources of type `kind` that stand in `relation` to `of`, in order, with how sure that is.
    /// A resource that certainly does not is left out. One whose existence depends on something that
    /// does not decide `of` itself is no more than [`Match::Maybe`].
    #[must_use]
    pub fn related(
        &self,
        of: ResourceId,
        kind: &Kind,
        relation: &Relation,
    ) -> Vec<(ResourceId, Match)> {
        let found = self.among(
            self.candidates(self.resource(of), kind, relation),
            of,
            relation,
        );
        debug_assert_eq!(
            found,
            self.among(self.of_kind(kind).to_vec(), of, relation),
            "the index leaves out what stands in this relation"
        );
        found
    }

    /// Those of `candidates` that stand in `relation` to `of`.
    fn among(
        &self,
        candidates: Vec<ResourceId>,
        of: ResourceId,
        relation: &Relation,
    ) -> Vec<(ResourceId, Match)> {
        let this = self.resource(of);
        let candidates = candidates.into_iter().filter(|id| *id != of);
        let found = candidates.filter_map(|id| {
            let other = self.resource(id);
            let sure = match relation {
                Relation::Child => child_of(other, this, self),
                Relation::Parent => child_of(this, other, self),
                Relation::Extension => extends(other, this, &self.origins),
                Relation::ReferredToBy(path) => refers(other, path, this, self),
                Relation::RefersTo(path) => refers(this, path, other, self),
                // Where a template is deployed is not known, so neither is what else stands there.
                Relation::Beside => Some(Match::Certain),
            }?;
            let exists = other.existence == Existence::Certain
                || same_existence(&other.existence, &this.existence, &self.origins);
            Some((id, if exists { sure } else { Match::Maybe }))
        });
        found.collect()
    }

    /// The resources of type `kind`, in order.
    #[must_use]
    pub fn of_kind(&self, kind: &Kind) -> &[ResourceId] {
        self.by_kind
            .get(&kind.key())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The resource named `id`.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }

    /// The written thing that a fragment comes from; `None` for an id of another unit.
    #[must_use]
    pub fn written_of(&self, fragment: FragmentId) -> Option<&Written> {
        let fragment = self.fragments.get(fragment.0 as usize)?;
        self.written.get(fragment.of.0 as usize)
    }

    pub(super) fn is_declared(&self, address: &Address) -> bool {
        self.addresses.contains(address)
    }
}

/// Whether `child` is a child of `parent` by its type and names.
pub(super) fn child_of(child: &Resource, parent: &Resource, estate: &Estate) -> Option<Match> {
    let (outer, inner) = (parent.kind.as_str(), child.kind.as_str());
    let (start, rest) = inner.split_at_checked(outer.len())?;
    (start.eq_ignore_ascii_case(outer) && rest.starts_with('/')).then_some(())?;
    let upper = child.identity.names.get(..parent.identity.names.len())?;
    let upper_is_proper = upper.len() < child.identity.names.len() && !upper.is_empty();
    upper_is_proper.then_some(())?;
    let names = || {
        let names = upper.iter().zip(&parent.identity.names);
        weakest(names.map(|(a, b)| same_value(a, b, &estate.origins)))
    };
    let last = upper.last()?;
    match by_reference(last, parent, estate) {
        Reference::Is(sure) => Some(sure),
        Reference::IsNot => None,
        Reference::Silent => {
            let scope = same_group(&child.identity.scope, &parent.identity.scope, estate)?;
            Some(names()?.min(scope))
        }
    }
}

fn same_group(a: &Scope, b: &Scope, estate: &Estate) -> Option<Match> {
    match (a, b) {
        (Scope::Group(a), Scope::Group(b)) => same_value(a, b, &estate.origins),
        _ => Some(Match::Certain),
    }
}

fn extends(extension: &Resource, of: &Resource, origins: &Origins) -> Option<Match> {
    match &extension.identity.scope {
        Scope::Of(target) => {
            same(target, &of.identity, origins).or_else(|| by_kindless_address(target, of))
        }
        Scope::Unknown => Some(Match::Maybe),
        Scope::Here | Scope::Group(_) | Scope::Subscription => None,
    }
}

/// A target whose kind the language could not tell is compared by address alone.
fn by_kindless_address(target: &Identity, of: &Resource) -> Option<Match> {
    let address = target.address.as_ref()?;
    same_address(address, &of.address)
}

/// Whether a value of `from` at `path` names `to`; the surest of several values.
pub(super) fn refers(
    from: &Resource,
    path: &Path,
    to: &Resource,
    estate: &Estate,
) -> Option<Match> {
    let answers = look_up(from, path).into_iter();
    let matches = answers.filter_map(|(_, answer)| match answer {
        Lookup::Found(value) => names_resource(value, path.last_name(), to, estate),
        Lookup::Unknown(unknown, origin) => {
            let value = Value::unknown(unknown.clone(), origin);
            names_resource(&value, path.last_name(), to, estate)
        }
        Lookup::Unmapped => Some(Match::Maybe),
        Lookup::Missing { .. } => None,
    });
    matches.max()
}

/// Whether `value`, written under the name `argument`, names `to`: by reference, by a resource id, or
/// by the name that `to` gives itself.
pub(super) fn names_resource(
    value: &Value,
    argument: &str,
    to: &Resource,
    estate: &Estate,
) -> Option<Match> {
    match by_reference(value, to, estate) {
        Reference::Is(sure) => return Some(sure),
        Reference::IsNot => return None,
        Reference::Silent => {}
    }
    if let Some(id) = value.as_str().filter(|text| text.starts_with('/')) {
        return same(&Identity::parse(id)?, &to.identity, &estate.origins);
    }
    let own_names = own_names(to, argument);
    let matches = own_names
        .iter()
        .filter_map(|own| same_value(value, own, &estate.origins));
    matches
        .max()
        .or_else(|| value.as_unknown().map(|_| Match::Maybe))
}

/// The values by which others may call a resource: its name, or of a type without names the
/// arguments that commonly hold one.
pub(super) fn own_names<'r>(to: &'r Resource, argument: &str) -> Vec<&'r Value> {
    if let Some(name) = to.identity.name() {
        return vec![name];
    }
    let Some(map) = to.body.as_map() else {
        return Vec::new();
    };
    let keys = [argument, "name", "bucket", "id", "arn", "identifier"];
    let values = keys.iter().filter_map(|key| map.get_ignoring_case(key));
    values.filter(|value| !value.is_null()).collect()
}

enum Reference {
    Is(Match),
    IsNot,
    Silent,
}

/// What the references on the way of a value say about `to`.
fn by_reference(value: &Value, to: &Resource, estate: &Estate) -> Reference {
    let mut elsewhere = false;
    let mut maybe = false;
    for target in points_to(value, &estate.origins) {
        // What its own name is made of is no other resource that is named instead.
        if is_read_by_its_name(target, to, &estate.origins) {
            continue;
        }
        if let Some(address) = &target.address {
            let own = [Some(&to.address), to.identity.address.as_ref()];
            match own
                .into_iter()
                .flatten()
                .filter_map(|own| same_address(address, own))
                .max()
            {
                Some(Match::Certain) => return Reference::Is(Match::Certain),
                Some(Match::Maybe) => maybe = true,
                // A data source reads what another deployment made, not what this one will make.
                None => elsewhere |= estate.is_declared(address) || is_data_source(address),
            }
        } else if let Some(identity) = &target.identity {
            match same(identity, &to.identity, &estate.origins) {
                Some(Match::Certain) => return Reference::Is(Match::Certain),
                Some(Match::Maybe) => maybe = true,
                None => elsewhere = true,
            }
        }
    }
    match (maybe, elsewhere) {
        (true, _) => Reference::Is(Match::Maybe),
        // Another resource of this unit was read; its own value may still name this one by text.
        (false, true) if value.as_str().is_none() => Reference::IsNot,
        (false, _) => Reference::Silent,
    }
}

/// Whether the name of `to` reads `target` too, as where a resource of its own makes names.
fn is_read_by_its_name(target: &PointsTo, to: &Resource, origins: &Origins) -> bool {
    let mut names = to.identity.names.iter();
    let is_it = |own: &PointsTo| own.address == target.address && own.attribute == target.attribute;
    target.address.is_some()
        && names.any(|name| points_to(name, origins).any(|own| is_it(own.as_ref())))
}

pub(super) fn is_data_source(address: &Address) -> bool {
    address.as_str().split('.').any(|part| part == "data")
}

/// Whether two resources exist under the same condition.
pub(super) fn same_existence(a: &Existence, b: &Existence, origins: &Origins) -> bool {
    match (a, b) {
        (Existence::Certain, Existence::Certain) => true,
        (Existence::Conditional(a), Existence::Conditional(b)) => {
            a == b
                || (origins.written_at(*a) == origins.written_at(*b)
                    && *a != super::Origin::NOWHERE)
        }
        (Existence::Symbolic(a), Existence::Symbolic(b)) => a.term.is_some() && a.term == b.term,
        (Existence::Certain | Existence::Conditional(_) | Existence::Symbolic(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::model::testing::{Thing, estate, thing};

    const VAULT: &str = "Microsoft.KeyVault/vaults";

    /// The matches of `relation` from the first of `things`, by address.
    fn related(things: Vec<Thing>, kind: &str, relation: &Relation) -> Vec<(String, Match)> {
        let estate = estate(things);
        let found = estate.related(ResourceId(0), &Kind::new(kind), relation);
        let address = |id| estate.resource(id).address.to_string();
        found
            .into_iter()
            .map(|(id, sure)| (address(id), sure))
            .collect()
    }

    fn vault(name: &Json) -> Thing {
        thing(
            "azurerm_key_vault.v",
            VAULT,
            &json!([name]),
            &json!({ "name": name }),
        )
    }

    #[test]
    fn children_belong_to_their_parent_by_name_or_reference() {
        let input = |name: &str| json!({ "$input": name });
        let reference = |address: &str| json!({ "$ref": address });
        let rows = [
            (json!("kv"), json!("KV"), Some(Match::Certain)),
            (json!("kv"), json!("other"), None),
            (input("var.a"), input("var.a"), Some(Match::Certain)),
            (input("var.a"), input("var.b"), Some(Match::Maybe)),
            (json!("kv"), input("var.b"), Some(Match::Maybe)),
            (
                json!("kv"),
                reference("azurerm_key_vault.v"),
                Some(Match::Certain),
            ),
            (json!("kv"), reference("azurerm_key_vault.w"), None),
            (json!("kv"), reference("data.azurerm_key_vault.x"), None),
            (
                json!("kv"),
                reference("module.m.azurerm_key_vault.gone"),
                Some(Match::Maybe),
            ),
            (
                json!("kv"),
                reference("azurerm_key_vault.v[0]"),
                Some(Match::Maybe),
            ),
        ];
        let child = "Microsoft.KeyVault/vaults/keys";
        for (parent, named, expected) in rows {
            let things = vec![
                vault(&parent),
                thing("azurerm_key_vault.w", VAULT, &json!(["w"]), &json!({})),
                thing(
                    "azurerm_key_vault_key.k",
                    child,
                    &json!([named, "k"]),
                    &json!({}),
                ),
            ];
            let found = related(things, child, &Relation::Child);
            assert_eq!(
                found.first().map(|(_, sure)| *sure),
                expected,
                "{parent} {named}"
            );
        }
        let things = vec![
            thing("a.k", child, &json!(["kv", "k"]), &json!({})),
            vault(&json!("kv")),
        ];
        assert_eq!(related(things, VAULT, &Relation::Parent).len(), 1);
    }

    #[test]
    fn extensions_name_what_they_extend() {
        let kind = "Microsoft.Insights/diagnosticSettings";
        let setting = |names: &Json, address: Option<&str>| {
            let it = thing(
                "azurerm_monitor_diagnostic_setting.d",
                kind,
                &json!(["d"]),
                &json!({}),
            );
            it.extending(VAULT, names, address)
        };
        let rows = [
            (setting(&json!(["kv"]), None), Some(Match::Certain)),
            (setting(&json!(["w"]), None), None),
            (
                setting(&json!([]), Some("azurerm_key_vault.v")),
                Some(Match::Certain),
            ),
            (
                setting(&json!([{ "$input": "var.x" }]), None),
                Some(Match::Maybe),
            ),
            (
                setting(&json!(["kv"]), None).symbolic("var.n"),
                Some(Match::Maybe),
            ),
        ];
        for (index, (setting, expected)) in rows.into_iter().enumerate() {
            let found = related(
                vec![vault(&json!("kv")), setting],
                kind,
                &Relation::Extension,
            );
            assert_eq!(
                found.first().map(|(_, sure)| *sure),
                expected,
                "row {index}"
            );
        }
    }

    #[test]
    fn references_name_a_resource_by_address_id_or_name() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/KV";
        let rows = [
            (
                json!({ "$ref": "azurerm_key_vault.v" }),
                Some(Match::Certain),
            ),
            (json!({ "$ref": "azurerm_key_vault.w" }), None),
            (json!({ "$input": "var.id" }), Some(Match::Maybe)),
            (json!(id), Some(Match::Certain)),
            (json!(id.replace("KV", "other")), None),
            (json!(format!("{id}/keys/k")), None),
            (json!("kv"), Some(Match::Certain)),
            (json!(null), None),
        ];
        for (value, expected) in rows {
            let things = vec![
                vault(&json!("kv")),
                thing("azurerm_key_vault.w", VAULT, &json!(["w"]), &json!({})),
                thing("x.d", "A.B/c", &json!(["d"]), &json!({ "at": value })),
            ];
            let at = Relation::ReferredToBy(Path::parse("at").unwrap());
            let found = related(things, "A.B/c", &at);
            assert_eq!(found.first().map(|(_, sure)| *sure), expected, "{value}");
            let things = vec![
                thing("x.d", "A.B/c", &json!(["d"]), &json!({ "at": value })),
                vault(&json!("kv")),
            ];
            let at = Relation::RefersTo(Path::parse("at").unwrap());
            let found = related(things, VAULT, &at);
            let expected = match value.get("$ref").and_then(Json::as_str) {
                // Nothing of that address is declared in this estate: it may be anything.
                Some("azurerm_key_vault.w") => Some(Match::Maybe),
                _ => expected,
            };
            assert_eq!(found.first().map(|(_, sure)| *sure), expected, "{value}");
        }
    }
}
