use std::sync::Arc;

use super::{hcl, json};
use crate::source::{Encoding, FileId, RelPath, SourceFile};

/// How many faults reading `text` as the language of `path` tells of.
#[must_use]
pub fn faults(path: &RelPath, text: &str) -> usize {
    let file = Arc::new(SourceFile::new(
        FileId(0),
        path.clone(),
        text.to_owned(),
        Encoding::Utf8,
    ));
    let name = path.file_name().to_ascii_lowercase();
    if name.ends_with("json") || name.ends_with("jsonc") {
        json::parse(&file).notices().len()
    } else {
        hcl::parse(&file).notices().len()
    }
}
