//! The house holds together: who imports whom, where disk and terminal are touched, and that no
//! rule is known to the code. The import table is the one in `docs/ARCHITECTURE.md`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that cannot read its own files shall fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use iac_remediate::rule::Catalog;

#[path = "architecture/arrows.rs"]
mod arrows;

use arrows::{House, circles};

/// A source file: its room, its path, its text, and its code without comments and tests.
struct Source {
    room: String,
    path: String,
    text: String,
    code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    files.sort();
    let sources = files.into_iter().filter_map(|file| {
        let path = file.strip_prefix(root().join("src")).unwrap();
        let parts: Vec<String> = path
            .iter()
            .map(|part| part.to_str().unwrap().to_owned())
            .collect();
        if parts
            .iter()
            .any(|part| part == "tests" || part == "tests.rs")
        {
            return None;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        Some(Source {
            room: parts[0].trim_end_matches(".rs").to_owned(),
            path: parts.join("/"),
            code: code_of(&text),
            text,
        })
    });
    sources.collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The text without line comments and without the tests at its end.
fn code_of(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    text.lines()
        .map(|line| {
            if line.trim_start().starts_with("//") {
                ""
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The import table of the architecture page.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| room |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').collect()).collect();
    let all: BTreeSet<String> = rows.iter().flat_map(|row| names(row[1])).collect();
    rows.iter()
        .map(|row| {
            let room = names(row[1]).into_iter().next().unwrap();
            let may = if row[2].trim() == "everything" {
                all.clone()
            } else {
                names(row[2])
            };
            (room, may)
        })
        .collect()
}

/// The rooms that a piece of code imports.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut fresh = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
                if c.is_alphanumeric() || c == '_' {
                    word.push(c);
                    continue;
                }
                if fresh && !word.is_empty() {
                    found.insert(word.clone());
                    fresh = false;
                }
                word.clear();
                fresh |= c == ',' && depth == 0;
            }
            if fresh && !word.is_empty() {
                found.insert(word);
            }
        } else {
            found.insert(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    found
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let table = table();
    let sources = sources();
    let rooms: BTreeSet<String> = sources
        .iter()
        .map(|source| source.room.clone())
        .filter(|room| room != "lib")
        .collect();
    let stated: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(rooms, stated, "the table names exactly the rooms there are");
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.room != "lib") {
        for import in imports(&source.code) {
            if import != source.room && !table[&source.room].contains(&import) {
                wrong.push(format!("{} imports {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_rooms_have_no_circle() {
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let to = arrows.entry(source.room.clone()).or_default();
        to.extend(
            imports(&source.code)
                .into_iter()
                .filter(|room| *room != source.room),
        );
    }
    // Take away whoever imports nothing that is left, until all are gone.
    let mut left: BTreeSet<String> = arrows.keys().cloned().collect();
    loop {
        let free: Vec<String> = left
            .iter()
            .filter(|room| arrows[*room].is_disjoint(&left))
            .cloned()
            .collect();
        if free.is_empty() {
            break;
        }
        for room in free {
            left.remove(&room);
        }
    }
    assert!(left.is_empty(), "a circle among {left:?}");
}

#[test]
fn the_files_have_no_circle() {
    let sources = sources();
    let files = sources.iter().map(|it| (&*it.path, &*it.text));
    let found = circles(&House::read(files).arrows());
    assert!(
        found.is_empty(),
        "{} circles among files\n\n{}\n",
        found.len(),
        found.join("\n\n")
    );
}

#[test]
fn lib_lists_the_rooms_in_storey_order() {
    let table = table();
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    for (index, room) in listed.iter().enumerate() {
        for later in &listed[index + 1..] {
            let upward = table[*room].contains(*later) && table[*room].len() < table.len();
            assert!(!upward, "{room} stands before {later} and may import it");
        }
    }
    assert_eq!(
        listed.len() + 1,
        table.len(),
        "every room but main is listed"
    );
}

#[test]
fn disk_environment_and_terminal_stay_in_their_rooms() {
    let rows: [(&[&str], &[&str]); 5] = [
        (&["std::fs", "File::open", "File::create"], &["files"]),
        (&["std::env", "env::var"], &["cli", "app", "main"]),
        (
            &[
                "println!",
                "eprintln!",
                "print!(",
                "eprint!(",
                "dbg!",
                "io::stdout",
                "io::stderr",
            ],
            &["app", "main"],
        ),
        // Git is asked what is under review; no other program is ever started.
        (&["Command::new"], &["files"]),
        (&["process::exit", "SystemTime", "TcpStream"], &[]),
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        for (words, rooms) in rows {
            for word in words.iter().filter(|word| source.code.contains(**word)) {
                if !rooms.contains(&&*source.room) {
                    wrong.push(format!("{} uses {word}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_rule_is_known_to_the_code() {
    let catalog = Catalog::built_in();
    let sources = sources();
    for entry in catalog.entries() {
        let names = [
            Some(&*entry.id),
            entry.recommendation.key.as_deref(),
            entry.recommendation.policy.as_deref(),
        ];
        for name in names.into_iter().flatten() {
            let knows: Vec<&str> = sources
                .iter()
                .filter(|source| source.code.contains(name))
                .map(|source| &*source.path)
                .collect();
            assert!(knows.is_empty(), "{name} is named in {knows:?}");
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for source in sources()
        .iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
    {
        let text = std::fs::read_to_string(root().join("src").join(&source.path)).unwrap();
        assert!(text.starts_with("//! "), "{} has no head", source.path);
    }
}

#[test]
fn imports_are_read_in_every_form() {
    let rows: [(&str, &[&str]); 4] = [
        ("use crate::model::{Path, Kind};", &["model"]),
        (
            "use crate::{model::{self, Path}, source};",
            &["model", "source"],
        ),
        ("let x = crate::rule::Rule;", &["rule"]),
        (
            "use crate::{\n    edit::Fix,\n    rule::{A, B},\n};",
            &["edit", "rule"],
        ),
    ];
    for (code, expected) in rows {
        let found: Vec<String> = imports(code).into_iter().collect();
        assert_eq!(found, expected, "{code}");
    }
}
