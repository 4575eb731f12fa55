//! The scope of a deployment: its template, nested or linked, and what is given to it.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::run::Run;
use super::scope::{Frame, Scope};
use super::template::Template;
use super::{eval, inputs, linked};
use crate::model::Data;
use crate::source::{NoticeKind, RelPath};
use crate::syntax::json::{Node, Tree};

/// How deep deployments may nest in each other.
pub(super) const MAX_NESTED: usize = 16;

/// What is said of a deployment that names nothing to deploy.
const NO_TEMPLATE: &str = "This deployment has neither a template nor a link to one.";

/// What is said of one whose template an expression makes.
const COMPUTED: &str =
    "What this deployment deploys is not judged: an expression makes its template.";

/// Does something within the scope of the deployment `node`; says why when its template is not at hand.
pub(super) fn within<R>(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    node: Node<'_>,
    body: impl FnOnce(&mut Run<'_>, &Scope<'_>, bool) -> R,
) -> Option<R> {
    let Some(properties) = node.get("properties") else {
        run.say(NoticeKind::InvalidConfiguration, node.span(), NO_TEMPLATE);
        return None;
    };
    let inline = properties.get("template");
    if let Some(computed) = [Some(properties), inline]
        .into_iter()
        .flatten()
        .find(is_text)
    {
        run.say(NoticeKind::MissingModule, computed.span(), COMPUTED);
        return None;
    }
    if let Some(inline) = inline {
        let options = properties
            .get("expressionEvaluationOptions")
            .and_then(|options| options.get("scope"));
        let is_inner = options
            .and_then(Node::as_str)
            .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
        let path = frame.scope.path.clone();
        let given = properties.get("parameters").filter(|_| is_inner);
        let scope = scope(run, frame, (node, inline, path), given);
        return Some(body(run, &scope, is_inner));
    }
    let Some(link) = properties.get("templateLink") else {
        run.say(NoticeKind::InvalidConfiguration, node.span(), NO_TEMPLATE);
        return None;
    };
    let (path, tree): (RelPath, Arc<Tree>) = linked::template(run, frame, link)?;
    if run.linked.len() >= MAX_NESTED || run.linked.contains(&path) {
        let message = format!("`{path}` is linked from within itself.");
        run.say(NoticeKind::InvalidConfiguration, link.span(), message);
        return None;
    }
    let root = tree.root()?;
    let given = properties.get("parameters");
    let mut scope = scope(run, frame, (node, root, path.clone()), given);
    if let Some(link) = properties.get("parametersLink") {
        match linked::parameters(run, frame, link) {
            Some(given) => scope.given = given,
            None => scope.given_elsewhere = true,
        }
    }
    run.linked.push(path);
    let result = body(run, &scope, true);
    run.linked.pop();
    Some(result)
}

fn is_text(node: &Node<'_>) -> bool {
    node.as_str().is_some()
}

/// The scope of the template `root`, which stands in `path` and is deployed by `node`.
fn scope<'s>(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    (node, root, path): (Node<'_>, Node<'s>, RelPath),
    given: Option<Node<'_>>,
) -> Scope<'s> {
    let prefix = prefix(&frame.scope.prefix, node);
    let mut scope = Scope::new(Template::of(root), path, prefix);
    scope.key = key(frame, node);
    scope.group = node
        .get("resourceGroup")
        .map(|group| eval::value(run, frame, group))
        // Nothing, or nothing in it, is where the deployment around it goes to.
        .filter(|group| !group.is_null() && group.as_str() != Some(""));
    if let Some(parameters) = given {
        scope.given = inputs::given(run, parameters, |run, node| {
            let value = eval::value(run, frame, node);
            run.argued(value)
        });
    }
    scope
}

/// What tells the scope of `node` from all others: the names and groups of it and of those around it,
/// as they are written, and the turns of the loops. It stays when something else is edited.
fn key(frame: &Frame<'_, '_>, node: Node<'_>) -> String {
    let mut hash = Sha256::new();
    hash.update(&frame.scope.key);
    for word in ["name", "resourceGroup", "subscriptionId"] {
        let text = node.get(word).and_then(Node::as_str).unwrap_or_default();
        hash.update(format!("\n{}{text}", text.len()));
    }
    for turn in &frame.turns {
        let index = match &turn.index.data {
            Data::Number(number) => number.to_string(),
            _ => String::new(),
        };
        hash.update(format!("\n[{index}]"));
    }
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    let prefix = prefix(&frame.scope.prefix, node);
    let name = prefix.strip_suffix('.').unwrap_or(&prefix);
    format!("{name}_{a:02x}{b:02x}{c:02x}{d:02x}.")
}

/// What goes before spellings that the scope of `node` alone knows. Its name tells it from others
/// and stays when something else is edited.
fn prefix(outer: &str, node: Node<'_>) -> String {
    let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
    let word: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect();
    let outer = outer.strip_suffix('.').unwrap_or("deployment");
    format!("{outer}_{word}.")
}
