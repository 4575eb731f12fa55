use crate::source::{Encoding, ReadError};

/// Decodes the bytes of a file: UTF-8, or UTF-8 or UTF-16 behind a byte order mark, which is
/// stripped. Anything else, and any text with a NUL in it, is not text.
pub(super) fn decode(bytes: Vec<u8>) -> Result<(String, Encoding), ReadError> {
    let (text, encoding) = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (
            String::from_utf8(rest.to_vec()).map_err(|_| ReadError::Binary)?,
            Encoding::Utf8Bom,
        ),
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, u16::from_le_bytes)?, Encoding::Utf16Le),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, u16::from_be_bytes)?, Encoding::Utf16Be),
        _ => (
            String::from_utf8(bytes).map_err(|_| ReadError::Binary)?,
            Encoding::Utf8,
        ),
    };
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(ReadError::Binary);
    }
    Ok((text, encoding))
}

/// The bytes that [`decode`] reads as `text`; `None` for an encoding that is read but never written.
pub(super) fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Utf8Bom => Some([b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        Encoding::Utf16Le | Encoding::Utf16Be => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ReadError::Binary);
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| ReadError::Binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_or_they_are_not() {
        let text = |text: &str, encoding| Ok((text.to_owned(), encoding));
        let rows: [(&[u8], _); 10] = [
            (b"", text("", Encoding::Utf8)),
            (b"a\r\n", text("a\r\n", Encoding::Utf8)),
            (b"\xEF\xBB\xBFa", text("a", Encoding::Utf8Bom)),
            (b"\xFF\xFEa\0", text("a", Encoding::Utf16Le)),
            (b"\xFE\xFF\0a", text("a", Encoding::Utf16Be)),
            (b"\xFF\xFEa", Err(ReadError::Binary)),
            (b"\xFF\xFE\0\xD8", Err(ReadError::Binary)),
            (b"a\0b", Err(ReadError::Binary)),
            (b"\xFFa", Err(ReadError::Binary)),
            (b"\x7FELF\x02\x01\x01\0", Err(ReadError::Binary)),
        ];
        for (bytes, expected) in rows {
            assert_eq!(decode(bytes.to_vec()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom] {
            let bytes = encode("ä\n", encoding).unwrap();
            assert_eq!(decode(bytes), Ok(("ä\n".to_owned(), encoding)));
        }
        assert_eq!(encode("a", Encoding::Utf16Le), None);
    }
}
