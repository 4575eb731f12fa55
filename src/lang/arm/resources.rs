//! Expanding the resources of a template: loops, conditions, children, extensions, nested deployments.

use std::sync::Arc;

use super::copy::{self, Count};
use super::deployment::{MAX_NESTED, within};
use super::existence::existence;
use super::naming::{self, Parent, Whole};
use super::run::Run;
use super::scope::{Frame, Scope, Turn};
use super::template::children;
use super::{eval, ids};
use crate::model::{
    self, Address, ApiVersion, Coverage, Existence, Fragment, Identity, Kind, Unknown, Value, Why,
    Written, WrittenId,
};
use crate::source::NoticeKind;
use crate::syntax::json::Node;

/// How many resources one unit may have.
const MAX_RESOURCES: usize = 100_000;
/// Members of a resource that are no part of what is sent.
const NOT_SENT: [&str; 8] = [
    "resources",
    "condition",
    "copy",
    "dependsOn",
    "comments",
    "existing",
    "scope",
    "import",
];

/// What stands around a resource: the parent it is nested in, and the loops and deployments that
/// decide whether and how often it exists. A parent's own condition is not among them: conditions do
/// not cascade to children (source: "Conditional deployment in ARM templates").
#[derive(Clone)]
pub(super) struct Around {
    parent: Option<Parent>,
    existence: Existence,
    repeated: bool,
    /// How many deployments it is nested in.
    depth: usize,
    /// Where the deployment around it deploys to, if that is not where its expressions are evaluated.
    place: Option<model::Scope>,
}

impl Around {
    /// What stands around a template that something else deploys.
    pub(super) fn within(existence: Existence, repeated: bool) -> Self {
        Self {
            existence,
            repeated,
            ..Self::default()
        }
    }

    /// The same, one deployment further in.
    fn deeper(&self) -> Self {
        Self {
            depth: self.depth + 1,
            place: None,
            ..self.clone()
        }
    }

    /// The same, deployed to where the deployment of `scope` deploys to.
    fn placed(self, scope: &Scope<'_>) -> Self {
        Self {
            place: Some(scope.place()),
            ..self
        }
    }
}

impl Default for Around {
    fn default() -> Self {
        Self {
            parent: None,
            existence: Existence::Certain,
            repeated: false,
            depth: 0,
            place: None,
        }
    }
}

/// Expands the resources of the template of `frame`'s scope.
pub(super) fn expand(run: &mut Run<'_>, frame: &Frame<'_, '_>, around: &Around) {
    for node in frame.scope.template.resources() {
        resource(run, frame, node, around);
    }
}

/// One resource of the text, which may stand for many.
fn resource(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>, around: &Around) {
    if !node.is_object() {
        run.say(
            NoticeKind::InvalidConfiguration,
            node.span(),
            "A resource must be an object.",
        );
        return;
    }
    if let Err(limit) = run.enter() {
        run.say(
            NoticeKind::Limit,
            node.span(),
            format!("Expansion stops here: {limit}."),
        );
        return;
    }
    match node.get("copy").filter(|copy| copy.is_object()) {
        None => instance(run, frame, node, around),
        Some(copy) => turns(run, frame, node, copy, around),
    }
    run.leave();
}

/// The instances of a loop; one symbolic instance when its count is not known.
fn turns(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    copy: Node<'_>,
    around: &Around,
) {
    let name = copy
        .get("name")
        .and_then(Node::as_str)
        .map(std::borrow::Cow::into_owned);
    let mut around = Around {
        repeated: true,
        ..around.clone()
    };
    match eval::count(run, frame, copy) {
        Count::Known(count) => {
            for index in 0..count {
                let index = copy::position(run, index, copy.span());
                let turn = Turn {
                    name: name.clone(),
                    index,
                    of_resources: true,
                };
                instance(run, &frame.turned(turn), node, &around);
            }
        }
        Count::Unknown(unknown) => {
            let origin = run.out.origins.computed(copy.span());
            let mut index = Unknown::because(unknown.why).not_null();
            index.term = Some(Arc::from("copyIndex()"));
            let turn = Turn {
                name,
                index: Value::unknown(index, origin),
                of_resources: true,
            };
            around.existence = Existence::Symbolic(Arc::new(unknown));
            instance(run, &frame.turned(turn), node, &around);
        }
    }
}

