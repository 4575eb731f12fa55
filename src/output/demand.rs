//! A condition in the words of Azure Policy, as a nested Markdown list.

use crate::model::Relation;
use crate::rule::{Condition, Elsewhere, Literal, Related, Subject, Test};

/// The lines of `condition`, the first at `depth`.
pub(super) fn lines(condition: &Condition, depth: usize) -> Vec<String> {
    let head = |words: &str| format!("{}- {words}", "  ".repeat(depth));
    let below = |conditions: &[Condition]| -> Vec<String> {
        let inner = conditions.iter();
        inner.flat_map(|inner| lines(inner, depth + 1)).collect()
    };
    match condition {
        Condition::AllOf(conditions) if conditions.is_empty() => vec![head("always")],
        Condition::AllOf(conditions) => [vec![head("all of:")], below(conditions)].concat(),
        Condition::AnyOf(conditions) => [vec![head("any of:")], below(conditions)].concat(),
        Condition::Not(inner) => [vec![head("not:")], lines(inner, depth + 1)].concat(),
        Condition::Is(Subject::Field(path), test) => {
            vec![head(&format!("`{path}` {}", comparison(test)))]
        }
        Condition::Is(Subject::Value(value), test) => {
            vec![head(&format!("{} {}", literal(value), comparison(test)))]
        }
        Condition::Is(Subject::Formula(formula), test) => {
            vec![head(&format!("`{}` {}", formula.text, comparison(test)))]
        }
        Condition::Is(Subject::Unresolved(name), test) => {
            vec![head(&format!("`{name}` {}", comparison(test)))]
        }
        Condition::Is(Subject::Count(count), test) => {
            let what = count
                .values
                .as_ref()
                .map_or_else(|| count.field.to_string(), |it| it.text.to_string());
            let words = format!("the count of `{what}` {}", comparison(test));
            match &count.condition {
                None => vec![head(&words)],
                Some(inner) => [
                    vec![head(&format!("{words}, of those where:"))],
                    lines(inner, depth + 1),
                ]
                .concat(),
            }
        }
        Condition::Related(related) => related_lines(related, depth),
    }
}

fn related_lines(related: &Related, depth: usize) -> Vec<String> {
    let pad = "  ".repeat(depth);
    let how = match &related.relation {
        Relation::Child => "that is its child".to_owned(),
        Relation::Parent => "that is its parent".to_owned(),
        Relation::Extension => "that extends it".to_owned(),
        Relation::ReferredToBy(at) => format!("that names it at `{at}`"),
        Relation::RefersTo(at) => format!("that it names at `{at}`"),
        Relation::Beside => "beside it".to_owned(),
    };
    let mut out = vec![format!("{pad}- there is a `{}` {how}", related.kind)];
    let always = Condition::always();
    for (word, condition) in [
        ("where", &related.condition),
        ("which fulfils", &related.require),
    ] {
        if *condition != always {
            out.push(format!("{pad}  - {word}:"));
            out.extend(lines(condition, depth + 2));
        }
    }
    if related.elsewhere == Elsewhere::Undecided {
        out.push(format!(
            "{pad}  - none in view is undecided: it may be declared elsewhere"
        ));
    }
    out
}

/// A comparison in its own word.
fn comparison(test: &Test) -> String {
    let list = |values: &[Literal]| values.iter().map(literal).collect::<Vec<_>>().join(", ");
    match test {
        Test::Equals(value) => format!("equals {}", literal(value)),
        Test::NotEquals(value) => format!("does not equal {}", literal(value)),
        Test::In(values) => format!("is one of {}", list(values)),
        Test::NotIn(values) => format!("is none of {}", list(values)),
        Test::Like(pattern) => format!("is like `{pattern}`"),
        Test::NotLike(pattern) => format!("is not like `{pattern}`"),
        Test::Match(pattern) => format!("matches `{pattern}`"),
        Test::NotMatch(pattern) => format!("does not match `{pattern}`"),
        Test::MatchInsensitively(pattern) => format!("matches `{pattern}` in any case"),
        Test::NotMatchInsensitively(pattern) => format!("does not match `{pattern}` in any case"),
        Test::Contains(value) => format!("contains {}", literal(value)),
        Test::NotContains(value) => format!("does not contain {}", literal(value)),
        Test::ContainsKey(key) => format!("has `{key}`"),
        Test::NotContainsKey(key) => format!("does not have `{key}`"),
        Test::Exists(true) => "is set".to_owned(),
        Test::Exists(false) => "is not set".to_owned(),
        Test::Greater(value) => format!("is greater than {}", literal(value)),
        Test::GreaterOrEquals(value) => format!("is {} or greater", literal(value)),
        Test::Less(value) => format!("is less than {}", literal(value)),
        Test::LessOrEquals(value) => format!("is {} or less", literal(value)),
        Test::CoversRange(ranges) => format!("covers an address range of {}", quoted(ranges)),
        Test::CoversPort(ports) => format!("covers a port of {}", quoted(ports)),
        Test::Open(word, formula) => format!("{} `{}`", word.spelled(), formula.text),
    }
}

fn quoted(items: &[impl ToString]) -> String {
    let items = items.iter().map(|item| format!("`{}`", item.to_string()));
    items.collect::<Vec<_>>().join(", ")
}

/// A literal as a rule file spells it.
pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "`null`".to_owned(),
        Literal::Bool(value) => format!("`{value}`"),
        Literal::Int(value) => format!("`{value}`"),
        Literal::Float(value) => format!("`{value}`"),
        Literal::String(text) => format!("`{text}`"),
        Literal::List(items) if items.is_empty() => "an empty list".to_owned(),
        Literal::List(items) => {
            format!(
                "a list of {}",
                items.iter().map(literal).collect::<Vec<_>>().join(", ")
            )
        }
        Literal::Map(members) => {
            let members = members
                .iter()
                .map(|(key, value)| format!("`{key}`: {}", literal(value)));
            format!("an object of {}", members.collect::<Vec<_>>().join(", "))
        }
    }
}
