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
const OTHERS: &str = "\
    arabic asmo-708 big5 ccsid00858 ccsid01140 cp00858 cp01140 cp037 cp437 cp850 cp852 cp855 cp860 \
    cp862 cp863 cp865 cp866 cp936 csbig5 cseuckr cseucpkdfmtjapanese csgb18030 csgbk csibm00858 \
    csibm01140 csibm037 csibm1047 csibm855 csibm860 csibm863 csibm865 csibm866 csiso2022jp \
    csiso885913 csiso885914 csiso885915 csiso885916 csiso88596e csiso88596i csiso88598e \
    csiso88598i csisolatin2 csisolatin3 csisolatin4 csisolatin5 csisolatin6 csisolatinarabic \
    csisolatincyrillic csisolatingreek csisolatinhebrew cskoi8r cskoi8u csmacintosh \
    cspc850multilingual cspc862latinhebrew cspc8codepage437 cspcp852 csshiftjis cswindows1251 \
    cswindows1253 cswindows1254 cswindows1255 cswindows1256 cswindows1257 cswindows1258 \
    cswindows874 cyrillic ebcdic-cp-ca ebcdic-cp-us ebcdic-us-37+euro ecma-114 ecma-118 elot_928 \
    euc-jp euc-kr extended_unix_code_packed_format_for_japanese gb18030 gbk greek greek8 hebrew \
    hz-gb-2312 ibm-1047 ibm00858 ibm01140 ibm037 ibm1047 ibm437 ibm850 ibm852 ibm855 ibm860 ibm862 \
    ibm863 ibm865 ibm866 iso-2022-jp iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 \
    iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-8859-7 \
    iso-8859-8 iso-8859-8-e iso-8859-8-i iso-8859-9 iso-celtic iso-ir-101 iso-ir-109 iso-ir-110 \
    iso-ir-126 iso-ir-127 iso-ir-138 iso-ir-144 iso-ir-148 iso-ir-157 iso-ir-199 iso-ir-226 \
    iso_8859-14 iso_8859-15 iso_8859-16 iso_8859-2 iso_8859-2:1987 iso_8859-3 iso_8859-3:1988 \
    iso_8859-4 iso_8859-4:1988 iso_8859-5 iso_8859-5:1988 iso_8859-6 iso_8859-6:1987 iso_8859-7 \
    iso_8859-7:1987 iso_8859-8 iso_8859-8:1988 iso_8859-9 iso_8859-9:1989 koi8-r koi8-u l10 l2 l3 \
    l4 l5 l6 l8 latin-9 latin10 latin2 latin3 latin4 latin5 latin6 latin8 mac macintosh ms936 \
    ms_kanji pc-multilingual-850+euro shift_jis windows-1250 windows-1251 windows-1253 \
    windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 windows-874 windows-936";

/// The characters of windows-1252 from 0x80 to 0x9F; five places are not defined.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Charset {
    /// The encoding with this name; an error with its name for one that is not converted here.
    pub(super) fn named(name: &str) -> Option<Result<Self, &'static str>> {
        let known = match name.to_ascii_lowercase().as_str() {
            "us-ascii" | "ansi_x3.4-1968" | "iso646-us" | "us" | "ibm367" | "cp367" | "csascii"
            | "iso-ir-6" | "ansi_x3.4-1986" | "iso_646.irv:1991" => Self::Ascii,
            "utf-8" | "csutf8" => Self::Utf8,
            "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" | "l1" | "ibm819"
            | "cp819" | "iso-ir-100" | "csisolatin1" => Self::Latin1,
            "windows-1252" | "cswindows1252" => Self::Windows1252,
            "utf-16" | "csutf16" => Self::Utf16,
            "utf-16le" | "csutf16le" => Self::Utf16Le,
            "utf-16be" | "csutf16be" => Self::Utf16Be,
            other => {
                let mut names = OTHERS.split(' ');
                return names.find(|name| *name == other).map(Err);
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
