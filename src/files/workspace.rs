#![expect(
    clippy::disallowed_methods,
    reason = "this room is the one that touches the disk"
)]

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::decode::decode;
use crate::source::{FileId, ReadError, RelPath, SourceFile, SourceTree};

/// The largest Terraform file, and the largest file of any other sort, that is read: 16 MiB.
const LARGEST_FILE: u64 = 16 << 20;

/// The largest JSON file that is read: 64 MiB. Compiled templates are much larger than written ones.
const LARGEST_TEMPLATE: u64 = 64 << 20;

/// The folder that a run may read, and every text that was read from it.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    texts: RwLock<Texts>,
    next: AtomicU32,
}

#[derive(Debug, Default)]
struct Texts {
    /// What reading a path gave, links not followed: an id, or why it failed.
    by_path: HashMap<RelPath, Result<FileId, ReadError>>,
    by_id: HashMap<FileId, Arc<SourceFile>>,
    /// The ids of texts that were found by the walk and not read yet.
    reserved: HashMap<RelPath, FileId>,
}

/// A path of the command line that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceError {
    /// There is nothing at this path, or it cannot be looked at.
    Missing(String, String),
    /// The path lies outside the workspace.
    Outside(String, String),
    /// The workspace is no folder.
    NoFolder(String),
    /// The path has a name that cannot be said in a report: not UTF-8, or with a backslash in it.
    Unnameable(String),
}

impl fmt::Display for WorkspaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path, why) => write!(f, "cannot read {path:?}: {why}"),
            Self::Outside(path, root) => write!(
                f,
                "{path:?} lies outside the workspace {root:?}; name a larger one with --workspace"
            ),
            Self::NoFolder(path) => write!(f, "the workspace {path:?} is not a folder"),
            Self::Unnameable(path) => write!(f, "{path:?} is not a name that can be reported"),
        }
    }
}

impl std::error::Error for WorkspaceError {}

impl Workspace {
    /// The workspace of a run over `paths`: `explicit` where given, else the top level of the git
    /// repository that holds them all, else the deepest folder that does.
    ///
    /// # Errors
    /// [`WorkspaceError`] when a path does not exist, or `explicit` is no folder.
    pub fn of(paths: &[PathBuf], explicit: Option<&Path>) -> Result<Self, WorkspaceError> {
        if let Some(folder) = explicit {
            let root = canonical(folder)?;
            if !root.is_dir() {
                return Err(WorkspaceError::NoFolder(folder.display().to_string()));
            }
            return Ok(Self::at(root));
        }
        let mut common: Option<PathBuf> = None;
        for path in paths {
            let mut folder = canonical(path)?;
            if !folder.is_dir() {
                folder.pop();
            }
            common = Some(common.map_or(folder.clone(), |so_far| shared(&so_far, &folder)));
        }
        let common = match common {
            Some(folder) => folder,
            None => canonical(Path::new("."))?,
        };
        let top = common
            .ancestors()
            .find(|folder| folder.join(".git").exists());
        Ok(Self::at(top.unwrap_or(&common).to_path_buf()))
    }

    fn at(root: PathBuf) -> Self {
        Self {
            root,
            texts: RwLock::default(),
            next: AtomicU32::new(0),
        }
    }

    /// The folder on disk, absolute and with links followed.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The workspace path of something the user named.
    ///
    /// # Errors
    /// [`WorkspaceError`] when there is nothing there or it lies outside.
    pub fn path_of(&self, path: &Path) -> Result<RelPath, WorkspaceError> {
        let real = canonical(path)?;
        let inside = real.strip_prefix(&self.root).map_err(|_| {
            WorkspaceError::Outside(path.display().to_string(), self.root.display().to_string())
        })?;
        rel_path(inside).ok_or_else(|| WorkspaceError::Unnameable(path.display().to_string()))
    }

    /// The place on disk of a workspace path, which need not exist.
    pub(super) fn on_disk(&self, path: &RelPath) -> PathBuf {
        let mut full = self.root.clone();
        full.extend(path.parts());
        full
    }

    /// The real place of a workspace path, all links followed, inside the workspace.
    pub(super) fn resolve(&self, path: &RelPath) -> Result<PathBuf, ReadError> {
        let real = fs::canonicalize(self.on_disk(path)).map_err(|error| read_error(&error))?;
        if real.starts_with(&self.root) {
            Ok(real)
        } else {
            Err(ReadError::Outside)
        }
    }

