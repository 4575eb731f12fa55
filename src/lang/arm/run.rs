use std::collections::BTreeSet;
use std::sync::Arc;

use super::Cache;
use super::scope::Frame;
use crate::expression::{Expr, Failure};
use crate::lang::Evaluated;
use crate::model::{Data, Entry, Hop, List, Map, Origin, Unknown, Value, Via, Why};
use crate::source::{Notice, NoticeKind, RelPath, SourceFile, SourceTree, Span};

/// How deep expressions, variables, objects and nested templates may nest together.
const MAX_DEPTH: u32 = 260;

/// How many steps one unit may take: far above the largest generated templates, and a few seconds.
const MAX_STEPS: u64 = 10_000_000;

/// How many notices one unit may give.
const MAX_NOTICES: usize = 500;

/// How many members of a carried value get an origin at its use.
const MAX_CARRIED: usize = 256;

/// Evaluates an expression that stands at a place, within a frame. What its functions read from the
/// template are values again, which may hold expressions: whoever evaluates values is told this way.
pub(super) type Expressions =
    fn(&mut Run<'_>, &Frame<'_, '_>, &Expr, Span) -> Result<Value, Failure>;

/// The evaluation of one unit on its way.
pub(super) struct Run<'t> {
    /// Where linked templates are read from.
    pub(super) tree: &'t dyn SourceTree,
    /// What is parsed already.
    pub(super) cache: &'t Cache,
    /// How expressions are evaluated.
    pub(super) expressions: Expressions,
    /// What it has given so far.
    pub(super) out: Evaluated,
    /// Where a text without a file stands.
    pub(super) standing: Option<Span>,
    /// Templates that are being evaluated, outermost first.
    pub(super) linked: Vec<RelPath>,
    seen: BTreeSet<Notice>,
    steps: u64,
    depth: u32,
}

impl<'t> Run<'t> {
    pub(super) fn new(
        tree: &'t dyn SourceTree,
        cache: &'t Cache,
        expressions: Expressions,
    ) -> Self {
        Self {
            tree,
            cache,
            expressions,
            out: Evaluated::default(),
            standing: None,
            linked: Vec::new(),
            seen: BTreeSet::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// What the evaluation gave, its notices and files in order.
    pub(super) fn finish(mut self) -> Evaluated {
        self.out.notices = self.seen.into_iter().collect();
        self.out.files.sort_unstable();
        self.out.files.dedup();
        self.out
    }

    /// Says something once.
    pub(super) fn notice(&mut self, notice: Notice) {
        if self.seen.len() < MAX_NOTICES {
            self.seen.insert(notice);
        }
    }

    /// Says something about a place.
    pub(super) fn say(&mut self, kind: NoticeKind, span: Span, message: impl Into<String>) {
        let known = |span: Span| Some((self.tree.get(span.file)?, span));
        let place = known(span).or_else(|| known(self.standing?));
        if let Some((file, span)) = place {
            self.notice(Notice::at(kind, file.path.clone(), span, message));
        }
    }

    /// Takes note that a text takes part.
    pub(super) fn uses(&mut self, file: &Arc<SourceFile>) {
        self.out.files.push(file.id);
    }

    /// Takes one step down; refuses at a limit.
    pub(super) fn enter(&mut self) -> Result<(), String> {
        if self.depth >= MAX_DEPTH {
            return Err(format!(
                "the evaluation nests more than {MAX_DEPTH} steps deep"
            ));
        }
        if self.steps >= MAX_STEPS {
            return Err(format!("the evaluation takes more than {MAX_STEPS} steps"));
        }
        self.steps += 1;
        self.depth += 1;
        Ok(())
    }

    /// Comes back from a step.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// A value that cannot be known, at `span`.
    pub(super) fn unknown(&mut self, why: Why, span: Span) -> Value {
        let origin = self.out.origins.computed(span);
        Value::unknown(Unknown::because(why), origin)
    }

    /// The origin of a value that is used at `span` and was at `from` before.
    pub(super) fn step(&mut self, span: Span, via: Via, from: Origin) -> Origin {
        self.out.origins.step(span, via, from)
    }

    /// The origin, at `span`, of a member that was picked out of `container`.
    pub(super) fn selected(&mut self, span: Span, container: Origin, item: Origin) -> Origin {
        if self.out.origins.hop(item).span == Some(span) {
            return item;
        }
        let hop = self.out.origins.hop(container);
        let via = match (hop.via, hop.from) {
            // Putting a container together does not change its members: they come as it came.
            (Via::Derived, Some(from)) => self.out.origins.hop(from).via,
            (via, _) if hop.span == Some(span) => via,
            _ => Via::Computed,
        };
        self.step(span, via, item)
    }

    /// `value` as the argument of a deployment: a caller writes it, whatever it is made of.
    pub(super) fn argued(&mut self, value: Value) -> Value {
        let mut left = MAX_CARRIED;
        if fits(&value, &mut left) {
            self.argue(value)
        } else {
            value
        }
    }

    fn argue(&mut self, mut value: Value) -> Value {
        if let Some(span) = self.out.origins.used_at(value.origin) {
            value.origin = self.step(span, Via::ModuleArgument, value.origin);
        }
        value.data = self.members(value.data, &mut |run, item| run.argue(item));
        value
    }

    /// `value` as it is used at `span`: each of its members, too, is used there.
    pub(super) fn carried(&mut self, value: Value, span: Span) -> Value {
        let mut left = MAX_CARRIED;
        if fits(&value, &mut left) {
            self.carry(value, span)
        } else {
            value
        }
    }

    fn carry(&mut self, mut value: Value, span: Span) -> Value {
        let container = value.origin;
        let sensitive = value.sensitive;
        value.data = self.members(value.data, &mut |run, item| {
            let mut item = item.marked(sensitive);
            item.origin = run.selected(span, container, item.origin);
            run.carry(item, span)
        });
        value
    }

    /// `data` with each of its direct members as `change` makes it.
    fn members(&mut self, data: Data, change: &mut dyn FnMut(&mut Self, Value) -> Value) -> Data {
        match data {
            Data::List(list) => {
                let items = list.items.iter().cloned();
                let items = items.map(|one| change(self, one)).collect();
                Data::List(Arc::new(List {
                    items,
                    collection: list.collection,
                    element: list.element.clone(),
                }))
            }
            Data::Map(map) => {
                let entries = map.entries.iter().map(|entry| Entry {
                    key: Arc::clone(&entry.key),
                    value: change(self, entry.value.clone()),
                });
                Data::Map(Arc::new(Map {
                    entries: entries.collect(),
                    collection: map.collection,
                    element: map.element.clone(),
                    open: map.open,
                }))
            }
            data => data,
        }
    }

    /// Adds a hop that says which resource the value at `from` names.
    pub(super) fn pointing(
        &mut self,
        span: Span,
        from: Origin,
        to: &Arc<crate::model::PointsTo>,
    ) -> Origin {
        if self.out.origins.points_to(from).is_some() {
            return from;
        }
        let hop = self.out.origins.hop(from).clone();
        let keeps = hop.span == Some(span);
        self.out.origins.add(Hop {
            span: Some(span),
            via: if keeps { hop.via } else { Via::Computed },
            from: if keeps { hop.from } else { Some(from) },
            points_to: Some(Arc::clone(to)),
        })
    }
}

fn fits(value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    match &value.data {
        Data::List(list) => list.items.iter().all(|item| fits(item, left)),
        Data::Map(map) => map.entries.iter().all(|entry| fits(&entry.value, left)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => true,
    }
}
