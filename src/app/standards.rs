//! The standards of a run: whether the built-in rules are judged, and what is imported beside them.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::failure::{Failure, Fault};
use super::policy;
use crate::cli::RunArgs;
use crate::config::{Options, Standard};
use crate::rule::policy::{Outcome, Settings, import};
use crate::rule::{Rule, value_of_literal};

/// What the standards of a run give.
pub(super) struct Standards {
    /// Whether the built-in rules are judged.
    pub(super) built_in: bool,
    /// The imported rules, each with the file it comes from.
    pub(super) rules: Vec<(String, Arc<Rule>)>,
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
        };
        let mut faults = Vec::new();
        for standard in &options.standards {
            if let Some(path) = &standard.path {
                faults.extend(standards.read(path, standard, args)?);
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
        };
        let mut import = import(&library, &settings);
        let mut faults = policy::faults(&mut import, broken);
        if import.entries.is_empty() && faults.is_empty() {
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

/// The day of the run, on which exemptions may have ended.
fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