    /// Gives the texts at `paths` their ids in this order, so that ids do not depend on threads.
    pub(super) fn reserve(&self, paths: &[RelPath]) {
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        for path in paths {
            let id = self.fresh_id();
            texts.reserved.insert(path.clone(), id);
        }
    }

    fn id_of(&self, path: &RelPath) -> FileId {
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        let reserved = texts.reserved.get(path).copied();
        drop(texts);
        reserved.unwrap_or_else(|| self.fresh_id())
    }

    fn bytes(real: &Path) -> Result<Vec<u8>, ReadError> {
        let limit = limit_of(real);
        let before = fs::metadata(real).map_err(|error| read_error(&error))?;
        if !before.is_file() {
            return Err(ReadError::Missing);
        }
        if before.len() > limit {
            return Err(ReadError::TooLarge(limit));
        }
        let file = File::open(real).map_err(|error| read_error(&error))?;
        let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
        let length = file
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| read_error(&error))?;
        if length as u64 > limit {
            return Err(ReadError::TooLarge(limit));
        }
        Ok(bytes)
    }

    fn load(&self, path: &RelPath) -> Result<Arc<SourceFile>, ReadError> {
        let real = self.resolve(path)?;
        let named = real
            .strip_prefix(&self.root)
            .ok()
            .and_then(rel_path)
            .ok_or(ReadError::Outside)?;
        if named != *path {
            return self.read(&named);
        }
        let (text, encoding) = decode(Self::bytes(&real)?)?;
        let file = SourceFile::new(self.id_of(&named), named, text, encoding);
        Ok(Arc::new(file))
    }

    fn children(&self, folder: &RelPath, wanted: fn(&fs::Metadata) -> bool) -> Vec<RelPath> {
        let Ok(entries) = self
            .resolve(folder)
            .and_then(|real| fs::read_dir(real).map_err(|error| read_error(&error)))
        else {
            return Vec::new();
        };
        let mut children: Vec<RelPath> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let path = child(folder, &entry.file_name())?;
                let real = self.resolve(&path).ok()?;
                wanted(&fs::metadata(real).ok()?).then_some(path)
            })
            .collect();
        children.sort();
        children
    }
}

impl SourceTree for Workspace {
    fn read(&self, path: &RelPath) -> Result<Arc<SourceFile>, ReadError> {
        {
            let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = texts.by_path.get(path) {
                return known
                    .clone()
                    .and_then(|id| texts.by_id.get(&id).cloned().ok_or(ReadError::Missing));
            }
        }
        let loaded = self.load(path);
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read the same path meanwhile: its text is the one that counts.
        if let Some(Ok(id)) = texts.by_path.get(path)
            && let Some(file) = texts.by_id.get(id)
        {
            return Ok(Arc::clone(file));
        }
        let known = loaded.as_ref().map(|file| file.id).map_err(Clone::clone);
        texts.by_path.insert(path.clone(), known);
        if let Ok(file) = &loaded {
            texts.by_id.insert(file.id, Arc::clone(file));
        }
        loaded
    }

    fn read_bytes(&self, path: &RelPath) -> Result<Vec<u8>, ReadError> {
        Self::bytes(&self.resolve(path)?)
    }

    fn list(&self, folder: &RelPath) -> Vec<RelPath> {
        self.children(folder, fs::Metadata::is_file)
    }

    fn is_folder(&self, folder: &RelPath) -> bool {
        self.resolve(folder).is_ok_and(|real| real.is_dir())
    }

    fn folders(&self, folder: &RelPath) -> Vec<RelPath> {
        self.children(folder, fs::Metadata::is_dir)
    }

    fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        texts.by_id.get(&id).cloned()
    }

    fn fresh_id(&self) -> FileId {
        FileId(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// The most bytes a file of this name may have.
pub(super) fn limit_of(path: &Path) -> u64 {
    let is_json = path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("jsonc")
    });
    let is_terraform = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(".tf.json"));
    if is_json && !is_terraform {
        LARGEST_TEMPLATE
    } else {
        LARGEST_FILE
    }
}

/// A path below the root as a workspace path; `None` when one of its names cannot be said.
pub(super) fn rel_path(inside: &Path) -> Option<RelPath> {
    let mut path = RelPath::root();
    for component in inside.components() {
        let Component::Normal(name) = component else {
            return None;
        };
        path = child(&path, name)?;
    }
    Some(path)
}

/// `name` in `folder`; `None` when the name is not UTF-8 or would be read as several names.
pub(super) fn child(folder: &RelPath, name: &std::ffi::OsStr) -> Option<RelPath> {
    let name = name.to_str()?;
    let path = folder.join(name)?;
    (path.file_name() == name && path.parent() == *folder).then_some(path)
}

