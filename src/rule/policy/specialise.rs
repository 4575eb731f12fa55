//! From a clause to a condition on one type: fields become paths, and what the type alone decides is
//! decided.

use std::sync::Arc;

use super::alias::{Field, Found, Reading};
use super::clause::{Clause, Counted, Left, Over};
use super::kinds::{same_type, type_test};
use crate::model::{Kind, Path, Relation, Step};
use crate::rule::{Condition, Count, Elsewhere, Formula, Literal, Related, Subject, Test};

/// A condition of which the type may already decide everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Folded {
    /// It always holds.
    True,
    /// It never holds.
    False,
    /// The rest decides.
    Open(Condition),
}

/// Of which type a condition shall speak.
#[derive(Clone, Copy, Debug)]
pub(super) enum About<'k> {
    /// Of this one.
    Kind(&'k Kind),
    /// Of one that the definition does not name.
    Other,
    /// Of any; the type is read when it is judged.
    Any,
}

impl Folded {
    /// The condition it is.
    pub(super) fn condition(self) -> Condition {
        match self {
            Self::True => Condition::always(),
            Self::False => Condition::AnyOf(Vec::new()),
            Self::Open(condition) => condition,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Open(Condition::Not(inner)) => Self::Open(*inner),
            Self::Open(condition) => Self::Open(Condition::Not(Box::new(condition))),
        }
    }
}

