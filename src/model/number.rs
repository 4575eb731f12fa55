use std::fmt;
use std::sync::Arc;

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::decimal;
use super::finite::Finite;

mod arithmetic;
mod order;

/// A number as Terraform keeps it: a binary float with its own precision, 512 bits for everything
/// that is written, or an infinity (`1 / 0`). ARM's integers are the same type.
///
/// Two numbers are equal when they print the same, which is Terraform's own definition.
#[derive(Clone, Debug)]
pub struct Number(Repr);

/// The precision, in bits, of a number that is written as text.
const WRITTEN: u32 = 512;

/// The precision, in bits, of a number that counts something.
const COUNTED: u32 = 64;

/// The precision, in bits, of an `f64`.
const FLOAT: u32 = 53;

/// The largest binary exponent, in either direction, that is computed with: about 10^±78 000.
const EXPONENT_LIMIT: i64 = 1 << 18;

#[derive(Clone, Debug)]
enum Repr {
    /// A whole number; never negative zero.
    Small { value: i64, precision: u32 },
    /// Anything else that is finite.
    Big(Arc<Finite>),
    /// `1 / 0` or `-1 / 0`.
    Infinite { negative: bool },
}

/// Why an operation on numbers has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Zero by zero or infinity by infinity.
    Indefinite,
    /// Zero times infinity.
    ZeroTimesInfinity,
    /// Infinity less infinity.
    InfinityLessInfinity,
    /// The result is beyond what this program computes with.
    Limit,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Indefinite => "can't divide zero by zero or infinity by infinity",
            Self::ZeroTimesInfinity => "can't multiply zero by infinity",
            Self::InfinityLessInfinity => "can't subtract infinity from itself",
            Self::Limit => "the number is too large or too small to compute with",
        })
    }
}

impl std::error::Error for NumberError {}

/// How a fraction becomes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards negative infinity.
    Floor,
    /// Towards positive infinity.
    Ceil,
    /// Towards zero.
    Truncate,
}

