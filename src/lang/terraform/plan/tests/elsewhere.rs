//! Values that are written outside the resource, and those that are written nowhere.

use super::*;

/// Wishes for a resource of `files`; the file that changes and how; how far that may be trusted.
struct Away {
    files: &'static [(&'static str, &'static str)],
    address: &'static str,
    wish: &'static str,
    changed: (&'static str, &'static str, &'static str),
    ceiling: Applicability,
}

const SAFE: Applicability = Applicability::Safe;
const UNSAFE: Applicability = Applicability::Unsafe;

const AWAY: &[Away] = &[
    Away {
        files: &[(
            MAIN,
            "variable \"on\" {\n  type    = bool\n  default = false # no\n}\n\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = var.on\n}\n",
        )],
        address: "",
        wish: "set force_destroy true",
        changed: (MAIN, "default = false # no", "default = true # no"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "variable \"on\" {\n  default = \"false\"\n}\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = var.on\n}\nresource \"aws_s3_bucket\" \"b\" {\n  force_destroy = var.on\n}\n",
        )],
        address: "aws_s3_bucket.b",
        wish: "set force_destroy true",
        changed: (MAIN, "default = \"false\"", "default = true"),
        ceiling: UNSAFE,
    },
    Away {
        files: &[
            (
                MAIN,
                "variable \"on\" {}\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = var.on\n}\n",
            ),
            ("terraform.tfvars", "\u{e9}x = 1\non = false\n"),
        ],
        address: "",
        wish: "set force_destroy true",
        changed: ("terraform.tfvars", "on = false", "on = true"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "locals {\n  on   = false\n  tags = { a = \"b\" }\n}\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = local.on\n}\n",
        )],
        address: "",
        wish: "set force_destroy true",
        changed: (MAIN, "on   = false", "on   = true"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "locals {\n  tags = { a = \"b\" }\n}\nresource \"aws_s3_bucket\" \"a\" {\n  tags = local.tags\n}\n",
        )],
        address: "",
        wish: "set tags.c \"d\"",
        changed: (MAIN, "{ a = \"b\" }", "{ a = \"b\", c = \"d\" }"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "locals {\n  all = [\"user:a\", \"allUsers\"]\n}\nresource \"google_storage_bucket_iam_binding\" \"a\" {\n  members = local.all\n}\n",
        )],
        address: "",
        wish: "remove members['allUsers']",
        changed: (MAIN, "[\"user:a\", \"allUsers\"]", "[\"user:a\"]"),
        ceiling: SAFE,
    },
    Away {
        files: &[
            (
                MAIN,
                "module \"m\" {\n  source = \"./m\"\n  on     = false\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"on\" {\n  default = true\n}\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = var.on\n}\n",
            ),
        ],
        address: "",
        wish: "set force_destroy true",
        changed: (MAIN, "on     = false", "on     = true"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "variable \"all\" {\n  default = {\n    x = { on = true }\n    y = { on = false }\n  }\n}\nresource \"aws_s3_bucket\" \"a\" {\n  for_each      = var.all\n  force_destroy = each.value.on\n}\n",
        )],
        address: "aws_s3_bucket.a[\"y\"]",
        wish: "set force_destroy true",
        changed: (MAIN, "y = { on = false }", "y = { on = true }"),
        ceiling: SAFE,
    },
    Away {
        files: &[(
            MAIN,
            "resource \"aws_instance\" \"a\" {\n  dynamic \"ebs_block_device\" {\n    for_each = [{ n = \"a\", on = true }, { n = \"b\", on = false }]\n    content {\n      device_name = ebs_block_device.value.n\n      encrypted   = ebs_block_device.value.on\n    }\n  }\n}\n",
        )],
        address: "",
        wish: "set ebs_block_device[device_name='b'].encrypted true",
        changed: (
            MAIN,
            "{ n = \"b\", on = false }",
            "{ n = \"b\", on = true }",
        ),
        ceiling: UNSAFE,
    },
    Away {
        files: &[
            (
                MAIN,
                "resource \"aws_s3_bucket\" \"a\" {\n  force_destroy = false\n}\n",
            ),
            (
                "main_override.tf",
                "resource \"aws_s3_bucket\" \"a\" {\n  force_destroy = false # o\n}\n",
            ),
        ],
        address: "",
        wish: "set force_destroy true",
        changed: ("main_override.tf", "= false # o", "= true # o"),
        ceiling: SAFE,
    },
    // All instances of a `count` share one text.
    Away {
        files: &[(
            MAIN,
            "resource \"aws_s3_bucket\" \"a\" {\n  count         = 2\n  force_destroy = false\n}\n",
        )],
        address: "aws_s3_bucket.a[1]",
        wish: "set force_destroy true",
        changed: (MAIN, "= false", "= true"),
        ceiling: SAFE,
    },
];

#[test]
fn a_value_written_elsewhere_is_changed_there() {
    for away in AWAY {
        let case = Case::new(away.files);
        let plan = case.plan(away.address, &[change(away.wish)]);
        let plan = plan.unwrap_or_else(|refusal| panic!("{refusal} {:?}", away.files));
        let (path, from, to) = away.changed;
        for (name, after) in case.after(&plan) {
            let before = away.files.iter().find(|file| file.0 == name).unwrap().1;
            let expected = if name == path {
                before.replacen(from, to, 1)
            } else {
                before.to_owned()
            };
            assert_eq!(after, expected, "{}", away.wish);
        }
        assert_eq!(
            plan.ceiling, away.ceiling,
            "{} of {:?}",
            away.wish, away.files
        );
    }
}

