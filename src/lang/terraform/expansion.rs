//! How often a block stands, and as what.

use std::fmt;
use std::sync::Arc;

use crate::model::{Existence, Value};
use crate::syntax::hcl::quote;

/// How often a block stands.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    /// What repeats it.
    pub(super) by: By,
    /// Its instances.
    pub(super) instances: Arc<[One]>,
}

/// What repeats a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Nothing: it stands once.
    Nothing,
    /// `count`
    Count,
    /// `for_each`
    ForEach,
}

/// One instance of a block.
#[derive(Clone, Debug)]
pub(super) struct One {
    /// Its key.
    pub(super) key: Option<Key>,
    /// What `each` or `count` means in it.
    pub(super) bound: Option<Value>,
    /// Whether it exists.
    pub(super) existence: Existence,
}

/// The key of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `[0]`
    Index(usize),
    /// `["a"]`
    Text(Arc<str>),
    /// The instance stands for all that `count` makes.
    Counted,
    /// The instance stands for all that `for_each` makes.
    Each,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Text(text) => write!(f, "[{}]", quote(text)),
            Self::Counted => f.write_str("[count.index]"),
            Self::Each => f.write_str("[each.key]"),
        }
    }
}

impl Expansion {
    /// A block that stands once.
    pub(super) fn single() -> Self {
        let one = One {
            key: None,
            bound: None,
            existence: Existence::Certain,
        };
        Self {
            by: By::Nothing,
            instances: Arc::from([one]),
        }
    }

    /// Returns `true` if it is certain which instances there are.
    pub(super) fn is_certain(&self) -> bool {
        self.instances
            .iter()
            .all(|one| one.existence == Existence::Certain)
    }
}
