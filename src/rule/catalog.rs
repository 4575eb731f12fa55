//! The catalogue: every rule of a run, built in or given, found by type, id, policy, key, control or
//! title. Built-in rules are decoded when a resource of their type is met.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use super::compile::{self, Paths, load};
use super::schema::{Packed, Row, RuleFile};
use super::{Recommendation, Rule, RuleError, Severity};
use crate::model::Kind;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static BUILT_IN: LazyLock<Option<Packed>> = LazyLock::new(|| postcard::from_bytes(PACKED).ok());

/// All rules of a run.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    by_kind: BTreeMap<String, Vec<usize>>,
    /// Those that speak of types they do not name.
    of_any_kind: Vec<usize>,
}

/// One rule of the catalogue, decoded when it is asked for.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a rule"
)]
pub struct Entry {
    /// The rule's id.
    pub id: Arc<str>,
    /// The rule's title.
    pub title: String,
    /// The file: relative to the built-in rules, or as given.
    pub path: String,
    /// The resource types of its targets, lower case, sorted.
    pub kinds: Vec<String>,
    /// `true` when it speaks of types that it does not name.
    pub of_any_kind: bool,
    /// What it stands for.
    pub recommendation: Recommendation,
    /// How bad.
    pub severity: Severity,
    /// Whether it is on unless the user says otherwise.
    pub enabled: bool,
    /// `false` for a rule of the user's own.
    pub built_in: bool,
    /// Whether a standard of the user's own names it.
    grouped: bool,
    place: (usize, usize),
    rule: OnceLock<Option<Arc<Rule>>>,
}

/// Which rules of a catalogue are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(Vec<bool>);

impl Catalog {
    /// The built-in rules alone.
    #[must_use]
    pub fn built_in() -> Self {
        let rows = BUILT_IN.as_ref().map(|packed| packed.index.as_slice());
        Self::of(
            rows.unwrap_or_default()
                .iter()
                .map(Entry::built_in)
                .collect(),
        )
    }

    /// The built-in rules and those of `files`, each a path and its text. A given rule takes the place
    /// of the built-in rule with its id.
    ///
    /// # Errors
    /// Every file that cannot be loaded, and every id that two of the files share.
    pub fn load(files: &[(String, String)]) -> Result<Self, Vec<RuleError>> {
        let mut entries = Self::built_in().entries;
        let mut errors = Vec::new();
        let mut given: BTreeMap<Arc<str>, &str> = BTreeMap::new();
        for (path, text) in files {
            match load(path, text) {
                Ok(rule) => {
                    if let Some(first) = given.insert(Arc::clone(&rule.id), path) {
                        let message = format!("The rule `{}` is also in `{first}`", rule.id);
                        errors.push(RuleError::whole(path, text, message));
                        continue;
                    }
                    entries.retain(|entry| entry.id != rule.id);
                    entries.push(Entry::given(path, Arc::new(rule)));
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(Self::of(entries))
        } else {
            Err(errors)
        }
    }

    fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        let mut by_kind: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut of_any_kind = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            for kind in &entry.kinds {
                by_kind.entry(kind.clone()).or_default().push(index);
            }
            if entry.of_any_kind {
                of_any_kind.push(index);
            }
        }
        Self {
            entries,
            by_kind,
            of_any_kind,
        }
    }

    /// The catalogue with `rules` too, each with the path it comes from; without the built-in rules
    /// if `built_in` is `false`. Of two rules with one id that differ, the later gets a number.
    #[must_use]
    pub fn with(self, rules: &[(String, Arc<Rule>)], built_in: bool) -> Self {
        let mut entries = self.entries;
        entries.retain(|entry| built_in || !entry.built_in || entry.grouped);
        let mut taken: BTreeMap<Arc<str>, Arc<Rule>> = BTreeMap::new();
        for (path, rule) in rules {
            let mut rule = Arc::clone(rule);
            let plain = Arc::clone(&rule.id);
            let mut number = 2;
            while taken.get(&rule.id).is_some_and(|known| *known != rule) {
                let mut numbered = Rule::clone(&rule);
                numbered.id = Arc::from(format!("{plain}-{number}"));
                rule = Arc::new(numbered);
                number += 1;
            }
            if taken
                .insert(Arc::clone(&rule.id), Arc::clone(&rule))
                .is_none()
            {
                entries.push(Entry::given(path, rule));
            }
        }
        Self::of(entries)
    }

    /// The catalogue where the rules that `groups` names stand in a group of `standard`, and stay
    /// whatever becomes of the built-in ones. A category names all its rules.
    ///
    /// # Errors
    /// The first name that means no rule.
    pub fn grouped(
        mut self,
        standard: &str,
        groups: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self, String> {
        for (group, names) in groups {
            for name in names {
                let mut any = false;
                for entry in &mut self.entries {
                    if !entry.is_called(name) && !entry.is_of(name) {
                        continue;
                    }
                    any = true;
                    entry.stand_in(standard, group);
                }
                if !any {
                    return Err(name.clone());
                }
            }
        }
        Ok(self)
    }

    /// The entries, sorted by id.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Entry> {
        let found = self
            .entries
            .binary_search_by(|entry| (*entry.id).cmp(id))
            .ok()?;
        self.entries.get(found)
    }

