//! Putting a resource into the estate, and what it takes over from the thing that speaks of it.

use super::merge::Merge;
use crate::model::graph::same_existence;
use crate::model::owner::Owner;
use crate::model::{
    Address, Completeness, Coverage, Data, Dialect, Estate, Existence, Fragment, FragmentId,
    Identity, Kind, Match, Origin, Origins, Path, Resource, ResourceId, Step, Unknown, Value, Why,
    Written,
};
use crate::source::Span;

impl Estate {
    pub(super) fn fragment(&self, id: FragmentId) -> Option<&Fragment> {
        self.fragments.get(id.0 as usize)
    }

    pub(super) fn add(&mut self, resource: Resource, owners: Vec<Owner>) -> ResourceId {
        let id = ResourceId(u32::try_from(self.resources.len()).unwrap_or(u32::MAX));
        self.by_kind
            .entry(resource.kind.key())
            .or_default()
            .push(id);
        self.resources.push(resource);
        self.owners.push(owners);
        id
    }

    pub(super) fn merge_into(&mut self, base: ResourceId, id: FragmentId, doubt: Option<Unknown>) {
        let index = base.0 as usize;
        let Some(fragment) = self.fragments.get(id.0 as usize) else {
            return;
        };
        let (Some(resource), Some(owners)) =
            (self.resources.get_mut(index), self.owners.get_mut(index))
        else {
            return;
        };
        let mut merge = Merge::new(&self.origins, id, doubt);
        resource.body = merge.bodies(&resource.body, &fragment.body);
        resource.coverage = widened(&resource.coverage, &fragment.coverage);
        resource.fragments.push(id);
        owners.extend(merge.owners);
    }

    /// A resource that is declared elsewhere, made because something here belongs to it.
    pub(super) fn partial(
        &mut self,
        kind: Kind,
        identity: Identity,
        declared: &Declared,
        body: Value,
    ) -> ResourceId {
        let resource = Resource {
            kind,
            identity,
            api: None,
            body,
            fragments: Vec::new(),
            dialect: declared.dialect,
            existence: declared.existence.clone(),
            completeness: Completeness::Partial,
            address: declared.address.clone(),
            header: declared.header,
            coverage: Coverage::Whole,
            implied: false,
        };
        self.add(resource, Vec::new())
    }
}

/// Nothing more is known than that it is declared elsewhere.
pub(super) const ELSEWHERE: Unknown = Unknown {
    why: Why::Elsewhere,
    ty: None,
    not_null: false,
    domain: None,
    input: None,
    points_to: None,
    affixes: None,
    term: None,
};

/// What a resource takes over from the thing that speaks of it.
pub(super) struct Declared {
    pub(super) dialect: Dialect,
    pub(super) existence: Existence,
    pub(super) address: Address,
    pub(super) header: Span,
}

impl Declared {
    pub(super) fn of(written: &Written, fragment: &Fragment) -> Self {
        Self {
            dialect: dialect(written, fragment),
            existence: written.existence.clone(),
            address: written.address.clone(),
            header: written.header,
        }
    }

    pub(super) fn like(resource: &Resource) -> Self {
        Self {
            dialect: resource.dialect,
            existence: resource.existence.clone(),
            address: resource.address.clone(),
            header: resource.header,
        }
    }
}

/// Why a value of something that may not exist is not known; `None` when it exists whenever the
/// resource it belongs to does.
pub(super) fn doubt(existence: &Existence, of: &Existence, origins: &Origins) -> Option<Unknown> {
    if same_existence(existence, of, origins) {
        return None;
    }
    match existence {
        Existence::Certain => None,
        Existence::Conditional(_) => Some(Unknown::because(Why::Input)),
        Existence::Symbolic(unknown) => Some((**unknown).clone()),
    }
}

/// The certain ones where there are any, else all.
pub(super) fn surest(mut candidates: Vec<(ResourceId, Match)>) -> Vec<(ResourceId, Match)> {
    if candidates.iter().any(|(_, sure)| *sure == Match::Certain) {
        candidates.retain(|(_, sure)| *sure == Match::Certain);
    }
    candidates
}

/// The language in which a thing is written.
pub(super) fn dialect(written: &Written, fragment: &Fragment) -> Dialect {
    if written.kind.as_str().starts_with("azapi_") {
        Dialect::Azapi
    } else if written.kind.as_str().contains('/') {
        Dialect::Arm
    } else {
        let _ = fragment;
        Dialect::Terraform
    }
}

/// The coverage of a base to which something was added. A request body that was added says all of
/// itself, but nothing of what the base leaves out.
fn widened(base: &Coverage, added: &Coverage) -> Coverage {
    match (base, added) {
        (Coverage::Paths(base), Coverage::Paths(added)) => {
            let mut all: Vec<String> = base.iter().chain(added.iter()).cloned().collect();
            all.sort();
            all.dedup();
            Coverage::Paths(all.into())
        }
        (Coverage::Whole, _) | (Coverage::Paths(_), Coverage::Whole) => base.clone(),
    }
}

/// The value at a path of names; `None` when it is not there.
pub(super) fn value_at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.0
        .iter()
        .try_fold(value, |value, step| match (step, &value.data) {
            (Step::Name(name), Data::Map(map)) => map.get_ignoring_case(name),
            (Step::Index(index), Data::List(list)) => list.items.get(*index),
            _ => None,
        })
}

/// A value without a place of its own.
pub(super) fn nowhere(text: &str) -> Value {
    Value::string(text, Origin::NOWHERE)
}
