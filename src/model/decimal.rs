//! Binary numbers from and to decimal text, exactly as Go's `math/big` does it, because Terraform
//! compares and prints numbers by that text.

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::finite::Finite;

/// The largest decimal exponent, in either direction, that is read.
const EXPONENT_LIMIT: i64 = 50_000;

/// The longest text that is read as a number.
const LENGTH_LIMIT: usize = 60_000;

/// Reads `[sign] digits [. digits] [e|p [sign] digits]`; a `p` exponent is one of two.
pub(super) fn parse(text: &str, precision: u32) -> Option<Finite> {
    if text.len() > LENGTH_LIMIT {
        return None;
    }
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (significand, exponent, binary) = match rest.find(['e', 'E', 'p', 'P']) {
        Some(at) => {
            let (significand, tail) = rest.split_at(at);
            let binary = tail.starts_with(['p', 'P']);
            (significand, exponent(tail.get(1..)?)?, binary)
        }
        None => (rest, 0, false),
    };
    let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mantissa = UBig::from_str_radix(&digits, 10).ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let (tens, twos) = if binary {
        (-places, exponent)
    } else {
        (exponent - places, 0)
    };
    let power = UBig::from(5_u8).pow(usize::try_from(tens.unsigned_abs()).ok()?);
    if tens >= 0 {
        return Some(Finite::rounded(
            negative,
            mantissa * power,
            tens + twos,
            false,
            precision,
        ));
    }
    let shift = precision as usize + 2 + power.bit_len();
    let numerator = mantissa << shift;
    let quotient = &numerator / &power;
    let inexact = &quotient * &power != numerator;
    let exponent = tens + twos - i64::try_from(shift).ok()?;
    Some(Finite::rounded(
        negative, quotient, exponent, inexact, precision,
    ))
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    let signed = if text.starts_with('-') { -value } else { value };
    (value <= EXPONENT_LIMIT).then_some(signed)
}

/// A decimal number `0.d₁d₂… · 10^point`; digits without trailing zeros.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The exact decimal of `mantissa · 2^exponent`.
    fn of(mantissa: &UBig, exponent: i64) -> Self {
        let magnitude = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
        let (integer, places) = if exponent >= 0 {
            (mantissa << magnitude, 0)
        } else {
            (mantissa * UBig::from(5_u8).pow(magnitude), -exponent)
        };
        let mut digits = integer.to_string().into_bytes();
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX) - places;
        trim(&mut digits);
        Self { digits, point }
    }

    /// The digit at `index`; `0` past the end.
    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    fn round_up(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(last) = self.digits.last_mut() {
            *last += 1;
        } else {
            self.digits.push(b'1');
            self.point += 1;
        }
    }

    fn round_down(&mut self, count: usize) {
        self.digits.truncate(count);
        trim(&mut self.digits);
    }

    /// To the nearest, ties to even.
    fn round(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let tie = self.at(count) == b'5' && count + 1 == self.digits.len();
        let up = if tie {
            count > 0 && !(self.at(count - 1) - b'0').is_multiple_of(2)
        } else {
            self.at(count) >= b'5'
        };
        if up {
            self.round_up(count);
        } else {
            self.round_down(count);
        }
    }

    /// Digits without exponent.
    fn plain(&self, negative: bool) -> String {
        let mut out = String::from(if negative { "-" } else { "" });
        let digits = std::str::from_utf8(&self.digits).unwrap_or_default();
        let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let count = |number: i64| usize::try_from(number).unwrap_or_default();
        if digits.is_empty() {
            out.push('0');
        } else if self.point <= 0 {
            out.push_str("0.");
            out.push_str(&"0".repeat(count(-self.point)));
            out.push_str(digits);
        } else if self.point >= length {
            out.push_str(digits);
            out.push_str(&"0".repeat(count(self.point - length)));
        } else {
            let (whole, fraction) = digits.split_at(count(self.point));
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        out
    }
}

fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}

/// The fewest digits that tell `finite` from its neighbours of the same precision.
pub(super) fn shortest(finite: &Finite) -> String {
    let mut decimal = Decimal::of(&finite.mantissa, finite.exponent);
    if !finite.mantissa.is_zero() {
        round_shortest(&mut decimal, finite);
    }
    decimal.plain(finite.negative)
}

