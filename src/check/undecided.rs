//! Why a condition is undecided, and what the few values that would decide it mean.

use super::compare::{scalar_text, test_value};
use super::scene::Scene;
use super::truth::Truth;
use super::witness::{Asked, Seen, Witness};
use super::wording::first_unknown;
use crate::finding::{Choice, Reason};
use crate::model::{Completeness, Data, Origin, Type, Unknown, Value};
use crate::rule::{Condition, Subject};

/// More values than this are no short list.
const MOST_CHOICES: usize = 8;

/// The reasons of an undecided finding, each once, sorted.
pub(super) fn reasons(scene: Scene<'_>, witnesses: &[Witness<'_>]) -> Vec<Reason> {
    let of = |unknown: Option<&Unknown>| {
        unknown.map_or(Reason::Unsupported, |unknown| Reason::from(unknown.why))
    };
    let mut reasons: Vec<Reason> = asked(witnesses)
        .map(|witness| match &witness.seen {
            Seen::Unknown(unknown, _) => Reason::from(unknown.why),
            Seen::Value(value) => of(first_unknown(value)),
            Seen::Computed(_, value) | Seen::Formula(value) => of(first_unknown(value)),
            Seen::MaybeCompanion(_) => Reason::Relation,
            Seen::NoCompanion(_) => Reason::Elsewhere,
            Seen::Missing(..)
                if scene.estate.resource(witness.resource).completeness
                    == Completeness::Partial =>
            {
                Reason::Elsewhere
            }
            Seen::Missing(..) | Seen::Assumed(..) => Reason::Absence,
            Seen::Unmapped | Seen::Expression | Seen::Unresolved(_) => Reason::Unsupported,
        })
        .collect();
    if reasons.is_empty() {
        reasons.push(Reason::Unsupported);
    }
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// The witnesses that decide. A rule may say which property a finding is about: that one comes first, and
/// where nothing was asked of it, it decides nothing.
fn asked<'w, 'm>(witnesses: &'w [Witness<'m>]) -> impl Iterator<Item = &'w Witness<'m>> {
    let is_companion =
        |seen: &Seen<'_>| matches!(seen, Seen::MaybeCompanion(_) | Seen::NoCompanion(_));
    let many = witnesses.len() > 1;
    witnesses
        .iter()
        .filter(move |witness| !many || witness.asked.is_some() || is_companion(&witness.seen))
}

/// What each value of the one unknown that decides would mean; empty where there is more than one, or
/// its values are not a short list.
pub(super) fn choices(require: &Condition, witnesses: &[Witness<'_>]) -> Vec<Choice> {
    let mut asked = asked(witnesses);
    let (Some(witness), None) = (asked.next(), asked.next()) else {
        return Vec::new();
    };
    let (Seen::Unknown(unknown, _), Some(Asked::Test(test))) = (&witness.seen, witness.asked)
    else {
        return Vec::new();
    };
    if !is_plain(require) {
        return Vec::new();
    }
    let values = values(unknown);
    let choice = |value: &Value| {
        let truth = test_value(value, test);
        let truth = if witness.negated { truth.not() } else { truth };
        Some(Choice {
            value: match value.data {
                Data::Null => "null".to_owned(),
                _ => scalar_text(value).filter(|_| !value.sensitive)?,
            },
            passes: match truth {
                Truth::True => true,
                Truth::False => false,
                Truth::Unknown => return None,
            },
        })
    };
    let told: Option<Vec<Choice>> = values.iter().map(choice).collect();
    told.filter(|told| told.len() <= MOST_CHOICES)
        .unwrap_or_default()
}

/// The values that an unknown can have, where they are listed. Null is left out: what is absent has the
/// meaning that the service gives it, which the test alone does not know.
fn values(unknown: &Unknown) -> Vec<Value> {
    let truth = |it| Value::new(Data::Bool(it), Origin::NOWHERE);
    match &unknown.domain {
        Some(domain) => {
            let set = domain.iter().filter(|value| !value.is_null());
            set.cloned().collect()
        }
        None if unknown.ty == Some(Type::Bool) => vec![truth(true), truth(false)],
        None => Vec::new(),
    }
}

/// Whether a condition is made of fields alone: then the one field that is unknown turns it.
fn is_plain(condition: &Condition) -> bool {
    match condition {
        Condition::AllOf(parts) | Condition::AnyOf(parts) => parts.iter().all(is_plain),
        Condition::Not(inner) => is_plain(inner),
        Condition::Is(Subject::Field(_), _) => true,
        Condition::Is(
            Subject::Value(_) | Subject::Count(_) | Subject::Formula(_) | Subject::Unresolved(_),
            _,
        )
        | Condition::Related(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Path, ResourceId, Why};
    use crate::rule::{Literal, Test};

    fn truth(it: bool) -> Value {
        Value::new(Data::Bool(it), Origin::NOWHERE)
    }

    fn told(unknown: &Unknown, test: &Test, negated: bool) -> Vec<(String, bool)> {
        let path = Path::parse("properties.on").unwrap();
        let mut witness = Witness::new(
            ResourceId(0),
            path.clone(),
            Seen::Unknown(unknown, Origin::NOWHERE),
        )
        .asked(Asked::Test(test));
        witness.negated = negated;
        let require = Condition::Is(Subject::Field(path), test.clone());
        let choices = choices(&require, &[witness]);
        choices
            .into_iter()
            .map(|it| (it.value, it.passes))
            .collect()
    }

    #[test]
    fn each_value_of_a_short_list_has_its_verdict() {
        let is_true = Test::Equals(Literal::Bool(true));
        let text = |text: &str| Value::string(text, Origin::NOWHERE);
        let bool_typed = Unknown::because(Why::Input).typed(Type::Bool);
        let mut either = Unknown::because(Why::Input);
        either.domain = Some(vec![text("A"), text("b"), Value::null(Origin::NOWHERE)]);
        let mut secret = Unknown::because(Why::Input);
        secret.domain = Some(vec![text("x").marked(true), text("y")]);
        let mut half = Unknown::because(Why::Input);
        half.domain = Some(vec![
            truth(true),
            Value::unknown(bool_typed.clone(), Origin::NOWHERE),
        ]);
        let is_a = Test::Equals(Literal::String(Arc::from("a")));
        let yes_no = |yes, no| vec![("true".to_owned(), yes), ("false".to_owned(), no)];
        let rows = [
            (&bool_typed, &is_true, false, yes_no(true, false)),
            (&bool_typed, &is_true, true, yes_no(false, true)),
            (
                &either,
                &is_a,
                false,
                vec![("A".to_owned(), true), ("b".to_owned(), false)],
            ),
            (&secret, &is_a, false, vec![]),
            (&half, &is_true, false, vec![]),
            (&Unknown::because(Why::Computed), &is_true, false, vec![]),
        ];
        for (unknown, test, negated, expected) in rows {
            assert_eq!(told(unknown, test, negated), expected, "{unknown:?}");
        }
    }
}
