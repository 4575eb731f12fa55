//! Which cloud resource a Terraform resource is, or speaks of.

use std::sync::Arc;

use super::parts::names;
use super::read::{Found, read};
use super::schema::{Parent, Part, Target};
use super::table;
use crate::model::facts::schema;
use crate::model::{
    Address, Data, Identity, Kind, Origin, Origins, PointsTo, Scope, Unknown, Value, Why, Written,
};

/// The resource that a full resource id names.
#[must_use]
pub(super) fn resource_id(text: &str) -> Option<Identity> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    let at = parts
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"));
    let name = |text: &str| Value::string(text, Origin::NOWHERE);
    let Some(at) = at else {
        return match parts.as_slice() {
            [subscriptions, _] if subscriptions.eq_ignore_ascii_case("subscriptions") => Some(
                named("Microsoft.Subscription", Vec::new(), Scope::Subscription),
            ),
            [_, _, groups, group] if groups.eq_ignore_ascii_case("resourceGroups") => {
                let names = vec![name(group)];
                Some(named(
                    "Microsoft.Resources/resourceGroups",
                    names,
                    Scope::Subscription,
                ))
            }
            _ => None,
        };
    };
    let (before, after) = (parts.get(..at)?, parts.get(at + 1..)?);
    let (namespace, pairs) = after.split_first()?;
    if pairs.is_empty() || pairs.len() % 2 != 0 {
        return None;
    }
    let types = pairs.iter().step_by(2).copied();
    let kind = std::iter::once(*namespace)
        .chain(types)
        .collect::<Vec<_>>()
        .join("/");
    let names = pairs
        .iter()
        .skip(1)
        .step_by(2)
        .map(|part| name(part))
        .collect();
    let scope = if before
        .iter()
        .any(|part| part.eq_ignore_ascii_case("providers"))
    {
        resource_id(&before.join("/")).map_or(Scope::Unknown, |of| Scope::Of(Box::new(of)))
    } else {
        match before {
            [_, _, groups, group] if groups.eq_ignore_ascii_case("resourceGroups") => {
                Scope::Group(Box::new(name(group)))
            }
            [_, _] => Scope::Subscription,
            _ => Scope::Unknown,
        }
    };
    Some(named(&kind, names, scope))
}

fn named(kind: &str, names: Vec<Value>, scope: Scope) -> Identity {
    Identity {
        kind: Kind::new(kind),
        names,
        scope,
        address: None,
    }
}

/// The number of names that a resource of the ARM type `arm` has.
pub(super) fn segments(arm: &str) -> usize {
    arm.split('/').count().saturating_sub(1)
}

/// The type of the resource that `arm` is a child of; `None` for a type of its own.
pub(super) fn parent_type(arm: &str) -> Option<&str> {
    let (parent, _) = arm.rsplit_once('/')?;
    parent.contains('/').then_some(parent)
}

/// The identity of `target`, of the ARM type `kind`: the resource that `written` is named for.
pub(super) fn of_main(
    written: &Written,
    (target, kind): (&Target, &Kind),
    merge: bool,
    origins: &Origins,
) -> Identity {
    let parent = parent(written, target, merge, origins);
    if merge {
        return parent.unwrap_or_else(|| nowhere(written, target, kind));
    }
    let own = own_name(written, target, &[]);
    let expected = parent_type(&target.arm);
    let (mut names, scope) = match (parent, expected) {
        (Some(parent), Some(kind)) if parent.kind.is(kind) => {
            (parent.names.clone(), Scope::Of(Box::new(parent)))
        }
        (Some(parent), Some(_)) if !parent.kind.as_str().is_empty() => (
            unnamed(segments(&target.arm) - 1),
            Scope::Of(Box::new(parent)),
        ),
        (Some(parent), None) => (Vec::new(), Scope::Of(Box::new(parent))),
        (Some(_) | None, Some(_)) => (unnamed(segments(&target.arm) - 1), Scope::Unknown),
        (None, None) => (Vec::new(), group(written)),
    };
    names.push(own);
    Identity {
        kind: kind.clone(),
        names,
        scope,
        address: Some(written.address.clone()),
    }
}

