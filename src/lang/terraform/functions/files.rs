//! Functions of files and paths. Only the workspace is read; Terraform runs in the root module's folder,
//! so relative paths start there.

use globset::{GlobBuilder, GlobMatcher};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::{Answer, Stop};
use super::call::{Call, members_within_limit};
use super::function::text;
use crate::model::{Type, Value, Why};
use crate::source::{ReadError, RelPath};

/// Folders nested deeper than this below the one that `fileset` starts in are not searched.
const DEPTH: usize = 40;

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lang::terraform) enum Unread {
    /// It is not in the workspace, where it should be.
    Missing,
    /// It is a folder.
    Folder,
    /// It lies outside the workspace, so whether and what it is cannot be told.
    Outside,
    /// It is too large, or the operating system refused.
    Refused(String),
}

impl Unread {
    /// What `file` and its kin say.
    pub(in crate::lang::terraform) fn of_read(&self, path: &str) -> Stop {
        match self {
            Self::Missing => Stop::Argument(
                0,
                format!(
                    "no file exists at {path:?}; this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource"
                ),
            ),
            Self::Folder => Stop::Argument(
                0,
                format!("failed to read file: read {path}: is a directory"),
            ),
            Self::Outside => Stop::Because(Why::Elsewhere),
            Self::Refused(message) => Stop::Limit(message.clone()),
        }
    }

    /// What the functions that hash a file say.
    pub(super) fn of_open(&self, path: &str) -> Stop {
        match self {
            Self::Missing => Stop::Failed(format!("open {path}: no such file or directory")),
            Self::Folder => Stop::Failed(format!("read {path}: is a directory")),
            Self::Outside | Self::Refused(_) => self.of_read(path),
        }
    }
}

/// The place in the workspace that `path` means; `None` outside of it.
pub(in crate::lang::terraform) fn place(root: &RelPath, path: &str) -> Option<RelPath> {
    if path.starts_with('~') {
        return None;
    }
    root.join(path)
}

/// The bytes of the file at `path`.
pub(super) fn bytes(call: &Call<'_>, path: &str) -> Result<Vec<u8>, Unread> {
    let place = place(call.root, path).ok_or(Unread::Outside)?;
    call.tree.read_bytes(&place).map_err(|error| match error {
        _ if call.tree.is_folder(&place) || place == RelPath::root() => Unread::Folder,
        ReadError::Missing => Unread::Missing,
        ReadError::Outside => Unread::Outside,
        ReadError::TooLarge(_) | ReadError::Binary | ReadError::Io(_) => {
            Unread::Refused(format!("`{place}` was not read: {error}."))
        }
    })
}

pub(super) fn file(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    let bytes = bytes(call, path).map_err(|unread| unread.of_read(path))?;
    match std::str::from_utf8(&bytes) {
        Ok(read) => Ok(call.text(read)?.marked(arguments[0].sensitive)),
        Err(_) => Err(Stop::Failed(format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        ))),
    }
}

pub(super) fn filebase64(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    let bytes = bytes(call, path).map_err(|unread| unread.of_read(path))?;
    let encoded = call.text(&STANDARD.encode(bytes))?;
    Ok(encoded.marked(arguments[0].sensitive))
}

pub(super) fn fileexists(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    match bytes(call, path) {
        Ok(_) | Err(Unread::Refused(_)) => call.truth(true),
        Err(Unread::Missing) => call.truth(false),
        Err(Unread::Folder) => {
            let place =
                place(call.root, path).map_or_else(String::new, |it| it.relative_to(call.root));
            // Terraform counts this one from one, so it speaks of the call as a whole.
            Err(Stop::Failed(format!(
                "{place:?} is a directory, not a file"
            )))
        }
        Err(Unread::Outside) => Err(Stop::Because(Why::Elsewhere)),
    }
}

pub(super) fn fileset(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (path, pattern) = (text(arguments, 0), text(arguments, 1));
    let Some(folder) = place(call.root, path) else {
        return Err(Stop::Because(Why::Elsewhere));
    };
    let whole = cleaned(pattern);
    if whole.starts_with("../") {
        return Err(Stop::Because(Why::Elsewhere));
    }
    let matcher = matcher(&whole, &cleaned(&format!("{path}/{pattern}")))?;
    let mut found = Vec::new();
    search(call, &folder, &folder, &matcher, &mut found, 0)?;
    found.sort();
    let mut items = Vec::with_capacity(found.len());
    for path in found {
        items.push(call.text(&path)?);
    }
    let sensitive = arguments.iter().any(|value| value.sensitive);
    Ok(call.set(Type::String, items)?.marked(sensitive))
}

fn matcher(pattern: &str, shown: &str) -> Result<GlobMatcher, Stop> {
    // Only `^` negates a class there; `!` is one of its members.
    let pattern = pattern.replace("[!", "[\\!");
    GlobBuilder::new(&pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .empty_alternates(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|_| {
            Stop::Failed(format!(
                "failed to glob pattern {shown:?}: syntax error in pattern"
            ))
        })
}

fn search(
    call: &Call<'_>,
    base: &RelPath,
    folder: &RelPath,
    matcher: &GlobMatcher,
    found: &mut Vec<String>,
    depth: usize,
) -> Result<(), Stop> {
    if depth > DEPTH {
        return Err(Stop::Limit(format!(
            "`fileset` looks {DEPTH} folders deep; what it finds is taken as unknown."
        )));
    }
    for file in call.tree.list(folder) {
        let relative = file.relative_to(base);
        if matcher.is_match(&relative) {
            found.push(relative);
        }
    }
    members_within_limit(found.len())?;
    for inner in call.tree.folders(folder) {
        search(call, base, &inner, matcher, found, depth + 1)?;
    }
    Ok(())
}

/// A path without `.`, `..` that can be resolved, and repeated or trailing slashes.
fn cleaned(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => {
                    parts.pop();
                }
                _ if absolute => {}
                _ => parts.push(".."),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

pub(super) fn basename(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    if path.is_empty() {
        return call.text(".");
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return call.text("/");
    }
    call.text(trimmed.rsplit('/').next().unwrap_or_default())
}

pub(super) fn dirname(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    call.text(&cleaned(folder))
}

/// Where the workspace lies on the disk is not part of the configuration.
pub(super) fn abspath(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    if path.starts_with('/') {
        return call.text(&cleaned(path));
    }
    Err(Stop::Because(Why::Elsewhere))
}

/// Whose home it is when Terraform runs is not known either.
pub(super) fn pathexpand(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let path = text(arguments, 0);
    let Some(rest) = path.strip_prefix('~') else {
        return call.text(path);
    };
    if rest.is_empty() || rest.starts_with('/') {
        return Err(Stop::Because(Why::Elsewhere));
    }
    Err(Stop::failed("cannot expand user-specific home dir"))
}
