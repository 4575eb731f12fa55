use std::io::{self, Write};

use super::clean::visible;
use super::place::Place;
use super::secret::masked;
use super::style::{Style, Tone};

/// The most characters of one source line that are shown. Compiled templates stand on one line.
const WIDEST: usize = 140;

/// How much of a wide line is shown before the place it is shown for.
const LEAD: usize = 40;

/// How many bytes of a line are looked at on each side of a place.
const AROUND: usize = 2048;

/// Shows `place` in its source: a line above and below, the place underlined, and `label` beside it.
pub(super) fn write(
    place: &Place,
    label: &str,
    tone: Tone,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_as(place.file.path.as_str(), place, label, tone, style, out)
}

/// [`write`] for a text whose file is called `path` by the user.
pub(super) fn write_as(
    path: &str,
    place: &Place,
    label: &str,
    tone: Tone,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (first, last) = (place.start.line, place.end.line);
    let gutter = (last + 1).to_string().len().max(2);
    let bar = style.paint(Tone::Faint, "|");
    let arrow = style.paint(Tone::Faint, "-->");
    let path = visible(path);
    writeln!(
        out,
        "{:gutter$}{arrow} {path}:{first}:{}",
        "", place.start.column
    )?;
    let lines = place.file.lines.count();
    if first > 1 {
        context(place, first - 1, gutter, style, out)?;
    }
    let line = place.file.line(first);
    let line_start = place.file.line_start(place.span.start);
    let from = (place.span.start - line_start) as usize;
    let to = if last == first {
        (place.span.end - line_start) as usize
    } else {
        line.len()
    };
    let excerpt = Excerpt::of(line, from, to);
    numbered(&excerpt.text, first, gutter, style, out)?;
    let pad = " ".repeat(excerpt.start);
    let marks = "^".repeat(excerpt.marks);
    let label = visible(label);
    let space = if label.is_empty() { "" } else { " " };
    writeln!(
        out,
        "{:gutter$} {bar} {pad}{}{space}{}",
        "",
        style.paint(tone, &marks),
        style.paint(tone, &label)
    )?;
    if last > first {
        let note = format!("… to line {last}");
        writeln!(
            out,
            "{:gutter$} {bar} {}",
            "",
            style.paint(Tone::Faint, &note)
        )?;
    } else if first < lines {
        context(place, first + 1, gutter, style, out)?;
    }
    Ok(())
}

fn context(
    place: &Place,
    number: usize,
    gutter: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = place.file.line(number);
    if line.trim().is_empty() {
        return Ok(());
    }
    numbered(&Excerpt::of(line, 0, 0).text, number, gutter, style, out)
}

fn numbered(
    line: &str,
    number: usize,
    gutter: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = format!("{number:gutter$} |");
    writeln!(out, "{} {line}", style.paint(Tone::Faint, &head))
}

/// What is printed of one line, and where the marks stand under it, in characters.
struct Excerpt {
    text: String,
    start: usize,
    marks: usize,
}

impl Excerpt {
    /// The part of `line` around its bytes `from..to`.
    ///
    /// Secrets are masked before the line is cut to its width, so that no cut hides the name of a
    /// secret from the mask.
    fn of(line: &str, from: usize, to: usize) -> Self {
        let from = line.floor_char_boundary(from);
        let low = line.floor_char_boundary(from.saturating_sub(AROUND));
        let high = line.ceil_char_boundary(from.saturating_add(AROUND));
        let to = line.floor_char_boundary(to).clamp(from, high);
        let width = |until: usize| printed(&line[low..until]).chars().count();
        let whole = printed(&line[low..high]);
        let length = whole.chars().count();
        let start = width(from).min(length);
        let end = width(to).clamp(start, length);
        let first = if length > WIDEST {
            start.saturating_sub(LEAD)
        } else {
            0
        };
        let last = (first + WIDEST).min(length);
        let part: String = whole.chars().skip(first).take(last - first).collect();
        let cut_before = low > 0 || first > 0;
        let before = if cut_before { "…" } else { "" };
        let after = if high < line.len() || last < length {
            "…"
        } else {
            ""
        };
        Self {
            text: format!("{before}{part}{after}"),
            start: start - first + usize::from(cut_before),
            marks: (end.min(last) - start).max(1),
        }
    }
}

/// A part of a line as it is printed: secrets masked, tabs as four characters, nothing that acts.
fn printed(part: &str) -> String {
    visible(&masked(part).replace('\t', "    ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryTree, RelPath, SourceTree as _, Span};

    fn shown(text: &str, part: &str) -> String {
        let tree = MemoryTree::new([("a.tf", text)]);
        let file = tree.read(&RelPath::new("a.tf").unwrap()).unwrap();
        let start = text.find(part).unwrap();
        let span = Span::new(file.id, start, start + part.len());
        let mut out = Vec::new();
        let place = Place::of(span, &tree).unwrap();
        write(&place, "here", Tone::Error, Style::plain(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_marks_stand_under_the_place() {
        assert_eq!(
            shown("a {\n\tb = \u{1b}é false\n}\n", "false"),
            "  --> a.tf:2:9\n 1 | a {\n 2 |     b = \u{FFFD}é false\n   |            ^^^^^ here\n 3 | }\n"
        );
        assert_eq!(
            shown("a {\n\n}\n", "a {\n\n}"),
            "  --> a.tf:1:1\n 1 | a {\n   | ^^^ here\n   | … to line 3\n"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "a ".repeat(5000), "b ".repeat(5000));
        let shown = shown(&text, "X");
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].chars().count() < 160, "{shown}");
        let at = |line: &str, c| line.chars().position(|found| found == c);
        assert_eq!(at(lines[1], 'X'), at(lines[2], '^'), "{shown}");
    }

    #[test]
    fn a_secret_is_not_quoted() {
        let text = "admin_password = \"hunter2\" # x\nb = 1\n";
        for part in ["b = 1", "\"hunter2\"", "# x"] {
            let shown = shown(text, part);
            assert!(!shown.contains("hunter2") && shown.contains('^'), "{shown}");
        }
    }
}
