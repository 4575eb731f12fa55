use std::fmt;
use std::sync::Arc;

use super::{Address, Existence, Identity, Kind, Value, WrittenId};
use crate::source::Span;

/// Index of a [`Fragment`] within its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FragmentId(pub u32);

/// Index of a [`Resource`] within its [`Estate`](super::Estate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub u32);

/// What one written resource says about one cloud resource. A `Written` gives one or more.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// The written resource it comes from.
    pub of: WrittenId,
    /// The cloud's type.
    pub kind: Kind,
    /// The API version in which the body is sent.
    pub api: Option<ApiVersion>,
    /// Which resource it speaks of.
    pub identity: Identity,
    /// The body in the cloud's own terms: an ARM resource object, or Terraform arguments for AWS and Google.
    pub body: Value,
    /// Which paths the body can speak of.
    pub coverage: Coverage,
    /// `true` when this only adds to a resource that another fragment declares (network rules, an
    /// association, `azapi_update_resource`).
    pub merges: bool,
    /// `true` when the cloud makes it because of another resource (a private endpoint connection).
    pub implied: bool,
}

/// Which paths of a kind a fragment can speak of.
#[derive(Clone, Debug)]
pub enum Coverage {
    /// All: the body is the request itself.
    Whole,
    /// Only these paths, lower case, `[*]` for elements, sorted: the rows of a lens for one major version.
    Paths(Arc<Vec<String>>),
}

/// One cloud resource, joined from its fragments.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The cloud's type.
    pub kind: Kind,
    /// Its identity.
    pub identity: Identity,
    /// The API version of the fragment that declares it.
    pub api: Option<ApiVersion>,
    /// The joined body. Service defaults are not written into it; a lookup asks the facts.
    pub body: Value,
    /// The fragments, the declaring one first.
    pub fragments: Vec<FragmentId>,
    /// The language it is written in.
    pub dialect: Dialect,
    /// Whether it exists.
    pub existence: Existence,
    /// Whether all that decides it is in view.
    pub completeness: Completeness,
    /// The address of the written resource that declares it (or of the first fragment).
    pub address: Address,
    /// The place that stands for the whole resource.
    pub header: Span,
    /// The union of its fragments' coverage.
    pub coverage: Coverage,
    /// `true` when the cloud makes it because of another resource.
    pub implied: bool,
}

/// The languages a resource can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// A Terraform type of the cloud's own provider (`azurerm_*`, `aws_*`, `google_*`).
    Terraform,
    /// `azapi_resource` and its kin: ARM bodies written in Terraform.
    Azapi,
    /// An ARM template.
    Arm,
}

/// Whether all that decides a resource is in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// What is missing is absent.
    Whole,
    /// Its parent or base is declared elsewhere: what is missing is unknown.
    Partial,
}

/// An ARM API version such as `2023-05-01` or `2021-05-01-preview`, ordered by date; of one date the
/// preview comes first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiVersion(Arc<str>);

impl ApiVersion {
    /// An API version from its text; `None` when it does not start with a date.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let date = text.get(..10)?.as_bytes();
        let is_date = date.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        is_date.then(|| Self(Arc::from(text.to_ascii_lowercase())))
    }

    /// The text, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn order(&self) -> (&str, bool, &str) {
        let (date, rest) = self.0.split_at(10);
        (date, rest.is_empty(), rest)
    }
}

impl PartialOrd for ApiVersion {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ApiVersion {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_are_ordered_by_date() {
        let version = |text| ApiVersion::new(text).unwrap();
        assert!(version("2019-04-01") > version("2018-11-01"));
        assert!(version("2019-04-01") > version("2019-04-01-preview"));
        assert!(ApiVersion::new("[variables('v')]").is_none());
    }
}
