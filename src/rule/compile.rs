//! Turns a rule file into a [`Rule`], or says what is wrong with it and where.

mod condition;
mod expression;
mod fields;
mod literal;
mod remedy;
mod scope;

use std::sync::Arc;

use super::error::{Fault, RuleError, Trail};
use super::schema;
use super::{Control, Reach, Recommendation, Rule, Severity, Target};
use crate::model::Kind;
use scope::{Scope, kind};

pub(super) use scope::Paths;

/// The longest rule file that is read, in bytes: the YAML reader scans a whole text before its own
/// limits apply.
const LONGEST: usize = 1 << 20;

/// Reads and compiles the rule file `text`, whose name is `path`.
///
/// # Errors
/// [`RuleError`] points at what is wrong: broken YAML, an unknown key, a wrong type, a path that the
/// resource type does not have, a fix without a change.
#[expect(
    clippy::result_large_err,
    reason = "one error a file, and it carries the text it points into"
)]
pub fn load(path: &str, text: &str) -> Result<Rule, RuleError> {
    if text.len() > LONGEST {
        return Err(RuleError::whole(path, "", "A rule file has at most 1 MiB"));
    }
    let file: schema::RuleFile =
        serde_yaml::from_str(text).map_err(|error| RuleError::yaml(path, text, &error))?;
    check_name(path, &file)
        .and_then(|()| compile(&file, Paths::Known))
        .map_err(|fault| RuleError::located(path, text, fault))
}

/// The meaning of a rule file.
pub(super) fn compile(file: &schema::RuleFile, paths: Paths) -> Result<Rule, Fault> {
    let root = Trail::ROOT;
    check_id(&file.id).map_err(|message| root.key("id").fault(message))?;
    for (key, text) in [
        ("title", &file.title),
        ("why", &file.why),
        ("steps", &file.steps),
    ] {
        if text.trim().is_empty() {
            return Err(root.key(key).fault(format!("`{key}` says nothing")));
        }
    }
    let at = root.key("targets");
    if file.targets.is_empty() {
        return Err(at.fault("A rule has at least one target"));
    }
    let targets = file.targets.iter().enumerate();
    let targets: Vec<Target> = targets
        .map(|(index, target)| compile_target(target, paths, &at.item(index)))
        .collect::<Result<_, _>>()?;
    let first = targets.first().and_then(|target| target.kinds.first());
    Ok(Rule {
        id: Arc::from(file.id.as_str()),
        title: file.title.trim().to_owned(),
        cloud: first.map_or("azure", cloud).to_owned(),
        recommendation: recommendation(&file.recommendation),
        severity: severity(file.severity.level),
        severity_is_ours: file.severity.ours,
        enabled: file.enabled,
        targets,
        why: file.why.trim().to_owned(),
        steps: file.steps.trim().to_owned(),
        policy: None,
    })
}

/// The severity of a word.
pub(super) fn severity(level: schema::Level) -> Severity {
    match level {
        schema::Level::Low => Severity::Low,
        schema::Level::Medium => Severity::Medium,
        schema::Level::High => Severity::High,
        schema::Level::Critical => Severity::Critical,
    }
}

/// The recommendation as compiled.
pub(super) fn recommendation(written: &schema::Recommendation) -> Recommendation {
    let controls = written.controls.0.iter().flat_map(|(standard, ids)| {
        ids.0.iter().map(|id| Control {
            standard: standard.clone(),
            id: id.clone(),
        })
    });
    Recommendation {
        key: written.key.clone(),
        policy: written.policy.clone(),
        category: written.category.clone(),
        controls: controls.collect(),
    }
}

fn compile_target(
    target: &schema::Target,
    paths: Paths,
    trail: &Trail<'_>,
) -> Result<Target, Fault> {
    let at = trail.key("resource");
    let kinds = target.resource.0.iter().enumerate();
    let kinds: Vec<Kind> = kinds
        .map(|(index, text)| kind(text, &at.item(index)))
        .collect::<Result<_, _>>()?;
    if kinds.is_empty() {
        return Err(at.fault("A target names at least one resource type"));
    }
    let scope = Scope {
        kinds: &kinds,
        paths,
    };
    let about = target.at.0.iter().enumerate();
    let about = about.map(|(index, text)| scope.field(text, &trail.key("at").item(index)));
    Ok(Target {
        at: about.collect::<Result<_, _>>()?,
        when: condition::optional(target.when.as_ref(), scope, &trail.key("when"))?,
        require: condition::compile(&target.require, scope, &trail.key("require"))?,
        remedies: remedy::all(&target.fix, scope, &trail.key("fix"))?,
        reach: Reach::Named,
        kinds,
    })
}

/// The cloud of a resource type.
fn cloud(kind: &Kind) -> &'static str {
    let provider = kind.as_str().split('_').next().unwrap_or_default();
    match provider {
        "aws" => "aws",
        "google" => "gcp",
        _ => "azure",
    }
}

