use std::sync::Arc;

use super::handle::{Handle, InstanceId};
use crate::model::Value;

/// What a reference has reached on its way: a value, or something whose values are only evaluated
/// once it is clear which of them is meant.
#[derive(Clone, Debug)]
pub(in crate::lang::terraform) enum Subject {
    /// A value.
    Value(Value),
    /// A value inside a resource instance.
    Part(Part),
    /// A resource with all its instances.
    Resource(InstanceId, usize),
    /// One instance of a resource.
    Instance(Handle),
    /// A module call with all its instances.
    Call(InstanceId, usize),
    /// One instance of a module.
    Module(InstanceId),
}

/// A value inside a resource instance.
#[derive(Clone, Debug)]
pub(in crate::lang::terraform) struct Part {
    /// The resource instance.
    pub(in crate::lang::terraform) handle: Handle,
    /// The names that lead to it, list steps left out, as the schema counts.
    pub(in crate::lang::terraform) path: Vec<Arc<str>>,
    /// The way to it as it is spelled: `identity[0].type`.
    pub(in crate::lang::terraform) attribute: Arc<str>,
    /// The value as configured.
    pub(in crate::lang::terraform) value: Value,
}
