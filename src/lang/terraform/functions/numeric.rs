use super::answer::{Answer, Stop};
use super::call::Call;
use super::function::{number, whole};
use crate::lang::terraform::convert::{convert, describe, type_of};
use crate::model::{Data, Number, Rounding, Type, Value};
use dashu_int::UBig;

/// `range` gives no more numbers than this, as in Terraform.
const RANGE: usize = 1_024;

pub(super) fn abs(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.number(number(arguments, 0).abs())
}

pub(super) fn ceil(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.number(number(arguments, 0).round(Rounding::Ceil))
}

pub(super) fn floor(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.number(number(arguments, 0).round(Rounding::Floor))
}

pub(super) fn signum(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    whole(arguments, 0).map_err(Stop::Failed)?;
    call.number(Number::from(number(arguments, 0).sign()))
}

pub(super) fn max(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    extreme(call, arguments, std::cmp::Ordering::Greater)
}

pub(super) fn min(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    extreme(call, arguments, std::cmp::Ordering::Less)
}

fn extreme(call: &mut Call<'_>, arguments: &[Value], wanted: std::cmp::Ordering) -> Answer {
    if arguments.is_empty() {
        return Err(Stop::failed("must pass at least one number"));
    }
    let mut best = number(arguments, 0);
    for index in 1..arguments.len() {
        let next = number(arguments, index);
        if next.compare(&best) == wanted {
            best = next;
        }
    }
    call.number(best)
}

pub(super) fn log(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (value, base) = (number(arguments, 0).as_f64(), number(arguments, 1).as_f64());
    float(call, value.ln() / base.ln())
}

pub(super) fn pow(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (value, power) = (number(arguments, 0).as_f64(), number(arguments, 1).as_f64());
    float(call, power_of(value, power))
}

fn float(call: &mut Call<'_>, value: f64) -> Answer {
    match Number::from_f64(value) {
        Some(number) => call.number(number),
        None => Err(Stop::failed(
            "panic in function implementation: Float.SetFloat64(NaN)",
        )),
    }
}

#[expect(
    clippy::float_cmp,
    reason = "these are the very values for which the result is another one"
)]
/// `base` to the `power` as Go computes it, which rounds in other places than the processor does: the
/// whole part by repeated squaring of the fraction, with the exponents kept apart. A power with a fraction
/// can differ from Go's in the last of some sixteen digits, since Go has exponentials of its own.
fn power_of(base: f64, power: f64) -> f64 {
    let size = power.abs();
    let ordinary = base.is_finite() && base != 0.0 && size.is_finite() && size < 9e18;
    if !ordinary || power == 0.0 || base == 1.0 || (base < 0.0 && size.fract() != 0.0) {
        return base.powf(power);
    }
    if size == 0.5 {
        return if power < 0.0 {
            1.0 / base.sqrt()
        } else {
            base.sqrt()
        };
    }
    let (mut whole, mut fraction) = (size.trunc(), size.fract());
    let mut product = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        product = (fraction * base.ln()).exp();
    }
    let (mut square, mut exponent) = parts(base);
    let mut total = 0_i64;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and below 2^63, which was checked"
    )]
    let mut rest = whole as i64;
    while rest != 0 {
        if !(-4_096..=4_096).contains(&exponent) {
            total = total.saturating_add(exponent);
            break;
        }
        if rest & 1 == 1 {
            product *= square;
            total += exponent;
        }
        square *= square;
        exponent <<= 1;
        if square < 0.5 {
            square += square;
            exponent -= 1;
        }
        rest >>= 1;
    }
    if power < 0.0 {
        product = 1.0 / product;
        total = -total;
    }
    scaled(product, total)
}

/// A number as a fraction from a half to one, and a power of two.
fn parts(value: f64) -> (f64, i64) {
    let mut fraction = value;
    let mut exponent = 0;
    // Powers of two are exact, so halving and doubling loses nothing.
    while fraction.abs() >= 1.0 {
        fraction /= 2.0;
        exponent += 1;
    }
    while fraction.abs() < 0.5 {
        fraction *= 2.0;
        exponent -= 1;
    }
    (fraction, exponent)
}

