//! Who uses what: assignments lead to initiatives and definitions, initiatives to their members.

use std::collections::BTreeMap;

use super::definition::{Definition, Parameter, definition, is_definition};
use super::export::{Assignment, Exempt, assignment, exemption, is_assignment, is_exemption};
use super::fault::Fault;
use super::initiative::{Initiative, Member, initiative, is_initiative, last};
use super::library::{Faulty, Import, Imported, Library, Outcome, Remark, Settings, is_policy};
use super::operand::{Notes, computed, plain};
use super::parameters::{Given, Values, bind};
use super::reach::{Part, doubt, in_force, is_version, parts};
use super::remedy::Fixing;
use super::source::Source;
use super::translate::{Translated, Usage, slug, translate};
use super::within::Within;
use crate::rule::Effect;
use crate::source::Span;
use crate::syntax::json::Node;
use std::sync::Arc;

/// Imports what is wanted of `library`.
#[must_use]
pub fn import(library: &Library, settings: &Settings) -> Import {
    Gathering::of(library, settings).run()
}

/// A document and where it stands.
#[derive(Clone, Copy)]
struct Document<'l> {
    source: usize,
    root: Node<'l>,
}

/// The documents of a library by what they are, and what was imported so far.
struct Gathering<'l> {
    sources: &'l [Source],
    settings: &'l Settings,
    documents: Vec<Document<'l>>,
    definitions: BTreeMap<String, Document<'l>>,
    initiatives: BTreeMap<String, Document<'l>>,
    exemptions: Vec<(Document<'l>, Exempt)>,
    import: Import,
}

/// What uses a definition: an assignment, or nobody.
#[derive(Clone, Default)]
struct Office<'l> {
    assignment: Option<Assignment<'l>>,
    /// The initiatives on the way, by lower-case name.
    way: Vec<String>,
}

impl<'l> Gathering<'l> {
    /// Sorts the documents of `library`.
    fn of(library: &'l Library, settings: &'l Settings) -> Self {
        let mut gathering = Self {
            sources: &library.sources,
            settings,
            documents: Vec::new(),
            definitions: BTreeMap::new(),
            initiatives: BTreeMap::new(),
            exemptions: Vec::new(),
            import: Import::default(),
        };
        for (index, source) in library.sources.iter().enumerate() {
            for root in source.documents() {
                gathering.sort(Document {
                    source: index,
                    root,
                });
            }
        }
        gathering
    }

    fn sort(&mut self, document: Document<'l>) {
        let Document { source, root } = document;
        let stem = self.sources[source].stem();
        let name = super::definition::identity(root, stem)
            .map_or_else(|_| stem.to_owned(), |(name, _)| name)
            .to_ascii_lowercase();
        if is_definition(root) {
            self.definitions.entry(name).or_insert(document);
        } else if is_initiative(root) {
            self.initiatives.entry(name).or_insert(document);
        } else if is_exemption(root) {
            match exemption(root, stem) {
                Ok(exempt) => self.exemptions.push((document, exempt)),
                Err(fault) => self.fault(document, name, fault),
            }
        }
        self.documents.push(document);
    }

    /// Imports what is wanted: assignments where there are any, else initiatives and the definitions
    /// that none of them has.
    pub(super) fn run(mut self) -> Import {
        let wanted: Vec<Document<'l>> = self
            .documents
            .iter()
            .copied()
            .filter(|it| self.sources[it.source].wanted)
            .collect();
        for document in &wanted {
            if !is_policy(document.root) {
                self.import
                    .ignored
                    .push(self.sources[document.source].path().to_owned());
            }
        }
        let assignments: Vec<&Document<'l>> = wanted
            .iter()
            .filter(|it| is_assignment(it.root) && !is_exemption(it.root))
            .collect();
        self.remark_on_strays(&assignments);
        if !assignments.is_empty() {
            for document in assignments {
                self.assign(*document);
            }
            if !self.settings.everything {
                return self.import;
            }
        }
        let mut members: Vec<String> = Vec::new();
        for document in wanted
            .iter()
            .filter(|it| is_initiative(it.root) && !is_definition(it.root))
        {
            members.extend(self.members_of(*document));
            self.initiative(*document, &Values::new(), Office::default());
        }
        for document in wanted.iter().filter(|it| is_definition(it.root)) {
            let stem = self.sources[document.source].stem();
            let name = super::definition::identity(document.root, stem).map(|(name, _)| name);
            let is_member = name.is_ok_and(|name| {
                members
                    .iter()
                    .any(|member| member.eq_ignore_ascii_case(&name))
            });
            if !is_member {
                self.definition(*document, Usage::default(), &Office::default());
            }
        }
        self.import
    }

