//! Where the items of a body's lists stand in the arguments.

use std::sync::Arc;

use super::invert::Backward;
use super::parts::{argument, star_prefix};
use super::read::read;
use super::schema::{Part, Row};
use crate::model::{Path, Step};

impl Backward<'_> {
    /// The path of an argument in Terraform's terms, at the places of the body's lists.
    pub(super) fn place(&self, row: &Row, path: &[Part], places: &[Step]) -> Result<Path, String> {
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
}
