use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::{Answer, Stop};
use super::call::Call;
use super::function::items;
use super::sequence::element_type;
use crate::lang::terraform::convert::{convert, describe_own, same_type, type_of};
use crate::model::{Collection, Data, Entry, Map, Type, Unknown, Value};

/// An unknown key among more members than this says nothing of the result.
const CHOICES: usize = 8;

pub(super) fn keys(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    let strings = Type::List(Box::new(Type::String));
    let (names, uniform): (Vec<Arc<str>>, bool) = match &value.data {
        Data::Map(map) if map.open => return Err(Stop::Unknown(None)),
        Data::Map(map) => (
            map.entries
                .iter()
                .map(|entry| Arc::clone(&entry.key))
                .collect(),
            map.collection == Collection::Uniform,
        ),
        Data::Unknown(unknown) => match &unknown.ty {
            Some(Type::Object(attributes)) => {
                let names = attributes.iter().map(|(name, _, _)| Arc::clone(name));
                (names.collect(), false)
            }
            Some(Type::Map(_)) => return Err(Stop::Unknown(Some(strings))),
            None | Some(Type::Any) => return Err(Stop::Unknown(None)),
            Some(_) => return Err(Stop::argument(0, "must have map or object type")),
        },
        _ => return Err(Stop::argument(0, "must have map or object type")),
    };
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        texts.push(call.value(Data::String(name)));
    }
    let list = if uniform {
        call.list(Type::String, texts)?
    } else {
        call.tuple(texts)?
    };
    Ok(list.marked(value.sensitive))
}

pub(super) fn values(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    let Data::Map(map) = &value.data else {
        return match value.as_unknown().map(|unknown| unknown.ty.as_ref()) {
            Some(None | Some(Type::Any)) => Err(Stop::Unknown(None)),
            Some(Some(Type::Map(item))) => Err(Stop::Unknown(Some(Type::List(item.clone())))),
            Some(Some(Type::Object(attributes))) => {
                let types = attributes.iter().map(|(_, ty, _)| ty.clone()).collect();
                Err(Stop::Unknown(Some(Type::Tuple(types))))
            }
            _ => Err(Stop::failed(
                "values() requires a map as the first argument",
            )),
        };
    };
    if map.open {
        return Err(Stop::Unknown(None));
    }
    let members = map
        .entries
        .iter()
        .map(|entry| entry.value.clone())
        .collect();
    let list = match map.collection {
        Collection::Structural => call.tuple(members)?,
        Collection::Uniform | Collection::Set => {
            call.list(element_type(&type_of(value)), members)?
        }
    };
    Ok(list.marked(value.sensitive))
}

pub(super) fn lookup(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    if arguments.len() > 3 {
        return Err(Stop::Failed(format!(
            "lookup() takes two or three arguments, got {}",
            arguments.len()
        )));
    }
    let (value, key, default) = (&arguments[0], &arguments[1], arguments.get(2));
    let sensitive = value.sensitive || key.sensitive;
    let result = match type_of(value) {
        Type::Map(item) => {
            if let Some(default) = default
                && convert(default, &item).is_err()
            {
                let message = "the default value must have the same type as the map elements";
                return Err(Stop::argument(2, message));
            }
            Type::clone(&item)
        }
        Type::Object(_) | Type::Any => Type::Any,
        _ => {
            return Err(Stop::argument(
                0,
                "lookup() requires a map as the first argument",
            ));
        }
    };
    let Data::Map(map) = &value.data else {
        return Err(Stop::Unknown(in_unknown(value, key, default, result)));
    };
    let of_type =
        |value: &Value| convert(value, &result).map_err(|error| Stop::Failed(error.message));
    let Some(name) = key.as_str() else {
        return unknown_key(map, default.map(of_type).transpose()?, result);
    };
    let _ = call;
    match (map.get(name), default) {
        (Some(found), _) => Ok(found.clone().marked(sensitive)),
        (None, _) if map.open => Err(Stop::Unknown(None)),
        (None, Some(default)) => Ok(of_type(default)?.marked(sensitive)),
        (None, None) if map.collection == Collection::Structural => Err(Stop::Argument(
            0,
            format!("the given object has no attribute {name:?}"),
        )),
        (None, None) => {
            let shown = if key.sensitive {
                "(sensitive value)".to_owned()
            } else {
                format!("{name:?}")
            };
            Err(Stop::Failed(format!("lookup failed to find key {shown}")))
        }
    }
}

/// The type of what a key leads to in a map or object that is not known.
fn in_unknown(value: &Value, key: &Value, default: Option<&Value>, item: Type) -> Option<Type> {
    let ty = match (type_of(value), key.as_str()) {
        (Type::Object(attributes), Some(name)) => attributes
            .iter()
            .find(|(attribute, _, _)| &**attribute == name)
            .map(|(_, ty, _)| ty.clone())
            .or_else(|| default.map(type_of)),
        _ => Some(item),
    };
    ty.filter(|ty| *ty != Type::Any)
}

fn unknown_key(map: &Map, default: Option<Value>, result: Type) -> Answer {
    let mut possible: Vec<Value> = map
        .entries
        .iter()
        .map(|entry| entry.value.clone())
        .collect();
    let decided = default.is_some() && !map.open && possible.len() < CHOICES;
    possible.extend(default);
    if decided && !possible.iter().any(Value::has_unknown) {
        return Err(Stop::OneOf(possible));
    }
    Err(Stop::Unknown(Some(result).filter(|ty| *ty != Type::Any)))
}

