//! `rules new`: a rule and its fixture to start from.

use std::path::Path;

use super::exit::CLEAN;
use super::failure::Failure;
use super::terminal::print;
use crate::cli::NewArgs;
use crate::files;

/// Writes a rule file and a fixture for a rule of this id; what is there stays.
pub(super) fn new(args: &NewArgs) -> Result<u8, Failure> {
    let id = &args.id;
    let cloud = id.split('-').next().unwrap_or_default();
    let Some(example) = Example::of(cloud) else {
        return Err(Failure::said(format!(
            "`{id}` is no rule id: lower-case words joined by `-`, the first of them azure, aws or gcp"
        )));
    };
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if id.split('-').count() < 2 || !id.split('-').all(is_word) {
        return Err(Failure::said(format!(
            "`{id}` is no rule id: lower-case words joined by `-`"
        )));
    }
    let rule = args.folder.join(format!("{id}.yaml"));
    let cases = args.folder.join("fixtures").join(id).join(example.file);
    for path in [&rule, &cases] {
        if path.exists() {
            let path = path.display().to_string();
            return Err(Failure::said(format!("{path:?} is there already")));
        }
    }
    write(&rule, &example.rule.replace("ID", id))?;
    write(&cases, example.cases)?;
    print(|out| {
        writeln!(out, "{}\n{}", rule.display(), cases.display())?;
        writeln!(
            out,
            "Change both, then: iac-remediate test {} --bless",
            args.folder.display()
        )
    })?;
    Ok(CLEAN)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    files::write_output(path, &mut |out| out.write_all(text.as_bytes())).map_err(|error| {
        Failure::said(format!(
            "cannot write {:?}: {error}",
            path.display().to_string()
        ))
    })
}

/// What a new rule starts from.
struct Example {
    rule: &'static str,
    file: &'static str,
    cases: &'static str,
}

impl Example {
    fn of(cloud: &str) -> Option<Self> {
        let azure = Self {
            rule: include_str!("scaffold/azure.yaml"),
            file: "cases.json",
            cases: include_str!("scaffold/azure.json"),
        };
        Some(match cloud {
            "azure" => azure,
            "aws" => Self {
                rule: include_str!("scaffold/aws.yaml"),
                file: "cases.tf",
                cases: include_str!("scaffold/aws.tf"),
            },
            "gcp" => Self {
                rule: include_str!("scaffold/gcp.yaml"),
                file: "cases.tf",
                cases: include_str!("scaffold/gcp.tf"),
            },
            _ => return None,
        })
    }
}
