//! Whatever the layout and whatever the change: the result parses, says what was wished and nothing
//! else, and keeps every comment that does not belong to something removed.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value as Model;

use super::*;
use crate::model::{Data, Step};

/// What a block holds and one choice of layout after another. Members `p` and `q` are blocks.
#[derive(Clone, Debug)]
pub(super) struct Document {
    model: Model,
    choices: Vec<u8>,
}

fn leaf() -> impl Strategy<Value = Model> {
    prop_oneof![
        any::<bool>().prop_map(Model::Bool),
        (-9..99).prop_map(Model::from),
        "[xyé\"/\\\\$%{# ]{0,4}".prop_map(Model::from),
        "[xyé#=][xyé#= ]{0,2}\n".prop_map(Model::from),
    ]
}

fn model() -> impl Strategy<Value = Model> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Model::from),
            prop::collection::btree_map("[a-d]{1,3}|x y", inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// A body: arguments, and blocks one or two levels deep.
fn body(depth: u32) -> BoxedStrategy<Model> {
    let arguments = prop::collection::btree_map("[a-d]{1,3}", model(), 0..4);
    if depth == 0 {
        return arguments.prop_map(|map| map.into_iter().collect()).boxed();
    }
    let blocks = prop::collection::vec(body(depth - 1), 1..3).prop_map(Model::from);
    let blocks = prop::collection::btree_map("[pq]", blocks, 0..2);
    (arguments, blocks)
        .prop_map(|(arguments, blocks)| arguments.into_iter().chain(blocks).collect())
        .boxed()
}

pub(super) fn document() -> impl Strategy<Value = Document> {
    (body(2), prop::collection::vec(any::<u8>(), 40))
        .prop_map(|(model, choices)| Document { model, choices })
}

/// Writes a document in the layout that its choices give.
struct Writer<'d> {
    out: String,
    choices: std::iter::Cycle<std::slice::Iter<'d, u8>>,
    eol: &'static str,
    unit: &'static str,
    comments: usize,
}

impl Writer<'_> {
    fn pick(&mut self, count: u8) -> u8 {
        self.choices.next().copied().unwrap_or_default() % count
    }

    fn line(&mut self, depth: usize) {
        self.out.push_str(self.eol);
        self.out.push_str(&self.unit.repeat(depth));
    }

    fn comment(&mut self) {
        self.comments += 1;
        let mark = ["#", "//"][usize::from(self.pick(2))];
        let _ = write!(self.out, "{mark} c{} = , }}", self.comments);
    }

    fn end_comment(&mut self) {
        match self.pick(8) {
            0 => {
                self.out.push(' ');
                self.comment();
            }
            1 => {
                self.comments += 1;
                let _ = write!(self.out, " /* c{} = , */", self.comments);
            }
            _ => {}
        }
    }

    fn body(&mut self, model: &Model, depth: usize) {
        let members = model.as_object().unwrap();
        let is_block = |name: &str| ["p", "q"].contains(&name);
        let short = members.len() == 1 && members.iter().all(|it| !is_block(it.0) && is_flat(it.1));
        if members.is_empty() && self.pick(2) == 0 {
            self.out.push_str("{}");
            return;
        }
        if short && self.pick(2) == 0 {
            let (name, value) = members.iter().next().unwrap();
            let _ = write!(self.out, "{{ {name} = ");
            self.value(value, None);
            self.out.push_str(" }");
            return;
        }
        self.out.push('{');
        self.end_comment();
        let width = match self.pick(2) {
            0 => members.keys().map(String::len).max().unwrap_or_default(),
            _ => 0,
        };
        for (index, (name, value)) in members.iter().enumerate() {
            let blocks = is_block(name).then(|| value.as_array().unwrap());
            for block in blocks.into_iter().flatten() {
                if index > 0 && self.pick(2) == 0 {
                    self.out.push_str(self.eol);
                }
                self.line(depth + 1);
                let _ = write!(self.out, "{name} ");
                self.body(block, depth + 1);
                self.end_comment();
            }
            if is_block(name) {
                continue;
            }
            if self.pick(8) == 0 {
                self.line(depth + 1);
                self.comment();
            }
            self.line(depth + 1);
            let _ = write!(self.out, "{name:width$} = ");
            if self.heredoc(value, depth + 1) {
                continue;
            }
            self.value(value, Some(depth + 1));
            self.end_comment();
        }
        if self.pick(8) == 0 {
            self.line(depth + 1);
            self.comment();
        }
        self.line(depth);
        self.out.push('}');
    }

    /// Writes a text of one line as a heredoc, where it can be one.
    fn heredoc(&mut self, model: &Model, depth: usize) -> bool {
        let text = model.as_str().filter(|text| text.ends_with('\n'));
        let Some(text) = text.filter(|_| self.eol == "\n" && self.pick(2) == 0) else {
            return false;
        };
        if self.pick(2) == 0 {
            let _ = write!(self.out, "<<EOT\n{text}EOT");
        } else {
            let indent = self.unit.repeat(depth);
            let _ = write!(self.out, "<<-EOT\n{indent}{text}{indent}EOT");
        }
        true
    }

    /// A value; `depth` where it may take several lines.
    fn value(&mut self, model: &Model, depth: Option<usize>) {
        let lines = depth.filter(|_| self.pick(2) == 0);
        let (parts, object): (Vec<(Option<&str>, &Model)>, bool) = match model {
            Model::Array(items) => (items.iter().map(|item| (None, item)).collect(), false),
            Model::Object(map) => (map.iter().map(|(k, v)| (Some(&**k), v)).collect(), true),
            Model::String(text) => {
                self.out.push_str(&quote(text));
                return;
            }
            scalar => {
                let _ = write!(self.out, "{scalar}");
                return;
            }
        };
        self.out.push(if object { '{' } else { '[' });
        let commas = !object || lines.is_none() || self.pick(3) == 0;
        let trailing = self.pick(2) == 0;
        let count = parts.len();
        for (index, (key, value)) in parts.into_iter().enumerate() {
            match lines {
                Some(depth) => {
                    if self.pick(8) == 0 {
                        self.line(depth + 1);
                        self.comment();
                    }
                    self.line(depth + 1);
                }
                None if object || index > 0 => self.out.push(' '),
                None => {}
            }
            if let Some(key) = key {
                let key = if key.contains(' ') {
                    quote(key)
                } else {
                    key.to_owned()
                };
                let sign = ["=", "=", ":"][usize::from(self.pick(3))];
                let _ = write!(self.out, "{key} {sign} ");
            }
            self.value(value, lines.map(|depth| depth + 1));
            if commas && (index + 1 < count || trailing) {
                self.out.push(',');
            }
            if lines.is_some() {
                self.end_comment();
            }
        }
        match lines {
            Some(depth) => self.line(depth),
            None if object && count > 0 => self.out.push(' '),
            None => {}
        }
        self.out.push(if object { '}' } else { ']' });
    }
}

