//! Joins fragments into resources, driven by `rules/shapes/*.yaml`.
//!
//! First each declaring fragment makes a resource and the fragments that only add are merged into
//! it; then inline and child forms are made equal, companions are folded into what they are about,
//! and what the cloud makes by itself is implied. For every resource it is remembered which fragment
//! says what at which path, so that a change finds its way back.

mod children;
mod companions;
mod declared;
mod endpoints;
mod merge;
mod naming;

use rustc_hash::FxHashMap;

use super::candidates::{Candidates, Marks};
use super::graph::same_existence;
use super::identity::same;
use super::marks::{of_identity, of_resource};
use super::owner::Owner;
use super::{
    Address, Completeness, Data, Estate, Existence, Fragment, FragmentId, Home, Match, Origins,
    Path, Resource, ResourceId, Step, Value, Written,
};
use declared::{Declared, ELSEWHERE, dialect, doubt, surest};

/// What fragments may add to, by lower-case type.
type ByKind = FxHashMap<String, Candidates>;

/// The resources declared so far, by the address of what declares them.
type ByAddress = FxHashMap<Address, Vec<ResourceId>>;

/// Joins what one unit wrote into its estate. No language is known here: merging, inline and child
/// forms, and implied children all follow the shapes.
#[must_use]
pub fn assemble(written: Vec<Written>, fragments: Vec<Fragment>, origins: Origins) -> Estate {
    let mut estate = Estate {
        addresses: written
            .iter()
            .map(|written| written.address.clone())
            .collect(),
        written,
        fragments,
        origins,
        ..Estate::default()
    };
    let ids = (0..estate.fragments.len()).filter_map(|index| u32::try_from(index).ok());
    let (merging, declaring): (Vec<FragmentId>, Vec<FragmentId>) = ids
        .map(FragmentId)
        .partition(|id| estate.fragment(*id).is_some_and(|it| it.merges));
    let mut declared = ByAddress::default();
    for id in declaring {
        estate.declare(id, &mut declared);
    }
    let mut bases = ByKind::default();
    for id in merging {
        estate.merge_fragment(id, &mut bases);
    }
    children::make_equal(&mut estate);
    companions::fold(&mut estate);
    endpoints::imply(&mut estate);
    estate
}

impl Estate {
    /// Where the value at `path` of a resource is written: the fragment that owns the longest part of
    /// the path, and the path in that fragment's own terms. `None` for a resource without fragments.
    #[must_use]
    pub fn owner(&self, resource: ResourceId, path: &Path) -> Option<Home> {
        let index = resource.0 as usize;
        let concrete = concrete(&self.resources.get(index)?.body, path);
        let owners = self.owners.get(index)?.iter();
        let longest = owners
            .filter(|owner| starts_with(&concrete, &owner.path))
            .max_by_key(|owner| owner.path.0.len())?;
        let rest = path.0.get(longest.path.0.len()..).unwrap_or_default();
        Some(Home {
            fragment: longest.fragment,
            path: Path(longest.inner.0.iter().chain(rest).cloned().collect()),
        })
    }

    /// Whether what is at `path` of a resource is written by something that may not exist although
    /// the resource does.
    #[must_use]
    pub fn is_conditional(&self, resource: ResourceId, path: &Path) -> bool {
        let own = self
            .resources
            .get(resource.0 as usize)
            .map(|it| &it.existence);
        let home = self.owner(resource, path);
        let written = home
            .and_then(|home| self.written_of(home.fragment))
            .map(|it| &it.existence);
        match (own, written) {
            (Some(own), Some(written)) => {
                *written != Existence::Certain && !same_existence(own, written, &self.origins)
            }
            _ => false,
        }
    }

