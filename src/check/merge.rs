//! Many instances of one text are one finding with occurrences.

use std::collections::BTreeMap;

use crate::finding::{Finding, State};
use crate::source::Span;

/// The most ways of a value that one finding tells.
const MOST_FLOWS: usize = 16;

/// Joins findings of one rule at one place about one property. What fails in one instance and cannot
/// be decided in another stays two findings.
#[must_use]
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut places: BTreeMap<(String, Span, String, State), usize> = BTreeMap::new();
    for finding in findings {
        let place = (
            finding.key.rule.to_string(),
            finding.span,
            finding.key.property.clone(),
            finding.state,
        );
        let Some(index) = places.get(&place) else {
            places.insert(place, merged.len());
            merged.push(finding);
            continue;
        };
        let first = &mut merged[*index];
        first.occurrences.extend(finding.occurrences);
        first.wishes.extend(finding.wishes);
        first.conditional &= finding.conditional;
        for related in finding.related {
            if !first.related.contains(&related) {
                first.related.push(related);
            }
        }
        first.reasons.extend(finding.reasons);
        for flow in finding.flows {
            if !first.flows.contains(&flow) && first.flows.len() < MOST_FLOWS {
                first.flows.push(flow);
            }
        }
        if first.choices != finding.choices {
            first.choices.clear();
        }
        for input in finding.deciding {
            if !first.deciding.contains(&input) {
                first.deciding.push(input);
            }
        }
    }
    for finding in &mut merged {
        finding.occurrences.sort();
        finding.occurrences.dedup();
        finding.reasons.sort_unstable();
        finding.reasons.dedup();
    }
    merged
}
