//! Secrets are taken out before anything is written.
//!
//! Three looks at each text, in this order: names that say that their values are secret
//! ([`json`], [`pairs`], [`prose`], [`markup`]), values that look like known secrets ([`shapes`]), and texts inside
//! texts: percent-encoded, base64, gzip ([`encoded`]). What is replaced becomes a [`mark`]; all
//! other bytes stay as they were.
//!
//! It works on bytes, needs no valid JSON or XML, and reads each byte a bounded number of times.
//! What it cannot look into is not kept: it answers [`Unchecked`] instead of guessing.

mod card;
mod edit;
mod encoded;
mod file;
mod header;
mod json;
pub mod mark;
mod markup;
pub mod names;
mod pairs;
mod prose;
mod quoted;
mod shapes;
#[cfg(test)]
mod tests;
mod unpack;

use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub use mark::MARK;
pub use names::Names;

use crate::limit;

/// Texts inside texts that are looked into.
const DEPTH: u8 = 4;

/// How often a changed text is looked at again.
const AGAIN: usize = 3;

/// A longer one is not: it is cut afterwards.
const AGAIN_BYTES: usize = 2 * limit::BODY_BYTES;

/// What may come out of gzip in one request, so that no bomb holds a core for long.
const UNPACKED_BYTES: usize = 4 * limit::REQUEST_BYTES;

/// What stands for a text that could not be checked for secrets.
pub const NOT_KEPT: &str = "(not kept: it could not be checked for secrets)";

/// Something could not be checked for secrets, so it must not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it could not be checked for secrets")]
pub struct Unchecked;

/// What a workspace says of its secrets: names, and the key of its fingerprints.
#[derive(Clone)]
pub struct Rules {
    names: Names,
    key: Hmac<Sha256>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Rules {
    /// The rules of a workspace; nobody but the server knows `key`.
    #[must_use]
    pub fn new(key: [u8; 32], names: Names) -> Self {
        // HMAC pads a key to a block of its hash.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(&key);
        Self {
            names,
            key: Hmac::new(&block.into()),
        }
    }
}

/// Takes secrets out of what one request reports.
#[derive(Debug)]
pub struct Redactor<'r> {
    rules: &'r Rules,
    /// Bytes that may still come out of gzip.
    unpacked_left: Cell<usize>,
}

/// A body as it may be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    pub bytes: Vec<u8>,
    /// Whether a secret in it was replaced.
    pub redacted: bool,
}

