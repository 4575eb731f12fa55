//! Planning back into ARM JSON: a change of a resource becomes edits at the place where the value
//! is really written. Trees are read, bytes are written: nothing outside an edit changes.

mod companion;
mod expression;
mod follow;
mod served;
mod spell;
mod walk;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Cache;
use crate::edit::{Applicability, Edit, Refusal};
use crate::lang::planning::layout::{Layout, Spelled, Syntax};
use crate::lang::planning::wish::Wish;
use crate::lang::planning::{merge, summary};
use crate::lang::{EditAt, Plan};
use crate::model::{Change, Origins, Path, Value, Written};
use crate::source::{Encoding, FileId, SourceTree, Span};
use crate::syntax::json::Tree;

/// Plans `changes` of the resource `written`, of whose text `siblings` are the other instances, as edits
/// of its template or of the place outside that a value comes from.
///
/// # Errors
/// [`Refusal`] names what stands in the way: an expression that computes the value, a list item
/// that is not there, a text that cannot be written.
pub fn plan(
    written: &Written,
    siblings: &[&Written],
    changes: &[Change],
    origins: &Origins,
    tree: &dyn SourceTree,
    cache: &Cache,
    at: EditAt,
) -> Result<Plan, Refusal> {
    let mut planner = Planner {
        written,
        siblings,
        origins,
        sources: tree,
        cache,
        at,
        edits: Vec::new(),
        elsewhere: BTreeMap::new(),
        dropped: BTreeMap::new(),
        ceiling: Applicability::Safe,
        references: 0,
        replaced: None,
    };
    let (wish, companions) = Wish::of(changes);
    // An element of another resource that is declared as a resource of its own goes as a whole.
    let is_whole = |change: &Change| matches!(change, Change::Remove { path } if path.0.is_empty());
    if changes.iter().any(is_whole) {
        planner.remove_resource()?;
    } else {
        planner.carry_out(&wish)?;
    }
    planner.add_companions(&companions)?;
    let edits = merge::merge(planner.edits)?;
    if edits.is_empty() {
        return Err(Refusal(
            "The text already says what the change asks for.".to_owned(),
        ));
    }
    Ok(Plan {
        edits,
        ceiling: planner.ceiling,
        summary: summary::at(summary::of(changes, &shown), planner.replaced.as_deref()),
        references: planner.references,
    })
}

struct Planner<'p> {
    written: &'p Written,
    /// The other instances of its text.
    siblings: &'p [&'p Written],
    origins: &'p Origins,
    sources: &'p dyn SourceTree,
    cache: &'p Cache,
    at: EditAt,
    edits: Vec<Edit>,
    /// What is wished for values that are written outside the resource, by their place.
    elsewhere: BTreeMap<Span, Elsewhere>,
    /// The items that go from arrays and objects, by the place of those.
    dropped: BTreeMap<Span, Vec<usize>>,
    ceiling: Applicability,
    /// The most references that a value which is changed comes through.
    references: usize,
    /// A reference that gives way to a literal.
    replaced: Option<String>,
}

/// What is wished for a value that is written outside the resource.
struct Elsewhere {
    wish: Wish,
    /// A reference stands there, which gives way to a literal.
    is_reference: bool,
    value: Value,
    /// The property of the resource that has the value.
    place: Path,
}

impl Planner<'_> {
    /// The parsed text `id`.
    fn tree(&self, id: FileId) -> Result<Arc<Tree>, Refusal> {
        let file = self
            .sources
            .get(id)
            .ok_or_else(|| Refusal("The text that writes the value is not at hand.".to_owned()))?;
        if matches!(file.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
            return Err(Refusal(format!(
                "`{}` is encoded as UTF-16, which is read but never written.",
                file.path
            )));
        }
        Ok(self.cache.parsed(&file))
    }

    fn limit(&mut self, ceiling: Applicability) {
        self.ceiling = self.ceiling.min(ceiling);
    }
}

/// A value as a summary shows it.
fn shown(value: &Value) -> String {
    let json = spell::json(value, &|unknown| {
        let term = unknown.term.as_deref().unwrap_or("a reference");
        Ok(Spelled::Token(term.to_owned()))
    });
    json.map(|json| Layout::one_line(Syntax::Json).write(&json))
        .unwrap_or_default()
}
