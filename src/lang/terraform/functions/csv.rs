use super::call::{Call, members_within_limit};
use super::function::{Answer, Stop, text};
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
    for (index, name) in headers.iter().enumerate() {
        if headers[..index].contains(name) {
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

impl Reader<'_> {
    fn error(&self, what: &str) -> Stop {
        Stop::Failed(format!("CSV parse error on line {}: {what}", self.line))
    }

    /// The next line with its ending, which is always `\n`.
    fn next_line(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.line += 1;
        let ended = line.strip_suffix("\r\n").map(|line| format!("{line}\n"));
        let line = ended.unwrap_or_else(|| line.to_owned());
        // A carriage return at the very end is part of a line ending that was cut off.
        match line.strip_suffix('\r') {
            Some(cut) if self.rest.is_empty() => Some(cut.to_owned()),
            _ => Some(line),
        }
    }

    fn record(&mut self) -> Result<Option<Vec<String>>, Stop> {
        let mut line = loop {
            match self.next_line() {
                None => return Ok(None),
                Some(line) if line == "\n" || line.is_empty() => {}
                Some(line) => break line,
            }
        };
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = line.strip_prefix('"') else {
                let end = line.find(',');
                let field = match end {
                    Some(end) => &line[..end],
                    None => line.strip_suffix('\n').unwrap_or(&line),
                };
                if field.contains('"') {
                    return Err(self.error("bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match end {
                    Some(end) => line = line[end + 1..].to_owned(),
                    None => return Ok(Some(fields)),
                }
                continue;
            };
            let (field, rest) = self.quoted(quoted.to_owned())?;
            fields.push(field);
            match rest {
                Some(rest) => line = rest,
                None => return Ok(Some(fields)),
            }
        }
    }

    /// A field after its opening quote, and what follows the comma after it.
    fn quoted(&mut self, mut line: String) -> Result<(String, Option<String>), Stop> {
        let mut field = String::new();
        loop {
            let Some(at) = line.find('"') else {
                field.push_str(&line);
                match self.next_line() {
                    Some(next) => line = next,
                    None => return Err(self.error("extraneous or missing \" in quoted-field")),
                }
                continue;
            };
            field.push_str(&line[..at]);
            let rest = line[at + 1..].to_owned();
            if let Some(rest) = rest.strip_prefix('"') {
                field.push('"');
                line = rest.to_owned();
            } else if let Some(rest) = rest.strip_prefix(',') {
                return Ok((field, Some(rest.to_owned())));
            } else if rest.is_empty() || rest == "\n" {
                return Ok((field, None));
            } else {
                return Err(self.error("extraneous or missing \" in quoted-field"));
            }
        }
    }
}
