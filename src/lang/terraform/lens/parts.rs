//! How the paths of a lens are spelled: as coverage does, and as Terraform does.

use super::schema::{Part, Row, Via};

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
