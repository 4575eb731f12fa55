//! What a plan is: edits, what they claim, and what the proof has to know about them.

use crate::edit::{Applicability, Edit, Hazard};
use crate::model::{Hop, Kind, Path, Value, Via};
use crate::source::Span;

/// Edits in one language that fulfil a wish, before they are proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The edits: sorted, disjoint, never empty.
    pub edits: Vec<Edit>,
    /// The most the planner claims.
    pub ceiling: Applicability,
    /// What it does, as an imperative sentence without a period.
    pub summary: String,
    /// The most references that a value which is changed comes through: so many other places there
    /// are to change it at. 0 where all of it is written in the resource.
    pub references: usize,
}

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
    /// Where a value is changed that comes through `hops`, of which `is_reference` tells what is spelled
    /// as a reference, and how many places there are. Only what changes as a `whole` has a choice: what
    /// changes inside a list or an object is changed where that is written.
    pub(in crate::lang) fn spot(
        self,
        hops: &[&Hop],
        is_reference: impl Fn(Via) -> bool,
        whole: bool,
    ) -> (Spot, usize) {
        let references = hops.iter().filter(|hop| is_reference(hop.via));
        let references: Vec<Span> = references.filter_map(|hop| hop.span).collect();
        let spot = match self {
            _ if !whole => Spot::Definition,
            Self::Nearest | Self::Definition => Spot::Definition,
            Self::Use => Spot::Use,
            Self::Reference(position) => match references.len().checked_sub(position + 1) {
                None | Some(0) => Spot::Use,
                Some(index) => Spot::Reference(references[index]),
            },
        };
        (spot, references.len().max(1))
    }
}
