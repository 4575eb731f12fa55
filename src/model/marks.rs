//! By what resources are known and what they name: the marks of an index.

use super::candidates::{Candidates, Mark, Marks, Use};
use super::graph::{Estate, Relation, is_data_source, own_names};
use super::identity::points_to;
use super::{Address, Identity, Kind, Lookup, Path, Resource, ResourceId, Scope, Value, look_up};

/// Fewer resources than these are all looked at.
const FEW: usize = if cfg!(debug_assertions) { 2 } else { 32 };

impl Estate {
    /// The resources of type `kind` that may stand in `relation` to `this`, in order.
    pub(super) fn candidates(
        &self,
        this: &Resource,
        kind: &Kind,
        relation: &Relation,
    ) -> Vec<ResourceId> {
        let all = self.of_kind(kind);
        if all.len() < FEW {
            return all.to_vec();
        }
        let (by, marks) = match relation {
            Relation::Child => {
                let by = Use::Parent(this.identity.names.len());
                (by, of_resource(this, "name"))
            }
            Relation::Extension => {
                // What is not declared by an address of its own may be named in many ways.
                let is_declared = this.identity.address.is_some();
                let marks = of_resource(this, "name").filter(|_| is_declared);
                (Use::Extended, marks)
            }
            Relation::ReferredToBy(path) => {
                let by = Use::Named(path.to_string());
                (by, of_resource(this, path.last_name()))
            }
            Relation::RefersTo(path) => {
                let by = Use::Own(path.last_name().to_owned());
                (by, of_values(this, path, self))
            }
            Relation::Parent | Relation::Beside => return all.to_vec(),
        };
        let make = || {
            let mut index = Candidates::default();
            for id in all {
                let other = self.resource(*id);
                let marks = match relation {
                    Relation::Child => of_parent(other, this.identity.names.len(), self),
                    Relation::ReferredToBy(path) => of_values(other, path, self),
                    Relation::RefersTo(path) => of_resource(other, path.last_name()),
                    Relation::Extension | Relation::Parent | Relation::Beside => of_extended(other),
                };
                index.add(*id, marks);
            }
            index
        };
        self.indices.get(kind.key(), by, make).find(marks)
    }
}

/// By what the resource at `address` is known.
fn known_by(address: &Address) -> Vec<Mark> {
    let (full, bare) = (address.as_str().to_owned(), address.without_keys());
    let has_keys = full != bare;
    let any = has_keys.then_some(Mark::AnyOf(bare));
    std::iter::once(Mark::Address(full)).chain(any).collect()
}

/// What `address` names: that one, or one that is spelled without keys, or with keys that are left out.
fn named_by(address: &Address) -> [Mark; 2] {
    let (full, bare) = (address.as_str().to_owned(), address.without_keys());
    let other = if full == bare {
        Mark::AnyOf(bare)
    } else {
        Mark::Address(bare)
    };
    [Mark::Address(full), other]
}

fn name(text: &str) -> Mark {
    Mark::Name(text.to_ascii_lowercase())
}

/// By what `resource` is known to a value under the name `argument`.
pub(super) fn of_resource(resource: &Resource, argument: &str) -> Marks {
    let own = [Some(&resource.address), resource.identity.address.as_ref()];
    let mut marks: Vec<Mark> = own.into_iter().flatten().flat_map(known_by).collect();
    for own in own_names(resource, argument) {
        marks.push(name(own.as_str()?));
    }
    Some(marks)
}

/// What a value names.
pub(super) fn of_value(value: &Value, estate: &Estate) -> Marks {
    let mut marks = Vec::new();
    let mut is_reference = false;
    for target in points_to(value, &estate.origins) {
        if let Some(of) = &target.address {
            marks.extend(named_by(of));
            is_reference |= estate.is_declared(of) || is_data_source(of);
        } else if let Some(identity) = &target.identity {
            marks.extend(of_identity(identity)?);
            is_reference = true;
        }
    }
    match value.as_str() {
        Some(text) => {
            if let Some(identity) = Identity::parse(text) {
                marks.extend(of_identity(&identity)?);
            }
            marks.push(name(text));
            Some(marks)
        }
        None => is_reference.then_some(marks),
    }
}

/// What the values of `resource` at `path` name.
pub(super) fn of_values(resource: &Resource, path: &Path, estate: &Estate) -> Marks {
    let mut marks = Vec::new();
    for (_, answer) in look_up(resource, path) {
        match answer {
            Lookup::Found(value) => marks.extend(of_value(value, estate)?),
            Lookup::Unknown(unknown, origin) => {
                marks.extend(of_value(&Value::unknown(unknown.clone(), origin), estate)?);
            }
            Lookup::Unmapped => return None,
            Lookup::Missing { .. } => {}
        }
    }
    Some(marks)
}

/// What an identity names.
pub(super) fn of_identity(identity: &Identity) -> Marks {
    let own = identity.address.as_ref();
    let mut marks: Vec<Mark> = own.map(named_by).into_iter().flatten().collect();
    match identity.names.last().map(Value::as_str) {
        None => Some(marks),
        Some(Some(text)) => {
            marks.push(name(text));
            Some(marks)
        }
        // Of what is declared by another address, a name that is not known is another one.
        Some(None) => own.is_some_and(Address::is_managed).then_some(marks),
    }
}

/// What a child names as its parent, which has so many names.
fn of_parent(child: &Resource, names: usize, estate: &Estate) -> Marks {
    let upper = child.identity.names.get(..names);
    match upper.and_then(<[Value]>::last) {
        Some(last) => of_value(last, estate),
        None => Some(Vec::new()),
    }
}

fn of_extended(extension: &Resource) -> Marks {
    match &extension.identity.scope {
        Scope::Of(target) => of_identity(target),
        Scope::Unknown => None,
        Scope::Here | Scope::Group(_) | Scope::Subscription => Some(Vec::new()),
    }
}
