//! The hooks, run by the real `pre-commit` on a scratch repository with the program that was just built.
//!
//! `pre-commit` comes from PyPI into `target/pre-commit`, once. Where there is no Python or no way to
//! PyPI the test says so aloud and passes.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot read its own files shall fail"
)]
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iac-remediate");

const BAD: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-05-01",
      "name": "plain",
      "location": "westeurope",
      "kind": "StorageV2",
      "sku": { "name": "Standard_LRS" },
      "properties": { "supportsHttpsTrafficOnly": false }
    }
  ]
}
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The `pre-commit` program, installed when it is not there; `None` when it cannot be.
fn pre_commit() -> Option<PathBuf> {
    // The tests run side by side; one of them installs.
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    INSTALLED.get_or_init(install).clone()
}

fn install() -> Option<PathBuf> {
    let venv = root().join("target/pre-commit");
    let program = venv.join("bin/pre-commit");
    if program.is_file() {
        return Some(program);
    }
    let run = |command: &mut Command| {
        let done = command.output().ok()?;
        done.status.success().then_some(())
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    run(Command::new(venv.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "pre-commit",
    ]))?;
    program.is_file().then_some(program)
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// Where the hook's program comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// It stands in `PATH`: the one of this test run, in place of one that is compiled first.
    Path,
    /// `pre-commit` builds it from the repository, as it does for everyone.
    Source,
}

/// A repository that uses the hooks of this one as they are published.
struct Scratch {
    folder: tempfile::TempDir,
    pre_commit: PathBuf,
}

impl Scratch {
    fn new(pre_commit: PathBuf, hook: &str, from: From) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hooks = folder.path().join("hooks");
        let repository = folder.path().join("repository");
        std::fs::create_dir(&hooks).unwrap();
        std::fs::create_dir(&repository).unwrap();
        let published = match from {
            From::Path => ".pre-commit-hooks.yaml".to_owned(),
            From::Source => git(root(), &["ls-files", "-co", "--exclude-standard"]),
        };
        for name in published.lines().filter(|name| root().join(name).is_file()) {
            let to = hooks.join(name);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(root().join(name), to).unwrap();
        }
        git(&hooks, &["init", "-q"]);
        git(&hooks, &["add", "."]);
        git(&hooks, &["commit", "-qm", "hooks"]);
        let revision = git(&hooks, &["rev-parse", "HEAD"]);
        let language = match from {
            From::Path => "        language: system\n",
            From::Source => "",
        };
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n{language}",
            hooks.display()
        );
        git(&repository, &["init", "-q"]);
        std::fs::write(repository.join(".pre-commit-config.yaml"), config).unwrap();
        // Only the rule of the test, so that the test does not change with the catalogue.
        std::fs::write(
            repository.join(".iac-remediate.yaml"),
            "select: [azure-storage-insecure-transfer]\n",
        )
        .unwrap();
        Self { folder, pre_commit }
    }

    fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    fn stage(&self, path: &str, text: &str) {
        let full = self.repository().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
        git(&self.repository(), &["add", "."]);
    }

    fn run(&self, from: From) -> (bool, String) {
        let bin = Path::new(PROGRAM).parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(&self.pre_commit);
        command
            .args(["run", "--color", "never"])
            .current_dir(self.repository())
            .env("PRE_COMMIT_HOME", self.folder.path().join("cache"));
        match from {
            From::Path => command.env("PATH", format!("{bin}:{path}")),
            // Built where the action's test builds, and like there without what makes it slow.
            From::Source => command
                .env(
                    "CARGO_TARGET_DIR",
                    root().join("target/surfaces/iac-remediate"),
                )
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        };
        let done: Output = command.output().unwrap();
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
        (done.status.success(), text)
    }
}

#[test]
fn the_check_hook_judges_what_is_committed() {
    let Some(pre_commit) = pre_commit() else {
        println!("SKIPPED: pre-commit cannot be installed here");
        return;
    };
    let scratch = Scratch::new(pre_commit, "iac-remediate", From::Path);
    scratch.stage("a/main.json", BAD);
    scratch.stage("package.json", "{}");
    let (passed, text) = scratch.run(From::Path);
    assert!(
        !passed && text.contains("high[azure-storage-insecure-transfer]"),
        "{text}"
    );
    git(&scratch.repository(), &["commit", "-qm", "bad"]);
    // What was there before is not the fault of who changes another file.
    scratch.stage("b/main.json", &BAD.replace("Only\": false", "Only\": true"));
    let (passed, text) = scratch.run(From::Path);
    assert!(passed, "{text}");
    git(&scratch.repository(), &["commit", "-qm", "good"]);
    scratch.stage("notes.txt", "nothing to judge");
    let (passed, text) = scratch.run(From::Path);
    assert!(passed && text.contains("Skipped"), "{text}");
}

#[test]
fn the_fix_hook_mends_and_makes_one_look() {
    let Some(pre_commit) = pre_commit() else {
        println!("SKIPPED: pre-commit cannot be installed here");
        return;
    };
    let scratch = Scratch::new(pre_commit, "iac-remediate-fix", From::Path);
    scratch.stage("a/main.json", BAD);
    let (passed, text) = scratch.run(From::Path);
    assert!(
        !passed && text.contains("files were modified by this hook"),
        "{text}"
    );
    let fixed = std::fs::read_to_string(scratch.repository().join("a/main.json")).unwrap();
    assert_eq!(fixed, BAD.replace("Only\": false", "Only\": true"));
    git(&scratch.repository(), &["add", "."]);
    let (passed, text) = scratch.run(From::Path);
    assert!(passed, "{text}");
}

#[test]
fn the_hook_is_built_as_everyone_builds_it() {
    let asked = std::env::var("IAC_REMEDIATE_BUILD_TESTS").unwrap_or_default();
    if asked.is_empty() {
        println!("SKIPPED: IAC_REMEDIATE_BUILD_TESTS is not set; it takes a minute");
        return;
    }
    let Some(pre_commit) = pre_commit() else {
        println!("SKIPPED: pre-commit cannot be installed here");
        return;
    };
    let scratch = Scratch::new(pre_commit, "iac-remediate", From::Source);
    scratch.stage("a/main.json", BAD);
    let (passed, text) = scratch.run(From::Source);
    assert!(
        !passed && text.contains("high[azure-storage-insecure-transfer]"),
        "{text}"
    );
    scratch.stage("a/main.json", &BAD.replace("Only\": false", "Only\": true"));
    let (passed, text) = scratch.run(From::Source);
    assert!(passed, "{text}");
}
