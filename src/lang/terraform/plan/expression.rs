//! Changes of values: scalars give way to others, lists and objects gain and lose parts.

use super::{Planner, place, spell};
use crate::edit::{Edit, Refusal};
use crate::lang::planning::layout::{Spelled, Syntax};
use crate::lang::planning::splice::{Child, Container, Splice, replacement};
use crate::lang::planning::summary::excerpt;
use crate::lang::planning::trivia;
use crate::lang::planning::wish::{self, Wish};
use crate::model::{Path, Step, Value};
use crate::source::{SourceFile, Span};
use crate::syntax::hcl::{Expr, ExprKind, ObjectItem, Tree};

/// An expression with the value it was evaluated to, where that is known.
type Place<'t, 'v> = (Expr<'t>, Option<&'v Value>);

impl Planner<'_> {
    /// Carries out what is wished for the value of an expression.
    pub(super) fn fulfil(
        &mut self,
        tree: &Tree,
        (expr, value): Place<'_, '_>,
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
        if !place::is_literal(expr) {
            let text = excerpt(expr.text());
            if let ExprKind::Conditional { .. } = expr.inner().kind() {
                return Err(Refusal(format!(
                    "`{place}` is `{text}`, which a condition decides."
                )));
            }
            let here = self.follow((&text, expr.span()), value, wish, place)?;
            return match &wish.to {
                Some(to) if here => self.replace(tree, expr, to),
                _ => Ok(()),
            };
        }
        if let Some(to) = &wish.to {
            return self.replace(tree, expr, to);
        }
        match expr.inner().kind() {
            ExprKind::Object(_) => self.change_object(tree, (expr.inner(), value), wish, place),
            ExprKind::Tuple(_) => self.change_tuple(tree, (expr.inner(), value), wish, place),
            ExprKind::Null => match wish.built(place)? {
                Some(to) => self.replace(tree, expr, &to),
                None => Ok(()),
            },
            _ => Err(Refusal(format!(
                "`{place}` is written as `{}`, which holds nothing that could be changed.",
                excerpt(expr.text())
            ))),
        }
    }

    pub(super) fn replace(
        &mut self,
        tree: &Tree,
        expr: Expr<'_>,
        to: &Value,
    ) -> Result<(), Refusal> {
        let spelled = self.spelled(to)?;
        let same = matches!(&spelled, Spelled::Token(token) if token == expr.text());
        if !same {
            let (file, span) = (tree.file(), expr.span());
            let unit = unit(file, span.start);
            self.edits.push(Edit {
                span,
                text: replacement(file, span, &spelled, &unit, Syntax::Hcl),
            });
        }
        Ok(())
    }

    fn change_object(
        &mut self,
        tree: &Tree,
        (expr, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let ExprKind::Object(items) = expr.kind() else {
            return Ok(());
        };
        let items: Vec<ObjectItem<'_>> = items.collect();
        let mut changes = Splice::default();
        if !wish.append.is_empty() {
            return Err(Refusal(format!("`{place}` is an object, not a list.")));
        }
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
            let found = position(&items, name);
            let gone = inner.remove || inner.to.as_ref().is_some_and(Value::is_null);
            if gone {
                inner.check(&place)?;
                changes.removed.extend(found);
                continue;
            }
            let inner_value = value
                .and_then(Value::as_map)
                .and_then(|map| map.get_ignoring_case(name));
            if let Some(item) = found.and_then(|index| items.get(index)) {
                self.fulfil(tree, (item.value, inner_value), inner, &place)?;
            } else if inner_value.is_some() && items.iter().any(|item| key(item).is_none()) {
                return Err(Refusal(format!("The name of `{place}` is computed.")));
            } else if let Some(new) = inner.built(&place)? {
                changes
                    .added
                    .push((Some(name.to_string()), self.spelled(&new)?));
            }
        }
        self.splice_items(tree, expr, &changes);
        Ok(())
    }

    fn change_tuple(
        &mut self,
        tree: &Tree,
        (expr, value): Place<'_, '_>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let ExprKind::Tuple(items) = expr.kind() else {
            return Ok(());
        };
        let items: Vec<Expr<'_>> = items.collect();
        let values = value.and_then(Value::as_list).unwrap_or_default();
        let own = self.paired(&items, values);
        let mut changes = Splice::default();
        for (step, inner) in &wish.inside {
            let place = place.with(step.clone());
            let found: Vec<usize> = match step {
                Step::Index(index) => item(&items, &own, values, *index).into_iter().collect(),
                step => (0..items.len())
                    .filter(|index| is_meant((items[*index], own[*index]), step))
                    .collect(),
            };
            if found.is_empty() && *step != Step::Each {
                return Err(Refusal(format!("There is no `{place}` to change.")));
            }
            for index in found {
                if inner.remove {
                    inner.check(&place)?;
                    changes.removed.push(index);
                } else {
                    self.fulfil(tree, (items[index], own[index]), inner, &place)?;
                }
            }
        }
        for item in &wish.append {
            if !values.iter().any(|value| wish::equal(value, item)) {
                changes.added.push((None, self.spelled(item)?));
            }
        }
        self.splice_items(tree, expr, &changes);
        Ok(())
    }

    /// The value of each item. A list that is a set has its values in an order of its own, so it is
    /// the origin that tells.
    fn paired<'v>(&self, items: &[Expr<'_>], values: &'v [Value]) -> Vec<Option<&'v Value>> {
        let same_length = items.len() == values.len();
        let own = items.iter().enumerate().map(|(index, item)| {
            let span = item.inner().span();
            let from_here = |value: &&Value| self.origins.used_at(value.origin) == Some(span);
            let by_origin = values.iter().find(from_here);
            by_origin.or_else(|| values.get(index).filter(|_| same_length))
        });
        own.collect()
    }

    fn splice(&mut self, tree: &Tree, expr: Expr<'_>, children: Vec<Child>, changes: &Splice) {
        let container = Container {
            file: tree.file(),
            span: expr.span(),
            children,
            unit: unit(tree.file(), expr.span().start),
            syntax: Syntax::Hcl,
            members: matches!(expr.kind(), ExprKind::Object(_)),
        };
        self.edits.extend(container.splice(changes));
    }

    /// Changes the items of a list or an object that is written out.
    pub(super) fn splice_items(&mut self, tree: &Tree, expr: Expr<'_>, changes: &Splice) {
        let child = |span: Span, colon: Option<String>| Child {
            start: span.start as usize,
            end: span.end as usize,
            colon,
        };
        let children: Vec<Child> = match expr.kind() {
            ExprKind::Object(items) => items
                .map(|item| child(item.span, colon(tree.file(), &item)))
                .collect(),
            ExprKind::Tuple(items) => items.map(|item| child(item.span(), None)).collect(),
            _ => Vec::new(),
        };
        self.splice(tree, expr, children, changes);
    }

    /// `value` as an expression of the module that the resource stands in.
    pub(super) fn spelled(&self, value: &Value) -> Result<Spelled, Refusal> {
        spell::value(value, &|unknown| self.reference(unknown))
    }
}

