//! Every function of Microsoft's reference, and what its rows must hold.

use super::{give, show};

/// `# function`, then rows `expression => what it gives`.
const ROWS: &str = include_str!("functions.txt");

/// What Microsoft's "ARM template functions" lists, without those that read from the template or from
/// what is deployed, and what compiled Bicep calls beyond it.
const DOCUMENTED: &[(&str, &str)] = &[
    (
        "array",
        "array concat contains createArray empty first flatten indexFromEnd indexOf intersection last \
         lastIndexOf length max min range skip take tryGet tryIndexFromEnd union",
    ),
    ("cidr", "parseCidr cidrSubnet cidrHost"),
    (
        "comparison",
        "coalesce equals less lessOrEquals greater greaterOrEquals",
    ),
    (
        "date",
        "dateTimeAdd dateTimeFromEpoch dateTimeToEpoch utcNow",
    ),
    (
        "lambda",
        "filter groupBy map mapValues reduce sort toObject lambdaVariables",
    ),
    ("logical", "and bool false if not or true"),
    ("numeric", "add div float int max min mod mul sub"),
    (
        "object",
        "contains createObject empty intersection items json length null objectKeys shallowMerge tryGet union",
    ),
    (
        "string",
        "base64 base64ToJson base64ToString buildUri concat contains dataUri dataUriToString empty \
         endsWith fail first format guid indexOf join json last lastIndexOf length newGuid padLeft parseUri \
         replace skip split startsWith string substring take toLower toUpper trim uniqueString uri \
         uriComponent uriComponentToString utcNow",
    ),
];

fn given(expression: &str) -> String {
    match give(expression) {
        Ok(value) => show(&value),
        Err(failure) => format!("error: {}", failure.message),
    }
}

#[test]
fn every_row_gives_what_it_says() {
    let rows = ROWS.lines().filter_map(|line| line.split_once(" => "));
    for (expression, expected) in rows {
        assert_eq!(given(expression), expected, "{expression}");
    }
}

#[test]
fn every_documented_function_has_its_rows() {
    for (subject, names) in DOCUMENTED {
        for name in names.split_whitespace() {
            let section = ROWS.split("\n\n").find(|section| {
                let heading = section.lines().find(|line| line.starts_with("# "));
                heading == Some(&format!("# {name}"))
            });
            let section = section.unwrap_or_else(|| panic!("{subject}: no rows for {name}"));
            let rows: Vec<(&str, &str)> = section
                .lines()
                .filter_map(|line| line.split_once(" => "))
                .collect();
            let has = |wanted: &dyn Fn(&str) -> bool| rows.iter().any(|(_, gives)| wanted(gives));
            let fails = |gives: &str| gives.starts_with("error: ");
            assert!(has(&fails), "{name} has no row with an error");
            assert!(
                has(&|gives| !fails(gives)) || name == "fail",
                "{name} has no row with a value"
            );
            let takes_nothing = ["true", "false", "null"].contains(&name);
            assert!(
                takes_nothing || has(&|gives| gives.contains('?')) || name == "fail",
                "{name} has no row with an unknown"
            );
            assert!(
                !has(&|gives| gives.contains("there is no function")),
                "{name} is not known"
            );
        }
    }
}

#[test]
fn what_is_no_function_is_said() {
    assert_eq!(
        given("nosuch(u('x'))"),
        "error: there is no function `nosuch`"
    );
}
