use std::fmt;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::mismatch::mismatch;
use super::set::normalise;
use super::types::{has_any, same_type, without_optional};
use super::unify::{can_convert, type_of, unify_values};
use crate::model::{Collection, Data, Entry, List, Map, Number, Origin, Type, Unknown, Value, Why};

/// Why a value cannot become one of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lang::terraform) struct ConvertError {
    /// Where inside the value: `element 0`, `attribute "a"`, from the outside in.
    pub path: Vec<String>,
    /// What is wrong there, in Terraform's words and without a period.
    pub message: String,
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.path {
            write!(f, "{step}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConvertError {}

impl ConvertError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            message: message.into(),
        }
    }

    fn within(mut self, step: String) -> Self {
        self.path.insert(0, step);
        self
    }
}

/// The value as one of type `to`. Origin and sensitivity stay; what is not known stays so, in the new
/// type. Missing optional attributes become null: defaults are laid under the value before.
///
/// # Errors
/// [`ConvertError`] when the value cannot be of that type.
pub(in crate::lang::terraform) fn convert(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    if *to == Type::Any {
        return Ok(value.clone());
    }
    let data = match (&value.data, to) {
        (Data::Null, _)
        | (Data::Bool(_), Type::Bool)
        | (Data::Number(_), Type::Number)
        | (Data::String(_), Type::String) => return Ok(value.clone()),
        (Data::Unknown(unknown), _) => Data::Unknown(Arc::new(convert_unknown(unknown, to)?)),
        (Data::Bool(value), Type::String) => {
            Data::String(Arc::from(if *value { "true" } else { "false" }))
        }
        (Data::Number(number), Type::String) => Data::String(Arc::from(number.to_string())),
        (Data::String(text), Type::Number) => Data::Number(
            Number::parse(text).ok_or_else(|| ConvertError::new("a number is required"))?,
        ),
        (Data::String(text), Type::Bool) => Data::Bool(parse_bool(text)?),
        (Data::List(list), Type::List(_) | Type::Set(_)) => {
            check(value, to)?;
            convert_list(list, to)?
        }
        (Data::List(list), Type::Tuple(types)) if list.collection == Collection::Structural => {
            check(value, to)?;
            convert_tuple(list, types)?
        }
        (Data::Map(map), Type::Map(item)) => {
            check(value, to)?;
            convert_map(map, item)?
        }
        (Data::Map(map), Type::Object(attributes)) => {
            check(value, to)?;
            convert_object(map, attributes)?
        }
        _ => return Err(ConvertError::new(mismatch(&type_of(value), to))),
    };
    Ok(Value {
        data,
        origin: value.origin,
        sensitive: value.sensitive,
    })
}

/// Whether the type of a value becomes `to`, where all of that type is known. A value with a part that
/// may have further members is only held against `to` member by member.
fn check(value: &Value, to: &Type) -> Result<(), ConvertError> {
    if holds_open(value) {
        return Ok(());
    }
    let from = type_of(value);
    if can_convert(&from, to) {
        Ok(())
    } else {
        Err(ConvertError::new(mismatch(&from, to)))
    }
}

/// Whether a value, or a part of it, may have further members that are not known.
#[must_use]
pub(in crate::lang::terraform) fn holds_open(value: &Value) -> bool {
    match &value.data {
        Data::List(list) => list.items.iter().any(holds_open),
        Data::Map(map) => map.open || map.entries.iter().any(|it| holds_open(&it.value)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => false,
    }
}

/// What is not known, as a value of type `to`.
///
/// # Errors
/// [`ConvertError`] when its own type is known and never becomes `to`.
pub(in crate::lang::terraform) fn convert_unknown(
    unknown: &Unknown,
    to: &Type,
) -> Result<Unknown, ConvertError> {
    let from = unknown.ty.clone().unwrap_or(Type::Any);
    if !can_convert(&from, to) {
        return Err(ConvertError::new(mismatch(&from, to)));
    }
    let mut result = unknown.clone();
    if *to == Type::Any || same_type(&from, to) {
        return Ok(result);
    }
    result.ty = Some(without_optional(to));
    if let Some(domain) = &unknown.domain {
        let converted: Result<Vec<Value>, _> =
            domain.iter().map(|value| convert(value, to)).collect();
        result.domain = converted.ok();
    }
    Ok(result)
}

fn parse_bool(text: &str) -> Result<bool, ConvertError> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        "True" | "TRUE" => Err(ConvertError::new(
            "a bool is required; to convert from string, use lowercase \"true\"",
        )),
        "False" | "FALSE" => Err(ConvertError::new(
            "a bool is required; to convert from string, use lowercase \"false\"",
        )),
        _ => Err(ConvertError::new("a bool is required")),
    }
}

