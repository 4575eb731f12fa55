//! The values of a planned resource: what is known, what is not, what must not be printed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::configuration::Hints;
use super::document::exact;
use crate::model::facts::Body;
use crate::model::{Data, Entry, Hop, InputRef, Number, Origins, Unknown, Value, Via, Why};
use crate::syntax::json::{Node, NodeKind};

/// The three texts that speak of one value.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<'t> {
    /// What is known.
    pub(super) after: Option<Node<'t>>,
    /// `true` where it is not.
    pub(super) unknown: Option<Node<'t>>,
    /// `true` where it must not be printed.
    pub(super) sensitive: Option<Node<'t>>,
}

impl<'t> Place<'t> {
    /// A value that is known throughout.
    pub(super) fn known(node: Node<'t>) -> Self {
        Self {
            after: Some(node),
            ..Self::default()
        }
    }

    fn member(self, key: &str) -> Self {
        let of = |node: Option<Node<'t>>| exact(node?, key);
        Self {
            after: of(self.after),
            unknown: of(self.unknown),
            sensitive: of(self.sensitive).or(self.sensitive.filter(|node| is_true(*node))),
        }
    }
}

/// The arguments of a resource or nested block. What is null is left out, and so is what nobody
/// configured and only the provider will know: to the service both are absent.
pub(super) fn arguments(
    place: Place<'_>,
    hints: Hints<'_>,
    body: Option<&Body>,
    origins: &mut Origins,
) -> Value {
    let mut names: Vec<String> = [place.after, place.unknown]
        .into_iter()
        .flatten()
        .flat_map(Node::members)
        .map(|member| member.key.into_owned())
        .collect();
    names.sort();
    names.dedup();
    let mut entries = Vec::with_capacity(names.len());
    for name in names {
        let inner = place.member(&name);
        let block = body.and_then(|body| body.blocks.get(&*name));
        let value = match block {
            Some(block) => blocks(inner, hints, (&name, &block.body), origins),
            None => value(inner, hints.argument(&name), origins),
        };
        let Some(value) = value else { continue };
        let is_nothing = match &value.data {
            Data::Null => true,
            Data::List(list) => block.is_some() && list.items.is_empty(),
            Data::Unknown(_) => block.is_none() && hints.leaves_out(&name),
            Data::String(text) => text.is_empty() && hints.leaves_out(&name),
            Data::Bool(_) | Data::Number(_) | Data::Map(_) => false,
        };
        if !is_nothing {
            entries.push(Entry {
                key: Arc::from(name),
                value,
            });
        }
    }
    let origin = origin(place, origins);
    Value::map(entries, origin)
}

/// The blocks of one name as a list of maps.
fn blocks(
    place: Place<'_>,
    hints: Hints<'_>,
    (name, body): (&str, &Body),
    origins: &mut Origins,
) -> Option<Value> {
    if place.unknown.is_some_and(is_true) || place.after.is_none_or(|node| !node.is_array()) {
        return value(place, hints.argument(name), origins);
    }
    let items = members_of_list(place);
    let count = items.len();
    let made: Vec<Value> = items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let hints = hints.block(name, index, count);
            let value = arguments(item, hints, Some(body), origins);
            value.marked(place.sensitive.is_some_and(is_true))
        })
        .collect();
    let origin = origin(place, origins);
    Some(Value::list(made, origin))
}

