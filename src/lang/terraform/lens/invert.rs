//! From a wish about a property to wishes about arguments.

use std::sync::Arc;

use super::inverse::{Back, Meeting, backward, meet};
use super::parts::{self, argument};
use super::read::{Found, read};
use super::schema::{Part, Row, Target, Via};
use super::table;
use super::when::{Scene, Truth};
use crate::edit::Refusal;
use crate::model::facts::{Schema, schema};
use crate::model::{Change, Data, Entry, Fragment, Origin, Path, Step, Value, Written};

/// The wishes about `written`'s arguments that fulfil `change` in `fragment`.
pub(super) fn changes(
    written: &Written,
    fragment: &Fragment,
    change: &Change,
) -> Result<Vec<Change>, Refusal> {
    let kind = written.kind.as_str();
    let refusal = || Refusal(format!("`{kind}` has no lens."));
    let lens = table::lens(kind).ok_or_else(refusal)?;
    let major = lens.major(written.provider_major);
    let fits = |target: &&Target| {
        let name = fragment.identity.names.last().and_then(Value::as_str);
        fragment.kind.is(&target.arm)
            && (target.majors.is_empty() || target.majors.contains(&major))
            && target
                .name
                .as_deref()
                .is_none_or(|own| name.is_none_or(|it| own.eq_ignore_ascii_case(it)))
    };
    let mirrors = lens
        .mirrors
        .iter()
        .any(|mirror| fragment.kind.is(&mirror.arm));
    let target = lens.targets.iter().find(fits);
    let target = target
        .or_else(|| lens.targets.first().filter(|_| mirrors))
        .ok_or_else(refusal)?;
    let schema = schema(kind);
    let mut back = Backward::new(kind, target, schema.as_deref(), major, &written.args);
    back.each_at = each_position(written, target, fragment);
    match change {
        // A fragment that goes as a whole goes with its block, where that makes nothing else.
        Change::Remove { path } if path.0.is_empty() => match target.each {
            None if lens
                .targets
                .first()
                .is_some_and(|it| std::ptr::eq(it, target)) =>
            {
                Ok(vec![change.clone()])
            }
            _ => Err(back.refuse(path, None)),
        },
        Change::Set { path, to } if to.is_null() => back.remove(path),
        Change::Set { path, to } => back.set(path, to),
        Change::Append { path, item } => back.append(path, item),
        Change::Remove { path } => back.remove(path),
        Change::AddResource { .. } => Ok(vec![change.clone()]),
    }
}

/// Which of the repeated blocks makes the fragment, where each makes one.
fn each_position(written: &Written, target: &Target, fragment: &Fragment) -> Option<usize> {
    target.each.as_ref()?;
    let name = fragment.identity.names.last()?;
    let path = target.name_arg.as_ref()?;
    let readings = read(&written.args, path, None, &[]);
    let same = |found: &Found| matches!(found, Found::Value(value) if value.says_same(name));
    readings
        .iter()
        .find(|reading| same(&reading.found))?
        .at
        .first()
        .copied()
}

/// Reads the rows of one target backwards.
pub(super) struct Backward<'b> {
    kind: &'b str,
    target: &'b Target,
    schema: Option<&'b Schema>,
    major: u32,
    args: &'b Value,
    each_at: Option<usize>,
}

impl<'b> Backward<'b> {
    pub(super) fn new(
        kind: &'b str,
        target: &'b Target,
        schema: Option<&'b Schema>,
        major: u32,
        args: &'b Value,
    ) -> Self {
        Self {
            kind,
            target,
            schema,
            major,
            args,
            each_at: None,
        }
    }

