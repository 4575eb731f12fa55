//! An instance of a module, and the call that makes it.

use super::module::Module;
use super::scope::InstanceId;
use crate::model::Existence;

/// One instance of a module.
#[derive(Debug)]
pub(super) struct Instance<'t> {
    /// What it declares.
    pub(super) module: &'t Module<'t>,
    /// What its addresses start with: `module.a[0].`; empty for the root.
    pub(super) prefix: String,
    /// The names of the calls that lead to it: `a.b`.
    pub(super) path: String,
    /// The call that makes it; `None` for the root.
    pub(super) caller: Option<Caller>,
    /// Whether it exists.
    pub(super) existence: Existence,
    /// Whether the same text is instantiated more than once.
    pub(super) repeated: bool,
}

/// The place in a calling module that makes an instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) module: InstanceId,
    pub(super) call: usize,
    pub(super) instance: usize,
}

impl<'t> Instance<'t> {
    /// The instance of the root module.
    pub(super) fn root(module: &'t Module<'t>) -> Self {
        Self {
            module,
            prefix: String::new(),
            path: String::new(),
            caller: None,
            existence: Existence::Certain,
            repeated: false,
        }
    }
}
