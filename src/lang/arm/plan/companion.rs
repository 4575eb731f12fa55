//! Companion resources: a child, an extension, or one that refers to the resource it serves.

use super::Planner;
use super::expression::reference;
use super::served::{Served, last_segment, template, text_of};
use super::spell;
use crate::edit::Refusal;
use crate::lang::planning::json;
use crate::lang::planning::layout::{self, Spelled};
use crate::lang::planning::splice::Splice;
use crate::lang::planning::wish::Companion;
use crate::model::{Entry, Kind, Origin, Path, PointsTo, Relation, Step, Unknown, Value, Why};

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
        self.edits.extend(json::splice(&tree, resources, &changes));
        Ok(())
    }
}

impl Served<'_> {
    fn companion(&self, (kind, body, relation): &Companion<'_>) -> Result<Spelled, Refusal> {
        let body = Self::linked_body(body, relation)?;
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
        json.push(("dependsOn".to_owned(), Spelled::Array(vec![depends_on])));
        if let Some(properties) = get("properties") {
            json.push(("properties".to_owned(), self.json(&properties.value)?));
        }
        Ok(Spelled::Object(json))
    }

    /// The body with the reference that the relation asks for.
    fn linked_body(body: &[Entry], relation: &Relation) -> Result<Vec<Entry>, Refusal> {
        let path = match relation {
            Relation::Child | Relation::Extension => return Ok(body.to_vec()),
            Relation::ReferredToBy(path) => path,
            Relation::Parent => {
                return Err(Refusal("A parent is not added to its child.".to_owned()));
            }
            Relation::Beside => {
                return Err(Refusal(
                    "A resource that only stands beside is not added.".to_owned(),
                ));
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
    fn copy_existence(
        &self,
        kind: &Kind,
        json: &mut Vec<(String, Spelled)>,
    ) -> Result<(), Refusal> {
        if let Some(condition) = self.object.get("condition") {
            json.push((
                "condition".to_owned(),
                Spelled::Token(condition.text().to_owned()),
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
            Spelled::Object(vec![
                ("name".to_owned(), text(&format!("{loop_name}-{last}"))),
                ("count".to_owned(), Spelled::Token(count.text().to_owned())),
            ]),
        ));
        Ok(())
    }

    fn api_version(&self, own: Option<&Entry>, relation: &Relation) -> Result<Spelled, Refusal> {
        if let Some(entry) = own {
            return self.json(&entry.value);
        }
        // A child is served in the API versions of its parent's provider.
        let parent = self
            .object
            .get("apiVersion")
            .filter(|_| *relation == Relation::Child);
        parent
            .map(|node| Spelled::Token(node.text().to_owned()))
            .ok_or_else(|| Refusal("The API version of the new resource is not known.".to_owned()))
    }

    fn companion_name(&self, own: Option<&Entry>, relation: &Relation) -> Result<Spelled, Refusal> {
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

    fn json(&self, value: &Value) -> Result<Spelled, Refusal> {
        spell::json(value, &|unknown| self.reference(unknown))
    }

    /// What an unknown of the companion's body is spelled: a reference to the served resource, or
    /// to another one.
    fn reference(&self, unknown: &Unknown) -> Result<Spelled, Refusal> {
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
                Ok(Spelled::Token(node.text().to_owned()))
            }
        }
    }
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

fn text(text: &str) -> Spelled {
    Spelled::Token(layout::quote(text))
}

fn expression(text: &str) -> Spelled {
    Spelled::Token(layout::quote(&format!("[{text}]")))
}