    /// The changes that make the property at `path` be `to`.
    pub(super) fn set(&self, path: &Path, to: &Value) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        for (argument, back) in self.lower(path, to)? {
            changes.push(match back {
                Back::Value(to) => Change::Set { path: argument, to },
                Back::Gone => Change::Remove { path: argument },
                Back::Present => {
                    self.can_be_empty(&argument)?;
                    Change::Set {
                        path: argument,
                        to: Value::map(Vec::new(), Origin::NOWHERE),
                    }
                }
            });
        }
        Ok(settled(&changes))
    }

    /// The arguments, and what they must be, so that the property at `path` is `to`.
    pub(super) fn lower(&self, path: &Path, to: &Value) -> Result<Vec<(Path, Back)>, Refusal> {
        let candidates = self.candidates(path);
        let mut reason = None;
        for (row, places, rest) in &candidates {
            match self.through(row, places, rest, to) {
                Ok(found) => return Ok(found),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        let around = self
            .rows()
            .any(|row| meet(&row.arm, &path.0) == Some(Meeting::Around));
        match &to.data {
            Data::Map(map) if around || path.0.is_empty() => {
                let mut all = Vec::new();
                for entry in &map.entries {
                    all.extend(self.lower(&path.member(&entry.key), &entry.value)?);
                }
                Ok(without_mere_presence(all))
            }
            Data::List(list) if around => {
                let mut all = Vec::new();
                for (index, item) in list.items.iter().enumerate() {
                    all.extend(self.lower(&path.with(Step::Index(index)), item)?);
                }
                Ok(all)
            }
            _ if self.is_constant(path, to) => Ok(Vec::new()),
            _ => Err(self.refuse(path, reason)),
        }
    }

    fn refuse(&self, path: &Path, reason: Option<String>) -> Refusal {
        let kind = self.kind;
        Refusal(match reason {
            Some(reason) => format!("`{path}` cannot be set through `{kind}`: {reason}."),
            None => format!("`{kind}` has no argument for `{path}`."),
        })
    }

    fn rows(&self) -> impl Iterator<Item = &'b Row> {
        self.target.rows_in(self.major)
    }

    fn is_constant(&self, path: &Path, to: &Value) -> bool {
        let pattern = path.pattern();
        let always = self.target.constants.iter().any(|constant| {
            parts::pattern(&constant.arm) == pattern && super::convert::says(to, &constant.value)
        });
        always || ["type", "apiversion"].contains(&pattern.as_str())
    }

    /// The rows that speak of `path`, best first, with the steps at their lists and what is left of
    /// the path.
    fn candidates(&self, path: &Path) -> Vec<(&'b Row, Vec<Step>, Vec<Step>)> {
        let scene = Scene {
            args: self.args,
            schema: self.schema,
            major: self.major,
        };
        let mut found = Vec::new();
        for (order, row) in self.rows().enumerate() {
            let (places, rest) = match meet(&row.arm, &path.0) {
                Some(Meeting::Exact(places)) => (places, Vec::new()),
                Some(Meeting::Inside(places, rest)) => (places, rest),
                Some(Meeting::Around) | None => continue,
            };
            let at = positions(&places);
            let holds = row
                .when
                .as_ref()
                .map_or(Truth::Yes, |when| scene.holds(when, &at));
            let written = row.tf.iter().any(|path| {
                let readings = read(self.args, path, self.schema, &at);
                readings
                    .iter()
                    .any(|it| matches!(it.found, Found::Value(_) | Found::Unknown(..)))
            });
            // Where one major knows two names, the older one is understood by all of its releases.
            let newer = row.is_in(self.major + 1);
            let rank = (
                matches!(holds, Truth::No),
                !written,
                row.mapped("<set>").is_some(),
                newer,
                order,
            );
            found.push((rank, (row, places, rest)));
        }
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, candidate)| candidate).collect()
    }

    /// What one row makes of it.
    fn through(
        &self,
        row: &'b Row,
        places: &[Step],
        rest: &[Step],
        to: &Value,
    ) -> Result<Vec<(Path, Back)>, String> {
        if !rest.is_empty() {
            return self.inside(row, places, rest, to);
        }
        let backs = match row.arm.last() {
            Some(Part::Append) => vec![membership(row, to).ok_or("it is one of several values")?],
            _ => backward(row, self.schema, to)?,
        };
        let mut found = Vec::new();
        for (path, back) in row.tf.iter().zip(backs) {
            let unchanged = row.tf.len() > 1 && self.already(path, &back);
            if !unchanged {
                found.push((self.place(row, path, places)?, back));
            }
        }
        Ok(found)
    }

    /// Returns `true` if the argument has that value already.
    fn already(&self, path: &[Part], back: &Back) -> bool {
        let Back::Value(value) = back else {
            return false;
        };
        let readings = read(self.args, path, self.schema, &[]);
        readings
            .iter()
            .any(|it| matches!(&it.found, Found::Value(found) if found.says_same(value)))
    }

    /// A path inside what a row speaks of: a key of a map, an item of a plain list.
    fn inside(
        &self,
        row: &'b Row,
        places: &[Step],
        rest: &[Step],
        to: &Value,
    ) -> Result<Vec<(Path, Back)>, String> {
        let [argument] = row.tf.as_slice() else {
            return Err("it is made from several arguments".to_owned());
        };
        let place = self.place(row, argument, places)?;
        let plain = row.map.is_empty() && !row.not;
        match (&row.via, rest) {
            (
                Some(Via::Pairs(member)),
                [
                    Step::Where {
                        key: Some(key),
                        equals,
                    },
                    Step::Name(name),
                ],
            ) if key.eq_ignore_ascii_case("name") && name.eq_ignore_ascii_case(member) => {
                Ok(vec![(place.member(equals), Back::Value(to.clone()))])
            }
            (None, _) if plain => Ok(vec![(
                place.then(&Path(rest.to_vec())),
                Back::Value(to.clone()),
            )]),
            _ => Err(format!(
                "`{}` is converted as a whole",
                parts::argument(argument)
            )),
        }
    }

    /// The path of an argument in Terraform's terms, at the places of the body's lists.
    fn place(&self, row: &Row, path: &[Part], places: &[Step]) -> Result<Path, String> {
        let mut steps = Vec::new();
        let mut places = places.iter();
        let mut stars = 0;
        for (index, part) in path.iter().enumerate() {
            match part {
                Part::Name(name) => steps.push(Step::Name(Arc::clone(name))),
                Part::At(index) => steps.push(Step::Index(*index as usize)),
                Part::Each if stars == 0 && self.is_each(path) => {
                    steps.push(self.each_at.map_or(Step::Each, Step::Index));
                    stars += 1;
                }
                _ => {
                    let block = path.get(..index).unwrap_or_default();
                    let step = places.next().unwrap_or(&Step::Each);
                    steps.push(self.item(row, block, step, stars)?);
                    stars += 1;
                }
            }
        }
        Ok(Path(steps))
    }

    fn is_each(&self, path: &[Part]) -> bool {
        let each = self.target.each.as_deref();
        matches!(path, [Part::Name(name), Part::Each, ..] if Some(&**name) == each)
    }

    /// The item of the repeated `block` that stands for the body's item at `step`.
    fn item(&self, row: &Row, block: &[Part], step: &Step, star: usize) -> Result<Step, String> {
        match step {
            Step::Each => Ok(Step::Each),
            Step::Index(index) => {
                let offset = self.offset(row, block, star);
                let missing = || format!("item {index} does not come from `{}`", argument(block));
                index
                    .checked_sub(offset)
                    .map(Step::Index)
                    .ok_or_else(missing)
            }
            Step::Where { key, equals } => {
                let name = self.item_name(row, block, star, key.as_deref());
                let name =
                    name.ok_or_else(|| format!("`{}` does not name its items", argument(block)))?;
                Ok(Step::Where {
                    key: name,
                    equals: Arc::clone(equals),
                })
            }
            Step::Name(name) => Ok(Step::Where {
                key: Some(Arc::from("name")),
                equals: Arc::clone(name),
            }),
        }
    }

    /// How many items of the body's list come from other blocks before this one's.
    fn offset(&self, row: &Row, block: &[Part], star: usize) -> usize {
        let Some(list) = star_prefix(&row.arm, star) else {
            return 0;
        };
        let mut seen: Vec<&[Part]> = Vec::new();
        let mut offset = 0;
        for other in self.rows() {
            let lead = other.tf.first().map(Vec::as_slice).unwrap_or_default();
            let (Some(arm), Some(tf)) = (star_prefix(&other.arm, star), star_prefix(lead, star))
            else {
                continue;
            };
            if tf == block {
                return offset;
            }
            if arm == list && !seen.contains(&tf) {
                seen.push(tf);
                let path: Vec<Part> = tf.iter().cloned().chain([Part::Each]).collect();
                let readings = read(self.args, &path, self.schema, &[]);
                offset += readings.iter().filter(|it| it.at.len() == star + 1).count();
            }
        }
        offset
    }

    /// The argument that stands for the member `key` of the items: `Some(None)` where the item itself
    /// is that value.
    #[expect(
        clippy::option_option,
        reason = "no argument and an item without a name are two answers"
    )]
    fn item_name(
        &self,
        row: &Row,
        block: &[Part],
        star: usize,
        key: Option<&str>,
    ) -> Option<Option<Arc<str>>> {
        let list = star_prefix(&row.arm, star)?;
        let Some(key) = key else { return Some(None) };
        for other in self.rows() {
            let rest = other.arm.get(list.len() + 1..).unwrap_or_default();
            let same_list = star_prefix(&other.arm, star) == Some(list);
            let names_key = matches!(rest, [Part::Name(name)] if name.eq_ignore_ascii_case(key));
            let lead = other.tf.first().map(Vec::as_slice).unwrap_or_default();
            if !same_list || !names_key || star_prefix(lead, star) != Some(block) {
                continue;
            }
            match lead.get(block.len() + 1..) {
                Some([]) => return Some(None),
                Some([Part::Name(name)]) => return Some(Some(Arc::clone(name))),
                _ => {}
            }
        }
        None
    }

    /// Refuses a block that cannot be written without values that nobody gave.
    fn can_be_empty(&self, path: &Path) -> Result<(), Refusal> {
        let names: Vec<&str> = path_names(path);
        let shown = names.join(".");
        let Some(inside) = self.schema.and_then(|schema| schema.inside(&names)) else {
            return Err(Refusal(format!(
                "`{shown}` needs a value that only a person can choose."
            )));
        };
        let missing: Vec<&str> = inside
            .attributes
            .iter()
            .filter(|(_, attribute)| attribute.required)
            .map(|(name, _)| &**name)
            .chain(
                inside
                    .blocks
                    .iter()
                    .filter(|(_, it)| it.min > 0)
                    .map(|(name, _)| &**name),
            )
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing = missing.join("`, `");
        Err(Refusal(format!(
            "The block `{shown}` needs `{missing}`, which only a person can choose."
        )))
    }

    /// The changes that add `item` to the list at `path`.
    fn append(&self, path: &Path, item: &Value) -> Result<Vec<Change>, Refusal> {
        // A list that is the value of one argument takes the item as it is.
        for (row, places, rest) in self.candidates(path) {
            let plain = row.map.is_empty() && row.via.is_none() && rest.is_empty();
            if let ([argument], true) = (row.tf.as_slice(), plain) {
                let path = self.place(row, argument, &places).map_err(Refusal)?;
                return Ok(vec![Change::Append {
                    path,
                    item: item.clone(),
                }]);
            }
        }
        let found = self.lower(&path.with(Step::Index(0)), item)?;
        let Some((first, _)) = found.first() else {
            return Err(self.refuse(path, None));
        };
        // The item's position does not matter: what stands around it is the list to add to.
        let Some(end) = first
            .0
            .iter()
            .rposition(|step| matches!(step, Step::Index(_)))
        else {
            return self.set(&path.with(Step::Index(0)), item);
        };
        let list = Path(first.0.get(..end).unwrap_or_default().to_vec());
        let entries = found.into_iter().map(|(path, back)| {
            let inner = path.0.get(end + 1..).unwrap_or_default().to_vec();
            (Path(inner), back)
        });
        let entries: Vec<(Path, Back)> = entries.collect();
        let item = match entries.as_slice() {
            [(path, Back::Value(value))] if path.0.is_empty() => value.clone(),
            _ => Value::map(nest(&entries, self.schema, &path_names(&list)), item.origin),
        };
        Ok(vec![Change::Append { path: list, item }])
    }

    /// The changes that make what is at `path` be gone.
    fn remove(&self, path: &Path) -> Result<Vec<Change>, Refusal> {
        let candidates = self.candidates(path);
        if let Some((row, places, rest)) = candidates.first() {
            let [argument] = row.tf.as_slice() else {
                return Err(self.refuse(path, Some("it is made from several arguments".to_owned())));
            };
            let place = self.place(row, argument, places).map_err(Refusal)?;
            if !rest.is_empty() && (row.via.is_some() || !row.map.is_empty()) {
                return Err(self.refuse(path, Some("it is converted as a whole".to_owned())));
            }
            return Ok(vec![Change::Remove {
                path: place.then(&Path(rest.clone())),
            }]);
        }
        let within: Vec<&Row> = self
            .rows()
            .filter(|row| meet(&row.arm, &path.0) == Some(Meeting::Around))
            .collect();
        if within.is_empty() {
            return Err(self.refuse(path, None));
        }
        match path.0.last() {
            Some(Step::Index(_) | Step::Each | Step::Where { .. }) => {
                self.remove_item(path, &within)
            }
            Some(Step::Name(_)) | None => self.remove_object(path, &within),
        }
    }

    /// An item of a list: the block or the value that it comes from.
    fn remove_item(&self, path: &Path, within: &[&Row]) -> Result<Vec<Change>, Refusal> {
        let mut reason = None;
        for row in within {
            let lead = row.tf.first().map(Vec::as_slice).unwrap_or_default();
            let prefix: Vec<Part> = row.arm.get(..path.0.len()).unwrap_or_default().to_vec();
            let star = prefix.iter().filter(|part| part.is_star()).count();
            let Some(Meeting::Exact(places)) = meet(&prefix, &path.0) else {
                continue;
            };
            let Some(block) = star.checked_sub(1).and_then(|star| star_prefix(lead, star)) else {
                continue;
            };
            let item: Vec<Part> = block.iter().cloned().chain([Part::Each]).collect();
            match self.place(row, &item, &places) {
                Ok(path) if self.is_there(&path) => return Ok(vec![Change::Remove { path }]),
                Ok(_) => {}
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        Err(self.refuse(path, reason))
    }

    /// Returns `true` if the written arguments have the list item at `path`.
    fn is_there(&self, path: &Path) -> bool {
        let mut value = Some(self.args);
        for step in &path.0 {
            let Some(here) = value else { return false };
            if here.as_unknown().is_some() {
                return true;
            }
            value = match step {
                Step::Name(name) => {
                    let block = here.as_list().and_then(<[Value]>::first).unwrap_or(here);
                    block.as_map().and_then(|map| map.get(name))
                }
                Step::Index(index) => here.as_list().and_then(|items| items.get(*index)),
                Step::Each => here.as_list().and_then(<[Value]>::first),
                Step::Where { key, equals } => here.as_list().and_then(|items| {
                    items.iter().find(|item| {
                        let named = match key {
                            Some(key) => item.as_map().and_then(|map| map.get(key)),
                            None => Some(*item),
                        };
                        named
                            .and_then(Value::as_str)
                            .is_some_and(|it| it.eq_ignore_ascii_case(equals))
                    })
                }),
            };
        }
        value.is_some()
    }

    /// An object: the block that makes all of it, or each argument that says something of it.
    fn remove_object(&self, path: &Path, within: &[&Row]) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        for row in within {
            for argument in &row.tf {
                let readings = read(self.args, argument, self.schema, &[]);
                let written = readings
                    .iter()
                    .any(|it| matches!(it.found, Found::Value(_) | Found::Unknown(..)));
                if written {
                    let end = argument
                        .iter()
                        .position(Part::is_star)
                        .unwrap_or(argument.len());
                    let argument = argument.get(..end).unwrap_or_default();
                    let place = self.place(row, argument, &[]).map_err(Refusal)?;
                    changes.push(Change::Remove {
                        path: self.whole_block(place, within),
                    });
                }
            }
        }
        changes.dedup();
        if changes.is_empty() {
            Err(self.refuse(path, None))
        } else {
            Ok(settled(&changes))
        }
    }

    /// The outermost block around `place` all of whose rows are `within`.
    fn whole_block(&self, place: Path, within: &[&Row]) -> Path {
        for end in 1..place.0.len() {
            let block = Path(place.0.get(..end).unwrap_or_default().to_vec());
            let names = path_names(&block);
            let inside = |row: &&Row| row.tf.iter().any(|tf| parts::names(tf).starts_with(&names));
            let all = self
                .rows()
                .filter(inside)
                .all(|row| within.iter().any(|it| std::ptr::eq(*it, row)));
            if all && self.schema.is_some_and(|schema| schema.is_block(&names)) {
                return block;
            }
        }
        place
    }
}

