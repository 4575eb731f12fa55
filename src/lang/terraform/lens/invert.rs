//! From a wish about a property to wishes about arguments.

use super::inverse::{Back, Meeting, backward, meet};
use super::nested::{nest, settled};
use super::parts::{self, path_names};
use super::read::{Found, read};
use super::schema::{Part, Row, Target, Via};
use super::table;
use super::when::{Scene, Truth};
use crate::edit::Refusal;
use crate::model::facts::{Schema, schema};
use crate::model::{Change, Data, Fragment, Origin, Path, Step, Value, Written};

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
    pub(super) target: &'b Target,
    pub(super) schema: Option<&'b Schema>,
    major: u32,
    pub(super) args: &'b Value,
    pub(super) each_at: Option<usize>,
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

    pub(super) fn refuse(&self, path: &Path, reason: Option<String>) -> Refusal {
        let kind = self.kind;
        Refusal(match reason {
            Some(reason) => format!("`{path}` cannot be set through `{kind}`: {reason}."),
            None => format!("`{kind}` has no argument for `{path}`."),
        })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'b Row> {
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
    pub(super) fn candidates(&self, path: &Path) -> Vec<(&'b Row, Vec<Step>, Vec<Step>)> {
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
