//! From a plan to written resources.

use std::collections::BTreeMap;

use super::beside::Beside;
use super::configuration::Configuration;
use super::document::{self, Planned, exact};
use super::join::{Join, Three};
use super::source;
use super::value::{self, Place};
use crate::lang::terraform::lens;
use crate::lang::terraform::providers::Majors;
use crate::lang::{Cache, Evaluated};
use crate::model::facts::schema;
use crate::model::{Existence, Kind, Origins, Path, Value, Written, WrittenId};
use crate::source::{Notice, NoticeKind, RelPath, SourceFile, SourceTree};
use crate::syntax::json::Node;

/// Evaluates the plan at `path` with the source beside it.
#[must_use]
pub fn evaluate(
    path: &RelPath,
    beside: Option<&Beside>,
    tree: &dyn SourceTree,
    cache: &Cache,
) -> Evaluated {
    let mut evaluated =
        beside.map_or_else(Evaluated::default, |beside| source(beside, tree, cache));
    let sources = Sources::of(std::mem::take(&mut evaluated.written), beside);
    let file = match tree.read(path) {
        Ok(file) => file,
        Err(error) => {
            evaluated.notices.push(Notice::unread(path.clone(), &error));
            return evaluated;
        }
    };
    let parsed = cache.arm.parsed(&file);
    evaluated.notices.extend_from_slice(parsed.notices());
    evaluated.files.push(file.id);
    evaluated.files.sort_unstable();
    evaluated.files.dedup();
    let Some(root) = parsed.root() else {
        return evaluated;
    };
    evaluated.notices.extend(told(root, &file));
    if !is_readable(root) {
        return evaluated;
    }
    let folder = beside.map_or_else(|| path.parent(), |beside| beside.folder.clone());
    let planned = document::resources(root);
    let configuration = Configuration::of(root, &planned);
    let constraints = configuration.constraints();
    let mut reader = Reader {
        configuration: &configuration,
        majors: &Majors::planned(&constraints, &folder, tree, &cache.terraform),
        origins: &mut evaluated.origins,
        stale: None,
    };
    let written = planned
        .iter()
        .filter_map(|planned| reader.written(planned, &sources));
    evaluated.written = written.chain(sources.added()).collect();
    evaluated
        .notices
        .extend(reader.stale.take().map(|place| stale(path, &place)));
    for (index, written) in (0..).zip(&evaluated.written) {
        let id = WrittenId(index);
        let fragments = lens::fragments(written, id, &mut evaluated.origins);
        evaluated.fragments.extend(fragments);
    }
    evaluated
}

/// What the source says, without the notices of what it lacks: that is in the plan.
fn source(beside: &Beside, tree: &dyn SourceTree, cache: &Cache) -> Evaluated {
    let mut source = source::evaluate(beside, tree, cache);
    source.notices.retain(|notice| {
        !matches!(
            notice.kind,
            NoticeKind::MissingModule | NoticeKind::Unsupported | NoticeKind::Limit
        )
    });
    source
}

/// The notice that source and plan say different things at `place`.
fn stale(path: &RelPath, place: &str) -> Notice {
    let message = format!(
        "The source beside this plan says otherwise, for example at `{place}`. What the plan says is judged; make it again where the source has changed."
    );
    Notice::about(NoticeKind::StaleInput, path.clone(), message)
}

/// Returns `true` for the versions of the format that are known.
fn is_readable(root: Node<'_>) -> bool {
    let version = exact(root, "format_version").and_then(Node::as_str);
    let major = version.as_deref().and_then(|it| it.split('.').next());
    matches!(major, Some("0" | "1"))
}

/// What the plan itself says against it.
fn told(root: Node<'_>, file: &SourceFile) -> Option<Notice> {
    let is = |name: &str, wanted: bool| {
        exact(root, name)
            .is_some_and(|node| node.kind() == crate::syntax::json::NodeKind::Bool(wanted))
    };
    let (kind, message) = if !is_readable(root) {
        let message = "This plan was not read: the version of its format is not 0 or 1.";
        (NoticeKind::UnreadableInput, message)
    } else if is("errored", true) {
        let message = "Planning ended in an error: what it did not reach is not judged.";
        (NoticeKind::InvalidConfiguration, message)
    } else {
        return None;
    };
    Some(Notice::about(kind, file.path.clone(), message))
}