/// What the argument of a row that adds one value to a list must be so that `to` is in the list.
fn membership(row: &Row, to: &Value) -> Option<Back> {
    backward(row, None, to)
        .ok()?
        .into_iter()
        .next()
        .map(|back| match back {
            Back::Value(value) if value.as_str() == Some("true") => Back::Value(Value {
                data: Data::Bool(true),
                ..value
            }),
            back => back,
        })
}

fn positions(places: &[Step]) -> Vec<usize> {
    let known = places.iter().map_while(|step| match step {
        Step::Index(index) => Some(*index),
        Step::Name(_) | Step::Each | Step::Where { .. } => None,
    });
    known.collect()
}

/// The part of a path before its `star`th `[*]`, counted from 0.
fn star_prefix(path: &[Part], star: usize) -> Option<&[Part]> {
    let at = path
        .iter()
        .enumerate()
        .filter(|(_, part)| part.is_star())
        .nth(star)?
        .0;
    path.get(..at)
}

fn path_names(path: &Path) -> Vec<&str> {
    let names = path.0.iter().filter_map(|step| match step {
        Step::Name(name) => Some(&**name),
        Step::Index(_) | Step::Each | Step::Where { .. } => None,
    });
    names.collect()
}

/// What arguments must be, without the demand to be there at all of those that get a value.
fn without_mere_presence(found: Vec<(Path, Back)>) -> Vec<(Path, Back)> {
    let valued: Vec<Path> = found
        .iter()
        .filter(|(_, back)| matches!(back, Back::Value(_)))
        .map(|(path, _)| path.clone())
        .collect();
    let covered = |path: &Path| valued.iter().any(|it| it.0.starts_with(&path.0));
    let kept = |(path, back): &(Path, Back)| *back != Back::Present || !covered(path);
    found.into_iter().filter(kept).collect()
}