impl From<bool> for Folded {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// The condition that `clause` is on resources of the type `about`.
pub(super) fn specialise(clause: &Clause, about: About<'_>) -> Folded {
    within(clause, about, &mut Vec::new())
}

fn within(clause: &Clause, about: About<'_>, counted: &mut Vec<Path>) -> Folded {
    match clause {
        Clause::All(parts) => {
            let parts = parts.iter().map(|part| within(part, about, counted));
            join(parts.collect(), false)
        }
        Clause::Any(parts) => {
            let parts = parts.iter().map(|part| within(part, about, counted));
            join(parts.collect(), true)
        }
        Clause::Not(inner) => within(inner, about, counted).not(),
        Clause::Is(left, test) => is(left, test, about, counted),
    }
}

/// A conjunction (`decisive` is false) or a disjunction (`decisive` is true).
fn join(parts: Vec<Folded>, decisive: bool) -> Folded {
    let mut open = Vec::new();
    for part in parts {
        match (part, decisive) {
            (Folded::True, true) => return Folded::True,
            (Folded::False, false) => return Folded::False,
            (Folded::True | Folded::False, _) => {}
            (Folded::Open(Condition::AllOf(inner)), false)
            | (Folded::Open(Condition::AnyOf(inner)), true) => open.extend(inner),
            (Folded::Open(condition), _) => open.push(condition),
        }
    }
    match (open.len(), decisive) {
        (0, _) => Folded::from(!decisive),
        (1, _) => open.pop().map_or(Folded::True, Folded::Open),
        (_, true) => Folded::Open(Condition::AnyOf(open)),
        (_, false) => Folded::Open(Condition::AllOf(open)),
    }
}

fn is(left: &Left, test: &Test, about: About<'_>, counted: &mut Vec<Path>) -> Folded {
    match left {
        Left::Value(literal) => open(Subject::Value(settled(literal)), test),
        Left::Formula(formula) => open(Subject::Formula(Arc::clone(formula)), test),
        Left::Unnamed(name) => open(Subject::Unresolved(Arc::clone(name)), test),
        Left::Field(field) if field.is("type") => of_type(test, about),
        Left::Field(field) => of_field(field, about, test, &mut |path| {
            let test = if field.is("location") {
                in_one_spelling(test)
            } else {
                test.clone()
            };
            every(&path, &test, counted)
        }),
        Left::Count(count) => of_count(count, test, about, counted),
    }
}

/// A literal whose text in brackets is no expression any more.
fn settled(literal: &Literal) -> Literal {
    match literal {
        Literal::String(text) if text.starts_with('[') && text.ends_with(']') => {
            Literal::String(Arc::from(format!("[{text}")))
        }
        other => other.clone(),
    }
}

fn open(subject: Subject, test: &Test) -> Folded {
    Folded::Open(Condition::Is(subject, test.clone()))
}

fn of_type(test: &Test, about: About<'_>) -> Folded {
    let decided = match about {
        About::Kind(kind) => type_test(test, Some(kind)),
        About::Other => type_test(test, None),
        About::Any => None,
    };
    decided.map_or_else(
        || {
            open(
                Subject::Field(Path::default().member("type")),
                &same_type(test),
            )
        },
        Folded::from,
    )
}

/// A test of `field` as `made` words it for its path; what an alias of another type is, is nothing.
fn of_field(
    field: &Field,
    about: About<'_>,
    test: &Test,
    made: &mut dyn FnMut(Path) -> Folded,
) -> Folded {
    let nothing = || {
        // An element that is not there violates nothing.
        let truth = field
            .name
            .contains("[*]")
            .then_some(true)
            .or_else(|| counts_absent(test))
            .or_else(|| test.of_absent());
        truth.map_or_else(|| open(Subject::Value(Literal::Null), test), Folded::from)
    };
    let reading = match about {
        About::Kind(kind) => field.on(kind),
        About::Other | About::Any if field.source == Found::Unknown => Reading::Unknown,
        About::Other | About::Any => match field.places.first() {
            Some((None, path)) => Reading::At(path.clone()),
            _ => Reading::Nothing,
        },
    };
    match (reading, about) {
        (Reading::At(path), _) => made(path),
        (Reading::Unknown, _) => open(Subject::Unresolved(Arc::clone(&field.name)), test),
        (Reading::Nothing, About::Kind(_) | About::Other) => nothing(),
        (Reading::Nothing, About::Any) => {
            // One of the types it is an alias of, with what stands there; or another type and nothing.
            let otherwise = nothing() == Folded::True;
            let cases = field.places.iter().filter_map(|(kind, path)| {
                let kind = kind.as_ref()?;
                let is_it = type_is(kind);
                Some(if otherwise {
                    join(vec![Folded::Open(is_it).not(), made(path.clone())], true)
                } else {
                    join(vec![Folded::Open(is_it), made(path.clone())], false)
                })
            });
            join(cases.collect(), !otherwise)
        }
    }
}

fn type_is(kind: &Kind) -> Condition {
    let name = Literal::String(Arc::from(kind.as_str()));
    Condition::Is(
        Subject::Field(Path::default().member("type")),
        Test::Equals(name),
    )
}

/// A test of the property at `path`. With `[*]` that is not being counted, no element may violate it,
/// and there may be none.
fn every(path: &Path, test: &Test, counted: &[Path]) -> Folded {
    let bound = counted
        .iter()
        .filter(|prefix| is_prefix(prefix, path))
        .map(|prefix| prefix.0.len())
        .max()
        .unwrap_or(0);
    let last = path.0.iter().rposition(|step| *step == Step::Each);
    match last {
        Some(last) if last >= bound => {
            let violated = Condition::Not(Box::new(property(path, test)));
            let count = Count {
                field: Path(path.0[..=last].to_vec()),
                values: None,
                name: None,
                condition: Some(violated),
            };
            let none = Test::Equals(Literal::Int(0));
            open(Subject::Count(Box::new(count)), &none)
        }
        Some(_) | None => Folded::Open(property(path, test)),
    }
}

/// A test of the property at `path`. What is absent counts as the empty text, in Azure Policy alone.
fn property(path: &Path, test: &Test) -> Condition {
    let is = |test: Test| Condition::Is(Subject::Field(path.clone()), test);
    match counts_absent(test) {
        Some(true) => Condition::AnyOf(vec![is(Test::Exists(false)), is(test.clone())]),
        Some(false) => Condition::AllOf(vec![is(Test::Exists(true)), is(test.clone())]),
        None => is(test.clone()),
    }
}

/// What a comparison with the empty text says of what is absent; `None` for all others.
fn counts_absent(test: &Test) -> Option<bool> {
    let is_empty = |it: &Literal| matches!(it, Literal::String(it) if it.is_empty());
    match test {
        Test::Equals(it) if is_empty(it) => Some(true),
        Test::NotEquals(it) if is_empty(it) => Some(false),
        Test::In(items) if items.iter().any(is_empty) => Some(true),
        Test::NotIn(values) if values.iter().any(is_empty) => Some(false),
        _ => None,
    }
}

fn is_prefix(prefix: &Path, path: &Path) -> bool {
    path.0.len() >= prefix.0.len()
        && prefix.0.iter().zip(&path.0).all(|(a, b)| match (a, b) {
            (Step::Name(a), Step::Name(b)) => a.eq_ignore_ascii_case(b),
            (a, b) => a == b,
        })
}

fn of_count(count: &Counted, test: &Test, about: About<'_>, counted: &mut Vec<Path>) -> Folded {
    let mut made = |path: Path, values, counted: &mut Vec<Path>| {
        let is_field = !path.0.is_empty();
        if is_field {
            counted.push(path.clone());
        }
        let condition = count
            .condition
            .as_ref()
            .map(|it| within(it, about, counted));
        if is_field {
            counted.pop();
        }
        let condition = match condition {
            None | Some(Folded::True) => None,
            Some(other) => Some(other.condition()),
        };
        if let (About::Kind(kind), true) = (about, is_connections(&path))
            && let Some(folded) = connections(kind, &path, condition.as_ref(), test)
        {
            return folded;
        }
        let count = Count {
            field: path,
            values,
            name: count.name.clone(),
            condition,
        };
        open(Subject::Count(Box::new(count)), test)
    };
    match &count.over {
        Over::Values(formula) => made(Path::default(), Some(Arc::clone(formula)), counted),
        Over::Field(field) => {
            let none =
                || Folded::Open(Condition::Is(Subject::Value(Literal::Int(0)), test.clone()));
            let zero = none();
            let reading = match about {
                About::Kind(kind) => field.on(kind),
                About::Other | About::Any => match field.places.first() {
                    _ if field.source == Found::Unknown => Reading::Unknown,
                    Some((None, path)) => Reading::At(path.clone()),
                    _ => Reading::Nothing,
                },
            };
            match (reading, about) {
                (Reading::At(path), _) => made(path, None, counted),
                (Reading::Unknown, _) => open(Subject::Unresolved(Arc::clone(&field.name)), test),
                (Reading::Nothing, About::Any) => of_any(field, &zero, counted, &mut made),
                (Reading::Nothing, _) => count_of_nothing(test).map_or(zero, Folded::from),
            }
        }
    }
}

/// Words a count for a path or for given values.
type Made<'m> = &'m mut dyn FnMut(Path, Option<Arc<Formula>>, &mut Vec<Path>) -> Folded;

/// Returns `true` for the connections of private endpoints, which only the service lists.
fn is_connections(path: &Path) -> bool {
    path.pattern() == "properties.privateendpointconnections[*]"
}

/// Whether there is a private endpoint connection, asked of the resources that make one: no template
/// lists them in what they belong to.
fn connections(
    kind: &Kind,
    path: &Path,
    condition: Option<&Condition>,
    test: &Test,
) -> Option<Folded> {
    let wants_some = match test {
        Test::Greater(Literal::Int(0)) | Test::GreaterOrEquals(Literal::Int(1)) => true,
        Test::Less(Literal::Int(1))
        | Test::LessOrEquals(Literal::Int(0))
        | Test::Equals(Literal::Int(0)) => false,
        _ => return None,
    };
    let require = match condition {
        Some(condition) => of_element(condition, path)?,
        None => Condition::always(),
    };
    let some = Folded::Open(Condition::Related(Box::new(Related {
        kind: Kind::new(format!("{kind}/privateEndpointConnections")),
        relation: Relation::Child,
        condition: Condition::always(),
        require,
        elsewhere: Elsewhere::Fail,
    })));
    Some(if wants_some { some } else { some.not() })
}

/// A condition on an element as one on a resource of its own; `None` where it reads anything else.
fn of_element(condition: &Condition, element: &Path) -> Option<Condition> {
    let all = |parts: &[Condition]| {
        let parts = parts.iter().map(|part| of_element(part, element));
        parts.collect::<Option<Vec<Condition>>>()
    };
    Some(match condition {
        Condition::AllOf(parts) => Condition::AllOf(all(parts)?),
        Condition::AnyOf(parts) => Condition::AnyOf(all(parts)?),
        Condition::Not(inner) => Condition::Not(Box::new(of_element(inner, element)?)),
        Condition::Is(Subject::Field(path), test) if is_prefix(element, path) => {
            let inside = Path(path.0[element.0.len()..].to_vec());
            Condition::Is(Subject::Field(inside), test.clone())
        }
        Condition::Is(..) | Condition::Related(_) => return None,
    })
}

/// The count on each of the types that the field is an alias of, and none on all others.
fn of_any(field: &Field, zero: &Folded, counted: &mut Vec<Path>, made: Made<'_>) -> Folded {
    let mut cases = Vec::new();
    let mut others = vec![zero.clone()];
    for (kind, path) in &field.places {
        let Some(kind) = kind else { continue };
        let is_it = Folded::Open(type_is(kind));
        others.push(is_it.clone().not());
        cases.push(join(vec![is_it, made(path.clone(), None, counted)], false));
    }
    cases.push(join(others, false));
    join(cases, true)
}

/// A test of the number 0, where a plain number is compared with.
fn count_of_nothing(test: &Test) -> Option<bool> {
    let number = |literal: &Literal| match literal {
        Literal::Int(number) => Some(*number),
        _ => None,
    };
    Some(match test {
        Test::Equals(it) => number(it)? == 0,
        Test::NotEquals(it) => number(it)? != 0,
        Test::Greater(it) => 0 > number(it)?,
        Test::GreaterOrEquals(it) => 0 >= number(it)?,
        Test::Less(it) => 0 < number(it)?,
        Test::LessOrEquals(it) => 0 <= number(it)?,
        _ => return None,
    })
}

/// Locations are compared in the short spelling: `West Europe` is `westeurope`.
fn in_one_spelling(test: &Test) -> Test {
    let short = |literal: &Literal| match literal {
        Literal::String(name) => Literal::String(Arc::from(name.replace(' ', ""))),
        other => other.clone(),
    };
    match test {
        Test::Equals(it) => Test::Equals(short(it)),
        Test::NotEquals(it) => Test::NotEquals(short(it)),
        Test::In(items) => Test::In(items.iter().map(short).collect()),
        Test::NotIn(values) => Test::NotIn(values.iter().map(short).collect()),
        other => other.clone(),
    }
}
