use std::sync::Arc;

use super::{Number, Origin, Type, Unknown};

/// A value and where it was written. Cloning is cheap: everything large is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it comes from; an entry of the unit's [`Origins`](super::Origins).
    pub origin: Origin,
    /// Whether it must never be printed: a sensitive variable, a secure parameter, a secret.
    pub sensitive: bool,
}

/// The kinds of data. `Unknown` is one of them: nothing turns it into another silently.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// The absence of a value, written or implied.
    Null,
    /// True or false.
    Bool(bool),
    /// A number in Terraform's precision.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// An ordered collection: list, set or tuple.
    List(Arc<List>),
    /// A keyed collection: map or object.
    Map(Arc<Map>),
    /// A value this run cannot know, and why.
    Unknown(Arc<Unknown>),
}

/// How a collection is typed. ARM and JSON only know `Structural`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// A tuple or an object: each member has a type of its own.
    Structural,
    /// A list or a map: all members have one type.
    Uniform,
    /// A set: no order, no repetition.
    Set,
}

/// The members of a list, set or tuple.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Which sort of collection it is.
    pub collection: Collection,
    /// The element type, known for uniform collections and sets; `None` when it was never stated.
    pub element: Option<Type>,
    /// The members, in order.
    pub items: Vec<Value>,
}

/// The members of a map or object.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Which sort of collection it is.
    pub collection: Collection,
    /// The element type, known for uniform maps; `None` when it was never stated.
    pub element: Option<Type>,
    /// The members: sorted by key in Terraform, in source order in ARM.
    pub entries: Vec<Entry>,
    /// `true` when further keys may exist that are not known (an open block list, a merge with an unknown).
    pub open: bool,
}

/// One member of a [`Map`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its key as written.
    pub key: Arc<str>,
    /// Its value.
    pub value: Value,
}

impl Value {
    /// A value that is not sensitive.
    #[must_use]
    pub fn new(data: Data, origin: Origin) -> Self {
        Self {
            data,
            origin,
            sensitive: false,
        }
    }

    /// Null at `origin`.
    #[must_use]
    pub fn null(origin: Origin) -> Self {
        Self::new(Data::Null, origin)
    }

    /// Text at `origin`.
    #[must_use]
    pub fn string(text: impl Into<Arc<str>>, origin: Origin) -> Self {
        Self::new(Data::String(text.into()), origin)
    }

    /// A structural list (a tuple, a JSON array).
    #[must_use]
    pub fn list(items: Vec<Value>, origin: Origin) -> Self {
        let list = List {
            collection: Collection::Structural,
            element: None,
            items,
        };
        Self::new(Data::List(Arc::new(list)), origin)
    }

    /// A structural map (an object) that has these entries and no others.
    #[must_use]
    pub fn map(entries: Vec<Entry>, origin: Origin) -> Self {
        let map = Map {
            collection: Collection::Structural,
            element: None,
            entries,
            open: false,
        };
        Self::new(Data::Map(Arc::new(map)), origin)
    }

    /// An unknown at `origin`.
    #[must_use]
    pub fn unknown(unknown: Unknown, origin: Origin) -> Self {
        Self::new(Data::Unknown(Arc::new(unknown)), origin)
    }

    /// The same value, marked sensitive if `sensitive` is `true`.
    #[must_use]
    pub fn marked(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// The text, if this is a known string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is a known bool.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The items, if this is a known list, set or tuple.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.data {
            Data::List(list) => Some(&list.items),
            _ => None,
        }
    }

    /// The map, if this is a known map or object.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The unknown, if this is one.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// Returns `true` for null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Returns `true` if this value or anything inside it is unknown.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match &self.data {
            Data::Unknown(_) => true,
            Data::List(list) => list.items.iter().any(Value::has_unknown),
            Data::Map(map) => map.open || map.entries.iter().any(|entry| entry.value.has_unknown()),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => false,
        }
    }

    /// Returns `true` if both say the same, wherever they were written.
    #[must_use]
    pub fn says_same(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::List(a), Data::List(b)) => {
                a.items.len() == b.items.len()
                    && a.items.iter().zip(&b.items).all(|(a, b)| a.says_same(b))
            }
            (Data::Map(a), Data::Map(b)) => {
                a.entries.len() == b.entries.len()
                    && a.open == b.open
                    && a.entries
                        .iter()
                        .zip(&b.entries)
                        .all(|(a, b)| a.key == b.key && a.value.says_same(&b.value))
            }
            (Data::Unknown(a), Data::Unknown(b)) => a.says_same(b),
            (a, b) => a == b,
        }
    }
}

impl Map {
    /// The value under exactly `key` (Terraform).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries
            .iter()
            .find(|entry| &*entry.key == key)
            .map(|entry| &entry.value)
    }

    /// The value under `key`, ignoring ASCII case (ARM); the last one where keys collide.
    #[must_use]
    pub fn get_ignoring_case(&self, key: &str) -> Option<&Value> {
        let found = self
            .entries
            .iter()
            .rev()
            .find(|entry| entry.key.eq_ignore_ascii_case(key));
        found.map(|entry| &entry.value)
    }
}
