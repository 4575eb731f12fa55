use std::sync::Arc;

use super::evaluation::BYTES_A_STEP;
use super::evaluation::{Evaluation, Fault, Outcome};
use super::expression::place;
use super::primitive::{Maybe, bool_of, text_of};
use super::unknowns::{short, term_of};
use crate::lang::terraform::convert::nfc;
use crate::lang::terraform::functions::{TEXT, text_limit};
use crate::lang::terraform::scope::{Bound, Scope};
use crate::model::{Affixes, Data, Type, Unknown, Value, Via, Why};
use crate::source::Span;
use crate::syntax::hcl::{Expr, Template, TemplatePart};

/// A spelling of more bytes than this is given up.
const SPELLED: usize = 1_024;

/// The text of a template in the making.
#[derive(Default)]
struct Text {
    known: String,
    /// The spelling as a term, in quotes, once a part is not known: until then it is what is known.
    term: Option<String>,
    /// Whether a part has no spelling.
    nameless: bool,
    /// The unknown parts.
    unknown: Vec<Value>,
    /// Where in the known text the first and the last of them stand.
    gap: Option<(usize, usize)>,
    sensitive: bool,
    /// Whether the text has grown beyond all measure; it is cut then.
    over: bool,
}

impl<'t> Evaluation<'t> {
    /// The value of a template: that of its expression for `"${expression}"`, text otherwise.
    pub(super) fn template(&mut self, template: Template<'t>, scope: &Scope<'_>) -> Outcome {
        let span = place(template.span(), scope);
        if let Some(expr) = template.sole_interpolation() {
            let mut value = self.expr(expr, scope)?;
            value.origin = self.origins.step(span, Via::Computed, value.origin);
            return Ok(value);
        }
        let mut out = Text::default();
        self.parts(template, scope, &mut out)?;
        self.spend(out.known.len() / BYTES_A_STEP);
        if out.over {
            self.limit(text_limit());
            let unknown = Unknown::because(Why::Limit).typed(Type::String).not_null();
            return Ok(self.unknown_at(unknown, span).marked(out.sensitive));
        }
        if out.unknown.is_empty() {
            let origin = self.origins.computed(span);
            return Ok(Value::string(nfc(&out.known), origin).marked(out.sensitive));
        }
        let affixes = out.affixes();
        let term = out.term.filter(|_| !out.nameless).and_then(|mut term| {
            term.push('"');
            short(term)
        });
        let unknown: Vec<&Value> = out.unknown.iter().collect();
        let mut value = self.blend(&unknown, Some(Type::String), term, span);
        if let Data::Unknown(unknown) = &mut value.data {
            Arc::make_mut(unknown).affixes = affixes;
        }
        Ok(value.marked(out.sensitive))
    }

    fn parts(&mut self, template: Template<'t>, scope: &Scope<'_>, out: &mut Text) -> Outcome<()> {
        if !self.enter() {
            let span = place(template.span(), scope);
            let unknown = self.unknown_at(Unknown::because(Why::Limit), span);
            out.nameless = true;
            out.hide(unknown);
            return Ok(());
        }
        let outcome = template
            .parts()
            .try_for_each(|part| self.part(part, scope, out));
        self.leave();
        outcome
    }

    fn part(&mut self, part: TemplatePart<'t>, scope: &Scope<'_>, out: &mut Text) -> Outcome<()> {
        match part {
            TemplatePart::Literal(text, _) => {
                out.known(&text);
                Ok(())
            }
            TemplatePart::Interpolation(expr) => {
                let value = self.expr(expr, scope)?;
                let span = place(expr.span(), scope);
                out.sensitive |= value.sensitive;
                match text_of(&value, span)? {
                    Maybe::Known(text) => out.known(&text),
                    Maybe::Unknown => out.unknown(value),
                }
                Ok(())
            }
            TemplatePart::If {
                condition,
                then,
                otherwise,
            } => self.if_part(condition, (then, otherwise), scope, out),
            TemplatePart::For {
                key_var,
                value_var,
                collection,
                body,
            } => self.for_part((key_var, value_var), collection, body, scope, out),
        }
    }

    fn if_part(
        &mut self,
        condition: Expr<'t>,
        (then, otherwise): (Template<'t>, Option<Template<'t>>),
        scope: &Scope<'_>,
        out: &mut Text,
    ) -> Outcome<()> {
        let value = self.expr(condition, scope)?;
        out.sensitive |= value.sensitive;
        match bool_of(&value, place(condition.span(), scope))? {
            Maybe::Known(true) => self.parts(then, scope, out),
            Maybe::Known(false) => match otherwise {
                Some(otherwise) => self.parts(otherwise, scope, out),
                None => Ok(()),
            },
            Maybe::Unknown => {
                out.nameless = true;
                out.hide(value);
                Ok(())
            }
        }
    }

