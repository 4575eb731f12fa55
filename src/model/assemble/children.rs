//! Makes inline and child forms equal: what a parent holds is given as children too, and children
//! that are declared on their own are put into their parent.

use std::sync::Arc;

use super::declared::{Declared, ELSEWHERE, doubt, nowhere, surest, value_at};
use super::merge::{Merge, with_at};
use crate::model::graph::child_of;
use crate::model::identity::points_to;
use crate::model::owner::Owner;
use crate::model::{
    Address, ChildShape, Completeness, Coverage, Data, Dialect, Entry, Estate, Existence, Identity,
    Kind, Match, Origin, Path, Resource, ResourceId, Step, Unknown, Value, Why, connection_shapes,
    shapes,
};

/// Follows every child shape.
pub(super) fn make_equal(estate: &mut Estate) {
    for shape in shapes().children.iter().chain(connection_shapes()) {
        let Ok(path) = Path::parse(
            shape
                .list
                .as_ref()
                .or(shape.object.as_ref())
                .map_or("", |it| it),
        ) else {
            continue;
        };
        let declared = estate.of_kind(&Kind::new(shape.child.as_str())).to_vec();
        if !shape.folds_only {
            for parent in estate.of_kind(&Kind::new(shape.parent.as_str())).to_vec() {
                give_children(estate, shape, &path, parent, &declared);
            }
        }
        for child in declared {
            put_into_parent(estate, shape, &path, child);
        }
    }
}

/// Gives what a parent holds at `path` as children.
fn give_children(
    estate: &mut Estate,
    shape: &ChildShape,
    path: &Path,
    parent: ResourceId,
    declared: &[ResourceId],
) {
    let resource = estate.resource(parent).clone();
    let nothing = Value::map(Vec::new(), resource.body.origin);
    let value = match value_at(&resource.body, path) {
        Some(value) if shape.always && value.is_null() => &nothing,
        None if shape.always && resource.completeness == Completeness::Whole => &nothing,
        Some(value) => value,
        None => return,
    };
    let made = match (&value.data, &shape.name) {
        (Data::List(list), None) => {
            let items = list.items.iter().enumerate();
            items
                .map(|(index, item)| {
                    let at = path.with(Step::Index(index));
                    child(estate, shape, (parent, &resource), item, &at)
                })
                .collect()
        }
        (Data::Unknown(unknown), None) => {
            let (mut symbolic, owners) = child(estate, shape, (parent, &resource), value, path);
            symbolic.existence = Existence::Symbolic(Arc::clone(unknown));
            vec![(symbolic, owners)]
        }
        (Data::Map(_) | Data::Unknown(_), Some(name)) => {
            let taken = declared.iter().any(|id| {
                let other = estate.resource(*id);
                has_name(other, name) && child_of(other, &resource, estate).is_some()
            });
            if taken {
                return;
            }
            vec![child(estate, shape, (parent, &resource), value, path)]
        }
        (Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_), _)
        | (Data::Map(_), None)
        | (Data::List(_), Some(_)) => return,
    };
    // What nobody wrote is there to be found, and not to be judged on its own.
    let implied = std::ptr::eq(value, &raw const nothing);
    for (mut made, owners) in made {
        made.implied |= implied;
        estate.add(made, owners);
    }
}

/// What the child that `item` spells is called.
fn child_name(shape: &ChildShape, item: &Value) -> Value {
    match &shape.name {
        Some(name) => nowhere(name),
        None => item
            .as_map()
            .and_then(|map| map.get_ignoring_case("name"))
            .cloned()
            .unwrap_or_else(|| Value::unknown(Unknown::because(Why::Computed), item.origin)),
    }
}

/// The child that stands at `at` of a parent, and who owns what of it.
fn child(
    estate: &Estate,
    shape: &ChildShape,
    (parent_id, parent): (ResourceId, &Resource),
    item: &Value,
    at: &Path,
) -> (Resource, Vec<Owner>) {
    let name = child_name(shape, item);
    let wrapped = shape.flat || shape.object.is_some();
    let body = match &item.data {
        Data::Unknown(_) => item.clone(),
        _ if wrapped => {
            let entry = |key: &str, value| Entry {
                key: Arc::from(key),
                value,
            };
            Value::map(
                vec![
                    entry("name", name.clone()),
                    entry("properties", item.clone()),
                ],
                item.origin,
            )
        }
        _ => item.clone(),
    };
    let inside = if wrapped {
        Path::default().member("properties")
    } else {
        Path::default()
    };
    let homes = [(Path::default(), at.clone()), (inside, at.clone())];
    let owners = homes.into_iter().filter_map(|(path, at)| {
        let home = estate.owner(parent_id, &at)?;
        Some(Owner {
            path,
            fragment: home.fragment,
            inner: home.path,
        })
    });
    let owners: Vec<Owner> = owners.collect();
    let resource = Resource {
        kind: Kind::new(shape.child.as_str()),
        identity: Identity {
            kind: Kind::new(shape.child.as_str()),
            names: parent
                .identity
                .names
                .iter()
                .cloned()
                .chain([name])
                .collect(),
            scope: parent.identity.scope.clone(),
            address: None,
        },
        body,
        fragments: owners
            .first()
            .map(|owner| owner.fragment)
            .into_iter()
            .collect(),
        header: estate.origins.used_at(item.origin).unwrap_or(parent.header),
        coverage: inner_coverage(&parent.coverage, &at.pattern(), wrapped),
        ..parent.clone()
    };
    (resource, owners)
}

