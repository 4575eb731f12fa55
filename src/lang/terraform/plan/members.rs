use crate::edit::Refusal;
use crate::lang::planning::wish::Wish;
use crate::model::{Data, Path, Step};

/// A wish that a block be an object, as wishes for its members.
pub(super) fn with_members(wish: &Wish, place: &Path) -> Result<Wish, Refusal> {
    if !wish.append.is_empty() {
        return Err(Refusal(format!("`{place}` is a block, not a list.")));
    }
    let mut merged = Wish {
        inside: wish.inside.clone(),
        ..Wish::default()
    };
    let Some(to) = &wish.to else {
        return Ok(merged);
    };
    let Data::Map(map) = &to.data else {
        return Err(Refusal(format!("`{place}` is a block, not a value.")));
    };
    for entry in &map.entries {
        let leaf = Wish {
            to: Some(entry.value.clone()),
            ..Wish::default()
        };
        merged.join(Wish::at(&[Step::Name(entry.key.clone())], leaf));
    }
    Ok(merged)
}