    /// The resource of a declaring fragment. Several fragments of one written thing that speak of
    /// one resource make one.
    fn declare(&mut self, id: FragmentId, declared: &mut ByAddress) {
        let Some((fragment, written)) = self.fragment(id).zip(self.written_of(id)) else {
            return;
        };
        let here = declared.entry(written.address.clone()).or_default();
        let twin = here.iter().rev().copied().find(|other| {
            let other = &self.resource(*other).identity;
            same(other, &fragment.identity, &self.origins) == Some(Match::Certain)
        });
        if let Some(twin) = twin {
            self.merge_into(twin, id, None);
            return;
        }
        let resource = Resource {
            kind: fragment.kind.clone(),
            identity: fragment.identity.clone(),
            api: fragment.api.clone(),
            body: naming::with_full_name(fragment),
            fragments: vec![id],
            dialect: dialect(written, fragment),
            existence: written.existence.clone(),
            completeness: Completeness::Whole,
            address: written.address.clone(),
            header: written.header,
            coverage: fragment.coverage.clone(),
            implied: fragment.implied,
        };
        here.push(self.add(resource, vec![Owner::whole(id)]));
    }

    /// Merges a fragment that only adds into what it adds to; where that is not declared here, it
    /// makes a resource of which only this much is known.
    fn merge_fragment(&mut self, id: FragmentId, bases: &mut ByKind) {
        let Some((fragment, written)) = self.fragment(id).zip(self.written_of(id)) else {
            return;
        };
        let bases = bases.entry(fragment.kind.key()).or_insert_with(|| {
            let mut known = Candidates::default();
            for base in self.of_kind(&fragment.kind) {
                known.add(*base, of_base(self.resource(*base)));
            }
            known
        });
        let candidates = bases.find(of_identity(&fragment.identity)).into_iter();
        let candidates = candidates.filter_map(|base| {
            let sure = same(
                &self.resource(base).identity,
                &fragment.identity,
                &self.origins,
            )?;
            Some((base, sure))
        });
        let candidates = surest(candidates.collect());
        let doubt_of_name = fragment
            .identity
            .names
            .iter()
            .find_map(Value::as_unknown)
            .cloned();
        if candidates.is_empty() {
            let base = self.partial(
                fragment.kind.clone(),
                fragment.identity.clone(),
                &Declared::of(written, fragment),
                Value::map(Vec::new(), fragment.body.origin),
            );
            bases.add(base, of_base(self.resource(base)));
            self.merge_into(base, id, None);
            return;
        }
        let existence = written.existence.clone();
        for (base, sure) in candidates {
            let own = &self.resource(base).existence;
            let doubt = match sure {
                Match::Maybe => Some(doubt_of_name.clone().unwrap_or(ELSEWHERE)),
                Match::Certain => doubt(&existence, own, &self.origins),
            };
            self.merge_into(base, id, doubt);
        }
    }
}

/// By what a resource is known to what adds to it. What is not declared by an address of its own may be
/// named in many ways.
fn of_base(base: &Resource) -> Marks {
    of_resource(base, "name").filter(|_| base.identity.address.is_some())
}

fn starts_with(path: &Path, prefix: &Path) -> bool {
    prefix.0.len() <= path.0.len()
        && prefix
            .0
            .iter()
            .zip(&path.0)
            .all(|(own, asked)| match (own, asked) {
                (Step::Name(own), Step::Name(asked)) => own.eq_ignore_ascii_case(asked),
                (Step::Index(_), Step::Each) => true,
                (own, asked) => own == asked,
            })
}

/// The path with items by position where it names them by value.
fn concrete(body: &Value, path: &Path) -> Path {
    let mut at = Some(body);
    let steps = path.0.iter().map(|step| {
        let (step, next) = match (step, at.map(|value| &value.data)) {
            (Step::Name(name), Some(Data::Map(map))) => (step.clone(), map.get_ignoring_case(name)),
            (Step::Index(index), Some(Data::List(list))) => (step.clone(), list.items.get(*index)),
            (Step::Where { key, equals }, Some(Data::List(list))) => {
                let named = |item: &Value| match (item.as_map(), key) {
                    (Some(map), Some(key)) => map
                        .get_ignoring_case(key)
                        .and_then(Value::as_str)
                        .is_some_and(|text| text.eq_ignore_ascii_case(equals)),
                    _ => item
                        .as_str()
                        .is_some_and(|text| text.eq_ignore_ascii_case(equals)),
                };
                match list.items.iter().position(named) {
                    Some(index) => (Step::Index(index), list.items.get(index)),
                    None => (step.clone(), None),
                }
            }
            _ => (step.clone(), None),
        };
        at = next;
        step
    });
    Path(steps.collect())
}

#[cfg(test)]
mod tests;
