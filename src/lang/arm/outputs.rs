//! What the deployments of a template give back.

use std::sync::Arc;

use super::copy::{self, Count};
use super::deployment::within;
use super::existence::may_exist;
use super::run::Run;
use super::scope::{Cell, Deployment, Frame, Scope, Turn};
use super::{eval, ids};
use crate::model::{Collection, Data, Entry, Hop, Map, Origin, Value, Via};
use crate::source::Span;
use crate::syntax::json::Node;

/// How many deployments of one template are told apart; Resource Manager allows 800 resources.
const MAX_FOUND: usize = 1_000;

/// The type of a deployment.
const KIND: &str = "Microsoft.Resources/deployments";

/// What `reference()` gives for the deployment of this template that `of` names, used at `span`:
/// an object whose outputs are known as far as they can be. `None` when `of` names no such deployment.
pub(super) fn reference(
    run: &mut Run<'_>,
    scope: &Scope<'_>,
    of: &Value,
    span: Span,
) -> Option<Value> {
    gather(run, scope);
    let (index, made) = {
        let deployments = scope.deployments.borrow();
        let deployments = deployments.as_deref()?;
        let mut named = deployments
            .iter()
            .enumerate()
            .filter(|(_, deployment)| is_named(deployment, of));
        let (index, deployment) = named.next()?;
        // Two deployments of one name are told apart by their group, which is not compared.
        if named.next().is_some() {
            return None;
        }
        (index, deployment.outputs.clone())
    };
    let outputs = match made {
        Some(Cell::Done(outputs)) => outputs,
        // Outputs that need themselves to be made are an error; what they are is not known.
        Some(Cell::Busy) => return None,
        None => {
            let (node, turns) = keep(scope, index, Cell::Busy)?;
            let mut frame = Frame::of(scope);
            frame.turns = turns;
            let outputs = within(run, &frame, node, |run, inner, is_inner| {
                if is_inner {
                    outputs(run, inner, &Frame::of(inner))
                } else {
                    outputs(run, inner, &frame)
                }
            });
            let outputs = outputs?;
            keep(scope, index, Cell::Done(outputs.clone()));
            outputs
        }
    };
    let origin = run.out.origins.add(Hop {
        span: Some(span),
        via: Via::Output,
        from: None,
        points_to: None,
    });
    let entry = Entry {
        key: Arc::from("outputs"),
        value: Value::new(outputs.data, origin),
    };
    Some(open(vec![entry], origin))
}

/// Notes how far the outputs of a deployment are, and gives its node and its turn.
fn keep<'s>(scope: &Scope<'s>, index: usize, cell: Cell) -> Option<(Node<'s>, Vec<Turn>)> {
    let mut deployments = scope.deployments.borrow_mut();
    let deployment = deployments.as_mut()?.get_mut(index)?;
    deployment.outputs = Some(cell);
    Some((deployment.node, deployment.turns.clone()))
}

fn open(entries: Vec<Entry>, origin: Origin) -> Value {
    let map = Map {
        collection: Collection::Structural,
        element: None,
        entries,
        open: true,
    };
    Value::new(Data::Map(Arc::new(map)), origin)
}

/// Finds the deployments of a template. Those in a loop whose count is not known are left out: what
/// stands for all of them is none of them.
fn gather(run: &mut Run<'_>, scope: &Scope<'_>) {
    if scope.deployments.borrow().is_some() {
        return;
    }
    // Whoever asks while they are being found finds none.
    *scope.deployments.borrow_mut() = Some(Vec::new());
    let Some(section) = scope.template.node.get("resources") else {
        return;
    };
    let plain = section.items().map(|node| (None, node));
    let symbolic = section
        .members()
        .map(|member| (Some(member.key.into_owned()), member.value));
    let mut found = Vec::new();
    for (symbol, node) in plain.chain(symbolic) {
        let kind = node.get("type").and_then(Node::as_str);
        let is_one = kind.is_some_and(|kind| kind.eq_ignore_ascii_case(KIND));
        let Some(name) = node.get("name").filter(|_| is_one) else {
            continue;
        };
        for (at, frame) in instances(run, scope, node) {
            if found.len() >= MAX_FOUND {
                break;
            }
            // What is not deployed has no outputs, and its name need not make sense.
            if !may_exist(run, &frame, node) {
                continue;
            }
            found.push(Deployment {
                name: eval::value(run, &frame, name),
                symbol: symbol.as_ref().map(|symbol| match at {
                    None => symbol.clone(),
                    Some(at) => format!("{symbol}[{at}]"),
                }),
                node,
                turns: frame.turns,
                outputs: None,
            });
        }
    }
    *scope.deployments.borrow_mut() = Some(found);
}

/// The frames of the resource `node`: one, or one for each turn of its loop with its index.
fn instances<'f, 's>(
    run: &mut Run<'_>,
    scope: &'f Scope<'s>,
    node: Node<'_>,
) -> Vec<(Option<usize>, Frame<'f, 's>)> {
    let frame = Frame::of(scope);
    let Some(copy) = node.get("copy").filter(|copy| copy.is_object()) else {
        return vec![(None, frame)];
    };
    let Count::Known(count) = eval::count(run, &frame, copy) else {
        return Vec::new();
    };
    let name = copy.get("name").and_then(Node::as_str);
    let turns = (0..count.min(MAX_FOUND)).map(|index| {
        let turn = Turn {
            name: name.as_deref().map(str::to_owned),
            index: copy::position(run, index, copy.span()),
            of_resources: true,
        };
        (Some(index), frame.turned(turn))
    });
    turns.collect()
}

/// Whether `of` is the symbolic name, the name or the id of a deployment.
fn is_named(deployment: &Deployment<'_>, of: &Value) -> bool {
    if let (Some(symbol), Some(text)) = (&deployment.symbol, of.as_str())
        && symbol.eq_ignore_ascii_case(text)
    {
        return true;
    }
    match ids::target(of) {
        Some(identity) => {
            identity.kind.is(KIND)
                && identity
                    .name()
                    .is_some_and(|name| same(name, &deployment.name))
        }
        None => same(of, &deployment.name),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => a.eq_ignore_ascii_case(b),
        (Data::Unknown(a), Data::Unknown(b)) => a.term.is_some() && a.term == b.term,
        _ => false,
    }
}

/// The outputs of a template, each as `{ value }`, evaluated in `frame`.
fn outputs(run: &mut Run<'_>, scope: &Scope<'_>, frame: &Frame<'_, '_>) -> Value {
    let section = scope.template.node.get("outputs");
    let mut entries = Vec::new();
    for member in section.into_iter().flat_map(Node::members) {
        let output = member.value;
        let value = match (output.get("value"), output.get("copy")) {
            (Some(value), _) => eval::value(run, frame, value),
            (None, Some(copy)) => eval::repeat(run, frame, copy, &member.key),
            (None, None) => continue,
        };
        let kind = output.get("type").and_then(Node::as_str);
        let secure = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("secure"));
        let mut value = value.marked(secure);
        let span = output.get("value").unwrap_or(output).span();
        value.origin = run.step(span, Via::Output, value.origin);
        let entry = Entry {
            key: Arc::from("value"),
            value,
        };
        let origin = run.out.origins.computed(output.span());
        entries.push(Entry {
            key: Arc::from(&*member.key),
            value: open(vec![entry], origin),
        });
    }
    let origin = run.out.origins.computed(scope.template.node.span());
    Value::map(entries, origin)
}