fn convert_list(list: &List, to: &Type) -> Result<Data, ConvertError> {
    let (item, collection_kind) = match to {
        Type::Set(item) => (item, Collection::Set),
        Type::List(item) => (item, Collection::Uniform),
        _ => return Err(ConvertError::new(mismatch(&Type::Tuple(Vec::new()), to))),
    };
    let mut items = Vec::with_capacity(list.items.len());
    for (index, value) in list.items.iter().enumerate() {
        let converted = convert(value, item);
        items.push(converted.map_err(|error| error.within(format!("element {index}")))?);
    }
    let element = uniform(&mut items, item, list.element.as_ref(), "list")?;
    Ok(collection(collection_kind, element, items))
}

/// Brings members that were converted to a type with gaps to one type, and names it.
fn uniform(
    items: &mut [Value],
    wanted: &Type,
    stated: Option<&Type>,
    noun: &str,
) -> Result<Type, ConvertError> {
    if !has_any(wanted) {
        return Ok(without_optional(wanted));
    }
    if items.is_empty() {
        return Ok(stated.cloned().unwrap_or_else(|| without_optional(wanted)));
    }
    let differs = || ConvertError::new(format!("all {noun} elements must have the same type"));
    let one = unify_values(items).ok_or_else(differs)?;
    for item in items {
        *item = convert(item, &one)?;
    }
    Ok(one)
}

fn convert_tuple(list: &List, types: &[Type]) -> Result<Data, ConvertError> {
    let mut items = Vec::with_capacity(list.items.len());
    for (index, (value, ty)) in list.items.iter().zip(types).enumerate() {
        let converted = convert(value, ty);
        items.push(converted.map_err(|error| error.within(format!("element {index}")))?);
    }
    Ok(Data::List(Arc::new(List {
        collection: Collection::Structural,
        element: None,
        items,
    })))
}

fn convert_map(map: &Map, item: &Type) -> Result<Data, ConvertError> {
    let mut values = Vec::with_capacity(map.entries.len());
    for entry in &map.entries {
        let converted = convert(&entry.value, item);
        values.push(converted.map_err(|error| error.within(format!("element {:?}", entry.key)))?);
    }
    let element = uniform(&mut values, item, map.element.as_ref(), "map")?;
    let entries = map
        .entries
        .iter()
        .zip(values)
        .map(|(entry, value)| Entry {
            key: Arc::clone(&entry.key),
            value,
        })
        .collect();
    Ok(Data::Map(Arc::new(Map {
        collection: Collection::Uniform,
        element: Some(element),
        entries,
        open: map.open,
    })))
}

fn convert_object(map: &Map, attributes: &[(Arc<str>, Type, bool)]) -> Result<Data, ConvertError> {
    let mut entries = Vec::with_capacity(attributes.len());
    for (name, ty, optional) in attributes {
        let value = match map.get(name) {
            Some(value) => {
                convert(value, ty).map_err(|error| error.within(format!("attribute {name:?}")))?
            }
            None if map.open => {
                let why = first_why(map).unwrap_or(Why::Unsupported);
                let unknown = Unknown::because(why).typed(without_optional(ty));
                Value::unknown(unknown, Origin::NOWHERE)
            }
            None if *optional => Value::null(Origin::NOWHERE),
            None => {
                return Err(ConvertError::new(format!("attribute {name:?} is required")));
            }
        };
        entries.push(Entry {
            key: Arc::clone(name),
            value,
        });
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Data::Map(Arc::new(Map {
        collection: Collection::Structural,
        element: None,
        entries,
        open: map.open,
    })))
}

fn first_why(map: &Map) -> Option<Why> {
    map.entries
        .iter()
        .find_map(|entry| entry.value.as_unknown().map(|unknown| unknown.why))
}

