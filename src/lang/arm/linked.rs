//! Linked templates: those that stand in the workspace are read from there.

use std::sync::Arc;

use super::eval;
use super::run::Run;
use super::scope::Frame;
use crate::expression::{self, Expr, ExprKind};
use crate::model::Value;
use crate::source::{NoticeKind, RelPath};
use crate::syntax::json::{Node, Tree};

/// What an address starts with that is relative to the template which holds it.
const OWN_ADDRESS: &str = "deployment().properties.templateLink.uri";

/// The template that `link` leads to; a notice when it is not at hand.
pub(super) fn template(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    link: Node<'_>,
) -> Option<(RelPath, Arc<Tree>)> {
    let Some(path) = path(run, frame, link) else {
        let message = "The linked template of this deployment is not in the workspace: what it deploys is not judged.";
        run.say(NoticeKind::MissingModule, link.span(), message);
        return None;
    };
    match run.tree.read(&path) {
        Ok(file) => {
            run.uses(&file);
            let tree = run.cache.parsed(&file);
            for notice in tree.notices() {
                run.notice(notice.clone());
            }
            Some((path, tree))
        }
        Err(error) => {
            let message = format!(
                "The linked template `{path}` cannot be read ({error}): what it deploys is not judged."
            );
            run.say(NoticeKind::MissingModule, link.span(), message);
            None
        }
    }
}

/// Where the linked template stands: named relative to the template that links it.
fn path(run: &mut Run<'_>, frame: &Frame<'_, '_>, link: Node<'_>) -> Option<RelPath> {
    let relative = match (link.get("relativePath"), link.get("uri")) {
        (Some(relative), _) => eval::value(run, frame, relative).as_str()?.to_owned(),
        (None, Some(uri)) => {
            let value = eval::value(run, frame, uri);
            local(&value)?
        }
        (None, None) => return None,
    };
    let relative = relative.replace('\\', "/");
    let relative = relative.trim_start_matches("./");
    frame.scope.path.parent().join(relative)
}

/// The part of an address that is relative to the template: of a plain path all of it, of
/// `uri(deployment().properties.templateLink.uri, 'x.json')` the second argument.
fn local(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        let is_path = !text.contains("://") && !text.starts_with('/');
        return is_path.then(|| without_query(text).to_owned());
    }
    let term = value.as_unknown()?.term.as_deref()?;
    let expr = expression::parse(term, 0..term.len()).ok()?;
    let ExprKind::Call { name, args, .. } = &expr.kind else {
        return None;
    };
    let [base, relative] = args.as_slice() else {
        return None;
    };
    let is_own = term.get(base.range.clone()) == Some(OWN_ADDRESS);
    (name.eq_ignore_ascii_case("uri") && is_own).then_some(())?;
    let text = leading_text(relative)?;
    let is_file = text.trim_end().to_ascii_lowercase().ends_with(".json");
    is_file.then(|| text.trim_start_matches('/').to_owned())
}

/// The known text that a spelling starts with; a token for access may follow it.
fn leading_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Text(text) => Some(without_query(text).to_owned()),
        ExprKind::Call { name, args, .. } if name.eq_ignore_ascii_case("concat") => {
            leading_text(args.first()?)
        }
        ExprKind::Integer(_) | ExprKind::Call { .. } | ExprKind::Access { .. } => None,
    }
}

fn without_query(text: &str) -> &str {
    text.split('?').next().unwrap_or(text)
}
