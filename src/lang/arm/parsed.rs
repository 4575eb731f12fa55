use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, SourceFile};
use crate::syntax::json::{self, Tree};

/// Parsed templates and parameter files by id, shared by the units of a run and by the passes of a
/// fix. Equal ids mean equal texts, so an entry never grows stale.
#[derive(Debug, Default)]
pub struct Cache {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    trees: FxHashMap<FileId, Arc<Tree>>,
    bytes: usize,
    #[cfg(test)]
    made: usize,
}

/// How many bytes of text are kept parsed. Each pass of a fix parses what it changed, so that the
/// trees of all passes would not fit into memory; beyond this all are let go.
const MOST_BYTES: usize = 256 * 1024 * 1024;

impl Cache {
    /// `file`, parsed once.
    pub(crate) fn parsed(&self, file: &Arc<SourceFile>) -> Arc<Tree> {
        // A thread that panicked cannot have left half an entry behind, so a poisoned lock is sound.
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = held.trees.get(&file.id) {
            return Arc::clone(tree);
        }
        drop(held);
        let tree = Arc::new(json::parse(file));
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.bytes += file.text.len();
        if held.bytes > MOST_BYTES {
            held.trees.clear();
            held.bytes = file.text.len();
        }
        #[cfg(test)]
        {
            held.made += 1;
        }
        Arc::clone(held.trees.entry(file.id).or_insert(tree))
    }

    /// How many texts were parsed.
    #[cfg(test)]
    pub(crate) fn made(&self) -> usize {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.made
    }
}
