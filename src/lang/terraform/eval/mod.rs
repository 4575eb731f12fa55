//! Evaluates expressions: lazily, three-valued, with the origin of every value.

mod access;
mod attempts;
mod calls;
mod comparison;
mod conditional;
mod evaluation;
mod expression;
mod handle;
mod instances;
mod invoke;
mod loops;
mod measure;
mod operators;
mod primitive;
mod references;
mod splat;
mod subject;
mod template;
mod template_calls;
mod traversal;
mod unknowns;

pub(super) use evaluation::{Evaluation, Fault, Node, Outcome, Slot, World};
pub(super) use handle::{Handle, InstanceId, Repeated};
pub(super) use subject::Subject;
