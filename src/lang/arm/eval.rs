//! Evaluating the JSON of a template: literals, expressions, and loops over properties.

use std::sync::Arc;

use super::copy::{self, Count};
use super::ids;
use super::placeholder;
use super::run::Run;
use super::scope::{Frame, Turn};
use crate::expression::{self, Text, classify};
use crate::model::{Collection, Data, Entry, Map, Number, Unknown, Value, Via, Why};
use crate::source::{NoticeKind, Span};
use crate::syntax::json::{Member, Node, NodeKind};

/// The value of `node`.
pub(super) fn value(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>) -> Value {
    if let Err(limit) = run.enter() {
        let span = node.span();
        run.say(
            NoticeKind::Limit,
            span,
            format!("Evaluation stops here: {limit}."),
        );
        return run.unknown(Why::Limit, span);
    }
    let value = match node.kind() {
        NodeKind::String(text) => string(run, frame, node, &text),
        NodeKind::Array => {
            let origin = run.out.origins.literal(node.span());
            let items = node.items().map(|item| value(run, frame, item));
            let items = items.collect();
            Value::list(items, origin)
        }
        NodeKind::Object => object(run, frame, node, |_| true),
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) => {
            literal(run, node, Via::Literal)
        }
    };
    run.leave();
    value
}

/// The value of the object `node`, of those members that `keep` accepts.
pub(super) fn object(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    keep: impl Fn(&str) -> bool,
) -> Value {
    let origin = run.out.origins.literal(node.span());
    let mut entries: Vec<Entry> = Vec::new();
    let mut open = false;
    for member in node.members().filter(|member| keep(&member.key)) {
        if member.key.eq_ignore_ascii_case("copy") && is_property_loop(member.value) {
            for item in member.value.items() {
                entries.extend(property_loop(run, frame, item));
            }
            continue;
        }
        let (key, known) = member_key(run, frame, &member);
        open |= !known;
        let value = value(run, frame, member.value);
        entries.push(Entry { key, value });
    }
    let map = Map {
        collection: Collection::Structural,
        element: None,
        entries,
        open,
    };
    Value::new(Data::Map(Arc::new(map)), origin)
}

/// The value of `node` as it is written, without expressions: parameter files, allowed values.
pub(super) fn literal(run: &mut Run<'_>, node: Node<'_>, via: Via) -> Value {
    let origin = run.out.origins.add(crate::model::Hop {
        span: Some(node.span()),
        via,
        from: None,
        points_to: None,
    });
    match node.kind() {
        NodeKind::Null => Value::null(origin),
        NodeKind::Bool(truth) => Value::new(Data::Bool(truth), origin),
        NodeKind::Number(text) => match Number::parse(text) {
            Some(number) => Value::new(Data::Number(number), origin),
            None => Value::unknown(Unknown::because(Why::Invalid), origin),
        },
        NodeKind::String(text) => {
            let replaced = match via {
                Via::ParameterFile => placeholder::value(&text, origin),
                _ => None,
            };
            match replaced {
                // There is no text that an edit could change: the environment has it.
                Some(mut value) => {
                    value.origin = run.out.origins.step(node.span(), Via::Computed, origin);
                    value
                }
                None => Value::string(&*text, origin),
            }
        }
        NodeKind::Array => {
            let items = node.items().map(|item| literal(run, item, via)).collect();
            Value::list(items, origin)
        }
        NodeKind::Object => {
            let members = node.members().map(|member| Entry {
                key: Arc::from(&*member.key),
                value: literal(run, member.value, via),
            });
            let entries = members.collect();
            Value::map(entries, origin)
        }
    }
}

