use regex::Regex;

use super::error::PatternError;

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
        // A sign that may be escaped is meant as it stands.
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(regex::escape(&c.to_string())),
        _ => Err(PatternError::new("invalid escape sequence", taken)),
    }
}

/// How long the escape at the start of `rest` is.
pub(super) fn escape_length(rest: &str) -> usize {
    let after = &rest[1..];
    let letter = after.chars().next().unwrap_or_default();
    let braced = |inner: &str| inner.find('}').map_or(inner.len(), |end| end + 1);
    let inner = after.get(letter.len_utf8()..).unwrap_or_default();
    let of_letters = |count| inner.chars().take(count).map(char::len_utf8).sum::<usize>();
    match letter {
        'x' | 'p' | 'P' if inner.starts_with('{') => 2 + braced(inner),
        'x' => 2 + of_letters(2),
        'p' | 'P' => 2 + of_letters(1),
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
