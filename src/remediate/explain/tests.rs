use serde_json::{Value as Json, json};

use super::*;
use crate::model::testing::value;

/// What is left unexplained of a difference; each want is `set`, `append` or `remove` and a path.
fn check(before: &Json, after: &Json, wants: &[&str], expected: &[&str]) {
    let wants: Vec<(How, Path)> = wants
        .iter()
        .map(|want| {
            let (how, path) = want.split_once(' ').unwrap();
            let how = match how {
                "set" => How::Set,
                "append" => How::Append,
                "remove" => How::Remove,
                other => panic!("{other}"),
            };
            (how, Path::parse(path).unwrap())
        })
        .collect();
    let wants: Vec<Want<'_>> = wants
        .iter()
        .map(|(how, path)| Want::new(path, *how, None))
        .collect();
    let found: Vec<String> = unexplained(&value(before), &value(after), &wants)
        .iter()
        .map(place)
        .collect();
    assert_eq!(found, expected, "{before} -> {after}");
}

/// The place of what is odd, with what is odd about it where it was meant to change.
fn place(odd: &Odd) -> String {
    match odd {
        Odd::Unmeant(path) => path.to_string(),
        Odd::Missed(path) => format!("missed {path}"),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn what_was_meant_to_change_must_become_what_was_planned() {
    let block = json!({"b": [{"x": true, "y": null, "z": 1}]});
    let rows = [
        ("set a", json!(2), json!({}), json!({"a": 2}), vec![]),
        ("set a", json!(2), json!({}), json!({"a": "2"}), vec![]),
        (
            "set a",
            json!(2),
            json!({}),
            json!({"a": 3}),
            vec!["missed a"],
        ),
        (
            "set a",
            json!(2),
            json!({}),
            json!({"a": null}),
            vec!["missed a"],
        ),
        ("set a", json!(null), json!({"a": 1}), json!({}), vec![]),
        (
            "set a",
            json!(null),
            json!({"a": 1}),
            json!({"a": 1}),
            vec!["missed a"],
        ),
        (
            "set b",
            json!({"x": true, "z": 1}),
            json!({}),
            block.clone(),
            vec![],
        ),
        (
            "set b",
            json!({"x": true}),
            json!({}),
            block.clone(),
            vec!["missed b"],
        ),
        (
            "set b",
            json!({"x": true}),
            json!({"b": [{"x": false, "z": 1}]}),
            block,
            vec![],
        ),
        (
            "set a",
            json!(["p", "q"]),
            json!({"a": ["r"]}),
            json!({"a": ["q", "p"]}),
            vec![],
        ),
        (
            "set a",
            json!(["p"]),
            json!({"a": ["r"]}),
            json!({"a": ["p", "r"]}),
            vec!["missed a"],
        ),
        (
            "append a",
            json!("p"),
            json!({"a": ["r"]}),
            json!({"a": ["r", "p"]}),
            vec![],
        ),
        (
            "append a",
            json!("p"),
            json!({"a": ["r"]}),
            json!({"a": ["r", "q"]}),
            vec!["missed a[1]"],
        ),
    ];
    for (want, to, before, after, expected) in rows {
        let (how, path) = want.split_once(' ').unwrap();
        let how = if how == "set" { How::Set } else { How::Append };
        let (path, to) = (Path::parse(path).unwrap(), value(&to));
        let odd = unexplained(
            &value(&before),
            &value(&after),
            &[Want::new(&path, how, Some(&to))],
        );
        let found: Vec<String> = odd.iter().map(place).collect();
        assert_eq!(found, expected, "{want}: {before} -> {after}");
    }
}

#[test]
fn a_change_accounts_for_its_own_place_and_no_other() {
    let rows = [
        (json!({"a": 1}), json!({"a": 2}), "set a", vec![]),
        (json!({"a": 1}), json!({"A": 1, "a": 2}), "set a", vec![]),
        (
            json!({"a": {"b": 1, "c": 1}}),
            json!({"a": {"b": 2, "c": 2}}),
            "set a.b",
            vec!["a.c"],
        ),
        (
            json!({"a": 1, "b": 1}),
            json!({"a": 2, "b": 2}),
            "set b",
            vec!["a"],
        ),
        (json!({}), json!({"a": {"b": 1}}), "set a.b", vec![]),
        (
            json!({}),
            json!({"a": {"b": 1, "c": 1}}),
            "set a.b",
            vec!["a.c"],
        ),
        (
            json!({}),
            json!({"a": {"b": 1, "c": null, "d": []}}),
            "set a.b",
            vec![],
        ),
        (json!({}), json!({"b": null}), "set a", vec!["b"]),
        (json!({"a": 1}), json!({}), "remove a", vec![]),
        (json!({"a": 1}), json!({"a": 2}), "remove a", vec!["a"]),
        (
            json!({"a": {"b": 1}}),
            json!({"a": "x"}),
            "set a.b",
            vec!["a"],
        ),
    ];
    for (before, after, want, expected) in rows {
        check(&before, &after, &[want], &expected);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn items_of_a_list_are_told_apart() {
    let rule = |name: &str, x: u32| json!({"name": name, "x": x});
    let rules = |items: &[Json]| json!({ "r": items });
    let (a, b, c) = (rule("a", 1), rule("b", 1), rule("c", 1));
    let all = rules(&[a.clone(), b.clone(), c.clone()]);
    let rows = [
        // A removed item explains its own absence and nothing else.
        (
            rules(&[a.clone(), c.clone()]),
            vec!["remove r[name='b']"],
            vec![],
        ),
        (
            rules(&[a.clone(), b.clone()]),
            vec!["remove r[name='b']"],
            vec!["r[2].name"],
        ),
        (
            rules(&[a.clone(), rule("c", 2)]),
            vec!["remove r[name='b']"],
            vec!["r[2].x"],
        ),
        (
            rules(std::slice::from_ref(&a)),
            vec!["remove r[name='b']"],
            vec!["r[2]"],
        ),
        (
            rules(std::slice::from_ref(&a)),
            vec!["remove r[1]", "remove r[2]"],
            vec![],
        ),
        (json!({}), vec!["remove r[*]"], vec![]),
        (json!({}), vec!["remove r[name='b']"], vec!["r[0]", "r[2]"]),
        // A change inside an item stays inside it.
        (
            rules(&[a.clone(), rule("b", 2), c.clone()]),
            vec!["set r[name='B'].x"],
            vec![],
        ),
        (
            rules(&[a.clone(), rule("b", 2), rule("c", 2)]),
            vec!["set r[name='b'].x"],
            vec!["r[2].x"],
        ),
        // An added item explains itself.
        (
            rules(&[a.clone(), b.clone(), c.clone(), rule("d", 1)]),
            vec!["append r"],
            vec![],
        ),
        (
            rules(&[rule("d", 1), a.clone(), b.clone(), c.clone()]),
            vec!["append r"],
            vec![],
        ),
        (
            rules(&[a.clone(), b.clone(), rule("c", 2), rule("d", 1)]),
            vec!["append r"],
            vec!["r[2].name"],
        ),
        (
            rules(&[a, b, c, rule("d", 1), rule("e", 1)]),
            vec!["append r"],
            vec!["r[4]"],
        ),
    ];
    for (after, wants, expected) in rows {
        check(&all, &after, &wants, &expected);
    }
}

#[test]
fn a_block_may_be_spelled_with_or_without_its_list_step() {
    let rows = [
        (
            json!({"n": [{"x": 1, "y": 1}]}),
            json!({"n": [{"x": 2, "y": 1}]}),
            "set n.x",
            vec![],
        ),
        (
            json!({"n": [{"x": 1, "y": 1}]}),
            json!({"n": [{"x": 2, "y": 2}]}),
            "set n.x",
            vec!["n[0].y"],
        ),
        (
            json!({"n": {"x": 1}}),
            json!({"n": {"x": 2}}),
            "set n[0].x",
            vec![],
        ),
        (json!({}), json!({"n": [{"x": 1}]}), "set n[0].x", vec![]),
        (
            json!({"n": []}),
            json!({"n": [{"x": 1}]}),
            "set n.x",
            vec![],
        ),
        (
            json!({"n": []}),
            json!({"n": [{"x": 1, "y": 1}]}),
            "set n[0].x",
            vec!["n[0].y"],
        ),
        (
            json!({"n": [{"x": 1}, {"x": 1}]}),
            json!({"n": [{"x": 2}, {"x": 1}]}),
            "set n.x",
            vec!["n[0].x"],
        ),
    ];
    for (before, after, want, expected) in rows {
        check(&before, &after, &[want], &expected);
    }
}

#[test]
fn members_of_a_set_have_no_place() {
    let set = |items: &[&str]| {
        let json: Vec<Json> = items.iter().map(|item| json!(item)).collect();
        let mut value = value(&Json::Array(json));
        if let Data::List(list) = &mut value.data {
            std::sync::Arc::make_mut(list).collection = Collection::Set;
        }
        value
    };
    let path = Path::default();
    let rows: [(&[&str], &[How], usize); 4] = [
        (&["c", "b", "a"], &[], 0),
        (&["c", "d", "b", "a"], &[How::Append], 0),
        (&["c", "d", "b"], &[How::Append], 1),
        (&["a", "b"], &[], 1),
    ];
    for (after, how, expected) in rows {
        let wants: Vec<Want<'_>> = how.iter().map(|how| Want::new(&path, *how, None)).collect();
        let found = unexplained(&set(&["a", "b", "c"]), &set(after), &wants);
        assert_eq!(found.len(), expected, "{after:?} {found:?}");
    }
}
