//! Texts of which a part may not be known.

use super::args::Args;
use super::function::{Function, unknown};
use crate::expression::term::{self, Piece};
use crate::expression::unknowns::combine;
use crate::model::{Data, Type, Value, Why};

/// The text that `pieces` make: known where all of them are.
pub(super) fn from_pieces(args: &Args<'_>, pieces: &[Piece], function: &Function) -> Value {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Unknown(_) => return unknown_text(args, pieces, function),
        }
    }
    args.make_text(text)
}

fn unknown_text(args: &Args<'_>, pieces: &[Piece], function: &Function) -> Value {
    let sensitive = args.values.iter().any(|value| value.sensitive);
    let general = unknown(function, args);
    let Data::Unknown(inner) = &general.data else {
        return general;
    };
    let mut out = inner.as_ref().clone().typed(Type::String).not_null();
    out.term = term::concat(pieces);
    Value::unknown(out, args.origin).marked(sensitive)
}

/// An unknown text, when a format of this program's does not cover what was asked for.
pub(super) fn undone(args: &Args<'_>) -> Value {
    let mut unknown = combine(args.values);
    unknown.why = Why::Unsupported;
    unknown.term = term::call(args.name, args.values);
    Value::unknown(unknown.typed(Type::String).not_null(), args.origin)
}
