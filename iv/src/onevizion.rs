//! The files and flags of OneVizion's script wrapper, read as that reads them.
//!
//! `Password` is the key of a workspace; `UserName` is read, and needed, and means nothing here.

mod control;
mod list;
mod running;

use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
pub(crate) use control::{log, start, stop};
pub(crate) use list::run_all;
pub(crate) use running::Running;

/// Passwords.json.
pub(crate) struct Passwords {
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Passwords {
    /// Reads it.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let json = read_json(path)?;
        let Some(installation) = json.get("installation").filter(|value| value.is_object()) else {
            return Err(missing(path, "installation"));
        };
        let field = |name: &str| {
            text(installation, name).ok_or_else(|| missing(path, &format!("installation.{name}")))
        };
        field("UserName")?;
        Ok(Self {
            url: field("URL")?,
            key: field("Password")?,
        })
    }
}

/// What a password looks like is nobody's business.
impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

fn read_json(path: &Path) -> Result<Value, Failure> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    // Editors of the platform where such files are made put a mark in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    // Where it breaks, and never what stands there: it may be the password.
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::usage(format!(
            "{name}: it is no JSON, from line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

fn text(object: &Value, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn missing(path: &Path, field: &str) -> Failure {
    Failure::usage(format!(
        "{}: {field} is missing, or is not what it should be",
        path.display()
    ))
}
