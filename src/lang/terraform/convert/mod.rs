//! Terraform's type system: what type a value has, how it becomes another, which type several have in
//! common, when two values are equal, and how sets keep their elements.
//!
//! Types of known values are exact but for nulls, whose type is not kept.

mod defaults;
mod equal;
mod mismatch;
mod set;
mod types;
mod unify;
mod value;

pub(super) use defaults::Defaults;
pub(super) use equal::{equals, is_sensitive_within};
pub(super) use mismatch::mismatch;
pub(super) use types::{describe, describe_own, same_type, without_optional};
pub(super) use unify::{can_convert, type_of, unify, unify_values};
pub(super) use value::{collection, convert, holds_open, mapping, nfc, text};
