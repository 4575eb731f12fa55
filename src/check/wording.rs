//! The words of a finding: whole sentences that say which property of what is wrong, what was found
//! there, and what is demanded.

use crate::finding::{Choice, State};
use crate::model::{
    Completeness, Data, Existence, Origin, Path, Relation, Step, Unknown, Value, Why, readable,
};

use super::phrase::{self, enumerate};
use super::scene::Scene;
use super::witness::{Asked, Seen, Witness};
use crate::rule::Literal;

/// What there is to say something about.
pub(super) struct Case<'c, 'm> {
    /// The resource and its estate.
    pub scene: Scene<'m>,
    /// How it stands.
    pub state: State,
    /// What the witnesses are about.
    pub about: About,
    /// What decided; the first is what the finding is about.
    pub witnesses: &'c [Witness<'m>],
    /// For an undecided finding, what decides.
    pub deciding: &'c [String],
    /// What the few values that it can have would mean.
    pub choices: &'c [Choice],
}

/// What the witnesses of a finding are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// What the rule demands.
    Demand,
    /// Whether it applies at all.
    Applies,
}

/// How many witnesses are told of.
const MOST_FACTS: usize = 4;

impl Case<'_, '_> {
    /// Whole sentences; the first says it all.
    pub(super) fn message(&self) -> String {
        let sentences = match self.state {
            State::Open | State::Suppressed => self.failures(),
            State::Undecided => [Some(self.undecided()), self.choices()]
                .into_iter()
                .flatten()
                .collect(),
        };
        let condition = match self.scene.resource().existence {
            Existence::Certain => "",
            Existence::Conditional(_) | Existence::Symbolic(_) => "If deployed, ",
        };
        let text = sentences.join(" ");
        match (condition, text.strip_prefix("Whether")) {
            ("", _) | (_, None) => format!("{condition}{text}"),
            (condition, Some(rest)) => format!("{condition}whether{rest}"),
        }
    }

    /// What must all be mended, a sentence each; then what of which one is enough.
    fn failures(&self) -> Vec<String> {
        let facts: Vec<&Witness<'_>> = self.distinct();
        let (either, each): (Vec<&Witness<'_>>, Vec<&Witness<'_>>) =
            facts.iter().partition(|witness| witness.alternative);
        let mut sentences: Vec<String> = Vec::new();
        for witness in each.iter().take(MOST_FACTS) {
            let fact = self.fact(witness, sentences.is_empty());
            sentences.push(format!("{}.", capitalized(&fact)));
        }
        if let [only] = either.as_slice() {
            let fact = self.fact(only, sentences.is_empty());
            sentences.push(format!("{}.", capitalized(&fact)));
        } else if !either.is_empty() {
            let clauses: Vec<String> = either
                .iter()
                .take(MOST_FACTS)
                .enumerate()
                .map(|(index, witness)| self.fact(witness, index == 0 && sentences.is_empty()))
                .collect();
            sentences.push(format!(
                "One of these has to change: {}.",
                clauses.join("; or ")
            ));
        }
        let left = each.len().saturating_sub(MOST_FACTS) + either.len().saturating_sub(MOST_FACTS);
        match (sentences.is_empty(), left) {
            (true, _) => {
                let address = &self.scene.resource().address;
                vec![format!("`{address}` does not meet the condition.")]
            }
            (false, 0) => sentences,
            (false, 1) => [sentences, vec!["1 further property is wrong.".to_owned()]].concat(),
            (false, left) => [
                sentences,
                vec![format!("{left} further properties are wrong.")],
            ]
            .concat(),
        }
    }

    fn undecided(&self) -> String {
        let address = &self.scene.resource().address;
        let deciding = enumerate(self.deciding, "and");
        let asked = self.witnesses.iter().find_map(|witness| {
            let demand = demand(witness)?;
            Some(format!("{} {demand}", self.subject(witness, true)))
        });
        let companion = self
            .witnesses
            .iter()
            .find_map(|witness| match &witness.seen {
                Seen::NoCompanion(related) => Some(format!(
                    "`{address}` must have a {}",
                    phrase::companion(related)
                )),
                _ => None,
            });
        match (self.about, asked.or(companion)) {
            (About::Demand, Some(asked)) => {
                format!("{asked}; whether that is so depends on {deciding}.")
            }
            (About::Demand, None) => {
                format!("Whether `{address}` is as demanded depends on {deciding}.")
            }
            (About::Applies, _) => {
                format!("Whether this is demanded of `{address}` depends on {deciding}.")
            }
        }
    }

    /// What each value would mean, of the property that the finding is about.
    fn choices(&self) -> Option<String> {
        let named = |passes: bool| -> Vec<String> {
            let those = self.choices.iter().filter(|it| it.passes == passes);
            those.map(|choice| format!("`{}`", choice.value)).collect()
        };
        let (passing, failing) = (named(true), named(false));
        (!passing.is_empty() && !failing.is_empty()).then(|| {
            format!(
                "There, {} would pass and {} would fail.",
                enumerate(&passing, "or"),
                enumerate(&failing, "or")
            )
        })
    }

