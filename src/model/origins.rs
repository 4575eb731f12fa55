use std::sync::Arc;

use super::{Origin, PointsTo, Via};
use crate::source::Span;

/// One step of a value on its way: the place, how the value got there, and where it was before.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// The text of this step: the literal, the reference, the block header for a default.
    pub span: Option<Span>,
    /// How the value got here.
    pub via: Via,
    /// The step before this one; `None` for the place where the value is written.
    pub from: Option<Origin>,
    /// The resource attribute that was read in this step.
    pub points_to: Option<Arc<PointsTo>>,
}

/// The arena of hops of one unit.
#[derive(Clone, Debug)]
pub struct Origins {
    hops: Vec<Hop>,
}

impl Default for Origins {
    fn default() -> Self {
        let nowhere = Hop {
            span: None,
            via: Via::Computed,
            from: None,
            points_to: None,
        };
        // Even a small folder has more hops than a list that grows from nothing holds at first.
        let mut hops = Vec::with_capacity(128);
        hops.push(nowhere);
        Self { hops }
    }
}

impl Origins {
    /// Adds a hop and returns its name.
    pub fn add(&mut self, hop: Hop) -> Origin {
        let index = u32::try_from(self.hops.len()).unwrap_or(u32::MAX);
        self.hops.push(hop);
        Origin(index)
    }

    /// How many hops there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hops.len()
    }

    /// Returns `true` if there is no hop; there always is one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// Moves the places of the hops from the one at `start` on.
    pub fn relocate(&mut self, start: usize, place: &dyn Fn(Span) -> Span) {
        for hop in self.hops.iter_mut().skip(start) {
            hop.span = hop.span.map(place);
        }
    }

    /// Adds the place where a value is written.
    pub fn literal(&mut self, span: Span) -> Origin {
        self.add(Hop {
            span: Some(span),
            via: Via::Literal,
            from: None,
            points_to: None,
        })
    }

    /// Adds a step `via` at `span` for a value that was at `from`.
    pub fn step(&mut self, span: Span, via: Via, from: Origin) -> Origin {
        self.add(Hop {
            span: Some(span),
            via,
            from: Some(from),
            points_to: None,
        })
    }

    /// Adds an expression's result at `span`.
    pub fn computed(&mut self, span: Span) -> Origin {
        self.add(Hop {
            span: Some(span),
            via: Via::Computed,
            from: None,
            points_to: None,
        })
    }

    /// The hop named `origin`.
    #[must_use]
    pub fn hop(&self, origin: Origin) -> &Hop {
        self.hops.get(origin.0 as usize).unwrap_or(&self.hops[0])
    }

    /// The hops from the use back to the place of writing; at most 64.
    pub fn chain(&self, origin: Origin) -> impl Iterator<Item = &Hop> {
        let mut next = Some(origin);
        std::iter::from_fn(move || {
            let hop = self.hop(next?);
            next = hop.from;
            Some(hop)
        })
        .take(64)
    }

    /// The hops back to the place of writing, or to the expression that made the value out of another.
    pub fn unchanged(&self, origin: Origin) -> impl Iterator<Item = &Hop> {
        let mut made = false;
        self.chain(origin)
            .take_while(move |hop| !std::mem::replace(&mut made, hop.via == Via::Derived))
    }

    /// The place of use: the nearest hop with a span.
    #[must_use]
    pub fn used_at(&self, origin: Origin) -> Option<Span> {
        self.chain(origin).find_map(|hop| hop.span)
    }

    /// The last hop of the chain: where the value is written or made.
    #[must_use]
    pub fn written_at(&self, origin: Origin) -> &Hop {
        self.unchanged(origin).last().unwrap_or(&self.hops[0])
    }

    /// The nearest resource attribute that the value was read from.
    #[must_use]
    pub fn points_to(&self, origin: Origin) -> Option<&Arc<PointsTo>> {
        self.unchanged(origin)
            .find_map(|hop| hop.points_to.as_ref())
    }
}
