//! The three-valued evaluator of conditions. Beside the verdict it says which fields decided.

use crate::model::{
    CONNECTIONS, Completeness, Estate, Existence, Lookup, Match, Origin, Path, Resource,
    ResourceId, Step, Value, facts, look_up,
};
use crate::rule::{Condition, Count, Elsewhere, Formula, Related, Subject, Test};

use super::binding::{Binding, bind};
use super::compare::{count_verdict, test_lookup, test_unknown, test_value};
use super::operand::{self, Tests};
use super::scene::Scene;
use super::truth::Truth;
use super::witness::{Asked, Judgement, Seen, Witness, seen};

/// What is known of a part of a condition: all, or as much as says whether it decides.
enum Half<'m> {
    Whole(Judgement<'m>),
    Truth(Truth, &'m Condition),
}

impl Half<'_> {
    fn truth(&self) -> Truth {
        match self {
            Self::Whole(judgement) => judgement.truth,
            Self::Truth(truth, _) => *truth,
        }
    }
}

impl<'m> Scene<'m> {
    /// Judges `condition`.
    pub(super) fn judge(&self, condition: &'m Condition) -> Judgement<'m> {
        self.within(condition, &mut Vec::new())
    }

    /// The verdict on a condition that does not live as long as the estate.
    pub(super) fn judge_owned(&self, condition: &Condition) -> Truth {
        let estate: &Estate = self.estate;
        Scene {
            estate,
            id: self.id,
            asked: self.asked,
            elsewhere: self.elsewhere,
        }
        .judge(condition)
        .truth
    }

    pub(super) fn within(
        &self,
        condition: &'m Condition,
        bound: &mut Vec<Binding>,
    ) -> Judgement<'m> {
        match condition {
            Condition::AllOf(parts) => self.join(parts, bound, Truth::False),
            Condition::AnyOf(parts) => self.join(parts, bound, Truth::True),
            Condition::Not(inner) => {
                let mut inner = self.within(inner, bound);
                for witness in &mut inner.witnesses {
                    witness.negated = !witness.negated;
                }
                Judgement {
                    truth: inner.truth.not(),
                    witnesses: inner.witnesses,
                }
            }
            Condition::Is(Subject::Field(path), test) => self.field(path, test, bound),
            Condition::Is(Subject::Value(literal), test) => self.value(literal, test, bound),
            Condition::Is(Subject::Formula(formula), test) => self.formula(formula, test, bound),
            Condition::Is(Subject::Unresolved(name), test) => {
                let witness = Witness::new(self.id, Path::default(), Seen::Unresolved(name));
                Judgement::seen(Truth::Unknown, witness.asked(Asked::Test(test)))
            }
            Condition::Is(Subject::Count(count), test) => self.count(count, test, bound),
            Condition::Related(related) => self.related(related),
        }
    }

