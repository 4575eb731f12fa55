//! Resource ids: the functions that make them, the texts that are put together to one, and the
//! resources that values name.

use std::sync::Arc;

use super::run::Run;
use crate::expression::{self, ExprKind, Piece};
use crate::model::{Data, Identity, Kind, PointsTo, Scope, Unknown, Value, Why};
use crate::source::Span;

/// `value`, with the resource that it names as a text or as an unknown remembered on its way.
pub(super) fn pointed(run: &mut Run<'_>, mut value: Value, span: Span) -> Value {
    let points_to = match (value.as_str(), value.as_unknown()) {
        (Some(text), _) if text.contains("/providers/") => {
            Identity::parse(text).map(|identity| Arc::new(to(identity)))
        }
        (_, Some(unknown)) => unknown
            .points_to
            .clone()
            .or_else(|| composed(&value).map(|identity| Arc::new(to(identity)))),
        _ => None,
    };
    if let Data::Unknown(unknown) = &mut value.data
        && unknown.points_to.is_none()
        && points_to.is_some()
    {
        Arc::make_mut(unknown).points_to.clone_from(&points_to);
    }
    if let Some(points_to) = points_to {
        value.origin = run.pointing(span, value.origin, &points_to);
    }
    value
}

/// The id of a resource: unknown, since the subscription is, but it says which resource is meant.
/// `args` are the type and the names; what goes before the type (subscription, group) is not compared.
pub(super) fn resource_id(name: &str, args: &[Value]) -> Result<Unknown, String> {
    let at = args.iter().position(|arg| {
        arg.as_str()
            .is_some_and(|text| text.contains('/') && !text.starts_with('/'))
    });
    let Some(at) = at else {
        // A type that is not known leaves nothing to say about the resource.
        return if args.iter().any(|arg| arg.as_unknown().is_some()) {
            Ok(spelled(
                Unknown::because(Why::Computed).not_null(),
                name,
                args,
            ))
        } else {
            Err(format!(
                "`{name}` needs a resource type such as 'Microsoft.Storage/storageAccounts'"
            ))
        };
    };
    // Resource Manager overlooks a slash at the end of the type.
    let kind = args[at].as_str().unwrap_or_default().trim_end_matches('/');
    let names = args[at + 1..].to_vec();
    let wanted = kind.split('/').count().saturating_sub(1);
    if names.len() != wanted {
        let given = names.len();
        return Err(format!(
            "`{name}` needs {wanted} names for the type '{kind}', but {given} are given"
        ));
    }
    let scope = if name.eq_ignore_ascii_case("extensionResourceId") {
        args.first()
            .and_then(target)
            .map_or(Scope::Unknown, |of| Scope::Of(Box::new(of)))
    } else if args[..at].iter().all(is_here) {
        Scope::Here
    } else {
        // A group or subscription is named that may be another than the one deployed to.
        Scope::Unknown
    };
    let identity = Identity {
        kind: Kind::new(kind),
        names,
        scope,
        address: None,
    };
    let unknown = Unknown::because(Why::Computed)
        .not_null()
        .pointing_to(to(identity));
    Ok(spelled(unknown, name, args))
}

/// Whether a group or subscription argument is spelled as the one that is deployed to.
fn is_here(arg: &Value) -> bool {
    let own = [
        "resourceGroup().name",
        "subscription().subscriptionId",
        "managementGroup().name",
    ];
    is_term(arg, &own)
}

fn is_term(value: &Value, terms: &[&str]) -> bool {
    let term = value
        .as_unknown()
        .and_then(|unknown| unknown.term.as_deref());
    term.is_some_and(|own| terms.contains(&own))
}

/// The resource that a value names as a whole.
pub(super) fn target(value: &Value) -> Option<Identity> {
    match (value.as_str(), value.as_unknown()) {
        (Some(text), _) => Identity::parse(text),
        (_, Some(unknown)) => match &unknown.points_to {
            Some(points_to) => points_to.identity.clone(),
            None => composed(value),
        },
        _ => None,
    }
}

