use std::collections::BTreeSet;

use super::answer::{Answer, Stop};
use super::call::{Call, members_within_limit};
use super::function::text;
use crate::lang::terraform::convert::nfc;
use crate::model::{Entry, Type, Value};

pub(super) fn csvdecode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut reader = Reader {
        rest: text(arguments, 0),
        line: 0,
    };
    let Some(headers) = reader.record()? else {
        return Err(Stop::failed("missing header line"));
    };
    let mut seen = BTreeSet::new();
    for name in &headers {
        if !seen.insert(name) {
            return Err(Stop::Failed(format!("duplicate column name {name:?}")));
        }
    }
    let mut rows = Vec::new();
    while let Some(fields) = reader.record()? {
        if fields.len() != headers.len() {
            return Err(reader.error("wrong number of fields"));
        }
        let mut entries = Vec::with_capacity(fields.len());
        for (name, field) in headers.iter().zip(fields) {
            let value = call.text(&field)?;
            let key = nfc(name);
            entries.push(Entry { key, value });
        }
        rows.push(call.mapping(None, entries)?);
        members_within_limit(rows.len().saturating_mul(headers.len()))?;
    }
    let mut names = headers;
    names.sort();
    let attributes = names.iter().map(|name| (nfc(name), Type::String, false));
    call.list(Type::Object(attributes.collect()), rows)
}

/// Reads records as Go's `encoding/csv` does: quotes only around whole fields, empty lines skipped.
struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Reader<'t> {
    fn error(&self, what: &str) -> Stop {
        Stop::Failed(format!("CSV parse error on line {}: {what}", self.line))
    }

    /// The next line, and whether it ends with a line ending, which is not part of it.
    fn next_line(&mut self) -> Option<(&'t str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, ends) = match self.rest.split_once('\n') {
            Some((line, rest)) => {
                self.rest = rest;
                (line, true)
            }
            None => (std::mem::take(&mut self.rest), false),
        };
        Some((line.strip_suffix('\r').unwrap_or(line), ends))
    }

    fn record(&mut self) -> Result<Option<Vec<String>>, Stop> {
        let (mut line, mut ends) = loop {
            match self.next_line() {
                None => return Ok(None),
                Some(("", _)) => {}
                Some(found) => break found,
            }
        };
        let mut fields = Vec::new();
        loop {
            let rest = if let Some(quoted) = line.strip_prefix('"') {
                let mut field = String::new();
                let rest = self.quoted(quoted, &mut ends, &mut field)?;
                fields.push(field);
                rest
            } else {
                let (field, rest) = match line.split_once(',') {
                    Some((field, rest)) => (field, Some(rest)),
                    None => (line, None),
                };
                if field.contains('"') {
                    return Err(self.error("bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                rest
            };
            match rest {
                Some(rest) => line = rest,
                None => return Ok(Some(fields)),
            }
            members_within_limit(fields.len())?;
        }
    }

    /// Reads a field after its opening quote; what follows the comma after it.
    fn quoted(
        &mut self,
        mut line: &'t str,
        ends: &mut bool,
        field: &mut String,
    ) -> Result<Option<&'t str>, Stop> {
        loop {
            let Some((before, rest)) = line.split_once('"') else {
                field.push_str(line);
                if *ends {
                    field.push('\n');
                }
                let Some(next) = self.next_line() else {
                    return Err(self.error("extraneous or missing \" in quoted-field"));
                };
                (line, *ends) = next;
                continue;
            };
            field.push_str(before);
            if let Some(rest) = rest.strip_prefix('"') {
                field.push('"');
                line = rest;
            } else if let Some(rest) = rest.strip_prefix(',') {
                return Ok(Some(rest));
            } else if rest.is_empty() {
                return Ok(None);
            } else {
                return Err(self.error("extraneous or missing \" in quoted-field"));
            }
        }
    }
}
