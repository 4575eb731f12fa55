//! Who imports whom, file by file: every path in the code is followed to the file that defines what it names.
//!
//! A name that a door hands on belongs to the file behind the door, so that a door stands in no circle for
//! handing on. What only the tests see is not looked at.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files shall fail"
)]

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

/// The files of a crate as modules, by their paths below `src`.
pub(crate) struct House {
    rooms: BTreeMap<Vec<String>, Room>,
}

/// What is taken from whom: from a file, to a file, the names.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// One file.
#[derive(Default)]
struct Room {
    file: String,
    /// What it defines.
    items: BTreeSet<String>,
    /// What it imports: the name it has here, and the path as written.
    imports: BTreeMap<String, Vec<String>>,
    /// Every path of more than one segment, those of its imports among them.
    paths: BTreeSet<Vec<String>>,
    /// The modules it declares for tests alone.
    for_tests: BTreeSet<String>,
}

impl House {
    /// Reads files, given as path and text.
    pub(crate) fn read<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut rooms = BTreeMap::new();
        for (file, text) in files {
            let mut reader = Reader::default();
            reader.visit_file(&syn::parse_file(text).unwrap());
            file.clone_into(&mut reader.0.file);
            rooms.insert(module(file), reader.0);
        }
        let tested: Vec<Vec<String>> = rooms
            .iter()
            .flat_map(|(at, room)| room.for_tests.iter().map(|name| joined(at, name)))
            .collect();
        rooms.retain(|at, _| !tested.iter().any(|module| at.starts_with(module)));
        Self { rooms }
    }

    /// Who takes what from whom.
    pub(crate) fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (at, room) in &self.rooms {
            let to = arrows.entry(room.file.clone()).or_default();
            for path in &room.paths {
                if let Some((file, name)) = self.definer(at, path, 0)
                    && file != room.file
                {
                    to.entry(file).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// The file that defines what `path` names in the module `at`, and the name; nothing for a module as
    /// such and for what is not of this crate.
    fn definer(&self, at: &[String], path: &[String], hops: usize) -> Option<(String, String)> {
        if hops > 32 {
            return None;
        }
        let (mut module, mut rest) = match &*path[0] {
            "crate" | "iac_remediate" => (Vec::new(), &path[1..]),
            "self" => (at.to_vec(), &path[1..]),
            "super" => (at[..at.len().checked_sub(1)?].to_vec(), &path[1..]),
            first => {
                let here = &self.rooms[at];
                let known = here.items.contains(first)
                    || here.imports.contains_key(first)
                    || self.rooms.contains_key(&joined(at, first));
                (known.then(|| at.to_vec())?, path)
            }
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                module.pop()?;
                rest = after;
                continue;
            }
            let child = joined(&module, name);
            let is_module = self.rooms.contains_key(&child);
            let Some(room) = self.rooms.get(&module) else {
                assert!(is_module, "{path:?} leads nowhere from {at:?}");
                (module, rest) = (child, after);
                continue;
            };
            let is_item = room.items.contains(name);
            let import = room.imports.get(name).filter(|_| !is_item);
            // A module and a function may have one name; what more follows is in the module.
            let is_last = after.is_empty() && (is_item || import.is_some());
            if is_module && !is_last {
                (module, rest) = (child, after);
            } else if let Some(import) = import {
                let path: Vec<String> = import.iter().chain(after).cloned().collect();
                return self.definer(&module, &path, hops + 1);
            } else {
                return Some((room.file.clone(), name.clone()));
            }
        }
        None
    }
}

/// The circles among files: of each, the arrows that tie it.
pub(crate) fn circles(arrows: &Arrows) -> Vec<String> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = arrows
        .keys()
        .map(|from| (from, reached(arrows, from)))
        .collect();
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for (from, all) in &reach {
        if !all.contains(from) || told.contains(from) {
            continue;
        }
        let circle: BTreeSet<&String> = all
            .iter()
            .filter(|to| reach[**to].contains(from))
            .copied()
            .collect();
        let lines = circle.iter().flat_map(|from| {
            let inside = arrows[*from].iter().filter(|(to, _)| circle.contains(to));
            inside.map(move |(to, names)| {
                let names: Vec<&str> = names.iter().map(|name| &**name).collect();
                format!("{from} -> {to}: {}", names.join(", "))
            })
        });
        circles.push(lines.collect::<Vec<_>>().join("\n"));
        told.extend(circle);
    }
    circles
}

