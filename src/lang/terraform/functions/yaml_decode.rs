//! YAML as Terraform reads it: one document, the words and numbers of YAML 1.1 and 1.2 alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::answer::{Answer, Stop};
use super::call::{Call, members_within_limit};
use super::date::Moment;
use super::function::text;
use crate::lang::terraform::convert::{convert, describe, nfc, type_of};
use crate::model::{Data, Entry, Number, Type, Value};

const NO_START: &str = "missing start of document";

/// Documents nested deeper than this are not read.
const DEPTH: usize = 150;

pub(super) fn yamldecode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let source = text(arguments, 0);
    let mut reader = Reader {
        parser: Parser::new_from_str(source),
        breaks_off: (!source.ends_with('\n')).then(|| source.chars().count()),
        anchors: BTreeMap::new(),
        members: 0,
        place: (1, 1),
    };
    reader.next()?;
    match reader.next()? {
        Event::DocumentStart(_) => {}
        _ => return Err(reader.wrong(NO_START)),
    }
    let first = reader.next()?;
    let value = reader.node(call, first, 0)?;
    reader.next()?;
    match reader.next()? {
        Event::StreamEnd => Ok(value),
        _ => Err(reader.wrong("unexpected extra content after value")),
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// How long the document is in characters, if its last line does not end.
    breaks_off: Option<usize>,
    /// What each finished anchor stands for, and how many members that has.
    anchors: BTreeMap<usize, (Value, usize)>,
    members: usize,
    /// Line and column of the event at hand, from one.
    place: (usize, usize),
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Stop> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                self.place = (span.start.line(), span.start.col() + 1);
                let ends = self.breaks_off.is_some_and(|end| span.end.index() >= end);
                Ok(if ends { without_break(event) } else { event })
            }
            Some(Err(error)) => Err(unreadable(&error)),
            None => Ok(Event::StreamEnd),
        }
    }

    fn wrong(&self, what: &str) -> Stop {
        let (line, column) = self.place;
        // The library counts lines from zero and takes the first for none.
        if line <= 1 && what != NO_START {
            return Stop::failed(what);
        }
        let line = line.max(2);
        Stop::Failed(format!("on line {}, column {column}: {what}", line - 1))
    }

    fn count(&mut self, more: usize) -> Result<(), Stop> {
        self.members = self.members.saturating_add(more);
        members_within_limit(self.members)
    }

    fn keep(&mut self, anchor: usize, value: &Value, before: usize) {
        if anchor != 0 {
            let size = self.members - before;
            self.anchors.insert(anchor, (value.clone(), size));
        }
    }

    fn node(&mut self, call: &mut Call<'_>, event: Event<'t>, depth: usize) -> Answer {
        let before = self.members;
        self.count(1)?;
        if depth > DEPTH {
            return Err(Stop::Limit(format!(
                "YAML is read {DEPTH} levels deep; a document that is deeper is unknown."
            )));
        }
        match event {
            Event::Scalar(source, style, anchor, tag) => {
                let value = self.scalar(call, &source, style, tag.as_deref())?;
                self.keep(anchor, &value, before);
                Ok(value)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some((value, size)) => {
                    self.count(size)?;
                    Ok(value)
                }
                None => Err(self.wrong("cannot refer to anchor from inside its own definition")),
            },
            Event::SequenceStart(anchor, tag) => {
                self.no_other_tag(tag.as_deref(), "seq", "sequence")?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        event => items.push(self.node(call, event, depth + 1)?),
                    }
                }
                let value = call.tuple(items)?;
                self.keep(anchor, &value, before);
                Ok(value)
            }
            Event::MappingStart(anchor, tag) => {
                self.no_other_tag(tag.as_deref(), "map", "mapping")?;
                let value = self.mapping(call, depth)?;
                self.keep(anchor, &value, before);
                Ok(value)
            }
            _ => Err(self.wrong("expecting value but found end of stream")),
        }
    }

    fn no_other_tag(&self, tag: Option<&Tag>, own: &str, noun: &str) -> Result<(), Stop> {
        match tag.map(named) {
            None => Ok(()),
            Some(name) if name == format!("{CORE}{own}") => Ok(()),
            Some(name) => Err(self.wrong(&format!("can't interpret {noun} as {name}"))),
        }
    }

    fn mapping(&mut self, call: &mut Call<'_>, depth: usize) -> Answer {
        let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        loop {
            let event = self.next()?;
            let (source, style, tag) = match event {
                Event::MappingEnd => break,
                Event::Scalar(source, style, _, tag) => (source, style, tag),
                _ => return Err(self.wrong("only strings are allowed as mapping keys")),
            };
            let merges = match &tag {
                None => source == "<<",
                Some(tag) => named(tag) == format!("{CORE}merge"),
            };
            if merges {
                let event = self.next()?;
                let value = self.node(call, event, depth + 1)?;
                self.merge(&value, &mut entries)?;
                continue;
            }
            let key = self.scalar(call, &source, style, tag.as_deref())?;
            if key.is_null() {
                return Err(self.wrong("mapping key cannot be null"));
            }
            let key = convert(&key, &Type::String)
                .map_err(|_| self.wrong("only strings are allowed as mapping keys"))?;
            let event = self.next()?;
            let value = self.node(call, event, depth + 1)?;
            entries.insert(nfc(key.as_str().unwrap_or_default()), value);
        }
        let entries = entries
            .into_iter()
            .map(|(key, value)| Entry { key, value })
            .collect();
        call.mapping(None, entries)
    }

    /// Takes over the members of a mapping; those of a sequence of mappings Terraform does not take.
    fn merge(&self, value: &Value, into: &mut BTreeMap<Arc<str>, Value>) -> Result<(), Stop> {
        let Data::Map(map) = &value.data else {
            let given = describe(&type_of(value));
            return Err(self.wrong(&format!("cannot merge {given} into mapping")));
        };
        for entry in &map.entries {
            into.insert(Arc::clone(&entry.key), entry.value.clone());
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        call: &mut Call<'_>,
        source: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Answer {
        let name = tag.map(named);
        let core = name.as_deref().map(|name| name.strip_prefix(CORE));
        let sort = match core {
            None => "",
            Some(Some(
                sort @ ("str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary"),
            )) => sort,
            Some(_) => {
                let name = name.unwrap_or_default();
                return Err(self.wrong(&format!("unsupported tag {name:?}")));
            }
        };
        let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        match resolve(source, quoted, sort) {
            Ok(Resolved::Text(text)) => call.text(&text),
            Ok(Resolved::Data(data)) => {
                let value = call.value(data);
                // A block is text, yet Terraform reads it as what it looks like before it makes it text.
                let of_text = is_block(style) && sort.is_empty();
                Ok(if of_text {
                    convert(&value, &Type::String).unwrap_or(value)
                } else {
                    value
                })
            }
            Err(message) => Err(self.wrong(&message)),
        }
    }
}

const CORE: &str = "tag:yaml.org,2002:";

fn named(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn unreadable(error: &ScanError) -> Stop {
    let marker = error.marker();
    Stop::Failed(format!(
        "on line {}, column {}: {}",
        marker.line(),
        marker.col() + 1,
        error.info()
    ))
}

fn is_block(style: ScalarStyle) -> bool {
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
}

/// A block at the end of a document whose last line does not end: nor does the text.
fn without_break(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Scalar(source, style, anchor, tag) if is_block(style) && source.ends_with('\n') => {
            let mut source = source.into_owned();
            source.pop();
            Event::Scalar(source.into(), style, anchor, tag)
        }
        event => event,
    }
}

enum Resolved {
    Text(String),
    Data(Data),
}

/// What a scalar means: a word, a number, a point in time, else text.
fn resolve(source: &str, quoted: bool, sort: &str) -> Result<Resolved, String> {
    let plain = || Ok(Resolved::Text(source.to_owned()));
    let cannot = || format!("cannot parse {source:?} as !!{sort}");
    let first = source.chars().next();
    let hinted = first.is_none_or(|c| c.is_ascii_digit() || "+-.yYnNtTfFoO~".contains(c));
    if hinted && sort != "str" && sort != "binary" {
        if quoted {
            return plain();
        }
        if let Some(data) = word(source) {
            return Ok(Resolved::Data(data));
        }
        if sort.is_empty() && matches!(source, ".nan" | ".NaN" | ".NAN") {
            return Err("floating point NaN is not supported".to_owned());
        }
        if first == Some('.')
            && let Some(number) = Number::parse(source)
        {
            return Ok(Resolved::Data(Data::Number(number)));
        }
        let numeric = first.is_some_and(|c| c.is_ascii_digit() || matches!(c, '+' | '-'));
        if numeric {
            if matches!(sort, "" | "timestamp")
                && let Some(moment) = moment(source)
            {
                return Ok(Resolved::Text(moment.shown()));
            }
            if is_number(source) {
                return number(source)
                    .map(|number| Resolved::Data(Data::Number(number)))
                    .ok_or_else(cannot);
            }
        }
    }
    match sort {
        "bool" => match word(source) {
            Some(data @ Data::Bool(_)) => Ok(Resolved::Data(data)),
            _ => Err(cannot()),
        },
        "int" | "float" => number(source)
            .map(|number| Resolved::Data(Data::Number(number)))
            .ok_or_else(cannot),
        "timestamp" => moment(source)
            .map(|moment| Resolved::Text(moment.shown()))
            .ok_or_else(cannot),
        "null" => Ok(Resolved::Data(Data::Null)),
        _ => plain(),
    }
}

fn word(source: &str) -> Option<Data> {
    Some(match source {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Data::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Data::Bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Data::Number(Number::infinite(false))
        }
        "-.inf" | "-.Inf" | "-.INF" => Data::Number(Number::infinite(true)),
        _ => return None,
    })
}

