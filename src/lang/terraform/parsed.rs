use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::{Encoding, FileId, Notice, SourceFile};
use crate::syntax::{hcl, json};

/// Parsed files by id, shared by the units of a run and by the passes of a fix. Equal ids mean equal
/// texts, so an entry never grows stale.
#[derive(Debug, Default)]
pub struct Cache {
    files: Mutex<FxHashMap<FileId, Arc<Parsed>>>,
    outlines: Mutex<FxHashMap<FileId, Arc<Outline>>>,
}

/// One file as its syntax reads it.
#[derive(Debug)]
pub enum Parsed {
    /// The native syntax: `.tf`, `.tofu`, `.tfvars`.
    Hcl(hcl::Tree),
    /// The JSON syntax: `.tf.json`, `.tofu.json`, `.tfvars.json`.
    Json(JsonText),
}

/// What a file declares, by name alone.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Whether a block was lost, so that the file may declare more.
    pub(super) is_cut: bool,
    /// The names of its `resource` blocks, by type.
    pub(super) resources: FxHashMap<String, FxHashSet<String>>,
}

/// Trees of the native syntax by where they stand in a JSON file.
type Trees = FxHashMap<u32, hcl::Tree>;

/// A JSON file and what is written in its strings.
#[derive(Debug)]
pub struct JsonText {
    /// The file.
    pub(super) tree: json::Tree,
    /// The template of each string or key that has one, by the offset of its token.
    pub(super) templates: Trees,
    /// The type constraint of each string that is one with defaults, by the offset of its token.
    pub(super) constraints: Trees,
}

impl Cache {
    /// `file`, parsed once.
    pub(crate) fn parsed(&self, file: &Arc<SourceFile>) -> Arc<Parsed> {
        // A thread that panicked cannot have left half an entry behind, so a poisoned lock is sound.
        let held = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parsed) = held.get(&file.id) {
            return Arc::clone(parsed);
        }
        drop(held);
        let parsed = Arc::new(Parsed::of(file));
        let mut held = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(held.entry(file.id).or_insert(parsed))
    }
}

impl Cache {
    /// What `parsed` declares; `look` looks through it, once.
    pub(super) fn outline(
        &self,
        parsed: &Parsed,
        look: impl FnOnce(&Parsed) -> Outline,
    ) -> Arc<Outline> {
        let mut held = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        let outline = held.entry(parsed.id());
        Arc::clone(outline.or_insert_with(|| Arc::new(look(parsed))))
    }
}

impl Parsed {
    fn of(file: &Arc<SourceFile>) -> Self {
        let is_json = file
            .path
            .file_name()
            .to_ascii_lowercase()
            .ends_with(".json");
        if is_json {
            Self::Json(JsonText::of(file))
        } else {
            Self::Hcl(hcl::parse(file))
        }
    }

    /// The native syntax tree, for a file in the native syntax.
    #[must_use]
    pub fn as_hcl(&self) -> Option<&hcl::Tree> {
        match self {
            Self::Hcl(tree) => Some(tree),
            Self::Json(_) => None,
        }
    }

    /// The file.
    pub(super) fn id(&self) -> FileId {
        match self {
            Self::Hcl(tree) => tree.file().id,
            Self::Json(text) => text.tree.file().id,
        }
    }

    /// What could not be read of it.
    pub(super) fn notices(&self) -> Vec<Notice> {
        match self {
            Self::Hcl(tree) => tree.notices().to_vec(),
            Self::Json(text) => text.tree.notices().to_vec(),
        }
    }
}

impl JsonText {
    fn of(file: &Arc<SourceFile>) -> Self {
        let tree = json::parse(file);
        let (mut templates, mut constraints) = (Trees::default(), Trees::default());
        let part = |text: &str| {
            let (id, path) = (file.id, file.path.clone());
            Arc::new(SourceFile::new(id, path, text.to_owned(), Encoding::Utf8))
        };
        let mut string = |text: &str, start: u32| {
            if text.contains("${") || text.contains("%{") {
                templates.insert(start, hcl::parse_template(&part(text)));
            } else if text.contains("optional(") {
                constraints.insert(start, hcl::parse_expression(&part(text)));
            }
        };
        let mut rest: Vec<json::Node<'_>> = tree.root().into_iter().collect();
        while let Some(node) = rest.pop() {
            rest.extend(node.items());
            for member in node.members() {
                string(&member.key, member.key_span.start);
                rest.push(member.value);
            }
            if let Some(text) = node.as_str() {
                string(&text, node.span().start);
            }
        }
        Self {
            tree,
            templates,
            constraints,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryTree, RelPath, SourceTree};

    #[test]
    fn a_file_is_parsed_once_and_by_its_name() {
        let tree = MemoryTree::new([
            ("a.tf", "x = 1\n"),
            (
                "b.tf.json",
                r#"{"locals": {"a": "${var.x}", "b": "plain"}}"#,
            ),
        ]);
        let cache = Cache::default();
        let file = |path: &str| tree.read(&RelPath::new(path).unwrap()).unwrap();
        let first = cache.parsed(&file("a.tf"));
        assert!(Arc::ptr_eq(&first, &cache.parsed(&file("a.tf"))));
        assert!(first.as_hcl().is_some());
        match &*cache.parsed(&file("b.tf.json")) {
            Parsed::Json(text) => assert_eq!(text.templates.len(), 1),
            Parsed::Hcl(_) => panic!("a JSON file was read as HCL"),
        }
    }
}
