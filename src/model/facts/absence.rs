//! What a service assumes when a property is absent. Shared with the build script, so it knows serde alone.

use serde::{Deserialize, Serialize};

use super::schema::Scalar;

/// The known absences of one ARM type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Absences {
    /// One a path and range of API versions.
    pub facts: Vec<AbsenceFact>,
}

/// What one property means when it is absent from a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AbsenceFact {
    /// The path: lower case, `[*]` for elements.
    pub pattern: String,
    /// The first API version it holds for.
    pub from: Option<String>,
    /// The first API version it no longer holds for.
    pub below: Option<String>,
    /// What the service assumes; `None` when that cannot be said before deployment.
    pub value: Option<Scalar>,
    /// The documentation that says so.
    pub source: String,
}
