//! From a wish in the cloud's terms to edits: finds the fragments that own what shall change, asks
//! the lens for the dialect's own terms, and the dialect's planner for the bytes.

pub(in crate::lang) mod collection;
pub(in crate::lang) mod json;
pub(in crate::lang) mod layout;
pub(in crate::lang) mod merge;
mod planned;
pub(in crate::lang) mod splice;
pub(in crate::lang) mod summary;
pub(in crate::lang) mod trivia;
pub(in crate::lang) mod wish;

use std::collections::BTreeMap;

use crate::edit::{Applicability, Edit, Refusal};
use crate::lang::{Cache, arm, terraform};
use crate::model::{
    Change, Dialect, Estate, FragmentId, Path, ResourceId, Value, Written, WrittenId,
};
use crate::source::SourceTree;

pub(in crate::lang) use planned::Spot;
pub use planned::{EditAt, How, Intent, Plan, Planned};

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
    let siblings: Vec<&Written> = if written.repeated {
        let others = estate.written.iter();
        others
            .filter(|other| other.node == written.node && !std::ptr::eq(*other, written))
            .collect()
    } else {
        Vec::new()
    };
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
