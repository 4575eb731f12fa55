//! Changes of resources that are written in Terraform's JSON syntax.

use super::members::with_members;
use super::{Planner, spell};
use crate::edit::{Applicability, Edit, Refusal};
use crate::lang::planning::json;
use crate::lang::planning::layout::{Layout, Spelled, Syntax};
use crate::lang::planning::splice::Splice;
use crate::lang::planning::wish::{self, Wish};
use crate::model::{Path, Step, Value};
use crate::source::Span;
use crate::syntax::json::{Node, NodeKind, Tree};

/// A node with the value it was evaluated to, where that is known.
type Place<'t, 'v> = (Node<'t>, Option<&'v Value>);

/// The object that declares the resource at `span`, which reaches from its name to its end.
pub(super) fn resource(tree: &Tree, span: Span) -> Option<Node<'_>> {
    let mut node = tree.root()?;
    let mut named = false;
    loop {
        if named && node.is_object() && node.span().end == span.end {
            return Some(node);
        }
        let next = node
            .members()
            .find(|member| member.key_span.join(member.value.span()).contains(span));
        if let Some(member) = next {
            named |= member.key_span.start == span.start;
            node = member.value;
            continue;
        }
        // Behind the name, an array may hold the object.
        let within =
            |item: &Node<'_>| item.span().contains(span) || (named && item.span().end == span.end);
        node = node.items().find(within)?;
    }
}

