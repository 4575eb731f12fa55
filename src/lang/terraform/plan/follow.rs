//! From the use of a value to the place where it is written.

use super::super::{Parsed, modules};
use super::{Elsewhere, Planner, json, place};
use crate::edit::{Applicability, Refusal};
use crate::lang::planning::Spot;
use crate::lang::planning::summary::excerpt;
use crate::lang::planning::wish::Wish;
use crate::model::{Data, Hop, Path, Value, Via};
use crate::source::{SourceTree, Span};
use crate::syntax::hcl::{Expr, ExprKind};

impl Planner<'_> {
    /// Follows a reference, which is written as `text` at `at`, to the place where the value is written.
    /// Returns `true` when the value shall be written where it is used instead.
    pub(super) fn follow(
        &mut self,
        (text, at): (&str, Span),
        value: Option<&Value>,
        wish: &Wish,
        place: &Path,
    ) -> Result<bool, Refusal> {
        let refuse = |reason: &str| Refusal(format!("`{place}` is `{text}`, {reason}."));
        let Some(value) = value else {
            return Err(refuse("which is computed"));
        };
        let origins = self.origins;
        let hops: Vec<&Hop> = origins.chain(value.origin).collect();
        if hops.iter().any(|hop| hop.via == Via::CommandLine) {
            return Err(refuse("which is given on the command line"));
        }
        if value.as_unknown().is_some() {
            return Err(refuse("whose value is not written anywhere in view"));
        }
        if hops.iter().any(|hop| hop.via == Via::Derived) {
            return Err(refuse("which is computed"));
        }
        let written = hops
            .last()
            .filter(|hop| matches!(hop.via, Via::Literal | Via::Tfvars));
        let Some(span) = written.and_then(|hop| hop.span) else {
            return Err(refuse("which is computed"));
        };
        if span.contains(at) {
            return Err(refuse("which is computed"));
        }
        for hop in &hops {
            if let Some(condition) = self.condition(hop)? {
                let decided = format!("which comes from `{condition}`, where a condition decides");
                return Err(refuse(&decided));
            }
        }
        let repeated = self.is_repeated(span, value, &refuse)?;
        let Some((span, is_reference)) = self.spot(text, &hops, wish, span)? else {
            return Ok(true);
        };
        if repeated || is_reference || !hops.iter().all(|hop| self.is_alone(hop)) {
            self.limit(Applicability::Unsafe);
        }
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
        text: &str,
        hops: &[&Hop],
        wish: &Wish,
        span: Span,
    ) -> Result<Option<(Span, bool)>, Refusal> {
        let is_reference = |via| matches!(via, Via::Variable | Via::Local);
        let (spot, places) = self.at.spot(hops, is_reference, wish.to.is_some());
        self.references = self.references.max(places);
        Ok(match spot {
            Spot::Use => {
                self.replaced.get_or_insert_with(|| text.to_owned());
                None
            }
            Spot::Reference(span) => {
                let file = self.file(span.file)?;
                let reference = file.text.get(span.range()).map(excerpt);
                self.replaced = self.replaced.take().or(reference);
                Some((span, true))
            }
            Spot::Definition => Some((span, false)),
        })
    }

    /// Returns `true` if what is written at `span` is written for more than one value. Refuses what does
    /// not say `value` itself.
    fn is_repeated(
        &self,
        span: Span,
        value: &Value,
        refuse: &dyn Fn(&str) -> Refusal,
    ) -> Result<bool, Refusal> {
        Ok(match &*self.parsed(span.file)? {
            Parsed::Hcl(tree) => {
                let site = place::find(tree, span).filter(|site| says(site.expr, value));
                let site = site.ok_or_else(|| refuse("which is computed"))?;
                if let Some(chosen) = site.chosen_by {
                    let chosen = excerpt(chosen.text());
                    let decided = format!("which comes from `{chosen}`, where a condition decides");
                    return Err(refuse(&decided));
                }
                site.repeated
            }
            Parsed::Json(text) => {
                let node = text.tree.node_at(span);
                if node.is_none_or(|node| json::template(node).is_some()) {
                    return Err(refuse("which is computed"));
                }
                false
            }
        })
    }

    /// The conditional expression that makes a hop.
    fn condition(&self, hop: &Hop) -> Result<Option<String>, Refusal> {
        let (Via::Computed, Some(span)) = (hop.via, hop.span) else {
            return Ok(None);
        };
        let parsed = self.parsed(span.file)?;
        let Some(tree) = parsed.as_hcl() else {
            return Ok(None);
        };
        let site = place::find(tree, span);
        let chosen = site.filter(|it| matches!(it.expr.kind(), ExprKind::Conditional { .. }));
        Ok(chosen.map(|site| excerpt(site.expr.text())))
    }

    /// Returns `true` if it is certain that nothing else reads what `hop` reads: a variable or local
    /// value that its module names once.
    fn is_alone(&self, hop: &Hop) -> bool {
        match hop.via {
            Via::Literal | Via::Tfvars | Via::ModuleArgument => true,
            Via::Variable | Via::Local => hop
                .span
                .is_some_and(|span| named_once(self.sources, span).unwrap_or(false)),
            // It passes a value on as it is; whose, the other hops say.
            Via::Computed => hop.from.is_some(),
            Via::Derived
            | Via::CommandLine
            | Via::Output
            | Via::Reference
            | Via::Parameter
            | Via::ParameterFile
            | Via::ArmVariable
            | Via::ProviderDefault
            | Via::ServiceDefault => false,
        }
    }
}

/// Returns `true` if the name that the reference at `span` starts with, `var.x` or `local.x`, stands
/// nowhere else in its module's files.
fn named_once(sources: &dyn SourceTree, span: Span) -> Option<bool> {
    let file = sources.get(span.file)?;
    // In JSON the reference stands in a string.
    let reference = file.text.get(span.range())?;
    let reference = reference.trim_start_matches(['"', '$', '{', ' ', '(']);
    let (root, rest) = reference.split_once('.')?;
    let name = rest.split(|c| !is_word(c)).next()?;
    let wanted = format!("{root}.{name}");
    let mut count = 0;
    for path in sources.list(&file.path.parent()) {
        if modules::stem(path.file_name()).is_none() {
            continue;
        }
        let text = sources.read(&path).ok()?;
        count += text
            .text
            .match_indices(&wanted)
            .filter(|(at, _)| {
                let before = text.text[..*at].chars().next_back();
                let behind = text.text[at + wanted.len()..].chars().next();
                !before.is_some_and(|c| is_word(c) || c == '.') && !behind.is_some_and(is_word)
            })
            .count();
    }
    Some(count == 1)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Returns `true` if `expr` is written out and says `value`: then its place is the value's.
fn says(expr: Expr<'_>, value: &Value) -> bool {
    if !place::is_literal(expr) {
        return false;
    }
    match (&value.data, expr.kind()) {
        (Data::Bool(it), _) => place::scalar(expr).is_some_and(|own| own == it.to_string()),
        (Data::Number(it), _) => place::scalar(expr)
            .and_then(|own| crate::model::Number::parse(&own))
            .is_some_and(|own| own == *it),
        (Data::String(it), _) => place::scalar(expr).is_some_and(|own| own == **it),
        (Data::List(list), ExprKind::Tuple(items)) => items.count() == list.items.len(),
        (Data::Null, ExprKind::Null) | (Data::Map(_), ExprKind::Object(_)) => true,
        _ => false,
    }
}
