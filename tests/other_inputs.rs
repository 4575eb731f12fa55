//! Inputs that are neither Terraform's source nor a template by themselves: plans, and templates that
//! Terraform deploys. What they are judged by, where their findings point, and how they are fixed.
//!
//! `tests/data/plans` holds plans. That of `mechanics.tf` was recorded from Terraform itself; the others were
//! written by hand in the same format, because their providers need an account.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads its own data"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use iac_remediate::check;
use iac_remediate::edit::{Applicability, unified_diff};
use iac_remediate::finding::{Finding, State, UnitId};
use iac_remediate::lang::{Cache, EditAt, Unit, UnitOptions, evaluate, units};
use iac_remediate::model::{Data, Estate, Kind, Value};
use iac_remediate::remediate::{Bench, Options, Scope, fixpoint, propose};
use iac_remediate::rule::{Catalog, Entry, Rule};
use iac_remediate::source::{Columns, MemoryTree, RelPath, SourceTree};
use serde_json::{Value as Json, json};

const MODULE: &str = "variable \"https\" {\n  type = bool\n}\n\nvariable \"name\" {\n  type = string\n}\n\nresource \"azurerm_storage_account\" \"this\" {\n  name                       = \"data${var.name}\"\n  resource_group_name        = \"rg\"\n  location                   = \"westeurope\"\n  account_tier               = \"Standard\"\n  account_replication_type   = \"LRS\"\n  https_traffic_only_enabled = var.https\n}\n";

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/plans")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A workspace that is judged by one rule.
struct Court {
    rule: Arc<Rule>,
    tree: MemoryTree,
    units: Vec<Unit>,
    cache: Cache,
}

impl Court {
    fn new(rule: &str, files: &[(&str, String)]) -> Self {
        let tree = MemoryTree::new(files.iter().map(|(path, text)| (*path, text.clone())));
        let paths: Vec<RelPath> = tree.paths().cloned().collect();
        let cache = Cache::default();
        let (units, _) = units(&paths, &UnitOptions::default(), &tree, &cache);
        let catalog = Catalog::built_in();
        let rule = catalog.get(rule).and_then(Entry::rule).unwrap();
        Self {
            rule,
            tree,
            units,
            cache,
        }
    }

    fn judge(&self, unit: UnitId, estate: &Estate) -> check::Judged {
        let rules = |kind: &str| -> Vec<Arc<Rule>> {
            let kind = Kind::new(kind);
            let targets = &self.rule.targets;
            let applies = targets.iter().any(|target| target.kinds.contains(&kind));
            applies
                .then(|| Arc::clone(&self.rule))
                .into_iter()
                .collect()
        };
        let bar = check::Bar {
            rules: &rules,
            elsewhere: &[],
        };
        check::judge(unit, &self.units[unit.0 as usize].root, estate, &bar)
    }

    /// The findings with their fixes, and the texts after all fixes.
    fn run(&self) -> (Vec<Finding>, BTreeMap<RelPath, String>) {
        let judge = |unit, estate: &Estate, _: &dyn SourceTree| self.judge(unit, estate);
        let bench = Bench {
            units: &self.units,
            cache: &self.cache,
            judge: &judge,
            at: EditAt::Nearest,
        };
        let count = u32::try_from(self.units.len()).unwrap();
        let all: Vec<UnitId> = (0..count).map(UnitId).collect();
        let judged = bench.judge_all(&all, &self.tree);
        let findings = judged
            .iter()
            .flat_map(|unit| unit.findings.clone())
            .collect();
        let mut findings = check::merge(findings);
        let by_unit = judged.into_iter().map(|unit| (unit.unit, unit)).collect();
        let options = Options {
            threshold: Applicability::Manual,
            scope: Scope::All,
        };
        propose(&mut findings, &by_unit, &bench, &self.tree, options);
        let fixed = fixpoint(
            &bench,
            &self.tree,
            Applicability::Unsafe,
            &check::merge,
            &|_, _| true,
        );
        (findings, fixed.texts)
    }