/// One instance and its children.
fn instance(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>, around: &Around) {
    let is_existing = node
        .get("existing")
        .is_some_and(|flag| eval::value(run, frame, flag).as_bool() == Some(true));
    if is_existing || run.out.written.len() >= MAX_RESOURCES {
        return;
    }
    let existence = existence(run, frame, node, &around.existence);
    if existence.is_none() && node.get("resources").is_none() {
        return;
    }
    let kind = node.get("type").map(|kind| eval::value(run, frame, kind));
    let Some(kind) = kind.as_ref().and_then(Value::as_str) else {
        run.say(
            NoticeKind::InvalidConfiguration,
            node.span(),
            "The type of this resource is not known.",
        );
        return;
    };
    if kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        if let Some(existence) = existence {
            deployed(
                run,
                frame,
                node,
                &Around {
                    existence,
                    parent: None,
                    ..around.clone()
                },
            );
        }
        return;
    }
    let name = name(run, frame, node);
    let text = naming::text(frame, node, &name);
    let whole = naming::whole(kind, ids::segments(&name), text, around.parent.as_ref());
    let parent = Parent {
        kind: whole.kind.clone(),
        names: whole.names.clone(),
        text: whole.text.clone(),
    };
    if let Some(existence) = existence {
        let around = Around {
            existence,
            ..around.clone()
        };
        add(run, frame, node, whole, &name, around);
    }
    let around = Around {
        parent: Some(parent),
        ..around.clone()
    };
    for child in node.get("resources").into_iter().flat_map(children) {
        resource(run, frame, child, &around);
    }
}

/// Expands what a deployment deploys: with its own parameters (inner scope, linked templates) or with
/// the expressions of the template around it (outer scope, the default).
fn deployed(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>, around: &Around) {
    if around.depth >= MAX_NESTED {
        let message = format!("Deployments nest more than {MAX_NESTED} deep.");
        run.say(NoticeKind::Limit, node.span(), message);
        return;
    }
    let around = around.deeper();
    within(run, frame, node, |run, scope, is_inner| {
        if is_inner {
            expand(run, &Frame::of(scope), &around);
        } else {
            // In the outer scope only the list of resources is the nested template's own.
            let around = around.placed(scope);
            for child in scope.template.resources() {
                resource(run, frame, child, &around);
            }
        }
    });
}

/// The name of the resource `node`; a notice where it has none.
fn name(run: &mut Run<'_>, frame: &Frame<'_, '_>, node: Node<'_>) -> Value {
    if let Some(name) = node.get("name") {
        return eval::value(run, frame, name);
    }
    let message = "This resource has no name.";
    run.say(NoticeKind::InvalidConfiguration, node.span(), message);
    run.unknown(Why::Invalid, node.span())
}

/// Adds the resource to what the unit declares.
fn add(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    whole: Whole,
    name: &Value,
    around: Around,
) {
    let body = eval::object(run, frame, node, |key| {
        !NOT_SENT.iter().any(|own| own.eq_ignore_ascii_case(key))
    });
    let body = naming::with_identity(body, &whole, name);
    let scope = node
        .get("scope")
        .map(|scope| eval::value(run, frame, scope));
    let scope = match (whole.extends, scope) {
        (Some(of), _) => model::Scope::Of(Box::new(of)),
        (None, Some(scope)) => ids::target(&scope)
            .or_else(|| ids::relative(&scope))
            .map_or(model::Scope::Unknown, |of| model::Scope::Of(Box::new(of))),
        (None, None) => around.place.unwrap_or_else(|| frame.scope.place()),
    };
    let address = Address::new(format!("{}/{}", whole.kind, whole.text));
    let kind = Kind::new(whole.kind);
    let api = body
        .as_map()
        .and_then(|map| map.get_ignoring_case("apiVersion"));
    let api = api.and_then(Value::as_str).and_then(ApiVersion::new);
    let header = node.get("type").map_or(node.span(), Node::span);
    let Ok(id) = u32::try_from(run.out.written.len()) else {
        return;
    };
    run.out.written.push(Written {
        address: address.clone(),
        kind: kind.clone(),
        args: body.clone(),
        node: node.span(),
        header,
        existence: around.existence,
        provider_major: None,
        repeated: around.repeated,
    });
    let identity = Identity {
        kind: kind.clone(),
        names: whole.names,
        scope,
        address: Some(address),
    };
    run.out.fragments.push(Fragment {
        of: WrittenId(id),
        kind,
        api,
        identity,
        body,
        coverage: Coverage::Whole,
        merges: false,
        implied: false,
    });
}
