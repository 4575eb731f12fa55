//! Reading a deployment template's sections. Nothing is evaluated here.

use rustc_hash::FxHashMap;

use crate::syntax::json::{Member, Node};

/// The sections of a template, indexed by lower-case name: names ignore case.
pub(super) struct Template<'t> {
    /// The template object.
    pub(super) node: Node<'t>,
    /// Where the template is deployed to.
    #[expect(dead_code, reason = "no function depends on it yet")]
    pub(super) level: Level,
    /// Declared parameters.
    pub(super) parameters: Index<'t>,
    /// Declared variables, without those that a `copy` makes.
    pub(super) variables: Index<'t>,
    /// Variables made by a `copy`: name, count, input.
    pub(super) variable_copies: FxHashMap<String, Node<'t>>,
    /// User-defined functions by `namespace.name`.
    pub(super) functions: FxHashMap<String, Node<'t>>,
    /// Type definitions.
    pub(super) definitions: Index<'t>,
    /// Resources by symbolic name; empty when they are a plain array.
    #[expect(
        dead_code,
        reason = "what a template is deployed to does not change what it deploys"
    )]
    pub(super) symbols: Index<'t>,
}

/// Members of a section by lower-case name; of equal names the last.
pub(super) type Index<'t> = FxHashMap<String, Member<'t>>;

/// What a template is deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    ResourceGroup,
    Subscription,
    ManagementGroup,
    Tenant,
}

impl<'t> Template<'t> {
    /// Reads the sections of the template object `node`.
    pub(super) fn of(node: Node<'t>) -> Self {
        let variables = node.get("variables");
        let copies = variables.and_then(|section| section.get("copy"));
        let resources = node.get("resources").filter(|section| section.is_object());
        let schema = node.get("$schema").and_then(Node::as_str);
        Self {
            node,
            level: schema
                .as_deref()
                .and_then(level)
                .unwrap_or(Level::ResourceGroup),
            parameters: index(node.get("parameters")),
            variables: index(variables),
            variable_copies: copies
                .into_iter()
                .flat_map(Node::items)
                .filter_map(|copy| Some((copy.get("name")?.as_str()?.to_ascii_lowercase(), copy)))
                .collect(),
            functions: functions(node.get("functions")),
            definitions: index(node.get("definitions")),
            symbols: index(resources),
        }
    }

    /// The resources with their symbolic names, in source order.
    pub(super) fn resources(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let section = self.node.get("resources");
        section.into_iter().flat_map(children)
    }
}

/// The items of an array or the values of an object: resources are written as either.
pub(super) fn children(section: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let members = section.members().map(|member| member.value);
    section.items().chain(members)
}

/// The level that a template's `$schema` names; `None` when it is no deployment template's.
pub(super) fn level(schema: &str) -> Option<Level> {
    let schema = schema.trim_end_matches('#').to_ascii_lowercase();
    Some(match schema.rsplit('/').next()? {
        "deploymenttemplate.json" => Level::ResourceGroup,
        "subscriptiondeploymenttemplate.json" => Level::Subscription,
        "managementgroupdeploymenttemplate.json" => Level::ManagementGroup,
        "tenantdeploymenttemplate.json" => Level::Tenant,
        _ => return None,
    })
}

fn index(section: Option<Node<'_>>) -> Index<'_> {
    let members = section.into_iter().flat_map(Node::members);
    members
        .map(|member| (member.key.to_ascii_lowercase(), member))
        .collect()
}

fn functions(section: Option<Node<'_>>) -> FxHashMap<String, Node<'_>> {
    let mut out = FxHashMap::default();
    for group in section.into_iter().flat_map(Node::items) {
        let Some(namespace) = group.get("namespace").and_then(Node::as_str) else {
            continue;
        };
        for member in group.get("members").into_iter().flat_map(Node::members) {
            let name = format!("{namespace}.{}", member.key).to_ascii_lowercase();
            out.insert(name, member.value);
        }
    }
    out
}
