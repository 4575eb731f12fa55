//! From a definition in one use (with values for its parameters) to a rule, or to the reason why
//! nothing can be judged before deployment.

use std::sync::Arc;

use super::clause::{Clause, clause};
use super::definition::{Definition, Mode};
use super::existence::{Existence, existence};
use super::fault::Fault;
use super::initiative::last;
use super::kinds::candidates;
use super::operand::{Notes, Operand, Scope, operand};
use super::parameters::{Values, bind};
use super::remedy::{self, Fixing};
use super::specialise::{About, Folded, specialise};
use crate::model::{Entry, Kind, Origin, Value};
use crate::rule::{
    Condition, Control, Effect, Exemption, Literal, Policy, Reach, Recommendation, Remedy, Rule,
    Severity, Subject, Target, Test,
};

/// How a definition is used.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    /// Values of its parameters.
    pub(super) values: Values,
    /// The effect in place of its own.
    pub(super) effect: Option<Effect>,
    /// The initiative's name and title.
    pub(super) initiative: Option<(String, String)>,
    /// What the initiative calls it.
    pub(super) reference: Option<String>,
    /// The same, where the initiative has it more than once.
    pub(super) suffix: Option<String>,
    pub(super) groups: Vec<String>,
    /// The version that is asked for.
    pub(super) version: Option<String>,
    /// The assignment's name.
    pub(super) assignment: Option<String>,
    pub(super) unenforced: bool,
    pub(super) exemption: Option<Exemption>,
    /// What holds of the resources that the assignment has it for.
    pub(super) selected: Vec<Clause>,
    /// Whether a parameter without a value is a fault.
    pub(super) strict: bool,
}

/// What became of a definition.
#[derive(Clone, Debug)]
pub(super) struct Translated {
    pub(super) effect: Option<Effect>,
    /// The rule, or why there is none.
    pub(super) rule: Result<Rule, String>,
    pub(super) notes: Notes,
    pub(super) fixing: Fixing,
}

/// Why a definition that does not settle what it looks for is not judged.
const OPEN_TYPE: &str = "The type of what it looks for depends on what is deployed.";

/// Translates `definition`.
pub(super) fn translate(definition: &Definition<'_>, usage: &Usage) -> Result<Translated, Fault> {
    let refused = |effect, reason: String| {
        Ok(Translated {
            effect,
            rule: Err(reason),
            notes: Notes::default(),
            fixing: Fixing::None,
        })
    };
    if let Some(reason) = of_data(&definition.mode) {
        return refused(None, reason);
    }
    let policy = about_policy(definition, usage);
    let scope = bind(
        &definition.parameters,
        &usage.values,
        Some(policy),
        usage.strict,
    )?;
    let effect = match effect(definition, usage, &scope)? {
        Ok(effect) => effect,
        Err(reason) => return refused(None, reason),
    };
    if let Some(reason) = acts_later(effect) {
        return refused(Some(effect), reason.to_owned());
    }
    let assessed = judged_as(definition, effect);
    let condition = clause(definition.condition, &scope)?;
    let existence = match assessed {
        Effect::AuditIfNotExists | Effect::DeployIfNotExists => {
            match existence(definition.details, definition.then, &scope)? {
                Some(existence) => Some(existence),
                None => return refused(Some(effect), OPEN_TYPE.to_owned()),
            }
        }
        Effect::Audit
        | Effect::Deny
        | Effect::Modify
        | Effect::Append
        | Effect::DenyAction
        | Effect::Manual
        | Effect::Disabled => None,
    };
    if let Some(reason) = out_of_view(&condition, existence.as_ref()) {
        return refused(Some(effect), reason);
    }
    let (targets, fixing) = targets(definition, assessed, &condition, existence.as_ref(), &scope)?;
    let targets = selected(targets, usage);
    let notes = scope.notes.borrow().clone();
    let rule = if targets.is_empty() {
        Err(nothing_left(usage).to_owned())
    } else {
        Ok(rule(definition, usage, effect, targets))
    };
    Ok(Translated {
        effect: Some(effect),
        rule,
        notes,
        fixing,
    })
}

/// Why what a mode assesses is in no template.
fn of_data(mode: &Mode) -> Option<String> {
    match mode {
        Mode::Data(mode) => Some(format!(
            "Its mode `{mode}` is of the data plane: it judges what a service holds, not what a template declares."
        )),
        Mode::Indexed | Mode::All => None,
    }
}

