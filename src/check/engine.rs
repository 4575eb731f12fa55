//! From verdicts to findings: one a failing element, or one a resource and target.

use std::sync::Arc;

use crate::edit::Refusal;
use crate::finding::{Choice, Finding, FindingKey, Reason, State, Subject, UnitId};
use crate::model::{Completeness, Estate, Existence, Resource, ResourceId, Why};
use crate::rule::{Rule, Target};
use crate::source::RelPath;

use super::scene::Scene;
use super::truth::Truth;
use super::witness::{Judgement, Seen, Witness};
use super::wording::About;
use super::{place, undecided, wish, wording};

/// What is said of a finding whose policy has the effect `deny`.
pub const REFUSED: &str = "This deployment would be refused by policy.";

/// What judging one unit gave.
#[derive(Debug, Default)]
pub struct Judged {
    /// Failing and undecided, in the order of the resources and rules.
    pub findings: Vec<Finding>,
    /// How many of each.
    pub tally: Tally,
}

/// How many conditions were judged, and how. One condition is one rule on one resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Resources, instances included.
    pub resources: usize,
    /// Conditions that applied.
    pub judged: usize,
    /// Conditions that passed.
    pub passed: usize,
    /// Conditions that cannot be decided.
    pub undecided: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.resources += other.resources;
        self.judged += other.judged;
        self.passed += other.passed;
        self.undecided += other.undecided;
    }
}

/// What one unit is judged by.
pub struct Bar<'a> {
    /// The rules that apply to a type, given in lower case.
    pub rules: &'a dyn Fn(&str) -> Vec<Arc<Rule>>,
    /// Types whose companions may live elsewhere, lower case.
    pub elsewhere: &'a [String],
}

/// Judges every resource of a unit.
#[must_use]
pub fn judge(unit: UnitId, root: &RelPath, estate: &Estate, bar: &Bar<'_>) -> Judged {
    let mut judged = Judged::default();
    for (index, resource) in estate.resources.iter().enumerate() {
        if resource.implied {
            continue;
        }
        judged.tally.resources += 1;
        let Ok(index) = u32::try_from(index) else {
            break;
        };
        let scene = Scene {
            estate,
            id: ResourceId(index),
            asked: ResourceId(index),
            elsewhere: bar.elsewhere,
        };
        for rule in (bar.rules)(&resource.kind.key()) {
            judge_rule(unit, root, scene, &rule, &mut judged);
        }
    }
    judged
}

/// Judges one rule on one resource. Several targets of one rule are one condition: the worst counts.
fn judge_rule(
    unit: UnitId,
    root: &RelPath,
    scene: Scene<'_>,
    rule: &Arc<Rule>,
    judged: &mut Judged,
) {
    let resource = scene.resource();
    let (mut applies, mut failed, mut undecided) = (false, false, false);
    for target in rule
        .targets
        .iter()
        .filter(|target| target.speaks_of(&resource.kind))
    {
        let when = scene.judge(&target.when);
        if when.truth == Truth::False {
            continue;
        }
        let require = scene.judge(&target.require);
        let undecided_by = match (when.truth, require.truth) {
            (_, Truth::True) | (Truth::True, Truth::False) | (Truth::False, _) => None,
            (Truth::True, Truth::Unknown) => Some(&require),
            (Truth::Unknown, _) => Some(&when),
        };
        // What is declared elsewhere is judged there; here only what is added to it can be wrong.
        if undecided_by.is_some_and(|it| is_elsewhere(scene, &it.witnesses)) {
            continue;
        }
        let case = Case {
            unit,
            root,
            scene,
            rule,
            target,
        };
        match (when.truth, require.truth) {
            (_, Truth::True) | (Truth::False, _) => applies = true,
            (Truth::True, Truth::False) => {
                let failures = case.failures(&require);
                failed |= !failures.is_empty();
                applies |= failed;
                judged.findings.extend(failures);
            }
            (Truth::True, Truth::Unknown) => {
                let own = case.own(&require.witnesses);
                undecided |= own.is_some();
                applies |= undecided;
                judged
                    .findings
                    .extend(own.map(|it| case.undecided(it, About::Demand)));
            }
            (Truth::Unknown, _) => {
                (applies, undecided) = (true, true);
                judged
                    .findings
                    .push(case.undecided(when.witnesses, About::Applies));
            }
        }
    }
    judged.tally.judged += usize::from(applies);
    judged.tally.undecided += usize::from(undecided && !failed);
    judged.tally.passed += usize::from(applies && !failed && !undecided);
}

