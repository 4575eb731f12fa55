//! From wishes in the cloud's terms to wishes about arguments: what every remedy of the rules becomes.

use super::super::{hazards, invert};
use super::*;
use crate::model::{Change, Relation};

/// A type and the major version of its provider, its arguments, the type of the fragment, a wish
/// about it, and what is expected: wishes about arguments and what they cost, or the refusal.
type Row = (
    &'static str,
    u32,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SITE: &str = "Microsoft.Web/sites";

const ROWS: &[Row] = &[
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.supportsHttpsTrafficOnly true",
        &["set https_traffic_only_enabled true"],
    ),
    (
        "azurerm_storage_account",
        3,
        "{}",
        STORAGE,
        "set properties.supportsHttpsTrafficOnly true",
        &["set enable_https_traffic_only true"],
    ),
    (
        "azurerm_storage_account",
        3,
        r#"{"https_traffic_only_enabled": false}"#,
        STORAGE,
        "set properties.supportsHttpsTrafficOnly true",
        &["set https_traffic_only_enabled true"],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.allowBlobPublicAccess false",
        &["set allow_nested_items_to_be_public false"],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.encryption.requireInfrastructureEncryption true",
        &["set infrastructure_encryption_enabled true", "replaces"],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.networkAcls.defaultAction \"Deny\"",
        &["set network_rules.default_action \"Deny\""],
    ),
    (
        "azurerm_storage_account",
        4,
        r#"{"network_rules": [{"default_action": "Allow"}]}"#,
        STORAGE,
        "set properties.networkAcls.defaultAction \"Deny\"",
        &["set network_rules.default_action \"Deny\""],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.publicNetworkAccess \"Disabled\"",
        &["set public_network_access_enabled false"],
    ),
    (
        "azurerm_storage_account",
        4,
        r#"{"network_rules": [{"bypass": ["Logging"]}]}"#,
        STORAGE,
        "set properties.networkAcls.bypass \"AzureServices, Metrics\"",
        &["set network_rules.bypass [\"AzureServices\",\"Metrics\"]"],
    ),
    (
        "azurerm_storage_account",
        4,
        r#"{"network_rules": [{"ip_rules": ["1.2.3.4"]}]}"#,
        STORAGE,
        "remove properties.networkAcls.ipRules[value='1.2.3.4']",
        &["remove network_rules.ip_rules['1.2.3.4']"],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set sku.name \"Standard_GRS\"",
        &[
            "set account_tier \"Standard\"",
            "set account_replication_type \"GRS\"",
            "replaces",
        ],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.encryption.keySource \"Microsoft.Keyvault\"",
        &[
            "The block `customer_managed_key` needs `user_assigned_identity_id`, which only a person can choose.",
        ],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set properties.noSuchThing true",
        &["`azurerm_storage_account` has no argument for `properties.noSuchThing`."],
    ),
    (
        "azurerm_storage_account",
        4,
        "{}",
        STORAGE,
        "set tags.env \"x\"",
        &["set tags.env \"x\""],
    ),
    (
        "azurerm_linux_web_app",
        4,
        "{}",
        SITE,
        "set properties.httpsOnly true",
        &["set https_only true"],
    ),
    (
        "azurerm_linux_web_app",
        4,
        "{}",
        SITE,
        "set properties.siteConfig.minTlsVersion \"1.2\"",
        &["set site_config.minimum_tls_version \"1.2\""],
    ),
    (
        "azurerm_windows_web_app",
        3,
        "{}",
        SITE,
        "set properties.siteConfig.minTlsVersion \"1.2\"",
        &["set site_config.minimum_tls_version \"1.2\""],
    ),
    (
        "azurerm_app_service",
        3,
        "{}",
        SITE,
        "set properties.siteConfig.minTlsVersion \"1.2\"",
        &["set site_config.min_tls_version \"1.2\""],
    ),
    (
        "azurerm_linux_web_app",
        4,
        r#"{"site_config": [{"cors": [{"allowed_origins": ["*", "a"]}]}]}"#,
        SITE,
        "remove properties.siteConfig.cors.allowedOrigins['*']",
        &["remove site_config.cors.allowed_origins['*']"],
    ),
    (
        "azurerm_linux_web_app",
        4,
        r#"{"site_config": [{"cors": [{"allowed_origins": ["*", "a"]}]}]}"#,
        SITE,
        "append properties.siteConfig.cors.allowedOrigins \"b\"",
        &["append site_config.cors.allowed_origins \"b\""],
    ),
    (
        "azurerm_cognitive_account",
        4,
        r#"{"local_auth_enabled": true}"#,
        "Microsoft.CognitiveServices/accounts",
        "set properties.disableLocalAuth true",
        &["set local_auth_enabled false"],
    ),
    (
        "azurerm_search_service",
        4,
        "{}",
        "Microsoft.Search/searchServices",
        "set properties.disableLocalAuth true",
        &["set local_authentication_enabled false"],
    ),
    (
        "azurerm_network_security_group",
        4,
        r#"{"security_rule": [{"name": "a"}, {"name": "ssh"}]}"#,
        "Microsoft.Network/networkSecurityGroups",
        "remove properties.securityRules[name='ssh']",
        &["remove security_rule[name='ssh']"],
    ),
    (
        "azurerm_network_security_group",
        4,
        r#"{"security_rule": [{"name": "a"}, {"name": "ssh"}]}"#,
        "Microsoft.Network/networkSecurityGroups",
        "set properties.securityRules[name='ssh'].properties.access \"Deny\"",
        &["set security_rule[name='ssh'].access \"Deny\""],
    ),
    (
        "azurerm_network_security_rule",
        4,
        r#"{"name": "ssh"}"#,
        "Microsoft.Network/networkSecurityGroups/securityRules",
        "remove ",
        &["remove "],
    ),
    (
        "azurerm_key_vault",
        4,
        "{}",
        "Microsoft.KeyVault/vaults",
        "set properties.enablePurgeProtection true",
        &["set purge_protection_enabled true"],
    ),
    (
        "azurerm_security_center_subscription_pricing",
        4,
        r#"{"tier": "Free"}"#,
        "Microsoft.Security/pricings",
        "set properties.pricingTier \"Standard\"",
        &["set tier \"Standard\""],
    ),
    (
        "azurerm_security_center_subscription_pricing",
        4,
        r#"{"tier": "Free"}"#,
        "Microsoft.Security/pricings",
        "set properties.subPlan \"DefenderForStorageV2\"",
        &["set subplan \"DefenderForStorageV2\"", "replaces"],
    ),
    (
        "azurerm_security_center_subscription_pricing",
        4,
        r#"{"tier": "Free"}"#,
        "Microsoft.Security/pricings",
        r#"set properties.extensions [{"name": "OnUploadMalwareScanning", "isEnabled": "True"}, {"name": "SensitiveDataDiscovery", "isEnabled": "True"}]"#,
        &[
            "set extension[0].name \"OnUploadMalwareScanning\"",
            "set extension[1].name \"SensitiveDataDiscovery\"",
        ],
    ),
    (
        "azapi_resource",
        2,
        r#"{"type": "Microsoft.Storage/storageAccounts@2023-01-01", "body": {"properties": {"SupportsHttpsTrafficOnly": false}}}"#,
        STORAGE,
        "set properties.supportsHttpsTrafficOnly true",
        &["set body.properties.SupportsHttpsTrafficOnly true"],
    ),
    (
        "azapi_resource",
        2,
        r#"{"type": "Microsoft.Storage/storageAccounts@2023-01-01"}"#,
        STORAGE,
        "set tags.a \"b\"",
        &["set tags.a \"b\""],
    ),
    (
        "azapi_resource",
        1,
        r#"{"type": "Microsoft.Storage/storageAccounts@2023-01-01", "body": "{}"}"#,
        STORAGE,
        "set properties.supportsHttpsTrafficOnly true",
        &["`body` of `azapi_resource.x` is written as JSON text."],
    ),
    (
        "aws_instance",
        5,
        "{}",
        "aws_instance",
        "set metadata_options.http_tokens \"required\"",
        &["set metadata_options.http_tokens \"required\""],
    ),
    (
        "aws_instance",
        5,
        "{}",
        "aws_instance",
        "set ebs_block_device[device_name='x'].encrypted true",
        &["set ebs_block_device[device_name='x'].encrypted true"],
    ),
    (
        "google_sql_database_instance",
        6,
        "{}",
        "google_sql_database_instance",
        "remove settings.ip_configuration.authorized_networks[name='x']",
        &["remove settings.ip_configuration.authorized_networks[name='x']"],
    ),
];