/// A string: itself, or the value of the expression it holds.
fn string(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>, text: &str) -> Value {
    let span = node.span();
    let range = match classify(text) {
        Text::Literal(literal) => {
            let origin = run.out.origins.literal(span);
            return ids::pointed(run, Value::string(&*literal, origin), span);
        }
        Text::Expression(range) => range,
    };
    let result =
        expression::parse(text, range).and_then(|expr| (run.expressions)(run, frame, &expr, span));
    match result {
        Ok(value) => {
            let value = settle(run, value, span);
            ids::pointed(run, value, span)
        }
        Err(failure) => {
            let kind = match failure.why {
                Why::Limit => NoticeKind::Limit,
                _ => NoticeKind::InvalidConfiguration,
            };
            let place = node.string_span(failure.range);
            let place = if place.is_empty() { span } else { place };
            let message = format!("The expression cannot be evaluated: {}.", failure.message);
            run.say(kind, place, message);
            run.unknown(failure.why, span)
        }
    }
}

/// Gives a result and its members an origin at the token, and says which construct is not covered.
fn settle(run: &mut Run<'_>, mut value: Value, span: Span) -> Value {
    if run.out.origins.hop(value.origin).span != Some(span) {
        value.origin = run.step(span, Via::Computed, value.origin);
    }
    if let Data::Unknown(unknown) = &value.data
        && unknown.why == Why::Unsupported
    {
        let message = "This format is not evaluated yet; what depends on it is unknown.";
        run.say(NoticeKind::Unsupported, span, message);
    }
    run.carried(value, span)
}

/// A member's name. Names may be expressions; one that is not known keeps its text and leaves the
/// object open.
fn member_key(run: &mut Run<'_>, frame: &Frame<'_, '_>, member: &Member<'_>) -> (Arc<str>, bool) {
    let plain = || (Arc::from(&*member.key), true);
    let range = match classify(&member.key) {
        Text::Literal(literal) => return (Arc::from(&*literal), true),
        Text::Expression(range) => range,
    };
    let span = member.key_span;
    let result = expression::parse(&member.key, range)
        .and_then(|expr| (run.expressions)(run, frame, &expr, span));
    match result {
        Ok(Value {
            data: Data::String(text),
            ..
        }) => (text, true),
        Ok(value) if value.as_unknown().is_some() => (plain().0, false),
        Ok(_) => plain(),
        Err(failure) => {
            let message = format!("The name cannot be evaluated: {}.", failure.message);
            run.say(NoticeKind::InvalidConfiguration, span, message);
            (plain().0, false)
        }
    }
}

/// A `copy` among properties is an array of loops; anything else of that name is a property.
fn is_property_loop(node: Node<'_>) -> bool {
    node.is_array()
        && node
            .items()
            .all(|item| item.get("name").is_some() && item.get("count").is_some())
}

/// One loop over a property: its name and the list it makes.
fn property_loop(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>) -> Option<Entry> {
    let name = node.get("name")?.as_str()?;
    Some(Entry {
        key: Arc::from(&*name),
        value: repeat(run, frame, node, &name),
    })
}

/// How many turns the loop `node` has.
pub(super) fn count(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>) -> Count {
    let written = node.get("count");
    let value = written.map(|written| value(run, frame, written));
    copy::count(run, node, value.as_ref())
}

/// The list that `{name, count, input}` makes.
pub(super) fn repeat(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    name: &str,
) -> Value {
    let span = node.span();
    let Some(input) = node.get("input") else {
        run.say(
            NoticeKind::InvalidConfiguration,
            span,
            "This loop has no `input`.",
        );
        return run.unknown(Why::Invalid, span);
    };
    match count(run, frame, node) {
        Count::Known(count) => {
            let mut items = Vec::with_capacity(count.min(1_024));
            for index in 0..count {
                let turn = Turn {
                    name: Some(name.to_owned()),
                    index: copy::position(run, index, span),
                    of_resources: false,
                };
                items.push(value(run, &frame.turned(turn), input));
            }
            let origin = run.out.origins.computed(span);
            Value::list(items, origin)
        }
        Count::Unknown(unknown) => {
            let origin = run.out.origins.computed(span);
            let mut list = Unknown::because(unknown.why).not_null();
            list.input.clone_from(&unknown.input);
            let ty = crate::model::Type::List(Box::new(crate::model::Type::Any));
            Value::unknown(list.typed(ty), origin)
        }
    }
}