/// The resource that a `scope` names relative to where the deployment goes to, of which parts may not
/// be known: `Microsoft.Storage/storageAccounts/name`.
pub(super) fn relative(scope: &Value) -> Option<Identity> {
    relative_to_here(&segments(scope))
}

fn relative_to_here(segments: &[Value]) -> Option<Identity> {
    let is_providers = |segment: &Value| {
        let text = segment.as_str();
        text.is_some_and(|text| text.eq_ignore_ascii_case("providers"))
    };
    let (scope, own) = match segments.iter().rposition(is_providers) {
        Some(at) => {
            let of = relative_to_here(segments.get(..at)?)?;
            (Scope::Of(Box::new(of)), segments.get(at + 1..)?)
        }
        None => (Scope::Here, segments),
    };
    let mut own = own.iter();
    let namespace = own.next()?.as_str()?;
    namespace.contains('.').then_some(())?;
    let (kind, names) = typed(&mut own)?;
    Some(Identity {
        kind: Kind::new(format!("{namespace}/{kind}")),
        names,
        scope,
        address: None,
    })
}

/// The resource that an id means which is put together from texts of which some are not known:
/// `concat(resourceGroup().id, '/providers/A.B/c/', parameters('name'))`.
fn composed(value: &Value) -> Option<Identity> {
    let term = value.as_unknown()?.term.as_deref()?;
    if !term.starts_with("concat(") {
        return None;
    }
    let segments = segments(value);
    let first = segments.first()?;
    // An id starts with a slash, or with another id.
    (first.as_unknown().is_some() || first.as_str() == Some("")).then_some(())?;
    identity(&segments)
}

fn identity(segments: &[Value]) -> Option<Identity> {
    let is = |segment: &Value, text: &str| {
        segment
            .as_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(text))
    };
    let Some(at) = segments.iter().rposition(|it| is(it, "providers")) else {
        // A child of the resource that the first part names: `concat(resourceId(…), '/subnets/', x)`.
        let (base, rest) = segments.split_first()?;
        let mut identity = spelled_out(base)?;
        let (kind, names) = typed(&mut rest.iter())?;
        identity.kind = Kind::new(format!("{}/{kind}", identity.kind.as_str()));
        identity.names.extend(names);
        return Some(identity);
    };
    let mut own = segments.get(at + 1..)?.iter();
    let namespace = own.next()?.as_str()?;
    let (kind, names) = typed(&mut own)?;
    let before = &segments[..at];
    let group = before.iter().position(|it| is(it, "resourceGroups"));
    let scope = if before.iter().any(|it| is(it, "providers")) {
        identity(before).map_or(Scope::Unknown, |of| Scope::Of(Box::new(of)))
    } else if let Some(group) = group.and_then(|at| before.get(at + 1)) {
        if is_here(group) {
            Scope::Here
        } else {
            Scope::Group(Box::new(group.clone()))
        }
    } else {
        match before {
            [id] if is_term(id, &["resourceGroup().id"]) => Scope::Here,
            [id] if is_term(id, &["subscription().id"]) => Scope::Subscription,
            [base] => spelled_out(base).map_or(Scope::Unknown, |of| Scope::Of(Box::new(of))),
            [empty, subscriptions, _] if is(empty, "") && is(subscriptions, "subscriptions") => {
                Scope::Subscription
            }
            [_, _, ..] | [] => Scope::Unknown,
        }
    };
    Some(Identity {
        kind: Kind::new(format!("{namespace}/{kind}")),
        names,
        scope,
        address: None,
    })
}

/// Types and names by turns, at least one of each.
fn typed<'v>(segments: &mut impl Iterator<Item = &'v Value>) -> Option<(String, Vec<Value>)> {
    let mut kinds: Vec<&str> = Vec::new();
    let mut names = Vec::new();
    while let Some(kind) = segments.next() {
        kinds.push(kind.as_str().filter(|kind| !kind.is_empty())?);
        names.push(segments.next()?.clone());
    }
    (!names.is_empty()).then(|| (kinds.join("/"), names))
}

