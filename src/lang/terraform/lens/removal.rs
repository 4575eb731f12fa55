//! What has to go from the arguments so that something goes from a body.

use super::inverse::{Meeting, meet};
use super::invert::Backward;
use super::nested::settled;
use super::parts::{self, path_names, star_prefix};
use super::read::{Found, read};
use super::schema::{Part, Row};
use crate::edit::Refusal;
use crate::model::{Change, Path, Step, Value};

impl Backward<'_> {
    /// The changes that make what is at `path` be gone.
    pub(super) fn remove(&self, path: &Path) -> Result<Vec<Change>, Refusal> {
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
