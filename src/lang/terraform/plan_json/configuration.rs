//! The configuration in a plan: which arguments are written, and what they refer to.

use std::collections::BTreeMap;

use super::document::{Planned, exact, items};
use crate::model::{Address, PointsTo};
use crate::syntax::json::Node;

/// References through variables and outputs longer than this are not followed.
const DEPTH: u32 = 32;

/// The configuration of a plan and the instances that there will be.
pub(super) struct Configuration<'t> {
    root: Option<Node<'t>>,
    /// The expressions of each resource block, by address without keys.
    blocks: BTreeMap<String, Node<'t>>,
    /// The instances by address without keys.
    instances: BTreeMap<String, Vec<Address>>,
}

/// What the configuration says of one argument or block, or of what is inside it.
#[derive(Clone, Copy)]
pub(super) struct Hints<'c> {
    of: Option<(&'c Configuration<'c>, &'c Planned<'c>)>,
    /// The expressions of the body, or of the argument.
    expressions: Option<Node<'c>>,
    /// The name of the argument.
    name: Option<&'c str>,
}

impl<'t> Configuration<'t> {
    /// The configuration of the plan `root`, whose resources are `planned`.
    pub(super) fn of(root: Node<'t>, planned: &[Planned<'t>]) -> Self {
        let mut instances: BTreeMap<String, Vec<Address>> = BTreeMap::new();
        for one in planned {
            let bare = one.address.without_keys();
            instances.entry(bare).or_default().push(one.address.clone());
        }
        let root = exact(root, "configuration");
        let mut blocks = BTreeMap::new();
        let top = root.and_then(|root| exact(root, "root_module"));
        let mut rest: Vec<(String, Node<'t>, u32)> = Vec::new();
        rest.extend(top.map(|top| (String::new(), top, 0)));
        while let Some((path, module, depth)) = rest.pop() {
            for block in items(module, "resources") {
                let address = exact(block, "address").and_then(Node::as_str);
                let expressions = exact(block, "expressions");
                if let Some((address, expressions)) = address.zip(expressions) {
                    blocks.insert(joined(&path, &address), expressions);
                }
            }
            let calls = exact(module, "module_calls")
                .into_iter()
                .flat_map(Node::members);
            for call in calls.filter(|_| depth < DEPTH) {
                let inside = exact(call.value, "module");
                let path = joined(&path, &format!("module.{}", call.key));
                rest.extend(inside.map(|inside| (path, inside, depth + 1)));
            }
        }
        Self {
            root,
            blocks,
            instances,
        }
    }

    /// The version constraints of the providers, by type.
    pub(super) fn constraints(&self) -> Vec<(String, String)> {
        let providers = self
            .root
            .and_then(|root| exact(root, "provider_config"))
            .into_iter()
            .flat_map(Node::members);
        let text = |node: Node<'t>, name: &str| Some(exact(node, name)?.as_str()?.into_owned());
        providers
            .filter_map(|member| {
                let constraint = text(member.value, "version_constraint")?;
                let full = text(member.value, "full_name").or(text(member.value, "name"))?;
                let provider = full.rsplit('/').next()?.to_owned();
                Some((provider, constraint))
            })
            .collect()
    }

    /// What is said of the arguments of `planned`.
    pub(super) fn hints<'c>(&'c self, planned: &'c Planned<'c>) -> Hints<'c>
    where
        't: 'c,
    {
        let bare = planned.address.without_keys();
        Hints {
            of: Some((self, planned)),
            expressions: self.blocks.get(&bare).copied(),
            name: None,
        }
    }

    /// The configuration of the module at an address.
    fn module(&self, address: &str) -> Option<Node<'t>> {
        let mut node = exact(self.root?, "root_module")?;
        let bare = Address::new(address).without_keys();
        let mut parts = bare.split('.').filter(|part| !part.is_empty());
        while let Some(part) = parts.next() {
            if part != "module" {
                return None;
            }
            let call = exact(exact(node, "module_calls")?, parts.next()?)?;
            node = exact(call, "module")?;
        }
        Some(node)
    }

    /// The resource attribute that an expression with these references is read from, where it is one:
    /// the address without key of its own, and the attribute.
    fn source(&self, module: &str, expression: Node<'t>, depth: u32) -> Option<(String, String)> {
        let reference = only(expression)?;
        if depth > DEPTH {
            return None;
        }
        let (first, rest) = reference.split_once('.')?;
        match first {
            "var" => {
                let (around, own) = last_call(module)?;
                let call = exact(exact(self.module(around)?, "module_calls")?, own)?;
                let argument = exact(exact(call, "expressions")?, rest)?;
                self.source(around, argument, depth + 1)
            }
            "module" => {
                let (call, output) = rest.rsplit_once('.')?;
                let inside = joined(module, &format!("module.{call}"));
                let outputs = exact(self.module(&inside)?, "outputs")?;
                let output = exact(exact(outputs, output)?, "expression")?;
                self.source(&inside, output, depth + 1)
            }
            "local" | "each" | "count" | "path" | "terraform" | "self" | "data" => None,
            kind => {
                let end = rest.find(['.', '['])?;
                let name = &rest[..end];
                let (key, attribute) = after_key(&rest[end..])?;
                let local = format!("{kind}.{name}{key}");
                Some((joined(module, &local), attribute.to_owned()))
            }
        }
    }

    /// The one instance that an address, perhaps without its key, means for `from`.
    fn instance(&self, address: &str, from: &Planned<'_>) -> Option<Address> {
        let bare = Address::new(address).without_keys();
        let known = self.instances.get(&bare)?;
        let exactly = known.iter().find(|known| known.as_str() == address);
        let key = key_of(from.address.as_str());
        let with_same_key = || {
            let wanted = format!("{address}{}", key?);
            known.iter().find(|known| known.as_str() == wanted)
        };
        let only = || <&[Address; 1]>::try_from(known.as_slice()).ok();
        exactly
            .or_else(|| only().map(|[only]| only))
            .or_else(with_same_key)
            .cloned()
    }
}

