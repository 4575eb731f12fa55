//! Evaluating a template that is a unit.

use std::sync::Arc;

use super::run::Run;
use super::scope::{Frame, Scope};
use super::template::Template;
use super::{Cache, eval, inputs, resources, token};
use crate::lang::Evaluated;
use crate::model::Via;
use crate::source::{Notice, RelPath, SourceFile, SourceTree};
use crate::syntax::json::Tree;

/// Evaluates the template at `root` with its parameter file.
#[must_use]
pub fn evaluate(
    root: &RelPath,
    parameters: Option<&RelPath>,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let mut run = Run::new(tree, cache, token::evaluate);
    let Some(template) = read(&mut run, root) else {
        return run.finish();
    };
    let values = parameters.and_then(|path| read(&mut run, path));
    run.linked.push(root.clone());
    if let Some(node) = template.root() {
        let mut scope = Scope::new(Template::of(node), root.clone(), String::new());
        if let Some(given) = values
            .as_ref()
            .and_then(|values| values.root()?.get("parameters"))
        {
            scope.given = inputs::given(&mut run, given, |run, node| {
                eval::literal(run, node, Via::ParameterFile)
            });
        }
        resources::expand(&mut run, &Frame::of(&scope), &resources::Around::default());
    }
    run.finish()
}

/// Reads and parses one file of the unit; what is wrong with it becomes notices.
fn read(run: &mut Run<'_>, path: &RelPath) -> Option<Arc<Tree>> {
    let file: Arc<SourceFile> = match run.tree.read(path) {
        Ok(file) => file,
        Err(error) => {
            run.notice(Notice::unread(path.clone(), &error));
            return None;
        }
    };
    run.uses(&file);
    let parsed = run.cache.parsed(&file);
    for notice in parsed.notices() {
        run.notice(notice.clone());
    }
    Some(parsed)
}
