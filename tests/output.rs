//! Laws of the reports, whatever was found: they validate, they point at what they quote, their
//! fixes are exact to the byte, and nothing that was scanned gets to act on who reads them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot make its own files shall fail"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use iac_remediate::edit::{self, Applicability, Edit, Fix, Hazard, Refusal};
use iac_remediate::files::Workspace;
use iac_remediate::finding::{
    Choice, Counts, Finding, FindingKey, Reason, Report, State, Subject, UnitId,
};
use iac_remediate::model::{Dialect, Kind};
use iac_remediate::output::{self, Format, Sheet, Style};
use iac_remediate::rule::{Condition, Control, Recommendation, Rule, Severity, Target};
use iac_remediate::source::{Notice, NoticeKind, RelPath, SourceFile, SourceTree, Span};
use serde_json::Value;

const ALL: [Format; 5] = [
    Format::Text,
    Format::Json,
    Format::Sarif,
    Format::Github,
    Format::Markdown,
];

/// A workspace with all that makes positions hard, and a report about it.
struct Corpus {
    folder: tempfile::TempDir,
    workspace: Workspace,
    rules: Vec<Arc<Rule>>,
    report: Report,
}

const FILES: [(&str, &str); 3] = [
    (
        "infra/main.tf",
        "resource \"azurerm_storage_account\" \"a\" {\n\tname = \"é🔒\"\n\thttps = false # x\n\tadmin_password = \"hunter2\"\n}\n",
    ),
    (
        "ünd more/a b.json",
        "\u{FEFF}{\r\n  \"type\": \"T\",\r\n  \"p\": {\r\n    \"é\": true,\r\n    \"x\": 1\r\n  }\r\n}",
    ),
    (
        "infra/\u{1b}[31m%evil,::error:.tf",
        "a = 1\n::error::owned\n\u{1b}[2Jb = 2",
    ),
];

