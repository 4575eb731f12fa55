use std::sync::Arc;

use crate::model::{Data, Entry, List, Map, Value};

/// The defaults of a type constraint: what `optional(type, default)` gives, at every depth.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::lang::terraform) struct Defaults {
    /// The default of each optional attribute that has one.
    pub values: Vec<(Arc<str>, Value)>,
    /// The defaults inside an attribute; of a collection, inside every member, under the empty name;
    /// of a tuple, under the position.
    pub inner: Vec<(Arc<str>, Defaults)>,
}

impl Defaults {
    /// Returns `true` if there is nothing to lay under a value.
    #[must_use]
    pub(in crate::lang::terraform) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.inner.is_empty()
    }

    /// The value with defaults in place of attributes that are missing or null. Run before
    /// [`convert`](super::convert), as Terraform does; what is not known stays so.
    #[must_use]
    pub(in crate::lang::terraform) fn apply(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let data = match &value.data {
            Data::Map(map) => Data::Map(Arc::new(self.apply_to_map(map))),
            Data::List(list) => {
                let inner = |(index, item): (usize, &Value)| match self.inside(&index.to_string()) {
                    Some(defaults) => defaults.apply(item),
                    None => item.clone(),
                };
                Data::List(Arc::new(List {
                    items: list.items.iter().enumerate().map(inner).collect(),
                    ..List::clone(list)
                }))
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {
                return value.clone();
            }
        };
        Value {
            data,
            ..value.clone()
        }
    }

    fn inside(&self, name: &str) -> Option<&Self> {
        let find = |name: &str| self.inner.iter().find(|(key, _)| &**key == name);
        find(name)
            .or_else(|| find(""))
            .map(|(_, defaults)| defaults)
    }

    fn apply_to_map(&self, map: &Map) -> Map {
        let mut entries: Vec<Entry> = map.entries.clone();
        for (name, default) in &self.values {
            match entries.iter_mut().find(|entry| entry.key == *name) {
                Some(entry) if entry.value.is_null() => entry.value = default.clone(),
                Some(_) => {}
                // A key that may exist but is not known is not missing.
                None if map.open => {}
                None => entries.push(Entry {
                    key: Arc::clone(name),
                    value: default.clone(),
                }),
            }
        }
        for entry in &mut entries {
            if let Some(defaults) = self.inside(&entry.key) {
                entry.value = defaults.apply(&entry.value);
            }
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        // Members of a uniform map may now differ in type; the conversion that follows makes them one.
        Map {
            entries,
            ..map.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    #[test]
    fn defaults_fill_what_is_missing_or_null_at_every_depth() {
        let string = |text: &str| Value::string(text, Origin::NOWHERE);
        let entry = |key: &str, value| Entry {
            key: Arc::from(key),
            value,
        };
        let object = |entries| Value::map(entries, Origin::NOWHERE);
        let defaults = Defaults {
            values: vec![
                (Arc::from("a"), string("x")),
                (Arc::from("b"), object(vec![])),
            ],
            inner: vec![(
                Arc::from("b"),
                Defaults {
                    values: vec![(Arc::from("c"), string("y"))],
                    inner: vec![],
                },
            )],
        };
        let filled = defaults.apply(&object(vec![entry("a", Value::null(Origin::NOWHERE))]));
        let map = filled.as_map().unwrap();
        assert_eq!(map.get("a"), Some(&string("x")));
        assert_eq!(
            map.get("b")
                .and_then(Value::as_map)
                .and_then(|b| b.get("c")),
            Some(&string("y"))
        );
    }
}
