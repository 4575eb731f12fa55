//! The resource that companions serve, as its own template names it.

use super::expression::{expression, quoted};
use crate::edit::Refusal;
use crate::model::{Address, Kind, Written};
use crate::source::Span;
use crate::syntax::json::{Node, Tree};

/// The innermost template around `span`: the file's own, or a nested one.
pub(super) fn template(tree: &Tree, span: Span) -> Option<Node<'_>> {
    let chain = chain(tree, span);
    let holds_resources = |node: &&Node<'_>| {
        let resources = node.get("resources");
        let has_type = node.get("type").is_some();
        resources.is_some_and(|resources| resources.span().contains(span)) && !has_type
    };
    chain.iter().rev().find(holds_resources).copied()
}

/// The nodes around `span`, outermost first, the one at `span` last.
pub(super) fn chain(tree: &Tree, span: Span) -> Vec<Node<'_>> {
    let mut chain = Vec::new();
    let mut next = tree.root();
    while let Some(node) = next {
        chain.push(node);
        let mut children = node
            .items()
            .chain(node.members().map(|member| member.value));
        next = children.find(|child| child.span().contains(span));
    }
    chain
}

/// The resource that companions serve, as its own template spells it.
pub(super) struct Served<'t> {
    pub(super) address: &'t Address,
    template: Node<'t>,
    pub(super) object: Node<'t>,
    /// Its type with all segments.
    kind: String,
    /// Its name as expressions without brackets, of which each gives one or more segments.
    names: Vec<String>,
    /// Its symbolic name, in a template that has them.
    pub(super) symbol: Option<String>,
    /// Whether the template writes `format(…)` rather than `concat(…)`.
    pub(super) formats: bool,
}

impl<'t> Served<'t> {
    pub(super) fn new(
        tree: &'t Tree,
        template: Node<'t>,
        written: &'t Written,
    ) -> Result<Self, Refusal> {
        let span = written.node;
        let chain = chain(tree, span);
        let (mut kind, mut names) = (String::new(), Vec::new());
        let within = chain
            .iter()
            .filter(|node| template.span().contains(node.span()));
        for resource in within.filter(|node| node.get("type").is_some()) {
            let own = text_of(*resource, "type")?;
            // A nested resource that names its provider starts anew.
            if kind.is_empty() || own.contains('.') {
                kind = own;
                names.clear();
            } else {
                kind = format!("{kind}/{own}");
            }
            names.push(name_of(*resource)?);
        }
        let object = chain.last().copied().filter(|node| node.span() == span);
        let (Some(object), false) = (object, names.is_empty()) else {
            return Err(Refusal(
                "The resource is not written as a JSON object with a type and a name.".to_owned(),
            ));
        };
        let symbol = template.get("resources").and_then(|resources| {
            let mut members = resources.members();
            members.find(|member| member.value.span() == span)
        });
        let text = tree.file().text.as_str();
        Ok(Self {
            address: &written.address,
            template,
            object,
            kind,
            names,
            symbol: symbol.map(|member| member.key.into_owned()),
            formats: text.matches("[format(").count() > text.matches("[concat(").count(),
        })
    }

    /// The whole name as one expression without brackets.
    pub(super) fn name(&self) -> String {
        match self.names.as_slice() {
            [name] => name.clone(),
            names => format!("concat({})", names.join(", '/', ")),
        }
    }

    /// The whole name, where it is written out.
    pub(super) fn literal_name(&self) -> Option<String> {
        let names = self.names.iter().map(|name| literal(name));
        Some(names.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// The name as arguments, one a segment.
    fn name_arguments(&self) -> String {
        let count = self.kind.matches('/').count();
        if self.names.len() == count {
            return self.names.join(", ");
        }
        if let Some(name) = self.literal_name() {
            let segments = name.split('/').map(quoted);
            return segments.collect::<Vec<_>>().join(", ");
        }
        let name = self.name();
        let segments = (0..count).map(|index| format!("split({name}, '/')[{index}]"));
        segments.collect::<Vec<_>>().join(", ")
    }

    /// The expression that gives the id of the served resource.
    pub(super) fn resource_id(&self) -> Result<String, Refusal> {
        let scoped = self.object.get("scope").is_some();
        let schema = self.template.get("$schema").and_then(Node::as_str);
        let schema = schema.unwrap_or_default().to_ascii_lowercase();
        let function = if schema.contains("/managementgroupdeploymenttemplate") || scoped {
            return Err(Refusal(
                "The id of the resource cannot be spelled: it is not of a resource group, subscription or tenant.".to_owned(),
            ));
        } else if schema.contains("/subscriptiondeploymenttemplate") {
            "subscriptionResourceId"
        } else if schema.contains("/tenantdeploymenttemplate") {
            "tenantResourceId"
        } else {
            "resourceId"
        };
        let names = self.name_arguments();
        Ok(format!("{function}('{}', {names})", self.kind))
    }

    /// A symbolic name that no resource of the template has.
    pub(super) fn unique_key(&self, resources: Node<'_>, kind: &Kind, taken: &[&str]) -> String {
        let base = format!(
            "{}_{}",
            self.symbol.as_deref().unwrap_or("resource"),
            last_segment(kind.as_str())
        );
        let is_free = |key: &String| {
            resources.get(key).is_none()
                && !taken.iter().any(|other| other.eq_ignore_ascii_case(key))
        };
        let numbered = (2..).map(|number: u32| format!("{base}{number}"));
        std::iter::once(base.clone())
            .chain(numbered)
            .find(is_free)
            .unwrap_or(base.clone())
    }
}

/// The name of a resource object as an expression without brackets.
fn name_of(resource: Node<'_>) -> Result<String, Refusal> {
    if let Some(expression) = resource.get("name").and_then(expression) {
        return Ok(expression[1..expression.len() - 1].trim().to_owned());
    }
    text_of(resource, "name").map(|name| quoted(&name))
}

/// A member that has to be plain text.
pub(super) fn text_of(object: Node<'_>, key: &str) -> Result<String, Refusal> {
    let text = object.get(key).and_then(Node::as_str);
    let plain = text.filter(|text| !text.starts_with('['));
    plain
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Refusal(format!("The `{key}` of the resource is not plain text.")))
}

/// The text of an expression that is a single literal.
fn literal(expression: &str) -> Option<String> {
    let inside = expression.strip_prefix('\'')?.strip_suffix('\'')?;
    let pairs = inside.replace("''", "");
    (!pairs.contains('\'')).then(|| inside.replace("''", "'"))
}

pub(super) fn last_segment(kind: &str) -> &str {
    kind.rsplit('/').next().unwrap_or(kind)
}
