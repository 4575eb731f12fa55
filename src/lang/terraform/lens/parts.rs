//! How the paths of a lens are spelled: as coverage does, and as Terraform does.

use super::schema::{Part, Row, Via};
use crate::model::{Path, Step};

/// The patterns that a row speaks of.
pub(super) fn patterns(row: &Row) -> Vec<String> {
    let whole = pattern(&row.arm);
    match &row.via {
        Some(Via::Pairs(member)) => ["name", member]
            .map(|member| format!("{whole}[*].{}", member.to_ascii_lowercase()))
            .to_vec(),
        _ => vec![whole],
    }
}

/// The path of a row as coverage spells it: lower case, every list step `[*]`.
pub(super) fn pattern(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Name(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(&name.to_ascii_lowercase());
            }
            Part::Each
            | Part::At(_)
            | Part::Append
            | Part::Key
            | Part::Where(..)
            | Part::EachWhere(..) => out.push_str("[*]"),
        }
    }
    out
}

/// The path of an argument as Terraform spells it, without list steps.
pub(super) fn argument(parts: &[Part]) -> String {
    names(parts).join(".")
}

/// The names on a path.
pub(super) fn names(parts: &[Part]) -> Vec<&str> {
    let names = parts.iter().filter_map(|part| match part {
        Part::Name(name) => Some(&**name),
        _ => None,
    });
    names.collect()
}

/// The part of a path before its `star`th `[*]`, counted from 0.
pub(super) fn star_prefix(path: &[Part], star: usize) -> Option<&[Part]> {
    let at = path
        .iter()
        .enumerate()
        .filter(|(_, part)| part.is_star())
        .nth(star)?
        .0;
    path.get(..at)
}

/// The names on a path of arguments.
pub(super) fn path_names(path: &Path) -> Vec<&str> {
    let names = path.0.iter().filter_map(|step| match step {
        Step::Name(name) => Some(&**name),
        Step::Index(_) | Step::Each | Step::Where { .. } => None,
    });
    names.collect()
}
