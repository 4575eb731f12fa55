//! Templates that another language deploys: their text comes from somewhere else, and so do the values of
//! their parameters.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::run::Run;
use super::scope::{Frame, Scope};
use super::template::Template;
use super::{Cache, eval, inputs, resources, token};
use crate::lang::Evaluated;
use crate::model::{Existence, Unknown, Value, Via, Why, Written};
use crate::source::{Encoding, RelPath, SourceFile, SourceTree, Span};
use crate::syntax::json::{self, Tree};

/// A template that something else deploys.
pub struct Embedded {
    /// Its text.
    pub template: Content,
    /// Where the deployment says which template it is: the place of all that has no file of its own.
    pub place: Span,
    /// What it gives to the parameters.
    pub parameters: Parameters,
    /// The resource group it is deployed to, where it names one.
    pub group: Option<Value>,
    /// Whether it is deployed.
    pub existence: Existence,
    /// Whether it is one of several deployments of one text.
    pub repeated: bool,
}

/// A JSON text.
pub enum Content {
    /// A file of the workspace.
    File(Arc<SourceFile>),
    /// A text that an expression made.
    Made(Arc<str>),
}

/// What a deployment gives to the parameters of its template.
pub enum Parameters {
    /// Nothing: they have their defaults.
    None,
    /// An object of objects with a `value`.
    Given(Content, Span),
    /// What it gives is not known.
    Unknown(Value),
}

/// Evaluates `embedded` after what is in `out` already.
#[must_use]
pub fn embed(
    out: Evaluated,
    embedded: &Embedded,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let mut run = Run::new(tree, cache, token::evaluate);
    let (hops, written) = (out.origins.len(), out.written.len());
    let notices = out.notices.clone();
    run.out = out;
    run.standing = Some(embedded.place);
    if let Some((template, path)) = parsed(&mut run, &embedded.template, embedded.place)
        && let Some(root) = template.root()
    {
        let mut scope = Scope::new(Template::of(root), path.clone(), String::new());
        scope.group.clone_from(&embedded.group);
        scope.given = given(&mut run, &scope, embedded);
        run.linked.push(path);
        let around = resources::Around::within(embedded.existence.clone(), embedded.repeated);
        resources::expand(&mut run, &Frame::of(&scope), &around);
    }
    let mut out = run.finish();
    out.notices.extend(notices);
    // What stands in a text without a file is shown where that text is made.
    let shown = |span: Span| {
        if tree.get(span.file).is_some() {
            span
        } else {
            embedded.place
        }
    };
    out.origins.relocate(hops, &shown);
    for written in out.written.iter_mut().skip(written) {
        written.node = shown(written.node);
        written.header = shown(written.header);
    }
    out
}

/// Returns `true` if a resource of a template stands in the template's own text.
#[must_use]
pub fn has_own_text(written: &Written, tree: &dyn SourceTree) -> bool {
    tree.get(written.node.file)
        .is_some_and(|file| file.slice(written.node).starts_with('{'))
}

/// The parsed text and the file that paths in it are relative to.
fn parsed(run: &mut Run<'_>, content: &Content, place: Span) -> Option<(Arc<Tree>, RelPath)> {
    let standing = run.tree.get(place.file)?;
    match content {
        Content::File(file) => {
            run.uses(file);
            let parsed = run.cache.parsed(file);
            for notice in parsed.notices() {
                run.notice(notice.clone());
            }
            Some((parsed, file.path.clone()))
        }
        Content::Made(text) => {
            let (id, path) = (run.tree.fresh_id(), standing.path.clone());
            let file = SourceFile::new(id, path.clone(), text.to_string(), Encoding::Utf8);
            let parsed = json::parse(&Arc::new(file));
            for notice in parsed.notices() {
                run.say(notice.kind, place, notice.message.clone());
            }
            Some((Arc::new(parsed), path))
        }
    }
}

/// The values of the parameters, by lower-case name.
fn given(run: &mut Run<'_>, scope: &Scope<'_>, embedded: &Embedded) -> FxHashMap<String, Value> {
    match &embedded.parameters {
        Parameters::None => FxHashMap::default(),
        Parameters::Given(content, place) => {
            let Some((parsed, _)) = parsed(run, content, *place) else {
                return FxHashMap::default();
            };
            let (hops, id) = (run.out.origins.len(), parsed.file().id);
            let values = parsed.root().map(|root| {
                inputs::given(run, root, |run, node| {
                    eval::literal(run, node, Via::ModuleArgument)
                })
            });
            let shown = |span: Span| match content {
                Content::Made(_) if span.file == id => *place,
                Content::Made(_) | Content::File(_) => span,
            };
            run.out.origins.relocate(hops, &shown);
            values.unwrap_or_default()
        }
        Parameters::Unknown(value) => {
            let known = value.as_unknown();
            let mut unknown = Unknown::because(known.map_or(Why::Computed, |known| known.why));
            unknown.input = known.and_then(|known| known.input.clone());
            let value = run.argued(Value::unknown(unknown, value.origin));
            let names = scope.template.parameters.keys();
            names.map(|name| (name.clone(), value.clone())).collect()
        }
    }
}
