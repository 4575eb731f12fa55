//! A rule that cannot be loaded: what is wrong and where, so that it can be shown under the YAML.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

/// Why a rule file was refused.
#[derive(Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The file's path as given.
    pub path: String,
    /// One whole sentence.
    pub message: String,
    /// The text of the file, with its path as name.
    source: miette::NamedSource<String>,
    /// Byte offset and length in the text, where known.
    pub place: Option<(usize, usize)>,
}

/// One step on the way to a place in a YAML document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// The value of a key.
    Key(&'t str),
    /// The key itself.
    Name(&'t str),
    /// An item of a list; item 0 of what is no list is the thing itself.
    Item(usize),
}

/// The way to a place in a YAML document, growing as the compiler goes down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trail<'t> {
    parent: Option<&'t Trail<'t>>,
    part: Option<Part<'t>>,
}

/// A fault at a place that has not been turned into an offset yet.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    parts: Vec<OwnedPart>,
    message: String,
}

#[derive(Clone, Debug)]
enum OwnedPart {
    Key(String),
    Name(String),
    Item(usize),
}

impl<'t> Trail<'t> {
    /// The document.
    pub(super) const ROOT: Trail<'static> = Trail {
        parent: None,
        part: None,
    };

    /// The place of the value under `name`.
    pub(super) fn key(&'t self, name: &'t str) -> Trail<'t> {
        self.to(Part::Key(name))
    }

    /// The place of the key `name` itself.
    pub(super) fn name(&'t self, name: &'t str) -> Trail<'t> {
        self.to(Part::Name(name))
    }

    /// The place of the item at `index`.
    pub(super) fn item(&'t self, index: usize) -> Trail<'t> {
        self.to(Part::Item(index))
    }

    fn to(&'t self, part: Part<'t>) -> Trail<'t> {
        Trail {
            parent: Some(self),
            part: Some(part),
        }
    }

    /// A fault at this place.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        let mut parts = Vec::new();
        let mut at = Some(self);
        while let Some(trail) = at {
            parts.extend(trail.part.map(|part| match part {
                Part::Key(name) => OwnedPart::Key(name.to_owned()),
                Part::Name(name) => OwnedPart::Name(name.to_owned()),
                Part::Item(index) => OwnedPart::Item(index),
            }));
            at = trail.parent;
        }
        parts.reverse();
        Fault {
            parts,
            message: message.into(),
        }
    }
}

impl RuleError {
    /// A fault of the whole file.
    pub(super) fn whole(path: &str, text: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
            source: miette::NamedSource::new(path, text.to_owned()),
            place: None,
        }
    }

    /// A fault at a byte offset and length.
    pub(super) fn placed(
        path: &str,
        text: &str,
        message: impl Into<String>,
        place: (usize, usize),
    ) -> Self {
        let mut out = Self::whole(path, text, message);
        out.place = Some(place);
        out
    }

    /// What the YAML reader said.
    pub(super) fn yaml(path: &str, text: &str, error: &serde_yaml::Error) -> Self {
        let message = error.to_string();
        let message = message.find(" at line ").map_or(message.as_str(), |end| {
            message.get(..end).unwrap_or(&message)
        });
        let mut out = Self::whole(path, text, capitalised(message));
        out.place = error
            .location()
            .map(|location| word_at(text, location.index()));
        out
    }

    /// A fault that the compiler found, placed in the text.
    pub(super) fn located(path: &str, text: &str, fault: Fault) -> Self {
        let place = locate(text, &fault.parts);
        let mut out = Self::whole(path, text, fault.message);
        out.place = place;
        out
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.inner()
    }

    /// Line and column of the place, both from 1.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        let (start, _) = self.place?;
        let before = self.source.inner().get(..start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next()?.chars().count() + 1;
        Some((line, column))
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column().unwrap_or((0, 0));
        write!(f, "{}:{line}:{column}: {}", self.path, self.message)
    }
}

impl std::error::Error for RuleError {}

impl Diagnostic for RuleError {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, len) = self.place?;
        let label = LabeledSpan::new(Some("here".to_owned()), start, len);
        Some(Box::new(std::iter::once(label)))
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// The offset and length of what stands at byte `index`: to the end of the word or quoted text.
fn word_at(text: &str, index: usize) -> (usize, usize) {
    let rest = text.get(index..).unwrap_or_default();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => rest
            .get(1..)
            .and_then(|inner| inner.find(quote))
            .map(|at| at + 2),
        None => rest
            .find([',', '}', '\n', '#'])
            .or(Some(rest.len()))
            .map(|end| {
                let word = rest.get(..end).unwrap_or_default();
                word.find(": ")
                    .unwrap_or(word.trim_end().trim_end_matches(':').len())
            }),
    };
    (index, end.unwrap_or(1).max(1))
}

/// Reads the document again down to the place and lets the reader say where it stands.
fn locate(text: &str, parts: &[OwnedPart]) -> Option<(usize, usize)> {
    // A key that is not there (a missing member is the fault of what holds it) shortens the way.
    (0..=parts.len()).rev().find_map(|len| {
        let seed = Walk(parts.get(..len)?);
        let error = seed
            .deserialize(serde_yaml::Deserializer::from_str(text))
            .err()?;
        Some(word_at(text, error.location()?.index()))
    })
}

/// Follows a way into a document and fails where it ends.
struct Walk<'p>(&'p [OwnedPart]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Walk<'_> {
    fn end<E: serde::de::Error>(&self) -> Result<(), E> {
        let here = matches!(self.0, [] | [OwnedPart::Item(0)]);
        if here { Err(E::custom("here")) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.end()
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.end()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.end()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.end()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.end()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.end()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((OwnedPart::Item(wanted), rest)) = self.0.split_first() else {
            return self.end();
        };
        for _ in 0..*wanted {
            if seq.next_element::<serde::de::IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        seq.next_element_seed(Walk(rest))?;
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let parts = match self.0 {
            [OwnedPart::Item(0), rest @ ..] => rest,
            parts => parts,
        };
        let Some((first, rest)) = parts.split_first() else {
            return Err(A::Error::custom("here"));
        };
        while let Some(hit) = map.next_key_seed(Key(first))? {
            if hit {
                map.next_value_seed(Walk(rest))?;
            } else {
                map.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Reads a key; fails at it when the key itself is what is looked for.
struct Key<'p>(&'p OwnedPart);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
        match self.0 {
            OwnedPart::Key(name) => Ok(name == text),
            OwnedPart::Name(name) if name == text => Err(E::custom("here")),
            OwnedPart::Name(_) | OwnedPart::Item(_) => Ok(false),
        }
    }
}