    fn for_part(
        &mut self,
        (key_var, value_var): (Option<&'t str>, &'t str),
        collection: Expr<'t>,
        body: Template<'t>,
        scope: &Scope<'_>,
        out: &mut Text,
    ) -> Outcome<()> {
        let span = place(collection.span(), scope);
        let value = self.expr(collection, scope)?;
        out.sensitive |= value.sensitive;
        let Some(items) = self.items(&value, span)? else {
            out.nameless = true;
            out.hide(value);
            return Ok(());
        };
        for (key, item) in items {
            let inner = Bound {
                name: value_var,
                value: &item,
                next: scope.bound,
            };
            let scope = scope.with(&inner);
            match key_var {
                Some(name) => {
                    let outer = Bound {
                        name,
                        value: &key,
                        next: scope.bound,
                    };
                    self.parts(body, &scope.with(&outer), out)?;
                }
                None => self.parts(body, &scope, out)?,
            }
        }
        Ok(())
    }

    /// The keys and members of a collection in Terraform's order; `None` when they are not known.
    pub(in crate::lang::terraform) fn items(
        &mut self,
        collection: &Value,
        span: Span,
    ) -> Outcome<Option<Vec<(Value, Value)>>> {
        let sensitive = collection.sensitive;
        match &collection.data {
            Data::List(list) => {
                let is_set = list.collection == crate::model::Collection::Set;
                let mut items = Vec::with_capacity(list.items.len());
                for (index, item) in list.items.iter().enumerate() {
                    let key = if is_set {
                        item.clone()
                    } else {
                        let number = crate::model::Number::from(i64::try_from(index).unwrap_or(0));
                        Value::new(Data::Number(number), self.origins.computed(span))
                    };
                    items.push((key.marked(sensitive), item.clone().marked(sensitive)));
                }
                Ok(Some(items))
            }
            Data::Map(map) if !map.open => {
                let mut items = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let key = Value::string(entry.key.clone(), self.origins.computed(span));
                    items.push((key.marked(sensitive), entry.value.clone().marked(sensitive)));
                }
                Ok(Some(items))
            }
            Data::Map(_) | Data::Unknown(_) => Ok(None),
            Data::Null => Err(Fault::at(span, "A null value cannot be iterated over.")),
            Data::Bool(_) | Data::Number(_) | Data::String(_) => Err(Fault::at(
                span,
                "Only a list, set, map, tuple or object can be iterated over.",
            )),
        }
    }
}

impl Text {
    fn known(&mut self, text: &str) {
        self.over |= self.known.len() + text.len() > TEXT;
        if self.over {
            return;
        }
        self.known.push_str(text);
        if self.term.is_some() {
            self.spell(&[text]);
        }
    }

    fn unknown(&mut self, value: Value) {
        match term_of(&value) {
            Some(term) => self.spell(&["${", &term, "}"]),
            None => self.nameless = true,
        }
        self.hide(value);
    }

    /// Notes a part that is not known.
    fn hide(&mut self, value: Value) {
        let at = self.known.len();
        self.gap = Some(self.gap.map_or((at, at), |(first, _)| (first, at)));
        self.unknown.push(value);
    }

    /// What the text starts and ends with, whatever the unknown parts are.
    fn affixes(&self) -> Option<Arc<Affixes>> {
        let (first, last) = self.gap?;
        let prefix = self.known.get(..first)?.to_owned();
        let suffix = self.known.get(last..)?.to_owned();
        let says_something = !prefix.is_empty() || !suffix.is_empty();
        says_something.then(|| Arc::new(Affixes { prefix, suffix }))
    }

    fn spell(&mut self, pieces: &[&str]) {
        let known = self.known.len();
        let held = self.term.as_ref().map_or(known, String::len);
        let added: usize = pieces.iter().map(|piece| piece.len()).sum();
        self.nameless |= self.sensitive || held + added > SPELLED;
        if self.nameless {
            return;
        }
        let term = self.term.get_or_insert_with(|| {
            let mut term = String::with_capacity(known + added + 2);
            term.push('"');
            term.push_str(&self.known);
            term
        });
        for piece in pieces {
            term.push_str(piece);
        }
    }
}
