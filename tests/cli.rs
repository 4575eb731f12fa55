//! The built program as a user meets it: exit codes, flags, files that are wrong.
//!
//! What is printed word for word stands in `tests/cmd`, one file a case;
//! `TRYCMD=overwrite cargo test --test cli` writes it anew.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test makes and reads its own files"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// How every template begins.
const SCHEMA: &str = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "#;

const TRANSFER: &str = "azure-storage-insecure-transfer";

#[test]
fn what_is_printed_word_for_word() {
    trycmd::TestCases::new().case("tests/cmd/*.toml");
}

/// A folder with the estate of `tests/cmd/estate`.
fn estate() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/estate/main.json");
    std::fs::copy(from, folder.path().join("main.json")).unwrap();
    folder
}

/// The program in `folder`, without what the shell of whoever runs the tests adds.
fn program(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iac-remediate"));
    command.current_dir(folder).args(line.split_whitespace());
    for name in ["NO_COLOR", "COLUMNS", "GITHUB_ACTIONS", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, line: &str) -> Output {
    program(folder, line).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// How many findings the program reports in `folder`, by its own JSON, and its exit code.
fn findings(folder: &Path, line: &str) -> (usize, i32) {
    let output = run(folder, &format!("check --format json {line}"));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{line}: {error}: {}", text(&output.stderr)));
    let found = report["findings"].as_array().unwrap().len();
    (found, output.status.code().unwrap())
}

#[test]
fn a_plan_is_judged_by_name_and_in_a_folder_and_points_at_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plans");
    for (name, path) in [
        ("azure.json", "out/plan.json"),
        ("azure.tf", "infra/main.tf"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(from.join(name), path).unwrap();
    }
    let rows = [
        ("out", "out/plan.json"),
        ("out/plan.json", "out/plan.json"),
        ("out/plan.json --plan-source infra", "infra/main.tf"),
        ("out --plan-source infra", "infra/main.tf"),
    ];
    for (line, place) in rows {
        let line = format!("check --format json --workspace . --select {TRANSFER} {line}");
        let output = run(folder.path(), &line);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 2, "{line}");
        assert_eq!(findings[0]["place"]["path"], place, "{line}");
        assert_eq!(output.status.code(), Some(1), "{line}");
    }
}

#[test]
fn what_is_asked_for_is_judged_and_decides_the_exit_code() {
    // The estate has one high finding, two medium ones and one condition that an input decides.
    let rows = [
        ("", 3, 1),
        ("--fail-on low", 3, 1),
        ("--fail-on high", 3, 1),
        ("--fail-on critical", 3, 0),
        ("--fail-on never", 3, 0),
        ("--fail-on undecided", 3, 1),
        ("--show undecided", 4, 1),
        ("--min-severity medium", 3, 1),
        ("--min-severity high", 1, 1),
        ("--min-severity critical", 0, 0),
        ("--min-severity medium --fail-on high", 3, 1),
        ("--select azure-storage-insecure-transfer", 1, 1),
        ("--select 404c3081-a854-4457-ae30-26a93ef643f9", 1, 1),
        (
            "--select /providers/Microsoft.Authorization/policyDefinitions/404c3081-a854-4457-ae30-26a93ef643f9",
            1,
            1,
        ),
        ("--select 1C5DE8E1-F68D-6A17-E0D2-EC259C42768C", 1, 1),
        ("--select DP-3", 1, 1),
        ("--select mcsb:ns-2", 2, 1),
        ("--select mcsb:NS-2,DP-3", 3, 1),
        ("--select DP-3 --select NS-2", 3, 1),
        ("--select DP-3 --fail-on critical", 1, 0),
        ("--ignore DP-3", 2, 1),
        ("--ignore 404c3081-a854-4457-ae30-26a93ef643f9", 2, 1),
        ("--ignore NS-2,1c5de8e1-f68d-6a17-e0d2-ec259c42768c", 0, 0),
        (
            "--select DP-3 --ignore azure-storage-insecure-transfer",
            0,
            0,
        ),
        // Only an undecided condition is left, which fails a run that asks for it, shown or not.
        ("--select DP-3 --exclude nothing --fail-on undecided", 1, 1),
        ("--exclude *.json", 0, 0),
    ];
    let folder = estate();
    for (line, found, code) in rows {
        assert_eq!(findings(folder.path(), line), (found, code), "{line}");
    }
    // Without an open finding, `undecided` alone makes the difference.
    let main = folder.path().join("main.json");
    let text = std::fs::read_to_string(&main).unwrap();
    std::fs::write(
        &main,
        text.replace("HttpsTrafficOnly\": false", "HttpsTrafficOnly\": true"),
    )
    .unwrap();
    assert_eq!(findings(folder.path(), "--select DP-3"), (0, 0));
    assert_eq!(
        findings(folder.path(), "--select DP-3 --fail-on undecided"),
        (0, 1)
    );
    // Rules that are off are judged when all are asked for.
    let (all, _) = findings(folder.path(), "--select all --min-severity low");
    assert!(all > findings(folder.path(), "").0);
}

#[test]
fn the_format_never_changes_the_exit_code() {
    let folder = estate();
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let output = run(folder.path(), &format!("check --format {format}"));
        assert_eq!(output.status.code(), Some(1), "{format}");
        let output = run(
            folder.path(),
            &format!("check --format {format} --fail-on critical"),
        );
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn reports_go_to_files_in_every_format_at_once() {
    let folder = estate();
    let line = "check --quiet --format text --output sarif=out/a.sarif --output json=out/a.json \
                --output github=a.txt --output markdown=a.md --output text=b.txt";
    let output = run(folder.path(), line);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("out/a.json")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&read("out/a.sarif")).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 3);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 3);
    assert!(read("a.txt").starts_with("::") && read("a.md").starts_with("## "));
    assert_eq!(read("b.txt"), text(&output.stdout));
    // A file that cannot be written is told before anything is printed.
    let output = run(folder.path(), "check --output sarif=main.json/a.sarif");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && text(&output.stderr).contains("cannot write"));
}