    /// One line a finding: how it stands, the address, the place, and whether there is a fix.
    fn told(&self, findings: &[Finding]) -> Vec<String> {
        let mut lines: Vec<String> = findings
            .iter()
            .map(|finding| {
                let file = self.tree.get(finding.span.file).unwrap();
                let line = file.locate(finding.span.start, Columns::CodePoints).line;
                let state = match finding.state {
                    State::Open => "open",
                    State::Undecided => "undecided",
                    State::Suppressed => "suppressed",
                };
                let end = match (finding.fixes.first(), &finding.refusal) {
                    (Some(fix), _) => format!("{:?}", fix.applicability).to_lowercase(),
                    (None, Some(_)) => "refused".to_owned(),
                    (None, None) => "-".to_owned(),
                };
                let address = &finding.subject.address;
                format!("{state} {address} {}:{line} {end}", file.path)
            })
            .collect();
        lines.sort();
        lines
    }
}

const TRANSFER: &str = "azure-storage-insecure-transfer";

#[test]
fn a_plan_without_source_is_judged_where_it_stands() {
    let rows: [(&str, &str, &[&str]); 4] = [
        (
            TRANSFER,
            "azure.json",
            &[
                "open azurerm_storage_account.open azure.json:36 refused",
                r#"open module.data["b"].azurerm_storage_account.this azure.json:278 refused"#,
                "undecided azurerm_storage_account.later azure.json:184 -",
            ],
        ),
        (
            "azure-key-vault-no-diagnostic-logs",
            "azure.json",
            &["open azurerm_key_vault.silent azure.json:319 refused"],
        ),
        (
            "aws-s3-bucket-public-access-not-blocked",
            "aws.json",
            &["open aws_s3_bucket.open aws.json:9 refused"],
        ),
        (
            "gcp-firewall-open-ssh",
            "google.json",
            &["open google_compute_firewall.ssh google.json:32 refused"],
        ),
    ];
    for (rule, plan, expected) in rows {
        let court = Court::new(rule, &[(plan, data(plan))]);
        let (findings, fixed) = court.run();
        assert_eq!(court.told(&findings), expected, "{rule}");
        assert!(fixed.is_empty(), "a plan is never edited");
    }
}

/// The plan and its source.
fn with_source(main: &str) -> Vec<(&'static str, String)> {
    vec![
        ("infra/plan.json", data("azure.json")),
        ("infra/main.tf", main.to_owned()),
        ("infra/data/main.tf", MODULE.to_owned()),
    ]
}

#[test]
fn beside_its_source_a_plan_points_there_and_fixes_it() {
    let main = data("azure.tf");
    let court = Court::new(TRANSFER, &with_source(&main));
    let roots: Vec<&str> = court.units.iter().map(|unit| unit.root.as_str()).collect();
    assert_eq!(roots, ["infra/plan.json"], "a folder is not judged twice");
    let (findings, fixed) = court.run();
    // The variable is false in the plan although its default is true: whoever planned gave it.
    assert_eq!(
        court.told(&findings),
        [
            "open azurerm_storage_account.open infra/main.tf:25 refused",
            r#"open module.data["b"].azurerm_storage_account.this infra/main.tf:40 safe"#,
            "undecided azurerm_storage_account.later infra/main.tf:34 -",
        ]
    );
    let path = RelPath::new("infra/main.tf").unwrap();
    let diff = unified_diff("main.tf", &main, &fixed[&path]);
    assert!(diff.contains("b = true"), "{diff}");
    // The fixed source beside the same plan: the plan still says so, and there is nothing more to edit.
    let again = Court::new(TRANSFER, &with_source(&fixed[&path]));
    let (_, twice) = again.run();
    assert!(twice.is_empty(), "a second fix changes nothing");
}

