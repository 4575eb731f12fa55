//! Joins fragments into resources, driven by `rules/shapes/*.yaml`.

use super::{Estate, Fragment, Origins, Written};

/// Joins what one unit wrote into its estate. No language is known here: merging, inline and child
/// forms, and implied children all follow the shapes.
#[must_use]
pub fn assemble(written: Vec<Written>, fragments: Vec<Fragment>, origins: Origins) -> Estate {
    let _ = (written, fragments, origins);
    todo!()
}
