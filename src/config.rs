//! What a run is asked to do: the configuration file, the flags that are stronger than it, and the
//! settings the two give together.
//!
//! A configuration is YAML, found at the top of the workspace or named with `--config`. Unknown keys
//! are errors that point into the file.

mod standard;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::rule::Severity;

pub use standard::{OwnStandard, Standard};

/// The names under which a configuration is found at the top of the workspace; the first that exists counts.
pub const FILE_NAMES: [&str; 2] = [".iac-remediate.yaml", ".iac-remediate.yml"];

/// What a configuration file or a set of flags asks for. Whatever is not said is left to the weaker layer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// Globs over workspace paths that are not walked.
    pub exclude: Vec<String>,
    /// Only these rules: rule id, assessment key, policy GUID, control, or `all`.
    pub select: Vec<String>,
    /// All but these rules; stronger than `select`.
    pub ignore: Vec<String>,
    /// Severities that replace those of the rules, by rule id, assessment key, policy GUID or control.
    pub severity: BTreeMap<String, Severity>,
    /// The least severity that is reported.
    pub min_severity: Option<Severity>,
    /// What makes the run fail.
    pub fail_on: Option<FailOn>,
    /// Terraform variable files, in order.
    pub var_files: Vec<String>,
    /// ARM parameter files, in order.
    pub parameters: Vec<String>,
    /// Folders or files with rules of the user's own.
    pub rules: Vec<String>,
    /// What is judged by: `mcsb`, `none`, and Azure Policy documents.
    pub standards: Vec<Standard>,
    /// Resource types that are declared elsewhere: no companion in view is undecided, not wrong.
    pub elsewhere: Vec<String>,
    /// How fixes are made.
    pub fix: FixOptions,
}

/// How fixes are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FixOptions {
    /// Where a value is changed that comes from a variable, a parameter or the like.
    pub origin: Option<FixOrigin>,
}

/// The places of a value that comes from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixOrigin {
    /// Where it is written, unless others would change with it that should not: then at the first place
    /// on its way to the use where they do not.
    Nearest,
    /// Where it is written: all that reads it changes with it.
    Definition,
    /// Where it is used: a literal takes the place of the reference.
    Use,
}

/// What makes a run fail (exit code 1). Unreadable input does too, except under `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "FailOnWord")]
pub enum FailOn {
    /// Nothing, not even input that cannot be read.
    Never,
    /// A finding for which Azure Policy would refuse the deployment.
    Deny,
    /// An open finding of at least this severity.
    Level(Severity),
    /// Any open finding, and anything that cannot be decided.
    Undecided,
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "never" => Ok(Self::Never),
            "undecided" => Ok(Self::Undecided),
            "deny" => Ok(Self::Deny),
            level => severity(level).map(Self::Level).map_err(|_| {
                "expected low, medium, high, critical, deny, never or undecided".to_owned()
            }),
        }
    }
}

/// [`FailOn`] as it is written; a plain list of words, because that is what keeps the place of an error.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FailOnWord {
    Low,
    Medium,
    High,
    Critical,
    Undecided,
    Deny,
    Never,
}

impl From<FailOnWord> for FailOn {
    fn from(word: FailOnWord) -> Self {
        match word {
            FailOnWord::Low => Self::Level(Severity::Low),
            FailOnWord::Medium => Self::Level(Severity::Medium),
            FailOnWord::High => Self::Level(Severity::High),
            FailOnWord::Critical => Self::Level(Severity::Critical),
            FailOnWord::Undecided => Self::Undecided,
            FailOnWord::Deny => Self::Deny,
            FailOnWord::Never => Self::Never,
        }
    }
}

/// Reads a severity as flags spell it.
///
/// # Errors
/// The severities there are.
pub fn severity(text: &str) -> Result<Severity, String> {
    match text {
        "low" => Ok(Severity::Low),
        "medium" => Ok(Severity::Medium),
        "high" => Ok(Severity::High),
        "critical" => Ok(Severity::Critical),
        _ => Err("expected low, medium, high or critical".to_owned()),
    }
}

impl Options {
    /// These options laid over `weaker` ones. A list that chooses (`select`) replaces the weaker
    /// one; a list that adds (`ignore`, `exclude`, files, rules) follows it.
    #[must_use]
    pub fn over(self, weaker: Self) -> Self {
        let follow = |mut first: Vec<String>, then: Vec<String>| {
            first.extend(then);
            first
        };
        let mut severity = weaker.severity;
        severity.extend(self.severity);
        Self {
            exclude: follow(weaker.exclude, self.exclude),
            select: if self.select.is_empty() {
                weaker.select
            } else {
                self.select
            },
            ignore: follow(weaker.ignore, self.ignore),
            severity,
            min_severity: self.min_severity.or(weaker.min_severity),
            fail_on: self.fail_on.or(weaker.fail_on),
            var_files: follow(weaker.var_files, self.var_files),
            parameters: follow(weaker.parameters, self.parameters),
            rules: follow(weaker.rules, self.rules),
            standards: {
                let mut standards = weaker.standards;
                standards.extend(self.standards);
                standards
            },
            elsewhere: follow(weaker.elsewhere, self.elsewhere),
            fix: FixOptions {
                origin: self.fix.origin.or(weaker.fix.origin),
            },
        }
    }

