//! Byte edits and what is said of them: how sure they are, what applying them costs, and how they
//! are selected, applied and shown. Knows no language.

mod fix;
mod hazard;
mod patch;

pub use fix::{Applicability, Edit, Fix, Refusal};
pub use hazard::Hazard;
pub use patch::{apply, select, unified_diff};
