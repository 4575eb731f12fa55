/// A character encoding that texts are converted to and from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Ascii,
    Utf8,
    Latin1,
    Windows1252,
    /// With a byte order mark where it is written.
    Utf16,
    Utf16Le,
    Utf16Be,
}

/// The encodings that Terraform knows and this program does not convert.
const OTHERS: [&str; 40] = [
    "IBM037",
    "IBM437",
    "IBM850",
    "IBM852",
    "IBM855",
    "IBM00858",
    "IBM860",
    "IBM862",
    "IBM863",
    "IBM865",
    "IBM866",
    "IBM01140",
    "IBM01047",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-15",
    "ISO-8859-16",
    "KOI8-R",
    "KOI8-U",
    "macintosh",
    "windows-874",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "Shift_JIS",
    "EUC-JP",
    "Big5",
];

/// The characters of windows-1252 from 0x80 to 0x9F; five places are not defined.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Charset {
    /// The encoding with this name; an error with its name for one that is not converted here.
    pub(super) fn named(name: &str) -> Option<Result<Self, &'static str>> {
        let known = match name.to_ascii_lowercase().as_str() {
            "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso646-us" | "us" | "ibm367" | "cp367"
            | "csascii" | "iso-ir-6" | "ansi_x3.4-1986" | "iso_646.irv:1991" => Self::Ascii,
            "utf-8" | "utf8" | "csutf8" => Self::Utf8,
            "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" | "l1" | "ibm819"
            | "cp819" | "iso-ir-100" | "csisolatin1" => Self::Latin1,
            "windows-1252" | "cswindows1252" => Self::Windows1252,
            "utf-16" | "csutf16" => Self::Utf16,
            "utf-16le" | "csutf16le" => Self::Utf16Le,
            "utf-16be" | "csutf16be" => Self::Utf16Be,
            other => {
                let found = OTHERS.iter().find(|name| name.eq_ignore_ascii_case(other));
                return found.map(|name| Err(*name));
            }
        };
        Some(Ok(known))
    }

    /// Its name in the registry.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ascii => "US-ASCII",
            Self::Utf8 => "UTF-8",
            Self::Latin1 => "ISO_8859-1:1987",
            Self::Windows1252 => "windows-1252",
            Self::Utf16 => "UTF-16",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// The bytes of a text; `None` when it has characters that the encoding does not.
    pub(super) fn encode(self, text: &str) -> Option<Vec<u8>> {
        let units = |little: bool| {
            text.encode_utf16()
                .flat_map(move |unit| {
                    if little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    }
                })
                .collect::<Vec<u8>>()
        };
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Self::Latin1 => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            Self::Windows1252 => text.chars().map(windows_byte).collect(),
            Self::Utf16 => Some([vec![0xfe, 0xff], units(false)].concat()),
            Self::Utf16Le => Some(units(true)),
            Self::Utf16Be => Some(units(false)),
        }
    }

    /// The text of some bytes; `None` when they are none in this encoding.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        let text = match self {
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok()?,
            Self::Ascii => bytes
                .is_ascii()
                .then(|| bytes.iter().map(|byte| char::from(*byte)).collect())?,
            Self::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Self::Windows1252 => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
                    _ => char::from(*byte),
                })
                .collect(),
            Self::Utf16Le => utf16(bytes, true)?,
            Self::Utf16Be => utf16(bytes, false)?,
            Self::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => utf16(rest, true)?,
                [0xfe, 0xff, rest @ ..] => utf16(rest, false)?,
                _ => utf16(bytes, false)?,
            },
        };
        (!text.contains(char::REPLACEMENT_CHARACTER)).then_some(text)
    }
}

fn windows_byte(c: char) -> Option<u8> {
    let place = WINDOWS.iter().position(|held| *held == c);
    match place {
        Some(place) => u8::try_from(place + 0x80).ok(),
        None => u8::try_from(u32::from(c))
            .ok()
            .filter(|byte| !(0x80..=0x9f).contains(byte)),
    }
}

fn utf16(bytes: &[u8], little: bool) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .ok()
}
