//! Folds Terraform types that only say more about another into it, as a member.

use std::sync::Arc;

use super::declared::{Declared, ELSEWHERE, doubt, surest};
use super::merge::{Merge, with_at};
use crate::model::candidates::Candidates;
use crate::model::graph::refers;
use crate::model::identity::{points_to, same_value};
use crate::model::marks::{of_resource, of_values};
use crate::model::owner::Owner;
use crate::model::{
    CompanionShape, Completeness, Data, Entry, Estate, Identity, Kind, Match, Origin, Path,
    Resource, ResourceId, Scope, Step, Unknown, Value, shapes,
};

/// Follows every companion shape.
pub(super) fn fold(estate: &mut Estate) {
    for shape in &shapes().companions {
        let companions = estate
            .of_kind(&Kind::new(shape.companion.as_str()))
            .to_vec();
        if companions.is_empty() {
            continue;
        }
        let mut bases = Candidates::default();
        for base in estate.of_kind(&Kind::new(shape.base.as_str())) {
            bases.add(*base, of_resource(estate.resource(*base), &shape.by));
        }
        for companion in companions {
            fold_one(estate, shape, companion, &mut bases);
        }
    }
}

fn fold_one(
    estate: &mut Estate,
    shape: &CompanionShape,
    companion: ResourceId,
    known: &mut Candidates,
) {
    let resource = estate.resource(companion).clone();
    let mut unsure = None;
    if let Some(only) = &shape.only {
        match argument(&resource, &only.argument).map(|value| &value.data) {
            Some(Data::String(text)) if text.eq_ignore_ascii_case(&only.equals) => {}
            Some(Data::Unknown(unknown)) => unsure = Some((**unknown).clone()),
            Some(_) | None => return,
        }
    }
    let by = Path::default().member(&shape.by);
    let bases = known.find(of_values(&resource, &by, estate));
    let bases = bases.into_iter().filter_map(|base| {
        let sure = refers(&resource, &by, estate.resource(base), estate)?;
        Some((base, sure))
    });
    let mut bases = surest(bases.collect());
    let named = argument(&resource, &shape.by).cloned();
    if bases.is_empty() {
        let Some(named) = &named else {
            return;
        };
        let count = estate.resources.len();
        let base = partial_base(estate, shape, &resource, named);
        if estate.resources.len() > count {
            known.add(base, of_resource(estate.resource(base), &shape.by));
        }
        bases.push((base, Match::Certain));
    }
    for (base, sure) in bases {
        let whose = estate.resource(base).existence.clone();
        let why = named.as_ref().and_then(Value::as_unknown).cloned();
        let doubt = match sure {
            Match::Maybe => Some(why.unwrap_or(ELSEWHERE)),
            Match::Certain if unsure.is_some() => unsure.clone(),
            Match::Certain if shape.items => None,
            Match::Certain => doubt(&resource.existence, &whose, &estate.origins),
        };
        put(estate, shape, (companion, &resource), base, doubt);
    }
}

fn argument<'r>(resource: &'r Resource, name: &str) -> Option<&'r Value> {
    resource
        .body
        .as_map()?
        .get(name)
        .filter(|value| !value.is_null())
}

/// The base that is declared elsewhere: the one another companion named by the same value, or a new one.
fn partial_base(
    estate: &mut Estate,
    shape: &CompanionShape,
    companion: &Resource,
    named: &Value,
) -> ResourceId {
    let kind = Kind::new(shape.base.as_str());
    let known = estate.of_kind(&kind).iter().copied().find(|base| {
        let base = estate.resource(*base);
        let own = base.body.as_map().and_then(|map| map.get(&shape.by));
        base.completeness == Completeness::Partial
            && own
                .is_some_and(|own| same_value(own, named, &estate.origins) == Some(Match::Certain))
    });
    if let Some(known) = known {
        return known;
    }
    let address = points_to(named, &estate.origins).find_map(|target| target.address.clone());
    let identity = Identity {
        kind: kind.clone(),
        names: Vec::new(),
        scope: Scope::Here,
        address,
    };
    let by = Entry {
        key: Arc::from(shape.by.as_str()),
        value: named.clone(),
    };
    let mut entries = vec![by];
    if shape.items {
        // Further ones may be declared where the base is.
        let others = Value::unknown(ELSEWHERE, Origin::NOWHERE);
        entries.push(Entry {
            key: Arc::from(shape.member()),
            value: Value::list(vec![others], companion.body.origin),
        });
    }
    let body = Value::map(entries, companion.body.origin);
    estate.partial(kind, identity, &Declared::like(companion), body)
}

fn put(
    estate: &mut Estate,
    shape: &CompanionShape,
    (companion_id, companion): (ResourceId, &Resource),
    base: ResourceId,
    doubt: Option<Unknown>,
) {
    let Some(home) = estate.owner(companion_id, &Path::default()) else {
        return;
    };
    let index = base.0 as usize;
    let (Some(resource), Some(owners)) = (
        estate.resources.get_mut(index),
        estate.owners.get_mut(index),
    ) else {
        return;
    };
    let member = Path::default().member(shape.member());
    let (body, renamed) = renamed(shape, &companion.body);
    let mut merge = Merge::new(&estate.origins, home.fragment, doubt);
    resource.body = with_at(&resource.body, &member.0, &mut |known| {
        let at = match known.map(|known| &known.data) {
            Some(Data::List(list)) if shape.items => member.with(Step::Index(list.items.len())),
            None if shape.items => member.with(Step::Index(0)),
            Some(_) if shape.items => return known.cloned().unwrap_or_else(|| body.clone()),
            Some(known_data) => {
                let known = Value::new(
                    known_data.clone(),
                    known.map_or(body.origin, |it| it.origin),
                );
                return merge.values(&known, &body, &member, &home.path);
            }
            None => return merge.take(&body, &member, &home.path),
        };
        let item = merge.take(&body, &at, &home.path);
        for (to, from) in &renamed {
            merge.owners.push(Owner {
                path: at.then(to),
                fragment: home.fragment,
                inner: home.path.then(from),
            });
        }
        let mut list = known
            .and_then(Value::as_list)
            .map(<[Value]>::to_vec)
            .unwrap_or_default();
        list.push(item);
        Value::list(list, known.map_or(body.origin, |known| known.origin))
    });
    owners.extend(merge.owners);
    resource.fragments.push(home.fragment);
}

/// The companion's body in the member's own names, and which path became which.
fn renamed(shape: &CompanionShape, body: &Value) -> (Value, Vec<(Path, Path)>) {
    let Some(map) = body.as_map().filter(|_| !shape.renamed.is_empty()) else {
        return (body.clone(), Vec::new());
    };
    let mut map = map.clone();
    let mut paths = Vec::new();
    for rename in &shape.renamed {
        let Some(at) = map
            .entries
            .iter()
            .position(|entry| *entry.key == *rename.from)
        else {
            continue;
        };
        let entry = map.entries.remove(at);
        if entry.value.is_null() {
            continue;
        }
        let from = Path::default().member(&rename.from);
        let listed = rename.to.strip_suffix("[]");
        let to = Path::default().member(listed.unwrap_or(&rename.to));
        paths.push((to.clone(), from.clone()));
        let value = match listed {
            Some(_) => {
                paths.push((to.with(Step::Index(0)), from));
                Value::list(vec![entry.value.clone()], entry.value.origin)
            }
            None => entry.value,
        };
        map.entries.push(Entry {
            key: Arc::from(listed.unwrap_or(&rename.to)),
            value,
        });
    }
    let body = Value {
        data: Data::Map(Arc::new(map)),
        ..body.clone()
    };
    (body, paths)
}
