use std::fmt::Write as _;
use std::io;

use serde_json::{Value, json};

use super::clean::{markdown, write_json};
use super::secret::masked;
use super::sheet::counted;
use crate::edit::label;
use crate::finding::Finding;

/// The most comments of one review: more are refused or held back as a burst.
const MOST_COMMENTS: usize = 30;

/// The longest body that GitHub takes is 65,536 characters; room is left for what a client adds.
const LONGEST: usize = 60_000;

/// How many of the fixes that are not suggested are named.
const MOST_NAMED: usize = 50;

/// New lines for a range of lines under review.
#[derive(Clone, Debug)]
pub struct Suggestion<'a> {
    /// The path from the top of the repository.
    pub path: String,
    /// The first and the last line that give way, from 1.
    pub lines: (usize, usize),
    /// What takes their place, without the last line ending.
    pub text: String,
    /// The findings that are mended, each with its fix.
    pub findings: Vec<&'a Finding>,
}

/// Fixes for the lines under review.
#[derive(Clone, Debug, Default)]
pub struct Review<'a> {
    /// Suggestions that mend something only all together.
    pub groups: Vec<Vec<Suggestion<'a>>>,
    /// What can be fixed but has lines outside of the review.
    pub rest: Vec<&'a Finding>,
}

/// Writes the payload of one review of a GitHub pull request: its body and its comments.
///
/// # Errors
/// What writing to `out` says.
pub fn review(review: &Review<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut comments: Vec<Value> = Vec::new();
    let mut rest = review.rest.clone();
    let mut offered = 0;
    for group in &review.groups {
        let bodies: Vec<Option<String>> = (0..group.len()).map(|at| body(group, at)).collect();
        let fits =
            comments.len() + group.len() <= MOST_COMMENTS && bodies.iter().all(Option::is_some);
        let findings = group.iter().flat_map(|suggestion| &suggestion.findings);
        let mut findings: Vec<&Finding> = findings.copied().collect();
        findings.sort_by(|a, b| a.key.cmp(&b.key));
        findings.dedup_by(|a, b| a.key == b.key);
        if !fits {
            rest.extend(findings);
            continue;
        }
        offered += findings.len();
        let bodies = bodies.into_iter().flatten();
        comments.extend(
            group
                .iter()
                .zip(bodies)
                .map(|(suggestion, body)| comment(suggestion, &body)),
        );
    }
    let payload = json!({
        "event": "COMMENT",
        "body": summary(offered, &rest),
        "comments": comments,
    });
    write_json(&payload, out)?;
    writeln!(out)
}

fn comment(suggestion: &Suggestion<'_>, body: &str) -> Value {
    let (first, last) = suggestion.lines;
    let mut comment = json!({
        "path": suggestion.path,
        "side": "RIGHT",
        "line": last,
        "body": body,
    });
    // A range of one line is refused.
    if first < last {
        comment["start_line"] = json!(first);
        comment["start_side"] = json!("RIGHT");
    }
    comment
}

/// The text of a comment; `None` where it would show a secret or be too long.
fn body(group: &[Suggestion<'_>], at: usize) -> Option<String> {
    let suggestion = group.get(at)?;
    let quotes_secret = suggestion.text.lines().any(|line| masked(line) != line);
    let mut text = String::new();
    for finding in &suggestion.findings {
        text.push_str(&line(finding));
        text.push('\n');
    }
    if group.len() > 1 {
        let (number, all) = (at + 1, group.len());
        let _ = write!(
            text,
            "\nPart {number} of {all}: commit all of them together.\n"
        );
    }
    let fence = fence(&suggestion.text);
    // Nothing between the fences takes the lines away.
    let end = if suggestion.text.is_empty() { "" } else { "\n" };
    let block = format!("\n{fence}suggestion\n{}{end}{fence}", suggestion.text);
    text.push_str(&block);
    (!quotes_secret && text.chars().count() <= LONGEST).then_some(text)
}

/// More backquotes than stand together anywhere in `text`, and at least three.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// One finding and its fix as an item of a list.
fn line(finding: &Finding) -> String {
    let Some(fix) = finding.fixes.first() else {
        return String::new();
    };
    format!(
        "* **{}** ({}): {} ({}; hazard: {})",
        markdown(&finding.rule.title),
        finding.severity,
        markdown(&fix.title),
        fix.applicability,
        label(&fix.hazards),
    )
}

fn summary(offered: usize, rest: &[&Finding]) -> String {
    let mut text = format!(
        "{} can be mended with the suggestions of this review.",
        counted(offered, "finding")
    );
    if rest.is_empty() {
        return text;
    }
    let _ = writeln!(
        text,
        " {} more can be mended with `iac-remediate fix`, but not by a suggestion in the lines of this change:",
        rest.len()
    );
    for finding in rest.iter().take(MOST_NAMED) {
        let address = markdown(&finding.subject.address);
        let _ = write!(text, "\n{} at {address}", line(finding));
    }
    if rest.len() > MOST_NAMED {
        let _ = write!(text, "\n* and {} more", rest.len() - MOST_NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(text: &str) -> Suggestion<'static> {
        Suggestion {
            path: "a.tf".to_owned(),
            lines: (2, 3),
            text: text.to_owned(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn a_suggestion_is_fenced_whatever_it_holds() {
        let rows = [
            ("a = 1", Some("\n```suggestion\na = 1\n```")),
            ("a = \"```\"", Some("\n````suggestion\na = \"```\"\n````")),
            ("", Some("\n```suggestion\n```")),
            ("password = \"hunter2hunter2\"", None),
        ];
        for (text, expected) in rows {
            assert_eq!(body(&[suggestion(text)], 0).as_deref(), expected, "{text}");
        }
        let parts = [suggestion("a"), suggestion("b")];
        let second = body(&parts, 1).unwrap();
        assert!(second.starts_with("\nPart 2 of 2"), "{second}");
        assert_eq!(body(&[suggestion(&"x".repeat(70_000))], 0), None);
    }

    #[test]
    fn a_review_has_no_more_comments_than_are_taken() {
        let review = Review {
            groups: (0..40).map(|_| vec![suggestion("a")]).collect(),
            rest: Vec::new(),
        };
        let mut out = Vec::new();
        super::review(&review, &mut out).unwrap();
        let payload: Value = serde_json::from_slice(&out).unwrap();
        let comments = payload["comments"].as_array().unwrap();
        assert_eq!(comments.len(), MOST_COMMENTS);
        assert_eq!(comments[0]["start_line"], 2);
        assert_eq!(comments[0]["line"], 3);
    }
}
