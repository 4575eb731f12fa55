//! Trimmed facts about types, embedded in the binary: provider schemas, ARM property paths, and what
//! the service assumes when a property is absent.
//!
//! The files are in `rules/facts`; the build script packs them, and each type is decoded when it is
//! first asked for.

pub mod absence;
pub mod arm;
pub mod schema;
pub mod store;

use std::sync::Arc;

use absence::{AbsenceFact, Absences};
use store::Decoded;

pub use arm::{ArmKind, ArmProperty, ArmType};
pub use schema::{Attribute, Body, NestedBlock, Nesting, Scalar, Schema, shared};

use super::{ApiVersion, Data, Number, Origin, Value};

/// What the service assumes when a property is absent.
#[derive(Clone, Debug, PartialEq)]
pub enum Absence {
    /// This value.
    Value(Data),
    /// Nothing is known to be assumed: absent is absent.
    Absent,
    /// It depends on what is not in view: the API version, the subscription, the region.
    Unknown,
}

static SCHEMAS: [Decoded<Schema>; 3] = [
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/azurerm.bin"))),
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/aws.bin"))),
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/google.bin"))),
];
static ARM: Decoded<ArmType> = Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/arm.bin")));
static ALIASES: Decoded<Vec<(String, String)>> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/aliases.bin")));
static ABSENCES: Decoded<Absences> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/absence.bin")));

/// The provider schema of the Terraform type `kind`; `None` for types that are not known.
#[must_use]
pub fn schema(kind: &str) -> Option<Arc<Schema>> {
    let provider = |name: &str| {
        kind.get(..name.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(name))
    };
    let [azurerm, aws, google] = &SCHEMAS;
    if provider("azurerm_") {
        azurerm.get(kind)
    } else if provider("aws_") {
        aws.get(kind)
    } else {
        google.get(kind)
    }
}

/// The properties of the ARM type `kind`, ignoring case; `None` for types that are not known.
#[must_use]
pub fn arm_type(kind: &str) -> Option<Arc<ArmType>> {
    ARM.get(kind)
}

/// The types and paths that the Azure Policy alias `alias` stands for, ignoring case; `None` for an
/// alias that is not known.
#[must_use]
pub fn alias(alias: &str) -> Option<Arc<Vec<(String, String)>>> {
    ALIASES.get(alias)
}

/// What the service assumes when the property at `pattern` (lower case, `[*]` for elements) is absent
/// from a request for `kind` in `api`. Where the answer differs between API versions and `api` is not
/// known, it is [`Absence::Unknown`].
///
/// For Terraform types of AWS and Google the answer is the default of the schema or its
/// documentation, which holds while the blocks around the attribute are present.
#[must_use]
pub fn absence(kind: &str, pattern: &str, api: Option<&ApiVersion>) -> Absence {
    if let Some(absences) = ABSENCES.get(kind) {
        let facts = absences.facts.iter().filter(|fact| fact.pattern == pattern);
        let facts: Vec<&AbsenceFact> = facts.collect();
        if !facts.is_empty() {
            return service_default(&facts, api);
        }
    }
    if kind.starts_with("azurerm_") {
        return Absence::Absent;
    }
    let names: Vec<&str> = pattern
        .split('.')
        .map(|name| name.trim_end_matches("[*]"))
        .collect();
    let schema = schema(kind);
    let attribute = schema
        .as_deref()
        .and_then(|schema| schema.attribute(&names));
    match attribute {
        Some(it) => match it.default.as_ref().or(it.doc_default.as_ref()) {
            Some(value) => Absence::Value(Data::from(value)),
            None if it.computed => Absence::Unknown,
            None => Absence::Absent,
        },
        None => Absence::Absent,
    }
}

/// What `facts` about one property say for `api`.
fn service_default(facts: &[&AbsenceFact], api: Option<&ApiVersion>) -> Absence {
    let read = |fact: &AbsenceFact| match &fact.value {
        Some(Scalar::Null) => Absence::Absent,
        Some(value) => Absence::Value(Data::from(value)),
        None => Absence::Unknown,
    };
    let Some(api) = api else {
        // Without a version only what all versions agree on can be said.
        let mut answers = facts.iter().map(|fact| read(fact));
        let first = answers.next().unwrap_or(Absence::Absent);
        let bounded = |fact: &&&AbsenceFact| fact.from.is_some() || fact.below.is_some();
        let alone = facts.len() == 1 && facts.iter().any(|fact| bounded(&fact));
        return if !alone && answers.all(|answer| answer == first) {
            first
        } else {
            Absence::Unknown
        };
    };
    let bound = |text: &Option<String>| text.as_deref().and_then(ApiVersion::new);
    let holds = |fact: &&&AbsenceFact| {
        bound(&fact.from).is_none_or(|from| *api >= from)
            && bound(&fact.below).is_none_or(|below| *api < below)
    };
    facts
        .iter()
        .find(holds)
        .map_or(Absence::Absent, |fact| read(fact))
}

