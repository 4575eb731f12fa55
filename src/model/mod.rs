//! What infrastructure code means once it is evaluated: values with their origins, resources in the
//! cloud's own shape, the relations between them, and the changes a remedy may wish for.
//!
//! The languages make [`Written`] things and [`Fragment`]s; [`assemble`] joins fragments into
//! [`Resource`]s; rules read resources through [`Path`]s. Nothing here knows a language or a rule.

mod address;
pub mod assemble;
mod candidates;
mod change;
mod decimal;
mod existence;
pub mod facts;
mod finite;
mod graph;
mod identity;
mod lookup;
mod marks;
mod number;
mod origin;
mod origins;
mod owner;
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
pub use existence::Existence;
pub use graph::{Estate, Home, Relation};
pub use identity::Match;
pub use lookup::{Lookup, covers, look_up};
pub use number::{Number, NumberError, Rounding};
pub use origin::{Origin, Via};
pub use origins::{Hop, Origins};
pub use path::{Path, PathError, Step};
pub use resource::{
    ApiVersion, Completeness, Coverage, Dialect, Fragment, FragmentId, Resource, ResourceId,
};
pub use shape::{ChildShape, CompanionShape, Shapes};
pub use shapes::{CONNECTIONS, connection_shapes, shapes};
pub use ty::Type;
pub use unknown::{Affixes, InputRef, Why, readable};
pub use value::{Collection, Data, Entry, Identity, List, Map, PointsTo, Scope, Unknown, Value};
pub use written::{Written, WrittenId};
