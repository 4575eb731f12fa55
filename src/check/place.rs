//! Where a finding points: where someone can change it, with the hops of the value beside it.

use crate::finding::Flow;
use crate::model::{Estate, Lookup, Origin, Origins, Path, Resource, Via, look_up};
use crate::source::Span;

use super::scene::Scene;
use super::witness::{Seen, Witness};

/// The place of a finding.
#[derive(Debug)]
pub(super) struct Place {
    /// Where.
    pub span: Span,
    /// The other places that matter, each with what it is.
    pub related: Vec<(Span, String)>,
    /// The way of the value, from where it is written to where it counts.
    pub flow: Flow,
}

/// The place of what `witness` saw; the header of the resource where nothing better is known.
pub(super) fn of(estate: &Estate, resource: &Resource, witness: Option<&Witness<'_>>) -> Place {
    let header = || Place {
        span: resource.header,
        related: Vec::new(),
        flow: Flow::new(),
    };
    let Some(witness) = witness else {
        return header();
    };
    let of = estate.resource(witness.resource);
    match &witness.seen {
        Seen::Value(value) => of_origin(&estate.origins, value.origin).unwrap_or_else(header),
        Seen::Computed(_, value) => of_origin(&estate.origins, value.origin).unwrap_or_else(header),
        Seen::Unknown(_, origin) => of_origin(&estate.origins, *origin).unwrap_or_else(header),
        Seen::Missing(parent, _) | Seen::Assumed(parent, _) => of_parent(estate, of, parent)
            .unwrap_or(Place {
                span: of.header,
                related: Vec::new(),
                flow: Flow::new(),
            }),
        Seen::MaybeCompanion(other) => {
            let other = estate.resource(*other);
            let related = vec![(other.header, "it may belong to this resource".to_owned())];
            Place {
                span: resource.header,
                related,
                flow: Flow::new(),
            }
        }
        Seen::Unmapped
        | Seen::NoCompanion(_)
        | Seen::Expression
        | Seen::Formula(_)
        | Seen::Unresolved(_) => header(),
    }
}

/// A witness for the property that the rule says a finding is about.
pub(super) fn witness_at<'m>(scene: Scene<'m>, at: &Path) -> Witness<'m> {
    let answer = look_up(scene.resource(), at).into_iter().next();
    let (path, seen) = match answer {
        Some((path, Lookup::Found(value))) => (path, Seen::Value(value)),
        Some((path, Lookup::Missing { parent, rest })) => (path, Seen::Missing(parent, rest)),
        Some((path, Lookup::Unknown(unknown, origin))) => (path, Seen::Unknown(unknown, origin)),
        Some((path, Lookup::Unmapped)) => (path, Seen::Unmapped),
        None => (at.clone(), Seen::Expression),
    };
    Witness::new(scene.id, path, seen)
}

/// The header of the nearest enclosing block or object that is written down; where something is written
/// that amounts to nothing, that is the place, wherever it comes from. The `properties` of an ARM
/// resource are the resource itself, so they are no better place than its header.
fn of_parent(estate: &Estate, resource: &Resource, parent: &Path) -> Option<Place> {
    let mut path = parent.clone();
    while !path.0.is_empty() && path.pattern() != "properties" {
        if let Some((_, Lookup::Found(value))) = look_up(resource, &path).into_iter().next()
            && let Some(place) = of_origin(&estate.origins, value.origin)
            && (value.is_null() || place.span.file == resource.header.file)
        {
            return Some(place);
        }
        path.0.pop();
    }
    None
}

/// A value that a caller, a variable values file or a parameter file decides is found there, with the
/// use beside it; any other at its use, with the hops beside it.
fn of_origin(origins: &Origins, origin: Origin) -> Option<Place> {
    let hops: Vec<_> = origins
        .chain(origin)
        .filter_map(|hop| hop.span.map(|span| (span, hop.via)))
        .collect();
    let decided = hops.iter().rposition(|(_, via)| {
        matches!(via, Via::ModuleArgument | Via::Tfvars | Via::ParameterFile)
    });
    let primary = decided.unwrap_or(0);
    let span = hops.get(primary)?.0;
    let mut related: Vec<(Span, String)> = Vec::new();
    for (index, (place, via)) in hops.iter().enumerate() {
        if index != primary && *place != span && related.iter().all(|(known, _)| known != place) {
            related.push((*place, step(index, *via).to_owned()));
        }
    }
    let mut flow: Flow = Flow::new();
    for (index, (place, via)) in hops.iter().enumerate().rev() {
        if flow.last().is_none_or(|(last, _)| last != place) {
            flow.push((*place, step(index, *via).to_owned()));
        }
    }
    // A value that is written where it counts has come no way.
    if flow.len() < 2 {
        flow.clear();
    }
    Some(Place {
        span,
        related,
        flow,
    })
}

/// What the hop at `index` of a chain is.
fn step(index: usize, via: Via) -> &'static str {
    if index == 0 {
        "it is used here"
    } else {
        word(via)
    }
}

fn word(via: Via) -> &'static str {
    match via {
        Via::Literal => "the value is written here",
        Via::Variable | Via::ArmVariable => "through this variable",
        Via::Tfvars => "the variable values file sets it here",
        Via::CommandLine => "the command line sets it",
        Via::Local => "through this local value",
        Via::ModuleArgument => "the caller of the module sets it here",
        Via::Output => "through this output",
        Via::Reference => "through this reference",
        Via::Parameter => "through this parameter",
        Via::ParameterFile => "the parameter file sets it here",
        Via::ProviderDefault => "the provider sends it",
        Via::ServiceDefault => "the service assumes it",
        Via::Computed | Via::Derived => "it is computed here",
    }
}
