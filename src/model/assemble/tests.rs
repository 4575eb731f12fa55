use serde_json::{Value as Json, json};

use super::*;
use crate::model::Kind;
use crate::model::testing::{estate, thing};
use crate::model::{Lookup, look_up};

const NSG: &str = "Microsoft.Network/networkSecurityGroups";
const RULE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// What stands at `path` of the first resource of `kind`, and the address and path that own it.
fn at(estate: &Estate, kind: &str, path: &str) -> (String, String, String) {
    let id = *estate.of_kind(&Kind::new(kind)).first().unwrap();
    let path = Path::parse(path).unwrap();
    let answers = look_up(estate.resource(id), &path);
    let told = answers.into_iter().map(|(_, answer)| match answer {
        Lookup::Found(value) => match &value.data {
            Data::String(text) => text.to_string(),
            Data::Bool(it) => it.to_string(),
            Data::Number(it) => it.to_string(),
            _ => "found".to_owned(),
        },
        Lookup::Missing { .. } => "missing".to_owned(),
        Lookup::Unknown(unknown, _) => unknown
            .input
            .as_ref()
            .map_or("elsewhere".to_owned(), |input| input.0.to_string()),
        Lookup::Unmapped => "unmapped".to_owned(),
    });
    let told: Vec<String> = told.collect();
    let home = estate.owner(id, &path);
    let owner = home
        .as_ref()
        .and_then(|home| estate.written_of(home.fragment));
    let owner = owner.map(|it| it.address.to_string()).unwrap_or_default();
    (
        told.join(" "),
        owner,
        home.map(|it| it.path.to_string()).unwrap_or_default(),
    )
}

#[track_caller]
fn check(estate: &Estate, kind: &str, rows: &[(&str, &str, &str, &str)]) {
    for (path, told, owner, inner) in rows {
        let expected = ((*told).to_owned(), (*owner).to_owned(), (*inner).to_owned());
        assert_eq!(at(estate, kind, path), expected, "{path}");
    }
}

fn rule(name: &str) -> Json {
    json!({ "name": name, "type": RULE, "properties": { "access": "Allow" } })
}

#[test]
fn fragments_that_only_add_are_merged_and_remembered() {
    let account = json!({ "name": "a", "properties": { "x": 1, "networkAcls": { "bypass": "None", "ipRules": [{ "value": "1.1.1.1" }] } } });
    let added = json!({ "properties": { "networkAcls": { "defaultAction": "Deny", "ipRules": [{ "value": "2.2.2.2" }] }, "x": 2 } });
    let estate = estate(vec![
        thing("a.base", ACCOUNT, &json!(["a"]), &account),
        thing("a.rules", ACCOUNT, &json!([]), &added).adding_to("a.base"),
    ]);
    assert_eq!(estate.resources.len(), 1);
    check(
        &estate,
        ACCOUNT,
        &[
            (
                "properties.networkAcls.bypass",
                "None",
                "a.base",
                "properties.networkAcls.bypass",
            ),
            (
                "properties.networkAcls.defaultAction",
                "Deny",
                "a.rules",
                "properties.networkAcls.defaultAction",
            ),
            (
                "properties.networkAcls.ipRules[*].value",
                "1.1.1.1 2.2.2.2",
                "a.rules",
                "properties.networkAcls.ipRules[0].value",
            ),
            (
                "properties.networkAcls.ipRules[value='1.1.1.1'].value",
                "1.1.1.1",
                "a.base",
                "properties.networkAcls.ipRules[value='1.1.1.1'].value",
            ),
            (
                "properties.networkAcls.ipRules[value='2.2.2.2'].value",
                "2.2.2.2",
                "a.rules",
                "properties.networkAcls.ipRules[0].value",
            ),
            ("properties.x", "2", "a.rules", "properties.x"),
        ],
    );
}

