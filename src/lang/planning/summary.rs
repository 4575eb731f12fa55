use crate::model::{Change, Value};

/// Characters after which a value or an expression is cut.
const LONGEST: usize = 60;

/// The text of an expression, cut to what a sentence can hold.
pub(in crate::lang) fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// `summary`, of changes that write a literal where `replaced` stood.
pub(in crate::lang) fn at(summary: String, replaced: Option<&str>) -> String {
    match replaced {
        Some(reference) => format!("{summary} in place of `{}`", excerpt(reference)),
        None => summary,
    }
}

/// What `changes` do, as an imperative sentence without a period; `show` spells a value on one line.
pub(in crate::lang) fn of(changes: &[Change], show: &dyn Fn(&Value) -> String) -> String {
    let show = |value: &Value| {
        let text = show(value);
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let parts = changes.iter().enumerate().map(|(index, change)| {
        let text = match change {
            Change::Set { path, to } => format!("Set `{path}` to `{}`", show(to)),
            Change::Append { path, item } => format!("Add `{}` to `{path}`", show(item)),
            Change::Remove { path } if path.0.is_empty() => {
                "Remove the resource that declares it".to_owned()
            }
            Change::Remove { path } => format!("Remove `{path}`"),
            Change::AddResource { kind, .. } => format!("Add a `{kind}`"),
        };
        if index == 0 {
            return text;
        }
        text.replacen(
            |c: char| c.is_ascii_uppercase(),
            &text[..1].to_lowercase(),
            1,
        )
    });
    parts.collect::<Vec<_>>().join(" and ")
}
