//! Rules as data: what a rule file says ([`schema`]), what it means once compiled ([`Rule`]), and the
//! catalogue of all rules of a run. A rule speaks the cloud's terms; no language is known here.

mod catalog;
mod compile;
mod error;
mod rule;
pub mod schema;

pub use catalog::{Catalog, Entry, Selection, schema_json};
pub use compile::load;
pub use error::RuleError;
pub use rule::{
    Condition, Control, Count, Elsewhere, Literal, Recommendation, Related, Remedy, RemedyChange,
    Rule, Severity, Subject, Target, Test,
};
