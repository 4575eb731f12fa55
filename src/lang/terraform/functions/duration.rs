/// One part of a duration: `1.5h`.
struct Part<'d> {
    whole: &'d str,
    fraction: &'d str,
    unit: &'d str,
}

/// A duration as Go writes it, in nanoseconds: `1h30m`, `-1.5s`.
pub(super) fn nanoseconds(written: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {written:?}");
    let mut rest = written.strip_prefix(['+', '-']).unwrap_or(written);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (part, after) = first_part(rest);
        rest = after;
        if part.whole.is_empty() && part.fraction.is_empty() {
            return Err(invalid());
        }
        if part.unit.is_empty() {
            return Err(format!("time: missing unit in duration {written:?}"));
        }
        let scale = scale(part.unit).ok_or_else(|| {
            let unit = part.unit;
            format!("time: unknown unit {unit:?} in duration {written:?}")
        })?;
        total += part.value(scale).ok_or_else(invalid)?;
        if total > i128::from(i64::MAX) {
            return Err(invalid());
        }
    }
    let total = i64::try_from(total).map_err(|_| invalid())?;
    Ok(if written.starts_with('-') {
        -total
    } else {
        total
    })
}

fn first_part(rest: &str) -> (Part<'_>, &str) {
    let is_digit = |c: char| c.is_ascii_digit();
    let number = |text: &str| text.find(|c| !is_digit(c)).unwrap_or(text.len());
    let (whole, after) = rest.split_at(number(rest));
    let (fraction, after) = match after.strip_prefix('.') {
        Some(after) => after.split_at(number(after)),
        None => ("", after),
    };
    let end = after
        .find(|c| c == '.' || is_digit(c))
        .unwrap_or(after.len());
    let (unit, after) = after.split_at(end);
    let part = Part {
        whole,
        fraction,
        unit,
    };
    (part, after)
}

/// How many nanoseconds a unit has.
fn scale(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

impl Part<'_> {
    fn value(&self, scale: i128) -> Option<i128> {
        let count: i128 = match self.whole {
            "" => 0,
            whole => whole.parse().ok()?,
        };
        let whole = count.checked_mul(scale)?;
        // As in Go, digits beyond what a number holds do not count.
        let digits = &self.fraction[..self.fraction.len().min(18)];
        let length = u32::try_from(digits.len()).ok()?;
        let part: i128 = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
        whole.checked_add(part * scale / 10_i128.pow(length))
    }
}
