use std::fmt;

use serde::{Deserialize, Serialize};

use super::Hazard;
use crate::source::Span;

/// Replaces the bytes of a span. An empty span inserts; an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

/// How far a fix may be trusted without a person. Ordered: a fix applies when it is at or above the
/// threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Shown, never applied: it needs a decision or a value.
    Manual,
    /// Applied on demand: it may interrupt, replace, lock out, or reach further than the finding.
    Unsafe,
    /// Applied by default: it changes what was found and nothing else.
    Safe,
}

impl Applicability {
    /// Returns `true` if a fix of this applicability may be applied at `threshold`.
    #[must_use]
    pub fn applies(self, threshold: Self) -> bool {
        self >= threshold
    }
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manual => "manual",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        })
    }
}

/// Edits that fulfil one wish, taken whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: "Set `https_traffic_only_enabled` to `true`".
    pub title: String,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// What applying it may cost; sorted, without repetition.
    pub hazards: Vec<Hazard>,
    /// The edits: sorted by span, disjoint, never touching, never empty.
    pub edits: Vec<Edit>,
    /// Addresses of other resources whose evaluated value changes too.
    pub also_affects: Vec<String>,
}

/// Why there is no fix: one whole sentence that names what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
