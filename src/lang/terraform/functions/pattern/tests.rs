use super::*;

#[test]
fn patterns_mean_what_they_mean_in_re2() {
    let rows = [
        (r"^\d+$", "١", false),
        (r"^\d+$", "12", true),
        (r"^\w+$", "é", false),
        (r"[\w-]+$", "a-b", true),
        (r"a{,2}", "a{,2}", true),
        (r"[a&&b]", "&", true),
        (r"[[]", "[", true),
        (r"[]a]", "]", true),
        (r"[a-]", "-", true),
        (r"[--/]", ".", true),
        (r"\Qa.b\E+", "a.bb", true),
        (r"\/x", "/x", true),
        (r"\<a", "<a", true),
        (r"\101", "A", true),
        (r"(?i)É", "é", true),
        (r"}", "}", true),
    ];
    for (pattern, given, expected) in rows {
        let compiled = compile(pattern).ok().unwrap();
        assert_eq!(
            compiled.regex.is_match(given),
            expected,
            "{pattern} on {given}"
        );
    }
}

#[test]
fn a_bad_pattern_is_told_in_the_words_of_go() {
    let rows = [
        ("(", "missing closing ) in ("),
        (")", "unexpected ) in )"),
        ("[a", "missing closing ] in [a"),
        ("*", "missing argument to repetition operator in *"),
        ("a**", "invalid nested repetition operator in **"),
        ("a{2,1}", "invalid repeat count in {2,1}"),
        ("\\y", "invalid escape sequence in \\y"),
        ("(?x)a", "invalid or unsupported Perl syntax in (?x"),
        ("(?=a)", "invalid or unsupported Perl syntax in (?="),
    ];
    for (pattern, expected) in rows {
        let error = compile(pattern).err().unwrap();
        assert_eq!(error.to_string(), expected);
    }
}
