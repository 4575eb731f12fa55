//! What the cloud makes by itself: a private endpoint gives its target a private endpoint connection.

use std::sync::Arc;

use super::children::put_into_parent;
use super::declared::{ELSEWHERE, nowhere, value_at};
use crate::model::graph::names_resource;
use crate::model::owner::Owner;
use crate::model::{
    CONNECTIONS, ChildShape, Completeness, Coverage, Entry, Estate, Identity, Kind, Match, Origin,
    Path, Resource, ResourceId, Step, Unknown, Value, Why, connection_shapes, shapes,
};

const ENDPOINT: &str = "Microsoft.Network/privateEndpoints";

/// Where a private endpoint lists its connections, and the state in which they begin: the owner of
/// the target approves a manual one later.
const LISTS: [(&str, &str); 2] = [
    ("privateLinkServiceConnections", "Approved"),
    ("manualPrivateLinkServiceConnections", "Pending"),
];

/// Adds the connections that private endpoints make.
pub(super) fn imply(estate: &mut Estate) {
    for endpoint in estate.of_kind(&Kind::new(ENDPOINT)).to_vec() {
        for (list, state) in LISTS {
            let path = Path::default().member("properties").member(list);
            for connection in connections(estate.resource(endpoint), &path) {
                let made = targets(estate, &connection)
                    .into_iter()
                    .filter_map(|target| child(estate, endpoint, &connection, &target, state))
                    .collect::<Vec<_>>();
                for (resource, owners) in made {
                    let shape = shape_of(&resource.kind);
                    let id = estate.add(resource, owners);
                    if let Some((shape, path)) = shape {
                        put_into_parent(estate, shape, &path, id);
                    }
                }
            }
        }
    }
    cover(estate);
}

/// How the type of a connection stands in what it goes to, and the path of the list.
fn shape_of(kind: &Kind) -> Option<(&'static ChildShape, Path)> {
    let mut shapes = connection_shapes().iter();
    let shape = shapes.find(|shape| kind.is(&shape.child))?;
    Some((shape, Path::parse(CONNECTIONS).ok()?))
}

/// A language that has no words for the list says with its endpoints what is in it.
fn cover(estate: &mut Estate) {
    // Resources of one type share one list of paths, and so they do afterwards.
    let mut covered: Vec<[Arc<Vec<String>>; 2]> = Vec::new();
    for shape in connection_shapes() {
        for id in estate.of_kind(&Kind::new(shape.parent.as_str())).to_vec() {
            let Some(resource) = estate.resources.get_mut(id.0 as usize) else {
                continue;
            };
            if let Coverage::Paths(paths) = &mut resource.coverage {
                let known = covered.iter().find(|[from, _]| Arc::ptr_eq(from, paths));
                let with = known.map_or_else(
                    || Arc::new(with_connections(paths)),
                    |[_, to]| Arc::clone(to),
                );
                if known.is_none() {
                    covered.push([Arc::clone(paths), Arc::clone(&with)]);
                }
                *paths = with;
            }
        }
    }
}

fn with_connections(paths: &[String]) -> Vec<String> {
    let own = CONNECTIONS.to_ascii_lowercase();
    let mut paths: Vec<String> = paths.iter().cloned().chain([own]).collect();
    paths.sort();
    paths.dedup();
    paths
}

struct Connection {
    at: Path,
    target: Value,
    /// The group ids; `None` when they are not known.
    groups: Option<Vec<String>>,
    /// The same as they are written.
    written: Option<Value>,
}

struct Target {
    kind: Kind,
    names: Vec<Value>,
}

fn connections(endpoint: &Resource, path: &Path) -> Vec<Connection> {
    let Some(list) = value_at(&endpoint.body, path) else {
        return Vec::new();
    };
    if list.as_unknown().is_some() {
        let unknown = Connection {
            at: path.clone(),
            target: list.clone(),
            groups: None,
            written: None,
        };
        return vec![unknown];
    }
    let items = list.as_list().unwrap_or_default().iter().enumerate();
    items
        .map(|(index, item)| {
            let inside = |name| {
                let path = Path::default().member("properties").member(name);
                value_at(item, &path)
            };
            let target = inside("privateLinkServiceId").cloned().unwrap_or_else(|| {
                match item.as_unknown() {
                    Some(_) => item.clone(),
                    None => Value::null(item.origin),
                }
            });
            let groups = inside("groupIds")
                .and_then(Value::as_list)
                .and_then(|groups| {
                    let names = groups
                        .iter()
                        .map(|group| group.as_str().map(str::to_ascii_lowercase));
                    names.collect::<Option<Vec<String>>>()
                });
            Connection {
                at: path.with(Step::Index(index)),
                target,
                groups,
                written: inside("groupIds").cloned(),
            }
        })
        .collect()
}

