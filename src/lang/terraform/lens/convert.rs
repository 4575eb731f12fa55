//! From an argument's value to the property's: what a row's `omit`, `not`, `map` and `via` say.
//! Unknown values stay unknown and keep what is known about them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::identity::resource_id;
use super::json::from_json;
use super::schema::{Row, Via};
use super::when::spelling;
use crate::model::facts::Scalar;
use crate::model::{Data, Entry, Number, Origin, Type, Unknown, Value, Why};

/// Terms beyond this many bytes are dropped.
const LONGEST_TERM: usize = 256;

/// The value as the provider's schema types it: Terraform turns `"true"` into `true` for a bool, and
/// numbers into text for a string.
pub(super) fn typed(mut value: Value, ty: &str) -> Value {
    let data = match (&value.data, ty) {
        (Data::String(text), "bool") => match &**text {
            "true" => Some(Data::Bool(true)),
            "false" => Some(Data::Bool(false)),
            _ => None,
        },
        (Data::String(text), "number") => Number::parse(text).map(Data::Number),
        (Data::Bool(_) | Data::Number(_), "string") => {
            spelling(&value).map(|text| Data::String(Arc::from(text)))
        }
        (Data::Unknown(unknown), "bool" | "number" | "string") if unknown.ty.is_none() => {
            let mut unknown = (**unknown).clone();
            unknown.ty = match ty {
                "bool" => Some(Type::Bool),
                "number" => Some(Type::Number),
                _ => Some(Type::String),
            };
            Some(Data::Unknown(Arc::new(unknown)))
        }
        _ => None,
    };
    if let Some(data) = data {
        value.data = data;
    }
    value
}

/// What the provider sends for `values`, one an argument of the row; `None` when it sends nothing.
/// `default` is what it sends when the argument is null.
pub(super) fn forward(row: &Row, values: &[Value], default: Option<&Scalar>) -> Option<Value> {
    let value = values.first()?;
    if let Some(Via::Format(format)) = &row.via {
        return Some(format_all(format, values));
    }
    if values.len() > 1 {
        return Some(opaque(values));
    }
    if let Data::Unknown(unknown) = &value.data {
        return Some(unknown_forward(row, value, unknown, default));
    }
    known_forward(row, value)
}

fn known_forward(row: &Row, value: &Value) -> Option<Value> {
    if row.omit.iter().any(|omitted| says(value, omitted)) {
        return None;
    }
    let cut;
    let value = if let (Some(Via::Before(mark)), Some(text)) = (&row.via, value.as_str()) {
        let before = text.split(mark.as_str()).next().unwrap_or_default();
        cut = Value {
            data: Data::String(Arc::from(before)),
            ..value.clone()
        };
        &cut
    } else {
        value
    };
    if row.not {
        return Some(match value.data {
            Data::Bool(it) => Value {
                data: Data::Bool(!it),
                ..value.clone()
            },
            _ => value.clone(),
        });
    }
    if !row.map.is_empty() {
        return mapped(row, value);
    }
    match &row.via {
        Some(via) => Some(through(via, value)),
        None => Some(value.clone()),
    }
}

/// What the row's map makes of a known value.
fn mapped(row: &Row, value: &Value) -> Option<Value> {
    let text = spelling(value);
    let found = text.as_deref().and_then(|text| row.mapped(text));
    let found = found
        .or_else(|| row.mapped("<set>"))
        .or_else(|| row.mapped("*"));
    match found {
        Some(Scalar::Null) => None,
        Some(to) => Some(Value {
            data: Data::from(to),
            ..value.clone()
        }),
        // A map that lists some texts leaves the others as they are.
        None if matches!(value.data, Data::String(_)) => Some(value.clone()),
        None => None,
    }
}

