#![expect(
    clippy::disallowed_methods,
    reason = "this room is the one that touches the disk"
)]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::Workspace;
use super::workspace::{limit_of, rel_path};
use crate::source::{Notice, NoticeKind, ReadError, RelPath};

/// Folders that hold no sources of the user's own.
const SKIPPED_FOLDERS: [&str; 3] = [".git", ".terraform", "node_modules"];

/// How much of a JSON file is read to see whether it is a template or a plan. What it is stands at the
/// top of all that a tool writes; a licence comment before it still fits.
const SNIFFED: u64 = 8 << 10;

/// What the walk found.
#[derive(Debug, Default)]
pub struct Collected {
    /// The inputs, sorted, links not followed.
    pub files: Vec<RelPath>,
    /// What was left out and why.
    pub notices: Vec<Notice>,
}

/// What one entry of the walk turned out to be.
enum Found {
    Input(RelPath),
    /// A JSON file whose head must be looked at.
    Candidate(RelPath),
    Noticed(Notice),
    Nothing,
}

impl Workspace {
    /// Finds the Terraform files, variable files and JSON documents for which `is_document` accepts
    /// the first kilobytes, in and below `paths`. Hidden folders are walked; `.git`, `.terraform`,
    /// `node_modules` and what `exclude` matches are not.
    ///
    /// # Errors
    /// The glob of `exclude` that is none, and what is wrong with it.
    pub fn collect(
        &self,
        paths: &[RelPath],
        exclude: &[String],
        is_document: &(dyn Fn(&[u8]) -> bool + Sync),
    ) -> Result<Collected, (String, String)> {
        let exclude = glob_set(exclude)?;
        let mut inputs = BTreeSet::new();
        let mut candidates = BTreeSet::new();
        let mut notices = Vec::new();
        for path in paths {
            let walk = WalkDir::new(self.on_disk(path)).follow_links(false);
            for entry in walk
                .into_iter()
                .filter_entry(|entry| self.enters(entry, &exclude))
            {
                match self.classify(entry) {
                    Found::Input(path) => _ = inputs.insert(path),
                    Found::Candidate(path) => _ = candidates.insert(path),
                    Found::Noticed(notice) => notices.push(notice),
                    Found::Nothing => {}
                }
            }
        }
        let candidates: Vec<RelPath> = candidates.into_iter().collect();
        let documents: Vec<RelPath> = candidates
            .into_par_iter()
            .filter(|path| self.head(path).is_some_and(|head| is_document(&head)))
            .collect();
        inputs.extend(documents);
        let mut files = Vec::with_capacity(inputs.len());
        for path in inputs {
            match self.usable(&path) {
                Ok(()) => files.push(path),
                Err(error) => notices.push(Notice::unread(path, &error)),
            }
        }
        notices.sort();
        notices.dedup();
        self.reserve(&files);
        Ok(Collected { files, notices })
    }

    /// Whether the walk looks at an entry at all. What the user named is always looked into, except
    /// where it is excluded.
    fn enters(&self, entry: &DirEntry, exclude: &GlobSet) -> bool {
        if entry.depth() > 0
            && entry.file_type().is_dir()
            && SKIPPED_FOLDERS
                .iter()
                .any(|name| entry.file_name() == *name)
        {
            return false;
        }
        let inside = entry
            .path()
            .strip_prefix(self.root())
            .unwrap_or(entry.path());
        // An excluded folder excludes what lies below it, also when the walk starts below it.
        !inside
            .ancestors()
            .any(|part| !part.as_os_str().is_empty() && exclude.is_match(part))
    }

