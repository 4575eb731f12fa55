//! Templates inside Terraform: what `azurerm_*_template_deployment` deploys is judged as a template.

use std::sync::Arc;

use super::parsed::{Cache, Parsed};
use super::plan::place;
use crate::lang::arm::embedded::{Content, Embedded, Parameters, embed};
use crate::lang::{Cache as Caches, Evaluated};
use crate::model::{Data, Origins, Value, Written};
use crate::source::{Notice, NoticeKind, RelPath, SourceFile, SourceTree, Span};
use crate::syntax::hcl::{Expr, ExprKind, TemplatePart};

/// Adds to `evaluated`, the unit of the root module in `root`, what its template deployments deploy.
#[must_use]
pub fn expand(
    mut evaluated: Evaluated,
    root: &RelPath,
    tree: &dyn SourceTree,
    cache: &Caches,
) -> Evaluated {
    let deployments: Vec<(usize, Written)> = evaluated
        .written
        .iter()
        .enumerate()
        .filter(|(_, written)| names(written.kind.as_str()).is_some())
        .map(|(index, written)| (index, written.clone()))
        .collect();
    for (index, written) in deployments {
        let Some((argument, parameters)) = names(written.kind.as_str()) else {
            continue;
        };
        let of = |name: &str| {
            let value = written.args.as_map()?.get(name)?;
            (!value.is_null()).then(|| value.clone())
        };
        let Some(template) = of(argument) else {
            continue;
        };
        let reader = Reader {
            root,
            origins: &evaluated.origins,
            tree,
            cache: &cache.terraform,
        };
        let place = reader.place(&template, written.header);
        let Some(text) = template.as_str().filter(|_| !template.sensitive) else {
            evaluated.notices.extend(reader.untold(&written, &template));
            continue;
        };
        let parameters = match of(parameters) {
            None => Parameters::None,
            Some(value) => match value.as_str() {
                Some(text) => {
                    let place = reader.place(&value, written.header);
                    Parameters::Given(reader.content(&value, text), place)
                }
                None => Parameters::Unknown(value),
            },
        };
        let embedded = Embedded {
            template: reader.content(&template, text),
            place,
            parameters,
            group: of("resource_group_name"),
            existence: written.existence.clone(),
            repeated: written.repeated,
        };
        evaluated = embed(evaluated, &embedded, tree, &cache.arm);
        if let (Content::File(file), Some(written)) =
            (&embedded.template, evaluated.written.get_mut(index))
        {
            name_file(&mut written.args, argument, file);
        }
    }
    evaluated
}

/// Puts the file's name in the place of its text: what the text says is said by the resources in it, and
/// an edit of the file is an edit of those.
fn name_file(args: &mut Value, argument: &str, file: &SourceFile) {
    let Data::Map(map) = &mut args.data else {
        return;
    };
    let entries = &mut Arc::make_mut(map).entries;
    if let Some(entry) = entries.iter_mut().find(|entry| &*entry.key == argument) {
        entry.value.data = Data::String(Arc::from(file.path.as_str()));
    }
}

/// The arguments that hold the template and its parameters.
fn names(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind {
        "azurerm_resource_group_template_deployment"
        | "azurerm_subscription_template_deployment"
        | "azurerm_management_group_template_deployment"
        | "azurerm_tenant_template_deployment" => Some(("template_content", "parameters_content")),
        "azurerm_template_deployment" => Some(("template_body", "parameters_body")),
        _ => None,
    }
}

/// Finds where texts come from.
struct Reader<'r> {
    root: &'r RelPath,
    origins: &'r Origins,
    tree: &'r dyn SourceTree,
    cache: &'r Cache,
}

impl Reader<'_> {
    /// Where a value is used.
    fn place(&self, value: &Value, header: Span) -> Span {
        self.origins.used_at(value.origin).unwrap_or(header)
    }

    /// The text `text` of `value`: the file that it was read from as it is, or the text alone.
    fn content(&self, value: &Value, text: &str) -> Content {
        let file = self
            .origins
            .chain(value.origin)
            .filter_map(|hop| hop.span)
            .find_map(|span| self.file_at(span, text));
        file.map_or_else(|| Content::Made(Arc::from(text)), Content::File)
    }

    /// The file that the call of `file` at `span` reads, if it says `text`.
    fn file_at(&self, span: Span, text: &str) -> Option<Arc<SourceFile>> {
        let source = self.tree.get(span.file)?;
        let parsed = self.cache.parsed(&source);
        let Parsed::Hcl(tree) = &*parsed else {
            return None;
        };
        let call = place::find(tree, span)?.expr;
        let path = read_by(call)?;
        // Terraform runs in the folder of the root module; `path.module` is the folder of the file.
        [source.path.parent(), self.root.clone()]
            .iter()
            .filter_map(|folder| folder.join(&path))
            .filter_map(|path| self.tree.read(&path).ok())
            .find(|file| file.text == text)
    }

    /// The notice that a deployment is not judged, and what decides.
    fn untold(&self, written: &Written, template: &Value) -> Option<Notice> {
        let span = self.place(template, written.header);
        let file = self.tree.get(span.file)?;
        let unknown = template.as_unknown();
        let input = unknown.and_then(|it| it.input.as_ref()).map(|it| &it.0);
        let decides = input.or_else(|| unknown.and_then(|it| it.term.as_ref()));
        let decides = match decides {
            Some(decides) if !template.sensitive => format!("depends on `{decides}`"),
            Some(_) | None => "is not known".to_owned(),
        };
        let address = &written.address;
        let message = format!("What `{address}` deploys is not judged: its template {decides}.");
        Some(Notice::at(
            NoticeKind::MissingModule,
            file.path.clone(),
            span,
            message,
        ))
    }
}

/// The path that `file("…")` reads, without what stands for the folder at its start.
fn read_by(call: Expr<'_>) -> Option<String> {
    let ExprKind::Call { name, mut args, .. } = call.inner().kind() else {
        return None;
    };
    if name != "file" {
        return None;
    }
    match args.next()?.inner().kind() {
        ExprKind::String(path) => Some(path.into_owned()),
        ExprKind::Template(template) => {
            let mut path = String::new();
            for (index, part) in template.parts().enumerate() {
                match part {
                    TemplatePart::Literal(text, _) => path.push_str(&text),
                    TemplatePart::Interpolation(expr)
                        if index == 0
                            && matches!(expr.text().trim(), "path.module" | "path.root") => {}
                    TemplatePart::Interpolation(_)
                    | TemplatePart::If { .. }
                    | TemplatePart::For { .. } => return None,
                }
            }
            Some(path.trim_start_matches('/').to_owned())
        }
        _ => None,
    }
}
