//! Removing a resource that is declared on its own, with the comma it leaves behind.

use super::{Planner, served, walk};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::collection::{item_of, written};
use crate::lang::planning::json;
use crate::lang::planning::splice::Splice;
use crate::model::Value;
use crate::source::Span;
use crate::syntax::json::{Node, Tree};

impl Planner<'_> {
    /// Removes the resource at hand, unless something else of its text counts on it.
    pub(super) fn remove_resource(&mut self) -> Result<(), Refusal> {
        let written = self.written;
        let tree = self.tree(written.node.file)?;
        let chain = served::chain(&tree, written.node);
        let [.., container, node] = chain.as_slice() else {
            return Err(walk::no_object());
        };
        if node.span() != written.node || !node.is_object() {
            return Err(walk::no_object());
        }
        if node.get("resources").is_some() {
            let why = "It is declared as a resource of its own, which holds other resources.";
            return Err(Refusal(why.to_owned()));
        }
        let (index, symbol) = place(*container, written.node).ok_or_else(walk::no_object)?;
        let own = Own::new(written.kind.as_str(), &written.args, symbol);
        if let Some(line) = own.referred(&tree, written.node) {
            let why =
                format!("It is declared as a resource of its own, which line {line} refers to.");
            return Err(Refusal(why));
        }
        if written.repeated {
            return self.remove_instance();
        }
        let splice = Splice {
            removed: vec![index],
            ..Splice::default()
        };
        self.edits.extend(json::splice(&tree, *container, &splice));
        Ok(())
    }

    /// Removes one of the instances of one text, by the item of the collection that makes it.
    fn remove_instance(&mut self) -> Result<(), Refusal> {
        let others: Vec<&Value> = self.siblings.iter().map(|it| &it.args).collect();
        if self.drop_item(&self.written.args, &others) {
            return self.drop_items();
        }
        let address = &self.written.address;
        Err(Refusal(format!(
            "`{address}` is one of several instances of one text, and no item of a collection is written for it alone."
        )))
    }

    /// Leaves the wish that the item goes which makes `one` and none of `others`. Returns `false` where
    /// there is no such item in a text that is written out.
    pub(super) fn drop_item(&mut self, one: &Value, others: &[&Value]) -> bool {
        let own = written(self.origins, one);
        let others: Vec<Vec<Span>> = others
            .iter()
            .map(|other| written(self.origins, other))
            .collect();
        let containers = |span: Span| match self.tree(span.file) {
            Ok(tree) => json::containers(&tree, span),
            Err(_) => Vec::new(),
        };
        let Some((span, index)) = item_of(&own, &others, &containers) else {
            return false;
        };
        self.limit(Applicability::Unsafe);
        let items = self.dropped.entry(span).or_default();
        if !items.contains(&index) {
            items.push(index);
        }
        true
    }

    /// Carries out what was left for collections.
    pub(super) fn drop_items(&mut self) -> Result<(), Refusal> {
        for (span, mut removed) in std::mem::take(&mut self.dropped) {
            removed.sort_unstable();
            let tree = self.tree(span.file)?;
            let node = tree.node_at(span).ok_or_else(walk::no_object)?;
            let splice = Splice {
                removed,
                ..Splice::default()
            };
            self.edits.extend(json::splice(&tree, node, &splice));
        }
        Ok(())
    }
}

/// The position of the child at `span`, and its symbolic name where it has one.
fn place(container: Node<'_>, span: Span) -> Option<(usize, Option<String>)> {
    let item = container.items().position(|item| item.span() == span);
    if let Some(index) = item {
        return Some((index, None));
    }
    let mut members = container.members().enumerate();
    members
        .find(|(_, member)| member.value.span() == span)
        .map(|(index, member)| (index, Some(member.key.into_owned())))
}

/// What a resource is called.
struct Own {
    kind: String,
    /// The last part of its name, lower case, where it is known.
    name: Option<String>,
    symbol: Option<String>,
}

impl Own {
    fn new(kind: &str, args: &Value, symbol: Option<String>) -> Self {
        let name = args.as_map().and_then(|map| map.get_ignoring_case("name"));
        let name = name.and_then(Value::as_str).map(|name| {
            let last = name.rsplit('/').next().unwrap_or(name);
            last.to_ascii_lowercase()
        });
        Self {
            kind: kind.to_ascii_lowercase(),
            name,
            symbol: symbol.map(|symbol| symbol.to_ascii_lowercase()),
        }
    }

    /// The line of the first text outside of `own` that may refer to the resource.
    fn referred(&self, tree: &Tree, own: Span) -> Option<usize> {
        let mut open: Vec<(Node<'_>, bool)> =
            tree.root().map(|root| (root, false)).into_iter().collect();
        let mut lines: Vec<usize> = Vec::new();
        while let Some((node, depends)) = open.pop() {
            if node.span() == own {
                continue;
            }
            if let Some(text) = node.as_str()
                && self.is_meant(&text.to_ascii_lowercase(), depends)
            {
                lines.push(tree.file().lines.line_of(node.span().start) + 1);
            }
            open.extend(node.items().map(|item| (item, depends)));
            open.extend(node.members().map(|member| {
                let depends = member.key.eq_ignore_ascii_case("dependsOn");
                (member.value, depends)
            }));
        }
        lines.into_iter().min()
    }

    /// Whether a text, in lower case, may mean the resource.
    fn is_meant(&self, text: &str, depends: bool) -> bool {
        let quotes = |name: &str| text.contains(&format!("'{name}'"));
        if !text.starts_with('[') {
            let last = text.rsplit('/').next().unwrap_or(text);
            return depends
                && (self.symbol.as_deref() == Some(text)
                    || self.name.as_deref().is_none_or(|name| name == last));
        }
        if self.symbol.as_deref().is_some_and(quotes) {
            return true;
        }
        // An id is made of the type and the name; a name that is not known may be any.
        let ends = |name: &str| text.contains(&format!("/{name}'"));
        let named = self
            .name
            .as_deref()
            .is_none_or(|name| quotes(name) || ends(name));
        text.contains(&self.kind) && named
    }
}
