//! Expected texts, byte for byte, through real evaluation; what `terraform fmt` says of them; laws.

use std::collections::BTreeMap;
use std::sync::Arc;

mod bodies;
mod companions;
mod elsewhere;
mod formatted;
mod json;
mod law;
mod values;

use super::*;
use crate::edit;
use crate::lang::terraform::lens::from_json;
use crate::lang::{Evaluated, terraform};
use crate::model::{Entry, Kind, Origin, PointsTo, Relation, Unknown, Why};
use crate::source::{MemoryTree, RelPath};

/// A text, what is wished of its first resource, and the text that is expected. A wish is
/// `set <path> <json>`, `append <path> <json>` or `remove <path>`.
type Row = (&'static str, &'static [&'static str], &'static str);

const MAIN: &str = "main.tf";

/// Texts and what they evaluate to.
struct Case {
    sources: MemoryTree,
    cache: Cache,
    evaluated: Evaluated,
}

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with_vars(files, &[])
    }

    fn with_vars(files: &[(&str, &str)], vars: &[(&str, &str)]) -> Self {
        let sources = MemoryTree::new(files.iter().copied());
        let cache = Cache::default();
        let vars: Vec<(String, String)> = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let evaluated = terraform::evaluate(&RelPath::root(), &[], &vars, &sources, &cache);
        Self {
            sources,
            cache,
            evaluated,
        }
    }

    /// The resource at `address`; the first one without one.
    fn written(&self, address: &str) -> &Written {
        let mut all = self.evaluated.written.iter();
        all.find(|it| address.is_empty() || it.address.as_str() == address)
            .unwrap_or_else(|| panic!("no resource {address}: {:?}", self.evaluated.notices))
    }

    fn plan(&self, address: &str, changes: &[Change]) -> Result<Plan, Refusal> {
        let written = self.written(address);
        plan(
            written,
            &[],
            changes,
            &self.evaluated.origins,
            &self.sources,
            &self.cache,
            EditAt::Definition,
        )
    }

    /// The texts after the plan.
    fn after(&self, plan: &Plan) -> BTreeMap<String, String> {
        for pair in plan.edits.windows(2) {
            assert!(!pair[0].span.touches(pair[1].span), "{pair:?}");
        }
        let mut texts = BTreeMap::new();
        for path in self.sources.paths() {
            let file = self.sources.read(path).unwrap();
            let edits: Vec<&Edit> = plan
                .edits
                .iter()
                .filter(|edit| edit.span.file == file.id)
                .collect();
            texts.insert(path.as_str().to_owned(), edit::apply(&file.text, &edits));
        }
        texts
    }
}

fn value(json: &str) -> Value {
    from_json(json, Origin::NOWHERE).unwrap_or_else(|| panic!("no JSON: {json}"))
}

fn change(text: &str) -> Change {
    let (word, rest) = text.split_once(' ').unwrap();
    // A path may hold blanks inside quotes, JSON starts behind the first blank outside of them.
    let mut quoted = false;
    let end = rest.find(|c| {
        quoted ^= c == '\'';
        c == ' ' && !quoted
    });
    let (path, json) = rest.split_at(end.unwrap_or(rest.len()));
    let path = Path::parse(path).unwrap();
    match word {
        "set" => Change::Set {
            path,
            to: value(json),
        },
        "append" => Change::Append {
            path,
            item: value(json),
        },
        "remove" => Change::Remove { path },
        word => panic!("no such wish: {word}"),
    }
}

fn changes(texts: &[&str]) -> Vec<Change> {
    texts.iter().map(|text| change(text)).collect()
}

/// Holds rows against the planner, and the results against what holds of every plan.
fn check(rows: &[Row]) {
    let broken: Vec<String> = rows.iter().filter_map(|row| held(row).err()).collect();
    let (all, count) = (broken.join("\n\n"), broken.len());
    assert!(broken.is_empty(), "{count} of {}:\n{all}", rows.len());
}

fn held((before, wishes, expected): &Row) -> Result<(), String> {
    let changes = changes(wishes);
    let case = Case::new(&[(MAIN, before)]);
    let plan = case.plan("", &changes);
    let plan = plan.map_err(|refusal| format!("{refusal}\n{wishes:?}\n{before}"))?;
    let after = case.after(&plan).remove(MAIN).unwrap();
    if after != *expected {
        return Err(format!("{wishes:?} of\n{before}gave\n{after}"));
    }
    let again = Case::new(&[(MAIN, &after)]);
    let count = |case: &Case| (case.evaluated.notices.len(), case.evaluated.written.len());
    if count(&again) != count(&case) {
        return Err(format!("{:?}\n{after}", again.evaluated.notices));
    }
    // What is removed by position leaves another one there.
    let by_position =
        |wish: &&str| wish.starts_with("remove") && wish.ends_with(']') && !wish.ends_with("']");
    if wishes.iter().any(by_position) {
        return Ok(());
    }
    match again.plan("", &changes) {
        Ok(plan) => Err(format!("a second plan edits again: {plan:?}\n{after}")),
        Err(_) => Ok(()),
    }
}
