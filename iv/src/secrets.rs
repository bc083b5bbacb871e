//! Secrets are taken out of everything before it is written or sent, here already.
//!
//! The server looks again, by the rules of the workspace; what left this machine could have been
//! read on the way.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use domain::redact::{Names, Redactor, Rules};

use crate::{clock, spool::make_private};

/// What our own key is called in the environment of the commands that we run.
const OUR_NAMES: &str = "IV_KEY";

/// A shorter key is a word that may stand anywhere.
const OWN_BYTES: usize = 8;

/// By what secrets are found on this machine.
#[derive(Clone)]
pub(crate) struct Secrets {
    pub(crate) rules: Rules,
    /// The key that we send with, whatever it looks like.
    own: Option<String>,
}

impl Secrets {
    /// The fingerprints of secrets are made with a key that never leaves the machine, so that
    /// only here the same secret can be seen to be the same. `names` are names of more secrets.
    pub(crate) fn new(state: &Path, names: &[String], own: Option<&str>) -> Self {
        let path = state.join("fingerprint.key");
        let mut key = [0; 32];
        if File::open(&path)
            .and_then(|mut file| file.read_exact(&mut key))
            .is_err()
        {
            key = clock::random();
            let kept = make_private(state).and_then(|()| {
                let mut new = OpenOptions::new();
                new.create_new(true)
                    .write(true)
                    .mode(0o600)
                    .open(&path)?
                    .write_all(&key)
            });
            // Two at once, or no room: another key only makes fingerprints differ.
            kept.ok();
        }
        let names = format!("{OUR_NAMES}\n{}", names.join("\n"));
        Self {
            rules: Rules::new(key, Names::new(&names, "")),
            own: own.filter(|own| own.len() >= OWN_BYTES).map(str::to_owned),
        }
    }

    /// A text without them.
    pub(crate) fn take_from(&self, text: String) -> String {
        let text = match &self.own {
            Some(own) if text.contains(own) => text.replace(own, "[redacted:iv_key]"),
            _ => text,
        };
        Redactor::new(&self.rules).text(text)
    }

    /// For tests: the same fingerprints each time.
    #[cfg(test)]
    pub(crate) fn fixed() -> Self {
        Self {
            rules: Rules::new([7; 32], Names::default()),
            own: None,
        }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
