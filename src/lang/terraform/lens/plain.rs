//! AWS and Google: their Terraform types are their own terms. Only blocks that cannot repeat are
//! folded from a list of one into the block itself.

use std::sync::Arc;

use crate::model::facts::{Body, schema};
use crate::model::{Coverage, Data, Entry, Fragment, Identity, Scope, Value, Written, WrittenId};

/// What `written` says.
pub(super) fn fragment(written: &Written, id: WrittenId) -> Fragment {
    let schema = schema(written.kind.as_str());
    let body = match &schema {
        Some(schema) => fold(&written.args, &schema.body, written.provider_major, 0),
        None => written.args.clone(),
    };
    Fragment {
        of: id,
        kind: written.kind.clone(),
        api: None,
        identity: Identity {
            kind: written.kind.clone(),
            names: Vec::new(),
            scope: Scope::Here,
            address: Some(written.address.clone()),
        },
        body,
        coverage: Coverage::Whole,
        merges: false,
        implied: false,
    }
}

/// Schemas nest no deeper than this; what lies deeper stays as it is.
const DEEPEST: u32 = 64;

fn fold(value: &Value, body: &Body, major: Option<u32>, depth: u32) -> Value {
    let Data::Map(map) = &value.data else {
        return value.clone();
    };
    if depth > DEEPEST {
        return value.clone();
    }
    let entries = map.entries.iter().map(|entry| {
        let folded = match body.blocks.get(&*entry.key) {
            Some(block) => {
                let items = block_items(&entry.value, &block.body, major, depth + 1);
                match (block.max_in(major), items) {
                    (Some(1), Some(mut items)) if items.len() == 1 => items.pop(),
                    (Some(1), Some(items)) if items.is_empty() => None,
                    (_, Some(items)) => Some(Value {
                        data: Value::list(items, entry.value.origin).data,
                        ..entry.value.clone()
                    }),
                    (_, None) => Some(entry.value.clone()),
                }
            }
            None => Some(entry.value.clone()),
        };
        folded.map(|value| Entry {
            key: Arc::clone(&entry.key),
            value,
        })
    });
    let mut map = (**map).clone();
    map.entries = entries.flatten().collect();
    Value {
        data: Data::Map(Arc::new(map)),
        ..value.clone()
    }
}

fn block_items(value: &Value, body: &Body, major: Option<u32>, depth: u32) -> Option<Vec<Value>> {
    let items = value.as_list()?;
    Some(
        items
            .iter()
            .map(|item| fold(item, body, major, depth))
            .collect(),
    )
}