fn change(text: &str) -> Change {
    let (word, rest) = text.split_once(' ').unwrap();
    let (path, json) = rest.split_once(' ').unwrap_or((rest, ""));
    let path = Path::parse(path).unwrap();
    let value = || from_json(json, Origin::NOWHERE).unwrap();
    match word {
        "set" => Change::Set { path, to: value() },
        "append" => Change::Append {
            path,
            item: value(),
        },
        _ => Change::Remove { path },
    }
}

fn told(change: &Change) -> String {
    match change {
        Change::Set { path, to } => format!("set {path} {}", spelled(to)),
        Change::Append { path, item } => format!("append {path} {}", spelled(item)),
        Change::Remove { path } => format!("remove {path}"),
        Change::AddResource { kind, body, .. } => {
            let body = body.iter();
            let body = body.map(|entry| format!("{}={}", entry.key, spelled(&entry.value)));
            format!("add {kind} {}", body.collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn wishes_about_properties_become_wishes_about_arguments() {
    for (kind, major, args, fragment, wish, expected) in ROWS {
        let written = written(kind, *major, &serde_json::from_str(args).unwrap());
        let fragments = fragments(&written, WrittenId(0), &mut Origins::default());
        let outcome = invert(&written, find(&fragments, fragment), &change(wish));
        let told: Vec<String> = match &outcome {
            Ok(changes) => {
                let costs = hazards(&written, changes);
                let costs = costs.iter().map(ToString::to_string);
                changes.iter().map(told).chain(costs).collect()
            }
            Err(refusal) => vec![refusal.0.clone()],
        };
        assert_eq!(told, *expected, "{kind} {major} {args} {wish}");
    }
}

/// A type and its arguments, the type of a companion with its body, how it belongs there, and what
/// is expected.
const COMPANIONS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "aws_s3_bucket",
        "aws_s3_bucket",
        "aws_s3_bucket_public_access_block",
        r#"{"block_public_acls": true}"#,
        "bucket",
        "add aws_s3_bucket_public_access_block bucket=?&aws_s3_bucket.x.id block_public_acls=true",
    ),
    (
        "azapi_resource",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices",
        r#"{"name": "default", "properties": {"deleteRetentionPolicy": {"enabled": true}}}"#,
        "",
        "add azapi_resource type=\"Microsoft.Storage/storageAccounts/blobServices@2026-04-01\" name=\"default\" parent_id=?&azapi_resource.x.id body={properties={deleteRetentionPolicy={enabled=true}}}",
    ),
    (
        "azurerm_key_vault",
        "Microsoft.KeyVault/vaults",
        "Microsoft.Insights/diagnosticSettings",
        r#"{"name": "d", "properties": {"logs": [{"category": "AuditEvent", "enabled": true}]}}"#,
        "",
        "add azurerm_monitor_diagnostic_setting name=\"d\" target_resource_id=?&azurerm_key_vault.x.id enabled_log=[{category=\"AuditEvent\"}]",
    ),
];

#[test]
fn companions_are_spelled_in_the_provider_s_terms() {
    for (kind, fragment, companion, body, at, expected) in COMPANIONS {
        let args = json!({ "type": format!("{fragment}@2023-01-01") });
        let written = written(kind, 4, &args);
        let fragments = fragments(&written, WrittenId(0), &mut Origins::default());
        let body = from_json(body, Origin::NOWHERE).unwrap();
        let relation = if at.is_empty() {
            Relation::Child
        } else {
            Relation::ReferredToBy(Path::parse(at).unwrap())
        };
        let change = Change::AddResource {
            kind: Kind::new(*companion),
            body: body.as_map().unwrap().entries.clone(),
            relation,
        };
        let outcome = invert(&written, find(&fragments, fragment), &change);
        let told: Vec<String> = match &outcome {
            Ok(changes) => changes.iter().map(told).collect(),
            Err(refusal) => vec![refusal.0.clone()],
        };
        assert_eq!(told, [*expected], "{companion}");
    }
}
