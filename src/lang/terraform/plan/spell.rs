//! Values, arguments and blocks as text.

use std::fmt::Write as _;

use crate::edit::Refusal;
use crate::lang::planning::layout::{
    Layout, Spelled, Syntax, escape_template, is_identifier, quote, quote_template,
};
use crate::model::facts::Schema;
use crate::model::{Data, Entry, Unknown, Value};

/// How a value that is not known is spelled.
pub(super) type Reference<'r> = dyn Fn(&Unknown) -> Result<Spelled, Refusal> + 'r;

/// `value` as an expression.
pub(super) fn value(value: &Value, reference: &Reference<'_>) -> Result<Spelled, Refusal> {
    Ok(match &value.data {
        Data::Null => Spelled::Token("null".to_owned()),
        Data::Bool(value) => Spelled::Token(value.to_string()),
        Data::Number(number) => Spelled::Token(number.to_string()),
        Data::String(text) => Spelled::Token(quote_template(text)),
        Data::List(list) => {
            let items = list.items.iter().map(|item| self::value(item, reference));
            Spelled::Array(items.collect::<Result<_, _>>()?)
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| Ok((entry.key.to_string(), self::value(&entry.value, reference)?)));
            Spelled::Object(members.collect::<Result<_, Refusal>>()?)
        }
        Data::Unknown(unknown) => reference(unknown)?,
    })
}

/// `value` as JSON, where strings are templates and a reference stands in one.
pub(super) fn json(value: &Value, reference: &Reference<'_>) -> Result<Spelled, Refusal> {
    Ok(match &value.data {
        Data::String(text) => Spelled::Token(quote(&escape_template(text))),
        Data::List(list) => {
            let items = list.items.iter().map(|item| json(item, reference));
            Spelled::Array(items.collect::<Result<_, _>>()?)
        }
        Data::Map(map) => {
            let members = map
                .entries
                .iter()
                .map(|entry| Ok((entry.key.to_string(), json(&entry.value, reference)?)));
            Spelled::Object(members.collect::<Result<_, Refusal>>()?)
        }
        Data::Unknown(unknown) => match reference(unknown)? {
            Spelled::Token(text) => Spelled::Token(quote(&format!("${{{text}}}"))),
            other => other,
        },
        Data::Null | Data::Bool(_) | Data::Number(_) => self::value(value, reference)?,
    })
}

/// One new thing in a body.
#[derive(Clone, Debug)]
pub(super) enum New {
    /// `name = value`
    Argument(String, Spelled),
    /// `kind { … }`
    Block(String, Vec<New>),
    /// An empty line.
    Blank,
}

/// What `entries` are in the body at `names`: arguments first, then blocks.
pub(super) fn inside(
    entries: &[Entry],
    schema: Option<&Schema>,
    names: &[&str],
    reference: &Reference<'_>,
) -> Result<Vec<New>, Refusal> {
    let (mut arguments, mut blocks) = (Vec::new(), Vec::new());
    for entry in entries {
        let here: Vec<&str> = names.iter().copied().chain([&*entry.key]).collect();
        if schema.is_some_and(|schema| schema.is_block(&here)) {
            blocks.extend(self::blocks(&entry.value, schema, &here, reference)?);
        } else if !entry.value.is_null() {
            let value = self::value(&entry.value, reference)?;
            arguments.push(argument(&entry.key, value)?);
        }
    }
    arguments.append(&mut blocks);
    Ok(arguments)
}

/// The argument `name`.
pub(super) fn argument(name: &str, value: Spelled) -> Result<New, Refusal> {
    if is_identifier(name) {
        return Ok(New::Argument(name.to_owned(), value));
    }
    Err(Refusal(format!(
        "`{name}` cannot be the name of an argument."
    )))
}

/// The blocks at `names` that `value` makes: one for an object, one for each object of a list.
pub(super) fn blocks(
    value: &Value,
    schema: Option<&Schema>,
    names: &[&str],
    reference: &Reference<'_>,
) -> Result<Vec<New>, Refusal> {
    let kind = names.last().copied().unwrap_or_default();
    let bodies: Vec<&Value> = match &value.data {
        Data::Map(_) => vec![value],
        Data::List(list) => list.items.iter().collect(),
        Data::Null => Vec::new(),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {
            return Err(Refusal(format!("`{kind}` is a block, not a value.")));
        }
    };
    let blocks = bodies.into_iter().map(|body| {
        let entries = body.as_map().map(|map| map.entries.as_slice());
        let entries =
            entries.ok_or_else(|| Refusal(format!("`{kind}` is a block, not a value.")))?;
        Ok(New::Block(
            kind.to_owned(),
            inside(entries, schema, names, reference)?,
        ))
    });
    blocks.collect()
}

/// Where new lines stand: their indentation, one level more, and the line ending.
#[derive(Clone, Debug)]
pub(super) struct Margin {
    /// The indentation.
    pub(super) indent: String,
    /// What one level adds.
    pub(super) unit: String,
    /// The line ending.
    pub(super) eol: &'static str,
}

impl Margin {
    /// One level deeper.
    pub(super) fn inner(&self) -> Self {
        Self {
            indent: format!("{}{}", self.indent, self.unit),
            ..self.clone()
        }
    }

    /// The text of `new` without the indentation of its first line.
    pub(super) fn write(&self, new: &New) -> String {
        match new {
            New::Argument(name, value) => {
                let layout = Layout::Lines {
                    syntax: Syntax::Hcl,
                    indent: self.indent.clone(),
                    unit: self.unit.clone(),
                    eol: self.eol,
                    colon: Syntax::Hcl.colon().to_owned(),
                };
                format!("{name} = {}", layout.write(value))
            }
            New::Block(kind, body) => self.block(kind, body),
            New::Blank => String::new(),
        }
    }

    /// A block with `header` and what is in it.
    pub(super) fn block(&self, header: &str, body: &[New]) -> String {
        if body.is_empty() {
            return format!("{header} {{}}");
        }
        let inner = self.inner();
        let mut text = format!("{header} {{");
        for (index, new) in body.iter().enumerate() {
            if matches!(new, New::Blank) {
                text.push_str(self.eol);
                continue;
            }
            if index > 0 && matches!(new, New::Block(..)) {
                text.push_str(self.eol);
            }
            let _ = write!(text, "{}{}{}", self.eol, inner.indent, inner.write(new));
        }
        let _ = write!(text, "{}{}}}", self.eol, self.indent);
        text
    }
}