impl Corpus {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in FILES {
            let full = folder.path().join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, text).unwrap();
        }
        let workspace = Workspace::of(&[], Some(folder.path())).unwrap();
        let rules = vec![
            rule("a-first", Severity::Low),
            rule("b-second", Severity::High),
        ];
        let mut corpus = Self {
            folder,
            workspace,
            rules,
            report: Report::default(),
        };
        corpus.fill();
        corpus
    }

    #[expect(clippy::too_many_lines, reason = "a table of rows")]
    fn fill(&mut self) {
        let tf = self.file(FILES[0].0);
        let json = self.file(FILES[1].0);
        let evil = self.file(FILES[2].0);
        let set = Fix {
            title: "Set `https` to `true`".to_owned(),
            applicability: Applicability::Safe,
            hazards: vec![],
            edits: vec![
                Edit {
                    span: at(&tf, "false"),
                    text: "true".to_owned(),
                },
                Edit {
                    span: Span::at(tf.id, tf.text.rfind('}').unwrap()),
                    text: "\tb = \"ü\"\n".to_owned(),
                },
                Edit {
                    span: at(&json, "true"),
                    text: "false".to_owned(),
                },
            ],
            also_affects: vec!["other.x".to_owned()],
        };
        let mut first = self.finding(1, at(&tf, "false"));
        first.related = vec![(
            at(&json, "{\r\n    \"é\": true"),
            "the [use](http://evil)".to_owned(),
        )];
        first.flows = vec![vec![
            (
                at(&json, "{\r\n    \"é\": true"),
                "written ##[error]here".to_owned(),
            ),
            (first.span, "it is used here".to_owned()),
        ]];
        first.fixes = vec![set];
        first.occurrences.push((UnitId(1), "t.n[1]".to_owned()));
        let mut second = self.finding(0, at(&json, "\"é\": true"));
        second.refusal = Some(Refusal("It is computed.".to_owned()));
        let mut third = self.finding(1, at(&evil, "b = 2"));
        third.message = String::from(
            "Bad\u{1b}[31m <b>x</b> [a](http://b) %0A\n::error::pwned. ###vso[task.x]",
        );
        third.subject.address = String::from("x.y[\"\u{1b}]0;t\u{7}|<script>\"]");
        third.fixes = vec![Fix {
            title: "Think".to_owned(),
            applicability: Applicability::Unsafe,
            hazards: vec![Hazard::Replaces],
            edits: vec![Edit {
                span: at(&evil, "2"),
                text: "3 # ##vso[x] ##[y]".to_owned(),
            }],
            also_affects: vec![],
        }];
        let mut fourth = self.finding(0, at(&tf, "\"hunter2\""));
        fourth.state = State::Undecided;
        fourth.deciding = vec!["var.x".to_owned()];
        fourth.reasons = vec![Reason::Input, Reason::Relation];
        fourth.choices = [("true", true), ("false", false)]
            .map(|(value, passes)| Choice {
                value: value.to_owned(),
                passes,
            })
            .to_vec();
        self.report = Report {
            findings: vec![first, second, third, fourth],
            notices: vec![
                Notice::at(
                    NoticeKind::UnreadableInput,
                    evil.path.clone(),
                    at(&evil, "::error::owned"),
                    "A brace\nis missing.",
                ),
                Notice::about(
                    NoticeKind::SkippedInput,
                    tf.path.clone(),
                    "This was not read.",
                ),
            ],
            counts: Counts {
                files: 3,
                units: 2,
                resources: 4,
                judged: 9,
                passed: 5,
                findings: 3,
                fixable: 1,
                fixable_unsafe: 1,
                undecided: 1,
                undecided_by: [(Reason::Input, 1), (Reason::Relation, 1)].into(),
                suppressed: 0,
                unreadable: 1,
            },
        };
    }

    fn file(&self, path: &str) -> Arc<SourceFile> {
        self.workspace.read(&RelPath::new(path).unwrap()).unwrap()
    }

    fn finding(&self, rule: usize, span: Span) -> Finding {
        let rule = Arc::clone(&self.rules[rule]);
        Finding {
            key: FindingKey {
                root: RelPath::new("infra").unwrap(),
                rule: Arc::clone(&rule.id),
                address: "t.n".to_owned(),
                property: "properties.https".to_owned(),
            },
            severity: rule.severity,
            rule,
            subject: Subject {
                kind: Kind::new("Microsoft.Storage/storageAccounts"),
                written_kind: "azurerm_storage_account".to_owned(),
                name: Some("n".to_owned()),
                address: "t.n[0]".to_owned(),
                dialect: Dialect::Terraform,
            },
            message: "Plain HTTP is allowed.".to_owned(),
            span,
            related: vec![],
            occurrences: vec![(UnitId(0), "t.n[0]".to_owned())],
            state: State::Open,
            conditional: false,
            deciding: vec![],
            reasons: vec![],
            choices: vec![],
            flows: vec![],
            wishes: vec![],
            fixes: vec![],
            refusal: None,
        }
    }

    fn write(&self, format: Format) -> String {
        self.write_styled(format, Style::plain())
    }

    fn write_styled(&self, format: Format, style: Style) -> String {
        let sheet = Sheet {
            report: &self.report,
            sources: &self.workspace,
            rules: &self.rules,
            category: "test",
            style,
            quiet: false,
        };
        let mut out = Vec::new();
        output::write(format, &sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn sarif(&self) -> Value {
        serde_json::from_str(&self.write(Format::Sarif)).unwrap()
    }

    fn raw(&self, uri: &str) -> Vec<u8> {
        assert!(!uri.starts_with('/') && !uri.contains("://"), "{uri}");
        let path = percent_encoding::percent_decode_str(uri)
            .decode_utf8()
            .unwrap();
        std::fs::read(self.folder.path().join(&*path)).unwrap_or_else(|_| panic!("{uri} exists"))
    }
}

fn rule(id: &str, severity: Severity) -> Arc<Rule> {
    let kinds = vec![Kind::new("Microsoft.Storage/storageAccounts")];
    let target = Target {
        reach: iac_remediate::rule::Reach::Named,
        kinds,
        when: Condition::always(),
        require: Condition::always(),
        at: Vec::new(),
        remedies: vec![],
    };
    Arc::new(Rule {
        id: Arc::from(id),
        title: format!("The title of {id}"),
        cloud: "azure".to_owned(),
        recommendation: Recommendation {
            key: Some("1c5de8e1-f68d-6a17-e0d2-ec259c42768c".to_owned()),
            policy: Some("404c3081-a854-4457-ae30-26a93ef643f9".to_owned()),
            category: "data".to_owned(),
            controls: vec![Control {
                standard: "mcsb".to_owned(),
                id: "DP-3".to_owned(),
            }],
        },
        severity,
        severity_is_ours: false,
        enabled: true,
        targets: vec![target],
        why: "Why it matters.".to_owned(),
        steps: "What to do.".to_owned(),
        policy: None,
    })
}

fn at(file: &SourceFile, part: &str) -> Span {
    let start = file.text.find(part).unwrap();
    Span::new(file.id, start, start + part.len())
}

fn assert_valid(schema: &Path, instance: &Value) {
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn from_root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every object below `value` that has the member `name`.
fn holders<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            if members.contains_key(name) {
                found.push(value);
            }
            members
                .values()
                .for_each(|member| holders(member, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| holders(item, name, found)),
        _ => {}
    }
}

fn number(value: &Value, name: &str) -> usize {
    usize::try_from(
        value[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name} in {value}")),
    )
    .unwrap()
}

/// The byte offset of a line and column in code points, counted without any of our own code.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let rest = &text[start..];
    rest.char_indices()
        .map(|(at, _)| at)
        .nth(column - 1)
        .unwrap_or(rest.len())
        + start
}

