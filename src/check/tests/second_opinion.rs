//! A second opinion: another implementation of the Azure Policy language judges generated resources.
//!
//! The definitions here are our own; set `POLICY_COLLECTION` to a folder of definitions and run the
//! ignored test to compare on those too. Where the two disagree, `tests/data/second-opinion.json` says
//! why, by definition; a disagreement that it does not know fails the test, and so does one that it
//! knows and that is gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regorus::languages::azure_policy::aliases::AliasRegistry;
use regorus::languages::azure_policy::{compiler, parser};
use regorus::rvm::RegoVM;
use regorus::{Rc, Source, Value as Other};
use serde_json::{Value as Json, json};

use super::{Truth, finds, imported};
use crate::model::facts::{self, Absence};
use crate::model::testing::{estate, thing};
use crate::model::{ApiVersion, Kind};
use crate::rule::policy::{Outcome, Reading, Settings, read_alias};

/// The API version of every generated request, which [`thing`] gives its resources.
const API: &str = "2023-01-01";

/// How many resources are generated for a definition.
const RESOURCES: usize = 40;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

/// What the other implementation needs to know of aliases.
fn registry(aliases: &BTreeMap<String, (String, String)>) -> Rc<AliasRegistry> {
    let mut types: BTreeMap<(String, String), Vec<Json>> = BTreeMap::new();
    for (alias, (kind, path)) in aliases {
        let (namespace, rest) = kind.split_once('/').unwrap();
        let entry = json!({ "name": alias, "defaultPath": path, "paths": [] });
        types
            .entry((namespace.to_owned(), rest.to_owned()))
            .or_default()
            .push(entry);
    }
    let value: Vec<Json> = types
        .into_iter()
        .map(|((namespace, kind), aliases)| {
            json!({ "namespace": namespace, "resourceTypes": [{ "resourceType": kind, "aliases": aliases }] })
        })
        .collect();
    let mut registry = AliasRegistry::new();
    registry.load_from_json(&json!(value).to_string()).unwrap();
    Rc::new(registry)
}

/// The verdict of the other implementation: whether the effect comes to bear; `None` where it does not
/// take the definition or fails on the resource.
struct Second {
    program: Rc<regorus::rvm::Program>,
    registry: Rc<AliasRegistry>,
}

impl Second {
    fn of(definition: &Json, registry: &Rc<AliasRegistry>) -> Option<Self> {
        let source = Source::from_contents("d".to_owned(), definition.to_string()).ok()?;
        let parsed = parser::parse_policy_definition(&source).ok()?;
        let program =
            compiler::compile_policy_definition_with_aliases(&parsed, Rc::clone(registry)).ok()?;
        Some(Self {
            program,
            registry: Rc::clone(registry),
        })
    }

    fn finds(&self, resource: &Json) -> Option<bool> {
        let raw = Other::from_json_str(&resource.to_string()).ok()?;
        let context = json!({
            "resourceGroup": { "name": "g", "managedBy": null },
            "requestContext": { "apiVersion": API },
        });
        let context = Other::from_json_str(&context.to_string()).ok()?;
        let input = self
            .registry
            .normalize_and_wrap(&raw, Some(API), Some(context.clone()), None);
        let mut machine = RegoVM::new();
        machine.load_program(Rc::clone(&self.program));
        machine.set_input(input);
        machine.set_context(context);
        let value = machine.execute_entry_point_by_name("main").ok()?;
        Some(value != Other::Undefined)
    }
}

/// The fields and literals of a condition.
#[derive(Default)]
struct Material {
    kinds: Vec<String>,
    fields: BTreeMap<String, Vec<Json>>,
}

impl Material {
    fn collect(&mut self, condition: &Json) {
        match condition {
            Json::Array(items) => items.iter().for_each(|it| self.collect(it)),
            Json::Object(members) => {
                let operands = members.iter().filter(|(key, _)| {
                    ![
                        "field", "value", "count", "where", "allof", "anyof", "not", "name",
                    ]
                    .contains(&key.to_ascii_lowercase().as_str())
                });
                let operands: Vec<Json> = operands.map(|(_, value)| value.clone()).collect();
                if let Some(Json::String(field)) = members.get("field") {
                    self.field(field, &operands);
                }
                if let Some(Json::String(value)) = members.get("value") {
                    for call in ["field('", "current('"] {
                        for field in value.split(call).skip(1) {
                            let field = field.split('\'').next().unwrap_or_default();
                            self.field(field, &operands);
                        }
                    }
                }
                members.values().for_each(|it| self.collect(it));
            }
            _ => {}
        }
    }

