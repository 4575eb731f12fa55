//! From a wish to the nodes that have to change.

use super::expression::expression;
use super::{Planner, spell};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::json;
use crate::lang::planning::layout::Spelled;
use crate::lang::planning::splice::Splice;
use crate::lang::planning::wish::{self, Wish};
use crate::model::{Path, Step, Value};
use crate::syntax::json::{Node, NodeKind, Tree};

/// How many places a value may come through; a cycle would have no end.
const PLACES_LIMIT: usize = 256;

/// A node with the value it was evaluated to, where that is known.
type Place<'t, 'v> = (Node<'t>, Option<&'v Value>);

impl Planner<'_> {
    /// Carries out what is wished for the resource, then for what is written elsewhere.
    pub(super) fn carry_out(&mut self, wish: &Wish) -> Result<(), Refusal> {
        let written = self.written;
        let tree = self.tree(written.node.file)?;
        let node = tree.node_at(written.node).ok_or_else(no_object)?;
        if !node.is_object() {
            return Err(no_object());
        }
        self.fulfil(&tree, (node, Some(&written.args)), wish, &Path::default())?;
        let mut places = 0;
        while let Some((span, other)) = self.elsewhere.pop_first() {
            places += 1;
            if places > PLACES_LIMIT {
                return Err(Refusal(
                    "The value is written in too many places.".to_owned(),
                ));
            }
            let tree = self.tree(span.file)?;
            let node = tree.node_at(span).ok_or_else(no_object)?;
            if let Some(to) = other.wish.to.as_ref().filter(|_| other.is_reference) {
                self.replace(&tree, (node, None), to)?;
                continue;
            }
            self.fulfil(&tree, (node, Some(&other.value)), &other.wish, &other.place)?;
        }
        self.drop_items()
    }

    fn fulfil(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        wish.check(place)?;
        if wish.to.is_none() && wish.append.is_empty() && wish.inside.is_empty() {
            return Ok(());
        }
        if let Some(expression) = expression(node) {
            let here = self.follow(&expression, value, wish, place)?;
            return match &wish.to {
                Some(to) if here => self.replace(tree, (node, value), to),
                _ => Ok(()),
            };
        }
        if let Some(to) = &wish.to {
            return self.replace(tree, (node, value), to);
        }
        match node.kind() {
            NodeKind::Object => self.change_object(tree, (node, value), wish, place),
            NodeKind::Array => self.change_array(tree, (node, value), wish, place),
            NodeKind::Null => match wish.built(place)? {
                Some(to) => self.replace(tree, (node, value), &to),
                None => Ok(()),
            },
            NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::String(_) => Err(Refusal(format!(
                "`{place}` is written as `{}`, which holds nothing that could be changed.",
                node.text()
            ))),
        }
    }

    fn replace(
        &mut self,
        tree: &Tree,
        (node, _): Place<'_, '_>,
        to: &Value,
    ) -> Result<(), Refusal> {
        let spelled = spell::of(to)?;
        if !matches!(&spelled, Spelled::Token(token) if token == node.text()) {
            self.edits.push(json::replace(tree, node, &spelled));
        }
        Ok(())
    }

    fn change_object(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let mut changes = Splice::default();
        if !wish.append.is_empty() {
            return Err(Refusal(format!("`{place}` is an object, not a list.")));
        }
        for (step, inner) in &wish.inside {
            let Step::Name(name) = step else {
                return Err(Refusal(format!("`{place}` is an object, not a list.")));
            };
            let place = place.with(step.clone());
            let is_named = |key: &str| key.eq_ignore_ascii_case(name);
            if inner.remove {
                inner.check(&place)?;
                let members = node.members().enumerate();
                let named = members.filter(|(_, member)| is_named(&member.key));
                changes.removed.extend(named.map(|(index, _)| index));
                continue;
            }
            let inner_value = value
                .and_then(Value::as_map)
                .and_then(|map| map.get_ignoring_case(name));
            if let Some(child) = node.get(name) {
                self.fulfil(tree, (child, inner_value), inner, &place)?;
            } else if let Some(input) = loop_input(node, name) {
                self.change_loop(tree, (input, inner_value), inner, &place)?;
            } else if let Some(new) = inner.built(&place)? {
                changes
                    .added
                    .push((Some(name.to_string()), spell::of(&new)?));
            }
        }
        self.edits.extend(json::splice(tree, node, &changes));
        Ok(())
    }

    fn change_array(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let items: Vec<Node<'_>> = node.items().collect();
        let values = value
            .and_then(Value::as_list)
            .filter(|values| values.len() == items.len());
        let value_at = |index: usize| values.and_then(|values| values.get(index));
        let mut changes = Splice::default();
        for (step, inner) in &wish.inside {
            let place = place.with(step.clone());
            let found = (0..items.len())
                .filter(|index| is_meant((items[*index], value_at(*index)), *index, step));
            let found: Vec<usize> = found.collect();
            if found.is_empty() && *step != Step::Each && !inner.only_removes() {
                return Err(Refusal(format!("There is no `{place}` to change.")));
            }
            for index in found {
                if inner.remove {
                    inner.check(&place)?;
                    changes.removed.push(index);
                } else {
                    self.fulfil(tree, (items[index], value_at(index)), inner, &place)?;
                }
            }
        }
        for item in &wish.append {
            let known = values.is_some_and(|values| values.iter().any(|v| wish::equal(v, item)));
            if !known {
                changes.added.push((None, spell::of(item)?));
            }
        }
        self.edits.extend(json::splice(tree, node, &changes));
        Ok(())
    }

    /// Changes a list that a `copy` makes: its items share one text.
    fn change_loop(
        &mut self,
        tree: &Tree,
        (input, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        wish.check(place)?;
        if wish.to.is_some() || !wish.append.is_empty() {
            return Err(Refusal(format!("`{place}` is made by a `copy` loop.")));
        }
        let all = value.and_then(Value::as_list).unwrap_or_default();
        let first = all.first();
        for (step, inner) in &wish.inside {
            let place = place.with(step.clone());
            if inner.remove {
                inner.check(&place)?;
                self.drop_turns(input, all, step, &place)?;
                continue;
            }
            match step {
                Step::Each => {}
                // One item is meant, and all of them change.
                Step::Index(_) | Step::Where { .. } => self.limit(Applicability::Unsafe),
                Step::Name(_) => return Err(Refusal(format!("`{place}` is inside a list."))),
            }
            self.fulfil(tree, (input, first), inner, &place)?;
        }
        Ok(())
    }

    /// Removes what `step` names of the list that a `copy` makes, by the items that make it.
    fn drop_turns(
        &mut self,
        input: Node<'_>,
        all: &[Value],
        step: &Step,
        place: &Path,
    ) -> Result<(), Refusal> {
        let refuse = || {
            Refusal(format!(
                "`{place}` is made by a `copy` loop, and no item of a collection is written for it alone."
            ))
        };
        let is_it = |index: &usize| is_meant((input, all.get(*index)), *index, step);
        let found: Vec<usize> = (0..all.len()).filter(is_it).collect();
        if found.is_empty() || *step == Step::Each {
            return Err(refuse());
        }
        for index in found {
            let others = all.iter().enumerate().filter(|(other, _)| *other != index);
            let others: Vec<&Value> = others.map(|(_, value)| value).collect();
            if !self.drop_item(&all[index], &others) {
                return Err(refuse());
            }
        }
        Ok(())
    }
}

