//! The policy documents of a run, and what becomes of each when they are imported.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::definition::is_definition;
use super::export::{is_assignment, is_exemption};
use super::initiative::is_initiative;
use super::source::Source;
use crate::model::Value;
use crate::rule::{Effect, Rule, RuleError};
use crate::source::{Encoding, FileId, RelPath, SourceFile};
use crate::syntax::json::{self, Node};

/// The texts of a run.
#[derive(Debug, Default)]
pub struct Library {
    pub(super) sources: Vec<Source>,
}

/// What the user says beside the documents.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Values of parameters, by name, for every definition and initiative that declares them.
    pub parameters: BTreeMap<String, Value>,
    /// Effects by definition name, reference id or rule id, in any case.
    pub effects: BTreeMap<String, Effect>,
    /// Whether initiatives and definitions are imported on their own too where there is an assignment.
    pub everything: bool,
    /// Whether a parameter that is read and has no value is a fault.
    pub strict: bool,
    /// The day of the run (`2026-01-31`), on which exemptions end; empty when none do.
    pub today: String,
    /// The scope that is deployed to (`/subscriptions/…/resourceGroups/…`), where the user says it.
    pub scope: Option<String>,
}

/// What became of all documents.
#[derive(Debug, Default)]
pub struct Import {
    /// One a definition and use, in the order of the documents.
    pub entries: Vec<Imported>,
    /// Documents that are no policy, by path.
    pub ignored: Vec<String>,
    /// What assignments and exemptions say that is not decided before deployment.
    pub remarks: Vec<Remark>,
}

/// What a document says that cannot be followed, in whole sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The file of the document.
    pub path: String,
    /// What it says, and how it is judged.
    pub message: String,
}

/// What became of one definition in one use.
#[derive(Debug)]
pub struct Imported {
    /// The definition's name.
    pub name: String,
    /// The definition's title.
    pub title: String,
    /// The file it stands in.
    pub path: String,
    /// Its category.
    pub category: String,
    /// Its effect, where that is known.
    pub effect: Option<Effect>,
    /// The initiative it is used by.
    pub initiative: Option<String>,
    /// The rule, or why there is none.
    pub outcome: Outcome,
    /// Aliases whose path nobody knows.
    pub unknown_aliases: Vec<String>,
    /// Aliases whose path was made the regular way and could not be checked.
    pub assumed_aliases: Vec<String>,
    /// What decides and is not known before deployment.
    pub undecidable: Vec<String>,
    /// `true` when its effect becomes fixes.
    pub fixes: bool,
    /// Why its effect becomes no fix, where it is one that mends.
    pub no_fix: Option<String>,
}

/// What became of a definition.
#[derive(Debug)]
pub enum Outcome {
    /// It is judged.
    Rule(Arc<Rule>),
    /// It cannot be judged before deployment, for a reason that is a fact about it.
    Refused(String),
    /// It is wrong.
    Faulty(Faulty),
}

/// A definition or a use of it that is wrong.
#[derive(Debug)]
pub struct Faulty(pub Box<RuleError>);

impl Library {
    /// Adds a text. What is `wanted` is imported; the rest only stands by.
    ///
    /// # Errors
    /// [`RuleError`] points at where the text is no JSON.
    #[expect(
        clippy::result_large_err,
        reason = "one error a file, and it carries the text it points into"
    )]
    pub fn add(&mut self, path: &str, text: &str, wanted: bool) -> Result<(), RuleError> {
        let id = FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let file = SourceFile::new(id, RelPath::root(), text, Encoding::Utf8);
        let tree = json::parse(&Arc::new(file));
        if tree.root().is_none() {
            let notice = tree.notices().first();
            let message = notice.map_or("This is no JSON.", |it| it.message.as_str());
            let start = notice
                .and_then(|it| it.span)
                .map_or(0, |it| it.start as usize);
            let text = &tree.file().text;
            let message = message.trim_end_matches('.');
            return Err(RuleError::placed(path, text, message, (start, 1)));
        }
        self.sources.push(Source {
            path: path.to_owned(),
            tree,
            wanted,
        });
        Ok(())
    }

    /// Returns `true` if the text at `path` was added before.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.sources.iter().any(|source| source.path == path)
    }

    /// Returns `true` if a wanted document uses definitions that stand elsewhere.
    #[must_use]
    pub fn refers(&self) -> bool {
        self.sources.iter().filter(|it| it.wanted).any(|source| {
            let documents = source.documents().into_iter();
            let mut documents = documents.filter(|it| !is_definition(*it));
            documents.any(|it| is_initiative(it) || is_assignment(it))
        })
    }
}

/// Returns `true` if the document is of Azure Policy.
pub(super) fn is_policy(root: Node<'_>) -> bool {
    is_definition(root) || is_initiative(root) || is_assignment(root) || is_exemption(root)
}
