#![expect(
    clippy::disallowed_methods,
    reason = "this room is the one that touches the disk"
)]

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The largest configuration or rule file, 1 MiB: YAML is scanned whole before anything can be
/// refused, so a hostile one must be small.
const LARGEST_YAML: u64 = 1 << 20;

/// The largest policy document, 16 MiB: JSON is read in one pass.
const LARGEST_JSON: u64 = 16 << 20;

/// The text of a file that the user named: configuration, a rule. It need not lie in the workspace.
///
/// # Errors
/// What the operating system says, or that the file is larger than 1 MiB or not UTF-8.
pub fn read_outside(path: &Path) -> io::Result<String> {
    read_up_to(path, LARGEST_YAML)
}

/// The text of a policy document that the user named. It need not lie in the workspace.
///
/// # Errors
/// What the operating system says, or that the file is larger than 16 MiB or not UTF-8.
pub fn read_policy(path: &Path) -> io::Result<String> {
    read_up_to(path, LARGEST_JSON)
}

fn read_up_to(path: &Path, limit: u64) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let limit = limit >> 20;
        return Err(io::Error::other(format!(
            "it is larger than the limit of {limit} MiB"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))?;
    Ok(text
        .strip_prefix('\u{FEFF}')
        .map(str::to_owned)
        .unwrap_or(text))
}

/// The rule files (`.yaml`, `.yml`) in and below `folder`, sorted; or `folder` itself when it is one file.
///
/// # Errors
/// The path that cannot be walked, and what the operating system says.
pub fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    files_ending(folder, &["yaml", "yml"])
}

/// The policy documents (`.json`) in and below `folder`, sorted; or `folder` itself when it is one file.
///
/// # Errors
/// The path that cannot be walked, and what the operating system says.
pub fn policy_files(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    files_ending(folder, &["json"])
}

fn files_ending(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_path_buf();
            let circle = || io::Error::other("a link in it leads back to itself");
            (path, error.into_io_error().unwrap_or_else(circle))
        })?;
        let fits = entry
            .path()
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| endings.contains(&extension));
        if entry.file_type().is_file() && (fits || entry.depth() == 0) {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

/// Writes a report to `path`, which the user named: what is there is replaced. The parent folder is
/// made when it is missing.
///
/// # Errors
/// What the operating system says.
pub fn write_output(
    path: &Path,
    body: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        fs::create_dir_all(parent)?;
    }
    let mut out = BufWriter::new(File::create(path)?);
    body(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_files_are_capped_and_their_mark_is_stripped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        fs::write(&file, "\u{FEFF}a: 1").unwrap();
        assert_eq!(read_outside(&file).unwrap(), "a: 1");
        fs::write(&file, "[".repeat(2 << 20)).unwrap();
        assert!(read_outside(&file).is_err());
        assert!(read_outside(folder.path()).is_err());
        assert_eq!(rule_files(folder.path()).unwrap(), [file]);
        assert!(rule_files(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_report_goes_where_it_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/out.sarif");
        write_output(&file, &mut |out| out.write_all(b"x")).unwrap();
        assert_eq!(fs::read(file).unwrap(), b"x");
    }
}
