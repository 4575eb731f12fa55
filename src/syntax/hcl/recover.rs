use super::parse::Parser;

/// What opened last and is not closed.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Open {
    Paren,
    Bracket,
    Brace,
    Interpolation,
    Quote,
}

impl Parser<'_> {
    /// The end of the broken argument or block that starts at `start`: the end of its line, or of
    /// the line on which its brackets close. Brackets that never close reach no further than the
    /// first line.
    pub(super) fn end_of_broken(&mut self, start: usize) -> usize {
        let line_end = self.line_end(start);
        if self.exhausted() {
            self.guessed += 1;
            return line_end;
        }
        let (balanced, seen) = self.balanced_end(start);
        self.wasted += seen;
        self.guessed += usize::from(balanced.is_none());
        balanced.unwrap_or(line_end).max(start)
    }

    /// Returns `true` once so much was read in vain that going on as carefully could take forever.
    pub(super) fn exhausted(&self) -> bool {
        self.wasted > self.bytes.len().saturating_mul(4) + 65_536
    }

    fn line_end(&self, start: usize) -> usize {
        let rest = &self.bytes[start..];
        let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if end > start && self.bytes[end - 1] == b'\r' {
            end - 1
        } else {
            end
        }
    }

    /// The end of the line on which all brackets opened since `start` are closed, and how many bytes
    /// were looked at.
    #[expect(clippy::too_many_lines, reason = "one cursor over one alphabet")]
    fn balanced_end(&self, start: usize) -> (Option<usize>, usize) {
        let mut open: Vec<Open> = Vec::new();
        let mut at = start;
        // Once a heredoc never ends, looking for the end of others would take quadratic time.
        let mut heredocs = true;
        let mut searched = 0;
        while let Some(byte) = self.bytes.get(at).copied() {
            let next = self.bytes.get(at + 1).copied();
            let top = open.last().copied();
            if top == Some(Open::Quote) {
                match byte {
                    b'"' => {
                        open.pop();
                    }
                    b'\\' => at += 1,
                    // A quote ends with its line.
                    b'\n' => {
                        open.pop();
                        continue;
                    }
                    b'$' | b'%' if next == Some(byte) && self.bytes.get(at + 2) == Some(&b'{') => {
                        at += 2;
                    }
                    b'$' | b'%' if next == Some(b'{') => {
                        open.push(Open::Interpolation);
                        at += 1;
                    }
                    _ => {}
                }
                at += 1;
                continue;
            }
            match byte {
                b'"' => open.push(Open::Quote),
                b'(' => open.push(Open::Paren),
                b'[' => open.push(Open::Bracket),
                b'{' => open.push(Open::Brace),
                b'}' if top.is_none() => return (Some(at), at - start + searched),
                b'}' if matches!(top, Some(Open::Brace | Open::Interpolation)) => {
                    open.pop();
                }
                b')' if top == Some(Open::Paren) => {
                    open.pop();
                }
                b']' if top == Some(Open::Bracket) => {
                    open.pop();
                }
                b'}' | b')' | b']' if top.is_some() => return (None, at - start + searched),
                b'\n' if top.is_none() => {
                    return (Some(self.before_newline(at)), at - start + searched);
                }
                b'#' => {
                    at = self.line_end(at);
                    continue;
                }
                b'/' if next == Some(b'/') => {
                    at = self.line_end(at);
                    continue;
                }
                b'/' if next == Some(b'*') => {
                    let rest = self.bytes.get(at + 2..).unwrap_or_default();
                    match memchr::memmem::find(rest, b"*/") {
                        Some(len) => at += len + 3,
                        None => return (None, self.bytes.len() - start + searched),
                    }
                }
                b'<' if next == Some(b'<') && heredocs => {
                    if let Some(end) = self.heredoc_end(at) {
                        at = end;
                        continue;
                    }
                    heredocs = false;
                    searched = self.bytes.len() - at;
                }
                _ => {}
            }
            at += 1;
        }
        let end = open.is_empty().then_some(self.bytes.len());
        (end, self.bytes.len() - start + searched)
    }

    fn before_newline(&self, at: usize) -> usize {
        if at > 0 && self.bytes[at - 1] == b'\r' {
            at - 1
        } else {
            at
        }
    }

    /// Where the heredoc that starts at `start` ends, if it does.
    fn heredoc_end(&self, start: usize) -> Option<usize> {
        let rest = self.text.get(start + 2..)?;
        let (first, after) = rest.split_once('\n')?;
        let marker = first.strip_prefix('-').unwrap_or(first).trim_end();
        if !super::decode::identifier(marker) {
            return None;
        }
        let mut at = self.bytes.len() - after.len();
        for line in after.split('\n') {
            if line.trim() == marker {
                return Some(at + line.trim_end().len());
            }
            at += line.len() + 1;
        }
        None
    }
}
