//! Which files a fix changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::inputs::Inputs;
use crate::remediate::Fixed;
use crate::source::{Encoding, RelPath, SourceFile, SourceTree as _};

/// The files to write, each as it was read and as it shall be.
pub(super) type Changed<'f> = BTreeMap<RelPath, (Arc<SourceFile>, &'f str)>;

/// The files that are to be written. A text that is read but never written (UTF-16) stays as it is.
pub(super) fn changed<'f>(fixed: &'f Fixed, inputs: &Inputs) -> Changed<'f> {
    let read = |path: &RelPath| inputs.workspace.read(path).ok();
    fixed
        .texts
        .iter()
        .filter_map(|(path, after)| Some((path.clone(), (read(path)?, after.as_str()))))
        .filter(|(_, (before, after))| {
            matches!(before.encoding, Encoding::Utf8 | Encoding::Utf8Bom) && before.text != **after
        })
        .collect()
}
