#![expect(
    clippy::disallowed_methods,
    reason = "this room is the one that touches the disk"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Workspace;

/// The largest diff that is read: 64 MiB.
const LARGEST_DIFF: u64 = 64 << 20;

impl Workspace {
    /// The path of the workspace below the top of its repository, ending with a slash; empty when the
    /// workspace is the top, or in no repository.
    #[must_use]
    pub fn below_repository(&self) -> String {
        let root = self.root();
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        let below = top.and_then(|top| root.strip_prefix(top).ok());
        let mut path = String::new();
        for part in below.into_iter().flat_map(Path::iter) {
            path.push_str(&part.to_string_lossy());
            path.push('/');
        }
        path
    }

    /// The diff under review: that of the file `base`, or what the workspace changed since it left the
    /// git revision `base`.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn diff_since(&self, base: &str) -> Result<String, String> {
        let path = Path::new(base);
        if path.is_file() {
            let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
            if size > LARGEST_DIFF {
                return Err(format!("{base:?} is larger than the limit of 64 MiB"));
            }
            let bytes = fs::read(path).map_err(|error| format!("cannot read {base:?}: {error}"))?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        // What starts like this would be taken for an option.
        if base.is_empty() || base.starts_with('-') {
            return Err(format!("{base:?} is neither a file nor a git revision"));
        }
        // Nothing that the repository configures is run.
        let output = Command::new("git")
            .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
            .args(["diff", "--no-color", "--no-ext-diff", "--no-textconv"])
            .args(["--no-relative", "--src-prefix=a/", "--dst-prefix=b/"])
            .args(["--merge-base", base, "--"])
            .current_dir(self.root())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or_default();
            return Err(format!("git knows no change since {base:?}: {first}"));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
