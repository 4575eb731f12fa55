//! Conditions that compare or count what expressions give.

use crate::model::Path;
use crate::rule::{Count, Formula, Literal, Test};

use super::binding::{Binding, bind};
use super::compare::test_value;
use super::condition::{Asked, Judgement, Scene, Seen, Truth, Witness, count_verdict};
use super::operand::{self, Tests};
use super::value;

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

    /// How many of given values fulfil the condition.
    pub(super) fn count_values(
        &self,
        count: &'m Count,
        formula: &'m Formula,
        test: &'m Test,
        bound: &mut Vec<Binding>,
    ) -> Judgement<'m> {
        let (value, reads) = operand::evaluate(self, formula, bound);
        let tests = Tests::of(self, test, bound);
        let Some(items) = value.as_list() else {
            // What is no list, null included, has no items.
            let truth = match value.as_unknown() {
                Some(_) => tests.verdict(&|test| count_verdict(0, usize::MAX, test)),
                None => tests.verdict(&|test| count_verdict(0, 0, test)),
            };
            let seen = Seen::Formula(value);
            let witness = Witness::new(self.id, Path::default(), seen);
            let witnesses = if reads.is_empty() {
                vec![witness]
            } else {
                reads
            };
            return Judgement { truth, witnesses };
        };
        let judged: Vec<Judgement<'m>> = items
            .iter()
            .map(|item| match &count.condition {
                None => Judgement::of(Truth::True),
                Some(condition) => {
                    bound.push(Binding::Item {
                        name: count.name.clone(),
                        value: item.clone(),
                    });
                    let judged = self.within(condition, bound);
                    bound.pop();
                    judged
                }
            })
            .collect();
        let has = |truth| judged.iter().filter(|it| it.truth == truth).count();
        let least = has(Truth::True);
        let most = least + has(Truth::Unknown);
        let truth = tests.verdict(&|test| count_verdict(least, most, test));
        let mut witnesses: Vec<Witness<'m>> = judged
            .into_iter()
            .filter(|it| truth != Truth::Unknown || it.truth == Truth::Unknown)
            .flat_map(|it| it.witnesses)
            .collect();
        if truth == Truth::Unknown {
            witnesses.extend(tests.unknown());
        }
        if witnesses.is_empty() {
            let witness = Witness::new(self.id, Path::default(), Seen::Expression);
            witnesses.push(witness.asked(Asked::Count(count, test)));
        }
        Judgement { truth, witnesses }
    }
}
