//! From a wish to the arguments and blocks that have to change.

use super::super::Parsed;
use super::body::{self, Changes};
use super::members::with_members;
use super::occurrence::{Kind, Occurrence};
use super::{Elsewhere, Planner, json, place, spell};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::wish::{self, Wish};
use crate::model::{Data, Path, Step, Value};
use crate::source::Span;
use crate::syntax::hcl::{Block, Item, Tree};

/// How many places a value may come through; a cycle would have no end.
const PLACES_LIMIT: usize = 256;

impl Planner<'_> {
    /// Carries out what is wished for the resource, then for what is written elsewhere.
    pub(super) fn carry_out(&mut self, wish: &Wish) -> Result<(), Refusal> {
        let written = self.written;
        if wish.remove {
            wish.check(&Path::default())?;
            return self.remove_resource();
        }
        let wish = &self.carry_out_overrides(wish)?;
        if !wish.inside.is_empty() {
            match &*self.parsed(written.node.file)? {
                Parsed::Hcl(tree) => {
                    let block = block_at(tree, written.node)?;
                    self.change_body(tree, block, Some(&written.args), wish, &Path::default())?;
                }
                Parsed::Json(text) => {
                    let node = json::resource(&text.tree, written.node).ok_or_else(no_block)?;
                    let place = (node, Some(&written.args));
                    self.fulfil_json(&text.tree, place, wish, &Path::default())?;
                }
            }
        }
        let mut places = 0;
        while let Some((span, other)) = self.elsewhere.pop_first() {
            places += 1;
            if places > PLACES_LIMIT {
                return Err(Refusal(
                    "The value is written in too many places.".to_owned(),
                ));
            }
            self.change_at(span, &other)?;
        }
        self.drop_items()
    }

    /// Carries out what is wished for the value that is written at `span`.
    fn change_at(&mut self, span: Span, other: &Elsewhere) -> Result<(), Refusal> {
        match &*self.parsed(span.file)? {
            Parsed::Hcl(tree) => {
                let site = place::find(tree, span).ok_or_else(no_block)?;
                if !site.is_whole {
                    return Err(unread());
                }
                if let Some(to) = other.wish.to.as_ref().filter(|_| other.is_reference) {
                    return self.replace(tree, site.expr, to);
                }
                let place = (site.expr, Some(&other.value));
                self.fulfil(tree, place, &other.wish, &other.place)
            }
            Parsed::Json(text) => {
                let node = text.tree.node_at(span).ok_or_else(no_block)?;
                if let Some(to) = other.wish.to.as_ref().filter(|_| other.is_reference) {
                    return self.replace_json(&text.tree, node, to);
                }
                let place = (node, Some(&other.value));
                self.fulfil_json(&text.tree, place, &other.wish, &other.place)
            }
        }
    }

    /// Carries out what is wished for the inside of a block.
    pub(super) fn change_body(
        &mut self,
        tree: &Tree,
        block: Block<'_>,
        value: Option<&Value>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        wish.check(place)?;
        let merged = with_members(wish, place)?;
        let mut changes = Changes::default();
        for (step, inner) in &merged.inside {
            let place = place.with(step.clone());
            let Step::Name(name) = step else {
                return Err(Refusal(format!("`{place}` is a block, not a list.")));
            };
            let value = value.and_then(Value::as_map).and_then(|map| map.get(name));
            let attribute = block.body().attribute(name);
            let gone = inner.remove || inner.to.as_ref().is_some_and(Value::is_null);
            if let Some(attribute) = attribute {
                if gone {
                    inner.check(&place)?;
                    changes.removed.push(attribute.span());
                } else {
                    self.fulfil(tree, (attribute.value(), value), inner, &place)?;
                }
                continue;
            }
            let kind = Kind::of(block, name, value);
            if !kind.occurrences.is_empty() || self.is_block(&place) {
                self.change_blocks(tree, &kind, inner, &place, &mut changes)?;
            } else if !gone && let Some(new) = inner.built(&place)? {
                let value = self.spelled(&new)?;
                changes.added.push(spell::argument(name, value)?);
            }
        }
        self.edits
            .extend(body::change(tree.file(), block, &changes));
        Ok(())
    }

    fn change_blocks(
        &mut self,
        tree: &Tree,
        kind: &Kind<'_, '_>,
        wish: &Wish,
        place: &Path,
        changes: &mut Changes,
    ) -> Result<(), Refusal> {
        wish.check(place)?;
        if wish.remove || wish.to.as_ref().is_some_and(is_nothing) {
            changes
                .removed
                .extend(kind.occurrences.iter().map(|it| it.block().span()));
            return Ok(());
        }
        if kind.occurrences.is_empty() {
            if let Some(new) = wish.built(place)? {
                changes.added.extend(self.new_blocks(&new, place)?);
            }
            return Ok(());
        }
        if let Some(to) = &wish.to {
            let only = match &to.data {
                Data::List(list) => <[Value; 1]>::try_from(list.items.clone()).ok(),
                _ => Some([to.clone()]),
            };
            let (Some([to]), [occurrence]) = (only, kind.occurrences.as_slice()) else {
                return Err(Refusal(format!("`{place}` is written already.")));
            };
            let inner = Wish {
                to: Some(to),
                ..Wish::default()
            };
            return self.change_occurrence(
                tree,
                *occurrence,
                kind.items.first().copied(),
                &inner,
                place,
            );
        }
        // Members of the one block there is may be named without saying which one is meant.
        let mut of_the_one = Wish::default();
        for (step, inner) in &wish.inside {
            if let Step::Name(_) = step {
                of_the_one.inside.push((step.clone(), inner.clone()));
                continue;
            }
            self.change_items(tree, kind, (step, inner), place, changes)?;
        }
        if !of_the_one.inside.is_empty() {
            let occurrence = self.the_one(kind, place)?;
            self.change_occurrence(
                tree,
                occurrence,
                kind.items.first().copied(),
                &of_the_one,
                place,
            )?;
        }
        for item in &wish.append {
            if !kind.items.iter().any(|value| wish::equal(value, item)) {
                changes.added.extend(self.new_blocks(item, place)?);
            }
        }
        Ok(())
    }

    /// Changes or removes the blocks that `step` names.
    fn change_items(
        &mut self,
        tree: &Tree,
        kind: &Kind<'_, '_>,
        (step, inner): (&Step, &Wish),
        place: &Path,
        changes: &mut Changes,
    ) -> Result<(), Refusal> {
        let place = place.with(step.clone());
        let meant = self.meant(kind, step);
        if meant.is_empty() && *step != Step::Each {
            return Err(Refusal(format!("There is no `{place}` to change.")));
        }
        for (occurrence, value) in meant {
            let made = self.made(kind, occurrence);
            if inner.remove {
                inner.check(&place)?;
                if let (Occurrence::Dynamic(_), false) = (occurrence, made == 1) {
                    self.drop_made(kind, occurrence, value, &place)?;
                    continue;
                }
                changes.removed.push(occurrence.block().span());
                continue;
            }
            // One item is meant, and all of them change.
            if made > 1 && *step != Step::Each {
                self.limit(Applicability::Unsafe);
            }
            self.change_occurrence(tree, occurrence, value, inner, &place)?;
        }
        Ok(())
    }

    /// Removes one of the blocks that a `dynamic` makes, by the item that makes it.
    fn drop_made(
        &mut self,
        kind: &Kind<'_, '_>,
        occurrence: Occurrence<'_>,
        value: Option<&Value>,
        place: &Path,
    ) -> Result<(), Refusal> {
        let siblings = self.made_by(kind, occurrence);
        let others: Vec<&Value> = siblings
            .into_iter()
            .filter(|other| value.is_none_or(|value| !std::ptr::eq(*other, value)))
            .collect();
        if let Some(value) = value
            && self.drop_item(value, &others)?
        {
            return Ok(());
        }
        Err(Refusal(format!(
            "`{place}` is made by a `dynamic` block, and no item of its collection is written for it alone."
        )))
    }

    fn change_occurrence(
        &mut self,
        tree: &Tree,
        occurrence: Occurrence<'_>,
        value: Option<&Value>,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let block = occurrence.content();
        let block = whole(block.ok_or_else(no_block)?)?;
        self.change_body(tree, block, value, wish, place)
    }

    fn new_blocks(&self, value: &Value, place: &Path) -> Result<Vec<spell::New>, Refusal> {
        let names = names(place);
        let schema = self.schema.as_deref();
        spell::blocks(value, schema, &names, &|unknown| self.reference(unknown))
    }

    /// Returns `true` if what is at `place` is written as a block.
    pub(super) fn is_block(&self, place: &Path) -> bool {
        let schema = self.schema.as_deref();
        schema.is_some_and(|schema| schema.is_block(&names(place)))
    }
}

