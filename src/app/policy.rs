//! `policy lint`, and the policy documents of a run.

use std::path::{Path, PathBuf};

use super::exit::{CLEAN, FOUND};
use super::failure::{Failure, Fault};
use super::terminal::print;
use crate::cli::{LintArgs, LintFormat};
use crate::files;
use crate::output::{self, Style};
use crate::rule::RuleError;
use crate::rule::policy::{Faulty, Import, Library, Outcome, Settings, import};

/// `policy lint`: says what becomes of each definition.
pub(super) fn lint(args: &LintArgs, style: Style) -> Result<u8, Failure> {
    let (library, broken) = library(&args.paths, &args.definitions)?;
    let mut settings = Settings {
        everything: true,
        ..Settings::default()
    };
    for (name, value) in &args.parameter {
        settings.parameters.insert(name.clone(), value.clone());
    }
    let mut import = import(&library, &settings);
    let faults = faults(&mut import, broken);
    if !faults.is_empty() && !args.keep_going {
        return Err(Failure::Faults(faults));
    }
    let faults: Vec<String> = faults.iter().map(Fault::line).collect();
    print(|out| match args.format {
        LintFormat::Text => output::lint_text(&import, &faults, style, out),
        LintFormat::Json => output::lint_json(&import, &faults, out),
    })?;
    Ok(if faults.is_empty() { CLEAN } else { FOUND })
}

/// What is wrong with the documents, taken out of `import`.
pub(super) fn faults(import: &mut Import, broken: Vec<RuleError>) -> Vec<Fault> {
    let mut faults: Vec<Fault> = broken.into_iter().map(Fault::from).collect();
    let mut kept = Vec::new();
    for entry in std::mem::take(&mut import.entries) {
        match entry.outcome {
            Outcome::Faulty(Faulty(error)) => faults.push(Fault::from(*error)),
            Outcome::Rule(_) | Outcome::Refused(_) => kept.push(entry),
        }
    }
    import.entries = kept;
    faults
}

/// The documents at `paths`, and those that stand by: beside a file that refers to others, and in
/// `definitions`.
pub(super) fn library(
    paths: &[PathBuf],
    definitions: &[PathBuf],
) -> Result<(Library, Vec<RuleError>), Failure> {
    let mut library = Library::default();
    let mut broken = Vec::new();
    for path in paths {
        for file in listed(path)? {
            broken.extend(add(&mut library, &file, true)?);
        }
    }
    if library.refers() {
        let beside = paths
            .iter()
            .filter(|path| path.is_file())
            .filter_map(|path| path.parent())
            .map(|folder| {
                if folder.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    folder
                }
            });
        let folders: Vec<PathBuf> = beside.map(Path::to_path_buf).collect();
        for folder in folders.iter().chain(definitions) {
            for file in listed(folder)? {
                // What only stands by and cannot be read is missed where it is referred to.
                let _ = add(&mut library, &file, false)?;
            }
        }
    }
    Ok((library, broken))
}

fn listed(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    files::policy_files(path).map_err(|(path, error)| Failure::said(cannot_read(&path, &error)))
}

fn add(library: &mut Library, file: &Path, wanted: bool) -> Result<Option<RuleError>, Failure> {
    let name = file.display().to_string();
    if library.has(&name) {
        return Ok(None);
    }
    let text =
        files::read_policy(file).map_err(|error| Failure::said(cannot_read(file, &error)))?;
    Ok(library.add(&name, &text, wanted).err())
}

fn cannot_read(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {:?}: {error}", path.display().to_string())
}
