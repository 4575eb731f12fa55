//! The shapes that are built in: how resources are folded together.

use std::sync::LazyLock;

use super::{CompanionShape, Shapes};

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let packed = include_bytes!(concat!(env!("OUT_DIR"), "/shapes.bin"));
    postcard::from_bytes(packed).unwrap_or_default()
});

/// The shapes of `rules/shapes`.
#[must_use]
pub fn shapes() -> &'static Shapes {
    &SHAPES
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
