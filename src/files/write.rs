#![expect(
    clippy::disallowed_methods,
    reason = "this room is the one that touches the disk"
)]

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Workspace;
use super::decode::encode;
use crate::source::{RelPath, SourceFile};

/// A file that shall have another text.
#[derive(Clone, Copy, Debug)]
pub struct Change<'t> {
    /// The file as it was read; it must still be so on disk.
    pub before: &'t SourceFile,
    /// The text that it shall have, without byte order mark.
    pub after: &'t str,
}

/// Why a file was not written. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The path is a link, leads through one, or lies outside the workspace.
    NotOurs(RelPath),
    /// The bytes on disk are not those that were read.
    ChangedMeanwhile(RelPath),
    /// The file is marked read-only.
    ReadOnly(RelPath),
    /// The file is encoded in a way that is read but never written (UTF-16).
    Encoding(RelPath),
    /// The operating system refused, in its words.
    Io(RelPath, String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs(path) => write!(f, "{path} is a link or lies outside the workspace"),
            Self::ChangedMeanwhile(path) => write!(f, "{path} was changed while it was judged"),
            Self::ReadOnly(path) => write!(f, "{path} is read-only"),
            Self::Encoding(path) => write!(f, "{path} is UTF-16, which is read but never written"),
            Self::Io(path, why) => write!(f, "cannot write {path}: {why}"),
        }
    }
}

impl std::error::Error for WriteError {}

/// A text that waits beside the file it will replace; removed again unless it is put in place.
struct Staged {
    path: RelPath,
    temporary: PathBuf,
    target: PathBuf,
    placed: bool,
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Workspace {
    /// Writes all `changes`, each atomically: the new text is written beside the file, with its
    /// permissions and byte order mark, and takes its place in one step. All are checked and
    /// written aside before the first takes its place.
    ///
    /// # Errors
    /// [`WriteError`] for the first file that cannot be written.
    pub fn write(&self, changes: &[Change<'_>]) -> Result<(), WriteError> {
        let mut staged = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            staged.push(self.stage(change, index)?);
        }
        for stage in &mut staged {
            fs::rename(&stage.temporary, &stage.target)
                .map_err(|error| WriteError::Io(stage.path.clone(), error.to_string()))?;
            stage.placed = true;
        }
        Ok(())
    }

    fn stage(&self, change: &Change<'_>, index: usize) -> Result<Staged, WriteError> {
        let path = change.before.path.clone();
        let io = |error: io::Error| WriteError::Io(path.clone(), error.to_string());
        let bytes = encode(change.after, change.before.encoding)
            .ok_or_else(|| WriteError::Encoding(path.clone()))?;
        let target = self.on_disk(&path);
        // The root is free of links, so a path without links is its own canonical form.
        if self.resolve(&path).ok().as_ref() != Some(&target) {
            return Err(WriteError::NotOurs(path));
        }
        let metadata = fs::symlink_metadata(&target).map_err(io)?;
        if !metadata.is_file() {
            return Err(WriteError::NotOurs(path));
        }
        if metadata.permissions().readonly() {
            return Err(WriteError::ReadOnly(path));
        }
        let expected = encode(&change.before.text, change.before.encoding);
        if Some(fs::read(&target).map_err(io)?) != expected {
            return Err(WriteError::ChangedMeanwhile(path));
        }
        let temporary = beside(&target, index);
        let mut file = create_new(&temporary).map_err(io)?;
        let stage = Staged {
            path: path.clone(),
            temporary,
            target,
            placed: false,
        };
        file.write_all(&bytes).map_err(io)?;
        file.set_permissions(metadata.permissions()).map_err(io)?;
        file.sync_all().map_err(io)?;
        Ok(stage)
    }
}

/// A name beside `target` that no input has.
fn beside(target: &Path, index: usize) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}-{index}.partial", std::process::id()))
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ReadError, SourceTree as _};

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    fn workspace(bytes: &[u8]) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tf"), bytes).unwrap();
        let workspace = Workspace::of(&[], Some(folder.path())).unwrap();
        (folder, workspace)
    }

    #[test]
    fn a_written_file_keeps_its_mark_and_leaves_nothing_beside_it() {
        let (folder, workspace) = workspace(b"\xEF\xBB\xBFa\r\n");
        let before = workspace.read(&path("a.tf")).unwrap();
        let change = Change {
            before: &before,
            after: "b\r\n",
        };
        workspace.write(&[change]).unwrap();
        assert_eq!(
            fs::read(folder.path().join("a.tf")).unwrap(),
            b"\xEF\xBB\xBFb\r\n"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(
            workspace.write(&[change]),
            Err(WriteError::ChangedMeanwhile(path("a.tf")))
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_read_only_files_are_left_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, workspace) = workspace(b"a");
        let file = folder.path().join("a.tf");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let before = workspace.read(&path("a.tf")).unwrap();
        workspace
            .write(&[Change {
                before: &before,
                after: "b",
            }])
            .unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        assert_eq!(
            workspace.write(&[Change {
                before: &before,
                after: "c"
            }]),
            Err(WriteError::ReadOnly(path("a.tf")))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_became_a_link_is_refused() {
        let (folder, workspace) = workspace(b"a");
        let before = workspace.read(&path("a.tf")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("a.tf"), "a").unwrap();
        fs::remove_file(folder.path().join("a.tf")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("a.tf"), folder.path().join("a.tf"))
            .unwrap();
        let change = Change {
            before: &before,
            after: "b",
        };
        assert_eq!(
            workspace.write(&[change]),
            Err(WriteError::NotOurs(path("a.tf")))
        );
        assert_eq!(fs::read(elsewhere.path().join("a.tf")).unwrap(), b"a");
        assert_eq!(workspace.read_bytes(&path("a.tf")), Err(ReadError::Outside));
    }
}
