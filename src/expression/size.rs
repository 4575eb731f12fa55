//! Limits on what an expression may make: values share their parts, so a few doublings would
//! otherwise make a value that nothing can walk.

use crate::model::{Data, Value};

/// The most values one value may hold, itself and shared parts counted each time.
pub const MAX_NODES: usize = 200_000;

/// The most bytes one text may have. Resource Manager allows 131,072 characters in an expression's
/// result; file contents loaded by Bicep are somewhat larger.
pub const MAX_TEXT: usize = 4 << 20;

/// Refuses a value that is larger than the limits.
///
/// # Errors
/// The limit, in words.
pub fn weigh(value: &Value) -> Result<(), String> {
    let mut left = MAX_NODES;
    if spend(value, &mut left) {
        Ok(())
    } else {
        Err(format!(
            "the value is larger than the limit of {MAX_NODES} members or {MAX_TEXT} bytes of text"
        ))
    }
}

/// The recursion is as deep as the value; every value comes from a bounded expression or document.
fn spend(value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    match &value.data {
        Data::List(list) => list.items.iter().all(|item| spend(item, left)),
        Data::Map(map) => map.entries.iter().all(|entry| spend(&entry.value, left)),
        Data::String(text) => text.len() <= MAX_TEXT,
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Unknown(_) => true,
    }
}
