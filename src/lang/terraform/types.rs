//! Type constraints: `list(object({ a = string, b = optional(bool, true) }))`.

use std::sync::Arc;

use super::convert::Defaults;
use super::eval::{Evaluation, Fault, Outcome};
use super::scope::{Scope, Written};
use super::section::Expression;
use crate::model::Type;
use crate::source::{Encoding, FileId, RelPath, SourceFile, Span};
use crate::syntax::hcl::{self, Expr, ExprKind};

/// What a variable's `type` demands.
#[derive(Clone, Debug)]
pub(super) struct Constraint {
    /// The type.
    pub(super) ty: Type,
    /// What `optional(type, default)` lays under a value.
    pub(super) defaults: Defaults,
}

impl Constraint {
    /// The constraint that every value fulfils.
    pub(super) fn any() -> Self {
        Self {
            ty: Type::Any,
            defaults: Defaults::default(),
        }
    }

    fn of(ty: Type) -> Self {
        Self {
            ty,
            defaults: Defaults::default(),
        }
    }

    /// The constraint on a collection whose members are to fulfil this one.
    fn members(self, collection: impl FnOnce(Box<Type>) -> Type) -> Self {
        let mut defaults = Defaults::default();
        if !self.defaults.is_empty() {
            defaults.inner.push((Arc::from(""), self.defaults));
        }
        Self {
            ty: collection(Box::new(self.ty)),
            defaults,
        }
    }
}

impl<'t> Evaluation<'t> {
    /// Reads a type constraint; the defaults in it are evaluated.
    pub(super) fn constraint(&mut self, expression: Expression<'t>) -> Outcome<Constraint> {
        match expression {
            Expression::Hcl(expr) => self.read(expr, Written::Configuration),
            Expression::Json(text, node) if text.constraints.contains_key(&node.span().start) => {
                let tree = &text.constraints[&node.span().start];
                if !tree.notices().is_empty() {
                    return Err(Fault::at(node.span(), "This is no type constraint."));
                }
                // Places in the text are not places in the file, so the string as a whole is meant.
                self.read(tree.expression(), Written::JsonString(node.span()))
                    .map_err(|fault| Fault::at(node.span(), fault.message))
            }
            Expression::Json(..) | Expression::Plain(_) => {
                let span = expression.span();
                let text = expression
                    .as_text()
                    .ok_or_else(|| Fault::at(span, "A type constraint is expected here."))?;
                // The offsets in the text are not offsets in the file, so the string as a whole is meant.
                parsed(&text).ok_or_else(|| Fault::at(span, "This is no type constraint."))
            }
        }
    }
}

impl<'t> Evaluation<'t> {
    fn read(&mut self, expr: Expr<'t>, written: Written) -> Outcome<Constraint> {
        let scope = Scope::none(written);
        read(expr, &mut |value| {
            let outcome = self.expression(Expression::Hcl(value), &scope);
            let span = match written {
                Written::JsonString(token) => token,
                _ => value.span(),
            };
            Some(self.settle(outcome, span))
        })
    }
}

/// The type that a text spells, as schemas and JSON configurations write it; `None` for what is no type.
pub(super) fn from_text(text: &str) -> Option<Type> {
    let plain = |text: &str| match text {
        "string" => Some(Type::String),
        "bool" => Some(Type::Bool),
        "number" => Some(Type::Number),
        _ => None,
    };
    // Nearly all types of a schema are these, and they are asked for with every argument.
    let of = |collection: &str| {
        let inner = text.strip_prefix(collection)?.strip_suffix(')')?;
        plain(inner).map(Box::new)
    };
    plain(text)
        .or_else(|| of("list(").map(Type::List))
        .or_else(|| of("set(").map(Type::Set))
        .or_else(|| of("map(").map(Type::Map))
        .or_else(|| parsed(text).map(|it| it.ty))
}

fn parsed(text: &str) -> Option<Constraint> {
    let file = SourceFile::new(
        FileId(u32::MAX),
        RelPath::root(),
        text.to_owned(),
        Encoding::Utf8,
    );
    let tree = hcl::parse_expression(&Arc::new(file));
    if !tree.notices().is_empty() {
        return None;
    }
    read(tree.expression(), &mut |_| None).ok()
}

/// Evaluates the default of an optional attribute; `None` where defaults are left out.
type DefaultOf<'r, 't> = dyn FnMut(Expr<'t>) -> Option<crate::model::Value> + 'r;

fn read<'t>(expr: Expr<'t>, default_of: &mut DefaultOf<'_, 't>) -> Outcome<Constraint> {
    let span = expr.span();
    match expr.inner().kind() {
        ExprKind::Variable(name) => plain(name, span),
        // Before version 0.12 types were written in quotes.
        ExprKind::String(text) => plain(&text, span),
        ExprKind::Call { name, args, .. } => {
            let args: Vec<Expr<'t>> = args.collect();
            let [arg] = args.as_slice() else {
                return Err(Fault::at(
                    span,
                    format!("The type constructor `{name}` takes one argument."),
                ));
            };
            constructed(name, *arg, span, default_of)
        }
        _ => Err(Fault::at(span, "This is no type constraint.")),
    }
}

