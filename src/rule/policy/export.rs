//! An assignment and an exemption as they are exported.

use super::definition::{identity, properties};
use super::fault::{Fault, optional_text, text};
use super::initiative::values;
use crate::rule::{Effect, Exemption};
use crate::source::Span;
use crate::syntax::json::Node;

/// An assignment of a definition or an initiative.
#[derive(Clone, Debug)]
pub(super) struct Assignment<'t> {
    pub(super) name: String,
    pub(super) id: String,
    /// The id of what is assigned.
    pub(super) definition: String,
    pub(super) at: Span,
    pub(super) values: Vec<(String, Node<'t>)>,
    /// `false` for `DoNotEnforce`.
    pub(super) enforced: bool,
    pub(super) overrides: Vec<Override>,
    /// Scopes that are left out; whether a template is deployed there is not known here.
    pub(super) not_scopes: Vec<String>,
}

/// An effect that an assignment puts in place of the definition's.
#[derive(Clone, Debug)]
pub(super) struct Override {
    pub(super) effect: Effect,
    /// The members it is for; all when empty.
    pub(super) only: Vec<String>,
    /// The members it is not for.
    pub(super) but: Vec<String>,
}

/// An exemption from an assignment.
#[derive(Clone, Debug)]
pub(super) struct Exempt {
    /// The id of the assignment.
    pub(super) assignment: String,
    /// The members it is for; all when empty.
    pub(super) only: Vec<String>,
    pub(super) exemption: Exemption,
    /// The scope it holds for, where its id says one.
    pub(super) scope: String,
}

/// Returns `true` if the document is an exemption.
pub(super) fn is_exemption(root: Node<'_>) -> bool {
    let properties = properties(root);
    properties.get("policyAssignmentId").is_some() && properties.get("exemptionCategory").is_some()
}

/// Returns `true` if the document is an assignment.
pub(super) fn is_assignment(root: Node<'_>) -> bool {
    let properties = properties(root);
    properties.get("policyDefinitionId").is_some() && properties.get("policyRule").is_none()
}

/// Reads an assignment.
pub(super) fn assignment<'t>(root: Node<'t>, file: &str) -> Result<Assignment<'t>, Fault> {
    let properties = properties(root);
    let (name, id) = identity(root, file)?;
    let message = "An assignment needs `policyDefinitionId`";
    let definition = properties
        .get("policyDefinitionId")
        .ok_or_else(|| Fault::of(properties, message))?;
    let mode = optional_text(properties, "enforcementMode")?;
    let overrides = properties
        .get("overrides")
        .into_iter()
        .flat_map(Node::items);
    let overrides = overrides
        .map(effect_override)
        .collect::<Result<Vec<_>, _>>()?;
    let not_scopes = properties
        .get("notScopes")
        .into_iter()
        .flat_map(Node::items);
    Ok(Assignment {
        definition: text(definition, "`policyDefinitionId`")?,
        at: definition.span(),
        values: values(properties)?,
        enforced: !mode.is_some_and(|mode| mode.eq_ignore_ascii_case("DoNotEnforce")),
        overrides: overrides.into_iter().flatten().collect(),
        not_scopes: not_scopes
            .map(|scope| text(scope, "A scope"))
            .collect::<Result<_, _>>()?,
        name,
        id,
    })
}

fn effect_override(node: Node<'_>) -> Result<Option<Override>, Fault> {
    let kind = optional_text(node, "kind")?.unwrap_or_default();
    if !kind.eq_ignore_ascii_case("policyEffect") {
        return Ok(None);
    }
    let value = node
        .get("value")
        .ok_or_else(|| Fault::of(node, "An override needs `value`"))?;
    let word = text(value, "`value`")?;
    let effect =
        Effect::of(&word).ok_or_else(|| Fault::of(value, format!("`{word}` is no effect")))?;
    let (mut only, mut but) = (Vec::new(), Vec::new());
    for selector in node.get("selectors").into_iter().flat_map(Node::items) {
        let kind = optional_text(selector, "kind")?.unwrap_or_default();
        if !kind.eq_ignore_ascii_case("policyDefinitionReferenceId") {
            continue;
        }
        for (key, list) in [("in", &mut only), ("notIn", &mut but)] {
            for item in selector.get(key).into_iter().flat_map(Node::items) {
                list.push(text(item, "A reference id")?);
            }
        }
    }
    Ok(Some(Override { effect, only, but }))
}

impl Override {
    /// Returns `true` if it is for the member `reference`.
    pub(super) fn is_for(&self, reference: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|it| it.eq_ignore_ascii_case(reference));
        (self.only.is_empty() || has(&self.only)) && !has(&self.but)
    }
}

/// Reads an exemption.
pub(super) fn exemption(root: Node<'_>, file: &str) -> Result<Exempt, Fault> {
    let properties = properties(root);
    let (name, id) = identity(root, file)?;
    let lower = id.to_ascii_lowercase();
    let end = lower.find("/providers/microsoft.authorization/policyexemptions");
    let only = properties
        .get("policyDefinitionReferenceIds")
        .into_iter()
        .flat_map(Node::items);
    Ok(Exempt {
        assignment: optional_text(properties, "policyAssignmentId")?.unwrap_or_default(),
        only: only
            .map(|it| text(it, "A reference id"))
            .collect::<Result<_, _>>()?,
        exemption: Exemption {
            category: optional_text(properties, "exemptionCategory")?.unwrap_or_default(),
            expires: optional_text(properties, "expiresOn")?,
            name: optional_text(properties, "displayName")?.unwrap_or(name),
        },
        scope: end
            .and_then(|end| id.get(..end))
            .unwrap_or_default()
            .to_owned(),
    })
}

impl Exempt {
    /// Returns `true` if it covers the member `reference` of all that `assignment` covers. An
    /// exemption of a part of its scope does not: where a template is deployed is not known.
    pub(super) fn covers(&self, assignment: &str, reference: &str, today: &str) -> bool {
        let lower = assignment.to_ascii_lowercase();
        let scope = lower.find("/providers/microsoft.authorization/policyassignments");
        let scope = scope.and_then(|end| lower.get(..end)).unwrap_or_default();
        let is_over = self.exemption.expires.as_deref();
        let is_over = is_over.is_some_and(|date| date.get(..10).unwrap_or(date) < today);
        self.assignment.eq_ignore_ascii_case(assignment)
            && (self.only.is_empty()
                || self
                    .only
                    .iter()
                    .any(|it| it.eq_ignore_ascii_case(reference)))
            && self.scope.to_ascii_lowercase() == scope
            && !is_over
    }
}
