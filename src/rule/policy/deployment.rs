//! The template of `deployIfNotExists`, where it sets properties of the resource itself or adds one
//! child: what it deploys as changes.

use std::ops::Range;
use std::sync::Arc;

use super::kinds;
use super::operand::{Scope, computed};
use crate::expression::{self, Call, Environment, Failure, Text};
use crate::model::{Data, Entry, Kind, Origin, Path, Relation, Unknown, Value, Why as Reason};
use crate::rule::formula::number;
use crate::rule::{Literal, RemedyChange, literal_of};
use crate::syntax::json::{Node, NodeKind};

/// Why a template gives no changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A value is missing that a person chooses.
    Needs(String),
    /// It does more than can be said as changes.
    Beyond(String),
}

/// Stands for the name of the resource while names are computed.
const OWN_NAME: &str = "\u{1}";

/// The changes that the template in `details` makes to a resource of type `kind`.
pub(super) fn changes(
    details: Node<'_>,
    kind: &Kind,
    scope: &Scope,
) -> Result<Vec<RemedyChange>, Why> {
    let beyond = |why: &str| Why::Beyond(why.to_owned());
    let deployment = details
        .get("deployment")
        .and_then(|it| it.get("properties"));
    let deployment = deployment.ok_or_else(|| beyond("it has no template"))?;
    let template = deployment
        .get("template")
        .ok_or_else(|| beyond("it has no template"))?;
    let resources = template.get("resources").into_iter().flat_map(Node::items);
    let resources: Vec<Node<'_>> = resources.collect();
    let [resource] = resources.as_slice() else {
        return Err(beyond("its template deploys several resources"));
    };
    let parameters = parameters(deployment, template, scope)?;
    let ty = resource.get("type").and_then(Node::as_str);
    let ty = kinds::kind(&ty.ok_or_else(|| beyond("its template deploys no resource"))?);
    if ty.is("Microsoft.Resources/deployments") {
        return Err(beyond("its template deploys another template"));
    }
    if resource.get("copy").is_some() || resource.get("condition").is_some() {
        return Err(beyond(
            "its template deploys under a condition or several times",
        ));
    }
    let evaluation = Template { parameters };
    if ty == *kind {
        return own(*resource, &evaluation);
    }
    let is_child = ty
        .key()
        .strip_prefix(&kind.key())
        .is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/'));
    if !is_child {
        return Err(Why::Beyond(format!("its template deploys a `{ty}`")));
    }
    child(*resource, ty, &evaluation).map(|change| vec![change])
}

/// The members of the resource itself, each as a property to set.
fn own(resource: Node<'_>, template: &Template) -> Result<Vec<RemedyChange>, Why> {
    const NAMES: [&str; 7] = [
        "type",
        "name",
        "apiversion",
        "location",
        "dependson",
        "comments",
        "tags",
    ];
    let mut changes = Vec::new();
    for member in resource.members() {
        if NAMES.contains(&member.key.to_ascii_lowercase().as_str()) {
            continue;
        }
        let value = template.value(member.value)?;
        let path = Path::default().member(&member.key);
        leaves(path, &literal(&value)?, &mut changes);
    }
    if changes.is_empty() {
        return Err(Why::Beyond("its template sets nothing".to_owned()));
    }
    Ok(changes)
}

fn leaves(path: Path, value: &Literal, changes: &mut Vec<RemedyChange>) {
    match value {
        Literal::Map(members) if !members.is_empty() => {
            for (key, value) in members {
                leaves(path.member(key), value, changes);
            }
        }
        _ => changes.push(RemedyChange::Set(path, value.clone())),
    }
}

/// A child of the resource.
fn child(resource: Node<'_>, kind: Kind, template: &Template) -> Result<RemedyChange, Why> {
    let beyond = |why: &str| Why::Beyond(why.to_owned());
    let name = resource
        .get("name")
        .ok_or_else(|| beyond("the child has no name"))?;
    let name = template.value(name)?;
    let name = name
        .as_str()
        .and_then(|it| it.strip_prefix(OWN_NAME)?.strip_prefix('/'))
        .filter(|it| !it.is_empty() && !it.contains('/'))
        .ok_or_else(|| beyond("the name of the child is not plain"))?;
    let mut body = vec![(Arc::from("name"), Literal::String(Arc::from(name)))];
    for member in resource.members() {
        let key = member.key.to_ascii_lowercase();
        if ["type", "name", "apiversion", "dependson", "comments"].contains(&key.as_str()) {
            continue;
        }
        let value = template.value(member.value)?;
        body.push((Arc::from(member.key.as_ref()), literal(&value)?));
    }
    Ok(RemedyChange::Add {
        kind,
        relation: Relation::Child,
        body,
    })
}

fn literal(value: &Value) -> Result<Literal, Why> {
    let literal = literal_of(value).ok_or_else(|| Why::Needs(needed(value)))?;
    if mentions_name(&literal) {
        return Err(Why::Beyond(
            "it repeats the name of the resource".to_owned(),
        ));
    }
    Ok(literal)
}

