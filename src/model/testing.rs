//! Values, resources and estates written as JSON, for tests of every storey above.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::assemble::assemble;
use super::{
    Address, ApiVersion, Completeness, Coverage, Dialect, Entry, Estate, Existence, Fragment,
    Identity, Kind, Number, Origin, Origins, PointsTo, Resource, Scope, Type, Unknown, Value, Why,
    Written, WrittenId,
};
use crate::source::{FileId, Span};

/// A value from JSON. `{"$input": "var.x"}` is an unknown input (null: several), with `"domain": […]`, `"type":
/// "bool"` and `"notNull": true` where given; `{"$ref": "a.b", "attribute": "id"}` points to a
/// resource; `{"$secret": v}` is sensitive.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Origin::NOWHERE),
        Json::Bool(it) => Value::new(super::Data::Bool(*it), Origin::NOWHERE),
        Json::Number(it) => {
            let number = Number::parse(&it.to_string()).unwrap();
            Value::new(super::Data::Number(number), Origin::NOWHERE)
        }
        Json::String(it) => Value::string(it.as_str(), Origin::NOWHERE),
        Json::Array(items) => Value::list(items.iter().map(value).collect(), Origin::NOWHERE),
        Json::Object(members) => special(members).unwrap_or_else(|| {
            let entries = members.iter().map(|(key, it)| Entry {
                key: Arc::from(key.as_str()),
                value: value(it),
            });
            Value::map(entries.collect(), Origin::NOWHERE)
        }),
    }
}

fn special(members: &serde_json::Map<String, Json>) -> Option<Value> {
    if let Some(secret) = members.get("$secret") {
        return Some(value(secret).marked(true));
    }
    let mut unknown = match (members.get("$input"), members.get("$ref")) {
        (Some(Json::Null), _) => Unknown::because(Why::Input),
        (Some(input), _) => {
            let input = input.as_str().unwrap();
            Unknown::because(Why::Input)
                .decided_by(input)
                .spelled(input)
        }
        (_, Some(address)) => {
            let attribute = members
                .get("attribute")
                .and_then(Json::as_str)
                .unwrap_or("id");
            let address = address.as_str().unwrap();
            Unknown::because(Why::Computed)
                .spelled(format!("{address}.{attribute}"))
                .pointing_to(PointsTo {
                    address: Some(Address::new(address)),
                    identity: None,
                    attribute: Arc::from(attribute),
                })
        }
        _ => return None,
    };
    if let Some(domain) = members.get("domain") {
        unknown.domain = Some(domain.as_array().unwrap().iter().map(value).collect());
    }
    if members.get("type").is_some() {
        unknown.ty = Some(Type::Bool);
    }
    unknown.not_null = members.get("notNull").is_some();
    Some(Value::unknown(unknown, Origin::NOWHERE))
}

/// A resource that is whole and covered, not part of an estate.
pub(crate) fn resource(kind: &str, body: &Json) -> Resource {
    Resource {
        kind: Kind::new(kind),
        identity: Identity {
            kind: Kind::new(kind),
            names: Vec::new(),
            scope: Scope::Here,
            address: None,
        },
        api: None,
        body: value(body),
        fragments: Vec::new(),
        dialect: Dialect::Arm,
        existence: Existence::Certain,
        completeness: Completeness::Whole,
        address: Address::new("r"),
        header: Span::at(FileId(0), 0),
        coverage: Coverage::Whole,
        implied: false,
    }
}

/// One declared thing of a test estate.
pub(crate) struct Thing {
    written: Written,
    fragment: Fragment,
}

/// A thing of type `kind` at `address` with these names.
pub(crate) fn thing(address: &str, kind: &str, names: &Json, body: &Json) -> Thing {
    let names = names.as_array().unwrap().iter().map(value).collect();
    let span = Span::at(FileId(0), 0);
    Thing {
        written: Written {
            address: Address::new(address),
            kind: Kind::new(address.split('.').rev().nth(1).unwrap_or(kind)),
            args: value(&json!({})),
            node: span,
            header: span,
            existence: Existence::Certain,
            provider_major: None,
            repeated: false,
        },
        fragment: Fragment {
            of: WrittenId(0),
            kind: Kind::new(kind),
            api: ApiVersion::new("2023-01-01"),
            identity: Identity {
                kind: Kind::new(kind),
                names,
                scope: Scope::Here,
                address: Some(Address::new(address)),
            },
            body: value(body),
            coverage: Coverage::Whole,
            merges: false,
            implied: false,
        },
    }
}

impl Thing {
    /// It only adds to the resource at `base`.
    pub(crate) fn adding_to(mut self, base: &str) -> Self {
        self.fragment.merges = true;
        self.fragment.identity.address = Some(Address::new(base));
        self
    }

    /// It extends the resource that `of` is.
    pub(crate) fn extending(mut self, kind: &str, names: &Json, address: Option<&str>) -> Self {
        self.fragment.identity.scope = Scope::Of(Box::new(Identity {
            kind: Kind::new(kind),
            names: names.as_array().unwrap().iter().map(value).collect(),
            scope: Scope::Here,
            address: address.map(Address::new),
        }));
        self
    }

    /// Only these paths are covered.
    pub(crate) fn covering(mut self, paths: &[&str]) -> Self {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        self.fragment.coverage = Coverage::Paths(paths.into());
        self
    }

    /// There is an unknown number of it, decided by `input`.
    pub(crate) fn symbolic(mut self, input: &str) -> Self {
        let unknown = Unknown::because(Why::Input)
            .decided_by(input)
            .spelled(input);
        self.written.existence = Existence::Symbolic(Arc::new(unknown));
        self
    }
}

/// The estate of these things.
pub(crate) fn estate(things: Vec<Thing>) -> Estate {
    let (mut written, mut fragments) = (Vec::new(), Vec::new());
    for (index, mut thing) in things.into_iter().enumerate() {
        thing.fragment.of = WrittenId(u32::try_from(index).unwrap());
        written.push(thing.written);
        fragments.push(thing.fragment);
    }
    assemble(written, fragments, Origins::default())
}
