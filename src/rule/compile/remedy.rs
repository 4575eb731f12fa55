//! Remedies: what would mend a failing target.

use super::condition;
use super::literal::{literal, members};
use super::scope::{Scope, kind, relation};
use crate::edit::{Applicability, Hazard};
use crate::model::Step;
use crate::rule::error::{Fault, Trail};
use crate::rule::schema;
use crate::rule::{Remedy, RemedyChange};

/// All remedies of a target, in order.
pub(super) fn all(
    written: &schema::Many<schema::Fix>,
    scope: Scope<'_>,
    trail: &Trail<'_>,
) -> Result<Vec<Remedy>, Fault> {
    let items = written.0.iter().enumerate();
    items
        .map(|(index, fix)| one(fix, scope, &trail.item(index)))
        .collect()
}

fn one(fix: &schema::Fix, scope: Scope<'_>, trail: &Trail<'_>) -> Result<Remedy, Fault> {
    let changes = changes(fix, scope, trail)?;
    if changes.is_empty() && fix.needs.is_empty() {
        return Err(
            trail.fault("A fix has at least one of `set`, `append`, `remove`, `add`, `needs`")
        );
    }
    let safety = match fix.safety {
        schema::Safety::Manual => Applicability::Manual,
        schema::Safety::Unsafe => Applicability::Unsafe,
        schema::Safety::Safe => Applicability::Safe,
    };
    if safety > Applicability::Manual && !fix.needs.is_empty() {
        let message = "A fix that needs something only a person can choose is `manual`";
        return Err(trail.key("safety").fault(message));
    }
    let mut hazards: Vec<Hazard> = fix
        .hazards
        .iter()
        .map(|hazard| match hazard {
            schema::Hazard::Interrupts => Hazard::Interrupts,
            schema::Hazard::Replaces => Hazard::Replaces,
            schema::Hazard::LocksOut => Hazard::LocksOut,
            schema::Hazard::NeedsInput => Hazard::NeedsInput,
        })
        .collect();
    hazards.sort();
    hazards.dedup();
    Ok(Remedy {
        when: condition::optional(fix.when.as_ref(), scope, &trail.key("when"))?,
        changes,
        safety,
        hazards,
        needs: fix.needs.clone(),
    })
}

fn changes(
    fix: &schema::Fix,
    scope: Scope<'_>,
    trail: &Trail<'_>,
) -> Result<Vec<RemedyChange>, Fault> {
    let mut out = Vec::new();
    let at = trail.key("set");
    for (path, value) in &fix.set.0 {
        let path = scope.field(path, &at.name(path))?;
        if matches!(path.0.last(), Some(Step::Each)) {
            let message = "`set` names a property; an item is added with `append` or taken away with `remove`";
            return Err(at.name(&path.to_string()).fault(message));
        }
        out.push(RemedyChange::Set(path, literal(value)));
    }
    let at = trail.key("append");
    for (path, value) in &fix.append.0 {
        let path = scope.field(path, &at.name(path))?;
        out.push(RemedyChange::Append(path, literal(value)));
    }
    let at = trail.key("remove");
    for (index, path) in fix.remove.0.iter().enumerate() {
        out.push(RemedyChange::Remove(scope.field(path, &at.item(index))?));
    }
    let at = trail.key("add");
    for (index, companion) in fix.add.0.iter().enumerate() {
        let trail = at.item(index);
        let kind = kind(&companion.resource, &trail.key("resource"))?;
        let relation = relation(companion.by, companion.at.as_deref(), scope, &kind, &trail)?;
        out.push(RemedyChange::Add {
            kind,
            relation,
            body: members(&companion.body.0),
        });
    }
    Ok(out)
}