/// The changes without repetition, and without a mere block where something inside it is set.
fn settled(changes: &[Change]) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        let covered = match change {
            Change::Set { path, to } if to.as_map().is_some_and(|map| map.entries.is_empty()) => {
                changes.iter().any(|other| match other {
                    Change::Set { path: inner, .. } => {
                        inner.0.len() > path.0.len() && inner.0.starts_with(&path.0)
                    }
                    _ => false,
                })
            }
            _ => false,
        };
        if !covered && !kept.contains(change) {
            kept.push(change.clone());
        }
    }
    kept
}

/// Arguments by path as nested arguments: blocks are lists of maps. `within` is the block they stand in.
pub(super) fn nest(
    entries: &[(Path, Back)],
    schema: Option<&Schema>,
    within: &[&str],
) -> Vec<Entry> {
    let mut keys: Vec<&Arc<str>> = Vec::new();
    for (path, _) in entries {
        if let Some(Step::Name(name)) = path.0.first()
            && !keys.contains(&name)
        {
            keys.push(name);
        }
    }
    let nested = keys.into_iter().filter_map(|key| {
        let here: Vec<&str> = within.iter().copied().chain([&**key]).collect();
        let inner: Vec<(Path, Back)> = entries
            .iter()
            .filter(|(path, _)| matches!(path.0.first(), Some(Step::Name(name)) if name == key))
            .map(|(path, back)| {
                (
                    Path(path.0.get(1..).unwrap_or_default().to_vec()),
                    back.clone(),
                )
            })
            .collect();
        let value = member(&inner, schema, &here)?;
        Some(Entry {
            key: Arc::clone(key),
            value,
        })
    });
    nested.collect()
}

