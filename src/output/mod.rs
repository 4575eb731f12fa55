//! The report in each format, one file a format. All that comes from scanned files is cleaned before
//! it is printed: no control characters reach a terminal, no workflow commands a runner, and no
//! secret leaves its file.

mod clean;
mod demand;
mod diff;
mod fixes;
mod format;
mod github;
mod hunk;
mod json;
mod ledger;
mod lint;
mod markdown;
mod pages;
mod place;
mod review;
mod rules;
mod sarif;
mod secret;
mod sheet;
mod snippet;
mod style;
mod text;
mod trials;

use std::io::{self, Write};

pub use clean::holds_command;
pub use diff::diff;
pub use fixes::{Fixes, fixes, proposal};
pub use format::Format;
pub use ledger::ledger;
pub use lint::{json as lint_json, text as lint_text};
pub use pages::{Example, Page, Property, Spelling, TypeNote, rule_page};
pub use review::{Review, Suggestion, review};
pub use rules::{explain, json as rules_json, list as rules_list};
pub use sheet::Sheet;
pub use style::Style;
pub use text::problem;
pub use trials::trials;

/// Writes the report in `format`.
///
/// # Errors
/// What writing to `out` says.
pub fn write(format: Format, sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(sheet, out),
        Format::Json => json::write(sheet, out),
        Format::Sarif => sarif::write(sheet, out),
        Format::Github => github::write(sheet, out),
        Format::Markdown => markdown::write(sheet, out),
    }
}