/// `finite` with exactly `places` digits after the point, rounded to the nearest.
pub(super) fn fixed(finite: &Finite, places: usize) -> String {
    let mut decimal = Decimal::of(&finite.mantissa, finite.exponent);
    let places = i64::try_from(places).unwrap_or(i64::MAX);
    match usize::try_from(decimal.point.saturating_add(places)) {
        Ok(count) => decimal.round(count),
        Err(_) => decimal.digits.clear(),
    }
    let mut text = decimal.plain(finite.negative);
    let have = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    if let Some(missing) = usize::try_from(places)
        .ok()
        .and_then(|wanted| wanted.checked_sub(have))
        && missing > 0
    {
        if have == 0 {
            text.push('.');
        }
        text.push_str(&"0".repeat(missing));
    }
    text
}

/// The digits (at most `count`, or the fewest that are exact enough) and the power of ten of the first one.
pub(super) fn scientific(finite: &Finite, count: Option<usize>) -> (String, i64) {
    let mut decimal = Decimal::of(&finite.mantissa, finite.exponent);
    match count {
        Some(count) => decimal.round(count),
        None if !finite.mantissa.is_zero() => round_shortest(&mut decimal, finite),
        None => {}
    }
    let power = if decimal.digits.is_empty() {
        0
    } else {
        decimal.point - 1
    };
    (String::from_utf8(decimal.digits).unwrap_or_default(), power)
}

fn round_shortest(decimal: &mut Decimal, finite: &Finite) {
    // The mantissa with one bit more than the precision, so that its last bit is half a step.
    let wanted = finite.precision as usize + 1;
    let shift = wanted.saturating_sub(finite.mantissa.bit_len());
    let mantissa = &finite.mantissa << shift;
    let exponent = finite.exponent - i64::try_from(shift).unwrap_or(i64::MAX);
    let lower = Decimal::of(&(&mantissa - UBig::ONE), exponent);
    let upper = Decimal::of(&(&mantissa + UBig::ONE), exponent);
    // The bounds themselves round to this number only if its mantissa is even.
    let inclusive = !mantissa.bit(1);
    for index in 0..decimal.digits.len() {
        let (low, digit, high) = (lower.at(index), decimal.at(index), upper.at(index));
        let down = low != digit || inclusive && index + 1 == lower.digits.len();
        let up = digit != high && (inclusive || digit + 1 < high || index + 1 < upper.digits.len());
        match (down, up) {
            (true, true) => decimal.round(index + 1),
            (true, false) => decimal.round_down(index + 1),
            (false, true) => decimal.round_up(index + 1),
            (false, false) => continue,
        }
        return;
    }
}

/// The nearest `f64`.
pub(super) fn to_f64(finite: &Finite) -> f64 {
    // Rust reads decimal text exactly; the exponent form keeps the text short.
    let (digits, power) = scientific(finite, Some(800));
    if digits.is_empty() {
        return if finite.negative { -0.0 } else { 0.0 };
    }
    let sign = if finite.negative { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    format!("{sign}{first}.{rest}e{power}")
        .parse()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_and_written_back_in_the_shortest_form() {
        let rows = [
            ("1p2", Some("4")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("+5", Some("5")),
            (
                "123456789.123456789123456789123456789",
                Some("123456789.123456789123456789123456789"),
            ),
            ("1e21", Some("1000000000000000000000")),
            ("-0", Some("-0")),
            ("0.0000000001", Some("0.0000000001")),
            ("", None),
            ("-", None),
            (".", None),
            (" 5", None),
            ("1_0", None),
            ("0x10", None),
            ("1e", None),
            ("1e99999999999999999999", None),
        ];
        for (text, expected) in rows {
            let written = parse(text, 512).map(|finite| shortest(&finite));
            assert_eq!(written.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn places_are_kept() {
        let rows = [
            ("1.006", 2, "1.01"),
            ("1.5", 0, "2"),
            ("2.5", 0, "2"),
            ("0.04", 1, "0.0"),
            ("9.99", 1, "10.0"),
            ("3", 3, "3.000"),
            ("-0.004", 2, "-0.00"),
        ];
        for (text, places, expected) in rows {
            assert_eq!(
                fixed(&parse(text, 512).unwrap(), places),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn the_nearest_float_is_found() {
        for text in [
            "0.1",
            "1e300",
            "-2.5",
            "4.9e-324",
            "1e-400",
            "123456789012345678",
        ] {
            let expected: f64 = text.parse().unwrap();
            let found = to_f64(&parse(text, 512).unwrap());
            assert_eq!(found.to_bits(), expected.to_bits(), "{text}");
        }
    }
}
