//! `rules/facts`: provider schemas, ARM properties, and what services assume of absent properties.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::json::{flag, items, members, number, numbers, per_major, scalar, text, texts};
use crate::absence::{AbsenceFact, Absences};
use crate::arm::{ArmKind, ArmProperty, ArmType};
use crate::schema::{Attribute, Body, NestedBlock, Nesting, Schema};
use crate::{read, store, write};

/// Packs the schema facts of each provider.
pub(crate) fn schemas(rules: &Path) -> Result<(), Box<dyn Error>> {
    for provider in ["azurerm", "aws", "google"] {
        let file: Value =
            serde_json::from_str(&read(&rules.join(format!("facts/{provider}.json")))?)?;
        let mut entries = Vec::new();
        for (name, value) in members(&file["types"]) {
            let schema = Schema {
                majors: numbers(&value["v"]),
                body: body(value),
            };
            entries.push((name.clone(), postcard::to_allocvec(&schema)?));
        }
        write(&format!("{provider}.bin"), &store::pack(entries))?;
    }
    Ok(())
}

fn body(value: &Value) -> Body {
    let attributes =
        members(&value["attrs"]).map(|(name, value)| (Arc::from(name.as_str()), attribute(value)));
    let blocks =
        members(&value["blocks"]).map(|(name, value)| (Arc::from(name.as_str()), block(value)));
    Body {
        attributes: attributes.collect(),
        blocks: blocks.collect(),
    }
}

fn attribute(value: &Value) -> Attribute {
    Attribute {
        ty: text(&value["type"]),
        required: flag(value, "required"),
        computed: flag(value, "computed"),
        read_only: flag(value, "read_only"),
        force_new: flag(value, "force_new"),
        values: texts(&value["enum"]),
        majors: numbers(&value["v"]),
        default: value.get("default").map(scalar),
        defaults: per_major(&value["defaults"], scalar),
        doc_default: value.get("doc_default").map(scalar),
    }
}

fn block(value: &Value) -> NestedBlock {
    NestedBlock {
        nesting: match value["nesting"].as_str() {
            Some("set") => Nesting::Set,
            Some("single") => Nesting::Single,
            _ => Nesting::List,
        },
        min: number(&value["min"]).unwrap_or_default(),
        max: number(&value["max"]),
        maxs: per_major(&value["maxs"], number),
        attribute_syntax: flag(value, "attr_syntax"),
        computed: flag(value, "computed"),
        force_new: flag(value, "force_new"),
        majors: numbers(&value["v"]),
        body: body(value),
    }
}

/// Packs the properties of ARM types.
pub(crate) fn arm_types(rules: &Path) -> Result<(), Box<dyn Error>> {
    let file: Value = serde_json::from_str(&read(&rules.join("facts/arm.json"))?)?;
    let mut entries = Vec::new();
    for (name, value) in members(&file["types"]) {
        let properties = members(&value["paths"]);
        let properties = properties.map(|(path, value)| property(path, value));
        let arm = ArmType::new(name.clone(), text(&value["api"]), properties.collect());
        entries.push((name.clone(), postcard::to_allocvec(&arm)?));
    }
    write("arm.bin", &store::pack(entries))
}

/// Reads the spellings of a property's type: `ro:` before a type or `{"ro": …}` around one is
/// read-only; a list holds the values it takes, `{"array": [..]}` those of its elements.
fn property(path: &str, value: &Value) -> ArmProperty {
    let mut property = ArmProperty {
        path: path.to_owned(),
        ..ArmProperty::default()
    };
    let mut value = value;
    loop {
        if let Some(inner) = value.get("ro") {
            property.read_only = true;
            value = inner;
        } else if let Some(inner) = value.get("array") {
            property.array = true;
            value = inner;
        } else {
            break;
        }
    }
    if let Some(mut name) = value.as_str() {
        if let Some(inner) = name.strip_prefix("ro:") {
            property.read_only = true;
            name = inner;
        }
        if let Some(inner) = name
            .strip_prefix("array(")
            .and_then(|it| it.strip_suffix(')'))
        {
            property.array = true;
            name = inner;
        }
        property.ty = match name {
            "string" => ArmKind::String,
            "int" => ArmKind::Int,
            "bool" => ArmKind::Bool,
            _ => ArmKind::Any,
        };
    } else {
        property.ty = match items(value).next() {
            Some(Value::Bool(_)) => ArmKind::Bool,
            Some(Value::Number(_)) => ArmKind::Int,
            _ => ArmKind::String,
        };
        property.values = texts(value);
    }
    property
}

/// Packs what the aliases of Azure Policy stand for: pairs of a type and a path.
pub(crate) fn aliases(rules: &Path) -> Result<(), Box<dyn Error>> {
    let file: Value = serde_json::from_str(&read(&rules.join("facts/aliases.json"))?)?;
    let mut entries = Vec::new();
    for (alias, value) in members(&file["aliases"]) {
        let words = texts(value);
        let (pairs, rest) = words.as_chunks::<2>();
        if pairs.is_empty() || !rest.is_empty() {
            return Err(format!("rules/facts/aliases.json: {alias}: expected pairs").into());
        }
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|[kind, path]| (kind.clone(), path.clone()))
            .collect();
        entries.push((alias.clone(), postcard::to_allocvec(&pairs)?));
    }
    write("aliases.bin", &store::pack(entries))
}

/// Packs what services assume of absent properties.
pub(crate) fn absences(rules: &Path) -> Result<(), Box<dyn Error>> {
    let path = rules.join("facts/absence.yaml");
    let file: Value = serde_yaml::from_str(&read(&path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut types: BTreeMap<String, Absences> = BTreeMap::new();
    for entry in items(&file["facts"]) {
        let source = text(&entry["source"]);
        let of_type = types.entry(text(&entry["type"])).or_default();
        for (pattern, values) in members(&entry["absent"]) {
            let ranges = values
                .as_array()
                .map_or_else(|| vec![values], |it| it.iter().collect());
            for range in ranges {
                of_type.facts.push(absence(pattern, range, &source));
            }
        }
    }
    let mut entries = Vec::new();
    for (name, absences) in types {
        entries.push((name, postcard::to_allocvec(&absences)?));
    }
    write("absence.bin", &store::pack(entries))
}

/// One fact: a plain value, or `{ from, below, value }`; `{ unknown: true }` where it cannot be said.
fn absence(pattern: &str, fact: &Value, source: &str) -> AbsenceFact {
    let bound = |name: &str| fact.get(name).map(text);
    let (value, ranged) = match fact.get("value") {
        Some(value) => (value, true),
        None => (fact, fact.is_object()),
    };
    AbsenceFact {
        pattern: pattern.to_ascii_lowercase(),
        from: bound("from").filter(|_| ranged),
        below: bound("below").filter(|_| ranged),
        value: (!flag(fact, "unknown")).then(|| scalar(value)),
        source: source.to_owned(),
    }
}