fn unknown_forward(
    row: &Row,
    value: &Value,
    unknown: &Arc<Unknown>,
    default: Option<&Scalar>,
) -> Value {
    let plain = !row.not && row.map.is_empty() && row.omit.is_empty();
    if plain && matches!(row.via, None | Some(Via::Id)) {
        return value.clone();
    }
    let label = match (&row.via, row.not) {
        (_, true) => "not".to_owned(),
        (Some(via), _) => format!("{via:?}"),
        (None, _) => format!("{:?}{:?}", row.map, row.omit),
    };
    let domain = mapped_domain(row, value.origin, unknown, default);
    let mut derived = derive(unknown, &label);
    derived.domain = domain;
    derived.not_null = unknown.not_null
        && row.omit.is_empty()
        && row.map.iter().all(|(_, to)| *to != Scalar::Null);
    Value {
        data: Data::Unknown(Arc::new(derived)),
        ..value.clone()
    }
}

/// The values a mapped unknown can take; `None` when they cannot be listed.
fn mapped_domain(
    row: &Row,
    origin: Origin,
    unknown: &Unknown,
    default: Option<&Scalar>,
) -> Option<Vec<Value>> {
    let presence = row.mapped("<set>");
    if let Some(set) = presence {
        let set = Value::new(Data::from(set), origin);
        let unset = row.mapped("<unset>").or(default);
        let unset = Value::new(unset.map_or(Data::Null, Data::from), origin);
        return Some(if unknown.not_null {
            vec![set]
        } else {
            vec![set, unset]
        });
    }
    let bools = [true, false].map(|it| Value::new(Data::Bool(it), origin));
    let inputs = match &unknown.domain {
        Some(domain) => domain.clone(),
        None if unknown.ty == Some(Type::Bool) => bools.to_vec(),
        None => return None,
    };
    let mut outputs: Vec<Value> = Vec::new();
    let null = (!unknown.not_null).then(|| default.map_or(Data::Null, Data::from));
    let sent = inputs.iter().map(|input| match &input.data {
        Data::Null => default.map_or(Data::Null, Data::from),
        _ => known_forward(row, input).map_or(Data::Null, |value| value.data),
    });
    for data in sent.chain(null) {
        let value = Value::new(data, origin);
        if !outputs.iter().any(|known| known.says_same(&value)) {
            outputs.push(value);
        }
    }
    Some(outputs)
}

/// An unknown that is computed from `unknown` in the way of `label`.
pub(super) fn derive(unknown: &Unknown, label: &str) -> Unknown {
    let term = unknown.term.as_ref().map(|term| format!("{label}({term})"));
    Unknown {
        why: unknown.why,
        ty: None,
        not_null: unknown.not_null,
        domain: None,
        input: unknown.input.clone(),
        points_to: None,
        affixes: None,
        term: term
            .filter(|term| term.len() <= LONGEST_TERM)
            .map(Arc::from),
    }
}

/// An unknown in place of a value that is sent but not followed.
fn opaque(values: &[Value]) -> Value {
    let unknown = values.iter().find_map(|value| value.as_unknown());
    let derived = unknown.map_or_else(
        || Unknown::because(Why::Computed).not_null(),
        |unknown| derive(unknown, "computed"),
    );
    let origin = values.first().map_or(Origin::NOWHERE, |value| value.origin);
    let sensitive = values.iter().any(|value| value.sensitive);
    Value::unknown(
        Unknown {
            term: None,
            ..derived
        },
        origin,
    )
    .marked(sensitive)
}

fn through(via: &Via, value: &Value) -> Value {
    let text = value.as_str();
    let data = match via {
        Via::Id | Via::Before(_) => Some(value.data.clone()),
        Via::Keys => keys(value),
        Via::MapKeys => map_keys(value),
        Via::Pairs(member) => pairs(value, member),
        Via::Join(separator) => return join(value, separator),
        Via::ToText => spelling(value).map(|text| Data::String(Arc::from(text))),
        Via::ToInt => spelling(value)
            .and_then(|it| Number::parse(&it))
            .map(Data::Number),
        Via::ToBool => text.and_then(|text| text.parse().ok()).map(Data::Bool),
        Via::Json => text
            .and_then(|text| from_json(text, value.origin))
            .map(|it| it.data),
        Via::Base64 => text.map(|text| STANDARD.encode(text)).map(string),
        Via::Base64Decode => {
            let bytes = text.and_then(|text| STANDARD.decode(text).ok());
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .map(string)
        }
        Via::Quote => text.map(|text| string(format!("\"{text}\""))),
        Via::UrlHost => text
            .and_then(url_parts)
            .map(|(host, _)| string(host.to_owned())),
        Via::UrlPath => text
            .and_then(url_parts)
            .map(|(_, path)| string(path.to_owned())),
        Via::IdPart(part) => text.and_then(|text| id_part(text, part)).map(string),
        Via::Format(_) | Via::Opaque(_) => None,
    };
    match data {
        Some(data) => Value {
            data,
            ..value.clone()
        },
        None => opaque(std::slice::from_ref(value)),
    }
}

