//! Edits of one list or object: members and items replaced, removed and added, with the commas,
//! comments, line endings and indentation that stand around them.

use super::layout::{Layout, Spelled, Syntax};
use super::trivia;
use crate::edit::Edit;
use crate::source::{SourceFile, Span};

/// What shall happen to the children of one list or object.
#[derive(Debug, Default)]
pub(in crate::lang) struct Splice {
    /// Positions of the children to remove, in any order.
    pub(in crate::lang) removed: Vec<usize>,
    /// What to add at the end; members have a key.
    pub(in crate::lang) added: Vec<(Option<String>, Spelled)>,
}

/// A member with its key, or an item.
#[derive(Debug)]
pub(in crate::lang) struct Child {
    /// Where it starts.
    pub(in crate::lang) start: usize,
    /// One past its last byte.
    pub(in crate::lang) end: usize,
    /// What stands between key and value, where that is as simple as can be.
    pub(in crate::lang) colon: Option<String>,
}

/// A list or object in a text.
#[derive(Debug)]
pub(in crate::lang) struct Container<'t> {
    /// The text.
    pub(in crate::lang) file: &'t SourceFile,
    /// From its opening bracket to its closing one.
    pub(in crate::lang) span: Span,
    /// What it holds, in order.
    pub(in crate::lang) children: Vec<Child>,
    /// What one level of nesting adds to the indentation.
    pub(in crate::lang) unit: String,
    /// How it is written.
    pub(in crate::lang) syntax: Syntax,
    /// Whether it holds members rather than items.
    pub(in crate::lang) members: bool,
}

impl Container<'_> {
    /// The edits that carry out `splice`.
    pub(in crate::lang) fn splice(&self, splice: &Splice) -> Vec<Edit> {
        let mut removed = splice.removed.clone();
        removed.sort_unstable();
        removed.dedup();
        if splice.added.is_empty() {
            return self.remove(&removed);
        }
        let Some(last) = self.children.len().checked_sub(1) else {
            return self.open(&splice.added);
        };
        // The last child gives way to what is added, so that its commas serve on.
        let replaces = removed.pop_if(|index| *index == last).is_some();
        let mut edits = self.remove(&removed);
        edits.extend(if replaces {
            let child = &self.children[last];
            let layout = self.layout_beside(child);
            let text = layout.write_all(&splice.added, &self.between(&layout));
            vec![self.edit(child.start, child.end, text)]
        } else {
            self.append(&splice.added)
        });
        edits
    }

    /// What parts two children of this one.
    fn between(&self, layout: &Layout) -> String {
        layout.between(self.members && !self.has_commas())
    }

    /// Returns `true` if commas part the members, also where the ends of lines would do.
    fn has_commas(&self) -> bool {
        let parted = |child: &Child| trivia::comma_after(&self.file.text, child.end).is_some();
        self.syntax == Syntax::Json || self.children.first().is_some_and(parted)
    }
}

