//! Comparisons and conditions in words.

use crate::model::Path;
use crate::rule::{Condition, Count, Literal, Related, Subject, Test, Word};

/// What a comparison says, as a verb and its object.
struct Phrase {
    verb: Verb,
    object: String,
    /// `true` for the comparisons that say "not" themselves.
    negative: bool,
}

enum Verb {
    Be,
    Match,
    Contain,
    Have,
    Cover,
}

impl Verb {
    /// The verb after "must", and the verb of a statement.
    fn forms(&self) -> (&'static str, &'static str) {
        match self {
            Self::Be => ("be", "is"),
            Self::Match => ("match", "matches"),
            Self::Contain => ("contain", "contains"),
            Self::Have => ("have", "has"),
            Self::Cover => ("cover", "covers"),
        }
    }
}

/// What a test demands (`must be …`); the opposite where `negated`.
pub(super) fn demand(test: &Test, negated: bool) -> String {
    let Phrase {
        verb,
        object,
        negative,
    } = phrase(test);
    let not = if negative == negated { "" } else { "not " };
    format!("must {not}{} {object}", verb.forms().0)
}

/// What a test says of something (`is …`); the opposite where `negated`.
pub(super) fn statement(test: &Test, negated: bool) -> String {
    let Phrase {
        verb,
        object,
        negative,
    } = phrase(test);
    let (base, states) = verb.forms();
    match (negative == negated, verb) {
        (true, _) => format!("{states} {object}"),
        (false, Verb::Be) => format!("is not {object}"),
        (false, Verb::Match | Verb::Contain | Verb::Have | Verb::Cover) => {
            format!("does not {base} {object}")
        }
    }
}

fn phrase(test: &Test) -> Phrase {
    let (verb, object, negative) = match test {
        Test::Equals(value) => (Verb::Be, literal(value), false),
        Test::NotEquals(value) => (Verb::Be, literal(value), true),
        Test::In(values) => (Verb::Be, any_of(values), false),
        Test::NotIn(values) => (Verb::Be, any_of(values), true),
        Test::Like(pattern) | Test::Match(pattern) | Test::MatchInsensitively(pattern) => {
            (Verb::Match, code(pattern), false)
        }
        Test::NotLike(pattern) | Test::NotMatch(pattern) | Test::NotMatchInsensitively(pattern) => {
            (Verb::Match, code(pattern), true)
        }
        Test::Contains(value) => (Verb::Contain, literal(value), false),
        Test::NotContains(value) => (Verb::Contain, literal(value), true),
        Test::ContainsKey(key) => (Verb::Have, code(key), false),
        Test::NotContainsKey(key) => (Verb::Have, code(key), true),
        Test::Exists(wanted) => (Verb::Be, "set".to_owned(), !wanted),
        Test::Greater(value) => (Verb::Be, format!("greater than {}", literal(value)), false),
        Test::GreaterOrEquals(value) => (Verb::Be, format!("at least {}", literal(value)), false),
        Test::Less(value) => (Verb::Be, format!("less than {}", literal(value)), false),
        Test::LessOrEquals(value) => (Verb::Be, format!("at most {}", literal(value)), false),
        Test::CoversRange(ranges) => {
            let ranges: Vec<String> = ranges.iter().map(|range| code(range)).collect();
            (Verb::Cover, enumerate(&ranges, "or"), false)
        }
        Test::CoversPort(ports) => {
            let ports: Vec<String> = ports.iter().map(|port| code(&port.to_string())).collect();
            (
                Verb::Cover,
                format!("port {}", enumerate(&ports, "or")),
                false,
            )
        }
        Test::Open(word, formula) => computed(*word, &formula.text),
    };
    Phrase {
        verb,
        object,
        negative,
    }
}

/// What a comparison with an expression says.
fn computed(word: Word, text: &str) -> (Verb, String, bool) {
    let verb = match word {
        Word::Like
        | Word::NotLike
        | Word::Match
        | Word::NotMatch
        | Word::MatchInsensitively
        | Word::NotMatchInsensitively => Verb::Match,
        Word::Contains | Word::NotContains => Verb::Contain,
        Word::ContainsKey | Word::NotContainsKey => Verb::Have,
        _ => Verb::Be,
    };
    let object = code(text);
    let object = match word {
        Word::Greater => format!("greater than {object}"),
        Word::GreaterOrEquals => format!("at least {object}"),
        Word::Less => format!("less than {object}"),
        Word::LessOrEquals => format!("at most {object}"),
        Word::In | Word::NotIn => format!("one of {object}"),
        _ => object,
    };
    (verb, object, word.is_negative())
}

/// How many items a count asks for, and which: `at least 1 item in which …`.
pub(super) fn quantity(count: &Count, test: &Test, negated: bool) -> String {
    let (how_many, single) = number(test, negated);
    let noun = if single { "item" } else { "items" };
    let which = count
        .condition
        .as_ref()
        .map(|condition| format!(" in which {}", describe(condition, &count.field)))
        .unwrap_or_default();
    format!("{how_many} {noun}{which}")
}

