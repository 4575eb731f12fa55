//! Which resources an assignment, an override or an exemption is for. What a template declares
//! decides of types and locations; who deploys is not known before it happens.

use std::sync::Arc;

use super::alias;
use super::clause::{Clause, Left};
use super::fault::{Fault, optional_text, text};
use crate::rule::{Literal, Test};
use crate::syntax::json::Node;

/// `resourceSelectors`: what one of them is for; `None` where there are none, and all is meant.
pub(super) fn resources(properties: Node<'_>) -> Result<Option<Clause>, Fault> {
    let selectors = list(properties, "resourceSelectors")?;
    let selected = selectors.into_iter().map(|selector| {
        let parts = list(selector, "selectors")?;
        let parts = parts.into_iter().map(resource);
        Ok(Clause::All(parts.collect::<Result<_, Fault>>()?))
    });
    let selected: Vec<Clause> = selected.collect::<Result<_, Fault>>()?;
    Ok((!selected.is_empty()).then_some(Clause::Any(selected)))
}

/// The items of an array that may be left out.
pub(super) fn list<'t>(node: Node<'t>, key: &str) -> Result<Vec<Node<'t>>, Fault> {
    match node.get(key).filter(|it| it.text() != "null") {
        None => Ok(Vec::new()),
        Some(list) if list.is_array() => Ok(list.items().collect()),
        Some(other) => Err(Fault::of(other, format!("`{key}` is an array"))),
    }
}

/// What a selector asks about, lower case.
pub(super) fn kind(selector: Node<'_>) -> Result<String, Fault> {
    let kind = optional_text(selector, "kind")?;
    let kind = kind.ok_or_else(|| Fault::of(selector, "A selector needs `kind`"))?;
    Ok(kind.to_ascii_lowercase())
}

/// The texts of `in` or of `notIn`.
pub(super) fn texts(selector: Node<'_>, key: &str) -> Result<Vec<String>, Fault> {
    let items = list(selector, key)?.into_iter();
    items.map(|it| text(it, "What is selected")).collect()
}

/// A selector of resources.
pub(super) fn resource(selector: Node<'_>) -> Result<Clause, Fault> {
    let field = |name: &str| {
        let field = alias::field(name).map_err(|message| Fault::of(selector, message))?;
        Ok(Left::Field(field))
    };
    let named = |name: &str| Left::Unnamed(Arc::from(name));
    match kind(selector)?.as_str() {
        "resourcelocation" => one_of(selector, field("location")?),
        "resourcetype" => one_of(selector, field("type")?),
        // A resource of a group may lack a location too.
        "resourcewithoutlocation" => Ok(Clause::All(vec![
            Clause::Is(field("location")?, Test::Exists(false)),
            one_of(selector, named("resourceWithoutLocation"))?,
        ])),
        "userprincipalid" => one_of(selector, named("userPrincipalId")),
        "groupprincipalid" => one_of(selector, named("groupPrincipalId")),
        _ => {
            let message = "A selector of resources is of the kind `resourceLocation`, `resourceType`, `resourceWithoutLocation`, `userPrincipalId` or `groupPrincipalId`";
            Err(Fault::of(selector.get("kind").unwrap_or(selector), message))
        }
    }
}

fn one_of(selector: Node<'_>, left: Left) -> Result<Clause, Fault> {
    let literals = |key| -> Result<Vec<Literal>, Fault> {
        let texts = texts(selector, key)?.into_iter();
        Ok(texts.map(|it| Literal::String(Arc::from(it))).collect())
    };
    match (selector.get("in"), selector.get("notIn")) {
        (Some(_), None) => Ok(Clause::Is(left, Test::In(literals("in")?))),
        (None, Some(_)) => Ok(Clause::Is(left, Test::NotIn(literals("notIn")?))),
        _ => Err(Fault::of(selector, "A selector has either `in` or `notIn`")),
    }
}
