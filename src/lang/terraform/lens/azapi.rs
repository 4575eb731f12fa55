//! `azapi_*`: ARM bodies written in Terraform.

use std::sync::Arc;

use super::identity::{identity_of_id, parent_type, segments};
use super::json::from_json;
use crate::edit::Refusal;
use crate::model::{
    ApiVersion, Change, Coverage, Data, Entry, Fragment, Identity, Kind, Map, Origin, Origins,
    Path, Scope, Step, Unknown, Value, Why, Written, WrittenId,
};

/// The arguments that stand beside `body` and mean the property of the same name.
const BESIDE: [&str; 3] = ["location", "tags", "name"];

/// What `written` says; `None` for a type that declares no resource, and where its type is not known.
pub(super) fn fragments(
    written: &Written,
    id: WrittenId,
    origins: &mut Origins,
) -> Option<Fragment> {
    let merges = match written.kind.as_str() {
        "azapi_resource" => false,
        "azapi_update_resource" => true,
        _ => return None,
    };
    let args = written.args.as_map()?;
    let (kind, api) = args.get("type")?.as_str()?.split_once('@')?;
    let (kind, api_text) = (kind.to_owned(), api.to_owned());
    let identity = identity(written, args, &kind, merges, origins);
    Some(Fragment {
        of: id,
        kind: Kind::new(kind.as_str()),
        api: ApiVersion::new(&api_text),
        body: body(written, args, &kind, &api_text, &identity),
        identity,
        coverage: Coverage::Whole,
        merges,
        implied: false,
    })
}

fn identity(
    written: &Written,
    args: &Map,
    kind: &str,
    merges: bool,
    origins: &Origins,
) -> Identity {
    let given = |name: &str| args.get(name).filter(|value| !value.is_null());
    if let Some(target) = given("resource_id").filter(|_| merges) {
        return identity_of_id(target, Some(kind), origins);
    }
    let unknown = || Value::unknown(Unknown::because(Why::Computed).not_null(), Origin::NOWHERE);
    let parent = given("parent_id").map(|it| identity_of_id(it, parent_type(kind), origins));
    let own = given("name").cloned().unwrap_or_else(unknown);
    let fits = |parent: &Identity| parent_type(kind).is_some_and(|it| parent.kind.is(it));
    let (mut names, scope) = match parent {
        Some(parent) if fits(&parent) => (parent.names.clone(), Scope::Of(Box::new(parent))),
        Some(parent) if parent.kind.is("Microsoft.Resources/resourceGroups") => {
            let group = parent.names.last().cloned().unwrap_or_else(unknown);
            (Vec::new(), Scope::Group(Box::new(group)))
        }
        Some(parent) if parent.kind.is("Microsoft.Subscription") => {
            (Vec::new(), Scope::Subscription)
        }
        // What a block declares is known by its address, whatever its type turns out to be.
        Some(parent) if parent.kind.as_str().is_empty() && parent.address.is_none() => {
            (Vec::new(), Scope::Unknown)
        }
        Some(parent) => (Vec::new(), Scope::Of(Box::new(parent))),
        None => (Vec::new(), Scope::Unknown),
    };
    let missing = segments(kind).saturating_sub(names.len() + 1);
    names.extend(std::iter::repeat_with(unknown).take(missing));
    names.push(own);
    let address = (!merges).then(|| written.address.clone());
    Identity {
        kind: Kind::new(kind),
        names,
        scope,
        address,
    }
}

/// The request's object: the arguments beside `body`, then what `body` says.
fn body(written: &Written, args: &Map, kind: &str, api: &str, identity: &Identity) -> Value {
    let origin = args
        .get("type")
        .map_or(written.args.origin, |value| value.origin);
    let entry = |key: &str, value: Value| Entry {
        key: Arc::from(key),
        value,
    };
    let mut entries = vec![
        entry("type", Value::string(kind, origin)),
        entry("apiVersion", Value::string(api, origin)),
    ];
    if let Some(name) = full_name(identity) {
        entries.push(entry("name", name));
    }
    for key in ["location", "tags"] {
        if let Some(value) = args.get(key).filter(|value| !value.is_null()) {
            entries.push(entry(key, value.clone()));
        }
    }
    if let Some(identity) = args.get("identity").and_then(managed_identity) {
        entries.push(entry("identity", identity));
    }
    let mut open = false;
    for argument in ["body", "sensitive_body"] {
        let Some(value) = args.get(argument).filter(|value| !value.is_null()) else {
            continue;
        };
        let parsed = value
            .as_str()
            .and_then(|text| from_json(text, value.origin));
        match &parsed.as_ref().unwrap_or(value).data {
            Data::Map(map) => {
                let known = |key: &str| entries.iter().any(|it| it.key.eq_ignore_ascii_case(key));
                let more: Vec<Entry> = map
                    .entries
                    .iter()
                    .filter(|it| !known(&it.key))
                    .cloned()
                    .collect();
                entries.extend(more);
                open |= map.open;
            }
            Data::Unknown(unknown) => {
                // Whatever the body says is not known; `properties` is where it says it.
                let value = Value {
                    data: Data::Unknown(Arc::clone(unknown)),
                    ..value.clone()
                };
                entries.push(entry("properties", value));
                open = true;
            }
            _ => open = true,
        }
    }
    let mut value = Value::map(entries, written.args.origin);
    if let Data::Map(map) = &mut value.data {
        Arc::make_mut(map).open = open;
    }
    value
}