impl<'r> Redactor<'r> {
    /// Goes by `rules`.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            unpacked_left: Cell::new(UNPACKED_BYTES),
        }
    }

    /// A text as it may be kept; a sentence in its place where it cannot be checked.
    #[must_use]
    pub fn text(&self, text: String) -> String {
        match guarded(|| self.look(text.as_bytes(), 0)) {
            Ok(None) => text,
            Ok(Some(kept)) => String::from_utf8_lossy(&kept).into_owned(),
            Err(Unchecked) => NOT_KEPT.to_owned(),
        }
    }

    /// A user ID as it may be kept: known secrets go, and no name or number is taken for one,
    /// so that every user stays themselves.
    #[must_use]
    pub fn id(&self, text: String) -> String {
        match guarded(|| Ok(shapes::pass(self, text.as_bytes(), false))) {
            Ok(None) => text,
            Ok(Some(kept)) => String::from_utf8_lossy(&kept).into_owned(),
            Err(Unchecked) => NOT_KEPT.to_owned(),
        }
    }

    /// A URL as it may be kept.
    ///
    /// # Errors
    /// [`Unchecked`] where it must not be kept.
    pub fn url(&self, url: &str) -> Result<String, Unchecked> {
        // A fragment ends the value before it, and hands tokens over in implicit sign-in.
        let parts = url.split('#').map(|part| {
            let kept = guarded(|| self.look(part.as_bytes(), 0))?;
            Ok(kept.map_or_else(|| part.to_owned(), |kept| lossy(&kept)))
        });
        Ok(parts.collect::<Result<Vec<_>, _>>()?.join("#"))
    }

    /// The value of a header field as it may be kept. The scheme of an authorization stays.
    ///
    /// # Errors
    /// [`Unchecked`] where it must not be kept.
    pub fn header(&self, name: &str, value: &str) -> Result<String, Unchecked> {
        guarded(|| header::value(self, name, value))
    }

    /// A body as it may be kept; `coding` is its `Content-Encoding`.
    ///
    /// # Errors
    /// [`Unchecked`] where it must not be kept.
    pub fn body(&self, bytes: Vec<u8>, coding: Option<&str>) -> Result<Kept, Unchecked> {
        let kept = guarded(|| encoded::body(self, &bytes, coding))?;
        Ok(Kept {
            redacted: kept.is_some(),
            bytes: kept.unwrap_or(bytes),
        })
    }

    /// A file as it may be kept: as a body, but that documents, images and archives of a known
    /// format stay byte for byte, since they would not open any more.
    ///
    /// # Errors
    /// [`Unchecked`] where it must not be kept.
    pub fn file(&self, bytes: Vec<u8>) -> Result<Kept, Unchecked> {
        if file::is_packed(&bytes) {
            return Err(Unchecked);
        }
        if file::is_closed(&bytes) {
            let redacted = false;
            return Ok(Kept { bytes, redacted });
        }
        let mut kept = self.body(bytes, None)?;
        // A body of this length is cut and was looked at once; a file stays whole.
        let mut again = kept.redacted && kept.bytes.len() > AGAIN_BYTES;
        for _ in 0..AGAIN {
            if !again {
                break;
            }
            let next = self.body(kept.bytes, None)?;
            again = next.redacted;
            kept.bytes = next.bytes;
        }
        Ok(kept)
    }

    /// The JSON text of a member of an object as it may be kept.
    ///
    /// # Errors
    /// [`Unchecked`] where it must not be kept.
    pub fn member(&self, key: &str, value: &str) -> Result<String, Unchecked> {
        let kept = guarded(|| match self.kind(key.as_bytes()) {
            Some(kind) => Ok(quoted::value(self, value.as_bytes(), kind)),
            None if card::is_id(key.as_bytes()) && is_number(value) => Ok(None),
            None => self.look(value.as_bytes(), 0),
        })?;
        Ok(kept.map_or_else(|| value.to_owned(), |kept| lossy(&kept)))
    }

    /// `text` without its secrets; `None` where it holds none.
    ///
    /// A mark beside a value may show that to be one too, so that what was changed is looked at
    /// again: what is kept holds nothing that another look would find.
    fn look(&self, text: &[u8], depth: u8) -> Result<Option<Vec<u8>>, Unchecked> {
        let mut kept = self.look_once(text, depth)?;
        if depth > 0 {
            return Ok(kept);
        }
        for _ in 0..AGAIN {
            let Some(text) = kept.as_ref().filter(|text| text.len() <= AGAIN_BYTES) else {
                break;
            };
            match self.look_once(text, depth)? {
                Some(new) => kept = Some(new),
                None => break,
            }
        }
        Ok(kept)
    }

    fn look_once(&self, text: &[u8], depth: u8) -> Result<Option<Vec<u8>>, Unchecked> {
        if text.len() < 6 {
            return Ok(None);
        }
        let mut kept = json::pass(self, text);
        let new = markup::pass(self, kept.as_deref().unwrap_or(text));
        kept = new.or(kept);
        let new = pairs::pass(self, kept.as_deref().unwrap_or(text));
        kept = new.or(kept);
        let new = prose::pass(self, kept.as_deref().unwrap_or(text));
        kept = new.or(kept);
        let new = shapes::pass(self, kept.as_deref().unwrap_or(text), true);
        kept = new.or(kept);
        if depth < DEPTH {
            let new = encoded::percent(self, kept.as_deref().unwrap_or(text), depth)?;
            kept = new.or(kept);
            let new = encoded::base64(self, kept.as_deref().unwrap_or(text), depth)?;
            kept = new.or(kept);
        }
        Ok(kept)
    }

    /// What kind of secret a value of this name is.
    fn kind(&self, name: &[u8]) -> Option<&'static str> {
        self.rules.names.kind(name)
    }

    /// The mark in place of `secret`.
    ///
    /// Nothing tells of what is short, of digits alone and of passwords that people choose: who
    /// holds the database holds the key too, and could try them all.
    fn mark(&self, kind: &'static str, secret: &[u8]) -> String {
        use fmt::Write as _;
        let mut mark = format!("[redacted:{kind}");
        let letters = secret.iter().any(u8::is_ascii_alphabetic);
        let most = if kind == "password" { 16 } else { 8 };
        if secret.len() >= 8 && kind != "pin" && kind != "card" {
            let _ = write!(mark, ":~{}", 1_usize << secret.len().ilog2());
            if letters && secret.len() >= most {
                let mut hmac = self.rules.key.clone();
                hmac.update(secret);
                let digest =
                    crate::payload::hex(&hmac.finalize().into_bytes()[..mark::FINGERPRINT / 2]);
                let _ = write!(mark, ":{digest}");
            }
        }
        mark.push(']');
        mark
    }
}

/// Runs what looks for secrets; a panic in it is no reason to keep what it was looking at.
fn guarded<T>(look: impl FnOnce() -> Result<T, Unchecked>) -> Result<T, Unchecked> {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or(Err(Unchecked))
}

/// Only ASCII is ever put in, and whole characters are taken out.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_number(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit() || b == b'"')
}
