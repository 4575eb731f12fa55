//! Removal of one of several things that share a text, by the item of the collection that makes it.

use super::super::Parsed;
use super::{Planner, place};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::collection::{item_of, written};
use crate::lang::planning::json as spliced;
use crate::lang::planning::splice::Splice;
use crate::model::Value;
use crate::source::Span;

impl Planner<'_> {
    /// Leaves the wish that the item goes which makes `one` and none of `others`. Returns `false` where
    /// there is no such item in a text that is written out.
    pub(super) fn drop_item(&mut self, one: &Value, others: &[&Value]) -> Result<bool, Refusal> {
        let own = written(self.origins, one);
        let others: Vec<Vec<Span>> = others
            .iter()
            .map(|other| written(self.origins, other))
            .collect();
        let containers = |span: Span| match self.parsed(span.file).as_deref() {
            Ok(Parsed::Hcl(tree)) => place::containers(tree, span),
            Ok(Parsed::Json(text)) => spliced::containers(&text.tree, span),
            Err(_) => Vec::new(),
        };
        let Some((span, index)) = item_of(&own, &others, &containers) else {
            return Ok(false);
        };
        // Refuses a text that is never edited.
        self.file(span.file)?;
        self.limit(Applicability::Unsafe);
        let items = self.dropped.entry(span).or_default();
        if !items.contains(&index) {
            items.push(index);
        }
        Ok(true)
    }

    /// Carries out what was left for collections.
    pub(super) fn drop_items(&mut self) -> Result<(), Refusal> {
        for (span, mut removed) in std::mem::take(&mut self.dropped) {
            removed.sort_unstable();
            let changes = Splice {
                removed,
                ..Splice::default()
            };
            match &*self.parsed(span.file)? {
                Parsed::Hcl(tree) => {
                    let site = place::find(tree, span).filter(|site| site.is_whole);
                    let site = site.ok_or_else(super::walk::unread)?;
                    self.splice_items(tree, site.expr, &changes);
                }
                Parsed::Json(text) => {
                    let node = text.tree.node_at(span).ok_or_else(super::walk::no_block)?;
                    self.edits
                        .extend(spliced::splice(&text.tree, node, &changes));
                }
            }
        }
        Ok(())
    }
}
