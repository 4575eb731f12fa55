//! From a property's value back to the argument's, row by row.

use std::sync::Arc;

use super::convert::typed;
use super::parts::{argument, names};
use super::schema::{Part, Row, Via};
use crate::model::facts::{Scalar, Schema};
use crate::model::{Data, Step, Value};

/// What an argument must be so that its property has a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Back {
    /// It must have this value.
    Value(Value),
    /// It must be there, whatever it is.
    Present,
    /// It must not be there.
    Gone,
}

/// How a row meets a path of the body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meeting {
    /// The row speaks of exactly this path. The steps are those at its list parts.
    Exact(Vec<Step>),
    /// The path lies inside what the row speaks of.
    Inside(Vec<Step>, Vec<Step>),
    /// What the row speaks of lies inside the path.
    Around,
}

/// How a row that speaks of `arm` meets the path `steps`; `None` when it does not.
pub(super) fn meet(arm: &[Part], steps: &[Step]) -> Option<Meeting> {
    let mut places = Vec::new();
    let mut rest = steps;
    for part in arm {
        let Some((step, after)) = rest.split_first() else {
            return Some(Meeting::Around);
        };
        match (part, step) {
            (Part::Name(name), Step::Name(other)) if name.eq_ignore_ascii_case(other) => {}
            (Part::Key, Step::Name(_)) => places.push(step.clone()),
            (
                Part::Each | Part::EachWhere(..),
                Step::Index(_) | Step::Each | Step::Where { .. },
            ) => {
                places.push(step.clone());
            }
            (Part::At(_) | Part::Append, Step::Index(_) | Step::Each | Step::Where { .. })
            | (Part::Where(..), Step::Index(_) | Step::Each) => {}
            (
                Part::Where(key, value),
                Step::Where {
                    key: Some(k),
                    equals,
                },
            ) if key.eq_ignore_ascii_case(k) && value.eq_ignore_ascii_case(equals) => {}
            _ => return None,
        }
        rest = after;
    }
    Some(if rest.is_empty() {
        Meeting::Exact(places)
    } else {
        Meeting::Inside(places, rest.to_vec())
    })
}

/// What the row's argument must be so that the property is `to`. One value an argument, in order.
///
/// # Errors
/// The words say why it cannot be told.
pub(super) fn backward(
    row: &Row,
    schema: Option<&Schema>,
    to: &Value,
) -> Result<Vec<Back>, String> {
    let refuse = || {
        let arguments: Vec<String> = row
            .tf
            .iter()
            .map(|path| format!("`{}`", argument(path)))
            .collect();
        format!(
            "the value would have to be made from {}",
            arguments.join(" and ")
        )
    };
    if let Some(Via::Format(format)) = &row.via {
        let texts = to
            .as_str()
            .and_then(|text| unformat(format, text, row.tf.len()));
        let texts = texts.ok_or_else(refuse)?;
        return Ok(texts
            .into_iter()
            .map(|text| Back::Value(Value::string(text, to.origin)))
            .collect());
    }
    let [path] = row.tf.as_slice() else {
        return Err(refuse());
    };
    let attribute = schema.and_then(|schema| schema.attribute(&names(path)));
    let ty = attribute.map(|attribute| attribute.ty.as_str());
    let back = if row.not {
        match to.data {
            Data::Bool(value) => Back::Value(Value {
                data: Data::Bool(!value),
                ..to.clone()
            }),
            _ => return Err(refuse()),
        }
    } else if row.map.is_empty() {
        Back::Value(through_back(row.via.as_ref(), to).ok_or_else(refuse)?)
    } else {
        mapped_back(row, ty, to).ok_or_else(refuse)?
    };
    Ok(vec![match (back, ty) {
        (Back::Value(value), Some(ty)) => Back::Value(typed(value, ty)),
        (back, _) => back,
    }])
}

fn mapped_back(row: &Row, ty: Option<&str>, to: &Value) -> Option<Back> {
    let same = |scalar: &Scalar| match (&to.data, scalar) {
        (Data::String(one), Scalar::Text(other)) => one.eq_ignore_ascii_case(other),
        (data, scalar) => *data == Data::from(scalar),
    };
    let found = row.map.iter().find(|(_, scalar)| same(scalar));
    match found.map(|(key, _)| key.as_str()) {
        Some("<set>") => Some(Back::Present),
        Some("<unset>") => Some(Back::Gone),
        Some("*") => None,
        Some(key) => {
            let data = match (key, ty) {
                ("true", Some("bool")) => Data::Bool(true),
                ("false", Some("bool")) => Data::Bool(false),
                _ => Data::String(Arc::from(key)),
            };
            Some(Back::Value(Value { data, ..to.clone() }))
        }
        None => {
            let passes = ty == Some("string")
                && matches!(to.data, Data::String(_))
                && row.mapped("<set>").is_none()
                && row.mapped("*").is_none();
            passes.then(|| Back::Value(to.clone()))
        }
    }
}

