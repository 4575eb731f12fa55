//! Edits of the inside of one block: arguments and nested blocks added and removed, with the blank
//! lines, comments and indentation that stand around them.

use std::ops::Range;

use super::expression::unit;
use super::spell::{Margin, New};
use crate::edit::Edit;
use crate::lang::planning::trivia;
use crate::source::{SourceFile, Span};
use crate::syntax::hcl::{Block, Item};

/// Blocks that are written last, whatever else there is.
const LAST: [&str; 4] = ["lifecycle", "timeouts", "provisioner", "connection"];

/// What shall happen to the inside of one block.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Spans of the items to remove.
    pub(super) removed: Vec<Span>,
    /// What to add.
    pub(super) added: Vec<New>,
}

struct Inside<'t> {
    file: &'t SourceFile,
    /// What stays, in order.
    kept: Vec<Item<'t>>,
    /// The first offset behind the opening brace, and that of the closing one.
    open: usize,
    close: usize,
    /// How the lines of the block itself are indented.
    outer: Margin,
}

/// The edits that carry out `changes` on `block`.
pub(super) fn change(file: &SourceFile, block: Block<'_>, changes: &Changes) -> Vec<Edit> {
    let start = block.span().start;
    let items: Vec<Item<'_>> = block.body().items().collect();
    let gone = |item: &Item<'_>| changes.removed.contains(&item.span());
    let inside = Inside {
        file,
        kept: items.iter().copied().filter(|item| !gone(item)).collect(),
        open: block.open_brace() as usize + 1,
        close: block.close_brace() as usize,
        outer: Margin {
            indent: trivia::indent(file, start).to_owned(),
            unit: unit(file, start),
            eol: file.eol.as_str(),
        },
    };
    let mut edits = Vec::new();
    let removed: Vec<Span> = items
        .iter()
        .filter(|it| gone(it))
        .map(|it| it.span())
        .collect();
    if inside.is_one_line() {
        inside.reopen(&removed, &changes.added, &mut edits);
        return edits;
    }
    inside.remove(&removed, &mut edits);
    let (blocks, arguments): (Vec<_>, Vec<_>) = changes
        .added
        .iter()
        .partition(|new| matches!(new, New::Block(..)));
    inside.add_arguments(&arguments, !blocks.is_empty(), &mut edits);
    inside.add_blocks(&blocks, !arguments.is_empty(), &mut edits);
    if !changes.added.is_empty() {
        inside.part_closing(&mut edits);
    }
    edits
}

