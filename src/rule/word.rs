//! The comparisons by their words.

use super::{Literal, Test};

/// The word of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// `equals`
    Equals,
    /// `notEquals`
    NotEquals,
    /// `in`
    In,
    /// `notIn`
    NotIn,
    /// `like`
    Like,
    /// `notLike`
    NotLike,
    /// `match`
    Match,
    /// `notMatch`
    NotMatch,
    /// `matchInsensitively`
    MatchInsensitively,
    /// `notMatchInsensitively`
    NotMatchInsensitively,
    /// `contains`
    Contains,
    /// `notContains`
    NotContains,
    /// `containsKey`
    ContainsKey,
    /// `notContainsKey`
    NotContainsKey,
    /// `exists`
    Exists,
    /// `greater`
    Greater,
    /// `greaterOrEquals`
    GreaterOrEquals,
    /// `less`
    Less,
    /// `lessOrEquals`
    LessOrEquals,
}

impl Word {
    /// Every comparison of Azure Policy, with its spelling.
    pub const ALL: [(&'static str, Self); 19] = [
        ("equals", Self::Equals),
        ("notEquals", Self::NotEquals),
        ("in", Self::In),
        ("notIn", Self::NotIn),
        ("like", Self::Like),
        ("notLike", Self::NotLike),
        ("match", Self::Match),
        ("notMatch", Self::NotMatch),
        ("matchInsensitively", Self::MatchInsensitively),
        ("notMatchInsensitively", Self::NotMatchInsensitively),
        ("contains", Self::Contains),
        ("notContains", Self::NotContains),
        ("containsKey", Self::ContainsKey),
        ("notContainsKey", Self::NotContainsKey),
        ("exists", Self::Exists),
        ("greater", Self::Greater),
        ("greaterOrEquals", Self::GreaterOrEquals),
        ("less", Self::Less),
        ("lessOrEquals", Self::LessOrEquals),
    ];

    /// The comparison that `word` means, ignoring case.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|(_, it)| *it)
    }

    /// How it is spelled.
    #[must_use]
    pub fn spelled(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, it)| *it == self)
            .map_or("", |(name, _)| *name)
    }

    /// Returns `true` if it holds where the property is absent.
    #[must_use]
    pub fn is_negative(self) -> bool {
        matches!(
            self,
            Self::NotEquals
                | Self::NotIn
                | Self::NotLike
                | Self::NotMatch
                | Self::NotMatchInsensitively
                | Self::NotContains
                | Self::NotContainsKey
        )
    }

    /// The comparison with `operand`.
    ///
    /// # Errors
    /// What the operand must be, in words.
    pub fn with(self, operand: Literal) -> Result<Test, String> {
        Ok(match self {
            Self::Equals => Test::Equals(operand),
            Self::NotEquals => Test::NotEquals(operand),
            Self::Contains => Test::Contains(operand),
            Self::NotContains => Test::NotContains(operand),
            Self::Greater => Test::Greater(operand),
            Self::GreaterOrEquals => Test::GreaterOrEquals(operand),
            Self::Less => Test::Less(operand),
            Self::LessOrEquals => Test::LessOrEquals(operand),
            Self::In => Test::In(self.list(operand)?),
            Self::NotIn => Test::NotIn(self.list(operand)?),
            Self::Like => Test::Like(self.text(operand)?),
            Self::NotLike => Test::NotLike(self.text(operand)?),
            Self::Match => Test::Match(self.text(operand)?),
            Self::NotMatch => Test::NotMatch(self.text(operand)?),
            Self::MatchInsensitively => Test::MatchInsensitively(self.text(operand)?),
            Self::NotMatchInsensitively => Test::NotMatchInsensitively(self.text(operand)?),
            Self::ContainsKey => Test::ContainsKey(self.text(operand)?),
            Self::NotContainsKey => Test::NotContainsKey(self.text(operand)?),
            Self::Exists => Test::Exists(match operand {
                Literal::Bool(wanted) => wanted,
                Literal::String(text) if text.eq_ignore_ascii_case("true") => true,
                Literal::String(text) if text.eq_ignore_ascii_case("false") => false,
                _ => return Err("`exists` takes true or false".to_owned()),
            }),
        })
    }

    fn list(self, operand: Literal) -> Result<Vec<Literal>, String> {
        match operand {
            Literal::List(items) => Ok(items),
            _ => Err(format!("`{}` takes an array", self.spelled())),
        }
    }

    fn text(self, operand: Literal) -> Result<String, String> {
        match operand {
            Literal::String(text) => Ok(text.to_string()),
            Literal::Int(number) => Ok(number.to_string()),
            Literal::Bool(value) => Ok(value.to_string()),
            Literal::Null | Literal::Float(_) | Literal::List(_) | Literal::Map(_) => {
                Err(format!("`{}` takes a text", self.spelled()))
            }
        }
    }
}

impl Test {
    /// What it says of a property that is not there; `None` where that depends on what it is compared
    /// with.
    #[must_use]
    pub fn of_absent(&self) -> Option<bool> {
        Some(match self {
            Self::Exists(wanted) => !wanted,
            Self::Equals(wanted) => *wanted == Literal::Null,
            Self::NotEquals(wanted) => *wanted != Literal::Null,
            Self::NotIn(_)
            | Self::NotLike(_)
            | Self::NotMatch(_)
            | Self::NotMatchInsensitively(_)
            | Self::NotContains(_)
            | Self::NotContainsKey(_) => true,
            Self::In(_)
            | Self::Like(_)
            | Self::Match(_)
            | Self::MatchInsensitively(_)
            | Self::Contains(_)
            | Self::ContainsKey(_)
            | Self::Greater(_)
            | Self::GreaterOrEquals(_)
            | Self::Less(_)
            | Self::LessOrEquals(_)
            | Self::CoversRange(_)
            | Self::CoversPort(_) => false,
            Self::Open(..) => return None,
        })
    }
}