impl From<&Scalar> for Data {
    fn from(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Bool(value) => Self::Bool(*value),
            Scalar::Int(value) => Self::Number(Number::from(*value)),
            Scalar::Float(value) => {
                Number::parse(&value.to_string()).map_or(Self::Null, Self::Number)
            }
            Scalar::Text(text) => Self::String(Arc::from(text.as_str())),
            Scalar::List(items) => {
                let items = items
                    .iter()
                    .map(|item| Value::new(Self::from(item), Origin::NOWHERE));
                Value::list(items.collect(), Origin::NOWHERE).data
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_fact_decodes() {
        for schemas in &SCHEMAS {
            assert!(schemas.store().len() > 400);
            for index in 0..schemas.store().len() {
                assert!(
                    schemas.at(index).is_some(),
                    "{:?}",
                    schemas.store().name(index)
                );
            }
        }
        for index in 0..ARM.store().len() {
            assert!(ARM.at(index).is_some(), "{:?}", ARM.store().name(index));
        }
        for index in 0..ALIASES.store().len() {
            assert!(ALIASES.at(index).is_some_and(|it| !it.is_empty()));
        }
        for index in 0..ABSENCES.store().len() {
            assert!(ABSENCES.at(index).is_some_and(|it| !it.facts.is_empty()));
        }
    }

    #[test]
    fn only_what_is_asked_for_is_decoded() {
        static FRESH: Decoded<Schema> =
            Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/aws.bin")));
        assert_eq!(FRESH.decoded(), 0);
        assert!(FRESH.get("aws_s3_bucket").is_some());
        assert!(FRESH.get("aws_no_such_thing").is_none());
        assert_eq!(FRESH.decoded(), 1);
    }

    #[test]
    fn a_schema_knows_versions_blocks_and_what_replaces() {
        let storage = schema("azurerm_storage_account").unwrap();
        let https = storage.attribute(&["https_traffic_only_enabled"]).unwrap();
        assert_eq!(https.default_in(Some(4)), Some(&Scalar::Bool(true)));
        assert_eq!(https.default_in(Some(3)), None);
        let public = storage
            .attribute(&["allow_nested_items_to_be_public"])
            .unwrap();
        assert_eq!(public.default_in(Some(5)), Some(&Scalar::Bool(false)));
        assert!(storage.is_block(&["network_rules"]));
        assert!(
            storage
                .attribute(&["network_rules", "default_action"])
                .is_some()
        );
        assert_eq!(
            storage.block(&["network_rules"]).unwrap().max_in(Some(4)),
            Some(1)
        );
        assert!(storage.force_new(&["is_hns_enabled"]) && !storage.force_new(&["min_tls_version"]));
        assert!(storage.has(&["queue_properties"], 4) && !storage.has(&["queue_properties"], 5));
        assert!(schema("azurerm_no_such_thing").is_none());
    }

    #[test]
    fn absence_depends_on_the_api_version() {
        let kind = "microsoft.storage/STORAGEACCOUNTS";
        let path = "properties.supportshttpstrafficonly";
        let rows = [
            (Some("2018-11-01"), Absence::Value(Data::Bool(false))),
            (
                Some("2019-04-01-preview"),
                Absence::Value(Data::Bool(false)),
            ),
            (Some("2019-04-01"), Absence::Value(Data::Bool(true))),
            (Some("2023-01-01"), Absence::Value(Data::Bool(true))),
            (None, Absence::Unknown),
        ];
        for (api, expected) in rows {
            let version = api.and_then(ApiVersion::new);
            assert_eq!(absence(kind, path, version.as_ref()), expected, "{api:?}");
        }
        assert_eq!(absence(kind, "properties.nothing", None), Absence::Absent);
        assert_eq!(
            absence("aws_lb", "enable_http2", None),
            Absence::Value(Data::Bool(true))
        );
    }

    #[test]
    fn arm_types_are_found_in_any_case() {
        let storage = arm_type("MICROSOFT.STORAGE/storageaccounts").unwrap();
        let https = storage
            .property("properties.supportshttpstrafficonly")
            .unwrap();
        assert_eq!(
            (https.ty, https.array, https.read_only),
            (ArmKind::Bool, false, false)
        );
        assert!(storage.property("sku.tier").unwrap().read_only);
        assert!(storage.knows("tags.env") && storage.knows("properties.networkacls.iprules[*]"));
        assert!(!storage.knows("properties.nosuchthing"));
    }
}
