use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::handle::{Handle, Repeated};
use super::measure;
use crate::lang::terraform::expansion::Expansion;
use crate::lang::terraform::inputs::Input;
use crate::lang::terraform::module::{Declared, Mode, Module};
use crate::lang::terraform::module_instance::Instance;
use crate::lang::terraform::modules::Folders;
use crate::lang::terraform::providers::Majors;
use crate::lang::terraform::scope::InstanceId;
use crate::model::{Address, Origins, Unknown, Value, Why};
use crate::source::{Notice, NoticeKind, RelPath, SourceTree, Span};

/// Expressions within expressions and references to references deeper than this are not followed.
const DEPTH: u32 = 1_500;

/// A root module with more steps of evaluation than this is judged in part.
const STEPS: u64 = 3_000_000;

/// Making so many bytes of text counts as one step, so that texts are bounded as a whole.
pub(super) const BYTES_A_STEP: usize = 8;

/// The evaluation of one root module with all the modules that it calls.
pub(in crate::lang::terraform) struct Evaluation<'t> {
    /// What each folder declares.
    pub(in crate::lang::terraform) modules: &'t BTreeMap<RelPath, Module<'t>>,
    /// Where module calls lead.
    pub(in crate::lang::terraform) folders: &'t Folders,
    /// The major versions of the providers.
    pub(in crate::lang::terraform) majors: &'t Majors,
    /// The workspace, for functions that read files.
    pub(in crate::lang::terraform) tree: &'t dyn SourceTree,
    /// The folder of the root module.
    pub(in crate::lang::terraform) root: &'t RelPath,
    /// The values given to the variables of the root module.
    pub(in crate::lang::terraform) inputs: BTreeMap<String, Input<'t>>,
    /// The module instances met so far; the root first.
    pub(in crate::lang::terraform) instances: Vec<Instance<'t>>,
    /// Where values come from.
    pub(in crate::lang::terraform) origins: Origins,
    /// How often each resource and module call stands, once known.
    pub(in crate::lang::terraform) expansions: FxHashMap<(InstanceId, Repeated), Slot<Expansion>>,
    /// The module instances of each module call, once made.
    pub(in crate::lang::terraform) called: FxHashMap<(InstanceId, usize), Arc<[InstanceId]>>,
    /// Which resource instance an address names, for the addresses asked for so far.
    pub(in crate::lang::terraform) handles: FxHashMap<Arc<str>, Handle>,
    /// The addresses asked for so far.
    pub(in crate::lang::terraform) addresses: FxHashMap<Handle, Address>,
    /// Set when a step was taken that might fail once the unknown it was taken into is known.
    pub(in crate::lang::terraform) doubt: bool,
    values: FxHashMap<Node<'t>, Slot<Value>>,
    notices: BTreeSet<Notice>,
    steps: u64,
    depth: u32,
}

/// What an evaluation starts from.
#[derive(Clone, Copy)]
pub(in crate::lang::terraform) struct World<'t> {
    /// What each folder declares.
    pub(in crate::lang::terraform) modules: &'t BTreeMap<RelPath, Module<'t>>,
    /// Where module calls lead.
    pub(in crate::lang::terraform) folders: &'t Folders,
    /// The major versions of the providers.
    pub(in crate::lang::terraform) majors: &'t Majors,
    /// The workspace.
    pub(in crate::lang::terraform) tree: &'t dyn SourceTree,
    /// The folder of the root module.
    pub(in crate::lang::terraform) root: &'t RelPath,
}

