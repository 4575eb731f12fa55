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