fn scaled(mut value: f64, mut exponent: i64) -> f64 {
    while exponent > 0 && value.is_finite() {
        value *= 2.0;
        exponent -= 1;
    }
    while exponent < 0 && value != 0.0 {
        value /= 2.0;
        exponent += 1;
    }
    value
}

pub(super) fn parseint(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let Some(Data::String(digits)) = arguments.first().map(|value| &value.data) else {
        let given = arguments.first().map_or(Type::Any, type_of);
        return Err(Stop::Argument(
            0,
            format!("first argument must be a string, not {}", describe(&given)),
        ));
    };
    let base = whole(arguments, 1).map_err(|message| Stop::Argument(1, message))?;
    if !(2..=62).contains(&base) {
        return Err(Stop::argument(
            1,
            "base must be a whole number between 2 and 62 inclusive",
        ));
    }
    let base = u32::try_from(base).unwrap_or(10);
    match integer(digits, base) {
        Some(number) => call.number(number),
        None => Err(Stop::Argument(
            0,
            format!("cannot parse {digits:?} as a base {base} integer"),
        )),
    }
}

/// A whole number in a base of up to 62, whose digits are `0-9a-zA-Z`; up to 36 case is ignored.
fn integer(text: &str, base: u32) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || unsigned.len() > 20_000 {
        return None;
    }
    let mut magnitude = UBig::from(0_u8);
    for digit in unsigned.bytes() {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => digit - b'A' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            _ => return None,
        };
        if u32::from(value) >= base {
            return None;
        }
        magnitude = magnitude * base + UBig::from(value);
    }
    Some(Number::from_integer(text.starts_with('-'), magnitude))
}

pub(super) fn sum(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let wrong = |message: &str| Stop::argument(0, message);
    let not_numbers = || wrong("argument must be list, set, or tuple of number values");
    let value = &arguments[0];
    let items = match &value.data {
        Data::List(list) => &list.items,
        Data::Map(map) if map.entries.is_empty() => {
            return Err(wrong("cannot sum an empty list"));
        }
        Data::Map(_) => {
            return Err(Stop::Argument(
                0,
                format!(
                    "argument must be list, set, or tuple. Received {}",
                    describe(&type_of(value))
                ),
            ));
        }
        _ => return Err(wrong("cannot sum noniterable")),
    };
    if items.is_empty() {
        return Err(wrong("cannot sum an empty list"));
    }
    if value.has_unknown() {
        return Err(Stop::Unknown(Some(Type::Number)));
    }
    let mut total: Option<Number> = None;
    for item in items {
        let converted = convert(item, &Type::Number).map_err(|_| not_numbers())?;
        let Data::Number(next) = converted.data else {
            return Err(not_numbers());
        };
        total = Some(match total {
            None => next,
            Some(total) => total
                .add(&next)
                .map_err(|_| Stop::failed("can't compute sum of opposing infinities"))?,
        });
    }
    total.map_or_else(|| Err(not_numbers()), |total| call.number(total))
}

pub(super) fn range(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let at = |index| number(arguments, index);
    let zero = Number::from(0_i64);
    let one = |down| Number::from(if down { -1_i64 } else { 1 });
    let (start, end, step) = match arguments.len() {
        1 => (zero.clone(), at(0), one(at(0).sign() < 0)),
        2 => (at(0), at(1), one(at(1).compare(&at(0)).is_lt())),
        3 => (at(0), at(1), at(2)),
        _ => return Err(Stop::failed("must have one, two, or three arguments")),
    };
    let down = step.sign() < 0;
    if down && end.compare(&start).is_gt() {
        let message = "end must be less than start when step is negative";
        return Err(Stop::argument(1, message));
    }
    if !down && end.compare(&start).is_lt() {
        let message = "end must be greater than start when step is positive";
        return Err(Stop::argument(1, message));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    loop {
        let order = next.compare(&end);
        if (down && order.is_le()) || (!down && order.is_ge()) {
            break;
        }
        if numbers.len() >= RANGE {
            return Err(Stop::failed(
                "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step",
            ));
        }
        numbers.push(call.value(Data::Number(next.clone())));
        next = next
            .add(&step)
            .map_err(|error| Stop::Failed(error.to_string()))?;
    }
    call.list(Type::Number, numbers)
}
