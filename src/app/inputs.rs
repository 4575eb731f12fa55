use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::{Failure, Fault};
use super::{rules, standards};
use crate::cli::{RunArgs, Show};
use crate::config::{self, Options};
use crate::files::{self, Collected, Workspace};
use crate::lang::UnitOptions;
use crate::rule::policy::Remark;
use crate::rule::{Catalog, Selection, Severity};
use crate::source::{Notice, NoticeKind, RelPath};

/// The stack of each thread. Every parser and evaluator limits its depth; this is what the limits
/// were chosen for.
const STACK: usize = 16 << 20;

/// Everything a run is about, gathered before anything is judged.
pub(super) struct Inputs {
    /// What may be read.
    pub(super) workspace: Workspace,
    /// What was asked, file and flags together.
    pub(super) options: Options,
    /// All rules.
    pub(super) catalog: Catalog,
    /// The rules that are judged.
    pub(super) selection: Selection,
    /// Severities of the user's own, by rule id.
    pub(super) severity: BTreeMap<Arc<str>, Severity>,
    /// What policy documents say that is not decided before deployment.
    pub(super) remarks: Vec<Notice>,
    /// What the walk found.
    pub(super) collected: Collected,
    /// When a file was named: what is reported must touch one of these.
    pub(super) focus: Option<Vec<RelPath>>,
    /// The inputs of units.
    pub(super) unit_options: UnitOptions,
    /// Addresses of the resources and modules that are asked for; all of them when there are none.
    pub(super) addresses: Vec<String>,
    /// Whether undecided conditions are shown.
    pub(super) show_undecided: bool,
}

impl Inputs {
    /// Steps 1 to 4 of the walk: workspace, configuration, rules, files.
    pub(super) fn gather(args: &RunArgs) -> Result<Self, Failure> {
        let workspace =
            Workspace::of(&args.paths, args.workspace.as_deref()).map_err(Failure::said)?;
        let paths: Vec<RelPath> = args
            .paths
            .iter()
            .map(|path| workspace.path_of(path).map_err(Failure::said))
            .collect::<Result<_, _>>()?;
        let configuration = Configuration::load(args, &workspace)?;
        let options = configuration.options.clone();
        let folders: Vec<PathBuf> = options.rules.iter().map(PathBuf::from).collect();
        let catalog = rules::catalog(&folders)?;
        let standards = standards::Standards::gather(&options, args)?;
        let remarks = standards.remarks.iter();
        let remarks = remarks.map(|remark| told(remark, &workspace)).collect();
        let (catalog, by_standard) = standards.applied(catalog)?;
        let selection = configuration.select(&catalog)?;
        let mut severity = configuration.severities(&catalog)?;
        for (id, level) in by_standard {
            severity.entry(id).or_insert(level);
        }
        let unit_options = UnitOptions {
            var_files: workspace_paths(&options.var_files, &workspace)?,
            vars: args.var.clone(),
            parameters: workspace_paths(&options.parameters, &workspace)?,
            plan_source: args
                .plan_source
                .as_ref()
                .map(|folder| workspace.path_of(folder).map_err(Failure::said))
                .transpose()?,
        };
        let focus = args
            .paths
            .iter()
            .any(|path| path.is_file())
            .then(|| paths.clone());
        // Whoever calls the module of a named file decides what it means, wherever it stands.
        let walked = if focus.is_some() {
            vec![RelPath::root()]
        } else {
            paths
        };
        let collected = workspace
            .collect(&walked, &options.exclude, &crate::lang::is_document)
            .map_err(|(glob, why)| {
                configuration.fault(&glob, &format!("`{glob}` is no glob: {why}"))
            })?;
        Ok(Self {
            workspace,
            options,
            catalog,
            selection,
            severity,
            remarks,
            collected,
            focus,
            unit_options,
            addresses: args.address.clone(),
            show_undecided: args.show.contains(&Show::Undecided),
        })
    }
}

/// The settings of a run and the file they partly come from.
struct Configuration {
    options: Options,
    file: Option<(PathBuf, String)>,
}