/// Every file that a file leads to; itself where it stands in a circle.
fn reached<'a>(arrows: &'a Arrows, from: &'a String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for to in arrows[file].keys() {
            if found.insert(to) {
                next.push(to);
            }
        }
    }
    found
}

/// The module that a file is.
fn module(file: &str) -> Vec<String> {
    let parts = file.trim_end_matches(".rs").split('/');
    let mut module: Vec<String> = parts.map(str::to_owned).collect();
    if matches!(module.last().map(|last| &**last), Some("mod" | "lib")) {
        module.pop();
    }
    module
}

fn joined(module: &[String], name: &str) -> Vec<String> {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Reads one file.
#[derive(Default)]
struct Reader(Room);

impl Reader {
    fn import(&mut self, tree: &syn::UseTree, before: &[String]) {
        match tree {
            syn::UseTree::Path(path) => {
                self.import(&path.tree, &joined(before, &path.ident.to_string()));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.named(before.last().cloned().unwrap(), before.to_vec());
            }
            syn::UseTree::Name(name) => {
                let name = name.ident.to_string();
                let path = joined(before, &name);
                self.named(name, path);
            }
            syn::UseTree::Rename(rename) => {
                let path = joined(before, &rename.ident.to_string());
                self.named(rename.rename.to_string(), path);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
            // Whatever is taken so, the file that hands it out is named.
            syn::UseTree::Glob(_) => {
                self.0.paths.insert(joined(before, "*"));
            }
        }
    }

    fn named(&mut self, name: String, path: Vec<String>) {
        self.0.paths.insert(path.clone());
        self.0.imports.insert(name, path);
    }

    /// Finds the paths in what a macro is given.
    fn tokens(&mut self, mut cursor: syn::buffer::Cursor<'_>) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        while !cursor.eof() {
            if let Some((word, next)) = cursor.ident() {
                if colons != 2 {
                    self.path(std::mem::take(&mut path));
                }
                path.push(word.to_string());
                (colons, cursor) = (0, next);
                continue;
            }
            if let Some((':', next)) = cursor.punct().map(|(mark, next)| (mark.as_char(), next)) {
                (colons, cursor) = (colons + 1, next);
                continue;
            }
            self.path(std::mem::take(&mut path));
            colons = 0;
            if let Some((inside, _, _, next)) = cursor.any_group() {
                self.tokens(inside);
                cursor = next;
            } else {
                cursor = cursor.token_tree().unwrap().1;
            }
        }
        self.path(path);
    }

    fn path(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.0.paths.insert(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let (attributes, name) = match item {
            syn::Item::Const(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Enum(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Fn(it) => (&it.attrs, Some(&it.sig.ident)),
            syn::Item::Impl(it) => (&it.attrs, None),
            syn::Item::Macro(it) => (&it.attrs, it.ident.as_ref()),
            syn::Item::Mod(it) => (&it.attrs, it.content.as_ref().map(|_| &it.ident)),
            syn::Item::Static(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Struct(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Trait(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Type(it) => (&it.attrs, Some(&it.ident)),
            syn::Item::Use(it) => (&it.attrs, None),
            _ => unreachable!("an item that this reader does not know"),
        };
        if attributes.iter().any(is_test) {
            if let syn::Item::Mod(it) = item {
                self.0.for_tests.insert(it.ident.to_string());
            }
            return;
        }
        self.0.items.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        self.path(names.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let tokens = syn::buffer::TokenBuffer::new2(call.tokens.clone());
        self.tokens(tokens.begin());
        visit::visit_macro(self, call);
    }

    /// Who may see a thing says nothing of what it needs.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

/// Returns `true` for `#[cfg(test)]` and `#[test]`.
fn is_test(attribute: &syn::Attribute) -> bool {
    let is_cfg = attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|path| path.is_ident("test"));
    is_cfg || attribute.path().is_ident("test")
}

/// Holds the circles of made-up files against what they are known to be.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let found = circles(&House::read(files.iter().copied()).arrows());
    assert_eq!(found, expected, "{files:?}");
}

#[test]
fn a_circle_is_found_however_its_names_are_taken() {
    check(
        &[
            ("a.rs", "use crate::b::{B, make};\npub struct A(B);"),
            (
                "b.rs",
                "use super::a::A;\npub struct B;\npub fn make() -> A {}",
            ),
        ],
        &["a.rs -> b.rs: B, make\nb.rs -> a.rs: A"],
    );
    // A path in the code, in what a macro is given, behind an imported module.
    check(
        &[
            ("a.rs", "pub fn f() { crate::b::g(); }"),
            ("b.rs", "pub fn g() { println!(\"{}\", super::c::h(1)); }"),
            ("c.rs", "use super::a;\npub fn h(n: u8) { a::f() }"),
        ],
        &["a.rs -> b.rs: g\nb.rs -> c.rs: h\nc.rs -> a.rs: f"],
    );
    // All of a file at once.
    check(
        &[
            ("a.rs", "use crate::b::*;\npub struct A;"),
            ("b.rs", "pub struct B(crate::a::A);"),
        ],
        &["a.rs -> b.rs: *\nb.rs -> a.rs: A"],
    );
    // A file beside a folder of its name is the parent of what is in it.
    check(
        &[
            ("a.rs", "mod b;\npub(super) struct A;\nfn f() { b::g() }"),
            ("a/b.rs", "pub(super) fn g() { fn h(_: super::A) {} }"),
        ],
        &["a.rs -> a/b.rs: g\na/b.rs -> a.rs: A"],
    );
}

#[test]
fn what_a_door_hands_on_belongs_to_the_file_behind_it() {
    let door = "mod b;\nmod c;\npub use b::B;\npub use c::C as D;";
    check(
        &[
            ("a/mod.rs", door),
            ("a/b.rs", "use super::D;\npub struct B(D);"),
            (
                "a/c.rs",
                "pub fn f() { let _: crate::a::B; }\npub struct C;",
            ),
        ],
        &["a/b.rs -> a/c.rs: C\na/c.rs -> a/b.rs: B"],
    );
    check(
        &[
            ("a/mod.rs", door),
            ("a/b.rs", "use super::D;\npub struct B(D);"),
            ("a/c.rs", "pub struct C;"),
        ],
        &[],
    );
    // A door stands in a circle only with what it defines itself.
    check(
        &[
            ("a/mod.rs", "mod b;\npub use b::B;\npub struct Own;"),
            ("a/b.rs", "use super::Own;\npub struct B(Own);"),
        ],
        &["a/b.rs -> a/mod.rs: Own\na/mod.rs -> a/b.rs: B"],
    );
}

#[test]
fn tests_may_look_anywhere_and_two_circles_are_two() {
    let tested = "#[cfg(test)]\nmod tests { use crate::b::B; }\npub struct A;";
    check(
        &[
            ("a.rs", tested),
            (
                "b.rs",
                "#[cfg(test)]\nmod rows;\npub struct B(crate::a::A);",
            ),
            ("b/rows.rs", "use super::B;"),
        ],
        &[],
    );
    check(
        &[
            ("a.rs", "use crate::b::B;\npub struct A;"),
            ("b.rs", "use crate::a::A;\npub struct B(crate::c::C);"),
            ("c.rs", "use crate::d::D;\npub struct C;"),
            ("d.rs", "use crate::c::C;\npub struct D;"),
        ],
        &[
            "a.rs -> b.rs: B\nb.rs -> a.rs: A",
            "c.rs -> d.rs: D\nd.rs -> c.rs: C",
        ],
    );
}