impl Planner<'_> {
    /// Carries out what is wished for the value at `node`.
    pub(super) fn fulfil_json(
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
        let same = |to: &Value| value.is_some_and(|value| wish::equal(value, to));
        if wish.to.as_ref().is_some_and(same) {
            return Ok(());
        }
        if let Some(text) = template(node) {
            let here = self.follow((&text, node.span()), value, wish, place)?;
            return match &wish.to {
                Some(to) if here => self.replace_json(tree, node, to),
                _ => Ok(()),
            };
        }
        if let Some(to) = &wish.to {
            return self.replace_json(tree, node, to);
        }
        match node.kind() {
            NodeKind::Object => self.change_json_object(tree, (node, value), wish, place),
            NodeKind::Array => self.change_json_array(tree, (node, value), wish, place),
            NodeKind::Null => match wish.built(place)? {
                Some(to) => self.replace_json(tree, node, &to),
                None => Ok(()),
            },
            NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::String(_) => Err(Refusal(format!(
                "`{place}` is written as `{}`, which holds nothing that could be changed.",
                node.text()
            ))),
        }
    }

    pub(super) fn replace_json(
        &mut self,
        tree: &Tree,
        node: Node<'_>,
        to: &Value,
    ) -> Result<(), Refusal> {
        let spelled = self.spelled_json(to)?;
        if !matches!(&spelled, Spelled::Token(token) if token == node.text()) {
            self.edits.push(json::replace(tree, node, &spelled));
        }
        Ok(())
    }

    /// Changes an object: a map, the inside of a block, or the one block of its kind.
    fn change_json_object(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        if self.is_block(place)
            && !matches!(
                place.0.last(),
                Some(Step::Index(_) | Step::Each | Step::Where { .. })
            )
        {
            return self.change_only_block(tree, (node, value), wish, place);
        }
        if !wish.append.is_empty() {
            return Err(Refusal(format!("`{place}` is an object, not a list.")));
        }
        let mut changes = Splice::default();
        for (step, inner) in &wish.inside {
            let place = place.with(step.clone());
            let (Step::Name(name)
            | Step::Where {
                key: None,
                equals: name,
            }) = step
            else {
                return Err(Refusal(format!("`{place}` is an object, not a list.")));
            };
            let found = node
                .members()
                .enumerate()
                .filter(|(_, member)| *member.key == **name)
                .last();
            let inner_value = value.and_then(Value::as_map).and_then(|map| map.get(name));
            if inner.remove || inner.to.as_ref().is_some_and(Value::is_null) {
                inner.check(&place)?;
                changes.removed.extend(found.map(|(index, _)| index));
            } else if let Some((index, member)) = &found
                && self.goes((member.value, inner_value), inner, &place)
            {
                changes.removed.push(*index);
            } else if let Some((_, member)) = found {
                self.fulfil_json(tree, (member.value, inner_value), inner, &place)?;
            } else if let Some(content) = dynamic(node, name) {
                self.change_dynamic(tree, (content, inner_value), inner, &place)?;
            } else if let Some(new) = inner.built(&place)? {
                let spelled = self.spelled_json(&new)?;
                changes.added.push((Some(name.to_string()), spelled));
            }
        }
        self.edits.extend(json::splice(tree, node, &changes));
        Ok(())
    }

    /// Returns `true` if `wish` is that the only block of its kind, written as an object, be gone.
    fn goes(&self, (node, value): Place<'_, '_>, wish: &Wish, place: &Path) -> bool {
        let [(step, inner)] = wish.inside.as_slice() else {
            return false;
        };
        let only = value.and_then(Value::as_list).and_then(<[Value]>::first);
        let meant = match step {
            Step::Each | Step::Index(0) => true,
            Step::Where { key, equals } => says((node, only), key.as_deref(), equals),
            Step::Index(_) | Step::Name(_) => false,
        };
        let whole = inner.remove && inner.check(place).is_ok() && wish.append.is_empty();
        meant && whole && node.is_object() && self.is_block(place)
    }

    /// Changes the only block of its kind, which is written as an object: `"b": {…}`.
    fn change_only_block(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let first = value.and_then(Value::as_list).and_then(<[Value]>::first);
        let inside = place.with(Step::Index(0));
        let mut of_the_one = Wish::default();
        for (step, inner) in &wish.inside {
            let meant = match step {
                Step::Name(_) => {
                    of_the_one.inside.push((step.clone(), inner.clone()));
                    continue;
                }
                Step::Each | Step::Index(0) => true,
                Step::Index(_) => false,
                Step::Where { key, equals } => {
                    let member = key.as_deref().and_then(|key| first?.as_map()?.get(key));
                    member.and_then(Value::as_str) == Some(equals)
                }
            };
            if !meant {
                let place = place.with(step.clone());
                return Err(Refusal(format!("There is no `{place}` to change.")));
            }
            if inner.remove {
                return Err(Refusal(format!(
                    "`{place}` is the only one of its kind, so all of it would have to go."
                )));
            }
            of_the_one.join(inner.clone());
        }
        if !of_the_one.inside.is_empty() || of_the_one.to.is_some() {
            let merged = with_members(&of_the_one, &inside)?;
            self.change_json_object(tree, (node, first), &merged, &inside)?;
        }
        let layout = Layout::one_line(Syntax::Json);
        let mut more = String::new();
        for item in &wish.append {
            if !first.is_some_and(|value| wish::equal(value, item)) {
                more.push_str(", ");
                more.push_str(&layout.write(&self.spelled_json(item)?));
            }
        }
        if !more.is_empty() {
            let span = node.span();
            let insert = |at: u32, text: String| Edit {
                span: Span::at(span.file, at as usize),
                text,
            };
            self.edits.push(insert(span.start, "[".to_owned()));
            self.edits.push(insert(span.end, format!("{more}]")));
        }
        Ok(())
    }

    fn change_json_array(
        &mut self,
        tree: &Tree,
        (node, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let items: Vec<Node<'_>> = node.items().collect();
        let values = value.and_then(Value::as_list).unwrap_or_default();
        let own: Vec<Option<&Value>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.value_of(values, *item, index, items.len()))
            .collect();
        let mut changes = Splice::default();
        for (step, inner) in &wish.inside {
            let place = match step {
                // Members of the one block there is may be named without saying which one is meant.
                Step::Name(_) if items.len() == 1 => place.with(Step::Index(0)),
                step => place.with(step.clone()),
            };
            let found: Vec<usize> = (0..items.len())
                .filter(|index| match step {
                    Step::Name(_) => items.len() == 1,
                    Step::Each => true,
                    Step::Index(at) => match (values.get(*at), own[*index]) {
                        (Some(wanted), Some(own)) => std::ptr::eq(wanted, own),
                        _ => at == index,
                    },
                    Step::Where { key, equals } => {
                        says((items[*index], own[*index]), key.as_deref(), equals)
                    }
                })
                .collect();
            if found.is_empty() && *step != Step::Each {
                return Err(Refusal(format!("There is no `{place}` to change.")));
            }
            for index in found {
                if inner.remove && !matches!(step, Step::Name(_)) {
                    inner.check(&place)?;
                    changes.removed.push(index);
                    continue;
                }
                let named = Wish {
                    inside: vec![(step.clone(), inner.clone())],
                    ..Wish::default()
                };
                let inner = if matches!(step, Step::Name(_)) {
                    &named
                } else {
                    inner
                };
                self.fulfil_json(tree, (items[index], own[index]), inner, &place)?;
            }
        }
        for item in &wish.append {
            if !values.iter().any(|value| wish::equal(value, item)) {
                changes.added.push((None, self.spelled_json(item)?));
            }
        }
        self.edits.extend(json::splice(tree, node, &changes));
        Ok(())
    }

    /// The value of an item: the one that comes from its place, else the one at its position.
    fn value_of<'v>(
        &self,
        values: &'v [Value],
        item: Node<'_>,
        index: usize,
        count: usize,
    ) -> Option<&'v Value> {
        let from_here = |value: &&Value| self.origins.used_at(value.origin) == Some(item.span());
        let by_place = values.iter().find(from_here);
        by_place.or_else(|| values.get(index).filter(|_| count == values.len()))
    }

    /// Changes what a `dynamic` block makes: all of it shares one text.
    fn change_dynamic(
        &mut self,
        tree: &Tree,
        (content, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        wish.check(place)?;
        let values = value.and_then(Value::as_list).unwrap_or_default();
        if wish.to.is_some() || !wish.append.is_empty() {
            return Err(Refusal(format!("`{place}` is made by a `dynamic` block.")));
        }
        let mut of_each = Wish::default();
        for (step, inner) in &wish.inside {
            if inner.remove && !matches!(step, Step::Name(_)) {
                return Err(Refusal(format!("`{place}` is made by a `dynamic` block.")));
            }
            match step {
                Step::Name(_) => of_each.inside.push((step.clone(), inner.clone())),
                Step::Each => of_each.join(inner.clone()),
                // One item is meant, and all of them change.
                Step::Index(_) | Step::Where { .. } => {
                    if values.len() != 1 {
                        self.limit(Applicability::Unsafe);
                    }
                    of_each.join(inner.clone());
                }
            }
        }
        let inside = place.with(Step::Each);
        self.fulfil_json(tree, (content, values.first()), &of_each, &inside)
    }

    /// `value` as JSON of the module that the resource stands in.
    pub(super) fn spelled_json(&self, value: &Value) -> Result<Spelled, Refusal> {
        spell::json(value, &|unknown| self.reference(unknown))
    }
}

