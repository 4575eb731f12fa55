//! What the lens files share with the facts. The build script, which reads the schema too, gives it the
//! same name.

pub(super) use crate::model::facts::{Scalar, shared};
