//! A body as a page shows it: judged, indented and cut on the server.
//!
//! A page never carries more than a reader can use; the whole body is one
//! download away. What was left out is always told.

use domain::{body::BodyKind, json::Pretty, lines::Form};
use serde::{Deserialize, Serialize};

/// A body, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyView {
    pub kind: BodyKind,
    pub content_type: Option<String>,
    /// Of what is kept.
    pub size_bytes: u64,
    /// Length and SHA-256 of the original, where only its beginning is kept.
    pub original: Option<(u64, String)>,
    /// Whether secrets in it were replaced.
    pub redacted: bool,
    /// Whether it was not kept because it could not be checked for secrets.
    pub unchecked: bool,
    pub shown: Shown,
}

/// What the page shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// It has no bytes.
    Nothing,
    /// Its lines.
    Lines(Head),
    /// The pairs of a form, of which there are so many in all.
    Form {
        pairs: Vec<(String, String)>,
        total: u64,
    },
    /// The parts of a form with files, and whether they are all.
    Parts { parts: Vec<PartView>, all: bool },
    /// The first bytes as hex.
    Hex { head: String, bytes: u64 },
}

/// The first lines of a body. With script the browser fetches the rest by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub lines: Pretty,
    pub form: Form,
    /// Whether the lines are all of it, character for character.
    pub whole: bool,
    /// Whether some bytes were no text.
    pub lossy: bool,
    /// Whether it should have been parsed and could not be.
    pub unparsed: bool,
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartView {
    pub name: Option<String>,
    pub filename: Option<String>,
    pub headers: Vec<(String, String)>,
    pub kind: BodyKind,
    pub size_bytes: u64,
    /// Its text, or its first bytes as hex.
    pub text: String,
    /// How many of its bytes that shows.
    pub shown_bytes: u64,
}

#[cfg(feature = "ssr")]
pub(super) use preview::{clip_headers, object_values};

#[cfg(feature = "ssr")]
mod preview;
