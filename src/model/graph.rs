use super::{Fragment, Kind, Origins, Path, Resource, ResourceId, Written};

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
}

/// How sure a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// A name on the way is not known: it may or may not be so.
    Maybe,
    /// It is so.
    Certain,
}

impl Estate {
    /// The resources of type `kind` that stand in `relation` to `of`, in order, with how sure that is.
    /// A resource that certainly does not is left out.
    #[must_use]
    pub fn related(
        &self,
        of: ResourceId,
        kind: &Kind,
        relation: &Relation,
    ) -> Vec<(ResourceId, Match)> {
        let _ = (of, kind, relation);
        todo!()
    }

    /// The resource named `id`.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }
}
