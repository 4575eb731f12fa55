//! `value:` of a condition: a literal, or an expression of the template language over the resource.

use std::sync::Arc;

use crate::model::{Data, Entry, Number, Origin, Path, Unknown, Value, Why};
use crate::rule::Literal;

use super::condition::Scene;

/// The value of `literal`. `bind` spells a path from the element that is being counted.
pub(super) fn evaluate(
    scene: &Scene<'_>,
    literal: &Literal,
    bind: &dyn Fn(&Path) -> Path,
) -> Value {
    let _ = (scene, bind);
    plain(literal)
}

/// A literal without any expression in it.
pub(super) fn plain(literal: &Literal) -> Value {
    let data = match literal {
        Literal::Null => Data::Null,
        Literal::Bool(value) => Data::Bool(*value),
        Literal::Int(value) => Data::Number(Number::from(*value)),
        Literal::Float(value) => match Number::parse(&value.to_string()) {
            Some(number) => Data::Number(number),
            None => return Value::unknown(Unknown::because(Why::Invalid), Origin::NOWHERE),
        },
        Literal::String(text) => Data::String(Arc::clone(text)),
        Literal::List(items) => {
            return Value::list(items.iter().map(plain).collect(), Origin::NOWHERE);
        }
        Literal::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Entry {
                key: Arc::clone(key),
                value: plain(value),
            });
            return Value::map(entries.collect(), Origin::NOWHERE);
        }
    };
    Value::new(data, Origin::NOWHERE)
}
