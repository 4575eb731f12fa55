use regex::Regex;

use super::PatternError;

/// Whether a class by this name exists; `shown` is how it is written.
fn class_exists(spelled: &str, shown: &str) -> Result<(), PatternError> {
    match Regex::new(spelled) {
        Ok(_) => Ok(()),
        Err(_) => Err(PatternError::new("invalid character class range", shown)),
    }
}

/// An escape that means the same in both syntaxes, or a sign that is meant literally.
pub(super) fn plain_escape(taken: &str, letter: char) -> Result<String, PatternError> {
    match letter {
        'p' | 'P' => class_exists(taken, taken).map(|()| taken.to_owned()),
        'a' | 'f' | 't' | 'n' | 'r' | 'v' | 'A' | 'z' | 'x' => Ok(taken.to_owned()),
        '1'..='7' if taken.len() < 3 => Err(PatternError::new("invalid escape sequence", taken)),
        '0'..='7' => {
            let octal = u32::from_str_radix(&taken[1..], 8).ok();
            let code = octal.and_then(char::from_u32);
            code.map(|c| regex::escape(&c.to_string()))
                .ok_or_else(|| PatternError::new("invalid escape sequence", taken))
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => {
            let sign = regex::escape(&c.to_string());
            Ok(
                if sign.len() == 1
                    && !matches!(
                        c,
                        '<' | '>'
                            | '_'
                            | ' '
                            | '"'
                            | '\''
                            | '`'
                            | '/'
                            | ','
                            | ':'
                            | ';'
                            | '='
                            | '@'
                            | '%'
                            | '!'
                    )
                {
                    format!("\\{c}")
                } else {
                    sign
                },
            )
        }
        _ => Err(PatternError::new("invalid escape sequence", taken)),
    }
}

/// How long the escape at the start of `rest` is.
pub(super) fn escape_length(rest: &str) -> usize {
    let after = &rest[1..];
    let letter = after.chars().next().unwrap_or_default();
    let braced = |inner: &str| inner.find('}').map_or(inner.len(), |end| end + 1);
    match letter {
        'x' if after[1..].starts_with('{') => 2 + braced(&after[1..]),
        'x' => (2 + after[1..]
            .chars()
            .take(2)
            .map(char::len_utf8)
            .sum::<usize>())
        .min(rest.len()),
        'p' | 'P' if after[1..].starts_with('{') => 2 + braced(&after[1..]),
        'p' | 'P' => 2 + after[1..].chars().next().map_or(0, char::len_utf8),
        '0'..='7' => {
            1 + after
                .bytes()
                .take(3)
                .take_while(|b| (b'0'..=b'7').contains(b))
                .count()
        }
        _ => 1 + letter.len_utf8(),
    }
}

/// How long a repetition `{2}`, `{2,}`, `{2,5}` is and whether its counts are allowed; `None` when this
/// is only a brace.
pub(super) fn repetition(rest: &str) -> Option<(usize, bool)> {
    let end = rest.find('}')?;
    let inner = &rest[1..end];
    let (low, high) = inner
        .split_once(',')
        .map_or((inner, None), |(a, b)| (a, Some(b)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(low) || !high.is_none_or(|high| high.is_empty() || digits(high)) {
        return None;
    }
    let count = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let low = count(low);
    let high = high.filter(|high| !high.is_empty()).map(count);
    let allowed = low <= 1_000 && high.is_none_or(|high| high <= 1_000 && low <= high);
    Some((end + 1, allowed))
}
