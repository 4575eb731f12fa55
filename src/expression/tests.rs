//! Data rows: an expression and what it gives, or what is wrong with it.

mod documented;

use super::*;
use crate::model::{
    Data, Entry, Identity, Kind, Number, Origin, PointsTo, Scope, Type, Unknown, Value, Why,
};
use std::sync::Arc;

/// Answers `u('x')` with an unknown spelled `x`, and a few unknowns of which something is known.
struct Samples;

impl Environment for Samples {
    fn call(&mut self, call: &Call<'_>) -> Option<Result<Value, Failure>> {
        let at = Origin::NOWHERE;
        let name = call
            .args
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default();
        let input = |name: &str| {
            Unknown::because(Why::Input)
                .decided_by(name)
                .spelled(format!("{name}()"))
        };
        let text = |text: &str| Value::string(text, at);
        let unknown = match call.name {
            "u" => input(name),
            "unspelled" => Unknown::because(Why::Computed),
            "bool" | "truth" => {
                let mut unknown = input(name).typed(Type::Bool).not_null();
                let truth = |truth| Value::new(Data::Bool(truth), at);
                unknown.domain = Some(vec![truth(false), truth(true)]);
                unknown
            }
            "env" => {
                let mut unknown = input("env").typed(Type::String).not_null();
                unknown.domain = Some(vec![text("dev"), text("prod")]);
                unknown
            }
            "text" => input(name).typed(Type::String).not_null(),
            "list" => input(name)
                .typed(Type::List(Box::new(Type::Any)))
                .not_null(),
            "id" => {
                let identity = Identity {
                    kind: Kind::new("N/t"),
                    names: vec![text("n")],
                    scope: Scope::Here,
                    address: None,
                };
                let to = PointsTo {
                    address: None,
                    identity: Some(identity),
                    attribute: Arc::from("id"),
                };
                input("id").pointing_to(to)
            }
            "open" => {
                let entry = Entry {
                    key: Arc::from("known"),
                    value: text("v"),
                };
                let mut map = Value::map(vec![entry], at).as_map()?.clone();
                map.open = true;
                return Some(Ok(Value::new(Data::Map(Arc::new(map)), at)));
            }
            "secret" => return Some(Ok(text("s3").marked(true))),
            _ => return None,
        };
        Some(Ok(Value::unknown(unknown, at)))
    }

    fn computed(&mut self) -> Origin {
        Origin::NOWHERE
    }
}

fn give(text: &str) -> Result<Value, Failure> {
    evaluate(&parse(text, 0..text.len())?, &mut Samples)
}

/// Writes a value: JSON-like, an unknown as `?term` with its domain, deciding input where it differs.
fn show(value: &Value) -> String {
    let text = match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(truth) => truth.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => format!("'{text}'"),
        Data::List(list) => {
            let items: Vec<String> = list.items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(map) => {
            let entries = map.entries.iter();
            let mut parts: Vec<String> = entries
                .map(|e| format!("{}: {}", e.key, show(&e.value)))
                .collect();
            if map.open {
                parts.push("..".to_owned());
            }
            format!("{{{}}}", parts.join(", "))
        }
        Data::Unknown(unknown) => {
            let term = unknown
                .term
                .as_deref()
                .unwrap_or_default()
                .replace("()", "");
            let domain = unknown.domain.as_ref().map(|domain| {
                let all: Vec<String> = domain.iter().map(show).collect();
                format!("<{}>", all.join("|"))
            });
            format!("?{term}{}", domain.unwrap_or_default())
        }
    };
    if value.sensitive {
        format!("{text}!")
    } else {
        text
    }
}

