//! Edits of one JSON array or object: members and items replaced, removed and added, with the
//! commas, comments, line endings and indentation that stand around them.

use super::spell::{Json, Layout};
use super::trivia;
use crate::edit::Edit;
use crate::source::{SourceFile, Span};
use crate::syntax::json::{Member, Node, Tree};

/// What shall happen to the children of one array or object.
#[derive(Debug, Default)]
pub(super) struct Splice {
    /// Positions of the children to remove, in any order.
    pub(super) removed: Vec<usize>,
    /// What to add at the end; members have a key.
    pub(super) added: Vec<(Option<String>, Json)>,
}

/// A member with its key, or an item.
struct Child {
    start: usize,
    end: usize,
    /// What stands between key and value, where that is only a colon and blanks.
    colon: Option<String>,
}

struct Container<'t> {
    file: &'t SourceFile,
    span: Span,
    children: Vec<Child>,
    unit: String,
}

/// The edits that carry out `splice` on `container`.
pub(super) fn splice(tree: &Tree, container: Node<'_>, splice: &Splice) -> Vec<Edit> {
    let container = Container {
        file: tree.file(),
        span: container.span(),
        children: children(tree.file(), container),
        unit: unit(tree, container.span()),
    };
    let mut removed = splice.removed.clone();
    removed.sort_unstable();
    removed.dedup();
    if splice.added.is_empty() {
        return container.remove(&removed);
    }
    let Some(last) = container.children.len().checked_sub(1) else {
        return container.open(&splice.added);
    };
    // The last child gives way to what is added, so that its commas serve on.
    let replaces = removed.pop_if(|index| *index == last).is_some();
    let mut edits = container.remove(&removed);
    edits.extend(if replaces {
        let child = &container.children[last];
        let text = container.layout_beside(child).write_all(&splice.added);
        vec![container.edit(child.start, child.end, text)]
    } else {
        container.append(&splice.added)
    });
    edits
}

/// The edit that writes `json` in place of `node`.
pub(super) fn replace(tree: &Tree, node: Node<'_>, json: &Json) -> Edit {
    let file = tree.file();
    let span = node.span();
    let colon = own_colon(file, span.start);
    let layout = if stands_alone(file, span.start) {
        Layout::Lines {
            indent: trivia::indent(file, span.start).to_owned(),
            unit: unit(tree, span),
            eol: file.eol.as_str(),
            colon: colon.unwrap_or(": ").to_owned(),
        }
    } else {
        one_line(colon, None)
    };
    Edit {
        span,
        text: layout.write(json),
    }
}