/// Returns `true` for null and for the empty list: no block at all.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_list().is_some_and(<[Value]>::is_empty)
}

/// The names of a path, as schemas want them.
pub(super) fn names(path: &Path) -> Vec<&str> {
    let names = path.0.iter().filter_map(|step| match step {
        Step::Name(name) => Some(&**name),
        Step::Index(_) | Step::Each | Step::Where { .. } => None,
    });
    names.collect()
}

/// The resource block at `span`.
pub(super) fn block_at(tree: &Tree, span: Span) -> Result<Block<'_>, Refusal> {
    let item = tree
        .items_from(span.start)
        .find(|item| item.span().start >= span.start);
    match item {
        Some(Item::Block(block)) if block.span() == span => whole(block),
        Some(_) | None => Err(no_block()),
    }
}

/// Refuses a block of which a part was lost: it may say what is missing, and its end is a guess.
pub(super) fn whole(block: Block<'_>) -> Result<Block<'_>, Refusal> {
    if block.is_whole() {
        return Ok(block);
    }
    Err(unread())
}

pub(super) fn unread() -> Refusal {
    Refusal("Its block could not be read whole, so nothing in it is changed.".to_owned())
}

pub(super) fn no_block() -> Refusal {
    Refusal("The resource is not written as a block of its own.".to_owned())
}
