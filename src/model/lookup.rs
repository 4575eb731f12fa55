//! Following a path into a resource's body, without ever taking "not known" for "not there".

use std::sync::LazyLock;

use super::{Completeness, Coverage, Data, Map, Origin, Path, Resource, Step, Unknown, Value, Why};

/// What a path leads to in a resource's body.
#[derive(Clone, Debug)]
pub enum Lookup<'m> {
    /// A value, which is not unknown itself (it may hold unknowns) and may be null.
    Found(&'m Value),
    /// Nothing is there. `parent` is the part of the path that exists; `rest` is what is missing.
    Missing {
        /// The longest part of the path that exists.
        parent: Path,
        /// What would have to be made.
        rest: Path,
    },
    /// The value, or one on the way to it, is not known.
    Unknown(&'m Unknown, Origin),
    /// The language cannot say: no lens row covers the path on this type.
    Unmapped,
}

/// The member of a body that is the whole name of a resource whose name has several parts.
pub(super) const FULL_NAME: &str = "fullName";

/// What stands for a value that is declared elsewhere or under a key that is not known.
static ELSEWHERE: LazyLock<Unknown> = LazyLock::new(|| Unknown::because(Why::Elsewhere));

/// Follows `path` into `resource`. A `[*]` fans out: one answer an element, each with its concrete
/// path; a list without elements gives no answer. Names are compared ignoring ASCII case.
///
/// A list that is not there gives one [`Lookup::Missing`] whose `rest` still has its `[*]`; a list
/// that is not known gives one [`Lookup::Unknown`].
#[must_use]
pub fn look_up<'m>(resource: &'m Resource, path: &Path) -> Vec<(Path, Lookup<'m>)> {
    let mut out = Vec::new();
    match own_name(resource, path) {
        Some(name) => follow(name, &[], path.clone(), &mut out),
        None => follow(&resource.body, &path.0, Path::default(), &mut out),
    }
    for (path, answer) in &mut out {
        if !matches!(answer, Lookup::Missing { .. }) {
            continue;
        }
        if resource.completeness == Completeness::Partial {
            *answer = Lookup::Unknown(&ELSEWHERE, Origin::NOWHERE);
        } else if !covers(&resource.coverage, &path.pattern()) {
            *answer = Lookup::Unmapped;
        }
    }
    out
}

/// The name of an Azure resource, which its identity has: the last part of it, or the whole of a
/// resource that has no other part. A whole of several parts stands in the body.
fn own_name<'m>(resource: &'m Resource, path: &Path) -> Option<&'m Value> {
    let [Step::Name(name)] = path.0.as_slice() else {
        return None;
    };
    let names = &resource.identity.names;
    let is_asked = name.eq_ignore_ascii_case("name")
        || (names.len() == 1 && name.eq_ignore_ascii_case(FULL_NAME));
    names
        .last()
        .filter(|_| is_asked && resource.kind.as_str().contains('/'))
}

/// Returns `true` if the absence of what is at `pattern` (lower case, `[*]` for elements) means
/// something: the pattern, one around it or one inside it is covered.
#[must_use]
pub fn covers(coverage: &Coverage, pattern: &str) -> bool {
    match coverage {
        Coverage::Whole => true,
        Coverage::Paths(patterns) => patterns
            .iter()
            .any(|covered| leads_to(covered, pattern) || leads_to(pattern, covered)),
    }
}

