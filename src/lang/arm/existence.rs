//! Whether a resource is deployed.

use super::eval;
use super::run::Run;
use super::scope::Frame;
use crate::model::{Data, Existence};
use crate::syntax::json::Node;

/// Whether the resource `node` may be deployed: its condition, if it has one, is not known to be false.
pub(super) fn may_exist(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>) -> bool {
    existence(run, frame, node, &Existence::Certain).is_some()
}

/// Whether the resource `node` exists among what exists like `around`; `None` when it certainly does not.
pub(super) fn existence(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    around: &Existence,
) -> Option<Existence> {
    let Some(condition) = node.get("condition") else {
        return Some(around.clone());
    };
    let condition = eval::value(run, frame, condition);
    let says = match &condition.data {
        Data::Bool(truth) => Some(*truth),
        Data::String(text) => text.parse().ok(),
        Data::Null | Data::Number(_) | Data::List(_) | Data::Map(_) | Data::Unknown(_) => None,
    };
    match says {
        Some(false) => None,
        Some(true) => Some(around.clone()),
        None => Some(Existence::Conditional(condition.origin)),
    }
}
