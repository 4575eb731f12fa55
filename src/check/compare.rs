//! Azure Policy's comparisons of one known value, in three values.
//!
//! Source: the policy definition structure in the Azure Policy documentation: strings compare
//! ignoring case; a null or absent field makes every positive comparison false and every negative one true.

use ipnet::IpNet;

use crate::model::{Affixes, Data, Lookup, Number, Origin, Unknown, Value};
use crate::rule::{Literal, Test};

use super::truth::Truth;

/// Tests a value that is known at its top; members may be unknown.
pub(super) fn test_value(value: &Value, test: &Test) -> Truth {
    if let Data::Unknown(unknown) = &value.data {
        return test_unknown(unknown, test);
    }
    if value.is_null() {
        return test_absent(test);
    }
    match test {
        Test::Equals(wanted) => equals(value, wanted),
        Test::NotEquals(wanted) => equals(value, wanted).not(),
        Test::In(wanted) => Truth::any(wanted.iter().map(|wanted| equals(value, wanted))),
        Test::NotIn(wanted) => Truth::any(wanted.iter().map(|wanted| equals(value, wanted))).not(),
        Test::Like(pattern) => on_text(value, |text| is_like(text, pattern)),
        Test::NotLike(pattern) => on_text(value, |text| is_like(text, pattern)).not(),
        Test::Match(pattern) => on_text(value, |text| matches(text, pattern, false)),
        Test::NotMatch(pattern) => on_text(value, |text| matches(text, pattern, false)).not(),
        Test::MatchInsensitively(pattern) => on_text(value, |text| matches(text, pattern, true)),
        Test::NotMatchInsensitively(pattern) => {
            on_text(value, |text| matches(text, pattern, true)).not()
        }
        Test::Contains(wanted) => contains(value, wanted),
        Test::NotContains(wanted) => contains(value, wanted).not(),
        Test::ContainsKey(key) => contains_key(value, key),
        Test::NotContainsKey(key) => contains_key(value, key).not(),
        Test::Exists(wanted) => Truth::from(*wanted),
        Test::Greater(wanted) => ordered(value, wanted, std::cmp::Ordering::is_gt),
        Test::GreaterOrEquals(wanted) => ordered(value, wanted, std::cmp::Ordering::is_ge),
        Test::Less(wanted) => ordered(value, wanted, std::cmp::Ordering::is_lt),
        Test::LessOrEquals(wanted) => ordered(value, wanted, std::cmp::Ordering::is_le),
        Test::CoversRange(ranges) => any_item(value, &|text| covers_range(text, ranges)),
        Test::CoversPort(ports) => any_item(value, &|text| covers_port(text, ports)),
        // Whoever knows the resource computes the operand first.
        Test::Open(..) => Truth::Unknown,
    }
}

/// Tests a value of which only the domain is known, if anything.
pub(super) fn test_unknown(unknown: &Unknown, test: &Test) -> Truth {
    if unknown.not_null
        && let Test::Exists(wanted) = test
    {
        return Truth::from(*wanted);
    }
    if let Some(affixes) = &unknown.affixes
        && let Some(truth) = by_affixes(affixes, test)
    {
        return truth;
    }
    let Some(domain) = unknown
        .domain
        .as_deref()
        .filter(|domain| !domain.is_empty())
    else {
        return Truth::Unknown;
    };
    let mut verdicts = domain.iter().map(|value| test_value(value, test));
    let first = verdicts.next().unwrap_or(Truth::Unknown);
    if verdicts.all(|verdict| verdict == first) {
        first
    } else {
        Truth::Unknown
    }
}

/// What the known ends of a text say about what it can be equal to.
fn by_affixes(affixes: &Affixes, test: &Test) -> Option<Truth> {
    let cannot =
        |wanted: &Literal| !matches!(literal_text(wanted), Some(wanted) if affixes.fit(&wanted));
    match test {
        Test::Equals(wanted) if cannot(wanted) => Some(Truth::False),
        Test::NotEquals(wanted) if cannot(wanted) => Some(Truth::True),
        Test::In(wanted) if wanted.iter().all(cannot) => Some(Truth::False),
        Test::NotIn(wanted) if wanted.iter().all(cannot) => Some(Truth::True),
        _ => None,
    }
}

/// Tests a property that is not there.
pub(super) fn test_absent(test: &Test) -> Truth {
    test.of_absent().map_or(Truth::Unknown, Truth::from)
}

/// Tests what a lookup led to, before service defaults are considered.
pub(super) fn test_lookup(lookup: &Lookup<'_>, test: &Test) -> Truth {
    match lookup {
        Lookup::Found(value) => test_value(value, test),
        Lookup::Missing { .. } => test_absent(test),
        Lookup::Unknown(unknown, _) => test_unknown(unknown, test),
        Lookup::Unmapped => Truth::Unknown,
    }
}

