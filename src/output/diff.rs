use std::io::{self, Write};

use super::clean::visible;
use super::style::{Style, Tone};

/// Writes a unified diff: byte for byte where no colours are wanted, coloured and without what a
/// terminal would act on where they are.
///
/// # Errors
/// What writing to `out` says.
pub fn diff(patch: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if style == Style::plain() {
        return out.write_all(patch.as_bytes());
    }
    for line in patch.lines() {
        let tone = match line.as_bytes().first() {
            Some(b'@') => Tone::Note,
            Some(b'-') if line.starts_with("--- ") => Tone::Strong,
            Some(b'+') if line.starts_with("+++ ") => Tone::Strong,
            Some(b'-') => Tone::Error,
            Some(b'+') => Tone::Good,
            _ => {
                writeln!(out, "{}", visible(&line.replace('\t', "    ")))?;
                continue;
            }
        };
        let text = line.trim_end_matches('\r').replace('\t', "    ");
        writeln!(out, "{}", style.paint(tone, &visible(&text)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_coloured_for_a_terminal_only() {
        let patch = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\u{1b}[2J\n-b\r\n+c\n";
        let written = |style| {
            let mut out = Vec::new();
            diff(patch, style, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(Style::plain()), patch);
        let expected = [
            "\u{1b}[1m--- a/x\u{1b}[0m",
            "\u{1b}[1m+++ b/x\u{1b}[0m",
            "\u{1b}[1;36m@@ -1,2 +1,2 @@\u{1b}[0m",
            " a\u{FFFD}[2J",
            "\u{1b}[1;31m-b\u{1b}[0m",
            "\u{1b}[32m+c\u{1b}[0m",
        ];
        assert_eq!(written(Style::coloured()), expected.join("\n") + "\n");
    }
}
