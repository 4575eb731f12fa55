use super::function::{Form, Function, Kind, MARKED, NULL, Parameter, UNKNOWN};
use super::{
    choice, conversion, csv, date, encoding, files, format, hash, json_decode, json_encode,
    mapping, network, numeric, sequence, sets, string, yaml_decode, yaml_encode,
};

/// The function named `name`, which is written without `core::`.
pub(in crate::lang::terraform) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .binary_search_by(|function| function.name.cmp(name))
        .ok()
        .map(|index| &FUNCTIONS[index])
}

/// The name of a function that differs from `name` in one or two letters.
pub(in crate::lang::terraform) fn nearest(name: &str) -> Option<&'static str> {
    FUNCTIONS
        .iter()
        .map(|function| (distance(name, function.name), function.name))
        .min()
        .filter(|(distance, _)| *distance < 3)
        .map(|(_, name)| name)
}

/// How many letters must be put in, left out or exchanged to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 40;
    if a.len().abs_diff(b.len()) > 2 || b.len() >= LONGEST {
        return usize::MAX;
    }
    let b = b.as_bytes();
    let mut row: [usize; LONGEST] = std::array::from_fn(|index| index);
    for (index, letter) in a.bytes().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], index + 1);
        for at in 1..=b.len() {
            let exchanged = corner + usize::from(b[at - 1] != letter);
            corner = row[at];
            row[at] = exchanged.min(row[at] + 1).min(row[at - 1] + 1);
        }
    }
    row[b.len()]
}

const fn take(name: &'static str, kind: Kind) -> Parameter {
    Parameter::new(name, kind)
}

