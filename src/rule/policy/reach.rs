//! How far an assignment reaches: which of its resources have which effect, which are exempt, and what
//! cannot be said of that as long as nobody says where is deployed.

use super::clause::Clause;
use super::export::{Assignment, Exempt};
use super::within::{Within, within};
use crate::rule::{Effect, Exemption};

/// A part of the resources that a definition is assigned to, and what holds for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// All of these hold of its resources.
    pub(super) selected: Vec<Clause>,
    /// The effect in place of the definition's.
    pub(super) effect: Option<Effect>,
    pub(super) exemption: Option<Exemption>,
}

/// What cannot be followed of an assignment that is in force where is deployed, a sentence each.
///
/// # Errors
/// Why it is not in force there.
pub(super) fn in_force(
    assignment: &Assignment<'_>,
    place: Option<&str>,
) -> Result<Vec<String>, String> {
    let name = &assignment.name;
    let own = assignment.scope().unwrap_or_default();
    if let Some(place) = place
        && within(place, own) == Within::No
    {
        return Err(format!(
            "The assignment `{name}` is made for `{own}` and not for `{place}`."
        ));
    }
    let mut open: Vec<String> = Vec::new();
    for scope in &assignment.not_scopes {
        match place.map_or(Within::Unknown, |place| within(place, scope)) {
            Within::Yes => return Err(format!("The assignment `{name}` leaves out `{scope}`.")),
            Within::No => {}
            Within::Unknown => open.push(format!("`{scope}`")),
        }
    }
    let mut remarks = Vec::new();
    if !open.is_empty() {
        remarks.push(format!(
            "The assignment `{name}` leaves out {}; whether that is where is deployed is not known, and all is judged as if it were not.",
            open.join(", ")
        ));
    }
    if assignment.versions > 0 {
        remarks.push(format!(
            "The assignment `{name}` asks for another version in some places; the one that is given is judged in all of them."
        ));
    }
    Ok(remarks)
}

/// What an exemption says that is not decided by where `assignment` is made.
pub(super) fn doubt(
    exempt: &Exempt,
    assignment: &Assignment<'_>,
    place: Option<&str>,
) -> Option<String> {
    let is_open = exempt.holds(assignment, place) == Within::Unknown;
    is_open.then(|| {
        format!(
            "The exemption `{}` is for `{}`; whether that is where is deployed is not known, and nothing is judged as exempt by it.",
            exempt.exemption.name, exempt.scope
        )
    })
}

/// Returns `true` if `version` is one that `wanted` (`1.*.*`) means.
pub(super) fn is_version(version: &str, wanted: &str) -> bool {
    let number = version.split('-').next().unwrap_or(version);
    let wanted = wanted.split('-').next().unwrap_or(wanted);
    let mut parts = wanted.split('.').zip(number.split('.'));
    parts.all(|(wanted, own)| wanted == "*" || wanted == own)
}

/// The parts of what `assignment` has the member `reference` for. Overrides are asked in their order,
/// and the first that is for a resource counts; exemptions divide what is left once more.
pub(super) fn parts(assignment: &Assignment<'_>, reference: &str, exempt: &[&Exempt]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest: Vec<Clause> = assignment.selected.iter().cloned().collect();
    let mut is_left = true;
    for it in &assignment.overrides {
        if !is_left || !it.is_for(reference) {
            continue;
        }
        let (inside, outside) = divided(&rest, it.selected.as_ref());
        parts.push(Part {
            selected: inside,
            effect: Some(it.effect),
            exemption: None,
        });
        is_left = outside.is_some();
        rest = outside.unwrap_or_default();
    }
    if is_left {
        parts.push(Part {
            selected: rest,
            ..Part::default()
        });
    }
    for exempt in exempt {
        parts = parts
            .into_iter()
            .flat_map(|it| exempted(it, exempt))
            .collect();
    }
    parts
}

/// What is exempt of a part, and what is not.
fn exempted(part: Part, exempt: &Exempt) -> Vec<Part> {
    if part.exemption.is_some() {
        return vec![part];
    }
    let (inside, outside) = divided(&part.selected, exempt.selected.as_ref());
    let outside = outside.map(|selected| Part {
        selected,
        ..part.clone()
    });
    let inside = Part {
        selected: inside,
        exemption: Some(exempt.exemption.clone()),
        ..part
    };
    [Some(inside), outside].into_iter().flatten().collect()
}

/// What `by` takes of `whole`, and what it leaves; all and nothing where it is `None`.
fn divided(whole: &[Clause], by: Option<&Clause>) -> (Vec<Clause>, Option<Vec<Clause>>) {
    let with = |clause: Clause| whole.iter().cloned().chain([clause]).collect();
    match by {
        None => (whole.to_vec(), None),
        Some(by) => (
            with(by.clone()),
            Some(with(Clause::Not(Box::new(by.clone())))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_may_be_left_open() {
        let rows = [
            ("1.2.0", "1.*.*", true),
            ("2.0.0", "1.*.*", false),
            ("1.2.0-preview", "1.2.*", true),
            ("1.3.0", "1.2.*-preview", false),
        ];
        for (version, wanted, expected) in rows {
            assert_eq!(is_version(version, wanted), expected, "{version} {wanted}");
        }
    }
}
