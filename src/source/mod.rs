//! Text and places in it: files, spans, workspace-relative paths, and the tree of sources a run may read.
//!
//! This is the ground floor. It knows no language and never touches the disk: [`SourceTree`] is a
//! trait whose disk-backed implementation lives in `files`.

mod file;
mod memory;
mod notice;
mod path;
mod span;
mod tree;

pub use file::{Columns, Encoding, Eol, LineStarts, Position, SourceFile};
pub use memory::MemoryTree;
pub use notice::{Notice, NoticeKind};
pub use path::RelPath;
pub use span::{FileId, Span};
pub use tree::{Overlay, ReadError, SourceTree};
