//! The rule file as it is written, and the packed form in which the built-in rules are embedded.
//!
//! The build script compiles this file too, so it depends on serde alone. Every type can be read from
//! YAML and from postcard, which does not describe itself: what YAML lets people abbreviate is told
//! apart by [`Deserializer::is_human_readable`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// One rule file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Names the bad thing; equal to the file's name without its ending.
    pub id: String,
    /// The recommendation's own name in the portal.
    pub title: String,
    /// The recommendation it stands for.
    #[serde(default)]
    pub recommendation: Recommendation,
    /// How bad.
    pub severity: Severity,
    /// `false` for rules that are off unless selected.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What it applies to.
    pub targets: Vec<Target>,
    /// Why it matters.
    pub why: String,
    /// What to do by hand.
    pub steps: String,
}

/// `recommendation:`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// Defender's assessment key.
    #[serde(default)]
    pub key: Option<String>,
    /// The Azure Policy definition's GUID.
    #[serde(default)]
    pub policy: Option<String>,
    /// Defender's category.
    #[serde(default)]
    pub category: String,
    /// Control ids by standard.
    #[serde(default)]
    pub controls: Pairs<Many<String>>,
}

/// `severity: high`, or `severity: { ours: high }` where Defender publishes none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Severity {
    /// `low`, `medium`, `high` or `critical`.
    pub level: Level,
    /// Whether it is ours.
    pub ours: bool,
}

/// The word of a severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// One entry of `targets:`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The resource types.
    pub resource: Many<String>,
    /// Where the rule applies.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What must hold.
    pub require: Condition,
    /// The property a finding is about: the first of these that decides.
    #[serde(default)]
    pub at: Many<String>,
    /// What mends it.
    #[serde(default)]
    pub fix: Many<Fix>,
}

/// One condition: `allOf`, `anyOf`, `not`, `related`, or a subject (`field`, `value`, `count`) with
/// one comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Condition {
    /// All of these hold.
    pub all_of: Option<Vec<Condition>>,
    /// One of these holds.
    pub any_of: Option<Vec<Condition>>,
    /// This does not hold.
    pub not: Option<Box<Condition>>,
    /// Another resource exists.
    pub related: Option<Box<Related>>,
    /// A property path.
    pub field: Option<String>,
    /// A literal or an expression.
    #[serde(deserialize_with = "present")]
    pub value: Option<Literal>,
    /// How many elements.
    pub count: Option<Box<Count>>,
    /// Equal, ignoring case.
    #[serde(deserialize_with = "present")]
    pub equals: Option<Literal>,
    /// Not equal.
    #[serde(deserialize_with = "present")]
    pub not_equals: Option<Literal>,
    /// One of these.
    pub r#in: Option<Vec<Literal>>,
    /// None of these.
    pub not_in: Option<Vec<Literal>>,
    /// A pattern with one `*`.
    pub like: Option<String>,
    /// Not that pattern.
    pub not_like: Option<String>,
    /// A pattern of `#`, `?` and `.`.
    pub r#match: Option<String>,
    /// Not that pattern.
    pub not_match: Option<String>,
    /// That pattern, ignoring case.
    pub match_insensitively: Option<String>,
    /// Not that pattern, ignoring case.
    pub not_match_insensitively: Option<String>,
    /// A part of a text or a member of a list.
    #[serde(deserialize_with = "present")]
    pub contains: Option<Literal>,
    /// Neither a part nor a member.
    #[serde(deserialize_with = "present")]
    pub not_contains: Option<Literal>,
    /// The object has this key.
    pub contains_key: Option<String>,
    /// The object does not have this key.
    pub not_contains_key: Option<String>,
    /// Whether it is there.
    pub exists: Option<bool>,
    /// Greater.
    #[serde(deserialize_with = "present")]
    pub greater: Option<Literal>,
    /// Greater or equal.
    #[serde(deserialize_with = "present")]
    pub greater_or_equals: Option<Literal>,
    /// Less.
    #[serde(deserialize_with = "present")]
    pub less: Option<Literal>,
    /// Less or equal.
    #[serde(deserialize_with = "present")]
    pub less_or_equals: Option<Literal>,
    /// A port, a range of ports or `*` that covers one of these.
    pub covers_port: Option<Vec<u16>>,
    /// An address range that covers one of these.
    pub covers_range: Option<Vec<String>>,
}

/// `count:`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The elements; ends in `[*]`.
    pub field: String,
    /// Which of them.
    #[serde(default)]
    pub r#where: Option<Condition>,
}

/// `related:`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// The other's type.
    pub resource: String,
    /// How it belongs to this one.
    pub by: By,
    /// For `reference`, the path in the other; for `refers-to`, the path in this one.
    #[serde(default)]
    pub at: Option<String>,
    /// Which are meant.
    #[serde(default)]
    pub r#where: Option<Condition>,
    /// What one of them must fulfil.
    #[serde(default)]
    pub require: Option<Condition>,
    /// What it means that none is in view.
    #[serde(default)]
    pub elsewhere: Elsewhere,
}

/// How a companion belongs to the resource that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// It is a child by name.
    Child,
    /// It is the parent by name.
    Parent,
    /// It extends the resource.
    Extension,
    /// Its value `at` names the resource.
    Reference,
    /// The resource's value `at` names it.
    RefersTo,
}

/// What it means that no companion is in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elsewhere {
    /// It is not there.
    #[default]
    Fail,
    /// It may be declared elsewhere.
    Undecided,
}

