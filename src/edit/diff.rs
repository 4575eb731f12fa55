use std::collections::BTreeMap;
use std::ops::Range;

/// The lines of each file that a diff shows as they are after it, counted from 1; sorted.
pub type Shown = BTreeMap<String, Vec<Range<usize>>>;

/// Reads which lines a unified diff shows, by the path that each file has after it.
///
/// # Errors
/// The line that is not what a diff has there.
pub fn shown_lines(diff: &str) -> Result<Shown, String> {
    let mut shown = Shown::new();
    let mut path: Option<String> = None;
    // How many lines of the hunk at hand are still to come, before and after.
    let mut left = (0_usize, 0_usize);
    for line in diff.split('\n') {
        if left != (0, 0) {
            let less = |count: usize| count.checked_sub(1).ok_or_else(|| line.to_owned());
            match line.as_bytes().first() {
                Some(b'+') => left.1 = less(left.1)?,
                Some(b'-') => left.0 = less(left.0)?,
                Some(b'\\') => {}
                // Some programs leave out the blank of an empty line.
                Some(b' ' | b'\r') | None => left = (less(left.0)?, less(left.1)?),
                Some(_) => return Err(line.to_owned()),
            }
        } else if let Some(name) = line.strip_prefix("+++ ") {
            path = after(name);
        } else if line.starts_with("@@ ") {
            let (old, new) = hunk(line).ok_or_else(|| line.to_owned())?;
            left = (old.len(), new.len());
            if let Some(path) = path.as_ref().filter(|_| !new.is_empty()) {
                shown.entry(path.clone()).or_default().push(new);
            }
        }
    }
    Ok(shown)
}

/// The path of a `+++` line; `None` where the file is gone.
fn after(name: &str) -> Option<String> {
    let name = name.strip_suffix('\r').unwrap_or(name);
    let name = match name.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => name.split('\t').next().unwrap_or_default().to_owned(),
    };
    if name == "/dev/null" {
        return None;
    }
    Some(name.strip_prefix("b/").map_or(name.clone(), str::to_owned))
}

/// A path as git quotes it, behind its first quote.
fn unquoted(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    loop {
        match rest.next()? {
            b'"' => return String::from_utf8(bytes).ok(),
            b'\\' => match rest.next()? {
                b't' => bytes.push(b'\t'),
                b'n' => bytes.push(b'\n'),
                b'r' => bytes.push(b'\r'),
                first @ b'0'..=b'3' => {
                    let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                    let (second, third) = (digit(rest.next()?)?, digit(rest.next()?)?);
                    bytes.push((first - b'0') * 64 + second * 8 + third);
                }
                other => bytes.push(other),
            },
            byte => bytes.push(byte),
        }
    }
}

/// The lines before and after of a hunk's head: `@@ -1,2 +3,4 @@`.
fn hunk(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut words = line.split(' ').skip(1);
    let mut range = |sign: char| {
        let text = words.next()?.strip_prefix(sign)?;
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
        Some(start..start.checked_add(count)?)
    };
    Some((range('-')?, range('+')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first lines of each range and those behind its last.
    fn check(diff: &str, expected: &[(&str, &[(usize, usize)])]) {
        let range = |(start, end): &(usize, usize)| *start..*end;
        let expected = expected.iter().map(|(path, ranges)| {
            let ranges = ranges.iter().map(range).collect();
            ((*path).to_owned(), ranges)
        });
        assert_eq!(shown_lines(diff), Ok(expected.collect()), "{diff}");
    }

    #[test]
    fn a_diff_tells_which_lines_it_shows() {
        check("", &[]);
        check(
            "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@ f\n a\n+b\n c\n@@ -9 +10 @@\n-x\n+y\n",
            &[("x", &[(1, 4), (10, 11)])],
        );
        // What looks like a head inside of a hunk is a line of it.
        check(
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a\n+++ b\n z\n--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
            &[("x", &[(1, 3)])],
        );
        check(
            "+++ \"b/\\303\\251 \\\"q\"\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n",
            &[("é \"q", &[(1, 2)])],
        );
        check(
            "+++ b/a b\t\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n",
            &[("a b", &[(1, 2)])],
        );
        assert!(shown_lines("+++ b/x\n@@ nonsense\n").is_err());
        assert!(shown_lines("+++ b/x\n@@ -1 +1 @@\n+a\n+b\n").is_err());
    }
}
