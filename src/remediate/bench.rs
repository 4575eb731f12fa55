use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{self, Tally};
use crate::finding::{Finding, UnitId};
use crate::lang::{self, Cache, EditAt, Unit};
use crate::model::{Estate, assemble};
use crate::source::{FileId, Notice, RelPath, SourceTree};

/// What judging needs: the units of the run and how an estate is judged.
pub struct Bench<'a> {
    /// The units, indexed by [`UnitId`].
    pub units: &'a [Unit],
    /// Parsed files, shared with the run.
    pub cache: &'a Cache,
    /// Where fixes change values that come from elsewhere.
    pub at: EditAt,
    /// Judges the estate of a unit; the findings are not merged across units.
    pub judge: &'a Judge<'a>,
}

/// How an estate is judged.
pub(super) type Judge<'a> = dyn Fn(UnitId, &Estate, &dyn SourceTree) -> check::Judged + Sync + 'a;

/// One unit, evaluated and judged.
#[derive(Debug)]
pub struct Judged {
    /// The unit.
    pub unit: UnitId,
    /// What it declares.
    pub estate: Estate,
    /// Its own findings.
    pub findings: Vec<Finding>,
    /// How many conditions were judged.
    pub tally: Tally,
    /// What evaluating it has to tell.
    pub notices: Vec<Notice>,
    /// Every text that was read for it; sorted.
    pub files: Vec<FileId>,
}

impl Bench<'_> {
    /// Evaluates and judges one unit as `tree` has it.
    #[must_use]
    pub fn judge(&self, unit: UnitId, tree: &dyn SourceTree) -> Judged {
        let evaluated = lang::evaluate(&self.units[unit.0 as usize], tree, self.cache);
        let estate = assemble::assemble(evaluated.written, evaluated.fragments, evaluated.origins);
        let check::Judged { findings, tally } = (self.judge)(unit, &estate, tree);
        Judged {
            unit,
            estate,
            findings,
            tally,
            notices: evaluated.notices,
            files: evaluated.files,
        }
    }

    /// Evaluates and judges several units, in the order given whatever thread does which.
    #[must_use]
    pub fn judge_all(&self, units: &[UnitId], tree: &dyn SourceTree) -> Vec<Judged> {
        units
            .par_iter()
            .map(|unit| self.judge(*unit, tree))
            .collect()
    }
}

impl Judged {
    /// The paths of the texts that were read for this unit.
    pub fn paths(&self, tree: &dyn SourceTree) -> Vec<RelPath> {
        let files = self.files.iter().filter_map(|id| tree.get(*id));
        files.map(|file: Arc<_>| file.path.clone()).collect()
    }
}