/// `fix:`, or one of its list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// Only where this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Properties to set.
    #[serde(default)]
    pub set: Pairs<Literal>,
    /// Items to add to lists.
    #[serde(default)]
    pub append: Pairs<Literal>,
    /// Properties or elements to remove.
    #[serde(default)]
    pub remove: Many<String>,
    /// Companions to add.
    #[serde(default)]
    pub add: Many<Companion>,
    /// The most it claims.
    pub safety: Safety,
    /// What applying it may cost.
    #[serde(default)]
    pub hazards: Vec<Hazard>,
    /// What only a person can choose.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// One entry of `add:`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Its type.
    pub resource: String,
    /// How it belongs to the resource.
    pub by: By,
    /// Its path that names the resource, for `reference`.
    #[serde(default)]
    pub at: Option<String>,
    /// Its body.
    #[serde(default)]
    pub body: Pairs<Literal>,
}

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Only shown.
    Manual,
    /// On demand.
    Unsafe,
    /// By default.
    Safe,
}

/// What applying a fix may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// It stops serving for a while.
    Interrupts,
    /// It is destroyed and made anew.
    Replaces,
    /// Someone who can reach it today cannot tomorrow.
    LocksOut,
    /// A value is needed that only a person can choose.
    NeedsInput,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Literal {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, or an expression in brackets.
    String(String),
    /// A list.
    List(Vec<Literal>),
    /// An object, in order.
    Map(Vec<(String, Literal)>),
}

/// A mapping in the order in which it is written. A key that stands twice is refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pairs<T>(pub Vec<(String, T)>);

/// A list, or one thing in place of a list of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Many<T>(pub Vec<T>);

/// The built-in rules as they are embedded: what is needed to find one, and each rule on its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct Packed {
    /// One row a rule, sorted by id.
    pub index: Vec<Row>,
    /// The rules, each in postcard, one after the other.
    pub rules: Vec<u8>,
}

/// What the catalogue knows of a rule before it decodes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The rule's id.
    pub id: String,
    /// The rule's title.
    pub title: String,
    /// The file, relative to the folder of rules.
    pub path: String,
    /// The resource types of its targets, lower case, sorted.
    pub kinds: Vec<String>,
    /// What it stands for.
    pub recommendation: Recommendation,
    /// How bad.
    pub severity: Severity,
    /// Whether it is on.
    pub enabled: bool,
    /// Where its bytes start in [`Packed::rules`].
    pub start: u32,
    /// How many bytes it has.
    pub len: u32,
}

impl Row {
    /// The row of a rule whose bytes have not been placed yet.
    #[must_use]
    pub fn of(path: &str, rule: &RuleFile) -> Self {
        let kinds = rule.targets.iter().flat_map(|target| &target.resource.0);
        let mut kinds: Vec<String> = kinds.map(|kind| kind.to_ascii_lowercase()).collect();
        kinds.sort();
        kinds.dedup();
        Self {
            id: rule.id.clone(),
            title: rule.title.clone(),
            path: path.to_owned(),
            kinds,
            recommendation: rule.recommendation.clone(),
            severity: rule.severity.clone(),
            enabled: rule.enabled,
            start: 0,
            len: 0,
        }
    }
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

fn yes() -> bool {
    true
}

/// A key that is there, so that `equals: null` is a comparison with null and not its absence.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Literal>, D::Error> {
    if deserializer.is_human_readable() {
        Literal::deserialize(deserializer).map(Some)
    } else {
        Option::deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ours {
            ours: Level,
        }
        #[derive(Deserialize)]
        struct Plain {
            level: Level,
            ours: bool,
        }
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Severity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`low`, `medium`, `high`, `critical`, or `ours:` and one of them")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Severity, E> {
                let level = Level::deserialize(StrDeserializer::new(text))?;
                Ok(Severity { level, ours: false })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Severity, A::Error> {
                let level = Ours::deserialize(MapAccessDeserializer::new(map))?.ours;
                Ok(Severity { level, ours: true })
            }
        }
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(Words);
        }
        Plain::deserialize(deserializer).map(|Plain { level, ours }| Self { level, ours })
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        enum Plain {
            Null,
            Bool(bool),
            Int(i64),
            Float(f64),
            String(String),
            List(Vec<Literal>),
            Map(Vec<(String, Literal)>),
        }
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(LiteralVisitor);
        }
        Ok(match Plain::deserialize(deserializer)? {
            Plain::Null => Self::Null,
            Plain::Bool(value) => Self::Bool(value),
            Plain::Int(value) => Self::Int(value),
            Plain::Float(value) => Self::Float(value),
            Plain::String(value) => Self::String(value),
            Plain::List(value) => Self::List(value),
            Plain::Map(value) => Self::Map(value),
        })
    }
}

struct LiteralVisitor;

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Literal, E> {
        Ok(Literal::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Literal, E> {
        let value = i64::try_from(value).map_err(|_| E::custom("the number is too large"))?;
        Ok(Literal::Int(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Literal, E> {
        Ok(Literal::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Literal, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Literal::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Literal, A::Error> {
        PairsVisitor(PhantomData)
            .visit_map(map)
            .map(|pairs| Literal::Map(pairs.0))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_map(PairsVisitor(PhantomData));
        }
        Vec::deserialize(deserializer).map(Self)
    }
}

struct PairsVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for PairsVisitor<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
        let mut pairs: Vec<(String, T)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            pairs.push((key, map.next_value()?));
        }
        Ok(Pairs(pairs))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for OneOrMore<T> {
            type Value = Many<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one entry or a list of entries")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Many<T>, E> {
                T::deserialize(StrDeserializer::new(text)).map(|one| Many(vec![one]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| Many(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Many(items))
            }
        }
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(OneOrMore(PhantomData));
        }
        Vec::deserialize(deserializer).map(Self)
    }
}
