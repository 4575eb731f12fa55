//! Removal of a whole resource.

use super::super::{Parsed, modules};
use super::companion::{module_of, split};
use super::{Planner, body, walk};
use crate::edit::Refusal;
use crate::lang::planning::json;
use crate::lang::planning::splice::Splice;
use crate::model::Value;
use crate::source::{RelPath, SourceTree, Span};
use crate::syntax::json::{Node, Tree};

impl Planner<'_> {
    /// Removes the whole block of the resource, unless something else names it.
    pub(super) fn remove_resource(&mut self) -> Result<(), Refusal> {
        let (address, node) = (&self.written.address, self.written.node);
        let file = self.file(node.file)?;
        let own = address.without_keys();
        let (_, name) = split(&own);
        if let Some(path) = named_in(self.sources, &file.path.parent(), name, node) {
            return Err(Refusal(format!(
                "`{address}` is not removed, because `{path}` refers to it."
            )));
        }
        if self.written.repeated {
            return self.remove_instance();
        }
        match &*self.parsed(node.file)? {
            Parsed::Hcl(tree) => {
                walk::block_at(tree, node)?;
                let around = 0..file.text.len();
                self.edits
                    .push(body::remove_lines(&file, around, node, node));
            }
            Parsed::Json(text) => self.remove_member(&text.tree)?,
        }
        Ok(())
    }

    /// Removes one of the instances of one block, by the item of the collection that makes it.
    fn remove_instance(&mut self) -> Result<(), Refusal> {
        let address = &self.written.address;
        let refuse = || {
            Refusal(format!(
                "`{address}` is one of several instances of one block, and no item of a collection is written for it alone."
            ))
        };
        // Another instance of the module has the same block, but not the same collection.
        let module = module_of(address.as_str());
        let here = self
            .siblings
            .iter()
            .all(|it| module_of(it.address.as_str()) == module);
        let others: Vec<&Value> = self.siblings.iter().map(|it| &it.args).collect();
        if here && self.drop_item(&self.written.args, &others)? {
            return self.drop_items();
        }
        Err(refuse())
    }

    /// Removes the resource from the object of its type, and the type where it was the only one.
    fn remove_member(&mut self, tree: &Tree) -> Result<(), Refusal> {
        let node = super::json::resource(tree, self.written.node).ok_or_else(walk::no_block)?;
        let refuse = || {
            Refusal(
                "The resources are not written as one JSON object, so none is removed.".to_owned(),
            )
        };
        let all = tree.root().and_then(|root| root.get("resource"));
        let all = all.filter(|all| all.is_object()).ok_or_else(refuse)?;
        let (kind, of_kind) = member_with(all, node).ok_or_else(refuse)?;
        let (name, _) = member_with(of_kind, node).ok_or_else(refuse)?;
        let (container, index) = if of_kind.members().count() == 1 {
            (all, kind)
        } else {
            (of_kind, name)
        };
        let gone = Splice {
            removed: vec![index],
            ..Splice::default()
        };
        self.edits.extend(json::splice(tree, container, &gone));
        Ok(())
    }
}

/// The member of `object` that holds `node`, and its position.
fn member_with<'t>(object: Node<'t>, node: Node<'_>) -> Option<(usize, Node<'t>)> {
    let mut members = object.members().enumerate();
    let (index, member) = members.find(|(_, it)| it.value.span().contains(node.span()))?;
    Some((index, member.value))
}

/// The file of the module in `folder` that names the resource `name` outside of `own`, its block.
fn named_in(sources: &dyn SourceTree, folder: &RelPath, name: &str, own: Span) -> Option<RelPath> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    sources.list(folder).into_iter().find(|path| {
        if modules::stem(path.file_name()).is_none() {
            return false;
        }
        let Ok(file) = sources.read(path) else {
            return false;
        };
        let text = &file.text;
        text.match_indices(name).any(|(at, _)| {
            let inside = file.id == own.file && own.range().contains(&at);
            let before = text[..at].chars().next_back();
            let behind = text[at + name.len()..].chars().next();
            // `data.` is another resource of the same name.
            let apart =
                !before.is_some_and(|c| is_part(c) || c == '.') && !behind.is_some_and(is_part);
            apart && !inside
        })
    })
}
