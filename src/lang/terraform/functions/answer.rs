use crate::model::{Type, Value, Why};

/// What comes of a call.
pub(in crate::lang::terraform) type Answer = Result<Value, Stop>;

/// Why a call has no known result.
#[derive(Clone, Debug)]
pub(in crate::lang::terraform) enum Stop {
    /// The argument at this index is wrong, and how; without a period.
    Argument(usize, String),
    /// The call as a whole fails, and why; without a period.
    Failed(String),
    /// It depends on arguments that are not known; the type of the result, where that is.
    Unknown(Option<Type>),
    /// One of these, depending on arguments that are not known.
    OneOf(Vec<Value>),
    /// It cannot be known for a reason of its own.
    Because(Why),
    /// A limit was reached; a whole sentence.
    Limit(String),
    /// It is beyond this program; a whole sentence.
    Unsupported(String),
}
