//! What a resource is called: its type and names from the root, and how people are told of it.

use std::sync::Arc;

use super::scope::Frame;
use crate::model::{self, Data, Entry, Identity, Kind, Map, Value, readable};
use crate::syntax::json::Node;

/// The resource that a child is nested in.
#[derive(Clone)]
pub(super) struct Parent {
    pub(super) kind: String,
    pub(super) names: Vec<Value>,
    pub(super) text: String,
}

/// A resource's type and names, spelled from the root.
pub(super) struct Whole {
    pub(super) kind: String,
    pub(super) names: Vec<Value>,
    pub(super) text: String,
    /// The resource that it extends, where its type says so (`…/providers/…`).
    pub(super) extends: Option<Identity>,
}

/// `kind` and `names` as they stand below `parent`.
pub(super) fn whole(kind: &str, names: Vec<Value>, text: String, parent: Option<&Parent>) -> Whole {
    let (mut kind, mut names, mut text) = (kind.to_owned(), names, text);
    if let Some(parent) = parent {
        // A child spells its own part; the full type is accepted too, with or without the full name.
        let is_full = kind
            .to_ascii_lowercase()
            .starts_with(&format!("{}/", parent.kind.to_ascii_lowercase()));
        if !is_full {
            kind = format!("{}/{kind}", parent.kind);
        }
        if names.len() < segments_of(&kind) {
            names = parent.names.iter().cloned().chain(names).collect();
            text = format!("{}/{text}", parent.text);
        }
    }
    let mut extends = None;
    let lower = kind.to_ascii_lowercase();
    if let Some(at) = lower.find("/providers/") {
        let base = kind[..at].to_owned();
        let own = kind[at + "/providers/".len()..].to_owned();
        let count = segments_of(&base).min(names.len());
        let mut rest = names.split_off(count);
        let of = Identity {
            kind: Kind::new(base),
            names,
            scope: model::Scope::Here,
            address: None,
        };
        // `X/providers/locks` is named `x/Microsoft.Authorization/lock`: the namespace is in the name.
        if own.contains('.') || rest.is_empty() {
            kind = own;
        } else {
            let namespace = rest.remove(0);
            kind = format!("{}/{own}", namespace.as_str().unwrap_or_default());
        }
        names = rest;
        extends = Some(of);
    }
    Whole {
        kind,
        names,
        text,
        extends,
    }
}

/// How many names a type has.
fn segments_of(kind: &str) -> usize {
    kind.split('/').count().saturating_sub(1)
}

/// A name for people: what it is, or the expression it is written as. In a deployment of its own
/// scope many a resource is called `[parameters('name')]`: there it is what the caller gives.
pub(super) fn text(frame: &Frame<'_, '_>, node: Node<'_>, name: &Value) -> String {
    let written = || {
        let written = node.get("name").and_then(Node::as_str);
        written.map_or_else(|| "?".to_owned(), std::borrow::Cow::into_owned)
    };
    if name.sensitive {
        return written();
    }
    match (&name.data, frame.scope.prefix.as_str()) {
        (Data::String(text), _) => text.to_string(),
        (Data::Unknown(_), "") => written(),
        (Data::Unknown(unknown), _) => match unknown.term.as_deref() {
            Some(term) => format!("[{}]", readable(term)),
            None => written(),
        },
        _ => written(),
    }
}

/// The body with the full type and, for a child, the full name.
pub(super) fn with_identity(mut body: Value, whole: &Whole, name: &Value) -> Value {
    let Data::Map(map) = &body.data else {
        return body;
    };
    let mut entries: Vec<Entry> = map.entries.clone();
    for entry in &mut entries {
        if entry.key.eq_ignore_ascii_case("type") {
            entry.value = Value::string(whole.kind.as_str(), entry.value.origin);
        } else if entry.key.eq_ignore_ascii_case("name") && name.as_str().is_some() {
            let parts: Option<Vec<&str>> = whole.names.iter().map(Value::as_str).collect();
            if let Some(parts) = parts {
                entry.value =
                    Value::string(parts.join("/"), entry.value.origin).marked(name.sensitive);
            }
        }
    }
    let map = Map {
        entries,
        collection: map.collection,
        element: map.element.clone(),
        open: map.open,
    };
    body.data = Data::Map(Arc::new(map));
    body
}
