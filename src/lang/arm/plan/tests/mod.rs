//! Expected texts, byte for byte, and what `jsonc-parser` makes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

mod companions;
mod elsewhere;
mod law;
mod texts;
mod whole;

use super::*;
use crate::edit;
use crate::model::{
    Address, Data, Entry, Existence, Hop, Kind, Number, Origin, PointsTo, Relation, Unknown, Via,
    Why,
};
use crate::source::{MemoryTree, RelPath};
use crate::syntax::json;
use crate::syntax::json::{Node, NodeKind};

/// A template or fragment, the files beside it, and its values as an evaluation would give them:
/// plain references are followed, every other expression is unknown.
struct Case {
    sources: MemoryTree,
    origins: Origins,
    written: Written,
}

const MAIN: &str = "main.json";
const PARAMETERS: &str = "main.parameters.json";

impl Case {
    /// The resource is the object at `at` in the template.
    fn new(template: &str, parameters: &str, at: &[&str]) -> Self {
        let sources = MemoryTree::new([(MAIN, template), (PARAMETERS, parameters)]);
        let parse = |path| json::parse(&sources.read(&RelPath::new(path).unwrap()).unwrap());
        let (main, inputs) = (parse(MAIN), parse(PARAMETERS));
        let mut origins = Origins::default();
        let root = main.root().unwrap();
        let node = at
            .iter()
            .fold(root, |node, step| match step.parse::<usize>() {
                Ok(index) => node.items().nth(index).unwrap(),
                Err(_) => node.get(step).unwrap(),
            });
        let args = lower(node, root, inputs.root().unwrap(), &mut origins);
        let written = Written {
            address: Address::new("Microsoft.Test/things/it"),
            kind: Kind::new("Microsoft.Test/things"),
            args,
            node: node.span(),
            header: node.span(),
            existence: Existence::Certain,
            provider_major: None,
            repeated: false,
        };
        Self {
            sources,
            origins,
            written,
        }
    }

    fn plan(&self, changes: &[Change]) -> Result<Plan, Refusal> {
        plan(
            &self.written,
            &[],
            changes,
            &self.origins,
            &self.sources,
            &Cache::default(),
            EditAt::Definition,
        )
    }

    /// The texts after the plan, and whether what was planned holds in itself.
    fn after(&self, changes: &[Change]) -> BTreeMap<String, String> {
        let plan = self.plan(changes).unwrap();
        let mut texts = BTreeMap::new();
        for path in [MAIN, PARAMETERS] {
            let file = self.sources.read(&RelPath::new(path).unwrap()).unwrap();
            let edits: Vec<&Edit> = plan
                .edits
                .iter()
                .filter(|e| e.span.file == file.id)
                .collect();
            for pair in edits.windows(2) {
                assert!(!pair[0].span.touches(pair[1].span), "{pair:?}");
            }
            let text = edit::apply(&file.text, &edits);
            assert!(canonical(&text).is_some(), "not JSON any more:\n{text}");
            texts.insert(path.to_owned(), text);
        }
        texts
    }
}

fn lower(node: Node<'_>, template: Node<'_>, inputs: Node<'_>, origins: &mut Origins) -> Value {
    let own = origins.literal(node.span());
    let data = match node.kind() {
        NodeKind::Null => Data::Null,
        NodeKind::Bool(value) => Data::Bool(value),
        NodeKind::Number(text) => Data::Number(Number::parse(text).unwrap()),
        NodeKind::String(text) => match expression::expression(node) {
            Some(expression) => return refer(node, &expression, template, inputs, origins),
            None => Data::String(Arc::from(&*text)),
        },
        NodeKind::Array => {
            let items = node
                .items()
                .map(|item| lower(item, template, inputs, origins));
            return Value::list(items.collect(), own);
        }
        NodeKind::Object => {
            let entries = node.members().map(|member| Entry {
                key: Arc::from(&*member.key),
                value: lower(member.value, template, inputs, origins),
            });
            return Value::map(entries.collect(), own);
        }
    };
    Value::new(data, own)
}

fn refer(
    node: Node<'_>,
    expression: &str,
    template: Node<'_>,
    inputs: Node<'_>,
    origins: &mut Origins,
) -> Value {
    let inside = |function: &str| {
        let rest = expression.strip_prefix('[')?.strip_prefix(function)?;
        rest.strip_prefix("('")?.strip_suffix("')]")
    };
    let parameter = inside("parameters").map(|name| {
        let given = inputs
            .get("parameters")
            .and_then(|all| all.get(name)?.get("value"));
        let default = || template.get("parameters")?.get(name)?.get("defaultValue");
        (given.or_else(default), Via::Parameter)
    });
    let variable = || {
        inside("variables").map(|name| {
            let found = template.get("variables").and_then(|all| all.get(name));
            (found, Via::ArmVariable)
        })
    };
    if let Some((Some(found), via)) = parameter.or_else(variable) {
        let mut value = lower(found, template, inputs, origins);
        value.origin = origins.step(node.span(), via, value.origin);
        value
    } else {
        let origin = origins.computed(node.span());
        Value::unknown(Unknown::because(Why::Input).spelled("it"), origin)
    }
}

fn value(json: &str) -> Value {
    let path = RelPath::new("value.json").unwrap();
    let file = crate::source::SourceFile::new(FileId(99), path, json.to_owned(), Encoding::Utf8);
    let tree = json::parse(&Arc::new(file));
    let root = tree.root().unwrap();
    lower(root, root, root, &mut Origins::default())
}

fn set(path: &str, json: &str) -> Change {
    Change::Set {
        path: Path::parse(path).unwrap(),
        to: value(json),
    }
}

fn append(path: &str, json: &str) -> Change {
    Change::Append {
        path: Path::parse(path).unwrap(),
        item: value(json),
    }
}

fn remove(path: &str) -> Change {
    Change::Remove {
        path: Path::parse(path).unwrap(),
    }
}

/// What the second parser reads, the layout left aside; `None` when it refuses the text.
fn canonical(text: &str) -> Option<serde_json::Value> {
    use jsonc_parser::JsonValue as Other;
    fn convert(value: Other<'_>) -> serde_json::Value {
        match value {
            Other::Null => serde_json::Value::Null,
            Other::Boolean(value) => value.into(),
            Other::Number(text) => serde_json::from_str(text).unwrap(),
            Other::String(text) => text.into_owned().into(),
            Other::Array(items) => items.into_iter().map(convert).collect(),
            Other::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key, convert(value)))
                .collect(),
        }
    }
    let options = jsonc_parser::ParseOptions {
        allow_missing_commas: false,
        allow_loose_object_property_names: false,
        ..jsonc_parser::ParseOptions::default()
    };
    let value = jsonc_parser::parse_to_value(text, &options).ok()??;
    Some(convert(value))
}

#[test]
fn a_summary_says_what_is_done() {
    let case = Case::new("{\"a\": 1, \"c\": 1}", "{}", &[]);
    let plan = case
        .plan(&[set("a", "{\"b\": true}"), remove("c")])
        .unwrap();
    assert_eq!(plan.summary, "Set `a` to `{\"b\": true}` and remove `c`");
}