fn mentions_name(literal: &Literal) -> bool {
    match literal {
        Literal::String(text) => text.contains(OWN_NAME),
        Literal::List(items) => items.iter().any(mentions_name),
        Literal::Map(members) => members.iter().any(|(_, value)| mentions_name(value)),
        Literal::Null | Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) => false,
    }
}

/// What is needed for a value that is not known.
fn needed(value: &Value) -> String {
    let named = |unknown: &Unknown| {
        let input = unknown.input.as_ref().map(|input| Arc::clone(&input.0));
        input.or_else(|| unknown.term.clone())
    };
    match &value.data {
        Data::Unknown(unknown) => named(unknown).map_or_else(
            || "a value that only what is deployed tells".to_owned(),
            |name| format!("a value for `{name}`"),
        ),
        Data::List(list) => first(list.items.iter()),
        Data::Map(map) => first(map.entries.iter().map(|entry| &entry.value)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => "a value".to_owned(),
    }
}

fn first<'v>(mut values: impl Iterator<Item = &'v Value>) -> String {
    let open = values.find(|value| value.has_unknown());
    open.map_or_else(|| "a value".to_owned(), needed)
}

/// The parameters of the template: those it is given, else its defaults.
fn parameters(
    deployment: Node<'_>,
    template: Node<'_>,
    scope: &Scope,
) -> Result<Vec<(String, Value)>, Why> {
    let mut values: Vec<(String, Value)> = Vec::new();
    let declared = template
        .get("parameters")
        .into_iter()
        .flat_map(Node::members);
    for member in declared {
        if let Some(default) = member.value.get("defaultValue") {
            let defaults = Template {
                parameters: Vec::new(),
            };
            values.push((member.key.to_ascii_lowercase(), defaults.value(default)?));
        }
    }
    let given = deployment
        .get("parameters")
        .into_iter()
        .flat_map(Node::members);
    for member in given {
        let Some(value) = member.value.get("value") else {
            continue;
        };
        let value = if is_own_name(value) {
            Value::string(OWN_NAME, Origin::NOWHERE)
        } else {
            computed(value, scope).map_err(|fault| Why::Beyond(fault.message))?
        };
        let key = member.key.to_ascii_lowercase();
        values.retain(|(known, _)| *known != key);
        values.push((key, value));
    }
    Ok(values)
}

fn is_own_name(node: Node<'_>) -> bool {
    let text = node.as_str().unwrap_or_default();
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    ["[field('name')]", "[field('fullname')]"]
        .iter()
        .any(|it| text.eq_ignore_ascii_case(it))
}

/// Evaluates the texts of the template.
struct Template {
    parameters: Vec<(String, Value)>,
}

impl Template {
    fn value(&self, node: Node<'_>) -> Result<Value, Why> {
        Ok(match node.kind() {
            NodeKind::Null => Value::null(Origin::NOWHERE),
            NodeKind::Bool(truth) => Value::new(Data::Bool(truth), Origin::NOWHERE),
            NodeKind::Number(text) => number(text),
            NodeKind::String(text) => self.text(&text)?,
            NodeKind::Array => {
                let items = node.items().map(|item| self.value(item));
                Value::list(items.collect::<Result<_, _>>()?, Origin::NOWHERE)
            }
            NodeKind::Object => {
                let entries = node.members().map(|member| {
                    Ok(Entry {
                        key: Arc::from(member.key.as_ref()),
                        value: self.value(member.value)?,
                    })
                });
                Value::map(entries.collect::<Result<_, _>>()?, Origin::NOWHERE)
            }
        })
    }

    fn text(&self, text: &str) -> Result<Value, Why> {
        let range = match expression::classify(text) {
            Text::Literal(text) => return Ok(Value::string(text.as_ref(), Origin::NOWHERE)),
            Text::Expression(range) => range,
        };
        let failed = |failure: Failure| Why::Beyond(failure.message);
        let parsed = expression::parse(text, range).map_err(failed)?;
        let mut environment = Outside(&self.parameters);
        expression::evaluate(&parsed, &mut environment).map_err(failed)
    }
}

/// What a template may ask for.
struct Outside<'t>(&'t [(String, Value)]);

impl Environment for Outside<'_> {
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>> {
        let unknown = |why: Reason| Value::unknown(Unknown::because(why), Origin::NOWHERE);
        if !call.name.eq_ignore_ascii_case("parameters") {
            return Some(Ok(unknown(Reason::DataSource)));
        }
        let name = call
            .args
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = self
            .0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        let range: Range<usize> = call.range.clone();
        Some(match found {
            Some((_, value)) => Ok(value.clone()),
            None => Err(Failure::invalid(
                range,
                format!("there is no parameter `{name}`"),
            )),
        })
    }

    fn computed(&mut self) -> Origin {
        Origin::NOWHERE
    }
}
