use std::ops::Range;
use std::sync::Arc;

use super::ast::{Accessor, Expr, ExprKind};
use super::environment::{Call, Environment, Failure};
use super::functions::lambda::{self, Interpreter};
use super::member::select;
use super::{functions, unknowns};
use crate::model::{Data, Number, Origin, Value};

/// Evaluates `expr` in `env`.
///
/// # Errors
/// [`Failure`] says what is wrong and at which place of the string. An unknown is no failure.
pub fn evaluate(expr: &Expr, env: &mut dyn Environment) -> Result<Value, Failure> {
    Evaluation {
        env,
        lambdas: Vec::new(),
    }
    .value(expr)
}

/// Returns `true` if the language itself has a function of this name, which is in lower case.
#[must_use]
pub fn has_function(lower: &str) -> bool {
    matches!(lower, "if" | "and" | "or" | "coalesce" | "lambdavariables")
        || lambda::find(lower).is_some()
        || functions::find(lower).is_some()
}

/// An evaluation on its way: where it reads from, and the lambda variables in sight, innermost last.
struct Evaluation<'e> {
    env: &'e mut dyn Environment,
    lambdas: Vec<(Arc<str>, Value)>,
}

impl Interpreter for Evaluation<'_> {
    fn value(&mut self, expr: &Expr) -> Result<Value, Failure> {
        Evaluation::value(self, expr)
    }

    fn applied(
        &mut self,
        names: &[Arc<str>],
        values: &[&Value],
        body: &Expr,
    ) -> Result<Value, Failure> {
        let before = self.lambdas.len();
        for (name, value) in names.iter().zip(values) {
            self.lambdas.push((Arc::clone(name), (*value).clone()));
        }
        let result = self.value(body);
        self.lambdas.truncate(before);
        result
    }

    fn computed(&mut self) -> Origin {
        self.env.computed()
    }
}

