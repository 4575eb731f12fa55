use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::call::Call;
use super::function::{Answer, Stop, text};
use crate::model::{Number, Type, Unknown, Value, Why};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A moment as it is written: the clock on the wall, and how many seconds that is ahead of UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) wall: DateTime,
    pub(super) ahead: i32,
}

impl Moment {
    /// Reads a timestamp of RFC 3339.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        parsed(written).ok_or_else(|| wrong(written))
    }

    fn utc(self) -> Option<DateTime> {
        self.wall
            .checked_sub(SignedDuration::from_secs(i64::from(self.ahead)))
            .ok()
    }

    /// The moment in RFC 3339, without fractions of a second.
    pub(super) fn shown(self) -> String {
        let wall = self.wall;
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
            wall.year(),
            wall.month(),
            wall.day(),
            wall.hour(),
            wall.minute(),
            wall.second(),
            self.zone(":", "Z")
        )
    }

    fn zone(self, between: &str, utc: &str) -> String {
        if self.ahead == 0 && !utc.is_empty() {
            return utc.to_owned();
        }
        let sign = if self.ahead < 0 { '-' } else { '+' };
        let minutes = self.ahead.unsigned_abs() / 60;
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }
}

fn digits(written: &str, from: usize, count: usize) -> Option<i16> {
    let part = written.get(from..from + count)?;
    part.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| part.parse().ok())
        .flatten()
}

fn parsed(written: &str) -> Option<Moment> {
    let at = |from, count| digits(written, from, count);
    let small = |from| at(from, 2).and_then(|value| i8::try_from(value).ok());
    let bytes = written.as_bytes();
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if signs
        .iter()
        .any(|(index, sign)| bytes.get(*index) != Some(sign))
    {
        return None;
    }
    let date = Date::new(at(0, 4)?, small(5)?, small(8)?).ok()?;
    let second = small(17)?;
    let mut rest = written.get(19..)?;
    let mut nanoseconds = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return None;
        }
        let nine: String = fraction[..count]
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        nanoseconds = nine.parse().ok()?;
        rest = &fraction[count..];
    }
    let time = Time::new(small(11)?, small(14)?, second, nanoseconds).ok()?;
    let ahead = if rest == "Z" {
        0
    } else {
        let sign = match rest.as_bytes() {
            [b'+', _, _, b':', _, _] => 1,
            [b'-', _, _, b':', _, _] => -1,
            _ => return None,
        };
        let (hours, minutes) = (digits(rest, 1, 2)?, digits(rest, 4, 2)?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        sign * (i32::from(hours) * 60 + i32::from(minutes)) * 60
    };
    let wall = date.to_datetime(time);
    Some(Moment { wall, ahead })
}

/// What is wrong with a timestamp, in Terraform's words.
fn wrong(written: &str) -> String {
    let because = |what: String| format!("not a valid RFC3339 timestamp: {what}");
    let elements: [(usize, usize, &str, i16, i16); 6] = [
        (0, 4, "year", 0, 9999),
        (5, 2, "month", 1, 12),
        (8, 2, "day of month", 0, 99),
        (11, 2, "hour", 0, 23),
        (14, 2, "minute", 0, 59),
        (17, 2, "second", 0, 59),
    ];
    let signs = ["-", "-", "T", ":", ":"];
    for (index, (from, count, name, least, most)) in elements.into_iter().enumerate() {
        let Some(rest) = written.get(from..).filter(|rest| !rest.is_empty()) else {
            return because(format!("end of string before {name}"));
        };
        match digits(written, from, count) {
            None => return because(format!("cannot use {rest:?} as {name}")),
            Some(value) if value < least || value > most => {
                // Terraform shows what follows the number, not the number.
                let after = written.get(from + count..).unwrap_or_default();
                return because(match name {
                    "hour" if after.contains(':') => {
                        "hour must be between 0 and 23 inclusive".to_owned()
                    }
                    "minute" => "minute must have exactly two digits".to_owned(),
                    _ => format!("cannot use {after:?} as {name}"),
                });
            }
            Some(_) => {}
        }
        let Some(sign) = signs.get(index) else { break };
        match written.get(from + count..).filter(|rest| !rest.is_empty()) {
            None if *sign == "T" => {
                return because("missing required time introducer 'T'".to_owned());
            }
            None => return because(format!("end of string where {sign:?} is expected")),
            Some(rest) if !rest.starts_with(sign) => {
                return because(if *sign == "T" {
                    "missing required time introducer 'T'".to_owned()
                } else {
                    format!("found {rest:?} where {sign:?} is expected")
                });
            }
            Some(_) => {}
        }
    }
    let rest = written.get(19..).unwrap_or_default();
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if zone.is_empty() {
        return because("end of string before UTC offset".to_owned());
    }
    if parsed(&format!("{}Z", &written[..19])).is_none() {
        return because("day out of range".to_owned());
    }
    because(format!("cannot use {zone:?} as UTC offset"))
}

pub(super) fn timecmp(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let moment = |index| {
        Moment::parse(text(arguments, index)).map_err(|message| Stop::Argument(index, message))
    };
    let order = moment(0)?.utc().cmp(&moment(1)?.utc());
    call.number(Number::from(order as i64))
}

pub(super) fn timeadd(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let moment = Moment::parse(text(arguments, 0)).map_err(Stop::Failed)?;
    let nanoseconds = duration(text(arguments, 1)).map_err(Stop::Failed)?;
    let later = moment
        .wall
        .checked_add(SignedDuration::from_nanos(nanoseconds));
    match later {
        Ok(wall) => call.text(&Moment { wall, ..moment }.shown()),
        Err(_) => Err(Stop::Limit(
            "A point in time beyond the year 9999 is not computed.".to_owned(),
        )),
    }
}