/// What the source says of each address, when the plan was read and now.
struct Sources<'b> {
    before: BTreeMap<&'b str, &'b Written>,
    now: Vec<Written>,
    by_address: BTreeMap<String, usize>,
    /// Instances that stand for an unknown number, by address without keys.
    symbolic: BTreeMap<String, usize>,
}

impl<'b> Sources<'b> {
    fn of(now: Vec<Written>, beside: Option<&'b Beside>) -> Self {
        let before = beside.map_or(&[][..], |beside| beside.before());
        let by_address = now
            .iter()
            .enumerate()
            .map(|(index, written)| (written.address.to_string(), index))
            .collect();
        let symbolic = now
            .iter()
            .enumerate()
            .filter(|(_, written)| matches!(written.existence, Existence::Symbolic(_)))
            .map(|(index, written)| (written.address.without_keys(), index))
            .collect();
        Self {
            before: before
                .iter()
                .map(|written| (written.address.as_str(), written))
                .collect(),
            now,
            by_address,
            symbolic,
        }
    }

    /// What the source says now of what is planned, and what it said before.
    fn find(&self, planned: &Planned<'_>) -> (Option<&'b Written>, Option<&Written>) {
        let bare = planned.address.without_keys();
        let now = self
            .by_address
            .get(planned.address.as_str())
            .or_else(|| self.symbolic.get(&bare))
            .and_then(|index| self.now.get(*index));
        let address = now.map_or(planned.address.as_str(), |now| now.address.as_str());
        (self.before.get(address).copied(), now)
    }

    /// What an edit of the source added since the plan was read.
    fn added(&self) -> impl Iterator<Item = Written> {
        self.now
            .iter()
            .filter(|written| !self.before.contains_key(written.address.as_str()))
            .cloned()
    }
}

/// Makes written resources of planned ones.
struct Reader<'r, 't> {
    configuration: &'r Configuration<'t>,
    majors: &'r Majors,
    origins: &'r mut Origins,
    /// Where source and plan differ.
    stale: Option<String>,
}

impl Reader<'_, '_> {
    /// `None` for what an edit of the source has removed.
    fn written(&mut self, planned: &Planned<'_>, sources: &Sources<'_>) -> Option<Written> {
        let hints = self.configuration.hints(planned);
        let place = Place {
            after: planned.after,
            unknown: planned.unknown,
            sensitive: planned.sensitive,
        };
        let known = schema(&planned.kind);
        let body = known.as_deref().map(|schema| &schema.body);
        let args = value::arguments(place, hints, body, self.origins);
        let mut written = Written {
            address: planned.address.clone(),
            kind: Kind::new(planned.kind.as_str()),
            args,
            node: planned.node,
            header: planned.header,
            existence: Existence::Certain,
            provider_major: self.majors.of_kind(&planned.kind),
            repeated: planned.repeated,
        };
        match sources.find(planned) {
            (None, None) => {
                written.args.origin = self.origins.literal(planned.header);
                Some(written)
            }
            (Some(_), None) => None,
            (before, Some(source)) => {
                written.args = self.joined(&written.args, before, source);
                written.node = source.node;
                written.header = source.header;
                written.repeated |= source.repeated;
                Some(written)
            }
        }
    }

    fn joined(&mut self, plan: &Value, before: Option<&Written>, source: &Written) -> Value {
        let header = self.origins.add(crate::model::Hop {
            span: Some(source.header),
            via: crate::model::Via::ProviderDefault,
            from: None,
            points_to: None,
        });
        let mut join = Join {
            origins: self.origins,
            header,
            differs: None,
        };
        let three = Three {
            plan: Some(plan),
            before: before.map(|before| &before.args),
            source: Some(&source.args),
        };
        let joined = join.value(three, &Path::default());
        if let Some(path) = join.differs {
            let address = &source.address;
            self.stale
                .get_or_insert_with(|| format!("{address}.{path}"));
        }
        joined.unwrap_or_else(|| source.args.clone())
    }
}
