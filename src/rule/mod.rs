//! Rules as data: what a rule file says ([`schema`]), what it means once compiled ([`Rule`]), and the
//! catalogue of all rules of a run. A rule speaks the cloud's terms; no language is known here.

mod catalog;
mod compile;
mod error;
mod formula;
mod imported;
mod literal;
pub mod policy;
mod rule;
pub mod schema;
mod word;

pub use catalog::{Catalog, Entry, Selection, schema_json};
pub use compile::load;
pub use error::RuleError;
pub use formula::{Bound, Formula, Reader, Term, literal_of, value_of_literal};
pub use imported::{Effect, Exemption, Policy};
pub use literal::Literal;
pub use rule::{
    Condition, Control, Count, Elsewhere, Reach, Recommendation, Related, Remedy, RemedyChange,
    Rule, Severity, Subject, Target, Test,
};
pub use word::Word;
