//! Values that a condition computes from the resource at hand.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::Collection;
use crate::model::{
    Completeness, Data, Dialect, Entry, Lookup, Map, Origin, Path, Resource, Scope, Step, Unknown,
    Value, Why, facts, look_up,
};
use crate::rule::policy::{Reading, read_alias};
use crate::rule::{Formula, Reader, Test, literal_of};

use super::binding::{Binding, bind};
use super::compare::{test_absent, test_value};
use super::scene::Scene;
use super::truth::Truth;
use super::witness::{Seen, Witness, seen};

/// A comparison with its operand: one, or one for each value that the operand can take.
pub(super) struct Tests<'m> {
    possible: Vec<Cow<'m, Test>>,
    /// What the operand was computed from, where it was.
    reads: Vec<Witness<'m>>,
}

impl<'m> Tests<'m> {
    /// The comparison `test` with its operand as it is for the resource at hand.
    pub(super) fn of(scene: &Scene<'m>, test: &'m Test, bound: &[Binding]) -> Self {
        let Test::Open(word, formula) = test else {
            return Self {
                possible: vec![Cow::Borrowed(test)],
                reads: Vec::new(),
            };
        };
        let (value, mut reads) = evaluate(scene, formula, bound);
        let values = match value.as_unknown() {
            Some(unknown) => unknown.domain.clone().unwrap_or_default(),
            None => vec![value.clone()],
        };
        let tests = values.iter().map(|value| {
            let literal = literal_of(value)?;
            word.with(literal).ok().map(Cow::Owned)
        });
        let possible: Vec<Cow<'m, Test>> = tests.collect::<Option<_>>().unwrap_or_default();
        if reads.is_empty() {
            reads.push(Witness::new(
                scene.id,
                Path::default(),
                Seen::Formula(value),
            ));
        }
        Self { possible, reads }
    }

    /// What `judge` says of the comparison, where it says the same for every operand.
    pub(super) fn verdict(&self, judge: &dyn Fn(&Test) -> Truth) -> Truth {
        let mut verdicts = self.possible.iter().map(|test| judge(test));
        let first = verdicts.next().unwrap_or(Truth::Unknown);
        if verdicts.all(|verdict| verdict == first) {
            first
        } else {
            Truth::Unknown
        }
    }

    /// What the comparison says of a property that is absent. Where the operand is computed, as in Azure
    /// Policy alone, what is absent counts as the empty text.
    pub(super) fn of_absent(&self) -> Truth {
        let is_computed = !self.reads.is_empty();
        let empty = Value::string("", Origin::NOWHERE);
        self.verdict(&|test| match test {
            Test::Equals(_) | Test::NotEquals(_) | Test::In(_) | Test::NotIn(_) if is_computed => {
                test_value(&empty, test)
            }
            _ => test_absent(test),
        })
    }

    /// What is not known of the operand.
    pub(super) fn unknown(&self) -> Vec<Witness<'m>> {
        self.reads
            .iter()
            .filter(|it| it.is_open())
            .cloned()
            .collect()
    }

    /// What is not known of the operand where that decides, else `witness`.
    pub(super) fn seen_or(&self, truth: Truth, witness: Witness<'m>) -> Vec<Witness<'m>> {
        let open = self.unknown();
        if truth == Truth::Unknown && !open.is_empty() {
            open
        } else {
            vec![witness]
        }
    }
}

/// What a formula gives, and the properties that it read.
pub(super) fn evaluate<'m>(
    scene: &Scene<'m>,
    formula: &Formula,
    bound: &[Binding],
) -> (Value, Vec<Witness<'m>>) {
    let mut reading = Properties {
        scene,
        bound,
        reads: Vec::new(),
    };
    let value = formula.evaluate(&mut reading);
    (value, reading.reads)
}

/// Reads the resource that a rule is about.
struct Properties<'r, 'm> {
    scene: &'r Scene<'m>,
    bound: &'r [Binding],
    reads: Vec<Witness<'m>>,
}

impl Reader for Properties<'_, '_> {
    fn field(&mut self, name: &str) -> Result<Value, String> {
        let id = self.scene.asked;
        let resource = self.scene.estate.resource(id);
        // Elements that are counted are those of the resource at hand.
        let bound = if id == self.scene.id { self.bound } else { &[] };
        let path = match read_alias(name, &resource.kind)? {
            Reading::At(path) => path,
            Reading::Nothing if name.contains("[*]") => {
                return Ok(Value::list(Vec::new(), Origin::NOWHERE));
            }
            Reading::Nothing => return Ok(nothing()),
            Reading::Unknown => return Ok(unresolved(name)),
        };
        Ok(self.read(id, &path, bound))
    }

    fn current(&mut self, name: Option<&str>) -> Result<Value, String> {
        let items = self.bound.iter().rev();
        let Some(name) = name else {
            return match self.bound.last() {
                Some(Binding::Item { value, .. }) => Ok(value.clone()),
                Some(Binding::Element { at, .. }) => {
                    let at = at.clone();
                    Ok(self.read(self.scene.id, &at, &[]))
                }
                None => Err("nothing is being counted here".to_owned()),
            };
        };
        for binding in items {
            if let Binding::Item {
                name: Some(known),
                value,
            } = binding
                && known.eq_ignore_ascii_case(name)
            {
                return Ok(value.clone());
            }
        }
        let resource = self.scene.resource();
        match read_alias(name, &resource.kind)? {
            Reading::At(path) => {
                let path = bind(&path, self.bound);
                Ok(self.read(self.scene.id, &path, &[]))
            }
            Reading::Nothing => Ok(nothing()),
            Reading::Unknown => Ok(unresolved(name)),
        }
    }

