//! What a condition is judged against.

use crate::model::{Estate, Resource, ResourceId};

/// What a condition is judged against.
#[derive(Clone, Copy)]
pub(super) struct Scene<'m> {
    /// All resources.
    pub estate: &'m Estate,
    /// The one that is judged.
    pub id: ResourceId,
    /// The one that the rule is about: the same, or the one whose companion is judged.
    pub asked: ResourceId,
    /// Types whose companions may live elsewhere, lower case.
    pub elsewhere: &'m [String],
}

impl<'m> Scene<'m> {
    /// The resource that is judged.
    pub(super) fn resource(&self) -> &'m Resource {
        self.estate.resource(self.id)
    }
}
