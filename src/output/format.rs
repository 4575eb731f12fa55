use clap::ValueEnum;

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Format {
    /// For people: each finding with its source, why it matters and how it is mended.
    Text,
    /// For programs: the whole report, versioned.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: workflow commands that annotate the lines of a pull request.
    Github,
    /// For job summaries and comments: a table.
    Markdown,
}