#[test]
fn threads_do_not_change_a_byte() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for format in ["text", "json", "sarif"] {
        let line = format!(
            "check fixtures --show undecided --fail-on never --select all --format {format}"
        );
        let one = run(top, &format!("{line} --jobs 1"));
        let four = run(top, &format!("{line} --jobs 4"));
        assert!(
            one.status.success() && one.stdout.len() > 1000,
            "{}",
            text(&one.stderr)
        );
        assert!(one.stdout == four.stdout, "{format}");
    }
}

#[test]
fn a_fix_is_written_once() {
    let folder = estate();
    let main = folder.path().join("main.json");
    let read = || std::fs::read_to_string(&main).unwrap();
    let before = read();
    // A diff writes nothing, and what it shows is what is then written.
    let diff = run(folder.path(), "fix --diff --unsafe-fixes");
    assert_eq!((diff.status.code(), read()), (Some(1), before.clone()));
    assert!(text(&diff.stdout).starts_with("--- a/main.json\n+++ b/main.json\n"));
    // Without unsafe fixes only the safe one is applied.
    let safe = run(folder.path(), "fix");
    assert_eq!(safe.status.code(), Some(1), "two medium findings are left");
    let once = read();
    assert_eq!(
        once,
        before.replace("TrafficOnly\": false", "TrafficOnly\": true")
    );
    assert_eq!(run(folder.path(), "fix").status.code(), Some(1));
    assert_eq!(read(), once, "a second fix changes nothing");
    let both = run(folder.path(), "fix --unsafe-fixes");
    assert_eq!(both.status.code(), Some(0), "{}", text(&both.stdout));
    let twice = read();
    assert_ne!(twice, once);
    let again = run(folder.path(), "fix --unsafe-fixes");
    assert_eq!(
        (text(&again.stdout).as_str(), read()),
        ("Nothing to fix.\n", twice)
    );
    assert_eq!(findings(folder.path(), ""), (0, 0));
}

