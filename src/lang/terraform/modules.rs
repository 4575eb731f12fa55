use std::collections::BTreeMap;
use std::sync::Arc;

use super::module::{Module, ModuleFile};
use super::parsed::{Cache, Parsed};
use super::section::{Expression, Nested};
use crate::source::{FileId, Notice, NoticeKind, RelPath, SourceTree};
use crate::syntax::json;

/// More folders than this are not read for one root module.
const FOLDERS: usize = 5_000;

/// The files of every folder that a root module can reach.
#[derive(Default)]
pub(super) struct Folders {
    files: BTreeMap<RelPath, Vec<ModuleFile>>,
    /// Folders of downloaded modules by call path: `network.subnets`.
    installed: BTreeMap<String, RelPath>,
    /// What could not be read.
    pub(super) notices: Vec<Notice>,
}

/// Where the source of a module call leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// To a folder of the workspace.
    Folder(RelPath),
    /// Somewhere else: a registry, a repository, a folder outside the workspace.
    Elsewhere(String),
    /// Nowhere: the argument is missing or not a literal.
    Unclear,
}

impl Folders {
    /// Reads `root` and every folder that it can reach.
    pub(super) fn load(root: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> Self {
        let mut folders = Self {
            installed: installed(root, tree, cache),
            ..Self::default()
        };
        let mut rest: Vec<RelPath> = folders.installed.values().cloned().collect();
        rest.push(root.clone());
        while let Some(folder) = rest.pop() {
            if folders.files.contains_key(&folder) {
                continue;
            }
            if folders.files.len() >= FOLDERS {
                let message = format!("Only the first {FOLDERS} module folders are read.");
                let notice = Notice::about(NoticeKind::Limit, root.clone(), message);
                folders.notices.push(notice);
                break;
            }
            let files = read(&folder, tree, cache, &mut folders.notices);
            for call in Module::calls_of(&files) {
                if let Source::Folder(target) = local(&folder, &call) {
                    rest.push(target);
                }
            }
            folders.files.insert(folder, files);
        }
        folders
    }

    /// What each folder declares.
    pub(super) fn modules(&self, notices: &mut Vec<Notice>) -> BTreeMap<RelPath, Module<'_>> {
        self.files
            .iter()
            .filter(|(_, files)| !files.is_empty())
            .map(|(folder, files)| (folder.clone(), Module::of(folder, files, notices)))
            .collect()
    }