impl Number {
    /// Reads a decimal number (`1`, `-0.5`, `.5`, `1e3`, `Inf`); `None` when the text is none, or its
    /// exponent is beyond ±50 000.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if matches!(unsigned, "Inf" | "inf") {
            return Some(Self::infinite(text.starts_with('-')));
        }
        if let (Ok(value), false) = (text.parse::<i64>(), text.starts_with('-')) {
            return Some(Self::small(value, WRITTEN));
        }
        decimal::parse(text, WRITTEN).and_then(|finite| Self::from_finite(finite).ok())
    }

    /// The exact value of an `f64`; `None` when it is not a number.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self::infinite(value < 0.0));
        }
        let bits = value.to_bits();
        let (raw, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if raw == 0 {
            (fraction, -1074)
        } else {
            (fraction | (1 << 52), i64::try_from(raw).ok()? - 1075)
        };
        let negative = value.is_sign_negative();
        Self::make(negative, UBig::from(mantissa), exponent, false, FLOAT).ok()
    }

    /// A whole number of any size.
    #[must_use]
    pub fn from_integer(negative: bool, magnitude: UBig) -> Self {
        let precision = u32::try_from(magnitude.bit_len()).unwrap_or(u32::MAX);
        Self::make(negative, magnitude, 0, false, precision.max(COUNTED))
            .unwrap_or(Self::infinite(negative))
    }

    /// Positive or negative infinity.
    #[must_use]
    pub fn infinite(negative: bool) -> Self {
        Self(Repr::Infinite { negative })
    }

    /// The number as an integer; `None` when it has a fraction or does not fit.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { value, .. } => Some(*value),
            Repr::Big(finite) if finite.mantissa.is_zero() => Some(0),
            // A whole number that fits is always small, except for the least one.
            Repr::Big(finite) => {
                (finite.negative && finite.exponent == 63 && finite.mantissa.is_one())
                    .then_some(i64::MIN)
            }
            Repr::Infinite { .. } => None,
        }
    }

    /// The nearest `f64`; infinite when the number is too large for one.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Infinite { negative: true } => f64::NEG_INFINITY,
            Repr::Infinite { negative: false } => f64::INFINITY,
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest float is what is asked for"
            )]
            Repr::Small { value, .. } => *value as f64,
            Repr::Big(finite) => decimal::to_f64(finite),
        }
    }

    /// Returns `true` if the number has no fraction; an infinity has none.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Big(finite) => finite.exponent >= 0,
            Repr::Small { .. } | Repr::Infinite { .. } => true,
        }
    }

    /// Returns `true` for positive or negative infinity.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite { .. })
    }

    /// Returns `true` for zero, negative zero included.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.sign() == 0
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn sign(&self) -> i64 {
        match &self.0 {
            Repr::Small { value, .. } => value.signum(),
            Repr::Big(finite) if finite.mantissa.is_zero() => 0,
            Repr::Big(_) | Repr::Infinite { .. } => {
                if self.is_negative() {
                    -1
                } else {
                    1
                }
            }
        }
    }

    /// Sign and magnitude, if the number is whole and finite.
    #[must_use]
    pub fn as_integer(&self) -> Option<(bool, UBig)> {
        let finite = self.finite()?;
        let shift = usize::try_from(finite.exponent).ok()?;
        Some((finite.negative, finite.mantissa << shift))
    }

    /// The whole number that `rounding` gives; an infinity stays.
    #[must_use]
    pub fn round(&self, rounding: Rounding) -> Self {
        let Repr::Big(finite) = &self.0 else {
            return self.counted();
        };
        let Ok(shift) = usize::try_from(-finite.exponent) else {
            return self.counted();
        };
        let whole = &finite.mantissa >> shift;
        let away = shift > 0
            && match rounding {
                Rounding::Floor => finite.negative,
                Rounding::Ceil => !finite.negative,
                Rounding::Truncate => false,
            };
        let magnitude = if away { whole + UBig::ONE } else { whole };
        Self::from_integer(finite.negative && !magnitude.is_zero(), magnitude)
    }

    /// The same whole number in the precision of a count.
    fn counted(&self) -> Self {
        self.as_integer().map_or_else(
            || self.clone(),
            |(negative, magnitude)| Self::from_integer(negative && !magnitude.is_zero(), magnitude),
        )
    }

    /// The magnitude.
    #[must_use]
    pub fn abs(&self) -> Self {
        match &self.0 {
            Repr::Big(finite) if finite.negative => self.neg(),
            Repr::Small { value, .. } if *value < 0 => self.neg(),
            Repr::Infinite { .. } => Self::infinite(false),
            Repr::Big(_) | Repr::Small { .. } => self.clone(),
        }
    }

    /// The number with the other sign; `-0` is one.
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Infinite { negative } => Self::infinite(!negative),
            Repr::Small { value, precision } if *value != 0 && *value != i64::MIN => {
                Self::small(-value, *precision)
            }
            Repr::Small { .. } | Repr::Big(_) => self.finite().map_or_else(
                || self.clone(),
                |finite| {
                    let negative = !finite.negative;
                    Self::from_finite(Finite { negative, ..finite })
                        .unwrap_or_else(|_| self.clone())
                },
            ),
        }
    }

    /// The number with exactly `places` digits after the point, as `format("%.2f")` writes it.
    #[must_use]
    pub fn to_fixed(&self, places: usize) -> String {
        self.finite().map_or_else(
            || self.to_string(),
            |finite| decimal::fixed(&finite, places),
        )
    }

    /// The significant digits (the fewest that tell it from its neighbours, or at most `count`) of the
    /// magnitude and the power of ten of the first; `None` for an infinity.
    #[must_use]
    pub fn to_digits(&self, count: Option<usize>) -> Option<(String, i64)> {
        Some(decimal::scientific(&self.finite()?, count))
    }

    fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value < 0,
            Repr::Big(finite) => finite.negative,
            Repr::Infinite { negative } => *negative,
        }
    }

    fn small(value: i64, precision: u32) -> Self {
        Self(Repr::Small { value, precision })
    }

    fn finite(&self) -> Option<Finite> {
        match &self.0 {
            Repr::Small { value, precision } => Some(Finite {
                negative: *value < 0,
                mantissa: UBig::from(value.unsigned_abs()),
                exponent: 0,
                precision: *precision,
            }),
            Repr::Big(finite) => Some(Finite::clone(finite)),
            Repr::Infinite { .. } => None,
        }
    }

    fn make(
        negative: bool,
        mantissa: UBig,
        exponent: i64,
        inexact: bool,
        precision: u32,
    ) -> Result<Self, NumberError> {
        Self::from_finite(Finite::rounded(
            negative, mantissa, exponent, inexact, precision,
        ))
    }

    fn from_finite(finite: Finite) -> Result<Self, NumberError> {
        let bits = i64::try_from(finite.mantissa.bit_len()).unwrap_or(i64::MAX);
        if finite.exponent.abs() > EXPONENT_LIMIT || bits > EXPONENT_LIMIT {
            return Err(NumberError::Limit);
        }
        let negative_zero = finite.negative && finite.mantissa.is_zero();
        if (0..63).contains(&finite.exponent)
            && bits + finite.exponent < 64
            && !negative_zero
            && let Ok(magnitude) = i64::try_from(finite.mantissa.clone() << shift(finite.exponent))
        {
            let value = if finite.negative {
                -magnitude
            } else {
                magnitude
            };
            return Ok(Self::small(value, finite.precision));
        }
        Ok(Self(Repr::Big(Arc::new(finite))))
    }
}

fn shift(exponent: i64) -> usize {
    usize::try_from(exponent).unwrap_or_default()
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::small(value, COUNTED)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::from_integer(false, UBig::from(value))
    }
}

impl fmt::Display for Number {
    /// The text Terraform makes of it: no exponent, as many digits as tell it from its neighbours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small { value, precision } if *precision >= COUNTED => write!(f, "{value}"),
            Repr::Infinite { negative } => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
            Repr::Small { .. } | Repr::Big(_) => match self.finite() {
                Some(finite) => f.write_str(&decimal::shortest(&finite)),
                None => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests;
