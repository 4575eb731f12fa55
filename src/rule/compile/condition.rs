//! Conditions: exactly one form each, and for a subject exactly one comparison.

use super::expression;
use super::literal::literal;
use super::scope::{Scope, kind, relation};
use crate::model::{Kind, Step};
use crate::rule::error::{Fault, Trail};
use crate::rule::schema;
use crate::rule::{Condition, Count, Elsewhere, Related, Subject, Test};

/// How deep conditions may nest.
const DEEPEST: usize = 32;

/// A condition that may be left out.
pub(super) fn optional(
    written: Option<&schema::Condition>,
    scope: Scope<'_>,
    trail: &Trail<'_>,
) -> Result<Condition, Fault> {
    written.map_or_else(|| Ok(Condition::always()), |it| compile(it, scope, trail))
}

/// The meaning of a written condition.
pub(super) fn compile(
    written: &schema::Condition,
    scope: Scope<'_>,
    trail: &Trail<'_>,
) -> Result<Condition, Fault> {
    nested(written, scope, trail, DEEPEST)
}

fn nested(
    written: &schema::Condition,
    scope: Scope<'_>,
    trail: &Trail<'_>,
    depth: usize,
) -> Result<Condition, Fault> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| trail.fault("Conditions nest too deeply"))?;
    one_form(written, trail)?;
    let test = test(written, trail)?;
    if let Some(all) = &written.all_of {
        return list(all, scope, &trail.key("allOf"), depth).map(Condition::AllOf);
    }
    if let Some(any) = &written.any_of {
        return list(any, scope, &trail.key("anyOf"), depth).map(Condition::AnyOf);
    }
    if let Some(inner) = &written.not {
        let inner = nested(inner, scope, &trail.key("not"), depth)?;
        return Ok(Condition::Not(Box::new(inner)));
    }
    if let Some(inner) = &written.related {
        let inner = related(inner, scope, &trail.key("related"), depth)?;
        return Ok(Condition::Related(Box::new(inner)));
    }
    let subject = subject(written, scope, trail, depth)?;
    let test = test.ok_or_else(|| {
        trail.fault("Here a comparison is missing, such as `equals`, `in` or `exists`")
    })?;
    Ok(Condition::Is(subject, test))
}

fn list(
    written: &[schema::Condition],
    scope: Scope<'_>,
    trail: &Trail<'_>,
    depth: usize,
) -> Result<Vec<Condition>, Fault> {
    if written.is_empty() {
        return Err(trail.fault("This list of conditions is empty"));
    }
    let items = written.iter().enumerate();
    items
        .map(|(index, it)| nested(it, scope, &trail.item(index), depth))
        .collect()
}

/// Refuses conditions that say two things at once, which YAML would happily hold.
fn one_form(written: &schema::Condition, trail: &Trail<'_>) -> Result<(), Fault> {
    let forms = [
        ("allOf", written.all_of.is_some(), false),
        ("anyOf", written.any_of.is_some(), false),
        ("not", written.not.is_some(), false),
        ("related", written.related.is_some(), false),
        ("field", written.field.is_some(), true),
        ("value", written.value.is_some(), true),
        ("count", written.count.is_some(), true),
    ];
    let mut present = forms.iter().filter(|(_, present, _)| *present);
    let Some((first, _, compares)) = present.next() else {
        return Err(trail.fault(
            "A condition is one of `allOf`, `anyOf`, `not`, `related`, `field`, `value`, `count`",
        ));
    };
    if let Some((second, ..)) = present.next() {
        let message =
            format!("`{first}` and `{second}` are two conditions; join them with `allOf`");
        return Err(trail.name(second).fault(message));
    }
    match comparisons(written).first() {
        Some((word, _)) if !compares => Err(trail.name(word).fault(format!(
            "`{first}` takes no comparison, but here is `{word}`"
        ))),
        _ => Ok(()),
    }
}

fn subject(
    written: &schema::Condition,
    scope: Scope<'_>,
    trail: &Trail<'_>,
    depth: usize,
) -> Result<Subject, Fault> {
    if let Some(field) = &written.field {
        return scope.field(field, &trail.key("field")).map(Subject::Field);
    }
    if let Some(value) = &written.value {
        let value = literal(value);
        expression::check(&value, scope, &trail.key("value"))?;
        return Ok(Subject::Value(value));
    }
    let Some(count) = &written.count else {
        return Err(trail.fault("A comparison needs `field`, `value` or `count`"));
    };
    let trail = trail.key("count");
    let field = scope.field(&count.field, &trail.key("field"))?;
    if !matches!(field.0.last(), Some(Step::Each)) {
        return Err(trail.key("field").fault("What is counted ends in `[*]`"));
    }
    let condition = count.r#where.as_ref();
    let condition = condition
        .map(|it| nested(it, scope, &trail.key("where"), depth))
        .transpose()?;
    Ok(Subject::Count(Box::new(Count {
        field,
        values: None,
        name: None,
        condition,
    })))
}

