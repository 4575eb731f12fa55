//! Inside a count: which element is at hand.

use std::sync::Arc;

use crate::model::{Path, Step, Value};

/// The element that is being counted.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// An element of the resource: its path as the rule writes it, and its concrete path.
    Element {
        /// As written.
        pattern: Path,
        /// The one at hand.
        at: Path,
    },
    /// An item of given values.
    Item {
        /// What `current()` calls it.
        name: Option<Arc<str>>,
        /// The one at hand.
        value: Value,
    },
}

/// Spells a path from the element at hand, where it starts like one that is being counted.
pub(super) fn bind(path: &Path, bound: &[Binding]) -> Path {
    for binding in bound.iter().rev() {
        let Binding::Element { pattern, at } = binding else {
            continue;
        };
        let steps = pattern.0.len();
        if path.0.len() >= steps
            && path.0[..steps]
                .iter()
                .zip(&pattern.0)
                .all(|(a, b)| same_step(a, b))
        {
            return at.then(&Path(path.0[steps..].to_vec()));
        }
    }
    path.clone()
}

fn same_step(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Name(a), Step::Name(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}