fn region_bytes(text: &str, region: &Value) -> std::ops::Range<usize> {
    let start = offset_of(
        text,
        number(region, "startLine"),
        number(region, "startColumn"),
    );
    let end = offset_of(text, number(region, "endLine"), number(region, "endColumn"));
    start..end
}

#[test]
fn sarif_keeps_to_the_schema() {
    assert_valid(
        &from_root("tests/data/sarif-2.1.0.schema.json"),
        &Corpus::new().sarif(),
    );
}

#[test]
fn sarif_tells_the_way_of_a_value_from_where_it_is_written_and_why_one_is_open() {
    let sarif = Corpus::new().sarif();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let flowing: Vec<&Value> = results
        .iter()
        .filter(|result| result.get("codeFlows").is_some())
        .collect();
    assert_eq!(flowing.len(), 1, "what has come no way has no flow");
    let steps = flowing[0]["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    let place = |location: &Value| location["physicalLocation"]["region"].clone();
    assert_eq!(steps.len(), 2);
    assert_eq!(
        place(&steps[1]["location"]),
        place(&flowing[0]["locations"][0])
    );
    assert_ne!(place(&steps[0]["location"]), place(&steps[1]["location"]));
    let open: Vec<&Value> = results
        .iter()
        .filter(|result| result["kind"] == "open")
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(
        open[0]["properties"]["reasons"],
        serde_json::json!(["input", "relation"])
    );
    assert_eq!(open[0]["properties"]["choices"][0]["passes"], true);
}

#[test]
fn json_keeps_to_its_published_schema_and_names_every_id() {
    let corpus = Corpus::new();
    let report: Value = serde_json::from_str(&corpus.write(Format::Json)).unwrap();
    assert_valid(&from_root("docs/report.schema.json"), &report);
    let rule = &report["findings"][0]["rule"];
    assert_eq!(
        rule["assessmentKey"],
        "1c5de8e1-f68d-6a17-e0d2-ec259c42768c"
    );
    assert_eq!(
        rule["policyDefinitionId"],
        "404c3081-a854-4457-ae30-26a93ef643f9"
    );
    assert_eq!(rule["controls"][0]["id"], "DP-3");
    let mut places = Vec::new();
    holders(&report, "text", &mut places);
    let quoted: Vec<&&Value> = places
        .iter()
        .filter(|place| place.get("path").is_some())
        .collect();
    assert!(quoted.len() >= 4);
    for place in quoted {
        let file = corpus.file(place["path"].as_str().unwrap());
        assert_eq!(
            &file.text[number(place, "start")..number(place, "end")],
            place["text"]
        );
    }
}

#[test]
fn every_region_holds_its_snippet_and_every_uri_exists() {
    let corpus = Corpus::new();
    let sarif = corpus.sarif();
    let mut places = Vec::new();
    holders(&sarif, "region", &mut places);
    let mut quoted = 0;
    for place in places {
        let raw = corpus.raw(place["artifactLocation"]["uri"].as_str().unwrap());
        let text = String::from_utf8(raw).unwrap();
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let range = region_bytes(text, &place["region"]);
        if let Some(snippet) = place["region"]["snippet"]["text"].as_str() {
            assert_eq!(&text[range], snippet);
            quoted += 1;
        }
    }
    assert!(quoted >= 4, "{quoted}");
    let mut uris = Vec::new();
    holders(&sarif["runs"][0]["results"], "uri", &mut uris);
    for holder in uris {
        corpus.raw(holder["uri"].as_str().unwrap());
        assert_eq!(holder["uriBaseId"], "SRCROOT");
    }
}

#[test]
fn every_index_resolves() {
    let run = &Corpus::new().sarif()["runs"][0];
    let driver = &run["tool"]["driver"];
    for result in run["results"].as_array().unwrap() {
        assert_eq!(
            driver["rules"][number(result, "ruleIndex")]["id"],
            result["ruleId"]
        );
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
        assert!(result["partialFingerprints"]["iacRemediate/v1"].is_string());
        assert!(result["properties"]["severity"].is_string());
        let ids: Vec<&Value> = result["relatedLocations"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| &it["id"])
            .collect();
        for id in ids {
            assert!(
                result["message"]["text"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("]({id})"))
            );
        }
    }
    for notification in run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap()
    {
        let index = number(&notification["descriptor"], "index");
        assert_eq!(
            driver["notifications"][index]["id"],
            notification["descriptor"]["id"]
        );
        assert!(notification["locations"][0]["physicalLocation"].is_object());
    }
    for rule in driver["rules"].as_array().unwrap() {
        assert!(rule["properties"]["security-severity"].is_string());
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        let target = &rule["relationships"][0]["target"];
        let taxonomy = &run["taxonomies"][number(&target["toolComponent"], "index")];
        assert!(
            taxonomy["taxa"]
                .as_array()
                .unwrap()
                .iter()
                .any(|taxon| taxon["id"] == target["id"])
        );
    }
    let undecided = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["kind"] == "open")
        .unwrap();
    assert_eq!(undecided["level"], "none");
}

