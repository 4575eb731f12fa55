//! A companion resource that a wish wants: as part of what is written, or as a resource of its own.

use std::sync::Arc;

use super::invert::Backward;
use super::nested::nest;
use super::schema::{Lens, Part, Target};
use super::table;
use crate::edit::Refusal;
use crate::model::facts::{Schema, arm_type, schema};
use crate::model::{
    Address, Change, Entry, Kind, Origin, Path, PointsTo, Relation, Step, Unknown, Value, Why,
    Written,
};

/// The changes that make a resource of type `kind` with this `body` exist beside `written`.
pub(super) fn add(
    written: &Written,
    kind: &Kind,
    body: &[Entry],
    relation: &Relation,
) -> Result<Vec<Change>, Refusal> {
    if !kind.as_str().contains('/') {
        return Ok(vec![own_terms(written, kind, body, relation)]);
    }
    if written.kind.as_str().starts_with("azapi_") {
        return azapi(written, kind, body, relation).map(|it| vec![it]);
    }
    if let Some(changes) = as_part(written, kind, body)? {
        return Ok(changes);
    }
    let mut reason = None;
    for writer in table::writers(kind.as_str()).iter() {
        match as_resource(written, writer, kind, body, relation) {
            Ok(change) => return Ok(vec![change]),
            Err(refusal) => reason = reason.or(Some(refusal)),
        }
    }
    let none = || Refusal(format!("No azurerm resource type declares `{kind}`."));
    Err(reason.unwrap_or_else(none))
}

/// Types of AWS and Google are their own terms; only the reference is to be made.
fn own_terms(written: &Written, kind: &Kind, body: &[Entry], relation: &Relation) -> Change {
    let mut body = body.to_vec();
    if let Relation::ReferredToBy(path) = relation
        && let [Step::Name(name)] = path.0.as_slice()
    {
        let attribute = ["arn", "name"]
            .into_iter()
            .find(|it| name.ends_with(&format!("_{it}")) || **name == **it)
            .unwrap_or("id");
        body.retain(|entry| entry.key != *name);
        let value = reference(&written.address, attribute);
        body.insert(
            0,
            Entry {
                key: Arc::clone(name),
                value,
            },
        );
    }
    Change::AddResource {
        kind: kind.clone(),
        body,
        relation: relation.clone(),
    }
}

fn reference(address: &Address, attribute: &str) -> Value {
    let points_to = PointsTo {
        address: Some(address.clone()),
        identity: None,
        attribute: Arc::from(attribute),
    };
    let unknown = Unknown::because(Why::Computed)
        .not_null()
        .spelled(format!("{address}.{attribute}"))
        .pointing_to(points_to);
    Value::unknown(unknown, Origin::NOWHERE)
}

/// The companion as arguments of what is written; `None` where it has none for it.
fn as_part(written: &Written, kind: &Kind, body: &[Entry]) -> Result<Option<Vec<Change>>, Refusal> {
    let Some(lens) = table::lens(written.kind.as_str()) else {
        return Ok(None);
    };
    let major = lens.major(written.provider_major);
    let name = member(body, "name").and_then(Value::as_str);
    let last = |name: &str| name.rsplit('/').next().map(str::to_owned);
    let fits = |target: &&Target| {
        kind.is(&target.arm)
            && target.each.is_none()
            && (target.majors.is_empty() || target.majors.contains(&major))
            && target.name.as_deref().is_none_or(|own| {
                name.and_then(last)
                    .is_none_or(|name| own.eq_ignore_ascii_case(&name))
            })
    };
    let Some(target) = lens.targets.iter().skip(1).find(fits) else {
        return Ok(None);
    };
    let schema = schema(written.kind.as_str());
    let back = Backward::new(
        written.kind.as_str(),
        target,
        schema.as_deref(),
        major,
        &written.args,
    );
    let wanted = Value::map(
        without(body, &["name", "type", "apiVersion"]),
        Origin::NOWHERE,
    );
    back.set(&Path::default(), &wanted).map(Some)
}

fn member<'e>(body: &'e [Entry], key: &str) -> Option<&'e Value> {
    let found = body
        .iter()
        .find(|entry| entry.key.eq_ignore_ascii_case(key));
    found.map(|entry| &entry.value)
}

