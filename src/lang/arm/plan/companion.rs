//! Companion resources: a child, an extension, or one that refers to the resource it serves.

use super::spell::{self, Json};
use super::splice::{self, Splice};
use super::{Planner, walk};
use crate::edit::Refusal;
use crate::model::{
    Address, Data, Entry, Kind, Origin, Path, PointsTo, Relation, Step, Unknown, Value, Why,
    Written,
};
use crate::source::Span;
use crate::syntax::json::{Node, Tree};

/// A resource to add: its type, its body, and how it belongs to the resource it serves.
pub(super) type Companion<'c> = (&'c Kind, &'c [Entry], &'c Relation);

impl Planner<'_> {
    /// Appends the companions to the resources of the template that declares the resource.
    pub(super) fn add_companions(&mut self, companions: &[Companion<'_>]) -> Result<(), Refusal> {
        if companions.is_empty() {
            return Ok(());
        }
        let span = self.written.node;
        let tree = self.tree(span.file)?;
        let missing = || Refusal("The template of the resource has no `resources`.".to_owned());
        let template = template(&tree, span).ok_or_else(missing)?;
        let resources = template.get("resources").ok_or_else(missing)?;
        let served = Served::new(&tree, template, self.written)?;
        let mut changes = Splice::default();
        for companion in companions {
            let json = served.companion(companion)?;
            let key = resources.is_object().then(|| {
                let taken: Vec<&str> = changes
                    .added
                    .iter()
                    .filter_map(|(key, _)| key.as_deref())
                    .collect();
                served.unique_key(resources, companion.0, &taken)
            });
            changes.added.push((key, json));
        }
        self.edits
            .extend(splice::splice(&tree, resources, &changes));
        Ok(())
    }
}

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
fn chain(tree: &Tree, span: Span) -> Vec<Node<'_>> {
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
struct Served<'t> {
    address: &'t Address,
    template: Node<'t>,
    object: Node<'t>,
    /// Its type with all segments.
    kind: String,
    /// Its name as expressions without brackets, of which each gives one or more segments.
    names: Vec<String>,
    /// Its symbolic name, in a template that has them.
    symbol: Option<String>,
    /// Whether the template writes `format(…)` rather than `concat(…)`.
    formats: bool,
}

