//! Placeholders in parameter files: `${NAME}` and `${NAME=default}`, which the Azure Developer CLI
//! replaces from its environment before it deploys.

use crate::model::{Data, Number, Type, Unknown, Value, Why};

/// What is known of a parameter's text that holds placeholders, at `origin`; `None` when it holds none.
pub(super) fn value(text: &str, origin: crate::model::Origin) -> Option<Value> {
    let mut rest = text;
    let mut filled = String::new();
    let mut decides = None;
    let mut any = false;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((placeholder, tail)) = after.split_once('}').filter(|(it, _)| is_one(it)) else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        any = true;
        match default(placeholder) {
            Some(default) => filled.push_str(default),
            None => decides = decides.or(Some(format!("${{{placeholder}}}"))),
        }
        rest = tail;
    }
    if !any {
        return None;
    }
    filled.push_str(rest);
    Some(match decides {
        Some(name) => {
            let mut unknown = Unknown::because(Why::Input).decided_by(name.as_str());
            // Alone it becomes what the parameter's type asks for.
            unknown.ty = (name != text).then_some(Type::String);
            Value::unknown(unknown, origin)
        }
        // What is replaced by nothing is not given.
        None if filled.is_empty() => Value::null(origin),
        None => Value::string(filled.as_str(), origin),
    })
}

/// `value` as a parameter of the type `word` has it: the text of a truth or of a number is one.
pub(super) fn typed(mut value: Value, word: Option<&str>) -> Value {
    let data = match (&value.data, word) {
        (Data::String(text), Some("bool")) => truth(text).map(Data::Bool),
        (Data::String(text), Some("int")) => Number::parse(text).map(Data::Number),
        _ => None,
    };
    if let Some(data) = data {
        value.data = data;
    }
    value
}

fn truth(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    (is("true") || is("false")).then(|| is("true"))
}

/// Whether `text` is what may stand between the braces: a name, perhaps with what replaces it.
fn is_one(text: &str) -> bool {
    let name = name(text);
    let starts = |it: char| it.is_ascii_alphabetic() || it == '_';
    name.starts_with(starts)
        && (name.len() == text.len() || text[name.len()..].starts_with(['=', ':', '-']))
}

fn name(text: &str) -> &str {
    let end = text.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// What replaces the placeholder where the environment has no such name.
fn default(placeholder: &str) -> Option<&str> {
    let rest = &placeholder[name(placeholder).len()..];
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    rest.strip_prefix(['=', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    #[test]
    fn placeholders_are_inputs_and_their_defaults_values() {
        let rows = [
            ("plain", None),
            ("$x {y} ${", None),
            ("${1}", None),
            ("${a b}", None),
            ("${A}", Some("? ${A}")),
            ("kv-${A}-${B}", Some("? ${A}")),
            ("${A=x}", Some("x")),
            ("${A:-x}-${B=}", Some("x-")),
            ("${A=}", Some("null")),
            ("${A=x}${B}", Some("? ${B}")),
        ];
        for (text, expected) in rows {
            let shown = value(text, Origin::NOWHERE).map(|value| match &value.data {
                Data::Unknown(unknown) => format!("? {}", unknown.input.as_ref().unwrap().0),
                Data::String(text) => text.to_string(),
                _ => "null".to_owned(),
            });
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }
}
