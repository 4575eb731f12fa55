use std::sync::Arc;

use super::evaluation::{BYTES_A_STEP, Evaluation, Fault, Outcome};
use super::unknowns::{DOMAIN, short, term_of};
use crate::lang::terraform::convert::{convert, is_sensitive_within};
use crate::lang::terraform::functions::{Call, Form, Function, MARKED, NULL, Stop, UNKNOWN};
use crate::model::{Data, Entry, List, Map, Type, Unknown, Value, Via};
use crate::source::{NoticeKind, Span};

/// An argument and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) span: Span,
}

impl Evaluation<'_> {
    /// The result of `function`, called by `name`, for arguments that were evaluated.
    pub(super) fn invoke(
        &mut self,
        function: &'static Function,
        name: &str,
        given: Vec<Given>,
        span: Span,
    ) -> Outcome {
        let (arguments, sensitive) = checked(function, name, given, span)?;
        let value = match function.form {
            Form::Values(_) => self.answered(function, name, &arguments, span)?,
            Form::TemplateFile => self.template_file(function, name, &arguments, span)?,
            Form::Try | Form::Can | Form::TemplateString => {
                let message = format!(
                    "Call to function {name:?} failed: its arguments cannot be given by `...`."
                );
                return Err(Fault::at(span, message));
            }
        };
        Ok(value.marked(sensitive))
    }

    fn answered(
        &mut self,
        function: &'static Function,
        name: &str,
        arguments: &[Given],
        span: Span,
    ) -> Outcome {
        let values: Vec<Value> = arguments.iter().map(|given| given.value.clone()).collect();
        if let Some(value) = self.each_possible(function, &values, span) {
            return Ok(value);
        }
        let blocked = values.iter().enumerate().any(|(index, value)| {
            let takes = function.parameter(index).is_some_and(|it| it.has(UNKNOWN));
            value.as_unknown().is_some() && !takes
        });
        let answer = if blocked {
            Err(Stop::Unknown(None))
        } else {
            let weight: usize = values.iter().map(weight).sum();
            self.spend(1 + weight / 256);
            self.run(function, &values, span)
        };
        match answer {
            Ok(value) => Ok(value),
            Err(stop) => self.stopped(function, name, arguments, stop, span),
        }
    }

    fn run(
        &mut self,
        function: &'static Function,
        values: &[Value],
        span: Span,
    ) -> Result<Value, Stop> {
        let Form::Values(run) = function.form else {
            return Err(Stop::Unknown(None));
        };
        let mut call = Call::new(&mut self.origins, self.tree, self.root, span);
        let mut value = run(&mut call, values)?;
        let made = call.has_made(&value);
        if let (true, Some(text)) = (made, value.as_str()) {
            self.spend(text.len() / BYTES_A_STEP);
        }
        if !made {
            // It was chosen among the arguments: one can still see where it is written.
            value.origin = self.origins.step(span, Via::Computed, value.origin);
        }
        Ok(value)
    }

    /// The result where each unknown argument is one of a short list: computed for each of them.
    fn each_possible(
        &mut self,
        function: &'static Function,
        values: &[Value],
        span: Span,
    ) -> Option<Value> {
        let mut choices: Vec<Vec<Value>> = vec![Vec::new()];
        let mut any = false;
        for value in values {
            let domain = match &value.data {
                Data::Unknown(unknown) => {
                    any = true;
                    unknown.domain.clone().filter(|_| unknown.not_null)?
                }
                _ if value.has_unknown() => return None,
                _ => vec![value.clone()],
            };
            if choices.len() * domain.len() > DOMAIN {
                return None;
            }
            choices = choices
                .iter()
                .flat_map(|row| {
                    domain.iter().map(|value| {
                        let mut row = row.clone();
                        row.push(value.clone());
                        row
                    })
                })
                .collect();
        }
        if !any || !function.pure || choices.is_empty() {
            return None;
        }
        let mut results: Vec<Value> = Vec::new();
        for row in &choices {
            let value = self.run(function, row, span).ok()?;
            if value.has_unknown() {
                return None;
            }
            if !results.iter().any(|held| held.says_same(&value)) {
                results.push(value);
            }
        }
        let sensitive = values.iter().any(|value| value.sensitive);
        if let [only] = &*results {
            return Some(only.clone().marked(sensitive));
        }
        let operands: Vec<&Value> = values.iter().collect();
        let ty = function.returns.of_type();
        let value = self.blend(&operands, ty, spelled(function, values), span);
        Some(narrowed(value, results))
    }

    /// What becomes of a call without a known result.
    pub(super) fn stopped(
        &mut self,
        function: &Function,
        name: &str,
        arguments: &[Given],
        stop: Stop,
        span: Span,
    ) -> Outcome {
        match stop {
            Stop::Argument(index, message) => {
                let at = arguments.get(index).map_or(span, |given| given.span);
                let message = match function.parameter(index) {
                    Some(parameter) => {
                        let parameter = parameter.name;
                        format!("Invalid value for {parameter:?} parameter: {message}.")
                    }
                    None => format!("Call to function {name:?} failed: {message}."),
                };
                Err(Fault::at(at, message))
            }
            Stop::Failed(message) => {
                let message = format!("Call to function {name:?} failed: {message}.");
                Err(Fault::at(span, message))
            }
            Stop::Unknown(ty) => Ok(self.undecided(function, arguments, ty, span)),
            Stop::OneOf(possible) => Ok(self.among(function, arguments, possible, span)),
            Stop::Because(why) => {
                let mut unknown = Unknown::because(why);
                unknown.ty = function.returns.of_type();
                unknown.not_null = !function.nullable;
                let values: Vec<Value> = values(arguments);
                unknown.term = spelled(function, &values).map(Arc::from);
                self.doubt |= !function.total;
                Ok(self.unknown_at(unknown, span))
            }
            Stop::Limit(message) => {
                self.limit(message);
                let mut unknown = Unknown::because(crate::model::Why::Limit);
                unknown.ty = function.returns.of_type();
                unknown.not_null = !function.nullable;
                Ok(self.unknown_at(unknown, span))
            }
            Stop::Unsupported(message) => {
                self.notice(NoticeKind::Unsupported, span, message);
                let mut unknown = Unknown::because(crate::model::Why::Unsupported);
                unknown.ty = function.returns.of_type();
                unknown.not_null = !function.nullable;
                Ok(self.unknown_at(unknown, span))
            }
        }
    }

    /// The result that depends on arguments which are not known.
    fn undecided(
        &mut self,
        function: &Function,
        arguments: &[Given],
        ty: Option<Type>,
        span: Span,
    ) -> Value {
        let values = values(arguments);
        let ty = ty.or_else(|| function.returns.of_type());
        self.doubt |= !certain(function, &values);
        let operands: Vec<&Value> = values.iter().collect();
        let mut value = self.blend(&operands, ty, spelled(function, &values), span);
        if let Data::Unknown(unknown) = &mut value.data {
            let unknown = Arc::make_mut(unknown);
            unknown.not_null = !function.nullable;
            let first = values.first().and_then(Value::as_unknown);
            if function.keeps {
                unknown.points_to = first.and_then(|first| first.points_to.clone());
            } else if matches!(function.name, "element" | "one") {
                // All instances' attribute points where each one's does.
                unknown.points_to = first.and_then(|first| first.points_to.clone());
            }
        }
        // The sensitivity of what a function handles itself is that of the arguments it depends on.
        value.sensitive = values.iter().any(|value| value.sensitive);
        value
    }

    fn among(
        &mut self,
        function: &Function,
        arguments: &[Given],
        possible: Vec<Value>,
        span: Span,
    ) -> Value {
        if let Some(first) = possible.first()
            && possible.iter().all(|value| value.says_same(first))
            && !first.has_unknown()
        {
            let sensitive = arguments.iter().any(|given| given.value.sensitive);
            return self.selected(first.clone(), span).marked(sensitive);
        }
        let value = self.undecided(function, arguments, None, span);
        if possible.len() > DOMAIN || possible.iter().any(Value::has_unknown) {
            return value;
        }
        narrowed(value, possible)
    }
}

