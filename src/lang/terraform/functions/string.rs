use unicode_segmentation::UnicodeSegmentation as _;

use super::answer::{Answer, Stop};
use super::call::{Call, within_limit};
use super::function::{items, text, whole};
use super::pattern::{self, Pattern, Replacement};
use crate::model::{Affixes, Data, Type, Unknown, Value};

pub(super) fn upper(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(
        &text(arguments, 0)
            .chars()
            .map(upper_char)
            .collect::<String>(),
    )
}

pub(super) fn lower(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(
        &text(arguments, 0)
            .chars()
            .map(lower_char)
            .collect::<String>(),
    )
}

/// One letter for one letter, as Go has it: `ß` stays, where Rust would write `SS`.
fn upper_char(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => simple_upper(c),
    }
}

/// Greek letters with a small iota below become one letter with it beside; others stay as they are.
fn simple_upper(c: char) -> char {
    let distance = match c {
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => 8,
        'ᾳ' | 'ῃ' | 'ῳ' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(c) + distance).unwrap_or(c)
}

/// A letter as the first of a title, which is not always the upper one.
fn title_char(c: char) -> char {
    match c {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჺ' | 'ჽ'..='ჿ' => c,
        _ => upper_char(c),
    }
}

fn lower_char(c: char) -> char {
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        // The dotted capital I is the only letter that becomes two; its simple mapping is `i`.
        _ => 'i',
    }
}

pub(super) fn title(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut before = ' ';
    let titled: String = text(arguments, 0)
        .chars()
        .map(|c| {
            let starts = separates(before);
            before = c;
            if starts { title_char(c) } else { c }
        })
        .collect();
    call.text(&titled)
}

/// Whether a word starts after `c`: all ASCII but letters, digits and `_`, and white space beyond.
fn separates(c: char) -> bool {
    if c.is_ascii() {
        return !(c.is_ascii_alphanumeric() || c == '_');
    }
    !c.is_alphanumeric() && c.is_whitespace()
}

pub(super) fn trim(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let cut: Vec<char> = text(arguments, 1).chars().collect();
    call.text(text(arguments, 0).trim_matches(&*cut))
}

pub(super) fn trimspace(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(text(arguments, 0).trim())
}

pub(super) fn trimprefix(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let whole = text(arguments, 0);
    call.text(whole.strip_prefix(text(arguments, 1)).unwrap_or(whole))
}

pub(super) fn trimsuffix(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let whole = text(arguments, 0);
    call.text(whole.strip_suffix(text(arguments, 1)).unwrap_or(whole))
}

pub(super) fn chomp(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(text(arguments, 0).trim_end_matches(['\r', '\n']))
}

pub(super) fn startswith(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let wanted = text(arguments, 1);
    let answer = match arguments[0].as_unknown() {
        None => Some(text(arguments, 0).starts_with(wanted)),
        Some(unknown) => at_the_end(unknown, |known| {
            let known = known.prefix.as_str();
            (known.starts_with(wanted), wanted.starts_with(known))
        }),
    };
    call.truth(answer.ok_or(Stop::Unknown(Some(Type::Bool)))?)
}

pub(super) fn endswith(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let wanted = text(arguments, 1);
    let answer = match arguments[0].as_unknown() {
        None => Some(text(arguments, 0).ends_with(wanted)),
        Some(unknown) => at_the_end(unknown, |known| {
            let known = known.suffix.as_str();
            (known.ends_with(wanted), wanted.ends_with(known))
        }),
    };
    call.truth(answer.ok_or(Stop::Unknown(Some(Type::Bool)))?)
}

/// Whether a text of which an end is known ends so: yes where that end does, perhaps where it could be
/// more of what is known.
fn at_the_end(unknown: &Unknown, compare: impl Fn(&Affixes) -> (bool, bool)) -> Option<bool> {
    match compare(unknown.affixes.as_deref()?) {
        (true, _) => Some(true),
        (false, true) => None,
        (false, false) => Some(false),
    }
}

pub(super) fn strcontains(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.truth(text(arguments, 0).contains(text(arguments, 1)))
}

pub(super) fn strrev(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(&text(arguments, 0).graphemes(true).rev().collect::<String>())
}

