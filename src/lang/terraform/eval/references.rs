use std::sync::Arc;

use super::access::Step;
use super::evaluation::{Evaluation, Node, Outcome};
use super::handle::{Handle, Repeated};
use super::subject::{Part, Subject};
use crate::lang::terraform::said::{Meant, block_name, said, said_of_resource};
use crate::lang::terraform::section::Nested;
use crate::lang::terraform::types;
use crate::model::facts::{self, Schema};
use crate::model::{
    Address, Data, Entry, Hop, Map, Origin, PointsTo, Type, Unknown, Value, Via, Why,
};
use crate::source::Span;

impl<'t> Evaluation<'t> {
    /// What the argument or attribute `name` of a resource instance is.
    pub(super) fn attribute(&mut self, handle: Handle, name: &Arc<str>, span: Span) -> Subject {
        let path = vec![name.clone()];
        let configured = self.argument(handle, name);
        let known = match configured {
            // Null leaves it to the provider where that computes the attribute.
            Some(value) if value.is_null() => self.filled_in(handle, &path).then_some(None),
            // So does a `dynamic` block that makes none.
            Some(value) if self.is_no_block(handle, &path, &value) => Some(None),
            value => Some(value),
        };
        let value = match known {
            Some(Some(value)) => value,
            None if !self.filled_in(handle, &path) => Value::null(Origin::NOWHERE),
            Some(None) | None => {
                return Subject::Value(self.unset(handle, &path, name, span));
            }
        };
        Subject::Part(Part {
            handle,
            path,
            attribute: Arc::clone(name),
            value,
        })
    }

    /// The configured value of an argument or of the blocks of one kind; `None` when there is none.
    pub(in crate::lang::terraform) fn argument(
        &mut self,
        handle: Handle,
        name: &str,
    ) -> Option<Value> {
        let declared = self.declared(handle.module, handle.block)?;
        let said = said(&declared.block.body, name)?;
        let schema = declared.schema.as_deref().map(|schema| &schema.body);
        Some(self.meant(handle, &declared.block, Meant::of(said, schema)))
    }

    /// The value of what the `block` of a resource instance says under one name.
    pub(in crate::lang::terraform) fn meant(
        &mut self,
        handle: Handle,
        block: &'t Nested<'t>,
        meant: Meant<'t, '_>,
    ) -> Value {
        let node = Node::Attribute(handle, meant.name());
        self.once(node, block.header, |this| {
            let what = Repeated::Resource(handle.block);
            this.within(handle.module, what, handle.instance, |this, scope| {
                this.entry(&block.body, meant, scope)
            })
        })
    }

    /// One step into a value inside a resource.
    pub(super) fn step_into_part(
        &mut self,
        part: Part,
        step: &Step,
        span: Span,
    ) -> Outcome<Subject> {
        let spelled = step.spelled().unwrap_or_else(|| "[…]".to_owned());
        let attribute: Arc<str> = Arc::from(format!("{}{spelled}", part.attribute));
        let mut path = part.path;
        if let Step::Name(name) = step {
            path.push(name.clone());
            let missing = part
                .value
                .as_map()
                .is_some_and(|map| map.get(name).is_none());
            if missing && self.is_inside_block(part.handle, &path) {
                return Ok(Subject::Value(self.unset(
                    part.handle,
                    &path,
                    &attribute,
                    span,
                )));
            }
        }
        let value = self.access(&part.value, step, span)?;
        Ok(Subject::Part(Part {
            handle: part.handle,
            path,
            attribute,
            value,
        }))
    }

    /// Whether what is written at `path` is blocks. Where the schema is not known, the text says it.
    fn is_block(&self, handle: Handle, path: &[Arc<str>]) -> bool {
        if let Some(schema) = self.schema(handle) {
            return schema.is_block(path);
        }
        let declared = self.declared(handle.module, handle.block);
        declared.zip(path.first()).is_some_and(|(declared, first)| {
            let mut blocks = declared.block.body.blocks.iter();
            blocks.any(|block| block_name(block) == &**first)
        })
    }

    /// Whether `value` is no block at all of a kind that the provider fills in.
    fn is_no_block(&self, handle: Handle, path: &[Arc<str>], value: &Value) -> bool {
        let is_empty = matches!(&value.data, Data::List(list) if list.items.is_empty());
        let schema = self.schema(handle);
        let block = schema.and_then(|schema| schema.block(path));
        is_empty && block.is_some_and(|block| block.computed)
    }

