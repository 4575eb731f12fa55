//! Values. A value that is not known says what it points to, and a resource is named by values: the three
//! are one recursive type.

use std::sync::Arc;

use super::{Address, Affixes, InputRef, Kind, Number, Origin, Type, Why};

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

/// A value that this run cannot know, with everything that is still known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// Why it is not known.
    pub why: Why,
    /// Its type, where that is known.
    pub ty: Option<Type>,
    /// `true` when it is certain not to be null: such a value *exists*.
    pub not_null: bool,
    /// Every value it can take, where that is a short list (a bool, `allowedValues`).
    pub domain: Option<Vec<Value>>,
    /// The input that decides it, where it is one input.
    pub input: Option<InputRef>,
    /// The resource whose attribute it is (`azurerm_x.y.id`, `resourceId(…)`).
    pub points_to: Option<Arc<PointsTo>>,
    /// What its text starts and ends with, where that is known; empty where it is not.
    pub affixes: Option<Arc<Affixes>>,
    /// A canonical spelling of the computation. Two unknowns of one unit with equal terms are the
    /// same value, whatever it is.
    pub term: Option<Arc<str>>,
}

/// What an unknown reference points to.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsTo {
    /// The resource in this unit, where it is declared here.
    pub address: Option<Address>,
    /// The resource by kind and names, where those are known.
    pub identity: Option<Identity>,
    /// The attribute: `id`, `name`, a property path.
    pub attribute: Arc<str>,
}

/// Which resource is meant: by type and names, and by address where it is declared in the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The cloud's type.
    pub kind: Kind,
    /// One name a type segment, parents first: `[account, "default"]`. Each may be unknown; unknowns
    /// with equal terms are equal. Empty for AWS and Google.
    pub names: Vec<Value>,
    /// Where it lives: the scope of an extension resource, or the resource group or subscription.
    pub scope: Scope,
    /// Addresses of the written resource that declares it or that this speaks of (parent or target
    /// reference), where known.
    pub address: Option<Address>,
}

/// The scope part of an identity.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// The deployment's own; not compared.
    Here,
    /// A resource group (its name, which may be unknown).
    Group(Box<Value>),
    /// A subscription or management group.
    Subscription,
    /// Another resource: this one extends it.
    Of(Box<Identity>),
    /// Not known.
    Unknown,
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

impl Unknown {
    /// An unknown of which nothing is known but the reason.
    #[must_use]
    pub fn because(why: Why) -> Self {
        Self {
            why,
            ty: None,
            not_null: false,
            domain: None,
            input: None,
            points_to: None,
            affixes: None,
            term: None,
        }
    }

    /// The same unknown, decided by `input`.
    #[must_use]
    pub fn decided_by(mut self, input: impl Into<Arc<str>>) -> Self {
        self.input = Some(InputRef(input.into()));
        self
    }

    /// The same unknown, spelled `term`.
    #[must_use]
    pub fn spelled(mut self, term: impl Into<Arc<str>>) -> Self {
        self.term = Some(term.into());
        self
    }

    /// The same unknown, known not to be null.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// The same unknown, of type `ty`.
    #[must_use]
    pub fn typed(mut self, ty: Type) -> Self {
        self.ty = Some(ty);
        self
    }

    /// The same unknown, the attribute of a resource.
    #[must_use]
    pub fn pointing_to(mut self, points_to: impl Into<Arc<PointsTo>>) -> Self {
        self.points_to = Some(points_to.into());
        self
    }

    /// Returns `true` if nothing that can be said of the two differs.
    #[must_use]
    pub fn says_same(&self, other: &Self) -> bool {
        self.why == other.why && self.input == other.input && self.term == other.term
    }
}
