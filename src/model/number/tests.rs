use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn arithmetic_gives_what_terraform_prints() {
    let third = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335";
    let rows = [
        ("0.1", '+', "0.2", "0.3"),
        ("1", '/', "3", third),
        ("5.5", '%', "2", "1.5"),
        ("-7", '%', "3", "-1"),
        ("5", '%', "0", "5"),
        ("1", '/', "0", "+Inf"),
        ("-1", '/', "0", "-Inf"),
        ("0", '*', "-1", "-0"),
        ("0.1", '*', "3", "0.3"),
        ("9223372036854775807", '+', "1", "9223372036854775808"),
        (
            "9223372036854775807",
            '*',
            "9223372036854775807",
            "85070591730234615847396907784232501249",
        ),
        (
            "1e50",
            '-',
            "1",
            "99999999999999999999999999999999999999999999999999",
        ),
        ("1.5", '-', "1.5", "0"),
        (
            "1e-50",
            '*',
            "1",
            "0.00000000000000000000000000000000000000000000000001",
        ),
    ];
    for (a, operator, b, expected) in rows {
        let (a, b) = (number(a), number(b));
        let result = match operator {
            '+' => a.add(&b),
            '-' => a.sub(&b),
            '*' => a.mul(&b),
            '/' => a.div(&b),
            _ => a.rem(&b),
        };
        assert_eq!(result.unwrap().to_string(), expected, "{a} {operator} {b}");
    }
}

#[test]
fn what_has_no_result_is_an_error() {
    let (zero, infinity) = (number("0"), number("Inf"));
    assert_eq!(zero.div(&zero), Err(NumberError::Indefinite));
    assert_eq!(infinity.div(&infinity), Err(NumberError::Indefinite));
    assert_eq!(
        infinity.sub(&infinity),
        Err(NumberError::InfinityLessInfinity)
    );
    assert_eq!(zero.mul(&infinity), Err(NumberError::ZeroTimesInfinity));
    let large = number("1e40000");
    assert_eq!(large.mul(&large), Err(NumberError::Limit));
    assert_eq!(large.div(&large).unwrap().to_string(), "1");
}

#[test]
fn counts_divide_in_their_own_precision() {
    let third = Number::from(1_i64).div(&Number::from(3_i64)).unwrap();
    assert_eq!(third.to_string(), "0.33333333333333333334");
}

#[test]
fn whole_numbers_come_from_fractions() {
    let rows = [
        ("-0.5", "-1", "0", "0"),
        ("1.5", "1", "2", "1"),
        ("-1.5", "-2", "-1", "-1"),
        ("7", "7", "7", "7"),
        (
            "1e30",
            "1000000000000000000000000000000",
            "1000000000000000000000000000000",
            "1000000000000000000000000000000",
        ),
    ];
    for (text, floor, ceil, truncated) in rows {
        let number = number(text);
        assert_eq!(number.round(Rounding::Floor).to_string(), floor, "{text}");
        assert_eq!(number.round(Rounding::Ceil).to_string(), ceil, "{text}");
        assert_eq!(
            number.round(Rounding::Truncate).to_string(),
            truncated,
            "{text}"
        );
    }
}

#[test]
fn numbers_are_equal_when_they_print_the_same() {
    assert_eq!(number("1.50"), number("1.5"));
    assert_eq!(number("-0"), number("0"));
    assert_eq!(Number::from_f64(0.1).unwrap(), number("0.1"));
    assert!(number("-1e30") < number("2") && number("2") < number("2.5"));
    assert!(number("-Inf") < number("-1e300"));
    assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
    assert_eq!(number("0.5").as_i64(), None);
    assert!((number("0.1").as_f64() - 0.1).abs() < f64::EPSILON);
}
