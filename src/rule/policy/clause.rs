//! Conditions as a definition writes them, before it is known of which type they speak.

use std::sync::Arc;

use super::alias::{self, Field, Found};
use super::fault::Fault;
use super::operand::{Operand, Scope, formula, operand};
use crate::rule::{Formula, Literal, Test, Word};
use crate::syntax::json::{Member, Node};

/// How deep conditions may nest.
const DEEPEST: usize = 64;

/// A condition whose fields are names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clause {
    /// All hold.
    All(Vec<Clause>),
    /// One holds.
    Any(Vec<Clause>),
    /// It does not hold.
    Not(Box<Clause>),
    /// A comparison.
    Is(Left, Test),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Left {
    /// A field.
    Field(Field),
    /// A field whose name is settled by something that is not known.
    Unnamed(Arc<str>),
    /// A value.
    Value(Literal),
    /// A value that is computed when it is judged.
    Formula(Arc<Formula>),
    /// A number of elements.
    Count(Box<Counted>),
}

/// `count:`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) over: Over,
    pub(super) name: Option<Arc<str>>,
    pub(super) condition: Option<Clause>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Over {
    /// The elements of a field.
    Field(Field),
    /// The items of a value.
    Values(Arc<Formula>),
}

/// Reads a condition.
pub(super) fn clause(node: Node<'_>, scope: &Scope) -> Result<Clause, Fault> {
    nested(node, scope, DEEPEST)
}

fn nested(node: Node<'_>, scope: &Scope, depth: usize) -> Result<Clause, Fault> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Fault::of(node, "Conditions nest too deeply"))?;
    if !node.is_object() {
        return Err(Fault::of(node, "A condition is an object"));
    }
    let (mut form, mut test) = (None, None);
    for member in node.members() {
        let slot = match member.key.to_ascii_lowercase().as_str() {
            "allof" | "anyof" | "not" | "field" | "value" | "count" => &mut form,
            key if Word::of(key).is_some() => &mut test,
            // Microsoft's own definitions hold notes under this key.
            "comment" | "$comment" => continue,
            _ => {
                let message = format!("`{}` is no word of a condition", member.key);
                return Err(Fault::at(member.key_span, message));
            }
        };
        if let Some(first) = slot.replace(member.clone()) {
            let message = format!(
                "`{}` and `{}` cannot stand in one condition; join two with `allOf`",
                first.key, member.key
            );
            return Err(Fault::at(member.key_span, message));
        }
    }
    let Some(form) = form else {
        let message = "A condition has one of `allOf`, `anyOf`, `not`, `field`, `value`, `count`";
        return Err(Fault::of(node, message));
    };
    let joined = match form.key.to_ascii_lowercase().as_str() {
        "allof" => Some(Clause::All(list(&form, scope, depth)?)),
        "anyof" => Some(Clause::Any(list(&form, scope, depth)?)),
        "not" => Some(Clause::Not(Box::new(nested(form.value, scope, depth)?))),
        _ => None,
    };
    match (joined, test) {
        (Some(joined), None) => Ok(joined),
        (Some(_), Some(test)) => {
            let message = format!("`{}` takes no comparison", form.key);
            Err(Fault::at(test.key_span, message))
        }
        (None, None) => Err(Fault::of(
            node,
            "Here a comparison is missing, such as `equals`, `in` or `exists`",
        )),
        (None, Some(test)) => {
            let left = left(&form, scope, depth)?;
            Ok(Clause::Is(left, comparison(&test, scope)?))
        }
    }
}

fn list(member: &Member<'_>, scope: &Scope, depth: usize) -> Result<Vec<Clause>, Fault> {
    if !member.value.is_array() {
        let message = format!("`{}` takes an array of conditions", member.key);
        return Err(Fault::of(member.value, message));
    }
    let items = member.value.items();
    items.map(|item| nested(item, scope, depth)).collect()
}

fn left(form: &Member<'_>, scope: &Scope, depth: usize) -> Result<Left, Fault> {
    match form.key.to_ascii_lowercase().as_str() {
        "field" => field(form.value, scope),
        "count" => counted(form.value, scope, depth).map(|it| Left::Count(Box::new(it))),
        _ => Ok(match operand(form.value, scope)? {
            Operand::Known(literal) => Left::Value(literal),
            Operand::Open(formula) => Left::Formula(formula),
        }),
    }
}

fn field(node: Node<'_>, scope: &Scope) -> Result<Left, Fault> {
    match operand(node, scope)? {
        Operand::Known(Literal::String(name)) => named(&name, node, scope).map(Left::Field),
        Operand::Known(_) => Err(Fault::of(node, "`field` takes the name of a field")),
        Operand::Open(formula) => Ok(Left::Unnamed(Arc::clone(&formula.text))),
    }
}

fn named(name: &str, node: Node<'_>, scope: &Scope) -> Result<Field, Fault> {
    let field = alias::field(name).map_err(|message| Fault::of(node, message))?;
    scope.notes.borrow_mut().met(&field);
    if field.is("id") {
        let what = "`id`, which is known where the subscription and the names are";
        scope.notes.borrow_mut().undecidable.insert(what.to_owned());
    }
    Ok(field)
}

fn counted(node: Node<'_>, scope: &Scope, depth: usize) -> Result<Counted, Fault> {
    if !node.is_object() {
        return Err(Fault::of(
            node,
            "`count` takes an object with `field` or `value`",
        ));
    }
    let (mut over, mut name, mut condition) = (None, None, None);
    for member in node.members() {
        let value = member.value;
        match member.key.to_ascii_lowercase().as_str() {
            "field" | "value" if over.is_some() => {
                let message = "`count` takes either `field` or `value`";
                return Err(Fault::at(member.key_span, message));
            }
            "field" => over = Some(elements(value, scope)?),
            "value" => over = Some(Over::Values(Arc::new(formula(value, scope)?))),
            "name" => name = Some(Arc::from(super::fault::text(value, "`name`")?)),
            "where" => condition = Some(nested(value, scope, depth)?),
            _ => {
                let message = format!("`{}` is no word of `count`", member.key);
                return Err(Fault::at(member.key_span, message));
            }
        }
    }
    let over = over.ok_or_else(|| Fault::of(node, "`count` needs `field` or `value`"))?;
    Ok(Counted {
        over,
        name,
        condition,
    })
}

fn elements(node: Node<'_>, scope: &Scope) -> Result<Over, Fault> {
    let Left::Field(field) = field(node, scope)? else {
        return Err(Fault::of(node, "What is counted must be named"));
    };
    let is_list =
        |path: &crate::model::Path| matches!(path.0.last(), Some(crate::model::Step::Each));
    let counts =
        field.source == Found::Unknown || field.places.iter().all(|(_, path)| is_list(path));
    if !counts || !field.name.ends_with("[*]") {
        return Err(Fault::of(node, "What is counted ends in `[*]`"));
    }
    Ok(Over::Field(field))
}

fn comparison(member: &Member<'_>, scope: &Scope) -> Result<Test, Fault> {
    let Some(word) = Word::of(&member.key) else {
        return Err(Fault::at(member.key_span, "This is no comparison"));
    };
    match operand(member.value, scope)? {
        Operand::Known(literal) => word
            .with(literal)
            .map_err(|message| Fault::of(member.value, message)),
        Operand::Open(formula) => Ok(Test::Open(word, formula)),
    }
}
