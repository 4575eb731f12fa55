//! `rules/lenses/azurerm`: one file a type, read into the form that the lens follows.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use serde_json::Value;

use super::json::{flag, items, members, numbers, per_major, scalar, text};
use super::when;
use crate::lens::{Constant, Lens, Mirror, Parent, Part, Row, Target, Via};
use crate::{read, store, write};

/// Packs the lenses, and the Terraform types by the ARM type that they write.
pub(crate) fn lenses(rules: &Path) -> Result<(), Box<dyn Error>> {
    let mut files: Vec<_> = std::fs::read_dir(rules.join("lenses/azurerm"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut entries = Vec::new();
    let mut writers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files {
        let error = |message: String| format!("{}: {message}", path.display());
        let value: Value =
            serde_yaml::from_str(&read(&path)?).map_err(|it| error(it.to_string()))?;
        let lens = lens(&value).map_err(error)?;
        let name = path.file_stem().and_then(|it| it.to_str());
        let name = name.ok_or("a lens file needs a name")?.to_owned();
        if let Some(target) = lens.targets.first().filter(|_| !lens.merge) {
            let writers = writers.entry(target.arm.to_ascii_lowercase()).or_default();
            writers.push(name.clone());
        }
        entries.push((name, postcard::to_allocvec(&lens)?));
    }
    write("lens.bin", &store::pack(entries))?;
    let mut entries = Vec::new();
    for (arm, types) in writers {
        entries.push((arm, postcard::to_allocvec(&types)?));
    }
    write("lens-writers.bin", &store::pack(entries))
}

fn lens(value: &Value) -> Result<Lens, String> {
    known(
        value,
        &[
            "arm",
            "api",
            "majors",
            "name_arg",
            "name",
            "parent",
            "merge",
            "data_plane",
            "verified",
            "const",
            "implied",
            "rows",
            "more",
            "mirrors",
            "no_arm",
        ],
    )?;
    let mut targets = vec![target(value)?];
    targets[0].majors.clear();
    for more in items(&value["more"]) {
        known(
            more,
            &[
                "arm", "api", "majors", "name_arg", "name", "each", "const", "rows",
            ],
        )?;
        targets.push(target(more)?);
    }
    let mirrors = items(&value["mirrors"]).map(|mirror| Mirror {
        arm: text(&mirror["arm"]),
        name: mirror.get("name").map(text),
        from: text(&mirror["from"]),
        to: text(&mirror["to"]),
    });
    Ok(Lens {
        majors: numbers(&value["majors"]),
        merge: flag(value, "merge"),
        mirrors: mirrors.collect(),
        targets,
    })
}

/// Refuses keys that nobody reads.
fn known(value: &Value, keys: &[&str]) -> Result<(), String> {
    match members(value).find(|(key, _)| !keys.contains(&key.as_str())) {
        Some((key, _)) => Err(format!("unknown key `{key}`")),
        None => Ok(()),
    }
}

fn target(value: &Value) -> Result<Target, String> {
    let api = match &value["api"] {
        Value::String(version) => vec![(0, version.clone())],
        versions => per_major(versions, text),
    };
    let parents = items(&value["parent"])
        .map(text)
        .map(|it| match it.strip_suffix("|id") {
            Some(argument) => Parent {
                argument: argument.to_owned(),
                is_id: true,
            },
            None => Parent {
                argument: it,
                is_id: false,
            },
        });
    let mut constants = Vec::new();
    for (key, implied) in [("const", false), ("implied", true)] {
        for (path, value) in members(&value[key]) {
            let (arm, value) = (parts(path)?, scalar(value));
            constants.push(Constant {
                arm,
                value,
                implied,
            });
        }
    }
    Ok(Target {
        arm: value["arm"].as_str().ok_or("`arm` is missing")?.to_owned(),
        api,
        majors: numbers(&value["majors"]),
        name_arg: value
            .get("name_arg")
            .map(|it| parts(&text(it)))
            .transpose()?,
        name: value.get("name").map(text),
        parents: parents.collect(),
        each: value
            .get("each")
            .map(|it| text(it).trim_end_matches("[*]").to_owned()),
        constants,
        rows: items(&value["rows"]).map(row).collect::<Result<_, _>>()?,
    })
}

fn row(value: &Value) -> Result<Row, String> {
    known(
        value,
        &[
            "tf", "arm", "not", "map", "via", "omit", "when", "absent", "absents", "no_block", "v",
            "verified",
        ],
    )?;
    let tf = match &value["tf"] {
        Value::String(path) => vec![parts(path)?],
        paths => items(paths)
            .map(|path| parts(&text(path)))
            .collect::<Result<_, _>>()?,
    };
    let row = Row {
        tf,
        arm: parts(&text(&value["arm"]))?,
        not: flag(value, "not"),
        map: members(&value["map"])
            .map(|(from, to)| (from.clone(), scalar(to)))
            .collect(),
        via: value.get("via").map(|it| via(&text(it))),
        omit: items(&value["omit"]).map(scalar).collect(),
        when: value
            .get("when")
            .map(|it| when::parse(&text(it)))
            .transpose()?,
        absent: value.get("absent").map(scalar),
        absents: per_major(&value["absents"], scalar),
        no_block: value.get("no_block").map(scalar),
        majors: numbers(&value["v"]),
    };
    let stars = |path: &[Part]| path.iter().filter(|part| takes_index(part)).count();
    let most = row.tf.iter().map(|path| stars(path)).max();
    match most {
        None => Err("`tf` is missing".to_owned()),
        Some(most) if stars(&row.arm) > most => Err(format!(
            "`{}` has more `[*]` than its arguments",
            text(&value["arm"])
        )),
        Some(_) => Ok(row),
    }
}

fn takes_index(part: &Part) -> bool {
    matches!(part, Part::Each | Part::Key | Part::EachWhere(..))
}

fn via(text: &str) -> Via {
    let (word, rest) = text.split_once(':').unwrap_or((text, ""));
    let rest = rest.to_owned();
    match word {
        "keys" => Via::Keys,
        "id" if rest.is_empty() => Via::Id,
        "id" => Via::IdPart(rest),
        "join" => Via::Join(rest),
        "fmt" => Via::Format(rest),
        "to_string" => Via::ToText,
        "to_int" => Via::ToInt,
        "to_bool" => Via::ToBool,
        "json" => Via::Json,
        "base64" => Via::Base64,
        "base64_decode" => Via::Base64Decode,
        "quote" => Via::Quote,
        "url" if rest == "host" => Via::UrlHost,
        "url" if rest == "path" => Via::UrlPath,
        "map_keys" => Via::MapKeys,
        "pairs" => Via::Pairs(rest),
        "before" => Via::Before(rest),
        _ => Via::Opaque(text.to_owned()),
    }
}

/// Reads a path of a row: names separated by dots, each followed by any of `[*]`, `[0]`, `[+]`,
/// `['key']`, `[name='x']`, `[*:name='x']`; `{*}` is a name of its own.
pub(crate) fn parts(path: &str) -> Result<Vec<Part>, String> {
    let error = || format!("cannot read the path `{path}`");
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = if inner.contains('\'') && !inner.starts_with(['*', '+', '0'])
                || inner.starts_with("*:")
            {
                inner.find("']").map(|at| at + 1)
            } else {
                inner.find(']')
            };
            let end = end.ok_or_else(error)?;
            parts.push(bracket(&inner[..end]).ok_or_else(error)?);
            rest = &inner[end + 1..];
            continue;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        match &rest[..end] {
            "" => return Err(error()),
            "{*}" => parts.push(Part::Key),
            name => parts.push(Part::Name(name.into())),
        }
        rest = &rest[end..];
    }
    Ok(parts)
}

fn bracket(inner: &str) -> Option<Part> {
    let pair = |text: &str| {
        let (key, value) = text.split_once('=')?;
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        Some((key.to_owned(), value.to_owned()))
    };
    if let Some(rest) = inner.strip_prefix("*:") {
        let (key, value) = pair(rest)?;
        return Some(Part::EachWhere(key, value));
    }
    match inner {
        "*" => Some(Part::Each),
        "+" => Some(Part::Append),
        _ if inner.starts_with('\'') => Some(Part::Name(
            inner.strip_prefix('\'')?.strip_suffix('\'')?.into(),
        )),
        _ => match inner.parse() {
            Ok(index) => Some(Part::At(index)),
            Err(_) => pair(inner).map(|(key, value)| Part::Where(key, value)),
        },
    }
}
