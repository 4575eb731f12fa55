use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// A path relative to the workspace, with `/` between its parts, without `.` or `..`.
///
/// The workspace root itself is the empty path. Every path in a report, a SARIF `uri` or a patch is
/// one of these, so none can be absolute or lead outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Normalises `text`; `None` when it is absolute or leads outside the workspace.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        if text.starts_with(['/', '\\']) || has_drive(text) {
            return None;
        }
        resolve(&[], text).map(|parts| Self::from_parts(&parts))
    }

    /// The workspace itself.
    #[must_use]
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// The path as text, `/` between parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `text` read relative to this folder; `None` when it is absolute or leads outside the workspace.
    #[must_use]
    pub fn join(&self, text: &str) -> Option<Self> {
        if text.starts_with(['/', '\\']) || has_drive(text) {
            return None;
        }
        let base: Vec<&str> = self.parts().collect();
        resolve(&base, text).map(|parts| Self::from_parts(&parts))
    }

    /// The folder that holds this path; the root's parent is the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        self.0
            .rfind('/')
            .map_or_else(Self::root, |at| Self(Arc::from(&self.0[..at])))
    }

    /// The last part; empty for the root.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns `true` if this is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        folder.0.is_empty()
            || self.0 == folder.0
            || self
                .0
                .strip_prefix(&*folder.0)
                .is_some_and(|rest| rest.starts_with('/'))
    }

    /// The parts between the slashes; none for the root.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The way from the folder `base` to this path, with `..` where needed; `.` when they are the same.
    #[must_use]
    pub fn relative_to(&self, base: &Self) -> String {
        let here: Vec<&str> = self.parts().collect();
        let there: Vec<&str> = base.parts().collect();
        let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
        let mut parts = vec![".."; there.len() - shared];
        parts.extend(&here[shared..]);
        if parts.is_empty() {
            ".".to_owned()
        } else {
            parts.join("/")
        }
    }

    fn from_parts(parts: &[&str]) -> Self {
        Self(Arc::from(parts.join("/")))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

fn has_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

fn resolve<'t>(base: &[&'t str], text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = base.to_vec();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_workspace() {
        let rows = [
            ("a/b.tf", Some("a/b.tf")),
            ("./a//b/../c", Some("a/c")),
            ("a\\b", Some("a/b")),
            ("", Some("")),
            ("..", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            ("C:\\x", None),
        ];
        for (text, expected) in rows {
            assert_eq!(
                RelPath::new(text).as_ref().map(RelPath::as_str),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn the_way_between_two_folders() {
        let path = |text| RelPath::new(text).unwrap();
        assert_eq!(path("a/b/c").relative_to(&path("a/x")), "../b/c");
        assert_eq!(path("a").relative_to(&path("a")), ".");
        assert!(path("ab/c").is_within(&path("ab")) && !path("abc").is_within(&path("ab")));
    }
}