/// Why a definition has no target.
fn nothing_left(usage: &Usage) -> &'static str {
    if usage.selected.is_empty() {
        "It speaks of subscriptions, management groups or nothing at all, which no template declares."
    } else {
        "It speaks of no resource that the assignment selects."
    }
}

/// The targets on those resources alone that the assignment selects.
fn selected(targets: Vec<Target>, usage: &Usage) -> Vec<Target> {
    let selection = Clause::All(usage.selected.clone());
    let narrowed = targets.into_iter().flat_map(|target| {
        let kinds: Vec<Option<Kind>> = match target.kinds.as_slice() {
            [] => vec![None],
            kinds => kinds.iter().cloned().map(Some).collect(),
        };
        let selection = &selection;
        kinds.into_iter().filter_map(move |kind| {
            let about = kind.as_ref().map_or(About::Any, About::Kind);
            let when = match specialise(selection, about) {
                Folded::True => target.when.clone(),
                Folded::False => return None,
                Folded::Open(condition) => Condition::AllOf(vec![condition, target.when.clone()]),
            };
            Some(Target {
                kinds: kind.into_iter().collect(),
                when,
                ..target.clone()
            })
        })
    });
    let mut targets: Vec<Target> = Vec::new();
    narrowed.for_each(|target| add(&mut targets, target));
    targets
}

/// What `policy()` gives.
fn about_policy(definition: &Definition<'_>, usage: &Usage) -> Value {
    let entry = |key: &str, value: &str| Entry {
        key: Arc::from(key),
        value: Value::string(value, Origin::NOWHERE),
    };
    let set = usage.initiative.as_ref().map_or("", |(name, _)| name);
    let assignment = usage.assignment.as_deref().unwrap_or_default();
    let reference = usage.reference.as_deref().unwrap_or_default();
    let entries = vec![
        entry("definitionId", &definition.id),
        entry("setDefinitionId", set),
        entry("assignmentId", assignment),
        entry("definitionReferenceId", reference),
    ];
    Value::map(entries, Origin::NOWHERE)
}

/// Effects on what runs, or on what is asked of it.
const RUNTIME: [&str; 6] = [
    "auditAction",
    "mutate",
    "enforceSetting",
    "enforceOPAConstraint",
    "enforceRegoPolicy",
    "addToNetworkGroup",
];

/// The effect in force; a reason where it is one that acts on what runs.
fn effect(
    definition: &Definition<'_>,
    usage: &Usage,
    scope: &Scope,
) -> Result<Result<Effect, String>, Fault> {
    let word = match operand(definition.effect, scope)? {
        Operand::Known(Literal::String(word)) => word,
        Operand::Open(_) if usage.effect.is_some() => Arc::from(""),
        Operand::Open(formula) => match formula.evaluate(&mut super::operand::Nowhere).as_unknown()
        {
            // Any value that the parameter allows says what the definition looks at.
            Some(unknown) => {
                let allowed = unknown.domain.iter().flatten().filter_map(Value::as_str);
                let mut allowed = allowed.filter(|it| !it.eq_ignore_ascii_case("disabled"));
                Arc::from(allowed.next().unwrap_or("audit"))
            }
            None => Arc::from("audit"),
        },
        Operand::Known(_) => return Err(Fault::of(definition.effect, "`effect` is a text")),
    };
    if let Some(effect) = usage.effect {
        return Ok(Ok(effect));
    }
    if let Some(effect) = Effect::of(&word) {
        return Ok(Ok(effect));
    }
    if RUNTIME.iter().any(|it| it.eq_ignore_ascii_case(&word)) {
        let reason = format!(
            "Its effect `{word}` acts on what runs or is asked of it, not on what is deployed."
        );
        return Ok(Err(reason));
    }
    Err(Fault::of(
        definition.effect,
        format!("`{word}` is no effect"),
    ))
}

fn acts_later(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::Manual => Some("Its effect `manual` waits for a person's attestation."),
        Effect::DenyAction => {
            Some("Its effect `denyAction` is about deleting, not about deploying.")
        }
        Effect::Audit
        | Effect::Deny
        | Effect::AuditIfNotExists
        | Effect::DeployIfNotExists
        | Effect::Modify
        | Effect::Append
        | Effect::Disabled => None,
    }
}