/// The verdict when the number lies somewhere in `least..=most`. Counts are small, so the ends and
/// what lies just beyond the ends of what is compared with decide.
pub(super) fn count_verdict(least: usize, most: usize, test: &Test) -> Truth {
    let at = |number: usize| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        test_value(
            &Value::new(Data::Number(number.into()), Origin::NOWHERE),
            test,
        )
    };
    let end = most.min(least.saturating_add(4_096));
    let first = at(least);
    let agree = (least..=end)
        .map(at)
        .chain([at(most)])
        .all(|verdict| verdict == first);
    if agree { first } else { Truth::Unknown }
}

/// A scalar as Azure Policy compares it: `true` and `"True"` are the same.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match &value.data {
        Data::Bool(value) => Some(value.to_string()),
        Data::Number(number) => Some(number.to_string()),
        Data::String(text) => Some(text.to_string()),
        Data::Null | Data::List(_) | Data::Map(_) | Data::Unknown(_) => None,
    }
}

fn literal_text(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Bool(value) => Some(value.to_string()),
        Literal::Int(value) => Some(value.to_string()),
        Literal::Float(value) => Some(value.to_string()),
        Literal::String(text) => Some(text.to_string()),
        Literal::Null | Literal::List(_) | Literal::Map(_) => None,
    }
}

fn equals(value: &Value, wanted: &Literal) -> Truth {
    match (&value.data, wanted) {
        (Data::Unknown(unknown), _) => test_unknown(unknown, &Test::Equals(wanted.clone())),
        (Data::List(list), Literal::List(items)) => {
            if list.items.len() != items.len() {
                return Truth::False;
            }
            Truth::all(
                list.items
                    .iter()
                    .zip(items)
                    .map(|(value, wanted)| equals(value, wanted)),
            )
        }
        (Data::Map(map), Literal::Map(entries)) => {
            if map.open || map.entries.len() != entries.len() {
                return if map.open {
                    Truth::Unknown
                } else {
                    Truth::False
                };
            }
            Truth::all(entries.iter().map(|(key, wanted)| {
                map.get_ignoring_case(key)
                    .map_or(Truth::False, |value| equals(value, wanted))
            }))
        }
        _ => match (scalar_text(value), literal_text(wanted)) {
            (Some(a), Some(b)) => Truth::from(same_scalar(&a, &b)),
            _ => Truth::from(value.is_null() && *wanted == Literal::Null),
        },
    }
}

fn same_scalar(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || a.to_lowercase() == b.to_lowercase()
        || matches!((Number::parse(a), Number::parse(b)), (Some(a), Some(b)) if a == b && !a.to_string().is_empty())
            && looks_numeric(a)
            && looks_numeric(b)
}

