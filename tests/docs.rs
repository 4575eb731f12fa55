//! The documentation says what the program says: the pages of the rules and the ledger are those that
//! it writes today, and what SARIF links to is there.
//!
//! `BLESS=1 cargo test --test docs` writes them anew.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that cannot read its own files shall fail"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the files shall be written anew instead of compared.
fn bless() -> bool {
    std::env::var("BLESS").is_ok()
}

/// The program, run at the top of the repository as a user would, without what a user's shell adds.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iac-remediate"));
    command.args(arguments).current_dir(root()).env_clear();
    command
}

fn output(arguments: &[&str]) -> String {
    let run = program(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {said}");
    String::from_utf8(run.stdout).unwrap()
}

/// The files below `folder` by name, with `/` on every system.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_file() {
            let text = std::fs::read_to_string(&path).unwrap();
            found.insert(name, text.replace("\r\n", "\n"));
        }
    }
    found
}

#[test]
fn the_pages_of_the_rules_are_current() {
    let fresh = tempfile::tempdir().unwrap();
    let out = fresh.path().to_str().unwrap();
    let arguments = [
        "rules",
        "--format",
        "markdown",
        "--fixtures",
        "fixtures",
        "--out",
        out,
    ];
    output(&arguments);
    let written = |folder: PathBuf| {
        let ledger = std::fs::read_to_string(folder.join("COVERAGE.md")).unwrap_or_default();
        let mut pages = files(&folder.join("rules"));
        pages.insert("../COVERAGE.md".to_owned(), ledger.replace("\r\n", "\n"));
        pages
    };
    let now = written(fresh.path().to_owned());
    assert!(now.len() > 24, "a page a rule, and the ledger");
    if bless() {
        let folder = root().join("docs/rules");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &now {
            std::fs::write(folder.join(name), text).unwrap();
        }
        for stale in files(&folder)
            .keys()
            .filter(|name| !now.contains_key(*name))
        {
            std::fs::remove_file(folder.join(stale)).unwrap();
        }
    }
    let committed = written(root().join("docs"));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&now),
        names(&committed),
        "run BLESS=1 cargo test --test docs"
    );
    for (name, text) in &now {
        assert!(
            *text == committed[name],
            "docs/rules/{name} is stale: run BLESS=1 cargo test --test docs"
        );
    }
}

