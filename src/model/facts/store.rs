//! The embedded form of a set of entries by name: a sorted index that is searched in place, and one
//! `postcard` encoding an entry. The build script writes it, the program reads it; nothing is decoded
//! before it is asked for.

use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

/// Bytes of one index record: where the key and the value lie, as four little-endian `u32`.
const RECORD: usize = 16;

/// A set of named entries in their embedded form. Names are lower case.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    bytes: &'static [u8],
}

impl Store {
    /// Takes what [`pack`] made.
    #[must_use]
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.number(0) as usize
    }

    /// Returns `true` if there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of the entry at `index`, in sorted order.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<&'static str> {
        std::str::from_utf8(self.part(index, 0)?).ok()
    }

    /// The encoded entry at `index`.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&'static [u8]> {
        self.part(index, 8)
    }

    /// The position of the entry named `name`, ignoring ASCII case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let lowered = name.bytes().map(|byte| byte.to_ascii_lowercase());
            match self.part(middle, 0)?.iter().copied().cmp(lowered) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    fn part(&self, index: usize, field: usize) -> Option<&'static [u8]> {
        if index >= self.len() {
            return None;
        }
        let record = 4 + index * RECORD + field;
        let start = self.number(record) as usize;
        let length = self.number(record + 4) as usize;
        self.bytes.get(start..start.checked_add(length)?)
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }
}

/// A [`Store`] whose entries are decoded on demand and kept.
#[derive(Debug)]
pub struct Decoded<T> {
    store: Store,
    slots: OnceLock<Box<[Slot<T>]>>,
}

/// The place of one decoded entry: empty until asked for, `None` when its bytes cannot be read.
type Slot<T> = OnceLock<Option<Arc<T>>>;

impl<T: DeserializeOwned> Decoded<T> {
    /// Takes what [`pack`] made, decoding nothing.
    #[must_use]
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self {
            store: Store::new(bytes),
            slots: OnceLock::new(),
        }
    }

    /// The entries in their embedded form.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store
    }

    /// The entry named `name`, ignoring ASCII case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<T>> {
        self.at(self.store.find(name)?)
    }

    /// The entry at `index`, in the order of names.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Arc<T>> {
        let slot = self.slots().get(index)?;
        slot.get_or_init(|| {
            postcard::from_bytes(self.store.entry(index)?)
                .ok()
                .map(Arc::new)
        })
        .clone()
    }

    /// How many entries have been decoded so far.
    #[must_use]
    pub fn decoded(&self) -> usize {
        let slots = self.slots.get().map(|slots| slots.iter());
        slots.map_or(0, |slots| slots.filter(|slot| slot.get().is_some()).count())
    }

    fn slots(&self) -> &[Slot<T>] {
        self.slots
            .get_or_init(|| (0..self.store.len()).map(|_| OnceLock::new()).collect())
    }
}

/// The embedded form of `entries`. Names are lowered; of equal names the last one stays.
#[must_use]
pub fn pack(entries: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let entries: std::collections::BTreeMap<String, Vec<u8>> = entries
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let head = 4 + entries.len() * RECORD;
    let (mut index, mut data) = (size(entries.len()).to_vec(), Vec::<u8>::new());
    for (name, value) in &entries {
        for part in [name.as_bytes(), value] {
            index.extend(size(head + data.len()));
            index.extend(size(part.len()));
            data.extend(part);
        }
    }
    index.extend(data);
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(names: &[&str]) -> Store {
        let entries = names
            .iter()
            .map(|name| ((*name).to_owned(), name.as_bytes().to_vec()));
        Store::new(pack(entries).leak())
    }

    #[test]
    fn entries_are_found_by_name_ignoring_case() {
        let store = store(&["b", "A", "c/d"]);
        assert_eq!(store.len(), 3);
        for (name, found) in [
            ("a", Some(0)),
            ("B", Some(1)),
            ("C/D", Some(2)),
            ("x", None),
        ] {
            assert_eq!(store.find(name), found, "{name}");
        }
        assert_eq!(store.entry(0), Some(&b"A"[..]));
        assert_eq!(store.name(3), None);
    }

    #[test]
    fn broken_bytes_hold_nothing() {
        for bytes in [&[][..], &[1, 0], &[9, 0, 0, 0, 1, 2], &[255; 40]] {
            let store = Store::new(bytes.to_vec().leak());
            assert_eq!(store.find("a"), None);
        }
    }
}