fn plain(name: &str, span: Span) -> Outcome<Constraint> {
    let ty = match name {
        "any" => Type::Any,
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "list" => Type::List(Box::new(Type::Any)),
        "set" => Type::Set(Box::new(Type::Any)),
        "map" => Type::Map(Box::new(Type::Any)),
        _ => {
            let message = format!("`{name}` is no type.");
            return Err(Fault::at(span, message));
        }
    };
    Ok(Constraint::of(ty))
}

fn constructed<'t>(
    name: &str,
    arg: Expr<'t>,
    span: Span,
    default_of: &mut DefaultOf<'_, 't>,
) -> Outcome<Constraint> {
    match name {
        "list" => Ok(read(arg, default_of)?.members(Type::List)),
        "set" => Ok(read(arg, default_of)?.members(Type::Set)),
        "map" => Ok(read(arg, default_of)?.members(Type::Map)),
        "tuple" => {
            let ExprKind::Tuple(items) = arg.kind() else {
                return Err(Fault::at(span, "`tuple` takes a list of types."));
            };
            let mut types = Vec::new();
            let mut defaults = Defaults::default();
            for (index, item) in items.enumerate() {
                let item = read(item, default_of)?;
                if !item.defaults.is_empty() {
                    let name = Arc::from(index.to_string());
                    defaults.inner.push((name, item.defaults));
                }
                types.push(item.ty);
            }
            let ty = Type::Tuple(types);
            Ok(Constraint { ty, defaults })
        }
        "object" => object(arg, span, default_of),
        _ => {
            let message = format!("`{name}` is no type constructor.");
            Err(Fault::at(span, message))
        }
    }
}

fn object<'t>(
    arg: Expr<'t>,
    span: Span,
    default_of: &mut DefaultOf<'_, 't>,
) -> Outcome<Constraint> {
    let ExprKind::Object(items) = arg.kind() else {
        let message = "`object` takes the types of its attributes in braces.";
        return Err(Fault::at(span, message));
    };
    let mut attributes: Vec<(Arc<str>, Type, bool)> = Vec::new();
    let mut defaults = Defaults::default();
    for item in items {
        let ExprKind::String(name) = item.key.inner().kind() else {
            let message = "The attributes of an object type have plain names.";
            return Err(Fault::at(item.key.span(), message));
        };
        let name: Arc<str> = Arc::from(&*name);
        let (ty, is_optional, default) = optional(item.value)?;
        let constraint = read(ty, default_of)?;
        if let Some(value) = default.and_then(&mut *default_of) {
            let value = super::convert::convert(&value, &constraint.ty).unwrap_or(value);
            defaults.values.push((Arc::clone(&name), value));
        }
        if !constraint.defaults.is_empty() {
            defaults
                .inner
                .push((Arc::clone(&name), constraint.defaults));
        }
        attributes.push((name, constraint.ty, is_optional));
    }
    attributes.sort_by(|a, b| a.0.cmp(&b.0));
    let ty = Type::Object(attributes);
    Ok(Constraint { ty, defaults })
}

/// The type of an attribute, whether it is optional, and its default.
fn optional(expr: Expr<'_>) -> Outcome<(Expr<'_>, bool, Option<Expr<'_>>)> {
    let ExprKind::Call { name, args, .. } = expr.kind() else {
        return Ok((expr, false, None));
    };
    if name != "optional" {
        return Ok((expr, false, None));
    }
    let args: Vec<Expr<'_>> = args.collect();
    match args.as_slice() {
        [ty] => Ok((*ty, true, None)),
        [ty, default] => Ok((*ty, true, Some(*default))),
        _ => Err(Fault::at(
            expr.span(),
            "`optional` takes a type and, if wanted, a default.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::terraform::convert::describe;

    #[test]
    fn types_are_read_from_text() {
        let list = |item| Some(Type::List(Box::new(item)));
        let rows = [
            ("string", Some(Type::String)),
            ("list(string)", list(Type::String)),
            ("list", list(Type::Any)),
            (
                "map(set(number))",
                Some(Type::Map(Box::new(Type::Set(Box::new(Type::Number))))),
            ),
            (
                "object({b = optional(bool), a = any})",
                Some(Type::Object(vec![
                    (Arc::from("a"), Type::Any, false),
                    (Arc::from("b"), Type::Bool, true),
                ])),
            ),
            (
                "tuple([string, bool])",
                Some(Type::Tuple(vec![Type::String, Type::Bool])),
            ),
            ("strin", None),
            ("list(", None),
            ("list(string, bool)", None),
        ];
        for (text, expected) in rows {
            let found = from_text(text);
            assert_eq!(
                found,
                expected,
                "{text}: {:?}",
                found.as_ref().map(describe)
            );
        }
    }
}