    /// A conjunction (`decisive` is false) or a disjunction (`decisive` is true). What decides is
    /// the parts that are decisive; else those that are unknown; else all.
    fn join(
        &self,
        parts: &'m [Condition],
        bound: &mut Vec<Binding>,
        decisive: Truth,
    ) -> Judgement<'m> {
        // Who decided is asked only where it is told: of most parts the truth alone is wanted.
        let halves: Vec<Half<'m>> = parts
            .iter()
            .map(|part| match part {
                Condition::AllOf(_) | Condition::AnyOf(_) | Condition::Not(_) => {
                    Half::Truth(self.truth(part, bound), part)
                }
                Condition::Is(..) | Condition::Related(_) => Half::Whole(self.within(part, bound)),
            })
            .collect();
        let has = |truth| halves.iter().any(|half| half.truth() == truth);
        let truth = if has(decisive) {
            decisive
        } else if has(Truth::Unknown) {
            Truth::Unknown
        } else {
            decisive.not()
        };
        let deciding: Vec<Judgement<'m>> = halves
            .into_iter()
            .filter(|half| half.truth() == truth)
            .map(|half| match half {
                Half::Whole(judgement) => judgement,
                Half::Truth(_, part) => self.within(part, bound),
            })
            .collect();
        // Where all parts say the same, one of them that says the opposite turns the verdict.
        let alternative = truth == decisive.not() && deciding.len() > 1;
        let mut witnesses: Vec<Witness<'m>> = deciding
            .into_iter()
            .flat_map(|part| part.witnesses)
            .collect();
        for witness in &mut witnesses {
            witness.alternative |= alternative;
        }
        Judgement { truth, witnesses }
    }

    /// Whether `condition` holds, without asking who decided: the first part that decides ends it.
    fn truth(&self, condition: &'m Condition, bound: &mut Vec<Binding>) -> Truth {
        let (parts, decisive) = match condition {
            Condition::AllOf(parts) => (parts, Truth::False),
            Condition::AnyOf(parts) => (parts, Truth::True),
            Condition::Not(inner) => return self.truth(inner, bound).not(),
            Condition::Is(..) | Condition::Related(_) => {
                return self.within(condition, bound).truth;
            }
        };
        let mut all = decisive.not();
        for part in parts {
            match self.truth(part, bound) {
                truth if truth == decisive => return decisive,
                Truth::Unknown => all = Truth::Unknown,
                Truth::True | Truth::False => {}
            }
        }
        all
    }

    /// With `[*]`, every element must pass; those that do not are the witnesses. A list that is not
    /// there has no elements.
    fn field(&self, path: &Path, test: &'m Test, bound: &[Binding]) -> Judgement<'m> {
        let path = bind(path, bound);
        let tests = Tests::of(self, test, bound);
        let answers = look_up(self.resource(), &path);
        let is_element = |lookup: &Lookup<'_>| match lookup {
            Lookup::Missing { rest, .. } => !rest.0.contains(&Step::Each),
            Lookup::Found(_) | Lookup::Unknown(..) | Lookup::Unmapped => true,
        };
        let judged: Vec<(Truth, Witness<'m>)> = answers
            .into_iter()
            .filter(|(_, lookup)| is_element(lookup))
            .map(|(at, lookup)| self.answer(at, &lookup, test, &tests))
            .collect();
        let truth = Truth::all(judged.iter().map(|(truth, _)| *truth));
        let deciding = judged.into_iter().filter(|(part, _)| *part == truth);
        let mut witnesses: Vec<Witness<'m>> = deciding.map(|(_, witness)| witness).collect();
        if truth == Truth::Unknown {
            witnesses.extend(tests.unknown());
        }
        Judgement { truth, witnesses }
    }

    /// Tests one answer of a lookup; an absent property takes what the service assumes.
    fn answer(
        &self,
        at: Path,
        lookup: &Lookup<'m>,
        test: &'m Test,
        tests: &Tests<'m>,
    ) -> (Truth, Witness<'m>) {
        let resource = self.resource();
        let is_null = matches!(lookup, Lookup::Found(value) if value.is_null());
        let (truth, seen) = match lookup {
            Lookup::Missing { .. } | Lookup::Found(_)
                if is_null || matches!(lookup, Lookup::Missing { .. }) =>
            {
                let (parent, rest) = match lookup {
                    Lookup::Missing { parent, rest } => (parent.clone(), rest.clone()),
                    _ => (at.clone(), Path::default()),
                };
                match facts::absence(resource.kind.as_str(), &at.pattern(), resource.api.as_ref()) {
                    facts::Absence::Value(data) => {
                        let assumed = Value::new(data.clone(), Origin::NOWHERE);
                        let truth = tests.verdict(&|test| test_value(&assumed, test));
                        (truth, Seen::Assumed(parent, data))
                    }
                    facts::Absence::Absent if is_given(resource, &at) => {
                        (Truth::Unknown, Seen::Missing(parent, rest))
                    }
                    facts::Absence::Absent => (tests.of_absent(), Seen::Missing(parent, rest)),
                    facts::Absence::Unknown => (Truth::Unknown, Seen::Missing(parent, rest)),
                }
            }
            Lookup::Found(value) => {
                let truth = match one_spelling(&at, value) {
                    Some(value) => tests.verdict(&|test| test_value(&value, test)),
                    None => tests.verdict(&|test| test_lookup(lookup, test)),
                };
                (truth, Seen::Value(value))
            }
            Lookup::Missing { parent, rest } => (
                tests.of_absent(),
                Seen::Missing(parent.clone(), rest.clone()),
            ),
            Lookup::Unknown(unknown, origin) => (
                tests.verdict(&|test| test_unknown(unknown, test)),
                Seen::Unknown(unknown, *origin),
            ),
            Lookup::Unmapped => (Truth::Unknown, Seen::Unmapped),
        };
        (
            truth,
            Witness::new(self.id, at, seen).asked(Asked::Test(test)),
        )
    }

    /// How many elements fulfil the condition, as an interval while some are not known.
    #[expect(
        clippy::too_many_lines,
        reason = "one pass over the elements, then who decided"
    )]
    fn count(&self, count: &'m Count, test: &'m Test, bound: &mut Vec<Binding>) -> Judgement<'m> {
        if let Some(formula) = &count.values {
            return self.count_values(count, formula, test, bound);
        }
        let path = bind(&count.field, bound);
        let tests = Tests::of(self, test, bound);
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        let mut open = false;
        for (at, lookup) in look_up(self.resource(), &path) {
            let inner = match &lookup {
                Lookup::Missing { .. } => continue,
                // An unknown element of a known list can be judged; an unknown list has no length.
                Lookup::Unknown(..) | Lookup::Unmapped if !ends_in_index(&at) => {
                    open = true;
                    let (_, witness) = self.answer(list_of(&at), &lookup, test, &tests);
                    Judgement::seen(Truth::Unknown, witness.asked(Asked::Count(count, test)))
                }
                Lookup::Found(_) | Lookup::Unknown(..) | Lookup::Unmapped => match &count.condition
                {
                    None => Judgement::of(Truth::True),
                    Some(condition) => {
                        bound.push(Binding::Element {
                            pattern: count.field.clone(),
                            at: at.clone(),
                        });
                        let judged = self.within(condition, bound);
                        bound.pop();
                        judged
                    }
                },
            };
            match inner.truth {
                Truth::True => sure.push((at, lookup, inner)),
                Truth::Unknown => maybe.push((at, lookup, inner)),
                Truth::False => {}
            }
        }
        let least = sure.len();
        let most = if open {
            usize::MAX
        } else {
            least + maybe.len()
        };
        let truth = tests.verdict(&|test| count_verdict(least, most, test));
        let element = |at: Path, lookup: Lookup<'m>, because| Witness {
            because,
            ..Witness::new(self.id, at, seen(lookup)).asked(Asked::Count(count, test))
        };
        let witnesses = match truth {
            // What is not known decides, so its own witnesses name the inputs.
            Truth::Unknown => maybe
                .into_iter()
                .flat_map(|(_, _, inner)| inner.witnesses)
                .map(|inner| {
                    // Where fewer are wanted, what is wanted of an element is that it is not counted.
                    let is_element = !matches!(inner.asked, Some(Asked::Count(of, _)) if std::ptr::eq(of, count));
                    Witness {
                        negated: inner.negated ^ (is_element && wants_fewer(test)),
                        ..inner
                    }
                })
                .chain(tests.unknown())
                .collect(),
            Truth::True | Truth::False if !sure.is_empty() && wants_fewer(test) => sure
                .into_iter()
                .map(|(at, lookup, inner)| element(at, lookup, inner.witnesses))
                .collect(),
            Truth::True | Truth::False => {
                vec![self.list_witness(&path).asked(Asked::Count(count, test))]
            }
        };
        Judgement { truth, witnesses }
    }

    /// How many of given values fulfil the condition.
    fn count_values(
        &self,
        count: &'m Count,
        formula: &'m Formula,
        test: &'m Test,
        bound: &mut Vec<Binding>,
    ) -> Judgement<'m> {
        let (value, reads) = operand::evaluate(self, formula, bound);
        let tests = Tests::of(self, test, bound);
        let Some(items) = value.as_list() else {
            // What is no list, null included, has no items.
            let truth = match value.as_unknown() {
                Some(_) => tests.verdict(&|test| count_verdict(0, usize::MAX, test)),
                None => tests.verdict(&|test| count_verdict(0, 0, test)),
            };
            let seen = Seen::Formula(value);
            let witness = Witness::new(self.id, Path::default(), seen);
            let witnesses = if reads.is_empty() {
                vec![witness]
            } else {
                reads
            };
            return Judgement { truth, witnesses };
        };
        let judged: Vec<Judgement<'m>> = items
            .iter()
            .map(|item| match &count.condition {
                None => Judgement::of(Truth::True),
                Some(condition) => {
                    bound.push(Binding::Item {
                        name: count.name.clone(),
                        value: item.clone(),
                    });
                    let judged = self.within(condition, bound);
                    bound.pop();
                    judged
                }
            })
            .collect();
        let has = |truth| judged.iter().filter(|it| it.truth == truth).count();
        let least = has(Truth::True);
        let most = least + has(Truth::Unknown);
        let truth = tests.verdict(&|test| count_verdict(least, most, test));
        let mut witnesses: Vec<Witness<'m>> = judged
            .into_iter()
            .filter(|it| truth != Truth::Unknown || it.truth == Truth::Unknown)
            .flat_map(|it| it.witnesses)
            .collect();
        if truth == Truth::Unknown {
            witnesses.extend(tests.unknown());
        }
        if witnesses.is_empty() {
            let witness = Witness::new(self.id, Path::default(), Seen::Expression);
            witnesses.push(witness.asked(Asked::Count(count, test)));
        }
        Judgement { truth, witnesses }
    }

    /// The list itself, where too few of its elements were found.
    fn list_witness(&self, path: &Path) -> Witness<'m> {
        let list = list_of(path);
        let answer = look_up(self.resource(), &list).into_iter().next();
        let (at, seen) = answer.map_or((list.clone(), Seen::Expression), |(at, lookup)| {
            (at, seen(lookup))
        });
        Witness::new(self.id, at, seen)
    }

    fn related(&self, related: &'m Related) -> Judgement<'m> {
        let resource = self.resource();
        let candidates = self
            .estate
            .related(self.id, &related.kind, &related.relation);
        let mut verdicts = Vec::new();
        for (other, how_sure) in candidates {
            let scene = Scene { id: other, ..*self };
            let meant = scene.judge(&related.condition);
            if meant.truth == Truth::False {
                continue;
            }
            let fulfils = scene.judge(&related.require);
            let exists = self.is_as_certain(other);
            let sure = how_sure == Match::Certain && meant.truth == Truth::True && exists;
            let truth = match fulfils.truth {
                Truth::True if sure => Truth::True,
                Truth::False => Truth::False,
                Truth::True | Truth::Unknown => Truth::Unknown,
            };
            let mut witnesses = fulfils.witnesses;
            if truth == Truth::Unknown && fulfils.truth == Truth::True {
                let seen = Seen::MaybeCompanion(other);
                witnesses = vec![Witness::new(self.id, Path::default(), seen)];
            }
            // A companion that may belong to another resource cannot make this one fail.
            if truth == Truth::False && !sure {
                continue;
            }
            verdicts.push(Judgement { truth, witnesses });
        }
        let truth = Truth::any(verdicts.iter().map(|verdict| verdict.truth));
        if truth != Truth::False || !verdicts.is_empty() {
            let deciding = verdicts
                .into_iter()
                .filter(|verdict| verdict.truth == truth);
            return Judgement {
                truth,
                witnesses: deciding.flat_map(|verdict| verdict.witnesses).collect(),
            };
        }
        let may_live_elsewhere = related.elsewhere == Elsewhere::Undecided
            || self.elsewhere.iter().any(|kind| related.kind.is(kind))
            || resource.completeness == Completeness::Partial;
        let truth = if may_live_elsewhere {
            Truth::Unknown
        } else {
            Truth::False
        };
        let seen = Seen::NoCompanion(related);
        Judgement::seen(truth, Witness::new(self.id, Path::default(), seen))
    }

    /// A companion that exists only under a condition counts for a resource that does so too.
    fn is_as_certain(&self, other: ResourceId) -> bool {
        self.estate.resource(other).existence == Existence::Certain
            || self.resource().existence != Existence::Certain
    }
}

