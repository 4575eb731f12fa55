//! Planning back into Terraform: changes in Terraform's own terms become edits at the place where
//! the value is really written. Trees are read, bytes are written: nothing outside an edit changes,
//! and what `terraform fmt` accepts before it accepts afterwards.

mod align;
mod body;
mod cells;
mod collection;
mod companion;
mod expression;
mod follow;
mod json;
mod members;
mod occurrence;
mod overrides;
pub(super) mod place;
mod remove;
mod spell;
mod walk;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Cache, Parsed};
use crate::edit::{Applicability, Edit, Refusal};
use crate::lang::planning::layout::{Layout, Spelled, Syntax};
use crate::lang::planning::wish::Wish;
use crate::lang::planning::{merge, summary};
use crate::lang::{EditAt, Plan};
use crate::model::facts::{Schema, schema};
use crate::model::{Change, Origins, Path, Value, Written};
use crate::source::{Encoding, FileId, SourceFile, SourceTree, Span};
use crate::syntax::hcl::Item;

/// Turns changes of one written resource, of whose text `siblings` are the other instances, into edits.
///
/// # Errors
/// [`Refusal`] names what stands in the way.
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
        schema: schema(written.kind.as_str()),
        edits: Vec::new(),
        elsewhere: BTreeMap::new(),
        dropped: BTreeMap::new(),
        ceiling: Applicability::Safe,
        references: 0,
        replaced: None,
    };
    let (wish, companions) = Wish::of(changes);
    planner.carry_out(&wish)?;
    planner.add_companions(&companions)?;
    let edits = planner.finished()?;
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
    schema: Option<Arc<Schema>>,
    edits: Vec<Edit>,
    /// What is wished for values that are written outside the resource, by their place.
    elsewhere: BTreeMap<Span, Elsewhere>,
    /// The items that go from lists and objects that are written out, by the place of those.
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
    /// The argument of the resource that has the value.
    place: Path,
}

impl Planner<'_> {
    /// The text `id`, if it may be edited.
    fn file(&self, id: FileId) -> Result<Arc<SourceFile>, Refusal> {
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
        if file.path.parts().any(|part| part == ".terraform") {
            return Err(Refusal(format!(
                "`{}` belongs to a module that was downloaded, which is never edited.",
                file.path
            )));
        }
        Ok(file)
    }

    /// The parsed text `id`.
    fn parsed(&self, id: FileId) -> Result<Arc<Parsed>, Refusal> {
        Ok(self.cache.parsed(&self.file(id)?))
    }

    fn limit(&mut self, ceiling: Applicability) {
        self.ceiling = self.ceiling.min(ceiling);
    }

    /// The part of `file` in which `edits` can move a column: the blocks of its top level that they
    /// touch; all of it where an argument of the top level is touched.
    fn window(&self, file: &SourceFile, edits: &[Edit]) -> Result<Range<usize>, Refusal> {
        let whole = 0..file.text.len();
        let parsed = self.parsed(file.id)?;
        let (Some(tree), Some(first), Some(last)) = (parsed.as_hcl(), edits.first(), edits.last())
        else {
            return Ok(whole);
        };
        let mut span = Span::new(file.id, first.span.start as usize, last.span.end as usize);
        for item in tree.items_from(span.start) {
            if !item.span().touches(span) {
                break;
            }
            match item {
                Item::Block(block) => span = span.join(block.span()),
                Item::Attribute(_) => return Ok(whole),
            }
        }
        Ok(lines_around(&file.text, span.range()))
    }

    /// The edits, merged and aligned as `terraform fmt` would have it.
    fn finished(&mut self) -> Result<Vec<Edit>, Refusal> {
        let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for edit in merge::merge(std::mem::take(&mut self.edits))? {
            by_file.entry(edit.span.file).or_default().push(edit);
        }
        let mut edits = Vec::new();
        for (id, own) in by_file {
            let file = self.file(id)?;
            let window = self.window(&file, &own)?;
            edits.extend(merge::merge(align::align(&file, own, window))?);
        }
        Ok(edits)
    }
}

/// Whole lines of `text` around `span`.
fn lines_around(text: &str, span: Range<usize>) -> Range<usize> {
    let before = text.get(..span.start).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = behind.find('\n').map_or(text.len(), |at| span.end + at + 1);
    start..end
}

/// A value as a summary shows it.
fn shown(value: &Value) -> String {
    let text = spell::value(value, &|unknown| {
        let term = unknown.term.as_deref().unwrap_or("a reference");
        Ok(Spelled::Token(term.to_owned()))
    });
    text.map(|text| Layout::one_line(Syntax::Hcl).write(&text))
        .unwrap_or_default()
}
