//! An assignment and an exemption as they are exported.

use super::clause::Clause;
use super::definition::{identity, properties};
use super::fault::{Fault, optional_text, text};
use super::initiative::values;
use super::selector;
use super::within::{Within, within};
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
    /// Scopes that are left out.
    pub(super) not_scopes: Vec<String>,
    /// The resources it is for; all when `None`.
    pub(super) selected: Option<Clause>,
    /// The version of the definition that it asks for.
    pub(super) version: Option<String>,
    /// Versions of the definition that it asks for in some places.
    pub(super) versions: usize,
}

/// An effect that an assignment puts in place of the definition's.
#[derive(Clone, Debug)]
pub(super) struct Override {
    pub(super) effect: Effect,
    /// The members it is for; all when empty.
    pub(super) only: Vec<String>,
    /// The members it is not for.
    pub(super) but: Vec<String>,
    /// The resources it is for; all when `None`.
    pub(super) selected: Option<Clause>,
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
    /// The resources it is for; all when `None`.
    pub(super) selected: Option<Clause>,
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
    let overrides = selector::list(properties, "overrides")?;
    let read: Vec<Option<Override>> = overrides
        .iter()
        .map(|it| effect_override(*it))
        .collect::<Result<_, _>>()?;
    let not_scopes = selector::list(properties, "notScopes")?.into_iter();
    Ok(Assignment {
        definition: text(definition, "`policyDefinitionId`")?,
        at: definition.span(),
        values: values(properties)?,
        enforced: !mode.is_some_and(|mode| mode.eq_ignore_ascii_case("DoNotEnforce")),
        versions: read.iter().filter(|it| it.is_none()).count(),
        overrides: read.into_iter().flatten().collect(),
        not_scopes: not_scopes
            .map(|scope| text(scope, "A scope"))
            .collect::<Result<_, _>>()?,
        selected: selector::resources(properties)?,
        version: optional_text(properties, "definitionVersion")?,
        name,
        id,
    })
}

/// An override of the effect; `None` for one of the version.
fn effect_override(node: Node<'_>) -> Result<Option<Override>, Fault> {
    let kind = optional_text(node, "kind")?.unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "policyeffect" => {}
        "policyversion" | "definitionversion" => return Ok(None),
        _ => {
            let message = "An override is of the kind `policyEffect` or `policyVersion`";
            return Err(Fault::of(node.get("kind").unwrap_or(node), message));
        }
    }
    let value = node
        .get("value")
        .ok_or_else(|| Fault::of(node, "An override needs `value`"))?;
    let word = text(value, "`value`")?;
    let effect =
        Effect::of(&word).ok_or_else(|| Fault::of(value, format!("`{word}` is no effect")))?;
    let (mut only, mut but, mut selected) = (Vec::new(), Vec::new(), Vec::new());
    for selector in selector::list(node, "selectors")? {
        if selector::kind(selector)? == "policydefinitionreferenceid" {
            only.extend(selector::texts(selector, "in")?);
            but.extend(selector::texts(selector, "notIn")?);
        } else {
            selected.push(selector::resource(selector)?);
        }
    }
    Ok(Some(Override {
        effect,
        only,
        but,
        selected: (!selected.is_empty()).then_some(Clause::All(selected)),
    }))
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
        selected: selector::resources(properties)?,
    })
}

impl Assignment<'_> {
    /// The scope it is made for, where its id says one.
    pub(super) fn scope(&self) -> Option<&str> {
        let lower = self.id.to_ascii_lowercase();
        let end = lower.find("/providers/microsoft.authorization/policyassignments")?;
        self.id.get(..end)
    }
}

impl Exempt {
    /// Returns `true` if it is one from `assignment`.
    pub(super) fn is_from(&self, assignment: &Assignment<'_>) -> bool {
        self.assignment.eq_ignore_ascii_case(&assignment.id)
    }

    /// Returns `true` if it is for the member `reference`.
    pub(super) fn is_for(&self, reference: &str) -> bool {
        let mut only = self.only.iter();
        self.only.is_empty() || only.any(|it| it.eq_ignore_ascii_case(reference))
    }

    /// Returns `true` if it has ended before `today`.
    pub(super) fn is_over(&self, today: &str) -> bool {
        let expires = self.exemption.expires.as_deref();
        expires.is_some_and(|date| date.get(..10).unwrap_or(date) < today)
    }

    /// Whether it holds where is deployed: in `place` where that is said, else all over the scope of
    /// the assignment.
    pub(super) fn holds(&self, assignment: &Assignment<'_>, place: Option<&str>) -> Within {
        within(place.or(assignment.scope()).unwrap_or(""), &self.scope)
    }
}