/// All functions, by name; one a line.
#[rustfmt::skip]
const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[take("num", Kind::Number)], Kind::Number, Form::Values(numeric::abs)).total(),
    Function::new("abspath", &[take("path", Kind::String)], Kind::String, Form::Values(files::abspath)),
    Function::new("alltrue", &[take("list", Kind::Bools)], Kind::Bool, Form::Values(sequence::alltrue)).total(),
    Function::new("anytrue", &[take("list", Kind::Bools)], Kind::Bool, Form::Values(sequence::anytrue)).total(),
    Function::new("base64decode", &[take("str", Kind::String).takes(MARKED)], Kind::String, Form::Values(encoding::base64decode)),
    Function::new("base64encode", &[take("str", Kind::String)], Kind::String, Form::Values(encoding::base64encode)).total(),
    Function::new("base64gzip", &[take("str", Kind::String)], Kind::String, Form::Values(encoding::base64gzip)).total(),
    Function::new("base64sha256", &[take("str", Kind::String)], Kind::String, Form::Values(hash::base64sha256)).total(),
    Function::new("base64sha512", &[take("str", Kind::String)], Kind::String, Form::Values(hash::base64sha512)).total(),
    Function::new("basename", &[take("path", Kind::String)], Kind::String, Form::Values(files::basename)).total(),
    Function::new("bcrypt", &[take("str", Kind::String)], Kind::String, Form::Values(hash::by_chance)).rest(take("cost", Kind::Number)).impure(),
    Function::new("can", &[take("expression", Kind::Any)], Kind::Bool, Form::Can).total(),
    Function::new("ceil", &[take("num", Kind::Number)], Kind::Number, Form::Values(numeric::ceil)).total(),
    Function::new("chomp", &[take("str", Kind::String)], Kind::String, Form::Values(string::chomp)).total(),
    Function::new("chunklist", &[take("list", Kind::List).takes(MARKED), take("size", Kind::Number).takes(MARKED)], Kind::Any, Form::Values(sequence::chunklist)),
    Function::new("cidrhost", &[take("prefix", Kind::String), take("hostnum", Kind::Number)], Kind::String, Form::Values(network::cidrhost)),
    Function::new("cidrnetmask", &[take("prefix", Kind::String)], Kind::String, Form::Values(network::cidrnetmask)),
    Function::new("cidrsubnet", &[take("prefix", Kind::String), take("newbits", Kind::Number), take("netnum", Kind::Number)], Kind::String, Form::Values(network::cidrsubnet)),
    Function::new("cidrsubnets", &[take("prefix", Kind::String)], Kind::Strings, Form::Values(network::cidrsubnets)).rest(take("newbits", Kind::Number)),
    Function::new("coalesce", &[], Kind::Any, Form::Values(choice::coalesce)).rest(take("vals", Kind::Any).takes(NULL | UNKNOWN)),
    Function::new("coalescelist", &[], Kind::Any, Form::Values(choice::coalescelist)).rest(take("vals", Kind::Any).takes(NULL | UNKNOWN)),
    Function::new("compact", &[take("list", Kind::Strings)], Kind::Strings, Form::Values(sequence::compact)).total(),
    Function::new("concat", &[], Kind::Any, Form::Values(sequence::concat)).rest(take("seqs", Kind::Any).takes(UNKNOWN | MARKED)),
    Function::new("contains", &[take("list", Kind::Any).takes(UNKNOWN), take("value", Kind::Any).takes(UNKNOWN)], Kind::Bool, Form::Values(sequence::contains)),
    Function::new("csvdecode", &[take("str", Kind::String)], Kind::Any, Form::Values(csv::csvdecode)),
    Function::new("dirname", &[take("path", Kind::String)], Kind::String, Form::Values(files::dirname)).total(),
    Function::new("distinct", &[take("list", Kind::List)], Kind::List, Form::Values(sequence::distinct)),
    Function::new("element", &[take("list", Kind::Any).takes(UNKNOWN | MARKED), take("index", Kind::Number).takes(UNKNOWN)], Kind::Any, Form::Values(sequence::element)).nullable(),
    Function::new("endswith", &[take("str", Kind::String).takes(UNKNOWN), take("suffix", Kind::String)], Kind::Bool, Form::Values(string::endswith)).total(),
    Function::new("ephemeralasnull", &[take("value", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::ephemeralasnull)).nullable().total(),
    Function::new("file", &[take("path", Kind::String).takes(MARKED)], Kind::String, Form::Values(files::file)).reads(),
    Function::new("filebase64", &[take("path", Kind::String).takes(MARKED)], Kind::String, Form::Values(files::filebase64)).reads(),
    Function::new("filebase64sha256", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filebase64sha256)).reads(),
    Function::new("filebase64sha512", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filebase64sha512)).reads(),
    Function::new("fileexists", &[take("path", Kind::String).takes(MARKED)], Kind::Bool, Form::Values(files::fileexists)).reads(),
    Function::new("filemd5", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filemd5)).reads(),
    Function::new("fileset", &[take("path", Kind::String).takes(MARKED), take("pattern", Kind::String).takes(MARKED)], Kind::StringSet, Form::Values(files::fileset)).reads(),
    Function::new("filesha1", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filesha1)).reads(),
    Function::new("filesha256", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filesha256)).reads(),
    Function::new("filesha512", &[take("path", Kind::String)], Kind::String, Form::Values(hash::filesha512)).reads(),
    Function::new("flatten", &[take("list", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(sequence::flatten)),
    Function::new("floor", &[take("num", Kind::Number)], Kind::Number, Form::Values(numeric::floor)).total(),
    Function::new("format", &[take("format", Kind::String)], Kind::String, Form::Values(format::format)).rest(take("args", Kind::Any).takes(NULL | UNKNOWN)),
    Function::new("formatdate", &[take("format", Kind::String), take("time", Kind::String)], Kind::String, Form::Values(date::formatdate)),
    Function::new("formatlist", &[take("format", Kind::String)], Kind::Strings, Form::Values(format::formatlist)).rest(take("args", Kind::Any).takes(NULL | UNKNOWN)),
    Function::new("indent", &[take("spaces", Kind::Number), take("str", Kind::String)], Kind::String, Form::Values(string::indent)),
    Function::new("index", &[take("list", Kind::Any).takes(UNKNOWN), take("value", Kind::Any).takes(UNKNOWN)], Kind::Number, Form::Values(sequence::index)),
    Function::new("issensitive", &[take("value", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Bool, Form::Values(conversion::issensitive)).total(),
    Function::new("join", &[take("separator", Kind::String)], Kind::String, Form::Values(string::join)).rest(take("lists", Kind::Strings)),
    Function::new("jsondecode", &[take("str", Kind::String)], Kind::Any, Form::Values(json_decode::jsondecode)).nullable(),
    Function::new("jsonencode", &[take("val", Kind::Any).takes(NULL | UNKNOWN)], Kind::String, Form::Values(json_encode::jsonencode)).total(),
    Function::new("keys", &[take("inputMap", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(mapping::keys)),
    Function::new("length", &[take("value", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Number, Form::Values(string::length)),
    Function::new("log", &[take("num", Kind::Number), take("base", Kind::Number)], Kind::Number, Form::Values(numeric::log)),
    Function::new("lookup", &[take("inputMap", Kind::Any).takes(UNKNOWN | MARKED), take("key", Kind::String).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(mapping::lookup)).rest(take("default", Kind::Any).takes(NULL | UNKNOWN | MARKED)).nullable(),
    Function::new("lower", &[take("str", Kind::String)], Kind::String, Form::Values(string::lower)).total().keeps(),
    Function::new("matchkeys", &[take("values", Kind::List), take("keys", Kind::List), take("searchset", Kind::List)], Kind::List, Form::Values(sequence::matchkeys)),
    Function::new("max", &[], Kind::Number, Form::Values(numeric::max)).rest(take("numbers", Kind::Number)),
    Function::new("md5", &[take("str", Kind::String)], Kind::String, Form::Values(hash::md5)).total(),
    Function::new("merge", &[], Kind::Any, Form::Values(mapping::merge)).rest(take("maps", Kind::Any).takes(NULL | UNKNOWN | MARKED)),
    Function::new("min", &[], Kind::Number, Form::Values(numeric::min)).rest(take("numbers", Kind::Number)),
    Function::new("nonsensitive", &[take("value", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::nonsensitive)).nullable().total(),
    Function::new("one", &[take("list", Kind::Any).takes(UNKNOWN)], Kind::Any, Form::Values(choice::one)).nullable(),
    Function::new("parseint", &[take("number", Kind::Any), take("base", Kind::Number)], Kind::Number, Form::Values(numeric::parseint)),
    Function::new("pathexpand", &[take("path", Kind::String)], Kind::String, Form::Values(files::pathexpand)),
    Function::new("plantimestamp", &[], Kind::String, Form::Values(date::plantimestamp)).total(),
    Function::new("pow", &[take("num", Kind::Number), take("power", Kind::Number)], Kind::Number, Form::Values(numeric::pow)),
    Function::new("range", &[], Kind::Numbers, Form::Values(numeric::range)).rest(take("params", Kind::Number)),
    Function::new("regex", &[take("pattern", Kind::String).takes(UNKNOWN), take("string", Kind::String).takes(UNKNOWN)], Kind::Any, Form::Values(string::regex)),
    Function::new("regexall", &[take("pattern", Kind::String).takes(UNKNOWN), take("string", Kind::String).takes(UNKNOWN)], Kind::Any, Form::Values(string::regexall)),
    Function::new("replace", &[take("str", Kind::String), take("substr", Kind::String), take("replace", Kind::String)], Kind::String, Form::Values(string::replace)),
    Function::new("reverse", &[take("list", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(sequence::reverse)),
    Function::new("rsadecrypt", &[take("ciphertext", Kind::String), take("privatekey", Kind::String)], Kind::String, Form::Values(encoding::rsadecrypt)),
    Function::new("sensitive", &[take("value", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::sensitive)).nullable().total(),
    Function::new("setintersection", &[take("first_set", Kind::Set)], Kind::Set, Form::Values(sets::setintersection)).rest(take("other_sets", Kind::Set)),
    Function::new("setproduct", &[], Kind::Any, Form::Values(sets::setproduct)).rest(take("sets", Kind::Any).takes(UNKNOWN | MARKED)),
    Function::new("setsubtract", &[take("a", Kind::Set), take("b", Kind::Set)], Kind::Set, Form::Values(sets::setsubtract)),
    Function::new("setunion", &[take("first_set", Kind::Set)], Kind::Set, Form::Values(sets::setunion)).rest(take("other_sets", Kind::Set)),
    Function::new("sha1", &[take("str", Kind::String)], Kind::String, Form::Values(hash::sha1)).total(),
    Function::new("sha256", &[take("str", Kind::String)], Kind::String, Form::Values(hash::sha256)).total(),
    Function::new("sha512", &[take("str", Kind::String)], Kind::String, Form::Values(hash::sha512)).total(),
    Function::new("signum", &[take("num", Kind::Number)], Kind::Number, Form::Values(numeric::signum)),
    Function::new("slice", &[take("list", Kind::Any).takes(UNKNOWN | MARKED), take("start_index", Kind::Number).takes(UNKNOWN), take("end_index", Kind::Number).takes(UNKNOWN)], Kind::Any, Form::Values(sequence::slice)),
    Function::new("sort", &[take("list", Kind::Strings)], Kind::Strings, Form::Values(string::sort)),
    Function::new("split", &[take("separator", Kind::String), take("str", Kind::String)], Kind::Strings, Form::Values(string::split)).total(),
    Function::new("startswith", &[take("str", Kind::String).takes(UNKNOWN), take("prefix", Kind::String)], Kind::Bool, Form::Values(string::startswith)).total(),
    Function::new("strcontains", &[take("str", Kind::String), take("substr", Kind::String)], Kind::Bool, Form::Values(string::strcontains)).total(),
    Function::new("strrev", &[take("str", Kind::String)], Kind::String, Form::Values(string::strrev)).total(),
    Function::new("substr", &[take("str", Kind::String), take("offset", Kind::Number), take("length", Kind::Number)], Kind::String, Form::Values(string::substr)),
    Function::new("sum", &[take("list", Kind::Any)], Kind::Number, Form::Values(numeric::sum)),
    Function::new("templatefile", &[take("path", Kind::String).takes(UNKNOWN | MARKED), take("vars", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::TemplateFile).nullable().reads(),
    Function::new("templatestring", &[take("template", Kind::Any).takes(UNKNOWN | MARKED), take("vars", Kind::Any).takes(UNKNOWN | MARKED)], Kind::String, Form::TemplateString),
    Function::new("textdecodebase64", &[take("source", Kind::String), take("encoding", Kind::String)], Kind::String, Form::Values(encoding::textdecodebase64)),
    Function::new("textencodebase64", &[take("string", Kind::String), take("encoding", Kind::String)], Kind::String, Form::Values(encoding::textencodebase64)),
    Function::new("timeadd", &[take("timestamp", Kind::String), take("duration", Kind::String)], Kind::String, Form::Values(date::timeadd)),
    Function::new("timecmp", &[take("timestamp_a", Kind::String), take("timestamp_b", Kind::String)], Kind::Number, Form::Values(date::timecmp)),
    Function::new("timestamp", &[], Kind::String, Form::Values(hash::by_chance)).impure(),
    Function::new("title", &[take("str", Kind::String)], Kind::String, Form::Values(string::title)).total().keeps(),
    Function::new("tobool", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::tobool)).nullable(),
    Function::new("tolist", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::tolist)).nullable(),
    Function::new("tomap", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::tomap)).nullable(),
    Function::new("tonumber", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::tonumber)).nullable(),
    Function::new("toset", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::toset)).nullable(),
    Function::new("tostring", &[take("v", Kind::Any).takes(NULL | UNKNOWN | MARKED)], Kind::Any, Form::Values(conversion::tostring)).nullable(),
    Function::new("transpose", &[take("values", Kind::MapOfStrings)], Kind::MapOfStrings, Form::Values(mapping::transpose)),
    Function::new("trim", &[take("str", Kind::String), take("cutset", Kind::String)], Kind::String, Form::Values(string::trim)).total(),
    Function::new("trimprefix", &[take("str", Kind::String), take("prefix", Kind::String)], Kind::String, Form::Values(string::trimprefix)).total(),
    Function::new("trimspace", &[take("str", Kind::String)], Kind::String, Form::Values(string::trimspace)).total().keeps(),
    Function::new("trimsuffix", &[take("str", Kind::String), take("suffix", Kind::String)], Kind::String, Form::Values(string::trimsuffix)).total(),
    Function::new("try", &[], Kind::Any, Form::Try).rest(take("expressions", Kind::Any)).nullable(),
    Function::new("upper", &[take("str", Kind::String)], Kind::String, Form::Values(string::upper)).total().keeps(),
    Function::new("urlencode", &[take("str", Kind::String)], Kind::String, Form::Values(encoding::urlencode)).total(),
    Function::new("uuid", &[], Kind::String, Form::Values(hash::by_chance)).impure(),
    Function::new("uuidv5", &[take("namespace", Kind::String), take("name", Kind::String)], Kind::String, Form::Values(hash::uuidv5)),
    Function::new("values", &[take("mapping", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(mapping::values)),
    Function::new("yamldecode", &[take("src", Kind::String)], Kind::Any, Form::Values(yaml_decode::yamldecode)).nullable(),
    Function::new("yamlencode", &[take("value", Kind::Any).takes(NULL | UNKNOWN)], Kind::String, Form::Values(yaml_encode::yamlencode)),
    Function::new("zipmap", &[take("keys", Kind::Strings).takes(MARKED), take("values", Kind::Any).takes(UNKNOWN | MARKED)], Kind::Any, Form::Values(mapping::zipmap)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_name_is_found() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        for function in FUNCTIONS {
            assert_eq!(
                find(function.name).map(|found| found.name),
                Some(function.name)
            );
        }
        assert!(find("type").is_none());
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("lenght"), Some("length"));
        assert_eq!(nearest("tosting"), Some("tostring"));
        assert_eq!(nearest("somethingelse"), None);
    }
}
