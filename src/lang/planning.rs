//! From a wish in the cloud's terms to edits: finds the fragments that own what shall change, asks
//! the lens for the dialect's own terms, and the dialect's planner for the bytes.

pub(in crate::lang) mod collection;
pub(in crate::lang) mod json;
pub(in crate::lang) mod layout;
pub(in crate::lang) mod merge;
pub(in crate::lang) mod splice;
pub(in crate::lang) mod summary;
pub(in crate::lang) mod trivia;
pub(in crate::lang) mod wish;

use std::collections::BTreeMap;

use crate::edit::{Applicability, Edit, Hazard, Refusal};
use crate::lang::{Cache, Plan, arm, terraform};
use crate::model::{
    Change, Dialect, Estate, FragmentId, Kind, Path, ResourceId, Value, Written, WrittenId,
};
use crate::source::{SourceTree, Span};

/// The edits for one wish and everything the proof has to know about them.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The edits and what they claim.
    pub plan: Plan,
    /// What applying them may cost, as the facts tell; sorted.
    pub hazards: Vec<Hazard>,
    /// What is meant to change, in the dialect's own terms.
    pub intents: Vec<Intent>,
}

/// One evaluated value that a plan means to change.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// What the written resource of this address says at this path.
    At {
        /// The address of the written resource.
        address: String,
        /// The path in the dialect's terms.
        path: Path,
        /// What shall happen there.
        how: How,
        /// The value that is set, or the item that is added.
        to: Option<Value>,
    },
    /// A new written resource of this kind (in the dialect's terms).
    New(Kind),
    /// The written resource of this address goes away.
    Gone(String),
}

/// What an intent does at its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The value there becomes another; what is missing on the way is made.
    Set,
    /// The list there gets one item more.
    Append,
    /// What is there goes away.
    Remove,
}

/// Where a value is changed that a resource takes from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EditAt {
    /// At the place nearest to where it is written from which only what should change does.
    #[default]
    Nearest,
    /// Where it is written: all that reads it from there changes with it.
    Definition,
    /// Where it is referred to on its way: a literal takes the place of the reference. The one nearest
    /// to where it is written is 0; beyond the last stands the use.
    Reference(usize),
    /// Where it is used: a literal takes the place of the reference.
    Use,
}

/// Where one value is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lang) enum Spot {
    /// Where it is written.
    Definition,
    /// At this reference, on its way.
    Reference(Span),
    /// Where it is used.
    Use,
}

impl EditAt {
    /// Where a value is changed that comes through `references`, that of the use first.
    pub(in crate::lang) fn spot(self, references: &[Span]) -> Spot {
        match self {
            Self::Nearest | Self::Definition => Spot::Definition,
            Self::Use => Spot::Use,
            Self::Reference(position) => match references.len().checked_sub(position + 1) {
                None | Some(0) => Spot::Use,
                Some(index) => Spot::Reference(references[index]),
            },
        }
    }
}

/// Plans `changes`, all of one wish about `resource`; values from elsewhere are changed `at` one of
/// their places.
///
/// # Errors
/// [`Refusal`] names what stands in the way: a computed value, a generated block, an argument that
/// the lens cannot invert.
pub fn plan(
    estate: &Estate,
    id: ResourceId,
    changes: &[Change],
    tree: &dyn SourceTree,
    cache: &Cache,
    at: EditAt,
) -> Result<Planned, Refusal> {
    let resource = estate.resource(id);
    let mut by_written: BTreeMap<WrittenId, Vec<Change>> = BTreeMap::new();
    for change in changes {
        let (fragment, change) = at_home(estate, id, change)?;
        let fragment = &estate.fragments[fragment.0 as usize];
        let written = &estate.written[fragment.of.0 as usize];
        let own = match resource.dialect {
            Dialect::Arm => vec![change],
            Dialect::Terraform | Dialect::Azapi => {
                terraform::lens::invert(written, fragment, &change)?
            }
        };
        by_written.entry(fragment.of).or_default().extend(own);
    }
    let mut planned = Planned {
        plan: Plan {
            edits: Vec::new(),
            ceiling: Applicability::Safe,
            summary: String::new(),
            references: 0,
        },
        hazards: Vec::new(),
        intents: Vec::new(),
    };
    for (id, changes) in by_written {
        let written = &estate.written[id.0 as usize];
        if resource.dialect != Dialect::Arm {
            let hazards = terraform::lens::hazards(written, &changes);
            planned.hazards.extend(hazards);
        }
        let plan = edits(
            written,
            &changes,
            resource.dialect,
            estate,
            (tree, cache, at),
        )?;
        let plan = titled(plan, &changes, written.address.as_str());
        planned.intents.extend(
            changes
                .iter()
                .map(|change| intent(written.address.as_str(), change)),
        );
        add(&mut planned.plan, plan);
    }
    planned.hazards.sort_unstable();
    planned.hazards.dedup();
    if planned.plan.edits.is_empty() {
        return Err(Refusal(
            "There is nothing to edit: the source already says what is wanted.".to_owned(),
        ));
    }
    if !are_disjoint(&planned.plan.edits) {
        return Err(Refusal(
            "The edits for this finding would overlap.".to_owned(),
        ));
    }
    Ok(planned)
}

