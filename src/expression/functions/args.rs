use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Collection, Data, Entry, Map, Number, Origin, Value};

/// The arguments of a call, and what the function is called.
#[derive(Clone, Copy)]
pub(super) struct Args<'a> {
    pub(super) name: &'static str,
    pub(super) values: &'a [Value],
    /// The origin of what the call computes.
    pub(super) origin: Origin,
}

impl<'a> Args<'a> {
    /// The argument at `index`; null when it was not given.
    pub(super) fn at(&self, index: usize) -> &'a Data {
        self.values
            .get(index)
            .map_or(&Data::Null, |value| &value.data)
    }

    /// Returns `true` if the argument at `index` was given.
    pub(super) fn has(&self, index: usize) -> bool {
        index < self.values.len()
    }

    pub(super) fn text(&self, index: usize) -> Result<&'a Arc<str>, String> {
        match self.at(index) {
            Data::String(text) => Ok(text),
            _ => Err(self.wrong(index, "a text")),
        }
    }

    pub(super) fn integer(&self, index: usize) -> Result<i64, String> {
        match self.at(index) {
            Data::Number(number) => number
                .as_i64()
                .ok_or_else(|| self.wrong(index, "an integer")),
            _ => Err(self.wrong(index, "an integer")),
        }
    }

    /// An integer that counts something; negative ones count nothing.
    pub(super) fn size(&self, index: usize) -> Result<usize, String> {
        Ok(usize::try_from(self.integer(index)?).unwrap_or(0))
    }

    pub(super) fn truth(&self, index: usize) -> Result<bool, String> {
        match self.at(index) {
            Data::Bool(truth) => Ok(*truth),
            _ => Err(self.wrong(index, "true or false")),
        }
    }

    pub(super) fn list(&self, index: usize) -> Result<&'a [Value], String> {
        match self.at(index) {
            Data::List(list) => Ok(&list.items),
            _ => Err(self.wrong(index, "an array")),
        }
    }

    pub(super) fn map(&self, index: usize) -> Result<&'a Map, String> {
        match self.at(index) {
            Data::Map(map) => Ok(map),
            _ => Err(self.wrong(index, "an object")),
        }
    }

    /// What to say of an argument that is not `expected`.
    pub(super) fn wrong(&self, index: usize, expected: &str) -> String {
        let found = self
            .values
            .get(index)
            .map_or("nothing", |value| describe(value));
        format!(
            "the {} argument of `{}` must be {expected}, not {found}",
            ordinal(index),
            self.name
        )
    }

    pub(super) fn make_text(&self, text: impl Into<Arc<str>>) -> Value {
        Value::string(text, self.origin)
    }

    pub(super) fn make_truth(&self, truth: bool) -> Value {
        Value::new(Data::Bool(truth), self.origin)
    }

    pub(super) fn make_integer(&self, value: i64) -> Value {
        Value::new(Data::Number(Number::from(value)), self.origin)
    }

    /// A length as a value.
    pub(super) fn make_size(&self, value: usize) -> Value {
        self.make_integer(i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub(super) fn make_list(&self, items: Vec<Value>) -> Value {
        Value::list(items, self.origin)
    }

    pub(super) fn make_map(&self, entries: Vec<Entry>) -> Value {
        Value::map(entries, self.origin)
    }

    /// An object; `open` when it may have further members that are not known.
    pub(super) fn make_open_map(&self, entries: Vec<Entry>, open: bool) -> Value {
        let map = Map {
            collection: Collection::Structural,
            element: None,
            entries,
            open,
        };
        Value::new(Data::Map(Arc::new(map)), self.origin)
    }
}

/// An object on its way: a key that comes again replaces the value, whatever its case.
#[derive(Default)]
pub(super) struct Members {
    entries: Vec<Entry>,
    index: FxHashMap<String, usize>,
}

impl Members {
    pub(super) fn put(&mut self, key: &Arc<str>, value: Value) {
        let at = *self
            .index
            .entry(key.to_ascii_lowercase())
            .or_insert(self.entries.len());
        match self.entries.get_mut(at) {
            Some(entry) => entry.value = value,
            None => self.entries.push(Entry {
                key: Arc::clone(key),
                value,
            }),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let at = self.index.get(&key.to_ascii_lowercase())?;
        self.entries.get(*at).map(|entry| &entry.value)
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

/// What sort of value this is, in words.
pub(in crate::expression) fn describe(value: &Value) -> &'static str {
    match &value.data {
        Data::Null => "null",
        Data::Bool(_) => "true or false",
        Data::Number(_) => "a number",
        Data::String(_) => "a text",
        Data::List(_) => "an array",
        Data::Map(_) => "an object",
        Data::Unknown(_) => "an unknown value",
    }
}

fn ordinal(index: usize) -> &'static str {
    match index {
        0 => "first",
        1 => "second",
        2 => "third",
        3 => "fourth",
        _ => "next",
    }
}