/// The text that writes `value` in place of what stands at `span`.
pub(in crate::lang) fn replacement(
    file: &SourceFile,
    span: Span,
    value: &Spelled,
    unit: &str,
    syntax: Syntax,
) -> String {
    let colon = own_colon(file, span.start, syntax);
    let layout = if stands_alone(file, span.start, syntax) {
        Layout::Lines {
            syntax,
            indent: trivia::indent(file, span.start).to_owned(),
            unit: unit.to_owned(),
            eol: file.eol.as_str(),
            colon: colon.unwrap_or_else(|| syntax.colon().to_owned()),
        }
    } else {
        one_line(syntax, colon, None)
    };
    layout.write(value)
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
    fn append(&self, added: &[(Option<String>, Spelled)]) -> Vec<Edit> {
        let Some(last) = self.children.last() else {
            return Vec::new();
        };
        let text = &self.file.text;
        let layout = self.layout_beside(last);
        let comma = trivia::comma_after(text, last.end);
        let behind = comma.map_or(last.end, |comma| comma + 1);
        let new = layout.write_all(added, &self.between(&layout));
        let Layout::Lines { eol, indent, .. } = &layout else {
            let between = layout.between(false);
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
            None if self.members && !self.has_commas() => {
                vec![self.insert(line_end, format!("{eol}{indent}{new}"))]
            }
            None if line_end == last.end => {
                vec![self.insert(line_end, format!(",{eol}{indent}{new}"))]
            }
            None => vec![
                self.insert(last.end, ",".to_owned()),
                self.insert(line_end, format!("{eol}{indent}{new}")),
            ],
        }
    }

    /// Fills a list or object that has no children.
    fn open(&self, added: &[(Option<String>, Spelled)]) -> Vec<Edit> {
        let (start, end) = (self.span.start as usize + 1, self.span.end as usize - 1);
        let inside = self.file.text.get(start..end).unwrap_or_default();
        let eol = self.file.eol.as_str();
        let colon = own_colon(self.file, self.span.start, self.syntax);
        let kept = inside.trim_end();
        let plain = added
            .iter()
            .all(|(_, value)| matches!(value, Spelled::Token(_)));
        let stays = self.syntax == Syntax::Hcl && !self.members && plain;
        let alone = stands_alone(self.file, self.span.start, self.syntax) && !stays;
        // A comment to the end of the line would swallow what follows it.
        if !alone && !inside.contains('\n') {
            let layout = one_line(self.syntax, colon, None);
            let new = layout.write_all(added, &layout.between(false));
            let spaced = self.syntax == Syntax::Hcl && self.members;
            let blank = if kept.is_empty() && !spaced { "" } else { " " };
            let close = if spaced { " " } else { "" };
            let at = start + kept.len();
            let until = if kept.is_empty() || spaced { end } else { at };
            return vec![self.edit(at, until, format!("{blank}{new}{close}"))];
        }
        let outer = trivia::indent(self.file, self.span.start);
        let indent = format!("{outer}{}", self.unit);
        let layout = self.lines_at(&indent, colon.as_deref());
        let new = layout.write_all(added, &self.between(&layout));
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
            return self.lines_at(indent, colon);
        }
        one_line(self.syntax, colon.map(str::to_owned), self.comma())
    }

    fn lines_at(&self, indent: &str, colon: Option<&str>) -> Layout {
        Layout::Lines {
            syntax: self.syntax,
            indent: indent.to_owned(),
            unit: self.unit.clone(),
            eol: self.file.eol.as_str(),
            colon: colon.unwrap_or(self.syntax.colon()).to_owned(),
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

fn one_line(syntax: Syntax, colon: Option<String>, comma: Option<&str>) -> Layout {
    let colon = colon.unwrap_or_else(|| syntax.colon().to_owned());
    let tight = if colon.ends_with(':') { "," } else { ", " };
    Layout::OneLine {
        syntax,
        colon,
        comma: comma.unwrap_or(tight).to_owned(),
    }
}

/// Returns `true` if the value at `start` follows nothing but its own name on its line, in a text of
/// many lines: then it may take several lines itself.
fn stands_alone(file: &SourceFile, start: u32, syntax: Syntax) -> bool {
    let before = before_on_line(file, start).trim();
    let only_key = match syntax {
        Syntax::Json => before.strip_suffix(':').is_some_and(|key| {
            let key = key.trim_end().strip_prefix('"').unwrap_or_default();
            key.strip_suffix('"').is_some_and(|key| !key.contains('"'))
        }),
        Syntax::Hcl => before
            .strip_suffix(['=', ':'])
            .is_some_and(|key| !key.contains(['{', '[', '(', '='])),
    };
    file.lines.count() > 1 && (before.is_empty() || only_key)
}

/// The colon and blanks before the value at `start`, where they end its line so far.
fn own_colon(file: &SourceFile, start: u32, syntax: Syntax) -> Option<String> {
    if syntax == Syntax::Hcl {
        return None;
    }
    let before = before_on_line(file, start);
    let key = before.trim_end().strip_suffix(':')?.trim_end();
    before.get(key.len()..).map(str::to_owned)
}

fn before_on_line(file: &SourceFile, offset: u32) -> &str {
    let start = file.line_start(offset) as usize;
    file.text.get(start..offset as usize).unwrap_or_default()
}

/// `value` as spans count.
pub(in crate::lang) fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
