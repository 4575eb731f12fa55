//! Resources that are added.

use super::*;

/// A resource that is served and what is added behind it.
const ROWS: &[(&str, &str)] = &[
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"b\"\n} # end\n",
        "resource \"aws_s3_bucket_public_access_block\" \"a\" {\n  bucket             = aws_s3_bucket.a.id\n  block_public_acls  = true\n  ignore_public_acls = true\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  count  = 2\n  bucket = \"b\"\n}\n",
        "resource \"aws_s3_bucket_public_access_block\" \"a\" {\n  count = 2\n\n  bucket             = aws_s3_bucket.a[count.index].id\n  block_public_acls  = true\n  ignore_public_acls = true\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  provider = aws.eu\n  for_each = toset([\"x\", \"y\"])\n  bucket   = each.key\n}\n",
        "resource \"aws_s3_bucket_public_access_block\" \"a\" {\n  for_each = toset([\"x\", \"y\"])\n  provider = aws.eu\n\n  bucket             = aws_s3_bucket.a[each.key].id\n  block_public_acls  = true\n  ignore_public_acls = true\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  for_each = {\n    x = 1\n  }\n  bucket = each.key\n}\n",
        "resource \"aws_s3_bucket_public_access_block\" \"a\" {\n  for_each = aws_s3_bucket.a\n\n  bucket             = aws_s3_bucket.a[each.key].id\n  block_public_acls  = true\n  ignore_public_acls = true\n}\n",
    ),
];

/// The texts of the rows after their plans, for `terraform fmt`.
pub(super) fn texts() -> Vec<String> {
    ROWS.iter()
        .map(|(served, added)| format!("{served}\n{added}"))
        .collect()
}

/// The companion as the lens spells it.
pub(super) fn add(written: &Written) -> Change {
    let points_to = PointsTo {
        address: Some(written.address.clone()),
        identity: None,
        attribute: Arc::from("id"),
    };
    let id = Unknown::because(Why::Computed).pointing_to(points_to);
    let entry = |key: &str, value: Value| Entry {
        key: Arc::from(key),
        value,
    };
    Change::AddResource {
        kind: Kind::new("aws_s3_bucket_public_access_block"),
        body: vec![
            entry("bucket", Value::unknown(id, Origin::NOWHERE)),
            entry("block_public_acls", value("true")),
            entry("ignore_public_acls", value("true")),
        ],
        relation: Relation::ReferredToBy(Path::parse("bucket").unwrap()),
    }
}

#[test]
fn a_companion_stands_behind_the_resource_it_serves() {
    for (served, added) in ROWS {
        for rest in ["", "\noutput \"x\" {\n  value = 1\n}\n"] {
            let before = format!("{served}{rest}");
            let case = Case::new(&[(MAIN, &before)]);
            let plan = case.plan("", &[add(case.written(""))]).unwrap();
            assert_eq!(case.after(&plan)[MAIN], format!("{served}\n{added}{rest}"));
            let again = Case::new(&[(MAIN, &case.after(&plan)[MAIN])]);
            let count = case.evaluated.written.len();
            assert_eq!(
                again.evaluated.written.len(),
                2 * count,
                "{:?}",
                again.evaluated.notices
            );
        }
    }
}

#[test]
fn its_name_is_free_in_the_whole_module() {
    let files = [
        (
            "m/main.tf",
            "resource \"aws_s3_bucket\" \"a\" {}\nresource \"aws_s3_bucket_public_access_block\" \"a_2\" {}\n",
        ),
        (
            "m/other.tf.json",
            "{\"resource\": {\"aws_s3_bucket_public_access_block\": {\"a\": {\"bucket\": \"x\"}}}}",
        ),
        (MAIN, "module \"m\" {\n  source = \"./m\"\n}\n"),
    ];
    let case = Case::new(&files);
    let written = case.written("module.m.aws_s3_bucket.a");
    let plan = case
        .plan(written.address.as_str(), &[add(written)])
        .unwrap();
    let expected = "resource \"aws_s3_bucket\" \"a\" {}\n\nresource \"aws_s3_bucket_public_access_block\" \"a_3\" {\n  bucket             = aws_s3_bucket.a.id\n  block_public_acls  = true\n  ignore_public_acls = true\n}\n\nresource \"aws_s3_bucket_public_access_block\" \"a_2\" {}\n";
    assert_eq!(case.after(&plan)["m/main.tf"], expected);
}

/// A plan that is older than its source does not know what a fix has added since.
#[test]
fn what_is_declared_already_is_not_added_again() {
    let refused = |companion: &str| {
        let text = format!(
            "resource \"aws_s3_bucket\" \"a\" {{}}\nresource \"aws_s3_bucket_public_access_block\" \"b\" {{\n  bucket = {companion}\n}}\n"
        );
        let case = Case::new(&[(MAIN, &text)]);
        let written = &case.evaluated.written[0];
        let plan = case.plan(written.address.as_str(), &[add(written)]);
        plan.err().map(|refusal| refusal.0)
    };
    let declared = "`aws_s3_bucket_public_access_block.b` is declared for it already, but what is judged does not have it: a plan is older, or none is made.";
    let rows = [
        ("aws_s3_bucket.a.id", true),
        ("aws_s3_bucket.a[0].bucket", true),
        ("aws_s3_bucket.ab.id", false),
        ("module.aws_s3_bucket.a.id", false),
        ("\"a\"", false),
    ];
    for (companion, expected) in rows {
        let found = refused(companion);
        assert_eq!(
            found.as_deref(),
            expected.then_some(declared),
            "{companion}"
        );
    }
}
