//! Whether a resource type has a property path, as far as the facts know the type.

use crate::model::{Kind, Path};

/// Says what is wrong with `path` on `kind`; fine where the type is not known.
#[expect(clippy::unnecessary_wraps, reason = "no facts are asked yet")]
pub(super) fn check(kind: &Kind, path: &Path) -> Result<(), String> {
    let _ = (kind, path);
    Ok(())
}