    /// The least severity that is reported: everything, when nothing was said.
    #[must_use]
    pub fn least_severity(&self) -> Severity {
        self.min_severity.unwrap_or(Severity::Low)
    }

    /// What makes the run fail: any open finding that is reported, when nothing was said.
    #[must_use]
    pub fn failing(&self) -> FailOn {
        self.fail_on.unwrap_or(FailOn::Level(Severity::Low))
    }
}

/// A configuration that cannot be used, and the place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, without a period.
    pub message: String,
    /// The byte offsets of the place, where it is known.
    pub place: Option<(usize, usize)>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Reads a configuration file.
///
/// # Errors
/// [`Problem`] says what is wrong and where.
pub fn parse(text: &str) -> Result<Options, Problem> {
    read(text)
}

/// Reads a standard of the user's own.
///
/// # Errors
/// [`Problem`] says what is wrong and where.
pub fn parse_standard(text: &str) -> Result<OwnStandard, Problem> {
    read(text)
}

fn read<T: Default + serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    if text
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    {
        return Ok(T::default());
    }
    serde_yaml::from_str(text).map_err(|error| {
        let message = error.to_string();
        // The place is shown under the text, so the words need not repeat it.
        let words = message
            .rfind(" at line ")
            .map_or(message.as_str(), |at| &message[..at]);
        let offset = error
            .location()
            .map(|location| location.index().min(text.len()));
        Problem {
            message: words.to_owned(),
            place: offset.map(|offset| word_at(text, offset)),
        }
    })
}

/// The place in a configuration where `value` is written as a list item or a value, for a problem
/// that shows only once the file was read.
#[must_use]
pub fn place_of(text: &str, value: &str) -> Option<(usize, usize)> {
    let stands_alone = |at: usize| {
        let is_part = |c: char| c.is_alphanumeric() || "-_./*".contains(c);
        let before = text[..at].chars().next_back();
        let after = text[at + value.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    let found = text.match_indices(value).find(|(at, _)| stands_alone(*at));
    found.map(|(at, _)| (at, at + value.len()))
}

/// The word that starts at `offset`, or the end of the text.
fn word_at(text: &str, offset: usize) -> (usize, usize) {
    let start = (0..=offset)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let rest = &text[start..];
    let length = rest
        .find([':', ' ', '\n', '\r', ',', ']', '}'])
        .unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    (start, start + length.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_says_what_it_says() {
        let options = parse(
            "exclude: [examples]\nseverity:\n  a-rule: low\nmin-severity: medium\nfail-on: never\nelsewhere: [a/b]\n",
        )
        .unwrap();
        assert_eq!(options.exclude, ["examples"]);
        assert_eq!(options.severity.get("a-rule"), Some(&Severity::Low));
        assert_eq!(options.least_severity(), Severity::Medium);
        assert_eq!(options.failing(), FailOn::Never);
        assert_eq!(parse("# nothing\n\n").unwrap(), Options::default());
    }

    #[test]
    fn a_bad_configuration_points_at_the_place() {
        let rows = [
            ("exclude: []\nexlcude: []\n", "exlcude"),
            ("fail-on: sometimes\n", "sometimes"),
            ("min-severity: hgh\n", "hgh"),
            ("select: yes\n", "yes"),
            ("severity:\n  a: huge\n", "huge"),
        ];
        for (text, place) in rows {
            let problem = parse(text).unwrap_err();
            let (start, end) = problem.place.unwrap();
            assert_eq!(&text[start..end], place, "{problem}");
            assert!(!problem.message.contains(" at line "), "{problem}");
        }
        assert!(parse("a: [").is_err());
        assert!(parse(&"[".repeat(1000)).is_err());
    }

    #[test]
    fn a_value_is_found_again_where_it_is_written() {
        let text = "select:\n  - not-a-rule-x\n  - not-a-rule\n";
        assert_eq!(place_of(text, "not-a-rule"), Some((29, 39)));
        assert_eq!(place_of(text, "other"), None);
    }

    #[test]
    fn flags_are_stronger_than_the_file() {
        let options = |text| parse(text).unwrap();
        let file = options("select: [a]\nignore: [b]\nmin-severity: low\nvar-files: [x]\n");
        let flags = options("select: [c]\nignore: [d]\nvar-files: [y]\n");
        let both = flags.over(file);
        assert_eq!(
            (both.select, both.ignore),
            (vec!["c".to_owned()], vec!["b".to_owned(), "d".to_owned()])
        );
        assert_eq!(both.var_files, ["x", "y"]);
        assert_eq!(both.min_severity, Some(Severity::Low));
    }
}