fn string(text: String) -> Data {
    Data::String(Arc::from(text))
}

/// A list of texts as an object whose keys they are.
fn keys(value: &Value) -> Option<Data> {
    let items = value.as_list()?;
    let known = items
        .iter()
        .filter_map(|item| Some((item.as_str()?, item.origin)));
    let entries: Vec<Entry> = known
        .map(|(key, origin)| Entry {
            key: Arc::from(key),
            value: Value::map(Vec::new(), origin),
        })
        .collect();
    let open = entries.len() < items.len();
    let mut object = Value::map(entries, value.origin);
    if let Data::Map(map) = &mut object.data {
        Arc::make_mut(map).open = open;
    }
    Some(object.data)
}

fn map_keys(value: &Value) -> Option<Data> {
    let map = value.as_map().filter(|map| !map.open)?;
    let keys = map
        .entries
        .iter()
        .map(|it| Value::string(Arc::clone(&it.key), it.value.origin));
    Some(Value::list(keys.collect(), value.origin).data)
}

/// A map as a list of objects with `name` and `member`.
fn pairs(value: &Value, member: &str) -> Option<Data> {
    let map = value.as_map().filter(|map| !map.open)?;
    let pair = |entry: &Entry| {
        let origin = entry.value.origin;
        let name = Value::string(Arc::clone(&entry.key), origin);
        let entries = vec![
            Entry {
                key: Arc::from("name"),
                value: name,
            },
            Entry {
                key: Arc::from(member),
                value: entry.value.clone(),
            },
        ];
        Value::map(entries, origin)
    };
    Some(Value::list(map.entries.iter().map(pair).collect(), value.origin).data)
}

fn join(value: &Value, separator: &str) -> Value {
    let items = value.as_list().unwrap_or_default();
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    match texts {
        Some(texts) => Value {
            data: string(texts.join(separator)),
            ..value.clone()
        },
        None => opaque(items),
    }
}

/// `%s` and `%d` in `format` replaced by `values` in order; unknown where they do not fit.
fn format_all(format: &str, values: &[Value]) -> Value {
    let pieces: Vec<&str> = format.split('%').collect();
    let origin = values.last().map_or(Origin::NOWHERE, |value| value.origin);
    let sensitive = values.iter().any(|value| value.sensitive);
    if pieces.len() != values.len() + 1 {
        return opaque(values);
    }
    let mut out = String::new();
    let mut values_left = values.iter();
    for (index, piece) in pieces.iter().enumerate() {
        if index == 0 {
            out.push_str(piece);
            continue;
        }
        let (Some(text), Some(rest)) = (
            values_left.next().and_then(spelling),
            piece.strip_prefix(['s', 'd']),
        ) else {
            return opaque(values);
        };
        out.push_str(&text);
        out.push_str(rest);
    }
    Value::string(out, origin).marked(sensitive)
}