fn is_flat(model: &Model) -> bool {
    !model.is_array() && !model.is_object()
}

fn quote(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    let text = text.replace('\n', "\\n");
    format!("\"{}\"", text.replace("${", "$${").replace("%{", "%%{"))
}

pub(super) fn text(document: &Document) -> String {
    let mut writer = Writer {
        out: "resource \"x_thing\" \"a\" ".to_owned(),
        choices: document.choices.iter().cycle(),
        eol: "\n",
        unit: "  ",
        comments: 0,
    };
    writer.eol = ["\n", "\r\n"][usize::from(writer.pick(2))];
    writer.unit = ["  ", "\t", "    "][usize::from(writer.pick(3))];
    writer.body(&document.model, 0);
    writer.out.push_str(writer.eol);
    writer.out
}

/// What the first resource of a text says.
fn read(case: &Case) -> Model {
    fn json(value: &Value) -> Model {
        match &value.data {
            Data::Null => Model::Null,
            Data::Bool(value) => (*value).into(),
            Data::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
            Data::String(text) => text.to_string().into(),
            Data::List(list) => list.items.iter().map(json).collect(),
            Data::Map(map) => {
                let members = map.entries.iter();
                members
                    .map(|it| (it.key.to_string(), json(&it.value)))
                    .collect()
            }
            Data::Unknown(unknown) => panic!("{unknown:?}"),
        }
    }
    json(&case.written("").args)
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

fn at<'m>(model: &'m mut Model, path: &[Step]) -> &'m mut Model {
    path.iter().fold(model, |model, step| match step {
        Step::Name(name) => &mut model[&**name],
        Step::Index(index) => &mut model[*index],
        Step::Each | Step::Where { .. } => unreachable!("paths are concrete"),
    })
}

/// Returns `true` if `path` leads to a block or to all blocks of a kind.
fn is_block(path: &[Step]) -> bool {
    let name = path.iter().rev().find_map(|step| match step {
        Step::Name(name) => Some(&**name),
        _ => None,
    });
    matches!(path.last(), Some(Step::Index(_) | Step::Name(_))) && matches!(name, Some("p" | "q"))
}

