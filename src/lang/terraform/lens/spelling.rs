use super::parts::{argument, pattern};
use super::schema::{Lens, Row, Target};
use super::table::LENSES;

/// How one Terraform type speaks of an ARM type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The Terraform type.
    pub kind: String,
    /// For each property that was asked for: what stands for it, nothing where the type cannot say it.
    pub said: Vec<Vec<Said>>,
}

/// What stands for a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// An argument, or several that make one value; the provider's majors where not all have it.
    Argument(String, Vec<u32>),
    /// Nothing that can be written: the provider or the service fixes it.
    Fixed,
}

/// The `azurerm` types that write resources of the ARM type `arm`, or a part of one, sorted, and how
/// each spells the properties at `patterns` (lower case, `[*]` for elements).
#[must_use]
pub fn spellings(arm: &str, patterns: &[String]) -> Vec<Spelling> {
    let store = LENSES.store();
    let all = (0..store.len()).filter_map(|index| Some((store.name(index)?, LENSES.at(index)?)));
    let mut found: Vec<Spelling> = Vec::new();
    for (kind, lens) in all {
        let targets = lens
            .targets
            .iter()
            .filter(|it| it.arm.eq_ignore_ascii_case(arm));
        let targets: Vec<&Target> = targets.collect();
        if targets.is_empty() {
            continue;
        }
        let said = patterns.iter().map(|wanted| said(&lens, &targets, wanted));
        found.push(Spelling {
            kind: kind.to_owned(),
            said: said.collect(),
        });
    }
    found.sort_by(|a, b| a.kind.cmp(&b.kind));
    found
}

fn said(lens: &Lens, targets: &[&Target], wanted: &str) -> Vec<Said> {
    let mut out = Vec::new();
    let mut is_fixed = false;
    for target in targets {
        for row in target
            .rows
            .iter()
            .filter(|row| is_about(&pattern(&row.arm), wanted))
        {
            let names: Vec<String> = row.tf.iter().map(|parts| argument(parts)).collect();
            let one = Said::Argument(names.join(" + "), majors(lens, row));
            if !out.contains(&one) {
                out.push(one);
            }
        }
        let mut constants = target.constants.iter();
        is_fixed |= constants.any(|constant| is_about(&pattern(&constant.arm), wanted));
    }
    if out.is_empty() && is_fixed {
        out.push(Said::Fixed);
    }
    out
}

/// Whether a row at `path` says something of `wanted`: the property itself, a part of it, or the whole
/// that it is a part of.
fn is_about(path: &str, wanted: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    inside(path, wanted) || inside(wanted, path)
}

/// The majors that have the row, where not all do.
fn majors(lens: &Lens, row: &Row) -> Vec<u32> {
    if row.majors == lens.majors {
        Vec::new()
    } else {
        row.majors.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_has_its_arguments_by_type() {
        let patterns = [
            "properties.supportshttpstrafficonly",
            "properties.networkacls.defaultaction",
        ];
        let found = spellings(
            "microsoft.storage/storageaccounts",
            &patterns.map(str::to_owned),
        );
        let of = |kind: &str| {
            found
                .iter()
                .find(|it| it.kind == kind)
                .map(|it| it.said.clone())
        };
        let argument = |name: &str| Said::Argument(name.to_owned(), vec![]);
        let account = of("azurerm_storage_account").unwrap();
        assert_eq!(
            account[0],
            [
                argument("https_traffic_only_enabled"),
                Said::Argument("enable_https_traffic_only".to_owned(), vec![3])
            ]
        );
        assert_eq!(account[1], [argument("network_rules.default_action")]);
        let rules = of("azurerm_storage_account_network_rules").unwrap();
        assert_eq!(rules, [vec![], vec![argument("default_action")]]);
        assert_eq!(spellings("No.Such/type", &[]), []);
    }
}
