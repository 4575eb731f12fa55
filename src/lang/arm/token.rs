//! What the functions of an expression read from the template around them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::run::Run;
use super::scope::Frame;
use super::{ids, inputs, outputs};
use crate::expression::{self, Call, Environment, Expr, Failure};
use crate::model::{Data, Entry, Number, Origin, Type, Unknown, Value, Via, Why};
use crate::source::Span;
use crate::syntax::json::{Node, NodeKind};

/// The value of an expression that stands at `span`.
pub(super) fn evaluate(
    run: &mut Run<'_>,
    frame: &Frame<'_, '_>,
    expr: &Expr,
    span: Span,
) -> Result<Value, Failure> {
    expression::evaluate(expr, &mut Token { run, frame, span })
}

/// One string of a template: the expression in it is evaluated here.
struct Token<'r, 't, 'f, 's> {
    run: &'r mut Run<'t>,
    frame: &'f Frame<'f, 's>,
    span: Span,
}

impl Token<'_, '_, '_, '_> {
    fn unknown(&mut self, unknown: Unknown) -> Value {
        let origin = self.run.out.origins.computed(self.span);
        Value::unknown(unknown, origin)
    }

    /// `parameters('x')` and `variables('x')`: the value, with the step to its use.
    fn named(&mut self, call: &Call<'_>, via: Via) -> Result<Value, Failure> {
        let [name] = call.args else {
            return Err(Failure::invalid(
                call.range.clone(),
                format!("`{}` needs one name", call.name),
            ));
        };
        let Some(name) = name.as_str() else {
            if name.as_unknown().is_some() {
                return Ok(self.unknown(Unknown::because(Why::Computed)));
            }
            return Err(Failure::invalid(
                call.range.clone(),
                format!("`{}` needs a name", call.name),
            ));
        };
        let key = name.to_ascii_lowercase();
        let found = match (&self.frame.arguments, via) {
            (Some(arguments), Via::Parameter) => arguments.get(&key).cloned(),
            (_, Via::Parameter) => inputs::parameter(self.run, self.frame.scope, &key),
            _ => inputs::variable(self.run, self.frame.scope, &key),
        };
        let what = if via == Via::Parameter {
            "parameter"
        } else {
            "variable"
        };
        let missing =
            || Failure::invalid(call.range.clone(), format!("there is no {what} '{name}'"));
        let mut value = found.ok_or_else(missing)?;
        value.origin = self.run.step(self.span, via, value.origin);
        Ok(value)
    }

    /// `copyIndex()`, `copyIndex('loop')`, `copyIndex('loop', 1)`, `copyIndex(1)`.
    fn copy_index(&mut self, call: &Call<'_>) -> Result<Value, Failure> {
        let name = call.args.first().and_then(Value::as_str);
        let offset = call.args.iter().rfind(|arg| arg.as_str().is_none());
        let mut turns = self.frame.turns.iter().rev();
        let turn = match name {
            Some(name) => turns.find(|turn| {
                turn.name
                    .as_deref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
            }),
            None => turns
                .find(|turn| turn.of_resources)
                .or_else(|| self.frame.turns.last()),
        };
        let Some(turn) = turn else {
            return Err(Failure::invalid(
                call.range.clone(),
                "`copyIndex` stands outside of such a loop",
            ));
        };
        let index = turn.index.clone();
        let Some(offset) = offset else {
            return Ok(index);
        };
        match (&index.data, &offset.data) {
            (Data::Number(index), Data::Number(offset)) => {
                let sum = index
                    .as_i64()
                    .zip(offset.as_i64())
                    .and_then(|(a, b)| a.checked_add(b));
                let sum = sum.ok_or_else(|| {
                    Failure::invalid(
                        call.range.clone(),
                        "the offset of `copyIndex` must be an integer",
                    )
                })?;
                let origin = self.run.out.origins.computed(self.span);
                Ok(Value::new(Data::Number(Number::from(sum)), origin))
            }
            // Another turn than the one at hand: the same only where the offset is the same.
            (_, Data::Number(_)) => {
                let unknown = Unknown::because(Why::Computed)
                    .not_null()
                    .typed(Type::Number);
                let args = [index.clone(), offset.clone()];
                Ok(self.unknown(ids::spelled(unknown, "add", &args)))
            }
            (_, Data::Unknown(unknown)) => {
                let mut unknown = Unknown::clone(unknown).not_null();
                (unknown.term, unknown.domain, unknown.points_to) = (None, None, None);
                Ok(self.unknown(unknown))
            }
            _ => Err(Failure::invalid(
                call.range.clone(),
                "the offset of `copyIndex` must be an integer",
            )),
        }
    }

    /// An object of known shape whose leaves depend on where it is deployed.
    fn place(&mut self, spelling: &str, leaves: &[&str]) -> Value {
        let origin = self.run.out.origins.computed(self.span);
        // Each deployment is another one; the group and what is above it are shared.
        let prefix = match spelling {
            "deployment" => self.frame.scope.prefix.as_str(),
            _ => "",
        };
        let leaf = |name: &&str| {
            let term = format!("{prefix}{spelling}().{name}");
            let unknown = Unknown::because(Why::Computed)
                .typed(Type::String)
                .not_null()
                .spelled(term);
            Entry {
                key: Arc::from(*name),
                value: Value::unknown(unknown, origin),
            }
        };
        let mut value = Value::map(leaves.iter().map(leaf).collect(), origin);
        if let Data::Map(map) = &mut value.data
            && let Some(map) = Arc::get_mut(map)
        {
            map.open = true;
        }
        value
    }

