//! The names of what an evaluation makes.

/// Index of a module instance within an evaluation; the root module is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::lang::terraform) struct InstanceId(pub(in crate::lang::terraform) u32);

/// A resource or module call that `count` or `for_each` may repeat, by its index in the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::lang::terraform) enum Repeated {
    /// A `resource` or `data` block.
    Resource(usize),
    /// A `module` block.
    Call(usize),
}

/// One instance of a `resource` or `data` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::lang::terraform) struct Handle {
    /// The module instance that it stands in.
    pub(in crate::lang::terraform) module: InstanceId,
    /// Its index among the module's blocks.
    pub(in crate::lang::terraform) block: usize,
    /// Its index among the block's instances.
    pub(in crate::lang::terraform) instance: usize,
}