impl Evaluation<'_> {
    fn value(&mut self, expr: &Expr) -> Result<Value, Failure> {
        self.env
            .enter()
            .map_err(|limit| Failure::limit(expr.range.clone(), limit))?;
        let result = match &expr.kind {
            ExprKind::Text(text) => Ok(Value::string(Arc::clone(text), self.env.computed())),
            ExprKind::Integer(value) => {
                let origin = self.env.computed();
                Ok(Value::new(Data::Number(Number::from(*value)), origin))
            }
            ExprKind::Call {
                namespace,
                name,
                args,
            } => self.call(&expr.range, namespace.as_deref(), name, args),
            ExprKind::Access { base, steps } => self.access(base, steps),
        };
        self.env.leave();
        result
    }

    fn access(&mut self, base: &Expr, steps: &[Accessor]) -> Result<Value, Failure> {
        let mut value = self.value(base)?;
        for step in steps {
            let key = self.value(&step.key)?;
            // A safe step that found nothing ends the whole chain.
            if step.safe && value.is_null() {
                return Ok(value);
            }
            value = select(&value, &key, step.safe, self.env)
                .map_err(|message| Failure::invalid(step.range.clone(), message))?;
        }
        Ok(value)
    }

    fn call(
        &mut self,
        range: &Range<usize>,
        namespace: Option<&str>,
        name: &str,
        args: &[Expr],
    ) -> Result<Value, Failure> {
        if namespace.is_none() {
            let lower = name.to_ascii_lowercase();
            match lower.as_str() {
                "if" => return self.choice(range, args),
                "and" => return self.junction(range, args, "and", false),
                "or" => return self.junction(range, args, "or", true),
                "coalesce" => return self.coalesce(range, args),
                "lambdavariables" => return self.lambda_variable(range, args),
                _ => {}
            }
            if let Some(function) = lambda::find(&lower) {
                return lambda::call(self, function, range, args);
            }
            if let Some(function) = functions::find(&lower) {
                let values = self.values(args)?;
                let origin = self.env.derived(&values.iter().collect::<Vec<_>>());
                return functions::call(function, &values, origin, &mut |from, item| {
                    self.env.selected(from, item)
                })
                .map_err(|message| Failure::invalid(range.clone(), message));
            }
        }
        let values = self.values(args)?;
        let call = Call {
            namespace,
            name,
            args: &values,
            range: range.clone(),
        };
        self.env.call(&call).unwrap_or_else(|| {
            let full = namespace.map_or_else(|| name.to_owned(), |n| format!("{n}.{name}"));
            let message = format!("there is no function `{full}`");
            Err(Failure::invalid(range.clone(), message))
        })
    }

    fn values(&mut self, args: &[Expr]) -> Result<Vec<Value>, Failure> {
        args.iter().map(|arg| self.value(arg)).collect()
    }

    /// `if(condition, then, otherwise)`: only the branch that is taken is evaluated.
    fn choice(&mut self, range: &Range<usize>, args: &[Expr]) -> Result<Value, Failure> {
        let [condition, then, otherwise] = args else {
            return Err(Failure::wrong_count(range, "if", "3 arguments", args.len()));
        };
        let decision = self.value(condition)?;
        match &decision.data {
            Data::Bool(truth) => {
                let chosen = self.value(if *truth { then } else { otherwise })?;
                return Ok(self.chosen(chosen, &decision));
            }
            Data::Unknown(_) => {}
            Data::Null | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Map(_) => {
                let found = functions::describe(&decision);
                let message = format!("the condition of `if` must be true or false, not {found}");
                return Err(Failure::invalid(condition.range.clone(), message));
            }
        }
        let origin = self.env.derived(&[&decision]);
        // A branch that would not be taken may be wrong (`outputs` of a skipped deployment).
        match (self.value(then), self.value(otherwise)) {
            (Ok(then), Ok(otherwise)) => Ok(unknowns::either(&decision, &then, &otherwise, origin)),
            (Ok(one), Err(_)) | (Err(_), Ok(one)) => {
                let unknown = unknowns::combine([&decision, &one]);
                Ok(Value::unknown(unknown, origin).marked(one.sensitive))
            }
            (Err(failure), Err(_)) => Err(failure),
        }
    }

    /// A value that the expression itself spells was decided by what chose it; one from elsewhere
    /// keeps its own way.
    fn chosen(&mut self, mut value: Value, by: &Value) -> Value {
        value.origin = self.env.decided(value.origin, by);
        value
    }

    /// `and`, `or`: one argument that is `decisive` decides, whatever the others are.
    fn junction(
        &mut self,
        range: &Range<usize>,
        args: &[Expr],
        name: &str,
        decisive: bool,
    ) -> Result<Value, Failure> {
        if args.is_empty() {
            return Err(Failure::wrong_count(range, name, "at least 1 argument", 0));
        }
        let mut open = Vec::new();
        let mut known = Vec::new();
        for arg in args {
            let value = self.value(arg)?;
            match &value.data {
                Data::Bool(truth) if *truth == decisive => {
                    let origin = self.env.derived(&[&value]);
                    return Ok(Value::new(Data::Bool(decisive), origin));
                }
                Data::Bool(_) => known.push(value),
                Data::Unknown(_) => open.push(value),
                Data::Null | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Map(_) => {
                    let found = functions::describe(&value);
                    let message = format!("`{name}` takes true or false, not {found}");
                    return Err(Failure::invalid(arg.range.clone(), message));
                }
            }
        }
        match open.as_slice() {
            [] => {
                let origin = self.env.derived(&known.iter().collect::<Vec<_>>());
                Ok(Value::new(Data::Bool(!decisive), origin))
            }
            [only] => Ok(only.clone()),
            several => {
                let origin = self.env.derived(&several.iter().collect::<Vec<_>>());
                Ok(functions::unknown_truth(name, several, origin))
            }
        }
    }

    /// `coalesce`: the first that is not null. One that may be null leaves the rest possible.
    fn coalesce(&mut self, range: &Range<usize>, args: &[Expr]) -> Result<Value, Failure> {
        if args.is_empty() {
            return Err(Failure::wrong_count(
                range,
                "coalesce",
                "at least 1 argument",
                0,
            ));
        }
        let mut possible: Vec<Value> = Vec::new();
        let mut nulls: Vec<Value> = Vec::new();
        for arg in args {
            let value = self.value(arg)?;
            if value.is_null() {
                nulls.push(value);
                continue;
            }
            let ends = unknowns::is_present(&value);
            possible.push(value);
            if ends {
                break;
            }
        }
        let passed: Vec<&Value> = nulls.iter().collect();
        match possible.as_slice() {
            [] => Ok(Value::null(self.env.derived(&passed))),
            [only] => match nulls.first() {
                Some(null) => Ok(self.chosen(only.clone(), null)),
                None => Ok(only.clone()),
            },
            _ => {
                let origin = self.env.derived(&possible.iter().collect::<Vec<_>>());
                Ok(functions::unknown_coalesce(&possible, origin))
            }
        }
    }

    fn lambda_variable(&mut self, range: &Range<usize>, args: &[Expr]) -> Result<Value, Failure> {
        let [arg] = args else {
            return Err(Failure::wrong_count(
                range,
                "lambdaVariables",
                "1 argument",
                args.len(),
            ));
        };
        let name = self.value(arg)?;
        let wanted = name.as_str().unwrap_or_default();
        let mut frames = self.lambdas.iter().rev();
        frames
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.clone())
            .ok_or_else(|| {
                let message = format!("there is no lambda variable `{wanted}` here");
                Failure::invalid(arg.range.clone(), message)
            })
    }
}
