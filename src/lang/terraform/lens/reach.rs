//! What a target of a lens says in one major version of the provider, made ready: all that does not
//! depend on what is written is found once, not once a resource.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::body::{ItemKey, Slot};
use super::parts::{argument, names, pattern, patterns};
use super::schema::{Part, Row, Target};
use crate::model::facts::Schema;
use crate::model::{ApiVersion, Data, Kind, Value};

/// What a target of a lens says in one major version, made ready.
#[derive(Debug)]
pub(super) struct Reach {
    /// The ARM type.
    pub(super) kind: Kind,
    /// The API version that the provider sends.
    pub(super) api: Option<ApiVersion>,
    /// The members of each body that only the target decides: `type` and `apiVersion`.
    pub(super) fixed: Vec<(Slot, Data)>,
    /// The member that holds the name.
    pub(super) name: Slot,
    /// The paths that it can speak of: lower case, `[*]` for elements, sorted.
    pub(super) coverage: Arc<Vec<String>>,
    /// The rows that hold in the major, in their order.
    rows: Vec<Ready>,
    /// Those of them that send something even when their argument is not written.
    always: Vec<usize>,
    /// The others, by the first name of their argument.
    by_name: FxHashMap<Arc<str>, Vec<usize>>,
}

/// A row with what of it does not depend on what is written.
#[derive(Debug)]
pub(super) struct Ready {
    /// The place of the row in its target.
    pub(super) row: usize,
    /// Whether the first repeated block on its way is the one of which each makes a resource.
    pub(super) in_each: bool,
    /// What the provider's schema says of the type of each of its arguments; `None` where nothing.
    pub(super) types: Vec<Option<String>>,
    /// The place in the body, as if each repeated block stood at position 0.
    pub(super) slots: Vec<Slot>,
    /// Those of the slots that depend on a position: the place of the slot, and where the path of
    /// the leading argument comes to the repeated block.
    pub(super) repeated: Vec<(usize, usize)>,
}

impl Reach {
    /// Makes `target` ready for `major`, with what the provider says of the type that has the lens.
    pub(super) fn of(target: &Target, major: u32, schema: Option<&Schema>) -> Self {
        let name = |text: &str| Slot::Name(Arc::from(text));
        let api = target.api_in(major);
        let text = |text: &str| Data::String(Arc::from(text));
        let version = api.map(|api| (name("apiVersion"), text(api)));
        let mut reach = Self {
            kind: Kind::new(target.arm.as_str()),
            api: api.and_then(ApiVersion::new),
            fixed: std::iter::once((name("type"), text(&target.arm)))
                .chain(version)
                .collect(),
            name: name("name"),
            coverage: Arc::new(paths(target, major)),
            rows: Vec::new(),
            always: Vec::new(),
            by_name: FxHashMap::default(),
        };
        for (index, row) in target.rows.iter().enumerate() {
            let Some(lead) = row.lead().filter(|_| row.is_in(major)) else {
                continue;
            };
            let place = reach.rows.len();
            reach.rows.push(Ready::of(index, row, target, schema));
            match lead.split_first() {
                Some((Part::Name(name), rest)) => {
                    let in_block = rest.iter().all(|part| *part == Part::Each);
                    if row.sent_for_absent(in_block, major).is_none() {
                        let rows = reach.by_name.entry(Arc::clone(name)).or_default();
                        rows.push(place);
                    } else {
                        reach.always.push(place);
                    }
                }
                _ => reach.always.push(place),
            }
        }
        reach
    }

    /// The rows that can send anything for `args`, in their order. Most rows of most resources read
    /// what is not written and send nothing for that; they are not among them.
    pub(super) fn rows_for(&self, args: &Value) -> Vec<&Ready> {
        let Some(args) = args.as_map().filter(|args| !args.open) else {
            return self.rows.iter().collect();
        };
        let written = args.entries.iter().filter(|entry| !entry.value.is_null());
        let of_written = written
            .filter_map(|entry| self.by_name.get(&entry.key))
            .flatten();
        let mut rows: Vec<&Ready> = Vec::with_capacity(self.always.len() + 2 * args.entries.len());
        let places = self.always.iter().chain(of_written);
        rows.extend(places.filter_map(|place| self.rows.get(*place)));
        rows.sort_unstable_by_key(|ready| ready.row);
        rows
    }
}

impl Ready {
    fn of(index: usize, row: &Row, target: &Target, schema: Option<&Schema>) -> Self {
        let lead = row.lead().unwrap_or_default();
        let each = target.each.as_deref();
        let in_each = each.is_some_and(
            |each| matches!(lead, [Part::Name(name), Part::Each, ..] if **name == *each),
        );
        let types = row.tf.iter().map(|path| {
            let attribute = schema?.attribute(&names(path))?;
            Some(element_type(&attribute.ty, path).to_owned())
        });
        let mut ready = Self {
            row: index,
            in_each,
            types: types.collect(),
            slots: Vec::with_capacity(row.arm.len()),
            repeated: Vec::new(),
        };
        // Where each makes a resource, its own position is no position in the body.
        let mut ends = star_ends(lead).skip(usize::from(in_each));
        for part in &row.arm {
            if part.is_star() {
                // A property that repeats more often than its argument is spoken of as far as it does not.
                let Some(end) = ends.next() else { break };
                ready.repeated.push((ready.slots.len(), end));
                let block = argument(lead.get(..end).unwrap_or_default());
                ready.slots.push(slot(part, &block));
            } else {
                ready.slots.push(slot(part, ""));
            }
        }
        ready
    }
}

/// The slot of one step of a property's path; `block` is the repeated block that it stands for.
fn slot(part: &Part, block: &str) -> Slot {
    let item = |key: String, position| -> ItemKey { (Arc::from(key), position) };
    let text = |text: &String| Arc::from(text.as_str());
    match part {
        Part::Name(name) => Slot::Name(Arc::clone(name)),
        Part::At(index) => Slot::Item(item(String::new(), *index as usize)),
        Part::Append => Slot::Append,
        Part::Where(key, value) => {
            Slot::Where(item(format!("{key}={value}"), 0), text(key), text(value))
        }
        Part::Each => Slot::Item(item(block.to_owned(), 0)),
        Part::Key => Slot::Nameless,
        Part::EachWhere(key, value) => {
            let item = item(format!("{block}:{key}={value}"), 0);
            Slot::Where(item, text(key), text(value))
        }
    }
}

/// The length of the path up to and with each of its `[*]`.
fn star_ends(path: &[Part]) -> impl Iterator<Item = usize> {
    let stars = path.iter().enumerate().filter(|(_, part)| part.is_star());
    stars.map(|(index, _)| index + 1)
}

/// The type of what a path names: the attribute's, or that of its elements.
fn element_type<'t>(ty: &'t str, path: &[Part]) -> &'t str {
    let inner = |prefix: &str| ty.strip_prefix(prefix).and_then(|it| it.strip_suffix(')'));
    match path.last() {
        Some(part) if part.is_star() => inner("list(").or_else(|| inner("set(")).unwrap_or(ty),
        _ => ty,
    }
}

fn paths(target: &Target, major: u32) -> Vec<String> {
    let always = ["type", "apiversion", "name"].map(str::to_owned);
    let constants = target
        .constants
        .iter()
        .map(|constant| pattern(&constant.arm));
    let mut paths: Vec<String> = always.into_iter().chain(constants).collect();
    for row in target.rows_in(major) {
        paths.extend(patterns(row));
    }
    paths.sort();
    paths.dedup();
    paths
}
