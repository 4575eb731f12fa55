//! What the fixtures of a folder of rules gave.

use std::io::{self, Write};

use super::clean::visible;
use super::style::{Style, Tone};

/// Writes one line a rule with what is wrong below it, and the figures.
///
/// # Errors
/// What writing to `out` says.
pub fn trials(
    rules: &[(String, Vec<String>)],
    files: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (rule, failures) in rules {
        let (word, tone) = if failures.is_empty() {
            ("ok", Tone::Good)
        } else {
            ("FAILED", Tone::Error)
        };
        writeln!(out, "{:6} {}", style.paint(tone, word), visible(rule))?;
        for failure in failures {
            for line in failure.lines() {
                writeln!(out, "       {}", visible(line))?;
            }
        }
    }
    let failed = rules
        .iter()
        .filter(|(_, failures)| !failures.is_empty())
        .count();
    writeln!(
        out,
        "\n{} rules, {files} fixture files: {failed} failed.",
        rules.len()
    )
}