#[test]
fn a_diff_is_a_patch_that_git_applies() {
    let folder = estate();
    let diff = run(folder.path(), "fix --diff --unsafe-fixes");
    std::fs::write(folder.path().join("a.patch"), &diff.stdout).unwrap();
    let mut git = Command::new("git");
    git.current_dir(folder.path()).args(["apply", "a.patch"]);
    let Ok(applied) = git.output() else {
        eprintln!("skipped: there is no git");
        return;
    };
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    assert_eq!(findings(folder.path(), ""), (0, 0));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn files_that_cannot_be_read_are_told_and_harm_nothing() {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let rows: [(&str, Vec<u8>, &str, Option<u64>); 7] = [
        (
            "deep.json",
            [format!("{SCHEMA}\"resources\": ").into_bytes(), deep("[")].concat(),
            "skipped-input",
            Some(1),
        ),
        (
            "deep.tf",
            [b"x = ".to_vec(), deep("(")].concat(),
            "limit",
            Some(1),
        ),
        ("blocks.tf", deep("a {\n"), "limit", Some(1)),
        ("binary.tf", (0..=255).collect(), "unreadable-input", None),
        (
            "latin.tf",
            b"a = \"\xe9\"\n".to_vec(),
            "unreadable-input",
            None,
        ),
        (
            "broken.json",
            format!("{SCHEMA}\"resources\": [ {{ ").into_bytes(),
            "unreadable-input",
            Some(1),
        ),
        (
            "broken.tf",
            b"resource \"a\" \"b\" {\n  c = \n".to_vec(),
            "unreadable-input",
            Some(1),
        ),
    ];
    for (name, bytes, kind, line) in rows {
        let folder = estate();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(
            folder.path(),
            &format!("check --format json --select {TRANSFER}"),
        );
        assert_eq!(
            output.status.code(),
            Some(1),
            "{name}: {}",
            text(&output.stderr)
        );
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let of_file = |notice: &&serde_json::Value| notice["path"] == name;
        let notices = report["notices"].as_array().unwrap();
        let notice = notices
            .iter()
            .find(of_file)
            .unwrap_or_else(|| panic!("{name}: {notices:?}"));
        assert_eq!(notice["kind"], kind, "{name}");
        assert_eq!(
            notice["place"]["line"].as_u64().is_some(),
            line.is_some(),
            "{name}: {notice}"
        );
        // The rest of the estate is judged.
        assert_eq!(
            report["findings"][0]["place"]["path"], "main.json",
            "{name}"
        );
    }
}

#[test]
fn a_file_of_100_megabytes_is_left_out_aloud() {
    for name in ["large.tf", "large.json"] {
        let folder = estate();
        let mut file = std::fs::File::create(folder.path().join(name)).unwrap();
        file.write_all(SCHEMA.as_bytes()).unwrap();
        file.set_len(100 << 20).unwrap();
        let output = run(folder.path(), &format!("check --select {TRANSFER}"));
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = text(&output.stdout);
        assert!(
            said.contains(name) && said.contains("1 finding (1 high)"),
            "{name}: {said}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for line in [
        "check fixtures --fail-on never --format sarif",
        "check fixtures --fail-on never --show undecided --select all",
    ] {
        // More than a pipe holds, so that the program is still writing when the reader goes.
        assert!(run(top, line).stdout.len() > 100_000, "{line}");
        let mut child = program(top, line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert!(!first.is_empty() && said.is_empty(), "{line}: {said}");
        assert_eq!(output.status.code(), Some(0), "{line}");
    }
}

#[test]
fn rules_are_listed_in_every_format() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = |line: &str| {
        let output = run(here, line);
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let json: serde_json::Value = serde_json::from_str(&said("rules --format json")).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let list = said("rules");
    let pages = said("rules --format markdown");
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(
            list.contains(id) && pages.contains(&format!("\n# {id}\n")),
            "{id}"
        );
        assert!(
            said(&format!("explain {id}")).contains(rule["title"].as_str().unwrap()),
            "{id}"
        );
        // Every id of a rule leads to it.
        for key in ["assessmentKey", "policyDefinitionId"] {
            if let Some(name) = rule[key].as_str() {
                assert!(said(&format!("explain {name}")).contains(id), "{name}");
            }
        }
    }
    let committed = std::fs::read_to_string(here.join("rules/rule.schema.json")).unwrap();
    assert_eq!(
        said("rules --format schema").trim_end(),
        committed.trim_end()
    );
}

#[test]
fn every_shell_gets_completions() {
    let folder = estate();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(folder.path(), &format!("completions {shell}"));
        let script = text(&output.stdout);
        assert!(output.status.success(), "{shell}");
        for word in ["iac-remediate", "explain", "unsafe-fixes", "min-severity"] {
            assert!(script.contains(word), "{shell} completes no {word}");
        }
    }
    assert_eq!(run(folder.path(), "completions csh").status.code(), Some(2));
}

/// Colours need a terminal, which `script` pretends to be.
#[cfg(target_os = "linux")]
#[test]
fn colours_are_for_terminals_that_want_them() {
    let folder = estate();
    let on_a_terminal = |line: &str, no_color: &str| {
        let call = format!("{} {line}", env!("CARGO_BIN_EXE_iac-remediate"));
        let mut script = Command::new("script");
        script
            .args(["-qec", &call, "/dev/null"])
            .current_dir(folder.path());
        script
            .env("NO_COLOR", no_color)
            .env("TERM", "xterm-256color");
        let output = script.stdin(Stdio::null()).output().ok()?;
        Some(text(&output.stdout))
    };
    let line = format!("check --select {TRANSFER}");
    let Some(coloured) = on_a_terminal(&line, "") else {
        eprintln!("skipped: there is no `script`");
        return;
    };
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    for (line, no_color) in [(format!("{line} --no-color"), ""), (line.clone(), "1")] {
        let plain = on_a_terminal(&line, no_color).unwrap();
        assert!(
            !plain.contains('\u{1b}') && plain.contains(TRANSFER),
            "{plain}"
        );
    }
    assert!(!text(&run(folder.path(), &line).stdout).contains('\u{1b}'));
}

/// A repository with the estate in a folder of it, committed.
fn repository() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    let inner = top.path().join("infra");
    std::fs::create_dir(&inner).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/estate/main.json");
    let text = std::fs::read_to_string(from).unwrap();
    // Line endings and a byte order mark that a patch has to keep.
    let text = format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
    std::fs::write(inner.join("main.json"), text).unwrap();
    git(top.path(), &["init", "-q"]);
    git(top.path(), &["config", "core.autocrlf", "false"]);
    git(top.path(), &["add", "-A"]);
    let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    git(top.path(), &[&who[..], &["commit", "-qm", "base"]].concat());
    top
}

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        text(&output.stderr)
    );
}

