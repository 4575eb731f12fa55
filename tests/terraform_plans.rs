//! Whole configurations, evaluated and compared with what `terraform plan` said of them.
//!
//! `tests/data/terraform-plans.txt` holds the configurations, all of `terraform_data`, whose provider is
//! built in. `BLESS=1 cargo test --test terraform_plans` asks the `terraform` on this machine and records
//! its answers; without the flag the recorded ones are compared, so that no binary is needed.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reads its own data, runs the oracle and says what it skips"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use iac_remediate::lang::{Cache, UnitOptions, evaluate, units};
use iac_remediate::model::{Data, Existence, Number, Value};
use iac_remediate::source::{Encoding, FileId, MemoryTree, RelPath, SourceFile};
use iac_remediate::syntax::json::{self, Node, NodeKind};

/// What a plan says: the attributes of each resource instance, spelled.
type Plan = BTreeMap<String, BTreeMap<String, String>>;

/// The attributes that are compared: those that a configuration gives.
const ATTRIBUTES: [&str; 2] = ["input", "triggers_replace"];

struct Configuration {
    name: String,
    files: Vec<(String, String)>,
    /// What is given on the command line.
    vars: Vec<(String, String)>,
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn configurations() -> Vec<Configuration> {
    let text = std::fs::read_to_string(data("terraform-plans.txt")).unwrap();
    let mut all: Vec<Configuration> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("== ") {
            all.push(Configuration {
                name: name.trim().to_owned(),
                files: Vec::new(),
                vars: Vec::new(),
            });
        } else if let Some(given) = line.strip_prefix("-var ") {
            let (name, value) = given.trim_end_matches('\n').split_once('=').unwrap();
            let vars = &mut all.last_mut().unwrap().vars;
            vars.push((name.to_owned(), value.to_owned()));
        } else if let Some(path) = line.strip_prefix("-- ") {
            let files = &mut all.last_mut().unwrap().files;
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = all.last_mut().and_then(|it| it.files.last_mut()) {
            text.push_str(line);
        }
    }
    for (_, text) in all.iter_mut().flat_map(|it| &mut it.files) {
        // The blank line before the next configuration is not part of the file.
        while text.ends_with("\n\n") {
            text.pop();
        }
    }
    all
}

#[test]
fn plans_agree_with_terraform() {
    let configurations = configurations();
    assert!(configurations.len() >= 60);
    if std::env::var("BLESS").is_ok() {
        record(&configurations);
    }
    let recorded = std::fs::read_to_string(data("terraform-plans.json")).unwrap();
    let recorded: BTreeMap<String, Plan> = serde_json::from_str(&recorded).unwrap();
    let mut faults = Vec::new();
    for configuration in &configurations {
        let name = &configuration.name;
        let wanted = recorded
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not recorded"));
        let (found, notices) = ours(configuration);
        // What both branches agree on is known to us although Terraform waits for the condition.
        let mut wanted = wanted.clone();
        if name.starts_with("stronger_") {
            wanted = stronger(&wanted, &found);
        }
        let wanted = &wanted;
        if *wanted != found || !notices.is_empty() {
            faults.push(format!("{name}:{}{notices:#?}", difference(wanted, &found)));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {} differ\n{}",
        faults.len(),
        configurations.len(),
        faults.join("\n")
    );
}

/// The plan with our answer in the place of each list item that Terraform does not know.
fn stronger(wanted: &Plan, found: &Plan) -> Plan {
    let mut wanted = wanted.clone();
    for (address, attributes) in &mut wanted {
        for (name, text) in attributes {
            let Some(ours) = found.get(address).and_then(|it| it.get(name)) else {
                continue;
            };
            let (theirs, items): (Vec<&str>, Vec<&str>) =
                (text.split(", ").collect(), ours.split(", ").collect());
            if theirs.len() == items.len() {
                let items = theirs.iter().zip(items);
                let items = items.map(|(a, b)| {
                    if a.trim_end_matches(['}', ']']).ends_with('?') {
                        b
                    } else {
                        *a
                    }
                });
                *text = items.collect::<Vec<_>>().join(", ");
            }
        }
    }
    wanted
}

fn difference(wanted: &Plan, found: &Plan) -> String {
    let mut lines = vec![String::new()];
    for (address, attributes) in wanted {
        for (name, text) in attributes {
            let ours = found.get(address).and_then(|it| it.get(name));
            if ours != Some(text) {
                let ours = ours.map_or("nothing", |it| it);
                lines.push(format!(
                    "  {address} {name}\n    terraform: {text}\n    ours:      {ours}"
                ));
            }
        }
    }
    for address in found.keys().filter(|it| !wanted.contains_key(*it)) {
        lines.push(format!("  {address} is not in the plan"));
    }
    lines.join("\n")
}

/// What our evaluation says, and what it had to tell.
fn ours(configuration: &Configuration) -> (Plan, Vec<String>) {
    let files = &configuration.files;
    let tree = MemoryTree::new(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let paths: Vec<RelPath> = files.iter().filter_map(|it| RelPath::new(&it.0)).collect();
    let cache = Cache::default();
    let options = UnitOptions {
        vars: configuration.vars.clone(),
        ..UnitOptions::default()
    };
    let (units, _) = units(&paths, &options, &tree, &cache);
    let [unit] = units.as_slice() else {
        panic!("one root module is expected, not {units:?}");
    };
    let evaluated = evaluate(unit, &tree, &cache);
    let mut plan = Plan::new();
    for written in &evaluated.written {
        let attributes = plan.entry(written.address.to_string()).or_default();
        if written.existence != Existence::Certain {
            attributes.insert("existence".to_owned(), format!("{:?}", written.existence));
        }
        for name in ATTRIBUTES {
            if let Some(value) = written.args.as_map().unwrap().get(name) {
                attributes.insert(name.to_owned(), spelled(value));
            }
            attributes.retain(|_, text| text != "null");
        }
    }
    let notices = evaluated.notices.iter().map(|it| it.message.clone());
    (plan, notices.collect())
}

fn spelled(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(it) => it.to_string(),
        Data::Number(it) => it.to_string(),
        Data::String(it) => format!("{it:?}"),
        Data::Unknown(_) => "?".to_owned(),
        Data::List(list) => {
            let items: Vec<String> = list.items.iter().map(spelled).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| format!("{}: {}", entry.key, spelled(&entry.value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn record(configurations: &[Configuration]) {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("skipped: there is no `terraform` to record the answers of");
        return;
    }
    let recorded: BTreeMap<&str, Plan> = configurations
        .iter()
        .map(|it| (it.name.as_str(), theirs(it)))
        .collect();
    let text = serde_json::to_string_pretty(&recorded).unwrap();
    std::fs::write(data("terraform-plans.json"), text + "\n").unwrap();
}

/// What the real `terraform` plans.
fn theirs(configuration: &Configuration) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &configuration.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let run = |arguments: &[&str]| {
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(folder.path())
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .unwrap();
        let (name, text) = (&configuration.name, String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}: {text}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["init", "-backend=false", "-input=false", "-no-color"]);
    let mut arguments = vec!["plan", "-input=false", "-no-color"];
    arguments.extend(["-refresh=false", "-out=plan"]);
    let given = configuration.vars.iter();
    let given: Vec<String> = given.map(|(k, v)| format!("-var={k}={v}")).collect();
    arguments.extend(given.iter().map(String::as_str));
    run(&arguments);
    let shown = run(&["show", "-json", "plan"]);
    let file = SourceFile::new(FileId(0), RelPath::root(), shown, Encoding::Utf8);
    let tree = json::parse(&std::sync::Arc::new(file));
    let mut plan = Plan::new();
    for change in tree
        .root()
        .unwrap()
        .get("resource_changes")
        .unwrap()
        .items()
    {
        let address = change.get("address").and_then(Node::as_str).unwrap();
        let change = change.get("change").unwrap();
        let (after, unknown) = (change.get("after"), change.get("after_unknown"));
        let attributes = plan.entry(address.into_owned()).or_default();
        for name in ATTRIBUTES {
            let of = |node: Option<Node<'_>>| node.and_then(|it| it.get(name)).is_some();
            if of(after) || of(unknown) {
                let after = after.and_then(|it| it.get(name));
                let unknown = unknown.and_then(|it| it.get(name));
                attributes.insert(name.to_owned(), planned(after, unknown));
                attributes.retain(|_, text| text != "null");
            }
        }
    }
    plan
}

/// A planned value; `unknown` is `true` where it is not known, and nests as it does.
fn planned(after: Option<Node<'_>>, unknown: Option<Node<'_>>) -> String {
    if matches!(unknown.map(Node::kind), Some(NodeKind::Bool(true))) {
        return "?".to_owned();
    }
    match after.map(Node::kind) {
        Some(NodeKind::Array) => {
            let unknown: Vec<Node<'_>> = unknown.into_iter().flat_map(Node::items).collect();
            let items = after.into_iter().flat_map(Node::items).enumerate();
            let items = items.map(|(index, item)| planned(Some(item), unknown.get(index).copied()));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Some(NodeKind::Object) => {
            let names = |node: Option<Node<'_>>| -> Vec<String> {
                let members = node.into_iter().flat_map(Node::members);
                members.map(|member| member.key.into_owned()).collect()
            };
            let mut keys = [names(after), names(unknown)].concat();
            keys.sort();
            keys.dedup();
            let members = keys.iter().map(|key| {
                let after = after.and_then(|it| it.get(key));
                let unknown = unknown.and_then(|it| it.get(key));
                format!("{key}: {}", planned(after, unknown))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Some(NodeKind::Null) | None => "null".to_owned(),
        Some(NodeKind::Bool(it)) => it.to_string(),
        Some(NodeKind::Number(text)) => Number::parse(text).unwrap().to_string(),
        Some(NodeKind::String(text)) => format!("{:?}", &*text),
    }
}
