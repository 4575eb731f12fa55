use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::template::Template;
use crate::model::{self, Value};
use crate::source::RelPath;
use crate::syntax::json::Node;

/// What the expressions of one template see: its sections and the values given to it.
pub(super) struct Scope<'s> {
    /// The sections.
    pub(super) template: Template<'s>,
    /// The file the template stands in; linked templates are found from here.
    pub(super) path: RelPath,
    /// Goes before spellings of what this scope alone knows: empty for the outermost template.
    pub(super) prefix: String,
    /// What goes before the names of parameters and variables where they spell their values: unlike the
    /// prefix it also tells the turns of a repeated deployment apart.
    pub(super) key: String,
    /// Values given to parameters, by lower-case name.
    pub(super) given: FxHashMap<String, Value>,
    /// Whether it is given values that are not at hand: a parameter file elsewhere.
    pub(super) given_elsewhere: bool,
    /// The resource group it is deployed to, where it names one.
    pub(super) group: Option<Value>,
    /// The subscription it is deployed to, where it names one.
    #[expect(dead_code, reason = "ids do not name the subscription yet")]
    pub(super) subscription: Option<Value>,
    /// Parameters and variables that were asked for, by lower-case name.
    pub(super) parameters: RefCell<FxHashMap<String, Cell>>,
    pub(super) variables: RefCell<FxHashMap<String, Cell>>,
    /// The nested deployments of the template, once asked for.
    pub(super) deployments: RefCell<Option<Vec<Deployment<'s>>>>,
}

/// A value that is made when it is first asked for.
#[derive(Clone)]
pub(super) enum Cell {
    /// It is being made: who asks for it now asks in a circle.
    Busy,
    /// It was made.
    Done(Value),
}

/// A nested deployment whose outputs may be asked for.
pub(super) struct Deployment<'s> {
    pub(super) name: Value,
    pub(super) symbol: Option<String>,
    pub(super) node: Node<'s>,
    /// The turn of the loop that it stands in, if it stands in one.
    pub(super) turns: Vec<Turn>,
    pub(super) outputs: Option<Cell>,
}

/// One turn of a loop that an expression stands in.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// The loop's name.
    pub(super) name: Option<String>,
    /// The index of this turn, which is unknown in a symbolic one.
    pub(super) index: Value,
    /// Whether it is a loop over resources: `copyIndex()` without a name means the nearest such.
    pub(super) of_resources: bool,
}

/// Where an expression stands: in a scope, in loops, perhaps in a user-defined function.
#[derive(Clone)]
pub(super) struct Frame<'f, 's> {
    pub(super) scope: &'f Scope<'s>,
    /// The loops, outermost first.
    pub(super) turns: Vec<Turn>,
    /// The arguments of the user-defined function, by lower-case name.
    pub(super) arguments: Option<FxHashMap<String, Value>>,
}

impl<'s> Scope<'s> {
    /// A scope without given values.
    pub(super) fn new(template: Template<'s>, path: RelPath, prefix: String) -> Self {
        Self {
            template,
            path,
            key: prefix.clone(),
            prefix,
            given: FxHashMap::default(),
            given_elsewhere: false,
            group: None,
            subscription: None,
            parameters: RefCell::default(),
            variables: RefCell::default(),
            deployments: RefCell::default(),
        }
    }

    /// The scope part of the identities of what is declared here.
    pub(super) fn place(&self) -> model::Scope {
        match &self.group {
            Some(group) => model::Scope::Group(Box::new(group.clone())),
            None => model::Scope::Here,
        }
    }
}

impl<'f, 's> Frame<'f, 's> {
    /// Outside of all loops.
    pub(super) fn of(scope: &'f Scope<'s>) -> Self {
        Self {
            scope,
            turns: Vec::new(),
            arguments: None,
        }
    }

    /// Inside one more loop.
    pub(super) fn turned(&self, turn: Turn) -> Self {
        let mut inner = self.clone();
        inner.turns.push(turn);
        inner
    }
}
