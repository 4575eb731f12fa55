use std::fmt;

use serde::{Deserialize, Serialize};

/// What applying a fix to deployed infrastructure may cost. A fix without hazards has an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// The resource restarts or stops serving for a while.
    Interrupts,
    /// The resource is destroyed and made anew.
    Replaces,
    /// Someone who can reach it today cannot tomorrow.
    LocksOut,
    /// A value is needed that only a person can choose: a key, a subnet, a workspace.
    NeedsInput,
}

/// All `hazards` as one word list: `none` when there are none.
#[must_use]
pub fn label(hazards: &[Hazard]) -> String {
    if hazards.is_empty() {
        return "none".to_owned();
    }
    let words: Vec<String> = hazards.iter().map(ToString::to_string).collect();
    words.join(", ")
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupts => "interrupts",
            Self::Replaces => "replaces",
            Self::LocksOut => "locks-out",
            Self::NeedsInput => "needs-input",
        })
    }
}
