//! Reading the source that a plan was made from, where it stands beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::beside::Beside;
use super::configuration::Hints;
use super::document;
use super::value::{self, Place};
use crate::lang::terraform::eval::{Evaluation, World};
use crate::lang::terraform::evaluate::evaluate_source;
use crate::lang::terraform::inputs::Given;
use crate::lang::terraform::modules::{self, Folders};
use crate::lang::terraform::providers::Majors;
use crate::lang::terraform::scope::{InstanceId, Scope};
use crate::lang::{Cache, Evaluated, UnitOptions};
use crate::model::Origins;
use crate::source::{Encoding, RelPath, SourceFile, SourceTree};
use crate::syntax::hcl;
use crate::syntax::json::Node;

/// The source beside the plan at `path`: in its folder, or in the one that was named. `None` where
/// there is none, or it declares nothing of what is planned.
pub(super) fn beside(
    path: &RelPath,
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Option<Beside> {
    let file = tree.read(path).ok()?;
    let parsed = cache.arm.parsed(&file);
    let root = parsed.root()?;
    let folder = options.plan_source.clone().unwrap_or_else(|| path.parent());
    let holds_source = |path: &RelPath| modules::stem(path.file_name()).is_some();
    if !tree.list(&folder).iter().any(holds_source) {
        return None;
    }
    let mut beside = Beside {
        vars: given(root, &folder, options, tree, cache),
        folder,
        var_files: options.var_files.clone(),
        before: Arc::default(),
    };
    let before = evaluate(&beside, tree, cache).written;
    let declared: BTreeSet<String> = before
        .iter()
        .map(|written| written.address.without_keys())
        .collect();
    let planned = document::resources(root);
    let fits = planned.is_empty()
        || planned
            .iter()
            .any(|planned| declared.contains(&planned.address.without_keys()));
    beside.before = Arc::new(before);
    fits.then_some(beside)
}

/// What the source beside a plan says now.
pub(super) fn evaluate(beside: &Beside, tree: &dyn SourceTree, cache: &Cache) -> Evaluated {
    let folder = &beside.folder;
    evaluate_source(
        (folder, &beside.var_files, &beside.vars),
        tree,
        &cache.terraform,
    )
}

/// The options, and of the variables of the plan those that the source beside it would not have by itself.
fn given(
    root: Node<'_>,
    folder: &RelPath,
    options: &UnitOptions,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Vec<(String, String)> {
    let cache = &cache.terraform;
    let mut vars = options.vars.clone();
    let folders = Folders::load(folder, tree, cache);
    let modules = folders.modules(&mut Vec::new());
    let majors = Majors::of(folder, &modules, tree, cache);
    let given = Given::load(folder, &options.var_files, &vars, tree, cache);
    let planned: Vec<(String, Node<'_>, hcl::Tree)> = document::exact(root, "variables")
        .into_iter()
        .flat_map(Node::members)
        .filter_map(|member| {
            let value = document::exact(member.value, "value")?;
            let name = member.key.into_owned();
            let text = format!("var.{name}");
            let id = tree.fresh_id();
            let file = SourceFile::new(id, folder.clone(), text, Encoding::Utf8);
            Some((name, value, hcl::parse_expression(&Arc::new(file))))
        })
        .collect();
    let world = World {
        modules: &modules,
        folders: &folders,
        majors: &majors,
        tree,
        root: folder,
    };
    let Some(mut evaluation) = Evaluation::new(world, given.inputs()) else {
        return vars;
    };
    let scope = Scope::module(InstanceId(0));
    for (name, node, expression) in &planned {
        let Ok(own) = evaluation.expr(expression.expression(), &scope) else {
            continue;
        };
        let planned = value::value(Place::known(*node), Hints::none(), &mut Origins::default());
        if planned.is_some_and(|planned| !planned.says_same(&own)) {
            vars.push((name.clone(), argument(*node)));
        }
    }
    vars
}

/// A value as it would be given on the command line.
fn argument(node: Node<'_>) -> String {
    node.as_str().map_or_else(
        || node.text().replace("${", "$${").replace("%{", "%%{"),
        std::borrow::Cow::into_owned,
    )
}