/// A definition that is switched off is still compiled, by what its details are about.
fn judged_as(definition: &Definition<'_>, effect: Effect) -> Effect {
    let has = |key| definition.details.is_some_and(|it| it.get(key).is_some());
    match effect {
        Effect::Disabled if has("operations") => Effect::Modify,
        Effect::Disabled if has("deployment") => Effect::DeployIfNotExists,
        Effect::Disabled if has("type") => Effect::AuditIfNotExists,
        Effect::Disabled => Effect::Audit,
        // One definition may offer both words; what it looks for is in its details.
        Effect::Audit if has("type") && has("existenceCondition") => Effect::AuditIfNotExists,
        other => other,
    }
}

/// Why what it reads is never in a template.
fn out_of_view(condition: &Clause, existence: Option<&Existence>) -> Option<String> {
    let of = |kind: &Kind| {
        let key = kind.key();
        if key.starts_with("microsoft.guestconfiguration/") {
            Some(format!(
                "It reads `{kind}`, what an agent found inside a machine."
            ))
        } else if key.starts_with("microsoft.security/assessments")
            || key.starts_with("microsoft.security/sqlvulnerabilityassessments")
            || key == "microsoft.security/complianceresults"
        {
            Some(format!(
                "It reads `{kind}`, what Defender for Cloud found in what runs."
            ))
        } else {
            None
        }
    };
    let kinds = candidates(condition);
    let first = existence.and_then(|it| of(&it.kind));
    first.or_else(|| match kinds.as_slice() {
        [only] => of(only),
        _ => None,
    })
}

/// The targets of a rule, and how the definition would mend what it finds.
fn targets(
    definition: &Definition<'_>,
    effect: Effect,
    condition: &Clause,
    existence: Option<&Existence>,
    scope: &Scope,
) -> Result<(Vec<Target>, Fixing), Fault> {
    let reach = match definition.mode {
        Mode::Indexed => Reach::Indexed,
        Mode::All | Mode::Data(_) => Reach::Every,
    };
    let mut fixing = Fixing::None;
    let mut targets: Vec<Target> = Vec::new();
    if specialise(condition, About::Other) != Folded::False {
        let folded = specialise(condition, About::Any);
        let remedies = remedies(definition, effect, None, scope, &mut fixing)?;
        targets.push(match existence {
            None => judged(folded, Vec::new(), reach, remedies),
            Some(existence) => Target {
                kinds: Vec::new(),
                reach,
                when: folded.condition(),
                require: existence.require_of_any(),
                at: Vec::new(),
                remedies,
            },
        });
        return Ok((targets, fixing));
    }
    for kind in candidates(condition) {
        let folded = specialise(condition, About::Kind(&kind));
        if folded == Folded::False {
            continue;
        }
        let is_subscription = kind.is("Microsoft.Resources/subscriptions")
            || kind.is("Microsoft.Management/managementGroups");
        let target = match existence {
            Some(existence) if is_subscription => Some(declared(existence, folded)),
            None if is_subscription => None,
            Some(existence) => {
                let remedies = remedies(definition, effect, Some(&kind), scope, &mut fixing)?;
                Some(Target {
                    when: folded.condition(),
                    require: existence.require(&kind),
                    at: Vec::new(),
                    remedies,
                    reach: Reach::Named,
                    kinds: vec![kind],
                })
            }
            None => {
                let remedies = remedies(definition, effect, Some(&kind), scope, &mut fixing)?;
                Some(judged(folded, vec![kind], Reach::Named, remedies))
            }
        };
        if let Some(target) = target {
            add(&mut targets, target);
        }
    }
    Ok((targets, fixing))
}

fn remedies(
    definition: &Definition<'_>,
    effect: Effect,
    kind: Option<&Kind>,
    scope: &Scope,
    fixing: &mut Fixing,
) -> Result<Vec<Remedy>, Fault> {
    let (remedies, how) = remedy::remedies(definition.details, effect, kind, scope)?;
    *fixing = fixing.clone().or(how);
    Ok(remedies)
}

/// Types of which the same is said share a target.
fn add(targets: &mut Vec<Target>, new: Target) {
    let same = targets
        .iter_mut()
        .find(|it| it.when == new.when && it.require == new.require && it.remedies == new.remedies);
    match same {
        Some(target) => target.kinds.extend(new.kinds),
        None => targets.push(new),
    }
}

