//! The shapes that are built in: how resources are folded together.

use std::sync::LazyLock;

use super::{ChildShape, CompanionShape, Shapes};

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let packed = include_bytes!(concat!(env!("OUT_DIR"), "/shapes.bin"));
    postcard::from_bytes(packed).unwrap_or_default()
});

/// The shapes of `rules/shapes`.
#[must_use]
pub fn shapes() -> &'static Shapes {
    &SHAPES
}

/// Where a resource lists the connections of private endpoints. The service writes it, and what it
/// writes follows from the endpoints.
pub const CONNECTIONS: &str = "properties.privateEndpointConnections";

static CONNECTION_SHAPES: LazyLock<Vec<ChildShape>> = LazyLock::new(|| {
    let groups = shapes().private_endpoint_groups.iter();
    let mut kinds: Vec<&String> = groups.flat_map(|group| &group.kinds).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let shape = |kind: &String| ChildShape {
        parent: kind.clone(),
        child: format!("{kind}/privateEndpointConnections"),
        list: Some(CONNECTIONS.to_owned()),
        object: None,
        name: None,
        always: false,
        flat: false,
        folds_only: false,
    };
    kinds.into_iter().map(shape).collect()
});

/// The connections of private endpoints as children of each type that can have some.
#[must_use]
pub fn connection_shapes() -> &'static [ChildShape] {
    &CONNECTION_SHAPES
}

impl CompanionShape {
    /// The member of the base that holds the companion.
    #[must_use]
    pub fn member(&self) -> &str {
        self.member.as_deref().unwrap_or(&self.companion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Path;

    #[test]
    fn every_shape_says_one_thing() {
        let shapes = shapes();
        assert!(!shapes.children.is_empty() && !shapes.companions.is_empty());
        for child in &shapes.children {
            assert!(
                child.child.starts_with(&format!("{}/", child.parent)),
                "{child:?}"
            );
            assert!(child.list.is_some() != child.object.is_some(), "{child:?}");
            assert!(child.object.is_none() || child.name.is_some(), "{child:?}");
            for path in child.list.iter().chain(&child.object) {
                assert!(Path::parse(path).is_ok(), "{child:?}");
            }
        }
        assert!(
            shapes
                .private_endpoint_groups
                .iter()
                .all(|group| !group.kinds.is_empty())
        );
    }
}
