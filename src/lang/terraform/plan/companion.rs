//! Companion resources: a resource block behind the one it serves.

use super::super::outline::outline;
use super::super::{Parsed, modules};
use super::expression::unit;
use super::spell::{self, Margin, New};
use super::{Planner, walk};
use crate::edit::{Edit, Refusal};
use crate::lang::planning::json as spliced;
use crate::lang::planning::layout::Spelled;
use crate::lang::planning::splice::Splice;
use crate::lang::planning::trivia;
use crate::lang::planning::wish::Companion;
use crate::model::facts::schema;
use crate::model::{Entry, Relation, Unknown};
use crate::source::{RelPath, SourceFile, Span};
use crate::syntax::hcl::{Block, ExprKind};
use crate::syntax::json;

impl Planner<'_> {
    /// Appends the companions behind the block of the resource.
    pub(super) fn add_companions(&mut self, companions: &[Companion<'_>]) -> Result<(), Refusal> {
        if companions.is_empty() {
            return Ok(());
        }
        for (_, _, relation) in companions {
            refuse_what_cannot_be(relation)?;
        }
        let span = self.written.node;
        let folder = self.file(span.file)?.path.parent();
        self.refuse_beside_lost(&folder)?;
        for (kind, ..) in companions {
            self.refuse_beside_another(&folder, kind.as_str())?;
        }
        match &*self.parsed(span.file)? {
            Parsed::Hcl(tree) => {
                let served = walk::block_at(tree, span)?;
                self.append_blocks(tree.file(), served, companions)
            }
            Parsed::Json(text) => self.add_members(&text.tree, companions),
        }
    }

    /// Refuses to add to a module of which a block was lost: it may be the one that is to be added.
    fn refuse_beside_lost(&self, folder: &RelPath) -> Result<(), Refusal> {
        for path in self.sources.list(folder) {
            if modules::stem(path.file_name()).is_none() {
                continue;
            }
            let Ok(file) = self.sources.read(&path) else {
                continue;
            };
            let parsed = self.cache.parsed(&file);
            if parsed.as_hcl().is_some() && outline(self.cache, &parsed).is_cut {
                return Err(Refusal(format!(
                    "A part of `{path}` could not be read; what is missing may stand there."
                )));
            }
        }
        Ok(())
    }

    /// Refuses to add what the module declares for the same resource already, as it does where the plan
    /// that is judged is older than its source: it would be added again each time.
    fn refuse_beside_another(&self, folder: &RelPath, kind: &str) -> Result<(), Refusal> {
        let own = self.own_name();
        let names_own = |text: &str| {
            let mut found = text.match_indices(&own);
            found.any(|(at, own)| {
                let before = text[..at].chars().next_back();
                let after = text[at + own.len()..].chars().next();
                let is_word =
                    |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
                !before.is_some_and(is_word) && matches!(after, Some('.' | '['))
            })
        };
        for file in modules::read(folder, self.sources, self.cache, &mut Vec::new()) {
            let Parsed::Hcl(tree) = &*file.parsed else {
                continue;
            };
            if !outline(self.cache, &file.parsed)
                .resources
                .contains_key(kind)
            {
                continue;
            }
            let blocks = tree.body().blocks_of("resource");
            let mut same = blocks.filter(|block| block.label(0).as_deref() == Some(kind));
            let names = |block: &Block<'_>| {
                let mut arguments = block.body().attributes();
                arguments.any(|it| it.name() != "for_each" && names_own(it.value().text()))
            };
            if let Some(name) = same.find(names).and_then(|block| block.label(1)) {
                return Err(Refusal(format!(
                    "`{kind}.{name}` is declared for it already, but what is judged does not have it: a plan is older, or none is made."
                )));
            }
        }
        Ok(())
    }

    fn append_blocks(
        &mut self,
        file: &SourceFile,
        served: Block<'_>,
        companions: &[Companion<'_>],
    ) -> Result<(), Refusal> {
        let span = self.written.node;
        let margin = Margin {
            indent: trivia::indent(file, span.start).to_owned(),
            unit: unit(file, span.start),
            eol: file.eol.as_str(),
        };
        let mut taken: Vec<(String, String)> = Vec::new();
        let mut text = String::new();
        for (kind, body, _) in companions {
            let name = self.unique_name(file, kind.as_str(), &taken);
            let header = format!("resource \"{kind}\" \"{name}\"");
            taken.push((kind.as_str().to_owned(), name));
            let body = self.companion_body(kind.as_str(), served, body)?;
            let block = margin.block(&header, &body);
            text.push_str(margin.eol);
            text.push_str(margin.eol);
            text.push_str(&margin.indent);
            text.push_str(&block);
        }
        let (at, _) = trivia::rest_of_line(&file.text, span.end as usize);
        let next = trivia::next_line(&file.text, at);
        let rest = file.text.get(next..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        if !line.trim().is_empty() {
            text.push_str(margin.eol);
        }
        self.edits.push(Edit {
            span: Span::at(file.id, at),
            text,
        });
        Ok(())
    }

    /// Adds the companions to the resources of a file in JSON syntax.
    fn add_members(
        &mut self,
        tree: &json::Tree,
        companions: &[Companion<'_>],
    ) -> Result<(), Refusal> {
        let refuse = || {
            Refusal(
                "The resources are not written as one JSON object, so none is added.".to_owned(),
            )
        };
        let served = super::json::resource(tree, self.written.node).ok_or_else(refuse)?;
        let all = tree.root().and_then(|root| root.get("resource"));
        let around = |node: &json::Node<'_>| node.span().contains(self.written.node);
        let all = all.and_then(|all| {
            if all.is_array() {
                all.items().find(around)
            } else {
                Some(all)
            }
        });
        let all = all.filter(|all| all.is_object()).ok_or_else(refuse)?;
        let mut kinds = Splice::default();
        for (kind, body, _) in companions {
            let name = self.unique_name(tree.file(), kind.as_str(), &[]);
            let member = (Some(name), self.companion_object(served, body)?);
            match all.get(kind.as_str()) {
                Some(known) if known.is_object() => {
                    let added = Splice {
                        added: vec![member],
                        ..Splice::default()
                    };
                    self.edits.extend(spliced::splice(tree, known, &added));
                }
                Some(known) if known.is_array() => {
                    let (name, body) = member;
                    let object = Spelled::Object(vec![(name.unwrap_or_default(), body)]);
                    let added = Splice {
                        added: vec![(None, object)],
                        ..Splice::default()
                    };
                    self.edits.extend(spliced::splice(tree, known, &added));
                }
                Some(_) => return Err(refuse()),
                None => {
                    let (name, body) = member;
                    let object = Spelled::Object(vec![(name.unwrap_or_default(), body)]);
                    kinds.added.push((Some(kind.as_str().to_owned()), object));
                }
            }
        }
        self.edits.extend(spliced::splice(tree, all, &kinds));
        Ok(())
    }

    /// The companion of a resource in JSON syntax.
    fn companion_object(&self, served: json::Node<'_>, body: &[Entry]) -> Result<Spelled, Refusal> {
        let own = format!("\"${{{}}}\"", self.own_name());
        let mut members = Vec::new();
        for (name, chained) in [("count", None), ("for_each", Some(own)), ("provider", None)] {
            let Some(node) = served.get(name) else {
                continue;
            };
            let text = node.text().to_owned();
            let text = chained.filter(|_| text.contains('\n')).unwrap_or(text);
            members.push((name.to_owned(), Spelled::Token(text)));
        }
        for entry in body.iter().filter(|entry| !entry.value.is_null()) {
            members.push((entry.key.to_string(), self.spelled_json(&entry.value)?));
        }
        Ok(Spelled::Object(members))
    }

    /// What stands in the companion's block: how often it exists, which provider makes it, its
    /// arguments.
    fn companion_body(
        &self,
        kind: &str,
        served: Block<'_>,
        body: &[Entry],
    ) -> Result<Vec<New>, Refusal> {
        let mut meta = ["count", "for_each", "provider"]
            .iter()
            .filter_map(|name| served.body().attribute(name));
        if meta.any(|it| matches!(it.value().kind(), ExprKind::Invalid)) {
            return Err(walk::unread());
        }
        let text = |name: &str| {
            let attribute = served.body().attribute(name)?;
            Some(attribute.value().text().to_owned())
        };
        // What takes several lines is not written twice: the companion follows its instances.
        let chained = |text: String| (!text.contains('\n')).then_some(text);
        let own = self.own_name();
        let mut new = Vec::new();
        if let Some(count) = text("count") {
            let count = chained(count).unwrap_or_else(|| format!("length({own})"));
            new.push(New::Argument("count".to_owned(), Spelled::Token(count)));
        }
        if let Some(each) = text("for_each") {
            let each = chained(each).unwrap_or(own);
            new.push(New::Argument("for_each".to_owned(), Spelled::Token(each)));
        }
        if let Some(provider) = text("provider") {
            new.push(New::Argument(
                "provider".to_owned(),
                Spelled::Token(provider),
            ));
        }
        if !new.is_empty() {
            new.push(New::Blank);
        }
        let schema = schema(kind);
        new.extend(spell::inside(body, schema.as_deref(), &[], &|unknown| {
            self.reference(unknown)
        })?);
        Ok(new)
    }

    /// The resource that is served, as its own module names it.
    fn own_name(&self) -> String {
        let address = self.written.address.without_keys();
        split(&address).1.to_owned()
    }

    /// A value that is not known, as a reference to what gives it.
    pub(super) fn reference(&self, unknown: &Unknown) -> Result<Spelled, Refusal> {
        let refuse = || Refusal("The value to write is not known.".to_owned());
        let points_to = unknown.points_to.as_deref().ok_or_else(refuse)?;
        let address = points_to.address.as_ref().ok_or_else(refuse)?;
        let own = self.written.address.without_keys();
        let (module, name) = split(&own);
        let instance = if address.without_keys() == own {
            format!("{name}{}", self.key()?)
        } else {
            let (other, _) = split_keyed(address.as_str());
            if without_keys(other) != module {
                return Err(Refusal(format!(
                    "`{address}` stands in another module, which cannot be referred to from here."
                )));
            }
            address
                .as_str()
                .get(other.len()..)
                .unwrap_or_default()
                .to_owned()
        };
        let attribute = &points_to.attribute;
        Ok(Spelled::Token(if attribute.is_empty() {
            instance
        } else {
            format!("{instance}.{attribute}")
        }))
    }

    /// How one instance of the resource that is served names another resource's instance of the same
    /// key.
    fn key(&self) -> Result<&'static str, Refusal> {
        let span = self.written.node;
        let parsed = self.parsed(span.file)?;
        let has = |name: &str| match &*parsed {
            Parsed::Hcl(tree) => {
                let block = walk::block_at(tree, span);
                block.is_ok_and(|block| block.body().attribute(name).is_some())
            }
            Parsed::Json(text) => {
                super::json::resource(&text.tree, span).is_some_and(|node| node.get(name).is_some())
            }
        };
        Ok(if has("count") {
            "[count.index]"
        } else if has("for_each") {
            "[each.key]"
        } else {
            ""
        })
    }

    /// The name of the resource that is served, with a number where another one of the kind has it.
    fn unique_name(&self, file: &SourceFile, kind: &str, taken: &[(String, String)]) -> String {
        let folder = file.path.parent();
        let files = modules::read(&folder, self.sources, self.cache, &mut Vec::new());
        let outlines: Vec<_> = files
            .iter()
            .map(|file| outline(self.cache, &file.parsed))
            .collect();
        let is_known = |name: &str| {
            let mut taken = taken.iter();
            taken.any(|(other, own)| other == kind && own == name)
                || outlines
                    .iter()
                    .filter_map(|outline| outline.resources.get(kind))
                    .any(|names| names.contains(name))
        };
        let own = self.own_name();
        let base = own.rsplit('.').next().unwrap_or(&own).to_owned();
        let numbered = (2..).map(|number: u32| format!("{base}_{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| !is_known(name)).unwrap_or(base)
    }
}

fn refuse_what_cannot_be(relation: &Relation) -> Result<(), Refusal> {
    match relation {
        Relation::Child | Relation::Extension | Relation::ReferredToBy(_) => Ok(()),
        Relation::Parent => Err(Refusal("A parent is not added to its child.".to_owned())),
        Relation::Beside => Err(Refusal(
            "A resource that only stands beside is not added.".to_owned(),
        )),
        Relation::RefersTo(path) => Err(Refusal(format!(
            "`{path}` has to name a resource that does not exist yet."
        ))),
    }
}

/// The module part of an address, its last dot included, and the rest.
pub(super) fn split(address: &str) -> (&str, &str) {
    let (module, _) = split_keyed(address);
    (module, address.get(module.len()..).unwrap_or_default())
}

/// The module of an address with instance keys.
pub(super) fn module_of(address: &str) -> &str {
    split_keyed(address).0
}

/// The same for an address with instance keys, in which brackets may hold anything.
fn split_keyed(address: &str) -> (&str, &str) {
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        let end = inner.find(|c: char| {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => depth = depth.saturating_sub(1),
                '.' if depth == 0 && !quoted => return true,
                _ => {}
            }
            false
        });
        let Some(end) = end else { break };
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    address.split_at(address.len() - rest.len())
}

fn without_keys(module: &str) -> String {
    crate::model::Address::new(module).without_keys()
}
