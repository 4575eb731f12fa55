//! The three-valued evaluator of conditions. Beside the verdict it says which fields decided.

use crate::model::{
    Completeness, Data, Estate, Existence, Lookup, Match, Origin, Path, Resource, ResourceId, Step,
    Unknown, Value, facts, look_up,
};
use crate::rule::{Condition, Count, Elsewhere, Literal, Related, Subject, Test};

use super::binding::{Binding, bind};
use super::compare::{test_lookup, test_unknown, test_value};
use super::operand::Tests;

/// A verdict in Kleene's logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It depends on what is not known.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Truth {
    /// The opposite; unknown stays unknown.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "`not` is the word of the conditions; the operator would hide that it has three values"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// All hold. Of nothing: true.
    pub fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self::True;
        for verdict in verdicts {
            match verdict {
                Self::False => return Self::False,
                Self::Unknown => whole = Self::Unknown,
                Self::True => {}
            }
        }
        whole
    }

    /// One holds. Of nothing: false.
    pub fn any(verdicts: impl IntoIterator<Item = Self>) -> Self {
        Self::all(verdicts.into_iter().map(Self::not)).not()
    }
}

/// A field that decided a verdict.
#[derive(Clone, Debug)]
pub struct Witness<'m> {
    /// The resource it belongs to; a companion's where that decided.
    pub resource: ResourceId,
    /// The concrete path.
    pub path: Path,
    /// What is there.
    pub seen: Seen<'m>,
    /// What was asked of it; `None` when nothing was.
    pub asked: Option<Asked<'m>>,
    /// `true` where the opposite of what was asked is demanded.
    pub negated: bool,
    /// `true` where any one of several fields can settle the matter.
    pub alternative: bool,
    /// For an element that counts: the fields that make it count.
    pub because: Vec<Witness<'m>>,
}

/// What is asked of a field.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'m> {
    /// A comparison.
    Test(&'m Test),
    /// That a list has so many of these elements.
    Count(&'m Count, &'m Test),
}

/// What a witness saw.
#[derive(Clone, Debug)]
pub enum Seen<'m> {
    /// A value.
    Value(&'m Value),
    /// Nothing; the first path is what exists, the second what is missing.
    Missing(Path, Path),
    /// Nothing, and the service assumes this.
    Assumed(Path, Data),
    /// A value that is not known.
    Unknown(&'m Unknown, Origin),
    /// A path that the language cannot speak of.
    Unmapped,
    /// No companion of the sort that is wanted.
    NoCompanion(&'m Related),
    /// A companion of this type that may or may not belong to it.
    MaybeCompanion(ResourceId),
    /// What an expression of the rule gave.
    Computed(&'m Literal, Value),
    /// Nothing that could be looked up.
    Expression,
    /// What an expression over the resource gave.
    Formula(Value),
    /// A property under a name that leads to no path.
    Unresolved(&'m str),
}

/// A verdict with the fields that decided it.
#[derive(Clone, Debug)]
pub(super) struct Judgement<'m> {
    /// The verdict.
    pub truth: Truth,
    /// The fields that decided: of a conjunction that fails those that failed, and so on.
    pub witnesses: Vec<Witness<'m>>,
}

impl<'m> Judgement<'m> {
    pub(super) fn of(truth: Truth) -> Self {
        Self {
            truth,
            witnesses: Vec::new(),
        }
    }

    fn seen(truth: Truth, witness: Witness<'m>) -> Self {
        Self {
            truth,
            witnesses: vec![witness],
        }
    }
}

impl<'m> Witness<'m> {
    /// A witness of which nothing was asked.
    pub fn new(resource: ResourceId, path: Path, seen: Seen<'m>) -> Self {
        Self {
            resource,
            path,
            seen,
            asked: None,
            negated: false,
            alternative: false,
            because: Vec::new(),
        }
    }

    /// Returns `true` if it saw something that is not known.
    pub(super) fn is_open(&self) -> bool {
        match &self.seen {
            Seen::Value(value) => value.has_unknown(),
            Seen::Computed(_, value) | Seen::Formula(value) => value.has_unknown(),
            Seen::Unknown(..) | Seen::Unmapped | Seen::Unresolved(_) | Seen::MaybeCompanion(_) => {
                true
            }
            Seen::Missing(..) | Seen::Assumed(..) | Seen::NoCompanion(_) | Seen::Expression => {
                false
            }
        }
    }

    /// The same witness, of which this was asked.
    #[must_use]
    pub fn asked(mut self, asked: Asked<'m>) -> Self {
        self.asked = Some(asked);
        self
    }
}

/// What a condition is judged against.
#[derive(Clone, Copy)]
pub(super) struct Scene<'m> {
    /// All resources.
    pub estate: &'m Estate,
    /// The one that is judged.
    pub id: ResourceId,
    /// The one that the rule is about: the same, or the one whose companion is judged.
    pub asked: ResourceId,
    /// Types whose companions may live elsewhere, lower case.
    pub elsewhere: &'m [String],
}

impl<'m> Scene<'m> {
    /// The resource that is judged.
    pub(super) fn resource(&self) -> &'m Resource {
        self.estate.resource(self.id)
    }

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
        let judged: Vec<Judgement<'m>> =
            parts.iter().map(|part| self.within(part, bound)).collect();
        let has = |truth| judged.iter().any(|part| part.truth == truth);
        let truth = if has(decisive) {
            decisive
        } else if has(Truth::Unknown) {
            Truth::Unknown
        } else {
            decisive.not()
        };
        let deciding: Vec<Judgement<'m>> = judged
            .into_iter()
            .filter(|part| part.truth == truth)
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
/// service writes. The `kind` that a service chooses by itself says nothing that rules ask for.
fn is_given(resource: &Resource, path: &Path) -> bool {
    let pattern = path.pattern();
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

fn seen(lookup: Lookup<'_>) -> Seen<'_> {
    match lookup {
        Lookup::Found(value) => Seen::Value(value),
        Lookup::Missing { parent, rest } => Seen::Missing(parent, rest),
        Lookup::Unknown(unknown, origin) => Seen::Unknown(unknown, origin),
        Lookup::Unmapped => Seen::Unmapped,
    }
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

/// The verdict when the number lies somewhere in `least..=most`. Counts are small, so the ends and
/// what lies just beyond the ends of what is compared with decide.
pub(super) fn count_verdict(least: usize, most: usize, test: &Test) -> Truth {
    let at = |number: usize| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        test_value(
            &Value::new(Data::Number(number.into()), Origin::NOWHERE),
            test,
        )
    };
    let end = most.min(least.saturating_add(4_096));
    let first = at(least);
    let agree = (least..=end)
        .map(at)
        .chain([at(most)])
        .all(|verdict| verdict == first);
    if agree { first } else { Truth::Unknown }
}