#[test]
fn every_help_address_of_sarif_is_a_page() {
    let report = output(&[
        "check",
        "fixtures/demo",
        "--fail-on",
        "never",
        "--select",
        "all",
        "--format",
        "sarif",
    ]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let rules = report["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    assert!(rules.len() >= 24);
    let home = format!("{}/blob/main/", env!("CARGO_PKG_REPOSITORY"));
    for rule in rules {
        let address = rule["helpUri"].as_str().unwrap();
        let page = address
            .strip_prefix(&home)
            .unwrap_or_else(|| panic!("{address}"));
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        assert!(
            text.starts_with(&format!("# {}\n", rule["id"].as_str().unwrap())),
            "{page}"
        );
    }
}

/// The text between the line that starts a block marked `<!-- mark` and the fence that ends it.
fn block<'t>(page: &'t str, mark: &str) -> &'t str {
    let start = page.find(&format!("<!-- {mark} -->\n```")).unwrap();
    let body = page[start..].split_once("```").unwrap().1;
    let body = body.split_once('\n').unwrap().1;
    body.split_once("```").unwrap().0
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let path = root().join("README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    let mut rest = page.as_str();
    let mut shown = 0;
    while let Some((before, after)) = rest.split_once("<!-- output: ") {
        let (line, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once("<!-- /output -->").unwrap();
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let run = program(&arguments).output().unwrap();
        assert!(matches!(run.status.code(), Some(0 | 1)), "{line}");
        let printed = String::from_utf8(run.stdout).unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(
            !printed.is_empty() && !printed.contains("```"),
            "{line}: {said}"
        );
        let printed = format!("{printed}{said}");
        for part in [
            before,
            &format!("<!-- output: {line} -->\n```console\n$ iac-remediate {line}\n"),
            printed.trim_end(),
            "\n```\n<!-- /output -->",
        ] {
            fresh.push_str(part);
        }
        rest = after;
        shown += 1;
    }
    fresh.push_str(rest);
    assert!(shown >= 2);
    if bless() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == fresh,
        "the README is stale: run BLESS=1 cargo test --test docs"
    );
}

#[test]
fn the_snippets_of_the_readme_work() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let yaml =
        |mark: &str| -> serde_yaml::Value { serde_yaml::from_str(block(&page, mark)).unwrap() };
    // The two commands.
    assert!(block(&page, "run").starts_with("cargo run --release -- check fixtures/demo"));
    assert!(block(&page, "test").starts_with("cargo test"));
    // The configuration is one.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.yaml");
    std::fs::write(&config, block(&page, "config")).unwrap();
    output(&[
        "check",
        "fixtures/demo",
        "--fail-on",
        "never",
        "--config",
        config.to_str().unwrap(),
    ]);
    // The action has the inputs and outputs that are used, and the hooks are there.
    let read = |name: &str| -> serde_yaml::Value {
        serde_yaml::from_str(&std::fs::read_to_string(root().join(name)).unwrap()).unwrap()
    };
    let action = read("action.yml");
    let snippet = yaml("action");
    let steps = snippet["steps"].as_sequence().unwrap();
    let scan = steps.iter().find(|step| step["id"] == "scan").unwrap();
    for name in scan["with"].as_mapping().unwrap().keys() {
        assert!(action["inputs"].get(name).is_some(), "{name:?}");
    }
    assert!(block(&page, "action").contains("steps.scan.outputs.sarif-file"));
    assert!(action["outputs"].get("sarif-file").is_some());
    let hooks = read(".pre-commit-hooks.yaml");
    let offered: Vec<&serde_yaml::Value> = hooks
        .as_sequence()
        .unwrap()
        .iter()
        .map(|hook| &hook["id"])
        .collect();
    for hook in yaml("hooks")["repos"][0]["hooks"].as_sequence().unwrap() {
        assert!(offered.contains(&&hook["id"]), "{hook:?}");
    }
    // The pins are those of the workflow, which a test holds.
    let workflow = std::fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    let pins = block(&page, "action")
        .lines()
        .filter_map(|line| line.split_once("uses: "));
    for (_, pin) in pins.filter(|(_, pin)| pin.contains(" # v")) {
        assert!(workflow.contains(pin), "{pin}");
    }
}

#[test]
fn the_comment_of_the_readme_accepts_a_finding() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // A comment of this form accepts the finding that the picture shows.
    let demo = std::fs::read_to_string(root().join("fixtures/demo/terraform/main.tf")).unwrap();
    let (_, comment) = block(&page, "accept").trim_end().split_once('#').unwrap();
    let accepted = demo.replace(
        "https_only          = false #",
        &format!("https_only = false #{comment} #"),
    );
    assert_ne!(demo, accepted);
    for entry in walkdir::WalkDir::new(root().join("fixtures/demo/terraform")) {
        let from = entry.unwrap().into_path();
        let to = folder
            .path()
            .join(from.strip_prefix(root().join("fixtures/demo")).unwrap());
        if from.is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
    let main = folder.path().join("terraform/main.tf");
    let judged = || {
        let line = [
            "check",
            folder.path().to_str().unwrap(),
            "--format",
            "json",
            "--no-config",
            "--select",
            "azure-storage-insecure-transfer",
        ];
        let run = program(&line).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        (
            report["counts"]["findings"].as_u64(),
            report["counts"]["suppressed"].as_u64(),
        )
    };
    assert_eq!(judged(), (Some(1), Some(0)));
    std::fs::write(&main, accepted).unwrap();
    assert_eq!(judged(), (Some(0), Some(1)));
}

#[test]
fn links_lead_to_files() {
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/ARCHITECTURE.md",
        "docs/COVERAGE.md",
        "fuzz/README.md",
    ] {
        let path = root().join(name);
        let page = std::fs::read_to_string(&path).unwrap();
        let links = page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'));
        for (link, _) in links.filter(|(link, _)| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap();
            assert!(
                path.parent().unwrap().join(file).exists(),
                "{name} links to {link}"
            );
        }
    }
}
