//! The lens over real lens files: arguments in, bodies out, and back.

mod backward;

use std::sync::Arc;

use serde_json::json;

use super::{fragments, json::from_json};
use crate::model::{
    Address, Data, Existence, Fragment, Kind, Origin, Origins, Path, PointsTo, Step, Type, Unknown,
    Value, Why, Written, WrittenId,
};
use crate::source::{FileId, Span};

/// Arguments as the evaluator gives them: blocks are lists of objects. `{"?": "var.x"}` is an unknown
/// bool, `{"&": "azurerm_x.y", "attribute": "id"}` a reference to an attribute that is not known.
fn value(json: &serde_json::Value) -> Value {
    let mut value = from_json(&json.to_string(), Origin::NOWHERE).unwrap();
    unknowns(&mut value);
    value
}

fn unknowns(value: &mut Value) {
    let text = |map: &crate::model::Map, key: &str| map.get(key)?.as_str().map(str::to_owned);
    if let Some(map) = value.as_map() {
        if let Some(input) = text(map, "?") {
            let unknown = Unknown::because(Why::Input)
                .decided_by(input.as_str())
                .spelled(input);
            *value = Value::unknown(unknown.typed(Type::Bool), Origin::NOWHERE);
            return;
        }
        if let (Some(address), Some(attribute)) = (text(map, "&"), text(map, "attribute")) {
            *value = reference(&address, &attribute);
            return;
        }
    }
    match &mut value.data {
        Data::List(list) => Arc::make_mut(list).items.iter_mut().for_each(unknowns),
        Data::Map(map) => {
            Arc::make_mut(map)
                .entries
                .iter_mut()
                .for_each(|entry| unknowns(&mut entry.value));
        }
        _ => {}
    }
}

fn reference(address: &str, attribute: &str) -> Value {
    let points_to = PointsTo {
        address: Some(Address::new(address)),
        identity: None,
        attribute: Arc::from(attribute),
    };
    let unknown = Unknown::because(Why::Computed)
        .not_null()
        .pointing_to(points_to);
    Value::unknown(
        unknown.spelled(format!("{address}.{attribute}")),
        Origin::NOWHERE,
    )
}

fn written(kind: &str, major: u32, args: &serde_json::Value) -> Written {
    let span = Span::at(FileId(0), 0);
    Written {
        address: Address::new(format!("{kind}.x")),
        kind: Kind::new(kind),
        args: value(args),
        node: span,
        header: span,
        existence: Existence::Certain,
        provider_major: Some(major),
        repeated: false,
    }
}

fn lens(kind: &str, major: u32, args: &serde_json::Value) -> Vec<Fragment> {
    fragments(
        &written(kind, major, args),
        WrittenId(0),
        &mut Origins::default(),
    )
}

/// What a body says at a path: JSON for what is known, `?input` or `?` for what is not, `-` for nothing.
fn said(body: &Value, path: &str) -> String {
    let mut value = Some(body);
    for step in &Path::parse(path).unwrap().0 {
        if let Some(Data::Unknown(_)) = value.map(|it| &it.data) {
            break;
        }
        value = match step {
            Step::Name(name) => value
                .and_then(Value::as_map)
                .and_then(|it| it.get_ignoring_case(name)),
            Step::Index(index) => value.and_then(Value::as_list).and_then(|it| it.get(*index)),
            Step::Each | Step::Where { .. } => None,
        };
    }
    value.map_or_else(|| "-".to_owned(), spelled)
}

fn spelled(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(it) => it.to_string(),
        Data::Number(it) => it.to_string(),
        Data::String(it) => format!("{it:?}"),
        Data::List(it) => format!(
            "[{}]",
            it.items.iter().map(spelled).collect::<Vec<_>>().join(",")
        ),
        Data::Map(it) => {
            let members = it
                .entries
                .iter()
                .map(|it| format!("{}={}", it.key, spelled(&it.value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Data::Unknown(it) => {
            let to = it
                .points_to
                .as_ref()
                .and_then(|it| Some(format!("&{}.{}", it.address.as_ref()?, it.attribute)));
            let input = it.input.as_ref().map(|it| it.0.to_string());
            format!("?{}", to.or(input).unwrap_or_default())
        }
    }
}

fn find<'f>(fragments: &'f [Fragment], kind: &str) -> &'f Fragment {
    let found = fragments.iter().find(|it| it.kind.is(kind));
    let kinds: Vec<_> = fragments.iter().map(|it| it.kind.as_str()).collect();
    found.unwrap_or_else(|| panic!("no {kind} among {kinds:?}"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn arguments_become_properties_by_major_version() {
    let storage = "azurerm_storage_account";
    let https = "properties.supportsHttpsTrafficOnly";
    let public = "properties.allowBlobPublicAccess";
    let minimal =
        json!({ "name": "a", "account_tier": "Standard", "account_replication_type": "LRS" });
    let rows = [
        (3, minimal.clone(), https, "true"),
        (4, minimal.clone(), https, "true"),
        (
            3,
            json!({ "enable_https_traffic_only": false }),
            https,
            "false",
        ),
        (
            4,
            json!({ "enable_https_traffic_only": false }),
            https,
            "true",
        ),
        (
            3,
            json!({ "https_traffic_only_enabled": false }),
            https,
            "false",
        ),
        (
            4,
            json!({ "https_traffic_only_enabled": "false" }),
            https,
            "false",
        ),
        (
            4,
            json!({ "https_traffic_only_enabled": null }),
            https,
            "true",
        ),
        (
            4,
            json!({ "https_traffic_only_enabled": { "?": "var.x" } }),
            https,
            "?var.x",
        ),
        (4, minimal.clone(), public, "true"),
        (5, minimal.clone(), public, "false"),
        (4, minimal.clone(), "sku.name", "\"Standard_LRS\""),
        (4, minimal.clone(), "kind", "\"StorageV2\""),
        (4, minimal.clone(), "apiVersion", "\"2025-08-01\""),
        (3, minimal.clone(), "apiVersion", "\"2023-01-01\""),
        (
            4,
            json!({ "public_network_access_enabled": false }),
            "properties.publicNetworkAccess",
            "\"Disabled\"",
        ),
        (
            4,
            minimal.clone(),
            "properties.networkAcls.defaultAction",
            "\"Allow\"",
        ),
        (
            4,
            json!({ "network_rules": [{ "default_action": "Deny", "bypass": ["Logging", "Metrics"], "ip_rules": ["1.2.3.4"] }] }),
            "properties.networkAcls",
            r#"{bypass="Logging, Metrics",defaultAction="Deny",ipRules=[{value="1.2.3.4",action="Allow"}]}"#,
        ),
        (
            4,
            json!({ "network_rules": { "?": "var.on" } }),
            "properties.networkAcls.defaultAction",
            "?var.on",
        ),
        (
            4,
            json!({ "network_rules": { "?": "var.on" } }),
            "properties.networkAcls.ipRules[0].value",
            "?var.on",
        ),
        (4, json!({ "tags": { "a": "b" } }), "tags", r#"{a="b"}"#),
        (
            4,
            json!({ "identity": [{ "type": "UserAssigned", "identity_ids": ["/x"] }] }),
            "identity.userAssignedIdentities",
            "{/x={}}",
        ),
    ];
    for (major, args, path, expected) in rows {
        let fragments = lens(storage, major, &args);
        let body = &find(&fragments, "Microsoft.Storage/storageAccounts").body;
        assert_eq!(said(body, path), expected, "{path} of {args} in {major}");
    }
}
