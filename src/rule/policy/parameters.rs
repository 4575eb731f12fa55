//! Parameters get their values: from whoever uses a definition, else from its defaults.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::definition::Parameter;
use super::fault::Fault;
use super::operand::{Notes, Scope, plain};
use crate::model::{Data, Origin, Unknown, Value, Why};
use crate::rule::Bound;
use crate::source::Span;

/// A value that is given for a parameter.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    /// Where, if in one of the texts.
    pub(super) at: Option<Span>,
}

/// Values by lower-case name.
pub(super) type Values = BTreeMap<String, Given>;

/// The scope of a definition or an initiative whose parameters have these values.
pub(super) fn bind(
    declared: &[Parameter<'_>],
    given: &Values,
    policy: Option<Value>,
    strict: bool,
) -> Result<Scope, Fault> {
    let known = |name: &str| {
        let mut declared = declared.iter();
        declared.any(|parameter| parameter.name.eq_ignore_ascii_case(name))
    };
    for (name, value) in given {
        if let Some(at) = value.at.filter(|_| !known(name)) {
            return Err(Fault::at(
                at,
                format!("There is no parameter `{name}` to give a value"),
            ));
        }
    }
    let (mut parameters, mut missing) = (BTreeMap::new(), BTreeSet::new());
    for parameter in declared {
        let key = parameter.name.to_ascii_lowercase();
        let value = match (given.get(&key), parameter.default) {
            (Some(given), _) => {
                check(parameter, given)?;
                given.value.clone()
            }
            (None, Some(default)) => {
                let value = plain(default);
                check_type(parameter, &value, default.span())?;
                value
            }
            (None, None) => {
                missing.insert(key.clone());
                needed(parameter)
            }
        };
        parameters.insert(key, value);
    }
    Ok(Scope {
        bound: Arc::new(Bound { parameters, policy }),
        missing,
        strict,
        notes: RefCell::new(Notes::default()),
    })
}

/// The unknown value of a parameter that has none.
fn needed(parameter: &Parameter<'_>) -> Value {
    let name = format!("parameters('{}')", parameter.name);
    let mut unknown = Unknown::because(Why::Input)
        .decided_by(name.as_str())
        .spelled(name.as_str())
        .not_null();
    unknown.domain = parameter.allowed.map(|it| it.items().map(plain).collect());
    Value::unknown(unknown, Origin::NOWHERE)
}

fn check(parameter: &Parameter<'_>, given: &Given) -> Result<(), Fault> {
    let Some(at) = given.at else { return Ok(()) };
    check_type(parameter, &given.value, at)?;
    let Some(allowed) = parameter.allowed.filter(|_| !given.value.has_unknown()) else {
        return Ok(());
    };
    let is_allowed = |value: &Value| allowed.items().any(|item| says(&plain(item), value));
    let fits = match given.value.as_list() {
        Some(items) => items.iter().all(is_allowed) || is_allowed(&given.value),
        None => is_allowed(&given.value),
    };
    if fits {
        return Ok(());
    }
    let message = format!(
        "The parameter `{}` does not allow this value",
        parameter.name
    );
    Err(Fault::at(at, message))
}

fn says(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a.says_same(b),
    }
}

/// Lists and objects are told apart; scalars come as texts often enough.
fn check_type(parameter: &Parameter<'_>, value: &Value, at: Span) -> Result<(), Fault> {
    let is_wrong = match (parameter.ty.as_str(), &value.data) {
        (_, Data::Unknown(_) | Data::Null) => false,
        ("array", data) => !matches!(data, Data::List(_)),
        ("object", data) => !matches!(data, Data::Map(_)),
        (_, data) => matches!(data, Data::List(_) | Data::Map(_)),
    };
    if is_wrong {
        let message = format!(
            "The parameter `{}` is of type `{}`",
            parameter.name, parameter.ty
        );
        return Err(Fault::at(at, message));
    }
    Ok(())
}
