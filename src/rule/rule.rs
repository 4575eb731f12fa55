use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::formula::Formula;
use super::imported::Policy;
use super::literal::Literal;
use super::word::Word;
use crate::edit::{Applicability, Hazard};
use crate::model::facts;
use crate::model::{Kind, Path};

/// How bad a finding is: Defender's three levels and the one above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One rule: one recommendation of Microsoft Defender for Cloud, or one of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Names the bad thing; also the file name, the fixture folder and the anchor in the docs.
    pub id: Arc<str>,
    /// The recommendation's own name in the portal.
    pub title: String,
    /// The cloud: `azure`, `aws`, `gcp`.
    pub cloud: String,
    /// The recommendation it stands for.
    pub recommendation: Recommendation,
    /// How bad.
    pub severity: Severity,
    /// `true` when the severity is ours because Defender publishes none.
    pub severity_is_ours: bool,
    /// `false` for rules that are off unless selected (Defender's "enable if required").
    pub enabled: bool,
    /// What it applies to; a finding names the target that failed.
    pub targets: Vec<Target>,
    /// Why it matters.
    pub why: String,
    /// What to do by hand.
    pub steps: String,
    /// The policy definition it was made from; `None` for a rule that was written as one.
    pub policy: Option<Arc<Policy>>,
}

impl Rule {
    /// Returns `true` if Azure Policy would refuse a deployment that this rule finds fault with.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.policy.as_ref().is_some_and(|policy| policy.denies())
    }
}

/// The identity of a Defender recommendation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recommendation {
    /// Defender's assessment key.
    pub key: Option<String>,
    /// The Azure Policy definition's GUID.
    pub policy: Option<String>,
    /// Defender's category: `data`, `networking`, `identity-and-access`, …
    pub category: String,
    /// The controls of each standard that it serves.
    pub controls: Vec<Control>,
}

/// One control of one standard: `mcsb` `DP-3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Control {
    /// The standard's short name.
    pub standard: String,
    /// The control's id.
    pub id: String,
}

/// What a rule demands of some resource types.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The types, any of them.
    pub kinds: Vec<Kind>,
    /// The types that are meant when none is named.
    pub reach: Reach,
    /// Where it applies; [`Condition::always`] when nothing was said.
    pub when: Condition,
    /// What must hold.
    pub require: Condition,
    /// The property a finding is about when the condition names several: the first of these that
    /// decides. Empty where the condition tells by itself.
    pub at: Vec<Path>,
    /// What mends it: the first that can be planned is taken.
    pub remedies: Vec<Remedy>,
}

impl Target {
    /// Returns `true` if it speaks of resources of this type.
    #[must_use]
    pub fn speaks_of(&self, kind: &Kind) -> bool {
        if !self.kinds.is_empty() {
            return self.kinds.contains(kind);
        }
        let is_azure = kind.as_str().contains('/');
        match self.reach {
            Reach::Named => false,
            Reach::Every => is_azure,
            Reach::Indexed => {
                let has = |name| facts::arm_type(kind.as_str()).is_none_or(|it| it.knows(name));
                is_azure && has("tags") && has("location")
            }
        }
    }
}

/// The types a target speaks of beside those it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None.
    Named,
    /// Those that have tags and a location, as the mode `Indexed` of Azure Policy says.
    Indexed,
    /// All of Azure.
    Every,
}

/// A condition in Azure Policy's words, judged in three values.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All hold; an empty list holds.
    AllOf(Vec<Condition>),
    /// At least one holds; an empty list does not.
    AnyOf(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A test of one subject.
    Is(Subject, Test),
    /// Another resource exists.
    Related(Box<Related>),
}

impl Condition {
    /// The condition that always holds.
    #[must_use]
    pub fn always() -> Self {
        Self::AllOf(Vec::new())
    }
}

/// What a test reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A property of the resource. With `[*]` outside `count`, every element must pass.
    Field(Path),
    /// An expression of the template language, or a literal.
    Value(Literal),
    /// An expression that reads the resource.
    Formula(Arc<Formula>),
    /// A property under a name (an alias of Azure Policy) whose path is not known.
    Unresolved(Arc<str>),
    /// How many elements fulfil a condition.
    Count(Box<Count>),
}

/// `count: { field, where }` or `count: { value, name, where }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// The elements; ends in `[*]`. Empty when given values are counted.
    pub field: Path,
    /// The values that are counted instead of elements of the resource.
    pub values: Option<Arc<Formula>>,
    /// What `current()` calls the one at hand.
    pub name: Option<Arc<str>>,
    /// Which to count; its fields are spelled from the resource, as in Azure Policy.
    pub condition: Option<Condition>,
}

/// The comparison of a test, with Azure Policy's meaning: strings are compared ignoring case; an
/// absent property makes every positive test false and every negative one true.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `equals`
    Equals(Literal),
    /// `notEquals`
    NotEquals(Literal),
    /// `in`
    In(Vec<Literal>),
    /// `notIn`
    NotIn(Vec<Literal>),
    /// `like`: at most one `*`.
    Like(String),
    /// `notLike`
    NotLike(String),
    /// `match`: `#` a digit, `?` a letter, `.` any character; case counts.
    Match(String),
    /// `notMatch`
    NotMatch(String),
    /// `matchInsensitively`
    MatchInsensitively(String),
    /// `notMatchInsensitively`
    NotMatchInsensitively(String),
    /// `contains`: a part of a text, or a member of a list.
    Contains(Literal),
    /// `notContains`
    NotContains(Literal),
    /// `containsKey`
    ContainsKey(String),
    /// `notContainsKey`
    NotContainsKey(String),
    /// `exists`
    Exists(bool),
    /// `greater`
    Greater(Literal),
    /// `greaterOrEquals`
    GreaterOrEquals(Literal),
    /// `less`
    Less(Literal),
    /// `lessOrEquals`
    LessOrEquals(Literal),
    /// `coversRange` (ours, for firewalls): the whole internet (`*`, `Internet`, `Any`) when one of
    /// these ranges is, or an address or range that covers one of these. Of a list: any member.
    CoversRange(Vec<String>),
    /// `coversPort` (ours, for firewalls): a port, a range `a-b` or `*` that covers one of these
    /// ports. Of a list: any member.
    CoversPort(Vec<u16>),
    /// A comparison with what an expression over the resource gives.
    Open(Word, Arc<Formula>),
}