/// A target that fails where `folded` holds. What nobody would change to comply (its name, its kind)
/// says where it applies; the rest is what must not be so.
fn judged(folded: Folded, kinds: Vec<Kind>, reach: Reach, remedies: Vec<Remedy>) -> Target {
    let parts = match folded.condition() {
        Condition::AllOf(parts) => parts,
        other => vec![other],
    };
    let (mut fixed, mut rest): (Vec<Condition>, Vec<Condition>) =
        parts.into_iter().partition(is_fixed);
    if rest.is_empty() {
        std::mem::swap(&mut fixed, &mut rest);
    }
    let only = if rest.len() == 1 { rest.pop() } else { None };
    let require = match only {
        Some(Condition::Not(inner)) => *inner,
        Some(other) => Condition::Not(Box::new(other)),
        None => Condition::Not(Box::new(Condition::AllOf(rest))),
    };
    Target {
        kinds,
        reach,
        when: Condition::AllOf(fixed),
        require,
        at: Vec::new(),
        remedies,
    }
}

/// Returns `true` if nothing of what it reads is changed to comply.
fn is_fixed(condition: &Condition) -> bool {
    const FIXED: [&str; 6] = ["name", "fullname", "type", "kind", "id", "location"];
    match condition {
        Condition::AllOf(parts) | Condition::AnyOf(parts) => parts.iter().all(is_fixed),
        Condition::Not(inner) => is_fixed(inner),
        Condition::Is(subject, test) => {
            let reads_nothing = |formula: &crate::rule::Formula| {
                let mut named = formula.named().into_iter();
                named.all(|(function, _)| !["field", "current"].contains(&function.as_str()))
            };
            let operand = match test {
                Test::Open(_, formula) => reads_nothing(formula),
                _ => true,
            };
            operand
                && match subject {
                    Subject::Field(path) => FIXED.contains(&path.pattern().as_str()),
                    Subject::Value(_) => true,
                    Subject::Formula(formula) => reads_nothing(formula),
                    Subject::Count(_) | Subject::Unresolved(_) => false,
                }
        }
        Condition::Related(_) => false,
    }
}

/// What a subscription must have is judged where it is declared.
fn declared(existence: &Existence, folded: Folded) -> Target {
    let parts = [folded.condition(), existence.meant().condition()];
    let [of_subscription, meant] = parts;
    Target {
        kinds: vec![existence.kind.clone()],
        reach: Reach::Named,
        when: Condition::AllOf(vec![meant, foreign(of_subscription)]),
        require: existence.fulfilled().condition(),
        at: Vec::new(),
        remedies: Vec::new(),
    }
}

/// The condition where its fields are those of a resource that is not in view.
fn foreign(condition: Condition) -> Condition {
    let all = |parts: Vec<Condition>| parts.into_iter().map(foreign).collect();
    match condition {
        Condition::AllOf(parts) => Condition::AllOf(all(parts)),
        Condition::AnyOf(parts) => Condition::AnyOf(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(foreign(*inner))),
        Condition::Is(Subject::Field(path), test) => {
            let name = format!("{path} of the subscription");
            Condition::Is(Subject::Unresolved(Arc::from(name)), test)
        }
        other => other,
    }
}

fn rule(definition: &Definition<'_>, usage: &Usage, effect: Effect, targets: Vec<Target>) -> Rule {
    let mut id = format!("policy-{}", slug(last(&definition.name)));
    if let Some(suffix) = &usage.suffix {
        id = format!("{id}-{}", slug(suffix));
    }
    let standard = usage.initiative.as_ref().map(|(_, title)| slug(title));
    let controls = usage.groups.iter().map(|group| Control {
        standard: standard.clone().unwrap_or_default(),
        id: group.clone(),
    });
    let title = definition.title.trim().to_owned();
    let why = definition.description.trim();
    Rule {
        id: Arc::from(id),
        cloud: "azure".to_owned(),
        recommendation: Recommendation {
            key: None,
            policy: Some(last(&definition.name).to_owned()),
            category: definition.category.clone(),
            controls: controls.collect(),
        },
        severity: Severity::Medium,
        severity_is_ours: true,
        enabled: effect != Effect::Disabled,
        targets,
        why: if why.is_empty() {
            title.clone()
        } else {
            why.to_owned()
        },
        steps: format!(
            "Change the resource so that it complies with the policy definition `{}`, whose effect is {}.",
            definition.name,
            effect.word()
        ),
        policy: Some(Arc::new(Policy {
            name: definition.name.clone(),
            id: definition.id.clone(),
            version: definition.version.clone(),
            effect,
            initiative: usage.initiative.as_ref().map(|(_, title)| title.clone()),
            groups: usage.groups.clone(),
            assignment: usage.assignment.clone(),
            enforced: !usage.unenforced,
            exemption: usage.exemption.clone(),
        })),
        title,
    }
}

/// A name as a part of a rule id: lower-case words joined by `-`.
pub(super) fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}
