//! Which resources may be meant: an index that leaves out those that certainly are not, so that of
//! many resources each need not be held against each other. What it gives is compared as ever; it
//! only has to be complete.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::ResourceId;

/// Something that a resource is known by, and by which others name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// Its address.
    Address(String),
    /// The address without keys of what has some: who leaves keys out may mean any instance.
    AnyOf(String),
    /// A name, in lower case.
    Name(String),
}

/// By what something is known or what it names; `None` where that may be anything.
pub(super) type Marks = Option<Vec<Mark>>;

/// Resources by what they are known by, or by what they name.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    marked: FxHashMap<Mark, Vec<ResourceId>>,
    unmarked: Vec<ResourceId>,
    all: Vec<ResourceId>,
}

impl Candidates {
    /// Adds a resource; they are added in order.
    pub(super) fn add(&mut self, id: ResourceId, marks: Marks) {
        self.all.push(id);
        let Some(marks) = marks else {
            self.unmarked.push(id);
            return;
        };
        for mark in marks {
            self.marked.entry(mark).or_default().push(id);
        }
    }

    /// Those that have one of `marks`, or may have, in order.
    pub(super) fn find(&self, marks: Marks) -> Vec<ResourceId> {
        let Some(marks) = marks else {
            return self.all.clone();
        };
        let mut found = self.unmarked.clone();
        found.extend(
            marks
                .iter()
                .filter_map(|mark| self.marked.get(mark))
                .flatten(),
        );
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The indices of an estate, each made when it is first asked for. An estate does not change once it
/// is asked for relations; a copy of it begins with none.
#[derive(Debug, Default)]
pub(super) struct Indices(Mutex<BTreeMap<(String, Use), Arc<Candidates>>>);

impl Indices {
    /// The index of the resources of a type, given in lower case, for a use; `make` makes it.
    pub(super) fn get(
        &self,
        kind: String,
        by: Use,
        make: impl FnOnce() -> Candidates,
    ) -> Arc<Candidates> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = held.entry((kind, by));
        Arc::clone(index.or_insert_with(|| Arc::new(make())))
    }
}

impl Clone for Indices {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// What the resources of a type are looked up by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// The parent, which has so many names.
    Parent(usize),
    /// What they extend.
    Extended,
    /// What their values at a path name.
    Named(String),
    /// What they are, for a value under this name.
    Own(String),
}
