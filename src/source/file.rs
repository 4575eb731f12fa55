use std::sync::OnceLock;

use super::{FileId, RelPath, Span};

/// One text that was read: what it says, where it stands, and how its bytes were encoded.
///
/// The text never contains a byte order mark; all spans count from the first byte after it.
#[derive(Debug)]
pub struct SourceFile {
    /// Its name within the run.
    pub id: FileId,
    /// Its place in the workspace.
    pub path: RelPath,
    /// The decoded text without byte order mark.
    pub text: String,
    /// Where each line starts.
    pub lines: LineStarts,
    /// The line ending most lines have.
    pub eol: Eol,
    /// How the bytes on disk encode the text.
    pub encoding: Encoding,
    /// How many columns start before each [`STRIDE`]th byte, made when a long line is first asked about: a
    /// plan in JSON is one line of megabytes.
    marks: OnceLock<Vec<Count>>,
}

/// Bytes between two marks.
const STRIDE: usize = 4096;

/// How many characters start in a range of bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    points: usize,
    /// Those that are two units of UTF-16.
    pairs: usize,
}

impl Count {
    fn of(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |count, byte| Self {
            // All bytes of a character but its first are `10xxxxxx`.
            points: count.points + usize::from(byte & 0xC0 != 0x80),
            pairs: count.pairs + usize::from(*byte >= 0xF0),
        })
    }
}

/// How a file's bytes encode its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Plain UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, behind a byte order mark. Read, never written.
    Utf16Le,
    /// UTF-16, big endian, behind a byte order mark. Read, never written.
    Utf16Be,
}

/// A line ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eol {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

impl Eol {
    /// The bytes of this line ending.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// Byte offsets of line starts; the first is always 0.
#[derive(Debug)]
pub struct LineStarts(Vec<u32>);

/// What one column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Unicode code points: SARIF's `unicodeCodePoints`, and what people call a character.
    CodePoints,
    /// UTF-16 code units, as editors count.
    Utf16,
}

/// A place as people and SARIF name it: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl SourceFile {
    /// Takes a decoded text without byte order mark.
    #[must_use]
    pub fn new(id: FileId, path: RelPath, text: String, encoding: Encoding) -> Self {
        let lines = LineStarts::of(&text);
        let crlf = memchr::memmem::find_iter(text.as_bytes(), b"\r\n").count();
        let eol = if crlf * 2 > lines.0.len().saturating_sub(1) {
            Eol::CrLf
        } else {
            Eol::Lf
        };
        Self {
            id,
            path,
            text,
            lines,
            eol,
            encoding,
            marks: OnceLock::new(),
        }
    }

    /// The text under `span`; empty when the span is not of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// A span over the whole text.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len())
    }

    /// Line and column of a byte offset. The only place where either is made.
    #[must_use]
    pub fn locate(&self, offset: u32, columns: Columns) -> Position {
        let line = self.lines.line_of(offset);
        let start = self.lines.0[line] as usize;
        let count = self.count(start, offset as usize);
        let column = match columns {
            Columns::CodePoints => count.points,
            Columns::Utf16 => count.points + count.pairs,
        };
        Position {
            line: line + 1,
            column: column + 1,
        }
    }

    /// The characters between two offsets; none when the second is no place in the text.
    fn count(&self, start: usize, end: usize) -> Count {
        let bytes = self.text.as_bytes();
        let within = |start: usize| bytes.get(start..end).unwrap_or_default();
        if end.saturating_sub(start) < STRIDE || !self.text.is_char_boundary(end) {
            return Count::default().of(within(start));
        }
        let marks = self.marks.get_or_init(|| {
            let mut marks = vec![Count::default()];
            for chunk in bytes.chunks(STRIDE) {
                let last = marks.last().copied().unwrap_or_default();
                marks.push(last.of(chunk));
            }
            marks
        });
        let up_to = |offset: usize| {
            let mark = marks.get(offset / STRIDE).copied().unwrap_or_default();
            let rest = bytes.get(offset / STRIDE * STRIDE..offset);
            mark.of(rest.unwrap_or_default())
        };
        let (before, through) = (up_to(start), up_to(end));
        Count {
            points: through.points - before.points,
            pairs: through.pairs - before.pairs,
        }
    }

    /// The bytes of one line (from 1) without its line ending; empty past the end.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line
            .checked_sub(1)
            .and_then(|index| self.lines.0.get(index))
        else {
            return "";
        };
        let end = self
            .lines
            .0
            .get(line)
            .map_or(self.text.len(), |next| *next as usize);
        self.text[*start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// The offset at which the line of `offset` starts.
    #[must_use]
    pub fn line_start(&self, offset: u32) -> u32 {
        self.lines.0[self.lines.line_of(offset)]
    }
}

impl LineStarts {
    fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            memchr::memchr_iter(b'\n', text.as_bytes())
                .map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        Self(starts)
    }

    /// Index (from 0) of the line that holds `offset`.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.0
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// How many lines the text has; a last line without line ending counts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new(
            FileId(0),
            RelPath::new("a.tf").unwrap(),
            text.to_owned(),
            Encoding::Utf8,
        )
    }

    #[test]
    fn columns_count_what_was_asked() {
        let file = file("a = 1\r\n\u{1F512}b\n");
        let offset = u32::try_from(file.text.find('b').unwrap()).unwrap();
        assert_eq!(
            file.locate(offset, Columns::CodePoints),
            Position { line: 2, column: 2 }
        );
        assert_eq!(
            file.locate(offset, Columns::Utf16),
            Position { line: 2, column: 3 }
        );
        assert_eq!(file.line(1), "a = 1");
        assert_eq!(
            file.locate(0, Columns::CodePoints),
            Position { line: 1, column: 1 }
        );
    }

    #[test]
    fn columns_of_a_long_line_are_those_of_a_count_from_its_start() {
        let line = "x\u{E9}\u{1F512}".repeat(4_000);
        let file = file(&format!("a\n{line}\nb"));
        for (at, _) in line.char_indices().step_by(997) {
            let before = &line[..at];
            let offset = u32::try_from(at + 2).unwrap();
            let column = |columns| file.locate(offset, columns).column - 1;
            assert_eq!(column(Columns::CodePoints), before.chars().count());
            assert_eq!(column(Columns::Utf16), before.encode_utf16().count());
        }
    }

    #[test]
    fn the_line_ending_is_the_majority() {
        assert_eq!(file("a\r\nb\r\nc\n").eol, Eol::CrLf);
        assert_eq!(file("a\nb\nc\r\n").eol, Eol::Lf);
        assert_eq!(file("a").eol, Eol::Lf);
    }
}
