//! Which item of a written collection makes one of several things that share a text: the blocks of a
//! `dynamic`, the instances of a `for_each`, the turns of a `copy`.

use crate::model::{Data, Origins, Value, Via};
use crate::source::Span;

/// A list or an object as it is written: its place and those of its items, in order.
#[derive(Clone, Debug)]
pub(in crate::lang) struct Container {
    pub(in crate::lang) span: Span,
    pub(in crate::lang) items: Vec<Span>,
}

/// Where what `value` is made from is written.
pub(in crate::lang) fn written(origins: &Origins, value: &Value) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let end = origins.chain(value.origin).last();
        let is_text = |via: Via| matches!(via, Via::Literal | Via::Tfvars | Via::ParameterFile);
        spans.extend(end.filter(|hop| is_text(hop.via)).and_then(|hop| hop.span));
        match &value.data {
            Data::List(list) => open.extend(&list.items),
            Data::Map(map) => open.extend(map.entries.iter().map(|entry| &entry.value)),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {}
        }
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// The item that only `own` comes from while every one of `others` comes from another item of the same
/// collection. `containers` gives those around a place, the outermost first.
pub(in crate::lang) fn item_of(
    own: &[Span],
    others: &[Vec<Span>],
    containers: &dyn Fn(Span) -> Vec<Container>,
) -> Option<(Span, usize)> {
    if others.is_empty() {
        return None;
    }
    let shared = |span: &Span| others.iter().any(|spans| spans.contains(span));
    own.iter().filter(|span| !shared(span)).find_map(|span| {
        containers(*span).iter().rev().find_map(|container| {
            let index = container
                .items
                .iter()
                .position(|item| item.contains(*span))?;
            let item = container.items[index];
            let is_apart = |spans: &Vec<Span>| {
                let beside = |other: &Span| container.span.contains(*other);
                spans.iter().any(beside) && !spans.iter().any(|other| item.contains(*other))
            };
            others
                .iter()
                .all(is_apart)
                .then_some((container.span, index))
        })
    })
}