/// The text of a string that Terraform takes for a template.
pub(super) fn template(node: Node<'_>) -> Option<String> {
    let text = node.as_str()?;
    let plain = text.replace("$${", "").replace("%%{", "");
    (plain.contains("${") || plain.contains("%{")).then(|| text.into_owned())
}

/// The `content` of the `dynamic` block for `name` in a body.
fn dynamic<'t>(body: Node<'t>, name: &str) -> Option<Node<'t>> {
    let objects = |node: Node<'t>| -> Vec<Node<'t>> {
        if node.is_object() {
            vec![node]
        } else {
            node.items().collect()
        }
    };
    let blocks = objects(body.get("dynamic")?);
    let of_kind = blocks.into_iter().find_map(|block| block.get(name))?;
    let block = objects(of_kind).into_iter().next()?;
    objects(block.get("content")?).into_iter().next()
}

fn says((node, value): Place<'_, '_>, key: Option<&str>, text: &str) -> bool {
    let value = match key {
        Some(key) => value.and_then(Value::as_map).and_then(|map| map.get(key)),
        None => value,
    };
    let node = key.map_or(Some(node), |key| node.get(key));
    if let Some(known) = value.and_then(Value::as_str) {
        return known == text;
    }
    node.is_some_and(|node| match node.kind() {
        NodeKind::String(own) => own == text,
        NodeKind::Number(own) => own == text,
        NodeKind::Bool(own) => own.to_string() == text,
        NodeKind::Null | NodeKind::Array | NodeKind::Object => false,
    })
}
