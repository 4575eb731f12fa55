//! The words of a finding.

use crate::finding::State;
use crate::model::{Completeness, Data, Existence, Path, Unknown, Value, Why};
use crate::rule::{Literal, Rule, Test};

use super::condition::{Scene, Seen, Witness};
use super::engine::lacks_companion;

/// What there is to say something about.
pub(super) struct Case<'c, 'm> {
    /// The resource and its estate.
    pub scene: Scene<'m>,
    /// The rule.
    pub rule: &'c Rule,
    /// How it stands.
    pub state: State,
    /// What decided; the first is what the finding is about.
    pub witnesses: &'c [Witness<'m>],
    /// For an undecided finding, what decides.
    pub deciding: &'c [String],
}

impl Case<'_, '_> {
    /// Whole sentences; the first says it all.
    pub(super) fn message(&self) -> String {
        let resource = self.scene.resource();
        let condition = match resource.existence {
            Existence::Certain => "",
            Existence::Conditional(_) | Existence::Symbolic(_) => ", if it is deployed",
        };
        let address = &resource.address;
        match self.state {
            State::Open | State::Suppressed => {
                let facts: Vec<String> = self.failing().map(|witness| self.fact(witness)).collect();
                let facts = if facts.is_empty() {
                    "it does not meet the condition".to_owned()
                } else {
                    facts.join("; ")
                };
                format!("{}: of `{address}`{condition}, {facts}.", self.rule.title)
            }
            State::Undecided => {
                let deciding = self.deciding.join(", ");
                format!(
                    "{}: undecided for `{address}`{condition}; it depends on {deciding}.",
                    self.rule.title
                )
            }
        }
    }

    /// The witnesses worth a word: each place once, at most four.
    fn failing(&self) -> impl Iterator<Item = &Witness<'_>> {
        let mut seen: Vec<&Path> = Vec::new();
        let distinct = self.witnesses.iter().filter(move |witness| {
            let new = lacks_companion(witness) || !seen.contains(&&witness.path);
            seen.push(&witness.path);
            new
        });
        distinct.take(4)
    }

    fn fact(&self, witness: &Witness<'_>) -> String {
        let owner = self.scene.estate.resource(witness.resource);
        let of = if witness.resource == self.scene.id {
            String::new()
        } else {
            format!(" of `{}`", owner.address)
        };
        let path = super::wish::named(owner, &witness.path);
        let wanted = witness
            .test
            .map(|test| format!(", and must {}", requirement(test)))
            .unwrap_or_default();
        match &witness.seen {
            Seen::Value(value) if witness.test.is_none() && is_composite(value) => {
                format!("`{path}`{of} is not as required")
            }
            Seen::Value(value) => format!("`{path}`{of} is {}{wanted}", spell(value)),
            Seen::Assumed(_, data) => {
                let value = Value::new(data.clone(), crate::model::Origin::NOWHERE);
                format!(
                    "`{path}`{of} is not set, which means {}{wanted}",
                    spell(&value)
                )
            }
            Seen::NoCompanion(kind) => format!("no `{kind}` belongs to it"),
            Seen::MaybeCompanion(other) => {
                format!(
                    "`{}` may belong to it",
                    self.scene.estate.resource(*other).address
                )
            }
            Seen::Unknown(..) | Seen::Unmapped => format!("`{path}`{of} is not known{wanted}"),
            Seen::Expression if witness.path.0.is_empty() => {
                "its condition does not hold".to_owned()
            }
            Seen::Missing(..) | Seen::Expression => format!("`{path}`{of} is not set{wanted}"),
        }
    }
}

/// The inputs, or the reasons, that an undecided finding depends on; each once.
pub(super) fn deciding(scene: Scene<'_>, witnesses: &[Witness<'_>]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for witness in witnesses {
        let resource = scene.estate.resource(witness.resource);
        let words = match &witness.seen {
            Seen::Unknown(unknown, _) => reason(unknown),
            Seen::Unmapped => format!(
                "`{}`, which `{}` does not say",
                witness.path, resource.address
            ),
            Seen::MaybeCompanion(other) => format!(
                "whether `{}` belongs to it",
                scene.estate.resource(*other).address
            ),
            Seen::NoCompanion(kind) => format!("whether a `{kind}` is declared elsewhere"),
            Seen::Value(value) => {
                first_unknown(value).map_or_else(|| format!("`{}`", witness.path), reason)
            }
            Seen::Missing(..) if resource.completeness == Completeness::Partial => {
                format!("`{}`, which is declared elsewhere", witness.path)
            }
            Seen::Missing(..) | Seen::Assumed(..) => {
                format!("what `{}` is when it is not set", witness.path)
            }
            Seen::Expression => "an expression of the rule".to_owned(),
        };
        if !out.contains(&words) {
            out.push(words);
        }
    }
    if out.is_empty() {
        out.push("values that are not known".to_owned());
    }
    out.truncate(4);
    out
}

