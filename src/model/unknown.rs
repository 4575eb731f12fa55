use std::sync::Arc;

use super::{Address, Identity, Type, Value};

/// A value that this run cannot know, with everything that is still known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// Why it is not known.
    pub why: Why,
    /// Its type, where that is known.
    pub ty: Option<Type>,
    /// `true` when it is certain not to be null: such a value *exists*.
    pub not_null: bool,
    /// Every value it can take, where that is a short list (a bool, `allowedValues`).
    pub domain: Option<Vec<Value>>,
    /// The input that decides it, where it is one input.
    pub input: Option<InputRef>,
    /// The resource whose attribute it is (`azurerm_x.y.id`, `resourceId(…)`).
    pub points_to: Option<Arc<PointsTo>>,
    /// What its text starts and ends with, where that is known; empty where it is not.
    pub affixes: Option<Arc<Affixes>>,
    /// A canonical spelling of the computation. Two unknowns of one unit with equal terms are the
    /// same value, whatever it is.
    pub term: Option<Arc<str>>,
}

/// The known ends of a text whose middle is not known: `"serviceAccount:${…}"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affixes {
    /// What it starts with.
    pub prefix: String,
    /// What it ends with.
    pub suffix: String,
}

impl Affixes {
    /// Returns `true` if a text with these ends can be `text`, ignoring ASCII case.
    #[must_use]
    pub fn fit(&self, text: &str) -> bool {
        let length = self.prefix.len() + self.suffix.len();
        let starts = text.get(..self.prefix.len());
        let ends = text
            .len()
            .checked_sub(self.suffix.len())
            .and_then(|at| text.get(at..));
        text.len() >= length
            && starts.is_some_and(|it| it.eq_ignore_ascii_case(&self.prefix))
            && ends.is_some_and(|it| it.eq_ignore_ascii_case(&self.suffix))
    }
}

/// Why a value is unknown. These are the only reasons a user ever reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A variable or parameter without a value.
    Input,
    /// An attribute that the provider or the service computes.
    Computed,
    /// A data source, `reference()`, `list*()`: read from what is deployed.
    DataSource,
    /// A module or linked template that is not in the workspace.
    MissingModule,
    /// The clock or chance: `timestamp()`, `uuid()`, `newGuid()`, `utcNow()`.
    Nondeterministic,
    /// Its base or parent is declared elsewhere, out of view.
    Elsewhere,
    /// A named limit stopped the evaluation.
    Limit,
    /// The configuration is in error here; a notice says how.
    Invalid,
    /// It may stand in a part of its block that could not be read.
    Unread,
    /// This program does not evaluate the construct yet; a notice says which.
    Unsupported,
}

/// The one input that decides a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputRef(pub Arc<str>);

/// What an unknown reference points to.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsTo {
    /// The resource in this unit, where it is declared here.
    pub address: Option<Address>,
    /// The resource by kind and names, where those are known.
    pub identity: Option<Identity>,
    /// The attribute: `id`, `name`, a property path.
    pub attribute: Arc<str>,
}

impl Unknown {
    /// An unknown of which nothing is known but the reason.
    #[must_use]
    pub fn because(why: Why) -> Self {
        Self {
            why,
            ty: None,
            not_null: false,
            domain: None,
            input: None,
            points_to: None,
            affixes: None,
            term: None,
        }
    }

    /// The same unknown, decided by `input`.
    #[must_use]
    pub fn decided_by(mut self, input: impl Into<Arc<str>>) -> Self {
        self.input = Some(InputRef(input.into()));
        self
    }

    /// The same unknown, spelled `term`.
    #[must_use]
    pub fn spelled(mut self, term: impl Into<Arc<str>>) -> Self {
        self.term = Some(term.into());
        self
    }

    /// The same unknown, known not to be null.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// The same unknown, of type `ty`.
    #[must_use]
    pub fn typed(mut self, ty: Type) -> Self {
        self.ty = Some(ty);
        self
    }

    /// The same unknown, the attribute of a resource.
    #[must_use]
    pub fn pointing_to(mut self, points_to: PointsTo) -> Self {
        self.points_to = Some(Arc::new(points_to));
        self
    }

    /// Returns `true` if nothing that can be said of the two differs.
    #[must_use]
    pub fn says_same(&self, other: &Self) -> bool {
        self.why == other.why && self.input == other.input && self.term == other.term
    }
}