impl Word {
    /// The comparison with `operand`.
    ///
    /// # Errors
    /// What the operand must be, in words.
    pub fn with(self, operand: Literal) -> Result<Test, String> {
        Ok(match self {
            Self::Equals => Test::Equals(operand),
            Self::NotEquals => Test::NotEquals(operand),
            Self::Contains => Test::Contains(operand),
            Self::NotContains => Test::NotContains(operand),
            Self::Greater => Test::Greater(operand),
            Self::GreaterOrEquals => Test::GreaterOrEquals(operand),
            Self::Less => Test::Less(operand),
            Self::LessOrEquals => Test::LessOrEquals(operand),
            Self::In => Test::In(self.list(operand)?),
            Self::NotIn => Test::NotIn(self.list(operand)?),
            Self::Like => Test::Like(self.text(operand)?),
            Self::NotLike => Test::NotLike(self.text(operand)?),
            Self::Match => Test::Match(self.text(operand)?),
            Self::NotMatch => Test::NotMatch(self.text(operand)?),
            Self::MatchInsensitively => Test::MatchInsensitively(self.text(operand)?),
            Self::NotMatchInsensitively => Test::NotMatchInsensitively(self.text(operand)?),
            Self::ContainsKey => Test::ContainsKey(self.text(operand)?),
            Self::NotContainsKey => Test::NotContainsKey(self.text(operand)?),
            Self::Exists => Test::Exists(match operand {
                Literal::Bool(wanted) => wanted,
                Literal::String(text) if text.eq_ignore_ascii_case("true") => true,
                Literal::String(text) if text.eq_ignore_ascii_case("false") => false,
                _ => return Err("`exists` takes true or false".to_owned()),
            }),
        })
    }

    fn list(self, operand: Literal) -> Result<Vec<Literal>, String> {
        match operand {
            Literal::List(items) => Ok(items),
            _ => Err(format!("`{}` takes an array", self.spelled())),
        }
    }

    fn text(self, operand: Literal) -> Result<String, String> {
        match operand {
            Literal::String(text) => Ok(text.to_string()),
            Literal::Int(number) => Ok(number.to_string()),
            Literal::Bool(value) => Ok(value.to_string()),
            Literal::Null | Literal::Float(_) | Literal::List(_) | Literal::Map(_) => {
                Err(format!("`{}` takes a text", self.spelled()))
            }
        }
    }
}

impl Test {
    /// What it says of a property that is not there; `None` where that depends on what it is compared
    /// with.
    #[must_use]
    pub fn of_absent(&self) -> Option<bool> {
        Some(match self {
            Self::Exists(wanted) => !wanted,
            Self::Equals(wanted) => *wanted == Literal::Null,
            Self::NotEquals(wanted) => *wanted != Literal::Null,
            Self::NotIn(_)
            | Self::NotLike(_)
            | Self::NotMatch(_)
            | Self::NotMatchInsensitively(_)
            | Self::NotContains(_)
            | Self::NotContainsKey(_) => true,
            Self::In(_)
            | Self::Like(_)
            | Self::Match(_)
            | Self::MatchInsensitively(_)
            | Self::Contains(_)
            | Self::ContainsKey(_)
            | Self::Greater(_)
            | Self::GreaterOrEquals(_)
            | Self::Less(_)
            | Self::LessOrEquals(_)
            | Self::CoversRange(_)
            | Self::CoversPort(_) => false,
            Self::Open(..) => return None,
        })
    }
}

/// `related`: what auditIfNotExists says.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The other's type.
    pub kind: Kind,
    /// How it belongs to this one.
    pub relation: crate::model::Relation,
    /// Which of them are meant.
    pub condition: Condition,
    /// What at least one of those must fulfil.
    pub require: Condition,
    /// What it means that none is in view of a whole resource.
    pub elsewhere: Elsewhere,
}

/// What it means that no companion is in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elsewhere {
    /// It is not there.
    Fail,
    /// It may be declared elsewhere.
    Undecided,
}

/// What would mend a failing target.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// Only where this holds; [`Condition::always`] when nothing was said.
    pub when: Condition,
    /// All of it together.
    pub changes: Vec<RemedyChange>,
    /// The most it claims.
    pub safety: Applicability,
    /// What applying it may cost, beyond what facts say (a property that forces replacement).
    pub hazards: Vec<Hazard>,
    /// What only a person can choose, in words; non-empty makes it manual.
    pub needs: Vec<String>,
}

/// One change of a remedy.
#[derive(Clone, Debug, PartialEq)]
pub enum RemedyChange {
    /// Set a property. `[*]` means the element that failed.
    Set(Path, Literal),
    /// Add an item to a list unless it is there.
    Append(Path, Literal),
    /// Remove a property, or the element that failed when the path ends in `[*]`.
    Remove(Path),
    /// Add a companion resource.
    Add {
        /// Its type.
        kind: Kind,
        /// How it names this one.
        relation: crate::model::Relation,
        /// Its body.
        body: Vec<(Arc<str>, Literal)>,
    },
}
