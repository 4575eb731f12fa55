use crate::edit::{Edit, Refusal};

/// The edits of one plan as a plan must hold them: sorted, disjoint, never touching. Edits that
/// meet become one; insertions at one place follow each other in the order in which they came.
pub(in crate::lang) fn merge(mut edits: Vec<Edit>) -> Result<Vec<Edit>, Refusal> {
    edits.retain(|edit| !edit.span.is_empty() || !edit.text.is_empty());
    edits.sort_by_key(|edit| edit.span);
    let mut merged: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let Some(last) = merged
            .last_mut()
            .filter(|last| last.span.touches(edit.span))
        else {
            merged.push(edit);
            continue;
        };
        if *last == edit {
            continue;
        }
        let deletes = last.text.is_empty() && edit.text.is_empty();
        if !deletes && edit.span.start < last.span.end {
            return Err(Refusal(
                "Two changes ask for different texts at one place.".to_owned(),
            ));
        }
        last.span = last.span.join(edit.span);
        last.text.push_str(&edit.text);
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_that_meet_become_one() {
        let rows = [
            (vec![edit(4, 6, ""), edit(1, 4, "")], vec![edit(1, 6, "")]),
            (
                vec![edit(4, 4, "a"), edit(4, 4, "b")],
                vec![edit(4, 4, "ab")],
            ),
            (
                vec![edit(4, 4, "a"), edit(4, 4, "a")],
                vec![edit(4, 4, "a")],
            ),
            (
                vec![edit(1, 2, "a"), edit(4, 4, "b")],
                vec![edit(1, 2, "a"), edit(4, 4, "b")],
            ),
            (vec![edit(4, 9, ""), edit(4, 4, "b")], vec![edit(4, 9, "b")]),
            (vec![edit(1, 9, ""), edit(4, 6, "")], vec![edit(1, 9, "")]),
            (vec![edit(3, 3, "")], vec![]),
        ];
        for (edits, expected) in rows {
            assert_eq!(merge(edits).unwrap(), expected);
        }
        assert!(merge(vec![edit(1, 9, "a"), edit(4, 6, "b")]).is_err());
    }
}
