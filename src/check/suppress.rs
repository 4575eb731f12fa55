//! What people accepted, said in a comment beside it:
//! `# iac-remediate:ignore[azure-storage-insecure-transfer] the reason`.

use crate::finding::{Finding, State};
use crate::source::SourceTree;

/// The words that start an acceptance.
const MARK: &str = "iac-remediate:ignore[";

/// Longer lines, in bytes, are no person's: a plan in JSON is one line that holds every value of an estate,
/// and what stands in one of them accepts nothing.
const LONGEST_LINE: usize = 4096;

/// Marks open findings that a comment on their line, or on a line of its own just above, accepts.
pub fn suppress(findings: &mut [Finding], tree: &dyn SourceTree) {
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.state == State::Open)
    {
        let Some(file) = tree.get(finding.span.file) else {
            continue;
        };
        let line = file.lines.line_of(finding.span.start) + 1;
        let above = file.line(line.saturating_sub(1)).trim_start();
        let above = if above.starts_with(['#', '/']) {
            above
        } else {
            ""
        };
        if [file.line(line), above]
            .iter()
            .any(|text| accepts(text, &finding.key.rule))
        {
            finding.state = State::Suppressed;
        }
    }
}

/// Returns `true` if a comment in this line names the rule.
fn accepts(line: &str, rule: &str) -> bool {
    if line.len() > LONGEST_LINE {
        return false;
    }
    let comment = ["#", "//", "/*"]
        .iter()
        .filter_map(|start| line.find(start))
        .min();
    let Some((_, rest)) = comment.and_then(|at| line[at..].split_once(MARK)) else {
        return false;
    };
    rest.split_once(']')
        .is_some_and(|(ids, _)| ids.split(',').any(|id| id.trim() == rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_accepts_the_rules_it_names() {
        let rows = [
            ("a = 1 # iac-remediate:ignore[x] because", true),
            ("// iac-remediate:ignore[y, x]", true),
            ("# iac-remediate:ignore[y]", false),
            ("a = \"iac-remediate:ignore[x]\"", false),
            ("# iac-remediate:ignore[x", false),
        ];
        for (line, expected) in rows {
            assert_eq!(accepts(line, "x"), expected, "{line}");
        }
        let long = format!("{} # iac-remediate:ignore[x]", "a".repeat(LONGEST_LINE));
        assert!(!accepts(&long, "x"));
    }
}