    /// The witnesses worth a word, each place once.
    fn distinct(&self) -> Vec<&Witness<'_>> {
        let mut seen: Vec<(&Path, crate::model::ResourceId)> = Vec::new();
        let mut distinct = Vec::new();
        for witness in self.witnesses {
            let place = (&witness.path, witness.resource);
            let is_pathless =
                witness.lacks_companion() || matches!(witness.seen, Seen::Computed(..));
            if is_pathless || !seen.contains(&place) {
                distinct.push(witness);
            }
            seen.push(place);
        }
        distinct
    }

    /// The property of a witness: with its resource when it is named for the first time.
    fn subject(&self, witness: &Witness<'_>, first: bool) -> String {
        let owner = self.scene.estate.resource(witness.resource);
        if let Seen::Computed(literal, _) = &witness.seen {
            return self.expression(witness, literal, first);
        }
        let path = super::wish::named(owner, &witness.path);
        self.spelled(witness, &path, first)
    }

    /// An expression of the rule, over a resource.
    fn expression(&self, witness: &Witness<'_>, literal: &Literal, first: bool) -> String {
        let owner = &self.scene.estate.resource(witness.resource).address;
        let text = phrase::literal(literal);
        if first {
            format!("{text} of `{owner}`")
        } else {
            text
        }
    }

    fn spelled(&self, witness: &Witness<'_>, path: &Path, first: bool) -> String {
        let owner = &self.scene.estate.resource(witness.resource).address;
        if witness.resource != self.scene.id {
            let own = &self.scene.resource().address;
            format!("`{path}` of `{owner}`, which belongs to `{own}`,")
        } else if first {
            format!("`{path}` of `{owner}`")
        } else {
            format!("its `{path}`")
        }
    }

    /// One thing that is wrong, as a clause.
    fn fact(&self, witness: &Witness<'_>, first: bool) -> String {
        let subject = self.subject(witness, first);
        let but = demand(witness)
            .map(|demand| format!(", but {demand}"))
            .unwrap_or_default();
        match &witness.seen {
            _ if is_counted(witness) => Self::counted(witness, &subject),
            Seen::Value(value) => self
                .forbidden_item(witness, value, first)
                .unwrap_or_else(|| format!("{subject} is {}{but}", spell(value))),
            Seen::Computed(_, value) => format!("{subject} is {}{but}", spell(value)),
            Seen::Assumed(_, data) => {
                let value = spell(&Value::new(data.clone(), Origin::NOWHERE));
                format!("{subject} is not set, which means {value}{but}")
            }
            Seen::NoCompanion(related) => {
                let own = &self.scene.resource().address;
                let wanted = phrase::companion(related);
                match &related.relation {
                    Relation::ReferredToBy(_) => {
                        format!("a {wanted} must refer to `{own}`, but none does")
                    }
                    Relation::RefersTo(_) => {
                        format!("`{own}` must refer to a {wanted}, but refers to none")
                    }
                    Relation::Beside => {
                        format!("beside `{own}` there must be a {wanted}, but there is none")
                    }
                    Relation::Child | Relation::Extension | Relation::Parent => {
                        format!("`{own}` must have a {wanted}, but has none")
                    }
                }
            }
            Seen::MaybeCompanion(other) => {
                let other = &self.scene.estate.resource(*other).address;
                format!("`{other}` may or may not belong to it")
            }
            Seen::Unknown(..) | Seen::Unmapped => format!("{subject} is not known{but}"),
            Seen::Unresolved(name) => format!("`{name}` is not known{but}"),
            Seen::Expression | Seen::Formula(_) if witness.path.0.is_empty() => {
                let own = &self.scene.resource().address;
                format!("`{own}` does not meet a condition of the rule")
            }
            Seen::Missing(..) | Seen::Expression | Seen::Formula(_) => {
                format!("{subject} is not set{but}")
            }
        }
    }

    /// An element of a list of which there are too many.
    fn counted(witness: &Witness<'_>, subject: &str) -> String {
        let none = match witness.asked {
            Some(Asked::Count(_, test)) => phrase::wants_none(test, witness.negated),
            Some(Asked::Test(_)) | None => true,
        };
        let verdict = if none {
            "must not be there"
        } else {
            "is one more than there may be"
        };
        let clauses: Vec<String> = witness
            .because
            .iter()
            .filter_map(|inner| {
                let rest = inner.path.0.strip_prefix(witness.path.0.as_slice())?;
                let path = Path(rest.to_vec());
                let Seen::Value(value) = &inner.seen else {
                    return None;
                };
                Some(format!("`{path}` is {}", spell(value)))
            })
            .collect();
        if clauses.is_empty() {
            return format!("{subject} {verdict}");
        }
        format!("{subject} {verdict}: its {}", enumerate(&clauses, "and"))
    }

    /// A text in a list that must not have it: `*` among the allowed origins.
    fn forbidden_item(&self, witness: &Witness<'_>, value: &Value, first: bool) -> Option<String> {
        let (Step::Index(_), rest) = witness.path.0.split_last()? else {
            return None;
        };
        if value.sensitive || value.as_str().is_none() || witness.asked.is_none() {
            return None;
        }
        let owner = self.scene.estate.resource(witness.resource);
        let list = super::wish::named(owner, &Path(rest.to_vec()));
        let list = self.spelled(witness, &list, first);
        let demand = demand(witness)?.replacen("must", "an item must", 1);
        Some(format!("{list} contains {}, but {demand}", spell(value)))
    }
}

