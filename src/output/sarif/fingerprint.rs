use std::collections::HashMap;

use crate::source::{Encoding, SourceFile};

/// How many characters from the start of a line are hashed.
const BLOCK: usize = 100;

/// The base of the polynomial.
const BASE: u64 = 37;

/// What stands for the end of the text.
const END: u16 = u16::MAX;

/// The line hashes of one text, as GitHub's upload computes `primaryLocationLineHash`
/// (<https://github.com/github/codeql-action>, `src/fingerprints.ts`): over the UTF-16 code units
/// of the file without spaces and tabs, every line ending as one line feed, then an end mark and
/// zeros, each line is hashed by the 100 units from its start; equal hashes are numbered.
#[derive(Debug)]
pub(super) struct LineHashes(Vec<String>);

impl LineHashes {
    /// The hashes of all lines; `None` for a text whose bytes GitHub would read as another text.
    pub(super) fn of(file: &SourceFile) -> Option<Self> {
        match file.encoding {
            Encoding::Utf8 => Some(Self::of_units(file.text.encode_utf16())),
            // The mark is a character to GitHub.
            Encoding::Utf8Bom => Some(Self::of_units(
                std::iter::once(0xFEFF).chain(file.text.encode_utf16()),
            )),
            Encoding::Utf16Le | Encoding::Utf16Be => None,
        }
    }

    fn of_units(text: impl Iterator<Item = u16>) -> Self {
        let (units, starts) = normalised(text);
        let at = |index: usize| u64::from(units.get(index).copied().unwrap_or(0));
        // The weight of the unit that leaves the block.
        let leaving = (0..BLOCK).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let mut hash = (0..BLOCK).fold(0_u64, |hash, index| {
            hash.wrapping_mul(BASE).wrapping_add(at(index))
        });
        let mut position = 0;
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let hashes = starts.into_iter().map(|start| {
            while position < start {
                hash = hash
                    .wrapping_mul(BASE)
                    .wrapping_add(at(position + BLOCK))
                    .wrapping_sub(leaving.wrapping_mul(at(position)));
                position += 1;
            }
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        });
        Self(hashes.collect())
    }

    /// The hash of a line, from 1.
    pub(super) fn line(&self, line: usize) -> Option<&str> {
        self.0.get(line.checked_sub(1)?).map(String::as_str)
    }
}

/// The units that are hashed, and where each line starts among them.
fn normalised(text: impl Iterator<Item = u16>) -> (Vec<u16>, Vec<usize>) {
    const TAB: u16 = 9;
    const LINE_FEED: u16 = 10;
    const RETURN: u16 = 13;
    const SPACE: u16 = 32;
    let mut units = Vec::new();
    let mut starts = Vec::new();
    let mut at_start = true;
    let mut after_return = false;
    for unit in text.chain(std::iter::once(END)) {
        if unit == SPACE || unit == TAB || (after_return && unit == LINE_FEED) {
            after_return = false;
            continue;
        }
        after_return = unit == RETURN;
        let unit = if after_return { LINE_FEED } else { unit };
        if at_start {
            starts.push(units.len());
        }
        at_start = unit == LINE_FEED;
        units.push(unit);
    }
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected hashes are those that GitHub's own tests state.
    #[test]
    fn lines_hash_as_github_hashes_them() {
        let short = "c129715d7a2bc9a3";
        let greetings = [
            "e9496ae3ebfced30",
            "fb7c023a8b9ccb3f",
            "ce8ba1a563dcdaca",
            "e20e36e16fcb0cc8",
            "b3edc88f2938467e",
            "c8e28b0b4002a3a0",
            short,
        ];
        let rows: [(&str, &[&str]); 6] = [
            ("", &[short]),
            (
                " a\nb\n  \t\tc\n d",
                &[
                    "271789c17abda88f",
                    "54703d4cd895b18",
                    "180aee12dab6264",
                    "a23a3dc5e078b07b",
                ],
            ),
            (
                " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
                &greetings,
            ),
            (
                " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
                &greetings,
            ),
            (
                " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
                &greetings,
            ),
            (
                " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
                &greetings,
            ),
        ];
        for (text, expected) in rows {
            let expected: Vec<String> = expected.iter().map(|hash| format!("{hash}:1")).collect();
            assert_eq!(
                LineHashes::of_units(text.encode_utf16()).0,
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn equal_lines_are_numbered() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let expected = [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ];
        let hashes = LineHashes::of_units(text.encode_utf16());
        assert_eq!(hashes.0, expected);
        assert_eq!(hashes.line(2), Some(expected[1]));
        assert_eq!((hashes.line(0), hashes.line(12)), (None, None));
    }
}