#[test]
fn fixes_are_exact_to_the_byte_by_offset_and_by_column() {
    let corpus = Corpus::new();
    let sarif = corpus.sarif();
    let fix = &corpus.report.findings[0].fixes[0];
    let changes = sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"]
        .as_array()
        .unwrap();
    assert_eq!(changes.len(), 2);
    for change in changes {
        let raw = corpus.raw(change["artifactLocation"]["uri"].as_str().unwrap());
        let file_text = String::from_utf8(raw.clone()).unwrap();
        let (mark, text) = file_text
            .strip_prefix('\u{FEFF}')
            .map_or((0, &*file_text), |text| (3, text));
        let mut by_offset = raw.clone();
        let mut by_column = text.to_owned();
        for replacement in change["replacements"].as_array().unwrap().iter().rev() {
            let region = &replacement["deletedRegion"];
            let new = replacement["insertedContent"]["text"].as_str().unwrap();
            let start = number(region, "byteOffset");
            by_offset.splice(start..start + number(region, "byteLength"), new.bytes());
            by_column.replace_range(region_bytes(text, region), new);
        }
        let path = RelPath::new(
            &percent_encoding::percent_decode_str(
                change["artifactLocation"]["uri"].as_str().unwrap(),
            )
            .decode_utf8()
            .unwrap(),
        )
        .unwrap();
        let file = corpus.workspace.read(&path).unwrap();
        let edits: Vec<&Edit> = fix
            .edits
            .iter()
            .filter(|edit| edit.span.file == file.id)
            .collect();
        let expected = edit::apply(&file.text, &edits);
        assert_eq!(by_column, expected);
        assert_eq!(&by_offset[mark..], expected.as_bytes());
    }
}