fn without(body: &[Entry], keys: &[&str]) -> Vec<Entry> {
    let kept = |entry: &&Entry| !keys.iter().any(|key| entry.key.eq_ignore_ascii_case(key));
    body.iter().filter(kept).cloned().collect()
}

/// The companion as a resource of the Terraform type `writer`.
fn as_resource(
    written: &Written,
    writer: &str,
    kind: &Kind,
    body: &[Entry],
    relation: &Relation,
) -> Result<Change, Refusal> {
    let missing = || {
        Refusal(format!(
            "`{writer}` is not known in this version of the provider."
        ))
    };
    let lens = table::lens(writer).ok_or_else(missing)?;
    let schema = schema(writer).ok_or_else(missing)?;
    let major = written.provider_major.unwrap_or_else(|| lens.major(None));
    let newest = lens.majors.last().copied().unwrap_or_default();
    if !lens.majors.contains(&major) && major <= newest {
        return Err(missing());
    }
    let major = lens.major(Some(major));
    let target = target_of(&lens, kind).ok_or_else(missing)?;
    let nothing = Value::map(Vec::new(), Origin::NOWHERE);
    let back = Backward::new(writer, target, Some(&schema), major, &nothing);
    let mut wanted = without(body, &["name", "type", "apiVersion"]);
    if let Relation::ReferredToBy(path) = relation {
        insert(&mut wanted, &path.0, &reference(&written.address, "id"));
    }
    let wanted = Value::map(wanted, Origin::NOWHERE);
    let lowered = back.lower(&Path::default(), &wanted)?;
    let mut args = named(target, body);
    args.extend(parents(written, target, &schema, major, relation));
    for shared in ["resource_group_name", "location"] {
        let needed = schema.attribute(&[shared]).is_some_and(|it| it.required);
        if needed && member(&args, shared).is_none() {
            args.push(Entry {
                key: Arc::from(shared),
                value: reference(&written.address, shared),
            });
        }
    }
    let own = nest(&lowered, Some(&schema), &[]);
    args.extend(
        own.into_iter()
            .filter(|entry| member(&args, &entry.key).is_none())
            .collect::<Vec<_>>(),
    );
    complete(writer, &schema, major, &args)?;
    Ok(Change::AddResource {
        kind: Kind::new(writer),
        body: args,
        relation: relation.clone(),
    })
}

/// The target of a writer that is of `kind`: its own, or one that reads the same.
fn target_of<'l>(lens: &'l Lens, kind: &Kind) -> Option<&'l Target> {
    let main = lens.targets.first()?;
    let mirrored = lens
        .mirrors
        .iter()
        .any(|it| it.from == it.to && kind.is(&it.arm));
    (kind.is(&main.arm) || mirrored).then_some(main)
}

/// The argument that holds the name.
fn named(target: &Target, body: &[Entry]) -> Vec<Entry> {
    let Some([Part::Name(argument)]) = target.name_arg.as_deref() else {
        return Vec::new();
    };
    let name = member(body, "name").map(|name| match name.as_str() {
        Some(text) => {
            let last = text.rsplit('/').next().unwrap_or(text);
            Value::string(last, name.origin)
        }
        None => name.clone(),
    });
    let entry = name.map(|value| Entry {
        key: Arc::clone(argument),
        value,
    });
    entry.into_iter().collect()
}

/// The arguments that name the parent or the target of the new resource.
fn parents(
    written: &Written,
    target: &Target,
    schema: &Schema,
    major: u32,
    relation: &Relation,
) -> Vec<Entry> {
    if !matches!(relation, Relation::Child | Relation::Extension) {
        return Vec::new();
    }
    let exists = |argument: &str| schema.has(&[argument], major);
    let by_id = target
        .parents
        .iter()
        .find(|it| it.is_id && exists(&it.argument));
    if let Some(parent) = by_id {
        let key = Arc::from(parent.argument.as_str());
        return vec![Entry {
            key,
            value: reference(&written.address, "id"),
        }];
    }
    let names: Vec<_> = target
        .parents
        .iter()
        .filter(|it| !it.is_id && exists(&it.argument))
        .collect();
    let entries = names.iter().enumerate().map(|(index, parent)| {
        let attribute = if index + 1 == names.len() {
            "name"
        } else {
            &parent.argument
        };
        let key = Arc::from(parent.argument.as_str());
        Entry {
            key,
            value: reference(&written.address, attribute),
        }
    });
    entries.collect()
}