/// An element that counts, as opposed to the list that has too few.
fn is_counted(witness: &Witness<'_>) -> bool {
    let is_element = matches!(witness.path.0.last(), Some(Step::Index(_)));
    is_element && matches!(witness.asked, Some(Asked::Count(..)))
}

/// What is demanded of a witness.
fn demand(witness: &Witness<'_>) -> Option<String> {
    Some(match witness.asked? {
        Asked::Test(test) => phrase::demand(test, witness.negated),
        Asked::Count(count, test) => {
            let number = phrase::quantity(count, test, witness.negated);
            format!("must have {number}")
        }
    })
}

/// With a capital letter where it starts with a word.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + chars.as_str()
    })
}

/// The inputs, or the reasons, that an undecided finding depends on; each once.
pub(super) fn deciding(scene: Scene<'_>, witnesses: &[Witness<'_>]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for witness in witnesses {
        let resource = scene.estate.resource(witness.resource);
        let words = match &witness.seen {
            Seen::Unknown(unknown, _) => reason_at(&witness.path, unknown),
            Seen::Unmapped => format!(
                "`{}`, which `{}` does not say",
                witness.path, resource.address
            ),
            Seen::MaybeCompanion(other) => format!(
                "whether `{}` belongs to it",
                scene.estate.resource(*other).address
            ),
            Seen::NoCompanion(related) => {
                format!("whether a `{}` is declared elsewhere", related.kind)
            }
            Seen::Value(value) => {
                first_unknown(value).map_or_else(|| format!("`{}`", witness.path), reason)
            }
            Seen::Missing(..) if resource.completeness == Completeness::Partial => {
                format!("`{}`, which is declared elsewhere", witness.path)
            }
            Seen::Missing(..) | Seen::Assumed(..) => {
                format!("what `{}` is when it is not set", witness.path)
            }
            Seen::Computed(literal, value) => first_unknown(value).map_or_else(
                || format!("{} of the rule", phrase::literal(literal)),
                reason,
            ),
            Seen::Expression => "an expression of the rule".to_owned(),
            Seen::Formula(value) => {
                first_unknown(value).map_or_else(|| "an expression of the rule".to_owned(), reason)
            }
            Seen::Unresolved(name) => {
                format!("`{name}`, a name of a property that is not known here")
            }
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

/// Why a property is not known: where nothing else has a name, the property has one.
fn reason_at(path: &Path, unknown: &Unknown) -> String {
    match (&unknown.input, &unknown.term, unknown.why) {
        (Some(_), _, _) | (_, Some(_), _) | (.., Why::Elsewhere | Why::Unread) => reason(unknown),
        (None, None, Why::Input) => format!("`{path}`, which inputs without a value decide"),
        (None, None, _) => format!("`{path}`, {}", reason(unknown)),
    }
}

fn reason(unknown: &Unknown) -> String {
    let what = match unknown.why {
        Why::Input => "an input without a value",
        Why::Computed => "a value that is computed when it is deployed",
        Why::DataSource => "a value that is read from what is deployed",
        Why::MissingModule => "a module that is not in the workspace",
        Why::Nondeterministic => "a value that differs from run to run",
        Why::Elsewhere => "a part that is declared elsewhere",
        Why::Limit => "a value that a limit left unevaluated",
        Why::Invalid => "an expression that is in error",
        Why::Unread => "its block, which could not be read whole",
        Why::Unsupported => "an expression that is not evaluated yet",
    };
    match (&unknown.input, &unknown.term) {
        (Some(input), _) => format!("`{}`", input.0),
        (None, Some(term)) => format!("`{}`, {what}", readable(term)),
        (None, None) => what.to_owned(),
    }
}

pub(super) fn first_unknown(value: &Value) -> Option<&Unknown> {
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
        Data::List(list) if list.items.len() <= 4 && list.items.iter().all(is_plain) => {
            let items: Vec<String> = list.items.iter().map(spell).collect();
            format!("the list of {}", enumerate(&items, "and"))
        }
        Data::List(list) => format!("a list of {} items", list.items.len()),
        Data::Map(_) => "an object".to_owned(),
        Data::Unknown(_) => "not known".to_owned(),
    }
}

fn is_plain(value: &Value) -> bool {
    match value.data {
        Data::Bool(_) | Data::Number(_) | Data::String(_) => !value.sensitive,
        Data::Null | Data::List(_) | Data::Map(_) | Data::Unknown(_) => false,
    }
}

#[cfg(test)]
mod tests;