#[test]
fn nothing_that_was_scanned_acts_on_the_reader() {
    let corpus = Corpus::new();
    for format in ALL {
        let text = corpus.write(format);
        assert!(!text.contains("hunter2"), "{format:?} shows a secret");
        let acting = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(acting, None, "{format:?}");
        let command = ["##[", "##vso"].into_iter().find(|it| text.contains(*it));
        assert_eq!(command, None, "{format:?}");
    }
    let github = corpus.write(Format::Github);
    for line in github.lines() {
        let (head, _) = line
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"))
            .unwrap();
        assert!(
            head.starts_with("error ")
                || head.starts_with("warning ")
                || head.starts_with("notice ")
        );
    }
    assert!(!github.lines().any(|line| line.starts_with("::error::")));
    let markdown = corpus.write(Format::Markdown);
    assert!(!markdown.contains("<script>") && !markdown.contains("<b>"));
    let coloured = corpus.write_styled(Format::Text, Style::coloured());
    let codes: Vec<&str> = coloured
        .split('\u{1b}')
        .skip(1)
        .map(|rest| rest.split('m').next().unwrap())
        .collect();
    assert!(
        codes
            .iter()
            .all(|code| code[1..].chars().all(|c| c.is_ascii_digit() || c == ';')),
        "{codes:?}"
    );
    let sarif = corpus.write(Format::Sarif);
    assert!(!sarif.contains("](http"));
}

#[test]
fn the_text_report_shows_place_fix_and_counts() {
    let text = Corpus::new().write(Format::Text);
    let wanted = [
        "high[b-second]: The title of b-second",
        "  --> infra/main.tf:3:10",
        "^^^^^",
        "t.n[0] (Microsoft.Storage/storageAccounts named \"n\")",
        "- ",
        "+     https = true # x",
        "assessment 1c5de8e1-f68d-6a17-e0d2-ec259c42768c",
        "= no fix: It is computed.",
        "undecided[a-first]",
        "= decided by: var.x",
        "= reason: input, relation",
        "unreadable-input: A brace is missing.",
        "3 findings (2 high, 1 low): 4 resources in 2 units, 3 files. 5 conditions passed, 1 undecided, 1 unreadable, 2 notices.",
        "1 fix waits for `iac-remediate fix`, 1 more with `--unsafe-fixes`, 1 finding needs a decision of yours.",
    ];
    for part in wanted {
        assert!(text.contains(part), "{part:?} in:\n{text}");
    }
    assert_eq!(
        text.matches("= why:").count(),
        2,
        "each rule is explained once"
    );
}

#[test]
fn annotations_stay_within_what_a_step_keeps() {
    let mut corpus = Corpus::new();
    let many: Vec<Finding> = (0..40)
        .flat_map(|_| corpus.report.findings.clone())
        .collect();
    corpus.report.findings = many;
    let text = corpus.write(Format::Github);
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines() {
        *levels
            .entry(line[2..].split(' ').next().unwrap())
            .or_default() += 1;
    }
    assert_eq!(levels, [("error", 10), ("notice", 10)].into());
    assert!(
        text.lines()
            .last()
            .unwrap()
            .contains("142 more are in the SARIF report"),
        "{text}"
    );
}

#[test]
fn sarif_keeps_the_worst_results_and_says_what_it_left_out() {
    let mut corpus = Corpus::new();
    let high = corpus.finding(1, corpus.report.findings[0].span);
    let low = corpus.finding(0, corpus.report.findings[0].span);
    corpus.report.findings = vec![low; 5100];
    corpus.report.findings.extend(vec![high; 10]);
    let run = &corpus.sarif()["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5000);
    assert_eq!(
        results
            .iter()
            .filter(|result| result["ruleId"] == "b-second")
            .count(),
        10
    );
    let notifications = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap();
    let said = notifications.last().unwrap()["message"]["text"]
        .as_str()
        .unwrap();
    assert!(said.starts_with("110 results"), "{said}");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let (one, other) = (Corpus::new(), Corpus::new());
    for format in ALL {
        assert_eq!(one.write(format), other.write(format), "{format:?}");
    }
}
