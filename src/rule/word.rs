//! The comparisons by their words.

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
}
