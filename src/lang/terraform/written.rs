//! The written shape: what each resource block says, instances expanded, blocks as lists of maps.

use std::sync::Arc;

use super::eval::{Evaluation, Handle, Outcome, Repeated};
use super::expansion::By;
use super::module::Mode;
use super::said::{Meant, all_said, block_name, said_of_resource};
use super::scope::{Bound, InstanceId, Scope};
use super::section::{Nested, Section};
use super::{convert, types};
use crate::model::facts::{Attribute, Body};
use crate::model::{
    Data, Entry, Existence, Hop, Kind, Origin, Type, Unknown, Value, Via, Why, Written,
};
use crate::source::Span;

/// Nested blocks deeper than this are left out, as the parser's own limit is of the same order.
const DEPTH: u32 = 64;

impl<'t> Evaluation<'t> {
    /// Every instance of every resource block, in all module instances that can be reached.
    pub(super) fn written(&mut self) -> Vec<Written> {
        let mut out = Vec::new();
        let mut next = 0;
        while next < self.instances.len() {
            let id = InstanceId(u32::try_from(next).unwrap_or(u32::MAX));
            next += 1;
            for block in 0..self.instance(id).module.resources.len() {
                if self.declared(id, block).map(|it| it.mode) == Some(Mode::Managed) {
                    self.resource(id, block, &mut out);
                }
            }
            for call in 0..self.instance(id).module.calls.len() {
                // Asking for the instances of a call makes them; their resources come in turn.
                if self.module_instances(id, call).is_none() {
                    self.tell_missing(id, call);
                }
            }
        }
        out
    }

    fn resource(&mut self, module: InstanceId, block: usize, out: &mut Vec<Written>) {
        let Some(declared) = self.declared(module, block) else {
            return;
        };
        let expansion = self.expansion(module, Repeated::Resource(block));
        for (index, one) in expansion.instances.iter().enumerate() {
            let handle = Handle {
                module,
                block,
                instance: index,
            };
            let args = self.arguments(handle, &declared.block);
            let around = self.instance(module).existence.clone();
            out.push(Written {
                address: self.address(handle),
                kind: Kind::new(Arc::clone(&declared.kind)),
                args,
                node: declared.block.span,
                header: declared.block.header,
                existence: weaker(around, one.existence.clone()),
                provider_major: self.provider_major_of(handle),
                repeated: expansion.by != By::Nothing || self.instance(module).repeated,
            });
        }
    }

    /// All arguments and blocks of an instance.
    fn arguments(&mut self, handle: Handle, block: &'t Nested<'t>) -> Value {
        let said = said_of_resource(&block.body);
        let mut entries = Vec::with_capacity(said.len());
        let declared = self.declared(handle.module, handle.block);
        let schema = declared.and_then(|it| it.schema.as_deref());
        let schema = schema.map(|schema| &schema.body);
        for said in said {
            let meant = Meant::of(said, schema);
            let value = self.meant(handle, block, meant);
            let key = meant.key();
            entries.push(Entry { key, value });
        }
        if let Some(schema) = schema.filter(|_| block.body.is_cut) {
            self.lost(&mut entries, schema, block.header);
        }
        let origin = self.origins.literal(block.header);
        Value::map(entries, origin)
    }

