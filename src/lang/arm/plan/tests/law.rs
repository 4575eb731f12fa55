//! Whatever the layout and whatever the change: the result is JSON, says what was wished, and keeps
//! every comment that does not belong to something removed.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value as Model;

use super::*;
use crate::model::Step;

/// A value and one choice of layout after another.
#[derive(Clone, Debug)]
struct Document {
    model: Model,
    choices: Vec<u8>,
}

fn model() -> impl Strategy<Value = Model> {
    let leaf = prop_oneof![
        Just(Model::Null),
        any::<bool>().prop_map(Model::Bool),
        (0..99).prop_map(Model::from),
        "[xyé\"/\\\\]{0,3}".prop_map(Model::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Model::from),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Model>) -> impl Strategy<Value = Model> {
    prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| map.into_iter().collect())
}

fn document() -> impl Strategy<Value = Document> {
    (object(model()), prop::collection::vec(any::<u8>(), 40))
        .prop_map(|(model, choices)| Document { model, choices })
}

/// Writes a document in the layout that its choices give.
struct Writer<'d> {
    out: String,
    choices: std::iter::Cycle<std::slice::Iter<'d, u8>>,
    eol: &'static str,
    unit: &'static str,
    trailing: bool,
    comments: usize,
}

impl Writer<'_> {
    fn pick(&mut self, count: u8) -> u8 {
        self.choices.next().copied().unwrap_or_default() % count
    }

    fn comment(&mut self) {
        self.comments += 1;
        let _ = write!(self.out, "/* c{} , ] */", self.comments);
    }

    fn write(&mut self, model: &Model, depth: usize) {
        let parts: Vec<(Option<&str>, &Model)> = match model {
            Model::Array(items) => items.iter().map(|item| (None, item)).collect(),
            Model::Object(map) => map.iter().map(|(k, v)| (Some(k.as_str()), v)).collect(),
            scalar => {
                let _ = write!(self.out, "{scalar}");
                return;
            }
        };
        let lines = self.pick(3) > 0;
        self.out.push(if model.is_array() { '[' } else { '{' });
        if parts.is_empty() && self.pick(4) == 0 {
            self.comment();
        }
        let count = parts.len();
        for (index, (key, value)) in parts.into_iter().enumerate() {
            self.gap(lines, depth + 1);
            if self.pick(8) == 0 {
                self.comment();
                self.gap(lines, depth + 1);
            }
            if let Some(key) = key {
                let colon = [":", ": ", " : "][usize::from(self.pick(3))];
                let _ = write!(self.out, "\"{key}\"{colon}");
            }
            self.write(value, depth + 1);
            if self.pick(8) == 0 {
                self.comment();
            }
            if index + 1 < count || (self.trailing && self.pick(2) == 0) {
                self.out.push(',');
            }
            if lines && self.pick(6) == 0 {
                self.comments += 1;
                let _ = write!(self.out, " // c{} , }}{}", self.comments, self.eol);
            }
        }
        self.gap(lines, depth);
        self.out.push(if model.is_array() { ']' } else { '}' });
    }

    fn gap(&mut self, lines: bool, depth: usize) {
        if lines {
            self.out.push_str(self.eol);
            self.out.push_str(&self.unit.repeat(depth));
        } else if self.pick(2) == 0 {
            self.out.push(' ');
        }
    }
}

fn text(document: &Document) -> String {
    let mut writer = Writer {
        out: String::new(),
        choices: document.choices.iter().cycle(),
        eol: "\n",
        unit: "  ",
        trailing: false,
        comments: 0,
    };
    writer.eol = ["\n", "\r\n"][usize::from(writer.pick(2))];
    writer.unit = ["  ", "\t", "    "][usize::from(writer.pick(3))];
    writer.trailing = writer.pick(2) == 0;
    writer.write(&document.model, 0);
    writer.out
}

/// Every path to a member or item, as steps.
fn paths(model: &Model, at: &Path, found: &mut Vec<Path>) {
    let children: Vec<(Step, &Model)> = match model {
        Model::Object(map) => map
            .iter()
            .map(|(k, v)| (Step::Name(k.as_str().into()), v))
            .collect(),
        Model::Array(items) => (0..).map(Step::Index).zip(items).collect(),
        _ => return,
    };
    for (step, child) in children {
        let path = at.with(step);
        paths(child, &path, found);
        found.push(path);
    }
}

fn at<'m>(model: &'m mut Model, path: &Path) -> &'m mut Model {
    path.0.iter().fold(model, |model, step| match step {
        Step::Name(name) => &mut model[&**name],
        Step::Index(index) => &mut model[*index],
        Step::Each | Step::Where { .. } => unreachable!("paths are concrete"),
    })
}

/// What is wished, and the model after it; `None` where the change makes no sense.
fn change(model: &mut Model, pick: usize, kind: u8, new: &Model) -> Option<Change> {
    let mut all = vec![];
    paths(model, &Path::default(), &mut all);
    let path = all
        .get(pick % all.len().max(1))
        .cloned()
        .unwrap_or_default();
    let to = value(&new.to_string());
    match kind {
        0 if !path.0.is_empty() => {
            *at(model, &path) = new.clone();
            Some(Change::Set { path, to })
        }
        1 => {
            at(model, &path)
                .as_object_mut()?
                .insert("new".to_owned(), new.clone());
            Some(Change::Set {
                path: path.member("new"),
                to,
            })
        }
        2 => {
            let list = at(model, &path).as_array_mut()?;
            if !list.contains(new) {
                list.push(new.clone());
            }
            Some(Change::Append { path, item: to })
        }
        3 if !path.0.is_empty() => {
            let parent = at(model, &Path(path.0[..path.0.len() - 1].to_vec()));
            match path.0.last()? {
                Step::Name(name) => parent.as_object_mut()?.remove(&**name).map(drop)?,
                Step::Index(index) => drop(parent.as_array_mut()?.remove(*index)),
                Step::Each | Step::Where { .. } => return None,
            }
            Some(Change::Remove { path })
        }
        _ => None,
    }
}

fn is_strict(text: &str) -> bool {
    let options = jsonc_parser::ParseOptions {
        allow_trailing_commas: false,
        ..jsonc_parser::ParseOptions::default()
    };
    jsonc_parser::parse_to_value(text, &options).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn every_change_in_every_layout_gives_what_was_wished(
        document in document(), pick in 0..64_usize, kind in 0..4_u8, new in model(),
    ) {
        let before = text(&document);
        prop_assert_eq!(canonical(&before), Some(document.model.clone()), "{}", before);
        let mut expected = document.model.clone();
        let Some(change) = change(&mut expected, pick, kind, &new) else {
            return Ok(());
        };
        let case = Case::new(&before, "{}", &[]);
        let plan = case.plan(std::slice::from_ref(&change));
        if expected == document.model && plan.is_err() {
            return Ok(());
        }
        let after = case.after(std::slice::from_ref(&change)).remove(MAIN).unwrap();
        let message = format!("{change:?}\n{before}\n{after}");
        prop_assert_eq!(canonical(&after), Some(expected), "{}", &message);
        // A text without trailing commas gets none.
        prop_assert!(!is_strict(&before) || is_strict(&after), "{}", &message);
        // The line endings stay of one kind, as they were.
        let mixed = after.replace("\r\n", "").contains('\n') && after.contains("\r\n");
        prop_assert!(!mixed, "{}", &message);
        if matches!(change, Change::Append { .. }) || kind == 1 {
            for n in 1..1000 {
                let comment = format!("c{n} , ");
                prop_assert_eq!(before.contains(&comment), after.contains(&comment), "{}", &message);
            }
        }
    }
}
