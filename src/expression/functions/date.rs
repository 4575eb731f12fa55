//! Dates, in the formats templates use: `20240131T120000Z` and ISO 8601 in UTC.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};

use super::args::Args;
use super::function::Unknowns::Deep;
use super::function::{Function, Outcome, row};
use super::text::undone;
use crate::model::Type;

pub(super) const TABLE: &[Function] = &[
    row(
        "dateTimeToEpoch",
        (1, 1),
        Deep,
        Some(Type::Number),
        |args| {
            let (time, _) = read(args, 0)?;
            let stamp = stamp(time)?;
            Ok(args.make_integer(stamp.as_second()))
        },
    ),
    row(
        "dateTimeFromEpoch",
        (1, 1),
        Deep,
        Some(Type::String),
        |args| {
            let seconds = args.integer(0)?;
            let stamp = Timestamp::from_second(seconds)
                .map_err(|_| format!("{seconds} seconds are outside of the calendar"))?;
            let time = TimeZone::UTC.to_datetime(stamp);
            Ok(args.make_text(write(time, Shape::Iso)))
        },
    ),
    row("dateTimeAdd", (2, 3), Deep, Some(Type::String), add),
    row("addDays", (2, 2), Deep, Some(Type::String), |args| {
        let (time, _) = read(args, 0)?;
        let days = args.integer(1)?;
        let moved = Span::new()
            .try_days(days)
            .ok()
            .and_then(|span| time.checked_add(span).ok())
            .ok_or_else(|| format!("{days} days lead outside of the calendar"))?;
        Ok(args.make_text(format!("{}.0000000Z", moved.strftime("%Y-%m-%dT%H:%M:%S"))))
    }),
];

/// How a date is written.
#[derive(Clone, Copy)]
enum Shape {
    /// `20240131T120000Z`
    Basic,
    /// `2024-01-31T12:00:00Z`
    Iso,
    /// `2024-01-31 12:00:00Z`
    Spaced,
    /// `2024-01-31`
    Date,
}

fn read(args: &Args<'_>, index: usize) -> Result<(DateTime, Shape), String> {
    let text = args.text(index)?;
    let shapes = [
        ("%Y%m%dT%H%M%SZ", Shape::Basic),
        ("%Y-%m-%dT%H:%M:%SZ", Shape::Iso),
        ("%Y-%m-%dT%H:%M:%S", Shape::Iso),
        ("%Y-%m-%d %H:%M:%SZ", Shape::Spaced),
        ("%Y-%m-%d %H:%M:%S", Shape::Spaced),
    ];
    for (format, shape) in shapes {
        if let Ok(time) = DateTime::strptime(format, &**text) {
            return Ok((time, shape));
        }
    }
    // An offset or a fraction of a second; what comes out is in UTC.
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Ok((TimeZone::UTC.to_datetime(stamp), Shape::Iso));
    }
    text.parse::<jiff::civil::Date>()
        .map(|date| (date.at(0, 0, 0, 0), Shape::Date))
        .map_err(|_| format!("`{text}` is no date and time"))
}

fn stamp(time: DateTime) -> Result<Timestamp, String> {
    TimeZone::UTC
        .to_timestamp(time)
        .map_err(|_| "the date is outside of the calendar".to_owned())
}

fn write(time: DateTime, shape: Shape) -> String {
    let format = match shape {
        Shape::Basic => "%Y%m%dT%H%M%SZ",
        Shape::Iso => "%Y-%m-%dT%H:%M:%SZ",
        Shape::Spaced => "%Y-%m-%d %H:%M:%SZ",
        Shape::Date => "%Y-%m-%d",
    };
    time.strftime(format).to_string()
}

fn add(args: &Args<'_>) -> Outcome {
    let (time, shape) = read(args, 0)?;
    let text = args.text(1)?;
    let span = duration(text).ok_or_else(|| format!("`{text}` is no ISO 8601 duration"))?;
    let moved = span
        .apply(time)
        .ok_or_else(|| format!("`{text}` leads outside of the calendar"))?;
    if !args.has(2) {
        return Ok(args.make_text(write(moved, shape)));
    }
    match custom(args.text(2)?) {
        Some(format) => Ok(args.make_text(moved.strftime(&format).to_string())),
        None => Ok(undone(args)),
    }
}

/// A duration: whole days and longer by the calendar, the rest by the clock.
struct Duration {
    calendar: Span,
    clock: SignedDuration,
}

impl Duration {
    fn apply(&self, time: DateTime) -> Option<DateTime> {
        let moved = time.checked_add(self.calendar).ok()?;
        moved.checked_add(self.clock).ok()
    }
}

/// Reads `P1Y2M3DT4H5M6S`, `PT1H`, `-P3D`, `P2W`.
fn duration(text: &str) -> Option<Duration> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mut calendar, mut seconds) = (Span::new(), 0_i64);
    let (mut clock, mut digits) = (false, String::new());
    let rest = text.strip_prefix('P').filter(|rest| !rest.is_empty())?;
    for c in rest.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if c == 'T' && digits.is_empty() && !clock {
            clock = true;
            continue;
        }
        let count = sign * std::mem::take(&mut digits).parse::<i64>().ok()?;
        let scale = match (clock, c) {
            (false, 'Y') => {
                calendar = calendar.try_years(count).ok()?;
                continue;
            }
            (false, 'M') => {
                calendar = calendar.try_months(count).ok()?;
                continue;
            }
            (false, 'W') => {
                calendar = calendar.try_weeks(count).ok()?;
                continue;
            }
            (false, 'D') => {
                calendar = calendar.try_days(count).ok()?;
                continue;
            }
            (true, 'H') => 3_600,
            (true, 'M') => 60,
            (true, 'S') => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(scale)?)?;
    }
    digits.is_empty().then_some(Duration {
        calendar,
        clock: SignedDuration::from_secs(seconds),
    })
}

/// A .NET date format as `strftime` spells it; `None` where it uses what is not covered.
fn custom(format: &str) -> Option<String> {
    const TOKENS: [(&str, &str); 6] = [
        ("yyyy", "%Y"),
        ("MM", "%m"),
        ("dd", "%d"),
        ("HH", "%H"),
        ("mm", "%M"),
        ("ss", "%S"),
    ];
    let mut out = String::new();
    let mut rest = format;
    if format.len() < 2 {
        return None;
    }
    while let Some(c) = rest.chars().next() {
        let token = TOKENS.iter().find_map(|(token, code)| {
            let after = rest.strip_prefix(token)?;
            (!after.starts_with(c)).then_some((after, *code))
        });
        if let Some((after, code)) = token {
            out.push_str(code);
            rest = after;
        } else if matches!(c, '-' | '/' | ':' | ' ' | '.' | 'T' | 'Z') {
            out.push(c);
            rest = rest.get(1..)?;
        } else {
            return None;
        }
    }
    Some(out)
}
