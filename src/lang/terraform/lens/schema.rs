//! What a lens file says once the build script has read it. Shared with the build script, so it knows
//! serde alone.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::{Scalar, shared};

/// How one `azurerm_*` type speaks of ARM resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lens {
    /// The major versions of the provider that have the type, in ascending order.
    pub majors: Vec<u32>,
    /// `true` when the type writes into its parent instead of a resource of its own.
    pub merge: bool,
    /// What it writes: the resource it is named for, then others that the same block makes.
    pub targets: Vec<Target>,
    /// Other places where the same values can be read.
    pub mirrors: Vec<Mirror>,
}

/// One ARM resource that a type writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The ARM type.
    pub arm: String,
    /// The API version that the provider sends, per major; one entry for major 0 stands for all.
    pub api: Vec<(u32, String)>,
    /// The majors that write it; empty for all.
    pub majors: Vec<u32>,
    /// The argument that holds its name.
    pub name_arg: Option<Vec<Part>>,
    /// Its name, where that is fixed.
    pub name: Option<String>,
    /// The arguments that name its parent, outermost first.
    pub parents: Vec<Parent>,
    /// The repeatable block of which each makes one such resource.
    pub each: Option<String>,
    /// What is sent or set whatever the arguments say.
    pub constants: Vec<Constant>,
    /// Which argument stands for which property.
    pub rows: Vec<Row>,
}

/// An argument that names a parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// The argument.
    pub argument: String,
    /// `true` when it holds a resource id, `false` when it holds a name.
    pub is_id: bool,
}

/// A property that has the same value whatever the arguments say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constant {
    /// The property; `[*]` for each element that is there.
    pub arm: Vec<Part>,
    /// Its value.
    pub value: Scalar,
    /// `true` when the service sets it, `false` when the provider sends it.
    pub implied: bool,
}

/// The same value at another type and path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mirror {
    /// The other ARM type.
    pub arm: String,
    /// The other's name, where that is fixed.
    pub name: Option<String>,
    /// The prefix of the path here.
    pub from: String,
    /// The prefix of the path there.
    pub to: String,
}

/// One correspondence between arguments and a property.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The argument, or the several that make one value.
    pub tf: Vec<Vec<Part>>,
    /// The property.
    pub arm: Vec<Part>,
    /// `true` when the property is the argument's negation.
    pub not: bool,
    /// What the argument's values are called in the property; null is not sent. `*` is any other
    /// value, `<set>` and `<unset>` speak of presence.
    pub map: Vec<(String, Scalar)>,
    /// How the argument's value becomes the property's.
    pub via: Option<Via>,
    /// Values of the argument that are not sent.
    pub omit: Vec<Scalar>,
    /// When the row holds.
    pub when: Option<When>,
    /// What is sent when the argument is absent and its block is present; `None` when nothing is.
    pub absent: Option<Scalar>,
    /// The same per major, where that differs.
    pub absents: Vec<(u32, Scalar)>,
    /// What is sent when the block around the argument is absent.
    pub no_block: Option<Scalar>,
    /// The majors that have the row; empty for all.
    pub majors: Vec<u32>,
}

/// One step of an argument's or property's path in a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// A member.
    Name(#[serde(deserialize_with = "shared")] Arc<str>),
    /// `[*]`: each item of a list; the nth of the argument is the nth of the property.
    Each,
    /// `[0]`: the item at a place.
    At(u32),
    /// `[+]`: one more item of a list.
    Append,
    /// `{*}`: the member that the item's `name` names.
    Key,
    /// `[name='x']`: the one item whose member has that value.
    Where(String, String),
    /// `[*:name='x']`: each item, with that member.
    EachWhere(String, String),
}