/// Returns `true` if `outer` is `inner` or a path around it.
fn leads_to(outer: &str, inner: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn follow<'m>(value: &'m Value, steps: &[Step], at: Path, out: &mut Vec<(Path, Lookup<'m>)>) {
    if let Data::Unknown(unknown) = &value.data {
        out.push((extended(&at, steps), Lookup::Unknown(unknown, value.origin)));
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        out.push((at, Lookup::Found(value)));
        return;
    };
    match (step, &value.data) {
        (Step::Name(name), Data::Map(map)) => member(map, name, step, rest, at, out),
        (Step::Where { key: None, equals }, Data::Map(map)) => {
            member(map, equals, step, rest, at, out);
        }
        (Step::Each, Data::List(list)) => {
            for (index, item) in list.items.iter().enumerate() {
                follow(item, rest, at.with(Step::Index(index)), out);
            }
        }
        // Some collections are objects keyed by name; `[*]` walks their values.
        (Step::Each, Data::Map(map)) => {
            for entry in &map.entries {
                follow(&entry.value, rest, at.member(&entry.key), out);
            }
        }
        (Step::Index(index), Data::List(list)) => match list.items.get(*index) {
            Some(item) => follow(item, rest, at.with(step.clone()), out),
            None => out.push(missing(at, steps)),
        },
        (Step::Where { key, equals }, Data::List(list)) => {
            named(&list.items, key.as_deref(), equals, steps, at, out);
        }
        // What is null is not there; the nearest thing that exists is what holds it.
        (_, Data::Null) if !at.0.is_empty() => {
            let mut parent = at;
            let last = parent.0.pop();
            let rest: Vec<Step> = last.into_iter().chain(steps.iter().cloned()).collect();
            out.push(missing(parent, &rest));
        }
        (
            _,
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::List(_)
            | Data::Map(_)
            | Data::Unknown(_),
        ) => out.push(missing(at, steps)),
    }
}

fn member<'m>(
    map: &'m Map,
    name: &str,
    step: &Step,
    rest: &[Step],
    at: Path,
    out: &mut Vec<(Path, Lookup<'m>)>,
) {
    match map.get_ignoring_case(name) {
        Some(value) => follow(value, rest, at.with(step.clone()), out),
        None if map.open => {
            let path = extended(&at.with(step.clone()), rest);
            out.push((path, Lookup::Unknown(&ELSEWHERE, Origin::NOWHERE)));
        }
        None => {
            let steps: Vec<Step> = std::iter::once(step).chain(rest).cloned().collect();
            out.push(missing(at, &steps));
        }
    }
}

/// The items that are named by value; unknown when one that is not known could be meant.
fn named<'m>(
    items: &'m [Value],
    key: Option<&str>,
    equals: &str,
    steps: &[Step],
    at: Path,
    out: &mut Vec<(Path, Lookup<'m>)>,
) {
    let rest = steps.get(1..).unwrap_or_default();
    let mut unknown = None;
    let mut any = false;
    for (index, item) in items.iter().enumerate() {
        match item_name(item, key) {
            ItemName::Text(text) if text.eq_ignore_ascii_case(equals) => {
                any = true;
                follow(item, rest, at.with(Step::Index(index)), out);
            }
            ItemName::Text(_) | ItemName::None => {}
            ItemName::Unknown(value, origin) => unknown = unknown.or(Some((value, origin))),
        }
    }
    match unknown {
        _ if any => {}
        Some((value, origin)) => {
            out.push((extended(&at, steps), Lookup::Unknown(value, origin)));
        }
        None => out.push(missing(at, steps)),
    }
}

enum ItemName<'m> {
    Text(&'m str),
    Unknown(&'m Unknown, Origin),
    None,
}

fn item_name<'m>(item: &'m Value, key: Option<&str>) -> ItemName<'m> {
    let name = match (&item.data, key) {
        (Data::Map(map), Some(key)) => map.get_ignoring_case(key),
        _ => Some(item),
    };
    match name.map(|name| (&name.data, name.origin)) {
        Some((Data::String(text), _)) => ItemName::Text(text),
        Some((Data::Unknown(unknown), origin)) => ItemName::Unknown(unknown, origin),
        Some(_) | None => ItemName::None,
    }
}

fn extended(at: &Path, steps: &[Step]) -> Path {
    Path(at.0.iter().chain(steps).cloned().collect())
}

