//! Merging what several fragments say of one resource.

use std::sync::Arc;

use crate::model::owner::Owner;
use crate::model::{Data, Entry, FragmentId, List, Map, Origins, Path, Step, Unknown, Value, Via};

/// Members that name a resource and say nothing about it.
const NAMING: [&str; 5] = ["name", "type", "apiVersion", "id", "scope"];

/// One merge of a fragment into a resource.
pub(super) struct Merge<'o> {
    origins: &'o Origins,
    fragment: FragmentId,
    /// Why it may not apply; what it says is then not known.
    doubt: Option<Unknown>,
    /// What the fragment turned out to own.
    pub(super) owners: Vec<Owner>,
}

impl<'o> Merge<'o> {
    pub(super) fn new(origins: &'o Origins, fragment: FragmentId, doubt: Option<Unknown>) -> Self {
        Self {
            origins,
            fragment,
            doubt,
            owners: Vec::new(),
        }
    }

    /// The base's body with what the fragment adds to it.
    pub(super) fn bodies(&mut self, base: &Value, added: &Value) -> Value {
        let (Data::Map(base_map), Data::Map(added_map)) = (&base.data, &added.data) else {
            return self.values(base, added, &Path::default(), &Path::default());
        };
        let added = added_map.entries.iter().filter(|entry| {
            let names = NAMING
                .iter()
                .any(|name| entry.key.eq_ignore_ascii_case(name));
            !names || base_map.get_ignoring_case(&entry.key).is_none()
        });
        let root = Path::default();
        let map = self.members(base_map, added, &root, &root);
        Value {
            data: Data::Map(Arc::new(map)),
            ..base.clone()
        }
    }

    /// `base` with `added` laid over it: objects member by member, lists joined, anything else
    /// replaced, except that what the provider would send by default replaces nothing.
    pub(super) fn values(&mut self, base: &Value, added: &Value, at: &Path, inner: &Path) -> Value {
        match (&base.data, &added.data) {
            (Data::Map(base_map), Data::Map(added_map)) => {
                let map = self.members(base_map, added_map.entries.iter(), at, inner);
                Value {
                    data: Data::Map(Arc::new(map)),
                    ..base.clone()
                }
            }
            (Data::List(base_list), Data::List(added_list)) => {
                let list = self.items(base_list, added_list, at, inner);
                Value {
                    data: Data::List(Arc::new(list)),
                    ..base.clone()
                }
            }
            (_, Data::Null) => base.clone(),
            _ if base.says_same(added) && !base.has_unknown() && !self.replaces(base, added) => {
                base.clone()
            }
            (
                Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Map(_),
                _,
            ) if self.is_default(added) => base.clone(),
            _ => self.take(added, at, inner),
        }
    }

    /// What the fragment adds where nothing was.
    pub(super) fn take(&mut self, added: &Value, at: &Path, inner: &Path) -> Value {
        self.owners.push(Owner {
            path: at.clone(),
            fragment: self.fragment,
            inner: inner.clone(),
        });
        match &self.doubt {
            Some(doubt) => Value::unknown(doubt.clone(), added.origin).marked(added.sensitive),
            None => added.clone(),
        }
    }

    fn members<'e>(
        &mut self,
        base: &Map,
        added: impl Iterator<Item = &'e Entry>,
        at: &Path,
        inner: &Path,
    ) -> Map {
        let mut out = base.clone();
        for entry in added {
            let (at, inner) = (at.member(&entry.key), inner.member(&entry.key));
            let known = out
                .entries
                .iter()
                .position(|known| known.key.eq_ignore_ascii_case(&entry.key));
            let base = known
                .and_then(|index| out.entries.get(index))
                .map(|it| it.value.clone());
            let value = match &base {
                Some(base) if !base.is_null() => self.values(base, &entry.value, &at, &inner),
                Some(_) | None => self.take(&entry.value, &at, &inner),
            };
            match known.and_then(|index| out.entries.get_mut(index)) {
                Some(slot) => slot.value = value,
                None => out.entries.push(Entry {
                    key: Arc::clone(&entry.key),
                    value,
                }),
            }
        }
        out
    }

    fn items(&mut self, base: &List, added: &List, at: &Path, inner: &Path) -> List {
        let mut out = base.clone();
        for (index, item) in added.items.iter().enumerate() {
            if !item.has_unknown() && out.items.iter().any(|known| known.says_same(item)) {
                continue;
            }
            let at = at.with(Step::Index(out.items.len()));
            let item = self.take(item, &at, &inner.with(Step::Index(index)));
            out.items.push(item);
        }
        out
    }

    /// Whether `added`, which says the same, is where the value is written and `base` is not.
    fn replaces(&self, base: &Value, added: &Value) -> bool {
        self.doubt.is_none() && self.is_default(base) && !self.is_default(added)
    }

    fn is_default(&self, value: &Value) -> bool {
        self.origins.hop(value.origin).via == Via::ProviderDefault
    }
}

/// `value` with `make` applied to what is at a path of names; objects on the way are made.
pub(super) fn with_at(
    value: &Value,
    path: &[Step],
    make: &mut dyn FnMut(Option<&Value>) -> Value,
) -> Value {
    let Some((step, rest)) = path.split_first() else {
        return make(Some(value));
    };
    let (Step::Name(name), Some(map)) = (step, object(value)) else {
        return value.clone();
    };
    let mut map = map;
    let known = map
        .entries
        .iter()
        .position(|entry| entry.key.eq_ignore_ascii_case(name));
    let slot = known.and_then(|index| map.entries.get_mut(index));
    if let Some(slot) = slot {
        let empty = slot.value.is_null();
        slot.value = match (empty, rest) {
            (true, []) => make(None),
            (_, rest) => with_at(&slot.value, rest, make),
        };
    } else {
        let value = match rest {
            [] => make(None),
            rest => with_at(&Value::map(Vec::new(), value.origin), rest, make),
        };
        map.entries.push(Entry {
            key: Arc::clone(name),
            value,
        });
    }
    Value {
        data: Data::Map(Arc::new(map)),
        ..value.clone()
    }
}

/// The members of an object; none for null; `None` for anything that cannot hold members.
fn object(value: &Value) -> Option<Map> {
    match &value.data {
        Data::Map(map) => Some((**map).clone()),
        Data::Null => Value::map(Vec::new(), value.origin).as_map().cloned(),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Unknown(_) => {
            None
        }
    }
}