fn member(entries: &[(Path, Back)], schema: Option<&Schema>, here: &[&str]) -> Option<Value> {
    let is_block = schema.is_some_and(|schema| schema.is_block(here));
    if !is_block
        && let [(path, back)] = entries
        && path.0.is_empty()
    {
        return match back {
            Back::Value(value) => Some(value.clone()),
            Back::Present | Back::Gone => None,
        };
    }
    let index = |path: &Path| match path.0.first() {
        Some(Step::Index(index)) => Some(*index),
        _ => None,
    };
    let count = entries.iter().filter_map(|(path, _)| index(path)).max();
    let Some(last) = count else {
        let map = Value::map(nest(entries, schema, here), Origin::NOWHERE);
        return Some(if is_block {
            Value::list(vec![map], Origin::NOWHERE)
        } else {
            map
        });
    };
    let items = (0..=last).map(|at| {
        let inner: Vec<(Path, Back)> = entries
            .iter()
            .filter(|(path, _)| index(path) == Some(at))
            .map(|(path, back)| {
                (
                    Path(path.0.get(1..).unwrap_or_default().to_vec()),
                    back.clone(),
                )
            })
            .collect();
        match inner.as_slice() {
            [(path, Back::Value(value))] if path.0.is_empty() => value.clone(),
            _ => Value::map(nest(&inner, schema, here), Origin::NOWHERE),
        }
    });
    Some(Value::list(items.collect(), Origin::NOWHERE))
}