impl<'t> Inside<'t> {
    fn text(&self, start: usize, end: usize) -> &'t str {
        self.file.text.get(start..end).unwrap_or_default()
    }

    fn is_one_line(&self) -> bool {
        !self.text(self.open, self.close).contains('\n')
    }

    /// A block on one line: `x {}`, `x { a = 1 }`. What is added opens it to several.
    fn reopen(&self, removed: &[Span], added: &[New], edits: &mut Vec<Edit>) {
        let inner = self.outer.inner();
        let eol = inner.eol;
        let text = self.text(self.open, self.close);
        let lead = text.len() - text.trim_start().len();
        let body = text.trim();
        if added.is_empty() {
            if let [only] = removed {
                let rest = body.len() > only.len();
                let (start, end) = if rest {
                    (only.start as usize, only.end as usize)
                } else {
                    (self.open, self.close)
                };
                edits.push(self.edit(start, end, String::new()));
            }
            return;
        }
        let mut new = lines(added, &inner, false);
        new.push_str(eol);
        new.push_str(&self.outer.indent);
        if body.is_empty() || !removed.is_empty() {
            edits.push(self.edit(self.open, self.close, new));
            return;
        }
        let first = self.open + lead;
        edits.push(self.edit(self.open, first, format!("{eol}{}", inner.indent)));
        if matches!(added.first(), Some(New::Block(..))) {
            new.insert_str(0, eol);
        }
        edits.push(self.edit(first + body.len(), self.close, new));
    }

    /// Puts a closing brace on a line of its own that wrongly follows the last item on its line.
    fn part_closing(&self, edits: &mut Vec<Edit>) {
        let last = self.kept.last().map(|item| item.span().end as usize);
        if last.is_some_and(|last| !self.text(last, self.close).contains('\n')) {
            let text = format!("{}{}", self.outer.eol, self.outer.indent);
            edits.push(self.insert(self.close, text));
        }
    }

    fn add_arguments(&self, added: &[&New], more: bool, edits: &mut Vec<Edit>) {
        if added.is_empty() {
            return;
        }
        let added: Vec<New> = added.iter().map(|new| (*new).clone()).collect();
        if let Some(anchor) = self.argument_anchor() {
            let text = lines(&added, &self.margin(anchor), false);
            edits.push(self.insert(self.behind(anchor.end as usize), text));
            return;
        }
        let margin = self
            .kept
            .first()
            .map_or_else(|| self.outer.inner(), |item| self.margin(item.span()));
        let mut text = lines(&added, &margin, false);
        if self.kept.is_empty() {
            edits.push(self.filled(text, more));
            return;
        }
        // A block comes next.
        if !self.blank_follows(self.behind(self.open)) {
            text.push_str(margin.eol);
        }
        edits.push(self.insert(self.behind(self.open), text));
    }

    fn add_blocks(&self, added: &[&New], follows: bool, edits: &mut Vec<Edit>) {
        let Some(New::Block(kind, _)) = added.first() else {
            return;
        };
        let added: Vec<New> = added.iter().map(|new| (*new).clone()).collect();
        let Some((index, anchor)) = self.block_anchor(kind) else {
            let first = self.kept.first();
            let margin = first.map_or_else(|| self.outer.inner(), |item| self.margin(item.span()));
            let mut text = lines(&added, &margin, follows);
            if first.is_none() {
                edits.push(self.filled(text, false));
                return;
            }
            if !self.blank_follows(self.behind(self.open)) {
                text.push_str(margin.eol);
            }
            edits.push(self.insert(self.behind(self.open), text));
            return;
        };
        let margin = self.margin(anchor.span());
        let compact = matches!(anchor, Item::Block(_)) && self.is_compact(index);
        let mut text = lines(&added, &margin, !compact);
        let at = self.behind(anchor.span().end as usize);
        let next = self.kept.get(index + 1);
        if next.is_some() && !compact && !self.blank_follows(at) {
            text.push_str(margin.eol);
        }
        edits.push(self.insert(at, text));
    }

    /// New lines for a block without items; comments in it stay before them.
    fn filled(&self, mut text: String, more: bool) -> Edit {
        let inside = self.text(self.open, self.close);
        let kept = self.open + inside.trim_end().len();
        if !more {
            text.push_str(self.outer.eol);
            text.push_str(&self.outer.indent);
        }
        let end = if more { kept } else { self.close };
        self.edit(kept, end, text)
    }

    /// The argument behind which new ones stand: the last one before the nested blocks that takes a
    /// single line, so that the new ones join its column.
    fn argument_anchor(&self) -> Option<Span> {
        let is_argument = |item: &&Item<'_>| matches!(item, Item::Attribute(_));
        let leading = || self.kept.iter().take_while(is_argument);
        let short = |item: &&Item<'_>| {
            let span = item.span();
            !self
                .text(span.start as usize, span.end as usize)
                .contains('\n')
        };
        let found = leading().filter(short).last().or_else(|| leading().last());
        let found = found.or_else(|| self.kept.iter().rev().filter(is_argument).find(short));
        found.map(|item| item.span())
    }

    /// The item behind which new blocks of `kind` stand: the last one of their kind, else the last
    /// one that is not always written last.
    fn block_anchor(&self, kind: &str) -> Option<(usize, Item<'t>)> {
        let items = || self.kept.iter().copied().enumerate();
        let mut alike = items().filter(|(_, item)| match item {
            Item::Block(block) => block.kind() == kind,
            Item::Attribute(_) => false,
        });
        let is_last = |item: &Item<'_>| match item {
            Item::Block(block) => LAST.contains(&block.kind()),
            Item::Attribute(_) => false,
        };
        let tail = items().rev().take_while(|(_, item)| is_last(item)).count();
        let before_tail = || items().take(self.kept.len() - tail).next_back();
        alike.next_back().or_else(before_tail)
    }

    /// Returns `true` if no blank line parts the item at `index` from the block before it.
    fn is_compact(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|index| self.kept.get(index));
        let (Some(Item::Block(before)), Some(item)) = (before, self.kept.get(index)) else {
            return false;
        };
        let between = self.text(before.span().end as usize, item.span().start as usize);
        between.matches('\n').count() < 2
    }

    /// How the lines of the item at `span` are indented.
    fn margin(&self, span: Span) -> Margin {
        if !trivia::begins_line(self.file, span.start) {
            return self.outer.inner();
        }
        let indent = trivia::indent(self.file, span.start).to_owned();
        let more = indent.strip_prefix(&self.outer.indent);
        let unit = more.filter(|more| !more.is_empty());
        Margin {
            unit: unit.unwrap_or(&self.outer.unit).to_owned(),
            indent,
            eol: self.outer.eol,
        }
    }

    /// The offset behind `at` and the comments on its line.
    fn behind(&self, at: usize) -> usize {
        trivia::rest_of_line(&self.file.text, at).0
    }

    fn blank_follows(&self, at: usize) -> bool {
        let next = trivia::next_line(&self.file.text, at);
        let line = self.file.text.get(next..).unwrap_or_default();
        line.lines()
            .next()
            .is_none_or(|line| line.trim().is_empty())
    }

    /// Removes items, neighbours that have nothing but blanks between them together.
    fn remove(&self, removed: &[Span], edits: &mut Vec<Edit>) {
        let mut rest = removed;
        while let Some(first) = rest.first() {
            let mut count = 1;
            let mut last = *first;
            while let Some(next) = rest.get(count) {
                let line_end = self.behind(last.end as usize);
                let between = self.text(line_end, next.start as usize);
                if !between.trim().is_empty() {
                    break;
                }
                last = *next;
                count += 1;
            }
            edits.push(remove_lines(self.file, self.open..self.close, *first, last));
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    fn edit(&self, start: usize, end: usize, text: String) -> Edit {
        Edit {
            span: Span::new(self.file.id, start, end),
            text,
        }
    }

    fn insert(&self, at: usize, text: String) -> Edit {
        self.edit(at, at, text)
    }
}

/// Each of `added` on lines of its own, a line ending before each; with a blank line before each
/// block but the first.
fn lines(added: &[New], margin: &Margin, blank_first: bool) -> String {
    let mut text = String::new();
    for (index, new) in added.iter().enumerate() {
        let is_block = matches!(new, New::Block(..));
        if is_block && (blank_first || index > 0) {
            text.push_str(margin.eol);
        }
        text.push_str(margin.eol);
        text.push_str(&margin.indent);
        text.push_str(&margin.write(new));
    }
    text
}

/// The edit that removes the lines of what stands from `first` to `last`, the comment at their end,
/// and a blank line that would be left without purpose. `around` is what it stands in.
pub(super) fn remove_lines(
    file: &SourceFile,
    around: Range<usize>,
    first: Span,
    last: Span,
) -> Edit {
    let text = &file.text;
    let edit = |start: usize, end: usize| Edit {
        span: Span::new(file.id, start, end),
        text: String::new(),
    };
    let (behind, free) = trivia::rest_of_line(text, last.end as usize);
    let line = file.line_start(first.start) as usize;
    let before = text.get(line..first.start as usize).unwrap_or_default();
    if !before.trim().is_empty() || !free {
        return edit(first.start as usize, last.end as usize);
    }
    let until = trivia::next_line(text, behind);
    let above = text.get(around.start..line).unwrap_or_default();
    let below = text.get(until..around.end).unwrap_or_default();
    let opens = above.trim().is_empty();
    let above = above.strip_suffix('\n').unwrap_or(above);
    let last_line = above.rsplit('\n').next().unwrap_or_default();
    if below.trim().is_empty() {
        let kept = around.start + above.trim_end().len();
        // A text without a line ending at its end goes on having none.
        let start = if text.get(..until).is_some_and(|text| text.ends_with('\n')) {
            trivia::next_line(text, kept).min(line)
        } else {
            kept
        };
        return edit(if opens { line } else { start }, until);
    }
    if opens || last_line.trim().is_empty() {
        let blank = below
            .split_inclusive('\n')
            .take_while(|line| line.ends_with('\n') && line.trim().is_empty());
        return edit(line, until + blank.map(str::len).sum::<usize>());
    }
    edit(line, until)
}
