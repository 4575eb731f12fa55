use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

/// `text` on one line and without anything a terminal or a build agent would act on: control
/// characters, escape sequences, characters that turn the direction of writing, and the
/// `##[command]` and `##vso[command]` that agents look for anywhere in a line. Tabs become a space.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let commands = commands_agent(text);
    if !commands && !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if acts(c) => '\u{FFFD}',
            c => c,
        })
        .collect();
    Cow::Owned(if commands { apart(&plain) } else { plain })
}

/// `text` without two `#` side by side.
fn apart(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '#' && out.ends_with('#') {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Whether a build agent would find a command in `text`, wherever in a line it stands.
fn commands_agent(text: &str) -> bool {
    ["##[", "##vso"].iter().any(|command| {
        text.as_bytes()
            .windows(command.len())
            .any(|part| part.eq_ignore_ascii_case(command.as_bytes()))
    })
}

/// Whether a build agent that reads `text` line by line would take something in it for a command.
#[must_use]
pub fn holds_command(text: &str) -> bool {
    let acts = |line: &str| line.trim_start().starts_with("::") || commands_agent(line);
    text.split(['\n', '\r']).any(acts)
}

/// Writes `value` as JSON on one line that means the same to a program and nothing to a terminal or a
/// build agent: what either would act on is spelled by its number.
pub(super) fn write_json<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    let mut plain = text.as_str();
    // Outside of its strings JSON holds neither `#` nor anything that acts.
    let special = |(at, c): (usize, char)| acts(c) || c == '#' && plain[..at].ends_with('#');
    if !text.char_indices().any(special) {
        return out.write_all(text.as_bytes());
    }
    let mut before = ' ';
    while let Some(c) = plain.chars().next() {
        if acts(c) || c == '#' && before == '#' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        } else {
            out.write_all(&plain.as_bytes()[..c.len_utf8()])?;
        }
        before = c;
        plain = &plain[c.len_utf8()..];
    }
    Ok(())
}

/// `text` as [`visible`] makes it, cut after `most` characters.
pub(super) fn brief(text: &str, most: usize) -> Cow<'_, str> {
    let text = visible(text);
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => text,
    }
}

/// Whether a character does something instead of standing for itself.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// `text` as the data of a workflow command.
pub(super) fn command_data(text: &str) -> String {
    // The older form of commands is looked for anywhere in a line.
    let text = apart(text);
    let text: String = text
        .chars()
        .map(|c| {
            if acts(c) && c != '\n' && c != '\r' {
                ' '
            } else {
                c
            }
        })
        .collect();
    let text = if commands_agent(&text) {
        text.replace("##", "# #")
    } else {
        text
    };
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// `text` as a property of a workflow command.
pub(super) fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// `text` in a cell of a Markdown table: no markup, no HTML, no line break, no mention of a person.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // A bare address would become a link.
    out.replace("://", ":&#47;&#47;")
}

/// `text` as the words of a message in SARIF: nothing in it makes a link.
pub(super) fn unlinked(text: &str) -> String {
    visible(text).replace("](", "] (")
}

/// A workspace path as the relative reference of a URI.
pub(super) fn uri(path: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    /// All but the unreserved characters, the slash, and those of the others that a path may hold.
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'/')
        .remove(b'@')
        .remove(b'+')
        .remove(b'=');
    utf8_percent_encode(path, ESCAPED).to_string()
}

/// One line of a text that was written over several.
pub(super) fn paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(
            visible("a\u{1b}[31mb\r\nc\td\u{202e}e\u{7}\u{9b}"),
            "a\u{FFFD}[31mb  c d\u{FFFD}e\u{FFFD}\u{FFFD}"
        );
        assert_eq!(visible("plain ä 🔒"), "plain ä 🔒");
        assert_eq!(brief("abc\ndef", 4), "abc …");
    }

    #[test]
    fn nothing_commands_a_runner() {
        assert_eq!(visible("x ##VSO[task.y]z ## a"), "x # #VSO[task.y]z # # a");
        assert_eq!(visible("##[error]"), "# #[error]");
        assert_eq!(visible("## heading [a]"), "## heading [a]");
        assert_eq!(command_data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(command_property("a,b:c\r\n"), "a%2Cb%3Ac%0D%0A");
    }

    #[test]
    fn json_says_the_same_and_commands_nobody() {
        let text = "a ##vso[task] ### \u{9b}31m \u{202e} \"##[error]\" \\ # ä 🔒";
        let mut out = Vec::new();
        write_json(&[text], &mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(
            !holds_command(&written) && !written.chars().any(acts),
            "{written}"
        );
        let read: Vec<String> = serde_json::from_str(&written).unwrap();
        assert_eq!(read, [text]);
    }

    #[test]
    fn a_text_that_commands_is_known() {
        let rows = [
            ("a\n   ::error::x", true),
            ("+  ::error::x", false),
            ("- ##VSO[x]", true),
            ("x ##[y]", true),
            ("## heading\na::b", false),
        ];
        for (text, expected) in rows {
            assert_eq!(holds_command(text), expected, "{text}");
        }
        assert_eq!(command_data("##vso[a] ##"), "# #vso[a] # #");
    }

    #[test]
    fn nothing_marks_up_a_table() {
        assert_eq!(
            markdown("a|b <img> [x](http://y) `z` @me\n"),
            "a\\|b &lt;img&gt; \\[x\\](http:&#47;&#47;y) \\`z\\` &#64;me "
        );
        assert_eq!(unlinked("see [x](http://y)"), "see [x] (http://y)");
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        let rows = [
            ("a b/ä.tf", "a%20b/%C3%A4.tf"),
            ("a:b#c?d%.tf", "a%3Ab%23c%3Fd%25.tf"),
            ("modules/x-1_2~/main.tf", "modules/x-1_2~/main.tf"),
        ];
        for (path, expected) in rows {
            assert_eq!(uri(path), expected);
        }
    }
}
