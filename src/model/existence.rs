use std::sync::Arc;

use super::{Origin, Unknown};

/// Whether a resource exists.
#[derive(Clone, Debug, PartialEq)]
pub enum Existence {
    /// It does.
    Certain,
    /// It depends on a condition that is not known, written there.
    Conditional(Origin),
    /// It stands for an unknown number of instances (`count`, `for_each`, `copy`).
    Symbolic(Arc<Unknown>),
}