fn all_of(text: &str, digit: fn(&char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(|c| digit(&c))
}

/// Whether a plain scalar is spelled like a number of YAML 1.2.
fn is_number(source: &str) -> bool {
    if let Some(octal) = source.strip_prefix("0o") {
        return all_of(octal, |c| ('0'..='7').contains(c));
    }
    if let Some(hex) = source.strip_prefix("0x") {
        return all_of(hex, char::is_ascii_hexdigit);
    }
    let unsigned = source.strip_prefix(['+', '-']).unwrap_or(source);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| all_of(text, char::is_ascii_digit);
    let exponent = exponent
        .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    let mantissa = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some(("", after)) => digits(after),
        Some((before, after)) => digits(before) && (after.is_empty() || digits(after)),
    };
    exponent && mantissa
}

fn number(source: &str) -> Option<Number> {
    let plain = source.replace('_', "");
    let radix = |prefix: &str, radix: u32| {
        let digits = plain.strip_prefix(prefix)?;
        let value = u64::from_str_radix(digits, radix).ok()?;
        Some(Number::from_integer(false, dashu_int::UBig::from(value)))
    };
    Number::parse(&plain)
        .or_else(|| radix("0x", 16))
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
}

/// A date, or a date with a time, in the spellings that YAML allows.
fn moment(source: &str) -> Option<Moment> {
    let year = source
        .get(..4)
        .filter(|year| all_of(year, char::is_ascii_digit))?;
    let rest = source.get(4..)?.strip_prefix('-')?;
    let split = rest.find(['T', 't', ' ']);
    let (date, time) = match split {
        Some(at) => (&rest[..at], Some((&rest[at..=at], &rest[at + 1..]))),
        None => (rest, None),
    };
    let (month, day) = date.split_once('-')?;
    let two = |text: &str| {
        let fits = (1..=2).contains(&text.len()) && all_of(text, char::is_ascii_digit);
        fits.then(|| format!("{text:0>2}"))
    };
    let date = format!("{year}-{}-{}", two(month)?, two(day)?);
    let Some((between, time)) = time else {
        return Moment::parse(&format!("{date}T00:00:00Z")).ok();
    };
    let zone_at = time.find(['Z', '+', '-']);
    let (clock, zone) = match (between, zone_at) {
        (" ", None) => (time, "Z"),
        (" ", Some(_)) | (_, None) => return None,
        (_, Some(at)) => time.split_at(at),
    };
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, format!(".{fraction}")),
        None => (second, String::new()),
    };
    let clock = format!("{}:{}:{}{fraction}", two(hour)?, two(minute)?, two(second)?);
    Moment::parse(&format!("{date}T{clock}{zone}")).ok()
}
