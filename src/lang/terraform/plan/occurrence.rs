//! Which block of a body stands for which item of an evaluated list.

use super::Planner;
use crate::edit::Refusal;
use crate::model::{Data, Path, Step, Value};
use crate::syntax::hcl::Block;

/// A block of a kind, as one stands in a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Occurrence<'t> {
    /// The block itself.
    Plain(Block<'t>),
    /// A `dynamic` block: any number of them share one text.
    Dynamic(Block<'t>),
}

/// The blocks of one kind in a body, and what they were evaluated to.
#[derive(Debug)]
pub(super) struct Kind<'t, 'v> {
    /// In source order.
    pub(super) occurrences: Vec<Occurrence<'t>>,
    /// In the order of evaluation.
    pub(super) items: Vec<&'v Value>,
    /// Whether it is known that there are none.
    pub(super) is_none: bool,
}

impl Planner<'_> {
    /// The blocks that `step` names, each once, with what one of them was evaluated to.
    pub(super) fn meant<'t, 'v>(
        &self,
        kind: &Kind<'t, 'v>,
        step: &Step,
    ) -> Vec<(Occurrence<'t>, Option<&'v Value>)> {
        let mut found: Vec<(usize, Option<&'v Value>)> = Vec::new();
        for (index, item) in kind.items.iter().enumerate() {
            let named = match step {
                Step::Each => true,
                Step::Index(position) => *position == index,
                Step::Where { key, equals } => {
                    let member = key.as_deref().map_or(Some(*item), |key| {
                        item.as_map().and_then(|map| map.get_ignoring_case(key))
                    });
                    member.and_then(Value::as_str) == Some(equals)
                }
                Step::Name(_) => false,
            };
            let place = named.then(|| self.place_of(kind, index)).flatten();
            if let Some(place) = place
                && !found.iter().any(|(known, _)| *known == place)
            {
                found.push((place, Some(item)));
            }
        }
        if kind.items.is_empty() && matches!(step, Step::Each | Step::Index(0)) {
            found.extend(
                (0..kind.occurrences.len())
                    .take(1)
                    .map(|place| (place, None)),
            );
        }
        let occurrences = found.into_iter();
        occurrences
            .filter_map(|(place, value)| Some((*kind.occurrences.get(place)?, value)))
            .collect()
    }

    /// Which occurrence makes the item at `index`.
    fn place_of(&self, kind: &Kind<'_, '_>, index: usize) -> Option<usize> {
        if let [_] = kind.occurrences.as_slice() {
            return Some(0);
        }
        let plain = kind
            .occurrences
            .iter()
            .all(|it| matches!(it, Occurrence::Plain(_)));
        if plain && kind.items.len() == kind.occurrences.len() {
            // A set has an order of its own, which the origin sees through.
            let by_origin = self.by_origin(kind, index);
            return Some(by_origin.unwrap_or(index));
        }
        self.by_origin(kind, index)
    }

    fn by_origin(&self, kind: &Kind<'_, '_>, index: usize) -> Option<usize> {
        let item = kind.items.get(index)?;
        let span = self.origins.used_at(item.origin)?;
        let holds = |occurrence: &Occurrence<'_>| occurrence.block().span().contains(span);
        kind.occurrences.iter().position(holds)
    }

    /// How many items one occurrence makes.
    pub(super) fn made(&self, kind: &Kind<'_, '_>, occurrence: Occurrence<'_>) -> usize {
        self.made_by(kind, occurrence).len()
    }

    /// The one block that there is, where nothing says which one is meant. Of several texts it is the
    /// one that makes the only block; a text that makes none would be changed in vain.
    pub(super) fn the_one<'t>(
        &self,
        kind: &Kind<'t, '_>,
        place: &Path,
    ) -> Result<Occurrence<'t>, Refusal> {
        let is_dynamic = |it: &Occurrence<'_>| matches!(it, Occurrence::Dynamic(_));
        if kind.is_none && kind.occurrences.iter().all(is_dynamic) {
            return Err(Refusal(format!(
                "`{place}` is written in a `dynamic` block that makes none here."
            )));
        }
        let only = match (kind.occurrences.as_slice(), kind.items.as_slice()) {
            ([only], _) => Some(*only),
            (several, [_]) => self
                .place_of(kind, 0)
                .and_then(|place| several.get(place).copied()),
            _ => None,
        };
        only.ok_or_else(|| Refusal(format!("There is more than one `{place}`.")))
    }

    /// The items that one occurrence makes.
    pub(super) fn made_by<'v>(
        &self,
        kind: &Kind<'_, 'v>,
        occurrence: Occurrence<'_>,
    ) -> Vec<&'v Value> {
        let span = occurrence.block().span();
        let own = kind.items.iter().enumerate().filter(|(index, _)| {
            let place = self.place_of(kind, *index);
            let found = place.and_then(|place| kind.occurrences.get(place));
            found.is_some_and(|it| it.block().span() == span)
        });
        own.map(|(_, item)| *item).collect()
    }
}

impl<'t, 'v> Kind<'t, 'v> {
    /// The blocks `name` in `block`, which were evaluated to `value`.
    pub(super) fn of(block: Block<'t>, name: &str, value: Option<&'v Value>) -> Self {
        let occurrences = block.body().blocks().filter_map(|inner| {
            let is_dynamic = inner.kind() == "dynamic" && inner.label(0).as_deref() == Some(name);
            if inner.kind() == name {
                Some(Occurrence::Plain(inner))
            } else {
                is_dynamic.then_some(Occurrence::Dynamic(inner))
            }
        });
        let items: Vec<&Value> = match value.map(|value| (&value.data, value)) {
            Some((Data::List(list), _)) => list.items.iter().collect(),
            Some((Data::Map(_), value)) => vec![value],
            _ => Vec::new(),
        };
        Self {
            occurrences: occurrences.collect(),
            is_none: items.is_empty() && value.is_some_and(|value| value.as_list().is_some()),
            items,
        }
    }
}

impl<'t> Occurrence<'t> {
    /// The whole block.
    pub(super) fn block(self) -> Block<'t> {
        match self {
            Self::Plain(block) | Self::Dynamic(block) => block,
        }
    }

    /// The block whose body says what each has.
    pub(super) fn content(self) -> Option<Block<'t>> {
        match self {
            Self::Plain(block) => Some(block),
            Self::Dynamic(block) => block.body().blocks_of("content").next(),
        }
    }
}
