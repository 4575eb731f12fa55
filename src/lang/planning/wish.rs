//! All that is wished for one resource, joined by place.

use crate::edit::Refusal;
use crate::model::{Change, Data, Entry, Kind, Origin, Path, Relation, Step, Value};

/// All that is wished for one place and what is inside it. Changes that meet are joined here first,
/// so that each array and object of the text is edited once.
#[derive(Clone, Debug, Default)]
pub(in crate::lang) struct Wish {
    /// The value shall be this.
    pub(in crate::lang) to: Option<Value>,
    /// It shall be gone.
    pub(in crate::lang) remove: bool,
    /// The list shall have these too.
    pub(in crate::lang) append: Vec<Value>,
    /// What is wished for members and items.
    pub(in crate::lang) inside: Vec<(Step, Wish)>,
}

/// A resource to add: its type, its body, and how it belongs to the resource it serves.
pub(in crate::lang) type Companion<'c> = (&'c Kind, &'c [Entry], &'c Relation);

impl Wish {
    /// The wish that holds all of `changes`, and the resources that they add.
    pub(in crate::lang) fn of(changes: &[Change]) -> (Self, Vec<Companion<'_>>) {
        let mut wish = Self::default();
        let mut companions = Vec::new();
        for change in changes {
            let (path, leaf) = match change {
                Change::Set { path, to } => (
                    path,
                    Self {
                        to: Some(to.clone()),
                        ..Self::default()
                    },
                ),
                Change::Append { path, item } => (
                    path,
                    Self {
                        append: vec![item.clone()],
                        ..Self::default()
                    },
                ),
                Change::Remove { path } => (
                    path,
                    Self {
                        remove: true,
                        ..Self::default()
                    },
                ),
                Change::AddResource {
                    kind,
                    body,
                    relation,
                } => {
                    companions.push((kind, body.as_slice(), relation));
                    continue;
                }
            };
            wish.join(Self::at(&path.0, leaf));
        }
        (wish, companions)
    }

    /// The wish `leaf` for the place at the end of `steps`.
    pub(in crate::lang) fn at(steps: &[Step], leaf: Self) -> Self {
        steps.iter().rev().fold(leaf, |inner, step| Self {
            inside: vec![(step.clone(), inner)],
            ..Self::default()
        })
    }

    /// Joins another wish for the same place with this one; of two values the later one stays.
    pub(in crate::lang) fn join(&mut self, other: Self) {
        self.to = other.to.or_else(|| self.to.take());
        self.remove |= other.remove;
        for item in other.append {
            if !self.append.iter().any(|known| known.says_same(&item)) {
                self.append.push(item);
            }
        }
        for (step, inner) in other.inside {
            match self.inside.iter_mut().find(|(known, _)| same(known, &step)) {
                Some((_, known)) => known.join(inner),
                None => self.inside.push((step, inner)),
            }
        }
    }

    /// Returns `true` if only removals are wished.
    pub(in crate::lang) fn only_removes(&self) -> bool {
        let inner = self.inside.iter().all(|(_, wish)| wish.only_removes());
        self.to.is_none() && self.append.is_empty() && inner
    }

    /// Refuses what cannot all be had.
    pub(in crate::lang) fn check(&self, place: &Path) -> Result<(), Refusal> {
        let inner = !self.append.is_empty() || !self.inside.is_empty();
        let wishes = [self.to.is_some(), self.remove, inner];
        if wishes.iter().filter(|wish| **wish).count() > 1 {
            return Err(Refusal(format!(
                "Two changes of `{place}` contradict each other."
            )));
        }
        Ok(())
    }

    /// The value to write where nothing is yet; `None` when nothing needs to be there.
    pub(in crate::lang) fn built(&self, place: &Path) -> Result<Option<Value>, Refusal> {
        self.check(place)?;
        if self.only_removes() {
            return Ok(None);
        }
        if let Some(to) = &self.to {
            return Ok(Some(to.clone()));
        }
        let mut items = self.append.clone();
        let mut entries = Vec::new();
        for (step, inner) in &self.inside {
            let Some(value) = inner.built(&place.with(step.clone()))? else {
                continue;
            };
            match step {
                Step::Name(name) => entries.push(Entry {
                    key: name.clone(),
                    value,
                }),
                Step::Index(_) | Step::Each => items.push(value),
                Step::Where { .. } => {
                    let place = place.with(step.clone());
                    return Err(Refusal(format!("There is no `{place}` to change.")));
                }
            }
        }
        match (entries.is_empty(), items.is_empty()) {
            (false, false) => Err(Refusal(format!(
                "`{place}` cannot be both list and object."
            ))),
            (true, false) => Ok(Some(Value::list(items, Origin::NOWHERE))),
            (_, true) => Ok(Some(Value::map(entries, Origin::NOWHERE))),
        }
    }
}

fn same(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Name(a), Step::Name(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

/// Returns `true` if `a` and `b` say the same, names and their order left aside.
pub(in crate::lang) fn equal(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Map(a), Data::Map(b)) => {
            let found = |entry: &Entry| {
                let other = b.get_ignoring_case(&entry.key);
                other.is_some_and(|other| equal(&entry.value, other))
            };
            a.entries.len() == b.entries.len() && a.entries.iter().all(found)
        }
        (Data::List(a), Data::List(b)) => {
            let mut pairs = a.items.iter().zip(&b.items);
            a.items.len() == b.items.len() && pairs.all(|(a, b)| equal(a, b))
        }
        _ => a.says_same(b),
    }
}
