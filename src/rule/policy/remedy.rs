//! What a definition would do about what it finds: `modify` and `append` change the resource,
//! `deployIfNotExists` deploys a template.

use super::alias::{self, Reading};
use super::deployment;
use super::fault::{Fault, text};
use super::operand::{Operand, Scope, operand};
use crate::edit::{Applicability, Hazard};
use crate::model::{Kind, Path, Step};
use crate::rule::{Condition, Effect, Literal, Remedy, RemedyChange, Subject, Test};
use crate::syntax::json::Node;

/// How far a definition can be turned into a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fixing {
    /// It mends nothing.
    None,
    /// Into changes of the sources.
    Changes,
    /// Only with a value that a person chooses.
    Needs(String),
    /// What it deploys is more than properties of the resource or of one child.
    Beyond(String),
}

impl Fixing {
    /// The better of two.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Changes, _) | (_, Self::Changes) => Self::Changes,
            (Self::None, other) => other,
            (this, _) => this,
        }
    }
}

/// The remedies of `details` for a resource of type `kind`.
pub(super) fn remedies(
    details: Option<Node<'_>>,
    effect: Effect,
    kind: Option<&Kind>,
    scope: &Scope,
) -> Result<(Vec<Remedy>, Fixing), Fault> {
    let Some(details) = details else {
        return Ok((Vec::new(), Fixing::None));
    };
    let changes = match effect {
        Effect::Modify => operations(details, kind, scope)?,
        Effect::Append => appended(details, kind, scope)?,
        Effect::DeployIfNotExists => return Ok(deployed(details, kind, scope)),
        Effect::Audit
        | Effect::Deny
        | Effect::AuditIfNotExists
        | Effect::DenyAction
        | Effect::Manual
        | Effect::Disabled => return Ok((Vec::new(), Fixing::None)),
    };
    Ok(match changes {
        Ok(changes) if changes.is_empty() => (Vec::new(), Fixing::None),
        Ok(changes) => (vec![of(changes)], Fixing::Changes),
        Err(what) => (vec![needing(&what)], Fixing::Needs(what)),
    })
}

fn deployed(details: Node<'_>, kind: Option<&Kind>, scope: &Scope) -> (Vec<Remedy>, Fixing) {
    let Some(kind) = kind else {
        return (Vec::new(), Fixing::None);
    };
    match deployment::changes(details, kind, scope) {
        Ok(changes) => {
            let steps = changes.into_iter().map(|change| Planned {
                change,
                when: Condition::always(),
            });
            (vec![of(steps.collect())], Fixing::Changes)
        }
        Err(deployment::Why::Needs(what)) => (vec![needing(&what)], Fixing::Needs(what)),
        Err(deployment::Why::Beyond(why)) => (Vec::new(), Fixing::Beyond(why)),
    }
}

/// A change and where it is made.
struct Planned {
    change: RemedyChange,
    when: Condition,
}

/// Changes, or what a person must choose first.
type Changes = Result<Vec<Planned>, String>;

/// `operations` of `modify`.
fn operations(details: Node<'_>, kind: Option<&Kind>, scope: &Scope) -> Result<Changes, Fault> {
    let message = "`modify` needs `operations`";
    let operations = details
        .get("operations")
        .filter(|it| it.is_array())
        .ok_or_else(|| Fault::of(details, message))?;
    let mut changes = Vec::new();
    for node in operations.items() {
        let word = node
            .get("operation")
            .ok_or_else(|| Fault::of(node, "An operation needs `operation`"))?;
        let operation = text(word, "`operation`")?.to_ascii_lowercase();
        let Some(path) = path(node, kind, scope)? else {
            continue;
        };
        let mut when = condition(node, scope)?;
        let change = match operation.as_str() {
            "remove" => RemedyChange::Remove(path),
            "add" | "addorreplace" => {
                if operation == "add" && !is_list_item(&path) {
                    when.push(absent(&path));
                }
                match value(node, scope)? {
                    // The one member takes the place of all that were there.
                    Ok(value) if operation == "addorreplace" && is_list_item(&path) => {
                        let list = Path(path.0[..path.0.len() - 1].to_vec());
                        RemedyChange::Set(list, Literal::List(vec![value]))
                    }
                    Ok(value) => set(path, value),
                    Err(what) => return Ok(Err(what)),
                }
            }
            _ => {
                let message = format!("`{operation}` is none of `add`, `addOrReplace`, `remove`");
                return Err(Fault::of(word, message));
            }
        };
        changes.push(Planned {
            change,
            when: Condition::AllOf(when),
        });
    }
    Ok(Ok(changes))
}

