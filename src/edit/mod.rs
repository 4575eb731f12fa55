//! Byte edits and what is said of them: how sure they are, what applying them costs, and how they
//! are selected, applied and shown. Knows no language.

mod compose;
mod diff;
mod fix;
mod hazard;
mod patch;

pub use compose::compose;
pub use diff::{Shown, shown_lines};
pub use fix::{Applicability, Edit, Fix, Refusal};
pub use hazard::{Hazard, label};
pub use patch::{apply, changed_lines, git_patch, select, unified_diff};
