//! From a remedy and a failing element to a wish with concrete paths.

use std::sync::Arc;

use crate::edit::Hazard;
use crate::finding::Wish;
use crate::model::{Change, Entry, Lookup, Path, Resource, Step, Value, look_up};
use crate::rule::{Literal, Remedy, RemedyChange, Target, Test};

use super::compare::test_lookup;
use super::phrase::enumerate;
use super::scene::Scene;
use super::truth::Truth;
use super::value::plain;
use super::witness::Witness;

/// The wishes of a target, best first, and what a person must choose where there is no wish.
pub(super) fn wishes(
    scene: Scene<'_>,
    target: &Target,
    witness: Option<&Witness<'_>>,
) -> (Vec<Wish>, Option<String>) {
    let mut wishes = Vec::new();
    let mut needs = None;
    let at = witness
        .filter(|witness| witness.resource == scene.id)
        .map(|witness| &witness.path);
    for remedy in &target.remedies {
        if scene.judge_owned(&remedy.when) != Truth::True {
            continue;
        }
        if !remedy.needs.is_empty() {
            needs.get_or_insert_with(|| {
                let needs = enumerate(&remedy.needs, "and");
                format!("It needs {needs}, which only a person can choose.")
            });
            continue;
        }
        let changes = changes(scene.resource(), remedy, at);
        if !changes.is_empty() {
            wishes.push(Wish {
                resource: scene.id,
                changes,
                safety: remedy.safety,
                hazards: hazards(remedy),
            });
        }
    }
    (wishes, needs)
}

fn hazards(remedy: &Remedy) -> Vec<Hazard> {
    let mut hazards = remedy.hazards.clone();
    hazards.sort_unstable();
    hazards.dedup();
    hazards
}

fn changes(resource: &Resource, remedy: &Remedy, at: Option<&Path>) -> Vec<Change> {
    remedy
        .changes
        .iter()
        .filter_map(|change| concrete(resource, change, at))
        .collect()
}

/// One change with the failing element in place of `[*]`; `None` when it is so already.
fn concrete(resource: &Resource, change: &RemedyChange, at: Option<&Path>) -> Option<Change> {
    let spell = |path: &Path| {
        named(
            resource,
            &at.map_or_else(|| path.clone(), |at| follow(path, at)),
        )
    };
    match change {
        RemedyChange::Set(path, to) => {
            let path = spell(path);
            (!says(resource, &path, to)).then(|| Change::Set {
                path,
                to: plain(to),
            })
        }
        RemedyChange::Append(path, item) => {
            let path = spell(path);
            let contains = Test::Contains(item.clone());
            let has = look_up(resource, &path)
                .iter()
                .any(|(_, found)| test_lookup(found, &contains) == Truth::True);
            (!has).then(|| Change::Append {
                path,
                item: plain(item),
            })
        }
        RemedyChange::Remove(path) => Some(Change::Remove { path: spell(path) }),
        RemedyChange::Add {
            kind,
            relation,
            body,
        } => {
            let entries = body.iter().map(|(key, value)| Entry {
                key: Arc::clone(key),
                value: plain(value),
            });
            Some(Change::AddResource {
                kind: kind.clone(),
                body: entries.collect(),
                relation: relation.clone(),
            })
        }
    }
}

fn says(resource: &Resource, path: &Path, wanted: &Literal) -> bool {
    let equals = Test::Equals(wanted.clone());
    let found = look_up(resource, path);
    found.iter().any(|(_, found)| {
        matches!(found, Lookup::Found(_)) && test_lookup(found, &equals) == Truth::True
    })
}

/// `path` with each `[*]` replaced by the step that `at` takes there, as long as both go the same way.
fn follow(path: &Path, at: &Path) -> Path {
    let mut steps = path.0.clone();
    for (step, taken) in steps.iter_mut().zip(&at.0) {
        match (&*step, taken) {
            (Step::Name(a), Step::Name(b)) if a.eq_ignore_ascii_case(b) => {}
            (Step::Each, _) => *step = taken.clone(),
            _ => break,
        }
    }
    Path(steps)
}

/// The part of a path up to its last list item; `None` when it goes through no list.
pub(super) fn element(path: &Path) -> Option<Path> {
    let last = path
        .0
        .iter()
        .rposition(|step| matches!(step, Step::Index(_)))?;
    Some(Path(path.0[..=last].to_vec()))
}

/// The path with list items named by value wherever they have a name: keys and fixes must not
/// depend on an order that someone else may change.
pub(super) fn named(resource: &Resource, path: &Path) -> Path {
    let mut out = Path::default();
    let mut here = Some(&resource.body);
    for step in &path.0 {
        let next = here.and_then(|value| enter(value, step));
        let step = match (step, here, next) {
            (Step::Index(_), Some(list), Some(item)) => {
                name_of(list, item).unwrap_or_else(|| step.clone())
            }
            _ => step.clone(),
        };
        out.0.push(step);
        here = next;
    }
    out
}

fn enter<'m>(value: &'m Value, step: &Step) -> Option<&'m Value> {
    match step {
        Step::Name(name) => value.as_map()?.get_ignoring_case(name),
        Step::Index(index) => value.as_list()?.get(*index),
        Step::Each | Step::Where { .. } => None,
    }
}

/// Members that name an item within its list, the best first.
const NAMES: [&str; 5] = ["name", "id", "key", "device_name", "value"];

/// The step that names `item` and no other item of `list`.
fn name_of(list: &Value, item: &Value) -> Option<Step> {
    let items = list.as_list()?;
    if item.sensitive {
        return None;
    }
    let unique = |key: Option<&str>, text: &str| {
        let text_of = |value: &Value| match key {
            None => value.as_str().map(str::to_owned),
            Some(key) => value
                .as_map()?
                .get_ignoring_case(key)?
                .as_str()
                .map(str::to_owned),
        };
        let same =
            |value: &&Value| text_of(value).is_some_and(|other| other.eq_ignore_ascii_case(text));
        items.iter().filter(same).count() == 1
    };
    if let Some(text) = item.as_str() {
        return unique(None, text).then(|| Step::Where {
            key: None,
            equals: Arc::from(text),
        });
    }
    let map = item.as_map()?;
    NAMES.iter().find_map(|key| {
        let value = map.get_ignoring_case(key)?;
        let text = value.as_str().filter(|_| !value.sensitive)?;
        let step = || Step::Where {
            key: Some(Arc::from(*key)),
            equals: Arc::from(text),
        };
        unique(Some(key), text).then(step)
    })
}
