//! Values of a definition: JSON whose texts may be expressions.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::alias;
use super::fault::Fault;
use crate::expression::{self, ExprKind, Text};
use crate::model::{Data, Entry, Origin, Value};
use crate::rule::formula::{elsewhere, is_function, number, walk};
use crate::rule::{Bound, Formula, Literal, Reader, Term, literal_of};
use crate::source::{Encoding, FileId, RelPath, SourceFile};
use crate::syntax::json::{self, Node, NodeKind};

/// What is in force where a value is read.
pub(super) struct Scope {
    /// What names stand for.
    pub(super) bound: Arc<Bound>,
    /// Parameters without a value, lower case.
    pub(super) missing: BTreeSet<String>,
    /// Whether a parameter without a value is a fault.
    pub(super) strict: bool,
    /// What was met on the way.
    pub(super) notes: RefCell<Notes>,
}

/// What is worth telling about a definition beside its rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// Aliases whose path is not known.
    pub(super) unknown: BTreeSet<String>,
    /// Aliases whose path was made the regular way, of types of which nothing is known.
    pub(super) assumed: BTreeSet<String>,
    /// What decides at judging time and is not known before deployment.
    pub(super) undecidable: BTreeSet<String>,
}

/// A value of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// Known when it is compiled.
    Known(Literal),
    /// Computed when it is judged.
    Open(Arc<Formula>),
}

/// Reads a value of a condition.
pub(super) fn operand(node: Node<'_>, scope: &Scope) -> Result<Operand, Fault> {
    let formula = formula(node, scope)?;
    let value = formula.evaluate(&mut Nowhere);
    Ok(match literal_of(&value) {
        Some(literal) => Operand::Known(literal),
        None => Operand::Open(Arc::new(formula)),
    })
}

/// Reads a value of a condition without computing it.
pub(super) fn formula(node: Node<'_>, scope: &Scope) -> Result<Formula, Fault> {
    let term = term(node, scope)?;
    let text = node
        .as_str()
        .map_or_else(|| node.text().to_owned(), std::borrow::Cow::into_owned);
    Ok(Formula {
        text: Arc::from(text),
        term,
        bound: Arc::clone(&scope.bound),
    })
}

/// JSON as it stands, whatever its texts say.
pub(super) fn plain(node: Node<'_>) -> Value {
    match node.kind() {
        NodeKind::Null => Value::null(Origin::NOWHERE),
        NodeKind::Bool(truth) => Value::new(Data::Bool(truth), Origin::NOWHERE),
        NodeKind::Number(text) => number(text),
        NodeKind::String(text) => Value::string(text.as_ref(), Origin::NOWHERE),
        NodeKind::Array => Value::list(node.items().map(plain).collect(), Origin::NOWHERE),
        NodeKind::Object => {
            let entries = node.members().map(|member| Entry {
                key: Arc::from(member.key.as_ref()),
                value: plain(member.value),
            });
            Value::map(entries.collect(), Origin::NOWHERE)
        }
    }
}

/// The value of a parameter as a person writes it: JSON, or the text itself.
#[must_use]
pub fn parameter_value(text: &str) -> Value {
    let file = SourceFile::new(FileId(0), RelPath::root(), text.to_owned(), Encoding::Utf8);
    let tree = json::parse(&Arc::new(file));
    tree.root()
        .map_or_else(|| Value::string(text, Origin::NOWHERE), plain)
}

/// A value with its expressions computed as far as the definition alone tells.
pub(super) fn computed(node: Node<'_>, scope: &Scope) -> Result<Value, Fault> {
    formula(node, scope).map(|formula| formula.evaluate(&mut Nowhere))
}