    fn field(&mut self, field: &str, operands: &[Json]) {
        let flat: Vec<Json> = operands
            .iter()
            .flat_map(|it| it.as_array().cloned().unwrap_or_else(|| vec![it.clone()]))
            .filter(|it| !it.as_str().is_some_and(|text| text.starts_with('[')))
            .collect();
        if field.eq_ignore_ascii_case("type") {
            self.kinds
                .extend(flat.iter().filter_map(Json::as_str).map(str::to_owned));
        } else if !field.starts_with('[') {
            self.fields
                .entry(field.to_owned())
                .or_default()
                .extend(flat);
        }
    }

    /// A resource with some of the literals in some of the fields.
    fn resource(&self, dice: &mut Dice) -> Option<(String, Json)> {
        let kind = self.kinds.get(dice.roll(self.kinds.len()))?.clone();
        let mut body =
            json!({ "type": kind, "name": "n", "fullName": "n", "location": "westeurope" });
        // What has members is made as an object before anything else can be put there.
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by_key(|(field, _)| std::cmp::Reverse(field.len()));
        for (field, literals) in fields {
            let Ok(Reading::At(path)) = read_alias(field, &Kind::new(kind.as_str())) else {
                continue;
            };
            let version = ApiVersion::new(API);
            let assumed = facts::absence(&kind, &path.pattern(), version.as_ref());
            let may_lack = assumed == Absence::Absent;
            let steps: Vec<String> = path
                .to_string()
                .replace("[*]", ".[*]")
                .split('.')
                .map(str::to_owned)
                .collect();
            if ["type", "id", "fullname"].contains(&path.pattern().as_str()) {
                continue;
            }
            // No template says what only the service writes; here the two are not asked the same.
            let facts = facts::arm_type(&kind);
            let property = facts.as_ref().and_then(|it| it.property(&path.pattern()));
            if property.is_some_and(|it| it.read_only) {
                continue;
            }
            if may_lack && dice.roll(4) == 0 {
                continue;
            }
            let members = format!("{field}.");
            let has_members = self.fields.keys().any(|it| it.starts_with(&members));
            let object = [json!({})];
            let literals = if has_members { &object } else { &literals[..] };
            put(&mut body, &steps, literals, dice);
        }
        Some((kind, body))
    }
}

fn put(at: &mut Json, steps: &[String], literals: &[Json], dice: &mut Dice) {
    let Some((first, rest)) = steps.split_first() else {
        if at.is_null() {
            *at = literal(literals, dice);
        }
        return;
    };
    if first == "[*]" {
        if at.is_null() {
            *at = json!([]);
            let size = dice.roll(3);
            let items = at.as_array_mut().unwrap();
            items.extend((0..size).map(|_| Json::Null));
        }
        if let Some(items) = at.as_array_mut() {
            for item in items {
                put(item, rest, literals, dice);
            }
        }
        return;
    }
    if at.is_null() {
        *at = json!({});
    }
    let Some(members) = at.as_object_mut() else {
        return;
    };
    let known = members
        .keys()
        .find(|key| key.eq_ignore_ascii_case(first))
        .cloned();
    let key = known.unwrap_or_else(|| first.clone());
    put(
        members.entry(key).or_insert(Json::Null),
        rest,
        literals,
        dice,
    );
}

