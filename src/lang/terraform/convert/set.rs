use std::cmp::Ordering;

use crate::model::{Collection, Data, Value};

/// The members of a set: without repetition, in the order in which Terraform walks them. Unknown members
/// come last and are all kept, because they may differ, except those of one spelling.
#[must_use]
pub(in crate::lang::terraform) fn normalise(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by(order);
    items.dedup_by(|b, a| super::equals(a, b) == Some(true));
    items
}

/// Falsehood before truth, numbers by size, text by code point, everything else by a spelling of it;
/// null comes after these and unknowns last.
fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value.data {
        Data::Unknown(_) => 2,
        Data::Null => 1,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Map(_) => 0,
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| match (&a.data, &b.data) {
            (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
            (Data::Number(a), Data::Number(b)) => a.cmp(b),
            (Data::String(a), Data::String(b)) => a.cmp(b),
            (Data::Unknown(a), Data::Unknown(b)) => a.term.cmp(&b.term),
            _ => spelled(a).cmp(&spelled(b)),
        })
}

fn spelled(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    spell(value, &mut out);
    out
}

/// The bytes by which cty orders members that have no order of their own.
fn spell(value: &Value, out: &mut Vec<u8>) {
    let members = |items: &mut dyn Iterator<Item = &Value>, out: &mut Vec<u8>| {
        for item in items {
            spell(item, out);
            out.push(b';');
        }
    };
    match &value.data {
        Data::Unknown(_) => out.push(b'?'),
        Data::Null => out.push(b'~'),
        Data::Bool(value) => out.push(if *value { b'T' } else { b'F' }),
        Data::Number(number) => out.extend(ten_digits(number).into_bytes()),
        Data::String(text) => out.extend(format!("{text:?}").into_bytes()),
        Data::List(list) => {
            let (open, close) = match list.collection {
                Collection::Structural => (b'<', b'>'),
                Collection::Uniform | Collection::Set => (b'[', b']'),
            };
            out.push(open);
            members(&mut list.items.iter(), out);
            out.push(close);
        }
        Data::Map(map) if map.collection == Collection::Structural => {
            out.push(b'<');
            members(&mut map.entries.iter().map(|entry| &entry.value), out);
            out.push(b'>');
        }
        Data::Map(map) => {
            out.push(b'{');
            for entry in &map.entries {
                out.extend(format!("{:?}:", entry.key).into_bytes());
                spell(&entry.value, out);
                out.push(b';');
            }
            out.push(b'}');
        }
    }
}

/// A number in at most ten significant digits (Go's `%.10g`).
fn ten_digits(number: &crate::model::Number) -> String {
    let Some((digits, power)) = number.to_digits(Some(10)) else {
        return number.to_string();
    };
    if (-4..10).contains(&power) {
        // At most ten digits were asked for, so their number fits any integer.
        let last = i64::try_from(digits.len()).unwrap_or(0) - 1;
        let places = usize::try_from(last - power).unwrap_or_default();
        return number.to_fixed(places);
    }
    let sign = if number.sign() < 0 { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let direction = if power < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{direction}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Number, Origin, Unknown, Why};

    #[test]
    fn members_are_ordered_and_not_repeated() {
        let number =
            |text: &str| Value::new(Data::Number(Number::parse(text).unwrap()), Origin::NOWHERE);
        let unknown = Value::unknown(Unknown::because(Why::Input), Origin::NOWHERE);
        let items = vec![
            unknown.clone(),
            number("10"),
            Value::null(Origin::NOWHERE),
            number("9"),
            unknown,
            number("10.0"),
        ];
        let result = normalise(items);
        assert_eq!(result.len(), 5);
        assert_eq!(result.first(), Some(&number("9")));
        assert!(result[2].is_null() && result[3].has_unknown() && result[4].has_unknown());
    }

    #[test]
    fn numbers_are_spelled_in_ten_digits() {
        for (text, expected) in [
            ("1", "1"),
            ("0.5", "0.5"),
            ("12345678901", "1.23456789e+10"),
            ("-100", "-100"),
        ] {
            assert_eq!(ten_digits(&Number::parse(text).unwrap()), expected);
        }
    }
}
