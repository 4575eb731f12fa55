use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{FileId, RelPath, SourceFile};

/// Reads sources on demand, confined to the workspace.
///
/// The disk-backed implementation lives in `files`; [`Overlay`] lays changed texts over any other.
/// A text that was read once stays available by its id for as long as the tree lives.
pub trait SourceTree: Sync {
    /// The text at `path`.
    ///
    /// # Errors
    /// [`ReadError`] when there is no such file in the workspace or it cannot be text.
    fn read(&self, path: &RelPath) -> Result<Arc<SourceFile>, ReadError>;

    /// The bytes at `path` as they are on disk (for `filebase64` and the like).
    ///
    /// # Errors
    /// [`ReadError`] when there is no such file in the workspace or it is too large.
    fn read_bytes(&self, path: &RelPath) -> Result<Vec<u8>, ReadError>;

    /// The paths of the files directly inside `folder`, sorted; empty when there is no such folder.
    fn list(&self, folder: &RelPath) -> Vec<RelPath>;

    /// Returns `true` if `folder` is a folder of the workspace.
    fn is_folder(&self, folder: &RelPath) -> bool;

    /// The names of the folders directly inside `folder`, sorted.
    fn folders(&self, folder: &RelPath) -> Vec<RelPath>;

    /// A text that was read before; `None` for an id this tree never gave out.
    fn get(&self, id: FileId) -> Option<Arc<SourceFile>>;

    /// An id that no other text of this run has, for a changed text.
    fn fresh_id(&self) -> FileId;
}

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is no such file.
    Missing,
    /// The path, after links are followed, lies outside the workspace.
    Outside,
    /// The file is larger than the limit, which is given in bytes.
    TooLarge(u64),
    /// The file is not text: it holds a NUL byte or is not valid UTF-8 or UTF-16.
    Binary,
    /// The operating system refused, in its words.
    Io(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such file"),
            Self::Outside => f.write_str("the path leads outside the workspace"),
            Self::TooLarge(limit) => {
                write!(f, "the file is larger than the limit of {limit} bytes")
            }
            Self::Binary => {
                f.write_str("the file is not text (UTF-8 or UTF-16 with a byte order mark)")
            }
            Self::Io(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ReadError {}

/// A tree with some texts replaced, used to prove fixes in memory.
pub struct Overlay<'t> {
    base: &'t dyn SourceTree,
    changed: BTreeMap<RelPath, Arc<SourceFile>>,
}

impl<'t> Overlay<'t> {
    /// `base` with each `(path, text)` in place of what it holds there. Encoding is kept.
    #[must_use]
    pub fn new(
        base: &'t dyn SourceTree,
        texts: impl IntoIterator<Item = (RelPath, String)>,
    ) -> Self {
        let changed = texts
            .into_iter()
            .map(|(path, text)| {
                let encoding = base
                    .read(&path)
                    .map_or(super::Encoding::Utf8, |file| file.encoding);
                let file = SourceFile::new(base.fresh_id(), path.clone(), text, encoding);
                (path, Arc::new(file))
            })
            .collect();
        Self { base, changed }
    }

    /// The changed texts, by path.
    pub fn changed(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        self.changed.values()
    }
}

impl SourceTree for Overlay<'_> {
    fn read(&self, path: &RelPath) -> Result<Arc<SourceFile>, ReadError> {
        self.changed
            .get(path)
            .map_or_else(|| self.base.read(path), |file| Ok(Arc::clone(file)))
    }

    fn read_bytes(&self, path: &RelPath) -> Result<Vec<u8>, ReadError> {
        self.changed.get(path).map_or_else(
            || self.base.read_bytes(path),
            |file| Ok(file.text.clone().into_bytes()),
        )
    }

    fn list(&self, folder: &RelPath) -> Vec<RelPath> {
        self.base.list(folder)
    }

    fn is_folder(&self, folder: &RelPath) -> bool {
        self.base.is_folder(folder)
    }

    fn folders(&self, folder: &RelPath) -> Vec<RelPath> {
        self.base.folders(folder)
    }

    fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.changed
            .values()
            .find(|file| file.id == id)
            .map(Arc::clone)
            .or_else(|| self.base.get(id))
    }

    fn fresh_id(&self) -> FileId {
        self.base.fresh_id()
    }
}