/// Returns `true` if `model` can be the inside of a block.
fn names_arguments(model: &Model) -> bool {
    let members = model.as_object();
    members.is_some_and(|members| members.keys().all(|key| !key.contains(' ')))
}

/// What is wished, and the model after it; `None` where the change makes no sense.
pub(super) fn wished(model: &mut Model, pick: usize, kind: u8, new: &Model) -> Option<Change> {
    let mut all = vec![Path::default()];
    paths(model, &Path::default(), &mut all);
    let path = all[pick % all.len()].clone();
    let to = value(&new.to_string());
    match kind {
        0 if !path.0.is_empty() && !is_block(&path.0) => {
            *at(model, &path.0) = new.clone();
            Some(Change::Set { path, to })
        }
        1 => {
            at(model, &path.0)
                .as_object_mut()?
                .insert("new".to_owned(), new.clone());
            let path = path.member("new");
            Some(Change::Set { path, to })
        }
        2 if !is_block(&path.0) || names_arguments(new) => {
            let list = at(model, &path.0).as_array_mut()?;
            if !list.contains(new) {
                list.push(new.clone());
            }
            Some(Change::Append { path, item: to })
        }
        3 => {
            let (last, around) = path.0.split_last()?;
            let parent = at(model, around);
            match last {
                Step::Name(name) => drop(parent.as_object_mut()?.remove(&**name)?),
                Step::Index(index) => drop(parent.as_array_mut()?.remove(*index)),
                Step::Each | Step::Where { .. } => return None,
            }
            if is_block(around) && parent.as_array().is_some_and(Vec::is_empty) {
                let (name, around) = around.split_last()?;
                let Step::Name(name) = name else { return None };
                at(model, around).as_object_mut()?.remove(&**name);
            }
            Some(Change::Remove { path })
        }
        _ => None,
    }
}

/// The text after one change, held against all that must be true of it.
fn changed(before: &str, model: &Model, pick: usize, kind: u8, new: &Model) -> Option<String> {
    let case = Case::new(&[(MAIN, before)]);
    assert_eq!(read(&case), *model, "{before}");
    let mut expected = model.clone();
    let change = wished(&mut expected, pick, kind, new)?;
    let changes = std::slice::from_ref(&change);
    let plan = match case.plan("", changes) {
        Ok(plan) => plan,
        Err(_) if expected == *model => return None,
        Err(refusal) => panic!("{refusal} {change:?}\n{before}"),
    };
    let after = case.after(&plan).remove(MAIN).unwrap();
    let message = format!("{change:?}\n{before}\n{after}");
    let again = Case::new(&[(MAIN, &after)]);
    assert_eq!(
        again.evaluated.notices.len(),
        case.evaluated.notices.len(),
        "{message}"
    );
    assert_eq!(read(&again), expected, "{message}");
    if !matches!(change, Change::Remove { .. }) {
        assert!(again.plan("", changes).is_err(), "again: {message}");
    }
    let mixed = after.replace("\r\n", "").contains('\n') && after.contains("\r\n");
    assert!(!mixed, "{message}");
    if matches!(change, Change::Append { .. }) || kind == 1 {
        for n in 1..100 {
            let comment = format!("c{n} = , ");
            assert_eq!(
                before.contains(&comment),
                after.contains(&comment),
                "{message}"
            );
        }
    }
    Some(after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn every_change_in_every_layout_gives_what_was_wished(
        document in document(), pick in 0..64_usize, kind in 0..4_u8, new in model(),
    ) {
        changed(&text(&document), &document.model, pick, kind, &new);
    }
}

#[test]
fn what_terraform_formatted_stays_formatted() {
    let mut runner = TestRunner::deterministic();
    let strategy = (document(), 0..64_usize, 0..4_u8, model());
    let cases: Vec<_> = (0..400)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let before: Vec<String> = cases.iter().map(|case| text(&case.0)).collect();
    let Some(formatted) = formatted::formatted(&before) else {
        return;
    };
    let mut after = Vec::new();
    for (text, (document, pick, kind, new)) in formatted.iter().zip(&cases) {
        after.extend(changed(text, &document.model, *pick, *kind, new));
    }
    assert!(after.len() > 100, "{}", after.len());
    let texts: Vec<&str> = after.iter().map(String::as_str).collect();
    let broken = formatted::unformatted(&texts).unwrap();
    let shown = broken.iter().take(3).map(|index| texts[*index]);
    let shown: Vec<&str> = shown.collect();
    assert!(
        broken.is_empty(),
        "{} of {}:\n{}",
        broken.len(),
        after.len(),
        shown.join("\n")
    );
}
