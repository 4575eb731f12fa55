//! Our answers to expressions are Terraform's own, as `terraform console` 1.11 gave them.
//!
//! `terraform_oracle/expressions.txt` holds the expressions, `answers.jsonl` what the real program said.
//! `cargo test --test terraform_oracle -- --ignored` asks it again and writes the answers anew.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read its own files shall fail"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use iac_remediate::files::Workspace;
use iac_remediate::lang::terraform::console;
use iac_remediate::source::RelPath;
use serde_json::{Value, json};

/// How the console prints what is not known.
const NOT_KNOWN: &str = "(known after apply)";

/// Marks an expression whose answer depends on the machine, the clock or what only Terraform can make: here
/// it is unknown.
const UNKNOWN: &str = "~ ";

/// Marks an expression that the console does not know and we do; its value follows after [`IS`].
const KNOWN: &str = "+ ";

/// What stands before the value of an expression of that sort.
const IS: &str = " => ";

/// Errors that Terraform words by what its libraries say in the course of their own work; here the words
/// are others. Each is told by how its recorded text begins.
const OTHER_WORDS: [&str; 6] = [
    // They tell where in the text, or in which other file, something stands.
    "Call to function \"try\" failed: no expression succeeded",
    "Call to function \"templatefile\" failed: files/",
    "Call to function \"templatestring\" failed: <templatestring argument>",
    "Invalid value for \"vars\" parameter: vars map does not contain key",
    // The readers of YAML and of regular expressions have words of their own.
    "Call to function \"yamldecode\" failed: ",
    "Call to function \"replace\" failed: error parsing regexp",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform_oracle")
}

/// One line of the list: the expression, and its value here where Terraform's is another one.
fn expressions() -> Vec<(String, Option<String>)> {
    let text = std::fs::read_to_string(folder().join("expressions.txt")).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = |line: &str| {
        if let Some(expression) = line.strip_prefix(UNKNOWN) {
            return (expression.to_owned(), Some(NOT_KNOWN.to_owned()));
        }
        match line
            .strip_prefix(KNOWN)
            .and_then(|line| line.split_once(IS))
        {
            Some((expression, value)) => (expression.to_owned(), Some(value.to_owned())),
            None => (line.to_owned(), None),
        }
    };
    lines.map(line).collect()
}

/// The workspace as the evaluator reads it.
fn workspace() -> Workspace {
    Workspace::of(&[], Some(&folder().join("workspace"))).unwrap()
}

/// An answer without what is not kept here: the type of a null.
fn comparable(answer: &str) -> String {
    let typed = regex::Regex::new(
        r"(?:to(?:string|number|bool|list|set|map)\(null\)|\bnull)(?: /\* (?:of )?[^*]* \*/)?",
    )
    .unwrap();
    typed.replace_all(answer, "null").into_owned()
}

/// Words in one line.
fn in_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Compares one expression; what is wrong, if anything is.
fn check(
    expression: &str,
    known_here: Option<&str>,
    recorded: &Value,
    tree: &Workspace,
) -> Option<String> {
    let ours = console(expression, &RelPath::root(), tree);
    let told = |expected: &str| {
        Some(format!(
            "{expression}\n  expected: {expected}\n  here:     {ours:?}"
        ))
    };
    if let Some(expected) = known_here {
        let console_knows = recorded["answer"] != NOT_KNOWN;
        let as_expected = ours.as_deref() == Ok(expected);
        return if as_expected && console_knows == (expected == NOT_KNOWN) {
            None
        } else {
            told(expected)
        };
    }
    match (
        &ours,
        recorded["answer"].as_str(),
        recorded["error"].as_str(),
    ) {
        (Ok(ours), Some(answer), _) if *ours == comparable(answer) => None,
        (Err(ours), _, Some(error)) => {
            let begins = |starts: &[&str]| starts.iter().any(|start| error.starts_with(start));
            let of_functions = [
                "Call to function",
                "Invalid value for",
                "Function ",
                "There ",
            ];
            let same_words = begins(&of_functions) && !begins(&OTHER_WORDS);
            if !same_words || in_line(ours) == error {
                None
            } else {
                told(error)
            }
        }
        (_, answer, error) => told(answer.or(error).unwrap_or("nothing")),
    }
}

#[test]
fn expressions_have_the_value_that_terraform_gives_them() {
    let recorded = std::fs::read_to_string(folder().join("answers.jsonl")).unwrap();
    let recorded: Vec<Value> = recorded
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let expressions = expressions();
    assert!(
        expressions.len() >= 500,
        "{} expressions",
        expressions.len()
    );
    let tree = workspace();
    let mut wrong = Vec::new();
    for (index, (expression, known_here)) in expressions.iter().enumerate() {
        let answer = recorded.get(index).unwrap();
        assert_eq!(
            answer["expression"],
            expression.as_str(),
            "record the answers anew"
        );
        wrong.extend(check(expression, known_here.as_deref(), answer, &tree));
    }
    let (all, bad) = (expressions.len(), wrong.len());
    assert!(
        wrong.is_empty(),
        "{}\n{bad} of {all} differ",
        wrong.join("\n")
    );
}

#[test]
#[ignore = "asks the real Terraform, which takes a minute"]
fn record_the_answers() {
    let version = Command::new("terraform").arg("version").output();
    let Ok(version) = version else {
        let mut out = std::io::stderr();
        writeln!(out, "SKIPPED: there is no `terraform` on this machine").unwrap();
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    assert!(
        version.starts_with("Terraform v1.11."),
        "recorded with 1.11, not {version}"
    );
    let mut lines = String::new();
    for (expression, _) in expressions() {
        lines.push_str(&ask(&expression).to_string());
        lines.push('\n');
    }
    std::fs::write(folder().join("answers.jsonl"), lines).unwrap();
}

/// What the console says of one expression.
fn ask(expression: &str) -> Value {
    let mut child = Command::new("terraform")
        .args(["console", "-no-color"])
        .current_dir(folder().join("workspace"))
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{expression}").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        let answer = text(&output.stdout);
        let answer = answer.strip_suffix('\n').unwrap_or(&answer);
        // Where the folder lies says nothing of Terraform.
        let answer = answer.replace(&*folder().to_string_lossy(), "/terraform_oracle");
        return json!({ "expression": expression, "answer": answer });
    }
    // A summary, a place, and after an empty line what is wrong, broken into lines.
    let error = text(&output.stderr);
    let first = error.split("\nError: ").nth(1).unwrap_or(&error);
    let detail = first
        .split_once("(source code not available)\n")
        .map_or(first, |(_, detail)| detail);
    // Where Terraform panics it goes on with a trace of its own insides.
    let detail = match detail
        .split_once("\n\ngoroutine ")
        .or(detail.split_once("\ngoroutine "))
    {
        Some((what, _)) => format!("{}.", what.trim_end()),
        None => detail.to_owned(),
    };
    json!({ "expression": expression, "error": in_line(&detail) })
}