    /// Adds what a block that could not be read whole may say beside `entries`: all that its schema
    /// has, not known.
    fn lost(&mut self, entries: &mut Vec<Entry>, schema: &Body, header: Span) {
        let attributes = schema.attributes.iter();
        let settable = attributes.filter(|(_, attribute)| !attribute.read_only);
        let names = settable.map(|(name, _)| name).chain(schema.blocks.keys());
        for name in names {
            if entries.iter().any(|entry| *entry.key == **name) {
                continue;
            }
            let unknown = Unknown::because(Why::Unread);
            entries.push(Entry {
                key: Arc::clone(name),
                value: self.unknown_at(unknown, header),
            });
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
    }

    /// The value of what `body` says under one name: the argument, or the blocks of that kind.
    pub(super) fn entry(
        &mut self,
        body: &'t Section<'t>,
        meant: Meant<'t, '_>,
        scope: &Scope<'_>,
    ) -> Outcome {
        self.inside(body, meant, scope, 0)
    }

    fn inside(
        &mut self,
        body: &'t Section<'t>,
        meant: Meant<'t, '_>,
        scope: &Scope<'_>,
        depth: u32,
    ) -> Outcome {
        if let Some(argument) = meant.said.argument {
            let value = self.expression(argument.value, scope)?;
            return Ok(typed(value, meant.attribute));
        }
        let name = meant.said.name;
        let blocks = body.blocks.iter().filter(|block| block_name(block) == name);
        if blocks.clone().all(|block| &*block.kind != "dynamic") {
            let origin = blocks.clone().next().map(|block| block.header);
            let items = blocks
                .map(|block| self.block(&block.body, block.header, meant.block, scope, depth))
                .collect();
            let origin = origin.map_or(Origin::NOWHERE, |header| self.origins.literal(header));
            return Ok(Value::list(items, origin));
        }
        let blocks: Vec<&'t Nested<'t>> = blocks.collect();
        self.blocks(&blocks, meant.block, scope, depth)
    }

    /// The blocks of one kind as a list of maps. Where it is not known how many a `dynamic` block
    /// makes, neither is the list.
    fn blocks(
        &mut self,
        blocks: &[&'t Nested<'t>],
        schema: Option<&Body>,
        scope: &Scope<'_>,
        depth: u32,
    ) -> Outcome {
        let start = blocks.first().map(|block| block.header);
        let mut lists: Vec<Vec<Value>> = vec![Vec::new()];
        let mut unclear: Option<Value> = None;
        for block in blocks {
            if &*block.kind != "dynamic" {
                let item = self.block(&block.body, block.header, schema, scope, depth);
                for list in &mut lists {
                    list.push(item.clone());
                }
                continue;
            }
            let Some(for_each) = block.body.value("for_each") else {
                continue;
            };
            let outcome = self.expression(for_each, scope);
            let over = self.settle(outcome, for_each.span());
            let possible = match &over.data {
                Data::Unknown(unknown) => unknown.domain.clone().unwrap_or_default(),
                _ => vec![over.clone()],
            };
            if possible.is_empty() {
                unclear.get_or_insert(over);
                continue;
            }
            if possible.len() > 1 {
                unclear.get_or_insert_with(|| over.clone());
            }
            let mut grown = Vec::new();
            for value in &possible {
                let Some(items) = self.items(value, for_each.span())? else {
                    unclear.get_or_insert_with(|| over.clone());
                    continue;
                };
                let made = self.contents(block, &items, schema, scope, depth);
                for list in &lists {
                    grown.push([list.as_slice(), &made].concat());
                }
            }
            if !grown.is_empty() {
                lists = grown;
            }
        }
        let span = start.unwrap_or_else(|| Span::at(crate::source::FileId(u32::MAX), 0));
        let origin = self.origins.literal(span);
        let mut lists: Vec<Value> = lists
            .into_iter()
            .map(|items| Value::list(items, origin))
            .collect();
        match (unclear, lists.len()) {
            (None, 1) => Ok(lists.swap_remove(0)),
            (unclear, count) => Ok(self.one_of(unclear.as_ref(), lists, count > 1, span)),
        }
    }

    /// A list of blocks of which `decides` says which it is.
    fn one_of(
        &mut self,
        decides: Option<&Value>,
        lists: Vec<Value>,
        is_complete: bool,
        span: Span,
    ) -> Value {
        let from = decides.and_then(Value::as_unknown);
        let mut unknown = Unknown::because(from.map_or(Why::Computed, |it| it.why)).not_null();
        unknown.input = from.and_then(|it| it.input.clone());
        let few = lists.len() <= 8 && !lists.iter().any(Value::has_unknown);
        if is_complete && few && from.is_some_and(|it| it.domain.is_some()) {
            unknown.domain = Some(lists);
        }
        self.unknown_at(unknown, span)
    }

    /// What a `dynamic` block makes of the members of its collection.
    fn contents(
        &mut self,
        block: &'t Nested<'t>,
        items: &[(Value, Value)],
        schema: Option<&Body>,
        scope: &Scope<'_>,
        depth: u32,
    ) -> Vec<Value> {
        let iterator = iterator_of(block);
        let mut made = Vec::with_capacity(items.len());
        for content in block.body.blocks_of("content") {
            for (key, value) in items {
                let origin = value.origin;
                let entry = |name: &str, value: &Value| Entry {
                    key: Arc::from(name),
                    value: value.clone(),
                };
                let each = Value::map(vec![entry("key", key), entry("value", value)], origin);
                let bound = Bound {
                    name: &iterator,
                    value: &each,
                    next: scope.bound,
                };
                let scope = scope.with(&bound);
                made.push(self.block(&content.body, block.header, schema, &scope, depth));
            }
        }
        made
    }

    /// One nested block as a map.
    fn block(
        &mut self,
        body: &'t Section<'t>,
        header: Span,
        schema: Option<&Body>,
        scope: &Scope<'_>,
        depth: u32,
    ) -> Value {
        if depth > DEPTH || !self.enter() {
            return self.unknown_at(Unknown::because(Why::Limit), header);
        }
        let said = all_said(body);
        let mut entries = Vec::with_capacity(said.len());
        for said in said {
            let meant = Meant::of(said, schema);
            let outcome = self.inside(body, meant, scope, depth + 1);
            // A fault in one argument leaves the others as they are.
            let span = said.argument.map_or(header, |it| it.value.span());
            entries.push(Entry {
                key: meant.key(),
                value: self.settle(outcome, span),
            });
        }
        if let Some(schema) = schema.filter(|_| body.is_cut) {
            self.lost(&mut entries, schema, header);
        }
        self.leave();
        let origin = self.origins.add(Hop {
            span: Some(header),
            via: Via::Literal,
            from: None,
            points_to: None,
        });
        Value::map(entries, origin)
    }
}

/// The name that the members of a `dynamic` block's collection have in its content.
fn iterator_of(block: &Nested<'_>) -> String {
    let named = block.body.value("iterator").and_then(|value| match value {
        super::section::Expression::Hcl(expr) => match expr.inner().kind() {
            crate::syntax::hcl::ExprKind::Variable(name) => Some(name.to_owned()),
            _ => None,
        },
        other => other.as_text().map(std::borrow::Cow::into_owned),
    });
    named.unwrap_or_else(|| block.label(0).to_owned())
}

/// The value in the type that the provider's schema gives the argument. What cannot be converted stays:
/// the provider would refuse it, and the type may have changed between versions of the provider.
fn typed(value: Value, attribute: Option<&Attribute>) -> Value {
    let ty = attribute
        .and_then(|attribute| types::from_text(&attribute.ty))
        .filter(|ty| *ty != Type::Any && !is_of(&value, ty));
    match ty.map(|ty| convert::convert(&value, &ty)) {
        Some(Ok(converted)) => converted,
        Some(Err(_)) | None => value,
    }
}

/// Returns `true` if `value` is one of the primitive type `ty` already.
fn is_of(value: &Value, ty: &Type) -> bool {
    match (&value.data, ty) {
        (Data::String(_), Type::String)
        | (Data::Bool(_), Type::Bool)
        | (Data::Number(_), Type::Number) => true,
        (Data::Unknown(unknown), Type::String | Type::Bool | Type::Number) => {
            unknown.ty.as_ref() == Some(ty)
        }
        _ => false,
    }
}

/// Whether something exists that stands inside something else.
pub(super) fn weaker(around: Existence, own: Existence) -> Existence {
    match (around, own) {
        (Existence::Certain, own) => own,
        (around, Existence::Certain) => around,
        (Existence::Symbolic(unknown), _) | (_, Existence::Symbolic(unknown)) => {
            Existence::Symbolic(unknown)
        }
        (Existence::Conditional(origin), Existence::Conditional(_)) => {
            Existence::Conditional(origin)
        }
    }
}
