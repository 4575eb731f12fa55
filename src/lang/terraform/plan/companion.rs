//! Companion resources: a resource block behind the one it serves.

use super::expression::unit;
use super::spell::{self, Margin, New};
use super::{Planner, native};
use crate::edit::{Edit, Refusal};
use crate::lang::planning::layout::Spelled;
use crate::lang::planning::trivia;
use crate::lang::planning::wish::Companion;
use crate::model::facts::schema;
use crate::model::{Entry, Relation, Unknown};
use crate::source::{SourceFile, Span};
use crate::syntax::hcl::{self, Block};
use crate::syntax::json;

impl Planner<'_> {
    /// Appends the companions behind the block of the resource.
    pub(super) fn add_companions(&mut self, companions: &[Companion<'_>]) -> Result<(), Refusal> {
        if companions.is_empty() {
            return Ok(());
        }
        let span = self.written.node;
        let parsed = self.parsed(span.file)?;
        let tree = native(&parsed)?;
        let served = tree.body().blocks().find(|block| block.span() == span);
        let served = served.filter(|block| block.is_closed()).ok_or_else(|| {
            Refusal("The resource is not written as a block of its own.".to_owned())
        })?;
        let file = tree.file();
        let margin = Margin {
            indent: trivia::indent(file, span.start).to_owned(),
            unit: unit(file, span.start),
            eol: file.eol.as_str(),
        };
        let mut taken: Vec<(String, String)> = Vec::new();
        let mut text = String::new();
        for (kind, body, relation) in companions {
            refuse_what_cannot_be(relation)?;
            let name = self.unique_name(file, kind.as_str(), served, &taken);
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

    /// What stands in the companion's block: how often it exists, which provider makes it, its
    /// arguments.
    fn companion_body(
        &self,
        kind: &str,
        served: Block<'_>,
        body: &[Entry],
    ) -> Result<Vec<New>, Refusal> {
        let text = |name: &str| {
            let attribute = served.body().attribute(name)?;
            Some(attribute.value().text().to_owned())
        };
        // What takes several lines is not written twice: the companion follows its instances.
        let chained = |text: String| (!text.contains('\n')).then_some(text);
        let own = self.own_name(served);
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
    fn own_name(&self, served: Block<'_>) -> String {
        let labels: Vec<String> = served.labels().map(|it| it.text.into_owned()).collect();
        labels.join(".")
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
        let parsed = self.parsed(self.written.node.file)?;
        let tree = native(&parsed)?;
        let span = self.written.node;
        let block = tree.body().blocks().find(|block| block.span() == span);
        let body = block.map(Block::body);
        let has = |name: &str| body.is_some_and(|body| body.attribute(name).is_some());
        Ok(if has("count") {
            "[count.index]"
        } else if has("for_each") {
            "[each.key]"
        } else {
            ""
        })
    }

    /// The name of the resource that is served, with a number where another one of the kind has it.
    fn unique_name(
        &self,
        file: &SourceFile,
        kind: &str,
        served: Block<'_>,
        taken: &[(String, String)],
    ) -> String {
        let mut known = self.names_of(file, kind);
        known.extend(
            taken
                .iter()
                .filter(|(other, _)| other == kind)
                .map(|(_, name)| name.clone()),
        );
        let base = served
            .label(1)
            .map_or_else(|| "this".to_owned(), |it| it.into_owned());
        let numbered = (2..).map(|number: u32| format!("{base}_{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| !known.contains(name)).unwrap_or(base)
    }

    /// The names of the resources of `kind` in the module of `file`.
    fn names_of(&self, file: &SourceFile, kind: &str) -> Vec<String> {
        let mut names = Vec::new();
        for path in self.sources.list(&file.path.parent()) {
            let Ok(other) = self.sources.read(&path) else {
                continue;
            };
            let name = path.file_name();
            if name.ends_with(".tf.json") || name.ends_with(".tofu.json") {
                let tree = json::parse(&other);
                let found = tree.root().and_then(|root| root.get("resource")?.get(kind));
                names.extend(
                    found
                        .iter()
                        .flat_map(|it| it.members().map(|member| member.key.into_owned())),
                );
            } else if name.ends_with(".tf") || name.ends_with(".tofu") {
                let tree = hcl::parse(&other);
                let blocks = tree.body().blocks_of("resource");
                let own = blocks.filter(|block| block.label(0).as_deref() == Some(kind));
                names.extend(own.filter_map(|block| block.label(1).map(|it| it.into_owned())));
            }
        }
        names
    }
}

fn refuse_what_cannot_be(relation: &Relation) -> Result<(), Refusal> {
    match relation {
        Relation::Child | Relation::Extension | Relation::ReferredToBy(_) => Ok(()),
        Relation::Parent => Err(Refusal("A parent is not added to its child.".to_owned())),
        Relation::RefersTo(path) => Err(Refusal(format!(
            "`{path}` has to name a resource that does not exist yet."
        ))),
    }
}

/// The module part of an address, its last dot included, and the rest.
fn split(address: &str) -> (&str, &str) {
    let (module, _) = split_keyed(address);
    (module, address.get(module.len()..).unwrap_or_default())
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
