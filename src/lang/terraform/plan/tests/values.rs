//! Values that give way to others; lists and maps that gain and lose parts.

use super::*;

pub(super) const ROWS: &[Row] = &[
    // Scalars.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = false # why\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = true # why\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\r\n\tmin_tls_version=\"TLS1_0\" // why\r\n}\r\n",
        &["set min_tls_version \"TLS1_2\""],
        "resource \"azurerm_storage_account\" \"a\" {\r\n\tmin_tls_version=\"TLS1_2\" // why\r\n}\r\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = <<EOT\nold\nEOT\n}\n",
        &["set bucket \"${a} \\\"q\\\" %{b} \\\\ é\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"$${a} \\\"q\\\" %%{b} \\\\ é\"\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  force_destroy = (true)\n}\n",
        &["set force_destroy false"],
        "resource \"aws_s3_bucket\" \"a\" {\n  force_destroy = false\n}\n",
    ),
    // Comments that stand in one column go on doing so.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"é🔒\" # one\n  https_traffic_only_enabled = false # two\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"é🔒\" # one\n  https_traffic_only_enabled = true # two\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name                       = \"é🔒\" # one\n  https_traffic_only_enabled = false # two\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  name                       = \"é🔒\" # one\n  https_traffic_only_enabled = true # two\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = false   # one\n  name                       = \"abcde\" # two\n}\n",
        &["set https_traffic_only_enabled true", "set name \"x\""],
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = true # one\n  name                       = \"x\"  # two\n}\n",
    ),
    // Lists.
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"allUsers\", \"user:a\"]\n}\n",
        &["remove members['allUsers']"],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"user:a\"]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"user:a\", \"allUsers\"]\n}\n",
        &["remove members['allUsers']"],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"user:a\"]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"user:a\", # a\n    \"allUsers\", # all\n    \"user:b\",\n  ]\n}\n",
        &["remove members['allUsers']"],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"user:a\", # a\n    \"user:b\",\n  ]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"user:a\",\n    \"allUsers\"\n  ]\n}\n",
        &["remove members['allUsers']"],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"user:a\"\n  ]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"allUsers\"]\n}\n",
        &["remove members['allUsers']"],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = []\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"b\", \"a\"]\n}\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"b\", \"a\", \"c\"]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = []\n  role    = \"r\"\n}\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\"c\"]\n  role    = \"r\"\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  role = \"r\"\n}\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  role = \"r\"\n\n  members = [\"c\"]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"a\", // one\n  ]\n}\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"a\", // one\n    \"c\",\n  ]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"a\" # one\n  ]\n}\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = [\n    \"a\", # one\n    \"c\"\n  ]\n}\n",
    ),
    (
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\r\n  members = [\r\n    # none yet\r\n  ]\r\n}\r\n",
        &["append members \"c\""],
        "resource \"google_storage_bucket_iam_binding\" \"a\" {\r\n  members = [\r\n    # none yet\r\n    \"c\"\r\n  ]\r\n}\r\n",
    ),
    // A set is not in the order of its text.
    (
        "resource \"aws_instance\" \"a\" {\n  vpc_security_group_ids = [\"c\", \"b\", \"a\"]\n}\n",
        &["remove vpc_security_group_ids[0]"],
        "resource \"aws_instance\" \"a\" {\n  vpc_security_group_ids = [\"c\", \"b\"]\n}\n",
    ),
    // Maps.
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {\n    a   = \"b\" # c\n    abc = \"d\"\n  }\n}\n",
        &["set tags.abcd \"x\"", "set tags.abc \"y\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {\n    a   = \"b\" # c\n    abc = \"y\"\n\n    abcd = \"x\"\n  }\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = { a = \"b\" }\n}\n",
        &["set tags['x y'] \"x\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = { a = \"b\", \"x y\" = \"x\" }\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {}\n}\n",
        &["set tags.a \"x\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {\n    a = \"x\"\n  }\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"b\"\n}\n",
        &["set tags.a \"x\"", "set tags.abc \"y\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"b\"\n  tags = {\n    a   = \"x\"\n    abc = \"y\"\n  }\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {\n    a = \"b\",\n    b = \"c\",\n  }\n}\n",
        &["set tags.c \"x\"", "remove tags.a"],
        "resource \"aws_s3_bucket\" \"a\" {\n  tags = {\n    b = \"c\",\n    c = \"x\",\n  }\n}\n",
    ),
    (
        "resource \"azapi_resource\" \"a\" {\n  body = {\n    properties = {\n      on = false\n    }\n  }\n}\n",
        &[
            "set body.properties.on true",
            "set body.properties.acls.rules [{\"a\": 1, \"abc\": \"d\"}]",
        ],
        "resource \"azapi_resource\" \"a\" {\n  body = {\n    properties = {\n      on = true\n      acls = {\n        rules = [\n          {\n            a   = 1\n            abc = \"d\"\n          }\n        ]\n      }\n    }\n  }\n}\n",
    ),
    // Null is nothing.
    (
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = null\n}\n",
        &["set bucket \"x\""],
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"x\"\n}\n",
    ),
];

#[test]
fn values_give_way_to_others() {
    check(ROWS);
}