/// `1.10` and `1.1` are versions as often as numbers: only plain integers compare as numbers.
fn looks_numeric(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn on_text(value: &Value, holds: impl Fn(&str) -> bool) -> Truth {
    scalar_text(value).map_or(Truth::False, |text| Truth::from(holds(&text)))
}

/// A list: any item; a scalar: itself, its parts between commas.
fn any_item(value: &Value, holds: &dyn Fn(&str) -> bool) -> Truth {
    match &value.data {
        Data::Unknown(_) => Truth::Unknown,
        Data::List(list) => Truth::any(list.items.iter().map(|item| any_item(item, holds))),
        _ => on_text(value, |text| text.split(',').any(|part| holds(part.trim()))),
    }
}

fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn matches(text: &str, pattern: &str, ignoring_case: bool) -> bool {
    text.chars().count() == pattern.chars().count()
        && text
            .chars()
            .zip(pattern.chars())
            .all(|(c, wanted)| match wanted {
                '#' => c.is_ascii_digit(),
                '?' => c.is_alphabetic(),
                '.' => true,
                _ if ignoring_case => c.to_lowercase().eq(wanted.to_lowercase()),
                _ => c == wanted,
            })
}

fn contains(value: &Value, wanted: &Literal) -> Truth {
    match &value.data {
        Data::List(list) => Truth::any(list.items.iter().map(|item| equals(item, wanted))),
        _ => match (scalar_text(value), literal_text(wanted)) {
            (Some(text), Some(part)) => {
                Truth::from(text.to_lowercase().contains(&part.to_lowercase()))
            }
            _ => Truth::False,
        },
    }
}

fn contains_key(value: &Value, key: &str) -> Truth {
    match value.as_map() {
        Some(map) if map.get_ignoring_case(key).is_some() => Truth::True,
        Some(map) if map.open => Truth::Unknown,
        _ => Truth::False,
    }
}

fn ordered(value: &Value, wanted: &Literal, holds: fn(std::cmp::Ordering) -> bool) -> Truth {
    let (Some(a), Some(b)) = (scalar_text(value), literal_text(wanted)) else {
        return Truth::False;
    };
    // Truth values have no order.
    if matches!(
        (&value.data, wanted),
        (Data::Bool(_), _) | (_, Literal::Bool(_))
    ) {
        return Truth::False;
    }
    let as_numbers = !matches!((&value.data, wanted), (Data::String(_), Literal::String(_)));
    let ordering = match (Number::parse(&a), Number::parse(&b)) {
        (Some(a), Some(b)) if as_numbers => a.partial_cmp(&b),
        // A text that is no number is neither more nor less than a number.
        _ if as_numbers => None,
        _ => Some(a.to_lowercase().cmp(&b.to_lowercase())),
    };
    Truth::from(ordering.is_some_and(holds))
}

/// `*`, `22`, `20-25`.
fn covers_port(text: &str, ports: &[u16]) -> bool {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let range = match text {
        "*" => Some((0, u32::from(u16::MAX))),
        _ => match text.split_once('-') {
            Some((from, to)) => number(from).zip(number(to)),
            None => number(text).map(|port| (port, port)),
        },
    };
    range.is_some_and(|(from, to)| {
        ports
            .iter()
            .any(|port| (from..=to).contains(&u32::from(*port)))
    })
}

/// Service tags that mean every address of the internet.
/// Source: "Virtual network service tags" in the Azure documentation; `Any` is what the portal shows for `*`.
const EVERYWHERE: [&str; 3] = ["*", "internet", "any"];

fn covers_range(text: &str, ranges: &[String]) -> bool {
    let everything =
        |range: &String| parse_range(range).is_some_and(|range| range.prefix_len() == 0);
    if EVERYWHERE.iter().any(|tag| text.eq_ignore_ascii_case(tag)) {
        return ranges.iter().any(everything);
    }
    let Some(outer) = parse_range(text) else {
        return false;
    };
    ranges
        .iter()
        .filter_map(|range| parse_range(range))
        .any(|inner| outer.contains(&inner))
}

fn parse_range(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Why;

    fn text(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn literal(text: &str) -> Literal {
        Literal::String(Arc::from(text))
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of rows")]
    fn texts_compare_ignoring_case() {
        let rows = [
            (
                text("Enabled"),
                Test::Equals(literal("enabled")),
                Truth::True,
            ),
            (
                Value::new(Data::Bool(true), Origin::NOWHERE),
                Test::Equals(literal("True")),
                Truth::True,
            ),
            (text("true"), Test::Equals(Literal::Bool(true)), Truth::True),
            (text("1.10"), Test::Equals(literal("1.1")), Truth::False),
            (
                text("1.0"),
                Test::GreaterOrEquals(literal("1.2")),
                Truth::False,
            ),
            (
                text("1.3"),
                Test::GreaterOrEquals(literal("1.2")),
                Truth::True,
            ),
            (text("90"), Test::Greater(Literal::Int(100)), Truth::False),
            (
                text("functionapp,linux"),
                Test::NotContains(literal("FunctionApp")),
                Truth::False,
            ),
            (text("abc"), Test::Like("a*C".to_owned()), Truth::True),
            (text("abc"), Test::Like("*d".to_owned()), Truth::False),
            (text("a1b"), Test::Match("?#.".to_owned()), Truth::True),
            (text("20-25"), Test::CoversPort(vec![22]), Truth::True),
            (text("80,22"), Test::CoversPort(vec![22]), Truth::True),
            (text("220"), Test::CoversPort(vec![22]), Truth::False),
            (text("*"), Test::CoversPort(vec![3389]), Truth::True),
            (
                text("Internet"),
                Test::CoversRange(vec!["0.0.0.0/0".to_owned()]),
                Truth::True,
            ),
            (
                text("10.0.0.0/8"),
                Test::CoversRange(vec!["0.0.0.0/0".to_owned()]),
                Truth::False,
            ),
            (
                text("0.0.0.0/0"),
                Test::CoversRange(vec!["10.0.0.0/8".to_owned()]),
                Truth::True,
            ),
            (
                Value::null(Origin::NOWHERE),
                Test::Exists(true),
                Truth::False,
            ),
            (
                Value::null(Origin::NOWHERE),
                Test::NotEquals(literal("x")),
                Truth::True,
            ),
        ];
        for (value, test, expected) in rows {
            assert_eq!(test_value(&value, &test), expected, "{value:?} {test:?}");
        }
    }

    #[test]
    fn an_unknown_is_judged_by_its_domain() {
        let mut unknown = Unknown::because(Why::Input);
        let wanted = Test::NotEquals(literal("c"));
        assert_eq!(test_unknown(&unknown, &wanted), Truth::Unknown);
        unknown.domain = Some(vec![text("a"), text("b")]);
        assert_eq!(test_unknown(&unknown, &wanted), Truth::True);
        assert_eq!(
            test_unknown(&unknown, &Test::Equals(literal("a"))),
            Truth::Unknown
        );
        assert_eq!(
            test_unknown(&unknown.clone().not_null(), &Test::Exists(true)),
            Truth::True
        );
    }

    #[test]
    fn a_list_with_an_unknown_member_contains_what_it_shows() {
        let unknown = Value::unknown(Unknown::because(Why::Input), Origin::NOWHERE);
        let list = Value::list(vec![text("a"), unknown], Origin::NOWHERE);
        assert_eq!(
            test_value(&list, &Test::Contains(literal("A"))),
            Truth::True
        );
        assert_eq!(
            test_value(&list, &Test::Contains(literal("b"))),
            Truth::Unknown
        );
    }
}
