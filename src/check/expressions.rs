//! Conditions that compare what expressions give.

use crate::model::Path;
use crate::rule::{Formula, Literal, Test};

use super::binding::{Binding, bind};
use super::compare::test_value;
use super::operand::{self, Tests};
use super::scene::Scene;
use super::truth::Truth;
use super::value;
use super::witness::{Asked, Judgement, Seen, Witness};

impl<'m> Scene<'m> {
    /// A comparison of what an expression gives; the properties that it reads are the witnesses.
    pub(super) fn formula(
        &self,
        formula: &'m Formula,
        test: &'m Test,
        bound: &[Binding],
    ) -> Judgement<'m> {
        let (value, reads) = operand::evaluate(self, formula, bound);
        let tests = Tests::of(self, test, bound);
        let truth = tests.verdict(&|test| test_value(&value, test));
        let mut witnesses = reads;
        if truth == Truth::Unknown {
            witnesses.retain(Witness::is_open);
            witnesses.extend(tests.unknown());
        }
        if witnesses.is_empty() {
            let seen = Seen::Formula(value);
            let witness = Witness::new(self.id, Path::default(), seen);
            witnesses.push(witness.asked(Asked::Test(test)));
        }
        Judgement { truth, witnesses }
    }

    /// A comparison of a literal, or of what an expression of a rule gives.
    pub(super) fn value(
        &self,
        literal: &'m Literal,
        test: &'m Test,
        bound: &[Binding],
    ) -> Judgement<'m> {
        let value = value::evaluate(self, literal, &|path| bind(path, bound));
        let tests = Tests::of(self, test, bound);
        let truth = tests.verdict(&|test| test_value(&value, test));
        let seen = Seen::Computed(literal, value);
        let witness = Witness::new(self.id, Path::default(), seen).asked(Asked::Test(test));
        Judgement {
            truth,
            witnesses: tests.seen_or(truth, witness),
        }
    }
}
