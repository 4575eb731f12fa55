//! The standards of a run: whether the built-in rules are judged, and what is imported beside them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::{Failure, Fault};
use super::policy;
use crate::cli::RunArgs;
use crate::config::{self, Options, OwnStandard, Standard};
use crate::files;
use crate::rule::policy::{Outcome, Remark, Settings, import};
use crate::rule::{Catalog, Effect, Rule, Severity, value_of_literal};

/// What the standards of a run give.
pub(super) struct Standards {
    /// Whether the built-in rules are judged.
    pub(super) built_in: bool,
    /// The imported rules, each with the file it comes from.
    pub(super) rules: Vec<(String, Arc<Rule>)>,
    /// What their documents say that is not decided before deployment.
    pub(super) remarks: Vec<Remark>,
    /// Standards of the user's own, by name.
    own: Vec<(String, OwnStandard)>,
}

impl Standards {
    /// Reads what `options` names. A document that is wrong ends the run, unless it shall be skipped.
    pub(super) fn gather(options: &Options, args: &RunArgs) -> Result<Self, Failure> {
        let said: Vec<bool> = options
            .standards
            .iter()
            .filter_map(|it| it.built_in)
            .collect();
        let mut standards = Self {
            built_in: said.is_empty() || said.contains(&true),
            rules: Vec::new(),
            remarks: Vec::new(),
            own: Vec::new(),
        };
        let mut faults = Vec::new();
        for standard in &options.standards {
            let Some(path) = &standard.path else {
                continue;
            };
            match own_file(path, options) {
                Some(file) => faults.extend(standards.read_own(&file, args)?),
                None => faults.extend(standards.read(path, standard, args)?),
            }
        }
        if faults.is_empty() {
            return Ok(standards);
        }
        if !args.keep_going {
            return Err(Failure::Faults(faults));
        }
        let mut out = std::io::stderr().lock();
        for fault in faults {
            writeln!(out, "skipped: {}", fault.line())?;
        }
        Ok(standards)
    }

    /// The catalogue of the run, with the severities that standards give.
    pub(super) fn applied(
        &self,
        catalog: Catalog,
    ) -> Result<(Catalog, BTreeMap<Arc<str>, Severity>), Failure> {
        let mut catalog = catalog.with(&self.rules, true);
        let mut severities = BTreeMap::new();
        for (name, own) in &self.own {
            let grouped = catalog.grouped(name, &own.groups);
            catalog = grouped.map_err(|rule| {
                Failure::said(format!(
                    "no rule of the standard `{name}` is called `{rule}`"
                ))
            })?;
            for (rule, severity) in &own.severity {
                let found = catalog.find(rule).into_iter();
                severities.extend(found.map(|entry| (Arc::clone(&entry.id), *severity)));
            }
        }
        Ok((catalog.with(&[], self.built_in), severities))
    }

    /// Reads a standard of the user's own.
    fn read_own(&mut self, path: &Path, args: &RunArgs) -> Result<Vec<Fault>, Failure> {
        let name = path.display().to_string();
        let text = files::read_outside(path)
            .map_err(|error| Failure::said(format!("cannot read {name:?}: {error}")))?;
        let fault = |message: String, place| {
            Failure::Faults(vec![Fault {
                message,
                path: name.clone(),
                text: text.clone(),
                place,
            }])
        };
        let own = config::parse_standard(&text)
            .map_err(|problem| fault(problem.message, problem.place))?;
        let mut standard = Standard {
            parameters: own.parameters.clone(),
            ..Standard::default()
        };
        for (definition, word) in &own.effects {
            let effect = Effect::of(word).ok_or_else(|| {
                let message = format!("`{word}` is no effect of Azure Policy");
                fault(message, config::place_of(&text, word))
            })?;
            standard.effects.insert(definition.clone(), effect);
        }
        let mut faults = Vec::new();
        for policy in &own.policies {
            let base = path.parent().unwrap_or(Path::new(""));
            let policy = base.join(policy).display().to_string();
            faults.extend(self.read(&policy, &standard, args)?);
        }
        let stem = path.file_stem().unwrap_or_default();
        self.own.push((stem.to_string_lossy().into_owned(), own));
        Ok(faults)
    }

    fn read(
        &mut self,
        path: &str,
        standard: &Standard,
        args: &RunArgs,
    ) -> Result<Vec<Fault>, Failure> {
        let definitions: Vec<PathBuf> = standard
            .definitions
            .iter()
            .map(PathBuf::from)
            .chain(args.definitions.iter().cloned())
            .collect();
        let (library, broken) = policy::library(&[PathBuf::from(path)], &definitions)?;
        let parameters = standard.parameters.iter();
        let settings = Settings {
            parameters: parameters
                .map(|(name, value)| (name.clone(), value_of_literal(value)))
                .collect(),
            effects: standard.effects.clone(),
            everything: false,
            strict: true,
            today: today(),
            scope: standard.scope.clone(),
        };
        let mut import = import(&library, &settings);
        let mut faults = policy::faults(&mut import, broken);
        let is_silent = import.remarks.is_empty() && faults.is_empty();
        self.remarks.append(&mut import.remarks);
        if import.entries.is_empty() && is_silent {
            faults.push(Fault {
                message: "Here is no Azure Policy definition, initiative or assignment".to_owned(),
                path: path.to_owned(),
                text: String::new(),
                place: None,
            });
        }
        for entry in import.entries {
            if let Outcome::Rule(rule) = entry.outcome {
                self.rules.push((entry.path, rule));
            }
        }
        Ok(faults)
    }
}

/// The file of a standard of the user's own: a YAML file, or one of that name in `standards` below a
/// folder of rules.
fn own_file(name: &str, options: &Options) -> Option<PathBuf> {
    let path = Path::new(name);
    let is_yaml = |path: &Path| {
        let ending = path.extension().and_then(|it| it.to_str());
        ending.is_some_and(|it| ["yaml", "yml"].contains(&it))
    };
    if is_yaml(path) {
        return Some(path.to_path_buf());
    }
    let stem = path.file_name()?;
    let places = options.rules.iter().map(|folder| {
        let file = Path::new(folder).join("standards").join(stem);
        file.with_extension("yaml")
    });
    let mut places = places.filter(|file| !path.exists() && file.is_file());
    places.next()
}

/// The day of the run, on which exemptions may have ended.
fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