/// A duration as Go writes it, in nanoseconds: `1h30m`, `-1.5s`.
fn duration(written: &str) -> Result<i64, String> {
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
        let is_number = |c: char| c.is_ascii_digit();
        let whole_end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        let (whole, after) = rest.split_at(whole_end);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => {
                let end = after.find(|c| !is_number(c)).unwrap_or(after.len());
                after.split_at(end)
            }
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_end = after
            .find(|c: char| c == '.' || is_number(c))
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {written:?}"));
        }
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                return Err(format!(
                    "time: unknown unit {unit:?} in duration {written:?}"
                ));
            }
        };
        let count: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_| invalid())?
        };
        total += count.checked_mul(scale).ok_or_else(invalid)?;
        // As Go does, digits beyond what a float holds do not count.
        let digits = &fraction[..fraction.len().min(18)];
        if let (Ok(part), Ok(length)) = (digits.parse::<i128>(), u32::try_from(digits.len())) {
            total += part * scale / 10_i128.pow(length);
        }
        if total > i128::from(i64::MAX) {
            return Err(invalid());
        }
        rest = next;
    }
    let total = i64::try_from(total).map_err(|_| invalid())?;
    Ok(if written.starts_with('-') {
        -total
    } else {
        total
    })
}

pub(super) fn formatdate(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let pattern = text(arguments, 0);
    let moment = Moment::parse(text(arguments, 1)).map_err(|message| Stop::Argument(1, message))?;
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some(inner) = rest.strip_prefix('\'') {
            rest = quoted(inner, &mut out)?;
            continue;
        }
        let end = rest.find(|c| c != first).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        if first.is_ascii_alphabetic() {
            out.push_str(&part(moment, first, token)?);
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    call.text(&out)
}

/// Copies a quoted part, whose opening quote is gone, and returns what follows it.
fn quoted<'p>(inner: &'p str, out: &mut String) -> Result<&'p str, Stop> {
    if let Some(rest) = inner.strip_prefix('\'') {
        out.push('\'');
        return Ok(rest);
    }
    let mut rest = inner;
    loop {
        let Some(at) = rest.find('\'') else {
            return Err(Stop::argument(0, "unterminated literal '"));
        };
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('\'') {
            Some(more) => {
                out.push('\'');
                rest = more;
            }
            None => return Ok(rest),
        }
    }
}

fn part(moment: Moment, letter: char, token: &str) -> Result<String, Stop> {
    let wall = moment.wall;
    let invalid = |rule: &str| {
        let rule = if rule.is_empty() {
            String::new()
        } else {
            format!(": {rule}")
        };
        Err(Stop::Argument(
            0,
            format!("invalid date format verb {token:?}{rule}"),
        ))
    };
    let plain_or_padded = |value: i8, rule: &str| match token.len() {
        1 => Ok(value.to_string()),
        2 => Ok(format!("{value:02}")),
        _ => invalid(rule),
    };
    let length = token.len();
    match letter {
        'Y' => match length {
            2 => Ok(format!("{:02}", wall.year() % 100)),
            4 => Ok(format!("{:04}", wall.year())),
            _ => invalid("year must either be \"YY\" or \"YYYY\""),
        },
        'M' => {
            let name = MONTHS[usize::try_from(wall.month() - 1).unwrap_or_default() % 12];
            match length {
                3 => Ok(name[..3].to_owned()),
                4 => Ok(name.to_owned()),
                _ => plain_or_padded(
                    wall.month(),
                    "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
                ),
            }
        }
        'D' => plain_or_padded(wall.day(), "day of month must either be \"D\" or \"DD\""),
        'E' => {
            let day = wall.weekday().to_sunday_zero_offset();
            let name = DAYS[usize::try_from(day).unwrap_or_default() % 7];
            match length {
                3 => Ok(name[..3].to_owned()),
                4 => Ok(name.to_owned()),
                _ => invalid("day of week must either be \"EEE\" or \"EEEE\""),
            }
        }
        'h' => plain_or_padded(wall.hour(), "24-hour must either be \"h\" or \"hh\""),
        'H' => {
            let hour = if wall.hour() % 12 == 0 {
                12
            } else {
                wall.hour() % 12
            };
            plain_or_padded(hour, "12-hour must either be \"H\" or \"HH\"")
        }
        'A' | 'a' if length != 2 => invalid(&format!("must be \"{letter}{letter}\"")),
        'A' => Ok(if wall.hour() < 12 { "AM" } else { "PM" }.to_owned()),
        'a' => Ok(if wall.hour() < 12 { "am" } else { "pm" }.to_owned()),
        'm' => plain_or_padded(wall.minute(), "minute must either be \"m\" or \"mm\""),
        's' => plain_or_padded(wall.second(), "second must either be \"s\" or \"ss\""),
        'Z' => match length {
            1 => Ok(moment.zone(":", "Z")),
            3 => Ok(moment.zone("", "UTC")),
            4 => Ok(moment.zone("", "")),
            5 => Ok(moment.zone(":", "")),
            _ => invalid("timezone must be Z, ZZZZ, or ZZZZZ"),
        },
        _ => invalid(""),
    }
}

/// The moment of the plan: not known here, but the same wherever it is asked for.
pub(super) fn plantimestamp(call: &mut Call<'_>, _: &[Value]) -> Answer {
    let unknown = Unknown::because(Why::Nondeterministic)
        .spelled("plantimestamp()")
        .typed(Type::String)
        .not_null();
    let origin = call.origin();
    Ok(Value::unknown(unknown, origin))
}