/// How an argument's value becomes a property's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Via {
    /// A list's items become the keys of an object.
    Keys,
    /// A resource id.
    Id,
    /// The named component of a resource id or key URL.
    IdPart(String),
    /// A list's items joined by a text.
    Join(String),
    /// A text with `%s` and `%d` for the arguments in order.
    Format(String),
    /// Its spelling as text.
    ToText,
    /// The number that the text spells.
    ToInt,
    /// The truth value that the text spells.
    ToBool,
    /// The value that a JSON text spells.
    Json,
    /// Its base64 form.
    Base64,
    /// What its base64 form says.
    Base64Decode,
    /// The text in double quotes.
    Quote,
    /// The host of a URL.
    UrlHost,
    /// The path of a URL.
    UrlPath,
    /// The keys of a map as a list.
    MapKeys,
    /// A map as a list of objects: `name` and the named member.
    Pairs(String),
    /// The part of a text before the first occurrence of another.
    Before(String),
    /// A computation that is not followed; the value is unknown.
    Opaque(String),
}

/// A condition on arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum When {
    /// The argument or block is written.
    Set(Vec<Part>),
    /// The argument is true.
    Is(Vec<Part>),
    /// The argument has this value.
    Equals(Vec<Part>, String),
    /// The condition does not hold.
    Not(Box<When>),
    /// Both hold.
    And(Box<When>, Box<When>),
    /// One holds.
    Or(Box<When>, Box<When>),
}

impl Part {
    /// Returns `true` if the part stands for each item of a list.
    #[must_use]
    pub fn is_star(&self) -> bool {
        matches!(self, Self::Each | Self::Key | Self::EachWhere(..))
    }
}

impl Target {
    /// The API version that the provider of `major` sends.
    #[must_use]
    pub fn api_in(&self, major: u32) -> Option<&str> {
        let exact = self.api.iter().find(|(m, _)| *m == major);
        let found = exact.or_else(|| self.api.last());
        found.map(|(_, version)| version.as_str())
    }

    /// The rows that hold in `major`.
    pub fn rows_in(&self, major: u32) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.is_in(major))
    }
}

impl Row {
    /// Returns `true` if the provider of `major` has this row.
    #[must_use]
    pub fn is_in(&self, major: u32) -> bool {
        self.majors.is_empty() || self.majors.contains(&major)
    }

    /// What is sent in `major` when the argument is absent and its block is present; `None` when
    /// nothing is.
    #[must_use]
    pub fn absent_in(&self, major: u32) -> Option<&Scalar> {
        let listed = self.absents.iter().find(|(m, _)| *m == major);
        let value = listed.map(|(_, value)| value).or(self.absent.as_ref());
        value.filter(|value| **value != Scalar::Null)
    }

    /// The argument that repeats most: it leads, and the others are read at its positions.
    #[must_use]
    pub fn lead(&self) -> Option<&[Part]> {
        if let [only] = self.tf.as_slice() {
            return Some(only);
        }
        let stars = |path: &&Vec<Part>| path.iter().filter(|part| part.is_star()).count();
        let lead = self.tf.iter().rev().max_by_key(stars);
        lead.map(Vec::as_slice)
    }

    /// What is sent in `major` when the argument is absent; `in_block` tells whether the block around
    /// it is there. `None` when nothing is.
    #[must_use]
    pub fn sent_for_absent(&self, in_block: bool, major: u32) -> Option<&Scalar> {
        let sent = if in_block {
            let unset = self.mapped("<unset>").filter(|it| **it != Scalar::Null);
            unset.or_else(|| self.absent_in(major))
        } else {
            self.no_block.as_ref()
        };
        sent.filter(|it| **it != Scalar::Null)
    }

    /// What the map says of `key`; `None` when it does not list it.
    #[must_use]
    pub fn mapped(&self, key: &str) -> Option<&Scalar> {
        let found = self.map.iter().find(|(from, _)| from == key);
        found.map(|(_, to)| to)
    }
}

impl Lens {
    /// The major to speak for: `major` if the type has it, else the nearest that does.
    #[must_use]
    pub fn major(&self, major: Option<u32>) -> u32 {
        let newest = self.majors.last().copied().unwrap_or_default();
        let Some(major) = major else { return newest };
        let not_newer = self.majors.iter().rev().find(|m| **m <= major);
        let oldest = self.majors.first().copied();
        not_newer.copied().or(oldest).unwrap_or(newest)
    }
}
