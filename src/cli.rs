//! The command line as types. No logic lives here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{FailOn, severity};
use crate::output::Format;
use crate::rule::Severity;
use crate::rule::policy::{self, Value};

/// Finds what Microsoft Defender for Cloud would recommend, before it is deployed, and mends it.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Never use colours; `NO_COLOR` does the same.
    #[arg(long, global = true)]
    pub no_color: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge Terraform and ARM templates and report what is found.
    Check(CheckArgs),
    /// Apply proven fixes to the sources.
    Fix(FixArgs),
    /// List the rules.
    Rules(RulesArgs),
    /// Say what a rule demands and why.
    Explain(ExplainArgs),
    /// Hold the fixtures of a folder of rules to what they say.
    Test(TestArgs),
    /// Work with Azure Policy definitions.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Write a completion script for a shell.
    Completions(CompletionsArgs),
}

/// What `check` and `fix` have in common.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Files and folders to judge. A file is judged with all that belongs to it, and what is located in it is reported.
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Report nothing below this severity: low, medium, high or critical.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub min_severity: Option<Severity>,
    /// Exit with 1 on findings of at least this severity: low, medium, high, critical, undecided, deny or never.
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Also show what is not shown by default.
    #[arg(long, value_name = "WHAT")]
    pub show: Vec<Show>,
    /// Judge by these rules only: rule id, assessment key, policy GUID, control such as DP-3, or all.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these rules out; named as for --select.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Report only what is found on this resource, or in this module: an address; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Vec<String>,
    /// Leave out what this glob matches.
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read rules from this folder or file too.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// What to judge by: mcsb (the built-in rules), none, or Azure Policy documents as PATH, mcsb+PATH or none+PATH; may be repeated.
    #[arg(long, value_name = "STANDARD")]
    pub standard: Vec<String>,
    /// Where the members of Azure Policy initiatives stand; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub definitions: Vec<PathBuf>,
    /// Skip policy definitions that are wrong, and say which.
    #[arg(long)]
    pub keep_going: bool,
    /// The configuration file [default: .iac-remediate.yaml at the top of the workspace].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration file.
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// A Terraform variable file, as for `terraform plan`; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// A Terraform variable as NAME=VALUE, as for `terraform plan`; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub var: Vec<(String, String)>,
    /// An ARM parameter file; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub parameters: Vec<PathBuf>,
    /// The folder of the source of a Terraform plan in JSON [default: the folder of the plan].
    #[arg(long, value_name = "DIR")]
    pub plan_source: Option<PathBuf>,
    /// The folder that paths are relative to and that nothing outside is read from [default: the top level of the git repository].
    #[arg(long, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// How many threads to use [default: one a processor].
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Print findings only: no closing line, no progress, no hints.
    #[arg(long, short)]
    pub quiet: bool,
}

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What to judge and how.
    #[command(flatten)]
    pub run: RunArgs,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write the report to a file, as FORMAT=FILE; may be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    pub output: Vec<(Format, PathBuf)>,
    /// What tells this SARIF report from others of the same commit.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub category: String,
}

/// The arguments of `fix`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct FixArgs {
    /// What to judge and how.
    #[command(flatten)]
    pub run: RunArgs,
    /// Print the changes as a unified diff and write nothing.
    #[arg(long)]
    pub diff: bool,
    /// Write the changes to this file as a patch for `git apply`, and nothing else.
    #[arg(long, value_name = "FILE")]
    pub patch: Option<PathBuf>,
    /// How to print what is fixed.
    #[arg(long, value_enum, default_value_t = FixFormat::Text)]
    pub format: FixFormat,
    /// The change that is under review: a git revision to compare with, or a file that holds a diff.
    #[arg(
        long,
        value_name = "REF|FILE",
        required_if_eq("format", "github-suggestions")
    )]
    pub diff_base: Option<String>,
    /// Ask about each fix on the terminal: y(es), n(o), a(ll of the file), d(one with the file), q(uit).
    #[arg(long, short, conflicts_with_all = ["format", "diff_base"])]
    pub interactive: bool,
    /// Exit with 1 when anything is fixed, as hooks that run before a commit shall.
    #[arg(long)]
    pub exit_non_zero_on_fix: bool,
    /// Also apply fixes that may interrupt, replace or lock out, or reach further than their finding.
    #[arg(long)]
    pub unsafe_fixes: bool,
}

/// The arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The folder with the rules; their fixtures are in `fixtures/ID/cases.tf` and `cases.json` below it.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Write the fixes of today beside the fixtures, for a person to review.
    #[arg(long)]
    pub bless: bool,
}

/// The subcommands of `rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Write a rule and a fixture to start from.
    New(NewArgs),
}

/// The arguments of `rules new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// What the rule is called: azure-, aws- or gcp-, and words for the bad thing.
    #[arg(value_name = "ID")]
    pub id: String,
    /// The folder of the rules.
    #[arg(long = "rules", value_name = "DIR", default_value = "rules")]
    pub folder: PathBuf,
}

/// The arguments of `rules`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    /// Something else than listing them.
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
    /// How to print them.
    #[arg(long, value_enum, default_value_t = RulesFormat::Text)]
    pub format: RulesFormat,
    /// With `--format markdown`: write COVERAGE.md and rules/ID.md below this folder instead of printing one text.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// With `--format markdown`: take examples from this folder, which has one of fixtures for each rule.
    #[arg(long, value_name = "DIR")]
    pub fixtures: Option<PathBuf>,
    /// Read rules from this folder or file too.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule id, an assessment key, a policy definition's GUID, or a control such as DP-3.
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// Read rules from this folder or file too.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

/// The subcommands of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say which definitions can be judged before deployment, and why others cannot.
    Lint(LintArgs),
}

/// The arguments of `policy lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Azure Policy definitions, initiatives, assignments and exemptions: files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Where the members of initiatives stand, beside the folder of the initiative; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub definitions: Vec<PathBuf>,
    /// A value for a parameter without one, as NAME=JSON or NAME=TEXT; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameter: Vec<(String, Value)>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub format: LintFormat,
    /// Skip and list what is wrong instead of stopping at it.
    #[arg(long)]
    pub keep_going: bool,
}

/// How `policy lint` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// A paragraph a definition, and the figures.
    Text,
    /// Everything, with the figures as `summary`.
    Json,
}

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// What `--show` adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// Conditions that cannot be decided before deployment, with the input that decides.
    Undecided,
}

/// How `fix` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixFormat {
    /// One line a fix, and what is left.
    Text,
    /// The JSON of a GitHub review that suggests the fixes in the lines of `--diff-base`; writes nothing.
    GithubSuggestions,
}

/// How `rules` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// One line a rule.
    Text,
    /// What is covered, and a page a rule.
    Markdown,
    /// Everything a rule says of itself, with every id.
    Json,
    /// The JSON schema of a rule file.
    Schema,
}

fn report_file(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE")?;
    if file.is_empty() {
        return Err("expected a file after the equals sign".to_owned());
    }
    Ok((Format::from_str(format, true)?, PathBuf::from(file)))
}

fn parameter(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), policy::parameter_value(value)))
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_report_file_names_its_format() {
        assert_eq!(
            report_file("sarif=a=b.sarif"),
            Ok((Format::Sarif, "a=b.sarif".into()))
        );
        assert!(report_file("sarif").is_err() && report_file("x=y").is_err());
        assert!(report_file("json=").is_err());
    }
}