/// Refuses a resource that lacks what its type requires.
fn complete(writer: &str, schema: &Schema, major: u32, args: &[Entry]) -> Result<(), Refusal> {
    let attributes = schema.body.attributes.iter().filter(|(_, it)| it.required);
    let blocks = schema.body.blocks.iter().filter(|(_, it)| it.min > 0);
    let needed = attributes.map(|it| it.0).chain(blocks.map(|it| it.0));
    let missing: Vec<&str> = needed
        .map(|name| &**name)
        .filter(|name| schema.has(&[*name], major) && member(args, name).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join("`, `");
    Err(Refusal(format!(
        "`{writer}` needs `{missing}`, which only a person can choose."
    )))
}

/// Puts `value` at `steps`; every list step is the first item.
fn insert(entries: &mut Vec<Entry>, steps: &[Step], value: &Value) {
    let Some((Step::Name(name), rest)) = steps.split_first() else {
        return;
    };
    let found = entries
        .iter()
        .position(|entry| entry.key.eq_ignore_ascii_case(name));
    let index = found.unwrap_or_else(|| {
        let value = Value::null(Origin::NOWHERE);
        entries.push(Entry {
            key: Arc::clone(name),
            value,
        });
        entries.len() - 1
    });
    if let Some(entry) = entries.get_mut(index) {
        entry.value = inserted(&entry.value, rest, value);
    }
}

fn inserted(held: &Value, steps: &[Step], value: &Value) -> Value {
    match steps.first() {
        None => value.clone(),
        Some(Step::Name(_)) => {
            let mut entries = held
                .as_map()
                .map(|map| map.entries.clone())
                .unwrap_or_default();
            insert(&mut entries, steps, value);
            Value::map(entries, held.origin)
        }
        Some(Step::Index(_) | Step::Each | Step::Where { .. }) => {
            let mut items = held.as_list().map(<[Value]>::to_vec).unwrap_or_default();
            let first = items
                .first()
                .cloned()
                .unwrap_or_else(|| Value::null(held.origin));
            let first = inserted(&first, steps.get(1..).unwrap_or_default(), value);
            if items.is_empty() {
                items.push(first);
            } else if let Some(place) = items.first_mut() {
                *place = first;
            }
            Value::list(items, held.origin)
        }
    }
}

/// The companion of an `azapi_*` resource.
fn azapi(
    written: &Written,
    kind: &Kind,
    body: &[Entry],
    relation: &Relation,
) -> Result<Change, Refusal> {
    let unknown = || Refusal(format!("The API version of `{kind}` is not known."));
    let arm = arm_type(kind.as_str()).ok_or_else(unknown)?;
    let text = |key: &str, value: String| Entry {
        key: Arc::from(key),
        value: Value::string(value, Origin::NOWHERE),
    };
    let mut wanted = without(body, &["name", "type", "apiVersion", "location", "tags"]);
    let mut args = vec![text("type", format!("{}@{}", arm.name, arm.api))];
    if let Some(name) = member(body, "name").and_then(Value::as_str) {
        let last = name.rsplit('/').next().unwrap_or(name);
        args.push(text("name", last.to_owned()));
    }
    match relation {
        Relation::Child | Relation::Extension => {
            let value = reference(&written.address, "id");
            args.push(Entry {
                key: Arc::from("parent_id"),
                value,
            });
        }
        Relation::ReferredToBy(path) => {
            insert(&mut wanted, &path.0, &reference(&written.address, "id"));
            let value = reference(&written.address, "parent_id");
            args.push(Entry {
                key: Arc::from("parent_id"),
                value,
            });
        }
        _ => {
            return Err(Refusal(format!(
                "`{kind}` cannot be made to refer to this resource."
            )));
        }
    }
    for key in ["location", "tags"] {
        if let Some(value) = member(body, key) {
            args.push(Entry {
                key: Arc::from(key),
                value: value.clone(),
            });
        }
    }
    let value = Value::map(wanted, Origin::NOWHERE);
    args.push(Entry {
        key: Arc::from("body"),
        value,
    });
    Ok(Change::AddResource {
        kind: Kind::new("azapi_resource"),
        body: args,
        relation: relation.clone(),
    })
}