    fn surroundings(&mut self, name: &str) -> Value {
        let resource = self.scene.estate.resource(self.scene.asked);
        let entries = match name {
            "requestcontext" => vec![("apiVersion", api(resource))],
            "resourcegroup" => vec![
                ("name", group(resource)),
                // Groups that a service manages are not written by people.
                ("managedBy", Value::null(Origin::NOWHERE)),
            ],
            _ => Vec::new(),
        };
        let entries = entries.into_iter().map(|(key, value)| Entry {
            key: Arc::from(key),
            value,
        });
        let map = Map {
            collection: Collection::Structural,
            element: None,
            entries: entries.collect(),
            open: true,
        };
        Value::new(Data::Map(Arc::new(map)), Origin::NOWHERE)
    }
}

impl<'m> Properties<'_, 'm> {
    /// The value at `path`; a list of all where the path has `[*]`.
    fn read(&mut self, id: crate::model::ResourceId, path: &Path, bound: &[Binding]) -> Value {
        let resource: &'m Resource = self.scene.estate.resource(id);
        let is_many = path.0.contains(&Step::Each);
        let path = bind(path, bound);
        let mut values = Vec::new();
        for (at, lookup) in look_up(resource, &path) {
            let is_list = at.0.contains(&Step::Each);
            let is_there = is_there(resource, &at, &lookup);
            let value = told(resource, &at, &lookup);
            self.reads.push(Witness::new(id, at, seen(lookup)));
            match (is_many, is_list, is_there) {
                // A list that is not there has no elements; one that is not known has nobody knows
                // how many.
                (true, true, _) if value.as_unknown().is_some() => return value,
                // Of the elements only those are selected that have the property.
                (true, true, _) | (true, false, Some(false)) => {}
                (true, false, None) => return value,
                (true, false, Some(true)) | (false, _, _) => values.push(value),
            }
        }
        if is_many {
            return Value::list(values, Origin::NOWHERE);
        }
        values.pop().unwrap_or_else(nothing)
    }
}

/// Whether something is there, default values of the service included; `None` where nobody knows.
fn is_there(resource: &Resource, at: &Path, lookup: &Lookup<'_>) -> Option<bool> {
    match lookup {
        Lookup::Found(value) if !value.is_null() => Some(true),
        Lookup::Found(_) | Lookup::Missing { .. } => {
            match facts::absence(resource.kind.as_str(), &at.pattern(), resource.api.as_ref()) {
                facts::Absence::Value(_) => Some(true),
                facts::Absence::Absent => Some(false),
                facts::Absence::Unknown => None,
            }
        }
        // The elements of a list are there, whatever they say.
        Lookup::Unknown(..) if matches!(at.0.last(), Some(Step::Index(_))) => Some(true),
        Lookup::Unknown(unknown, _) => unknown.not_null.then_some(true),
        Lookup::Unmapped => None,
    }
}

/// What a lookup led to, as a value.
fn told(resource: &Resource, at: &Path, lookup: &Lookup<'_>) -> Value {
    let unknown = |why| {
        let unknown = Unknown::because(why).spelled(at.to_string());
        Value::unknown(unknown, Origin::NOWHERE)
    };
    let is_null = matches!(lookup, Lookup::Found(value) if value.is_null());
    match lookup {
        Lookup::Found(value) if !is_null => (*value).clone(),
        Lookup::Found(_) | Lookup::Missing { .. } => {
            let pattern = at.pattern();
            match facts::absence(resource.kind.as_str(), &pattern, resource.api.as_ref()) {
                facts::Absence::Value(data) => Value::new(data, Origin::NOWHERE),
                facts::Absence::Absent if pattern == "id" => unknown(Why::Computed),
                facts::Absence::Absent => nothing(),
                facts::Absence::Unknown => unknown(Why::Elsewhere),
            }
        }
        Lookup::Unknown(unknown, origin) => Value::unknown((*unknown).clone(), *origin),
        Lookup::Unmapped => unknown(Why::Unsupported),
    }
}

/// What `field()` gives of a property that is not there. Source: the table of `field()` in "Author
/// policies for array properties on Azure resources".
fn nothing() -> Value {
    Value::string("", Origin::NOWHERE)
}

fn unresolved(name: &str) -> Value {
    let unknown = Unknown::because(Why::Unsupported).spelled(name);
    Value::unknown(unknown, Origin::NOWHERE)
}

/// The API version of the request: the template's own, or for Terraform the current one.
fn api(resource: &Resource) -> Value {
    let current = || {
        let facts = facts::arm_type(resource.kind.as_str())?;
        (resource.dialect != Dialect::Arm).then(|| facts.api.clone())
    };
    let own = resource.api.as_ref().map(|api| api.as_str().to_owned());
    let unknown = || {
        let why = match resource.completeness {
            Completeness::Whole => Why::Computed,
            Completeness::Partial => Why::Elsewhere,
        };
        let unknown = Unknown::because(why).spelled("requestContext().apiVersion");
        Value::unknown(unknown.not_null(), Origin::NOWHERE)
    };
    own.or_else(current)
        .map_or_else(unknown, |version| Value::string(version, Origin::NOWHERE))
}

/// The name of the resource group.
fn group(resource: &Resource) -> Value {
    match &resource.identity.scope {
        Scope::Group(name) => (**name).clone(),
        Scope::Here | Scope::Subscription | Scope::Of(_) | Scope::Unknown => {
            let unknown = Unknown::because(Why::Computed).spelled("resourceGroup().name");
            Value::unknown(unknown.not_null(), Origin::NOWHERE)
        }
    }
}