    /// Whether `path` leads through blocks, so that what is not written may still be filled in.
    fn is_inside_block(&self, handle: Handle, path: &[Arc<str>]) -> bool {
        let around = path.split_last().map_or(&[][..], |(_, around)| around);
        self.schema(handle)
            .is_none_or(|schema| schema.is_block(around))
    }

    /// The value of a part as a reference sees it.
    pub(super) fn part_value(&mut self, part: Part, span: Span) -> Value {
        let value = self.opened(part.value, part.handle, &part.path, &part.attribute, 0);
        let origin = self.pointing(part.handle, part.attribute, Some(value.origin), span);
        Value { origin, ..value }
    }

    /// An origin at `span` that points to an attribute of a resource instance.
    fn pointing(
        &mut self,
        handle: Handle,
        attribute: impl Into<Arc<str>>,
        from: Option<Origin>,
        span: Span,
    ) -> Origin {
        let points_to = Arc::new(self.points_to(handle, attribute));
        self.referred(points_to, from, span)
    }

    fn referred(&mut self, points_to: Arc<PointsTo>, from: Option<Origin>, span: Span) -> Origin {
        self.origins.add(Hop {
            span: Some(span),
            via: Via::Reference,
            from,
            points_to: Some(points_to),
        })
    }

    fn points_to(&mut self, handle: Handle, attribute: impl Into<Arc<str>>) -> PointsTo {
        PointsTo {
            address: Some(self.address(handle)),
            identity: None,
            attribute: attribute.into(),
        }
    }

    /// `value` with its blocks made open: they also have what the provider fills in.
    fn opened(
        &mut self,
        value: Value,
        handle: Handle,
        path: &[Arc<str>],
        attribute: &str,
        depth: usize,
    ) -> Value {
        let Data::List(list) = &value.data else {
            return value;
        };
        if !self.is_block(handle, path) || depth > 16 {
            return value;
        }
        let mut items = Vec::with_capacity(list.items.len());
        for (index, item) in list.items.iter().enumerate() {
            let Data::Map(map) = &item.data else {
                items.push(item.clone());
                continue;
            };
            let here = format!("{attribute}[{index}]");
            let mut entries = Vec::with_capacity(map.entries.len());
            for entry in &map.entries {
                let mut path = path.to_vec();
                path.push(entry.key.clone());
                let attribute = format!("{here}.{}", entry.key);
                let value = self.opened(entry.value.clone(), handle, &path, &attribute, depth + 1);
                entries.push(Entry {
                    key: entry.key.clone(),
                    value,
                });
            }
            let origin = match self.origins.used_at(item.origin) {
                Some(span) => self.pointing(handle, here.as_str(), Some(item.origin), span),
                None => item.origin,
            };
            items.push(open_map(entries, origin).marked(item.sensitive));
        }
        let origin = value.origin;
        Value::list(items, origin).marked(value.sensitive)
    }

    /// A resource instance as one value: what is configured, its id, and more that is not known.
    pub(super) fn whole(&mut self, handle: Handle, span: Span) -> Value {
        let Some(declared) = self.declared(handle.module, handle.block) else {
            return self.unknown_at(Unknown::because(Why::Invalid), span);
        };
        let node = Node::Attribute(handle, "");
        let header = declared.block.header;
        let body = &declared.block.body;
        let mut value = self.once(node, header, |this| {
            let said = said_of_resource(body);
            let mut names: Vec<Arc<str>> = said.iter().map(|said| Arc::from(said.name)).collect();
            names.push(Arc::from("id"));
            names.sort();
            names.dedup();
            let mut entries = Vec::with_capacity(names.len());
            for name in names {
                let subject = this.attribute(handle, &name, header);
                let value = this.subject_value(subject, Via::Reference, header)?;
                entries.push(Entry { key: name, value });
            }
            let origin = this.pointing(handle, "", None, header);
            Ok(open_map(entries, origin))
        });
        value.origin = self.pointing(handle, "", Some(value.origin), span);
        value
    }