/// Host and path of a URL.
fn url_parts(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// The component of a resource id or of a key's URL that the provider calls `part`.
fn id_part(text: &str, part: &str) -> Option<String> {
    if let Some((host, path)) = url_parts(text) {
        let mut segments = path.split('/').skip(1);
        return match part {
            "VaultUri" => Some(format!("https://{host}/")),
            "Name" => segments.next().map(str::to_owned),
            "Version" => Some(segments.nth(1).unwrap_or_default().to_owned()),
            _ => None,
        };
    }
    if part == "SubscriptionId" {
        let mut segments = text
            .split('/')
            .skip_while(|it| !it.eq_ignore_ascii_case("subscriptions"));
        return segments.nth(1).map(str::to_owned);
    }
    let id = resource_id(text)?;
    let last = id.names.last().and_then(Value::as_str).map(str::to_owned);
    // The name of a parent would need its type; only the last name is certain.
    let singular = |name: &str| name.to_ascii_lowercase().trim_end_matches('s').to_owned();
    let own = id.kind.as_str().rsplit('/').next().map(singular)?;
    let asked = singular(part.trim_end_matches("Name"));
    (part == "Name" || own.ends_with(&asked) || asked.ends_with(&own)).then_some(last)?
}

/// Returns `true` if `value` is the plain value `scalar`.
pub(super) fn says(value: &Value, scalar: &Scalar) -> bool {
    value.data == Data::from(scalar)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(map: &[(&str, Scalar)]) -> Row {
        Row {
            map: map
                .iter()
                .map(|(from, to)| ((*from).to_owned(), to.clone()))
                .collect(),
            ..Row::default()
        }
    }

    fn text(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn bool(value: bool) -> Value {
        Value::new(Data::Bool(value), Origin::NOWHERE)
    }

    #[test]
    fn maps_rename_known_values() {
        let enabled = Scalar::Text("Enabled".to_owned());
        let row = row(&[("true", enabled), ("false", Scalar::Null)]);
        assert_eq!(forward(&row, &[bool(true)], None), Some(text("Enabled")));
        assert_eq!(forward(&row, &[bool(false)], None), None);
    }

    #[test]
    fn an_unknown_bool_keeps_both_outcomes_and_its_input() {
        let texts = ["Enabled", "Disabled"].map(|it| Scalar::Text(it.to_owned()));
        let [enabled, disabled] = texts;
        let row = row(&[("true", enabled.clone()), ("false", disabled)]);
        let unknown = Unknown::because(Why::Input)
            .decided_by("var.x")
            .typed(Type::Bool);
        let value = Value::unknown(unknown, Origin::NOWHERE);
        let sent = forward(&row, &[value], Some(&enabled)).unwrap();
        let unknown = sent.as_unknown().unwrap();
        assert_eq!(
            unknown.domain,
            Some(vec![text("Enabled"), text("Disabled")])
        );
        assert_eq!(unknown.input.as_ref().map(|it| &*it.0), Some("var.x"));
    }

    #[test]
    fn computations_are_followed_or_unknown() {
        let rows = [
            (
                Via::Format("%s_%s".to_owned()),
                vec![text("a"), text("b")],
                Some("a_b"),
            ),
            (
                Via::Format("%s_%s_%s".to_owned()),
                vec![text("a"), text("b")],
                None,
            ),
            (
                Via::Join(", ".to_owned()),
                vec![Value::list(vec![text("a"), text("b")], Origin::NOWHERE)],
                Some("a, b"),
            ),
            (
                Via::IdPart("Name".to_owned()),
                vec![text("https://v.vault.azure.net/keys/k/123")],
                Some("k"),
            ),
            (
                Via::IdPart("Version".to_owned()),
                vec![text("https://v.vault.azure.net/keys/k")],
                Some(""),
            ),
            (
                Via::IdPart("VaultUri".to_owned()),
                vec![text("https://v.vault.azure.net/keys/k/123")],
                Some("https://v.vault.azure.net/"),
            ),
            (Via::UrlHost, vec![text("https://a.b/c")], Some("a.b")),
            (Via::Base64, vec![text("hi")], Some("aGk=")),
            (Via::Base64Decode, vec![text("aGk=")], Some("hi")),
            (Via::ToInt, vec![text("x")], None),
            (Via::Opaque("expr".to_owned()), vec![text("x")], None),
        ];
        for (via, values, expected) in rows {
            let row = Row {
                via: Some(via.clone()),
                ..Row::default()
            };
            let sent = forward(&row, &values, None).unwrap();
            assert_eq!(sent.as_str(), expected, "{via:?}");
            assert_eq!(sent.as_unknown().is_none(), expected.is_some(), "{via:?}");
        }
    }
}