/// Returns `true` if all that decides is out of view, in what declares the resource.
fn is_elsewhere(scene: Scene<'_>, witnesses: &[Witness<'_>]) -> bool {
    let mut all = witnesses.iter();
    !witnesses.is_empty() && all.all(|witness| is_out_of_view(scene, witness))
}

/// Returns `true` if the resource is declared elsewhere, and what the witness asks of it with it.
fn is_out_of_view(scene: Scene<'_>, witness: &Witness<'_>) -> bool {
    let elsewhere = match witness.seen {
        Seen::Unknown(unknown, _) => unknown.why == Why::Elsewhere,
        Seen::Formula(ref value) => {
            let unknown = value.as_unknown();
            unknown.is_some_and(|unknown| unknown.why == Why::Elsewhere)
        }
        Seen::NoCompanion(_) | Seen::MaybeCompanion(_) | Seen::Missing(..) | Seen::Assumed(..) => {
            true
        }
        Seen::Value(_)
        | Seen::Unmapped
        | Seen::Expression
        | Seen::Computed(..)
        | Seen::Unresolved(_) => false,
    };
    elsewhere && scene.resource().completeness == Completeness::Partial
}

/// One target of one rule on one resource.
struct Case<'c, 'm> {
    unit: UnitId,
    root: &'c RelPath,
    scene: Scene<'m>,
    rule: &'c Arc<Rule>,
    target: &'c Target,
}

