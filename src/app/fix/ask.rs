//! `fix --interactive`: a person decides about each fix, as `git add -p` asks about hunks.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use crate::finding::Finding;
use crate::output::{self, Style};
use crate::remediate::Choice;
use crate::source::{FileId, RelPath, SourceTree};

const HELP: &str = "\
y - apply this fix
n - do not apply it
a - apply it and all later ones of this file
d - apply neither it nor any later one of this file
q - quit: apply what was said yes to, and nothing more
? - this help
";

/// A walk along the fixes, with what was said so far.
pub(super) struct Walk<'w> {
    input: &'w mut dyn BufRead,
    out: &'w mut dyn Write,
    style: Style,
    /// Files of which all is taken, and of which nothing is.
    all: BTreeSet<RelPath>,
    none: BTreeSet<RelPath>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(input: &'w mut dyn BufRead, out: &'w mut dyn Write, style: Style) -> Self {
        Self {
            input,
            out,
            style,
            all: BTreeSet::new(),
            none: BTreeSet::new(),
        }
    }

    /// Shows a fix and asks about it. Where nobody can be asked any more, the walk is over.
    pub(super) fn choose(&mut self, finding: &Finding, tree: &dyn SourceTree) -> Choice {
        let path = path_of(finding.span.file, finding, tree);
        if self.all.contains(&path) {
            return Choice::Take;
        }
        if self.none.contains(&path) {
            return Choice::Leave;
        }
        let shown = output::proposal(finding, tree, self.style, self.out);
        if shown.is_err() {
            return Choice::Stop;
        }
        loop {
            match self.answer() {
                Some('y') => return Choice::Take,
                Some('n') => return Choice::Leave,
                Some('a') => {
                    self.all.insert(path);
                    return Choice::Take;
                }
                Some('d') => {
                    self.none.insert(path);
                    return Choice::Leave;
                }
                Some('q') | None => return Choice::Stop,
                Some(_) => {
                    if self.out.write_all(HELP.as_bytes()).is_err() {
                        return Choice::Stop;
                    }
                }
            }
        }
    }

    /// The first letter of the next line; `None` at the end of what is typed.
    fn answer(&mut self) -> Option<char> {
        write!(self.out, "Apply this fix [y,n,a,d,q,?]? ").ok()?;
        self.out.flush().ok()?;
        let mut line = String::new();
        if self.input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        Some(
            line.trim()
                .chars()
                .next()
                .unwrap_or('?')
                .to_ascii_lowercase(),
        )
    }
}

fn path_of(file: FileId, finding: &Finding, tree: &dyn SourceTree) -> RelPath {
    tree.get(file)
        .map_or_else(|| finding.key.root.clone(), |file| file.path.clone())
}

#[cfg(test)]
mod tests;
