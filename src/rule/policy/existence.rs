//! `auditIfNotExists` and `deployIfNotExists`: the resource that must be there beside the one that
//! is judged.

use super::alias;
use super::clause::{Clause, Left, clause};
use super::fault::{Fault, optional_text, text};
use super::kinds;
use super::operand::{Operand, Scope, operand};
use super::specialise::{About, Folded, specialise};
use crate::model::{Kind, Path, Relation};
use crate::rule::{Condition, Elsewhere, Related, Subject, Test, Word};
use crate::syntax::json::Node;

/// `details` of an effect that looks for another resource.
#[derive(Clone, Debug)]
pub(super) struct Existence {
    /// Its type.
    pub(super) kind: Kind,
    /// What it must be called.
    name: Option<Clause>,
    /// Its `kind` property.
    sort: Option<String>,
    /// What one of them must fulfil.
    condition: Option<Clause>,
    /// Whether it is looked for in a named group.
    group: bool,
}

/// Types that stand on any resource, beside those of the table in the documentation of extension
/// resource types: <https://learn.microsoft.com/azure/azure-resource-manager/management/extension-resource-types>
const EXTENSIONS: [&str; 26] = [
    "Microsoft.Advisor/",
    "Microsoft.AlertsManagement/",
    "Microsoft.Authorization/",
    "Microsoft.Automanage/configurationProfileAssignments",
    "Microsoft.Automanage/configurationProfileHCIAssignments",
    "Microsoft.Billing/",
    "Microsoft.Capacity/",
    "Microsoft.Chaos/targets",
    "Microsoft.Consumption/",
    "Microsoft.CostManagement/",
    "Microsoft.CustomProviders/associations",
    "Microsoft.DataProtection/backupInstances",
    "Microsoft.EventGrid/eventSubscriptions",
    "Microsoft.EventGrid/extensionTopics",
    "Microsoft.GuestConfiguration/",
    "Microsoft.Insights/dataCollectionRuleAssociations",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Insights/guestDiagnosticSettings",
    "Microsoft.Insights/logs",
    "Microsoft.KubernetesConfiguration/",
    "Microsoft.Maintenance/configurationAssignments",
    "Microsoft.Maintenance/applyUpdates",
    "Microsoft.PolicyInsights/",
    "Microsoft.Resources/links",
    "Microsoft.Security/",
    "Microsoft.SerialConsole/",
];

/// Reads `details`; `None` where the type of what is looked for is not settled by the definition.
pub(super) fn existence(
    details: Option<Node<'_>>,
    then: Node<'_>,
    scope: &Scope,
) -> Result<Option<Existence>, Fault> {
    let details = details.ok_or_else(|| Fault::of(then, "This effect needs `details`"))?;
    let message = "The details of this effect need `type`";
    let kind = details
        .get("type")
        .ok_or_else(|| Fault::of(details, message))?;
    let kind = match operand(kind, scope)? {
        Operand::Known(crate::rule::Literal::String(text)) => kinds::kind(&text),
        Operand::Open(_) => return Ok(None),
        Operand::Known(_) => return Err(Fault::of(kind, "`type` is a text")),
    };
    let condition = details.get("existenceCondition");
    let condition = condition.map(|it| clause(it, scope)).transpose()?;
    let name = details.get("name").map(|it| named(it, scope)).transpose()?;
    if let Some(reach) = details.get("existenceScope") {
        let word = text(reach, "`existenceScope`")?;
        if !["subscription", "resourcegroup"].contains(&word.to_ascii_lowercase().as_str())
            && !word.starts_with('[')
        {
            let message = format!("`{word}` is neither `resourceGroup` nor `subscription`");
            return Err(Fault::of(reach, message));
        }
    }
    Ok(Some(Existence {
        kind,
        name,
        sort: optional_text(details, "kind")?,
        condition,
        group: details.get("resourceGroupName").is_some(),
    }))
}

/// `name`: the last part, or the whole name where it has several parts.
fn named(node: Node<'_>, scope: &Scope) -> Result<Clause, Fault> {
    let field = |name: &str| {
        alias::field(name)
            .map(Left::Field)
            .map_err(|message| Fault::of(node, message))
    };
    Ok(match operand(node, scope)? {
        Operand::Known(literal) => {
            let whole =
                matches!(&literal, crate::rule::Literal::String(text) if text.contains('/'));
            let left = field(if whole { "fullName" } else { "name" })?;
            Clause::Is(left, Test::Equals(literal))
        }
        Operand::Open(formula) => {
            let equals = || Test::Open(Word::Equals, std::sync::Arc::clone(&formula));
            Clause::Any(vec![
                Clause::Is(field("name")?, equals()),
                Clause::Is(field("fullName")?, equals()),
            ])
        }
    })
}

impl Existence {
    /// What a resource of type `kind` must fulfil.
    pub(super) fn require(&self, kind: &Kind) -> Condition {
        if *kind == self.kind {
            return self.fulfilled().condition();
        }
        self.related(self.relation(kind))
    }

    /// What a resource of any type must fulfil.
    pub(super) fn require_of_any(&self) -> Condition {
        self.related(if is_extension(&self.kind) {
            (Relation::Extension, Elsewhere::Fail)
        } else {
            (Relation::Beside, Elsewhere::Undecided)
        })
    }

    fn related(&self, (relation, elsewhere): (Relation, Elsewhere)) -> Condition {
        Condition::Related(Box::new(Related {
            kind: self.kind.clone(),
            relation,
            condition: self.meant().condition(),
            require: self.fulfilled().condition(),
            elsewhere,
        }))
    }

    /// What a resource of the wanted type must fulfil.
    pub(super) fn fulfilled(&self) -> Folded {
        self.condition
            .as_ref()
            .map_or(Folded::True, |it| specialise(it, About::Kind(&self.kind)))
    }

    /// Which of the resources of the wanted type are meant.
    pub(super) fn meant(&self) -> Folded {
        let name = self
            .name
            .as_ref()
            .map(|it| specialise(it, About::Kind(&self.kind)).condition());
        let sort = self.sort.as_ref().map(|sort| {
            let sort = crate::rule::Literal::String(std::sync::Arc::from(sort.as_str()));
            Condition::Is(
                Subject::Field(Path::default().member("kind")),
                Test::Equals(sort),
            )
        });
        let mut parts: Vec<Condition> = name.into_iter().chain(sort).collect();
        match parts.len() {
            0 => Folded::True,
            1 => parts.pop().map_or(Folded::True, Folded::Open),
            _ => Folded::Open(Condition::AllOf(parts)),
        }
    }

    fn relation(&self, kind: &Kind) -> (Relation, Elsewhere) {
        let (outer, inner) = (kind.key(), self.kind.key());
        let below = |outer: &str, inner: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if self.group {
            return (Relation::Beside, Elsewhere::Undecided);
        }
        if below(&outer, &inner) {
            return (Relation::Child, Elsewhere::Fail);
        }
        if is_extension(&self.kind) {
            return (Relation::Extension, Elsewhere::Fail);
        }
        if below(&inner, &outer) {
            return (Relation::Parent, Elsewhere::Undecided);
        }
        (Relation::Beside, Elsewhere::Undecided)
    }
}

/// Returns `true` if resources of this type stand on other resources.
pub(super) fn is_extension(kind: &Kind) -> bool {
    let key = kind.key();
    EXTENSIONS.iter().any(|it| {
        let it = it.to_ascii_lowercase();
        key == it || (it.ends_with('/') && key.starts_with(&it))
    })
}
