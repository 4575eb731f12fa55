//! Equality and order.

use std::cmp::Ordering;

use super::arithmetic::align;
use super::{COUNTED, Number, Repr};

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                Repr::Small {
                    value: a,
                    precision: p,
                },
                Repr::Small {
                    value: b,
                    precision: q,
                },
            ) if *p >= COUNTED && *q >= COUNTED => a == b,
            _ if self.is_zero() || other.is_zero() => self.is_zero() && other.is_zero(),
            _ => self.sign() == other.sign() && self.to_string() == other.to_string(),
        }
    }
}

impl Eq for Number {}

impl Number {
    /// Compares by exact value, as `<` and `sort` do; negative zero is zero.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let signs = self.sign().cmp(&other.sign());
        if signs.is_ne() || self.sign() == 0 {
            return signs;
        }
        let magnitudes = match (self.finite(), other.finite()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => {
                let (x, y, _) = align(&a, &b);
                x.cmp(&y)
            }
        };
        if self.sign() < 0 {
            magnitudes.reverse()
        } else {
            magnitudes
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// By exact value, except that numbers which print the same are equal.
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other {
            Ordering::Equal
        } else {
            self.compare(other)
        }
    }
}