/// Returns `true` if a count allows no item at all.
pub(super) fn wants_none(test: &Test, negated: bool) -> bool {
    number(test, negated).0 == "no"
}

/// The number that a test of a count demands, and whether it counts one thing.
fn number(test: &Test, negated: bool) -> (String, bool) {
    let at_least = |least: i64| (format!("at least {least}"), least == 1);
    let at_most = |most: i64| match most {
        ..=0 => ("no".to_owned(), false),
        _ => (format!("at most {most}"), most == 1),
    };
    let exactly = |number: i64| match number {
        0 => ("no".to_owned(), false),
        _ => (format!("exactly {number}"), number == 1),
    };
    match (test, negated) {
        (Test::Greater(Literal::Int(n)), false) | (Test::LessOrEquals(Literal::Int(n)), true) => {
            at_least(n.saturating_add(1))
        }
        (Test::GreaterOrEquals(Literal::Int(n)), false) | (Test::Less(Literal::Int(n)), true) => {
            at_least(*n)
        }
        (Test::Less(Literal::Int(n)), false) | (Test::GreaterOrEquals(Literal::Int(n)), true) => {
            at_most(n.saturating_sub(1))
        }
        (Test::LessOrEquals(Literal::Int(n)), false) | (Test::Greater(Literal::Int(n)), true) => {
            at_most(*n)
        }
        (Test::Equals(Literal::Int(n)), false) | (Test::NotEquals(Literal::Int(n)), true) => {
            exactly(*n)
        }
        (Test::NotEquals(Literal::Int(0)), false) | (Test::Equals(Literal::Int(0)), true) => {
            at_least(1)
        }
        _ => (
            format!("a number that {} of", statement(test, negated)),
            false,
        ),
    }
}

/// A condition as a statement about the element at `from`.
pub(super) fn describe(condition: &Condition, from: &Path) -> String {
    words(condition, from, false, false)
}

fn words(condition: &Condition, from: &Path, negated: bool, inner: bool) -> String {
    let join = |parts: &[Condition], all: bool| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| words(part, from, negated, true))
            .collect();
        // "not (a and b)" is "not a or not b".
        let (word, open) = if all == negated {
            ("or", "either ")
        } else {
            ("and", "")
        };
        let open = if inner && parts.len() > 1 { open } else { "" };
        format!("{open}{}", enumerate(&parts, word))
    };
    match condition {
        Condition::AllOf(parts) => join(parts, true),
        Condition::AnyOf(parts) => join(parts, false),
        Condition::Not(part) => words(part, from, !negated, inner),
        Condition::Is(Subject::Field(path), test) => {
            format!("{} {}", relative(path, from), statement(test, negated))
        }
        Condition::Is(Subject::Value(value), test) => {
            format!("{} {}", literal(value), statement(test, negated))
        }
        Condition::Is(Subject::Formula(formula), test) => {
            format!("{} {}", code(&formula.text), statement(test, negated))
        }
        Condition::Is(Subject::Unresolved(name), test) => {
            format!("{} {}", code(name), statement(test, negated))
        }
        Condition::Is(Subject::Count(count), test) => {
            let list = relative(&list_of(&count.field), from);
            format!("{list} has {}", quantity(count, test, negated))
        }
        Condition::Related(related) => {
            let verb = if negated { "has no" } else { "has" };
            format!("it {verb} {}", companion(related))
        }
    }
}

/// The companion that a relation asks for: its type, and what it must be like.
pub(super) fn companion(related: &Related) -> String {
    let parts = [&related.condition, &related.require];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|part| **part != Condition::always())
        .map(|part| describe(part, &Path::default()))
        .collect();
    let which = if parts.is_empty() {
        String::new()
    } else {
        format!(" in which {}", parts.join(" and "))
    };
    format!("{}{which}", code(related.kind.as_str()))
}

/// A path as it is spelled from the element at `from`.
fn relative(path: &Path, from: &Path) -> String {
    let rest = path.0.strip_prefix(from.0.as_slice()).unwrap_or(&path.0);
    if rest.is_empty() {
        "it".to_owned()
    } else {
        code(&Path(rest.to_vec()).to_string())
    }
}

/// The list whose elements a path that ends in `[*]` means.
fn list_of(path: &Path) -> Path {
    let steps = path.0.len().saturating_sub(1);
    Path(path.0[..steps].to_vec())
}

/// Several things in one phrase: `a, b and c`.
pub(super) fn enumerate(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} {word} {last}", rest.join(", ")),
    }
}

fn any_of(values: &[Literal]) -> String {
    let values: Vec<String> = values.iter().map(literal).collect();
    enumerate(&values, "or")
}

pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => code(&value.to_string()),
        Literal::Int(value) => code(&value.to_string()),
        Literal::Float(value) => code(&value.to_string()),
        Literal::String(text) if text.is_empty() => "empty".to_owned(),
        Literal::String(text) => code(text),
        Literal::List(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("the list of {}", enumerate(&items, "and"))
        }
        Literal::Map(_) => "the object that the rule gives".to_owned(),
    }
}

pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}
