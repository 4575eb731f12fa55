//! Input that is broken, no text, too large or made to mislead, through the built program.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and writes the files that it is about"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SCHEMA: &str = r#""$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#""#;

/// A template with one open finding of a fix.
fn template(name: &str) -> String {
    format!(
        r#"{{ {SCHEMA}, "contentVersion": "1.0.0.0", "resources": [{{
  "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "{name}",
  "properties": {{
    "supportsHttpsTrafficOnly": false
  }} }}] }}"#
    )
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iac-remediate"))
        .args(args)
        .arg(".")
        .current_dir(folder)
        .output()
        .unwrap()
}

fn report(folder: &Path) -> (Value, Option<i32>) {
    let output = run(
        folder,
        &[
            "check",
            "--select",
            "azure-storage-insecure-transfer",
            "--format",
            "json",
        ],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let report = serde_json::from_str(&text);
    let report = report.unwrap_or_else(|error| {
        panic!(
            "{error}: {text} {}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (report, output.status.code())
}

/// The kinds of the notices about `bad`, with the exit code, alone and beside a sound template.
#[track_caller]
fn check(name: &str, bad: &[u8], kinds: &[&str], alone: i32) {
    for beside in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bad).unwrap();
        if beside {
            std::fs::write(folder.path().join("sound.json"), template("a")).unwrap();
        }
        let (report, code) = report(folder.path());
        let found: Vec<&str> = report["notices"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|notice| notice["path"] == name)
            .map(|notice| notice["kind"].as_str().unwrap())
            .collect();
        assert_eq!(found, kinds, "{name}");
        // The rest is still judged.
        assert_eq!(report["counts"]["findings"], u64::from(beside), "{name}");
        assert_eq!(code, Some(if beside { 1 } else { alone }), "{name}");
    }
}

#[test]
fn broken_json_is_a_finding_of_its_own_kind() {
    let text = template("a");
    check(
        "x.json",
        &text.as_bytes()[..text.len() - 20],
        &["unreadable-input"],
        1,
    );
    check(
        "x.json",
        text.replace(':', "").as_bytes(),
        &["unreadable-input"],
        1,
    );
}

#[test]
fn utf_16_is_read_like_any_other_text() {
    let found = |bytes: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.json"), bytes).unwrap();
        let (report, _) = report(folder.path());
        assert_eq!(report["notices"], serde_json::json!([]));
        let place = &report["findings"][0]["place"];
        (place["line"].as_u64(), place["column"].as_u64())
    };
    let text = template("\u{1f512}");
    let units = |unit: fn(u16) -> [u8; 2]| {
        let mark = std::iter::once(0xFEFF);
        let bytes: Vec<u8> = mark.chain(text.encode_utf16()).flat_map(unit).collect();
        bytes
    };
    let expected = found(text.as_bytes());
    assert!(expected.0.is_some());
    assert_eq!(found(&units(u16::to_le_bytes)), expected);
    assert_eq!(found(&units(u16::to_be_bytes)), expected);
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_left_out_with_a_notice() {
    let text = template("a");
    let mut binary = text.clone().into_bytes();
    binary.extend([0, 1, 2]);
    check("x.json", &binary, &["skipped-input"], 0);
    let latin = text.replace("\"a\"", "\"\u{e9}\"");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    check("x.json", &latin, &["skipped-input"], 0);
    let large = format!(
        "{{ {SCHEMA}, \"variables\": {{ \"a\": \"{}\" }} }}",
        "x".repeat(100_000_000)
    );
    check("x.json", large.as_bytes(), &["skipped-input"], 0);
    check(
        "x.tf",
        "# x\n".repeat(26_000_000).as_bytes(),
        &["skipped-input"],
        0,
    );
}

#[test]
fn what_is_nested_without_end_is_left_out_with_a_notice() {
    let deep = |open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(100_000), close.repeat(100_000))
    };
    let arrays = format!("{{ {SCHEMA}, \"resources\": {} }}", deep("[", "", "]"));
    check("x.json", arrays.as_bytes(), &["skipped-input"], 0);
    let objects = format!(
        "{{ {SCHEMA}, \"variables\": {} }}",
        deep("{\"a\":", "1", "}")
    );
    check("x.json", objects.as_bytes(), &["skipped-input"], 0);
    let calls = format!(
        r#"{{ {SCHEMA}, "resources": [{{ "type": "A/b", "apiVersion": "1", "name": "[{}]" }}] }}"#,
        deep("concat(", "'a'", ")")
    );
    check("x.json", calls.as_bytes(), &["invalid-configuration"], 0);
    check(
        "x.tf",
        format!("locals {{\n  a = {}\n}}\n", deep("[", "", "]")).as_bytes(),
        &["limit"],
        0,
    );
    check("x.tf", deep("a {\n", "", "}\n").as_bytes(), &["limit"], 0);
}

#[test]
fn a_template_in_utf_16_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let units = template("a")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<u8>>();
    let text: Vec<u8> = [0xff, 0xfe].into_iter().chain(units).collect();
    std::fs::write(folder.path().join("x.json"), text).unwrap();
    let (report, code) = report(folder.path());
    assert_eq!(
        (&report["counts"]["findings"], code),
        (&Value::from(1), Some(1))
    );
}

/// Names, comments and values that a build agent would act on stay words in every format.
#[test]
fn no_format_speaks_to_a_build_agent() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        template("x ##vso[task.setvariable variable=a]b ##[error] \\n::error::c \\u001b[31m")
            .replace("false", "false // ##vso[task.complete result=Failed]");
    std::fs::write(folder.path().join("::error::x ##vso[a].json"), text).unwrap();
    for format in ["text", "json", "sarif", "markdown", "github"] {
        let output = run(
            folder.path(),
            &["check", "--format", format, "--show", "undecided"],
        );
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.contains("task.setvariable"), "{format}: {stdout}");
        for line in stdout.lines() {
            let own = format == "github"
                && ["::error file=", "::warning file=", "::notice "]
                    .iter()
                    .any(|own| line.starts_with(own));
            assert!(
                own || !line.trim_start().starts_with("::"),
                "{format}: {line}"
            );
            let lower = line.to_ascii_lowercase();
            assert!(
                !lower.contains("##vso[") && !lower.contains("##["),
                "{format}: {line}"
            );
            assert!(!line.contains('\u{1b}'), "{format}: {line}");
        }
    }
    let output = run(folder.path(), &["fix", "--diff", "--unsafe-fixes"]);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("##vso["));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("is not shown") && !said.contains("##vso["),
        "{said}"
    );
}