/// Returns `true` for what a resource has although no template says it: its id, and what only the
/// service writes, except the connections that follow from its private endpoints. The `kind` that a service chooses by itself says nothing that rules ask for.
fn is_given(resource: &Resource, path: &Path) -> bool {
    let pattern = path.pattern();
    let is_connection = pattern
        .get(..CONNECTIONS.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(CONNECTIONS));
    if is_connection {
        return false;
    }
    pattern == "id"
        || pattern.starts_with("properties.")
            && facts::arm_type(resource.kind.as_str())
                .is_some_and(|it| it.property(&pattern).is_some_and(|it| it.read_only))
}

/// A location in the short spelling, in which locations are compared: `West Europe` is `westeurope`.
fn one_spelling(path: &Path, value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|text| text.contains(' '))?;
    let is_location = path.0.len() == 1 && path.pattern() == "location";
    is_location.then(|| Value::string(text.replace(' ', ""), value.origin))
}

/// The list whose elements a path means.
fn list_of(path: &Path) -> Path {
    let mut list = path.clone();
    while matches!(list.0.last(), Some(Step::Each)) {
        list.0.pop();
    }
    list
}

fn ends_in_index(path: &Path) -> bool {
    matches!(path.0.last(), Some(Step::Index(_)))
}

/// Returns `true` if the test fails because there are too many.
fn wants_fewer(test: &Test) -> bool {
    count_verdict(0, 0, test) == Truth::True
}
