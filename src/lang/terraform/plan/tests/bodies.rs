//! Arguments and nested blocks that are added and removed.

use super::*;

pub(super) const ROWS: &[Row] = &[
    // A line after the last argument, in the column of its neighbours; apart where that is too narrow.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name                = \"a\"\n  resource_group_name = \"r\" # why\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  name                = \"a\"\n  resource_group_name = \"r\" # why\n\n  https_traffic_only_enabled = true\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\r\n  name                = \"a\"\r\n  resource_group_name = \"r\"\r\n  # end\r\n}\r\n",
        &["set min_tls_version \"TLS1_2\""],
        "resource \"azurerm_storage_account\" \"a\" {\r\n  name                = \"a\"\r\n  resource_group_name = \"r\"\r\n  min_tls_version     = \"TLS1_2\"\r\n  # end\r\n}\r\n",
    ),
    // What was not aligned stays as it is.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n\tname = \"a\"\n\tresource_group_name   = \"r\"\n}\n",
        &["set min_tls_version \"TLS1_2\""],
        "resource \"azurerm_storage_account\" \"a\" {\n\tname = \"a\"\n\tresource_group_name   = \"r\"\n\tmin_tls_version       = \"TLS1_2\"\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n    name = \"a\"\n}\n",
        &["set network_rules.default_action \"Deny\""],
        "resource \"azurerm_storage_account\" \"a\" {\n    name = \"a\"\n\n    network_rules {\n        default_action = \"Deny\"\n    }\n}\n",
    ),
    // Before the nested blocks.
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  name = \"a\"\n\n  site_config {}\n}\n",
        &["set https_only true"],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  name = \"a\"\n\n  https_only = true\n\n  site_config {}\n}\n",
    ),
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {}\n}\n",
        &["set https_only true"],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  https_only = true\n\n  site_config {}\n}\n",
    ),
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n\n  # the site\n  site_config {}\n}\n",
        &["set https_only true"],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  https_only = true\n\n  # the site\n  site_config {}\n}\n",
    ),
    // Behind what takes several lines only where nothing shorter stands.
    (
        "resource \"aws_instance\" \"a\" {\n  ami = \"x\"\n\n  tags = {\n    a = \"b\"\n  }\n}\n",
        &["set ebs_optimized true"],
        "resource \"aws_instance\" \"a\" {\n  ami = \"x\"\n\n  ebs_optimized = true\n\n  tags = {\n    a = \"b\"\n  }\n}\n",
    ),
    (
        "resource \"aws_instance\" \"a\" {\n  user_data = <<-EOT\n    a = 1 # é\n  EOT\n}\n",
        &["set ebs_optimized true"],
        "resource \"aws_instance\" \"a\" {\n  user_data = <<-EOT\n    a = 1 # é\n  EOT\n\n  ebs_optimized = true\n}\n",
    ),
    // One line becomes several.
    (
        "resource \"azurerm_storage_account\" \"a\" {}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = true\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" { name = \"a\" } # end\n",
        &[
            "set min_tls_version \"TLS1_2\"",
            "set network_rules.default_action \"Deny\"",
        ],
        "resource \"azurerm_storage_account\" \"a\" {\n  name            = \"a\"\n  min_tls_version = \"TLS1_2\"\n\n  network_rules {\n    default_action = \"Deny\"\n  }\n} # end\n",
    ),
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {}\n}\n",
        &["set site_config.minimum_tls_version \"1.2\""],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {\n    minimum_tls_version = \"1.2\"\n  }\n}\n",
    ),
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config { http2_enabled = true }\n}\n",
        &[
            "set site_config[0].minimum_tls_version \"1.2\"",
            "set site_config[0].http2_enabled false",
        ],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {\n    http2_enabled       = false\n    minimum_tls_version = \"1.2\"\n  }\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" {\n  https_traffic_only_enabled = true\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" { # head\n  # todo\n}\n",
        &["set https_traffic_only_enabled true"],
        "resource \"azurerm_storage_account\" \"a\" { # head\n  # todo\n  https_traffic_only_enabled = true\n}\n",
    ),
    // Nested blocks, several steps deep.
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  name = \"a\"\n}\n",
        &[
            "set site_config.cors.support_credentials true",
            "set site_config.http2_enabled true",
        ],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  name = \"a\"\n\n  site_config {\n    http2_enabled = true\n\n    cors {\n      support_credentials = true\n    }\n  }\n}\n",
    ),
    (
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {\n    http2_enabled = true\n  }\n\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\n",
        &["set auth_settings.enabled true"],
        "resource \"azurerm_linux_web_app\" \"a\" {\n  site_config {\n    http2_enabled = true\n  }\n\n  auth_settings {\n    enabled = true\n  }\n\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\n",
    ),
    (
        "resource \"aws_instance\" \"a\" {\n  ami = \"x\"\n  lifecycle {}\n}\n",
        &["set metadata_options.http_tokens \"required\""],
        "resource \"aws_instance\" \"a\" {\n  ami = \"x\"\n\n  metadata_options {\n    http_tokens = \"required\"\n  }\n\n  lifecycle {}\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {}\n",
        &["set network_rules.default_action \"Deny\""],
        "resource \"azurerm_storage_account\" \"a\" {\n  network_rules {\n    default_action = \"Deny\"\n  }\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n}\n",
        &[
            "set network_rules.default_action \"Deny\"",
            "set name \"x\"",
        ],
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"x\"\n\n  network_rules {\n    default_action = \"Deny\"\n  }\n}\n",
    ),
    // One of several blocks, by position and by what names it.
    (
        "resource \"aws_instance\" \"a\" {\n  ebs_block_device {\n    device_name = \"/dev/sdg\"\n    encrypted   = false\n  }\n\n  ebs_block_device {\n    device_name = \"/dev/sdf\"\n  }\n}\n",
        &[
            "set ebs_block_device[device_name='/dev/sdf'].encrypted true",
            "set ebs_block_device[device_name='/dev/sdg'].encrypted true",
        ],
        "resource \"aws_instance\" \"a\" {\n  ebs_block_device {\n    device_name = \"/dev/sdg\"\n    encrypted   = true\n  }\n\n  ebs_block_device {\n    device_name = \"/dev/sdf\"\n    encrypted   = true\n  }\n}\n",
    ),
    (
        "resource \"aws_instance\" \"a\" {\n  ebs_block_device {\n    device_name = \"b\"\n  }\n\n  ebs_block_device {\n    device_name = \"a\"\n  }\n}\n",
        &["set ebs_block_device[*].encrypted true"],
        "resource \"aws_instance\" \"a\" {\n  ebs_block_device {\n    device_name = \"b\"\n    encrypted   = true\n  }\n\n  ebs_block_device {\n    device_name = \"a\"\n    encrypted   = true\n  }\n}\n",
    ),
    // Blocks are appended behind their like.
    (
        "resource \"google_compute_firewall\" \"a\" {\n  allow {\n    protocol = \"tcp\"\n  }\n  allow {\n    protocol = \"udp\"\n  }\n  source_ranges = [\"x\"]\n}\n",
        &["append allow {\"protocol\": \"icmp\"}"],
        "resource \"google_compute_firewall\" \"a\" {\n  allow {\n    protocol = \"tcp\"\n  }\n  allow {\n    protocol = \"udp\"\n  }\n  allow {\n    protocol = \"icmp\"\n  }\n  source_ranges = [\"x\"]\n}\n",
    ),
    (
        "resource \"google_compute_firewall\" \"a\" {\n  name = \"x\"\n}\n",
        &["append allow {\"protocol\": \"tcp\", \"ports\": [\"22\"]}"],
        "resource \"google_compute_firewall\" \"a\" {\n  name = \"x\"\n\n  allow {\n    protocol = \"tcp\"\n    ports    = [\"22\"]\n  }\n}\n",
    ),
    // Removal takes the line, its comment, and a blank line without purpose.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"a\"\n  # kept\n  min_tls_version = \"TLS1_0\" # gone\n  tags            = {}\n}\n",
        &["remove min_tls_version"],
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"a\"\n  # kept\n  tags = {}\n}\n",
    ),
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"a\"\n\n  network_rules {\n    default_action = \"Allow\"\n  } # gone\n}\n",
        &["remove network_rules"],
        "resource \"azurerm_storage_account\" \"a\" {\n  name = \"a\"\n}\n",
    ),
    (
        "resource \"google_compute_firewall\" \"a\" {\n  allow {\n    protocol = \"tcp\"\n  }\n\n  allow {\n    protocol = \"udp\"\n  }\n\n  allow {\n    protocol = \"icmp\"\n  }\n}\n",
        &["remove allow[0]", "remove allow[1]"],
        "resource \"google_compute_firewall\" \"a\" {\n  allow {\n    protocol = \"icmp\"\n  }\n}\n",
    ),
    (
        "resource \"google_compute_firewall\" \"a\" {\n  name = \"x\"\n\n  allow {\n    protocol = \"tcp\"\n  }\n\n  allow {\n    protocol = \"udp\"\n  }\n\n  target_tags = []\n}\n",
        &["remove allow"],
        "resource \"google_compute_firewall\" \"a\" {\n  name = \"x\"\n\n  target_tags = []\n}\n",
    ),
    (
        "resource \"aws_s3_bucket\" \"a\" { bucket = \"x\" }\n",
        &["remove bucket"],
        "resource \"aws_s3_bucket\" \"a\" {}\n",
    ),
    // Something goes and something comes.
    (
        "resource \"azurerm_storage_account\" \"a\" {\n  name                      = \"a\"\n  enable_https_traffic_only = false\n}\n",
        &[
            "remove enable_https_traffic_only",
            "set https_traffic_only_enabled true",
        ],
        "resource \"azurerm_storage_account\" \"a\" {\n  name                       = \"a\"\n  https_traffic_only_enabled = true\n}\n",
    ),
    // Blocks that are written as an argument.
    (
        "resource \"aws_security_group\" \"a\" {\n  ingress = [{\n    from_port = 22\n    to_port   = 22\n  }]\n}\n",
        &["set ingress[0].from_port 443"],
        "resource \"aws_security_group\" \"a\" {\n  ingress = [{\n    from_port = 443\n    to_port   = 22\n  }]\n}\n",
    ),
    // What a `dynamic` block repeats is one text.
    (
        "resource \"aws_instance\" \"a\" {\n  dynamic \"ebs_block_device\" {\n    for_each = [\"a\", \"b\"]\n    content {\n      device_name = ebs_block_device.value\n      encrypted   = false\n    }\n  }\n}\n",
        &["set ebs_block_device[*].encrypted true"],
        "resource \"aws_instance\" \"a\" {\n  dynamic \"ebs_block_device\" {\n    for_each = [\"a\", \"b\"]\n    content {\n      device_name = ebs_block_device.value\n      encrypted   = true\n    }\n  }\n}\n",
    ),
];

