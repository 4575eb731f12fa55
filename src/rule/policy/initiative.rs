//! An initiative as it is written: its members, and the groups they stand in.

use super::definition::{Parameter, identity, parameters, properties};
use super::fault::{Fault, optional_text, text};
use crate::source::Span;
use crate::syntax::json::Node;

/// An initiative.
#[derive(Clone, Debug)]
pub(super) struct Initiative<'t> {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) parameters: Vec<Parameter<'t>>,
    pub(super) members: Vec<Member<'t>>,
}

/// One member of an initiative.
#[derive(Clone, Debug)]
pub(super) struct Member<'t> {
    /// The id of the definition.
    pub(super) definition: String,
    pub(super) at: Span,
    /// What the initiative calls it.
    pub(super) reference: String,
    /// The values of its parameters, each by name.
    pub(super) values: Vec<(String, Node<'t>)>,
    /// The groups (controls) it stands in.
    pub(super) groups: Vec<String>,
    /// The version of the definition that is asked for.
    pub(super) version: Option<String>,
}

/// Returns `true` if the document is an initiative.
pub(super) fn is_initiative(root: Node<'_>) -> bool {
    let properties = properties(root);
    properties
        .get("policyDefinitions")
        .is_some_and(Node::is_array)
}

/// Reads an initiative.
pub(super) fn initiative<'t>(root: Node<'t>, file: &str) -> Result<Initiative<'t>, Fault> {
    let properties = properties(root);
    let (name, _) = identity(root, file)?;
    let members = properties.get("policyDefinitions");
    let members = members.into_iter().flat_map(Node::items).map(member);
    Ok(Initiative {
        title: optional_text(properties, "displayName")?.unwrap_or_else(|| name.clone()),
        parameters: parameters(properties)?,
        members: members.collect::<Result<_, _>>()?,
        name,
    })
}

fn member(node: Node<'_>) -> Result<Member<'_>, Fault> {
    let message = "A member of an initiative needs `policyDefinitionId`";
    let id = node
        .get("policyDefinitionId")
        .ok_or_else(|| Fault::of(node, message))?;
    let definition = text(id, "`policyDefinitionId`")?;
    let reference = optional_text(node, "policyDefinitionReferenceId")?;
    let groups = node.get("groupNames").into_iter().flat_map(Node::items);
    Ok(Member {
        reference: reference.unwrap_or_else(|| last(&definition).to_owned()),
        at: id.span(),
        values: values(node)?,
        version: optional_text(node, "definitionVersion")?,
        groups: groups
            .map(|group| text(group, "A group name"))
            .collect::<Result<_, _>>()?,
        definition,
    })
}

/// `parameters: { name: { value } }`
pub(super) fn values(node: Node<'_>) -> Result<Vec<(String, Node<'_>)>, Fault> {
    let Some(parameters) = node.get("parameters").filter(|it| it.text() != "null") else {
        return Ok(Vec::new());
    };
    let values = parameters.members().map(|member| {
        let message = "A parameter is given as `{ \"value\": … }`";
        let value = member.value.get("value");
        let value = value.ok_or_else(|| Fault::of(member.value, message))?;
        Ok((member.key.into_owned(), value))
    });
    values.collect()
}

/// The last part of an id.
pub(super) fn last(id: &str) -> &str {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or(id)
}