    /// The entries that `name` means, ignoring case: a rule's id, its assessment key, its policy's
    /// GUID (or the whole policy id), its title, or a control (`DP-3`, `mcsb:DP-3`).
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.is_called(name))
            .collect()
    }

    /// The rules of `selection` that apply to resources of type `kind`, sorted by id.
    pub fn rules_for<'c>(
        &'c self,
        kind: &Kind,
        selection: &'c Selection,
    ) -> impl Iterator<Item = Arc<Rule>> + 'c {
        let indexes = self
            .by_kind
            .get(&kind.key())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut indexes: Vec<usize> = indexes.iter().chain(&self.of_any_kind).copied().collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes
            .into_iter()
            .filter(|index| selection.0.get(*index).copied().unwrap_or(false))
            .filter_map(|index| self.entries.get(index)?.rule())
    }

    /// The entries of `selection`, sorted by id.
    pub fn selected<'c>(&'c self, selection: &'c Selection) -> impl Iterator<Item = &'c Entry> {
        let chosen = self.entries.iter().zip(&selection.0);
        chosen.filter(|(_, on)| **on).map(|(entry, _)| entry)
    }

    /// The rules that are on by themselves.
    #[must_use]
    pub fn enabled(&self) -> Selection {
        Selection(self.entries.iter().map(|entry| entry.enabled).collect())
    }

    /// The rules to judge: `only` those named, or those that are on when nothing is named, and `also`
    /// those, but `without` those. Names are what [`Self::find`] understands.
    ///
    /// # Errors
    /// The first name that means no rule.
    pub fn select(
        &self,
        only: &[String],
        also: &[String],
        without: &[String],
    ) -> Result<Selection, String> {
        let mut on = match only {
            [] => self.enabled(),
            _ => Selection(vec![false; self.entries.len()]),
        };
        let steps = [(only, true), (also, true), (without, false)];
        for (name, to) in steps
            .iter()
            .flat_map(|(names, to)| names.iter().map(move |it| (it, to)))
        {
            let mut any = false;
            for (entry, on) in self.entries.iter().zip(&mut on.0) {
                if entry.is_called(name) {
                    *on = *to;
                    any = true;
                }
            }
            if !any {
                return Err(name.clone());
            }
        }
        Ok(on)
    }
}

impl Selection {
    /// How many rules are selected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().filter(|on| **on).count()
    }

    /// Returns `true` if no rule is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Entry {
    fn built_in(row: &Row) -> Self {
        Self {
            id: Arc::from(row.id.as_str()),
            title: row.title.clone(),
            path: row.path.clone(),
            kinds: row.kinds.clone(),
            of_any_kind: false,
            recommendation: compile::recommendation(&row.recommendation),
            severity: compile::severity(row.severity.level),
            enabled: row.enabled,
            built_in: true,
            grouped: false,
            place: (row.start as usize, row.len as usize),
            rule: OnceLock::new(),
        }
    }

    fn given(path: &str, rule: Arc<Rule>) -> Self {
        let mut kinds: Vec<String> = rule
            .targets
            .iter()
            .flat_map(|target| &target.kinds)
            .map(Kind::key)
            .collect();
        kinds.sort();
        kinds.dedup();
        Self {
            id: Arc::clone(&rule.id),
            title: rule.title.clone(),
            path: path.to_owned(),
            kinds,
            of_any_kind: rule
                .targets
                .iter()
                .any(|target| target.reach != super::Reach::Named),
            recommendation: rule.recommendation.clone(),
            severity: rule.severity,
            enabled: rule.enabled,
            built_in: false,
            grouped: false,
            place: (0, 0),
            rule: OnceLock::from(Some(rule)),
        }
    }

    /// The rule. Every built-in rule compiles, which is a test; `None` would mean that it does not.
    #[must_use]
    pub fn rule(&self) -> Option<Arc<Rule>> {
        let decode = || {
            let (start, len) = self.place;
            let bytes = BUILT_IN.as_ref()?.rules.get(start..start + len)?;
            let file: RuleFile = postcard::from_bytes(bytes).ok()?;
            compile::compile(&file, Paths::Trusted).ok().map(Arc::new)
        };
        self.rule.get_or_init(decode).clone()
    }

    /// Puts the rule into a group of a standard.
    fn stand_in(&mut self, standard: &str, group: &str) {
        let control = super::Control {
            standard: standard.to_owned(),
            id: group.to_owned(),
        };
        if let Some(rule) = self.rule() {
            let mut rule = Rule::clone(&rule);
            if !rule.recommendation.controls.contains(&control) {
                rule.recommendation.controls.push(control.clone());
            }
            self.rule = OnceLock::from(Some(Arc::new(rule)));
        }
        if !self.recommendation.controls.contains(&control) {
            self.recommendation.controls.push(control);
        }
        self.grouped = true;
        self.enabled = true;
    }

    fn is_of(&self, category: &str) -> bool {
        let own = &self.recommendation.category;
        !own.is_empty() && own.eq_ignore_ascii_case(category)
    }

    fn is_called(&self, name: &str) -> bool {
        let is = |text: &str| text.eq_ignore_ascii_case(name);
        let policy = name.rsplit('/').next().unwrap_or(name);
        let recommendation = &self.recommendation;
        is(&self.id)
            || is(&self.title)
            || recommendation.key.as_deref().is_some_and(is)
            || recommendation
                .policy
                .as_deref()
                .is_some_and(|it| it.eq_ignore_ascii_case(policy))
            || recommendation.controls.iter().any(|control| {
                is(&control.id) || is(&format!("{}:{}", control.standard, control.id))
            })
    }
}