/// A resource's only argument, what else the file holds, and why it is not changed.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "var.none",
        "variable \"none\" {}\n",
        "`bucket` is `var.none`, whose value is not written anywhere in view.",
    ),
    (
        "var.given",
        "variable \"given\" {}\n",
        "`bucket` is `var.given`, which is given on the command line.",
    ),
    (
        "\"a-${local.b}\"",
        "locals {\n  b = \"b\"\n}\n",
        "`bucket` is `\"a-${local.b}\"`, which is computed.",
    ),
    (
        "true ? \"a\" : \"b\"",
        "",
        "`bucket` is `true ? \"a\" : \"b\"`, which a condition decides.",
    ),
    (
        "local.b",
        "locals {\n  b = true ? \"a\" : \"b\"\n}\n",
        "`bucket` is `local.b`, which comes from `true ? \"a\" : \"b\"`, where a condition decides.",
    ),
    (
        "local.b",
        "locals {\n  b = true ? local.c : \"b\"\n  c = \"c\"\n}\n",
        "`bucket` is `local.b`, which comes from `true ? local.c : \"b\"`, where a condition decides.",
    ),
    (
        "aws_s3_bucket.b.arn",
        "resource \"aws_s3_bucket\" \"b\" {}\n",
        "`bucket` is `aws_s3_bucket.b.arn`, whose value is not written anywhere in view.",
    ),
];

#[test]
fn what_is_computed_is_refused_by_name() {
    for (expression, rest, expected) in REFUSED {
        let text =
            format!("resource \"aws_s3_bucket\" \"a\" {{\n  bucket = {expression}\n}}\n{rest}");
        let case = Case::with_vars(&[(MAIN, &text)], &[("given", "z")]);
        let refusal = case.plan("aws_s3_bucket.a", &[change("set bucket \"x\"")]);
        assert_eq!(refusal.unwrap_err().0, *expected);
    }
}

#[test]
fn what_was_downloaded_is_never_edited() {
    let files = [
        (
            MAIN,
            "module \"m\" {\n  source = \"./.terraform/modules/m\"\n}\n",
        ),
        (
            ".terraform/modules/m/main.tf",
            "resource \"aws_s3_bucket\" \"a\" {\n  force_destroy = true\n}\n",
        ),
    ];
    let case = Case::new(&files);
    let refusal = case
        .plan("", &[change("set force_destroy false")])
        .unwrap_err();
    assert_eq!(
        refusal.0,
        "`.terraform/modules/m/main.tf` belongs to a module that was downloaded, which is never edited."
    );
}

#[test]
fn wishes_that_cannot_be_are_refused() {
    let text = "resource \"aws_instance\" \"a\" {\n  ami  = \"x\"\n  tags = {}\n  ebs_block_device {}\n  ebs_block_device {}\n}\n";
    let case = Case::new(&[(MAIN, text)]);
    for (wishes, expected) in [
        (
            &["set ebs_block_device[device_name='x'].encrypted true"][..],
            "There is no `ebs_block_device[device_name='x']` to change.",
        ),
        (
            &["set ebs_block_device.encrypted true"],
            "There is more than one `ebs_block_device`.",
        ),
        (
            &["set ami.x true"],
            "`ami` is written as `\"x\"`, which holds nothing that could be changed.",
        ),
        (&["append tags 1"], "`tags` is an object, not a list."),
        (
            &["set ami \"y\"", "remove ami"],
            "Two changes of `ami` contradict each other.",
        ),
        (
            &["set ami \"x\""],
            "The text already says what the change asks for.",
        ),
    ] {
        let refusal = case.plan("", &changes(wishes)).unwrap_err();
        assert_eq!(refusal.0, expected);
    }
}

#[test]
fn of_several_dynamic_blocks_the_one_that_makes_the_block_is_changed() {
    let text = |first: &str, second: &str| {
        format!(
            "resource \"aws_instance\" \"a\" {{\n  dynamic \"metadata_options\" {{\n    for_each = {first}\n    content {{\n      http_tokens = \"optional\"\n    }}\n  }}\n  dynamic \"metadata_options\" {{\n    for_each = {second}\n    content {{}}\n  }}\n}}\n"
        )
    };
    let wish = changes(&["set metadata_options.http_tokens \"required\""]);
    let rows = [
        ("[1]", "[]", Ok(())),
        (
            "[]",
            "[]",
            Err("`metadata_options` is written in a `dynamic` block that makes none here."),
        ),
        (
            "[1]",
            "[1]",
            Err("There is more than one `metadata_options`."),
        ),
    ];
    for (first, second, expected) in rows {
        let text = text(first, second);
        let case = Case::new(&[(MAIN, &text)]);
        let plan = case.plan("", &wish);
        let said = plan.as_ref().map(|_| ()).map_err(|refusal| &*refusal.0);
        assert_eq!(said, expected, "{first} {second}");
        if let Ok(plan) = plan {
            assert_eq!(plan.edits.len(), 1);
            let start = plan.edits[0].span.start as usize;
            assert_eq!(start, text.find("\"optional\"").unwrap());
        }
    }
}

#[test]
fn a_value_from_elsewhere_is_written_where_it_is_used_when_that_is_asked_for() {
    let text = "variable \"on\" {\n  default = false\n}\nresource \"aws_s3_bucket\" \"a\" {\n  force_destroy = var.on # why\n}\n";
    let case = Case::new(&[(MAIN, text)]);
    let (written, changes) = (case.written(""), changes(&["set force_destroy true"]));
    let (origins, cache) = (&case.evaluated.origins, &case.cache);
    let plan = plan(
        written,
        &[],
        &changes,
        origins,
        &case.sources,
        cache,
        EditAt::Use,
    )
    .unwrap();
    let expected = text.replace("= var.on", "= true");
    assert_eq!(case.after(&plan)[MAIN], expected);
    assert_eq!(plan.ceiling, SAFE);
}
