//! What the paths of a target are about: its types, and how they are named.

use super::fields;
use crate::model::{Kind, Path, PathError, Relation, Step};
use crate::rule::error::{Fault, Trail};
use crate::rule::schema;

/// Whether property paths are compared with the facts of their types. The built-in rules were, by a
/// test; those of users are when they are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rule) enum Paths {
    /// A path of a known type must be known.
    Known,
    /// They were compared before.
    Trusted,
}

/// The types whose paths are meant where a path is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'k> {
    pub(super) kinds: &'k [Kind],
    pub(super) paths: Paths,
}

impl Scope<'_> {
    /// The same strictness for other types.
    pub(super) fn of(self, kinds: &[Kind]) -> Scope<'_> {
        Scope {
            kinds,
            paths: self.paths,
        }
    }

    /// A property path that every type of the scope has.
    pub(super) fn field(self, text: &str, trail: &Trail<'_>) -> Result<Path, Fault> {
        let path = Path::parse(text).map_err(|error| trail.fault(sentence(&error)))?;
        if path.0.is_empty() {
            return Err(trail.fault("A property path has at least one name"));
        }
        if path.0.iter().any(|step| matches!(step, Step::Index(_))) {
            return Err(trail.fault("A rule names list items by `[*]` or by value, never by index"));
        }
        if self.paths == Paths::Known {
            for kind in self.kinds {
                fields::check(kind, &path).map_err(|message| trail.fault(message))?;
            }
        }
        Ok(path)
    }
}

fn sentence(error: &PathError) -> String {
    format!("This is no property path: {error}")
}

/// The resource type of a text.
pub(super) fn kind(text: &str, trail: &Trail<'_>) -> Result<Kind, Fault> {
    let arm = text.contains('/') && text.contains('.');
    let terraform = !text.is_empty()
        && text.contains('_')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if arm || terraform {
        return Ok(Kind::new(text));
    }
    Err(trail.fault(format!(
        "`{text}` is neither a Resource Manager type such as `Microsoft.Storage/storageAccounts` nor a Terraform type such as `aws_s3_bucket`"
    )))
}

/// How a companion belongs to the resource, from the words `by` and `at`. The path of `reference`
/// is read in the companion, that of `refers-to` in the resource.
pub(super) fn relation(
    by: schema::By,
    at: Option<&str>,
    this: Scope<'_>,
    other: &Kind,
    trail: &Trail<'_>,
) -> Result<Relation, Fault> {
    let others = [other.clone()];
    match (by, at) {
        (schema::By::Child, None) => Ok(Relation::Child),
        (schema::By::Parent, None) => Ok(Relation::Parent),
        (schema::By::Extension, None) => Ok(Relation::Extension),
        (schema::By::Reference, Some(text)) => {
            let path = this.of(&others).field(text, &trail.key("at"))?;
            Ok(Relation::ReferredToBy(path))
        }
        (schema::By::RefersTo, Some(text)) => {
            let path = this.field(text, &trail.key("at"))?;
            Ok(Relation::RefersTo(path))
        }
        (schema::By::Reference | schema::By::RefersTo, None) => {
            let message = "`by: reference` and `by: refers-to` need `at`, the property that names the other resource";
            Err(trail.key("by").fault(message))
        }
        (schema::By::Child | schema::By::Parent | schema::By::Extension, Some(_)) => {
            let message = "`at` goes with `by: reference` and `by: refers-to` only";
            Err(trail.name("at").fault(message))
        }
    }
}