fn through_back(via: Option<&Via>, to: &Value) -> Option<Value> {
    let known = !matches!(to.data, Data::Unknown(_));
    let list = |texts: Vec<String>| {
        let items = texts.into_iter().map(|text| Value::string(text, to.origin));
        Value::list(items.collect(), to.origin)
    };
    match via {
        None | Some(Via::Id) => Some(to.clone()),
        Some(_) if !known => None,
        Some(Via::ToText | Via::ToInt | Via::ToBool) => {
            let text = super::when::spelling(to)?;
            Some(Value {
                data: Data::String(Arc::from(text)),
                ..to.clone()
            })
        }
        Some(Via::Keys) => {
            let keys = to
                .as_map()?
                .entries
                .iter()
                .map(|entry| entry.key.to_string());
            Some(list(keys.collect()))
        }
        Some(Via::Join(separator)) => {
            let text = to.as_str()?;
            // `a, b` and `a,b` say the same.
            let parts = text
                .split(separator.trim())
                .map(str::trim)
                .filter(|it| !it.is_empty());
            Some(list(parts.map(str::to_owned).collect()))
        }
        Some(Via::Quote) => {
            let text = to.as_str()?.strip_prefix('"')?.strip_suffix('"')?;
            Some(Value {
                data: Data::String(Arc::from(text)),
                ..to.clone()
            })
        }
        Some(Via::Pairs(member)) => {
            let items = to.as_list()?.iter().map(|item| {
                let map = item.as_map()?;
                let key = Arc::from(map.get_ignoring_case("name")?.as_str()?);
                let value = map.get_ignoring_case(member)?.clone();
                Some(crate::model::Entry { key, value })
            });
            Some(Value::map(items.collect::<Option<_>>()?, to.origin))
        }
        Some(
            Via::Format(_)
            | Via::IdPart(_)
            | Via::Json
            | Via::Base64
            | Via::Base64Decode
            | Via::UrlHost
            | Via::UrlPath
            | Via::MapKeys
            | Via::Before(_)
            | Via::Opaque(_),
        ) => None,
    }
}

/// The texts that `format` made into `text`, where that is certain: each placeholder is followed by a
/// text of its own or the end, and each of those occurs once.
fn unformat(format: &str, text: &str, count: usize) -> Option<Vec<String>> {
    let mut pieces = format.split('%');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let literal = piece.strip_prefix(['s', 'd'])?;
        if pieces.peek().is_none() {
            found.push(rest.strip_suffix(literal)?.to_owned());
            rest = "";
        } else {
            if literal.is_empty() || rest.matches(literal).count() != 1 {
                return None;
            }
            let (value, after) = rest.split_once(literal)?;
            found.push(value.to_owned());
            rest = after;
        }
    }
    (found.len() == count && rest.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Path};

    #[test]
    fn formats_are_undone_only_where_that_is_certain() {
        let rows = [
            ("%s_%s", "Standard_LRS", Some(vec!["Standard", "LRS"])),
            ("%s_%s", "a_b_c", None),
            ("%s%s_%s", "a_b", None),
            ("DOCKER|%s", "DOCKER|x", Some(vec!["x"])),
            ("DOCKER|%s", "NODE|x", None),
        ];
        for (format, text, expected) in rows {
            let count = format.matches('%').count();
            let expected: Option<Vec<String>> =
                expected.map(|it| it.into_iter().map(str::to_owned).collect());
            assert_eq!(unformat(format, text, count), expected, "{format} {text}");
        }
    }

    #[test]
    fn rows_meet_paths_exactly_inside_or_around() {
        let arm = [
            Part::Name(Arc::from("a")),
            Part::Each,
            Part::Name(Arc::from("b")),
        ];
        let rows = [
            ("A[0].b", Some(Meeting::Exact(vec![Step::Index(0)]))),
            ("a[*]", Some(Meeting::Around)),
            (
                "a[*].b.c",
                Some(Meeting::Inside(
                    vec![Step::Each],
                    Path::parse("c").unwrap().0,
                )),
            ),
            ("a.b", None),
        ];
        for (path, expected) in rows {
            assert_eq!(
                meet(&arm, &Path::parse(path).unwrap().0),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn joined_texts_are_split() {
        let row = Row {
            tf: vec![vec![Part::Name(Arc::from("bypass"))]],
            via: Some(Via::Join(", ".to_owned())),
            ..Row::default()
        };
        let to = Value::string("Logging,AzureServices", Origin::NOWHERE);
        let back = backward(&row, None, &to).unwrap();
        let Some(Back::Value(list)) = back.first() else {
            panic!("{back:?}")
        };
        let texts: Vec<_> = list
            .as_list()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(texts, ["Logging", "AzureServices"]);
    }
}
