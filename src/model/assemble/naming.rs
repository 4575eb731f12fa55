//! The whole name of what has a name of several parts.

use std::sync::Arc;

use super::declared::nowhere;
use crate::model::lookup::FULL_NAME;
use crate::model::{Data, Entry, Fragment, Origin, Unknown, Value};

/// The body of a fragment with the whole name of an Azure resource whose name has several parts.
pub(super) fn with_full_name(fragment: &Fragment) -> Value {
    let body = &fragment.body;
    let names = &fragment.identity.names;
    let map = body.as_map().filter(|map| {
        fragment.kind.as_str().contains('/')
            && names.len() > 1
            && map.get_ignoring_case(FULL_NAME).is_none()
    });
    let Some(map) = map else {
        return body.clone();
    };
    let parts: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    let name = match (parts, names.iter().find_map(Value::as_unknown)) {
        (Some(parts), _) => nowhere(&parts.join("/")),
        (None, Some(unknown)) => {
            let unknown = Unknown {
                term: None,
                ..unknown.clone()
            };
            Value::unknown(unknown, Origin::NOWHERE)
        }
        (None, None) => return body.clone(),
    };
    let mut map = map.clone();
    map.entries.push(Entry {
        key: Arc::from(FULL_NAME),
        value: name,
    });
    Value {
        data: Data::Map(Arc::new(map)),
        ..body.clone()
    }
}
