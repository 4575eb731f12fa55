use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::failure::Failure;
use super::inputs::Inputs;
use super::judge::{Court, exit_code, in_court};
use super::print;
use crate::check;
use crate::cli::FixArgs;
use crate::edit::{Applicability, unified_diff};
use crate::files::Change;
use crate::finding::{Finding, Report};
use crate::output::{self, Fixes, Style};
use crate::remediate::{self, Fixed};
use crate::source::{Encoding, Overlay, RelPath, SourceFile, SourceTree};

/// `fix`: applies proven fixes until none is left, and says what was done and what remains.
pub(super) fn apply(args: &FixArgs, inputs: &Inputs, style: Style) -> Result<u8, Failure> {
    in_court(inputs, &args.run, |court| {
        let threshold = if args.unsafe_fixes {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        let wanted = |finding: &Finding, tree: &dyn SourceTree| court.is_wanted(finding, tree);
        let fixed = remediate::fixpoint(
            court.bench,
            &inputs.workspace,
            threshold,
            &check::merge,
            &wanted,
        );
        let edited = changed(&fixed, inputs);
        if args.diff {
            return diff(&edited, &fixed, court, args, style);
        }
        let changes: Vec<Change<'_>> = edited
            .values()
            .map(|(before, after)| Change { before, after })
            .collect();
        inputs.workspace.write(&changes).map_err(Failure::said)?;
        let texts = edited
            .iter()
            .map(|(path, (_, after))| (path.clone(), (*after).to_owned()));
        let overlay = Overlay::new(&inputs.workspace, texts);
        let left = court.report(&overlay);
        if !args.run.quiet {
            let summary = summary(&edited, &fixed, &left, args);
            print(|out| output::fixes(&summary, &inputs.workspace, style, out))?;
        }
        Ok(exit_code(&left, inputs.options.failing()))
    })
}

/// The files to write, each as it was read and as it shall be. A text that is read but never
/// written (UTF-16) stays as it is.
fn changed<'f>(fixed: &'f Fixed, inputs: &Inputs) -> BTreeMap<RelPath, (Arc<SourceFile>, &'f str)> {
    let read = |path: &RelPath| inputs.workspace.read(path).ok();
    fixed
        .texts
        .iter()
        .filter_map(|(path, after)| Some((path.clone(), (read(path)?, after.as_str()))))
        .filter(|(_, (before, after))| {
            matches!(before.encoding, Encoding::Utf8 | Encoding::Utf8Bom) && before.text != **after
        })
        .collect()
}

/// `--diff`: the patch on the standard output, what it is on the standard error.
fn diff(
    changed: &BTreeMap<RelPath, (Arc<SourceFile>, &str)>,
    fixed: &Fixed,
    court: &Court<'_>,
    args: &FixArgs,
    style: Style,
) -> Result<u8, Failure> {
    let (mut patches, mut withheld) = (Vec::new(), Vec::new());
    for (path, (before, after)) in changed {
        let patch = unified_diff(path.as_str(), &before.text, after);
        if output::holds_command(&patch) {
            withheld.push(path.as_str());
        } else {
            patches.push(patch);
        }
    }
    print(|out| {
        patches
            .iter()
            .try_for_each(|patch| out.write_all(patch.as_bytes()))
    })?;
    for path in &withheld {
        // Whoever reads a log line by line would act on it, and a patch cannot be spelled otherwise.
        let message = "The diff of this file is not shown: a build agent would take a line of it for a command. `fix` without `--diff` applies it.";
        output::problem(message, path, "", None, style, &mut io::stderr().lock())?;
    }
    let now = court.report(&court.inputs.workspace);
    if !args.run.quiet {
        let summary = summary(changed, fixed, &now, args);
        output::fixes(
            &summary,
            &court.inputs.workspace,
            style,
            &mut io::stderr().lock(),
        )?;
    }
    // Nothing was written: what was found is still there.
    Ok(exit_code(&now, court.inputs.options.failing()))
}

fn summary<'s>(
    changed: &BTreeMap<RelPath, (Arc<SourceFile>, &str)>,
    fixed: &'s Fixed,
    left: &'s Report,
    args: &FixArgs,
) -> Fixes<'s> {
    Fixes {
        taken: &fixed.taken,
        files: changed.len(),
        left,
        written: !args.diff,
        unsafe_too: args.unsafe_fixes,
    }
}
