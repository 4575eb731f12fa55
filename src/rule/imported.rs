//! What an imported rule says of the policy definition it was made from.

/// Where an imported rule comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The definition's name: a GUID for built-in ones.
    pub name: String,
    /// The definition's whole id.
    pub id: String,
    /// The definition's version, where it says one.
    pub version: Option<String>,
    /// What happens to what it finds.
    pub effect: Effect,
    /// The initiative that it is a member of.
    pub initiative: Option<String>,
    /// The groups (controls) of the initiative that it stands in.
    pub groups: Vec<String>,
    /// The assignment that puts it into force.
    pub assignment: Option<String>,
    /// `false` where the assignment does not enforce it.
    pub enforced: bool,
    /// Why what it finds is accepted.
    pub exemption: Option<Exemption>,
}

impl Policy {
    /// Returns `true` if a deployment that it finds fault with is refused.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.effect == Effect::Deny && self.enforced && self.exemption.is_none()
    }
}

/// An exemption that covers a whole assignment or a definition of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// `Waiver` or `Mitigated`.
    pub category: String,
    /// When it ends, as written.
    pub expires: Option<String>,
    /// What it is called.
    pub name: String,
}

/// What Azure Policy does with what a definition finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Reports it.
    Audit,
    /// Refuses the deployment.
    Deny,
    /// Reports that a related resource is missing.
    AuditIfNotExists,
    /// Deploys what is missing.
    DeployIfNotExists,
    /// Changes properties or tags.
    Modify,
    /// Adds fields to the request.
    Append,
    /// Refuses deletions.
    DenyAction,
    /// Waits for an attestation.
    Manual,
    /// Does nothing.
    Disabled,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 9] = [
        Self::Audit,
        Self::Deny,
        Self::AuditIfNotExists,
        Self::DeployIfNotExists,
        Self::Modify,
        Self::Append,
        Self::DenyAction,
        Self::Manual,
        Self::Disabled,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Deny => "deny",
            Self::AuditIfNotExists => "auditIfNotExists",
            Self::DeployIfNotExists => "deployIfNotExists",
            Self::Modify => "modify",
            Self::Append => "append",
            Self::DenyAction => "denyAction",
            Self::Manual => "manual",
            Self::Disabled => "disabled",
        }
    }

    /// The effect that `word` means, ignoring case.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|effect| effect.word().eq_ignore_ascii_case(word))
    }
}
