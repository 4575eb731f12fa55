//! The composite action, run step by step as GitHub runs it: the same shell, the same files for
//! outputs and summary, inputs and step outputs expanded the same way.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot read its own files shall fail"
)]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iac-remediate");

const TEMPLATE: &str = r#"{
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
      "properties": {
        "supportsHttpsTrafficOnly": false,
        "minimumTlsVersion": "TLS1_2"
      }
    }
  ]
}
"#;

/// A runner with one repository checked out.
struct Runner {
    folder: tempfile::TempDir,
    action: Value,
    /// Where the real cargo builds; none where a stand-in delivers the program of this test run.
    builds: Option<PathBuf>,
}

/// What a job is left with.
#[derive(Default)]
struct Job {
    /// Exit code of each step that ran, by its place.
    codes: Vec<(usize, i32)>,
    stdout: String,
    stderr: String,
    summary: String,
    steps: BTreeMap<String, BTreeMap<String, String>>,
    outputs: BTreeMap<String, String>,
}

impl Runner {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", "temp", "bin"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (path, text) in files {
            let full = folder.path().join("work").join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, text).unwrap();
        }
        // Building takes minutes and is what this very test run did: in its place stands a builder
        // that checks how it is called and delivers the program.
        let cargo = folder.path().join("bin/cargo");
        let script = format!(
            "#!/bin/bash\nset -eu\n[[ \"$*\" == \"build --quiet --release --locked --manifest-path {}/Cargo.toml --target-dir $RUNNER_TEMP/iac-remediate\" ]]\nmkdir -p \"$RUNNER_TEMP/iac-remediate/release\"\ncp {PROGRAM} \"$RUNNER_TEMP/iac-remediate/release/\"\n",
            root().display()
        );
        std::fs::write(&cargo, script).unwrap();
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
        let action = std::fs::read_to_string(root().join("action.yml")).unwrap();
        Self {
            folder,
            action: serde_yaml::from_str(&action).unwrap(),
            builds: None,
        }
    }

    /// A runner on which the real cargo builds the program, in a folder that outlives the test. The
    /// profile of a release stays, without what makes it slow to build.
    fn that_builds(files: &[(&str, &str)]) -> Self {
        let mut runner = Self::new(files);
        std::fs::remove_file(runner.folder.path().join("bin/cargo")).unwrap();
        let builds = root().join("target/surfaces");
        std::fs::create_dir_all(&builds).unwrap();
        runner.builds = Some(builds);
        runner
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn run(&self, given: &[(&str, &str)]) -> Job {
        let mut inputs = BTreeMap::new();
        for (name, input) in self.action["inputs"].as_mapping().unwrap() {
            let default = input["default"].as_str().unwrap_or_default();
            inputs.insert(name.as_str().unwrap().to_owned(), default.to_owned());
        }
        for (name, value) in given {
            assert!(
                inputs
                    .insert((*name).to_owned(), (*value).to_owned())
                    .is_some(),
                "{name} is an input"
            );
        }
        let mut job = Job::default();
        let mut failed = false;
        for (index, step) in self.action["runs"]["steps"]
            .as_sequence()
            .unwrap()
            .iter()
            .enumerate()
        {
            let wanted = match step["if"].as_str() {
                Some(condition) => expand(condition, &inputs, &job) == "true",
                None => true,
            };
            if failed || !wanted {
                continue;
            }
            let code = self.step(step, &inputs, &mut job);
            job.codes.push((index, code));
            failed = code != 0;
        }
        for (name, output) in self.action["outputs"].as_mapping().unwrap() {
            let value = expand(output["value"].as_str().unwrap(), &inputs, &job);
            job.outputs.insert(name.as_str().unwrap().to_owned(), value);
        }
        job
    }

    fn step(&self, step: &Value, inputs: &BTreeMap<String, String>, job: &mut Job) -> i32 {
        assert_eq!(step["shell"].as_str(), Some("bash"));
        let script = step["run"].as_str().unwrap();
        assert!(
            !script.contains("${{"),
            "no expression becomes part of a script: {script}"
        );
        let temp = self.folder.path().join("temp");
        let file = |name: &str| {
            let path = temp.join(name);
            std::fs::write(&path, "").unwrap();
            path
        };
        let (output, summary) = (file("output"), file("summary"));
        std::fs::write(temp.join("step.sh"), script).unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(temp.join("step.sh"))
            .current_dir(self.work())
            .env_clear()
            .env(
                "PATH",
                format!(
                    "{}:/usr/local/bin:/usr/bin:/bin",
                    self.folder.path().join("bin").display()
                ),
            )
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", self.work())
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("RUNNER_TEMP", &temp);
        if let Some(builds) = &self.builds {
            let_build(&mut command, builds);
        }
        if let Some(variables) = step["env"].as_mapping() {
            for (name, value) in variables {
                command.env(
                    name.as_str().unwrap(),
                    expand(value.as_str().unwrap(), inputs, job),
                );
            }
        }
        let done = command.output().unwrap();
        job.stdout.push_str(&String::from_utf8_lossy(&done.stdout));
        job.stderr.push_str(&String::from_utf8_lossy(&done.stderr));
        job.summary
            .push_str(&std::fs::read_to_string(summary).unwrap());
        if let Some(id) = step["id"].as_str() {
            let text = std::fs::read_to_string(output).unwrap();
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            job.steps.insert(id.to_owned(), pairs.collect());
        }
        done.status.code().unwrap_or(-1)
    }
}

