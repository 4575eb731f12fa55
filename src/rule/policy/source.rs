//! The texts of policy documents.

use crate::syntax::json::{Node, Tree};

/// One text with its tree.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) tree: Tree,
    /// Whether what it says is imported, or only what others refer to.
    pub(super) wanted: bool,
}

impl Source {
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn text(&self) -> &str {
        &self.tree.file().text
    }

    /// What a document is called that does not name itself: the file's name without its ending, or
    /// the folder's where all files of a collection have one name.
    pub(super) fn stem(&self) -> &str {
        const COMMON: [&str; 6] = [
            "azurepolicy",
            "azurepolicyset",
            "policy",
            "policyset",
            "definition",
            "initiative",
        ];
        let mut parts = self.path.rsplit(['/', '\\']);
        let name = parts.next().unwrap_or(&self.path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let is_common = COMMON.iter().any(|it| it.eq_ignore_ascii_case(stem));
        parts.next().filter(|_| is_common).unwrap_or(stem)
    }

    /// The documents it holds: itself, or the items of a list.
    pub(super) fn documents(&self) -> Vec<Node<'_>> {
        match self.tree.root() {
            Some(root) if root.is_array() => root.items().filter(|it| it.is_object()).collect(),
            Some(root) => vec![root],
            None => Vec::new(),
        }
    }
}