fn term(node: Node<'_>, scope: &Scope) -> Result<Term, Fault> {
    match node.kind() {
        NodeKind::Array => {
            let items = node.items().map(|item| term(item, scope));
            items.collect::<Result<_, _>>().map(Term::List)
        }
        NodeKind::Object => {
            let members = node
                .members()
                .map(|member| Ok((Arc::from(member.key.as_ref()), term(member.value, scope)?)));
            members.collect::<Result<_, _>>().map(Term::Map)
        }
        NodeKind::String(text) => match expression::classify(&text) {
            Text::Literal(text) => Ok(Term::Plain(Value::string(text.as_ref(), Origin::NOWHERE))),
            Text::Expression(range) => expression(node, &text, range, scope),
        },
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) => Ok(Term::Plain(plain(node))),
    }
}

fn expression(
    node: Node<'_>,
    text: &str,
    range: std::ops::Range<usize>,
    scope: &Scope,
) -> Result<Term, Fault> {
    let parsed = expression::parse(text, range).map_err(|failure| {
        let message = format!("This expression cannot be read: {}", failure.message);
        Fault::at(node.string_span(failure.range), message)
    })?;
    let mut fault = None;
    walk(&parsed, &mut |expr| {
        let ExprKind::Call {
            namespace,
            name,
            args,
        } = &expr.kind
        else {
            return;
        };
        let first = args.first().and_then(|arg| match &arg.kind {
            ExprKind::Text(text) => Some(&**text),
            ExprKind::Integer(_) | ExprKind::Call { .. } | ExprKind::Access { .. } => None,
        });
        let wrong = match namespace {
            Some(namespace) => Some(format!("There is no function `{namespace}.{name}`")),
            None => call(name, first, scope).err(),
        };
        if let Some(message) = wrong {
            fault.get_or_insert_with(|| Fault::at(node.string_span(expr.range.clone()), message));
        }
    });
    fault.map_or(Ok(Term::Expression(parsed)), Err)
}

/// Looks at a call of a function: whether there is one, and what it reads.
fn call(name: &str, argument: Option<&str>, scope: &Scope) -> Result<(), String> {
    if !is_function(name) {
        return Err(format!("Azure Policy has no function `{name}`"));
    }
    let note = |what: String| {
        scope.notes.borrow_mut().undecidable.insert(what);
    };
    match (name.to_ascii_lowercase().as_str(), argument) {
        ("parameters", Some(parameter)) => {
            let key = parameter.to_ascii_lowercase();
            if !scope.bound.parameters.contains_key(&key) {
                return Err(format!("The definition has no parameter `{parameter}`"));
            }
            if scope.missing.contains(&key) {
                if scope.strict {
                    return Err(format!("The parameter `{parameter}` has no value"));
                }
                note(format!("the parameter `{parameter}`, which needs a value"));
            }
        }
        ("field" | "current", Some(field)) if field.contains('/') => {
            let field = alias::field(field)?;
            scope.notes.borrow_mut().met(&field);
        }
        ("field", Some(field)) => {
            alias::field(field)?;
        }
        ("utcnow", _) => note("`utcNow()`, the time at which it is assessed".to_owned()),
        ("subscription", _) => note("`subscription()`, what it is deployed to".to_owned()),
        _ => {}
    }
    Ok(())
}

impl Notes {
    /// Notes what is worth telling of `field`.
    pub(super) fn met(&mut self, field: &alias::Field) {
        match field.source {
            alias::Found::Unknown => {
                self.unknown.insert(field.name.to_string());
            }
            alias::Found::Assumed => {
                self.assumed.insert(field.name.to_string());
            }
            alias::Found::Common | alias::Found::Facts | alias::Found::Regular => {}
        }
    }
}

/// Where there is no resource yet.
pub(super) struct Nowhere;

impl Reader for Nowhere {
    fn field(&mut self, _: &str) -> Result<Value, String> {
        Ok(elsewhere())
    }

    fn current(&mut self, _: Option<&str>) -> Result<Value, String> {
        Ok(elsewhere())
    }

    fn surroundings(&mut self, _: &str) -> Value {
        elsewhere()
    }
}