pub(super) fn substr(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let whole_text = text(arguments, 0);
    let mut offset = whole(arguments, 1).map_err(Stop::Failed)?;
    let length = whole(arguments, 2).map_err(Stop::Failed)?;
    let clusters: Vec<(usize, &str)> = whole_text.grapheme_indices(true).collect();
    let count = i64::try_from(clusters.len()).unwrap_or(i64::MAX);
    if offset < 0 {
        offset = offset.saturating_add(count);
    } else if length == 0 {
        return call.text("");
    }
    let begin = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
    let place = |index: usize| clusters.get(index).map_or(whole_text.len(), |(at, _)| *at);
    let from = place(begin);
    if length < 0 {
        return call.text(&whole_text[from..]);
    }
    // A length of zero is only cut short above: after a negative offset it takes all, as in Terraform.
    let to = match usize::try_from(length) {
        Ok(0) | Err(_) => whole_text.len(),
        Ok(length) => place(begin.saturating_add(length)),
    };
    call.text(&whole_text[from..to.max(from)])
}

pub(super) fn indent(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let spaces = whole(arguments, 0).map_err(Stop::Failed)?;
    let given = text(arguments, 1);
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(Stop::failed(
            "panic in function implementation: strings: negative Repeat count",
        ));
    };
    let lines = given.matches('\n').count();
    within_limit(given.len().saturating_add(lines.saturating_mul(spaces)))?;
    within_limit(spaces)?;
    let padded = format!("\n{}", " ".repeat(spaces));
    call.text(&given.replace('\n', &padded))
}

pub(super) fn split(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (separator, given) = (text(arguments, 0), text(arguments, 1));
    if separator.is_empty() {
        return call.texts(given.chars().map(String::from));
    }
    call.texts(given.split(separator))
}

pub(super) fn join(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let lists = arguments.len().saturating_sub(1);
    if lists == 0 {
        return Err(Stop::failed("at least one list is required"));
    }
    if arguments[1..].iter().any(Value::has_unknown) {
        return Err(Stop::Unknown(Some(Type::String)));
    }
    let separator = text(arguments, 0);
    let mut joined = String::new();
    let mut first = true;
    for list in 1..arguments.len() {
        for (index, item) in items(arguments, list).iter().enumerate() {
            let Some(item) = item.as_str() else {
                let of_list = if lists > 1 {
                    format!(" of list {list}")
                } else {
                    String::new()
                };
                let message =
                    format!("element {index}{of_list} is null; cannot concatenate null values");
                return Err(Stop::Argument(list, message));
            };
            if !first {
                joined.push_str(separator);
            }
            first = false;
            joined.push_str(item);
            within_limit(joined.len())?;
        }
    }
    call.text(&joined)
}

pub(super) fn sort(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    if list.has_unknown() {
        // Their order is not known, but how many there are is.
        let count = items(arguments, 0).len();
        let unknown = call.unknown_like(list, Some(Type::String));
        return call.list(Type::String, vec![unknown; count]);
    }
    let mut sorted = items(arguments, 0).to_vec();
    if let Some(index) = sorted.iter().position(Value::is_null) {
        return Err(Stop::Failed(format!(
            "given list element {index} is null; a null string cannot be sorted"
        )));
    }
    sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    call.list(Type::String, sorted)
}

pub(super) fn replace(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (given, wanted, by) = (text(arguments, 0), text(arguments, 1), text(arguments, 2));
    let between_slashes = wanted
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    if let Some(written) = between_slashes {
        let Pattern { regex, .. } = pattern::compile(written).map_err(|error| {
            Stop::Failed(format!("error parsing regexp: {}", error.as_parsed()))
        })?;
        let found = regex.find_iter(given).count();
        within_limit(given.len().saturating_add(found.saturating_mul(by.len())))?;
        return call.text(&regex.replace_all(given, Replacement(by)));
    }
    let found = if wanted.is_empty() {
        given.chars().count() + 1
    } else {
        given.matches(wanted).count()
    };
    within_limit(given.len().saturating_add(found.saturating_mul(by.len())))?;
    call.text(&given.replace(wanted, by))
}

/// The number of characters as people count them.
pub(super) fn characters(text: &str) -> usize {
    text.graphemes(true).count()
}

