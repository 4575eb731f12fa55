//! Parameters and variables: made when they are first asked for.

use std::sync::Arc;

use super::run::Run;
use super::scope::{Cell, Frame, Scope};
use super::{eval, placeholder};
use crate::model::{Data, Origin, Type, Unknown, Value, Via, Why};
use crate::source::{NoticeKind, Span};
use crate::syntax::json::{Member, Node, NodeKind};

/// How many definitions a declaration may refer to, one through the other.
const MAX_REFERENCES: usize = 16;

/// The value of a declared parameter by lower-case name; `None` when it is not declared.
pub(super) fn parameter(run: &mut Run<'_>, scope: &Scope<'_>, key: &str) -> Option<Value> {
    let declared = scope.template.parameters.get(key)?;
    let made = scope.parameters.borrow().get(key).cloned();
    match made {
        Some(Cell::Done(value)) => return Some(value),
        Some(Cell::Busy) => return Some(circle(run, declared, "parameter")),
        None => {}
    }
    scope
        .parameters
        .borrow_mut()
        .insert(key.to_owned(), Cell::Busy);
    let kind = type_of(scope, declared.value);
    let secure = kind
        .as_deref()
        .is_some_and(|kind| kind.starts_with("secure"));
    let default = declared.value.get("defaultValue");
    // Resource Manager takes a given null for no value where there is a default.
    let given = scope
        .given
        .get(key)
        .filter(|given| default.is_none() || !given.is_null());
    let value = match (given, default) {
        (Some(given), _) => typed(given.clone(), kind.as_deref()),
        (None, _) if scope.given_elsewhere => {
            let mut unknown = Unknown::because(Why::MissingModule);
            unknown.ty = kind.as_deref().and_then(model_type);
            let origin = run.out.origins.computed(declared.key_span);
            Value::unknown(unknown, origin)
        }
        (None, Some(default)) => eval::value(run, &Frame::of(scope), default),
        (None, None) => missing(run, scope, declared, kind.as_deref()),
    };
    let spelling = format!("{}parameters('{}')", scope.key, declared.key);
    let value = settled(value.marked(secure), &spelling);
    scope
        .parameters
        .borrow_mut()
        .insert(key.to_owned(), Cell::Done(value.clone()));
    Some(value)
}

/// The value of a declared variable by lower-case name; `None` when it is not declared.
pub(super) fn variable(run: &mut Run<'_>, scope: &Scope<'_>, key: &str) -> Option<Value> {
    let copied = scope.template.variable_copies.get(key).copied();
    let declared = scope.template.variables.get(key);
    if copied.is_none() && declared.is_none() {
        return None;
    }
    let made = scope.variables.borrow().get(key).cloned();
    match (made, declared) {
        (Some(Cell::Done(value)), _) => return Some(value),
        (Some(Cell::Busy), Some(declared)) => return Some(circle(run, declared, "variable")),
        (Some(Cell::Busy), None) => {
            let span = copied?.span();
            run.say(
                NoticeKind::InvalidConfiguration,
                span,
                "This variable needs itself to be made.",
            );
            return Some(run.unknown(Why::Invalid, span));
        }
        (None, _) => {}
    }
    scope
        .variables
        .borrow_mut()
        .insert(key.to_owned(), Cell::Busy);
    let frame = Frame::of(scope);
    let value = match (copied, declared) {
        (Some(copy), _) => eval::repeat(run, &frame, copy, key),
        (None, Some(declared)) => eval::value(run, &frame, declared.value),
        (None, None) => return None,
    };
    let name = declared.map_or(key, |declared| &*declared.key);
    let value = settled(value, &format!("{}variables('{name}')", scope.key));
    scope
        .variables
        .borrow_mut()
        .insert(key.to_owned(), Cell::Done(value.clone()));
    Some(value)
}

fn circle(run: &mut Run<'_>, declared: &Member<'_>, what: &str) -> Value {
    let message = format!("The {what} '{}' needs itself to be made.", declared.key);
    run.say(NoticeKind::InvalidConfiguration, declared.key_span, message);
    run.unknown(Why::Invalid, declared.key_span)
}

/// A parameter or a variable is made once a deployment. What has no spelling of its own (what chance
/// gives in a default, what would take a long expression) is therefore spelled by its name: wherever
/// it is used, it is the same value.
fn settled(mut value: Value, spelling: &str) -> Value {
    match &mut value.data {
        Data::Unknown(unknown) if unknown.term.is_none() => {
            Arc::make_mut(unknown).term = Some(Arc::from(spelling));
        }
        Data::Map(map) if map.entries.iter().any(|entry| entry.value.has_unknown()) => {
            for entry in &mut Arc::make_mut(map).entries {
                let spelling = format!("{spelling}.{}", entry.key);
                entry.value = settled(entry.value.clone(), &spelling);
            }
        }
        _ => {}
    }
    value
}

