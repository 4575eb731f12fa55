//! Whatever a person makes of a fixture, fixing it breaks nothing: the law of the fuzz target
//! `fix_validity`, on texts that stay close to what people write.
//!
//! `FIXING_SECONDS` lets it run for longer, `FIXING_SEED` from another start; a failure names its
//! seed. `FIXING_TEXTS` names a folder that gets each text before and after, for other programs to
//! look at.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use iac_remediate::rule::Catalog;

#[path = "../fuzz/laws.rs"]
#[expect(clippy::expect_used, dead_code, reason = "laws fail by panicking")]
mod laws;

/// How many texts are tried when nothing else is said.
const CASES: u64 = 120;

/// A text and whether it is a template.
type Text = (bool, String);

fn fixtures() -> Vec<Text> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(&top).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some("cases.tf" | "cases.json") = name {
            let is_template = name == Some("cases.json");
            found.push((is_template, std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(found.len() > 30);
    found
}

/// Numbers that look like chance and come again with the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // Splitmix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap()
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

#[test]
fn fixing_breaks_nothing() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seconds = number("FIXING_SECONDS").map(Duration::from_secs);
    let first = number("FIXING_SEED").unwrap_or(1);
    let folder = std::env::var_os("FIXING_TEXTS");
    let (fixtures, catalog, start) = (fixtures(), Catalog::built_in(), Instant::now());
    let (mut failed, mut changed) = (Vec::new(), 0_u64);
    for seed in first.. {
        let enough = seconds.map_or(seed - first >= CASES, |most| start.elapsed() > most);
        if enough {
            break;
        }
        let (is_template, text) = varied(&fixtures, seed);
        let name = if is_template { "main.json" } else { "main.tf" };
        let law = || laws::fix_validity(&catalog, name, &text);
        let Ok(after) = catch_unwind(AssertUnwindSafe(law)) else {
            failed.push(seed);
            continue;
        };
        changed += u64::from(after != text);
        if let Some(folder) = &folder {
            for (when, text) in [("before", &text), ("after", &after)] {
                let path = Path::new(folder).join(when).join(format!("{seed}-{name}"));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
        }
    }
    if let Some(seed) = failed.first() {
        let (_, text) = varied(&fixtures, *seed);
        panic!("seeds {failed:?} fail; the first is\n{text}");
    }
    assert!(changed > 0, "some texts have something to fix");
}

/// A fixture, or two together, changed in a few places.
fn varied(fixtures: &[Text], seed: u64) -> Text {
    let mut chance = Chance(seed);
    let (is_template, text) = chance.of(fixtures);
    let mut text = text.clone();
    if !is_template && chance.below(3) == 0 {
        let (other_is, other) = chance.of(fixtures);
        if !other_is {
            text = format!("{text}\n{other}");
        }
    }
    for _ in 0..chance.below(5) {
        text = match chance.below(9) {
            0 => cut(&mut chance, &text),
            1 | 2 => lines(&mut chance, &text),
            3 => join(&mut chance, &text),
            4 | 5 => literal(&mut chance, &text, *is_template),
            6 => spell(&mut chance, &text),
            _ => insert(&mut chance, &text, *is_template),
        };
    }
    (*is_template, text)
}

/// A few bytes go, a few others come.
fn cut(chance: &mut Chance, text: &str) -> String {
    let start = text.floor_char_boundary(chance.below(text.len()));
    let end = text.ceil_char_boundary((start + chance.below(30)).min(text.len()));
    let with = chance.of(&[
        "", "", " ", "\n", "{", "}", "\"", "[", ",", "= ", "${", "é", "#", "//",
    ]);
    format!("{}{with}{}", &text[..start], &text[end..])
}

/// A line goes, comes twice, or changes place.
fn lines(chance: &mut Chance, text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (at, other) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(3) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[other]),
        _ => lines.swap(at, other),
    }
    lines.concat()
}