impl<'t> Served<'t> {
    fn new(tree: &'t Tree, template: Node<'t>, written: &'t Written) -> Result<Self, Refusal> {
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
    fn name(&self) -> String {
        match self.names.as_slice() {
            [name] => name.clone(),
            names => format!("concat({})", names.join(", '/', ")),
        }
    }

    /// The whole name, where it is written out.
    fn literal_name(&self) -> Option<String> {
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

    fn companion(&self, (kind, body, relation): &Companion<'_>) -> Result<Json, Refusal> {
        let body = self.linked_body(body, relation)?;
        let get = |key: &str| {
            body.iter()
                .find(|entry| entry.key.eq_ignore_ascii_case(key))
        };
        let mut json = Vec::new();
        self.copy_existence(kind, &mut json)?;
        json.push(("type".to_owned(), text(kind.as_str())));
        json.push((
            "apiVersion".to_owned(),
            self.api_version(get("apiVersion"), relation)?,
        ));
        if **relation == Relation::Extension {
            json.push(("scope".to_owned(), expression(&self.resource_id()?)));
        }
        json.push((
            "name".to_owned(),
            self.companion_name(get("name"), relation)?,
        ));
        let rest = body.iter().filter(|entry| {
            let known = [
                "type",
                "apiVersion",
                "scope",
                "name",
                "dependsOn",
                "properties",
            ];
            !known.iter().any(|key| entry.key.eq_ignore_ascii_case(key))
        });
        for entry in rest {
            json.push((entry.key.to_string(), self.json(&entry.value)?));
        }
        let depends_on = match &self.symbol {
            Some(symbol) => text(symbol),
            None => expression(&self.resource_id()?),
        };
        json.push(("dependsOn".to_owned(), Json::Array(vec![depends_on])));
        if let Some(properties) = get("properties") {
            json.push(("properties".to_owned(), self.json(&properties.value)?));
        }
        Ok(Json::Object(json))
    }

    /// The body with the reference that the relation asks for.
    fn linked_body(&self, body: &[Entry], relation: &Relation) -> Result<Vec<Entry>, Refusal> {
        let path = match relation {
            Relation::Child | Relation::Extension => return Ok(body.to_vec()),
            Relation::ReferredToBy(path) => path,
            Relation::Parent => {
                return Err(Refusal("A parent is not added to its child.".to_owned()));
            }
            Relation::RefersTo(path) => {
                return Err(Refusal(format!(
                    "`{path}` has to name a resource that does not exist yet."
                )));
            }
        };
        let own_id = Unknown::because(Why::Computed).pointing_to(PointsTo {
            address: None,
            identity: None,
            attribute: "id".into(),
        });
        link(body, &path.0, &Value::unknown(own_id, Origin::NOWHERE))
    }

    /// A companion of a conditional or repeated resource exists under the same condition, as often.
    fn copy_existence(&self, kind: &Kind, json: &mut Vec<(String, Json)>) -> Result<(), Refusal> {
        if let Some(condition) = self.object.get("condition") {
            json.push((
                "condition".to_owned(),
                Json::Token(condition.text().to_owned()),
            ));
        }
        let Some(copy) = self.object.get("copy") else {
            return Ok(());
        };
        let loop_name = text_of(copy, "name")?;
        let by_name = format!("copyIndex('{loop_name}'").to_ascii_lowercase();
        let count = copy.get("count");
        let (Some(count), false) = (count, self.name().to_ascii_lowercase().contains(&by_name))
        else {
            return Err(Refusal(format!(
                "The resource is repeated by the `copy` loop `{loop_name}`, which its name refers to."
            )));
        };
        let last = last_segment(kind.as_str());
        json.push((
            "copy".to_owned(),
            Json::Object(vec![
                ("name".to_owned(), text(&format!("{loop_name}-{last}"))),
                ("count".to_owned(), Json::Token(count.text().to_owned())),
            ]),
        ));
        Ok(())
    }

    fn api_version(&self, own: Option<&Entry>, relation: &Relation) -> Result<Json, Refusal> {
        if let Some(entry) = own {
            return self.json(&entry.value);
        }
        // A child is served in the API versions of its parent's provider.
        let parent = self
            .object
            .get("apiVersion")
            .filter(|_| *relation == Relation::Child);
        parent
            .map(|node| Json::Token(node.text().to_owned()))
            .ok_or_else(|| Refusal("The API version of the new resource is not known.".to_owned()))
    }

    fn companion_name(&self, own: Option<&Entry>, relation: &Relation) -> Result<Json, Refusal> {
        let own = own.ok_or_else(|| Refusal("The new resource has no name.".to_owned()))?;
        let (Some(suffix), Relation::Child) = (own.value.as_str(), relation) else {
            return self.json(&own.value);
        };
        if let Some(literal) = self.literal_name() {
            return Ok(text(&format!("{literal}/{suffix}")));
        }
        let name = self.name();
        let suffix = suffix.replace('\'', "''");
        Ok(expression(
            &if self.formats && !suffix.contains(['{', '}']) {
                format!("format('{{0}}/{suffix}', {name})")
            } else {
                format!("concat({name}, '/{suffix}')")
            },
        ))
    }

    /// The expression that gives the id of the served resource.
    fn resource_id(&self) -> Result<String, Refusal> {
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

    fn json(&self, value: &Value) -> Result<Json, Refusal> {
        spell::json(value, &|unknown| self.reference(unknown))
    }

    /// What an unknown of the companion's body is spelled: a reference to the served resource, or
    /// to another one.
    fn reference(&self, unknown: &Unknown) -> Result<Json, Refusal> {
        let refuse = || Refusal("A value of the new resource is not known.".to_owned());
        let points_to = unknown.points_to.as_deref().ok_or_else(refuse)?;
        let own = points_to.address.as_ref() == Some(self.address);
        let unnamed = points_to.address.is_none() && points_to.identity.is_none();
        if !own && !unnamed {
            let other = reference(points_to).ok_or_else(refuse)?;
            return Ok(expression(&other));
        }
        match &*points_to.attribute {
            "id" => Ok(expression(&self.resource_id()?)),
            "name" => Ok(self
                .literal_name()
                .map_or_else(|| expression(&self.name()), |name| text(&name))),
            path => {
                let path = Path::parse(path).map_err(|_| refuse())?;
                let node = path
                    .0
                    .iter()
                    .try_fold(self.object, |node, step| match step {
                        Step::Name(name) => node.get(name),
                        Step::Index(index) => node.items().nth(*index),
                        Step::Each | Step::Where { .. } => None,
                    });
                let node = node.ok_or_else(refuse)?;
                Ok(Json::Token(node.text().to_owned()))
            }
        }
    }

    /// A symbolic name that no resource of the template has.
    fn unique_key(&self, resources: Node<'_>, kind: &Kind, taken: &[&str]) -> String {
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

/// The expression that gives the id of another resource; `None` when it cannot be spelled.
pub(super) fn reference(points_to: &PointsTo) -> Option<String> {
    let identity = points_to.identity.as_ref()?;
    if &*points_to.attribute != "id" || identity.names.is_empty() {
        return None;
    }
    let names = identity.names.iter().map(|name| match &name.data {
        Data::String(name) => Some(quoted(name)),
        Data::Unknown(unknown) => unknown.term.as_deref().map(str::to_owned),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::List(_) | Data::Map(_) => None,
    });
    let names = names.collect::<Option<Vec<_>>>()?;
    Some(format!(
        "resourceId('{}', {})",
        identity.kind,
        names.join(", ")
    ))
}

/// `body` with `to` at `steps`; what is missing on the way is made.
fn link(body: &[Entry], steps: &[Step], to: &Value) -> Result<Vec<Entry>, Refusal> {
    let body = Value::map(body.to_vec(), Origin::NOWHERE);
    let linked = with(Some(&body), steps, to)?;
    Ok(linked
        .as_map()
        .map(|map| map.entries.clone())
        .unwrap_or_default())
}

fn with(value: Option<&Value>, steps: &[Step], to: &Value) -> Result<Value, Refusal> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(to.clone());
    };
    match step {
        Step::Name(name) => {
            let mut entries = value
                .and_then(Value::as_map)
                .map(|map| map.entries.clone())
                .unwrap_or_default();
            let known = entries
                .iter_mut()
                .find(|entry| entry.key.eq_ignore_ascii_case(name));
            match known {
                Some(entry) => entry.value = with(Some(&entry.value), rest, to)?,
                None => entries.push(Entry {
                    key: name.clone(),
                    value: with(None, rest, to)?,
                }),
            }
            Ok(Value::map(entries, Origin::NOWHERE))
        }
        Step::Each | Step::Index(_) => {
            let items = value
                .and_then(Value::as_list)
                .filter(|items| !items.is_empty());
            let items = match items {
                Some(items) => items
                    .iter()
                    .map(|item| with(Some(item), rest, to))
                    .collect(),
                None => with(None, rest, to).map(|item| vec![item]),
            };
            Ok(Value::list(items?, Origin::NOWHERE))
        }
        Step::Where { .. } => Err(Refusal(
            "The reference of the new resource stands in a list item that has to be there already."
                .to_owned(),
        )),
    }
}

/// The name of a resource object as an expression without brackets.
fn name_of(resource: Node<'_>) -> Result<String, Refusal> {
    if let Some(expression) = resource.get("name").and_then(walk::expression) {
        return Ok(expression[1..expression.len() - 1].trim().to_owned());
    }
    text_of(resource, "name").map(|name| quoted(&name))
}

/// A member that has to be plain text.
fn text_of(object: Node<'_>, key: &str) -> Result<String, Refusal> {
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

/// `text` as a literal of the template language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn text(text: &str) -> Json {
    Json::Token(spell::quote(text))
}

fn expression(text: &str) -> Json {
    Json::Token(spell::quote(&format!("[{text}]")))
}

fn last_segment(kind: &str) -> &str {
    kind.rsplit('/').next().unwrap_or(kind)
}
