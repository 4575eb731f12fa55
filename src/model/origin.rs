/// Where a value comes from: an entry of the unit's [`Origins`](super::Origins).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub(super) u32);

impl Origin {
    /// The origin of what nobody wrote.
    pub const NOWHERE: Self = Self(0);
}

/// How a value got to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// It is written there.
    Literal,
    /// Through a reference to a variable; `from` is its default, tfvars line or argument.
    Variable,
    /// It is written in a variable values file.
    Tfvars,
    /// Given on the command line.
    CommandLine,
    /// Through a reference to a local value.
    Local,
    /// It is the argument of a module call.
    ModuleArgument,
    /// Through the output of a module.
    Output,
    /// Through a reference to another resource's configured argument.
    Reference,
    /// Through an ARM `parameters('…')`; `from` is its default or parameter file.
    Parameter,
    /// It is written in an ARM parameter file.
    ParameterFile,
    /// Through an ARM `variables('…')`.
    ArmVariable,
    /// The provider sends it when the argument is absent.
    ProviderDefault,
    /// The service assumes it when the property is absent.
    ServiceDefault,
    /// An expression made it from other values.
    Computed,
    /// An expression made it, and `from` is the value that decided: another value than this one.
    Derived,
}
