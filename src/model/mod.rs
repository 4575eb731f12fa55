//! What infrastructure code means once it is evaluated: values with their origins, resources in the
//! cloud's own shape, the relations between them, and the changes a remedy may wish for.
//!
//! The languages make [`Written`] things and [`Fragment`]s; [`assemble`] joins fragments into
//! [`Resource`]s; rules read resources through [`Path`]s. Nothing here knows a language or a rule.

mod address;
pub mod assemble;
mod change;
mod decimal;
pub mod facts;
mod graph;
mod identity;
mod lookup;
mod number;
mod origin;
mod path;
mod resource;
mod shape;
mod shapes;
mod ty;
mod unknown;
mod value;
mod written;

#[cfg(test)]
pub(crate) mod testing;

pub use address::{Address, Kind};
pub use change::Change;
pub use graph::{Estate, Home, Match, Relation};
pub use lookup::{Lookup, covers, look_up};
pub use number::{Number, NumberError, Rounding};
pub use origin::{Hop, Origin, Origins, Via};
pub use path::{Path, PathError, Step};
pub use resource::{
    ApiVersion, Completeness, Coverage, Dialect, Existence, Fragment, FragmentId, Identity,
    Resource, ResourceId, Scope,
};
pub use shape::{ChildShape, CompanionShape, Shapes};
pub use shapes::shapes;
pub use ty::Type;
pub use unknown::{Affixes, InputRef, PointsTo, Unknown, Why};
pub use value::{Collection, Data, Entry, List, Map, Value};
pub use written::{Written, WrittenId};