/// One value; `None` where neither text says anything.
pub(super) fn value(place: Place<'_>, hint: Hints<'_>, origins: &mut Origins) -> Option<Value> {
    let is_sensitive = place.sensitive.is_some_and(is_true);
    if let Some(node) = place.unknown.filter(|node| is_true(*node)) {
        return Some(unknown(node, hint, origins).marked(is_sensitive));
    }
    let origin_of = |origins: &mut Origins| origin(place, origins);
    let made = match place.after.or(place.unknown)?.kind() {
        NodeKind::Object => {
            let mut members: BTreeMap<String, Value> = BTreeMap::new();
            for side in [place.after, place.unknown].into_iter().flatten() {
                for member in side.members() {
                    let inner = value(place.member(&member.key), Hints::none(), origins);
                    members.extend(inner.map(|inner| (member.key.into_owned(), inner)));
                }
            }
            let entries = members.into_iter().map(|(key, value)| Entry {
                key: Arc::from(key),
                value,
            });
            Value::map(entries.collect(), origin_of(origins))
        }
        NodeKind::Array => {
            let members = members_of_list(place);
            // Of several items it is not known which one a reference is in.
            let hint = if members.len() == 1 {
                hint
            } else {
                Hints::none()
            };
            let items = members
                .into_iter()
                .map(|item| {
                    let item = value(item, hint, origins);
                    item.unwrap_or_else(|| Value::null(origin_of(origins)))
                })
                .collect();
            Value::list(items, origin_of(origins))
        }
        // A `false` of the side that says what is unknown is no value.
        _ if place.after.is_none() => return None,
        NodeKind::Null => Value::null(origin_of(origins)),
        NodeKind::Bool(it) => Value::new(Data::Bool(it), origin_of(origins)),
        NodeKind::Number(text) => match Number::parse(text) {
            Some(number) => Value::new(Data::Number(number), origin_of(origins)),
            None => Value::unknown(Unknown::because(Why::Limit), origin_of(origins)),
        },
        NodeKind::String(text) => Value::string(text.into_owned(), origin_of(origins)),
    };
    Some(pointing(made, hint, origins).marked(is_sensitive))
}

fn unknown(node: Node<'_>, hint: Hints<'_>, origins: &mut Origins) -> Value {
    let origin = origins.literal(node.span());
    let mut unknown = Unknown::because(Why::Computed);
    unknown.input = hint.decides().map(|input| InputRef(Arc::from(input)));
    let unknown = match hint.target() {
        Some(target) => {
            let address = target.address.as_ref().map(ToString::to_string);
            let term = format!("{}.{}", address.unwrap_or_default(), target.attribute);
            unknown.spelled(term).pointing_to(target)
        }
        None => unknown,
    };
    Value::unknown(unknown, origin)
}

/// A known text that was read from another resource remembers it.
fn pointing(mut value: Value, hint: Hints<'_>, origins: &mut Origins) -> Value {
    if let Data::String(_) = value.data
        && let Some(target) = hint.target()
    {
        let before = origins.hop(value.origin);
        value.origin = origins.add(Hop {
            span: before.span,
            via: Via::Reference,
            from: Some(value.origin),
            points_to: Some(Arc::new(target)),
        });
    }
    value
}

/// The items of a list, each with what the other texts say of it.
fn members_of_list(place: Place<'_>) -> Vec<Place<'_>> {
    let list = |node: Option<Node<'_>>| -> usize { node.map_or(0, |node| node.items().count()) };
    let count = list(place.after).max(list(place.unknown));
    let mut items = vec![Place::default(); count];
    let sides = [(place.after, 0), (place.unknown, 1), (place.sensitive, 2)];
    for (side, which) in sides {
        let nodes = side.into_iter().flat_map(Node::items);
        for (item, node) in items.iter_mut().zip(nodes) {
            match which {
                0 => item.after = Some(node),
                1 => item.unknown = Some(node),
                _ => item.sensitive = Some(node),
            }
        }
    }
    if place.sensitive.is_some_and(is_true) {
        for item in &mut items {
            item.sensitive = place.sensitive;
        }
    }
    items
}

fn origin(place: Place<'_>, origins: &mut Origins) -> crate::model::Origin {
    let node = place.after.or(place.unknown);
    node.map_or(crate::model::Origin::NOWHERE, |node| {
        origins.literal(node.span())
    })
}

pub(super) fn is_true(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Bool(true)
}
