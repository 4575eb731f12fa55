mod ask;
mod changed;
mod suggest;

use std::io::{self, IsTerminal as _};
use std::path::Path;

use changed::{Changed, changed};

use super::exit::FOUND;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judge::{Court, exit_code, in_court};
use super::terminal::print;
use crate::check;
use crate::cli::{FixArgs, FixFormat};
use crate::edit::{Applicability, git_patch, shown_lines, unified_diff};
use crate::files::{self, Change};
use crate::finding::{Finding, Report};
use crate::output::{self, Fixes, Style};
use crate::remediate::{self, Fixed};
use crate::source::{Encoding, Overlay, SourceFile, SourceTree};

/// `fix`: applies proven fixes until none is left, and says what was done and what remains.
pub(super) fn apply(args: &FixArgs, inputs: &Inputs, style: Style) -> Result<u8, Failure> {
    if args.interactive && !io::stdin().is_terminal() {
        let why = "--interactive asks on a terminal, and the standard input is none";
        return Err(Failure::said(why));
    }
    // What is under review is known before anything is judged.
    let base = args.diff_base.as_ref().map(|base| {
        let diff = inputs.workspace.diff_since(base).map_err(Failure::said)?;
        shown_lines(&diff).map_err(|line| {
            Failure::said(format!(
                "{base:?} holds no diff: {line:?} is not a line of one"
            ))
        })
    });
    let base = base.transpose()?;
    in_court(inputs, &args.run, |court| {
        let fixed = fixed(court, args, style);
        let edited = changed(&fixed, inputs);
        let code = match (args.format, &base) {
            (FixFormat::GithubSuggestions, Some(shown)) => {
                let below = inputs.workspace.below_repository();
                let review = suggest::review(&fixed, &edited, shown, &below);
                print(|out| output::review(&review, out))?;
                exit_code(&court.report(&inputs.workspace), inputs.options.failing())
            }
            _ if args.diff || args.patch.is_some() => show(&edited, &fixed, court, args, style)?,
            _ => write(&edited, &fixed, court, args, style)?,
        };
        let fails = args.exit_non_zero_on_fix && !edited.is_empty();
        Ok(if fails { FOUND } else { code })
    })
}

fn fixed(court: &Court<'_>, args: &FixArgs, style: Style) -> Fixed {
    let threshold = if args.unsafe_fixes {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    let tree = &court.inputs.workspace;
    let wanted = |finding: &Finding, tree: &dyn SourceTree| court.is_wanted(finding, tree);
    if !args.interactive {
        return remediate::fixpoint(court.bench, tree, threshold, &check::merge, &wanted);
    }
    let (mut input, mut out) = (io::stdin().lock(), io::stdout().lock());
    let mut walk = ask::Walk::new(&mut input, &mut out, style);
    let choose = &mut |finding: &Finding, tree: &dyn SourceTree| walk.choose(finding, tree);
    remediate::chosen_fixpoint(court.bench, tree, threshold, &check::merge, &wanted, choose)
}

/// Applies: writes the files, then says what was done and what is left.
fn write(
    edited: &Changed<'_>,
    fixed: &Fixed,
    court: &Court<'_>,
    args: &FixArgs,
    style: Style,
) -> Result<u8, Failure> {
    let workspace = &court.inputs.workspace;
    let changes: Vec<Change<'_>> = edited
        .values()
        .map(|(before, after)| Change { before, after })
        .collect();
    workspace.write(&changes).map_err(Failure::said)?;
    let texts = edited
        .iter()
        .map(|(path, (_, after))| (path.clone(), (*after).to_owned()));
    let left = court.report(&Overlay::new(workspace, texts));
    if !args.run.quiet {
        let summary = summary(edited, fixed, &left, args, true);
        print(|out| output::fixes(&summary, workspace, style, out))?;
    }
    Ok(exit_code(&left, court.inputs.options.failing()))
}

/// `--diff` and `--patch`: the changes on the standard output or in a file, what they are on the
/// standard error.
fn show(
    edited: &Changed<'_>,
    fixed: &Fixed,
    court: &Court<'_>,
    args: &FixArgs,
    style: Style,
) -> Result<u8, Failure> {
    if args.diff {
        diff(edited, style)?;
    }
    if let Some(path) = &args.patch {
        patch(path, edited, &court.inputs.workspace.below_repository())?;
    }
    let now = court.report(&court.inputs.workspace);
    if !args.run.quiet {
        let summary = summary(edited, fixed, &now, args, false);
        let out = &mut io::stderr().lock();
        output::fixes(&summary, &court.inputs.workspace, style, out)?;
    }
    // Nothing was written: what was found is still there.
    Ok(exit_code(&now, court.inputs.options.failing()))
}

fn diff(edited: &Changed<'_>, style: Style) -> Result<(), Failure> {
    let (mut patches, mut withheld) = (Vec::new(), Vec::new());
    for (path, (before, after)) in edited {
        let (before, after) = (whole(before, &before.text), whole(before, after));
        let patch = unified_diff(path.as_str(), &before, &after);
        if output::holds_command(&patch) {
            withheld.push(path.as_str());
        } else {
            patches.push(patch);
        }
    }
    print(|out| {
        patches
            .iter()
            .try_for_each(|patch| output::diff(patch, style, out))
    })?;
    for path in &withheld {
        // Whoever reads a log line by line would act on it, and a patch cannot be spelled otherwise.
        let message = "The diff of this file is not shown: a build agent would take a line of it for a command. `fix` without `--diff` applies it.";
        output::problem(message, path, "", None, style, &mut io::stderr().lock())?;
    }
    Ok(())
}

/// Writes all changes as one patch whose paths start `below` the top of the repository.
fn patch(path: &Path, edited: &Changed<'_>, below: &str) -> Result<(), Failure> {
    let patches: Vec<String> = edited
        .iter()
        .map(|(path, (before, after))| {
            let (before, after) = (whole(before, &before.text), whole(before, after));
            git_patch(&format!("{below}{path}"), &before, &after)
        })
        .collect();
    files::write_output(path, &mut |out| {
        patches
            .iter()
            .try_for_each(|patch| out.write_all(patch.as_bytes()))
    })
    .map_err(|error| {
        let path = path.display().to_string();
        Failure::said(format!("cannot write {path:?}: {error}"))
    })
}

/// `text` as it stands on disk, with its byte order mark.
fn whole(file: &SourceFile, text: &str) -> String {
    let mark = if file.encoding == Encoding::Utf8Bom {
        "\u{FEFF}"
    } else {
        ""
    };
    format!("{mark}{text}")
}

fn summary<'s>(
    changed: &Changed<'_>,
    fixed: &'s Fixed,
    left: &'s Report,
    args: &FixArgs,
    written: bool,
) -> Fixes<'s> {
    Fixes {
        taken: &fixed.taken,
        files: changed.len(),
        left,
        written,
        unsafe_too: args.unsafe_fixes,
    }
}
