//! What a field of a condition stands for: a property that every resource has, or an alias, resolved
//! by the alias facts and else by the regular way from an alias to a path.

use std::sync::Arc;

use crate::model::facts;
use crate::model::{Kind, Path, Step};

/// A path, and the type that it is a path of; without a type, of every one.
pub(super) type Place = (Option<Kind>, Path);

/// A field with the places it can mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// As written.
    pub(super) name: Arc<str>,
    /// The type and the path in it; without a type, it is a property of every resource.
    pub(super) places: Vec<Place>,
    /// How the places were found.
    pub(super) source: Found,
}

/// How the places of a field were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It is a property of every resource.
    Common,
    /// The alias facts have it.
    Facts,
    /// By the regular way from an alias to a path, and the type has that path.
    Regular,
    /// By the regular way; nothing is known of the type.
    Assumed,
    /// The type has no such path: nobody knows what it stands for.
    Unknown,
}

/// What reading a field of a resource gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A property at this path.
    At(Path),
    /// Nothing: the alias is of another type.
    Nothing,
    /// An alias whose path is not known.
    Unknown,
}

/// Properties that stand beside `properties` in a resource.
const TOP_LEVEL: [&str; 10] = [
    "sku",
    "identity",
    "kind",
    "zones",
    "plan",
    "managedBy",
    "managedByExtended",
    "extendedLocation",
    "tags",
    "location",
];

/// What the field `name` stands for on a resource of type `kind`.
///
/// # Errors
/// In words, when `name` is no field.
pub fn read(name: &str, kind: &Kind) -> Result<Reading, String> {
    field(name).map(|field| field.on(kind))
}

/// What the field `name` stands for.
///
/// # Errors
/// In words, when `name` is no field.
pub(super) fn field(name: &str) -> Result<Field, String> {
    let name = name.trim();
    let made = |places, source| Field {
        name: Arc::from(name),
        places,
        source,
    };
    if !name.contains('/') || is_tag(name) {
        let path = common(name)?;
        return Ok(made(vec![(None, path)], Found::Common));
    }
    if let Some(known) = facts::alias(name) {
        let places = known.iter().filter_map(|(kind, path)| {
            Some((Some(Kind::new(kind.as_str())), Path::parse(path).ok()?))
        });
        return Ok(made(places.collect(), Found::Facts));
    }
    let (place, source) = regular(name)?;
    Ok(made(place.into_iter().collect(), source))
}

impl Field {
    /// What it stands for on a resource of type `kind`.
    pub(super) fn on(&self, kind: &Kind) -> Reading {
        if self.source == Found::Unknown {
            return Reading::Unknown;
        }
        let place = self
            .places
            .iter()
            .find(|(of, _)| of.as_ref().is_none_or(|of| of == kind));
        match place {
            Some((_, path)) => Reading::At(path.clone()),
            None => Reading::Nothing,
        }
    }

    /// Returns `true` if it is the property `name` of every resource.
    pub(super) fn is(&self, name: &str) -> bool {
        self.source == Found::Common && self.name.eq_ignore_ascii_case(name)
    }
}

fn is_tag(name: &str) -> bool {
    let rest = name
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("tags"));
    rest.is_some() && name.get(4..).is_some_and(|it| it.starts_with(['.', '[']))
}

/// A property that every resource has.
fn common(name: &str) -> Result<Path, String> {
    let named = |names: &[&str]| {
        Path(
            names
                .iter()
                .map(|name| Step::Name(Arc::from(*name)))
                .collect(),
        )
    };
    let lower = name.to_ascii_lowercase();
    Ok(match lower.as_str() {
        "name" | "type" | "location" | "id" | "kind" | "tags" => named(&[lower.as_str()]),
        "fullname" => named(&["fullName"]),
        "identity.type" => named(&["identity", "type"]),
        "identity.userassignedidentities" => named(&["identity", "userAssignedIdentities"]),
        _ if is_tag(name) => {
            let tag = tag(name.get(4..).unwrap_or_default());
            let tag = tag.ok_or_else(|| format!("`{name}` names no tag"))?;
            named(&["tags", &tag])
        }
        _ => {
            return Err(format!(
                "`{name}` is neither a property of every resource nor an alias"
            ));
        }
    })
}