/// The resource that an unknown means whose spelling is a call of `resourceId` or one of its like.
fn spelled_out(value: &Value) -> Option<Identity> {
    let term = value.as_unknown()?.term.as_deref()?;
    let expr = expression::parse(term, 0..term.len()).ok()?;
    let ExprKind::Call {
        namespace: None,
        name,
        args,
    } = &expr.kind
    else {
        return None;
    };
    if !is_id_function(name) {
        return None;
    }
    let argument = |arg: &expression::Expr| match &arg.kind {
        ExprKind::Text(text) => Value::string(Arc::clone(text), value.origin),
        ExprKind::Integer(_) | ExprKind::Call { .. } | ExprKind::Access { .. } => {
            let unknown = Unknown::because(Why::Computed).spelled(&term[arg.range.clone()]);
            Value::unknown(unknown, value.origin)
        }
    };
    let args: Vec<Value> = args.iter().map(argument).collect();
    let unknown = resource_id(name, &args).ok()?;
    unknown.points_to.as_ref()?.identity.clone()
}

/// Returns `true` for the functions that make the id of a resource.
pub(super) fn is_id_function(name: &str) -> bool {
    [
        "resourceId",
        "subscriptionResourceId",
        "tenantResourceId",
        "managementGroupResourceId",
        "extensionResourceId",
    ]
    .iter()
    .any(|own| own.eq_ignore_ascii_case(name))
}

/// What `reference()` and `list…()` read: an unknown that remembers whose it is.
pub(super) fn read(name: &str, args: &[Value]) -> Unknown {
    let mut unknown = Unknown::because(Why::DataSource);
    if let Some(identity) = args.first().and_then(target) {
        let attribute = Arc::from(name);
        unknown = unknown.pointing_to(PointsTo {
            address: None,
            identity: Some(identity),
            attribute,
        });
    }
    spelled(unknown, name, args)
}

fn to(identity: Identity) -> PointsTo {
    PointsTo {
        address: None,
        identity: Some(identity),
        attribute: Arc::from("id"),
    }
}

/// The unknown under its canonical spelling, where the arguments have one.
pub(super) fn spelled(mut unknown: Unknown, name: &str, args: &[Value]) -> Unknown {
    unknown.term = expression::call_term(name, args);
    unknown
}

/// The parts of a name between slashes; an unknown name is split where its text is known.
pub(super) fn segments(name: &Value) -> Vec<Value> {
    let Some(pieces) = expression::pieces(name) else {
        return vec![name.clone()];
    };
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for (index, part) in text.split('/').enumerate() {
                    if index > 0 {
                        parts.push(Vec::new());
                    }
                    if !part.is_empty()
                        && let Some(last) = parts.last_mut()
                    {
                        last.push(Piece::Text(part.to_owned()));
                    }
                }
            }
            Piece::Unknown(_) => {
                if let Some(last) = parts.last_mut() {
                    last.push(piece);
                }
            }
        }
    }
    if parts.len() == 1 {
        return vec![name.clone()];
    }
    parts.into_iter().map(|part| joined(name, &part)).collect()
}

/// One segment as a value: known text, or an unknown spelled by its pieces.
fn joined(name: &Value, pieces: &[Piece]) -> Value {
    let known: Option<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(part) => Some(part.as_str()),
            Piece::Unknown(_) => None,
        })
        .collect();
    if let Some(text) = known {
        return Value::string(text, name.origin);
    }
    let mut unknown = name
        .as_unknown()
        .cloned()
        .unwrap_or_else(|| Unknown::because(Why::Computed));
    unknown.domain = None;
    unknown.points_to = None;
    unknown.term = expression::concat_term(pieces);
    Value::unknown(unknown, name.origin)
}
