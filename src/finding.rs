//! What a run has to say: findings, their states, and the report that holds them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::edit::{Applicability, Fix, Hazard, Refusal};
use crate::model::{Change, Dialect, Kind, ResourceId, Why};
use crate::rule::{Rule, Severity};
use crate::source::{Notice, RelPath, Span};

/// Index of a unit within the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UnitId(pub u32);

/// What a finding is, independent of lines, files and order. The fix loop, baselines and SARIF
/// fingerprints share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FindingKey {
    /// The unit's root: the folder of the root module, or the template.
    pub root: RelPath,
    /// The rule's id.
    pub rule: Arc<str>,
    /// The resource's address without instance keys.
    pub address: String,
    /// The property in the cloud's terms, list items named by value; empty when the whole resource is meant.
    pub property: String,
}

/// The resource a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The cloud's type.
    #[serde(serialize_with = "display")]
    pub kind: Kind,
    /// Its type as written, where that differs (`azurerm_storage_account`).
    pub written_kind: String,
    /// Its name in the cloud, where known.
    pub name: Option<String>,
    /// Its address, instance keys included.
    pub address: String,
    /// The language it is written in.
    #[serde(skip)]
    pub dialect: Dialect,
}

/// Whether a finding is certain, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The rule fails.
    Open,
    /// Cannot be decided before deployment, or not from this input.
    Undecided,
    /// The rule fails and someone accepted it, with a reason.
    Suppressed,
}

/// Why a condition cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A variable or parameter without a value.
    Input,
    /// An attribute that the provider or the service computes.
    Computed,
    /// What is read from what is deployed.
    DataSource,
    /// A module or linked template that is not in the workspace.
    MissingModule,
    /// It is, or may be, declared out of view.
    Elsewhere,
    /// The clock or chance.
    Nondeterministic,
    /// A named limit stopped the evaluation.
    Limit,
    /// The configuration is in error here.
    Invalid,
    /// This program cannot say it.
    Unsupported,
    /// What the service assumes where nothing is set.
    Absence,
    /// Whether two resources belong together.
    Relation,
}

impl Reason {
    /// Its name in every format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Computed => "computed",
            Self::DataSource => "data-source",
            Self::MissingModule => "missing-module",
            Self::Elsewhere => "elsewhere",
            Self::Nondeterministic => "nondeterministic",
            Self::Limit => "limit",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
            Self::Absence => "absence",
            Self::Relation => "relation",
        }
    }
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Input => Self::Input,
            Why::Computed => Self::Computed,
            Why::DataSource => Self::DataSource,
            Why::MissingModule => Self::MissingModule,
            Why::Nondeterministic => Self::Nondeterministic,
            Why::Elsewhere => Self::Elsewhere,
            Why::Limit => Self::Limit,
            Why::Invalid | Why::Unread => Self::Invalid,
            Why::Unsupported => Self::Unsupported,
        }
    }
}

/// What one of the few values that an unknown property can have would mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value, as the property has it.
    pub value: String,
    /// Whether the rule would pass.
    pub passes: bool,
}

/// The way of a value: places from where it is written to where it counts, each with what it is.
pub type Flow = Vec<(Span, String)>;

/// A wish: what would make the finding go away, in the cloud's terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The resource in the unit's estate.
    pub resource: ResourceId,
    /// What shall change, all together.
    pub changes: Vec<Change>,
    /// The most the remedy claims.
    pub safety: Applicability,
    /// What the rule says applying it may cost.
    pub hazards: Vec<Hazard>,
}

/// One thing that is wrong, or cannot be decided, in one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is.
    pub key: FindingKey,
    /// The rule.
    pub rule: Arc<Rule>,
    /// How bad.
    pub severity: Severity,
    /// The resource.
    pub subject: Subject,
    /// What is wrong, as one or more whole sentences that end with a period.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places that matter, each with what it is: the hops of the value, the use.
    pub related: Vec<(Span, String)>,
    /// Every unit and address in which this same text was judged so; sorted.
    pub occurrences: Vec<(UnitId, String)>,
    /// How it stands.
    pub state: State,
    /// `true` when the resource exists only under a condition that is not known.
    pub conditional: bool,
    /// For an undecided finding: the inputs that decide.
    pub deciding: Vec<String>,
    /// For an undecided finding: why it cannot be decided, each reason once, sorted.
    pub reasons: Vec<Reason>,
    /// For an undecided finding: what each value that the property can have would mean, where they are few.
    pub choices: Vec<Choice>,
    /// The ways of the value that decided; none where it is written where it counts.
    pub flows: Vec<Flow>,
    /// What would mend it; empty for undecided findings.
    pub wishes: Vec<(UnitId, Wish)>,
    /// Proven fixes, best first.
    pub fixes: Vec<Fix>,
    /// Why there is no fix.
    pub refusal: Option<Refusal>,
}

/// How many of each sort of thing a run saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Files read as Terraform or ARM.
    pub files: usize,
    /// Units: root modules and templates.
    pub units: usize,
    /// Resources judged, instances included.
    pub resources: usize,
    /// Conditions judged: one a rule and resource.
    pub judged: usize,
    /// Conditions that passed.
    pub passed: usize,
    /// Open findings at or above the least severity shown.
    pub findings: usize,
    /// Open findings with a fix that applies by default.
    pub fixable: usize,
    /// Open findings whose fix applies only with `--unsafe-fixes`.
    pub fixable_unsafe: usize,
    /// Undecided conditions.
    pub undecided: usize,
    /// Undecided conditions by reason; one that has several reasons counts under each.
    pub undecided_by: BTreeMap<Reason, usize>,
    /// Findings that someone accepted.
    pub suppressed: usize,
    /// Files that could not be read as their language, in whole or in part.
    pub unreadable: usize,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sorted by path, place, rule.
    pub findings: Vec<Finding>,
    /// Sorted; one a place and message.
    pub notices: Vec<Notice>,
    /// The figures of the closing line.
    pub counts: Counts,
}

fn display<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(kind)
}
