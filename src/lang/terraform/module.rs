use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::json_body;
use super::parsed::Parsed;
use super::section::{Expression, Nested, Section};
use crate::source::{Notice, NoticeKind, RelPath};

/// What the files of one folder declare together, overrides merged in.
#[derive(Debug, Default)]
pub(super) struct Module<'t> {
    /// The folder.
    pub(super) folder: Option<RelPath>,
    /// `variable` blocks by name.
    pub(super) variables: BTreeMap<String, Nested<'t>>,
    /// Local values by name.
    pub(super) locals: BTreeMap<String, Expression<'t>>,
    /// `output` blocks by name.
    pub(super) outputs: BTreeMap<String, Nested<'t>>,
    /// `resource` and `data` blocks, in the order of their declaration.
    pub(super) resources: Vec<Declared<'t>>,
    /// `module` blocks, in the order of their declaration.
    pub(super) calls: Vec<Nested<'t>>,
    /// `required_providers`: local name, its value.
    pub(super) requirements: Vec<(String, Expression<'t>)>,
    /// `provider` blocks.
    pub(super) providers: Vec<Nested<'t>>,
    by_name: FxHashMap<(Mode, String, String), usize>,
}

/// Whether a block declares what Terraform makes or what it only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// `resource`
    Managed,
    /// `data`
    Data,
}

/// One `resource` or `data` block.
#[derive(Debug)]
pub(super) struct Declared<'t> {
    /// Which of the two.
    pub(super) mode: Mode,
    /// Its type.
    pub(super) kind: Arc<str>,
    /// Its name.
    pub(super) name: Arc<str>,
    /// The block.
    pub(super) block: Nested<'t>,
}

/// One file of a folder, and whether its blocks lie over those of the others.
pub(super) struct ModuleFile {
    /// Its path.
    pub(super) path: RelPath,
    /// What it says.
    pub(super) parsed: Arc<Parsed>,
    /// Whether it is an override file.
    pub(super) overrides: bool,
}

impl Declared<'_> {
    /// Its address within its module, without instance key.
    pub(super) fn address(&self) -> String {
        let (kind, name) = (&self.kind, &self.name);
        match self.mode {
            Mode::Managed => format!("{kind}.{name}"),
            Mode::Data => format!("data.{kind}.{name}"),
        }
    }
}

impl<'t> Module<'t> {
    /// What `files`, in Terraform's order, declare together.
    pub(super) fn of(folder: &RelPath, files: &'t [ModuleFile], notices: &mut Vec<Notice>) -> Self {
        let mut module = Self {
            folder: Some(folder.clone()),
            ..Self::default()
        };
        let (over, base): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.overrides);
        for (file, overrides) in base
            .into_iter()
            .map(|file| (file, false))
            .chain(over.into_iter().map(|file| (file, true)))
        {
            notices.extend(file.parsed.notices());
            for block in top_blocks(&file.parsed) {
                let span = block.header;
                if let Err(message) = module.take(block, overrides) {
                    let kind = NoticeKind::InvalidConfiguration;
                    notices.push(Notice::at(kind, file.path.clone(), span, message));
                }
            }
        }
        module
    }

    /// The `resource` or `data` block named so, and its index.
    pub(super) fn resource(&self, mode: Mode, kind: &str, name: &str) -> Option<usize> {
        let key = (mode, kind.to_owned(), name.to_owned());
        self.by_name.get(&key).copied()
    }

    /// The index of the `module` block named `name`.
    pub(super) fn call(&self, name: &str) -> Option<usize> {
        self.calls.iter().position(|call| call.label(0) == name)
    }

    fn take(&mut self, block: Nested<'t>, over: bool) -> Result<(), String> {
        match &*block.kind {
            "resource" => self.resource_block(Mode::Managed, block, over),
            "data" => self.resource_block(Mode::Data, block, over),
            "variable" => named(&mut self.variables, block, over, "variable"),
            "output" => named(&mut self.outputs, block, over, "output"),
            "module" => {
                if let Some(index) = self.call(block.label(0)) {
                    return merge(&mut self.calls[index], block, over, "module call");
                }
                self.calls.push(block);
                Ok(())
            }
            "locals" => self.local_values(block.body, over),
            "terraform" => {
                for required in block.body.blocks_of("required_providers") {
                    for argument in &required.body.arguments {
                        let name = argument.name.to_string();
                        self.requirements.push((name, argument.value));
                    }
                }
                Ok(())
            }
            "provider" => {
                self.providers.push(block);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn resource_block(&mut self, mode: Mode, block: Nested<'t>, over: bool) -> Result<(), String> {
        let (kind, name) = (block.label(0).to_owned(), block.label(1).to_owned());
        if block.labels.len() != 2 || kind.is_empty() || name.is_empty() {
            let message = "A resource block needs two labels, a type and a name.";
            return Err(message.to_owned());
        }
        if let Some(index) = self.resource(mode, &kind, &name) {
            let held = &mut self.resources[index].block;
            return merge(held, block, over, "resource");
        }
        self.resources.push(Declared {
            mode,
            kind: Arc::from(&*kind),
            name: Arc::from(&*name),
            block,
        });
        self.by_name
            .insert((mode, kind, name), self.resources.len() - 1);
        Ok(())
    }

    fn local_values(&mut self, body: Section<'t>, over: bool) -> Result<(), String> {
        let mut twice = None;
        for argument in body.arguments {
            let name = argument.name.to_string();
            if over || !self.locals.contains_key(&name) {
                self.locals.insert(name, argument.value);
            } else {
                twice = Some(name);
            }
        }
        twice.map_or(Ok(()), |name| {
            Err(format!(
                "The local value `{name}` is declared more than once; the first one counts."
            ))
        })
    }
}

fn named<'t>(
    held: &mut BTreeMap<String, Nested<'t>>,
    block: Nested<'t>,
    over: bool,
    what: &str,
) -> Result<(), String> {
    let name = block.label(0).to_owned();
    if let Some(held) = held.get_mut(&name) {
        return merge(held, block, over, what);
    }
    held.insert(name, block);
    Ok(())
}

fn merge<'t>(
    held: &mut Nested<'t>,
    block: Nested<'t>,
    over: bool,
    what: &str,
) -> Result<(), String> {
    if over {
        held.body.overlay(block.body);
        return Ok(());
    }
    let labels: Vec<Cow<'_, str>> = block.labels;
    Err(format!(
        "The {what} `{}` is declared more than once; the first one counts.",
        labels.join(".")
    ))
}

fn top_blocks(parsed: &Parsed) -> Vec<Nested<'_>> {
    match parsed {
        Parsed::Hcl(tree) => Section::of(tree.body()).blocks,
        Parsed::Json(text) => json_body::blocks(text),
    }
}
