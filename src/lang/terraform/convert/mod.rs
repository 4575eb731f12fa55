//! Terraform's type system: what type a value has, how it becomes another, which type several have in
//! common, when two values are equal, and how sets keep their elements.
//!
//! Types of known values are exact but for nulls, whose type is not kept.

mod defaults;
mod equal;
mod set;
mod types;
mod unify;
mod value;

pub use defaults::Defaults;
pub use equal::{equals, is_sensitive_within};
pub use set::normalise;
pub use types::{can_convert, describe, mismatch, same_type, type_of, without_optional};
pub use unify::{unify, unify_values};
pub use value::{ConvertError, collection, convert, convert_unknown, mapping, nfc, text};