/// `details` of `append`.
fn appended(details: Node<'_>, kind: Option<&Kind>, scope: &Scope) -> Result<Changes, Fault> {
    if !details.is_array() {
        return Err(Fault::of(
            details,
            "The details of `append` are an array of fields",
        ));
    }
    let mut changes = Vec::new();
    for node in details.items() {
        let Some(path) = path(node, kind, scope)? else {
            continue;
        };
        let when = if is_list_item(&path) {
            Vec::new()
        } else {
            vec![absent(&path)]
        };
        match value(node, scope)? {
            Ok(value) => changes.push(Planned {
                change: set(path, value),
                when: Condition::AllOf(when),
            }),
            Err(what) => return Ok(Err(what)),
        }
    }
    Ok(Ok(changes))
}

fn path(node: Node<'_>, kind: Option<&Kind>, scope: &Scope) -> Result<Option<Path>, Fault> {
    let field = node
        .get("field")
        .ok_or_else(|| Fault::of(node, "Here `field` is missing"))?;
    let Operand::Known(Literal::String(name)) = operand(field, scope)? else {
        return Ok(None);
    };
    let found = alias::field(&name).map_err(|message| Fault::of(field, message))?;
    scope.notes.borrow_mut().met(&found);
    let reading = match kind {
        Some(kind) => found.on(kind),
        None => match found.places.first() {
            Some((None, path)) => Reading::At(path.clone()),
            _ => Reading::Nothing,
        },
    };
    Ok(match reading {
        Reading::At(path) => Some(path),
        Reading::Nothing | Reading::Unknown => None,
    })
}

fn value(node: Node<'_>, scope: &Scope) -> Result<Result<Literal, String>, Fault> {
    let value = node
        .get("value")
        .ok_or_else(|| Fault::of(node, "Here `value` is missing"))?;
    Ok(match operand(value, scope)? {
        Operand::Known(literal) => Ok(literal),
        Operand::Open(formula) => Err(format!("the value of `{}`", formula.text)),
    })
}

/// `condition` of an operation: an expression that is true or false.
fn condition(node: Node<'_>, scope: &Scope) -> Result<Vec<Condition>, Fault> {
    let Some(condition) = node.get("condition") else {
        return Ok(Vec::new());
    };
    let subject = match operand(condition, scope)? {
        Operand::Known(literal) => Subject::Value(literal),
        Operand::Open(formula) => Subject::Formula(formula),
    };
    Ok(vec![Condition::Is(
        subject,
        Test::Equals(Literal::Bool(true)),
    )])
}

fn absent(path: &Path) -> Condition {
    Condition::Is(Subject::Field(path.clone()), Test::Exists(false))
}

fn is_list_item(path: &Path) -> bool {
    matches!(path.0.last(), Some(Step::Each))
}

fn set(mut path: Path, value: Literal) -> RemedyChange {
    if is_list_item(&path) {
        path.0.pop();
        return RemedyChange::Append(path, value);
    }
    RemedyChange::Set(path, value)
}

/// One remedy of all changes, where all their conditions hold.
fn of(steps: Vec<Planned>) -> Remedy {
    let (mut changes, mut when) = (Vec::new(), Vec::new());
    for step in steps {
        changes.push(step.change);
        if let Condition::AllOf(parts) = step.when {
            when.extend(parts);
        }
    }
    let closes = changes.iter().any(closes);
    Remedy {
        when: Condition::AllOf(when),
        safety: if closes {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        },
        hazards: if closes {
            vec![Hazard::LocksOut]
        } else {
            Vec::new()
        },
        needs: Vec::new(),
        changes,
    }
}

/// Returns `true` if someone who can reach the resource today may not tomorrow.
fn closes(change: &RemedyChange) -> bool {
    const GATES: [&str; 9] = [
        "publicnetworkaccess",
        "networkacls",
        "localauth",
        "sharedkeyaccess",
        "adminuserenabled",
        "publicaccess",
        "networkruleset",
        "firewall",
        "anonymous",
    ];
    let (RemedyChange::Set(path, _) | RemedyChange::Append(path, _) | RemedyChange::Remove(path)) =
        change
    else {
        return false;
    };
    let pattern = path.pattern();
    GATES.iter().any(|gate| pattern.contains(gate))
}

fn needing(what: &str) -> Remedy {
    Remedy {
        when: Condition::always(),
        changes: Vec::new(),
        safety: Applicability::Manual,
        hazards: Vec::new(),
        needs: vec![what.to_owned()],
    }
}