/// The JSON Schema of rule files, for editors.
#[must_use]
pub fn schema_json() -> &'static str {
    include_str!("../../rules/rule.schema.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_rule_compiles_under_its_own_name() {
        let catalog = Catalog::built_in();
        assert!(!catalog.entries().is_empty());
        for entry in catalog.entries() {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("rules")
                .join(&entry.path);
            #[expect(
                clippy::disallowed_methods,
                reason = "the test compares the pack with the files"
            )]
            let text = std::fs::read_to_string(path).unwrap();
            let loaded = load(&entry.path, &text).unwrap();
            assert_eq!(entry.rule().as_deref(), Some(&loaded));
        }
    }

    #[test]
    fn the_published_schema_accepts_every_built_in_rule_and_not_everything() {
        let schema: serde_json::Value = serde_json::from_str(schema_json()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for entry in Catalog::built_in().entries() {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("rules")
                .join(&entry.path);
            #[expect(clippy::disallowed_methods, reason = "the test reads the rule files")]
            let text = std::fs::read_to_string(path).unwrap();
            let rule: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&rule)
                .map(|error| format!("{}: {error}", error.instance_path))
                .collect();
            assert!(errors.is_empty(), "{}: {errors:?}", entry.path);
            let mut twice = rule.clone();
            twice["targets"][0]["require"] =
                serde_json::json!({ "field": "a", "value": 1, "equals": 1 });
            assert!(!validator.is_valid(&twice), "two subjects in one condition");
            let mut unknown = rule;
            unknown["colour"] = serde_json::json!("red");
            assert!(!validator.is_valid(&unknown), "an unknown key");
        }
    }

    #[test]
    fn a_rule_is_found_by_each_of_its_names() {
        let catalog = Catalog::built_in();
        let id = "azure-storage-insecure-transfer";
        for name in [
            id,
            "1C5DE8E1-f68d-6a17-e0d2-ec259c42768c",
            "404c3081-a854-4457-ae30-26a93ef643f9",
            "/providers/Microsoft.Authorization/policyDefinitions/404c3081-a854-4457-ae30-26a93ef643f9",
            "secure transfer to storage accounts should be enabled",
            "dp-3",
            "mcsb:DP-3",
        ] {
            assert!(
                catalog.find(name).iter().any(|entry| &*entry.id == id),
                "{name}"
            );
        }
        assert!(catalog.find("nothing").is_empty());
    }

    #[test]
    fn selection_names_what_it_does_not_know() {
        let catalog = Catalog::built_in();
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let one = catalog
            .select(&names(&["azure-storage-insecure-transfer"]), &[], &[])
            .unwrap();
        assert_eq!(one.len(), 1);
        let kind = Kind::new("microsoft.storage/STORAGEACCOUNTS");
        assert_eq!(catalog.rules_for(&kind, &one).count(), 1);
        let none = catalog.select(
            &names(&["azure-storage-insecure-transfer"]),
            &[],
            &names(&["1c5de8e1-f68d-6a17-e0d2-ec259c42768c"]),
        );
        assert!(none.unwrap().is_empty());
        assert_eq!(
            catalog.select(&[], &[], &names(&["nothing"])),
            Err("nothing".to_owned())
        );
    }

    #[test]
    fn a_given_rule_takes_the_place_of_the_built_in_one() {
        let text = "id: azure-storage-insecure-transfer\ntitle: Mine\nseverity: { ours: low }\ntargets:\n  - resource: Microsoft.Storage/storageAccounts\n    require: { field: name, exists: true }\nwhy: w\nsteps: s\n";
        let file = (
            "rules/azure-storage-insecure-transfer.yaml".to_owned(),
            text.to_owned(),
        );
        let catalog = Catalog::load(std::slice::from_ref(&file)).unwrap();
        let entry = catalog.get("azure-storage-insecure-transfer").unwrap();
        assert_eq!(
            (entry.title.as_str(), entry.severity),
            ("Mine", Severity::Low)
        );
        assert_eq!(catalog.entries().len(), Catalog::built_in().entries().len());
        let errors = Catalog::load(&[file.clone(), file]).unwrap_err();
        assert_eq!(errors.len(), 1);
    }
}