/// The tag in `.name`, `[name]` or `['it''s']`; the empty name of a parameter without a tag is none
/// that a resource has.
fn tag(rest: &str) -> Option<String> {
    if let Some(name) = rest.strip_prefix('.') {
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
    let quoted = inner
        .strip_prefix('\'')
        .and_then(|it| it.strip_suffix('\''));
    Some(quoted.map_or_else(|| inner.to_owned(), |it| it.replace("''", "'")))
}

/// `Type/a.b[*].c` is `properties.a.b[*].c` of `Type`, or `a.b[*].c` for what stands beside it.
fn regular(name: &str) -> Result<(Option<Place>, Found), String> {
    let no_alias = || format!("`{name}` is neither a property of every resource nor an alias");
    let head = name.find('[').unwrap_or(name.len());
    let slash = name
        .get(..head)
        .and_then(|it| it.rfind('/'))
        .ok_or_else(no_alias)?;
    let (kind, rest) = (&name[..slash], &name[slash + 1..]);
    if !kind.contains('.') || kind.contains(char::is_whitespace) {
        return Err(no_alias());
    }
    let path = Path::parse(rest).map_err(|_| no_alias())?;
    let inside = Path::default().member("properties").then(&path);
    let first = match path.0.first() {
        Some(Step::Name(name)) => name.to_string(),
        _ => return Err(no_alias()),
    };
    let beside = TOP_LEVEL.iter().any(|it| it.eq_ignore_ascii_case(&first));
    let place = |path| Some((Some(Kind::new(kind)), path));
    let Some(facts) = facts::arm_type(kind) else {
        let is_type = kind.contains('/');
        let path = if beside { path } else { inside };
        return Ok((
            place(path).filter(|_| is_type),
            if is_type {
                Found::Assumed
            } else {
                Found::Unknown
            },
        ));
    };
    let spellings = [inside, path].into_iter().flat_map(|path| spellings(&path));
    let mut known = spellings.filter(|path| facts.knows(&path.pattern()));
    Ok(match known.next() {
        Some(path) => (place(path), Found::Regular),
        None => (None, Found::Unknown),
    })
}

/// How many spellings of one alias are tried.
const MOST_SPELLINGS: usize = 64;

/// What an alias may leave out or add: elements of a list may keep their members in `properties`, and
/// a capitalised name, `default` or `web` says which sort of thing it is or which child is meant.
fn spellings(path: &Path) -> Vec<Path> {
    let mut found = vec![Path::default()];
    for (index, step) in path.0.iter().enumerate() {
        let after_list = index > 0 && path.0[index - 1] == Step::Each;
        let is_first = index == usize::from(path.0.first().is_some_and(is_properties));
        let is_sort = match step {
            Step::Name(name) => {
                name.starts_with(|c: char| c.is_ascii_uppercase())
                    || (is_first && ["default", "web"].contains(&&**name))
            }
            Step::Index(_) | Step::Each | Step::Where { .. } => false,
        };
        let mut next = Vec::new();
        for path in found {
            let is_name = matches!(step, Step::Name(_));
            if after_list && is_name {
                next.push(path.member("properties").with(step.clone()));
            }
            if (after_list || is_first) && is_sort {
                next.push(path.clone());
            }
            next.push(path.with(step.clone()));
        }
        next.truncate(MOST_SPELLINGS);
        found = next;
    }
    // The one that changes least comes first.
    found.reverse();
    found
}

fn is_properties(step: &Step) -> bool {
    matches!(step, Step::Name(name) if name.eq_ignore_ascii_case("properties"))
}
