use super::{Address, Existence, Kind, Value};
use crate::source::Span;

/// Index of a [`Written`] within its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WrittenId(pub u32);

/// One resource instance in its dialect's own shape, before any lens.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its address, instance keys included.
    pub address: Address,
    /// Its type as written: `azurerm_storage_account`, `Microsoft.Storage/storageAccounts`.
    pub kind: Kind,
    /// Its arguments (Terraform: attributes and blocks; nested blocks are lists of maps) or its
    /// JSON object (ARM).
    pub args: Value,
    /// The whole block or JSON object in the source; the planner finds its way from here.
    pub node: Span,
    /// The part of it that stands for the whole in a report: the block's header, the `type` and name.
    pub header: Span,
    /// Whether it exists.
    pub existence: Existence,
    /// The major version of the provider in use (Terraform); `None` elsewhere or when unknown.
    pub provider_major: Option<u32>,
    /// `true` when this is one of several instances of one text (`count`, `for_each`, `copy`, or a
    /// module called more than once).
    pub repeated: bool,
}