pub(super) fn merge(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut sensitive = false;
    for value in arguments {
        let ty = type_of(value);
        if !matches!(ty, Type::Map(_) | Type::Object(_) | Type::Any) {
            let given = describe_own(&ty);
            return Err(Stop::Failed(format!(
                "arguments must be maps or objects, got {given:?}"
            )));
        }
        sensitive |= value.sensitive;
    }
    let known: Vec<&Value> = arguments.iter().filter(|value| !value.is_null()).collect();
    if known
        .iter()
        .any(|value| value.as_map().is_none_or(|map| map.open))
    {
        return Ok(merge_open(call, &known)?.marked(sensitive));
    }
    let element = uniform_element(&known);
    let mut merged: Vec<Entry> = Vec::new();
    for value in known {
        if let Some(map) = value.as_map() {
            merged.extend(map.entries.iter().cloned());
        }
        super::call::members_within_limit(merged.len())?;
    }
    Ok(call.mapping(element, merged)?.marked(sensitive))
}

/// The type of the members, if all are maps of one type.
fn uniform_element(known: &[&Value]) -> Option<Type> {
    let first = type_of(known.first()?);
    let Type::Map(item) = &first else {
        return None;
    };
    known
        .iter()
        .all(|value| same_type(&type_of(value), &first))
        .then(|| Type::clone(item))
}

/// What is certain when one of the maps is not known: what later ones say; what earlier ones say may be
/// written over.
fn merge_open(call: &mut Call<'_>, known: &[&Value]) -> Answer {
    let mut merged: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut last_unknown: Option<&Value> = None;
    for value in known {
        let map = value.as_map();
        if map.is_none_or(|map| map.open) {
            for held in merged.values_mut() {
                *held = call.unknown_like(value, None);
            }
            last_unknown = Some(value);
        }
        for entry in map.map(|map| map.entries.as_slice()).unwrap_or_default() {
            merged.insert(Arc::clone(&entry.key), entry.value.clone());
        }
    }
    if merged.is_empty() {
        let ty = last_unknown.map(type_of).filter(|ty| {
            *ty != Type::Any && known.iter().all(|value| same_type(&type_of(value), ty))
        });
        return Err(Stop::Unknown(ty));
    }
    let entries = merged
        .into_iter()
        .map(|(key, value)| Entry { key, value })
        .collect();
    let map = Map {
        collection: Collection::Structural,
        element: None,
        entries,
        open: true,
    };
    Ok(call.value(Data::Map(Arc::new(map))))
}

pub(super) fn zipmap(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (keys, values) = (&arguments[0], &arguments[1]);
    let ty = type_of(values);
    let result = match &ty {
        Type::List(item) => Some(Type::Map(item.clone())),
        Type::Tuple(_) | Type::Any => None,
        _ => {
            return Err(Stop::failed(
                "values argument must be a list or tuple value",
            ));
        }
    };
    let (Data::List(_), false) = (&values.data, keys.has_unknown()) else {
        return Err(Stop::Unknown(result));
    };
    let (names, members) = (items(arguments, 0), items(arguments, 1));
    if names.len() != members.len() {
        return Err(Stop::Failed(format!(
            "number of keys ({}) does not match number of values ({})",
            names.len(),
            members.len()
        )));
    }
    let mut sensitive = keys.sensitive || values.sensitive;
    let mut entries = Vec::with_capacity(names.len());
    for (index, (name, value)) in names.iter().zip(members).enumerate() {
        sensitive |= name.sensitive;
        let Data::String(key) = &name.data else {
            return Err(Stop::Failed(format!(
                "keys list has null value at index {index}"
            )));
        };
        entries.push(Entry {
            key: Arc::clone(key),
            value: value.clone(),
        });
    }
    let element = result.as_ref().map(element_type);
    Ok(call.mapping(element, entries)?.marked(sensitive))
}

pub(super) fn transpose(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let strings = Type::List(Box::new(Type::String));
    if arguments[0].has_unknown() {
        return Err(Stop::Unknown(Some(Type::Map(Box::new(strings)))));
    }
    let mut turned: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for entry in arguments[0]
        .as_map()
        .map(|map| &*map.entries)
        .unwrap_or_default()
    {
        let Some(list) = entry.value.as_list() else {
            return Err(Stop::failed("input must not contain null list"));
        };
        for item in list {
            let Data::String(text) = &item.data else {
                return Err(Stop::failed("input list must not contain null string"));
            };
            let held = turned.entry(Arc::clone(text)).or_default();
            held.push(Arc::clone(&entry.key));
        }
    }
    let mut entries = Vec::with_capacity(turned.len());
    for (key, mut names) in turned {
        names.sort();
        let value = call.texts(names)?;
        entries.push(Entry { key, value });
    }
    call.mapping(Some(strings), entries)
}

/// The variables that a template function is given, or why there are none.
pub(in crate::lang::terraform) fn variables(value: &Value) -> Result<Option<&Map>, Stop> {
    match &value.data {
        Data::Map(map) if !map.open => Ok(Some(map)),
        Data::Map(_) => Ok(None),
        Data::Unknown(unknown) if may_be_map(unknown) => Ok(None),
        _ => Err(Stop::argument(1, "invalid vars value: must be a map")),
    }
}

fn may_be_map(unknown: &Unknown) -> bool {
    matches!(
        unknown.ty,
        None | Some(Type::Any | Type::Map(_) | Type::Object(_))
    )
}