#[test]
fn what_may_not_exist_adds_what_is_not_known() {
    let account = json!({ "properties": { "same": "x", "other": "y" } });
    let added = json!({ "properties": { "same": "x", "other": "z", "new": "w" } });
    let things = || {
        (
            thing("a.base", ACCOUNT, &json!(["a"]), &account),
            thing("a.rules", ACCOUNT, &json!([]), &added)
                .adding_to("a.base")
                .symbolic("var.n"),
        )
    };
    let (base, rules) = things();
    let doubtful = estate(vec![base, rules]);
    check(
        &doubtful,
        ACCOUNT,
        &[
            ("properties.same", "x", "a.base", "properties.same"),
            ("properties.other", "var.n", "a.rules", "properties.other"),
            ("properties.new", "var.n", "a.rules", "properties.new"),
        ],
    );
    let (base, rules) = things();
    let certain = estate(vec![base.symbolic("var.n"), rules]);
    check(
        &certain,
        ACCOUNT,
        &[("properties.new", "w", "a.rules", "properties.new")],
    );
}

#[test]
fn an_addition_to_what_is_declared_elsewhere_makes_a_part() {
    let added = json!({ "properties": { "networkAcls": { "defaultAction": "Deny" } } });
    let estate = estate(vec![
        thing("a.rules", ACCOUNT, &json!([{ "$input": "var.id" }]), &added)
            .adding_to("data.a.base"),
    ]);
    check(
        &estate,
        ACCOUNT,
        &[
            (
                "properties.networkAcls.defaultAction",
                "Deny",
                "a.rules",
                "properties.networkAcls.defaultAction",
            ),
            ("sku.name", "elsewhere", "", ""),
        ],
    );
    assert_eq!(estate.resources[0].completeness, Completeness::Partial);
}

#[test]
fn inline_items_are_children_and_children_are_items() {
    let inline = json!({ "name": "n", "properties": { "securityRules": [rule("one")] } });
    let estate = estate(vec![
        thing("t.nsg", NSG, &json!(["n"]), &inline),
        thing("t.two", RULE, &json!(["n", "two"]), &rule("n/two")),
    ]);
    check(
        &estate,
        NSG,
        &[
            (
                "properties.securityRules[*].name",
                "one two",
                "t.two",
                "name",
            ),
            (
                "properties.securityRules[name='one'].properties.access",
                "Allow",
                "t.nsg",
                "properties.securityRules[name='one'].properties.access",
            ),
            (
                "properties.securityRules[name='two'].properties.access",
                "Allow",
                "t.two",
                "properties.access",
            ),
            (
                "properties.securityRules[1].properties.access",
                "Allow",
                "t.two",
                "properties.access",
            ),
        ],
    );
    let children = estate.of_kind(&Kind::new(RULE));
    assert_eq!(children.len(), 2, "the declared one and the inline one");
    let inline = estate.resource(children[1]);
    assert_eq!(inline.identity.name().and_then(Value::as_str), Some("one"));
    let home = estate
        .owner(children[1], &Path::parse("properties.access").unwrap())
        .unwrap();
    assert_eq!(
        home.path.to_string(),
        "properties.securityRules[0].properties.access"
    );
}

#[test]
fn a_child_of_a_parent_elsewhere_makes_a_part_with_room_for_more() {
    let estate = estate(vec![
        thing(
            "t.one",
            RULE,
            &json!([{ "$input": "var.nsg" }, "one"]),
            &rule("one"),
        ),
        thing(
            "t.two",
            RULE,
            &json!([{ "$input": "var.nsg" }, "two"]),
            &rule("two"),
        ),
    ]);
    assert_eq!(estate.of_kind(&Kind::new(NSG)).len(), 1);
    check(
        &estate,
        NSG,
        &[
            (
                "properties.securityRules[*].name",
                "elsewhere one two",
                "t.two",
                "name",
            ),
            ("properties.flushConnection", "elsewhere", "", ""),
        ],
    );
}

