//! Laws that are derived from the texts of a fixture, the same for built-in rules and for those of the
//! user's own: a literal that decides becomes an input and the verdict names it; an argument that is
//! left out means what the provider's schema says of its absence.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::finding::{Finding, Reason, State};
use crate::model::facts::{Scalar, schema};
use crate::source::{Columns, Encoding, FileId, RelPath, SourceFile, Span};
use crate::syntax::{hcl, json};

/// Judges a text by the rule at hand: every finding, undecided ones too.
pub type Judge<'j> = &'j dyn Fn(&str) -> Vec<Finding>;

/// The major version of the provider whose defaults are asked for.
const MAJOR: u32 = 4;

/// Where the verdicts on a text with inputs in place of literals are not as they must be: the line, and
/// a sentence.
#[must_use]
pub fn without_inputs(text: &str, judge: Judge<'_>) -> Vec<(usize, String)> {
    let findings = judge(text);
    let literals = findings.iter().filter(|it| {
        let start = it.span.start as usize;
        // The type stands for the whole resource of a template.
        let is_header = text
            .get(..start)
            .is_some_and(|before| before.ends_with("\"type\": "));
        let value = text.get(it.span.range()).unwrap_or_default();
        it.state == State::Open && !is_header && is_literal(value)
    });
    let source = file(text);
    let mut wrong = Vec::new();
    for finding in literals {
        let line = source.locate(finding.span.start, Columns::CodePoints).line;
        let Some((changed, input)) = with_input(text, finding.span) else {
            continue;
        };
        let changed = judge(&changed);
        let of_it = |it: &&Finding| it.key.address == finding.key.address;
        let open = |it: &Finding| it.state == State::Open && it.message == finding.message;
        // Where other properties fail as well, it stays open because of them alone.
        let named = |it: &Finding| {
            it.state == State::Open
                || it.deciding.iter().any(|it| it.contains(input))
                    && it.reasons.contains(&Reason::Input)
        };
        if changed.iter().filter(of_it).any(open) {
            let message = format!("with `{input}` in place of this value it is still found");
            wrong.push((line, message));
        } else if !changed.iter().filter(of_it).any(named) {
            let message = format!(
                "with `{input}` in place of this value it is not left undecided, or the input is not named"
            );
            wrong.push((line, message));
        }
    }
    wrong
}

/// Where leaving an argument out gives another verdict than its default.
#[must_use]
pub fn without_arguments(text: &str, judge: Judge<'_>) -> Vec<(usize, String)> {
    let source = file(text);
    let tree = hcl::parse(&source);
    let mut written = Vec::new();
    for block in tree.body().blocks_of("resource") {
        let kind = block.label(0).unwrap_or_default().into_owned();
        arguments(block.body(), &kind, &[], &mut written);
    }
    let mut wrong = Vec::new();
    for argument in written {
        let Some(spelled) = argument.default() else {
            continue;
        };
        let [said, unsaid] = [(argument.value, &*spelled), (argument.whole, "")].map(
            |(span, by)| -> BTreeSet<(State, String)> {
                let mut text = text.to_owned();
                text.replace_range(span.range(), by);
                let findings = judge(&text).into_iter();
                findings.map(|it| (it.state, it.key.address)).collect()
            },
        );
        if said != unsaid {
            let line = source
                .locate(argument.whole.start, Columns::CodePoints)
                .line;
            let message = format!(
                "`{}` of `{}` has the default {spelled}, but leaving it out gives another verdict",
                argument.path.join("."),
                argument.kind
            );
            wrong.push((line, message));
        }
    }
    wrong
}

fn file(text: &str) -> Arc<SourceFile> {
    let text = text.to_owned();
    Arc::new(SourceFile::new(
        FileId(0),
        RelPath::root(),
        text,
        Encoding::Utf8,
    ))
}

/// The text of a value that stands for itself: nothing is computed and nothing is named.
fn is_literal(text: &str) -> bool {
    let quoted = text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    let plain = quoted && !text.contains("${") && !text.starts_with("\"[");
    plain || matches!(text, "true" | "false") || text.parse::<f64>().is_ok()
}

/// `text` with the value at `span` replaced by an input that has no value, and the input's name.
fn with_input(text: &str, span: Span) -> Option<(String, &'static str)> {
    let mut out = text.to_owned();
    if !text.trim_start().starts_with('{') {
        out.replace_range(span.range(), "var.derived");
        out.push_str("\nvariable \"derived\" {}\n");
        return Some((out, "var.derived"));
    }
    out.replace_range(span.range(), "\"[parameters('derived')]\"");
    let tree = json::parse(&file(&out));
    let root = tree.root()?;
    let declared = r#""derived": { "type": "object" }"#;
    let (at, declared) = match root.get("parameters").filter(|it| it.is_object()) {
        Some(all) => {
            let comma = if all.members().next().is_some() {
                ","
            } else {
                ""
            };
            (all.span().start, format!("{declared}{comma}"))
        }
        None => (
            root.span().start,
            format!("\"parameters\": {{{declared}}},"),
        ),
    };
    out.insert_str(at as usize + 1, &declared);
    Some((out, "parameters('derived')"))
}

/// An argument with a literal value, the names that lead to it, and the type of its resource.
struct Written {
    kind: String,
    path: Vec<String>,
    /// The name, the value, and what stands between.
    whole: Span,
    value: Span,
}

impl Written {
    /// The default of the schema, as it is spelled.
    fn default(&self) -> Option<String> {
        let schema = schema(&self.kind)?;
        let attribute = schema.attribute(&self.path).filter(|it| !it.required)?;
        match attribute.default_in(Some(MAJOR))? {
            Scalar::Bool(value) => Some(value.to_string()),
            Scalar::Text(value) => Some(format!("{value:?}")),
            Scalar::Int(value) => Some(value.to_string()),
            Scalar::Null | Scalar::Float(_) | Scalar::List(_) => None,
        }
    }
}

fn arguments(body: hcl::Body<'_>, kind: &str, around: &[String], out: &mut Vec<Written>) {
    for attribute in body.attributes() {
        let path = [around, &[attribute.name().to_owned()]].concat();
        if is_literal(attribute.value().text()) {
            out.push(Written {
                kind: kind.to_owned(),
                path,
                whole: attribute.span(),
                value: attribute.value().span(),
            });
        }
    }
    for block in body.blocks() {
        let path = [around, &[block.kind().to_owned()]].concat();
        arguments(block.body(), kind, &path, out);
    }
}
