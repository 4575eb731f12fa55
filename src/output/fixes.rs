use std::io::{self, Write};

use super::clean::visible;
use super::hunk;
use super::sheet::{counted, severities};
use super::style::{Style, Tone};
use crate::edit::label;
use crate::finding::{Finding, Report, State};
use crate::source::SourceTree;

/// What fixing did.
#[derive(Clone, Copy, Debug)]
pub struct Fixes<'a> {
    /// The findings that were fixed, each with the fix that was taken.
    pub taken: &'a [Finding],
    /// How many files changed.
    pub files: usize,
    /// What is there afterwards; before, when nothing was written.
    pub left: &'a Report,
    /// Whether the changes were written.
    pub written: bool,
    /// Whether unsafe fixes were applied too.
    pub unsafe_too: bool,
}

/// Shows a fix that is asked about: what it does, what it may cost, and the lines that change.
///
/// # Errors
/// What writing to `out` says.
pub fn proposal(
    finding: &Finding,
    sources: &dyn SourceTree,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    headline(finding, "fix for", sources, style, out)?;
    writeln!(out, "    {}", visible(&finding.message))?;
    let Some(fix) = finding.fixes.first() else {
        return Ok(());
    };
    hunk::write(fix, finding.span.file, "    ", style, sources, out)?;
    if !fix.also_affects.is_empty() {
        let others = fix.also_affects.join(", ");
        writeln!(out, "    also changes: {}", visible(&others))?;
    }
    Ok(())
}

/// One line about the first fix of a finding.
fn headline(
    finding: &Finding,
    verb: &str,
    sources: &dyn SourceTree,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(fix) = finding.fixes.first() else {
        return Ok(());
    };
    let path = sources
        .get(finding.span.file)
        .map_or_else(|| finding.key.root.clone(), |file| file.path.clone());
    let rest = format!("({}; hazard: {})", finding.rule.id, label(&fix.hazards));
    writeln!(
        out,
        "{} {}: {} {}",
        style.paint(Tone::Good, verb),
        visible(&path.to_string()),
        visible(&fix.title),
        style.paint(Tone::Faint, &rest),
    )
}

/// Says what was fixed and what remains.
///
/// # Errors
/// What writing to `out` says.
pub fn fixes(
    fixes: &Fixes<'_>,
    sources: &dyn SourceTree,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let done = if fixes.written { "fixed" } else { "would fix" };
    for finding in fixes.taken {
        headline(finding, done, sources, style, out)?;
    }
    let verb = if fixes.written { "Fixed" } else { "Would fix" };
    let done = match fixes.taken.len() {
        0 => "Nothing to fix".to_owned(),
        n => format!(
            "{verb} {} in {}",
            counted(n, "finding"),
            counted(fixes.files, "file")
        ),
    };
    let counts = &fixes.left.counts;
    let worst = severities(fixes.left);
    let left = match counts.findings {
        0 => String::new(),
        n if fixes.written => format!("; {} left ({worst})", counted(n, "finding")),
        n => format!(" of {} ({worst})", counted(n, "finding")),
    };
    let hint = if counts.fixable_unsafe > 0 && !fixes.unsafe_too {
        format!("; {} more with `--unsafe-fixes`", counts.fixable_unsafe)
    } else {
        String::new()
    };
    writeln!(out, "{}{left}{hint}.", style.paint(Tone::Strong, &done))?;
    if !fixes.written {
        return Ok(());
    }
    for finding in fixes
        .left
        .findings
        .iter()
        .filter(|it| it.state == State::Open)
    {
        if let Some(refusal) = &finding.refusal {
            let address = visible(&finding.subject.address);
            let reason = visible(&refusal.0);
            writeln!(out, "not fixed: {} at {address}: {reason}", finding.rule.id)?;
        }
    }
    Ok(())
}
