//! Follows the path of an argument into what was written, once for each repeated block on the way.

use std::sync::Arc;

use super::parts::names;
use super::schema::Part;
use crate::model::facts::Schema;
use crate::model::{Data, Origin, Unknown, Value, Why};

/// What stands at an argument.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// A value that is neither null nor unknown, or a block.
    Value(Value),
    /// A list without items, where its items were asked for.
    Empty(Value),
    /// Nothing, or null. `in_block` is `true` when the block around the argument is there.
    Absent { in_block: bool },
    /// It, or something on the way to it, is not known.
    Unknown(Arc<Unknown>, Origin),
}

/// The positions in the repeated blocks on a way, outermost first. Few blocks stand in more than two
/// repeated ones, so the first few take no memory of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    few: [usize; 3],
    /// How many of the few there are; beyond them all positions are in `many`.
    count: usize,
    many: Vec<usize>,
}

impl Positions {
    fn push(&mut self, position: usize) {
        if let Some(place) = self.few.get_mut(self.count) {
            *place = position;
            self.count += 1;
        } else {
            if self.many.is_empty() {
                self.many.extend(self.few);
            }
            self.many.push(position);
        }
    }
}

impl std::ops::Deref for Positions {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        if self.many.is_empty() {
            self.few.get(..self.count).unwrap_or_default()
        } else {
            &self.many
        }
    }
}

/// One occurrence of an argument.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// The position in each repeated block or list on the way; shorter than the path's `[*]` when the
    /// way ended before.
    pub(super) at: Positions,
    /// What stands there.
    pub(super) found: Found,
    /// The innermost block around it that is there.
    pub(super) around: Origin,
    /// Whether it, or something on the way, must never be printed.
    pub(super) sensitive: bool,
}

/// The occurrences of the argument at `path` in `args`; only those at the positions `within`, as far
/// as that goes.
pub(super) fn read(
    args: &Value,
    path: &[Part],
    schema: Option<&Schema>,
    within: &[usize],
) -> Vec<Reading> {
    let mut readings = Vec::new();
    each_reading(args, path, schema, within, &mut |reading| {
        readings.push(reading);
    });
    readings
}

/// Gives each of what [`read`] lists to `sink`.
pub(super) fn each_reading(
    args: &Value,
    path: &[Part],
    schema: Option<&Schema>,
    within: &[usize],
    sink: &mut dyn FnMut(Reading),
) {
    let mut reader = Reader {
        path,
        schema,
        within,
        sink,
    };
    let start = Place {
        at: Positions::default(),
        around: args.origin,
        sensitive: false,
    };
    reader.follow(args, path, start);
}

struct Reader<'r> {
    path: &'r [Part],
    schema: Option<&'r Schema>,
    within: &'r [usize],
    sink: &'r mut dyn FnMut(Reading),
}

#[derive(Clone)]
struct Place {
    at: Positions,
    around: Origin,
    sensitive: bool,
}

impl Reader<'_> {
    fn follow(&mut self, value: &Value, path: &[Part], mut place: Place) {
        place.sensitive |= value.sensitive;
        if let Data::Unknown(unknown) = &value.data {
            self.push(place, Found::Unknown(Arc::clone(unknown), value.origin));
            return;
        }
        let Some((part, rest)) = path.split_first() else {
            let found = self.end(value);
            self.push(place, found);
            return;
        };
        match (part, &value.data) {
            (Part::Name(_), Data::List(list)) => match list.items.first() {
                Some(item) => self.follow(item, path, place),
                None => self.push(place, Found::Absent { in_block: false }),
            },
            (Part::Name(name), Data::Map(map)) => {
                place.around = value.origin;
                match map.get(name) {
                    Some(member) if !member.is_null() => self.follow(member, rest, place),
                    None if map.open => {
                        let unknown = Arc::new(Unknown::because(Why::Computed));
                        self.push(place, Found::Unknown(unknown, value.origin));
                    }
                    Some(_) | None => self.push(place, absent(rest)),
                }
            }
            (Part::Each, Data::List(list)) if list.items.is_empty() => {
                self.push(place, Found::Empty(value.clone()));
            }
            (Part::Each, Data::List(list)) => self.each(&list.items, rest, &place),
            (Part::Each, _) => self.each(std::slice::from_ref(value), rest, &place),
            (Part::At(index), Data::List(list)) => match list.items.get(*index as usize) {
                Some(item) => self.follow(item, rest, place),
                None => self.push(place, Found::Absent { in_block: false }),
            },
            _ => self.push(place, Found::Absent { in_block: false }),
        }
    }

    fn each(&mut self, items: &[Value], rest: &[Part], place: &Place) {
        let wanted = self.within.get(place.at.len()).copied();
        for (index, item) in items.iter().enumerate() {
            if wanted.is_none_or(|wanted| wanted == index) {
                let mut place = place.clone();
                place.at.push(index);
                self.follow(item, rest, place);
            }
        }
    }

    fn end(&self, value: &Value) -> Found {
        match &value.data {
            Data::Null => Found::Absent { in_block: true },
            Data::List(list) if list.items.is_empty() && self.is_block() => {
                Found::Absent { in_block: true }
            }
            _ => Found::Value(value.clone()),
        }
    }

    /// Returns `true` if the path leads to a block.
    fn is_block(&self) -> bool {
        self.schema
            .is_some_and(|schema| schema.is_block(&names(self.path)))
    }

    fn push(&mut self, place: Place, found: Found) {
        let Place {
            at,
            around,
            sensitive,
        } = place;
        (self.sink)(Reading {
            at,
            found,
            around,
            sensitive,
        });
    }
}

fn absent(rest: &[Part]) -> Found {
    Found::Absent {
        in_block: rest.iter().all(|part| *part == Part::Each),
    }
}
