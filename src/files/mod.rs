//! The only reader and writer of disk: the workspace and what may be read in it, the walk that
//! finds inputs, and the atomic write of a fixed file.
//!
//! Scanned code is untrusted. Nothing outside the workspace is read or written on its behalf,
//! whatever links or `..` it holds; every file has a size limit; nothing but regular files is opened.

mod collect;
mod decode;
mod extra;
mod git;
mod workspace;
mod write;

pub use collect::{Collected, Named};
pub use extra::{policy_files, read_outside, read_policy, rule_files, write_output};
pub use workspace::{Workspace, WorkspaceError};
pub use write::{Change, WriteError};