impl<'c> Hints<'c> {
    /// Nothing is said, as inside a value.
    pub(super) fn none() -> Self {
        Self {
            of: None,
            expressions: None,
            name: None,
        }
    }

    /// What is said of the argument `name`.
    pub(super) fn argument(self, name: &'c str) -> Self {
        Self {
            expressions: self.expressions.and_then(|body| exact(body, name)),
            name: Some(name),
            ..self
        }
    }

    /// What is said of the block `name` at `index` of `count`. Blocks that are generated are not in the
    /// configuration, so the numbers may differ; then nothing is said.
    pub(super) fn block(self, name: &str, index: usize, count: usize) -> Self {
        let said = self.expressions.and_then(|body| exact(body, name));
        let expressions = said.and_then(|said| {
            if said.is_array() {
                let same = said.items().count() == count;
                same.then(|| said.items().nth(index)).flatten()
            } else {
                (count == 1).then_some(said)
            }
        });
        Self {
            expressions,
            name: None,
            ..self
        }
    }

    /// Returns `true` if it is certain that nobody wrote the argument `name`.
    pub(super) fn leaves_out(self, name: &str) -> bool {
        self.expressions
            .is_some_and(|body| exact(body, name).is_none())
    }

    /// The one thing that the argument is made from, where it is one.
    pub(super) fn decides(self) -> Option<String> {
        only(self.expressions?)
    }

    /// The resource attribute that the argument is read from. A plan says which attributes an expression
    /// names, not what it makes of them: only where the argument wants what the resource is, as
    /// `subnet_id` wants a subnet, is it the attribute itself.
    pub(super) fn target(self) -> Option<PointsTo> {
        let (configuration, planned) = self.of?;
        let (address, attribute) = configuration.source(&planned.module, self.expressions?, 0)?;
        let address = configuration.instance(&address, planned)?;
        let kind = crate::lang::terraform::lens::terraform_type(address.as_str())?;
        wants(self.name?, &kind).then(|| PointsTo {
            address: Some(address),
            identity: None,
            attribute: attribute.into(),
        })
    }
}

/// Whether an argument of this name takes resources of the type `kind` as they are.
fn wants(argument: &str, kind: &str) -> bool {
    // The target of a private link is always a whole resource, and so is what logs are taken from,
    // except where a part of it that is no resource in Terraform has logs of its own.
    let has_parts = matches!(kind, "azurerm_storage_account" | "azurerm_mssql_server");
    if argument == "private_connection_resource_id"
        || (argument == "target_resource_id" && !has_parts)
    {
        return true;
    }
    let stem = ["_ids", "_id", "_name", "_arn"]
        .iter()
        .find_map(|ending| argument.strip_suffix(ending))
        .unwrap_or(argument);
    kind.strip_suffix(stem)
        .is_some_and(|before| before.ends_with('_'))
}

/// The one thing that an expression refers to; what is only a part of another reference aside.
fn only(expression: Node<'_>) -> Option<String> {
    let all: Vec<String> = items(expression, "references")
        .filter_map(|node| Some(node.as_str()?.into_owned()))
        .collect();
    let mut whole: Vec<&String> = all
        .iter()
        .filter(|one| {
            !all.iter().any(|other| {
                let rest = other.strip_prefix(one.as_str());
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        })
        .filter(|one| !matches!(one.as_str(), "each.key" | "each.value" | "count.index"))
        .collect();
    whole.sort();
    whole.dedup();
    match whole.as_slice() {
        [one] => Some((*one).clone()),
        _ => None,
    }
}

/// The module around a module, and the name of the call.
fn last_call(module: &str) -> Option<(&str, &str)> {
    let at = module.rfind("module.")?;
    let name = &module[at + "module.".len()..];
    let name = name.split('[').next()?;
    Some((module[..at].trim_end_matches('.'), name))
}

fn joined(module: &str, local: &str) -> String {
    if module.is_empty() {
        local.to_owned()
    } else {
        format!("{module}.{local}")
    }
}

/// The key at the start of what stands behind a name, and the attribute behind it.
fn after_key(rest: &str) -> Option<(&str, &str)> {
    if rest.starts_with('[') {
        let end = rest.find(']')?;
        let attribute = rest[end + 1..].strip_prefix('.')?;
        return Some((&rest[..=end], attribute));
    }
    Some(("", rest.strip_prefix('.')?))
}

/// The key of a resource instance.
fn key_of(address: &str) -> Option<&str> {
    let at = address.ends_with(']').then(|| address.rfind('['))??;
    address.get(at..)
}
