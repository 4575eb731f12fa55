//! Base64, data URIs and percent encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::args::Args;
use super::conversion;
use super::function::Unknowns::Deep;
use super::function::{Function, Outcome, row};
use crate::model::Type;

pub(super) const TABLE: &[Function] = &[
    row("base64", (1, 1), Deep, Some(Type::String), |args| {
        Ok(args.make_text(STANDARD.encode(args.text(0)?.as_bytes())))
    }),
    row("base64ToString", (1, 1), Deep, Some(Type::String), |args| {
        Ok(args.make_text(decode(args.text(0)?)?))
    }),
    row("base64ToJson", (1, 1), Deep, None, |args| {
        conversion::parse_json(&decode(args.text(0)?)?, args.origin)
    }),
    row("dataUri", (1, 1), Deep, Some(Type::String), |args| {
        let encoded = STANDARD.encode(args.text(0)?.as_bytes());
        Ok(args.make_text(format!("data:text/plain;charset=utf8;base64,{encoded}")))
    }),
    row(
        "dataUriToString",
        (1, 1),
        Deep,
        Some(Type::String),
        data_uri_text,
    ),
    row("uriComponent", (1, 1), Deep, Some(Type::String), |args| {
        let encoded = utf8_percent_encode(args.text(0)?, COMPONENT);
        Ok(args.make_text(encoded.to_string()))
    }),
    row(
        "uriComponentToString",
        (1, 1),
        Deep,
        Some(Type::String),
        |args| {
            let decoded = percent_decode_str(args.text(0)?).decode_utf8_lossy();
            Ok(args.make_text(decoded.into_owned()))
        },
    ),
];

/// Everything but the unreserved characters of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn decode(text: &str) -> Result<String, String> {
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|error| format!("the text is not base64: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "the base64 text does not hold UTF-8".to_owned())
}

fn data_uri_text(args: &Args<'_>) -> Outcome {
    let text = args.text(0)?;
    let (head, body) = text
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','))
        .ok_or_else(|| args.wrong(0, "a data URI"))?;
    if head.ends_with(";base64") {
        return Ok(args.make_text(decode(body)?));
    }
    let decoded = percent_decode_str(body).decode_utf8_lossy();
    Ok(args.make_text(decoded.into_owned()))
}