    /// Exemptions of which the assignment is not given exempt nothing.
    fn remark_on_strays(&mut self, assignments: &[&Document<'l>]) {
        let known: Vec<String> = assignments
            .iter()
            .filter_map(|it| {
                let stem = self.sources[it.source].stem();
                super::definition::identity(it.root, stem).ok()
            })
            .map(|(_, id)| id.to_ascii_lowercase())
            .collect();
        let strays = self.exemptions.iter().filter(|(document, exempt)| {
            self.sources[document.source].wanted
                && !known.contains(&exempt.assignment.to_ascii_lowercase())
        });
        let remarks: Vec<_> = strays
            .map(|(document, exempt)| {
                let message = format!(
                    "The exemption `{}` is from the assignment `{}`, which is not given; nothing is judged as exempt by it.",
                    exempt.exemption.name, exempt.assignment
                );
                (*document, message)
            })
            .collect();
        for (document, message) in remarks {
            self.remark(document, message);
        }
    }

    fn members_of(&self, document: Document<'l>) -> Vec<String> {
        let stem = self.sources[document.source].stem();
        let members = initiative(document.root, stem).map(|it| it.members);
        let members = members.unwrap_or_default().into_iter();
        members.map(|it| last(&it.definition).to_owned()).collect()
    }

    fn assign(&mut self, document: Document<'l>) {
        let stem = self.sources[document.source].stem();
        let assignment = match assignment(document.root, stem) {
            Ok(assignment) => assignment,
            Err(fault) => return self.fault(document, stem.to_owned(), fault),
        };
        let place = self.settings.scope.as_deref();
        match in_force(&assignment, place) {
            Ok(remarks) => remarks.into_iter().for_each(|it| self.remark(document, it)),
            Err(why) => return self.remark(document, format!("{why} It is not judged.")),
        }
        let today = &self.settings.today;
        let exemptions = self.exemptions.iter();
        let exemptions = exemptions.filter(|(_, it)| it.is_from(&assignment) && !it.is_over(today));
        let doubts: Vec<_> = exemptions
            .filter_map(|(document, it)| Some((*document, doubt(it, &assignment, place)?)))
            .collect();
        for (document, doubt) in doubts {
            self.remark(document, doubt);
        }
        let values: Values = assignment
            .values
            .iter()
            .map(|(name, node)| given(name, *node))
            .collect();
        let id = assignment.definition.clone();
        let (at, version) = (assignment.at, assignment.version.clone());
        let office = Office {
            assignment: Some(assignment),
            way: Vec::new(),
        };
        self.used(
            document,
            &id,
            at,
            Usage {
                values,
                version,
                ..Usage::default()
            },
            office,
        );
    }

    /// Imports what `id` names, as `usage` says.
    fn used(&mut self, by: Document<'l>, id: &str, at: Span, usage: Usage, office: Office<'l>) {
        let name = last(id).to_ascii_lowercase();
        let is_set = id.to_ascii_lowercase().contains("/policysetdefinitions/");
        let initiative = self.initiatives.get(&name).copied();
        let found = self.definitions.get(&name).filter(|_| !is_set).copied();
        self.compare_versions(by, found.or(initiative), id, usage.version.as_deref());
        match (self.definitions.get(&name).copied(), initiative) {
            (Some(document), _) if !is_set => self.definition(document, usage, &office),
            (_, Some(document)) => {
                if office.way.contains(&name) {
                    let message = format!("The initiative `{}` leads back to itself", last(id));
                    return self.fault(by, last(id).to_owned(), Fault::at(at, message));
                }
                self.initiative(document, &usage.values, office);
            }
            _ => {
                let what = if is_set { "initiative" } else { "definition" };
                let message = format!("The {what} `{}` is not among the given files", last(id));
                self.fault(by, last(id).to_owned(), Fault::at(at, message));
            }
        }
    }

    /// Tells where another version is given than the one that is wanted.
    fn compare_versions(
        &mut self,
        by: Document<'l>,
        found: Option<Document<'l>>,
        id: &str,
        wanted: Option<&str>,
    ) {
        let version = found.and_then(|it| super::definition::version(it.root));
        if let (Some(version), Some(wanted)) = (version, wanted)
            && !is_version(&version, wanted)
        {
            let name = last(id);
            let message = format!(
                "Version `{wanted}` of `{name}` is asked for, and version `{version}` is given; this one is judged."
            );
            self.remark(by, message);
        }
    }

    fn remark(&mut self, document: Document<'l>, message: String) {
        let path = self.sources[document.source].path().to_owned();
        let remark = Remark { path, message };
        if !self.import.remarks.contains(&remark) {
            self.import.remarks.push(remark);
        }
    }

    fn initiative(&mut self, document: Document<'l>, values: &Values, mut office: Office<'l>) {
        let stem = self.sources[document.source].stem();
        let read = initiative(document.root, stem).and_then(|it| {
            let values = self.values(&it.parameters, values);
            let scope = bind(&it.parameters, &values, None, false)?;
            Ok((it, scope))
        });
        let (initiative, scope) = match read {
            Ok(read) => read,
            Err(fault) => return self.fault(document, stem.to_owned(), fault),
        };
        office.way.push(initiative.name.to_ascii_lowercase());
        for member in &initiative.members {
            match usage(&initiative, member, &scope) {
                Ok(usage) => {
                    self.used(
                        document,
                        &member.definition,
                        member.at,
                        usage,
                        office.clone(),
                    );
                }
                Err(fault) => self.fault(document, last(&member.definition).to_owned(), fault),
            }
        }
    }

    /// The given values, and those of the settings for what is declared and not given.
    fn values(&self, declared: &[Parameter<'_>], values: &Values) -> Values {
        let mut values = values.clone();
        for (name, value) in &self.settings.parameters {
            let mut declared = declared.iter();
            if declared.any(|parameter| parameter.name.eq_ignore_ascii_case(name)) {
                let value = Given {
                    value: value.clone(),
                    at: None,
                };
                values.entry(name.to_ascii_lowercase()).or_insert(value);
            }
        }
        values
    }

    fn definition(&mut self, document: Document<'l>, mut usage: Usage, office: &Office<'l>) {
        let source = &self.sources[document.source];
        let definition = match definition(document.root, source.stem()) {
            Ok(definition) => definition,
            Err(fault) => return self.fault(document, source.stem().to_owned(), fault),
        };
        usage.strict = self.settings.strict;
        usage.values = self.values(&definition.parameters, &usage.values);
        let reference = usage.reference.clone().unwrap_or_default();
        let mut parts = vec![Part::default()];
        if let Some(assignment) = &office.assignment {
            usage.assignment = Some(assignment.name.clone());
            usage.unenforced = !assignment.enforced;
            parts = self.parts(assignment, &reference);
        }
        let chosen = self.chosen(&definition, &reference);
        let is_whole = parts.len() == 1;
        let (mut told, mut refused) = (false, None);
        for part in parts {
            usage.effect = chosen.or(part.effect);
            usage.exemption = part.exemption;
            usage.selected = part.selected;
            match translate(&definition, &usage) {
                // What one part leaves nothing of is in another.
                Ok(translated) if translated.rule.is_err() && !is_whole => {
                    refused = Some((usage.clone(), translated));
                }
                Ok(translated) => {
                    self.push(&definition, document, &usage, translated);
                    told = true;
                }
                Err(fault) => return self.fault(document, definition.name, fault),
            }
        }
        if let Some((usage, translated)) = refused.filter(|_| !told) {
            self.push(&definition, document, &usage, translated);
        }
    }

    /// The parts of what `assignment` has a member for, with the exemptions that hold.
    fn parts(&self, assignment: &Assignment<'l>, reference: &str) -> Vec<Part> {
        let place = self.settings.scope.as_deref();
        let exemptions = self.exemptions.iter().map(|(_, exempt)| exempt);
        let exemptions = exemptions.filter(|it| {
            it.is_from(assignment)
                && it.is_for(reference)
                && !it.is_over(&self.settings.today)
                && it.holds(assignment, place) == Within::Yes
        });
        parts(assignment, reference, &exemptions.collect::<Vec<_>>())
    }

    /// The effect that the settings put in place of the definition's.
    fn chosen(&self, definition: &Definition<'_>, reference: &str) -> Option<Effect> {
        let name = last(&definition.name);
        let id = format!("policy-{}", slug(name));
        let effects = self.settings.effects.iter();
        let mut effects = effects.filter(|(key, _)| {
            [name, reference, &id]
                .iter()
                .any(|it| it.eq_ignore_ascii_case(key))
        });
        effects.next().map(|(_, effect)| *effect)
    }

    fn push(
        &mut self,
        definition: &Definition<'_>,
        document: Document<'l>,
        usage: &Usage,
        translated: Translated,
    ) {
        let Notes {
            unknown,
            assumed,
            undecidable,
        } = translated.notes;
        let (fixes, no_fix) = match translated.fixing {
            Fixing::None => (false, None),
            Fixing::Changes => (true, None),
            Fixing::Needs(what) => (false, Some(format!("it needs {what}"))),
            Fixing::Beyond(why) => (false, Some(why)),
        };
        self.import.entries.push(Imported {
            name: definition.name.clone(),
            title: definition.title.clone(),
            path: self.sources[document.source].path().to_owned(),
            category: definition.category.clone(),
            effect: translated.effect,
            initiative: usage.initiative.as_ref().map(|(_, title)| title.clone()),
            outcome: match translated.rule {
                Ok(rule) => Outcome::Rule(Arc::new(rule)),
                Err(reason) => Outcome::Refused(reason),
            },
            unknown_aliases: unknown.into_iter().collect(),
            assumed_aliases: assumed.into_iter().collect(),
            undecidable: undecidable.into_iter().collect(),
            fixes,
            no_fix,
        });
    }

    fn fault(&mut self, document: Document<'l>, name: String, fault: Fault) {
        let path = self
            .sources
            .get(fault.at.file.0 as usize)
            .unwrap_or(&self.sources[document.source])
            .path()
            .to_owned();
        let error = fault.told(self.sources);
        self.import.entries.push(Imported {
            title: name.clone(),
            name,
            path,
            category: String::new(),
            effect: None,
            initiative: None,
            outcome: Outcome::Faulty(Faulty(Box::new(error))),
            unknown_aliases: Vec::new(),
            assumed_aliases: Vec::new(),
            undecidable: Vec::new(),
            fixes: false,
            no_fix: None,
        });
    }
}

/// A value as an assignment gives it; expressions there are none.
fn given(name: &str, node: Node<'_>) -> (String, Given) {
    let value = Given {
        value: plain(node),
        at: Some(node.span()),
    };
    (name.to_ascii_lowercase(), value)
}

/// How an initiative uses one of its members.
fn usage(
    initiative: &Initiative<'_>,
    member: &Member<'_>,
    scope: &super::operand::Scope,
) -> Result<Usage, Fault> {
    let values = member.values.iter().map(|(name, node)| {
        let value = Given {
            value: computed(*node, scope)?,
            at: Some(node.span()),
        };
        Ok((name.to_ascii_lowercase(), value))
    });
    let name = last(&member.definition);
    let uses = initiative
        .members
        .iter()
        .filter(|it| last(&it.definition).eq_ignore_ascii_case(name))
        .count();
    Ok(Usage {
        values: values.collect::<Result<_, Fault>>()?,
        initiative: Some((initiative.name.clone(), initiative.title.clone())),
        reference: Some(member.reference.clone()),
        suffix: (uses > 1).then(|| member.reference.clone()),
        groups: member.groups.clone(),
        version: member.version.clone(),
        ..Usage::default()
    })
}