#[test]
fn a_relation_that_the_plan_does_not_know_is_known_from_its_source() {
    let main = data("azure.tf");
    let court = Court::new("azure-key-vault-no-diagnostic-logs", &with_source(&main));
    let (findings, _) = court.run();
    let told = court.told(&findings);
    // Where logs go is for a person to say, with or without a plan.
    assert_eq!(
        told,
        ["open azurerm_key_vault.silent infra/main.tf:44 refused"]
    );
}

#[test]
fn source_that_declares_nothing_of_the_plan_is_judged_by_itself() {
    let other = "resource \"azurerm_storage_account\" \"other\" {\n  name = \"other\"\n  https_traffic_only_enabled = false\n}\n";
    let files = [
        ("plan.json", data("azure.json")),
        ("main.tf", other.to_owned()),
    ];
    let court = Court::new(TRANSFER, &files);
    let (findings, _) = court.run();
    let told = court.told(&findings);
    assert!(
        told.contains(&"open azurerm_storage_account.other main.tf:3 safe".to_owned()),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.contains("plan.json:")));
}

/// What Terraform itself said of a configuration: known, unknown and sensitive values, in all modules.
#[test]
fn what_terraform_recorded_is_read_value_by_value() {
    let tree = MemoryTree::new([("plan.json", data("mechanics.json"))]);
    let cache = Cache::default();
    let files: Vec<RelPath> = tree.paths().cloned().collect();
    let (units, notices) = units(&files, &UnitOptions::default(), &tree, &cache);
    assert!(notices.is_empty());
    let evaluated = evaluate(&units[0], &tree, &cache);
    assert!(evaluated.notices.is_empty(), "{:?}", evaluated.notices);
    let told: Vec<String> = evaluated
        .written
        .iter()
        .map(|written| format!("{} {}", written.address, spelled(&written.args)))
        .collect();
    assert_eq!(
        told,
        [
            r#"terraform_data.a {input: {g: "hi", n: null, s: (hidden), x: "d"}}"#,
            r#"terraform_data.b["k"] {input: {c: ?, id: ?, k: "k", l: [1, ?]}, triggers_replace: [true]}"#,
            r#"terraform_data.b["l"] {input: {c: ?, id: ?, k: "l", l: [1, ?]}, triggers_replace: [true]}"#,
            "terraform_data.c {input: ?}",
            "module.m[0].terraform_data.in {input: ?, triggers_replace: ?}",
            "module.m[1].terraform_data.in {input: ?, triggers_replace: ?}",
        ]
    );
}

fn spelled(value: &Value) -> String {
    if value.sensitive {
        return "(hidden)".to_owned();
    }
    let joined = |parts: Vec<String>| parts.join(", ");
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(it) => it.to_string(),
        Data::Number(it) => it.to_string(),
        Data::String(it) => format!("{it:?}"),
        Data::List(list) => format!("[{}]", joined(list.items.iter().map(spelled).collect())),
        Data::Map(map) => {
            let mut out = Vec::new();
            for entry in &map.entries {
                let mut text = String::new();
                let _ = write!(text, "{}: {}", entry.key, spelled(&entry.value));
                out.push(text);
            }
            format!("{{{}}}", joined(out))
        }
        Data::Unknown(_) => "?".to_owned(),
    }
}