/// Some lines become one.
fn join(chance: &mut Chance, text: &str) -> String {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let first = chance.below(ends.len());
    let mut text = text.to_owned();
    for at in ends.iter().skip(first).take(1 + chance.below(3)).rev() {
        text.replace_range(*at..=*at, " ");
    }
    text
}

/// Other line endings, tabs, a comment at the end of a line.
fn spell(chance: &mut Chance, text: &str) -> String {
    match chance.below(4) {
        0 => text.replace('\n', "\r\n"),
        1 => text.replace("  ", "\t"),
        2 => text.replace("    ", "  "),
        _ => {
            let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
            let at = *chance.of(&ends);
            format!("{} // é {{{}", &text[..at], &text[at..])
        }
    }
}

/// A literal becomes another, or a name for itself.
fn literal(chance: &mut Chance, text: &str, is_template: bool) -> String {
    let sign = if is_template { ": " } else { "= " };
    let starts: Vec<usize> = text.match_indices(sign).map(|(at, _)| at + 2).collect();
    let start = *chance.of(&starts);
    let rest = &text[start..];
    let end = rest.find(['\n', ',', '#', '}', ']']).unwrap_or(rest.len());
    let value = rest[..end].trim_end();
    let plain = !value.is_empty() && !value.contains(['{', '[', '(']);
    let (behind, name) = (&rest[value.len()..], format!("x{}", chance.below(3)));
    let before = &text[..start];
    match (chance.below(4), is_template) {
        (0, false) if plain => {
            format!("{before}var.{name}{behind}\nvariable \"{name}\" {{\n  default = {value}\n}}\n")
        }
        (1, false) if plain => {
            format!("{before}local.{name}{behind}\nlocals {{\n  {name} = {value}\n}}\n")
        }
        (0 | 1, true) if plain => {
            let whole = format!("{before}\"[variables('{name}')]\"{behind}");
            whole.replacen(
                '{',
                &format!("{{\n  \"variables\": {{ \"{name}\": {value} }},"),
                1,
            )
        }
        (2, false) => format!("{before}null{behind}"),
        (2, true) => format!("{before}\"[parameters('p')]\"{behind}"),
        _ => {
            let other = [
                "true",
                "false",
                "\"Allow\"",
                "\"*\"",
                "[]",
                "{}",
                "1",
                "\"1.0\"",
                "\"\"",
            ];
            format!("{before}{}{behind}", chance.of(&other))
        }
    }
}

/// Something that people write comes at the beginning of a line.
fn insert(chance: &mut Chance, text: &str, is_template: bool) -> String {
    let blocks = [
        "  count = 2\n",
        "  for_each = toset([\"a\", \"b\"])\n",
        "  for_each = { a = true, b = false }\n",
        "  count = var.p ? 1 : 0\n",
        "  # a comment\n",
        "  /* of\n  several lines */\n",
        "\n",
        "  lifecycle {\n    ignore_changes = [tags]\n  }\n",
        "  tags = { a = \"b\" }\n",
        "  site_config {}\n",
        "  network_rules { default_action = \"Allow\" }\n",
        "  dynamic \"network_rules\" {\n    for_each = [1]\n    content {\n      default_action = \"Allow\"\n    }\n  }\n",
        "  description = <<-EOT\n    a = 1\n  EOT\n",
        "  provider = aws.x\n",
        "  depends_on = [\n    azurerm_storage_account.a,\n  ]\n",
    ];
    let members = [
        "\"condition\": \"[parameters('p')]\",\n",
        "\"copy\": { \"name\": \"c\", \"count\": 2 },\n",
        "// a comment\n",
        "/* a comment */\n",
        "\n",
        "\"properties\": {},\n",
        "\"dependsOn\": [],\n",
        "\"tags\": { \"a\": \"b\" },\n",
        "\"resources\": [],\n",
    ];
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let at = *chance.of(&starts);
    let what = if is_template {
        *chance.of(&members)
    } else {
        *chance.of(&blocks)
    };
    format!("{}{what}{}", &text[..at], &text[at..])
}
