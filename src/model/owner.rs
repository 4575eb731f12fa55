use super::{FragmentId, Path};

/// Which fragment says what is at a path of a resource.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    /// The path in the resource: names and indexes.
    pub(super) path: Path,
    /// The fragment.
    pub(super) fragment: FragmentId,
    /// The path in the fragment's body.
    pub(super) inner: Path,
}

impl Owner {
    /// A fragment that owns the whole resource.
    pub(super) fn whole(fragment: FragmentId) -> Self {
        Self {
            path: Path::default(),
            fragment,
            inner: Path::default(),
        }
    }
}