/// A parameter that nobody gave a value: unknown, with its type and what it may be.
fn missing<'s>(
    run: &mut Run<'_>,
    scope: &Scope<'s>,
    declared: &Member<'s>,
    kind: Option<&str>,
) -> Value {
    let spelling = format!("{}parameters('{}')", scope.prefix, declared.key);
    let mut unknown = Unknown::because(Why::Input)
        .decided_by(spelling.as_str())
        .spelled(spelling.as_str());
    if is_nullable(scope, declared.value) {
        return Value::null(run.out.origins.computed(declared.key_span));
    }
    unknown.not_null = true;
    unknown.ty = kind.and_then(model_type);
    let allowed = spelled_out(scope, declared.value)
        .into_iter()
        .find_map(|node| node.get("allowedValues"));
    unknown.domain = match (allowed, kind) {
        // An array takes any selection of what is allowed, so no whole value of it is listed.
        (Some(_), Some("array")) => None,
        (Some(allowed), _) => Some(
            allowed
                .items()
                .map(|item| eval::literal(run, item, Via::Parameter))
                .collect(),
        ),
        (None, Some("bool")) => Some(truths(run.out.origins.computed(declared.key_span))),
        _ => None,
    };
    let origin = run.out.origins.computed(declared.key_span);
    Value::unknown(unknown, origin)
}

/// A given value as one of the declared type.
fn typed(value: Value, kind: Option<&str>) -> Value {
    let mut value = placeholder::typed(value, kind);
    if let Data::Unknown(unknown) = &mut value.data
        && unknown.ty.is_none()
    {
        let unknown = Arc::make_mut(unknown);
        unknown.ty = kind.and_then(model_type);
        if kind == Some("bool") && unknown.domain.is_none() {
            unknown.domain = Some(truths(value.origin));
        }
    }
    value
}

/// What a truth value may be.
fn truths(origin: Origin) -> Vec<Value> {
    [true, false]
        .map(|truth| Value::new(Data::Bool(truth), origin))
        .to_vec()
}

/// Whether a parameter may be left out and is null then.
fn is_nullable<'s>(scope: &Scope<'s>, declared: Node<'s>) -> bool {
    let flag = spelled_out(scope, declared)
        .into_iter()
        .find_map(|node| node.get("nullable"));
    matches!(flag.map(Node::kind), Some(NodeKind::Bool(true)))
}

/// The type word of a parameter, lower case.
fn type_of<'s>(scope: &Scope<'s>, declared: Node<'s>) -> Option<String> {
    let word = spelled_out(scope, declared)
        .into_iter()
        .find_map(|node| node.get("type"))?;
    Some(word.as_str()?.to_ascii_lowercase())
}

/// A declaration and the definitions that it refers to, nearest first. A circle of them ends.
fn spelled_out<'s>(scope: &Scope<'s>, declared: Node<'s>) -> Vec<Node<'s>> {
    let mut found = vec![declared];
    let mut node = declared;
    while found.len() < MAX_REFERENCES
        && let Some(reference) = node.get("$ref").and_then(Node::as_str)
        && let Some(name) = reference.strip_prefix("#/definitions/")
        && let Some(definition) = scope.template.definitions.get(&name.to_ascii_lowercase())
    {
        node = definition.value;
        found.push(node);
    }
    found
}

fn model_type(word: &str) -> Option<Type> {
    Some(match word {
        "string" | "securestring" => Type::String,
        "bool" => Type::Bool,
        "int" => Type::Number,
        "array" => Type::List(Box::new(Type::Any)),
        "object" | "secureobject" => Type::Map(Box::new(Type::Any)),
        _ => return None,
    })
}

/// The value that the entry of a parameter gives, where an expression makes the entry.
fn entry_value(run: &mut Run<'_>, entry: &Value, span: Span) -> Option<Value> {
    match &entry.data {
        Data::Map(map) => match (map.get("value"), map.get("reference")) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(_)) => Some(secret(run, span)),
            (None, None) if map.open => Some(run.unknown(Why::Computed, span)),
            (None, None) => None,
        },
        Data::Unknown(unknown) => {
            let mut given = Unknown::because(unknown.why);
            given.input.clone_from(&unknown.input);
            Some(Value::unknown(given, entry.origin))
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) => None,
    }
}

/// What a key vault holds: not known, and not to be told.
fn secret(run: &mut Run<'_>, span: Span) -> Value {
    let origin = run.out.origins.computed(span);
    let unknown = Unknown::because(Why::DataSource).not_null();
    Value::unknown(unknown, origin).marked(true)
}

/// The values of a parameter file's (or a nested deployment's) `parameters` object, evaluated by
/// `value`, by lower-case name. A reference to a secret is opaque.
pub(super) fn given<'n>(
    run: &mut Run<'_>,
    parameters: Node<'n>,
    mut value: impl FnMut(&mut Run<'_>, Node<'n>) -> Value,
) -> rustc_hash::FxHashMap<String, Value> {
    let mut out = rustc_hash::FxHashMap::default();
    for member in parameters.members() {
        let given = match (member.value.get("value"), member.value.get("reference")) {
            (Some(node), _) => value(run, node),
            (None, Some(reference)) => secret(run, reference.span()),
            (None, None) if member.value.is_object() && member.value.get("copy").is_none() => {
                continue;
            }
            // `"p": "[if(…, createObject('value', …), …)]"`: an expression makes the whole entry, or a
            // loop of the name `value` does.
            (None, None) => {
                let entry = value(run, member.value);
                match entry_value(run, &entry, member.value.span()) {
                    Some(given) => given,
                    None => continue,
                }
            }
        };
        out.insert(member.key.to_ascii_lowercase(), given);
    }
    out
}
