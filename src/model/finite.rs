//! Finite binary numbers, each with its own precision.

use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// `±mantissa · 2^exponent`. The mantissa is odd or zero, and no longer than the precision.
#[derive(Clone, Debug)]
pub(super) struct Finite {
    pub(super) negative: bool,
    pub(super) mantissa: UBig,
    pub(super) exponent: i64,
    pub(super) precision: u32,
}

impl Finite {
    /// The nearest number of that precision, ties to even. `inexact` says that the exact value is a
    /// little more than the mantissa.
    pub(super) fn rounded(
        negative: bool,
        mut mantissa: UBig,
        mut exponent: i64,
        inexact: bool,
        precision: u32,
    ) -> Self {
        let excess = mantissa.bit_len().saturating_sub(precision as usize);
        if excess > 0 {
            let half = mantissa.bit(excess - 1);
            let below = inexact
                || mantissa
                    .trailing_zeros()
                    .is_some_and(|zeros| zeros < excess - 1);
            mantissa >>= excess;
            exponent += i64::try_from(excess).unwrap_or(i64::MAX);
            if half && (below || mantissa.bit(0)) {
                mantissa += UBig::ONE;
            }
        }
        match mantissa.trailing_zeros() {
            Some(zeros) => {
                mantissa >>= zeros;
                exponent += i64::try_from(zeros).unwrap_or(i64::MAX);
            }
            None => exponent = 0,
        }
        Self {
            negative,
            mantissa,
            exponent,
            precision,
        }
    }
}
