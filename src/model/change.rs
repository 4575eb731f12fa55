use super::{Entry, Kind, Path, Value};

/// A wish about one resource, in the cloud's own terms. A planner turns it into edits.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The value at `path` shall be `to`; missing parents are made.
    Set {
        /// Where.
        path: Path,
        /// What it shall be.
        to: Value,
    },
    /// The list at `path` shall have `item` too.
    Append {
        /// The list.
        path: Path,
        /// The new item.
        item: Value,
    },
    /// What is at `path` shall be gone: a property, or the item of a list.
    Remove {
        /// What; an item of a list is named by value.
        path: Path,
    },
    /// A companion resource shall exist.
    AddResource {
        /// Its type, in the cloud's terms.
        kind: Kind,
        /// Its body, in the cloud's terms; `name` is what it shall be called.
        body: Vec<Entry>,
        /// How it names the resource that it serves.
        relation: super::Relation,
    },
}
