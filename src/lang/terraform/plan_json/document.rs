//! Where the resources of a plan stand in its text.

use std::collections::BTreeSet;

use crate::model::Address;
use crate::source::Span;
use crate::syntax::json::Node;

/// Modules inside modules deeper than this are not followed.
const DEPTH: u32 = 64;

/// One resource instance that will be there once the plan is carried out.
#[derive(Clone, Debug)]
pub(super) struct Planned<'t> {
    /// Its address, instance keys included.
    pub(super) address: Address,
    /// The address of its module instance; empty for the root module.
    pub(super) module: String,
    /// Its type.
    pub(super) kind: String,
    /// The object that describes it.
    pub(super) node: Span,
    /// Where its address is written.
    pub(super) header: Span,
    /// What is known of it.
    pub(super) after: Option<Node<'t>>,
    /// `true` at what is not known.
    pub(super) unknown: Option<Node<'t>>,
    /// `true` at what must not be printed.
    pub(super) sensitive: Option<Node<'t>>,
    /// Whether its block makes several.
    pub(super) repeated: bool,
}

/// The resources of the plan `root`, in the order of the text.
///
/// `resource_changes` tells more than `planned_values`: what is not known. A plan that has only the latter
/// is read too.
pub(super) fn resources(root: Node<'_>) -> Vec<Planned<'_>> {
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for node in items(root, "resource_changes") {
        let Some(change) = exact(node, "change") else {
            continue;
        };
        let stays = exact(change, "actions")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::as_str)
            .any(|action| matches!(&*action, "create" | "update" | "no-op" | "read"));
        // What was deposed is deleted, and has the address of what takes its place.
        let is_deposed = exact(node, "deposed").is_some();
        let after = exact(change, "after");
        if let Some(planned) = planned(node, after, exact(change, "after_unknown")) {
            let sensitive = exact(change, "after_sensitive");
            if !is_deposed {
                told.insert(planned.address.clone());
            }
            if stays && !is_deposed {
                found.push(Planned {
                    sensitive,
                    ..planned
                });
            }
        }
    }
    let module = exact(root, "planned_values").and_then(|values| exact(values, "root_module"));
    let mut rest: Vec<(Node<'_>, u32)> = module.into_iter().map(|module| (module, 0)).collect();
    while let Some((module, depth)) = rest.pop() {
        for node in items(module, "resources") {
            let values = exact(node, "values");
            if let Some(planned) = planned(node, values, None)
                && told.insert(planned.address.clone())
            {
                let sensitive = exact(node, "sensitive_values");
                found.push(Planned {
                    sensitive,
                    ..planned
                });
            }
        }
        if depth < DEPTH {
            rest.extend(items(module, "child_modules").map(|module| (module, depth + 1)));
        }
    }
    found
}

/// A resource, as both sections describe one; `None` for what is read and not managed.
fn planned<'t>(
    node: Node<'t>,
    after: Option<Node<'t>>,
    unknown: Option<Node<'t>>,
) -> Option<Planned<'t>> {
    let text = |name: &str| Some(exact(node, name)?.as_str()?.into_owned());
    if text("mode").as_deref() == Some("data") {
        return None;
    }
    let address = exact(node, "address")?;
    let (kind, name) = (text("type")?, text("name")?);
    let local = format!("{kind}.{name}");
    let full = address.as_str()?.into_owned();
    let module = module_of(&full, &local);
    Some(Planned {
        repeated: exact(node, "index").is_some() || module.contains('['),
        address: Address::new(full),
        module,
        kind,
        node: node.span(),
        header: address.span(),
        after,
        unknown,
        sensitive: None,
    })
}

/// What stands before `local` in an address.
fn module_of(address: &str, local: &str) -> String {
    let before = address.rfind(local).map_or("", |at| &address[..at]);
    before.trim_end_matches('.').to_owned()
}

/// The value of the member `key`: in a plan, case counts.
pub(super) fn exact<'t>(node: Node<'t>, key: &str) -> Option<Node<'t>> {
    let mut members = node.members();
    let member = members.find(|member| member.key == key)?;
    Some(member.value)
}

/// The items of the list under `key`.
pub(super) fn items<'t>(node: Node<'t>, key: &str) -> impl Iterator<Item = Node<'t>> {
    exact(node, key).into_iter().flat_map(Node::items)
}
