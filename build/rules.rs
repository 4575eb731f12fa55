//! Packs the rule files (an index of what is needed to find a rule, and each rule on its own) and the
//! shapes.

use std::error::Error;
use std::path::Path;

use crate::rule_schema::{Packed, Row, RuleFile};
use crate::shape::Shapes;

/// Packs every rule under `rules/azure`, `rules/aws` and `rules/gcp`.
pub(crate) fn rules(rules: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for cloud in ["azure", "aws", "gcp"] {
        collect(&rules.join(cloud), &mut files)?;
    }
    let mut read: Vec<(Row, RuleFile)> = Vec::new();
    for file in &files {
        let path = file
            .strip_prefix(rules)?
            .to_string_lossy()
            .replace('\\', "/");
        let text = crate::read(file)?;
        let rule: RuleFile =
            serde_yaml::from_str(&text).map_err(|error| format!("rules/{path}: {error}"))?;
        read.push((Row::of(&path, &rule), rule));
    }
    read.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let mut packed = Packed {
        index: Vec::new(),
        rules: Vec::new(),
    };
    for (mut row, rule) in read {
        let bytes = postcard::to_allocvec(&rule)?;
        row.start = u32::try_from(packed.rules.len())?;
        row.len = u32::try_from(bytes.len())?;
        packed.rules.extend(bytes);
        packed.index.push(row);
    }
    crate::write("rules.bin", &postcard::to_allocvec(&packed)?)
}

/// Packs the files of `rules/shapes` into one.
pub(crate) fn shapes(rules: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    collect(&rules.join("shapes"), &mut files)?;
    files.sort();
    let mut all = Shapes::default();
    for file in files {
        let shapes: Shapes = serde_yaml::from_str(&crate::read(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        all.children.extend(shapes.children);
        all.companions.extend(shapes.companions);
        all.private_endpoint_groups
            .extend(shapes.private_endpoint_groups);
    }
    crate::write("shapes.bin", &postcard::to_allocvec(&all)?)
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<(), Box<dyn Error>> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