#[test]
fn a_patch_applies_from_anywhere_in_the_repository() {
    for (from, flags) in [
        (".", "--workspace infra infra"),
        ("infra", ""),
        (".", "infra"),
    ] {
        let top = repository();
        let folder = top.path().join(from);
        let line = format!("fix --unsafe-fixes --patch out/fix.patch {flags}");
        let output = run(&folder, &line);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        git(&folder, &["diff", "--exit-code"]);
        git(&folder, &["apply", "--check", "out/fix.patch"]);
        git(&folder, &["apply", "out/fix.patch"]);
        let patched = std::fs::read(top.path().join("infra/main.json")).unwrap();
        git(top.path(), &["checkout", "-q", "."]);
        run(&folder, &format!("fix --unsafe-fixes {flags}"));
        let written = std::fs::read(top.path().join("infra/main.json")).unwrap();
        assert!(patched == written && written.starts_with("\u{FEFF}".as_bytes()));
    }
}

#[test]
fn a_fix_can_make_a_hook_fail() {
    let rows = [
        ("fix --fail-on never", 0),
        ("fix --fail-on never --exit-non-zero-on-fix", 1),
        ("fix --fail-on never --exit-non-zero-on-fix --diff", 1),
        (
            "fix --fail-on never --exit-non-zero-on-fix --select azure-key-vault-no-private-endpoint",
            0,
        ),
    ];
    for (line, code) in rows {
        let folder = estate();
        assert_eq!(run(folder.path(), line).status.code(), Some(code), "{line}");
    }
}

