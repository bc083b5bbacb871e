//! What is known of a stream without reading it: to whom it goes, and which run it tells of.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

pub(crate) const FILE: &str = "meta.json";
pub(crate) const LOCK: &str = "lock";

/// The first thing of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// The server that it is for; `None` for whichever is asked to take it.
    #[serde(default)]
    pub(crate) url: Option<String>,
    /// Fingerprint of the key that it was written for, so that no other workspace gets it.
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) run: Option<String>,
    /// Whether the writer promised to say how the run ended.
    #[serde(default)]
    pub(crate) wraps: bool,
}

impl Meta {
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let bytes = fs::read(folder.join(FILE))?;
        serde_json::from_slice(&bytes).map_err(io::Error::from)
    }

    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(FILE), serde_json::to_vec(self)?)
    }

    /// Whether a caller with this server and key may send it.
    pub(crate) fn is_for(&self, url: &str, key: &str) -> bool {
        let same = |wanted: &Option<String>, given: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == given)
        };
        same(&self.url, url) && same(&self.key, key)
    }
}