pub(super) fn counted(function: &Function, name: &str, given: usize, span: Span) -> Outcome<()> {
    let wanted = function.parameters.len();
    if let Some(missing) = function.parameters.get(given) {
        let at_least = if function.rest.is_some() {
            " at least"
        } else {
            ""
        };
        let missing = missing.name;
        let message = format!(
            "Function {name:?} expects{at_least} {wanted} argument(s). Missing value for {missing:?}."
        );
        return Err(Fault::at(span, message));
    }
    if function.rest.is_none() && given > wanted {
        let message = format!("Function {name:?} expects only {wanted} argument(s).");
        return Err(Fault::at(span, message));
    }
    Ok(())
}

fn values(arguments: &[Given]) -> Vec<Value> {
    arguments.iter().map(|given| given.value.clone()).collect()
}

/// The arguments counted, converted and checked for null, without marks that the function does not
/// look at itself; and whether there were any.
pub(super) fn checked(
    function: &Function,
    name: &str,
    given: Vec<Given>,
    span: Span,
) -> Outcome<(Vec<Given>, bool)> {
    counted(function, name, given.len(), span)?;
    let mut arguments = Vec::with_capacity(given.len());
    let mut sensitive = false;
    for (index, mut argument) in given.into_iter().enumerate() {
        let Some(parameter) = function.parameter(index) else {
            continue;
        };
        let wrong = |message: String| {
            let parameter = parameter.name;
            let message = format!("Invalid value for {parameter:?} parameter: {message}.");
            Fault::at(argument.span, message)
        };
        if let Some(ty) = parameter.kind.of_type() {
            argument.value = convert(&argument.value, &ty).map_err(|error| wrong(error.message))?;
        }
        if argument.value.is_null() && !parameter.has(NULL) {
            return Err(wrong("argument must not be null".to_owned()));
        }
        if !parameter.has(MARKED) && is_sensitive_within(&argument.value) {
            sensitive = true;
            argument.value = unmarked(&argument.value);
        }
        arguments.push(argument);
    }
    Ok((arguments, sensitive))
}

