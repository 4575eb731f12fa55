//! Numbers as Go's `fmt` prints big integers and big floats.

use dashu_int::UBig;

use super::verb::Verb;
use crate::model::Number;

/// A whole number in the base of the verb.
pub(super) fn integer(verb: &Verb<'_>, negative: bool, magnitude: &UBig) -> String {
    let (base, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = magnitude.in_radix(base).to_string();
    if verb.mode == 'X' {
        digits = digits.to_uppercase();
    }
    let sign = sign(verb, negative && digits != "0");
    let prefix = if verb.sharp { prefix } else { "" };
    let mut zeros = 0;
    if let Some(precision) = verb.precision {
        if precision == 0 && digits == "0" {
            return String::new();
        }
        zeros = precision.saturating_sub(digits.len());
    }
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    format!(
        "{}{sign}{prefix}{}{digits}{}",
        " ".repeat(left),
        "0".repeat(zeros),
        " ".repeat(right)
    )
}

/// A number by `%e`, `%f` or `%g`.
pub(super) fn float(verb: &Verb<'_>, number: &Number) -> String {
    let negative = number.sign() < 0;
    let magnitude = number.abs();
    let shown = if number.is_infinite() {
        "Inf".to_owned()
    } else {
        match verb.mode {
            'f' => magnitude.to_fixed(verb.precision.unwrap_or(6)),
            'e' | 'E' => scientific(&magnitude, Some(verb.precision.unwrap_or(6) + 1), verb.mode),
            mode => by_size(
                &magnitude,
                verb.precision,
                if mode == 'G' { 'E' } else { 'e' },
            ),
        }
    };
    let sign = if number.is_infinite() && !negative && sign(verb, negative).is_empty() {
        "+"
    } else {
        sign(verb, negative)
    };
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(sign.len() + shown.len());
    if verb.minus {
        format!("{sign}{shown}{}", " ".repeat(missing))
    } else if verb.zero && !number.is_infinite() {
        format!("{sign}{}{shown}", "0".repeat(missing))
    } else {
        format!("{}{sign}{shown}", " ".repeat(missing))
    }
}

/// A number by `%v`: as few digits as tell it apart, with an exponent where it is large or small.
pub(super) fn general(number: &Number) -> String {
    if number.is_infinite() {
        return if number.sign() < 0 { "-Inf" } else { "+Inf" }.to_owned();
    }
    let sign = if number.sign() < 0 { "-" } else { "" };
    format!("{sign}{}", by_size(&number.abs(), None, 'e'))
}

fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn by_size(magnitude: &Number, precision: Option<usize>, exponent_letter: char) -> String {
    let count = precision.map(|precision| precision.max(1));
    let Some((digits, power)) = magnitude.to_digits(count) else {
        return magnitude.to_string();
    };
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // Where no precision is asked for, six digits decide whether the number is large.
    let mut most = count.map_or(6, |count| i64::try_from(count).unwrap_or(i64::MAX));
    if count.is_some() && most > length && length > power {
        most = length;
    }
    if power < -4 || power >= most {
        return scientific(magnitude, Some(digits.len()), exponent_letter);
    }
    let places = usize::try_from(length - 1 - power).unwrap_or(0);
    fixed_of(digits, power, places)
}

/// Digits and the power of ten of the first, written without an exponent.
fn fixed_of(digits: &str, power: i64, places: usize) -> String {
    if power < 0 {
        let zeros = usize::try_from(-power - 1).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    }
    let before = usize::try_from(power).unwrap_or(0) + 1;
    if places == 0 {
        return format!(
            "{digits}{}",
            "0".repeat(before.saturating_sub(digits.len()))
        );
    }
    let (whole, fraction) = digits.split_at(before.min(digits.len()));
    format!("{whole}.{fraction}")
}

fn scientific(magnitude: &Number, count: Option<usize>, letter: char) -> String {
    let Some((mut digits, power)) = magnitude.to_digits(count) else {
        return magnitude.to_string();
    };
    if let Some(count) = count {
        digits = digits
            .chars()
            .chain(std::iter::repeat('0'))
            .take(count)
            .collect();
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let direction = if power < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}{letter}{direction}{:02}", power.abs())
}
