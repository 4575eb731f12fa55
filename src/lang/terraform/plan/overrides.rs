//! Changes of what an override file says instead of the resource's own block.

use super::super::Parsed;
use super::{Planner, companion, walk};
use crate::edit::Refusal;
use crate::lang::planning::wish::Wish;
use crate::model::{Path, Step, Value};
use crate::source::Span;
use crate::syntax::hcl;
use crate::syntax::json;

impl Planner<'_> {
    /// Carries out what is wished for arguments and blocks that override files say. Returns what is
    /// left to do in the block of the resource itself.
    pub(super) fn carry_out_overrides(&mut self, wish: &Wish) -> Result<Wish, Refusal> {
        let mut left = Wish {
            inside: Vec::new(),
            ..wish.clone()
        };
        for (step, inner) in &wish.inside {
            let span = match step {
                Step::Name(name) => self.overridden(name),
                Step::Index(_) | Step::Each | Step::Where { .. } => None,
            };
            let Some(span) = span else {
                left.inside.push((step.clone(), inner.clone()));
                continue;
            };
            let place = Path::default().with(step.clone());
            inner.check(&place)?;
            let only = Wish {
                inside: vec![(step.clone(), inner.clone())],
                ..Wish::default()
            };
            self.change_override(span, &only, &place)?;
            // Without the override, the block's own argument would count again.
            if inner.remove || inner.to.as_ref().is_some_and(Value::is_null) {
                left.inside.push((step.clone(), inner.clone()));
            }
        }
        Ok(left)
    }

    /// Where another block than the resource's own says `name`.
    fn overridden(&self, name: &str) -> Option<Span> {
        let value = self.written.args.as_map()?.get(name)?;
        let span = self.origins.used_at(value.origin)?;
        (!self.written.node.contains(span)).then_some(span)
    }

    /// Carries out a wish in the block of an override file that `span` lies in.
    fn change_override(&mut self, span: Span, wish: &Wish, place: &Path) -> Result<(), Refusal> {
        let file = self.file(span.file)?;
        let written = self.written;
        let address = written.address.without_keys();
        let name = companion::split(&address)
            .1
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let of_kind = written.kind.as_str();
        let refuse = || Refusal(format!("`{place}` is decided in `{}`.", file.path));
        match &*self.parsed(span.file)? {
            Parsed::Hcl(tree) => {
                let is_it = |block: &hcl::Block<'_>| {
                    let label = |index| block.label(index);
                    block.kind() == "resource"
                        && label(0).as_deref() == Some(of_kind)
                        && label(1).as_deref() == Some(&*name)
                        && block.span().contains(span)
                };
                let block = tree.body().blocks().find(is_it).ok_or_else(refuse)?;
                let block = walk::whole(block)?;
                self.change_body(tree, block, Some(&written.args), wish, &Path::default())
            }
            Parsed::Json(text) => {
                let all = text.tree.root().and_then(|root| root.get("resource"));
                let node = all.and_then(|all| all.get(of_kind)?.get(&name));
                let is_it = |node: &json::Node<'_>| node.is_object() && node.span().contains(span);
                let node = node.filter(is_it).ok_or_else(refuse)?;
                let place = (node, Some(&written.args));
                self.fulfil_json(&text.tree, place, wish, &Path::default())
            }
        }
    }
}
