//! Two sets of edits, one after the other, as one.

use super::Edit;
use crate::source::Span;

/// The edits of a text that do at once what `first` does and then `second`, whose spans count in
/// `between`: the text after `first`. Each set is sorted and disjoint, and so is the result.
#[must_use]
pub fn compose(between: &str, first: &[Edit], second: &[Edit]) -> Vec<Edit> {
    let Some(file) = first.first().map(|edit| edit.span.file) else {
        return second.to_vec();
    };
    // Where the text of each edit of the first set stands in the text between.
    let mut grown = 0;
    let mut shrunk = 0;
    let mut new: Vec<(usize, usize)> = Vec::with_capacity(first.len());
    for edit in first {
        let start = edit.span.start as usize + grown - shrunk;
        new.push((start, start + edit.text.len()));
        grown += edit.text.len();
        shrunk += edit.span.len();
    }
    // Back to the first text: what was edited before `at`, which no edit of the first set crosses.
    let back = |at: usize, counts: &dyn Fn(usize) -> bool| {
        let before = first.iter().zip(&new).filter(|(_, place)| counts(place.1));
        let (grown, shrunk) = before.fold((0, 0), |(grown, shrunk), (edit, _)| {
            (grown + edit.text.len(), shrunk + edit.span.len())
        });
        at + shrunk - grown
    };
    let own = second.iter().map(|edit| edit.span.range());
    let own = own.map(|range| (range.start, range.end));
    let mut all: Vec<(usize, usize)> = new.iter().copied().chain(own).collect();
    all.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in all {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    let edits = joined.into_iter().map(|(start, end)| {
        let mut text = String::new();
        let mut at = start;
        let inside = second
            .iter()
            .filter(|edit| start <= edit.span.start as usize && edit.span.end as usize <= end);
        for edit in inside {
            let range = edit.span.range();
            text.push_str(between.get(at..range.start).unwrap_or_default());
            text.push_str(&edit.text);
            at = range.end;
        }
        text.push_str(between.get(at..end).unwrap_or_default());
        let from = back(start, &|behind| behind < start);
        let to = back(end, &|behind| behind <= end);
        Edit {
            span: Span::new(file, from, to),
            text,
        }
    });
    edits.collect()
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;
    use crate::source::FileId;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        }
    }

    #[test]
    fn two_sets_of_edits_are_one() {
        let text = "abcdefghij";
        let sets = [
            vec![],
            vec![edit(0, 0, "XY")],
            vec![edit(2, 4, "")],
            vec![edit(1, 3, "XYZ"), edit(5, 5, "Q"), edit(7, 9, "")],
            vec![edit(0, 10, "new")],
            vec![edit(10, 10, "end")],
        ];
        for first in &sets {
            let between = apply(text, &first.iter().collect::<Vec<_>>());
            for start in 0..=between.len() {
                for end in start..=between.len() {
                    let second = [edit(start, end, "-")];
                    let expected = apply(&between, &[&second[0]]);
                    let both = compose(&between, first, &second);
                    let apart = both.windows(2).all(|it| !it[0].span.touches(it[1].span));
                    assert!(apart, "{first:?} {second:?} {both:?}");
                    let after = apply(text, &both.iter().collect::<Vec<_>>());
                    assert_eq!(after, expected, "{first:?} {second:?} {both:?}");
                }
            }
        }
    }
}