impl Container<'_> {
    fn remove(&self, removed: &[usize]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let all = !removed.is_empty() && removed.len() == self.children.len();
        if all && !self.has_own_comment() {
            let (start, end) = (self.span.start as usize + 1, self.span.end as usize - 1);
            return vec![self.edit(start, end, String::new())];
        }
        let mut rest = removed;
        while let Some(first) = rest.first().copied() {
            let len = rest
                .iter()
                .zip(first..)
                .take_while(|(index, expected)| *index == expected)
                .count();
            self.remove_run(first, first + len - 1, &mut edits);
            rest = &rest[len..];
        }
        edits
    }

    /// Removes the neighbours `first..=last`, which have no removed neighbour.
    fn remove_run(&self, first: usize, last: usize, edits: &mut Vec<Edit>) {
        let text = &self.file.text;
        let comma_before = first
            .checked_sub(1)
            .and_then(|index| trivia::comma_after(text, self.children[index].end));
        let comma = trivia::comma_after(text, self.children[last].end);
        let lines: Vec<_> = (first..=last)
            .map(|index| self.lines(index, index))
            .collect();
        let lines = lines.into_iter().collect::<Option<Vec<_>>>();
        let lines = lines.or_else(|| self.lines(first, last).map(|lines| vec![lines]));
        if let Some(lines) = lines {
            if let (None, Some(before)) = (comma, comma_before) {
                edits.push(self.edit(before, before + 1, String::new()));
            }
            edits.extend(
                lines
                    .iter()
                    .map(|(start, end)| self.edit(*start, *end, String::new())),
            );
            return;
        }
        let start = self.children[first].start;
        let (start, end) = match (comma, comma_before) {
            (Some(comma), _) if self.shares_line(last) => {
                let rest = text.get(comma + 1..).unwrap_or_default();
                let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                (start, comma + 1 + blanks)
            }
            (Some(comma), Some(before)) => (before + 1, comma + 1),
            (Some(comma), None) => (start, comma + 1),
            (None, Some(before)) => (before, self.children[last].end),
            (None, None) => (start, self.children[last].end),
        };
        edits.push(self.edit(start, end, String::new()));
    }

    /// The whole lines that the children `first..=last` take, with the comments behind them;
    /// `None` when something else stands there too.
    fn lines(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        let text = &self.file.text;
        let start = u32::try_from(self.children[first].start).ok()?;
        let end = self.children[last].end;
        let behind = trivia::comma_after(text, end).map_or(end, |comma| comma + 1);
        let (behind, free) = trivia::rest_of_line(text, behind);
        let lines = (
            self.file.line_start(start) as usize,
            trivia::next_line(text, behind),
        );
        (free && trivia::begins_line(self.file, start)).then_some(lines)
    }

    /// Returns `true` if the child behind `index` starts on the line on which that one ends.
    fn shares_line(&self, index: usize) -> bool {
        let next = self.children.get(index + 1);
        next.is_some_and(|next| {
            let between = self.file.text.get(self.children[index].end..next.start);
            between.is_some_and(|text| !text.contains('\n'))
        })
    }

    /// Adds behind the last child.
    fn append(&self, added: &[(Option<String>, Json)]) -> Vec<Edit> {
        let Some(last) = self.children.last() else {
            return Vec::new();
        };
        let text = &self.file.text;
        let layout = self.layout_beside(last);
        let comma = trivia::comma_after(text, last.end);
        let behind = comma.map_or(last.end, |comma| comma + 1);
        let new = layout.write_all(added);
        let Layout::Lines { eol, indent, .. } = &layout else {
            let between = layout.between();
            let blank = between.trim_start().trim_start_matches(',');
            return vec![match comma {
                Some(_) => self.insert(behind, format!("{blank}{new},")),
                None => self.insert(behind, format!("{between}{new}")),
            }];
        };
        if !self.begins_line(last) {
            // The first lines of both stand behind a bracket: `[{ … }, { … }]`.
            return vec![match comma {
                Some(_) => self.insert(behind, format!(" {new},")),
                None => self.insert(behind, format!(", {new}")),
            }];
        }
        let (line_end, _) = trivia::rest_of_line(text, behind);
        match comma {
            Some(_) => vec![self.insert(line_end, format!("{eol}{indent}{new},"))],
            None if line_end == last.end => {
                vec![self.insert(line_end, format!(",{eol}{indent}{new}"))]
            }
            None => vec![
                self.insert(last.end, ",".to_owned()),
                self.insert(line_end, format!("{eol}{indent}{new}")),
            ],
        }
    }

    /// Fills an array or object that has no children.
    fn open(&self, added: &[(Option<String>, Json)]) -> Vec<Edit> {
        let (start, end) = (self.span.start as usize + 1, self.span.end as usize - 1);
        let inside = self.file.text.get(start..end).unwrap_or_default();
        let eol = self.file.eol.as_str();
        let colon = own_colon(self.file, self.span.start);
        if !stands_alone(self.file, self.span.start) && !inside.contains('\n') {
            let new = one_line(colon, None).write_all(added);
            let kept = inside.trim_end();
            let blank = if kept.is_empty() { "" } else { " " };
            let at = start + kept.len();
            return vec![self.edit(
                at,
                if kept.is_empty() { end } else { at },
                blank.to_owned() + &new,
            )];
        }
        let outer = trivia::indent(self.file, self.span.start);
        let indent = format!("{outer}{}", self.unit);
        let new = self
            .lines_at(&indent, colon.unwrap_or(": "))
            .write_all(added);
        let kept = inside.trim_end();
        vec![self.edit(
            start + kept.len(),
            end,
            format!("{eol}{indent}{new}{eol}{outer}"),
        )]
    }

    fn layout_beside(&self, child: &Child) -> Layout {
        let many_lines = self
            .file
            .text
            .get(child.start..child.end)
            .is_some_and(|text| text.contains('\n'));
        let colon = child.colon.as_deref();
        if self.begins_line(child) || many_lines {
            let indent = trivia::indent(self.file, offset(child.start));
            return self.lines_at(indent, colon.unwrap_or(": "));
        }
        one_line(colon, self.comma())
    }

    fn lines_at(&self, indent: &str, colon: &str) -> Layout {
        Layout::Lines {
            indent: indent.to_owned(),
            unit: self.unit.clone(),
            eol: self.file.eol.as_str(),
            colon: colon.to_owned(),
        }
    }

    /// What stands between the last two children, where that is only a comma and blanks.
    fn comma(&self) -> Option<&str> {
        let [.., a, b] = self.children.as_slice() else {
            return None;
        };
        let text = self.file.text.get(a.end..b.start)?;
        (text.trim_matches([' ', '\t']) == ",").then_some(text)
    }

    fn begins_line(&self, child: &Child) -> bool {
        trivia::begins_line(self.file, offset(child.start))
    }

    /// Returns `true` if a comment stands between the children.
    fn has_own_comment(&self) -> bool {
        let mut at = self.span.start as usize + 1;
        let ends = self.children.iter().map(|child| (child.start, child.end));
        let close = self.span.end as usize - 1;
        for (start, end) in ends.chain([(close, close)]) {
            let between = self.file.text.get(at..start).unwrap_or_default();
            if trivia::has_comment(between) {
                return true;
            }
            at = end;
        }
        false
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

fn one_line(colon: Option<&str>, comma: Option<&str>) -> Layout {
    let colon = colon.unwrap_or(": ");
    let tight = if colon.ends_with(':') { "," } else { ", " };
    Layout::OneLine {
        colon: colon.to_owned(),
        comma: comma.unwrap_or(tight).to_owned(),
    }
}

/// Returns `true` if the value at `start` follows nothing but its own name on its line, in a text of
/// many lines: then it may take several lines itself.
fn stands_alone(file: &SourceFile, start: u32) -> bool {
    let before = before_on_line(file, start).trim();
    let only_key = before.strip_suffix(':').is_some_and(|key| {
        let key = key.trim_end().strip_prefix('"').unwrap_or_default();
        key.strip_suffix('"').is_some_and(|key| !key.contains('"'))
    });
    file.lines.count() > 1 && (before.is_empty() || only_key)
}

/// The colon and blanks before the value at `start`, where they end its line so far.
fn own_colon(file: &SourceFile, start: u32) -> Option<&str> {
    let before = before_on_line(file, start);
    let key = before.trim_end().strip_suffix(':')?.trim_end();
    before.get(key.len()..)
}

fn before_on_line(file: &SourceFile, offset: u32) -> &str {
    let start = file.line_start(offset) as usize;
    file.text.get(start..offset as usize).unwrap_or_default()
}

fn children(file: &SourceFile, container: Node<'_>) -> Vec<Child> {
    let colon = |member: &Member<'_>| {
        let between = member.key_span.end as usize..member.value.span().start as usize;
        let between = file.text.get(between).unwrap_or_default();
        (between.trim_matches([' ', '\t']) == ":").then(|| between.to_owned())
    };
    let members = container.members().map(|member| Child {
        start: member.key_span.start as usize,
        end: member.value.span().end as usize,
        colon: colon(&member),
    });
    let items = container.items().map(|item| Child {
        start: item.span().start as usize,
        end: item.span().end as usize,
        colon: item.members().next().as_ref().and_then(colon),
    });
    members.chain(items).collect()
}