/// The part of a parent's coverage that lies inside `around`.
fn inner_coverage(coverage: &Coverage, around: &str, wrapped: bool) -> Coverage {
    let Coverage::Paths(paths) = coverage else {
        return Coverage::Whole;
    };
    let inside = paths
        .iter()
        .filter_map(|path| path.strip_prefix(around)?.strip_prefix('.'));
    let prefix = if wrapped { "properties." } else { "" };
    let mut inside: Vec<String> = inside.map(|path| format!("{prefix}{path}")).collect();
    inside.push("name".to_owned());
    inside.sort();
    inside.dedup();
    Coverage::Paths(inside.into())
}

/// Puts a child that is declared on its own into its parent; where that is not declared here, into
/// one of which only this much is known.
pub(super) fn put_into_parent(
    estate: &mut Estate,
    shape: &ChildShape,
    path: &Path,
    child: ResourceId,
) {
    let resource = estate.resource(child).clone();
    if shape
        .name
        .as_ref()
        .is_some_and(|name| !has_name(&resource, name))
    {
        return;
    }
    let parents = estate
        .of_kind(&Kind::new(shape.parent.as_str()))
        .iter()
        .filter_map(|parent| {
            Some((
                *parent,
                child_of(&resource, estate.resource(*parent), estate)?,
            ))
        });
    let mut parents = surest(parents.collect());
    if parents.is_empty() {
        parents.push((
            partial_parent(estate, shape, path, &resource),
            Match::Certain,
        ));
    }
    let unknown_name = resource
        .identity
        .names
        .iter()
        .find_map(Value::as_unknown)
        .cloned();
    for (parent, sure) in parents {
        let whose = estate.resource(parent).existence.clone();
        let doubt = match sure {
            Match::Maybe => Some(unknown_name.clone().unwrap_or(ELSEWHERE)),
            // An item of a list is judged as if it were there: what is wrong with it is wrong
            // whenever it is. A setting that may not be made is not known, nor is a connection,
            // which nobody finds fault with and somebody may ask for.
            Match::Certain if shape.list.is_some() && !resource.implied => None,
            Match::Certain => doubt(&resource.existence, &whose, &estate.origins),
        };
        fold(estate, shape, path, (child, &resource), parent, doubt);
    }
}

fn partial_parent(
    estate: &mut Estate,
    shape: &ChildShape,
    path: &Path,
    child: &Resource,
) -> ResourceId {
    let mut names = child.identity.names.clone();
    names.pop();
    let address = names.last().and_then(|name| {
        points_to(name, &estate.origins).find_map(|target| target.address.clone())
    });
    let kind = Kind::new(shape.parent.as_str());
    let identity = Identity {
        kind: kind.clone(),
        names,
        scope: child.identity.scope.clone(),
        address,
    };
    let empty = Value::map(Vec::new(), child.body.origin);
    let body = match shape.list {
        // Further items may be declared where the parent is.
        Some(_) => with_at(&empty, &path.0, &mut |_| {
            Value::list(
                vec![Value::unknown(ELSEWHERE, Origin::NOWHERE)],
                child.body.origin,
            )
        }),
        None => empty,
    };
    let mut declared = Declared::like(child);
    if let (Dialect::Arm, Some(own)) = (child.dialect, template_address(&identity)) {
        declared.address = own;
    }
    estate.partial(kind, identity, &declared, body)
}

/// How a template would address a resource of this name; `None` where a part of it has no spelling.
fn template_address(identity: &Identity) -> Option<Address> {
    let mut text = identity.kind.to_string();
    for name in &identity.names {
        let term = name
            .as_unknown()
            .and_then(|unknown| unknown.term.as_deref());
        text.push('/');
        text.push_str(name.as_str().or(term)?);
    }
    Some(Address::new(text))
}

