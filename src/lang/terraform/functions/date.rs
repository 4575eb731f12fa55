use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::answer::{Answer, Stop};
use super::call::Call;
use super::duration::nanoseconds;
use super::function::text;
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
    let duration = nanoseconds(text(arguments, 1)).map_err(Stop::Failed)?;
    let later = moment
        .wall
        .checked_add(SignedDuration::from_nanos(duration));
    match later {
        Ok(wall) => call.text(&Moment { wall, ..moment }.shown()),
        Err(_) => Err(Stop::Limit(
            "A point in time beyond the year 9999 is not computed.".to_owned(),
        )),
    }
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
    let number = |value: i8, rule: &str| match token.len() {
        1 => Ok(value.to_string()),
        2 => Ok(format!("{value:02}")),
        _ => Err(bad_verb(token, rule)),
    };
    match letter {
        'Y' => match token.len() {
            2 => Ok(format!("{:02}", wall.year() % 100)),
            4 => Ok(format!("{:04}", wall.year())),
            _ => Err(bad_verb(token, "year must either be \"YY\" or \"YYYY\"")),
        },
        'M' if matches!(token.len(), 3 | 4) => Ok(named(&MONTHS, wall.month() - 1, token)),
        'M' => number(
            wall.month(),
            "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
        ),
        'D' => number(wall.day(), "day of month must either be \"D\" or \"DD\""),
        'E' if matches!(token.len(), 3 | 4) => {
            Ok(named(&DAYS, wall.weekday().to_sunday_zero_offset(), token))
        }
        'E' => Err(bad_verb(
            token,
            "day of week must either be \"EEE\" or \"EEEE\"",
        )),
        'h' => number(wall.hour(), "24-hour must either be \"h\" or \"hh\""),
        'H' => {
            let hour = if wall.hour() % 12 == 0 {
                12
            } else {
                wall.hour() % 12
            };
            number(hour, "12-hour must either be \"H\" or \"HH\"")
        }
        'A' | 'a' if token.len() != 2 => {
            Err(bad_verb(token, &format!("must be \"{letter}{letter}\"")))
        }
        'A' => Ok(if wall.hour() < 12 { "AM" } else { "PM" }.to_owned()),
        'a' => Ok(if wall.hour() < 12 { "am" } else { "pm" }.to_owned()),
        'm' => number(wall.minute(), "minute must either be \"m\" or \"mm\""),
        's' => number(wall.second(), "second must either be \"s\" or \"ss\""),
        'Z' => match token.len() {
            1 => Ok(moment.zone(":", "Z")),
            3 => Ok(moment.zone("", "UTC")),
            4 => Ok(moment.zone("", "")),
            5 => Ok(moment.zone(":", "")),
            _ => Err(bad_verb(token, "timezone must be Z, ZZZZ, or ZZZZZ")),
        },
        _ => Err(bad_verb(token, "")),
    }
}

/// A name in full, or its first three letters where the token has three.
fn named(names: &[&str], index: i8, token: &str) -> String {
    let index = usize::try_from(index).unwrap_or_default();
    let name = names.get(index).copied().unwrap_or_default();
    match token.len() {
        3 => name.chars().take(3).collect(),
        _ => name.to_owned(),
    }
}

fn bad_verb(token: &str, rule: &str) -> Stop {
    let between = if rule.is_empty() { "" } else { ": " };
    let message = format!("invalid date format verb {token:?}{between}{rule}");
    Stop::Argument(0, message)
}

/// The moment of the plan: not known here, but the same wherever it is asked for.
#[expect(
    clippy::unnecessary_wraps,
    reason = "all functions of the table answer alike"
)]
pub(super) fn plantimestamp(call: &mut Call<'_>, _: &[Value]) -> Answer {
    let unknown = Unknown::because(Why::Nondeterministic)
        .spelled("plantimestamp()")
        .typed(Type::String)
        .not_null();
    let origin = call.origin();
    Ok(Value::unknown(unknown, origin))
}