    /// The ids of the files that were read, sorted.
    pub(super) fn ids(&self) -> Vec<FileId> {
        let mut ids: Vec<FileId> = self
            .files
            .values()
            .flatten()
            .map(|file| file.parsed.id())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Where `call`, written in `folder` and reached by `path`, leads.
    pub(super) fn source(&self, folder: &RelPath, call: &Nested<'_>, path: &str) -> Source {
        match local(folder, call) {
            Source::Elsewhere(source) => self
                .installed
                .get(path)
                .filter(|folder| self.files.get(folder).is_some_and(|it| !it.is_empty()))
                .map_or(Source::Elsewhere(source), |folder| {
                    Source::Folder(folder.clone())
                }),
            known => known,
        }
    }
}

/// Where `call` leads by itself, without looking at what is installed.
pub(super) fn local(folder: &RelPath, call: &Nested<'_>) -> Source {
    let Some(source) = call.body.value("source").and_then(Expression::as_text) else {
        return Source::Unclear;
    };
    let is_local = ["./", "../", ".\\", "..\\"]
        .iter()
        .any(|start| source.starts_with(start))
        || matches!(&*source, "." | "..");
    let target = is_local.then(|| folder.join(&source)).flatten();
    target.map_or_else(|| Source::Elsewhere(source.into_owned()), Source::Folder)
}

/// The files of one folder in Terraform's order.
pub(super) fn read(
    folder: &RelPath,
    tree: &dyn SourceTree,
    cache: &Cache,
    notices: &mut Vec<Notice>,
) -> Vec<ModuleFile> {
    let paths = tree.list(folder);
    let has_tofu = paths.iter().any(|path| path.file_name().contains(".tofu"));
    let mut files = Vec::new();
    for path in &paths {
        let Some(stem) = stem(path.file_name()) else {
            continue;
        };
        // Of `a.tf` and `a.tofu` OpenTofu reads the second only; Terraform knows no `a.tofu`.
        let shadowing = || folder.join(&path.file_name().replacen(".tf", ".tofu", 1));
        if has_tofu && shadowing().is_some_and(|it| it != *path && paths.contains(&it)) {
            continue;
        }
        match tree.read(path) {
            Ok(file) => files.push(ModuleFile {
                path: path.clone(),
                parsed: cache.parsed(&file),
                overrides: stem == "override" || stem.ends_with("_override"),
            }),
            Err(error) => {
                let message = format!("This file cannot be read: {error}.");
                let kind = NoticeKind::UnreadableInput;
                notices.push(Notice::about(kind, path.clone(), message));
            }
        }
    }
    files
}

/// The name of a configuration file without its ending; `None` for other files.
pub(super) fn stem(name: &str) -> Option<&str> {
    if name.starts_with(['.', '#']) || name.ends_with('~') || name.ends_with('#') {
        return None;
    }
    [".tf.json", ".tofu.json", ".tf", ".tofu"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
}

/// The folders of downloaded modules by call path, from what `terraform init` left.
fn installed(root: &RelPath, tree: &dyn SourceTree, cache: &Cache) -> BTreeMap<String, RelPath> {
    let mut found = BTreeMap::new();
    let manifest = root.join(".terraform/modules/modules.json");
    let Some(Ok(file)) = manifest.map(|path| tree.read(&path)) else {
        return found;
    };
    let parsed: Arc<Parsed> = cache.parsed(&file);
    let Parsed::Json(text) = &*parsed else {
        return found;
    };
    let modules = text.tree.root().and_then(|root| root.get("Modules"));
    for entry in modules.into_iter().flat_map(json::Node::items) {
        let text = |key: &str| entry.get(key).and_then(json::Node::as_str);
        let (Some(key), Some(dir)) = (text("Key"), text("Dir")) else {
            continue;
        };
        if let (false, Some(folder)) = (key.is_empty(), root.join(&dir)) {
            found.insert(key.into_owned(), folder);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryTree;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    fn reachable_folders_are_read_and_overrides_lie_over() {
        let tree = MemoryTree::new([
            ("r/a.tf", "module \"m\" {\n  source = \"../m\"\n}\n"),
            ("r/x_override.tf", "locals {\n  a = 2\n}\n"),
            ("r/z.tf", "locals {\n  a = 1\n}\n"),
            ("m/a.tf", "module \"far\" {\n  source = \"a/b/c\"\n}\n"),
            ("m/a.tofu", "module \"gone\" {\n  source = \"../../x\"\n}\n"),
            ("far/a.tf", ""),
            (
                "r/.terraform/modules/modules.json",
                r#"{"Modules": [{"Key": "", "Dir": "."}, {"Key": "m.far", "Dir": "../far"}]}"#,
            ),
        ]);
        let folders = Folders::load(&path("r"), &tree, &Cache::default());
        let mut notices = Vec::new();
        let modules = folders.modules(&mut notices);
        assert!(notices.is_empty(), "{notices:?}");
        let names: Vec<&str> = modules.keys().map(RelPath::as_str).collect();
        assert_eq!(names, ["far", "m", "r"]);
        let local = modules[&path("r")].locals["a"];
        assert_eq!(
            tree.get(local.span().file).unwrap().slice(local.span()),
            "2"
        );
        let call = &modules[&path("m")].calls[0];
        assert_eq!(call.label(0), "gone");
        let source = folders.source(&path("m"), call, "m.gone");
        assert_eq!(source, Source::Elsewhere("../../x".to_owned()));
        let source = folders.source(&path("m"), call, "m.far");
        assert_eq!(source, Source::Folder(path("far")));
    }

    #[test]
    fn only_configuration_files_count() {
        for (name, expected) in [
            ("a.tf", Some("a")),
            ("a.tf.json", Some("a")),
            ("a.tofu", Some("a")),
            (".a.tf", None),
            ("a.tf~", None),
            ("a.tfvars", None),
            ("a.json", None),
        ] {
            assert_eq!(stem(name), expected, "{name}");
        }
    }
}
