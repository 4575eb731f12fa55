//! White space and comments between the tokens of a text that is known to be JSON or HCL. JSON has
//! no `#` comments, but nor can a `#` stand between its tokens.

use crate::source::SourceFile;

/// The first offset from `at` on where neither white space nor a comment stands.
pub(in crate::lang) fn skip(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        match comment(trimmed) {
            Some(len) => at += len,
            None => return at,
        }
    }
}

/// The offset of the comma that follows a value which ends at `end`.
pub(in crate::lang) fn comma_after(text: &str, end: usize) -> Option<usize> {
    let at = skip(text, end);
    (text.as_bytes().get(at) == Some(&b',')).then_some(at)
}

/// What stands on the same line behind `at`: the end of the last comment that starts and ends there
/// (`at` without one), and whether nothing but white space follows on the line.
pub(in crate::lang) fn rest_of_line(text: &str, mut at: usize) -> (usize, bool) {
    let mut last = at;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t']);
        at += rest.len() - trimmed.len();
        match comment(trimmed) {
            Some(len) if !trimmed.get(..len).is_some_and(|text| text.contains('\n')) => {
                at += len;
                last = at;
            }
            _ => {
                return (
                    last,
                    trimmed.is_empty() || trimmed.starts_with(['\n', '\r']),
                );
            }
        }
    }
}

/// The offset at which the line behind the one of `at` starts.
pub(in crate::lang) fn next_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Returns `true` if nothing but white space stands before `offset` on its line.
pub(in crate::lang) fn begins_line(file: &SourceFile, offset: u32) -> bool {
    let before = file
        .text
        .get(file.line_start(offset) as usize..offset as usize);
    offset > 0 && before.is_some_and(|text| text.chars().all(char::is_whitespace))
}

/// The white space that the line of `offset` starts with.
pub(in crate::lang) fn indent(file: &SourceFile, offset: u32) -> &str {
    let line = file
        .text
        .get(file.line_start(offset) as usize..)
        .unwrap_or_default();
    let end = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
    &line[..end]
}

/// Returns `true` if a comment stands in `text`, which holds no string.
pub(in crate::lang) fn has_comment(text: &str) -> bool {
    text.contains("//") || text.contains("/*") || text.contains('#')
}

/// The length of the comment that `text` starts with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") || text.starts_with('#') {
        return Some(text.find(['\n', '\r']).unwrap_or(text.len()));
    }
    let inside = text.strip_prefix("/*")?;
    Some(inside.find("*/").map_or(text.len(), |end| end + 4))
}