/// Returns `true` if `step` names the item at `index`. What an item evaluates to goes before its text.
fn is_meant((node, value): Place<'_, '_>, index: usize, step: &Step) -> bool {
    match step {
        Step::Each => true,
        Step::Index(position) => *position == index,
        Step::Where { key: None, equals } => says((node, value), equals),
        Step::Where {
            key: Some(key),
            equals,
        } => {
            let value = value
                .and_then(Value::as_map)
                .and_then(|map| map.get_ignoring_case(key));
            match (node.get(key), value) {
                (Some(node), value) => says((node, value), equals),
                (None, Some(value)) => value.as_str() == Some(equals),
                (None, None) => false,
            }
        }
        Step::Name(_) => false,
    }
}

fn says((node, value): Place<'_, '_>, text: &str) -> bool {
    if let Some(known) = value.and_then(Value::as_str) {
        return known == text;
    }
    match node.kind() {
        NodeKind::String(own) => own == text,
        NodeKind::Number(own) => own == text,
        NodeKind::Bool(own) => own.to_string() == text,
        NodeKind::Null | NodeKind::Array | NodeKind::Object => false,
    }
}

/// The shared text of the list `name` that a property `copy` of `object` makes.
fn loop_input<'t>(object: Node<'t>, name: &str) -> Option<Node<'t>> {
    let is_named = |entry: &Node<'t>| {
        let own = entry.get("name").and_then(Node::as_str);
        own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let copy = object.get("copy").filter(|copy| copy.is_array())?;
    copy.items().find(is_named)?.get("input")
}

pub(super) fn no_object() -> Refusal {
    Refusal("The resource is not written as a JSON object of its own.".to_owned())
}
