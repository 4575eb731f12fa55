//! A policy definition as it is written.

use super::fault::{Fault, optional_text, text};
use crate::syntax::json::Node;

/// A definition.
#[derive(Clone, Debug)]
pub(super) struct Definition<'t> {
    /// Its name: a GUID for built-in ones.
    pub(super) name: String,
    /// Its whole id.
    pub(super) id: String,
    pub(super) version: Option<String>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) mode: Mode,
    pub(super) parameters: Vec<Parameter<'t>>,
    pub(super) condition: Node<'t>,
    pub(super) then: Node<'t>,
    pub(super) effect: Node<'t>,
    pub(super) details: Option<Node<'t>>,
}

/// Which resources a definition is assessed on.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Those with tags and a location.
    Indexed,
    /// All.
    All,
    /// What a resource provider holds, which no template declares.
    Data(String),
}

/// A declared parameter.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'t> {
    pub(super) name: String,
    /// `Array`, `Object`, or a scalar; lower case.
    pub(super) ty: String,
    pub(super) default: Option<Node<'t>>,
    pub(super) allowed: Option<Node<'t>>,
}

/// Returns `true` if the document is a definition.
pub(super) fn is_definition(root: Node<'_>) -> bool {
    properties(root).get("policyRule").is_some()
}

/// What a document says: under `properties`, or beside its name where a tool has flattened it.
pub(super) fn properties(root: Node<'_>) -> Node<'_> {
    root.get("properties")
        .filter(|it| it.is_object())
        .unwrap_or(root)
}

/// Reads a definition; `file` names it where it does not name itself.
pub(super) fn definition<'t>(root: Node<'t>, file: &str) -> Result<Definition<'t>, Fault> {
    let properties = properties(root);
    let needed = |node: Node<'t>, key: &str, of: &str| {
        node.get(key)
            .ok_or_else(|| Fault::of(node, format!("{of} needs `{key}`")))
    };
    let rule = needed(properties, "policyRule", "A definition")?;
    let then = needed(rule, "then", "A policy rule")?;
    let effect = needed(then, "effect", "`then`")?;
    let metadata = properties.get("metadata");
    let of_metadata = |key| metadata.map_or(Ok(None), |it| optional_text(it, key));
    let (name, id) = identity(root, file)?;
    Ok(Definition {
        title: optional_text(properties, "displayName")?.unwrap_or_else(|| name.clone()),
        description: optional_text(properties, "description")?.unwrap_or_default(),
        version: version(root),
        category: of_metadata("category")?.unwrap_or_default(),
        mode: mode(properties)?,
        parameters: parameters(properties)?,
        condition: needed(rule, "if", "A policy rule")?,
        then,
        effect,
        details: then.get("details").filter(|it| it.text() != "null"),
        name,
        id,
    })
}

/// The version of a definition or an initiative, where it says one.
pub(super) fn version(root: Node<'_>) -> Option<String> {
    let properties = properties(root);
    let places = [Some(properties), properties.get("metadata")];
    let mut versions = places
        .into_iter()
        .flatten()
        .filter_map(|it| it.get("version")?.as_str());
    versions.next().map(std::borrow::Cow::into_owned)
}

/// The name and the whole id of a document.
pub(super) fn identity(root: Node<'_>, file: &str) -> Result<(String, String), Fault> {
    let id = optional_text(root, "id")?;
    let name = match optional_text(root, "name")? {
        Some(name) => name,
        None => id
            .as_deref()
            .and_then(|id| id.rsplit('/').next())
            .unwrap_or(file)
            .to_owned(),
    };
    let id = id.unwrap_or_else(|| name.clone());
    Ok((name, id))
}

fn mode(properties: Node<'_>) -> Result<Mode, Fault> {
    let Some(node) = properties.get("mode").filter(|it| it.text() != "null") else {
        return Ok(Mode::Indexed);
    };
    let word = text(node, "`mode`")?;
    Ok(match word.to_ascii_lowercase().as_str() {
        "indexed" | "notspecified" => Mode::Indexed,
        "all" => Mode::All,
        lower if lower.contains('.') => Mode::Data(word),
        _ => {
            let message =
                format!("`{word}` is no mode: it is `All`, `Indexed` or that of a provider");
            return Err(Fault::of(node, message));
        }
    })
}

/// The declared parameters of a definition or an initiative.
pub(super) fn parameters(properties: Node<'_>) -> Result<Vec<Parameter<'_>>, Fault> {
    let Some(node) = properties
        .get("parameters")
        .filter(|it| it.text() != "null")
    else {
        return Ok(Vec::new());
    };
    if !node.is_object() {
        return Err(Fault::of(node, "`parameters` is an object"));
    }
    let parameters = node.members().map(|member| {
        if !member.value.is_object() {
            return Err(Fault::of(
                member.value,
                "A parameter is an object with a `type`",
            ));
        }
        let ty = optional_text(member.value, "type")?.unwrap_or_else(|| "string".to_owned());
        Ok(Parameter {
            name: member.key.into_owned(),
            ty: ty.to_ascii_lowercase(),
            default: member.value.get("defaultValue"),
            allowed: member.value.get("allowedValues").filter(|it| it.is_array()),
        })
    });
    parameters.collect()
}
