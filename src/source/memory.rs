use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Encoding, FileId, ReadError, RelPath, SourceFile, SourceTree};

/// A workspace held in memory: for tests, fuzzing and texts that never were on a disk.
#[derive(Debug)]
pub struct MemoryTree {
    files: BTreeMap<RelPath, Arc<SourceFile>>,
    by_id: Vec<Arc<SourceFile>>,
    next: AtomicU32,
}

impl MemoryTree {
    /// A tree of `(path, text)`. A path that is absolute or leads outside the workspace is left
    /// out; of two texts of one path the last one stays.
    #[must_use]
    pub fn new<P: AsRef<str>, T: Into<String>>(texts: impl IntoIterator<Item = (P, T)>) -> Self {
        let mut files = BTreeMap::new();
        let mut by_id = Vec::new();
        for (path, text) in texts {
            let Some(path) = RelPath::new(path.as_ref()) else {
                continue;
            };
            let id = FileId(u32::try_from(by_id.len()).unwrap_or(u32::MAX));
            let file = SourceFile::new(id, path.clone(), text.into(), Encoding::Utf8);
            let file = Arc::new(file);
            by_id.push(Arc::clone(&file));
            files.insert(path, file);
        }
        let next = AtomicU32::new(u32::try_from(by_id.len()).unwrap_or(u32::MAX));
        Self { files, by_id, next }
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.files.keys()
    }
}

impl SourceTree for MemoryTree {
    fn read(&self, path: &RelPath) -> Result<Arc<SourceFile>, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn read_bytes(&self, path: &RelPath) -> Result<Vec<u8>, ReadError> {
        self.read(path).map(|file| file.text.clone().into_bytes())
    }

    fn list(&self, folder: &RelPath) -> Vec<RelPath> {
        // What lies in a folder starts with its name, so it stands together in the sorted paths.
        let from = self.files.range(folder.clone()..).map(|(path, _)| path);
        let depth = folder.parts().count() + 1;
        from.take_while(|path| path.as_str().starts_with(folder.as_str()))
            .filter(|path| path.is_within(folder) && path.parts().count() == depth)
            .cloned()
            .collect()
    }

    fn is_folder(&self, folder: &RelPath) -> bool {
        // What lies in it stands together in the sorted paths, but after files such as `folder-x.tf`.
        let from = self.files.range(folder.clone()..).map(|(path, _)| path);
        from.take_while(|path| path.as_str().starts_with(folder.as_str()))
            .any(|path| path != folder && path.is_within(folder))
    }

    fn folders(&self, folder: &RelPath) -> Vec<RelPath> {
        let depth = folder.parts().count();
        let below: BTreeSet<RelPath> = self
            .files
            .keys()
            .filter(|path| path.is_within(folder) && path.parts().count() > depth + 1)
            .filter_map(|path| folder.join(path.parts().nth(depth)?))
            .collect();
        below.into_iter().collect()
    }

    fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.by_id.get(id.0 as usize).cloned()
    }

    fn fresh_id(&self) -> FileId {
        FileId(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_listed_one_level_deep() {
        let tree = MemoryTree::new([("a.tf", ""), ("m/b.tf", ""), ("m/n/c.tf", ""), ("../x", "")]);
        let root = RelPath::root();
        let names = |paths: Vec<RelPath>| -> Vec<String> {
            paths.iter().map(|path| path.as_str().to_owned()).collect()
        };
        assert_eq!(names(tree.list(&root)), ["a.tf"]);
        assert_eq!(names(tree.folders(&root)), ["m"]);
        let m = RelPath::new("m").unwrap();
        assert_eq!(names(tree.list(&m)), ["m/b.tf"]);
        assert_eq!(names(tree.folders(&m)), ["m/n"]);
        assert!(tree.is_folder(&m) && !tree.is_folder(&RelPath::new("a.tf").unwrap()));
        let file = tree.read(&RelPath::new("m/b.tf").unwrap()).unwrap();
        assert_eq!(tree.get(file.id).unwrap().path.as_str(), "m/b.tf");
        assert!(tree.get(tree.fresh_id()).is_none());
    }
}