fn fold(
    estate: &mut Estate,
    shape: &ChildShape,
    path: &Path,
    (child_id, child): (ResourceId, &Resource),
    parent: ResourceId,
    doubt: Option<Unknown>,
) {
    let Some(home) = estate.owner(child_id, &Path::default()) else {
        return;
    };
    let index = parent.0 as usize;
    let (Some(resource), Some(owners)) = (
        estate.resources.get_mut(index),
        estate.owners.get_mut(index),
    ) else {
        return;
    };
    let mut merge = Merge::new(&estate.origins, home.fragment, doubt);
    let properties = home.path.member("properties");
    resource.body = with_at(&resource.body, &path.0, &mut |known| {
        if shape.list.is_some() {
            return with_item(&mut merge, known, child, shape.flat, path, &home.path);
        }
        let Some(added) = value_at(&child.body, &Path::default().member("properties")) else {
            return known
                .cloned()
                .unwrap_or_else(|| Value::null(child.body.origin));
        };
        match known {
            Some(known) => merge.values(known, added, path, &properties),
            None => merge.take(added, path, &properties),
        }
    });
    owners.extend(merge.owners);
    let around = if shape.list.is_some() {
        path.with(Step::Each)
    } else {
        path.clone()
    };
    let unwrapped = shape.flat || shape.object.is_some();
    resource.coverage = outer_coverage(
        &resource.coverage,
        &child.coverage,
        &around.pattern(),
        unwrapped,
    );
    if resource.completeness == Completeness::Whole || resource.fragments.is_empty() {
        resource.fragments.push(home.fragment);
    }
}

/// The parent's list with the child as one more item, unless it has one of that name.
fn with_item(
    merge: &mut Merge<'_>,
    known: Option<&Value>,
    child: &Resource,
    flat: bool,
    path: &Path,
    inner: &Path,
) -> Value {
    let list = match known.map(|known| &known.data) {
        None => None,
        Some(Data::List(list)) => Some(list),
        Some(_) => {
            return known
                .cloned()
                .unwrap_or_else(|| Value::null(child.body.origin));
        }
    };
    let items = list.map(|list| list.items.clone()).unwrap_or_default();
    let name = child.identity.name().and_then(Value::as_str);
    let twin = name.is_some_and(|name| items.iter().any(|item| names_itself(item, name)));
    let Some(known) = known else {
        let item = item(merge, child, flat, &path.with(Step::Index(0)), inner);
        return Value::list(vec![item], child.body.origin);
    };
    if twin {
        return known.clone();
    }
    let item = item(
        merge,
        child,
        flat,
        &path.with(Step::Index(items.len())),
        inner,
    );
    let mut list = list.map_or_else(
        || crate::model::List {
            collection: crate::model::Collection::Structural,
            element: None,
            items: Vec::new(),
        },
        |list| (**list).clone(),
    );
    list.items.push(item);
    Value {
        data: Data::List(Arc::new(list)),
        ..known.clone()
    }
}

/// The child as an item: named by its last name, and its properties where the parent has them.
fn item(merge: &mut Merge<'_>, child: &Resource, flat: bool, at: &Path, inner: &Path) -> Value {
    let properties = Path::default().member("properties");
    let inside = if flat {
        value_at(&child.body, &properties)
    } else {
        Some(&child.body)
    };
    let body = inside.and_then(Value::as_map).map(|map| {
        let mut map = map.clone();
        map.entries.retain(|entry| {
            !["name", "type", "apiVersion", "scope"]
                .iter()
                .any(|key| entry.key.eq_ignore_ascii_case(key))
        });
        if let Some(name) = child.identity.name() {
            let name = Entry {
                key: Arc::from("name"),
                value: name.clone(),
            };
            map.entries.insert(0, name);
        }
        Value {
            data: Data::Map(Arc::new(map)),
            ..child.body.clone()
        }
    });
    let inner = if flat {
        inner.then(&properties)
    } else {
        inner.clone()
    };
    merge.take(body.as_ref().unwrap_or(&child.body), at, &inner)
}

fn names_itself(item: &Value, name: &str) -> bool {
    let own = item
        .as_map()
        .and_then(|map| map.get_ignoring_case("name"))
        .and_then(Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// The parent's coverage with what the child's language can speak of inside it.
fn outer_coverage(parent: &Coverage, child: &Coverage, around: &str, unwrapped: bool) -> Coverage {
    let (Coverage::Paths(parent_paths), Coverage::Paths(child)) = (parent, child) else {
        return parent.clone();
    };
    let added = child.iter().filter_map(|path| {
        let path = if unwrapped {
            path.strip_prefix("properties.")?
        } else {
            path
        };
        Some(format!("{around}.{path}"))
    });
    let mut all: Vec<String> = parent_paths.iter().cloned().chain(added).collect();
    all.sort();
    all.dedup();
    Coverage::Paths(all.into())
}

fn has_name(resource: &Resource, name: &str) -> bool {
    let own = resource.identity.name().and_then(Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}
