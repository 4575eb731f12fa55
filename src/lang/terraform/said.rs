//! What the body of a block says, name by name, beside what the provider's schema says of the names.

use std::sync::Arc;

use super::section::{Argument, Nested, Section};
use crate::model::facts::{Attribute, Body};

/// What a resource block holds besides the resource's own arguments.
const META_ARGUMENTS: &[&str] = &["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: &[&str] = &["lifecycle", "connection", "provisioner"];

/// What a body says under one name: an argument, or else blocks of one kind.
#[derive(Clone, Copy)]
pub(super) struct Said<'t> {
    /// The name.
    pub(super) name: &'t str,
    /// The argument; `None` for blocks.
    pub(super) argument: Option<&'t Argument<'t>>,
}

/// What `body` says, sorted by name. Where an argument and blocks have one name, the argument counts.
pub(super) fn all_said<'t>(body: &'t Section<'t>) -> Vec<Said<'t>> {
    let mut said = Vec::with_capacity(body.arguments.len() + body.blocks.len());
    said.extend(body.arguments.iter().map(|argument| Said {
        name: &argument.name,
        argument: Some(argument),
    }));
    said.extend(body.blocks.iter().map(|block| Said {
        name: block_name(block),
        argument: None,
    }));
    // The sort is stable, so an argument stays before the blocks of its name.
    said.sort_by_key(|said| said.name);
    said.dedup_by_key(|said| said.name);
    said
}

/// What the body of a resource says, sorted by name and without what is Terraform's own.
pub(super) fn said_of_resource<'t>(body: &'t Section<'t>) -> Vec<Said<'t>> {
    let mut said = all_said(body);
    said.retain(|said| !said.is_meta());
    said
}

/// What the body of a resource says under `name`.
pub(super) fn said<'t>(body: &'t Section<'t>, name: &str) -> Option<Said<'t>> {
    let said = match body.argument(name) {
        Some(argument) => Said {
            name: &argument.name,
            argument: Some(argument),
        },
        None => Said {
            name: body.blocks.iter().map(block_name).find(|it| *it == name)?,
            argument: None,
        },
    };
    Some(said).filter(|said| !said.is_meta())
}

/// What is said, beside what the provider's schema says of the name.
#[derive(Clone, Copy)]
pub(super) struct Meant<'t, 's> {
    /// What is said.
    pub(super) said: Said<'t>,
    /// The name as the schema shares it.
    key: Option<&'s Arc<str>>,
    /// The attribute of the name, for an argument.
    pub(super) attribute: Option<&'s Attribute>,
    /// The inside of the blocks of the name, for blocks.
    pub(super) block: Option<&'s Body>,
}

impl<'t, 's> Meant<'t, 's> {
    /// What `said` means in a body of which `schema` speaks.
    pub(super) fn of(said: Said<'t>, schema: Option<&'s Body>) -> Self {
        let attribute = schema
            .filter(|_| said.argument.is_some())
            .and_then(|schema| schema.attributes.get_key_value(said.name));
        let block = schema
            .filter(|_| said.argument.is_none())
            .and_then(|schema| schema.blocks.get_key_value(said.name));
        Self {
            said,
            key: attribute.map(|it| it.0).or(block.map(|it| it.0)),
            attribute: attribute.map(|it| it.1),
            block: block.map(|it| &it.1.body),
        }
    }

    /// The name.
    pub(super) fn name(&self) -> &'t str {
        self.said.name
    }

    /// The name, shared where the schema has it.
    pub(super) fn key(&self) -> Arc<str> {
        self.key
            .map_or_else(|| Arc::from(self.said.name), Arc::clone)
    }
}

impl Said<'_> {
    fn is_meta(&self) -> bool {
        match self.argument {
            Some(_) => META_ARGUMENTS.contains(&self.name),
            None => META_BLOCKS.contains(&self.name),
        }
    }
}

/// What a block is called: the label for `dynamic "name"`.
pub(super) fn block_name<'n>(block: &'n Nested<'_>) -> &'n str {
    match &*block.kind {
        "dynamic" => block.label(0),
        kind => kind,
    }
}