fn reason(unknown: &Unknown) -> String {
    let named = |what: &str| match (&unknown.input, &unknown.term) {
        (Some(input), _) => format!("`{}`", input.0),
        (None, Some(term)) => format!("`{term}`{what}"),
        (None, None) => what.trim_start_matches([',', ' ']).to_owned(),
    };
    match unknown.why {
        Why::Input => named(", an input without a value"),
        Why::Computed => named(", a value that is computed when it is deployed"),
        Why::DataSource => named(", which is read from what is deployed"),
        Why::MissingModule => named(", a module that is not in the workspace"),
        Why::Nondeterministic => named(", which differs from run to run"),
        Why::Elsewhere => named(", a part that is declared elsewhere"),
        Why::Limit => named(", which a limit left unevaluated"),
        Why::Invalid => named(", an expression that is in error"),
        Why::Unsupported => named(", an expression that is not evaluated yet"),
    }
}

fn first_unknown(value: &Value) -> Option<&Unknown> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown),
        Data::List(list) => list.items.iter().find_map(first_unknown),
        Data::Map(map) => map
            .entries
            .iter()
            .find_map(|entry| first_unknown(&entry.value)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => None,
    }
}

fn is_composite(value: &Value) -> bool {
    matches!(value.data, Data::List(_) | Data::Map(_))
}

/// A value in words; what is sensitive is never spelled.
fn spell(value: &Value) -> String {
    if value.sensitive {
        return "a sensitive value".to_owned();
    }
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => format!("`{value}`"),
        Data::Number(number) => format!("`{number}`"),
        Data::String(text) if text.is_empty() => "empty".to_owned(),
        Data::String(text) => {
            let short: String = text.chars().take(80).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("`{short}{more}`")
        }
        Data::List(list) if list.items.is_empty() => "an empty list".to_owned(),
        Data::List(list) => format!("a list of {}", list.items.len()),
        Data::Map(_) => "an object".to_owned(),
        Data::Unknown(_) => "not known".to_owned(),
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => format!("`{value}`"),
        Literal::Int(value) => format!("`{value}`"),
        Literal::Float(value) => format!("`{value}`"),
        Literal::String(text) => format!("`{text}`"),
        Literal::List(items) => items.iter().map(literal).collect::<Vec<_>>().join(", "),
        Literal::Map(_) => "the object of the rule".to_owned(),
    }
}

fn list(values: &[Literal]) -> String {
    values.iter().map(literal).collect::<Vec<_>>().join(" or ")
}

/// What a test asks for, after "must".
fn requirement(test: &Test) -> String {
    match test {
        Test::Equals(value) => format!("be {}", literal(value)),
        Test::NotEquals(value) => format!("not be {}", literal(value)),
        Test::In(values) => format!("be {}", list(values)),
        Test::NotIn(values) => format!("not be {}", list(values)),
        Test::Like(pattern) | Test::Match(pattern) | Test::MatchInsensitively(pattern) => {
            format!("match `{pattern}`")
        }
        Test::NotLike(pattern) | Test::NotMatch(pattern) | Test::NotMatchInsensitively(pattern) => {
            format!("not match `{pattern}`")
        }
        Test::Contains(value) => format!("contain {}", literal(value)),
        Test::NotContains(value) => format!("not contain {}", literal(value)),
        Test::ContainsKey(key) => format!("have `{key}`"),
        Test::NotContainsKey(key) => format!("not have `{key}`"),
        Test::Exists(true) => "be set".to_owned(),
        Test::Exists(false) => "not be set".to_owned(),
        Test::Greater(value) => format!("be greater than {}", literal(value)),
        Test::GreaterOrEquals(value) => format!("be {} or greater", literal(value)),
        Test::Less(value) => format!("be less than {}", literal(value)),
        Test::LessOrEquals(value) => format!("be {} or less", literal(value)),
        Test::CoversRange(ranges) => format!("cover {}", ranges.join(" or ")),
        Test::CoversPort(ports) => {
            let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
            format!("cover port {}", ports.join(" or "))
        }
    }
}
