use std::io;
use std::sync::Arc;

use super::failure::Failure;
use super::inputs::Inputs;
use super::terminal::print;
use crate::cli::CheckArgs;
use crate::files;
use crate::finding::Report;
use crate::output::{self, Sheet, Style};
use crate::rule::{Entry, Rule};

/// Step 10 of the walk: the report in every format that was asked for, files first.
pub(super) fn emit(
    args: &CheckArgs,
    inputs: &Inputs,
    report: &Report,
    style: Style,
) -> Result<(), Failure> {
    let rules = judged_rules(inputs);
    let sheet = Sheet {
        report,
        sources: &inputs.workspace,
        rules: &rules,
        category: &args.category,
        style: Style::plain(),
        quiet: args.run.quiet,
    };
    for (format, path) in &args.output {
        files::write_output(path, &mut |out| output::write(*format, &sheet, out)).map_err(
            |error: io::Error| {
                Failure::said(format!(
                    "cannot write {:?}: {error}",
                    path.display().to_string()
                ))
            },
        )?;
    }
    let sheet = Sheet { style, ..sheet };
    print(|out| output::write(args.format, &sheet, out))?;
    Ok(())
}

/// Every rule that was judged, sorted by id.
pub(super) fn judged_rules(inputs: &Inputs) -> Vec<Arc<Rule>> {
    let entries = inputs.catalog.selected(&inputs.selection);
    entries.filter_map(Entry::rule).collect()
}
