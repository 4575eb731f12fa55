//! What the data in `rules/shapes` says of how resources are folded together. Shared with the build
//! script, so it knows serde alone.

use serde::{Deserialize, Serialize};

/// All shapes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shapes {
    /// Child types that can also be written inside their parent.
    pub children: Vec<ChildShape>,
    /// Terraform types that only say more about another.
    pub companions: Vec<CompanionShape>,
    /// The type that a private endpoint's group id means.
    pub private_endpoint_groups: Vec<GroupShape>,
}

/// A child type that can also be written inside its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildShape {
    /// The parent's type.
    pub parent: String,
    /// The child's type.
    pub child: String,
    /// The list in the parent of which the child is an item.
    #[serde(default)]
    pub list: Option<String>,
    /// The object in the parent that the child's `properties` are.
    #[serde(default)]
    pub object: Option<String>,
    /// The child's own name, where only that one is meant.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the service gives every parent this child, though nobody writes it.
    #[serde(default)]
    pub always: bool,
    /// Whether the item in the list has the child's `properties` directly, beside its name.
    #[serde(default)]
    pub flat: bool,
    /// Whether what stands in the parent is not given as a child too: the child only says a part of it.
    #[serde(default)]
    pub folds_only: bool,
}

/// A Terraform type that only says more about another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanionShape {
    /// The type that it is about.
    pub base: String,
    /// The type itself.
    pub companion: String,
    /// The argument that names the base.
    pub by: String,
    /// The member of the base that holds it; its own type when left out.
    #[serde(default)]
    pub member: Option<String>,
    /// Whether a base can have several, so that the member is a list.
    #[serde(default)]
    pub items: bool,
    /// Only where this argument has this value.
    #[serde(default)]
    pub only: Option<Only>,
    /// Arguments that the member calls otherwise; `name[]` makes a list of one.
    #[serde(default)]
    pub renamed: Vec<Renamed>,
}

/// A value that an argument must have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// The argument.
    pub argument: String,
    /// Its value.
    pub equals: String,
}

/// An argument that the member calls otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// What the companion calls it.
    pub from: String,
    /// What the member calls it.
    pub to: String,
}

/// The type that a private endpoint's group id means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupShape {
    /// The group id.
    pub group: String,
    /// The types of resources that have it.
    pub kinds: Vec<String>,
}
