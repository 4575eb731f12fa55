//! Answers single expressions as `terraform console` does: a door for tests and for looking at what the
//! evaluator makes of a text. Nothing that judges goes through it.

use std::fmt::Write as _;
use std::sync::Arc;

use super::convert::{describe, type_of};
use super::eval::{self, Evaluation};
use super::inputs::Given;
use super::modules::Folders;
use super::parsed::Cache;
use super::providers::Majors;
use super::scope::{InstanceId, Scope};
use crate::model::{Collection, Data, Map, Type, Value};
use crate::source::{Encoding, RelPath, SourceFile, SourceTree};
use crate::syntax::hcl::{self, ExprKind};

/// The answer of `terraform console` to `expression` in the root module in `root`.
///
/// # Errors
/// What Terraform would say of an expression that is in error, without the place.
pub fn console(expression: &str, root: &RelPath, tree: &dyn SourceTree) -> Result<String, String> {
    let cache = Cache::default();
    let folders = Folders::load(root, tree, &cache);
    let given = Given::load(root, &[], &[], tree, &cache);
    let modules = folders.modules(&mut Vec::new());
    let majors = Majors::of(root, &modules, tree, &cache);
    let id = tree.fresh_id();
    let text = expression.to_owned();
    let file = Arc::new(SourceFile::new(id, root.clone(), text, Encoding::Utf8));
    let parsed = hcl::parse_expression(&file);
    if let Some(notice) = parsed.notices().first() {
        return Err(notice.message.clone());
    }
    let world = eval::World {
        modules: &modules,
        folders: &folders,
        majors: &majors,
        tree,
        root,
    };
    let Some(mut evaluation) = Evaluation::new(world, given.inputs()) else {
        return Err(format!("There is no configuration in `{root}`."));
    };
    let scope = Scope::module(InstanceId(0));
    let whole = parsed.expression();
    // The console alone has a function that tells types.
    let (asked, of_type) = match whole.kind() {
        ExprKind::Call {
            name: "type",
            mut args,
            ..
        } => (args.next().unwrap_or(whole), true),
        _ => (whole, false),
    };
    match evaluation.expr(asked, &scope) {
        Ok(value) if of_type => Ok(type_text(&type_of(&value), 0)),
        Ok(value) => Ok(value_text(&value, 0)),
        Err(fault) => Err(fault.message),
    }
}

/// A value as the console prints it, inside something that is indented by `indent`.
fn value_text(value: &Value, indent: usize) -> String {
    if value.as_unknown().is_some() {
        return "(known after apply)".to_owned();
    }
    if value.sensitive {
        return "(sensitive value)".to_owned();
    }
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(it) => it.to_string(),
        Data::Number(it) if it.is_infinite() && it.sign() > 0 => "+Inf".to_owned(),
        Data::Number(it) => it.to_string(),
        Data::String(text) if text.contains('\n') => lines_text(text, indent),
        Data::String(text) => go_quoted(text),
        Data::List(list) => {
            let items = members_text(
                ('[', ']'),
                list.items
                    .iter()
                    .map(|item| format!("{},", value_text(item, indent + 2))),
                indent,
            );
            match list.collection {
                Collection::Structural => items,
                Collection::Uniform => format!("tolist({items})"),
                Collection::Set => format!("toset({items})"),
            }
        }
        Data::Map(map) => map_text(map, indent),
        Data::Unknown(_) => "(known after apply)".to_owned(),
    }
}

fn map_text(map: &Map, indent: usize) -> String {
    // What else an open one holds is not known, and the console does not know it at all.
    if map.open {
        return "(known after apply)".to_owned();
    }
    let entries = map.entries.iter().map(|entry| {
        let key = value_text(
            &Value::string(Arc::clone(&entry.key), entry.value.origin),
            indent + 2,
        );
        format!("{key} = {}", value_text(&entry.value, indent + 2))
    });
    let members = members_text(('{', '}'), entries, indent);
    match map.collection {
        Collection::Structural => members,
        Collection::Uniform | Collection::Set => format!("tomap({members})"),
    }
}

fn members_text(
    (open, close): (char, char),
    members: impl Iterator<Item = String>,
    indent: usize,
) -> String {
    let mut out = String::from(open);
    let mut any = false;
    for member in members {
        any = true;
        let _ = write!(out, "\n{}{member}", " ".repeat(indent + 2));
    }
    if any {
        let _ = write!(out, "\n{}", " ".repeat(indent));
    }
    out.push(close);
    out
}

fn lines_text(text: &str, indent: usize) -> String {
    let mut delimiter = String::from("EOT");
    while text.lines().any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    let operator = if indent > 0 { "<<-" } else { "<<" };
    let pad = " ".repeat(indent);
    let mut out = format!("{operator}{delimiter}");
    for line in text.split('\n') {
        let _ = write!(out, "\n{pad}{line}");
    }
    let _ = write!(out, "\n{pad}{delimiter}");
    out
}

/// A text in quotes, as Go's `strconv.Quote` writes it.
fn go_quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_control() && u32::from(c) < 0x80 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control()
                || matches!(
                    c,
                    '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
                ) =>
            {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A type as the console prints it.
fn type_text(ty: &Type, level: usize) -> String {
    let pad = |level: usize| "    ".repeat(level);
    let collection = |name: &str, item: &Type| {
        if matches!(item, Type::Object(_) | Type::Tuple(_)) {
            let inner = type_text(item, level + 1);
            format!("{name}(\n{}{inner},\n{})", pad(level + 1), pad(level))
        } else {
            format!("{name}({})", type_text(item, level))
        }
    };
    match ty {
        Type::Any => "dynamic".to_owned(),
        Type::Bool | Type::Number | Type::String => describe(ty),
        Type::List(item) => collection("list", item),
        Type::Set(item) => collection("set", item),
        Type::Map(item) => collection("map", item),
        Type::Tuple(items) if items.is_empty() => "tuple([])".to_owned(),
        Type::Tuple(items) => {
            let mut out = String::from("tuple([\n");
            for item in items {
                let _ = writeln!(out, "{}{},", pad(level + 1), type_text(item, level + 1));
            }
            let _ = write!(out, "{}])", pad(level));
            out
        }
        Type::Object(attributes) if attributes.is_empty() => "object({})".to_owned(),
        Type::Object(attributes) => {
            let mut out = String::from("object({\n");
            for (name, ty, _) in attributes {
                let _ = writeln!(
                    out,
                    "{}{name}: {},",
                    pad(level + 1),
                    type_text(ty, level + 1)
                );
            }
            let _ = write!(out, "{}}})", pad(level));
            out
        }
    }
}
