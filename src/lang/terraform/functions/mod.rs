//! The functions of Terraform: one table, and a file for each family.
//!
//! A function here is computed from arguments that were counted, converted and checked; the evaluator
//! does that for all of them alike. What is not known stays unknown, element by element.

mod answer;
mod call;
mod charset;
mod choice;
mod conversion;
mod csv;
mod date;
mod duration;
mod encoding;
mod files;
mod format;
mod function;
mod hash;
mod json_decode;
mod json_encode;
mod mapping;
mod network;
mod number_format;
mod numeric;
mod pattern;
mod sequence;
mod sets;
mod string;
mod table;
mod verb;
mod yaml_decode;
mod yaml_encode;

pub(super) use answer::Stop;
pub(super) use call::{Call, TEXT, text_limit};
pub(super) use files::{Unread, place};
pub(super) use function::{Form, Function, MARKED, NULL, UNKNOWN};
pub(super) use mapping::variables;
pub(super) use table::{find, nearest};