/// Every fixture of a rule, planned: the verdicts are those of the source, and beside its source the places
/// and the fixes are too.
#[test]
fn a_planned_fixture_gets_the_verdicts_of_its_source() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut compared = 0;
    for folder in std::fs::read_dir(fixtures).unwrap() {
        let folder = folder.unwrap().path();
        let rule = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(folder.join("cases.tf")) else {
            continue;
        };
        if rule == "demo" {
            continue;
        }
        let source = Court::new(&rule, &[("cases.tf", text.clone())]);
        let plan = planned(&source).to_string();
        let alone = Court::new(&rule, &[("plan.json", plan.clone())]);
        let both = Court::new(&rule, &[("cases.tf", text), ("plan.json", plan)]);
        assert_eq!(both.units.len(), 1, "{rule}");
        let mut of_plan = verdicts(&alone);
        let of_source = verdicts(&source);
        // A plan alone does not say how a text begins or ends that is known in part.
        let evaluated = evaluate(&source.units[0], &source.tree, &source.cache);
        let in_part = |address: &str| {
            let mut written = evaluated.written.iter();
            written.any(|it| it.address.as_str() == address && it.args.has_unknown())
        };
        of_plan.retain(|address, state| {
            *state == State::Open || of_source.contains_key(address) || !in_part(address)
        });
        assert_eq!(of_plan, of_source, "{rule}");
        let (own, fixed) = source.run();
        let (found, mended) = both.run();
        assert_eq!(both.told(&found), source.told(&own), "{rule}");
        assert_eq!(mended, fixed, "{rule}");
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

/// The state of each address that is not clean.
fn verdicts(court: &Court) -> BTreeMap<String, State> {
    let (findings, _) = court.run();
    findings
        .into_iter()
        .map(|finding| (finding.subject.address, finding.state))
        .collect()
}

/// The plan that Terraform would make of a fixture without a provider's own additions.
fn planned(court: &Court) -> Json {
    let evaluated = evaluate(&court.units[0], &court.tree, &court.cache);
    let (mut changes, mut resources) = (Vec::new(), Vec::new());
    let mut constraints = serde_json::Map::new();
    for written in &evaluated.written {
        let kind = written.kind.as_str();
        let name = written.address.as_str().rsplit('.').next().unwrap();
        let name = name.split('[').next().unwrap();
        let (after, unknown) = sides(&written.args);
        changes.push(json!({
            "address": written.address.as_str(), "mode": "managed", "type": kind, "name": name,
            "change": { "actions": ["create"], "after": after, "after_unknown": unknown, "after_sensitive": {} },
        }));
        resources.push(json!({
            "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "expressions": expressions(&written.args),
        }));
        let provider = kind.split('_').next().unwrap();
        if let Some(major) = written.provider_major {
            constraints.insert(
                provider.to_owned(),
                json!({ "name": provider, "version_constraint": format!("~> {major}.0") }),
            );
        }
    }
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "configuration": { "provider_config": constraints, "root_module": { "resources": resources } },
    })
}

/// What is known, and what is not.
fn sides(value: &Value) -> (Option<Json>, Json) {
    match &value.data {
        Data::Unknown(_) => (None, json!(true)),
        Data::Null => (Some(Json::Null), json!(false)),
        Data::Bool(it) => (Some(json!(it)), json!(false)),
        Data::Number(it) => (
            Some(serde_json::from_str(&it.to_string()).unwrap()),
            json!(false),
        ),
        Data::String(it) => (Some(json!(&**it)), json!(false)),
        Data::List(list) => {
            let sides: Vec<_> = list.items.iter().map(sides).collect();
            let after = sides
                .iter()
                .map(|(after, _)| after.clone().unwrap_or(Json::Null));
            let unknown = sides.iter().map(|(_, unknown)| unknown.clone());
            (Some(after.collect()), unknown.collect())
        }
        Data::Map(map) => {
            let (mut after, mut unknown) = (serde_json::Map::new(), serde_json::Map::new());
            for entry in &map.entries {
                let (known, not) = sides(&entry.value);
                if let Some(known) = known {
                    after.insert(entry.key.to_string(), known);
                }
                unknown.insert(entry.key.to_string(), not);
            }
            (Some(Json::Object(after)), Json::Object(unknown))
        }
    }
}