#[track_caller]
fn check(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        let found = match give(text) {
            Ok(value) => show(&value),
            Err(failure) => format!("error: {}", failure.message),
        };
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn arrays() {
    check(&[
        ("array(1)", "[1]"),
        ("array(createArray(1))", "[1]"),
        ("array(u('a'))", "?array(a)"),
        ("createArray()", "[]"),
        ("createArray(1, u('a'))", "[1, ?a]"),
        ("concat(createArray(1), createArray(u('a')))", "[1, ?a]"),
        (
            "concat(createArray(1), list('a'))",
            "?concat(createArray(1),a)",
        ),
        (
            "concat(createArray(1), 'a')",
            "error: the second argument of `concat` must be an array, not a text",
        ),
        (
            "flatten(createArray(createArray(1), createArray(2, 3)))",
            "[1, 2, 3]",
        ),
        (
            "flatten(createArray(1))",
            "error: the first argument of `flatten` must be an array of arrays, not an array",
        ),
        ("length(createArray(1, u('a')))", "2"),
        ("length('é€😀')", "4"),
        ("length(createObject('a', 1))", "1"),
        ("length(open())", "?"),
        (
            "length(1)",
            "error: the first argument of `length` must be an array, an object or a text, not a number",
        ),
        ("first(createArray(u('a'), 2))", "?a"),
        ("first(createArray())", "null"),
        ("first('')", "''"),
        ("last('abc')", "'c'"),
        ("last(createArray(1, 2))", "2"),
        ("indexFromEnd(createArray(1, 2, 3), 1)", "3"),
        (
            "indexFromEnd(createArray(1), 0)",
            "error: index 0 from the end is outside of the array, which has 1 items",
        ),
        ("tryIndexFromEnd(createArray(1), 5)", "null"),
        ("indexOf(createArray('a', 'b'), 'b')", "1"),
        ("indexOf(createArray('a', 'A', 'a'), 'A')", "1"),
        (
            "indexOf(createArray(u('x'), 'b'), 'b')",
            "?indexOf(createArray(x,'b'),'b')",
        ),
        ("indexOf(createArray('b', u('x')), 'b')", "0"),
        ("lastIndexOf(createArray('a', 'b', 'a'), 'a')", "2"),
        ("indexOf(createArray(), 'b')", "-1"),
        ("range(3, 2)", "[3, 4]"),
        ("range(0, 0)", "[]"),
        (
            "range(0, 10001)",
            "error: `range` makes 0 to 10000 numbers, not 10001",
        ),
        ("range(u('a'), 2)", "?range(a,2)"),
        ("skip(createArray(1, 2, 3), 1)", "[2, 3]"),
        ("skip('abc', 9)", "''"),
        ("take(createArray(1, 2), -1)", "[]"),
        ("take('abc', 2)", "'ab'"),
        ("union(createArray(1, 2), createArray(2, 3))", "[1, 2, 3]"),
        (
            "union(createArray(1), createArray(u('a')))",
            "?union(createArray(1),createArray(a))",
        ),
        (
            "intersection(createArray(1, 2, 2), createArray(2, 3))",
            "[2]",
        ),
        (
            "intersection(createObject('a', 1, 'b', 2), createObject('A', 1, 'b', 3))",
            "{a: 1}",
        ),
        ("contains(createArray('a'), 'A')", "false"),
        ("contains(createArray('a', u('x')), 'a')", "true"),
        (
            "contains(createArray('b', u('x')), 'a')",
            "?contains(createArray('b',x),'a')<false|true>",
        ),
        ("contains(createObject('Key', 1), 'kEY')", "true"),
        ("contains(open(), 'known')", "true"),
        ("contains(open(), 'other')", "?<false|true>"),
        ("contains('Hello', 'hell')", "false"),
        (
            "contains(1, 2)",
            "error: the first argument of `contains` must be an array, an object or a text, not a number",
        ),
        ("empty('')", "true"),
        ("empty(null())", "true"),
        ("empty(createArray(u('a')))", "false"),
        ("empty(text('a'))", "?empty(a)<false|true>"),
        ("empty(concat('a', text('b')))", "false"),
        ("empty(id())", "false"),
        (
            "empty(5)",
            "error: the first argument of `empty` must be an array, an object or a text, not a number",
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn comparisons_and_logic() {
    check(&[
        ("equals('a', 'A')", "false"),
        ("equals(1, '1')", "false"),
        (
            "equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))",
            "true",
        ),
        ("equals(u('a'), u('a'))", "true"),
        ("equals(unspelled(), unspelled())", "?<false|true>"),
        ("equals(env(), 'prod')", "?equals(env,'prod')<false|true>"),
        ("equals(env(), 'test')", "false"),
        ("equals(text('a'), null())", "false"),
        ("equals(createArray(1, u('a')), createArray(2, 3))", "false"),
        ("equals(open(), createObject('known', 'w'))", "false"),
        ("equals(1)", "error: `equals` takes 2 arguments, 1 given"),
        ("less('a', 'b')", "true"),
        ("greaterOrEquals(2, 2)", "true"),
        (
            "greater(1, 'a')",
            "error: the second argument of `greater` must be a number, as the first is, not a text",
        ),
        ("lessOrEquals(u('a'), 2)", "?lessOrEquals(a,2)<false|true>"),
        ("not(truth('b'))", "?not(b)<true|false>"),
        (
            "not(1)",
            "error: the first argument of `not` must be true or false, not a number",
        ),
        ("and(true(), truth('b'))", "?b<false|true>"),
        ("and(truth('b'), false())", "false"),
        ("or(truth('b'), true())", "true"),
        ("or(truth('a'), truth('b'))", "?or(a,b)<false|true>"),
        ("and(1)", "error: `and` takes true or false, not a number"),
        ("AND(true(), True())", "true"),
        ("if(true(), 1, fail('not evaluated'))", "1"),
        ("if(truth('b'), 'x', 'x')", "'x'"),
        ("if(truth('b'), 'x', 'y')", "?if(b,'x','y')<'x'|'y'>"),
        (
            "if(truth('b'), createObject('a', 1, 'b', 2), createObject('a', 1))",
            "{a: 1, b: ?if(b,2,null)<2|null>}",
        ),
        (
            "if(equals(env(), 'prod'), 'P', 'D')",
            "?if(equals(env,'prod'),'P','D')<'P'|'D'>",
        ),
        ("if(truth('b'), unspelled(), unspelled())", "?"),
        (
            "if(1, 2, 3)",
            "error: the condition of `if` must be true or false, not a number",
        ),
        ("if(true(), 1)", "error: `if` takes 3 arguments, 2 given"),
        ("coalesce(null(), 2)", "2"),
        ("coalesce(text('a'), 2)", "?a"),
        ("coalesce(u('a'), 2)", "?coalesce(a,2)"),
        (
            "coalesce(if(truth('b'), null(), 1), 2)",
            "?coalesce(if(b,null,1),2)<1|2>",
        ),
        ("coalesce(null())", "null"),
        (
            "coalesce()",
            "error: `coalesce` takes at least 1 argument, 0 given",
        ),
        ("bool('TRUE')", "true"),
        ("bool(0)", "false"),
        (
            "bool('maybe')",
            "error: the first argument of `bool` must be 'true' or 'false', 1 or 0, not a text",
        ),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("add(1, -2)", "-1"),
        ("sub(5, 7)", "-2"),
        ("mul(3, 4)", "12"),
        ("div(-7, 2)", "-3"),
        ("mod(-7, 2)", "-1"),
        ("div(1, 0)", "error: `div` by zero"),
        (
            "add('1', 2)",
            "error: the first argument of `add` must be an integer, not a text",
        ),
        ("add(u('a'), 2)", "?add(a,2)"),
        ("add(9007199254740993, 0)", "9007199254740993"),
        (
            "add(9223372036854775807, 1)",
            "error: the result of `add` does not fit into 64 bits",
        ),
        ("min(3, 1, 2)", "1"),
        ("max(createArray(1, 5))", "5"),
        ("max(createArray())", "error: `max` of an empty array"),
        (
            "max('a')",
            "error: `max` takes integers or one array of integers",
        ),
        ("int('42')", "42"),
        ("int('4x')", "error: `4x` is no integer"),
        ("float('1.5')", "1.5"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn objects() {
    check(&[
        ("createObject('a', 1, 'A', 2)", "{a: 2}"),
        (
            "createObject('a')",
            "error: `createObject` takes names and values in pairs",
        ),
        ("createObject(u('k'), 1, 'b', u('v'))", "{b: ?v, ..}"),
        (
            "createObject(1, 1)",
            "error: the first argument of `createObject` must be a text, the name of a member, not a number",
        ),
        (
            "items(createObject('b', 1, 'a', 2))",
            "[{key: 'a', value: 2}, {key: 'b', value: 1}]",
        ),
        ("items(open())", "?"),
        ("objectKeys(createObject('b', 1, 'a', 2))", "['a', 'b']"),
        (
            "shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('a', 2)))",
            "{a: 2}",
        ),
        ("tryGet(createObject('a', createArray(7)), 'a', 0)", "7"),
        ("tryGet(createObject('a', 1), 'b', 'c')", "null"),
        ("tryGet(null(), 'b')", "null"),
        ("tryGet(open(), 'b')", "?"),
        ("tryGet(u('a'), 'b')", "?tryGet(a,'b')"),
        (
            "tryGet(createArray(1), 'b')",
            "error: the second argument of `tryGet` must be an integer, not a text",
        ),
        (
            "union(createObject('a', createObject('x', 1)), createObject('A', createObject('y', 2)))",
            "{a: {x: 1, y: 2}}",
        ),
        ("union(u('t'), createObject('a', 1))", "{a: 1, ..}"),
        (
            "union(createObject('a', 1), u('t'))",
            "?union(createObject('a',1),t)",
        ),
        (
            "union(u('t'), createObject('a', createObject('x', 1)))",
            "{a: {x: 1, ..}, ..}",
        ),
        (
            "union(createObject('z', 1), open())",
            "{z: ?, known: 'v', ..}",
        ),
        (
            "union(createObject('a', 1), 'b')",
            "error: the second argument of `union` must be an object, as others are, not a text",
        ),
        (
            "json('{\"a\": [1, true, null, 1.5]}')",
            "{a: [1, true, null, 1.5]}",
        ),
        ("json('null')", "null"),
        (
            "json('{ // why\n \"a\": \"//\\\",}\", /* , */ \"b\": [1,], }')",
            "{a: '//\",}', b: [1]}",
        ),
        (
            "json('{ // why')",
            "error: the text is not JSON: key must be a string at line 1 column 3",
        ),
        ("json(u('a'))", "?json(a)"),
        ("createObject('a', 1).A", "1"),
        (
            "createObject('a', 1).b",
            "error: the object has no property `b`",
        ),
        (
            "createObject('a', 1).?b.c.d",
            "error: null has no members that a text could name",
        ),
        ("createObject('a', 1).?b.?c", "null"),
        ("createObject('a', 1)['a']", "1"),
        (
            "createObject('a', 'x', 'b', 'y')[text('k')]",
            "?createObject('a','x','b','y')[k]<'x'|'y'>",
        ),
        ("createObject('a', 'x', 'b', 'x')[text('k')]", "'x'"),
        (
            "createObject('dev', false(), 'prod', false())[env()]",
            "false",
        ),
        (
            "createArray(1)[1]",
            "error: index 1 is outside of the array, which has 1 items",
        ),
        (
            "createArray(1)[-1]",
            "error: index -1 is outside of the array, which has 1 items",
        ),
        ("createArray(1)[?1]", "null"),
        (
            "'a'.b",
            "error: a text has no members that a text could name",
        ),
        ("u('a').b['c d'][0]", "?a.b['c d'][0]"),
        ("open().other", "?"),
        ("open().known", "'v'"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn texts() {
    check(&[
        ("concat('a', 1, true())", "'a1True'"),
        ("concat('a', text('b'), '/', 'c')", "?concat('a',b,'/c')"),
        ("concat(concat('a', text('b')), 'c')", "?concat('a',b,'c')"),
        ("concat(text('b'))", "?b"),
        ("concat('', text('b'))", "?b"),
        ("format('{0}/{1}', text('a'), 'x')", "?concat(a,'/x')"),
        ("format('{{{0}}}', 'a')", "'{a}'"),
        (
            "format('{0:D3}|{1,4}|{1,-4}|{0:000}|{2:X2}', 7, 'ab', 255)",
            "'007|  ab|ab  |007|FF'",
        ),
        (
            "format('{1}', 'a')",
            "error: the format asks for argument {1}, but 1 were given",
        ),
        (
            "format('{', 'a')",
            "error: the format `{` has a brace without its partner",
        ),
        (
            "format('{x}', 'a')",
            "error: `{x}` in the format is not of the form {index,width:style}",
        ),
        ("format('{0}', createArray(1, 'a'))", "'[1,\"a\"]'"),
        ("format('{0:D2}', u('n'))", "?format('{0:D2}',n)"),
        ("toLower('ÄB')", "'äb'"),
        ("toLower(text('a'))", "?toLower(a)"),
        ("toUpper(env())", "?toUpper(env)<'DEV'|'PROD'>"),
        ("trim('  a ')", "'a'"),
        ("startsWith('Hello', 'he')", "true"),
        ("endsWith('Hello', 'LO')", "true"),
        ("replace('a-b-c', '-', '')", "'abc'"),
        (
            "replace('a', '', 'b')",
            "error: the second argument of `replace` must not be empty",
        ),
        ("split('a,b,,c', ',')", "['a', 'b', '', 'c']"),
        ("split('a;b,c', createArray(',', ';'))", "['a', 'b', 'c']"),
        ("split('', ',')", "['']"),
        ("join(createArray('a', 1), '-')", "'a-1'"),
        (
            "join(createArray('a', u('x')), '-')",
            "?join(createArray('a',x),'-')",
        ),
        ("substring('abcdef', 2)", "'cdef'"),
        ("substring('abcdef', 2, 3)", "'cde'"),
        (
            "substring('abc', 2, 3)",
            "error: `substring` reaches outside of the text, which has 3 characters",
        ),
        (
            "substring('abc', -1)",
            "error: `substring` reaches outside of the text, which has 3 characters",
        ),
        ("padLeft(7, 3, '0')", "'007'"),
        ("padLeft('abcd', 3)", "'abcd'"),
        (
            "padLeft('a', 3, 'xy')",
            "error: the third argument of `padLeft` must be one character, not a text",
        ),
        (
            "padLeft('a', 1000000)",
            "error: `padLeft` to 1000000 characters is more than the limit of 65536",
        ),
        ("indexOf('Hello', 'L')", "2"),
        ("lastIndexOf('Hello', 'l')", "3"),
        ("indexOf('abc', 'x')", "-1"),
        ("string(true())", "'True'"),
        ("string(createObject('a', 1))", "'{\"a\":1}'"),
        ("string(createArray(u('a')))", "?string(createArray(a))"),
        (
            "uri('http://contoso.org/firstpath', 'myscript.sh')",
            "'http://contoso.org/myscript.sh'",
        ),
        (
            "uri('http://contoso.org/firstpath/', '/myscript.sh')",
            "'http://contoso.org/firstpath/myscript.sh'",
        ),
        ("uri('http://contoso.org', 'a')", "'http://contoso.org/a'"),
        ("uriComponent('a b/é')", "'a%20b%2F%C3%A9'"),
        ("uriComponentToString('a%20b')", "'a b'"),
        ("base64('one')", "'b25l'"),
        ("base64ToString('b25l')", "'one'"),
        (
            "base64ToString('!')",
            "error: the text is not base64: Invalid symbol 33, offset 0.",
        ),
        ("base64ToJson('eyJhIjoxfQ==')", "{a: 1}"),
        (
            "dataUri('Hello')",
            "'data:text/plain;charset=utf8;base64,SGVsbG8='",
        ),
        ("dataUriToString('data:;base64,SGVsbG8=')", "'Hello'"),
        ("toLower(secret())", "'s3'!"),
        ("concat('a', secret())", "'as3'!"),
    ]);
}

#[test]
fn dates() {
    check(&[
        ("dateTimeToEpoch('2024-01-31T00:00:00Z')", "1706659200"),
        ("dateTimeFromEpoch(1706659200)", "'2024-01-31T00:00:00Z'"),
        (
            "dateTimeAdd('20240131T120000Z', 'P1M')",
            "'20240229T120000Z'",
        ),
        (
            "dateTimeAdd('2024-01-31 12:00:00Z', '-PT1H30M')",
            "'2024-01-31 10:30:00Z'",
        ),
        (
            "dateTimeAdd('2024-01-31T12:00:00Z', 'P3D', 'yyyy-MM-dd')",
            "'2024-02-03'",
        ),
        (
            "dateTimeAdd('2024-01-31T12:00:00Z', 'three days')",
            "error: `three days` is no ISO 8601 duration",
        ),
        ("dateTimeAdd(utcNow(), 'P1D')", "?"),
        (
            "dateTimeAdd('yesterday', 'P1D')",
            "error: `yesterday` is no date and time",
        ),
        ("utcNow()", "?"),
        ("newGuid()", "?"),
        ("guid('a', u('b'))", "?guid('a',b)"),
        ("uniqueString('a')", "?uniqueString('a')"),
    ]);
}

#[test]
fn address_ranges() {
    check(&[
        (
            "parseCidr('10.144.0.0/20')",
            "{network: '10.144.0.0', netmask: '255.255.240.0', broadcast: '10.144.15.255', firstUsable: '10.144.0.1', lastUsable: '10.144.15.254', cidr: 20}",
        ),
        ("cidrSubnet('10.144.0.0/20', 24, 3)", "'10.144.3.0/24'"),
        (
            "cidrSubnet('10.144.0.0/20', 24, 16)",
            "error: `10.144.0.0/20` has no subnet number 16 of size /24",
        ),
        (
            "cidrSubnet('10.144.0.0/20', 16, 0)",
            "error: `10.144.0.0/20` has no subnet number 0 of size /16",
        ),
        ("cidrSubnet('fdad::/48', 64, 2)", "'fdad:0:0:2::/64'"),
        ("cidrHost('10.144.3.0/24', 0)", "'10.144.3.1'"),
        (
            "cidrHost('10.144.3.0/30', 2)",
            "error: `10.144.3.0/30` has no usable address number 2",
        ),
        (
            "parseCidr('x')",
            "error: `x` is no address range such as 10.0.0.0/16",
        ),
        ("parseCidr(text('a'))", "?parseCidr(a)"),
        ("ipRangeContains('10.0.0.0/8', '10.1.0.0/16')", "true"),
        ("ipRangeContains('10.0.0.0-10.0.0.9', '10.0.0.10')", "false"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of rows")]
fn lambdas() {
    check(&[
        (
            "map(createArray(1, 2), lambda('n', add(lambdaVariables('n'), 1)))",
            "[2, 3]",
        ),
        (
            "map(createArray('a', u('x')), lambda('n', concat(lambdaVariables('n'), '!')))",
            "['a!', ?concat(x,'!')]",
        ),
        (
            "map(createArray('a'), lambda('n', 'i', lambdaVariables('i')))",
            "[0]",
        ),
        (
            "filter(createArray(1, 5, 9), lambda('n', greater(lambdaVariables('n'), 3)))",
            "[5, 9]",
        ),
        (
            "filter(createArray(1, u('x')), lambda('n', greater(lambdaVariables('n'), 3)))",
            "?",
        ),
        (
            "filter(createArray(1), lambda('n', 1))",
            "error: the lambda must give true or false, not a number",
        ),
        ("filter(u('a'), lambda('n', true()))", "?"),
        (
            "reduce(createArray(1, 2, 3), 10, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))",
            "16",
        ),
        (
            "sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
            "[1, 2, 3]",
        ),
        (
            "toObject(createArray('x', 'y'), lambda('k', lambdaVariables('k')), lambda('k', 1))",
            "{x: 1, y: 1}",
        ),
        (
            "toObject(createArray('x', u('k')), lambda('k', lambdaVariables('k')))",
            "{x: 'x', ..}",
        ),
        (
            "groupBy(createArray('ab', 'c', 'ad'), lambda('s', take(lambdaVariables('s'), 1)))",
            "{a: ['ab', 'ad'], c: ['c']}",
        ),
        (
            "mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))",
            "{a: 2}",
        ),
        (
            "map(createArray(1), lambda('a', map(createArray(2), lambda('b', add(lambdaVariables('a'), lambdaVariables('b'))))))",
            "[[3]]",
        ),
        (
            "lambdaVariables('a')",
            "error: there is no lambda variable `a` here",
        ),
        (
            "map(1, lambda('a', 1))",
            "error: `map` takes an array, not a number",
        ),
        (
            "map(createArray(1), 1)",
            "error: `map` takes a lambda('name', …) here",
        ),
        (
            "map(createArray(1))",
            "error: `map` takes 2 arguments, 1 given",
        ),
        (
            "reduce(range(0, 100), createArray(), lambda('a', 'b', createArray(lambdaVariables('a'), lambdaVariables('a'))))",
            "error: the value is larger than the limit of 200000 members or 4194304 bytes of text",
        ),
    ]);
}

#[test]
fn calls_that_nobody_answers() {
    check(&[
        ("nope()", "error: there is no function `nope`"),
        ("my.fn()", "error: there is no function `my.fn`"),
        ("not()", "error: `not` takes 1 argument, 0 given"),
        (
            "padLeft('a')",
            "error: `padLeft` takes 2 to 3 arguments, 1 given",
        ),
        ("null(1)", "error: `null` takes no argument, 1 given"),
    ]);
}

#[test]
fn one_input_decides_or_none_does() {
    let input = |text: &str| {
        let value = give(text).unwrap();
        value
            .as_unknown()
            .unwrap()
            .input
            .clone()
            .map(|input| input.0.to_string())
    };
    assert_eq!(input("concat(u('a'), u('a'))").as_deref(), Some("a"));
    assert_eq!(input("concat(u('a'), u('b'))"), None);
    assert_eq!(input("concat(u('a'), unspelled())"), None);
    assert_eq!(
        input("createObject('a', 1, 'b', 2)[u('k')]").as_deref(),
        Some("k")
    );
}

#[test]
fn a_member_of_a_pointing_unknown_points_deeper() {
    let value = give("id().properties[0].x").unwrap();
    let to = value.as_unknown().unwrap().points_to.clone().unwrap();
    assert_eq!(&*to.attribute, "id.properties[0].x");
    assert_eq!(give("1").unwrap().data, Data::Number(Number::from(1_i64)));
}

#[test]
fn the_parts_of_a_composed_text_can_be_read_back() {
    let value = give("format('{0}/{1}', text('a'), 'x')").unwrap();
    let parts = pieces(&value).unwrap();
    let [Piece::Unknown(head), Piece::Text(tail)] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    assert_eq!((show(head).as_str(), tail.as_str()), ("?a", "/x"));
}
