//! Texts with small faults in them: reading never fails, and every place that it gives lies in the text.
//!
//! `IAC_REMEDIATE_MUTATIONS=1000000 cargo test --release --test mutations` tries more of them; the texts
//! and the faults are the same in every run.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test reads the fixtures, and fails by panicking"
)]

#[path = "../fuzz/laws.rs"]
#[expect(dead_code, reason = "the other laws are held elsewhere")]
mod laws;

use std::path::Path;

/// How many faulty texts are tried where nothing else is said.
const TRIED: u64 = 6_000;

/// What faults are made of: what means something in either syntax, and what means nothing.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "~}",
    "<<EOT\n",
    "<<-E\n",
    "\nEOT\n",
    "=",
    "==",
    "=>",
    ",",
    ".",
    "...",
    "?",
    ":",
    "#",
    "//",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\t",
    "\\",
    "\\u12",
    "-",
    "!",
    "for ",
    "if ",
    "in ",
    "endif",
    "null",
    "true",
    "0",
    "1e9",
    "é",
    "漢",
    "\u{FEFF}",
    "\0",
    "[*]",
    ".*",
    "'",
    "[parameters('",
    "')]",
];

#[test]
fn faulty_texts_are_read_and_every_place_lies_in_them() {
    let texts = fixtures();
    let asked = std::env::var("IAC_REMEDIATE_MUTATIONS").ok();
    let tried = asked.and_then(|text| text.parse().ok()).unwrap_or(TRIED);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for _ in 0..tried {
        let mut text = texts[chance.below(texts.len())].clone();
        for _ in 0..=chance.below(4) {
            mutate(&mut text, &mut chance);
        }
        laws::parse_hcl(&text);
        laws::parse_arm(&text);
    }
}

/// Takes something out, puts something in, or says something twice.
fn mutate(text: &mut String, chance: &mut Chance) {
    let start = boundary(text, chance.below(text.len() + 1));
    let end = boundary(text, (start + chance.below(40)).min(text.len()));
    match chance.below(4) {
        0 => text.replace_range(start..end, ""),
        1 => text.insert_str(start, PIECES[chance.below(PIECES.len())]),
        2 => text.replace_range(start..end, PIECES[chance.below(PIECES.len())]),
        _ => {
            let again = text[start..end].to_owned();
            let at = boundary(text, chance.below(text.len() + 1));
            text.insert_str(at, &again);
        }
    }
}

/// The nearest place at or before `at` where a character starts.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// Marsaglia's xorshift: chance that is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// The texts of all fixtures, in a fixed order.
fn fixtures() -> Vec<String> {
    let mut paths = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let of_interest = path
                .extension()
                .is_some_and(|it| it == "tf" || it == "json");
            if path.is_dir() {
                folders.push(path);
            } else if of_interest {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    texts.collect()
}