/// What a connection goes to: certainly one resource, or perhaps any of a kind that has its groups.
fn targets(estate: &Estate, connection: &Connection) -> Vec<Target> {
    if connection.target.is_null() {
        return Vec::new();
    }
    let mut perhaps = Vec::new();
    for kind in kinds(connection) {
        for id in estate.of_kind(&kind) {
            let resource = estate.resource(*id);
            match names_resource(&connection.target, "id", resource, estate) {
                Some(Match::Certain) => {
                    let target = Target {
                        kind,
                        names: resource.identity.names.clone(),
                    };
                    return vec![target];
                }
                Some(Match::Maybe) => {
                    let unknown = connection.target.as_unknown().cloned().unwrap_or(ELSEWHERE);
                    let unknown = Unknown {
                        term: None,
                        ..unknown
                    };
                    let count = resource.identity.names.len();
                    let names = vec![Value::unknown(unknown, Origin::NOWHERE); count];
                    perhaps.push(Target {
                        kind: kind.clone(),
                        names,
                    });
                    break;
                }
                None => {}
            }
        }
    }
    perhaps
}

/// The kinds that a connection can go to: those of its groups where they are known to have any.
fn kinds(connection: &Connection) -> Vec<Kind> {
    let table = &shapes().private_endpoint_groups;
    let of_groups = connection.groups.as_ref().map(|groups| {
        let rows = table.iter().filter(|row| {
            groups
                .iter()
                .any(|group| row.group.eq_ignore_ascii_case(group))
        });
        rows.flat_map(|row| &row.kinds).collect::<Vec<_>>()
    });
    let kinds = of_groups.filter(|kinds| !kinds.is_empty());
    let kinds = kinds.unwrap_or_else(|| table.iter().flat_map(|row| &row.kinds).collect());
    let mut kinds: Vec<&str> = kinds.into_iter().map(String::as_str).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(Kind::new).collect()
}

/// What the service says of a connection.
fn body(connection: &Connection, state: &str) -> Value {
    let entry = |key: &str, value| Entry {
        key: Arc::from(key),
        value,
    };
    let origin = connection.target.origin;
    let object = |entries| Value::map(entries, origin);
    let id = Unknown::because(Why::Computed).not_null();
    let mut properties = vec![
        entry(
            "privateEndpoint",
            object(vec![entry("id", Value::unknown(id, origin))]),
        ),
        entry(
            "privateLinkServiceConnectionState",
            object(vec![entry("status", nowhere(state))]),
        ),
        entry("provisioningState", nowhere("Succeeded")),
    ];
    let groups = connection.written.clone();
    properties.extend(groups.map(|groups| entry("groupIds", groups)));
    object(vec![entry("properties", object(properties))])
}

fn child(
    estate: &Estate,
    endpoint: ResourceId,
    connection: &Connection,
    target: &Target,
    state: &str,
) -> Option<(Resource, Vec<Owner>)> {
    let resource = estate.resource(endpoint);
    let home = estate.owner(endpoint, &connection.at)?;
    let kind = Kind::new(format!("{}/privateEndpointConnections", target.kind));
    let name = Value::unknown(Unknown::because(Why::Computed), Origin::NOWHERE);
    let body = body(connection, state);
    let made = Resource {
        identity: Identity {
            kind: kind.clone(),
            names: target.names.iter().cloned().chain([name]).collect(),
            scope: crate::model::Scope::Here,
            address: None,
        },
        kind,
        api: None,
        body,
        fragments: vec![home.fragment],
        completeness: Completeness::Whole,
        coverage: Coverage::Whole,
        implied: true,
        ..resource.clone()
    };
    let owner = Owner {
        path: Path::default(),
        fragment: home.fragment,
        inner: home.path,
    };
    Some((made, vec![owner]))
}
