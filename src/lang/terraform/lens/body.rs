//! The ARM body under construction: rows set values at paths, in any order.

use std::sync::Arc;

use crate::model::{Data, Entry, Origin, Value};

/// How strong a value's claim to its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// The provider or the service fills it in.
    Default,
    /// It was written.
    Written,
}

/// One step to a place in the body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Slot {
    /// A member.
    Name(Arc<str>),
    /// The item of a list that stands for this thing in the arguments.
    Item(ItemKey),
    /// The item that has this member; it gets it if it is new.
    Where(ItemKey, Arc<str>, Arc<str>),
    /// One more item.
    Append,
    /// A member whose name is not known.
    Nameless,
}

/// What an item of a list stands for in the arguments: the repeated block or list, and the position
/// in it; an empty text for an item that does not come from a repeated thing.
pub(super) type ItemKey = (Arc<str>, usize);

#[derive(Debug)]
enum Node {
    Leaf(Value, Claim),
    Map(Vec<(Arc<str>, Node)>, Origin, bool),
    List(Vec<(Option<ItemKey>, Node)>, Origin),
}

/// The body.
#[derive(Debug)]
pub(super) struct Body(Node);

impl Body {
    /// An empty body whose whole is said at `origin`.
    pub(super) fn new(origin: Origin) -> Self {
        // Most have a type, a version, a name, a location and properties, and little else.
        Self(Node::Map(Vec::with_capacity(8), origin, false))
    }

    /// Puts `value` at `slots`, making what is missing on the way as said `around`. What is written
    /// stays against defaults; of two written values the later one stays.
    pub(super) fn set(&mut self, slots: &[Slot], value: Value, claim: Claim, around: Origin) {
        put(&mut self.0, slots, value, claim, around);
    }

    /// Says that nothing is sent at `slots` although something is written about it at `origin`. Nothing
    /// is made on the way, and what is there stays.
    pub(super) fn omit(&mut self, slots: &[Slot], origin: Origin) {
        omit(&mut self.0, slots, origin);
    }

    /// Sets `value` at each place of `slots` that the lists already have; an [`Slot::Append`] stands
    /// for each item. Nothing that is there changes.
    pub(super) fn fill(&mut self, slots: &[Slot], value: &Value) {
        fill(&mut self.0, slots, value);
    }

    /// The finished body.
    pub(super) fn finish(self) -> Value {
        finish(self.0)
    }
}

fn put(node: &mut Node, slots: &[Slot], value: Value, claim: Claim, around: Origin) {
    let Some((slot, rest)) = slots.split_first() else {
        settle(node, value, claim);
        return;
    };
    if let Node::Leaf(leaf, held) = node {
        // A known leaf on the way gives place to what stands inside it; an unknown one holds all.
        if matches!(leaf.data, Data::Unknown(_)) || *held > claim {
            return;
        }
        *node = empty(slot, around);
    }
    match (slot, node) {
        (Slot::Name(name), Node::Map(members, ..)) => {
            let member = member(members, name, rest, around);
            put(member, rest, value, claim, around);
        }
        (Slot::Nameless, Node::Map(.., open)) => *open = true,
        (Slot::Append, Node::List(items, _)) => {
            items.push((None, fresh(rest, around)));
            if let Some((_, item)) = items.last_mut() {
                put(item, rest, value, claim, around);
            }
        }
        (Slot::Item(key), Node::List(items, _)) => {
            let item = item(items, key, rest, around);
            put(item, rest, value, claim, around);
        }
        (Slot::Where(key, name, text), Node::List(items, _)) => {
            let item = item(items, key, rest, around);
            if let Node::Map(members, ..) = item {
                let named = Value::string(Arc::clone(text), around);
                let place = member(members, name, &[], around);
                settle(place, named, Claim::Default);
            }
            put(item, rest, value, claim, around);
        }
        // The rows disagree on the shape of this place; the first one stays.
        _ => {}
    }
}

/// An unset node of the shape that the first of `slots` needs.
fn fresh(slots: &[Slot], around: Origin) -> Node {
    match slots.first() {
        Some(slot) => empty(slot, around),
        None => Node::Leaf(Value::null(around), Claim::Default),
    }
}

fn empty(slot: &Slot, around: Origin) -> Node {
    match slot {
        Slot::Name(_) | Slot::Nameless => Node::Map(Vec::new(), around, false),
        Slot::Item(_) | Slot::Where(..) | Slot::Append => Node::List(Vec::new(), around),
    }
}

fn member<'n>(
    members: &'n mut Vec<(Arc<str>, Node)>,
    name: &Arc<str>,
    rest: &[Slot],
    around: Origin,
) -> &'n mut Node {
    let found = members
        .iter()
        .position(|(key, _)| key.len() == name.len() && key.eq_ignore_ascii_case(name));
    let index = found.unwrap_or_else(|| {
        members.push((Arc::clone(name), fresh(rest, around)));
        members.len() - 1
    });
    &mut members[index].1
}

fn item<'n>(
    items: &'n mut Vec<(Option<ItemKey>, Node)>,
    key: &ItemKey,
    rest: &[Slot],
    around: Origin,
) -> &'n mut Node {
    let found = items
        .iter()
        .position(|(known, _)| known.as_ref() == Some(key));
    let index = found.unwrap_or_else(|| {
        items.push((Some(key.clone()), fresh(rest, around)));
        items.len() - 1
    });
    &mut items[index].1
}

