use super::is_plan;
use super::join::{Join, Three};
use crate::model::testing::value;
use crate::model::{Origin, Origins, Path};
use serde_json::{Value as Json, json};

#[test]
fn a_plan_is_told_by_its_head() {
    let rows = [
        (
            r#"{"format_version":"1.2","terraform_version":"1.11.4""#,
            true,
        ),
        (r#"{ "format_version": "1.2", "planned_values": {"#, true),
        (r#"{"format_version":"1.0","provider_schemas":{"#, false),
        (r#"{"version":4,"terraform_version":"1.11.4""#, false),
        (r#"{"$schema": "…/deploymentTemplate.json#"}"#, false),
    ];
    for (head, expected) in rows {
        assert_eq!(is_plan(head.as_bytes()), expected, "{head}");
    }
    let utf16: Vec<u8> = rows[0]
        .0
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(is_plan(&utf16));
}

/// The plan's value, the source's when the plan was read, the source's now, and what is judged.
#[test]
fn the_plan_wins_over_the_source_and_an_edit_over_the_plan() {
    let unknown = || json!({ "$input": "var.x" });
    let rows: [(Json, Json, Json, Json); 12] = [
        // The plan knows better.
        (json!(false), json!(true), json!(true), json!(false)),
        (json!(false), unknown(), unknown(), json!(false)),
        // The source says why a value is not known.
        (json!({ "$input": "plan" }), unknown(), unknown(), unknown()),
        // An edit is newer than the plan.
        (json!(false), json!(false), json!(true), json!(true)),
        (
            json!({ "a": 1 }),
            json!({ "a": 1 }),
            json!({ "a": 1, "b": 2 }),
            json!({ "a": 1, "b": 2 }),
        ),
        (
            json!({ "a": 1, "b": 2 }),
            json!({ "a": 1, "b": 2 }),
            json!({ "a": 1 }),
            json!({ "a": 1 }),
        ),
        (json!([1, 2]), json!([1, 2]), json!([1]), json!([1])),
        (json!([1]), json!([1]), json!([1, 2]), json!([1, 2])),
        // What the provider adds is there, what it computes is not.
        (
            json!({ "a": 1, "tls": "1.2", "id": { "$input": "id" } }),
            json!({ "a": 1 }),
            json!({ "a": 1 }),
            json!({ "a": 1, "tls": "1.2" }),
        ),
        // The plan sorts sets in its own way.
        (
            json!([{ "n": "b", "p": 2 }, { "n": "a", "p": 1 }]),
            json!([{ "n": "a", "p": unknown() }, { "n": "b", "p": 2 }]),
            json!([{ "n": "a", "p": unknown() }, { "n": "b", "p": 2 }]),
            json!([{ "n": "a", "p": 1 }, { "n": "b", "p": 2 }]),
        ),
        // How many there are, the plan knows.
        (json!([1, 2, 3]), json!([1]), json!([1]), json!([1, 2, 3])),
        (json!([]), json!([1]), json!([1]), json!([])),
    ];
    for (plan, before, source, expected) in rows {
        let [of_plan, of_before, of_source, wanted] =
            [&plan, &before, &source, &expected].map(value);
        let mut origins = Origins::default();
        let mut join = Join {
            origins: &mut origins,
            header: Origin::NOWHERE,
            differs: None,
        };
        let three = Three {
            plan: Some(&of_plan),
            before: Some(&of_before),
            source: Some(&of_source),
        };
        let joined = join.value(three, &Path::default()).unwrap();
        assert!(
            joined.says_same(&wanted),
            "{plan} over {source}: {joined:?}"
        );
    }
}