/// Where the value at `index` of the evaluated list is written.
fn item(
    items: &[Expr<'_>],
    own: &[Option<&Value>],
    values: &[Value],
    index: usize,
) -> Option<usize> {
    let wanted = values.get(index)?;
    let is_it = |value: Option<&Value>| value.is_some_and(|value| std::ptr::eq(value, wanted));
    own.iter()
        .position(|value| is_it(*value))
        .or_else(|| (items.len() == values.len()).then_some(index))
}

/// Where the member `name` stands among `items`: as it is spelled, else in another case.
fn position(items: &[ObjectItem<'_>], name: &str) -> Option<usize> {
    let by = |same: &dyn Fn(&str) -> bool| {
        items
            .iter()
            .rposition(|item| key(item).is_some_and(|key| same(&key)))
    };
    by(&|key| key == name).or_else(|| by(&|key| key.eq_ignore_ascii_case(name)))
}

/// The name of a member; `None` when it is computed.
fn key(item: &ObjectItem<'_>) -> Option<String> {
    match item.key.inner().kind() {
        ExprKind::String(text) => Some(text.into_owned()),
        ExprKind::Number(text) => Some(text.to_owned()),
        _ => None,
    }
}

/// What parts the name of a member from its value; columns are the business of alignment.
fn colon(file: &SourceFile, item: &ObjectItem<'_>) -> Option<String> {
    let between = item.key.span().end as usize..item.value.span().start as usize;
    let between = file.text.get(between)?;
    match between.trim() {
        ":" => Some(between.to_owned()),
        _ => None,
    }
}

/// Returns `true` if `step` names the item. What an item evaluates to goes before its text.
fn is_meant((expr, value): Place<'_, '_>, step: &Step) -> bool {
    match step {
        Step::Each => true,
        Step::Where { key: None, equals } => says((expr, value), equals),
        Step::Where {
            key: Some(key),
            equals,
        } => {
            let value = value
                .and_then(Value::as_map)
                .and_then(|map| map.get_ignoring_case(key));
            let ExprKind::Object(items) = expr.inner().kind() else {
                return value.and_then(Value::as_str) == Some(equals);
            };
            let items: Vec<_> = items.collect();
            let own = position(&items, key).and_then(|index| items.get(index));
            own.map_or_else(
                || value.and_then(Value::as_str) == Some(equals),
                |item| says((item.value, value), equals),
            )
        }
        Step::Name(_) | Step::Index(_) => false,
    }
}

fn says((expr, value): Place<'_, '_>, text: &str) -> bool {
    match value.and_then(Value::as_str) {
        Some(known) => known == text,
        None => place::scalar(expr).is_some_and(|own| own == text),
    }
}

/// What one level of nesting adds to the indentation around `at`: the first line that is indented
/// deeper than the one before it tells.
pub(super) fn unit(file: &SourceFile, at: u32) -> String {
    if trivia::indent(file, at).starts_with('\t') {
        return "\t".to_owned();
    }
    let mut outer = "";
    let mut found = "  ";
    for line in file.text.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.trim().is_empty() {
            continue;
        }
        if let Some(more) = indent.strip_prefix(outer).filter(|more| !more.is_empty()) {
            found = more;
            break;
        }
        outer = indent;
    }
    let known = found.chars().all(|c| c == ' ') && [2, 4, 8].contains(&found.len());
    if known || found == "\t" {
        found.to_owned()
    } else {
        "  ".to_owned()
    }
}
