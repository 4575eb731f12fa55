//! Lays what a plan knows over what the source beside it says. The plan's values win, the source's places
//! stay; what an edit of the source made of a value since the plan was read wins over both.

use std::sync::Arc;

use crate::model::{Data, Entry, Hop, Map, Origin, Origins, Path, Value, Via};

/// Lists longer than this are joined in order, not by likeness.
const ALIKE: usize = 200;

/// One value as the plan, the source when the plan was read, and the source now have it.
#[derive(Clone, Copy)]
pub(super) struct Three<'v> {
    /// The plan's.
    pub(super) plan: Option<&'v Value>,
    /// The source's when the plan was read.
    pub(super) before: Option<&'v Value>,
    /// The source's.
    pub(super) source: Option<&'v Value>,
}

/// Joins the values of one resource.
pub(super) struct Join<'o> {
    /// The origins of both.
    pub(super) origins: &'o mut Origins,
    /// The header of the resource's block, as an origin of what is written nowhere.
    pub(super) header: Origin,
    /// The first place at which both know, and say different things.
    pub(super) differs: Option<Path>,
}

impl Join<'_> {
    /// The value that is judged; `None` where there is none.
    pub(super) fn value(&mut self, three: Three<'_>, at: &Path) -> Option<Value> {
        let Three {
            plan,
            before,
            source,
        } = three;
        let Some(source) = source else {
            // What the source does not configure and only the provider will know is absent.
            return plan
                .filter(|plan| before.is_none() && plan.as_unknown().is_none())
                .map(|plan| placed(plan, self.header));
        };
        let is_edited = before.is_none_or(|before| !before.says_same(source));
        match (plan.map(|plan| &plan.data), &source.data) {
            (Some(Data::Map(plan)), Data::Map(own)) => {
                let before = before.and_then(Value::as_map);
                return Some(self.map(source, (Some(plan), before, own), at));
            }
            (Some(Data::List(plan)), Data::List(own)) => {
                let before = before.and_then(Value::as_list);
                let items = self.list((&plan.items, before, &own.items), is_edited, at);
                let mut list = (**own).clone();
                list.items = items;
                return Some(Value {
                    data: Data::List(Arc::new(list)),
                    ..source.clone()
                });
            }
            _ => {}
        }
        if is_edited {
            return Some(source.clone());
        }
        let Some(plan) = plan else {
            // Write-only arguments are null in every plan.
            let is_known = source.as_unknown().is_none();
            return Some(source.clone()).filter(|_| is_known);
        };
        if plan.as_unknown().is_some() || plan.says_same(source) {
            return Some(source.clone().marked(plan.sensitive));
        }
        if let (Data::Bool(_), Data::Bool(_)) | (Data::Number(_), Data::Number(_)) =
            (&plan.data, &source.data)
        {
            self.differs.get_or_insert_with(|| at.clone());
        }
        let origin = self.pointing(source);
        Some(placed(plan, origin).marked(source.sensitive))
    }

    fn map(
        &mut self,
        value: &Value,
        (plan, before, own): (Option<&Map>, Option<&Map>, &Map),
        at: &Path,
    ) -> Value {
        let mut names: Vec<&Arc<str>> = plan
            .into_iter()
            .chain([own])
            .flat_map(|map| &map.entries)
            .map(|entry| &entry.key)
            .collect();
        names.sort();
        names.dedup();
        let mut entries = Vec::with_capacity(names.len());
        for name in names {
            let three = Three {
                plan: plan.and_then(|map| map.get(name)),
                before: before.and_then(|map| map.get(name)),
                source: own.get(name),
            };
            if let Some(value) = self.value(three, &at.member(name)) {
                entries.push(Entry {
                    key: Arc::clone(name),
                    value,
                });
            }
        }
        let mut map = own.clone();
        map.entries = entries;
        // The plan knows every key.
        map.open = false;
        Value {
            data: Data::Map(Arc::new(map)),
            ..value.clone()
        }
    }

    /// The items in the order of the source: the plan sorts sets in its own way.
    fn list(
        &mut self,
        (plan, before, own): (&[Value], Option<&[Value]>, &[Value]),
        is_edited: bool,
        at: &Path,
    ) -> Vec<Value> {
        let before = before.unwrap_or_default();
        if plan.len() != before.len() {
            if is_edited {
                return own.to_vec();
            }
            let origin = own.first().map_or(self.header, |first| first.origin);
            return plan.iter().map(|item| placed(item, origin)).collect();
        }
        let partners = partners(before, plan);
        let mut used = vec![false; before.len()];
        let mut items = Vec::with_capacity(own.len());
        for (index, item) in own.iter().enumerate() {
            let same_place = (own.len() == before.len()).then_some(index);
            let alike =
                || (0..before.len()).find(|other| !used[*other] && before[*other].says_same(item));
            let Some(known) = same_place.or_else(alike) else {
                items.push(item.clone());
                continue;
            };
            used[known] = true;
            let three = Three {
                plan: partners.get(known).and_then(|other| plan.get(*other)),
                before: before.get(known),
                source: Some(item),
            };
            let at = at.with(crate::model::Step::Index(index));
            items.extend(self.value(three, &at));
        }
        items
    }

    /// An origin that still says what a value of the source points to.
    fn pointing(&mut self, source: &Value) -> Origin {
        let target = source
            .as_unknown()
            .and_then(|unknown| unknown.points_to.clone());
        match target {
            None => source.origin,
            Some(points_to) => {
                let span = self.origins.used_at(source.origin);
                self.origins.add(Hop {
                    span,
                    via: Via::Reference,
                    from: Some(source.origin),
                    points_to: Some(points_to),
                })
            }
        }
    }
}