fn check_name(path: &str, file: &schema::RuleFile) -> Result<(), Fault> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem == file.id {
        return Ok(());
    }
    let message = format!(
        "The id is `{}`, but the file is called `{name}`: they must be equal",
        file.id
    );
    Err(Trail::ROOT.key("id").fault(message))
}

fn check_id(id: &str) -> Result<(), String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if id.split('-').count() >= 2 && id.split('-').all(word) {
        return Ok(());
    }
    Err(format!(
        "`{id}` is no rule id: lower-case words joined by `-`, the cloud first"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "id: azure-a-b
title: T
severity: high
targets:
  - resource: Microsoft.Storage/storageAccounts
    require: { field: properties.supportsHttpsTrafficOnly, equals: true }
    fix: { set: { properties.supportsHttpsTrafficOnly: true }, safety: safe }
why: w
steps: s
";

    #[test]
    fn a_rule_without_extras_loads() {
        let rule = load("azure-a-b.yaml", RULE).unwrap();
        assert_eq!(
            (&*rule.id, rule.cloud.as_str(), rule.enabled),
            ("azure-a-b", "azure", true)
        );
        assert_eq!(rule.targets.len(), 1);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of rows")]
    fn what_is_wrong_is_said_and_shown() {
        let field = "field: properties.supportsHttpsTrafficOnly, equals: true";
        let rows = [
            (
                "severity: high",
                "severity: grave",
                3,
                "unknown variant `grave`",
            ),
            ("why: w", "wye: w", 8, "unknown field `wye`"),
            ("id: azure-a-b", "id: azure-a-c", 1, "the file is called"),
            ("title: T", "title: ' '", 2, "says nothing"),
            (
                "Microsoft.Storage/storageAccounts",
                "storage",
                5,
                "neither a Resource Manager type",
            ),
            (field, "field: a..b, equals: 1", 6, "no property path"),
            (
                field,
                "field: properties.httpsOnly, equals: 1",
                6,
                "has no property `properties.httpsOnly`",
            ),
            (
                "Microsoft.Storage/storageAccounts",
                "aws_s3_bucket",
                6,
                "has no property `properties.",
            ),
            (
                field,
                "value: \"[length(field('a')]\", equals: 1",
                6,
                "cannot be read",
            ),
            (
                field,
                "value: \"[length(field('a..b'))]\", equals: 1",
                6,
                "no property path",
            ),
            (
                field,
                "field: name, equals: 1, in: [1]",
                6,
                "second comparison",
            ),
            (field, "field: name", 6, "a comparison is missing"),
            (
                field,
                "not: { field: name, exists: true }, equals: 1",
                6,
                "takes no comparison",
            ),
            (
                field,
                "field: name, value: 1, equals: 1",
                6,
                "two conditions",
            ),
            (field, "field: name, like: 'a*b*'", 6, "at most one `*`"),
            (
                field,
                "field: name, coversRange: [x]",
                6,
                "no address range",
            ),
            (field, "field: name, coversPort: [x]", 6, "expected u16"),
            (
                field,
                "count: { field: tags }, equals: 1",
                6,
                "ends in `[*]`",
            ),
            (field, "allOf: []", 6, "is empty"),
            (
                field,
                "related: { resource: A.B/c, by: reference }",
                6,
                "need `at`",
            ),
            (
                "set: { properties.supportsHttpsTrafficOnly: true }, ",
                "",
                7,
                "at least one of",
            ),
            (
                "safety: safe",
                "safety: safe, needs: [a key]",
                7,
                "is `manual`",
            ),
            (
                "set: { ",
                "set: { 'properties[0]': 1, ",
                7,
                "never by index",
            ),
            (
                "safety: safe",
                "safety: safe, hazards: [explodes]",
                7,
                "unknown variant `explodes`",
            ),
        ];
        for (from, to, line, message) in rows {
            let text = RULE.replacen(from, to, 1);
            assert_ne!(text, RULE, "{from}");
            let error = load("azure-a-b.yaml", &text).unwrap_err();
            let found = error.line_and_column().map(|(line, _)| line);
            assert_eq!(found, Some(line), "{to}: {error:?}");
            let said = error.message.to_lowercase();
            assert!(said.contains(&message.to_lowercase()), "{to}: {error:?}");
        }
    }

    #[test]
    fn the_caret_stands_under_the_word() {
        let text = RULE.replace("equals: true }", "like: '*a*' }");
        let error = load("azure-a-b.yaml", &text).unwrap_err();
        let mut out = String::new();
        let handler =
            miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        handler.render_report(&mut out, &error).unwrap();
        insta::assert_snapshot!(out);
    }

    #[test]
    fn a_condition_cannot_nest_without_end() {
        let deep = format!(
            "{}field: name, exists: true{}",
            "not: { ".repeat(40),
            " }".repeat(40)
        );
        let text = RULE.replace(
            "field: properties.supportsHttpsTrafficOnly, equals: true",
            &deep,
        );
        let error = load("azure-a-b.yaml", &text).unwrap_err();
        assert!(error.message.contains("nest too deeply"), "{error:?}");
    }
}