    /// What a deployment of this template gives, or an unknown that remembers whose it is.
    fn reference(&mut self, call: &Call<'_>) -> Value {
        let whole = call.args.len() > 2;
        let of = call.args.first().filter(|_| !whole);
        let given = of.and_then(|of| outputs::reference(self.run, self.frame.scope, of, self.span));
        given.unwrap_or_else(|| self.unknown(ids::read("reference", call.args)))
    }

    /// The arguments of a user-defined function by lower-case name; null for what may be left out.
    fn arguments(
        &mut self,
        function: Node<'_>,
        call: &Call<'_>,
    ) -> Result<FxHashMap<String, Value>, Failure> {
        let declared = function.get("parameters").into_iter().flat_map(Node::items);
        let declared: Vec<Node<'_>> = declared.collect();
        let optional = |item: &&Node<'_>| {
            let flag = item.get("nullable").map(Node::kind);
            matches!(flag, Some(NodeKind::Bool(true)))
        };
        let missing = declared.iter().skip(call.args.len());
        let given = call.args.len();
        if given > declared.len() || !missing.clone().all(|item| optional(&item)) {
            let expected = declared.len();
            let message = format!("`{}` takes {expected} arguments, {given} given", call.name);
            return Err(Failure::invalid(call.range.clone(), message));
        }
        let nulls = missing.map(|_| Value::null(self.run.out.origins.computed(self.span)));
        let nulls: Vec<Value> = nulls.collect();
        let values = call.args.iter().cloned().chain(nulls);
        let names = declared.iter().map(|item| {
            let name = item.get("name").and_then(Node::as_str);
            name.unwrap_or_default().to_ascii_lowercase()
        });
        Ok(names.zip(values).collect())
    }

    fn user_function(&mut self, namespace: &str, call: &Call<'_>) -> Result<Value, Failure> {
        let key = format!("{namespace}.{}", call.name).to_ascii_lowercase();
        let Some(function) = self.frame.scope.template.functions.get(&key).copied() else {
            return Err(Failure::invalid(
                call.range.clone(),
                format!("there is no function '{key}'"),
            ));
        };
        let arguments = self.arguments(function, call)?;
        let Some(output) = function
            .get("output")
            .and_then(|output| output.get("value"))
        else {
            return Err(Failure::invalid(
                call.range.clone(),
                format!("the function '{key}' has no output"),
            ));
        };
        let frame = Frame {
            scope: self.frame.scope,
            turns: Vec::new(),
            arguments: Some(arguments),
        };
        Ok(super::eval::value(self.run, &frame, output))
    }
}

impl Environment for Token<'_, '_, '_, '_> {
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>> {
        if let Some(namespace) = call.namespace {
            return Some(self.user_function(namespace, call));
        }
        let name = call.name.to_ascii_lowercase();
        Some(match name.as_str() {
            "parameters" => self.named(call, Via::Parameter),
            "variables" => self.named(call, Via::ArmVariable),
            "copyindex" => self.copy_index(call),
            _ if ids::is_id_function(&name) => match ids::resource_id(call.name, call.args) {
                Ok(unknown) => Ok(self.unknown(unknown)),
                Err(message) => Err(Failure::invalid(call.range.clone(), message)),
            },
            "reference" => Ok(self.reference(call)),
            "references" | "pickzones" | "providers" | "roledefinitions" => {
                Ok(self.unknown(ids::read(&name, call.args)))
            }
            // Which zone is which differs by subscription.
            "tologicalzone" | "tologicalzones" | "tophysicalzone" | "tophysicalzones" => {
                Ok(self.unknown(ids::read(&name, call.args).not_null()))
            }
            _ if name.starts_with("list") => Ok(self.unknown(ids::read(&name, call.args))),
            "resourcegroup" => Ok(self.place("resourceGroup", &["id", "name", "location", "type"])),
            "subscription" => Ok(self.place(
                "subscription",
                &["id", "subscriptionId", "tenantId", "displayName"],
            )),
            "tenant" => Ok(self.place("tenant", &["tenantId", "displayName"])),
            "managementgroup" => Ok(self.place("managementGroup", &["id", "name"])),
            "deployment" => Ok(self.place("deployment", &["name", "location", "properties"])),
            "environment" => Ok(self.place("environment", &["name"])),
            "newguid" | "utcnow" | "deployer" => {
                let unknown = Unknown::because(Why::Nondeterministic).not_null();
                Ok(self.unknown(ids::spelled(unknown, &name, call.args)))
            }
            _ => return None,
        })
    }

    fn computed(&mut self) -> Origin {
        self.run.out.origins.computed(self.span)
    }

    fn derived(&mut self, values: &[&Value]) -> Origin {
        let origins = &mut self.run.out.origins;
        // What has come here from elsewhere has a step behind it.
        let mut from = values.iter().map(|value| value.origin);
        let Some(from) = from.find(|origin| origins.hop(*origin).from.is_some()) else {
            return origins.computed(self.span);
        };
        let hop = origins.hop(from);
        if hop.via == Via::Derived && hop.span == Some(self.span) {
            return from;
        }
        origins.step(self.span, Via::Derived, from)
    }

    fn decided(&mut self, value: Origin, by: &Value) -> Origin {
        let comes_from_elsewhere = self.run.out.origins.hop(value).from.is_some();
        if comes_from_elsewhere {
            value
        } else {
            self.derived(&[by])
        }
    }

    fn selected(&mut self, container: Origin, item: Origin) -> Origin {
        self.run.selected(self.span, container, item)
    }

    fn enter(&mut self) -> Result<(), String> {
        self.run.enter()
    }

    fn leave(&mut self) {
        self.run.leave();
    }
}
