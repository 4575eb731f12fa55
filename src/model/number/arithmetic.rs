//! Sums, products and quotients, rounded as Go's `math/big` rounds them.

use std::cmp::Ordering;

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::{COUNTED, Finite, Number, NumberError, Repr, Rounding, WRITTEN, shift};

impl Number {
    /// `self + other`.
    ///
    /// # Errors
    /// [`NumberError`] when there is no result.
    pub fn add(&self, other: &Self) -> Result<Self, NumberError> {
        if let (
            Repr::Small {
                value: a,
                precision: p,
            },
            Repr::Small {
                value: b,
                precision: q,
            },
        ) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
            && *p.max(q) >= COUNTED
        {
            return Ok(Self::small(sum, *p.max(q)));
        }
        let (Some(a), Some(b)) = (self.finite(), other.finite()) else {
            return match (&self.0, &other.0) {
                (Repr::Infinite { negative: a }, Repr::Infinite { negative: b }) if a != b => {
                    Err(NumberError::InfinityLessInfinity)
                }
                (Repr::Infinite { .. }, _) => Ok(self.clone()),
                _ => Ok(other.clone()),
            };
        };
        let (x, y, exponent) = align(&a, &b);
        let (negative, mantissa) = match (a.negative == b.negative, x.cmp(&y)) {
            (true, _) => (a.negative, x + y),
            (false, Ordering::Greater) => (a.negative, x - y),
            (false, Ordering::Less) => (b.negative, y - x),
            (false, Ordering::Equal) => (false, UBig::ZERO),
        };
        Self::make(
            negative,
            mantissa,
            exponent,
            false,
            a.precision.max(b.precision),
        )
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`NumberError`] when there is no result.
    pub fn sub(&self, other: &Self) -> Result<Self, NumberError> {
        if let (
            Repr::Small {
                value: a,
                precision: p,
            },
            Repr::Small {
                value: b,
                precision: q,
            },
        ) = (&self.0, &other.0)
            && let Some(difference) = a.checked_sub(*b)
            && *p.max(q) >= COUNTED
        {
            return Ok(Self::small(difference, *p.max(q)));
        }
        self.add(&other.neg())
    }

    /// `self * other`.
    ///
    /// # Errors
    /// [`NumberError`] when there is no result.
    pub fn mul(&self, other: &Self) -> Result<Self, NumberError> {
        let (Some(a), Some(b)) = (self.finite(), other.finite()) else {
            return if self.is_zero() || other.is_zero() {
                Err(NumberError::ZeroTimesInfinity)
            } else {
                Ok(Self::infinite(self.sign() != other.sign()))
            };
        };
        let negative = a.negative != b.negative;
        let exact = &a.mantissa * &b.mantissa;
        let wanted = a.precision.max(b.precision);
        // Terraform multiplies in 512 bits and then keeps as many as the product needs.
        let needed = u32::try_from(exact.bit_len())
            .unwrap_or(u32::MAX)
            .min(WRITTEN);
        Self::make(
            negative,
            exact,
            a.exponent + b.exponent,
            false,
            wanted.max(needed),
        )
    }

    /// `self / other`; a division by zero is an infinity.
    ///
    /// # Errors
    /// [`NumberError`] when there is no result: zero by zero, infinity by infinity.
    pub fn div(&self, other: &Self) -> Result<Self, NumberError> {
        let negative = self.is_negative() != other.is_negative();
        let (a, b) = match (self.finite(), other.finite()) {
            (Some(a), Some(b)) if !b.mantissa.is_zero() => (a, b),
            (Some(a), Some(_)) if a.mantissa.is_zero() => return Err(NumberError::Indefinite),
            (_, Some(_)) => return Ok(Self::infinite(negative)),
            (Some(a), None) => {
                return Self::make(negative, UBig::ZERO, 0, false, a.precision);
            }
            (None, None) => return Err(NumberError::Indefinite),
        };
        let precision = a.precision.max(b.precision);
        let shift =
            (precision as usize + 2 + b.mantissa.bit_len()).saturating_sub(a.mantissa.bit_len());
        let numerator = a.mantissa << shift;
        let quotient = &numerator / &b.mantissa;
        let inexact = &quotient * &b.mantissa != numerator;
        let exponent = a.exponent - b.exponent - i64::try_from(shift).unwrap_or(i64::MAX);
        Self::make(negative, quotient, exponent, inexact, precision)
    }

    /// `self % other`, with the sign of `self`; `x % 0` is `x`, as in Terraform.
    ///
    /// # Errors
    /// [`NumberError`] when there is no result.
    pub fn rem(&self, other: &Self) -> Result<Self, NumberError> {
        if self.is_infinite() || other.is_infinite() {
            return self.mul(other);
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (
            Repr::Small {
                value: a,
                precision: p,
            },
            Repr::Small { value: b, .. },
        ) = (&self.0, &other.0)
            && *p >= COUNTED
            && (*a >= 0 || a % b != 0)
            && *b != -1
        {
            return Ok(Self::small(a % b, *p));
        }
        let whole = self.div(other)?.round(Rounding::Truncate);
        self.sub(&other.mul(&whole)?)
    }
}

/// Both mantissas at the smaller of the two exponents.
pub(super) fn align(a: &Finite, b: &Finite) -> (UBig, UBig, i64) {
    // A zero has no exponent of its own.
    let exponent = match (a.mantissa.is_zero(), b.mantissa.is_zero()) {
        (true, _) => b.exponent,
        (_, true) => a.exponent,
        (false, false) => a.exponent.min(b.exponent),
    };
    (
        &a.mantissa << shift(a.exponent - exponent),
        &b.mantissa << shift(b.exponent - exponent),
        exponent,
    )
}
