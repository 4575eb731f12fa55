//! The lines of a text as `terraform fmt` takes them: each has a lead, may have an assignment whose
//! `=` stands in one column with those of its neighbours, and may have a comment that does likewise.

use unicode_segmentation::UnicodeSegmentation;

/// The blanks before a `=` or a comment, and the column in which they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// Where the blanks start.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
}

/// One line; a heredoc and a comment of several lines belong to the line that they start on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its first byte.
    pub(super) start: usize,
    /// What stands before the `=` that takes part in alignment.
    pub(super) equal: Option<Gap>,
    /// What stands before a `=` whose value goes on on the next lines; no neighbour is looked at then.
    pub(super) opening: Option<Gap>,
    /// What stands before the comment that ends the line.
    pub(super) comment: Option<Gap>,
}

/// How many columns `text` takes, as `terraform fmt` counts them.
pub(super) fn columns(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The lines of `text`.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut scanner = Scanner { text, at: 0 };
    let mut lines = Vec::new();
    while scanner.at < text.len() {
        lines.push(scanner.line());
    }
    lines
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// What a line has shown so far.
#[derive(Default)]
struct Seen {
    tokens: usize,
    equal: Option<usize>,
    /// Brackets opened and not closed since the `=`.
    depth: i32,
    comment: Option<usize>,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes to behind the next line ending.
    fn line(&mut self) -> Line {
        let start = self.at;
        let mut seen = Seen::default();
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
            self.at += blanks;
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                break;
            };
            if first == '\n' {
                self.at += 1;
                break;
            }
            if first == '#' || rest.starts_with("//") {
                seen.comment = (seen.tokens > 0).then_some(self.at);
                self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
                break;
            }
            self.token(first, &mut seen);
            seen.tokens += 1;
        }
        let gap = |end: usize| Gap {
            start: start
                + self
                    .text
                    .get(start..end)
                    .map_or(0, |text| text.trim_end_matches([' ', '\t']).len()),
            end,
        };
        Line {
            start,
            equal: seen.equal.filter(|_| seen.depth == 0).map(gap),
            opening: seen.equal.filter(|_| seen.depth != 0).map(gap),
            comment: seen.comment.map(gap),
        }
    }

    fn token(&mut self, first: char, seen: &mut Seen) {
        let rest = self.rest();
        let operator = ["==", "=>", "!=", "<=", ">="]
            .iter()
            .find(|it| rest.starts_with(**it));
        if let Some(operator) = operator {
            self.at += operator.len();
            return;
        }
        if let Some(end) = rest.strip_prefix("/*").map(|rest| rest.find("*/")) {
            self.at += end.map_or(rest.len(), |end| end + 4);
            return;
        }
        if rest.starts_with("<<") {
            self.at += heredoc(rest).unwrap_or(2);
            return;
        }
        match first {
            '=' if seen.tokens > 0 && seen.equal.is_none() => seen.equal = Some(self.at),
            '(' | '[' | '{' => seen.depth += i32::from(seen.equal.is_some()),
            ')' | ']' | '}' => seen.depth -= i32::from(seen.equal.is_some()),
            '"' => {
                self.at += quoted(rest);
                return;
            }
            _ => {}
        }
        let word = rest.len() - rest.trim_start_matches(is_word).len();
        self.at += word.max(first.len_utf8());
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// The length of the quoted template that `text` starts with.
fn quoted(text: &str) -> usize {
    // What is open: a quote, or the brace of an interpolation.
    let mut open = vec!['"'];
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let in_text = open.last() == Some(&'"');
        match c {
            '\\' if in_text => drop(chars.next()),
            '"' if in_text => {
                open.pop();
                if open.is_empty() {
                    return at + 1;
                }
            }
            '"' => open.push('"'),
            '$' | '%' if in_text => {
                let doubled = chars.next_if(|(_, next)| *next == c).is_some();
                if chars.next_if(|(_, next)| *next == '{').is_some() && !doubled {
                    open.push('{');
                }
            }
            '{' if !in_text => open.push('{'),
            '}' if !in_text => drop(open.pop()),
            '\n' if in_text => return at,
            _ => {}
        }
    }
    text.len()
}

/// The length of the heredoc that `text` starts with, its closing mark included.
fn heredoc(text: &str) -> Option<usize> {
    let name = text.strip_prefix("<<")?;
    let name = name.strip_prefix('-').unwrap_or(name);
    let end = name.find('\n')?;
    let mark = name.get(..end)?.trim();
    if mark.is_empty() || !mark.chars().all(is_word) {
        return None;
    }
    let mut at = text.len() - name.len() + end + 1;
    for line in text.get(at..)?.split_inclusive('\n') {
        if line.trim() == mark {
            return Some(at + line.trim_end().len());
        }
        at += line.len();
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lead of a line, and whether it has an assignment and a comment.
    type Split = (&'static str, bool, bool);

    fn split(text: &str) -> Vec<(String, bool, bool)> {
        let lines = lines(text);
        lines
            .iter()
            .map(|line| {
                let end = line
                    .equal
                    .or(line.comment)
                    .map_or(line.start, |gap| gap.start);
                (
                    text[line.start..end].to_owned(),
                    line.equal.is_some(),
                    line.comment.is_some(),
                )
            })
            .collect()
    }

    #[test]
    fn lines_fall_into_cells() {
        let rows: &[(&str, &[Split])] = &[
            ("  a = 1 # c\n", &[("  a", true, true)]),
            ("a  = [\n", &[("", false, false)]),
            ("a = [1, { b = 2 }] // c", &[("a", true, true)]),
            ("x { a = 1 }\n", &[("", false, false)]),
            ("# a = 1\n", &[("", false, false)]),
            (
                "a = <<EOT\n  b = 1\n  EOT\nc = 2\n",
                &[("a", true, false), ("c", true, false)],
            ),
            (
                "a = \"${b == \"}\" ? \"#\" : \"$${\"}\" # c\n",
                &[("a", true, true)],
            ),
            ("\"k\" = \"=\"\r\n", &[("\"k\"", true, false)]),
            ("a == b\n", &[("", false, false)]),
            (
                "a = 1 /* x\n y = 2 */\nb = 3",
                &[("a", true, false), ("b", true, false)],
            ),
            ("} # c\n", &[("}", false, true)]),
        ];
        for (text, expected) in rows {
            let expected: Vec<_> = expected
                .iter()
                .map(|(lead, equal, comment)| ((*lead).to_owned(), *equal, *comment))
                .collect();
            assert_eq!(split(text), expected, "{text}");
        }
    }
}