/// The identity of a further target of `written`, whose main resource is `main`. `at` is the position
/// of the block that makes it, where each makes one.
pub(super) fn of_more(
    written: &Written,
    target: &Target,
    main: &Identity,
    at: &[usize],
) -> Identity {
    let kind = Kind::new(target.arm.as_str());
    let shared = shared_segments(main.kind.as_str(), &target.arm);
    let own = own_name(written, target, at);
    // Blocks that each make one would not be told apart by the address.
    let address = target.each.is_none().then(|| written.address.clone());
    if shared == 0 {
        let scope = Scope::Of(Box::new(main.clone()));
        return Identity {
            kind,
            names: vec![own],
            scope,
            address,
        };
    }
    let wanted = segments(&target.arm);
    let mut names: Vec<Value> = main.names.iter().take(shared).cloned().collect();
    let ancestor = ancestor(main, shared);
    if wanted == shared {
        // The target is the main resource itself or one that it stands in.
        let mut identity = ancestor.unwrap_or_else(|| main.clone());
        identity.kind = kind;
        return identity;
    }
    names.extend(unnamed(wanted - shared - 1));
    names.push(own);
    let scope = ancestor.map_or(Scope::Unknown, |of| Scope::Of(Box::new(of)));
    Identity {
        kind,
        names,
        scope,
        address,
    }
}

/// The resource that has the first `segments` names of `identity`.
fn ancestor(identity: &Identity, segments: usize) -> Option<Identity> {
    let mut identity = identity.clone();
    while identity.names.len() > segments {
        let Scope::Of(parent) = identity.scope else {
            return None;
        };
        identity = *parent;
    }
    Some(identity)
}

/// How many type segments two ARM types share from the start, beyond the namespace.
fn shared_segments(one: &str, other: &str) -> usize {
    let pairs = one.split('/').zip(other.split('/'));
    let same = pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    same.saturating_sub(1)
}

/// The name that the arguments, or the lens, give to a target.
fn own_name(written: &Written, target: &Target, at: &[usize]) -> Value {
    if let Some(name) = &target.name {
        return Value::string(name.as_str(), Origin::NOWHERE);
    }
    let read_name = |path: &[Part]| read(&written.args, path, None, at).into_iter().next();
    match target
        .name_arg
        .as_deref()
        .and_then(read_name)
        .map(|it| it.found)
    {
        Some(Found::Value(value)) => value,
        Some(Found::Unknown(unknown, origin)) => Value::new(Data::Unknown(unknown), origin),
        Some(Found::Empty(_) | Found::Absent { .. }) | None => default_name(written, target),
    }
}

/// What the provider takes for the name when it is not given.
fn default_name(written: &Written, target: &Target) -> Value {
    let default = || {
        let schema = schema(written.kind.as_str())?;
        let attribute = schema.attribute(&names(target.name_arg.as_deref()?))?;
        attribute.default_in(written.provider_major).map(Data::from)
    };
    default().map_or_else(unknown_name, |data| Value::new(data, Origin::NOWHERE))
}

/// What a type that writes into another means where nothing says which: the argument that would say
/// it is what decides.
fn nowhere(written: &Written, target: &Target, kind: &Kind) -> Identity {
    let mut names = unnamed(segments(&target.arm));
    if let (Some(name), Some(parent)) = (names.last_mut(), target.parents.last()) {
        let term = format!("{}.{}", written.address, parent.argument);
        let unknown = Unknown::because(Why::Computed).spelled(term).not_null();
        *name = Value::unknown(unknown, Origin::NOWHERE);
    }
    Identity {
        kind: kind.clone(),
        names,
        scope: Scope::Unknown,
        address: None,
    }
}

fn unknown_name() -> Value {
    Value::unknown(Unknown::because(Why::Computed).not_null(), Origin::NOWHERE)
}

fn unnamed(count: usize) -> Vec<Value> {
    std::iter::repeat_with(unknown_name).take(count).collect()
}

/// Where a resource without parent lives.
fn group(written: &Written) -> Scope {
    let group = written
        .args
        .as_map()
        .and_then(|args| args.get("resource_group_name"));
    match group.filter(|value| !value.is_null()) {
        Some(group) => Scope::Group(Box::new(group.clone())),
        None => Scope::Subscription,
    }
}

/// The resource that the parent arguments name.
fn parent(written: &Written, target: &Target, merge: bool, origins: &Origins) -> Option<Identity> {
    let args = written.args.as_map()?;
    let given = |parent: &&Parent| args.get(&parent.argument).is_some_and(|it| !it.is_null());
    let kind = if merge {
        Some(target.arm.as_str())
    } else {
        parent_type(&target.arm)
    };
    let by_id = target
        .parents
        .iter()
        .filter(given)
        .find(|parent| parent.is_id);
    if let Some(by_id) = by_id {
        let value = args.get(&by_id.argument)?;
        return Some(identity_of_id(value, kind, origins));
    }
    let names: Vec<Value> = target
        .parents
        .iter()
        .filter(given)
        .filter_map(|parent| args.get(&parent.argument))
        .cloned()
        .collect();
    let last = names.last()?;
    let kind = kind?;
    let address = points_to(last, origins, "name");
    let missing = segments(kind).saturating_sub(names.len());
    let names = unnamed(missing).into_iter().chain(names).collect();
    let scope = if parent_type(kind).is_some() {
        Scope::Unknown
    } else {
        group(written)
    };
    Some(Identity {
        kind: Kind::new(kind),
        names,
        scope,
        address,
    })
}

