use super::answer::{Answer, Stop};
use crate::lang::terraform::convert::{collection, mapping, nfc};
use crate::model::{Collection, Data, Entry, Number, Origin, Origins, Type, Unknown, Value, Why};
use crate::source::{RelPath, SourceTree, Span};

/// A text longer than this, in bytes, is not made.
pub(in crate::lang::terraform) const TEXT: usize = 8 << 20;

/// More members than this are not compared in one call.
const COMPARISONS: usize = 20_000_000;

/// A collection with more members than this is not made.
const MEMBERS: usize = 200_000;

/// One call of a function: where it stands, and what is made in it.
pub(in crate::lang::terraform) struct Call<'e> {
    /// The arena for the origins of what is made.
    pub(in crate::lang::terraform) origins: &'e mut Origins,
    /// The workspace.
    pub(in crate::lang::terraform) tree: &'e dyn SourceTree,
    /// The folder that relative paths start from.
    pub(in crate::lang::terraform) root: &'e RelPath,
    /// The text of the call.
    pub(in crate::lang::terraform) span: Span,
    made: Option<Origin>,
}

impl<'e> Call<'e> {
    /// A call at `span`.
    pub(in crate::lang::terraform) fn new(
        origins: &'e mut Origins,
        tree: &'e dyn SourceTree,
        root: &'e RelPath,
        span: Span,
    ) -> Self {
        Self {
            origins,
            tree,
            root,
            span,
            made: None,
        }
    }

    /// The origin of what is made in this call.
    pub(super) fn origin(&mut self) -> Origin {
        match self.made {
            Some(origin) => origin,
            None => *self.made.insert(self.origins.computed(self.span)),
        }
    }

    /// Whether `value` was made in this call, rather than chosen.
    pub(in crate::lang::terraform) fn has_made(&self, value: &Value) -> bool {
        self.made == Some(value.origin)
    }

    /// This data, made here.
    pub(super) fn value(&mut self, data: Data) -> Value {
        Value::new(data, self.origin())
    }

    /// Null.
    pub(super) fn null(&mut self) -> Value {
        self.value(Data::Null)
    }

    /// An unknown made of `value`, which is or holds one: for the same reason, decided by the same input.
    pub(super) fn unknown_like(&mut self, value: &Value, ty: Option<Type>) -> Value {
        let source = first_unknown(value);
        let mut unknown = Unknown::because(source.map_or(Why::Computed, |source| source.why));
        unknown.input = source.and_then(|source| source.input.clone());
        unknown.not_null = ty.is_some();
        unknown.ty = ty;
        Value::unknown(unknown, self.origin()).marked(value.sensitive)
    }

    /// A truth value.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "it stands where answers with limits stand as well"
    )]
    pub(super) fn truth(&mut self, value: bool) -> Answer {
        Ok(self.value(Data::Bool(value)))
    }

    /// A number.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "it stands where answers with limits stand as well"
    )]
    pub(super) fn number(&mut self, number: Number) -> Answer {
        Ok(self.value(Data::Number(number)))
    }

    /// A whole number.
    pub(super) fn count(&mut self, count: usize) -> Answer {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.number(Number::from(count))
    }

    /// A text in Unicode's composed form, as all of Terraform's are.
    pub(super) fn text(&mut self, text: &str) -> Answer {
        within_limit(text.len())?;
        let text = nfc(text);
        Ok(self.value(Data::String(text)))
    }

    /// A list of texts.
    pub(super) fn texts<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) -> Answer {
        let mut items = Vec::new();
        for text in texts {
            items.push(self.text(text.as_ref())?);
            members_within_limit(items.len())?;
        }
        self.list(Type::String, items)
    }

    /// A list.
    pub(super) fn list(&mut self, element: Type, items: Vec<Value>) -> Answer {
        self.gathered(Collection::Uniform, element, items)
    }

    /// A set.
    pub(super) fn set(&mut self, element: Type, items: Vec<Value>) -> Answer {
        let sensitive = items
            .iter()
            .any(crate::lang::terraform::convert::is_sensitive_within);
        let set = self.gathered(Collection::Set, element, items)?;
        Ok(set.marked(sensitive))
    }

    /// A tuple.
    pub(super) fn tuple(&mut self, items: Vec<Value>) -> Answer {
        self.gathered(Collection::Structural, Type::Any, items)
    }

    fn gathered(&mut self, kind: Collection, element: Type, items: Vec<Value>) -> Answer {
        members_within_limit(items.len())?;
        let data = collection(kind, element, items);
        Ok(self.value(data))
    }

    /// A map (`element` given) or object; of two entries of one key the last one counts.
    pub(super) fn mapping(&mut self, element: Option<Type>, entries: Vec<Entry>) -> Answer {
        members_within_limit(entries.len())?;
        let mut unique = std::collections::BTreeMap::new();
        for entry in entries {
            unique.insert(entry.key, entry.value);
        }
        let entries = unique
            .into_iter()
            .map(|(key, value)| Entry { key, value })
            .collect();
        let data = mapping(element, entries, false);
        Ok(self.value(data))
    }
}

/// Whether a text of `length` bytes may be made.
pub(super) fn within_limit(length: usize) -> Result<(), Stop> {
    if length <= TEXT {
        return Ok(());
    }
    Err(Stop::Limit(text_limit()))
}

/// What is told of a text that would be too long.
pub(in crate::lang::terraform) fn text_limit() -> String {
    let limit = TEXT >> 20;
    format!("A text of more than {limit} MiB is not made; it is taken as unknown.")
}

/// Whether each of `some` may be compared with each of `others`.
pub(super) fn comparisons_within_limit(some: usize, others: usize) -> Result<(), Stop> {
    if some.saturating_mul(others) <= COMPARISONS {
        return Ok(());
    }
    Err(Stop::Limit(
        "Two collections are too large to be compared member by member; the result is taken as unknown."
            .to_owned(),
    ))
}

/// Whether a collection of `count` members may be made.
pub(super) fn members_within_limit(count: usize) -> Result<(), Stop> {
    if count <= MEMBERS {
        return Ok(());
    }
    Err(Stop::Limit(format!(
        "A collection of more than {MEMBERS} members is not made; it is taken as unknown."
    )))
}

fn first_unknown(value: &Value) -> Option<&Unknown> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown),
        Data::List(list) => list.items.iter().find_map(first_unknown),
        Data::Map(map) => map
            .entries
            .iter()
            .find_map(|entry| first_unknown(&entry.value)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => None,
    }
}
