//! Linked templates: those that stand in the workspace are read from there.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::run::Run;
use super::scope::Frame;
use super::{eval, inputs};
use crate::expression::{self, Expr, ExprKind};
use crate::model::{Value, Via};
use crate::source::{NoticeKind, RelPath};
use crate::syntax::json::{Node, Tree};

/// What an address starts with that is relative to the template which holds it.
const OWN_ADDRESS: &str = "deployment().properties.templateLink.uri";

/// The parameter that stands for the address of the outermost template (source: the best practices of
/// "Azure Quickstart Templates").
const ARTIFACTS: &str = "parameters('_artifactsLocation')";

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

/// The values of the parameter file that `link` leads to, by lower-case name; a notice and `None` when
/// it is not at hand.
pub(super) fn parameters(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    link: Node<'_>,
) -> Option<FxHashMap<String, Value>> {
    let file = path(run, frame, link).and_then(|path| run.tree.read(&path).ok());
    let Some(file) = file else {
        let message = "The linked parameter file of this deployment is not in the workspace: its values are unknown.";
        run.say(NoticeKind::MissingModule, link.span(), message);
        return None;
    };
    run.uses(&file);
    let tree = run.cache.parsed(&file);
    for notice in tree.notices() {
        run.notice(notice.clone());
    }
    let values = tree.root()?.get("parameters")?;
    Some(inputs::given(run, values, |run, node| {
        eval::literal(run, node, Via::ParameterFile)
    }))
}

/// Where the linked template stands: named relative to the template that links it.
fn path(run: &mut Run<'_>, frame: &Frame<'_, '_>, link: Node<'_>) -> Option<RelPath> {
    let here = &frame.scope.path;
    let (from, relative) = match (link.get("relativePath"), link.get("uri")) {
        (Some(relative), _) => {
            let relative = eval::value(run, frame, relative);
            (here, relative.as_str()?.to_owned())
        }
        (None, Some(uri)) => {
            let value = eval::value(run, frame, uri);
            let (base, relative) = local(&value, &frame.scope.prefix)?;
            let from = match base {
                Base::Own => here,
                Base::Outermost => run.linked.first().unwrap_or(here),
            };
            (from, relative)
        }
        (None, None) => return None,
    };
    let relative = relative.replace('\\', "/");
    let relative = relative.trim_start_matches("./");
    from.parent().join(relative)
}

/// What an address is relative to.
enum Base {
    /// The template that holds it.
    Own,
    /// The template that is deployed first.
    Outermost,
}

/// The part of an address that is relative to a template, and to which: of a plain path all of it, of
/// `uri(deployment().properties.templateLink.uri, 'x.json')` the second argument.
fn local(value: &Value, prefix: &str) -> Option<(Base, String)> {
    if let Some(text) = value.as_str() {
        let is_path = !text.contains("://") && !text.starts_with('/');
        return is_path.then(|| (Base::Own, without_query(text).to_owned()));
    }
    let term = value.as_unknown()?.term.as_deref()?;
    let expr = expression::parse(term, 0..term.len()).ok()?;
    let ExprKind::Call { name, args, .. } = &expr.kind else {
        return None;
    };
    let (base, relative) = args.split_first()?;
    let base = term.get(base.range.clone())?;
    let joins = name.eq_ignore_ascii_case("uri") || name.eq_ignore_ascii_case("concat");
    let base = match base {
        _ if !joins => return None,
        base if base.strip_prefix(prefix) == Some(OWN_ADDRESS) => Base::Own,
        // The address that the outermost template hands down is its own.
        ARTIFACTS | OWN_ADDRESS => Base::Outermost,
        _ => return None,
    };
    let text = leading_text(relative.first()?)?;
    let is_file = text.trim_end().to_ascii_lowercase().ends_with(".json");
    is_file.then(|| (base, text.trim_start_matches('/').to_owned()))
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