/// A list, set or tuple of these members, which already are of type `element`. A set's are put in order
/// and freed of repetition.
#[must_use]
pub(in crate::lang::terraform) fn collection(
    kind: Collection,
    element: Type,
    items: Vec<Value>,
) -> Data {
    let items = match kind {
        Collection::Set => normalise(items),
        Collection::Structural | Collection::Uniform => items,
    };
    Data::List(Arc::new(List {
        collection: kind,
        element: (kind != Collection::Structural).then_some(element),
        items,
    }))
}

/// A map (`element` given) or object with these entries, sorted by key.
#[must_use]
pub(in crate::lang::terraform) fn mapping(
    element: Option<Type>,
    mut entries: Vec<Entry>,
    open: bool,
) -> Data {
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let collection = match element {
        Some(_) => Collection::Uniform,
        None => Collection::Structural,
    };
    Data::Map(Arc::new(Map {
        collection,
        element,
        entries,
        open,
    }))
}

/// Text in Unicode's composed form, the only form Terraform's strings have.
#[must_use]
pub(in crate::lang::terraform) fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() {
        return Arc::from(text);
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Arc::from(text),
        IsNormalized::No | IsNormalized::Maybe => Arc::from(text.nfc().collect::<String>()),
    }
}

/// A string value in Unicode's composed form.
#[must_use]
pub(in crate::lang::terraform) fn text(text: &str, origin: Origin) -> Value {
    Value::string(nfc(text), origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn number(value: i64) -> Value {
        Value::new(Data::Number(Number::from(value)), Origin::NOWHERE)
    }

    #[test]
    fn primitives_become_one_another() {
        let rows = [
            (string("1.50"), Type::Number, Ok("1.5")),
            (string("1"), Type::Bool, Ok("true")),
            (
                string("True"),
                Type::Bool,
                Err("a bool is required; to convert from string, use lowercase \"true\""),
            ),
            (string("x"), Type::Number, Err("a number is required")),
            (number(3), Type::String, Ok("3")),
            (number(3), Type::Bool, Err("bool required")),
        ];
        for (value, to, expected) in rows {
            let shown = convert(&value, &to)
                .and_then(|value| convert(&value, &Type::String))
                .map(|value| value.as_str().unwrap().to_owned())
                .map_err(|error| error.to_string());
            assert_eq!(shown.as_deref().map_err(String::as_str), expected);
        }
    }

    #[test]
    fn a_tuple_becomes_a_set_without_repetition() {
        let tuple = Value::list(vec![string("b"), number(1), string("1")], Origin::NOWHERE);
        let set = convert(&tuple, &Type::Set(Box::new(Type::Any))).unwrap();
        let texts: Vec<_> = set
            .as_list()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(texts, ["1", "b"]);
        assert_eq!(type_of(&set), Type::Set(Box::new(Type::String)));
    }

    #[test]
    fn an_unknown_stays_unknown_in_the_new_type() {
        let unknown = Unknown::because(Why::Input)
            .decided_by("var.x")
            .spelled("var.x")
            .not_null();
        let value = Value::unknown(unknown, Origin::NOWHERE);
        let converted = convert(&value, &Type::Number).unwrap();
        let unknown = converted.as_unknown().unwrap();
        assert_eq!(
            (unknown.ty.clone(), unknown.not_null),
            (Some(Type::Number), true)
        );
        assert_eq!(unknown.term.as_deref(), Some("var.x"));
    }

    #[test]
    fn objects_lose_what_is_not_asked_and_gain_optional_nulls() {
        let entry = |key: &str, value| Entry {
            key: Arc::from(key),
            value,
        };
        let object = Value::map(
            vec![entry("a", number(1)), entry("z", number(2))],
            Origin::NOWHERE,
        );
        let wanted = Type::Object(vec![
            (Arc::from("a"), Type::String, false),
            (Arc::from("b"), Type::String, true),
        ]);
        let converted = convert(&object, &wanted).unwrap();
        let map = converted.as_map().unwrap();
        assert_eq!(map.get("a").and_then(Value::as_str), Some("1"));
        assert!(map.get("b").unwrap().is_null() && map.get("z").is_none());
        let needs = Type::Object(vec![(Arc::from("c"), Type::String, false)]);
        assert_eq!(
            convert(&object, &needs).unwrap_err().to_string(),
            "attribute \"c\" is required"
        );
    }
}