fn canonical(path: &Path) -> Result<PathBuf, WorkspaceError> {
    fs::canonicalize(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            _ => error.to_string(),
        };
        WorkspaceError::Missing(path.display().to_string(), why)
    })
}

fn shared(a: &Path, b: &Path) -> PathBuf {
    a.components()
        .zip(b.components())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect()
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        _ => ReadError::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(files: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let full = folder.path().join("ws").join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        let workspace = Workspace::of(&[], Some(&folder.path().join("ws"))).unwrap();
        (folder, workspace)
    }

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    fn a_text_is_read_once_and_stays() {
        let (folder, workspace) = workspace(&[("a/main.tf", "x")]);
        let first = workspace.read(&path("a/main.tf")).unwrap();
        fs::write(folder.path().join("ws/a/main.tf"), "y").unwrap();
        let second = workspace.read(&path("a/main.tf")).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(workspace.get(first.id).unwrap().text, "x");
        assert!(workspace.get(FileId(9)).is_none());
        assert_eq!(
            workspace.read(&path("b.tf")).unwrap_err(),
            ReadError::Missing
        );
        assert_eq!(workspace.read(&path("a")).unwrap_err(), ReadError::Missing);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_and_refused_outside() {
        let (folder, workspace) = workspace(&[("common/main.tf", "x")]);
        let ws = folder.path().join("ws");
        fs::write(folder.path().join("secret.tf"), "s").unwrap();
        fs::create_dir(ws.join("prod")).unwrap();
        std::os::unix::fs::symlink("../common/main.tf", ws.join("prod/main.tf")).unwrap();
        std::os::unix::fs::symlink("../../secret.tf", ws.join("prod/secret.tf")).unwrap();
        std::os::unix::fs::symlink("..", ws.join("prod/up")).unwrap();
        std::os::unix::fs::symlink("../..", ws.join("prod/out")).unwrap();
        let linked = workspace.read(&path("prod/main.tf")).unwrap();
        assert_eq!(linked.path.as_str(), "common/main.tf");
        assert_eq!(
            linked.id,
            workspace.read(&path("common/main.tf")).unwrap().id
        );
        assert_eq!(
            workspace.read(&path("prod/secret.tf")).unwrap_err(),
            ReadError::Outside
        );
        assert_eq!(
            workspace.read_bytes(&path("prod/secret.tf")),
            Err(ReadError::Outside)
        );
        assert_eq!(workspace.list(&path("prod")), [path("prod/main.tf")]);
        assert_eq!(workspace.folders(&path("prod")), [path("prod/up")]);
        assert!(workspace.list(&path("prod/out")).is_empty());
        assert!(!workspace.is_folder(&path("prod/out")) && workspace.is_folder(&path("prod/up")));
    }

    #[test]
    fn a_file_beyond_the_limit_is_not_read() {
        let (folder, workspace) = workspace(&[("a.json", "{}")]);
        let large = File::create(folder.path().join("ws/large.tf")).unwrap();
        large.set_len(100 << 20).unwrap();
        assert_eq!(
            workspace.read(&path("large.tf")).unwrap_err(),
            ReadError::TooLarge(LARGEST_FILE)
        );
        assert_eq!(limit_of(Path::new("x/a.JSON")), LARGEST_TEMPLATE);
        assert_eq!(limit_of(Path::new("x/a.tf.json")), LARGEST_FILE);
    }

    #[test]
    fn the_workspace_is_the_repository_or_the_common_folder() {
        let (folder, _) = workspace(&[("a/b/main.tf", ""), ("a/c/main.tf", "")]);
        let ws = folder.path().join("ws").canonicalize().unwrap();
        let paths = [ws.join("a/b/main.tf"), ws.join("a/c")];
        assert_eq!(Workspace::of(&paths, None).unwrap().root(), ws.join("a"));
        assert_eq!(
            Workspace::of(&paths[..1], None).unwrap().root(),
            ws.join("a/b")
        );
        fs::create_dir(ws.join(".git")).unwrap();
        let found = Workspace::of(&paths, None).unwrap();
        assert_eq!(found.root(), ws);
        assert_eq!(found.path_of(&paths[0]).unwrap(), path("a/b/main.tf"));
        assert!(matches!(
            found.path_of(folder.path()),
            Err(WorkspaceError::Outside(..))
        ));
        assert!(matches!(
            Workspace::of(&[ws.join("none")], None),
            Err(WorkspaceError::Missing(..))
        ));
    }
}
