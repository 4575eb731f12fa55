use super::{Origin, Path, Resource, Unknown, Value};

/// What a path leads to in a resource's body.
#[derive(Clone, Debug)]
pub enum Lookup<'m> {
    /// A value, which is not unknown itself (it may hold unknowns) and may be null.
    Found(&'m Value),
    /// Nothing is there. `parent` is the part of the path that exists; `rest` is what is missing.
    Missing {
        /// The longest part of the path that exists.
        parent: Path,
        /// What would have to be made.
        rest: Path,
    },
    /// The value, or one on the way to it, is not known.
    Unknown(&'m Unknown, Origin),
    /// The language cannot say: no lens row covers the path on this type.
    Unmapped,
}

/// Follows `path` into `resource`. A `[*]` fans out: one answer an element, each with its concrete
/// path; a list without elements gives no answer. Names are compared ignoring ASCII case.
#[must_use]
pub fn look_up<'m>(resource: &'m Resource, path: &Path) -> Vec<(Path, Lookup<'m>)> {
    let _ = (resource, path);
    todo!()
}
