use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::answer::{Answer, Stop};
use super::call::Call;
use super::files;
use super::function::text;
use crate::model::{Value, Why};

/// How a hash is written.
#[derive(Clone, Copy)]
enum Written {
    Hex,
    Base64,
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn digest<H: md5::Digest>(bytes: &[u8], written: Written) -> String {
    let hash = H::digest(bytes);
    match written {
        Written::Hex => hex(&hash),
        Written::Base64 => STANDARD.encode(&hash),
    }
}

fn of_text<H: md5::Digest>(call: &mut Call<'_>, arguments: &[Value], written: Written) -> Answer {
    call.text(&digest::<H>(text(arguments, 0).as_bytes(), written))
}

fn of_file<H: md5::Digest>(call: &mut Call<'_>, arguments: &[Value], written: Written) -> Answer {
    let path = text(arguments, 0);
    let bytes = files::bytes(call, path).map_err(|unread| unread.of_open(path))?;
    call.text(&digest::<H>(&bytes, written))
}

pub(super) fn md5(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Md5>(call, arguments, Written::Hex)
}

pub(super) fn sha1(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Sha1>(call, arguments, Written::Hex)
}

pub(super) fn sha256(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Sha256>(call, arguments, Written::Hex)
}

pub(super) fn sha512(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Sha512>(call, arguments, Written::Hex)
}

pub(super) fn base64sha256(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Sha256>(call, arguments, Written::Base64)
}

pub(super) fn base64sha512(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_text::<Sha512>(call, arguments, Written::Base64)
}

pub(super) fn filemd5(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Md5>(call, arguments, Written::Hex)
}

pub(super) fn filesha1(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Sha1>(call, arguments, Written::Hex)
}

pub(super) fn filesha256(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Sha256>(call, arguments, Written::Hex)
}

pub(super) fn filesha512(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Sha512>(call, arguments, Written::Hex)
}

pub(super) fn filebase64sha256(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Sha256>(call, arguments, Written::Base64)
}

pub(super) fn filebase64sha512(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    of_file::<Sha512>(call, arguments, Written::Base64)
}

pub(super) fn uuidv5(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let namespace = text(arguments, 0);
    // The name spaces of RFC 4122, which differ in one digit.
    let of_rfc = |digit: u32| format!("6ba7b81{digit}-9dad-11d1-80b4-00c04fd430c8");
    let spelled = match namespace {
        "dns" => of_rfc(0),
        "url" => of_rfc(1),
        "oid" => of_rfc(2),
        "x500" => of_rfc(4),
        other => other.to_owned(),
    };
    let space = parse_uuid(&spelled).map_err(|why| {
        Stop::Failed(format!(
            "uuidv5() doesn't support namespace {namespace} ({why})"
        ))
    })?;
    let hash = Sha1::new()
        .chain_update(space)
        .chain_update(text(arguments, 1).as_bytes())
        .finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let all = hex(&bytes);
    let parts = [
        &all[..8],
        &all[8..12],
        &all[12..16],
        &all[16..20],
        &all[20..],
    ];
    call.text(&parts.join("-"))
}

/// A UUID in any of the forms that Terraform takes: plain, braced, as a URN, without dashes.
fn parse_uuid(text: &str) -> Result<[u8; 16], String> {
    let inner = match text.len() {
        36 | 32 => text,
        45 => {
            let (scheme, rest) = text.split_at_checked(9).unwrap_or_default();
            if !scheme.eq_ignore_ascii_case("urn:uuid:") {
                return Err(format!("invalid urn prefix: {scheme:?}"));
            }
            rest
        }
        38 => text.get(1..37).unwrap_or_default(),
        length => return Err(format!("invalid UUID length: {length}")),
    };
    let format = || "invalid UUID format".to_owned();
    let digits = if inner.len() == 32 {
        inner.to_owned()
    } else {
        let dashes = [8, 13, 18, 23];
        let placed = inner
            .bytes()
            .enumerate()
            .all(|(index, byte)| (byte == b'-') == dashes.contains(&index));
        if !placed {
            return Err(format());
        }
        inner.replace('-', "")
    };
    let mut bytes = [0_u8; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        let pair = digits.get(index * 2..index * 2 + 2).ok_or_else(format)?;
        if !pair.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format());
        }
        *byte = u8::from_str_radix(pair, 16).map_err(|_| format())?;
    }
    Ok(bytes)
}

/// What the clock or chance decides: `bcrypt`, whose salt is drawn each time, `timestamp`, `uuid`.
pub(super) fn by_chance(_: &mut Call<'_>, _: &[Value]) -> Answer {
    Err(Stop::Because(Why::Nondeterministic))
}
