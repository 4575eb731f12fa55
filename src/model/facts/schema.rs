//! What a provider's schema says of a type. Shared with the build script, so it knows serde alone.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A plain value of a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// Nothing is sent or assumed.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A list of plain values; most often the empty one.
    List(Vec<Scalar>),
}

/// A Terraform resource type, over all major versions of its provider that are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The major versions that have the type, in ascending order; empty where versions are not told apart.
    pub majors: Vec<u32>,
    /// Its arguments and nested blocks.
    pub body: Body,
}

/// The inside of a resource or nested block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Attributes by name.
    #[serde(deserialize_with = "by_name")]
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// Nested blocks by name.
    #[serde(deserialize_with = "by_name")]
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
}

/// One attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a provider schema says each of these on its own"
)]
pub struct Attribute {
    /// Its type as Terraform spells it: `string`, `set(string)`.
    pub ty: String,
    /// Whether it must be given.
    pub required: bool,
    /// Whether the provider fills it in when it is not given.
    pub computed: bool,
    /// Whether it can only be read.
    pub read_only: bool,
    /// Whether a change destroys the resource and makes it anew.
    pub force_new: bool,
    /// The values it may take, where they are listed.
    pub values: Vec<String>,
    /// The majors that have it; empty for all of its parent's.
    pub majors: Vec<u32>,
    /// What the provider takes when it is not given.
    pub default: Option<Scalar>,
    /// The default of each major, where they differ; null for none.
    pub defaults: Vec<(u32, Scalar)>,
    /// What the documentation says the service takes when it is not given.
    pub doc_default: Option<Scalar>,
}

/// One nested block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NestedBlock {
    /// How it may be repeated.
    pub nesting: Nesting,
    /// The least number of them.
    pub min: u32,
    /// The greatest number of them; `None` for no limit.
    pub max: Option<u32>,
    /// The greatest number in each major, where they differ.
    pub maxs: Vec<(u32, Option<u32>)>,
    /// Whether it may also be written as an attribute, `b = [...]`.
    pub attribute_syntax: bool,
    /// Whether the provider fills it in when it is not given.
    pub computed: bool,
    /// Whether a change destroys the resource and makes it anew.
    pub force_new: bool,
    /// The majors that have it; empty for all of its parent's.
    pub majors: Vec<u32>,
    /// Its inside.
    pub body: Body,
}

/// How a nested block may be repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nesting {
    /// In order.
    #[default]
    List,
    /// Without order.
    Set,
    /// Once.
    Single,
}

/// Reads a map whose keys are shared by the values that are made with it, each in one allocation.
fn by_name<'de, D, T>(deserializer: D) -> Result<BTreeMap<Arc<str>, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Members<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = BTreeMap<Arc<str>, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("members by name")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((Shared(name), member)) = map.next_entry()? {
                members.insert(name, member);
            }
            Ok(members)
        }
    }

    deserializer.deserialize_map(Members(PhantomData))
}

/// A text that is read into one allocation.
struct Shared(Arc<str>);

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Shared;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Shared, E> {
                Ok(Shared(Arc::from(text)))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Reads a text into one allocation.
///
/// # Errors
/// Whatever the deserializer reports.
pub fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    Shared::deserialize(deserializer).map(|Shared(text)| text)
}

impl Schema {
    /// The attribute at `path`: the names of the blocks around it, then its own; no list steps.
    #[must_use]
    pub fn attribute<S: AsRef<str>>(&self, path: &[S]) -> Option<&Attribute> {
        let (name, blocks) = path.split_last()?;
        self.inside(blocks)?.attributes.get(name.as_ref())
    }

    /// The nested block at `path`.
    #[must_use]
    pub fn block<S: AsRef<str>>(&self, path: &[S]) -> Option<&NestedBlock> {
        let (name, blocks) = path.split_last()?;
        self.inside(blocks)?.blocks.get(name.as_ref())
    }

    /// Returns `true` if `path` leads to a nested block.
    #[must_use]
    pub fn is_block<S: AsRef<str>>(&self, path: &[S]) -> bool {
        self.block(path).is_some()
    }

    /// The inside of the block at `path`; the resource's own for the empty path.
    #[must_use]
    pub fn inside<S: AsRef<str>>(&self, path: &[S]) -> Option<&Body> {
        path.iter().try_fold(&self.body, |body, name| {
            body.blocks.get(name.as_ref()).map(|block| &block.body)
        })
    }

    /// Returns `true` if a change at `path` destroys the resource and makes it anew: the attribute says
    /// so, or a block around it.
    #[must_use]
    pub fn force_new<S: AsRef<str>>(&self, path: &[S]) -> bool {
        let around = (1..=path.len()).filter_map(|end| self.block(&path[..end]));
        around.into_iter().any(|block| block.force_new)
            || self.attribute(path).is_some_and(|it| it.force_new)
    }

    /// Returns `true` if the item at `path` exists in `major`: it and every block around it.
    #[must_use]
    pub fn has<S: AsRef<str>>(&self, path: &[S], major: u32) -> bool {
        let within = |majors: &[u32]| majors.is_empty() || majors.contains(&major);
        let blocks = path.len().saturating_sub(1);
        let last = match (self.attribute(path), self.block(path)) {
            (Some(attribute), _) => within(&attribute.majors),
            (None, Some(block)) => within(&block.majors),
            (None, None) => path.is_empty(),
        };
        last && within(&self.majors)
            && (1..=blocks).all(|end| self.block(&path[..end]).is_some_and(|b| within(&b.majors)))
    }

    /// The newest major version that has the type.
    #[must_use]
    pub fn newest(&self) -> Option<u32> {
        self.majors.last().copied()
    }
}

impl Attribute {
    /// What the provider of `major` takes when the attribute is not given; the newest listed where
    /// `major` is not known.
    #[must_use]
    pub fn default_in(&self, major: Option<u32>) -> Option<&Scalar> {
        let listed = major.and_then(|major| self.defaults.iter().find(|(m, _)| *m == major));
        match listed {
            Some((_, Scalar::Null)) => None,
            Some((_, value)) => Some(value),
            None => self.default.as_ref(),
        }
    }
}

impl NestedBlock {
    /// The greatest number of these blocks in `major`.
    #[must_use]
    pub fn max_in(&self, major: Option<u32>) -> Option<u32> {
        if self.nesting == Nesting::Single {
            return Some(1);
        }
        let listed = major.and_then(|major| self.maxs.iter().find(|(m, _)| *m == major));
        listed.map_or(self.max, |(_, max)| *max)
    }
}
