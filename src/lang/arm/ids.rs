//! Resource ids: the functions that make them, and the resources that values name.

use std::sync::Arc;

use super::run::Run;
use crate::expression;
use crate::model::{Identity, Kind, PointsTo, Scope, Unknown, Value, Why};
use crate::source::Span;

/// `value`, with the resource that it names as a text or as an unknown remembered on its way.
pub(super) fn pointed(run: &mut Run<'_>, mut value: Value, span: Span) -> Value {
    let points_to = match (value.as_str(), value.as_unknown()) {
        (Some(text), _) if text.contains("/providers/") => {
            Identity::parse(text).map(|identity| Arc::new(to(identity)))
        }
        (_, Some(unknown)) => unknown.points_to.clone(),
        _ => None,
    };
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
    let term = arg.as_unknown().and_then(|unknown| unknown.term.as_deref());
    matches!(
        term,
        Some("resourceGroup().name" | "subscription().subscriptionId" | "managementGroup().name")
    )
}

/// The resource that a value names as a whole.
pub(super) fn target(value: &Value) -> Option<Identity> {
    match (value.as_str(), value.as_unknown()) {
        (Some(text), _) => Identity::parse(text),
        (_, Some(unknown)) => unknown.points_to.as_ref()?.identity.clone(),
        _ => None,
    }
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