impl Configuration {
    /// Step 2 of the walk: the configuration file under the flags.
    fn load(args: &RunArgs, workspace: &Workspace) -> Result<Self, Failure> {
        let flags = Options {
            exclude: args.exclude.clone(),
            select: args.select.clone(),
            ignore: args.ignore.clone(),
            min_severity: args.min_severity,
            fail_on: args.fail_on,
            var_files: texts(&args.var_file),
            parameters: texts(&args.parameters),
            rules: texts(&args.rules),
            standards: args
                .standard
                .iter()
                .map(|it| config::Standard::named(it))
                .collect(),
            ..Options::default()
        };
        let path = match &args.config {
            Some(path) => Some(path.clone()),
            None if args.no_config => None,
            None => config::FILE_NAMES
                .iter()
                .map(|name| workspace.root().join(name))
                .find(|path| path.is_file()),
        };
        let Some(path) = path else {
            return Ok(Self {
                options: flags,
                file: None,
            });
        };
        let name = path.display().to_string();
        let text = files::read_outside(&path)
            .map_err(|error| Failure::said(format!("cannot read {name:?}: {error}")))?;
        let mut options = config::parse(&text).map_err(|problem| {
            Failure::Faults(vec![Fault {
                message: problem.message,
                path: shown(&path, workspace),
                text: text.clone(),
                place: problem.place,
            }])
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        for list in [
            &mut options.var_files,
            &mut options.parameters,
            &mut options.rules,
        ] {
            for item in list {
                *item = base.join(&*item).display().to_string();
            }
        }
        for standard in &mut options.standards {
            for item in standard.path.iter_mut().chain(&mut standard.definitions) {
                *item = base.join(&*item).display().to_string();
            }
        }
        Ok(Self {
            options: flags.over(options),
            file: Some((path, text)),
        })
    }

    /// Step 3 of the walk: which rules are judged.
    fn select(&self, catalog: &Catalog) -> Result<Selection, Failure> {
        let every: Vec<String> = catalog
            .entries()
            .iter()
            .map(|entry| entry.id.to_string())
            .collect();
        let options = &self.options;
        let only = if options.select.iter().any(|name| name == "all") {
            &every
        } else {
            &options.select
        };
        catalog
            .select(only, &[], &options.ignore)
            .map_err(|name| self.fault(&name, &rules::unknown(&name, catalog)))
    }

    fn severities(&self, catalog: &Catalog) -> Result<BTreeMap<Arc<str>, Severity>, Failure> {
        let mut severities = BTreeMap::new();
        for (name, severity) in &self.options.severity {
            let found = catalog.find(name);
            if found.is_empty() {
                return Err(self.fault(name, &rules::unknown(name, catalog)));
            }
            severities.extend(
                found
                    .into_iter()
                    .map(|entry| (Arc::clone(&entry.id), *severity)),
            );
        }
        Ok(severities)
    }

    /// A fault in a value, shown in the configuration file when it is written there.
    fn fault(&self, value: &str, message: &str) -> Failure {
        let written = self.file.as_ref().and_then(|(path, text)| {
            let place = config::place_of(text, value)?;
            Some(Fault {
                message: message.to_owned(),
                path: path.display().to_string(),
                text: text.clone(),
                place: Some(place),
            })
        });
        written.map_or_else(
            || Failure::said(message),
            |fault| Failure::Faults(vec![fault]),
        )
    }
}

/// A remark on a policy document as a notice, at the document where that stands in the workspace.
fn told(remark: &Remark, workspace: &Workspace) -> Notice {
    let path = workspace.path_of(Path::new(&remark.path));
    let message = match &path {
        Ok(_) => remark.message.clone(),
        Err(_) => format!("{}: {}", remark.path, remark.message),
    };
    let path = path.unwrap_or_else(|_| RelPath::root());
    Notice::about(NoticeKind::UndecidedPolicy, path, message)
}

/// The configuration's path as the user knows it.
fn shown(path: &Path, workspace: &Workspace) -> String {
    path.strip_prefix(workspace.root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}

fn workspace_paths(paths: &[String], workspace: &Workspace) -> Result<Vec<RelPath>, Failure> {
    let path = |path: &String| workspace.path_of(Path::new(path)).map_err(Failure::said);
    paths.iter().map(path).collect()
}

/// Runs `body` in a pool of `jobs` threads whose stacks are deep enough.
pub(super) fn in_pool<T: Send>(
    jobs: Option<usize>,
    body: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .stack_size(STACK)
        .build()
        .map_err(Failure::said)?;
    pool.install(body)
}
