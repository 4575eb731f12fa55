use super::{Edit, Fix};

/// The fixes that can be taken together, in order: a fix whose edits touch those of one taken before
/// waits for the next pass; identical edits count once. Returns indexes into `fixes`, sorted.
#[must_use]
pub fn select(fixes: &[&Fix]) -> Vec<usize> {
    let _ = fixes;
    todo!()
}

/// `text` with `edits` applied. The edits are all of this text, sorted and disjoint.
#[must_use]
pub fn apply(text: &str, edits: &[&Edit]) -> String {
    let _ = (text, edits);
    todo!()
}

/// The difference as a unified diff with `a/` and `b/` before `path`, accepted by `git apply`; empty
/// when nothing differs.
#[must_use]
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    let _ = (path, before, after);
    todo!()
}