/// The resource that a value, which is a resource id, names. `kind` is the type it is expected to be of.
pub(super) fn identity_of_id(value: &Value, kind: Option<&str>, origins: &Origins) -> Identity {
    let address = points_to(value, origins, "id");
    if let Some(mut identity) = value.as_str().and_then(resource_id) {
        identity.address = address;
        return identity;
    }
    let unknown = value.as_unknown();
    if let Some(identity) = unknown.and_then(|it| it.points_to.as_ref()?.identity.clone()) {
        return Identity {
            address: identity.address.clone().or(address),
            ..identity
        };
    }
    let declared = address.as_ref().and_then(kind_at);
    let kind = declared.unwrap_or_else(|| kind.unwrap_or_default().to_owned());
    let mut names = unnamed(segments(&kind));
    if let (Some(address), Some(last)) = (&address, names.last_mut()) {
        *last = name_at(address);
    }
    let scope = match (&address, parent_type(&kind)) {
        (None, _) | (_, Some(_)) => Scope::Unknown,
        (Some(_), None) => Scope::Here,
    };
    Identity {
        kind: Kind::new(kind),
        names,
        scope,
        address,
    }
}

/// The name of the resource at `address`, which is not in view from here.
fn name_at(address: &Address) -> Value {
    let points_to = PointsTo {
        address: Some(address.clone()),
        identity: None,
        attribute: Arc::from("name"),
    };
    let unknown = Unknown::because(Why::Computed)
        .not_null()
        .spelled(format!("{address}.name"))
        .pointing_to(points_to);
    Value::unknown(unknown, Origin::NOWHERE)
}

/// The address of the resource whose `attribute` the value is.
fn points_to(value: &Value, origins: &Origins, attribute: &str) -> Option<Address> {
    let unknown = value
        .as_unknown()
        .and_then(|unknown| unknown.points_to.as_ref());
    let found = unknown.or_else(|| origins.points_to(value.origin))?;
    let fits = found.attribute.eq_ignore_ascii_case(attribute);
    found.address.clone().filter(|_| fits)
}

/// The ARM type of the Terraform resource at an address.
fn kind_at(address: &Address) -> Option<String> {
    let kind = terraform_type(address.as_str())?;
    let lens = table::lens(&kind)?;
    lens.targets.first().map(|target| target.arm.clone())
}

/// The Terraform type in an address: `module.a["x"].data.azurerm_subnet.b` gives `azurerm_subnet`.
pub(in crate::lang::terraform) fn terraform_type(address: &str) -> Option<String> {
    let plain = Address::new(address).without_keys();
    let mut parts = plain.split('.').peekable();
    while parts.peek() == Some(&"module") {
        parts.next();
        parts.next();
    }
    parts.next_if_eq(&"data");
    parts.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_ids_name_type_names_and_scope() {
        let rows = [
            (
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default",
                "Microsoft.Storage/storageAccounts/blobServices",
                vec!["a", "default"],
            ),
            (
                "/subscriptions/s/resourceGroups/g",
                "Microsoft.Resources/resourceGroups",
                vec!["g"],
            ),
            (
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/w/providers/Microsoft.Insights/diagnosticSettings/d",
                "Microsoft.Insights/diagnosticSettings",
                vec!["d"],
            ),
        ];
        for (text, kind, names) in rows {
            let identity = resource_id(text).unwrap();
            assert!(identity.kind.is(kind), "{text}");
            let found: Vec<_> = identity.names.iter().filter_map(Value::as_str).collect();
            assert_eq!(found, names);
        }
        for text in [
            "",
            "/",
            "name",
            "/subscriptions/s/providers/Microsoft.Web",
            "/a/b/c",
        ] {
            assert!(resource_id(text).is_none(), "{text}");
        }
    }

    #[test]
    fn addresses_tell_their_type() {
        let rows = [
            ("azurerm_subnet.a[0]", "azurerm_subnet"),
            (
                "module.a[\"x.y\"].module.b.azurerm_subnet.a",
                "azurerm_subnet",
            ),
            ("data.azurerm_subnet.a", "azurerm_subnet"),
        ];
        for (address, kind) in rows {
            assert_eq!(terraform_type(address).as_deref(), Some(kind));
        }
    }
}
