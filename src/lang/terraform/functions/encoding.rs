use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::{Answer, Stop};
use super::call::Call;
use super::charset::Charset;
use super::function::text;
use crate::model::{Value, Why};

pub(super) fn base64encode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    call.text(&STANDARD.encode(text(arguments, 0)))
}

pub(super) fn base64decode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let given = text(arguments, 0);
    let Some(bytes) = decoded(given) else {
        let shown = if arguments[0].sensitive {
            "(sensitive value)".to_owned()
        } else {
            format!("{given:?}")
        };
        return Err(Stop::Failed(format!(
            "failed to decode base64 data {shown}"
        )));
    };
    match std::str::from_utf8(&bytes) {
        Ok(plain) => Ok(call.text(plain)?.marked(arguments[0].sensitive)),
        Err(_) => Err(Stop::failed(
            "the result of decoding the provided string is not valid UTF-8",
        )),
    }
}

/// Base64 as Go reads it: line breaks do not count.
fn decoded(given: &str) -> Option<Vec<u8>> {
    let plain: String = given
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n'))
        .collect();
    // Go does not look at the bits that the last character has too many.
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    engine.decode(plain).ok()
}

/// The bytes that Go's compressor makes are its own; no other one makes the same, so they are not known.
pub(super) fn base64gzip(_: &mut Call<'_>, _: &[Value]) -> Answer {
    Err(Stop::Because(Why::Computed))
}

/// Private keys are not handled here: what a text decrypts to is not known, and sensitive.
pub(super) fn rsadecrypt(_: &mut Call<'_>, _: &[Value]) -> Answer {
    Err(Stop::Because(Why::Computed))
}

pub(super) fn textencodebase64(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let charset = charset(arguments)?;
    match charset.encode(text(arguments, 0)) {
        Some(bytes) => call.text(&STANDARD.encode(bytes)),
        None => Err(Stop::Argument(
            0,
            format!(
                "the given string contains characters that cannot be represented in {}",
                charset.name()
            ),
        )),
    }
}

pub(super) fn textdecodebase64(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let charset = charset(arguments)?;
    let given = text(arguments, 0);
    let Some(bytes) = decoded(given) else {
        let offset = corrupt(given);
        return Err(Stop::Argument(
            0,
            format!("the given value is has an invalid base64 symbol at offset {offset}"),
        ));
    };
    match charset.decode(&bytes) {
        Some(plain) => call.text(&plain),
        None => Err(Stop::Argument(
            0,
            format!(
                "the given string contains symbols that are not defined for {}",
                charset.name()
            ),
        )),
    }
}

/// Where a text stops being base64, counted in bytes.
fn corrupt(given: &str) -> usize {
    let bytes = given.as_bytes();
    let after_breaks = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        from + breaks.count()
    };
    let (mut at, mut digits) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\r' | b'\n' => {}
            b'=' if digits >= 2 => {
                let mut next = after_breaks(at);
                if digits == 2 {
                    match bytes.get(next) {
                        None => return bytes.len(),
                        Some(b'=') => next = after_breaks(next + 1),
                        Some(_) => return at - 1,
                    }
                }
                return next;
            }
            b'+' | b'/' => digits = (digits + 1) % 4,
            byte if byte.is_ascii_alphanumeric() => digits = (digits + 1) % 4,
            _ => return at - 1,
        }
    }
    at - digits
}

fn charset(arguments: &[Value]) -> Result<Charset, Stop> {
    let name = text(arguments, 1);
    match Charset::named(name) {
        Some(Ok(charset)) => Ok(charset),
        Some(Err(name)) => Err(Stop::Unsupported(format!(
            "The character encoding {name} is not converted; the result is taken as unknown."
        ))),
        None => Err(Stop::Argument(
            1,
            format!(
                "{name:?} is not a supported IANA encoding name or alias in this Terraform version"
            ),
        )),
    }
}

pub(super) fn urlencode(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let mut out = String::new();
    for byte in text(arguments, 0).bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(percent_encoding::percent_encode_byte(byte)),
        }
    }
    call.text(&out)
}
