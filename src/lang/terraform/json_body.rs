//! Terraform's JSON syntax read as the blocks and arguments of the native one.

use std::borrow::Cow;

use super::parsed::JsonText;
use super::section::{Argument, Expression, Nested, Section};
use crate::model::facts::{self, schema};
use crate::source::Span;
use crate::syntax::json::{Member, Node};

/// Deeper objects are left out; the JSON parser's own limit is of the same order.
const DEPTH: usize = 128;

/// The blocks of the file's top level and how many labels each has.
const TOP: &[(&str, usize)] = &[
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("import", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("output", 1),
    ("provider", 1),
    ("removed", 0),
    ("resource", 2),
    ("terraform", 0),
    ("variable", 1),
];

/// Which names of a body are blocks, and with how many labels.
#[derive(Clone, Copy)]
enum Shape<'s> {
    /// The file itself.
    File,
    /// `terraform { … }`
    Settings,
    /// A resource or a block in one; its schema, where that is known.
    Resource(Option<&'s schema::Body>, bool),
    /// `variable`, `output` and other blocks without nested ones that matter here.
    Plain,
}

/// The top-level blocks of a JSON file.
pub(super) fn blocks(text: &JsonText) -> Vec<Nested<'_>> {
    let root = text.tree.root().into_iter();
    let bodies = root.flat_map(objects);
    bodies
        .flat_map(|body| section(text, body, Shape::File, 0).blocks)
        .collect()
}

/// An object as itself, an array as its objects: JSON writes repeated blocks either way.
fn objects(node: Node<'_>) -> Vec<Node<'_>> {
    if node.is_object() {
        vec![node]
    } else {
        node.items().filter(|item| item.is_object()).collect()
    }
}

fn section<'t>(text: &'t JsonText, node: Node<'t>, shape: Shape<'_>, depth: usize) -> Section<'t> {
    let mut out = Section::default();
    if depth > DEPTH {
        return out;
    }
    for member in node.members() {
        if member.key == "//" {
            continue;
        }
        if let Some(labels) = shape.labels(&member) {
            let kind = &member.key;
            let place = (kind, member.key_span);
            nested(text, place, member.value, labels, shape, depth, &mut out);
        } else if out.argument(&member.key).is_none() {
            let evaluated = matches!(&*member.key, "value" | "type");
            let plain = matches!(shape, Shape::Plain) && !evaluated;
            out.arguments.push(Argument {
                name: member.key,
                value: if plain {
                    Expression::Plain(member.value)
                } else {
                    Expression::Json(text, member.value)
                },
            });
        }
    }
    out
}

/// Adds the blocks under one key: `labels` levels of objects, then a body or an array of bodies.
fn nested<'t>(
    text: &'t JsonText,
    (kind, key_span): (&Cow<'t, str>, Span),
    value: Node<'t>,
    labels: usize,
    shape: Shape<'_>,
    depth: usize,
    out: &mut Section<'t>,
) {
    let mut found: Vec<(Vec<Cow<'t, str>>, Span, Node<'t>)> = objects(value)
        .into_iter()
        .map(|node| (Vec::new(), key_span, node))
        .collect();
    for _ in 0..labels {
        let mut next = Vec::new();
        for (names, _, node) in found {
            for member in node.members().filter(|member| member.key != "//") {
                for body in objects(member.value) {
                    let mut names = names.clone();
                    names.push(member.key.clone());
                    next.push((names, member.key_span, body));
                }
            }
        }
        found = next;
    }
    for (labels, header, node) in found {
        let first = labels.first().map(ToString::to_string);
        let schema = first.as_deref().and_then(facts::schema);
        let inner = shape.inner(
            kind,
            first.as_deref(),
            schema.as_deref().map(|schema| &schema.body),
        );
        out.blocks.push(Nested {
            kind: kind.clone(),
            labels,
            header,
            span: header.join(node.span()),
            body: section(text, node, inner, depth + 1),
        });
    }
}