/// The references of a body. What holds no unknown is a constant to Terraform as often as not.
fn expressions(value: &Value) -> Json {
    match &value.data {
        Data::Unknown(unknown) => {
            let target = unknown.points_to.as_ref();
            let address = target.and_then(|target| target.address.as_ref());
            match (target, address) {
                (Some(target), Some(address)) => json!({
                    "references": [format!("{address}.{}", target.attribute), address.as_str()],
                }),
                _ => json!({ "references": [] }),
            }
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| (entry.key.to_string(), expressions(&entry.value)));
            Json::Object(members.collect())
        }
        Data::List(list) if list.items.iter().all(|item| item.as_map().is_some()) => {
            list.items.iter().map(expressions).collect()
        }
        Data::List(list) => list.items.first().map_or(json!({}), expressions),
        _ => json!({}),
    }
}

const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "https": { "type": "bool", "defaultValue": true } },
  "resources": [
    {
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-01-01",
      "name": "data",
      "location": "westeurope",
      "properties": { "supportsHttpsTrafficOnly": HTTPS }
    }
  ]
}
"#;

fn template(https: &str) -> String {
    TEMPLATE.replace("HTTPS", https)
}

/// A deployment with these arguments.
fn deployment(arguments: &str) -> String {
    format!(
        "variable \"x\" {{}}\n\nresource \"azurerm_resource_group_template_deployment\" \"d\" {{\n  name = \"d\"\n  resource_group_name = \"rg\"\n  deployment_mode = \"Incremental\"\n{arguments}}}\n"
    )
}

#[test]
fn a_template_that_terraform_deploys_is_judged_as_one() {
    let of_file = "  template_content = file(\"${path.module}/t.json\")\n";
    let given = |value: &str| {
        format!("{of_file}  parameters_content = jsonencode({{ https = {{ value = {value} }} }})\n")
    };
    let parameter = "\"[parameters('https')]\"";
    let account = "Microsoft.Storage/storageAccounts/data";
    // The text in Terraform, the property in the template, what is told of the Terraform unit.
    let rows: [(String, &str, &[String]); 7] = [
        (of_file.to_owned(), "true", &[]),
        (
            of_file.to_owned(),
            "false",
            &[format!("open {account} m/t.json:11 safe")],
        ),
        (given("true"), parameter, &[]),
        (
            given("false"),
            parameter,
            &[format!("open {account} m/main.tf:8 refused")],
        ),
        (
            given("var.x"),
            parameter,
            &[format!("undecided {account} m/main.tf:8 -")],
        ),
        (
            format!("  template_content = <<-EOT\n{}  EOT\n", template("false")),
            "true",
            &[format!("open {account} m/main.tf:7 refused")],
        ),
        ("  template_content = var.x\n".to_owned(), "true", &[]),
    ];
    for (arguments, https, expected) in rows {
        let files = [
            ("m/main.tf", deployment(&arguments)),
            ("m/t.json", template(https)),
        ];
        let mut court = Court::new(TRANSFER, &files);
        // The file is a template of its own too, which has its own parameters.
        court.units.retain(|unit| unit.root.as_str() == "m");
        let (findings, fixed) = court.run();
        assert_eq!(court.told(&findings), expected, "{arguments}");
        let path = RelPath::new("m/t.json").unwrap();
        let mended = fixed.get(&path).map(String::as_str);
        assert_eq!(
            mended,
            (https == "false").then(|| template("true")).as_deref(),
            "{arguments}"
        );
    }
}

#[test]
fn a_deployment_whose_template_is_not_known_is_told_with_what_decides() {
    let files = [("main.tf", deployment("  template_content = var.x\n"))];
    let court = Court::new(TRANSFER, &files);
    let evaluated = evaluate(&court.units[0], &court.tree, &court.cache);
    let told: Vec<&str> = evaluated.notices.iter().map(|it| &*it.message).collect();
    assert_eq!(
        told,
        [
            "What `azurerm_resource_group_template_deployment.d` deploys is not judged: its template depends on `var.x`."
        ]
    );
}