impl<'m> Case<'_, 'm> {
    /// One finding for each element that failed, and one for all plain fields together.
    fn failures(&self, judgement: &Judgement<'m>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(witnesses) = self.own(&judgement.witnesses) else {
            return findings;
        };
        let (mut elements, mut fields): (Vec<Witness<'m>>, Vec<Witness<'m>>) = witnesses
            .into_iter()
            .partition(|witness| self.is_element(witness));
        if !self.target.at.is_empty() {
            fields.append(&mut elements);
        }
        elements.dedup_by(|a, b| a.path == b.path);
        for element in elements {
            findings.push(self.finding(State::Open, vec![element], About::Demand));
        }
        if !fields.is_empty() || findings.is_empty() {
            findings.push(self.finding(State::Open, fields, About::Demand));
        }
        findings
    }

    fn undecided(&self, witnesses: Vec<Witness<'m>>, about: About) -> Finding {
        self.finding(State::Undecided, witnesses, about)
    }

    /// The witnesses without those that are told about the resource that says them, and without what
    /// is out of view; `None` when that leaves none. What a companion adds to a list here is judged
    /// under its own type too, where the rule speaks of that type, and one fault is told once.
    fn own(&self, witnesses: &[Witness<'m>]) -> Option<Vec<Witness<'m>>> {
        let own: Vec<Witness<'m>> = witnesses
            .iter()
            .filter(|witness| {
                !self.is_told_elsewhere(witness) && !is_out_of_view(self.scene, witness)
            })
            .cloned()
            .collect();
        (!own.is_empty() || witnesses.is_empty()).then_some(own)
    }

    fn is_told_elsewhere(&self, witness: &Witness<'m>) -> bool {
        let estate = self.scene.estate;
        let Some(home) = estate.owner(witness.resource, &witness.path) else {
            return false;
        };
        let kind = &estate.fragments[home.fragment.0 as usize].kind;
        *kind != self.scene.resource().kind
            && self.is_element(witness)
            && self
                .rule
                .targets
                .iter()
                .any(|target| target.speaks_of(kind))
    }

    /// How a finding of an imported rule stands, and what is to be said of that.
    fn by_policy(&self, state: State) -> (State, String) {
        let Some(policy) = self.rule.policy.as_ref().filter(|_| state == State::Open) else {
            return (state, String::new());
        };
        if let Some(exemption) = &policy.exemption {
            let name = &exemption.name;
            let until = exemption
                .expires
                .as_ref()
                .map_or_else(String::new, |date| format!(" until {date}"));
            let remark = format!(
                " It is exempt from the policy{until} by `{name}` ({}).",
                exemption.category.to_lowercase()
            );
            return (State::Suppressed, remark);
        }
        if policy.denies() {
            return (state, format!(" {REFUSED}"));
        }
        (state, String::new())
    }

    fn is_element(&self, witness: &Witness<'m>) -> bool {
        witness.resource == self.scene.id && wish::element(&witness.path).is_some()
    }

    /// What is to be known of an undecided finding; nothing of any other.
    fn open_question(&self, state: State, about: About, witnesses: &[Witness<'m>]) -> OpenQuestion {
        if state != State::Undecided {
            return OpenQuestion::default();
        }
        OpenQuestion {
            deciding: wording::deciding(self.scene, witnesses),
            reasons: undecided::reasons(self.scene, witnesses),
            choices: match about {
                About::Demand => undecided::choices(&self.target.require, witnesses),
                About::Applies => Vec::new(),
            },
        }
    }

    /// What the rule says a finding is about: the first such property that decides, taken out of
    /// `witnesses`, as what was asked of it is worth telling. Where none does, the first of all.
    fn about(&self, witnesses: &mut Vec<Witness<'m>>) -> Option<Witness<'m>> {
        let meant = self.target.at.iter();
        let mut meant: Vec<Witness<'m>> =
            meant.map(|at| place::witness_at(self.scene, at)).collect();
        let decides = meant.iter().find_map(|at| {
            let is_about =
                |witness: &Witness<'m>| witness.resource == at.resource && witness.path == at.path;
            witnesses.iter().position(is_about)
        });
        match decides {
            Some(index) => Some(witnesses.remove(index)),
            None if meant.is_empty() => None,
            None => Some(meant.swap_remove(0)),
        }
    }

    /// A finding whose place and property are those of `at`, else of the first witness.
    fn finding(&self, state: State, mut witnesses: Vec<Witness<'m>>, about: About) -> Finding {
        let resource = self.scene.resource();
        let (state, remark) = self.by_policy(state);
        if let Some(first) = self.about(&mut witnesses) {
            witnesses.insert(0, first);
        }
        let first = witnesses.first();
        let place = place::of(self.scene.estate, resource, first);
        let property = first.map(|witness| {
            wish::named(self.scene.estate.resource(witness.resource), &witness.path)
        });
        let open = self.open_question(state, about, &witnesses);
        let wording = wording::Case {
            scene: self.scene,
            state,
            about,
            witnesses: &witnesses,
            deciding: &open.deciding,
            choices: &open.choices,
        };
        let (wishes, needs) = match state {
            State::Open => wish::wishes(self.scene, self.target, first),
            State::Undecided | State::Suppressed => (Vec::new(), None),
        };
        let address = resource.address.as_str().to_owned();
        Finding {
            key: FindingKey {
                root: self.root.clone(),
                rule: Arc::clone(&self.rule.id),
                address: resource.address.without_keys(),
                property: property.map(|path| path.to_string()).unwrap_or_default(),
            },
            rule: Arc::clone(self.rule),
            severity: self.rule.severity,
            subject: subject(self.scene.estate, resource),
            message: wording.message() + &remark,
            span: place.span,
            related: place.related,
            occurrences: vec![(self.unit, address)],
            state,
            conditional: resource.existence != Existence::Certain,
            deciding: open.deciding,
            reasons: open.reasons,
            choices: open.choices,
            flows: Some(place.flow)
                .filter(|flow| !flow.is_empty())
                .into_iter()
                .collect(),
            refusal: needs.filter(|_| wishes.is_empty()).map(Refusal),
            wishes: wishes.into_iter().map(|wish| (self.unit, wish)).collect(),
            fixes: Vec::new(),
        }
    }
}

/// Why something is undecided.
#[derive(Default)]
struct OpenQuestion {
    deciding: Vec<String>,
    reasons: Vec<Reason>,
    choices: Vec<Choice>,
}

fn subject(estate: &Estate, resource: &Resource) -> Subject {
    let fragment = resource
        .fragments
        .first()
        .and_then(|id| estate.fragments.get(id.0 as usize));
    let written = fragment.and_then(|fragment| estate.written.get(fragment.of.0 as usize));
    let name = resource
        .body
        .as_map()
        .and_then(|map| map.get_ignoring_case("name"));
    Subject {
        kind: resource.kind.clone(),
        written_kind: written.map_or_else(
            || resource.kind.as_str().to_owned(),
            |written| written.kind.as_str().to_owned(),
        ),
        name: name
            .filter(|name| !name.sensitive)
            .and_then(|name| name.as_str())
            .map(str::to_owned),
        address: resource.address.as_str().to_owned(),
        dialect: resource.dialect,
    }
}