/// A plan that removes a whole resource names it.
fn titled(mut plan: Plan, changes: &[Change], address: &str) -> Plan {
    if let [Change::Remove { path }] = changes
        && path.0.is_empty()
    {
        plan.summary = format!("Remove `{address}`, which declares it");
    }
    plan
}

/// The edits that carry out `changes` of one written resource, where its text can be edited at all.
fn edits(
    written: &Written,
    changes: &[Change],
    dialect: Dialect,
    estate: &Estate,
    (tree, cache, at): (&dyn SourceTree, &Cache, EditAt),
) -> Result<Plan, Refusal> {
    let (address, origins) = (&written.address, &estate.origins);
    let others = estate.written.iter().filter(|other| {
        written.repeated && other.node == written.node && !std::ptr::eq(*other, written)
    });
    let siblings: Vec<&Written> = others.collect();
    match dialect {
        Dialect::Arm if arm::embedded::has_own_text(written, tree) => {
            arm::plan::plan(written, &siblings, changes, origins, tree, &cache.arm, at)
        }
        Dialect::Arm => Err(Refusal(format!(
            "The template of `{address}` is made by an expression: only one that is a file of its own is edited."
        ))),
        Dialect::Terraform | Dialect::Azapi
            if terraform::plan_json::stands_in_plan(written, tree) =>
        {
            Err(Refusal(format!(
                "`{address}` is known from the plan alone: its source does not stand beside it."
            )))
        }
        Dialect::Terraform | Dialect::Azapi => terraform::plan::plan(
            written,
            &siblings,
            changes,
            origins,
            tree,
            &cache.terraform,
            at,
        ),
    }
}

/// The fragment whose text a change belongs to, and the change spelled from that fragment.
fn at_home(
    estate: &Estate,
    id: ResourceId,
    change: &Change,
) -> Result<(FragmentId, Change), Refusal> {
    let resource = estate.resource(id);
    let nowhere = || {
        let address = &resource.address;
        Refusal(format!(
            "`{address}` is made by the cloud and stands nowhere in the source."
        ))
    };
    let home = |path: &Path| estate.owner(id, path).ok_or_else(nowhere);
    Ok(match change {
        Change::Set { path, to } => {
            let home = home(path)?;
            (
                home.fragment,
                Change::Set {
                    path: home.path,
                    to: to.clone(),
                },
            )
        }
        Change::Append { path, item } => {
            let home = home(path)?;
            (
                home.fragment,
                Change::Append {
                    path: home.path,
                    item: item.clone(),
                },
            )
        }
        Change::Remove { path } => {
            let home = home(path)?;
            (home.fragment, Change::Remove { path: home.path })
        }
        Change::AddResource { .. } => {
            let declaring = resource.fragments.first().copied().ok_or_else(nowhere)?;
            (declaring, change.clone())
        }
    })
}

fn intent(address: &str, change: &Change) -> Intent {
    let at = |path: &Path, how, to: Option<&Value>| Intent::At {
        address: address.to_owned(),
        path: path.clone(),
        how,
        to: to.cloned(),
    };
    match change {
        Change::Set { path, to } => at(path, How::Set, Some(to)),
        Change::Append { path, item } => at(path, How::Append, Some(item)),
        Change::Remove { path } if path.0.is_empty() => Intent::Gone(address.to_owned()),
        Change::Remove { path } => at(path, How::Remove, None),
        Change::AddResource { kind, .. } => Intent::New(kind.clone()),
    }
}

/// Joins the plan of one written resource to those of the others of the same wish.
fn add(plan: &mut Plan, other: Plan) {
    plan.edits.extend(other.edits);
    plan.edits.sort_unstable();
    plan.edits.dedup();
    plan.ceiling = plan.ceiling.min(other.ceiling);
    plan.references = plan.references.max(other.references);
    if plan.summary.is_empty() {
        plan.summary = other.summary;
    } else {
        plan.summary = format!("{}; {}", plan.summary, other.summary);
    }
}

fn are_disjoint(edits: &[Edit]) -> bool {
    edits
        .windows(2)
        .all(|pair| !pair[0].span.touches(pair[1].span))
}