/// A named value that is evaluated once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::lang::terraform) enum Node<'t> {
    /// `local.x`
    Local(InstanceId, &'t str),
    /// `var.x`
    Variable(InstanceId, &'t str),
    /// `output.x`
    Output(InstanceId, &'t str),
    /// An argument or block of a resource instance.
    Attribute(Handle, &'t str),
}

/// The state of something that is evaluated once.
#[derive(Clone, Debug)]
pub(in crate::lang::terraform) enum Slot<T> {
    /// It is being evaluated: meeting it again is a cycle.
    Running,
    /// It is known.
    Done(T),
}

/// Why an expression has no value: what Terraform would say, and where.
#[derive(Clone, Debug)]
pub(in crate::lang::terraform) struct Fault {
    /// The place.
    pub(in crate::lang::terraform) span: Span,
    /// One or more whole sentences.
    pub(in crate::lang::terraform) message: String,
}

/// A value, or why there is none.
pub(in crate::lang::terraform) type Outcome<T = Value> = Result<T, Box<Fault>>;

impl Fault {
    /// A fault at `span`; boxed, as every outcome holds it.
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "every caller wants it boxed"
    )]
    pub(in crate::lang::terraform) fn at(span: Span, message: impl Into<String>) -> Box<Self> {
        let message = message.into();
        Box::new(Self { span, message })
    }
}

impl<'t> Evaluation<'t> {
    /// An evaluation that has not begun; `None` when the root folder declares nothing.
    pub(in crate::lang::terraform) fn new(
        world: World<'t>,
        inputs: BTreeMap<String, Input<'t>>,
    ) -> Option<Self> {
        let root = world.modules.get(world.root)?;
        Some(Self {
            modules: world.modules,
            folders: world.folders,
            majors: world.majors,
            tree: world.tree,
            root: world.root,
            inputs,
            instances: vec![Instance::root(root)],
            origins: Origins::default(),
            expansions: FxHashMap::default(),
            called: FxHashMap::default(),
            handles: FxHashMap::default(),
            addresses: FxHashMap::default(),
            doubt: false,
            values: FxHashMap::default(),
            notices: BTreeSet::new(),
            steps: 0,
            depth: 0,
        })
    }

    /// An evaluation of a text that lives no longer than this call: a template file. It has no names of a
    /// module, and takes along what is counted and gathered until [`Self::rejoin`].
    pub(in crate::lang::terraform) fn branch<'l>(&mut self) -> Option<Evaluation<'l>>
    where
        't: 'l,
    {
        let world = World {
            modules: self.modules,
            folders: self.folders,
            majors: self.majors,
            tree: self.tree,
            root: self.root,
        };
        let mut branch = Evaluation::new(world, BTreeMap::new())?;
        branch.origins = std::mem::take(&mut self.origins);
        branch.notices = std::mem::take(&mut self.notices);
        branch.doubt = self.doubt;
        branch.steps = self.steps;
        branch.depth = self.depth;
        Some(branch)
    }

    /// Takes back what [`Self::branch`] took along.
    pub(in crate::lang::terraform) fn rejoin(&mut self, branch: Evaluation<'_>) {
        self.origins = branch.origins;
        self.notices = branch.notices;
        self.doubt = branch.doubt;
        self.steps = branch.steps;
    }

    /// The module instance named `id`.
    pub(in crate::lang::terraform) fn instance(&self, id: InstanceId) -> &Instance<'t> {
        // Ids are only made by pushing an instance, so the first one stands in for none.
        self.instances
            .get(id.0 as usize)
            .unwrap_or(&self.instances[0])
    }

    /// The block of a resource.
    pub(in crate::lang::terraform) fn declared(
        &self,
        module: InstanceId,
        block: usize,
    ) -> Option<&'t Declared<'t>> {
        self.instance(module).module.resources.get(block)
    }

    /// Whether the block of `handle` is a `data` block.
    pub(in crate::lang::terraform) fn is_data(&self, handle: Handle) -> bool {
        self.declared(handle.module, handle.block)
            .is_some_and(|declared| declared.mode == Mode::Data)
    }

    /// Goes one level deeper; `false` when a limit forbids it. Each `true` needs one [`Self::leave`].
    pub(in crate::lang::terraform) fn enter(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            self.limit(format!(
                "The evaluation was stopped after {STEPS} steps; the rest is unknown."
            ));
            return false;
        }
        if self.depth >= DEPTH {
            self.limit(format!(
                "Expressions and references are followed {DEPTH} levels deep; what lies deeper is unknown."
            ));
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from [`Self::enter`].
    pub(in crate::lang::terraform) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Counts work that is not an expression of its own.
    pub(in crate::lang::terraform) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(steps as u64);
    }

    /// Tells the user that a limit was reached.
    pub(in crate::lang::terraform) fn limit(&mut self, message: String) {
        let notice = Notice::about(NoticeKind::Limit, self.root.clone(), message);
        self.notices.insert(notice);
    }

    /// Tells the user something about `span`.
    pub(in crate::lang::terraform) fn notice(
        &mut self,
        kind: NoticeKind,
        span: Span,
        message: impl Into<String>,
    ) {
        let file = self.tree.get(span.file);
        let path = file.map_or_else(|| self.root.clone(), |file| file.path.clone());
        let span = self.tree.get(span.file).is_some().then_some(span);
        self.notices.insert(Notice {
            kind,
            message: message.into(),
            path,
            span,
        });
    }

    /// The notices so far, sorted.
    pub(in crate::lang::terraform) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices).into_iter().collect()
    }

    /// A value for certain: a fault becomes a notice and an unknown, and so does a value that has
    /// grown beyond all measure.
    pub(in crate::lang::terraform) fn settle(&mut self, outcome: Outcome, span: Span) -> Value {
        match outcome {
            Ok(value) => self.measured(value, span),
            Err(fault) => {
                self.notice(
                    NoticeKind::InvalidConfiguration,
                    fault.span,
                    fault.message.clone(),
                );
                self.unknown_at(Unknown::because(Why::Invalid), span)
            }
        }
    }

    /// `value`, unless it is larger or deeper than a value may be.
    pub(in crate::lang::terraform) fn measured(&mut self, value: Value, span: Span) -> Value {
        if let Some(size) = measure::size(&value) {
            self.spend(size / 16);
            return value;
        }
        let message =
            "A value has too many members or is nested too deeply; it is taken as unknown.";
        self.limit(message.to_owned());
        self.unknown_at(Unknown::because(Why::Limit), span)
    }

    /// An unknown made at `span`.
    pub(in crate::lang::terraform) fn unknown_at(&mut self, unknown: Unknown, span: Span) -> Value {
        let origin = self.origins.computed(span);
        Value::unknown(unknown, origin)
    }

    /// The value of `node`, evaluated by `make` the first time. One that needs itself is in error.
    pub(in crate::lang::terraform) fn once(
        &mut self,
        node: Node<'t>,
        span: Span,
        make: impl FnOnce(&mut Self) -> Outcome,
    ) -> Value {
        match self.values.entry(node) {
            Entry::Occupied(slot) => match slot.get() {
                Slot::Done(value) => return value.clone(),
                Slot::Running => {
                    let message = "This value refers to itself, directly or through others.";
                    self.notice(NoticeKind::InvalidConfiguration, span, message);
                    return self.unknown_at(Unknown::because(Why::Invalid), span);
                }
            },
            Entry::Vacant(slot) => {
                slot.insert(Slot::Running);
            }
        }
        if !self.enter() {
            self.values.remove(&node);
            return self.unknown_at(Unknown::because(Why::Limit), span);
        }
        // Doubt about how a named value comes about is not doubt about a reference to it.
        let doubt = std::mem::replace(&mut self.doubt, false);
        let outcome = make(self);
        self.doubt = doubt;
        let value = self.settle(outcome, span);
        self.leave();
        self.values.insert(node, Slot::Done(value.clone()));
        value
    }
}
