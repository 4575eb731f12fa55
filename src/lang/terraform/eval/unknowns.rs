use std::sync::Arc;

use super::evaluation::Evaluation;
use crate::model::{Data, Type, Unknown, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::quote;

/// Terms longer than this are dropped.
const TERM: usize = 256;

/// A list of possible values longer than this is no short list.
pub(super) const DOMAIN: usize = 8;

impl Evaluation<'_> {
    /// What comes of `operands`, at least one of which is or holds an unknown: an unknown for the
    /// same reason, decided by the same input where it is one, and as sensitive as they are.
    pub(super) fn blend(
        &mut self,
        operands: &[&Value],
        ty: Option<Type>,
        term: Option<String>,
        span: Span,
    ) -> Value {
        let mut blended = blend(operands);
        blended.not_null = ty.as_ref().is_some_and(super::primitive::is_primitive);
        if ty == Some(Type::Bool) {
            blended.domain = Some(both_truths(self, span));
        }
        blended.ty = ty;
        blended.term = term.map(Arc::from);
        let sensitive = operands.iter().any(|value| value.sensitive);
        self.unknown_at(blended, span).marked(sensitive)
    }
}

fn both_truths(evaluation: &mut Evaluation<'_>, span: Span) -> Vec<Value> {
    let origin = evaluation.origins.computed(span);
    vec![
        Value::new(Data::Bool(true), origin),
        Value::new(Data::Bool(false), origin),
    ]
}

/// The unknown that stands for what is made of `operands`.
pub(super) fn blend(operands: &[&Value]) -> Unknown {
    let mut found = Vec::new();
    for operand in operands {
        gather(operand, &mut found, 0);
    }
    let Some(first) = found.first() else {
        // Only the keys of a resource's own object are open without an unknown in it.
        return Unknown::because(Why::Computed);
    };
    let mut blended = Unknown::because(first.why);
    // An input is what a user can give, so it is the reason to name where there are several.
    if let Some(input) = found.iter().find(|unknown| unknown.why == Why::Input) {
        blended.why = input.why;
    }
    let mut inputs = found.iter().filter_map(|unknown| unknown.input.as_ref());
    if let Some(input) = inputs.next() {
        let only = inputs.all(|other| other == input);
        let all_inputs = found.iter().all(|unknown| unknown.input.is_some());
        if only && all_inputs {
            blended.input = Some(input.clone());
        }
    }
    blended
}

/// The unknowns in a value, the first few of them.
fn gather<'v>(value: &'v Value, found: &mut Vec<&'v Unknown>, depth: usize) {
    if found.len() >= 16 || depth > 200 {
        return;
    }
    match &value.data {
        Data::Unknown(unknown) => found.push(unknown),
        Data::List(list) => {
            for item in &list.items {
                gather(item, found, depth + 1);
            }
        }
        Data::Map(map) => {
            for entry in &map.entries {
                gather(&entry.value, found, depth + 1);
            }
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => {}
    }
}

/// A value as a term spells it; `None` for what has no short spelling.
pub(super) fn term_of(value: &Value) -> Option<String> {
    if value.sensitive && !matches!(value.data, Data::Unknown(_)) {
        return None;
    }
    match &value.data {
        Data::Null => Some("null".to_owned()),
        Data::Bool(it) => Some(it.to_string()),
        Data::Number(it) => Some(it.to_string()),
        Data::String(text) => short(quote(text)),
        Data::Unknown(unknown) => unknown.term.as_deref().map(str::to_owned),
        Data::List(list) if list.items.len() <= DOMAIN => {
            let items: Option<Vec<String>> = list.items.iter().map(term_of).collect();
            short(format!("[{}]", items?.join(",")))
        }
        Data::List(_) | Data::Map(_) => None,
    }
}

/// `term` unless it is too long.
pub(super) fn short(term: String) -> Option<String> {
    (term.len() <= TERM).then_some(term)
}
