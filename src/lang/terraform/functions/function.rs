use super::answer::{Answer, Stop};
use super::call::Call;
use crate::model::{Data, Number, Type, Value};

/// A function of Terraform: what it takes, what it gives, how it is computed.
///
/// What all functions have in common is done once by the caller: arguments are counted, converted to
/// their parameter's type and checked for null; an argument that is not known makes the result unknown;
/// sensitivity passes to the result.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none excludes another"
)]
pub(in crate::lang::terraform) struct Function {
    /// Its name.
    pub(in crate::lang::terraform) name: &'static str,
    /// The parameters that must be given.
    pub(in crate::lang::terraform) parameters: &'static [Parameter],
    /// The parameter that every further argument belongs to.
    pub(in crate::lang::terraform) rest: Option<Parameter>,
    /// The type of its result, where that is always the same.
    pub(in crate::lang::terraform) returns: Kind,
    /// Whether the result may be null.
    pub(in crate::lang::terraform) nullable: bool,
    /// Whether it has a result for all arguments of the right types that are not null.
    pub(in crate::lang::terraform) total: bool,
    /// Whether equal arguments give equal results.
    pub(in crate::lang::terraform) pure: bool,
    /// Whether the result is what the first argument is in other letters: it still points where that does.
    pub(in crate::lang::terraform) keeps: bool,
    /// Whether it reads files.
    pub(in crate::lang::terraform) reads: bool,
    /// How it is computed.
    pub(in crate::lang::terraform) form: Form,
}

/// How a function is computed.
#[derive(Clone, Copy)]
pub(in crate::lang::terraform) enum Form {
    /// From the values of its arguments.
    Values(Run),
    /// `try`: from the first argument that can be evaluated.
    Try,
    /// `can`: from whether its argument can be evaluated.
    Can,
    /// `templatefile`: by evaluating what is in a file.
    TemplateFile,
    /// `templatestring`: by evaluating what a reference leads to.
    TemplateString,
}

/// How a function is computed from arguments that were checked.
pub(in crate::lang::terraform) type Run = fn(&mut Call<'_>, &[Value]) -> Answer;

/// A parameter of a function.
#[derive(Clone, Copy)]
pub(in crate::lang::terraform) struct Parameter {
    /// Its name, for messages.
    pub(in crate::lang::terraform) name: &'static str,
    /// The type that arguments are converted to.
    pub(in crate::lang::terraform) kind: Kind,
    /// What else it takes: [`NULL`], [`UNKNOWN`], [`MARKED`].
    pub(in crate::lang::terraform) takes: u8,
}

/// The parameter takes null.
pub(in crate::lang::terraform) const NULL: u8 = 1;
/// The function itself handles arguments that are not known.
pub(in crate::lang::terraform) const UNKNOWN: u8 = 2;
/// The function itself passes on what is sensitive.
pub(in crate::lang::terraform) const MARKED: u8 = 4;

/// The types that parameters and results have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lang::terraform) enum Kind {
    /// Any type.
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(any)`
    List,
    /// `list(bool)`
    Bools,
    /// `list(number)`
    Numbers,
    /// `list(string)`
    Strings,
    /// `set(any)`
    Set,
    /// `set(string)`
    StringSet,
    /// `map(list(string))`
    MapOfStrings,
}

impl Stop {
    /// The argument at `index` is wrong.
    pub(super) fn argument(index: usize, message: impl Into<String>) -> Self {
        Self::Argument(index, message.into())
    }

    /// The call fails.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
}

impl Parameter {
    /// A parameter that takes known values of one type, and no null.
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            takes: 0,
        }
    }

    /// The parameter, which takes more.
    pub(super) const fn takes(mut self, more: u8) -> Self {
        self.takes |= more;
        self
    }

    /// Whether it takes `what`.
    pub(in crate::lang::terraform) const fn has(self, what: u8) -> bool {
        self.takes & what != 0
    }
}

impl Function {
    /// A pure function that can fail and never gives null.
    pub(super) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Kind,
        form: Form,
    ) -> Self {
        Self {
            name,
            parameters,
            rest: None,
            returns,
            nullable: false,
            total: false,
            pure: true,
            keeps: false,
            reads: false,
            form,
        }
    }

    /// The function with a parameter for all further arguments.
    pub(super) const fn rest(mut self, parameter: Parameter) -> Self {
        self.rest = Some(parameter);
        self
    }

    /// The function, which may give null.
    pub(super) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The function, which never fails.
    pub(super) const fn total(mut self) -> Self {
        self.total = true;
        self
    }

    /// The function, which may give another result each time.
    pub(super) const fn impure(mut self) -> Self {
        self.pure = false;
        self
    }

    /// The function, whose result is its first argument in other letters.
    pub(super) const fn keeps(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// The function, which reads files.
    pub(super) const fn reads(mut self) -> Self {
        self.reads = true;
        self
    }

    /// The parameter of the argument at `index`.
    pub(in crate::lang::terraform) fn parameter(&self, index: usize) -> Option<Parameter> {
        self.parameters.get(index).copied().or(self.rest)
    }
}

impl Kind {
    /// The type; `None` for any.
    pub(in crate::lang::terraform) fn of_type(self) -> Option<Type> {
        self.constraint().filter(|ty| *ty != Type::Any)
    }

    fn constraint(self) -> Option<Type> {
        let list = |item| Type::List(Box::new(item));
        Some(match self {
            Self::Any => return None,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::List => list(Type::Any),
            Self::Bools => list(Type::Bool),
            Self::Numbers => list(Type::Number),
            Self::Strings => list(Type::String),
            Self::Set => Type::Set(Box::new(Type::Any)),
            Self::StringSet => Type::Set(Box::new(Type::String)),
            Self::MapOfStrings => Type::Map(Box::new(list(Type::String))),
        })
    }
}

/// The text of an argument that was converted to a string.
pub(super) fn text(arguments: &[Value], index: usize) -> &str {
    arguments
        .get(index)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The number of an argument that was converted to one.
pub(super) fn number(arguments: &[Value], index: usize) -> Number {
    match arguments.get(index).map(|value| &value.data) {
        Some(Data::Number(number)) => number.clone(),
        _ => Number::from(0_i64),
    }
}

/// A number that must be whole and fit into 64 bits, or what Terraform says of one that does not.
pub(super) fn whole(arguments: &[Value], index: usize) -> Result<i64, String> {
    let number = number(arguments, index);
    if !number.is_whole() || number.is_infinite() {
        return Err(
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807"
                .to_owned(),
        );
    }
    number.as_i64().ok_or_else(|| {
        "value must be a whole number, between -9223372036854775808 and 9223372036854775807"
            .to_owned()
    })
}

/// The members of an argument that is a known list, set or tuple.
pub(super) fn items(arguments: &[Value], index: usize) -> &[Value] {
    arguments
        .get(index)
        .and_then(Value::as_list)
        .unwrap_or_default()
}

/// A character in single quotes, as Go's `%q` shows it.
pub(super) fn quoted_char(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => format!("{c:?}"),
    }
}