fn literal(literals: &[Json], dice: &mut Dice) -> Json {
    let usual = [
        json!("Enabled"),
        json!(true),
        json!("other"),
        json!(5),
        json!([]),
    ];
    if literals == [json!({})] {
        return json!({});
    }
    if literals.is_empty() || dice.roll(4) == 0 {
        return usual[dice.roll(3)].clone();
    }
    match &literals[dice.roll(literals.len())] {
        Json::String(text) if text.eq_ignore_ascii_case("true") => json!(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => json!(false),
        Json::String(text) => json!(text.replace('*', "x")),
        other => other.clone(),
    }
}

/// What comparing one definition gave.
#[derive(Debug, Default)]
struct Comparison {
    same: usize,
    /// Ours says that it cannot be decided.
    open: usize,
    /// A list that is not there has no members, of which every one passes, says "Author policies for
    /// array properties on Azure resources"; the other implementation takes it for one that fails.
    explained: usize,
    different: Vec<String>,
}

/// Returns `true` if one of the fields goes through a list that the resource does not have.
fn lacks_list(material: &Material, kind: &str, body: &Json) -> bool {
    fn lacks(at: &Json, steps: &[&str]) -> bool {
        match steps.split_first() {
            None => false,
            Some((&"[*]", rest)) => match at.as_array() {
                Some(items) => items.iter().any(|item| lacks(item, rest)),
                None => true,
            },
            Some((name, rest)) => {
                let members = at.as_object();
                let found = members.and_then(|members| {
                    let mut members = members.iter();
                    members.find(|(key, _)| key.eq_ignore_ascii_case(name))
                });
                match found {
                    Some((_, value)) => lacks(value, rest),
                    None => steps.contains(&"[*]"),
                }
            }
        }
    }
    material.fields.keys().any(|field| {
        let Ok(Reading::At(path)) = read_alias(field, &Kind::new(kind)) else {
            return false;
        };
        let text = path.to_string().replace("[*]", ".[*]");
        lacks(body, &text.split('.').collect::<Vec<_>>())
    })
}

fn compare(definition: &Json, registry: &Rc<AliasRegistry>, seed: u64) -> Option<Comparison> {
    let second = Second::of(definition, registry)?;
    let entry = imported(definition, &Settings::default())
        .entries
        .into_iter()
        .next()?;
    let Outcome::Rule(rule) = entry.outcome else {
        return None;
    };
    let mut material = Material::default();
    material.collect(&definition["properties"]["policyRule"]["if"]);
    let mut dice = Dice(seed);
    let mut comparison = Comparison::default();
    for _ in 0..RESOURCES {
        let Some((kind, body)) = material.resource(&mut dice) else {
            break;
        };
        let Some(theirs) = second.finds(&body) else {
            continue;
        };
        // Resource groups have another name in templates, and what is off finds nothing.
        let kind = match kind.to_ascii_lowercase().as_str() {
            "microsoft.resources/subscriptions/resourcegroups" => {
                "Microsoft.Resources/resourceGroups"
            }
            _ => &kind,
        };
        let mut declared = body.clone();
        declared["type"] = json!(kind);
        let ours = if rule.enabled {
            finds(
                &rule,
                &estate(vec![thing("t.r", kind, &json!(["n"]), &declared)]),
            )
        } else {
            Truth::False
        };
        match ours {
            Truth::Unknown => comparison.open += 1,
            _ if ours == Truth::from(theirs) => comparison.same += 1,
            _ if lacks_list(&material, kind, &body) => comparison.explained += 1,
            _ => comparison
                .different
                .push(format!("ours {ours:?}, theirs {theirs}: {body}")),
        }
    }
    Some(comparison)
}

fn aliases() -> BTreeMap<String, (String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/facts/aliases.json");
    #[expect(clippy::disallowed_methods, reason = "the test reads the facts")]
    let text = std::fs::read_to_string(file).unwrap();
    let file: Json = serde_json::from_str(&text).unwrap();
    let aliases = file["aliases"].as_object().unwrap().iter();
    let known = aliases.map(|(alias, pairs)| {
        let text = |index: usize| pairs[index].as_str().unwrap().to_owned();
        (alias.clone(), (text(0), text(1)))
    });
    // The facts have what built-in definitions use; these follow the regular way.
    let regular = ["networkAcls.ipRules[*]", "networkAcls.ipRules[*].value"];
    let regular = regular.map(|path| {
        let kind = "Microsoft.Storage/storageAccounts";
        (
            format!("{kind}/{path}"),
            (kind.to_owned(), format!("properties.{path}")),
        )
    });
    let known: BTreeMap<String, (String, String)> = known.chain(regular).collect();
    // A list has an alias of its own beside that of its elements.
    let lists = known.iter().flat_map(|(alias, (kind, path))| {
        let names = alias.match_indices("[*]").zip(path.match_indices("[*]"));
        names.map(|((end, _), (last, _))| {
            let name = alias[..end].to_owned();
            (name, (kind.clone(), path[..last].to_owned()))
        })
    });
    lists
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .chain(known.clone())
        .collect()
}

/// Conditions that use every word, on real types.
fn own_definitions() -> Vec<Json> {
    let storage = "Microsoft.Storage/storageAccounts";
    let x = format!("{storage}/allowBlobPublicAccess");
    let tls = format!("{storage}/minimumTlsVersion");
    let ips = format!("{storage}/networkAcls.ipRules[*]");
    let ip = format!("{storage}/networkAcls.ipRules[*].value");
    let conditions = [
        json!({ "field": x, "equals": "true" }),
        json!({ "field": x, "notEquals": false }),
        json!({ "field": tls, "in": ["TLS1_0", "tls1_1"] }),
        json!({ "field": tls, "notIn": ["TLS1_2"] }),
        json!({ "field": tls, "like": "TLS1_*" }),
        json!({ "field": tls, "notLike": "*2" }),
        json!({ "field": tls, "match": "TLS#_#" }),
        json!({ "field": tls, "notMatch": "TLS#_2" }),
        json!({ "field": tls, "matchInsensitively": "tls#_#" }),
        json!({ "field": tls, "contains": "s1" }),
        json!({ "field": tls, "notContains": "1_2" }),
        json!({ "field": tls, "exists": "false" }),
        json!({ "field": tls, "less": "TLS1_2" }),
        json!({ "field": tls, "greaterOrEquals": "TLS1_1" }),
        json!({ "field": "tags", "containsKey": "owner" }),
        json!({ "field": "tags['owner']", "exists": false }),
        json!({ "field": ip, "equals": "1.2.3.4" }),
        json!({ "field": ip, "notEquals": "1.2.3.4" }),
        json!({ "count": { "field": ips }, "greater": 0 }),
        json!({ "count": { "field": ips, "where": { "field": ip, "like": "1.*" } }, "equals": 1 }),
        json!({ "value": format!("[length(field('{ips}'))]"), "equals": 2 }),
        json!({ "value": "[concat('a', 'b')]", "equals": "AB" }),
        json!({ "anyOf": [{ "field": x, "exists": false }, { "not": { "field": tls, "equals": "TLS1_2" } }] }),
        json!({ "count": { "value": ["TLS1_0", "TLS1_1"], "name": "v",
            "where": { "field": tls, "equals": "[current('v')]" } }, "greater": 0 }),
    ];
    conditions
        .into_iter()
        .map(|condition| {
            json!({ "name": "d", "properties": { "mode": "All", "policyRule": {
                "if": { "allOf": [{ "field": "type", "equals": storage }, condition] },
                "then": { "effect": "audit" },
            }}})
        })
        .collect()
}

#[test]
fn another_implementation_gives_the_same_verdicts() {
    let registry = registry(&aliases());
    let (mut same, mut different) = (0, Vec::new());
    for (definition, seed) in own_definitions().iter().zip(1..) {
        let comparison = compare(definition, &registry, seed);
        let comparison = comparison.unwrap_or_else(|| panic!("not compared: {definition}"));
        assert_eq!(comparison.open, 0, "{definition}");
        same += comparison.same;
        let condition = &definition["properties"]["policyRule"]["if"]["allOf"][1];
        different.extend(
            comparison
                .different
                .iter()
                .map(|it| format!("{condition}\n  {it}")),
        );
    }
    assert!(same > 500, "{same} verdicts were compared");
    assert!(
        different.is_empty(),
        "{} of {same} differ:\n{}",
        different.len(),
        different.join("\n")
    );
}

#[test]
#[ignore = "compares on a folder of definitions that POLICY_COLLECTION names"]
#[expect(
    clippy::disallowed_methods,
    reason = "the folder is given by the environment"
)]
#[expect(
    clippy::print_stdout,
    reason = "what is found is for the person who runs it"
)]
fn another_implementation_agrees_on_a_collection() {
    let folder = PathBuf::from(std::env::var("POLICY_COLLECTION").unwrap());
    let registry = registry(&aliases());
    let known = disagreements();
    let (mut definitions, mut same, mut open, mut explained) = (0, 0, 0, 0);
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if entry.path().extension().is_none_or(|it| it != "json") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let Ok(definition) = serde_json::from_str::<Json>(text.trim_start_matches('\u{feff}'))
        else {
            continue;
        };
        let details = &definition["properties"]["policyRule"]["then"]["details"];
        // What another resource must be like is looked up by each in its own way.
        if details.get("type").is_some() {
            continue;
        }
        let Some(comparison) = compare(&definition, &registry, 7) else {
            continue;
        };
        definitions += 1;
        same += comparison.same;
        open += comparison.open;
        explained += comparison.explained;
        let name = definition["name"].as_str().unwrap_or_default();
        match (comparison.different.first(), known.get(name)) {
            (Some(first), None) => {
                let path = entry.path().display();
                let count = comparison.different.len();
                new.push(format!("{path}: {name}: {count} differ; {first}"));
            }
            (Some(_), Some(reason)) => println!("{name}: {reason}"),
            (None, Some(_)) => gone.push(name.to_owned()),
            (None, None) => {}
        }
    }
    println!(
        "{definitions} definitions, {same} verdicts alike, {open} undecided here, {explained} on lists that are not there"
    );
    assert!(new.is_empty(), "not explained:\n{}", new.join("\n"));
    assert!(gone.is_empty(), "explained, and they agree: {gone:?}");
}

/// Why the two disagree, by the name of the definition.
fn disagreements() -> BTreeMap<String, String> {
    let text = include_str!("../../../tests/data/second-opinion.json");
    let rows: Vec<Json> = serde_json::from_str(text).unwrap();
    let text = |row: &Json, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = rows.iter().flat_map(|row| {
        let reason = format!("{} ({})", text(row, "reason"), text(row, "source"));
        let names = row["definitions"].as_array().unwrap().iter();
        names.map(move |name| (name.as_str().unwrap().to_owned(), reason.clone()))
    });
    rows.collect()
}

#[test]
fn every_disagreement_has_a_reason_and_a_source() {
    let known = disagreements();
    assert!(!known.is_empty());
    for (name, reason) in known {
        assert_eq!(name.len(), 36, "{name} is no name of a built-in definition");
        assert!(reason.contains("(https://"), "{name}: {reason}");
    }
}
