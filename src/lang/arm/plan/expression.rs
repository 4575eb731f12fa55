//! Expressions of the template language, as they stand in a text.

use crate::model::{Data, PointsTo};
use crate::syntax::json::Node;

/// The text of a node that Resource Manager takes for an expression.
pub(super) fn expression(node: Node<'_>) -> Option<String> {
    let text = node.as_str()?;
    let is_one = text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']');
    is_one.then(|| text.into_owned())
}

/// The expression that gives the id of another resource; `None` when it cannot be spelled.
pub(super) fn reference(points_to: &PointsTo) -> Option<String> {
    let identity = points_to.identity.as_ref()?;
    if &*points_to.attribute != "id" || identity.names.is_empty() {
        return None;
    }
    let names = identity.names.iter().map(|name| match &name.data {
        Data::String(name) => Some(quoted(name)),
        Data::Unknown(unknown) => unknown.term.as_deref().map(str::to_owned),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::List(_) | Data::Map(_) => None,
    });
    let names = names.collect::<Option<Vec<_>>>()?;
    Some(format!(
        "resourceId('{}', {})",
        identity.kind,
        names.join(", ")
    ))
}

/// `text` as a literal of the template language.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