impl<'s> Shape<'s> {
    /// How many labels the member has if it is a block, `None` if it is an argument.
    fn labels(self, member: &Member<'_>) -> Option<usize> {
        let key = &*member.key;
        let is_body = !objects(member.value).is_empty();
        match self {
            Self::File => TOP.iter().find(|(kind, _)| *kind == key).map(|it| it.1),
            Self::Settings => match key {
                "required_providers" | "cloud" => Some(0),
                "backend" | "provider_meta" => Some(1),
                _ => None,
            },
            Self::Resource(schema, top) => match key {
                "dynamic" | "provisioner" if is_body => Some(1),
                "lifecycle" | "connection" if top => Some(0),
                "content"
                    if is_body && schema.is_none_or(|it| !it.attributes.contains_key(key)) =>
                {
                    Some(0)
                }
                // An argument that may also be written as blocks is most often an argument here.
                _ => (is_body && schema?.blocks.contains_key(key)).then_some(0),
            },
            Self::Plain => None,
        }
    }

    /// The shape of the block `kind` inside this one.
    fn inner(
        self,
        kind: &str,
        label: Option<&str>,
        resource: Option<&'s schema::Body>,
    ) -> Shape<'s> {
        match self {
            Self::File => match kind {
                "resource" | "data" => Self::Resource(resource, true),
                "terraform" => Self::Settings,
                "locals" | "module" | "provider" => Self::Resource(None, false),
                _ => Self::Plain,
            },
            Self::Resource(schema, _) => match kind {
                "lifecycle" | "connection" | "provisioner" => Self::Resource(None, false),
                // The inside of `dynamic "x"` is `content`, whose inside is that of `x`.
                "content" => Self::Resource(schema, false),
                "dynamic" => Self::Resource(
                    schema
                        .zip(label)
                        .and_then(|(schema, label)| schema.blocks.get(label))
                        .map(|block| &block.body),
                    false,
                ),
                _ => Self::Resource(
                    schema
                        .and_then(|schema| schema.blocks.get(kind))
                        .map(|block| &block.body),
                    false,
                ),
            },
            Self::Settings | Self::Plain => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parsed::{Cache, Parsed};
    use super::*;
    use crate::source::{MemoryTree, RelPath, SourceTree};

    #[test]
    fn keys_become_blocks_labels_and_arguments() {
        let text = r#"{
          "//": "a comment",
          "resource": {"azurerm_storage_account": {"a": {
            "name": "x",
            "network_rules": {"default_action": "Deny"},
            "dynamic": {"identity": [{"for_each": [1], "content": {"type": "SystemAssigned"}}]}
          }}},
          "locals": [{"b": 1}, {"c": {"d": 2}}],
          "output": {"o": {"value": "${local.b}"}}
        }"#;
        let tree = MemoryTree::new([("a.tf.json", text)]);
        let file = tree.read(&RelPath::new("a.tf.json").unwrap()).unwrap();
        let parsed = Cache::default().parsed(&file);
        let Parsed::Json(text) = &*parsed else {
            panic!("not JSON")
        };
        let blocks = blocks(text);
        let kinds: Vec<&str> = blocks.iter().map(|block| &*block.kind).collect();
        assert_eq!(kinds, ["resource", "locals", "locals", "output"]);
        let resource = &blocks[0];
        assert_eq!(resource.labels, ["azurerm_storage_account", "a"]);
        let inner: Vec<&str> = resource.body.blocks.iter().map(|it| &*it.kind).collect();
        assert_eq!(inner, ["network_rules", "dynamic"]);
        let dynamic = &resource.body.blocks[1];
        assert_eq!(dynamic.label(0), "identity");
        assert_eq!(dynamic.body.blocks[0].kind, "content");
        assert!(dynamic.body.argument("for_each").is_some());
        assert!(blocks[2].body.argument("c").is_some());
    }
}