/// Puts a value where one may already be.
fn settle(node: &mut Node, value: Value, claim: Claim) {
    match node {
        Node::Leaf(held, _) if held.is_null() => *node = Node::Leaf(value, claim),
        Node::Leaf(_, held) if *held > claim => {}
        Node::Leaf(_, held) if *held == Claim::Default && claim == Claim::Default => {}
        Node::Leaf(held, _) => {
            // Several arguments may each add to one list.
            let joined = match (&held.data, &value.data) {
                (Data::List(first), Data::List(second)) => {
                    let items = first.items.iter().chain(&second.items).cloned();
                    Value::list(items.collect(), held.origin)
                }
                _ => value,
            };
            *node = Node::Leaf(joined, claim);
        }
        Node::List(items, _) => match &value.data {
            Data::List(list) => {
                let more = list.items.iter();
                items.extend(more.map(|item| (None, Node::Leaf(item.clone(), claim))));
            }
            Data::Unknown(_) => *node = Node::Leaf(value, claim),
            _ => {}
        },
        Node::Map(members, ..) => match &value.data {
            Data::Unknown(_) if claim == Claim::Written => *node = Node::Leaf(value, claim),
            Data::Map(map) => {
                for entry in &map.entries {
                    let place = member(members, &entry.key, &[], value.origin);
                    settle(place, entry.value.clone(), claim);
                }
            }
            _ => {}
        },
    }
}

fn omit(node: &mut Node, slots: &[Slot], origin: Origin) {
    let Some((slot, rest)) = slots.split_first() else {
        return;
    };
    match (slot, node) {
        (Slot::Name(name), Node::Map(members, ..)) => {
            let mut found = members.iter_mut();
            match found.find(|(key, _)| key.eq_ignore_ascii_case(name)) {
                Some((_, member)) => omit(member, rest, origin),
                None if rest.is_empty() => {
                    let null = Node::Leaf(Value::null(origin), Claim::Default);
                    members.push((Arc::clone(name), null));
                }
                None => {}
            }
        }
        (Slot::Item(key), Node::List(items, _)) => {
            let mut found = items.iter_mut();
            if let Some((_, item)) = found.find(|(known, _)| known.as_ref() == Some(key)) {
                omit(item, rest, origin);
            }
        }
        _ => {}
    }
}

fn fill(node: &mut Node, slots: &[Slot], value: &Value) {
    let Some((slot, rest)) = slots.split_first() else {
        settle(node, value.clone(), Claim::Default);
        return;
    };
    match (slot, node) {
        (Slot::Append, Node::List(items, _)) => {
            for (_, item) in items {
                fill(item, rest, value);
            }
        }
        (Slot::Name(name), Node::Map(members, origin, _)) => {
            let origin = *origin;
            let lists = slots.contains(&Slot::Append);
            let there = members
                .iter()
                .any(|(key, _)| key.eq_ignore_ascii_case(name));
            if there || !lists {
                fill(member(members, name, rest, origin), rest, value);
            }
        }
        _ => {}
    }
}

fn finish(node: Node) -> Value {
    match node {
        Node::Leaf(value, _) => value,
        Node::Map(members, origin, open) => {
            let entries = members.into_iter().map(|(key, node)| Entry {
                key,
                value: finish(node),
            });
            let mut entries: Vec<Entry> = entries.collect();
            // They were collected in the place of the nodes, which are larger and had room for more.
            if entries.capacity() > 2 * entries.len() {
                entries.shrink_to_fit();
            }
            let mut value = Value::map(entries, origin);
            if open && let Data::Map(map) = &mut value.data {
                Arc::make_mut(map).open = true;
            }
            value
        }
        Node::List(items, origin) => Value::list(
            items.into_iter().map(|(_, node)| finish(node)).collect(),
            origin,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Slot {
        Slot::Name(Arc::from(text))
    }

    fn text(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn sample() -> Body {
        Body::new(Origin::NOWHERE)
    }

    #[test]
    fn what_is_written_stays_against_defaults() {
        for (first, second) in [
            (Claim::Written, Claim::Default),
            (Claim::Default, Claim::Written),
        ] {
            let mut body = sample();
            let value = |claim| text(if claim == Claim::Written { "w" } else { "d" });
            body.set(&[name("a")], value(first), first, Origin::NOWHERE);
            body.set(&[name("A")], value(second), second, Origin::NOWHERE);
            let body = body.finish();
            assert_eq!(body.as_map().unwrap().get("a"), Some(&text("w")));
            assert_eq!(body.as_map().unwrap().entries.len(), 1);
        }
    }

    #[test]
    fn items_of_two_repeated_blocks_do_not_meet() {
        let mut body = sample();
        for (block, value) in [("log", "1"), ("enabled_log", "2"), ("log", "3")] {
            let slots = [name("logs"), Slot::Item((Arc::from(block), 0)), name("x")];
            body.set(&slots, text(value), Claim::Written, Origin::NOWHERE);
        }
        body.fill(&[name("logs"), Slot::Append, name("on")], &text("y"));
        body.fill(&[name("none"), Slot::Append, name("on")], &text("y"));
        let body = body.finish();
        let logs = body
            .as_map()
            .unwrap()
            .get("logs")
            .unwrap()
            .as_list()
            .unwrap()
            .to_vec();
        let xs: Vec<_> = logs
            .iter()
            .map(|it| it.as_map().unwrap().get("x").cloned())
            .collect();
        assert_eq!(xs, [Some(text("3")), Some(text("2"))]);
        assert!(
            logs.iter()
                .all(|it| it.as_map().unwrap().get("on") == Some(&text("y")))
        );
        assert!(body.as_map().unwrap().get("none").is_none());
    }
}