/// How much there is to look at in a value, roughly in bytes.
fn weight(value: &Value) -> usize {
    match &value.data {
        Data::String(text) => text.len(),
        Data::List(list) => list.items.iter().map(weight).sum::<usize>() + list.items.len(),
        Data::Map(map) => {
            let entries = map.entries.iter();
            entries
                .map(|entry| weight(&entry.value) + entry.key.len())
                .sum()
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Unknown(_) => 8,
    }
}

/// The call as a term; `None` where equal spellings need not mean equal values.
fn spelled(function: &Function, values: &[Value]) -> Option<String> {
    if !function.pure {
        return None;
    }
    let terms: Option<Vec<String>> = values.iter().map(term_of).collect();
    short(format!("{}({})", function.name, terms?.join(",")))
}

/// Whether the call certainly has a result once its arguments are known.
fn certain(function: &Function, values: &[Value]) -> bool {
    function.total
        && values.iter().enumerate().all(|(index, value)| {
            let takes_null = function.parameter(index).is_some_and(|it| it.has(NULL));
            value
                .as_unknown()
                .is_none_or(|unknown| takes_null || unknown.not_null)
        })
}

/// An unknown that is one of these.
fn narrowed(mut value: Value, possible: Vec<Value>) -> Value {
    if let Data::Unknown(unknown) = &mut value.data {
        let unknown = Arc::make_mut(unknown);
        unknown.not_null = possible.iter().all(|value| !value.is_null());
        let mut distinct: Vec<Value> = Vec::new();
        for value in possible {
            if !distinct.iter().any(|held| held.says_same(&value)) {
                distinct.push(value);
            }
        }
        unknown.domain = Some(distinct);
    }
    value
}

/// The same value with nothing in it marked sensitive.
fn unmarked(value: &Value) -> Value {
    let data = match &value.data {
        Data::List(list) => Data::List(Arc::new(List {
            items: list.items.iter().map(unmarked).collect(),
            collection: list.collection,
            element: list.element.clone(),
        })),
        Data::Map(map) => Data::Map(Arc::new(Map {
            entries: map
                .entries
                .iter()
                .map(|entry| Entry {
                    key: Arc::clone(&entry.key),
                    value: unmarked(&entry.value),
                })
                .collect(),
            collection: map.collection,
            element: map.element.clone(),
            open: map.open,
        })),
        data => data.clone(),
    };
    Value::new(data, value.origin)
}