pub(super) fn regex(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let Some(written) = arguments[0].as_str() else {
        return Err(Stop::Unknown(None));
    };
    let (Pattern { regex, .. }, shape) = compiled(written)?;
    let Some(given) = arguments[1].as_str() else {
        return Err(Stop::Unknown(Some(shape.of_type())));
    };
    match regex.captures(given) {
        Some(found) => shape.result(call, &found),
        None => Err(Stop::failed(
            "pattern did not match any part of the given string",
        )),
    }
}

pub(super) fn regexall(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let Some(written) = arguments[0].as_str() else {
        return Err(Stop::Unknown(Some(Type::List(Box::new(Type::Any)))));
    };
    let (Pattern { regex, .. }, shape) = compiled(written)?;
    let Some(given) = arguments[1].as_str() else {
        return Err(Stop::Unknown(Some(Type::List(Box::new(shape.of_type())))));
    };
    let mut found = Vec::new();
    for captures in regex.captures_iter(given) {
        found.push(shape.result(call, &captures)?);
        super::call::members_within_limit(found.len())?;
    }
    call.list(shape.of_type(), found)
}

fn compiled(written: &str) -> Result<(Pattern, Shape), Stop> {
    let invalid = |message: String| Stop::Argument(0, format!("invalid regexp pattern: {message}"));
    let pattern = pattern::compile(written).map_err(|error| invalid(error.to_string()))?;
    let named: Vec<String> = pattern.groups.iter().flatten().cloned().collect();
    let shape = match (pattern.groups.len(), named.len()) {
        (0, _) => Shape::Whole,
        (all, 0) => Shape::Groups(all),
        (all, some) if all == some => Shape::Named(named),
        _ => {
            let message = "cannot mix both named and unnamed capture groups";
            return Err(invalid(message.to_owned()));
        }
    };
    Ok((pattern, shape))
}

/// What a match gives: the whole text, a tuple of groups, or an object of named groups.
enum Shape {
    Whole,
    Groups(usize),
    Named(Vec<String>),
}

impl Shape {
    fn of_type(&self) -> Type {
        match self {
            Self::Whole => Type::String,
            Self::Groups(count) => Type::Tuple(vec![Type::String; *count]),
            Self::Named(names) => {
                let mut names = names.clone();
                names.sort();
                names.dedup();
                let attribute = |name: &String| (name.as_str().into(), Type::String, false);
                Type::Object(names.iter().map(attribute).collect())
            }
        }
    }

    fn result(&self, call: &mut Call<'_>, found: &::regex::Captures<'_>) -> Answer {
        let group = |call: &mut Call<'_>, index: usize| match found.get(index) {
            Some(group) => call.text(group.as_str()),
            None => Ok(call.null()),
        };
        match self {
            Self::Whole => group(call, 0),
            Self::Groups(count) => {
                let mut groups = Vec::with_capacity(*count);
                for index in 1..=*count {
                    groups.push(group(call, index)?);
                }
                call.tuple(groups)
            }
            Self::Named(names) => {
                let mut entries = Vec::new();
                for (index, name) in names.iter().enumerate() {
                    let value = group(call, index + 1)?;
                    let key = name.as_str().into();
                    entries.push(crate::model::Entry { key, value });
                }
                call.mapping(None, entries)
            }
        }
    }
}

/// The length of a text, list, set, map, tuple or object.
pub(super) fn length(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    let unknown = || Err(Stop::Unknown(Some(Type::Number)));
    let count = match &value.data {
        Data::String(text) => characters(text),
        Data::List(list) => {
            let is_set = list.collection == crate::model::Collection::Set;
            if is_set && list.items.len() > 1 && value.has_unknown() {
                // Unknown members may turn out to be equal.
                return unknown();
            }
            list.items.len()
        }
        Data::Map(map) if map.open => return unknown(),
        Data::Map(map) => map.entries.len(),
        Data::Unknown(given) => match &given.ty {
            Some(Type::Tuple(items)) => items.len(),
            Some(Type::Object(attributes)) => attributes.len(),
            Some(Type::Bool | Type::Number) => return not_countable(),
            _ => return unknown(),
        },
        Data::Null | Data::Bool(_) | Data::Number(_) => return not_countable(),
    };
    Ok(call.count(count)?.marked(value.sensitive))
}

fn not_countable() -> Answer {
    Err(Stop::failed(
        "argument must be a string, a collection type, or a structural type",
    ))
}