#[test]
fn coverage_follows_what_moves() {
    let nsg = thing(
        "t.nsg",
        NSG,
        &json!(["n"]),
        &json!({ "properties": { "securityRules": [rule("one")] } }),
    );
    let nsg = nsg.covering(&[
        "properties.securityrules[*].name",
        "properties.securityrules[*].properties.access",
    ]);
    let two = thing("t.two", RULE, &json!(["n", "two"]), &rule("two"));
    let two = two.covering(&["name", "properties.access", "properties.direction"]);
    let estate = estate(vec![nsg, two]);
    let told = |kind, path| at(&estate, kind, path).0;
    assert_eq!(
        told(
            NSG,
            "properties.securityRules[name='two'].properties.direction"
        ),
        "missing"
    );
    assert_eq!(
        told(
            NSG,
            "properties.securityRules[name='two'].properties.priority"
        ),
        "unmapped"
    );
    let inline = estate.of_kind(&Kind::new(RULE))[1];
    let direction = look_up(
        estate.resource(inline),
        &Path::parse("properties.direction").unwrap(),
    );
    assert!(matches!(direction[0].1, Lookup::Unmapped));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn site_configuration_is_one_thing_in_both_forms() {
    let (site, config) = ("Microsoft.Web/sites", "Microsoft.Web/sites/config");
    let body = json!({ "properties": { "siteConfig": { "ftpsState": "AllAllowed", "http20Enabled": true } } });
    let inline = estate(vec![thing("t.s", site, &json!(["s"]), &body)]);
    check(
        &inline,
        config,
        &[
            (
                "properties.ftpsState",
                "AllAllowed",
                "t.s",
                "properties.siteConfig.ftpsState",
            ),
            (
                "properties.minTlsVersion",
                "missing",
                "t.s",
                "properties.siteConfig.minTlsVersion",
            ),
        ],
    );
    let web = json!({ "properties": { "ftpsState": "Disabled", "minTlsVersion": "1.2" } });
    let apart = estate(vec![
        thing("t.s", site, &json!(["s"]), &body),
        thing("t.web", config, &json!(["s", "web"]), &web),
        thing(
            "t.logs",
            config,
            &json!(["s", "logs"]),
            &json!({ "properties": { "ftpsState": "x" } }),
        ),
    ]);
    check(
        &apart,
        site,
        &[
            (
                "properties.siteConfig.ftpsState",
                "Disabled",
                "t.web",
                "properties.ftpsState",
            ),
            (
                "properties.siteConfig.http20Enabled",
                "true",
                "t.s",
                "properties.siteConfig.http20Enabled",
            ),
            (
                "properties.siteConfig.minTlsVersion",
                "1.2",
                "t.web",
                "properties.minTlsVersion",
            ),
        ],
    );
    assert_eq!(
        apart.of_kind(&Kind::new(config)).len(),
        2,
        "no third one is made up"
    );
}

#[test]
fn agent_pools_lie_flat_in_their_cluster() {
    let (cluster, pool) = (
        "Microsoft.ContainerService/managedClusters",
        "Microsoft.ContainerService/managedClusters/agentPools",
    );
    let body = json!({ "properties": { "agentPoolProfiles": [{ "name": "system", "count": 1 }] } });
    let estate = estate(vec![
        thing("t.c", cluster, &json!(["c"]), &body),
        thing(
            "t.p",
            pool,
            &json!(["c", "user"]),
            &json!({ "name": "c/user", "properties": { "count": 2 } }),
        ),
    ]);
    check(
        &estate,
        cluster,
        &[
            (
                "properties.agentPoolProfiles[*].count",
                "1 2",
                "t.p",
                "properties.count",
            ),
            (
                "properties.agentPoolProfiles[name='user'].count",
                "2",
                "t.p",
                "properties.count",
            ),
        ],
    );
    let system = estate.of_kind(&Kind::new(pool))[1];
    let home = estate
        .owner(system, &Path::parse("properties.count").unwrap())
        .unwrap();
    assert_eq!(
        home.path.to_string(),
        "properties.agentPoolProfiles[0].count"
    );
}

#[test]
fn companions_are_members_of_their_base() {
    let block = "aws_s3_bucket_public_access_block";
    let bucket = |name: &str| {
        thing(
            "aws_s3_bucket.b",
            "aws_s3_bucket",
            &json!([]),
            &json!({ "bucket": name }),
        )
    };
    let companion = |by: &Json| {
        let body = json!({ "bucket": by, "block_public_acls": true });
        thing(
            "aws_s3_bucket_public_access_block.p",
            block,
            &json!([]),
            &body,
        )
    };
    let path = "aws_s3_bucket_public_access_block.block_public_acls";
    let rows = [
        (json!({ "$ref": "aws_s3_bucket.b" }), "true"),
        (json!("data"), "true"),
        (json!("other"), "missing"),
        (json!({ "$input": "var.b" }), "var.b"),
    ];
    for (by, told) in rows {
        let estate = estate(vec![bucket("data"), companion(&by)]);
        assert_eq!(at(&estate, "aws_s3_bucket", path).0, told, "{by}");
    }
    let estate = estate(vec![companion(&json!({ "$input": "var.b" }))]);
    check(
        &estate,
        "aws_s3_bucket",
        &[
            (
                path,
                "true",
                "aws_s3_bucket_public_access_block.p",
                "block_public_acls",
            ),
            ("acl", "elsewhere", "", ""),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn security_group_rules_are_items_under_the_groups_own_names() {
    let of = json!({ "$ref": "aws_security_group.g" });
    let group = json!({ "ingress": [{ "from_port": 1, "cidr_blocks": ["10.0.0.0/8"] }] });
    let old = json!({ "type": "ingress", "security_group_id": of, "from_port": 2, "cidr_blocks": ["0.0.0.0/0"] });
    let out = json!({ "type": "egress", "security_group_id": of, "from_port": 9 });
    let new = json!({ "security_group_id": of, "from_port": 3, "cidr_ipv4": "1.0.0.0/8", "cidr_ipv6": null });
    let estate = estate(vec![
        thing(
            "aws_security_group.g",
            "aws_security_group",
            &json!([]),
            &group,
        ),
        thing(
            "aws_security_group_rule.o",
            "aws_security_group_rule",
            &json!([]),
            &old,
        ),
        thing(
            "aws_security_group_rule.e",
            "aws_security_group_rule",
            &json!([]),
            &out,
        ),
        thing(
            "aws_vpc_security_group_ingress_rule.n",
            "aws_vpc_security_group_ingress_rule",
            &json!([]),
            &new,
        ),
    ]);
    check(
        &estate,
        "aws_security_group",
        &[
            (
                "ingress[*].from_port",
                "1 2 3",
                "aws_vpc_security_group_ingress_rule.n",
                "from_port",
            ),
            (
                "ingress[*].cidr_blocks[*]",
                "10.0.0.0/8 0.0.0.0/0 1.0.0.0/8",
                "aws_vpc_security_group_ingress_rule.n",
                "cidr_ipv4",
            ),
            (
                "ingress[1].cidr_blocks[0]",
                "0.0.0.0/0",
                "aws_security_group_rule.o",
                "cidr_blocks[0]",
            ),
            (
                "ingress[2].ipv6_cidr_blocks",
                "missing",
                "aws_vpc_security_group_ingress_rule.n",
                "ipv6_cidr_blocks",
            ),
            (
                "egress[*].from_port",
                "9",
                "aws_security_group_rule.e",
                "from_port",
            ),
        ],
    );
}

#[test]
fn a_private_endpoint_makes_a_connection_of_its_target() {
    let (vault, endpoint) = (
        "Microsoft.KeyVault/vaults",
        "Microsoft.Network/privateEndpoints",
    );
    let connection = "Microsoft.KeyVault/vaults/privateEndpointConnections";
    let body = |list: &str, target: &Json, group: &Json| json!({ "properties": { list: [{ "properties": { "privateLinkServiceId": target, "groupIds": group } }] } });
    let id = json!({ "$ref": "t.v" });
    let any = json!({ "$input": "var.id" });
    let plain = "privateLinkServiceConnections";
    let rows = [
        (
            body(plain, &id, &json!(["vault"])),
            Some(("Approved", Match::Certain)),
        ),
        (
            body(
                "manualPrivateLinkServiceConnections",
                &id,
                &json!(["vault"]),
            ),
            Some(("Pending", Match::Certain)),
        ),
        (
            body(plain, &any, &json!(["vault"])),
            Some(("Approved", Match::Maybe)),
        ),
        (
            body(plain, &any, &json!({ "$input": "var.g" })),
            Some(("Approved", Match::Maybe)),
        ),
        (body(plain, &any, &json!(["blob"])), None),
        (
            body(plain, &json!({ "$ref": "t.w" }), &json!(["vault"])),
            None,
        ),
    ];
    for (body, expected) in rows {
        let estate = estate(vec![
            thing("t.v", vault, &json!(["v"]), &json!({})),
            thing("t.w", ACCOUNT, &json!(["w"]), &json!({})),
            thing("t.e", endpoint, &json!(["e"]), &body),
        ]);
        let found = estate.related(
            ResourceId(0),
            &Kind::new(connection),
            &super::super::Relation::Child,
        );
        let path = Path::parse("properties.privateLinkServiceConnectionState.status").unwrap();
        let found = found.first().map(|(id, sure)| {
            assert!(estate.resource(*id).implied);
            match look_up(estate.resource(*id), &path).pop().unwrap().1 {
                Lookup::Found(value) => (value.as_str().unwrap().to_owned(), *sure),
                other => panic!("{other:?}"),
            }
        });
        let expected = expected.map(|(state, sure)| (state.to_owned(), sure));
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn a_connection_stands_in_what_it_goes_to_however_it_is_written() {
    let vault = "Microsoft.KeyVault/vaults";
    let connection = "Microsoft.KeyVault/vaults/privateEndpointConnections";
    let approved =
        json!({ "properties": { "privateLinkServiceConnectionState": { "status": "Approved" } } });
    let endpoint = |target: &Json| {
        let body = json!({ "properties": { "privateLinkServiceConnections": [
            { "properties": { "privateLinkServiceId": target, "groupIds": ["vault"] } }] } });
        thing(
            "t.e",
            "Microsoft.Network/privateEndpoints",
            &json!(["e"]),
            &body,
        )
    };
    let whole = |body: &Json| thing("t.v", vault, &json!(["v"]), body);
    let lists = json!({ "properties": { "privateEndpointConnections": [approved] } });
    let named = thing("t.c", connection, &json!(["v", "c"]), &approved);
    let rows = [
        (vec![whole(&lists)], "Approved"),
        (vec![whole(&json!({})), named], "Approved"),
        (
            vec![whole(&json!({})), endpoint(&json!({ "$ref": "t.v" }))],
            "Approved",
        ),
        (
            vec![
                whole(&json!({})),
                endpoint(&json!({ "$ref": "t.v" })).symbolic("var.n"),
            ],
            "unknown",
        ),
        (
            vec![whole(&json!({})), endpoint(&json!({ "$input": "var.id" }))],
            "unknown",
        ),
        (vec![whole(&json!({}))], "nothing"),
        // A language that has no words for the list says it with its endpoints.
        (
            vec![whole(&json!({})).covering(&["properties.sku"])],
            "nothing",
        ),
    ];
    let path = "properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status";
    let path = Path::parse(path).unwrap();
    for (index, (things, expected)) in rows.into_iter().enumerate() {
        let estate = estate(things);
        let answer = look_up(estate.resource(ResourceId(0)), &path)
            .pop()
            .unwrap()
            .1;
        let answer = match answer {
            Lookup::Found(value) => value.as_str().unwrap(),
            Lookup::Unknown(..) => "unknown",
            Lookup::Missing { .. } => "nothing",
            Lookup::Unmapped => "unmapped",
        };
        assert_eq!(answer, expected, "row {index}");
        let children = estate.of_kind(&Kind::new(connection)).len();
        assert_eq!(children, usize::from(expected != "nothing"), "row {index}");
    }
}

#[test]
fn the_name_is_the_last_part_and_the_whole_name_stands_beside_it() {
    let kind = "Microsoft.Sql/servers/auditingSettings";
    let input = json!({ "$input": "var.s" });
    let rows = [
        (
            json!(["s", "default"]),
            json!({ "name": "s/default" }),
            "default",
            "s/default",
        ),
        (json!(["s", "default"]), json!({}), "default", "s/default"),
        (json!([input, "default"]), json!({}), "default", "unknown"),
        (
            json!(["s", { "$input": "var.n" }]),
            json!({}),
            "unknown",
            "unknown",
        ),
    ];
    for (names, body, last, whole) in rows {
        let estate = estate(vec![thing("t.a", kind, &names, &body)]);
        for (field, expected) in [("name", last), ("fullName", whole)] {
            let path = Path::parse(field).unwrap();
            let answer = look_up(estate.resource(ResourceId(0)), &path)
                .pop()
                .unwrap()
                .1;
            let answer = match answer {
                Lookup::Found(value) => value.as_str().unwrap(),
                Lookup::Unknown(..) => "unknown",
                other => panic!("{other:?}"),
            };
            assert_eq!(answer, expected, "{field} of {names}");
        }
    }
}