/// The name as a request spells it: all names joined by slashes.
pub(super) fn full_name(identity: &Identity) -> Option<Value> {
    let last = identity.names.last()?;
    if identity.names.len() == 1 {
        return Some(last.clone());
    }
    let texts: Option<Vec<&str>> = identity.names.iter().map(Value::as_str).collect();
    if let Some(texts) = texts {
        return Some(Value::string(texts.join("/"), last.origin));
    }
    let unknown = identity.names.iter().find_map(Value::as_unknown);
    let unknown = unknown.map_or(Unknown::because(Why::Computed), |unknown| {
        super::convert::derive(unknown, "name")
    });
    let unknown = Unknown {
        term: None,
        ..unknown
    };
    Some(Value::unknown(unknown, last.origin))
}

/// The `identity` block as ARM spells it.
fn managed_identity(value: &Value) -> Option<Value> {
    let block = match &value.data {
        Data::List(list) => list.items.first()?,
        Data::Map(_) | Data::Unknown(_) => value,
        _ => return None,
    };
    let Some(map) = block.as_map() else {
        return Some(block.clone());
    };
    let entry = |key: &str, value: Value| Entry {
        key: Arc::from(key),
        value,
    };
    let mut entries = Vec::new();
    if let Some(kind) = map.get("type").filter(|value| !value.is_null()) {
        entries.push(entry("type", kind.clone()));
    }
    if let Some(ids) = map.get("identity_ids").and_then(Value::as_list) {
        let users = ids.iter().filter_map(|id| {
            let key = Arc::from(id.as_str()?);
            Some(Entry {
                key,
                value: Value::map(Vec::new(), id.origin),
            })
        });
        entries.push(entry(
            "userAssignedIdentities",
            Value::map(users.collect(), block.origin),
        ));
    }
    Some(Value::map(entries, block.origin))
}

/// A wish in terms of the arguments of an `azapi_*` resource.
pub(super) fn invert(written: &Written, change: &Change) -> Result<Change, Refusal> {
    let args = written.args.as_map();
    let body = args.and_then(|args| args.get("body"));
    if body.is_some_and(|body| body.as_str().is_some()) {
        let address = &written.address;
        return Err(Refusal(format!(
            "`body` of `{address}` is written as JSON text."
        )));
    }
    let place = |path: &Path| {
        if path.0.is_empty() {
            return path.clone();
        }
        let pattern = path.pattern();
        let first = pattern.split(['.', '[']).next().unwrap_or_default();
        if BESIDE.contains(&first) || pattern == "identity.type" {
            return Path(path.0.iter().map(lowered).collect());
        }
        Path::default().member("body").then(&spelled(path, body))
    };
    Ok(match change {
        Change::Set { path, to } => Change::Set {
            path: place(path),
            to: to.clone(),
        },
        Change::Append { path, item } => Change::Append {
            path: place(path),
            item: item.clone(),
        },
        Change::Remove { path } => Change::Remove { path: place(path) },
        Change::AddResource { .. } => change.clone(),
    })
}

fn lowered(step: &Step) -> Step {
    match step {
        Step::Name(name) => Step::Name(Arc::from(name.to_ascii_lowercase())),
        Step::Index(_) | Step::Each | Step::Where { .. } => step.clone(),
    }
}

/// `path` with the names as the body has them: Resource Manager ignores case, Terraform does not.
fn spelled(path: &Path, body: Option<&Value>) -> Path {
    let mut value = body;
    let steps = path.0.iter().map(|step| match step {
        Step::Name(name) => {
            let map = value.and_then(Value::as_map);
            let entry = map.and_then(|map| {
                map.entries
                    .iter()
                    .find(|entry| entry.key.eq_ignore_ascii_case(name))
            });
            value = entry.map(|entry| &entry.value);
            Step::Name(entry.map_or_else(|| Arc::clone(name), |entry| Arc::clone(&entry.key)))
        }
        Step::Index(index) => {
            value = value
                .and_then(Value::as_list)
                .and_then(|items| items.get(*index));
            step.clone()
        }
        Step::Each | Step::Where { .. } => {
            value = value.and_then(Value::as_list).and_then(<[Value]>::first);
            step.clone()
        }
    });
    Path(steps.collect())
}
