//! Loops: how often, and which turn.

use super::run::Run;
use crate::model::{Data, Number, Unknown, Value, Why};
use crate::source::{NoticeKind, Span};
use crate::syntax::json::Node;

/// The most turns that are spelled out. Resource Manager allows 800.
pub(super) const MAX_TURNS: usize = 10_000;

/// How many turns a loop has.
pub(super) enum Count {
    Known(usize),
    Unknown(Unknown),
}

/// The turns of the loop `node`, whose `count` has this value. What cannot be spelled out is unknown, with
/// a notice.
pub(super) fn count(run: &mut Run<'_>, node: Node<'_>, value: Option<&Value>) -> Count {
    let (Some(written), Some(value)) = (node.get("count"), value) else {
        let message = "This loop has no `count`.";
        run.say(NoticeKind::InvalidConfiguration, node.span(), message);
        return Count::Unknown(Unknown::because(Why::Invalid));
    };
    let turns = match &value.data {
        Data::Number(number) => number.as_i64(),
        Data::Unknown(unknown) => return Count::Unknown(unknown.as_ref().clone()),
        Data::Null | Data::Bool(_) | Data::String(_) | Data::List(_) | Data::Map(_) => None,
    };
    match turns.map(usize::try_from) {
        Some(Ok(turns)) if turns <= MAX_TURNS => Count::Known(turns),
        Some(Ok(turns)) => {
            let message =
                format!("A loop of {turns} turns is judged as one; the limit is {MAX_TURNS}.");
            run.say(NoticeKind::Limit, written.span(), message);
            Count::Unknown(Unknown::because(Why::Limit))
        }
        Some(Err(_)) | None => {
            let message = "The count of a loop must be an integer that is not negative.";
            run.say(NoticeKind::InvalidConfiguration, written.span(), message);
            Count::Unknown(Unknown::because(Why::Invalid))
        }
    }
}

/// The index of a turn as a value.
pub(super) fn position(run: &mut Run<'_>, index: usize, span: Span) -> Value {
    let origin = run.out.origins.computed(span);
    Value::new(Data::Number(Number::from(index)), origin)
}