/// A value of the plan at a place of the source.
fn placed(value: &Value, origin: Origin) -> Value {
    let data = match &value.data {
        Data::List(list) => {
            let mut list = (**list).clone();
            list.items = list.items.iter().map(|item| placed(item, origin)).collect();
            Data::List(Arc::new(list))
        }
        Data::Map(map) => {
            let mut map = (**map).clone();
            for entry in &mut map.entries {
                entry.value = placed(&entry.value, origin);
            }
            Data::Map(Arc::new(map))
        }
        other => other.clone(),
    };
    Value {
        data,
        origin,
        sensitive: value.sensitive,
    }
}

/// For each item of `before` the item of `plan` that is most like it; both have the same length.
fn partners(before: &[Value], plan: &[Value]) -> Vec<usize> {
    if before.len() > ALIKE || before.len() < 2 {
        return (0..before.len()).collect();
    }
    let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
    for (own, item) in before.iter().enumerate() {
        for (other, planned) in plan.iter().enumerate() {
            pairs.push((-likeness(item, planned), own, other));
        }
    }
    // Of equally good pairs those that stand at the same place.
    pairs.sort_by_key(|(worse, own, other)| (*worse, own.abs_diff(*other), *own));
    let mut partners = vec![usize::MAX; before.len()];
    let mut taken = vec![false; plan.len()];
    for (_, own, other) in pairs {
        if partners[own] == usize::MAX && !taken[other] {
            partners[own] = other;
            taken[other] = true;
        }
    }
    partners
}

fn likeness(a: &Value, b: &Value) -> i64 {
    match (&a.data, &b.data) {
        (Data::Unknown(_), _) | (_, Data::Unknown(_)) => 0,
        (Data::Map(a), Data::Map(b)) => a
            .entries
            .iter()
            .map(|entry| {
                b.get(&entry.key)
                    .map_or(0, |other| likeness(&entry.value, other))
            })
            .sum(),
        (Data::List(a), Data::List(b)) => a
            .items
            .iter()
            .zip(&b.items)
            .map(|(a, b)| likeness(a, b))
            .sum(),
        _ if a.says_same(b) => 1,
        _ => -2,
    }
}