#[test]
fn what_is_fixed_can_be_narrowed_to_addresses() {
    let folder = estate();
    let (all, _) = findings(folder.path(), "");
    let report = run(folder.path(), "check --format json");
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let address = report["findings"][0]["subject"]["address"]
        .as_str()
        .unwrap();
    let (own, code) = findings(folder.path(), &format!("--address {address}"));
    assert!(0 < own && own <= all && code == 1);
    let (none, code) = findings(folder.path(), &format!("--address {address}x"));
    assert_eq!((none, code), (0, 0));
    let line = format!("fix --address {address}x");
    let output = run(folder.path(), &line);
    assert!(text(&output.stdout).starts_with("Nothing to fix"));
}

#[test]
fn a_review_suggests_what_lies_in_the_change() {
    let top = repository();
    let path = top.path().join("infra/main.json");
    let before = std::fs::read_to_string(&path).unwrap();
    let suggested = |base: &str| {
        let line = format!("fix --unsafe-fixes --format github-suggestions --diff-base {base}");
        let output = run(top.path(), &line);
        let payload: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
        (
            payload["comments"].as_array().unwrap().clone(),
            payload["body"].to_string(),
        )
    };
    // Nothing changed, so nothing is under review.
    let (comments, body) = suggested("HEAD");
    assert!(
        comments.is_empty() && body.contains("more can be mended"),
        "{body}"
    );
    let after = before.replacen("\"westeurope\"", "\"northeurope\"", 1);
    assert_ne!(before, after);
    std::fs::write(&path, &after).unwrap();
    let (comments, _) = suggested("HEAD");
    let comment = &comments[0];
    assert_eq!(comment["path"], "infra/main.json");
    let line = usize::try_from(comment["line"].as_u64().unwrap()).unwrap();
    let own = after.lines().nth(line - 1).unwrap();
    assert!(own.contains("supportsHttpsTrafficOnly"), "{own}");
    let body = comment["body"].as_str().unwrap();
    assert!(
        body.contains("```suggestion\n") && body.contains("\": true"),
        "{body}"
    );
    let unknown = run(
        top.path(),
        "fix --format github-suggestions --diff-base no-such-thing",
    );
    assert_eq!(unknown.status.code(), Some(2));
    let option = run(
        top.path(),
        "fix --format github-suggestions --diff-base=--output=x",
    );
    assert_eq!(option.status.code(), Some(2));
    assert!(!top.path().join("x").exists());
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let folder = estate();
    let output = run(folder.path(), "fix --interactive");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("terminal"));
}

#[test]
fn a_value_is_changed_where_the_configuration_says() {
    let main = "variable \"https\" {\n  default = false\n}\n\nresource \"azurerm_storage_account\" \"a\" {\n  name                       = \"a\"\n  https_traffic_only_enabled = var.https\n}\n\nresource \"azurerm_storage_account\" \"b\" {\n  name                       = \"b\"\n  https_traffic_only_enabled = var.https\n}\n";
    let rows = [
        ("", "default = true", 1),
        ("fix: { origin: definition }", "default = true", 1),
        (
            "fix: { origin: use }",
            "https_traffic_only_enabled = true",
            2,
        ),
    ];
    for (config, expected, count) in rows {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.tf"), main).unwrap();
        std::fs::write(folder.path().join(".iac-remediate.yaml"), config).unwrap();
        run(
            folder.path(),
            &format!("fix --unsafe-fixes --select {TRANSFER}"),
        );
        let after = std::fs::read_to_string(folder.path().join("main.tf")).unwrap();
        assert_eq!(after.matches(expected).count(), count, "{config}: {after}");
        assert_eq!(after.lines().count(), main.lines().count());
    }
}
