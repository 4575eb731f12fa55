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

/// What is missing from a resource whose base is declared elsewhere.
static ELSEWHERE: Unknown = Unknown {
    why: Why::Elsewhere,
    ty: None,
    not_null: false,
    domain: None,
    input: None,
    points_to: None,
    term: None,
};

/// Follows `path` into `resource`. A `[*]` fans out: one answer an element, each with its concrete
/// path; a list without elements gives no answer. Names are compared ignoring ASCII case.
#[must_use]
pub fn look_up<'m>(resource: &'m Resource, path: &Path) -> Vec<(Path, Lookup<'m>)> {
    let mut answers = Vec::new();
    follow(
        resource,
        &resource.body,
        Path::default(),
        &path.0,
        &mut answers,
    );
    answers
}

fn follow<'m>(
    resource: &'m Resource,
    value: &'m Value,
    at: Path,
    rest: &[Step],
    answers: &mut Vec<(Path, Lookup<'m>)>,
) {
    if let Data::Unknown(unknown) = &value.data {
        answers.push((
            at.then(&Path(rest.to_vec())),
            Lookup::Unknown(unknown, value.origin),
        ));
        return;
    }
    let Some((step, after)) = rest.split_first() else {
        answers.push((at, Lookup::Found(value)));
        return;
    };
    match (step, &value.data) {
        (Step::Name(name), Data::Map(map)) => match map.get_ignoring_case(name) {
            Some(member) => follow(resource, member, at.member(name), after, answers),
            None => answers.push(absent(resource, Some(map), at, rest)),
        },
        (Step::Each, Data::List(list)) => {
            for (index, item) in list.items.iter().enumerate() {
                follow(resource, item, at.with(Step::Index(index)), after, answers);
            }
        }
        (Step::Index(index), Data::List(list)) => match list.items.get(*index) {
            Some(item) => follow(resource, item, at.with(Step::Index(*index)), after, answers),
            None => answers.push(absent(resource, None, at, rest)),
        },
        (Step::Where { key, equals }, Data::List(list)) => {
            let named = |item: &&Value| is_named(item, key.as_deref(), equals);
            match list.items.iter().find(named) {
                Some(item) => follow(resource, item, at.with(step.clone()), after, answers),
                None => answers.push(absent(resource, None, at, rest)),
            }
        }
        // Azure keeps some collections as objects keyed by name; `[*]` walks their values.
        (Step::Each, Data::Map(map)) => {
            for entry in &map.entries {
                follow(
                    resource,
                    &entry.value,
                    at.member(&entry.key),
                    after,
                    answers,
                );
            }
        }
        // Null holds nothing, and neither does a value of another shape than the path expects.
        _ => answers.push(absent(resource, None, at, rest)),
    }
}

/// What it means that nothing is at `rest` below `at`.
fn absent<'m>(
    resource: &'m Resource,
    map: Option<&Map>,
    at: Path,
    rest: &[Step],
) -> (Path, Lookup<'m>) {
    let rest = Path(rest.to_vec());
    let whole = at.then(&rest);
    let lookup = if !covers(&resource.coverage, &whole.pattern()) {
        Lookup::Unmapped
    } else if resource.completeness == Completeness::Partial || map.is_some_and(|map| map.open) {
        Lookup::Unknown(&ELSEWHERE, Origin::NOWHERE)
    } else {
        Lookup::Missing { parent: at, rest }
    };
    (whole, lookup)
}

/// Returns `true` if a fragment with this coverage could speak of `pattern`: it has the path itself,
/// something inside it, or something it lies in.
#[must_use]
pub fn covers(coverage: &Coverage, pattern: &str) -> bool {
    match coverage {
        Coverage::Whole => true,
        Coverage::Paths(paths) => {
            let inside = |outer: &str, inner: &str| {
                inner.strip_prefix(outer).is_some_and(|rest| {
                    rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
                })
            };
            paths
                .iter()
                .any(|path| inside(path, pattern) || inside(pattern, path))
        }
    }
}

