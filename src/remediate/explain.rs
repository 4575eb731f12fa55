//! Which differences between two values are not what a set of changes means to do. Lists are held
//! against each other item by item: a removed item accounts for its own absence and for the rest
//! moving up, an added one for itself, a change inside an item for that place of that item.

mod became;
mod said;

use crate::lang::How;
use crate::model::{Collection, Data, Entry, Path, Step, Value};
use said::{data, says_nothing, text};

/// What is meant to change, seen from a value on the way to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want<'i> {
    steps: &'i [Step],
    how: How,
    to: Option<&'i Value>,
}

/// A place that is not as it was meant to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Odd {
    /// It differs although no want leads there.
    Unmeant(Path),
    /// It was meant to change, and is not what was wanted.
    Missed(Path),
}

impl<'i> Want<'i> {
    pub(super) fn new(path: &'i Path, how: How, to: Option<&'i Value>) -> Self {
        Self {
            steps: &path.0,
            how,
            to,
        }
    }

    /// Returns `true` if the value at hand is what is meant to change, in this way.
    fn is_here(self, how: How) -> bool {
        self.steps.is_empty() && self.how == how
    }

    fn inside(self, steps: &'i [Step]) -> Self {
        Self { steps, ..self }
    }
}

/// The places that differ although no want leads there, and those that did not become what was wanted.
pub(super) fn unexplained(before: &Value, after: &Value, wants: &[Want<'_>]) -> Vec<Odd> {
    let mut out = Vec::new();
    compare(
        Some(before),
        Some(after),
        wants,
        &Place::default(),
        &mut out,
    );
    out
}

/// Where a comparison stands.
#[derive(Clone, Default)]
struct Place {
    path: Path,
    /// Within something that only one side has: what is unset there says nothing.
    one_sided: bool,
}

impl Place {
    fn with(&self, step: Step) -> Self {
        Self {
            path: self.path.with(step),
            one_sided: self.one_sided,
        }
    }
}

/// Deeper than any value an evaluator makes; a guard, not a limit that is met.
const DEEPEST: usize = 512;

fn compare(
    before: Option<&Value>,
    after: Option<&Value>,
    wants: &[Want<'_>],
    at: &Place,
    out: &mut Vec<Odd>,
) {
    let is_unset = |value: Option<&Value>| value.is_none_or(says_nothing);
    let set: Vec<&Want<'_>> = wants.iter().filter(|want| want.is_here(How::Set)).collect();
    let removed = wants.iter().any(|want| want.is_here(How::Remove)) && is_unset(after);
    // On one side alone, what is unset is as good as absent.
    let absent = at.one_sided && is_unset(before) && is_unset(after);
    if !set.is_empty() {
        let became = |want: &&Want<'_>| {
            want.to
                .is_none_or(|to| became::is_as_planned(before, after, to))
        };
        // Of two that contradict each other the later one is written.
        if !set.iter().any(became) {
            out.push(Odd::Missed(at.path.clone()));
        }
        return;
    }
    if removed || absent {
        return;
    }
    let marks = |value: Option<&Value>| value.map(|value| value.sensitive);
    if at.path.0.len() > DEEPEST
        || before.is_some() && after.is_some() && marks(before) != marks(after)
    {
        out.push(Odd::Unmeant(at.path.clone()));
        return;
    }
    let one_sided = at.one_sided || is_unset(before) || is_unset(after);
    let inner = Place {
        path: at.path.clone(),
        one_sided: one_sided && !wants.is_empty(),
    };
    match (data(before), data(after)) {
        (Data::Map(a), Data::Map(b)) if a.open == b.open => {
            members(&a.entries, &b.entries, wants, &inner, out);
        }
        (Data::Map(a), Data::Null) if !wants.is_empty() => {
            members(&a.entries, &[], wants, &inner, out);
        }
        (Data::Null, Data::Map(b)) if !wants.is_empty() && !b.open => {
            members(&[], &b.entries, wants, &inner, out);
        }
        (Data::List(a), Data::List(b)) => {
            let is_set = a.collection == Collection::Set && b.collection == Collection::Set;
            items(&a.items, &b.items, is_set, wants, &inner, out);
        }
        (Data::List(a), Data::Null) if !wants.is_empty() => {
            items(&a.items, &[], false, wants, &inner, out);
        }
        (Data::Null, Data::List(b)) if !wants.is_empty() => {
            items(&[], &b.items, false, wants, &inner, out);
        }
        _ => match (before, after) {
            (Some(a), Some(b)) if a.says_same(b) => {}
            (None, None) => {}
            _ => out.push(Odd::Unmeant(at.path.clone())),
        },
    }
}

fn members(before: &[Entry], after: &[Entry], wants: &[Want<'_>], at: &Place, out: &mut Vec<Odd>) {
    let of = |entries: &[Entry], key: &str| entries.iter().position(|entry| &*entry.key == key);
    let added = after
        .iter()
        .filter(|entry| of(before, &entry.key).is_none());
    for entry in before.iter().chain(added) {
        let inner: Vec<Want<'_>> = wants
            .iter()
            .filter_map(|want| match want.steps.split_first()? {
                (Step::Name(name), rest) if name.eq_ignore_ascii_case(&entry.key) => {
                    Some(want.inside(rest))
                }
                // A block that occurs once may be spelled with its list step.
                (Step::Index(0) | Step::Each, [Step::Name(name), rest @ ..])
                    if name.eq_ignore_ascii_case(&entry.key) =>
                {
                    Some(want.inside(rest))
                }
                // Some collections are objects keyed by name.
                (Step::Where { key: None, equals }, rest)
                    if equals.eq_ignore_ascii_case(&entry.key) =>
                {
                    Some(want.inside(rest))
                }
                _ => None,
            })
            .collect();
        let side = |entries: &'_ [Entry]| of(entries, &entry.key);
        let before = side(before).map(|index| &before[index].value);
        let after = side(after).map(|index| &after[index].value);
        let step = Step::Name(std::sync::Arc::clone(&entry.key));
        compare(before, after, &inner, &at.with(step), out);
    }
}

/// The wants of a list, sorted by what they are about.
struct Sorted<'i> {
    /// Of each item of before.
    of_item: Vec<Vec<Want<'i>>>,
    /// What is meant to be added, item by item.
    appended: Vec<Want<'i>>,
    /// What is meant inside items that were not there.
    of_new: Vec<Want<'i>>,
}

impl<'i> Sorted<'i> {
    fn new(before: &[Value], after: &[Value], wants: &[Want<'i>]) -> Self {
        // A block that occurs once may be spelled without its list step.
        let once = before.len().max(after.len()) <= 1;
        let mut sorted = Self {
            of_item: vec![Vec::new(); before.len()],
            appended: Vec::new(),
            of_new: Vec::new(),
        };
        for want in wants {
            let (inner, meant): (Want<'i>, Vec<usize>) = match want.steps.split_first() {
                None => {
                    sorted
                        .appended
                        .extend(Some(*want).filter(|want| want.how == How::Append));
                    continue;
                }
                Some((Step::Name(_), _)) if once => (*want, (0..before.len()).collect()),
                Some((step, rest)) => {
                    let meant = (0..before.len()).filter(|index| is(step, *index, &before[*index]));
                    (want.inside(rest), meant.collect())
                }
            };
            if meant.is_empty() && !inner.is_here(How::Remove) {
                sorted.of_new.push(inner);
            }
            for index in meant {
                sorted.of_item[index].push(inner);
            }
        }
        sorted
    }
}

/// Returns `true` if `step` names the item at `index`.
fn is(step: &Step, index: usize, item: &Value) -> bool {
    match step {
        Step::Each => true,
        Step::Index(position) => *position == index,
        Step::Where { key: None, equals } => text(item).eq_ignore_ascii_case(equals),
        Step::Where {
            key: Some(key),
            equals,
        } => {
            let member = item.as_map().and_then(|map| map.get_ignoring_case(key));
            member.is_some_and(|member| text(member).eq_ignore_ascii_case(equals))
        }
        Step::Name(_) => false,
    }
}

fn items(
    before: &[Value],
    after: &[Value],
    is_set: bool,
    wants: &[Want<'_>],
    at: &Place,
    out: &mut Vec<Odd>,
) {
    let mut sorted = Sorted::new(before, after, wants);
    let stays = |index: &usize| {
        let wants = &sorted.of_item[*index];
        !wants.iter().any(|want| want.is_here(How::Remove))
    };
    let kept: Vec<usize> = (0..before.len()).filter(stays).collect();
    let pairs = if is_set {
        pair_by_value(before, &kept, after)
    } else {
        pair_in_order(before, &kept, after, &sorted.of_item)
    };
    for (old, new) in pairs {
        let step = |index: usize| at.with(Step::Index(index));
        match (old, new) {
            (Some(old), new) => {
                let new = new.map(|new| &after[new]);
                let mut place = step(old);
                place.one_sided = false;
                compare(Some(&before[old]), new, &sorted.of_item[old], &place, out);
            }
            (None, Some(new)) if !sorted.appended.is_empty() => {
                let is_it = |want: &Want<'_>| {
                    let planned = |to| became::is_as_planned(None, Some(&after[new]), to);
                    want.to.is_none_or(planned)
                };
                match sorted.appended.iter().position(is_it) {
                    Some(index) => drop(sorted.appended.remove(index)),
                    None => out.push(Odd::Missed(step(new).path)),
                }
            }
            (None, Some(new)) => {
                let mut place = step(new);
                place.one_sided = true;
                if sorted.of_new.is_empty() {
                    out.push(Odd::Unmeant(place.path));
                } else {
                    compare(None, Some(&after[new]), &sorted.of_new, &place, out);
                }
            }
            (None, None) => {}
        }
    }
}

/// An item before, and what it is now; one of the two where it is gone or new.
type Pair = (Option<usize>, Option<usize>);

/// The items that stay keep their order; what comes between them is new.
fn pair_in_order(
    before: &[Value],
    kept: &[usize],
    after: &[Value],
    wants: &[Vec<Want<'_>>],
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut extra = after.len().saturating_sub(kept.len());
    let mut next = kept.iter().copied().peekable();
    for (index, item) in after.iter().enumerate() {
        match next.peek().copied() {
            Some(old) if extra == 0 || !wants[old].is_empty() || before[old].says_same(item) => {
                next.next();
                pairs.push((Some(old), Some(index)));
            }
            _ => {
                extra = extra.saturating_sub(1);
                pairs.push((None, Some(index)));
            }
        }
    }
    pairs.extend(next.map(|old| (Some(old), None)));
    pairs
}

/// The items of a set have no order: equal ones belong together, then the rest.
fn pair_by_value(before: &[Value], kept: &[usize], after: &[Value]) -> Vec<Pair> {
    let mut new: Vec<usize> = (0..after.len()).collect();
    let mut old: Vec<usize> = Vec::new();
    let mut pairs = Vec::new();
    for index in kept {
        let same = |other: &usize| before[*index].says_same(&after[*other]);
        match new.iter().position(same) {
            Some(at) => pairs.push((Some(*index), Some(new.remove(at)))),
            None => old.push(*index),
        }
    }
    let mut new = new.into_iter();
    pairs.extend(old.into_iter().map(|index| (Some(index), new.next())));
    pairs.extend(new.map(|index| (None, Some(index))));
    pairs
}

#[cfg(test)]
mod tests;
