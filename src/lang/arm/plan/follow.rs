//! From the use of a value to the place where it is written.

use super::expression::expression as as_expression;
use super::{Elsewhere, Planner, served, spell};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::Spot;
use crate::lang::planning::layout::{Layout, Spelled, Syntax};
use crate::lang::planning::summary::excerpt;
use crate::lang::planning::wish::Wish;
use crate::model::{Hop, Path, Step, Value, Via};
use crate::source::Span;
use crate::syntax::json::Node;

impl Planner<'_> {
    /// Follows a reference to the place where the value is written. Returns `true` when the value
    /// shall be written where it is used instead.
    pub(super) fn follow(
        &mut self,
        expression: &str,
        value: Option<&Value>,
        wish: &Wish,
        place: &Path,
    ) -> Result<bool, Refusal> {
        let refuse = |reason: &str| {
            let expression = excerpt(expression);
            Refusal(format!("`{place}` is `{expression}`, {reason}."))
        };
        let Some(value) = value else {
            return Err(refuse("which is computed"));
        };
        let hops: Vec<_> = self.origins.chain(value.origin).collect();
        if hops.iter().any(|hop| hop.via == Via::CommandLine) {
            return Err(refuse("which is given on the command line"));
        }
        if value.as_unknown().is_some() {
            return Err(refuse("whose value is not written anywhere in view"));
        }
        let computed = hops
            .iter()
            .any(|hop| matches!(hop.via, Via::Computed | Via::Derived));
        let written = hops
            .last()
            .filter(|hop| matches!(hop.via, Via::Literal | Via::ParameterFile));
        let Some(span) = written.and_then(|hop| hop.span).filter(|_| !computed) else {
            self.follow_members(expression, value, wish, place)?;
            return Ok(false);
        };
        let tree = self.tree(span.file)?;
        let target = tree
            .node_at(span)
            .filter(|node| as_expression(*node).is_none());
        if target.is_none() {
            return Err(refuse("which is computed"));
        }
        let Some((span, is_reference)) = self.spot(expression, &hops, wish, span)? else {
            return Ok(true);
        };
        if let Some(to) = &wish.to {
            self.check_allowed(expression, to)?;
        }
        self.limit(Applicability::Unsafe);
        let known = self.elsewhere.entry(span).or_insert_with(|| Elsewhere {
            wish: Wish::default(),
            is_reference,
            value: value.clone(),
            place: place.clone(),
        });
        known.wish.join(wish.clone());
        Ok(false)
    }

    /// Where a value is changed that is written at `span` and comes through `hops`, and whether a
    /// reference stands there; `None` for where it is used.
    fn spot(
        &mut self,
        expression: &str,
        hops: &[&Hop],
        wish: &Wish,
        span: Span,
    ) -> Result<Option<(Span, bool)>, Refusal> {
        let is_reference = |via| matches!(via, Via::Parameter | Via::ArmVariable);
        let (spot, places) = self.at.spot(hops, is_reference, wish.to.is_some());
        self.references = self.references.max(places);
        Ok(match spot {
            Spot::Use => {
                self.replaced.get_or_insert_with(|| expression.to_owned());
                None
            }
            Spot::Reference(span) => {
                let tree = self.tree(span.file)?;
                let reference = tree.node_at(span).and_then(as_expression);
                self.replaced = self.replaced.take().or(reference);
                Some((span, true))
            }
            Spot::Definition => Some((span, false)),
        })
    }

    /// Follows the members of something that is put together: each is written somewhere of its own.
    fn follow_members(
        &mut self,
        expression: &str,
        value: &Value,
        wish: &Wish,
        place: &Path,
    ) -> Result<(), Refusal> {
        let computed = || {
            let expression = excerpt(expression);
            Refusal(format!("`{place}` is `{expression}`, which is computed."))
        };
        let only_inside = wish.to.is_none() && wish.append.is_empty() && !wish.inside.is_empty();
        let map = value.as_map().filter(|_| only_inside);
        let map = map.ok_or_else(computed)?;
        for (step, inner) in &wish.inside {
            let Step::Name(name) = step else {
                return Err(computed());
            };
            let member = map.get_ignoring_case(name).filter(|_| !inner.remove);
            let member = member.ok_or_else(computed)?;
            // A member of what is put together has no text of its own at the use.
            if self.follow(expression, Some(member), inner, &place.with(step.clone()))? {
                return Err(computed());
            }
        }
        Ok(())
    }

    /// Refuses a value that the parameter read by `expression` does not allow.
    fn check_allowed(&mut self, expression: &str, to: &Value) -> Result<(), Refusal> {
        let name = expression
            .strip_prefix("[parameters('")
            .and_then(|rest| rest.strip_suffix("')]"));
        let Some(name) = name else {
            return Ok(());
        };
        let tree = self.tree(self.written.node.file)?;
        let template = served::template(&tree, self.written.node);
        let allowed = template.and_then(|template| allowed_values(template, name));
        let spelled = spell::of(to)?;
        let is_allowed =
            |node: Node<'_>| matches!(&spelled, Spelled::Token(text) if text == node.text());
        match allowed {
            Some(allowed) if !allowed.items().any(is_allowed) => Err(Refusal(format!(
                "The parameter `{name}` does not allow `{}`.",
                Layout::one_line(Syntax::Json).write(&spelled)
            ))),
            _ => Ok(()),
        }
    }
}

/// How many definitions a declaration may refer to, one through the other.
const MAX_REFERENCES: usize = 16;

/// The values that the parameter `name` may have, where its declaration or its type lists them.
fn allowed_values<'t>(template: Node<'t>, name: &str) -> Option<Node<'t>> {
    let mut declared = template.get("parameters")?.get(name)?;
    for _ in 0..MAX_REFERENCES {
        if let Some(allowed) = declared.get("allowedValues") {
            return Some(allowed);
        }
        let reference = declared.get("$ref")?.as_str()?;
        let name = reference.strip_prefix("#/definitions/")?.to_owned();
        declared = template.get("definitions")?.get(&name)?;
    }
    None
}