#[test]
fn bodies_gain_and_lose_arguments_and_blocks() {
    check(ROWS);
}

#[test]
fn a_resource_is_removed_with_one_blank_line() {
    let (a, b) = (
        "resource \"aws_s3_bucket\" \"a\" {\n}\n",
        "resource \"aws_s3_bucket\" \"b\" {\n} # b\n",
    );
    for (before, address, expected) in [
        (format!("{a}\n{b}"), "aws_s3_bucket.a", b.to_owned()),
        (format!("{a}\n{b}"), "aws_s3_bucket.b", a.to_owned()),
        (
            format!("# x\n{b}\n{a}"),
            "aws_s3_bucket.b",
            format!("# x\n\n{a}"),
        ),
        (format!("{a}{b}"), "aws_s3_bucket.b", a.to_owned()),
        (
            format!("{a}\n{}", b.trim_end()),
            "aws_s3_bucket.b",
            a.trim_end().to_owned(),
        ),
    ] {
        let case = Case::new(&[(MAIN, &before)]);
        let change = Change::Remove {
            path: Path::default(),
        };
        let plan = case.plan(address, &[change]).unwrap();
        assert_eq!(case.after(&plan)[MAIN], expected, "{before}");
    }
}

#[test]
fn a_resource_that_others_name_is_not_removed() {
    let remove = [Change::Remove {
        path: Path::default(),
    }];
    let other = |text: &str| format!("resource \"aws_s3_bucket\" \"b\" {{\n  {text}\n}}\n");
    let rows = [
        (other("bucket = aws_s3_bucket.a.id"), false),
        (other("depends_on = [aws_s3_bucket.a]"), false),
        (other("bucket = aws_s3_bucket.ab.id"), true),
        (other("bucket = data.aws_s3_bucket.a.id"), true),
        (String::new(), true),
    ];
    for (text, is_removed) in rows {
        let own = "resource \"aws_s3_bucket\" \"a\" {}\n";
        let case = Case::new(&[(MAIN, own), ("other.tf", &text)]);
        let plan = case.plan("aws_s3_bucket.a", &remove);
        assert_eq!(plan.is_ok(), is_removed, "{text} {plan:?}");
        if let Err(refusal) = plan {
            assert!(refusal.0.contains("`other.tf`"), "{refusal}");
        }
    }
}

#[test]
fn a_resource_in_json_is_removed_with_its_comma() {
    let remove = [Change::Remove {
        path: Path::default(),
    }];
    let (a, b) = ("\"a\": { \"bucket\": \"x\" }", "\"b\": {}");
    let of = |kind: &str, all: &str| format!("\"{kind}\": {{ {all} }}");
    let whole = |all: &str| format!("{{ \"resource\": {{ {all} }} }}");
    let both = of("aws_s3_bucket", &format!("{a}, {b}"));
    let (left, other) = (of("aws_s3_bucket", b), of("aws_instance", "\"i\": {}"));
    let only = of("aws_s3_bucket", a);
    let rows = [
        (whole(&both), whole(&left)),
        (whole(&format!("{only}, {other}")), whole(&other)),
    ];
    for (before, expected) in rows {
        let case = Case::new(&[("main.tf.json", &before)]);
        let plan = case.plan("aws_s3_bucket.a", &remove).unwrap();
        assert_eq!(case.after(&plan)["main.tf.json"], expected);
        assert_eq!(plan.summary, "Remove the resource that declares it");
    }
}
