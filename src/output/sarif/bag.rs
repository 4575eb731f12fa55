use std::collections::BTreeMap;

use serde_json::Value;
use serde_sarif::sarif::PropertyBag;

/// A property bag with these entries; those that are null are left out.
pub(super) fn bag<const N: usize>(entries: [(&str, Value); N]) -> PropertyBag {
    let additional: BTreeMap<String, Value> = entries
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    PropertyBag::builder()
        .additional_properties(additional)
        .build()
}