    fn classify(&self, entry: walkdir::Result<DirEntry>) -> Found {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return self.unwalked(&error),
        };
        let kind = entry.file_type();
        if kind.is_dir() {
            return Found::Nothing;
        }
        let name = entry.file_name().to_string_lossy();
        let lower = name.to_ascii_lowercase();
        if !is_terraform(&lower) && !is_json(&lower) || is_left_behind(&name) {
            return Found::Nothing;
        }
        let inside = entry.path().strip_prefix(self.root()).ok();
        let Some(path) = inside.and_then(rel_path) else {
            return Found::Noticed(self.unnameable(entry.path()));
        };
        if kind.is_symlink() {
            // A link to a folder is not walked: inside the workspace its target is walked itself.
            let Ok(true) = self.resolve(&path).map(|real| real.is_file()) else {
                return match self.resolve(&path) {
                    Err(error) if is_terraform(&lower) => {
                        Found::Noticed(Notice::unread(path, &error))
                    }
                    _ => Found::Nothing,
                };
            };
        } else if !kind.is_file() {
            return Found::Nothing;
        }
        if is_terraform(&lower) {
            Found::Input(path)
        } else {
            Found::Candidate(path)
        }
    }

    fn unwalked(&self, error: &walkdir::Error) -> Found {
        let Some(path) = error.path() else {
            return Found::Nothing;
        };
        let inside = path.strip_prefix(self.root()).unwrap_or(path);
        let path = rel_path(inside).unwrap_or_else(RelPath::root);
        let why = error
            .io_error()
            .map_or_else(|| "it cannot be walked".to_owned(), ToString::to_string);
        Found::Noticed(Notice::unread(path, &ReadError::Io(why)))
    }

    fn unnameable(&self, path: &Path) -> Notice {
        let parent = path
            .parent()
            .and_then(|parent| parent.strip_prefix(self.root()).ok());
        let folder = parent.and_then(rel_path).unwrap_or_else(RelPath::root);
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let message = format!(
            "The file {name:?} was not read: its name is not UTF-8 or holds a character that other systems read as a separator."
        );
        Notice::about(NoticeKind::SkippedInput, folder, message)
    }

    fn head(&self, path: &RelPath) -> Option<Vec<u8>> {
        let real = self.resolve(path).ok()?;
        let mut head = Vec::new();
        File::open(real)
            .ok()?
            .take(SNIFFED)
            .read_to_end(&mut head)
            .ok()?;
        Some(head)
    }

    fn usable(&self, path: &RelPath) -> Result<(), ReadError> {
        let real = self.resolve(path)?;
        let size = fs::metadata(&real)
            .map_err(|error| ReadError::Io(error.to_string()))?
            .len();
        let limit = limit_of(&real);
        if size > limit {
            Err(ReadError::TooLarge(limit))
        } else {
            Ok(())
        }
    }
}

/// What a file is by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Terraform's: configuration or values of variables.
    Terraform,
    /// JSON, which may be a plan or a template.
    Json,
    /// Anything else, which is never judged.
    Other,
}

impl Named {
    /// What the file at `path` is.
    #[must_use]
    pub fn of(path: &RelPath) -> Self {
        let lower = path.file_name().to_ascii_lowercase();
        if is_terraform(&lower) {
            Self::Terraform
        } else if is_json(&lower) {
            Self::Json
        } else {
            Self::Other
        }
    }
}

/// Whether a name in lower case is one of JSON files.
fn is_json(lower: &str) -> bool {
    [".json", ".jsonc"]
        .iter()
        .any(|ending| lower.ends_with(ending))
}

