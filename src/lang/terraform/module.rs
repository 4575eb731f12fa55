use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::json_body;
use super::parsed::Parsed;
use super::section::{Expression, Nested, Section};
use crate::model::facts::{self, Schema};
use crate::source::{Notice, NoticeKind, RelPath};
use crate::syntax::hcl::Item;

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
    managed: ByType<'t>,
    data: ByType<'t>,
}

/// The blocks of each type.
type ByType<'t> = FxHashMap<Cow<'t, str>, OfType>;

/// The blocks of one type.
#[derive(Debug)]
struct OfType {
    name: Arc<str>,
    schema: Option<Arc<Schema>>,
    /// The index of a block among the module's, by its name.
    blocks: FxHashMap<Arc<str>, usize>,
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
    /// What the provider says of the type, for what Terraform makes.
    pub(super) schema: Option<Arc<Schema>>,
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
    /// Appends its address within its module, without instance key, to `text`.
    pub(super) fn spell_address(&self, text: &mut String) {
        if self.mode == Mode::Data {
            text.push_str("data.");
        }
        text.push_str(&self.kind);
        text.push('.');
        text.push_str(&self.name);
    }
}

impl<'t> Module<'t> {
    /// What `files`, in Terraform's order, declare together.
    pub(super) fn of(folder: &RelPath, files: &'t [ModuleFile], notices: &mut Vec<Notice>) -> Self {
        let mut module = Self {
            folder: Some(folder.clone()),
            ..Self::default()
        };
        module.gather(files, |_| true, notices);
        module
    }

    /// The `module` blocks of `files`; the other blocks are not looked into.
    pub(super) fn calls_of(files: &'t [ModuleFile]) -> Vec<Nested<'t>> {
        let mut module = Self::default();
        module.gather(files, |kind| kind == "module", &mut Vec::new());
        module.calls
    }

    fn gather(
        &mut self,
        files: &'t [ModuleFile],
        wanted: impl Fn(&str) -> bool,
        notices: &mut Vec<Notice>,
    ) {
        let (over, base): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.overrides);
        for (file, overrides) in base
            .into_iter()
            .map(|file| (file, false))
            .chain(over.into_iter().map(|file| (file, true)))
        {
            notices.extend(file.parsed.notices());
            for block in top_blocks(&file.parsed, &wanted) {
                let span = block.header;
                if let Err(message) = self.take(block, overrides) {
                    let kind = NoticeKind::InvalidConfiguration;
                    notices.push(Notice::at(kind, file.path.clone(), span, message));
                }
            }
        }
    }

    /// The `resource` or `data` block named so, and its index.
    pub(super) fn resource(&self, mode: Mode, kind: &str, name: &str) -> Option<usize> {
        let of_mode = match mode {
            Mode::Managed => &self.managed,
            Mode::Data => &self.data,
        };
        of_mode.get(kind)?.blocks.get(name).copied()
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
        let (kind, name) = match block.labels.as_slice() {
            [kind, name] if !kind.is_empty() && !name.is_empty() => (kind.clone(), name.clone()),
            _ => {
                let message = "A resource block needs two labels, a type and a name.";
                return Err(message.to_owned());
            }
        };
        if let Some(index) = self.resource(mode, &kind, &name) {
            let held = &mut self.resources[index].block;
            return merge(held, block, over, "resource");
        }
        let of_mode = match mode {
            Mode::Managed => &mut self.managed,
            Mode::Data => &mut self.data,
        };
        let of_type = of_mode.entry(kind).or_insert_with_key(|kind| {
            let schema = (mode == Mode::Managed).then(|| facts::schema(kind));
            OfType {
                name: Arc::from(&**kind),
                schema: schema.flatten(),
                blocks: FxHashMap::default(),
            }
        });
        let name: Arc<str> = Arc::from(&*name);
        of_type
            .blocks
            .insert(Arc::clone(&name), self.resources.len());
        self.resources.push(Declared {
            mode,
            kind: Arc::clone(&of_type.name),
            name,
            schema: of_type.schema.clone(),
            block,
        });
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

/// The blocks at the top of a file whose keyword is `wanted`.
fn top_blocks(parsed: &Parsed, wanted: impl Fn(&str) -> bool) -> Vec<Nested<'_>> {
    match parsed {
        Parsed::Hcl(tree) => {
            let blocks = tree.body().items().filter_map(|item| match item {
                Item::Block(block) if wanted(block.kind()) => Some(Nested::of(block)),
                Item::Block(_) | Item::Attribute(_) => None,
            });
            blocks.collect()
        }
        Parsed::Json(text) => {
            let mut blocks = json_body::blocks(text);
            blocks.retain(|block| wanted(&block.kind));
            blocks
        }
    }
}
