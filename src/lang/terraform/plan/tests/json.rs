//! Resources in Terraform's JSON syntax.

use super::*;

/// What the resource holds, the wishes, and what it holds afterwards.
const ROWS: &[Row] = &[
    (
        r#""bucket": "b", "force_destroy": true"#,
        &["set force_destroy false", "set tags.a \"${x}\""],
        r#""bucket": "b", "force_destroy": false, "tags": {"a": "$${x}"}"#,
    ),
    (
        r#""ebs_block_device": {"device_name": "a"}"#,
        &["set ebs_block_device[device_name='a'].encrypted true"],
        r#""ebs_block_device": {"device_name": "a", "encrypted": true}"#,
    ),
    (
        r#""ebs_block_device": [{"device_name": "a"}, {"device_name": "b"}]"#,
        &[
            "set ebs_block_device[1].encrypted true",
            "remove ebs_block_device[device_name='a']",
        ],
        r#""ebs_block_device": [{"device_name": "b", "encrypted": true}]"#,
    ),
    (
        r#""ami": "x", "ebs_block_device": {"device_name": "a"}"#,
        &["remove ebs_block_device[device_name='a']"],
        r#""ami": "x""#,
    ),
    (
        r#""metadata_options": [{}]"#,
        &["set metadata_options.http_tokens \"required\""],
        r#""metadata_options": [{"http_tokens": "required"}]"#,
    ),
    (
        r#""ami": "x""#,
        &["set metadata_options.http_tokens \"required\""],
        r#""ami": "x", "metadata_options": {"http_tokens": "required"}"#,
    ),
    (
        r#""ebs_block_device": {"device_name": "a"}"#,
        &["append ebs_block_device {\"device_name\": \"b\"}"],
        r#""ebs_block_device": [{"device_name": "a"}, {"device_name": "b"}]"#,
    ),
    (
        r#""vpc_security_group_ids": ["b", "a"]"#,
        &[
            "remove vpc_security_group_ids['b']",
            "append vpc_security_group_ids \"c\"",
        ],
        r#""vpc_security_group_ids": ["a", "c"]"#,
    ),
    (
        r#""dynamic": {"ebs_block_device": {"for_each": ["a", "b"], "content": {"device_name": "${ebs_block_device.value}", "encrypted": false}}}"#,
        &["set ebs_block_device[*].encrypted true"],
        r#""dynamic": {"ebs_block_device": {"for_each": ["a", "b"], "content": {"device_name": "${ebs_block_device.value}", "encrypted": true}}}"#,
    ),
];

#[test]
fn json_is_edited_as_json() {
    for (before, wishes, expected) in ROWS {
        for (open, close) in [("{", "}"), ("[{", "}]")] {
            let text = |inside: &str| {
                format!(
                    "{{\"resource\": {{\"aws_instance\": {{\"a\": {open}{inside}{close}}}}}}}\n"
                )
            };
            let before = text(before);
            let case = Case::new(&[("main.tf.json", &before)]);
            let plan = case.plan("", &changes(wishes));
            let plan = plan.unwrap_or_else(|refusal| panic!("{refusal} {before}"));
            assert_eq!(
                case.after(&plan)["main.tf.json"],
                text(expected),
                "{before}"
            );
        }
    }
}

#[test]
fn values_are_followed_from_json_and_into_json() {
    let json = r#"{
  "variable": {"on": {"default": false}, "none": {}},
  "locals": {"l": "old"},
  "resource": {"aws_s3_bucket": {"a": {
    "force_destroy": "${var.on}",
    "bucket": "${local.l}",
    "bucket_prefix": "${var.none}"
  }}}
}
"#;
    let case = Case::new(&[("main.tf.json", json)]);
    for (wish, from, to) in [
        (
            "set force_destroy true",
            "\"default\": false",
            "\"default\": true",
        ),
        ("set bucket \"new\"", "\"old\"", "\"new\""),
    ] {
        let plan = case.plan("", &[change(wish)]).unwrap();
        assert_eq!(
            case.after(&plan)["main.tf.json"],
            json.replacen(from, to, 1)
        );
        assert_eq!(plan.ceiling, Applicability::Safe);
    }
    let refusal = case
        .plan("", &[change("set bucket_prefix \"x\"")])
        .unwrap_err();
    assert_eq!(
        refusal.0,
        "`bucket_prefix` is `${var.none}`, whose value is not written anywhere in view."
    );
}

#[test]
fn companions_are_members_of_the_resources() {
    let json = "{\n  \"resource\": {\n    \"aws_s3_bucket\": {\n      \"a\": {\n        \"count\": 2,\n        \"bucket\": \"b\"\n      }\n    }\n  }\n}\n";
    let case = Case::new(&[("main.tf.json", json)]);
    let plan = case.plan("", &[companions::add(case.written(""))]).unwrap();
    let expected = json.replacen(
        "      }\n    }\n",
        "      }\n    },\n    \"aws_s3_bucket_public_access_block\": {\n      \"a\": {\n        \"count\": 2,\n        \"bucket\": \"${aws_s3_bucket.a[count.index].id}\",\n        \"block_public_acls\": true,\n        \"ignore_public_acls\": true\n      }\n    }\n",
        1,
    );
    assert_eq!(case.after(&plan)["main.tf.json"], expected);
    let again = Case::new(&[("main.tf.json", &expected)]);
    assert_eq!(
        again.evaluated.written.len(),
        4,
        "{:?}",
        again.evaluated.notices
    );
}

#[test]
fn companions_stand_beside_resources_in_arrays() {
    let open = "{\"resource\": [{\"aws_s3_bucket\": {\"a\": {}}}";
    let block = "{\"a\": {\"bucket\": \"${aws_s3_bucket.a.id}\", \"block_public_acls\": true, \"ignore_public_acls\": true}}";
    let kind = "\"aws_s3_bucket_public_access_block\": ";
    let rows = [
        (
            format!("{open}]}}"),
            format!("{{\"resource\": [{{\"aws_s3_bucket\": {{\"a\": {{}}}}, {kind}{block}}}]}}"),
        ),
        (
            format!(
                "{{\"resource\": {{\"aws_s3_bucket\": {{\"a\": {{}}}}, {kind}[{{\"x\": {{}}}}]}}}}"
            ),
            format!(
                "{{\"resource\": {{\"aws_s3_bucket\": {{\"a\": {{}}}}, {kind}[{{\"x\": {{}}}}, {block}]}}}}"
            ),
        ),
    ];
    for (before, expected) in rows {
        let case = Case::new(&[("main.tf.json", &before)]);
        let served = "aws_s3_bucket.a";
        let plan = case.plan(served, &[companions::add(case.written(served))]);
        assert_eq!(case.after(&plan.unwrap())["main.tf.json"], expected);
    }
}