    /// The member `name` of an open object: an attribute that the configuration does not give.
    pub(super) fn beyond(&mut self, value: &Value, name: &str, span: Span) -> Value {
        let points_to = self.origins.points_to(value.origin).cloned();
        let handle = points_to
            .as_ref()
            .and_then(|it| it.address.as_ref())
            .and_then(|address| self.handles.get(&*address.0).copied());
        let (Some(points_to), Some(handle)) = (points_to, handle) else {
            return self.unknown_at(Unknown::because(Why::Computed), span);
        };
        let attribute = format!("{}.{name}", points_to.attribute);
        let attribute = attribute.trim_start_matches('.');
        let path: Vec<Arc<str>> = attribute
            .split('.')
            .map(|step| Arc::from(step.split('[').next().unwrap_or_default()))
            .collect();
        let is_declared = self.schema(handle).is_some_and(|schema| {
            schema.attribute(&path).is_some() || schema.block(&path).is_some()
        });
        // What no schema tells of may not be there at all.
        self.doubt |= !is_declared;
        self.unset(handle, &path, &Arc::from(attribute), span)
    }

    fn schema(&self, handle: Handle) -> Option<&'t Schema> {
        let declared = self.declared(handle.module, handle.block)?;
        declared.schema.as_deref()
    }

    /// Whether the provider fills in the attribute at `path` when it is not given; so it is taken to
    /// do where the schema is not known.
    fn filled_in(&self, handle: Handle, path: &[Arc<str>]) -> bool {
        let Some(schema) = self.schema(handle) else {
            return true;
        };
        match (schema.attribute(path), schema.block(path)) {
            (Some(attribute), _) => attribute.computed || attribute.read_only,
            (None, Some(block)) => block.computed,
            (None, None) => true,
        }
    }

    /// The value of an attribute that the configuration does not give.
    fn unset(
        &mut self,
        handle: Handle,
        path: &[Arc<str>],
        attribute: &Arc<str>,
        span: Span,
    ) -> Value {
        let schema = self.schema(handle);
        let of_schema = schema.and_then(|schema| schema.attribute(path));
        let block = schema.and_then(|schema| schema.block(path));
        let filled_in = self.filled_in(handle, path);
        let points_to = Arc::new(self.points_to(handle, Arc::clone(attribute)));
        let origin = self.referred(Arc::clone(&points_to), None, span);
        if !filled_in {
            let major = self.provider_major_of(handle);
            let default = of_schema.and_then(|it| default_of(it, major));
            let data = match (default, block) {
                (Some(data), _) => data,
                (None, Some(_)) => Value::list(Vec::new(), origin).data,
                (None, None) => Data::Null,
            };
            return Value::new(data, origin);
        }
        let is_data = self.is_data(handle);
        let why = if is_data {
            Why::DataSource
        } else {
            Why::Computed
        };
        let address = points_to.address.as_ref().map_or("", Address::as_str);
        let term = format!("{address}.{attribute}");
        let mut unknown = Unknown::because(why).spelled(term).pointing_to(points_to);
        let is_id = &**attribute == "id";
        unknown.not_null = is_id;
        unknown.ty = if is_id {
            Some(Type::String)
        } else {
            of_schema.and_then(|it| types::from_text(&it.ty))
        };
        if unknown.ty == Some(Type::Bool) && !is_data {
            let truth = |it| Value::new(Data::Bool(it), origin);
            unknown.domain = Some(vec![truth(true), truth(false)]);
        }
        Value::unknown(unknown, origin)
    }
}

fn default_of(attribute: &facts::Attribute, major: Option<u32>) -> Option<Data> {
    let of_major = major.and_then(|major| {
        let mut found = attribute.defaults.iter().filter(|(it, _)| *it == major);
        found.next().map(|(_, scalar)| scalar)
    });
    let scalar = match (of_major, attribute.defaults.is_empty()) {
        (Some(scalar), _) => Some(scalar),
        (None, true) => attribute.default.as_ref(),
        (None, false) => None,
    };
    scalar.map(Data::from)
}

/// An object that has further members than these.
fn open_map(entries: Vec<Entry>, origin: Origin) -> Value {
    let mut value = Value::map(entries, origin);
    if let Data::Map(map) = &mut value.data {
        let map: &mut Map = Arc::make_mut(map);
        map.open = true;
    }
    value
}