/// What one level of nesting adds to the indentation, read from the innermost level around `at`
/// that shows it, then from anywhere in the text.
fn unit(tree: &Tree, at: Span) -> String {
    let file = tree.file();
    let mut found = None;
    let mut next = tree.root();
    while let Some(node) = next {
        found = step(file, node).or(found);
        next = children_of(node)
            .find(|child| child.span().contains(at) && child.span() != node.span());
    }
    let first = || {
        let mut open: Vec<_> = tree.root().into_iter().collect();
        while let Some(node) = open.pop() {
            if let Some(unit) = step(file, node) {
                return Some(unit);
            }
            open.extend(children_of(node));
        }
        None
    };
    found.or_else(first).unwrap_or("  ").to_owned()
}

fn children_of(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.items()
        .chain(node.members().map(|member| member.value))
}

/// By how much the first child that begins a line is indented against the line of `node`.
fn step<'f>(file: &'f SourceFile, node: Node<'_>) -> Option<&'f str> {
    let outer = trivia::indent(file, node.span().start);
    let child = children(file, node)
        .into_iter()
        .map(|child| offset(child.start))
        .find(|start| trivia::begins_line(file, *start))?;
    let unit = trivia::indent(file, child).strip_prefix(outer)?;
    (!unit.is_empty()).then_some(unit)
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