fn missing<'m>(parent: Path, steps: &[Step]) -> (Path, Lookup<'m>) {
    let path = extended(&parent, steps);
    let rest = Path(steps.to_vec());
    (path, Lookup::Missing { parent, rest })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::resource;

    fn told(answers: Vec<(Path, Lookup<'_>)>) -> Vec<String> {
        let one = |(path, answer): (Path, Lookup<'_>)| match answer {
            Lookup::Found(value) if value.is_null() => format!("{path}: null"),
            Lookup::Found(_) => format!("{path}: found"),
            Lookup::Missing { parent, rest } => format!("{path}: missing {rest} of {parent}"),
            Lookup::Unknown(unknown, _) => {
                let input = unknown
                    .input
                    .as_ref()
                    .map_or("elsewhere", |input| &*input.0);
                format!("{path}: unknown {input}")
            }
            Lookup::Unmapped => format!("{path}: unmapped"),
        };
        answers.into_iter().map(one).collect()
    }

    fn body() -> serde_json::Value {
        json!({
            "tags": { "env": "x" },
            "properties": {
                "on": true, "nothing": null, "later": { "$input": "var.l" },
                "rules": [{ "name": "a", "v": 1 }, { "name": "b" }, { "$input": "var.r" }],
                "named": [{ "name": "a" }, { "name": { "$input": "var.n" } }],
                "texts": ["One", "two"], "none": [],
            },
        })
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of rows")]
    fn a_path_leads_to_a_value_or_says_why_not() {
        let rows: &[(&str, &[&str])] = &[
            ("properties.on", &["properties.on: found"]),
            ("PROPERTIES.ON", &["PROPERTIES.ON: found"]),
            ("tags['env']", &["tags['env']: found"]),
            ("properties.nothing", &["properties.nothing: null"]),
            (
                "properties.nothing.x",
                &["properties.nothing.x: missing nothing.x of properties"],
            ),
            (
                "properties.off.x",
                &["properties.off.x: missing off.x of properties"],
            ),
            (
                "properties.on.x",
                &["properties.on.x: missing x of properties.on"],
            ),
            ("properties.later", &["properties.later: unknown var.l"]),
            (
                "properties.later.x[*].y",
                &["properties.later.x[*].y: unknown var.l"],
            ),
            (
                "properties.rules[*].v",
                &[
                    "properties.rules[0].v: found",
                    "properties.rules[1].v: missing v of properties.rules[1]",
                    "properties.rules[2].v: unknown var.r",
                ],
            ),
            ("properties.none[*].v", &[]),
            (
                "properties.lost[*].v",
                &["properties.lost[*].v: missing lost[*].v of properties"],
            ),
            (
                "properties.rules[name='B'].name",
                &["properties.rules[1].name: found"],
            ),
            (
                "properties.rules[name='c'].name",
                &["properties.rules[name='c'].name: unknown var.r"],
            ),
            (
                "properties.named[name='c']",
                &["properties.named[name='c']: unknown var.n"],
            ),
            ("tags[*]", &["tags.env: found"]),
            ("properties.texts['ONE']", &["properties.texts[0]: found"]),
            (
                "properties.texts['x']",
                &["properties.texts['x']: missing ['x'] of properties.texts"],
            ),
            (
                "properties.texts[5]",
                &["properties.texts[5]: missing [5] of properties.texts"],
            ),
        ];
        let resource = resource("A.B/c", &body());
        for (path, expected) in rows {
            let answers = look_up(&resource, &Path::parse(path).unwrap());
            assert_eq!(told(answers), *expected, "{path}");
        }
    }

    #[test]
    fn what_no_row_covers_is_unmapped_and_not_missing() {
        let mut resource = resource("A.B/c", &json!({ "properties": { "extra": 1 } }));
        let covered = ["properties.acls.rules[*].value", "tags"];
        resource.coverage = Coverage::Paths(covered.map(str::to_owned).to_vec().into());
        let rows = [
            (
                "properties.acls.rules[*].value",
                "missing acls.rules[*].value of properties",
            ),
            ("properties.acls", "missing acls of properties"),
            ("properties.acls.rules", "missing acls.rules of properties"),
            ("tags.env", "missing tags.env of "),
            ("properties.acls.rules[*].action", "unmapped"),
            ("properties.ac", "unmapped"),
            ("properties.extra", "found"),
            ("sku.name", "unmapped"),
        ];
        for (path, expected) in rows {
            let answers = look_up(&resource, &Path::parse(path).unwrap());
            assert_eq!(told(answers), [format!("{path}: {expected}")]);
        }
    }

    #[test]
    fn what_is_missing_from_a_part_or_an_open_map_is_unknown() {
        let mut part = resource("A.B/c", &json!({ "a": 1 }));
        part.completeness = Completeness::Partial;
        let of =
            |resource: &Resource, path: &str| told(look_up(resource, &Path::parse(path).unwrap()));
        assert_eq!(of(&part, "b.c"), ["b.c: unknown elsewhere"]);
        assert_eq!(of(&part, "a"), ["a: found"]);
        let mut open = resource("A.B/c", &json!({}));
        let Data::Map(map) = &mut open.body.data else {
            panic!()
        };
        std::sync::Arc::make_mut(map).open = true;
        assert_eq!(of(&open, "b[*].c"), ["b[*].c: unknown elsewhere"]);
    }
}