/// Returns `true` if `item` is the one that a [`Step::Where`] names.
fn is_named(item: &Value, key: Option<&str>, equals: &str) -> bool {
    let named = match key {
        None => Some(item),
        Some(key) => item.as_map().and_then(|map| map.get_ignoring_case(key)),
    };
    named
        .and_then(Value::as_str)
        .is_some_and(|text| text.eq_ignore_ascii_case(equals))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Address, Dialect, Entry, Existence, Identity, Kind, Number, Scope};
    use crate::source::{FileId, Span};

    fn entry(key: &str, value: Value) -> Entry {
        Entry {
            key: Arc::from(key),
            value,
        }
    }

    fn text(text: &str) -> Value {
        Value::string(text, Origin::NOWHERE)
    }

    fn map(entries: Vec<Entry>) -> Value {
        Value::map(entries, Origin::NOWHERE)
    }

    fn resource(body: Value) -> Resource {
        let kind = Kind::new("T");
        Resource {
            kind: kind.clone(),
            identity: Identity {
                kind,
                names: Vec::new(),
                scope: Scope::Here,
                address: None,
            },
            api: None,
            body,
            fragments: Vec::new(),
            dialect: Dialect::Arm,
            existence: Existence::Certain,
            completeness: Completeness::Whole,
            address: Address::new("a"),
            header: Span::at(FileId(0), 0),
            coverage: Coverage::Whole,
            implied: false,
        }
    }

    fn sample() -> Resource {
        let rules = vec![
            map(vec![
                entry("name", text("ssh")),
                entry(
                    "port",
                    Value::new(Data::Number(Number::from(22_i64)), Origin::NOWHERE),
                ),
            ]),
            map(vec![entry("name", text("web"))]),
        ];
        resource(map(vec![entry(
            "Properties",
            map(vec![
                entry("rules", Value::list(rules, Origin::NOWHERE)),
                entry(
                    "secret",
                    Value::unknown(
                        Unknown::because(Why::Input).decided_by("var.s"),
                        Origin::NOWHERE,
                    ),
                ),
                entry("nothing", Value::null(Origin::NOWHERE)),
            ]),
        )]))
    }

    fn check(resource: &Resource, path: &str, expected: &[&str]) {
        let said: Vec<String> = look_up(resource, &Path::parse(path).unwrap())
            .into_iter()
            .map(|(at, lookup)| match lookup {
                Lookup::Found(_) => format!("{at} found"),
                Lookup::Missing { parent, rest } => format!("{parent} lacks {rest}"),
                Lookup::Unknown(unknown, _) => format!("{at} {:?}", unknown.why),
                Lookup::Unmapped => format!("{at} unmapped"),
            })
            .collect();
        assert_eq!(said, expected, "{path}");
    }

    #[test]
    fn a_path_leads_to_values_gaps_and_unknowns() {
        let resource = sample();
        check(
            &resource,
            "properties.rules[*].name",
            &[
                "properties.rules[0].name found",
                "properties.rules[1].name found",
            ],
        );
        check(
            &resource,
            "properties.rules[*].port",
            &[
                "properties.rules[0].port found",
                "properties.rules[1] lacks port",
            ],
        );
        check(
            &resource,
            "properties.rules[name='WEB'].name",
            &["properties.rules[name='WEB'].name found"],
        );
        check(&resource, "properties.a.b", &["properties lacks a.b"]);
        check(
            &resource,
            "properties.secret.x[*]",
            &["properties.secret.x[*] Input"],
        );
        check(
            &resource,
            "properties.nothing",
            &["properties.nothing found"],
        );
        check(
            &resource,
            "properties.nothing.x",
            &["properties.nothing lacks x"],
        );
    }

    #[test]
    fn what_no_row_covers_is_unmapped_and_what_is_declared_elsewhere_unknown() {
        let mut resource = sample();
        resource.coverage =
            Coverage::Paths(Arc::new(vec!["properties.acl.rules[*].value".to_owned()]));
        check(&resource, "properties.acl", &["properties lacks acl"]);
        check(
            &resource,
            "properties.acl.rules[*].value.deep",
            &["properties lacks acl.rules[*].value.deep"],
        );
        check(
            &resource,
            "properties.other",
            &["properties.other unmapped"],
        );
        check(
            &resource,
            "properties.acl.rulesX",
            &["properties.acl.rulesX unmapped"],
        );
        resource.completeness = Completeness::Partial;
        check(&resource, "properties.acl", &["properties.acl Elsewhere"]);
    }
}