/// Lets `cargo` build in `builds`, with the compiler of whoever runs the tests.
fn let_build(command: &mut Command, builds: &Path) {
    command
        .env("RUNNER_TEMP", builds)
        .env("PATH", std::env::var("PATH").unwrap());
    for (name, value) in std::env::vars() {
        if ["CARGO_HOME", "RUSTUP_HOME", "HOME"].contains(&name.as_str()) {
            command.env(name, value);
        }
    }
    command
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Expands the expressions that the action uses, and knows no others.
fn expand(text: &str, inputs: &BTreeMap<String, String>, job: &Job) -> String {
    let Some((before, rest)) = text.split_once("${{") else {
        return text.to_owned();
    };
    let (expression, after) = rest.split_once("}}").unwrap();
    let value = match expression.trim().split_once(" == ") {
        Some((left, right)) => (term(left, inputs, job) == right.trim_matches('\'')).to_string(),
        None => term(expression.trim(), inputs, job),
    };
    format!("{before}{value}{}", expand(after, inputs, job))
}

fn term(term: &str, inputs: &BTreeMap<String, String>, job: &Job) -> String {
    let parts: Vec<&str> = term.split('.').collect();
    match parts.as_slice() {
        ["inputs", name] => inputs
            .get(*name)
            .unwrap_or_else(|| panic!("{name} is an input"))
            .clone(),
        ["github", "action_path"] => root().display().to_string(),
        ["steps", id, "outputs", name] => {
            let step = job.steps.get(*id);
            step.and_then(|step| step.get(*name))
                .cloned()
                .unwrap_or_default()
        }
        _ => panic!("{term} is not understood"),
    }
}

#[test]
fn findings_are_annotated_summed_up_and_fail_the_job_last() {
    let runner = Runner::new(&[("infra/main.json", TEMPLATE)]);
    let job = runner.run(&[("select", "azure-storage-insecure-transfer")]);
    assert_eq!(
        job.codes.last().map(|(_, code)| *code),
        Some(1),
        "{}{}",
        job.stdout,
        job.stderr
    );
    assert_eq!(
        job.codes.len(),
        3,
        "the failure is the last step's: {}",
        job.stderr
    );
    assert!(
        job.stdout.contains("::error file=infra/main.json,line=13,"),
        "{}",
        job.stdout
    );
    assert!(job.summary.contains("1 finding"), "{}", job.summary);
    let output = |name: &str| job.outputs[name].as_str();
    assert_eq!(
        (output("findings"), output("fixable"), output("exit-code")),
        ("1", "1", "1")
    );
    assert_eq!(
        (output("sarif-file"), output("patch-file")),
        ("iac-remediate.sarif", "")
    );
    let sarif = std::fs::read_to_string(runner.work().join("iac-remediate.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn the_program_is_built_from_the_checkout_of_the_action() {
    let asked = std::env::var("IAC_REMEDIATE_BUILD_TESTS").unwrap_or_default();
    if asked.is_empty() {
        println!("SKIPPED: IAC_REMEDIATE_BUILD_TESTS is not set; it takes a minute");
        return;
    }
    let runner = Runner::that_builds(&[("infra/main.json", TEMPLATE)]);
    let job = runner.run(&[("select", "azure-storage-insecure-transfer")]);
    assert_eq!(job.outputs["findings"], "1", "{}", job.stderr);
    assert_eq!(job.outputs["exit-code"], "1");
    let program = PathBuf::from(&job.steps["build"]["program"]);
    assert!(program.starts_with(root().join("target/surfaces")) && program.is_file());
}

#[test]
fn a_clean_repository_passes() {
    let text = TEMPLATE.replace("Only\": false", "Only\": true");
    let runner = Runner::new(&[("main.json", &text)]);
    let job = runner.run(&[
        ("select", "azure-storage-insecure-transfer"),
        ("sarif-file", ""),
        ("summary", "false"),
        ("annotations", "false"),
    ]);
    assert!(
        job.codes.iter().all(|(_, code)| *code == 0),
        "{}",
        job.stderr
    );
    assert_eq!(job.outputs["findings"], "0");
    assert_eq!(
        (job.outputs["sarif-file"].as_str(), job.summary.as_str()),
        ("", "")
    );
    assert!(!runner.work().join("iac-remediate.sarif").exists());
}

#[test]
fn the_patch_applies_and_cleans_the_finding() {
    let runner = Runner::new(&[("infra/main.json", TEMPLATE)]);
    let given = [
        ("select", "azure-storage-insecure-transfer"),
        ("fix-mode", "patch"),
        ("fail-on", "never"),
    ];
    let job = runner.run(&given);
    assert!(
        job.codes.iter().all(|(_, code)| *code == 0),
        "{}",
        job.stderr
    );
    assert_eq!(job.outputs["patch-file"], "iac-remediate.patch");
    assert!(
        job.summary.contains("git apply iac-remediate.patch"),
        "{}",
        job.summary
    );
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(runner.work())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    git(&["init", "-q"]);
    git(&["apply", "iac-remediate.patch"]);
    let fixed = std::fs::read_to_string(runner.work().join("infra/main.json")).unwrap();
    assert_eq!(fixed, TEMPLATE.replace("Only\": false", "Only\": true"));
    let again = runner.run(&given);
    assert_eq!(
        (
            again.outputs["findings"].as_str(),
            again.outputs["patch-file"].as_str()
        ),
        ("0", "")
    );
}

#[test]
fn inputs_are_values_and_never_scripts() {
    let evil = "x\"; touch pwned; echo \"$(touch pwned2)";
    let runner = Runner::new(&[("a b/main.json", TEMPLATE)]);
    let job = runner.run(&[("select", evil), ("ignore", "`touch pwned3`")]);
    assert_eq!(job.outputs["exit-code"], "2", "{}", job.stderr);
    assert_eq!(job.codes.last().map(|(_, code)| *code), Some(2));
    for name in ["pwned", "pwned2", "pwned3"] {
        assert!(!runner.work().join(name).exists(), "{name}");
    }
    let job = runner.run(&[("paths", "a b\na b/main.json\n"), ("fail-on", "never")]);
    assert_ne!(job.outputs["findings"], "0", "{}", job.stderr);
    let job = runner.run(&[("paths", "--help")]);
    assert_eq!(job.outputs["exit-code"], "2");
}

#[test]
fn every_input_is_used_and_every_output_is_set() {
    let text = std::fs::read_to_string(root().join("action.yml")).unwrap();
    let action: Value = serde_yaml::from_str(&text).unwrap();
    for name in action["inputs"].as_mapping().unwrap().keys() {
        let name = name.as_str().unwrap();
        assert!(text.contains(&format!("inputs.{name} ")), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    }
    for (name, output) in action["outputs"].as_mapping().unwrap() {
        let name = name.as_str().unwrap();
        assert!(text.contains(&format!("\"{name}=")), "{name}: {output:?}");
    }
}

#[test]
fn every_action_of_the_workflows_is_pinned_by_its_commit() {
    let folder = root().join(".github/workflows");
    let mut pins: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let uses = text.lines().filter_map(|line| line.split_once("uses: "));
        for (_, used) in uses {
            if used == "./" {
                continue;
            }
            let (name, rest) = used.split_once('@').unwrap();
            let (commit, version) = rest.split_once(" # v").unwrap();
            let is_commit = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_commit && version.contains('.'), "{used}");
            // One version of an action in all jobs.
            let first = pins
                .entry(name.to_owned())
                .or_insert_with(|| rest.to_owned());
            assert_eq!(first, rest, "{name}");
        }
        let workflow: Value = serde_yaml::from_str(&text).unwrap();
        let jobs = workflow["jobs"].as_mapping().unwrap();
        let named = |value: &Value| value.as_str().unwrap().to_owned();
        let mut all: Vec<String> = jobs.keys().map(named).collect();
        all.retain(|job| job != "all-green");
        let needed = jobs["all-green"]["needs"].as_sequence().unwrap();
        let needed: Vec<String> = needed.iter().map(named).collect();
        assert_eq!(needed, all, "all-green waits for every job");
        assert_eq!(workflow["permissions"]["contents"], "read");
    }
    assert!(pins.len() >= 3);
}