fn related(
    written: &schema::Related,
    scope: Scope<'_>,
    trail: &Trail<'_>,
    depth: usize,
) -> Result<Related, Fault> {
    let kind = kind(&written.resource, &trail.key("resource"))?;
    let relation = relation(written.by, written.at.as_deref(), scope, &kind, trail)?;
    let kinds: [Kind; 1] = [kind.clone()];
    let other = scope.of(&kinds);
    let part = |written: &Option<schema::Condition>, key| {
        let trail = trail.key(key);
        let compiled = written.as_ref().map(|it| nested(it, other, &trail, depth));
        compiled.unwrap_or_else(|| Ok(Condition::always()))
    };
    Ok(Related {
        condition: part(&written.r#where, "where")?,
        require: part(&written.require, "require")?,
        kind,
        relation,
        elsewhere: match written.elsewhere {
            schema::Elsewhere::Fail => Elsewhere::Fail,
            schema::Elsewhere::Undecided => Elsewhere::Undecided,
        },
    })
}

/// The comparisons that are written, each with its word.
#[expect(clippy::too_many_lines, reason = "one row a word of the vocabulary")]
fn comparisons(written: &schema::Condition) -> Vec<(&'static str, Test)> {
    let value = |it: &Option<schema::Literal>, make: fn(crate::rule::Literal) -> Test| {
        it.as_ref().map(|it| make(literal(it)))
    };
    let values = |it: &Option<Vec<schema::Literal>>,
                  make: fn(Vec<crate::rule::Literal>) -> Test| {
        it.as_ref().map(|it| make(it.iter().map(literal).collect()))
    };
    let text = |it: &Option<String>, make: fn(String) -> Test| it.clone().map(make);
    let rows = [
        ("equals", value(&written.equals, Test::Equals)),
        ("notEquals", value(&written.not_equals, Test::NotEquals)),
        ("in", values(&written.r#in, Test::In)),
        ("notIn", values(&written.not_in, Test::NotIn)),
        ("like", text(&written.like, Test::Like)),
        ("notLike", text(&written.not_like, Test::NotLike)),
        ("match", text(&written.r#match, Test::Match)),
        ("notMatch", text(&written.not_match, Test::NotMatch)),
        (
            "matchInsensitively",
            text(&written.match_insensitively, Test::MatchInsensitively),
        ),
        (
            "notMatchInsensitively",
            text(
                &written.not_match_insensitively,
                Test::NotMatchInsensitively,
            ),
        ),
        ("contains", value(&written.contains, Test::Contains)),
        (
            "notContains",
            value(&written.not_contains, Test::NotContains),
        ),
        (
            "containsKey",
            text(&written.contains_key, Test::ContainsKey),
        ),
        (
            "notContainsKey",
            text(&written.not_contains_key, Test::NotContainsKey),
        ),
        ("exists", written.exists.map(Test::Exists)),
        ("greater", value(&written.greater, Test::Greater)),
        (
            "greaterOrEquals",
            value(&written.greater_or_equals, Test::GreaterOrEquals),
        ),
        ("less", value(&written.less, Test::Less)),
        (
            "lessOrEquals",
            value(&written.less_or_equals, Test::LessOrEquals),
        ),
        (
            "coversPort",
            written.covers_port.clone().map(Test::CoversPort),
        ),
        (
            "coversRange",
            written.covers_range.clone().map(Test::CoversRange),
        ),
    ];
    rows.into_iter()
        .filter_map(|(word, test)| test.map(|test| (word, test)))
        .collect()
}

fn test(written: &schema::Condition, trail: &Trail<'_>) -> Result<Option<Test>, Fault> {
    let mut all = comparisons(written).into_iter();
    let first = all.next();
    if let Some((word, _)) = all.next() {
        let message = format!("`{word}` is a second comparison; join two conditions with `allOf`");
        return Err(trail.name(word).fault(message));
    }
    let Some((word, test)) = first else {
        return Ok(None);
    };
    let at = trail.key(word);
    match &test {
        Test::Like(pattern) | Test::NotLike(pattern) if pattern.matches('*').count() > 1 => {
            Err(at.fault("A pattern has at most one `*`"))
        }
        Test::CoversRange(ranges) => {
            let bad = ranges
                .iter()
                .position(|range| range.parse::<ipnet::IpNet>().is_err());
            bad.map_or(Ok(Some(test.clone())), |index| {
                Err(at
                    .item(index)
                    .fault("This is no address range such as `10.0.0.0/8`"))
            })
        }
        _ => Ok(Some(test)),
    }
}