/// Whether a name in lower case is one of Terraform's.
fn is_terraform(lower: &str) -> bool {
    const ENDINGS: [&str; 6] = [
        ".tf",
        ".tf.json",
        ".tofu",
        ".tofu.json",
        ".tfvars",
        ".tfvars.json",
    ];
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// Whether Terraform too ignores a file of this name: hidden, or an editor's copy.
fn is_left_behind(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Globs over workspace paths. One without a slash matches a name at any depth; what is below a
/// matched folder matches too, because the walk does not enter it.
fn glob_set(globs: &[String]) -> Result<GlobSet, (String, String)> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        let trimmed = glob.trim_end_matches('/').trim_end_matches("/**");
        let anchored = match trimmed.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None if trimmed.contains('/') => trimmed.trim_start_matches("./").to_owned(),
            None => format!("**/{trimmed}"),
        };
        let compiled = GlobBuilder::new(&anchored)
            .literal_separator(true)
            .build()
            .map_err(|error| (glob.clone(), error.kind().to_string()))?;
        builder.add(compiled);
    }
    builder
        .build()
        .map_err(|error| (globs.join(", "), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(files: &[(&str, &str)], paths: &[&str], exclude: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        let workspace = Workspace::of(&[], Some(folder.path())).unwrap();
        let paths: Vec<RelPath> = paths
            .iter()
            .map(|path| RelPath::new(path).unwrap())
            .collect();
        let exclude: Vec<String> = exclude.iter().map(|glob| (*glob).to_owned()).collect();
        let template = |head: &[u8]| memchr::memmem::find(head, b"deploymentTemplate").is_some();
        let collected = workspace.collect(&paths, &exclude, &template).unwrap();
        collected.files.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn inputs_are_found_by_name_and_templates_by_their_head() {
        let files = [
            ("b/main.tf", ""),
            ("a.tf.json", "{}"),
            ("c.tofu", ""),
            ("x.tfvars", ""),
            (".github/infra/main.tf", ""),
            (".git/x.tf", ""),
            ("m/.terraform/modules/x.tf", ""),
            ("node_modules/x.tf", ""),
            ("notes.txt", ""),
            ("package.json", "{}"),
            ("t.json", r#"{"$schema": "…/deploymentTemplate.json#"}"#),
            ("b/.main.tf.swp.tf", ""),
            ("b/main.tf~", ""),
        ];
        let found = [
            ".github/infra/main.tf",
            "a.tf.json",
            "b/main.tf",
            "c.tofu",
            "t.json",
            "x.tfvars",
        ];
        assert_eq!(collect(&files, &[""], &[]), found);
        assert_eq!(
            collect(&files, &["b", "t.json", "b/main.tf"], &[]),
            ["b/main.tf", "t.json"]
        );
        assert_eq!(collect(&files, &["package.json"], &[]), [""; 0]);
    }

    #[test]
    fn excluded_paths_are_left_out_even_when_named() {
        let files = [("a/x/main.tf", ""), ("a/y/main.tf", ""), ("x/main.tf", "")];
        let rows: [(&[&str], &[&str], &[&str]); 6] = [
            (&[""], &["x"], &["a/y/main.tf"]),
            (&[""], &["/x"], &["a/x/main.tf", "a/y/main.tf"]),
            (&[""], &["a/x/**"], &["a/y/main.tf", "x/main.tf"]),
            (&[""], &["a/*/main.tf"], &["x/main.tf"]),
            (&["a/x/main.tf"], &["a/x/"], &[]),
            (&[""], &["*.tf"], &[]),
        ];
        for (paths, exclude, expected) in rows {
            assert_eq!(collect(&files, paths, exclude), expected, "{exclude:?}");
        }
        assert!(glob_set(&["a[".to_owned()]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn loops_end_and_links_outside_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let ws = folder.path().join("ws");
        fs::create_dir_all(ws.join("a")).unwrap();
        fs::write(ws.join("a/main.tf"), "").unwrap();
        fs::write(folder.path().join("out.tf"), "").unwrap();
        std::os::unix::fs::symlink("..", ws.join("a/loop")).unwrap();
        std::os::unix::fs::symlink("../../out.tf", ws.join("a/out.tf")).unwrap();
        std::os::unix::fs::symlink("main.tf", ws.join("a/again.tf")).unwrap();
        std::os::unix::fs::symlink("nowhere.tf", ws.join("a/broken.tf")).unwrap();
        let workspace = Workspace::of(&[], Some(&ws)).unwrap();
        let collected = workspace
            .collect(&[RelPath::root()], &[], &|_| false)
            .unwrap();
        let files: Vec<&str> = collected.files.iter().map(RelPath::as_str).collect();
        assert_eq!(files, ["a/again.tf", "a/main.tf"]);
        let noticed: Vec<_> = collected
            .notices
            .iter()
            .map(|n| (n.kind, n.path.as_str()))
            .collect();
        assert_eq!(
            noticed,
            [
                (NoticeKind::UnreadableInput, "a/broken.tf"),
                (NoticeKind::SkippedInput, "a/out.tf"),
            ]
        );
    }
}
